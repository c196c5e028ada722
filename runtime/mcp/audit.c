#include "mcp/work.h"

#include "base/audit.h"
#include "base/clock.h"
#include "base/trail.h"

#include <string.h>

/* Of arguments that are too long: as a JSON string this takes up to twice as much. */
#define ARGUMENTS_CUT (LIMIT_AUDIT_ARGUMENTS / 2 - 2)

static const char *const effects[] = {
    [TOOL_READ] = "read",
    [TOOL_CREATE] = "create",
    [TOOL_UPDATE] = "update",
    [TOOL_DELETE] = "delete",
};

/* The objects that the arguments name, as JSON. */
static void put_objects(struct buf *b, const struct arg_objects *objects)
{
    buf_char(b, '[');
    for (size_t i = 0; objects && i < objects->count; i++) {
        if (i)
            buf_char(b, ',');
        buf_json_string(b, slice_of(objects->gids[i]));
    }
    buf_char(b, ']');
}

/* What a tool has made: the gid in its answer's data. Else empty. */
static void put_made(struct buf *b, const struct mcp_work *w, const struct call_result *r)
{
    struct slice data, gid;
    if (w->tool && w->tool->effect == TOOL_CREATE && r && r->outcome == CALL_DONE &&
        json_member(r->text, "data", &data) && json_member(data, "gid", &gid))
        buf_slice_put(b, gid);
}

/* As they came; what is too long becomes a text that is cut. */
static void put_arguments(struct buf *b, const struct mcp_work *w)
{
    const cJSON *arguments = json_get(w->message.params, "arguments");
    if (!audit_wants_arguments() || !arguments)
        return;
    json_write(b, arguments);
    if (buf_ok(b))
        return;
    BUF_AUTO whole = { .max = LIMIT_STDIO_LINE };
    json_write(&whole, arguments);
    buf_reset(b);
    size_t len = ARGUMENTS_CUT;
    if (whole.len <= len)
        return;
    while (len && ((unsigned char)whole.data[len] & 0xC0) == 0x80)
        len--;
    buf_json_string(b, (struct slice){ whole.data, len });
}

static const char *text_of(struct buf *b)
{
    buf_char(b, '\0');
    return buf_ok(b) ? b->data : "null";
}

void work_audit(const struct mcp_work *w, const char *outcome, const char *error,
                const struct call_result *r)
{
    if (!audit_is_open() || strcmp(w->message.method, "tools/call") != 0)
        return;
    const struct trail *t = w->trail;
    const char *name = json_get_string(w->message.params, "name");
    int status = r && r->asana_status ? r->asana_status : t ? t->asana_status : 0;
    BUF_AUTO objects = { .max = LIMIT_AUDIT_LINE };
    BUF_AUTO made = { .max = 256 };
    BUF_AUTO arguments = { .max = LIMIT_AUDIT_ARGUMENTS };
    put_objects(&objects, w->objects);
    put_made(&made, w, r);
    put_arguments(&arguments, w);
    struct log_pair pairs[12] = { LOG_STR("tool", name ? name : "") };
    size_t n = 1;
    if (w->tool)
        pairs[n++] = LOG_STR("effect", effects[w->tool->effect]);
    pairs[n++] = LOG_RAW("objects", text_of(&objects));
    if (w->objects && w->objects->more)
        pairs[n++] = LOG_RAW("objects_cut", "true");
    if (made.len)
        pairs[n++] = LOG_RAW("made", text_of(&made));
    pairs[n++] = LOG_STR("outcome", outcome);
    if (error)
        pairs[n++] = LOG_STR("error", error);
    if (status)
        pairs[n++] = LOG_INT("asana_status", status);
    if (t && *t->asana_request)
        pairs[n++] = LOG_STR("asana_request", t->asana_request);
    pairs[n++] = LOG_INT("ms", (int64_t)(clock_ms() - w->started_ms));
    if (arguments.len)
        pairs[n++] = LOG_RAW("arguments", text_of(&arguments));
    audit_write("tool.called", pairs);
}
