#include "mcp/resources.h"

#include "base/limits.h"
#include "mcp/resource_events.h"
#include "mcp/resource_priv.h"

#include <string.h>

#define SCHEME "asana://"
#define AND_JSON                                                                             \
    " Read as Markdown made for a model, with its data as JSON beside it; .json behind the " \
    "gid reads the data alone."

const struct resource_kind resource_kinds[] = {
    { SCHEME "task/{gid}", "task", "Task",
      "A task: facts, description, custom fields, subtasks and comments." AND_JSON, "text/markdown",
      "gid", "task", resource_read_body },
    { SCHEME "project/{gid}", "project", "Project",
      "A project: facts, description, custom fields, latest status update and sections." AND_JSON,
      "text/markdown", "gid", "project", resource_read_body },
    { SCHEME "portfolio/{gid}", "portfolio", "Portfolio",
      "A portfolio: facts, custom fields, latest status update and its projects." AND_JSON,
      "text/markdown", "gid", "portfolio", resource_read_body },
    { SCHEME "goal/{gid}", "goal", "Goal",
      "A goal: facts, progress, description, latest status update and parent goals." AND_JSON,
      "text/markdown", "gid", "goal", resource_read_body },
    { SCHEME "user/{gid}", "user", "Person",
      "A person, or \"me\" for yourself: workspaces and teams, with their gids." AND_JSON,
      "text/markdown", "gid", "user", resource_read_body },
    { 0 },
};

/* ---- which one is meant ---- */

/* A template has one expression, which stands for what one segment of a path can be. */
static bool fits(const char *template, const char *uri)
{
    const char *open = strchr(template, '{');
    if (!open)
        return strcmp(template, uri) == 0;
    const char *behind = strchr(open, '}') + 1;
    size_t before = (size_t)(open - template), after = strlen(behind), len = strlen(uri);
    if (len <= before + after || memcmp(uri, template, before) != 0 ||
        memcmp(uri + len - after, behind, after) != 0)
        return false;
    return !memchr(uri + before, '/', len - after - before);
}

const struct resource_kind *resource_kind_of(const struct resource_kind *kinds, const char *uri)
{
    for (; kinds && uri && kinds->uri_template; kinds++)
        if (fits(kinds->uri_template, uri))
            return kinds;
    return NULL;
}

bool resource_uri_parse(const char *uri, struct resource_uri *out)
{
    static const char suffix[] = RESOURCE_JSON_SUFFIX;
    if (strncmp(uri, SCHEME, strlen(SCHEME)) != 0)
        return false;
    const char *word = uri + strlen(SCHEME), *slash = strchr(word, '/');
    for (enum ref_kind kind = 0; slash && kind < REF_DOCUMENTS; kind++) {
        const char *name = ref_kind_name(kind);
        if (strlen(name) != (size_t)(slash - word) || memcmp(name, word, strlen(name)) != 0)
            continue;
        char gid[REF_GID_SIZE + sizeof(suffix)];
        size_t len = strlen(slash + 1), tail = sizeof(suffix) - 1;
        out->kind = kind;
        if (len >= sizeof(gid))
            return false;
        memcpy(gid, slash + 1, len + 1);
        out->json = len > tail && strcmp(gid + len - tail, suffix) == 0;
        if (out->json)
            gid[len - tail] = '\0';
        if (kind != REF_USER || strcmp(gid, "me") != 0)
            return ref_gid(gid, out->gid);
        memcpy(out->gid, "me", sizeof("me"));
        return true;
    }
    return false;
}

void resource_put_uri(struct buf *b, enum ref_kind kind, const char *gid)
{
    buf_str(b, SCHEME);
    buf_str(b, ref_kind_name(kind));
    buf_char(b, '/');
    buf_str(b, gid);
}

/* Asana's document: "The resource can be a task, project, or goal." */
bool resource_watchable(const char *uri, const char **gid)
{
    struct resource_uri u;
    if (!resource_uri_parse(uri, &u) || u.json)
        return false;
    if (u.kind != REF_TASK && u.kind != REF_PROJECT && u.kind != REF_GOAL)
        return false;
    *gid = strrchr(uri, '/') + 1;
    return true;
}

/* ---- lists ---- */

void resource_put_entry(struct buf *b, const struct resource_entry *e, enum mcp_revision r)
{
    buf_char(b, '{');
    buf_json_text(b, "uri", e->uri);
    buf_json_text(b, "name", e->name);
    buf_json_text(b, "title", mcp_has_titles(r) ? e->name : NULL);
    buf_json_text(b, "description", e->description);
    buf_json_text(b, "mimeType", e->mime_type);
    buf_char(b, '}');
}

static bool is_template(const struct resource_kind *kind)
{
    return strchr(kind->uri_template, '{') != NULL;
}

static void put_kinds(struct buf *b, const struct resource_kind *kind, bool templates,
                      enum mcp_revision r)
{
    const char *comma = "";
    for (; kind && kind->uri_template; kind++) {
        if (is_template(kind) != templates)
            continue;
        buf_str(b, comma);
        buf_char(b, '{');
        buf_json_text(b, templates ? "uriTemplate" : "uri", kind->uri_template);
        buf_json_text(b, "name", kind->name);
        buf_json_text(b, "title", mcp_has_titles(r) ? kind->title : NULL);
        buf_json_text(b, "description", kind->description);
        buf_json_text(b, "mimeType", kind->mime_type);
        buf_char(b, '}');
        comma = ",";
    }
}

void resource_put_templates(struct buf *b, const struct resource_kind *kinds, enum mcp_revision r)
{
    put_kinds(b, kinds, true, r);
}

void resource_put_fixed(struct buf *b, const struct resource_kind *kinds, enum mcp_revision r)
{
    put_kinds(b, kinds, false, r);
}

/* ---- resources/subscribe ---- */

static void on_events(struct call *c, void *ctx, const struct asana_answer *answer)
{
    struct resource_events events;
    BUF_AUTO out = { .max = LIMIT_RESULT };
    (void)ctx;
    if (!resource_events_read(answer, call_arena(c), &events)) {
        call_finish_with(c, answer);
        return;
    }
    buf_str(&out, "\"sync\":");
    buf_json_string(&out, slice_of(events.sync));
    if (buf_ok(&out))
        call_finish(c, CALL_MEMBERS, buf_slice(&out));
    else
        call_finish(c, CALL_FAILED, slice_of("Asana's answer is too large"));
}

void resource_subscribe_body(struct call *call, const void *in)
{
    const char *uri = in, *gid;
    struct asana_req r;
    struct err err;
    if (!resource_watchable(uri, &gid)) {
        err_set(&err, ERR_ARGS,
                "Asana tells of changes of tasks, projects and goals: expected "
                "asana://task/{gid}, asana://project/{gid} or asana://goal/{gid}; got \"%.*s\"",
                LIMIT_RESOURCE_URI, uri);
        call_finish(call, CALL_INVALID, slice_of(err.text));
        return;
    }
    if (resource_events_ask(gid, NULL, &r, &err)) {
        call_ask(call, &r, on_events, NULL);
        return;
    }
    asana_req_done(&r);
    call_finish(call, CALL_FAILED, slice_of(err.text));
}
