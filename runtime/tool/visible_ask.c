#include "tool/visible_priv.h"

#include "asana/errors.h"
#include "base/piece.h"
#include "base/trail.h"

#include <stdlib.h>
#include <string.h>

/* Where the named objects are. */
enum verdict { SHOWN, HIDDEN, UNKNOWN };

/* One name of a request. */
struct lookup {
    struct visible_wait wait; /* first: a wait is a lookup */
    struct visible_ask *ask;
    const struct visible_named *named;
    bool refused; /* hidden, or not to be found */
};

struct visible_ask {
    struct visible *v;
    const struct visible_rules *rules;
    const struct asana_asker *asker;
    struct secret token;
    asana_done_fn *done;
    void *ctx;
    const struct visible_limit *limits; /* NULL: none */
    const char *forbidden;              /* the sentence of the one that it meets */
    struct asana_ask *ask;              /* the request itself, when it has been sent */
    bool checked;                       /* all that follows counts */
    struct asana_req req;               /* while names are looked up */
    struct visible_names names;
    struct lookup *lookups; /* one for each name */
    size_t missing;
    const struct visible_kind *told;   /* the answer's objects tell where they are */
    const char *withheld;              /* member that does not tell of which workspace it is */
    const struct visible_named *reads; /* the one object that is read, when it tells itself */
    struct visible_added added;
    const struct visible_named *refused; /* NULL: all of it */
    uv_timer_t later;                    /* for what is refused at once */
    struct trail *trail;
};

static void free_ask(uv_handle_t *later)
{
    struct visible_ask *a = later->data;
    trail_drop(a->trail);
    piece_free(a);
}

static void release(struct visible_ask *a)
{
    for (size_t i = 0; a->lookups && i < a->names.count; i++)
        visible_find_leave(&a->lookups[i].wait);
    visible_names_done(&a->names);
    free(a->lookups);
    asana_req_done(&a->req);
    secret_done(&a->token);
    uv_close((uv_handle_t *)&a->later, free_ask);
}

void visible_ask_cancel(struct visible_ask *a)
{
    if (a->ask)
        asana_ask_cancel(a->ask);
    release(a);
}

static void finish(struct visible_ask *a, const struct asana_answer *answer)
{
    a->ask = NULL;
    a->done(a->ctx, answer);
    release(a);
}

/* ---- refusing ---- */

static void forbid(struct visible_ask *a)
{
    finish(a, &(struct asana_answer){ .outcome = ASANA_FORBIDDEN,
                                      .method = a->req.method,
                                      .body = { "", 0 },
                                      .retry_after = -1,
                                      .request_id = "",
                                      .detail = a->forbidden });
}

/* What Asana says of an object that is not there. It is said of what is hidden, of what this person
 * may not see and of what does not exist alike. */
static void refuse(struct visible_ask *a)
{
    const struct visible_named *named = a->refused;
    if (a->forbidden) {
        forbid(a);
        return;
    }
    BUF_AUTO body = { .max = LIMIT_RESULT };
    buf_str(&body, "{\"errors\":[{\"message\":\"");
    if (named) {
        buf_json_escaped(&body, visible_name_label(named->name));
        buf_str(&body, ": Unknown object: ");
        buf_json_escaped(&body, slice_of(named->id));
    } else {
        buf_str(&body, "Not Found");
    }
    buf_str(&body, "\"}]}");
    finish(a, &(struct asana_answer){ .outcome = ASANA_ANSWERED,
                                      .method = a->req.method,
                                      .status = 404,
                                      .body = buf_slice(&body),
                                      .json = true,
                                      .retry_after = -1,
                                      .request_id = "",
                                      .detail = "" });
}

/* ---- the answer ---- */

static void on_answer(void *ctx, const struct asana_answer *answer)
{
    struct visible_ask *a = ctx;
    struct asana_answer shown = *answer;
    BUF_AUTO body = { .max = LIMIT_ASANA_BODY };
    a->ask = NULL;
    /* An object that cannot be read cannot tell where it is. */
    if (a->checked && a->reads && visible_is_refusal(answer)) {
        a->refused = a->reads;
        refuse(a);
        return;
    }
    if (a->checked && asana_answer_ok(answer)) {
        if (!visible_filter(a->v, answer->body, a->told, a->withheld, &a->added, &body)) {
            a->refused = a->reads;
            refuse(a);
            return;
        }
        if (!buf_ok(&body))
            shown.outcome = ASANA_TOO_LARGE;
        else if (body.len)
            shown.body = buf_slice(&body);
    }
    finish(a, &shown);
}

static bool send_request(struct visible_ask *a, struct err *err)
{
    enum asana_method method = a->req.method;
    a->ask = asana_ask(a->asker, &a->req, &a->token, on_answer, a, err);
    a->req.method = method;
    return a->ask != NULL;
}

/* ---- looking up ---- */

/* A workspace that is shown may still not be one for this call. People are no part of one. */
static bool is_open(struct visible_ask *a, const struct visible_named *named, const char *workspace)
{
    if (!visible_shows(a->v, workspace))
        return false;
    if (named->name->kinds[0]->way == VISIBLE_AMONG)
        return true;
    for (const struct visible_limit *l = a->limits; l && l->workspace; l++)
        if (strcmp(l->workspace, workspace) == 0)
            a->forbidden = l->sentence;
    return !a->forbidden;
}

static enum verdict judge(struct visible_ask *a, const struct visible_named *named)
{
    const struct visible_kind *kind = named->name->kinds[0];
    if (!*named->id)
        return HIDDEN;
    if (kind->way == VISIBLE_ITSELF)
        return is_open(a, named, named->id) ? SHOWN : HIDDEN;
    if (kind->way == VISIBLE_AMONG && strcmp(named->id, "me") == 0)
        return SHOWN;
    const char *workspace = visible_recall(a->v, named->id);
    if (!workspace)
        return UNKNOWN;
    if (is_open(a, named, workspace))
        return SHOWN;
    /* A person may be in another workspace, too. */
    return kind->way == VISIBLE_AMONG ? UNKNOWN : HIDDEN;
}

/* Nothing that it names is hidden. */
static void go_on(struct visible_ask *a)
{
    struct err err;
    if (send_request(a, &err))
        return;
    finish(a, &(struct asana_answer){ .outcome =
                                          err.kind == ERR_LIMIT ? ASANA_CROWDED : ASANA_UNREACHABLE,
                                      .method = a->req.method,
                                      .retry_after = -1,
                                      .request_id = "",
                                      .detail = err.text,
                                      .body = { "", 0 } });
}

/* All that had to be looked up has been. Of several that are not there the first one is named,
 * whatever was known of which: so it tells nothing of them. */
static void conclude(struct visible_ask *a)
{
    for (size_t i = 0; i < a->names.count && !a->refused; i++)
        if (a->lookups[i].refused)
            a->refused = a->lookups[i].named;
    if (a->refused)
        refuse(a);
    else
        go_on(a);
}

static void on_found(struct visible_wait *w, const char *workspace,
                     const struct asana_answer *failed)
{
    struct lookup *l = (struct lookup *)w;
    struct visible_ask *a = l->ask;
    TRAIL_ENTER(a->trail);
    if (failed) {
        finish(a, failed);
        return;
    }
    l->refused = !workspace || !is_open(a, l->named, workspace);
    if (--a->missing == 0)
        conclude(a);
}

/* What ends before anything was asked. */
static void on_later(uv_timer_t *later)
{
    struct visible_ask *a = later->data;
    TRAIL_ENTER(a->trail);
    if (a->names.route)
        conclude(a);
    else
        refuse(a);
}

/* The object that a GET reads alone, and that tells where it is. */
static bool reads_itself(const struct visible_ask *a, const struct visible_named *named)
{
    const struct visible_kind *kind = named->name->kinds[0];
    const char *path = a->names.route->path;
    return !a->limits && a->req.method == ASANA_GET && named->in_path &&
           kind == a->names.route->answers && path[strlen(path) - 1] == '}' &&
           visible_has_fields(&a->req) && (kind->way == VISIBLE_IN || kind->way == VISIBLE_AMONG);
}

static bool names_place(const struct visible_ask *a)
{
    for (size_t i = 0; i < a->names.count; i++)
        if (&a->names.items[i] != a->reads && visible_names_place(&a->names.items[i]))
            return true;
    return false;
}

/* What the answer has to tell: the object that is read, and each object of a list that is of no one
 * place. */
static void set_told(struct visible_ask *a)
{
    const struct visible_kind *answers = a->names.route->answers;
    if (a->req.method != ASANA_GET || !answers)
        return;
    bool placed = names_place(a);
    a->withheld = placed ? NULL : answers->withheld;
    if (a->reads || (!placed && answers->way != VISIBLE_AMONG))
        a->told = answers;
}

/* Looks up what is not known, up to the first one that is known to be hidden. */
static bool look_up(struct visible_ask *a, struct err *err)
{
    size_t count = a->names.count;
    a->lookups = calloc(count + 1, sizeof(*a->lookups));
    if (!a->lookups)
        return err_set(err, ERR_MEMORY, "out of memory");
    for (size_t i = 0; i < count; i++) {
        struct visible_named *named = &a->names.items[i];
        struct lookup *l = &a->lookups[i];
        enum verdict verdict = judge(a, named);
        *l = (struct lookup){ .wait.found = on_found, .ask = a, .named = named };
        l->refused = verdict == HIDDEN;
        if (l->refused)
            return true;
        if (verdict == SHOWN)
            continue;
        if (reads_itself(a, named)) {
            a->reads = named;
            continue;
        }
        if (!visible_can_find(named->name)) {
            l->refused = true;
            return true;
        }
        if (!visible_find(a->v, a->rules, a->asker, &a->token, named, &l->wait, err))
            return false;
        a->missing++;
    }
    return true;
}

static bool is_refused(const struct visible_ask *a)
{
    for (size_t i = 0; i < a->names.count; i++)
        if (a->lookups[i].refused)
            return true;
    return false;
}

/* Looks at what it names; false with err set. */
static bool start_checked(struct visible_ask *a, struct err *err)
{
    a->checked = true;
    if (!visible_names_read(a->rules, &a->req, &a->names))
        return err_set(err, ERR_MEMORY, "out of memory");
    if (a->names.route) {
        if (!look_up(a, err))
            return false;
        set_told(a);
        if (a->told && !visible_add_fields(&a->req, a->told, &a->added))
            return err_set(err, ERR_LIMIT, "the request to Asana is too long");
    }
    if (a->missing)
        return true;
    if (a->names.route && !is_refused(a))
        return send_request(a, err);
    uv_timer_start(&a->later, on_later, 0, 0);
    return true;
}

struct visible_ask *visible_ask(struct visible *v, const struct visible_rules *rules,
                                const struct asana_asker *asker, struct asana_req *r,
                                const struct secret *token, const struct visible_limit *limits,
                                asana_done_fn *done, void *ctx, struct err *err)
{
    struct visible_ask *a = piece_zalloc(sizeof(*a));
    bool whole = buf_ok(&r->url) && buf_ok(&r->body);
    if (!a || !whole || !secret_set(&a->token, secret_slice(token))) {
        asana_req_done(r);
        piece_free(a);
        err_set(err, whole ? ERR_MEMORY : ERR_LIMIT,
                whole ? "out of memory" : "the request to Asana is too long");
        return NULL;
    }
    a->v = v;
    a->rules = rules || !v ? rules : v->rules;
    a->asker = asker;
    a->limits = limits;
    a->done = done;
    a->ctx = ctx;
    a->req = *r;
    asana_req_init(r, r->method);
    uv_timer_init(asker->loop, &a->later);
    a->later.data = a;
    a->trail = trail_hold(trail_current);
    if (limits || visible_hides(v) ? start_checked(a, err) : send_request(a, err))
        return a;
    release(a);
    return NULL;
}
