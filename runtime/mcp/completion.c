#include "mcp/completion.h"

#include "asana/errors.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/limits.h"
#include "mcp/catalog.h"
#include "mcp/completion_cache.h"
#include "mcp/completion_match.h"
#include "tool/ref.h"
#include "tool/show.h"

#include <assert.h>
#include <string.h>

/* One completion, in its call's arena: reads what is asked for, finds out which workspaces to look
 * into, asks each of them (or the cache), and puts their lists together. Of several workspaces
 * those that answer will do; when none does, the person is told why. */

enum { SHOWN_CHARS = 60, KIND_SIZE = 32 };

struct source {
    struct completion *of;
    const char *workspace;
    const struct completion_list *list; /* NULL: not answered yet, or a failure */
};

struct completion {
    struct completion_cache *cache;
    struct digest caller;
    const char *kind;   /* what typeahead calls it, or "workspace"; NULL: any text will do */
    bool workspaces;    /* it is "workspace" */
    bool gids;          /* values are gids (of a template's URI), not names */
    const char *typed;  /* without spaces around it */
    const char *within; /* the workspace that was chosen, its name or gid; NULL: none */
    unsigned missing;   /* sources that have not been heard of */
    bool more;          /* there may be more than the lists hold */
    size_t count;
    struct source sources[LIMIT_SEARCH_WORKSPACES];
};

/* ---- what is asked for ---- */

static bool refuse_ref(const char *what, const char *given, const char *advice, struct err *err)
{
    char shown[SHOW_SIZE(SHOWN_CHARS)];
    show_text(slice_of(given), SHOWN_CHARS, shown, sizeof(shown));
    return err_set(err, ERR_ARGS, "there is no %s %s; %s", what, shown, advice);
}

/* The argument of the prompt that says which workspace is meant, as the person has filled it in. */
static const char *chosen_workspace(const struct prompt *p, const cJSON *params)
{
    const cJSON *chosen = json_get(json_get(params, "context"), "arguments");
    for (const struct prompt_argument *a = p->arguments; a && a->name; a++)
        if (a->completes && strcmp(a->completes, "workspace") == 0)
            return json_get_string(chosen, a->name);
    return NULL;
}

static bool read_prompt(struct completion *c, const struct mcp_catalog *catalog,
                        const cJSON *params, const char *argument, struct err *err)
{
    const char *name = json_get_string(json_get(params, "ref"), "name");
    if (!name)
        return err_set(err, ERR_ARGS, "ref needs the \"name\" of a prompt, a string");
    const struct prompt *p = mcp_catalog_prompt(catalog, name);
    if (!p)
        return refuse_ref("prompt", name, "prompts/list names them", err);
    const struct prompt_argument *a = prompt_argument_find(p, argument, err);
    if (!a)
        return false;
    c->kind = a->completes;
    c->within = chosen_workspace(p, params);
    return true;
}

static bool read_template(struct completion *c, const struct mcp_catalog *catalog,
                          const cJSON *params, const char *argument, struct err *err)
{
    const char *uri = json_get_string(json_get(params, "ref"), "uri");
    if (!uri)
        return err_set(err, ERR_ARGS, "ref needs the \"uri\" of a resource template, a string");
    const struct resource_kind *kind = mcp_catalog_resource(catalog, uri);
    if (!kind)
        return refuse_ref("resource template", uri, "resources/templates/list names them", err);
    if (!kind->argument)
        return refuse_ref("variable", argument, "this resource has none", err);
    if (strcmp(kind->argument, argument) != 0)
        return err_set(err, ERR_ARGS, "the variable of %s is \"%s\"", kind->uri_template,
                       kind->argument);
    c->kind = kind->completes;
    c->gids = true;
    return true;
}

static const char *trimmed(struct arena *a, const char *text)
{
    size_t len = strlen(text += strspn(text, " \t\r\n"));
    while (len && strchr(" \t\r\n", text[len - 1]))
        len--;
    return arena_strndup(a, text, len);
}

static bool read_params(struct completion *c, const struct completion_args *args,
                        struct arena *arena, struct err *err)
{
    const char *type = json_get_string(json_get(args->params, "ref"), "type");
    const cJSON *argument = json_get(args->params, "argument");
    const char *name = json_get_string(argument, "name");
    const char *value = json_get_string(argument, "value");
    if (!type)
        return err_set(err, ERR_ARGS, "params needs a \"ref\" with a \"type\"");
    if (!name || !value)
        return err_set(err, ERR_ARGS,
                       "params needs an \"argument\" with \"name\" and \"value\", two strings");
    c->cache = args->cache;
    c->caller = *args->caller;
    c->typed = trimmed(arena, value);
    if (!c->typed)
        return err_set(err, ERR_MEMORY, "the call is too large");
    bool prompt = strcmp(type, "ref/prompt") == 0;
    if (!prompt && strcmp(type, "ref/resource") != 0)
        return err_set(err, ERR_ARGS, "ref.type must be \"ref/prompt\" or \"ref/resource\"");
    if (!(prompt ? read_prompt : read_template)(c, args->catalog, args->params, name, err))
        return false;
    c->workspaces = c->kind && strcmp(c->kind, "workspace") == 0;
    return true;
}

/* ---- the answer ---- */

struct values {
    const char *items[LIMIT_COMPLETION_VALUES];
    size_t count;
    bool more;
};

static bool is_gid(const char *text)
{
    char gid[REF_GID_SIZE];
    return ref_gid(text, gid);
}

static bool wanted(const struct completion *c, const struct completion_item *item)
{
    if (c->gids && is_gid(c->typed))
        return strncmp(item->gid, c->typed, strlen(c->typed)) == 0;
    /* What typeahead answers fits, for reasons of its own too: an e-mail, a near miss. */
    return !c->workspaces || completion_fits(item->name, c->typed);
}

static void take(const struct completion *c, const struct completion_item *item, struct values *v)
{
    const char *value = c->gids ? item->gid : item->name;
    if (!*value || !wanted(c, item))
        return;
    for (size_t i = 0; i < v->count; i++)
        if (strcmp(v->items[i], value) == 0)
            return;
    if (v->count == LIMIT_COMPLETION_VALUES)
        v->more = true;
    else
        v->items[v->count++] = value;
}

/* The best of each workspace first, then the second best. */
static void merge(const struct completion *c, struct values *v)
{
    bool again = true;
    for (size_t at = 0; again; at++) {
        again = false;
        for (size_t i = 0; i < c->count; i++) {
            const struct completion_list *list = c->sources[i].list;
            if (!list || at >= list->count)
                continue;
            take(c, &list->items[at], v);
            again = true;
        }
    }
    for (size_t i = 0; i < c->count; i++)
        v->more |= !c->sources[i].list || !c->sources[i].list->complete;
    v->more |= c->more;
}

/* total is said when it is known. */
static void finish(struct call *call, const struct completion *c)
{
    struct values v = { .count = 0 };
    BUF_AUTO out = { .max = LIMIT_RESULT_TEXT };
    merge(c, &v);
    buf_str(&out, "\"completion\":{\"values\":[");
    for (size_t i = 0; i < v.count; i++) {
        if (i)
            buf_char(&out, ',');
        buf_json_string(&out, slice_of(v.items[i]));
    }
    buf_char(&out, ']');
    if (!v.more) {
        buf_str(&out, ",\"total\":");
        buf_int(&out, (int64_t)v.count);
    }
    buf_str(&out, v.more ? ",\"hasMore\":true}" : ",\"hasMore\":false}");
    if (buf_ok(&out) && !arena_failed(call_arena(call)))
        call_finish(call, CALL_MEMBERS, buf_slice(&out));
    else
        call_finish(call, CALL_FAILED, slice_of("the answer is too large: type more of the name"));
}

/* ---- lists: kept, or from Asana ---- */

static void key_of(const struct completion *c, const char *kind, const char *workspace,
                   struct slice typed, struct digest *key)
{
    char text[SECRET_DIGEST + KIND_SIZE + REF_GID_SIZE + LIMIT_COMPLETION_TYPED];
    assert(strlen(kind) < KIND_SIZE && strlen(workspace) < REF_GID_SIZE);
    char *at = mempcpy(text, c->caller.bytes, sizeof(c->caller.bytes));
    at = stpcpy(at, kind) + 1;
    at = stpcpy(at, workspace) + 1;
    at = mempcpy(at, typed.data, typed.len);
    secret_digest((struct slice){ text, (size_t)(at - text) }, key);
}

static struct completion_list *kept(const struct completion *c, const char *kind,
                                    const char *workspace, struct slice typed, struct arena *arena)
{
    struct digest key;
    key_of(c, kind, workspace, typed, &key);
    return completion_cache_find(c->cache, &key, clock_ms(), arena);
}

static void keep(const struct completion *c, const char *kind, const char *workspace,
                 const char *typed, const struct completion_list *list)
{
    struct digest key;
    key_of(c, kind, workspace, slice_of(typed), &key);
    completion_cache_put(c->cache, &key, clock_ms(), list);
}

static struct completion_list *narrowed(struct completion_list *list, const char *typed)
{
    size_t n = 0;
    for (size_t i = 0; i < list->count; i++)
        if (completion_fits(list->items[i].name, typed))
            list->items[n++] = list->items[i];
    bool empty_anyway = list->count == 0;
    list->count = n;
    return n || empty_anyway ? list : NULL;
}

/* What typeahead is asked for: it knows names, so that a gid is looked for among the recent ones.
 */
static const char *query_of(const struct completion *c)
{
    return c->gids && is_gid(c->typed) ? "" : c->typed;
}

/* The very list, or what is left of the complete one for the beginning of what has been typed by
 * now. When nothing is left Asana is asked once more: it may know by what else the object goes. */
static struct completion_list *kept_in(const struct completion *c, const char *workspace,
                                       struct arena *arena)
{
    struct slice typed = slice_of(query_of(c));
    struct completion_list *list = kept(c, c->kind, workspace, typed, arena);
    while (!list && typed.len > 1) {
        do
            typed.len--;
        while (typed.len && (typed.data[typed.len] & 0xc0) == 0x80);
        list = typed.len ? kept(c, c->kind, workspace, typed, arena) : NULL;
        if (list)
            return list->complete ? narrowed(list, c->typed) : NULL;
    }
    return list;
}

/* NULL when the answer holds no list. */
static struct completion_list *list_of(struct call *call, const struct asana_answer *answer)
{
    struct arena *arena = call_arena(call);
    const cJSON *data = json_get(json_parse(arena, answer->body, NULL), "data");
    struct completion_list *list = arena_zalloc(arena, 1, sizeof(*list));
    if (!list || !cJSON_IsArray(data))
        return NULL;
    list->items = arena_zalloc(arena, LIMIT_COMPLETION_VALUES, sizeof(*list->items));
    const cJSON *item = NULL;
    cJSON_ArrayForEach (item, data) {
        const char *gid = json_get_string(item, "gid");
        const char *name = json_get_string(item, "name");
        if (!list->items || list->count == LIMIT_COMPLETION_VALUES)
            break;
        if (gid && is_gid(gid))
            list->items[list->count++] = (struct completion_item){ gid, name ? name : "" };
    }
    return list->items ? list : NULL;
}

static bool ask(struct call *call, struct asana_req *r, call_answer_fn *answered, void *ctx)
{
    struct err err;
    r->deadline_ms = LIMIT_COMPLETION_ANSWER_SECONDS * 1000;
    if (asana_req_end(r, &err))
        return call_ask(call, r, answered, ctx);
    asana_req_done(r);
    call_finish(call, CALL_FAILED, slice_of(err.text));
    return false;
}

/* ---- one workspace ---- */

static void on_list(struct call *call, void *ctx, const struct asana_answer *answer)
{
    struct source *from = ctx;
    struct completion *c = from->of;
    struct completion_list *list = asana_answer_ok(answer) ? list_of(call, answer) : NULL;
    bool any = list != NULL;
    if (list) {
        const char *query = query_of(c);
        /* Without a name Asana answers with what is recent, not with all there is. */
        list->complete = *query && list->count < LIMIT_COMPLETION_VALUES;
        from->list = list;
        keep(c, c->kind, from->workspace, query, list);
    }
    c->missing--;
    for (size_t i = 0; i < c->count; i++)
        any |= c->sources[i].list != NULL;
    if (answer->status == 401 || (!any && !c->missing && !asana_answer_ok(answer)))
        call_finish_with(call, answer);
    else if (!any && !c->missing)
        call_finish(call, CALL_FAILED, slice_of("Asana's answer could not be read: try again"));
    else if (!c->missing)
        finish(call, c);
}

static bool ask_list(struct call *call, struct source *from)
{
    const struct completion *c = from->of;
    struct asana_req r;
    asana_req_init(&r, ASANA_GET);
    asana_path(&r, "/workspaces/");
    asana_path_arg(&r, from->workspace);
    asana_path(&r, "/typeahead");
    asana_query_str(&r, "resource_type", c->kind);
    asana_query_str(&r, "query", query_of(c));
    asana_query_int(&r, "count", (struct arg_int){ ARG_VALUE, LIMIT_COMPLETION_VALUES });
    asana_query_str(&r, "opt_fields", "name");
    return ask(call, &r, on_list, from);
}

static void ask_sources(struct call *call, struct completion *c)
{
    for (size_t i = 0; i < c->count; i++) {
        c->sources[i].of = c;
        if (call_shows(call, c->sources[i].workspace))
            c->sources[i].list = kept_in(c, c->sources[i].workspace, call_arena(call));
        c->missing += !c->sources[i].list;
    }
    if (!c->missing) {
        finish(call, c);
        return;
    }
    for (size_t i = 0; i < c->count; i++)
        if (!c->sources[i].list && !ask_list(call, &c->sources[i]))
            return;
}

/* ---- which workspaces ---- */

/* A list that was kept may hold workspaces that are hidden by now. */
static void drop_hidden(const struct call *call, struct completion_list *workspaces)
{
    size_t n = 0;
    for (size_t i = 0; i < workspaces->count; i++)
        if (call_shows(call, workspaces->items[i].gid))
            workspaces->items[n++] = workspaces->items[i];
    workspaces->count = n;
}

static void use_workspaces(struct call *call, struct completion *c,
                           struct completion_list *workspaces)
{
    drop_hidden(call, workspaces);
    if (c->workspaces) {
        c->count = 1;
        c->sources[0].list = workspaces;
        finish(call, c);
        return;
    }
    c->more = !c->within && !workspaces->complete;
    for (size_t i = 0; i < workspaces->count; i++) {
        const struct completion_item *one = &workspaces->items[i];
        if (c->within && !completion_same(one->name, c->within))
            continue;
        if (c->count == LIMIT_SEARCH_WORKSPACES) {
            c->more = true;
            break;
        }
        c->sources[c->count++].workspace = one->gid;
    }
    ask_sources(call, c);
}

static void on_workspaces(struct call *call, void *ctx, const struct asana_answer *answer)
{
    struct completion *c = ctx;
    if (!asana_answer_ok(answer)) {
        call_finish_with(call, answer);
        return;
    }
    struct completion_list *list = list_of(call, answer);
    if (!list) {
        call_finish(call, CALL_FAILED, slice_of("Asana's list of workspaces could not be read"));
        return;
    }
    const cJSON *body = json_parse(call_arena(call), answer->body, NULL);
    list->complete = !cJSON_IsObject(json_get(body, "next_page"));
    keep(c, "workspace", "", "", list);
    use_workspaces(call, c, list);
}

static void find_workspaces(struct call *call, struct completion *c)
{
    struct completion_list *list = kept(c, "workspace", "", slice_of(""), call_arena(call));
    if (list) {
        use_workspaces(call, c, list);
        return;
    }
    struct asana_req r;
    asana_req_init(&r, ASANA_GET);
    asana_path(&r, "/workspaces");
    asana_query_int(&r, "limit", (struct arg_int){ ARG_VALUE, LIMIT_COMPLETION_VALUES });
    asana_query_str(&r, "opt_fields", "name");
    ask(call, &r, on_workspaces, c);
}

void completion_body(struct call *call, const void *in)
{
    struct arena *arena = call_arena(call);
    struct completion *c = arena_zalloc(arena, 1, sizeof(*c));
    struct err err;
    if (!c) {
        call_finish(call, CALL_FAILED, slice_of("the call is too large"));
    } else if (!read_params(c, in, arena, &err)) {
        call_finish(call, CALL_INVALID, slice_of(err.text));
    } else if (!c->kind || strlen(c->typed) > LIMIT_COMPLETION_TYPED) {
        finish(call, c); /* free text, or longer than what is typed to find a name */
    } else if (c->within && is_gid(c->within) && !c->workspaces) {
        c->count = 1;
        c->sources[0].workspace = c->within;
        ask_sources(call, c);
    } else {
        find_workspaces(call, c);
    }
}
