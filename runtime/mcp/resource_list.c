#include "mcp/resource_priv.h"

#include "asana/errors.h"
#include "base/json.h"
#include "base/limits.h"
#include "tool/markdown.h"

#include <string.h>

/* resources/list, in its call's arena: whoever asks first; then of each workspace the open tasks
 * assigned to them, and the projects, portfolios and goals that Asana's typeahead offers before
 * anything is typed, the most recent first. A page has so many workspaces; the cursor is the last
 * one's gid. What cannot be read is left out, unless nothing can be. */
enum listing_source { FROM_TASKS, FROM_PROJECTS, FROM_PORTFOLIOS, FROM_GOALS, SOURCES };

struct listing {
    const struct resource_list_args *args;
    const cJSON *person;
    struct place {
        const char *gid, *name;
        struct source {
            struct listing *listing;
            const struct place *place;
            const cJSON *items; /* NULL: could not be read */
        } sources[SOURCES];
    } places[LIMIT_RESOURCE_WORKSPACES];
    size_t count;
    const char *cursor; /* of the next page, or NULL */
    unsigned missing, answered;
    bool failed;
    struct asana_answer failure; /* the first one */
};

static enum ref_kind kind_of(enum listing_source from)
{
    static const enum ref_kind kinds[SOURCES] = { REF_TASK, REF_PROJECT, REF_PORTFOLIO, REF_GOAL };
    return kinds[from];
}

static const char *describe(struct arena *a, enum listing_source from, const struct place *place,
                            const cJSON *item)
{
    static const char *const what[SOURCES] = { "Task assigned to you", "Recent project",
                                               "Recent portfolio", "Recent goal" };
    const char *due = json_get_string(item, "due_on");
    return due ? arena_printf(a, "%s in %s, due %s", what[from], place->name, due)
               : arena_printf(a, "%s in %s", what[from], place->name);
}

/* In one line, and not too long. */
static const char *title_of(struct arena *a, const cJSON *item)
{
    BUF_AUTO line = { .max = 4u * LIMIT_DOCUMENT_NAME };
    const char *name = json_get_string(item, "name");
    markdown_line(&line, name && *name ? name : "(no name)", LIMIT_DOCUMENT_NAME);
    return buf_ok(&line) && line.len ? arena_strndup(a, line.data, line.len) : "(no name)";
}

static const char *uri_of(struct arena *a, enum ref_kind kind, const char *gid)
{
    BUF_AUTO uri = { .max = LIMIT_RESOURCE_URI };
    resource_put_uri(&uri, kind, gid);
    return arena_strndup(a, uri.data, uri.len);
}

static void put(struct call *c, struct listing *l, struct buf *out, enum ref_kind kind,
                const cJSON *item, const char *description)
{
    struct arena *a = call_arena(c);
    char gid[REF_GID_SIZE];
    const char *said = json_get_string(item, "gid");
    if (!said || !ref_gid(said, gid))
        return;
    struct resource_entry entry = { .uri = uri_of(a, kind, gid),
                                    .name = title_of(a, item),
                                    .description = description,
                                    .mime_type = "text/markdown" };
    if (!entry.uri || !entry.name)
        return; /* the arena is full: finish() sees it */
    if (out->len && out->data[out->len - 1] != '[')
        buf_char(out, ',');
    resource_put_entry(out, &entry, l->args->revision);
}

static bool listed_before(const cJSON *items, const cJSON *item)
{
    const char *gid = json_get_string(item, "gid");
    for (const cJSON *other = items->child; other != item; other = other->next) {
        const char *said = json_get_string(other, "gid");
        if (gid && said && strcmp(gid, said) == 0)
            return true;
    }
    return false;
}

static void put_source(struct call *c, struct listing *l, struct buf *out,
                       const struct source *source, enum listing_source from)
{
    unsigned count = 0;
    const cJSON *item = NULL;
    cJSON_ArrayForEach (item, source->items) {
        if (count++ == LIMIT_RESOURCE_ITEMS)
            break;
        if (!listed_before(source->items, item))
            put(c, l, out, kind_of(from), item, describe(call_arena(c), from, source->place, item));
    }
}

static void finish(struct call *c, struct listing *l)
{
    BUF_AUTO out = { .max = LIMIT_RESULT_TEXT };
    if (l->failed && !l->answered) {
        call_finish_with(c, &l->failure);
        return;
    }
    buf_str(&out, "\"resources\":[");
    if (!l->args->cursor) {
        resource_put_fixed(&out, l->args->more, l->args->revision);
        put(c, l, &out, REF_USER, l->person, "You: workspaces and teams, with their gids");
    }
    for (size_t i = 0; i < l->count; i++)
        for (enum listing_source from = 0; from < SOURCES; from++)
            put_source(c, l, &out, &l->places[i].sources[from], from);
    buf_char(&out, ']');
    if (l->cursor) {
        buf_str(&out, ",\"nextCursor\":");
        buf_json_string(&out, slice_of(l->cursor));
    }
    if (buf_ok(&out) && !arena_failed(call_arena(c)))
        call_finish(c, CALL_MEMBERS, buf_slice(&out));
    else
        call_finish(c, CALL_FAILED, slice_of("the list is too large to be passed on"));
}

/* ---- what is asked ---- */

/* The answer lives as long as the call, for call_finish_with() at the end. */
static void keep_failure(struct call *c, struct listing *l, const struct asana_answer *answer)
{
    struct arena *a = call_arena(c);
    if (l->failed)
        return;
    l->failed = true;
    l->failure = *answer;
    l->failure.body.data =
        arena_strndup(a, answer->body.data ? answer->body.data : "", answer->body.len);
    l->failure.request_id = arena_strdup(a, answer->request_id);
    l->failure.detail = arena_strdup(a, answer->detail);
    if (!l->failure.body.data)
        l->failure.body.len = 0;
}

static void on_items(struct call *c, void *ctx, const struct asana_answer *answer)
{
    struct source *source = ctx;
    struct listing *l = source->listing;
    if (asana_answer_ok(answer)) {
        const cJSON *data = json_get(json_parse(call_arena(c), answer->body, NULL), "data");
        source->items = cJSON_IsArray(data) ? data : NULL;
        l->answered++;
    } else {
        keep_failure(c, l, answer);
    }
    if (--l->missing == 0)
        finish(c, l);
}

static bool ask(struct call *c, struct source *source, enum listing_source from)
{
    struct asana_req r;
    struct err err;
    struct arg_int most = { ARG_VALUE, LIMIT_RESOURCE_ITEMS };
    asana_req_init(&r, ASANA_GET);
    if (from == FROM_TASKS) {
        asana_path(&r, "/tasks");
        asana_query_str(&r, "assignee", "me");
        asana_query_str(&r, "workspace", source->place->gid);
        asana_query_str(&r, "completed_since", "now");
        asana_query_int(&r, "limit", most);
        asana_query_str(&r, "opt_fields", "name,due_on");
    } else {
        asana_path(&r, "/workspaces/");
        asana_path_arg(&r, source->place->gid);
        asana_path(&r, "/typeahead");
        asana_query_str(&r, "resource_type", ref_kind_name(kind_of(from)));
        asana_query_str(&r, "query", "");
        asana_query_int(&r, "count", most);
        asana_query_str(&r, "opt_fields", "name");
    }
    if (asana_req_end(&r, &err))
        return call_ask(c, &r, on_items, source);
    asana_req_done(&r);
    call_finish(c, CALL_FAILED, slice_of(err.text));
    return false;
}

/* The workspaces of this page; false when there is no place where the cursor points. */
static bool choose_places(struct call *c, struct listing *l)
{
    const cJSON *workspace = json_get(l->person, "workspaces");
    const char *after = l->args->cursor;
    workspace = workspace ? workspace->child : NULL;
    for (; workspace; workspace = workspace->next) {
        const char *gid = json_get_string(workspace, "gid");
        if (!gid || after) {
            if (gid && strcmp(gid, after) == 0)
                after = NULL;
            continue;
        }
        if (l->count == LIMIT_RESOURCE_WORKSPACES) {
            l->cursor = l->places[l->count - 1].gid;
            break;
        }
        struct place *place = &l->places[l->count++];
        place->gid = gid;
        place->name = title_of(call_arena(c), workspace);
    }
    return !after;
}

static void on_person(struct call *c, void *ctx, const struct asana_answer *answer)
{
    struct listing *l = ctx;
    if (!asana_answer_ok(answer)) {
        call_finish_with(c, answer);
        return;
    }
    l->person = json_get(json_parse(call_arena(c), answer->body, NULL), "data");
    if (!choose_places(c, l)) {
        call_finish(c, CALL_INVALID,
                    slice_of("cursor: none that this list gave out; begin again without one"));
        return;
    }
    l->missing = (unsigned)l->count * SOURCES;
    if (!l->missing) {
        finish(c, l);
        return;
    }
    for (size_t i = 0, n = l->missing; i < n; i++) {
        struct place *place = &l->places[i / SOURCES];
        place->sources[i % SOURCES] = (struct source){ .listing = l, .place = place };
        if (!ask(c, &place->sources[i % SOURCES], (enum listing_source)(i % SOURCES)))
            return;
    }
}

void resource_list_body(struct call *call, const void *in)
{
    struct listing *l = arena_zalloc(call_arena(call), 1, sizeof(*l));
    struct asana_req r;
    struct err err;
    if (!l) {
        call_finish(call, CALL_FAILED, slice_of("the call is too large"));
        return;
    }
    l->args = in;
    asana_req_init(&r, ASANA_GET);
    asana_path(&r, "/users/me");
    asana_query_str(&r, "opt_fields", "name,workspaces.name");
    if (asana_req_end(&r, &err)) {
        call_ask(call, &r, on_person, l);
        return;
    }
    asana_req_done(&r);
    call_finish(call, CALL_FAILED, slice_of(err.text));
}
