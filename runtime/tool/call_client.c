#include "tool/call_priv.h"

#include "base/buf.h"
#include "base/json.h"

#include <stdio.h>
#include <string.h>

/* What has been asked of the client. In revision 2026-07-28 each round is a run of its own, so the
 * questions travel in the sealed state, with the responses that are in: {"KEY":null,"KEY":{…}},
 * a line break, the body's own state. A response counts only when its key is among them: the client
 * cannot answer what it was not asked. */
struct question {
    const char *key;
    const cJSON *response; /* an object; NULL: none yet */
    SLIST_ENTRY(question) link;
};

/* ---- saying ---- */

void call_progress(struct call *c, double done, double total, const char *message)
{
    if (c->host && c->host->progress && !c->finished)
        c->host->progress(c->host->ctx, done, total, message);
}

void call_progress_of(struct call *c, unsigned done, unsigned total, const char *what)
{
    char message[80];
    snprintf(message, sizeof(message), "%u of %u %s", done, total, what);
    call_progress(c, done, total, message);
}

void call_log(struct call *c, enum call_level level, struct slice data)
{
    if (c->host && c->host->log && !c->finished)
        c->host->log(c->host->ctx, level, data);
}

void call_part(struct call *c)
{
    if (c->host && c->host->part && !c->finished)
        c->host->part(c->host->ctx);
}

void call_changed(struct call *c, unsigned lists)
{
    if (c->host && c->host->changed && !c->finished)
        c->host->changed(c->host->ctx, lists);
}

/* ---- questions ---- */

static struct question *find(const struct call *c, const char *key)
{
    struct question *q;
    SLIST_FOREACH (q, &c->questions, link)
        if (strcmp(q->key, key) == 0)
            return q;
    return NULL;
}

static bool note(struct call *c, const char *key, const cJSON *response)
{
    struct question *q = find(c, key);
    if (!q) {
        q = arena_zalloc(c->arena, 1, sizeof(*q));
        if (!q || !(q->key = arena_strdup(c->arena, key)))
            return false;
        SLIST_INSERT_HEAD(&c->questions, q, link);
    }
    if (cJSON_IsObject(response))
        q->response = response;
    return true;
}

bool call_client_open(struct call *c)
{
    SLIST_INIT(&c->questions);
    if (!c->host || !c->host->state.len)
        return true;
    struct slice sealed = c->host->state;
    const char *end = memchr(sealed.data, '\n', sealed.len);
    if (!end)
        return true;
    size_t len = (size_t)(end - sealed.data);
    const cJSON *asked = json_parse(c->arena, (struct slice){ sealed.data, len }, NULL);
    const cJSON *q = NULL;
    cJSON_ArrayForEach (q, asked) {
        const cJSON *now = json_get(c->host->responses, q->string);
        if (!note(c, q->string, cJSON_IsObject(now) ? now : q))
            return false;
    }
    c->state = (struct slice){ end + 1, sealed.len - len - 1 };
    return true;
}

static void put_state(const struct call *c, struct slice own, struct buf *b)
{
    const struct question *q;
    bool comma = false;
    buf_char(b, '{');
    SLIST_FOREACH (q, &c->questions, link) {
        if (comma)
            buf_char(b, ',');
        comma = true;
        buf_json_string(b, slice_of(q->key));
        buf_char(b, ':');
        if (q->response)
            json_write(b, q->response);
        else
            buf_str(b, "null");
    }
    buf_str(b, "}\n");
    buf_slice_put(b, own);
}

static void demand(struct call *c, const struct call_input *missing, size_t n, struct slice own)
{
    BUF_AUTO state = { .max = LIMIT_CALL_STATE };
    BUF_AUTO members = { .max = LIMIT_RESULT_TEXT };
    put_state(c, own, &state);
    if (buf_ok(&state))
        c->host->demand(c->host->ctx, missing, n, buf_slice(&state), &members);
    if (buf_ok(&state) && buf_ok(&members))
        call_finish(c, CALL_INPUT, buf_slice(&members));
    else
        call_finish(c, CALL_FAILED, slice_of("the answers to this call's questions are too long"));
}

/* A client that refused leaves its questions without a response. */
static void on_responses(void *ctx, const cJSON *responses)
{
    struct call *c = ctx;
    struct question *q;
    if (c->finished)
        return;
    SLIST_FOREACH (q, &c->questions, link) {
        const cJSON *response = json_get(responses, q->key);
        if (cJSON_IsObject(response))
            q->response = response;
    }
    c->answered(c, c->answered_ctx);
}

bool call_client_can(const struct call *c, enum call_input_kind kind)
{
    return c->host && (c->host->ask || c->host->demand) && (c->host->can & 1u << kind);
}

bool call_ask_client(struct call *c, const struct call_input *inputs, size_t n, struct slice state,
                     call_input_fn *answered, void *ctx)
{
    if (!c->host || (!c->host->ask && !c->host->demand))
        return false;
    for (size_t i = 0; i < n; i++)
        if (!call_client_can(c, inputs[i].kind))
            return false;
    struct call_input *missing = arena_zalloc(c->arena, n + 1, sizeof(*missing));
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        if (call_response(c, inputs[i].key))
            continue;
        if (!missing || !note(c, inputs[i].key, NULL))
            return false;
        missing[count++] = inputs[i];
    }
    /* State alone makes a round, too. */
    bool satisfied = !count && (n > 0 || !c->host->demand || c->host->state.len);
    if (satisfied) {
        answered(c, ctx);
        return true;
    }
    if (c->host->demand) {
        demand(c, missing, count, state);
        return true;
    }
    c->answered = answered;
    c->answered_ctx = ctx;
    return c->host->ask(c->host->ctx, missing, count, on_responses, c);
}

const cJSON *call_response(const struct call *c, const char *key)
{
    const struct question *q = find(c, key);
    return q ? q->response : NULL;
}

struct slice call_state(const struct call *c)
{
    return c->state;
}
