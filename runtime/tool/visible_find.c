#include "tool/visible_priv.h"

#include "asana/errors.h"
#include "base/json.h"

#include <stdlib.h>
#include <string.h>

/* One object whose workspace is looked up, for all who wait for it with the same token:
 *
 *     asked as each kind that it may be ──▶ told ──▶ its workspace
 *              │                              └ it belongs to another object: that one is asked
 *              └ of a kind that does not tell: the lists of one workspace after the other
 */
struct visible_find {
    LIST_ENTRY(visible_find) link;
    LIST_HEAD(, visible_wait) waits;
    struct visible *v;
    const struct visible_rules *rules; /* of those who wait */
    const struct asana_asker *asker;
    struct secret token;
    struct asana_ask *ask; /* under way, or NULL */
    const struct visible_name *name;
    char id[LIMIT_VISIBLE_ID + 1]; /* what was looked for */
    /* What is asked now. */
    const struct visible_kind *kind;
    char at[LIMIT_VISIBLE_ID + 1];
    size_t tried;   /* of name's kinds; none while another object is asked */
    unsigned steps; /* from object to object */
    /* Lists. */
    size_t places, place;
    char (*workspaces)[LIMIT_VISIBLE_ID + 1];
    unsigned pages;
    bool ended;
};

static void end_find(struct visible_find *f)
{
    if (f->ask)
        asana_ask_cancel(f->ask);
    LIST_REMOVE(f, link);
    secret_done(&f->token);
    free(f->workspaces);
    free(f);
}

/* Whoever is told may end others who wait for the same. */
static void give(struct visible_find *f, const char *workspace, const struct asana_answer *failed)
{
    f->ended = true;
    if (workspace)
        visible_remember(f->v, f->id, workspace);
    while (!LIST_EMPTY(&f->waits)) {
        struct visible_wait *w = LIST_FIRST(&f->waits);
        LIST_REMOVE(w, link);
        w->find = NULL;
        w->found(w, workspace, failed);
    }
    end_find(f);
}

void visible_find_leave(struct visible_wait *w)
{
    struct visible_find *f = w->find;
    if (!f)
        return;
    w->find = NULL;
    LIST_REMOVE(w, link);
    if (LIST_EMPTY(&f->waits) && !f->ended)
        end_find(f);
}

static bool ask_asana(struct visible_find *f, struct asana_req *r, asana_done_fn *done,
                      struct err *err)
{
    if (asana_req_end(r, err))
        f->ask = asana_ask(f->asker, r, &f->token, done, f, err);
    asana_req_done(r);
    return f->ask != NULL;
}

/* From an answer's callback on, there is nobody to return an error to. */
static void give_unsent(struct visible_find *f, const struct err *err)
{
    give(f, NULL,
         &(struct asana_answer){ .outcome =
                                     err->kind == ERR_LIMIT ? ASANA_CROWDED : ASANA_UNREACHABLE,
                                 .method = ASANA_GET,
                                 .retry_after = -1,
                                 .request_id = "",
                                 .detail = err->text,
                                 .body = { "", 0 } });
}

bool visible_is_refusal(const struct asana_answer *answer)
{
    return answer->outcome == ASANA_ANSWERED && answer->status >= 400 && answer->status < 500 &&
           answer->status != 401 && answer->status != 408 && answer->status != 429;
}

/* ---- lists ---- */

static void ask_next_list(struct visible_find *f, const char *offset);

/* Everything on the page is remembered: who wants one of them mostly wants another soon. */
static bool read_list(struct visible_find *f, struct slice data)
{
    char id[LIMIT_VISIBLE_ID + 1];
    struct json_items it;
    struct slice item, gid;
    bool any = false;
    json_items_begin(data, &it);
    while (json_items_next(&it, &item)) {
        if (!json_member(item, "gid", &gid) || !visible_gid_of(gid, id))
            continue;
        visible_remember(f->v, id, f->workspaces[f->place]);
        any |= strcmp(id, f->id) == 0;
    }
    return any;
}

static void on_list(void *ctx, const struct asana_answer *answer)
{
    struct visible_find *f = ctx;
    struct slice data, next, offset;
    char token[LIMIT_VISIBLE_ID + 1];
    f->ask = NULL;
    bool ok = asana_answer_ok(answer);
    if (!ok && !visible_is_refusal(answer)) {
        give(f, NULL, answer);
        return;
    }
    if (ok && json_member(answer->body, "data", &data) && read_list(f, data)) {
        char workspace[LIMIT_VISIBLE_ID + 1];
        memcpy(workspace, f->workspaces[f->place], sizeof(workspace));
        give(f, workspace, NULL);
        return;
    }
    bool more = ok && ++f->pages < LIMIT_VISIBLE_PAGES &&
                json_member(answer->body, "next_page", &next) &&
                json_member(next, "offset", &offset) && visible_gid_of(offset, token);
    if (!more) {
        f->place++;
        f->pages = 0;
    }
    ask_next_list(f, more ? token : NULL);
}

static void ask_next_list(struct visible_find *f, const char *offset)
{
    struct asana_req r;
    struct err err;
    if (f->place == f->places) {
        give(f, NULL, NULL);
        return;
    }
    asana_req_init(&r, ASANA_GET);
    asana_path(&r, f->kind->path);
    asana_query_str(&r, "workspace", f->workspaces[f->place]);
    asana_query_int(&r, "limit", (struct arg_int){ ARG_VALUE, 100 });
    asana_query_str(&r, "offset", offset);
    asana_query_str(&r, "opt_fields", f->kind->fields);
    if (!ask_asana(f, &r, on_list, &err))
        give_unsent(f, &err);
}

static void on_workspaces(void *ctx, const struct asana_answer *answer)
{
    struct visible_find *f = ctx;
    struct json_items it;
    struct slice data, item, gid;
    f->ask = NULL;
    f->workspaces = calloc(LIMIT_VISIBLE_PLACES, sizeof(*f->workspaces));
    if (!f->workspaces || !asana_answer_ok(answer)) {
        give(f, NULL, answer);
        return;
    }
    json_member(answer->body, "data", &data);
    json_items_begin(data, &it);
    while (f->places < LIMIT_VISIBLE_PLACES && json_items_next(&it, &item)) {
        char *workspace = f->workspaces[f->places];
        if (json_member(item, "gid", &gid) && visible_gid_of(gid, workspace) &&
            visible_shows(f->v, workspace))
            f->places++;
    }
    ask_next_list(f, NULL);
}

/* ---- one object ---- */

static bool ask_object(struct visible_find *f, struct err *err);

/* The first kind, from that place on, of which Asana reads one object alone; NULL: none. */
static const struct visible_kind *next_kind(const struct visible_name *name, size_t *at)
{
    const size_t most = sizeof(name->kinds) / sizeof(*name->kinds);
    while (*at < most && name->kinds[*at] && !name->kinds[*at]->path)
        ++*at;
    return *at < most ? name->kinds[*at] : NULL;
}

bool visible_can_find(const struct visible_name *name)
{
    size_t at = 0;
    return next_kind(name, &at) != NULL;
}

/* Another kind, or nothing. */
static void try_next(struct visible_find *f)
{
    struct err err;
    f->tried++;
    const struct visible_kind *kind = f->steps ? NULL : next_kind(f->name, &f->tried);
    if (!kind) {
        give(f, NULL, NULL);
        return;
    }
    f->kind = kind;
    if (!ask_object(f, &err))
        give_unsent(f, &err);
}

static const struct visible_kind *find_kind(const struct visible_rules *rules, const char *name)
{
    for (const struct visible_kind *const *k = rules->kinds; *k; k++)
        if (strcmp((*k)->name, name) == 0)
            return *k;
    return NULL;
}

/* What it belongs to is asked instead. */
static bool go_up(struct visible_find *f, struct slice object)
{
    struct slice above, gid, type;
    char kind[LIMIT_VISIBLE_ID + 1];
    struct err err;
    if (!json_member(object, f->kind->at, &above) || !json_member(above, "gid", &gid) ||
        !json_member(above, "resource_type", &type) || !visible_gid_of(type, kind) ||
        !visible_gid_of(gid, f->at) || ++f->steps == LIMIT_VISIBLE_STEPS)
        return false;
    f->kind = find_kind(f->rules, kind);
    if (!f->kind || !f->kind->path)
        return false;
    if (!ask_object(f, &err))
        give_unsent(f, &err);
    return true;
}

static void on_object(void *ctx, const struct asana_answer *answer)
{
    struct visible_find *f = ctx;
    struct slice data;
    char workspace[LIMIT_VISIBLE_ID + 1];
    f->ask = NULL;
    if (visible_is_refusal(answer)) {
        try_next(f);
    } else if (!asana_answer_ok(answer)) {
        give(f, NULL, answer);
    } else {
        json_member(answer->body, "data", &data);
        if (visible_tell(f->v, f->kind, data, workspace))
            give(f, workspace, NULL);
        else if (f->kind->way != VISIBLE_UNDER || !go_up(f, data))
            give(f, NULL, NULL);
    }
}

static bool ask_object(struct visible_find *f, struct err *err)
{
    struct asana_req r;
    asana_req_init(&r, ASANA_GET);
    if (f->kind->way == VISIBLE_LISTED) {
        asana_path(&r, "/workspaces");
        asana_query_int(&r, "limit", (struct arg_int){ ARG_VALUE, 100 });
        asana_query_str(&r, "opt_fields", "gid");
        return ask_asana(f, &r, on_workspaces, err);
    }
    asana_path(&r, f->kind->path);
    asana_path_arg(&r, f->at);
    asana_query_str(&r, "opt_fields", f->kind->fields);
    return ask_asana(f, &r, on_object, err);
}

static bool same_token(const struct secret *a, const struct secret *b)
{
    return secret_equals(a, secret_slice(b));
}

static bool same_kinds(const struct visible_name *a, const struct visible_name *b)
{
    for (size_t i = 0; i < sizeof(a->kinds) / sizeof(*a->kinds); i++)
        if (a->kinds[i] != b->kinds[i])
            return false;
    return true;
}

/* Rules of a pack are there as long as the calls of its tools: who goes by others waits elsewhere.
 */
static struct visible_find *find_running(struct visible *v, const struct visible_rules *rules,
                                         const struct visible_named *named,
                                         const struct secret *token)
{
    struct visible_find *f;
    LIST_FOREACH (f, &v->finds, link)
        if (!f->ended && f->rules == rules && same_kinds(f->name, named->name) &&
            strcmp(f->id, named->id) == 0 && same_token(&f->token, token))
            return f;
    return NULL;
}

bool visible_find(struct visible *v, const struct visible_rules *rules,
                  const struct asana_asker *asker, const struct secret *token,
                  const struct visible_named *named, struct visible_wait *w, struct err *err)
{
    struct visible_find *f = find_running(v, rules, named, token);
    if (!f) {
        f = calloc(1, sizeof(*f));
        if (!f || !secret_set(&f->token, secret_slice(token))) {
            free(f);
            return err_set(err, ERR_MEMORY, "out of memory");
        }
        f->v = v;
        f->rules = rules;
        f->asker = asker;
        f->name = named->name;
        f->kind = next_kind(named->name, &f->tried);
        memcpy(f->id, named->id, sizeof(f->id));
        memcpy(f->at, named->id, sizeof(f->at));
        LIST_INIT(&f->waits);
        LIST_INSERT_HEAD(&v->finds, f, link);
        if (!ask_object(f, err)) {
            end_find(f);
            return false;
        }
    }
    w->find = f;
    LIST_INSERT_HEAD(&f->waits, w, link);
    return true;
}
