#include "mcp/work.h"

#include "base/secret.h"
#include "base/trail.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

/* Questions: in a legacy session they are requests of ours, which the client answers while the call
 * waits. */

static const char *const question_methods[] = {
    [CALL_ELICIT] = "elicitation/create",
    [CALL_SAMPLE] = "sampling/createMessage",
    [CALL_ROOTS] = "roots/list",
};

void work_put_question(struct buf *b, const struct call_input *input)
{
    buf_str(b, "\"method\":");
    buf_json_string(b, slice_of(question_methods[input->kind]));
    buf_str(b, ",\"params\":");
    if (input->params.len)
        rpc_put_json(b, input->params);
    else
        buf_str(b, "{}");
}

/* Ids of ours: "qPPPP…RRRR…-N" with the place that asks, randomness in 32 hexadecimal digits, and
 * the question's number. */
#define NONCE 16
#define ID_HEAD (1 + PLACE_TEXT + 2 * NONCE)

struct questions {
    struct mcp_work *w;
    char head[ID_HEAD + 1];
    const char **keys; /* NULL where the client has responded */
    size_t n, open;
    cJSON *responses;
    call_inputs_fn *answered;
    void *ctx;
    uv_timer_t *patience; /* NULL when there is none; frees itself */
};

static void free_timer(uv_handle_t *timer)
{
    free(timer);
}

void work_drop_questions(struct mcp_work *w)
{
    if (w->questions && w->questions->patience)
        uv_close((uv_handle_t *)w->questions->patience, free_timer);
    w->questions = NULL;
}

static void put_id(struct buf *b, const struct questions *q, size_t i)
{
    buf_char(b, '"');
    buf_str(b, q->head);
    buf_char(b, '-');
    buf_int(b, (int64_t)i);
    buf_char(b, '"');
}

/* Nobody waits for the rest of the responses any more. */
static void withdraw(struct mcp_work *w)
{
    const struct questions *q = w->questions;
    for (size_t i = 0; i < q->n; i++) {
        if (!q->keys[i])
            continue;
        struct buf b;
        buf_init(&b, MESSAGE_MAX);
        buf_str(&b, "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{"
                    "\"requestId\":");
        put_id(&b, q, i);
        buf_str(&b, "}}");
        work_tell(w, &b);
    }
}

/* w may be gone afterwards. */
static void end_questions(struct mcp_work *w, const cJSON *responses)
{
    call_inputs_fn *answered = w->questions->answered;
    void *ctx = w->questions->ctx;
    work_drop_questions(w);
    answered(ctx, responses);
}

static void on_patience(uv_timer_t *timer)
{
    struct mcp_work *w = timer->data;
    TRAIL_ENTER(w->trail);
    withdraw(w);
    end_questions(w, NULL);
}

static bool start_patience(struct questions *q)
{
    q->patience = malloc(sizeof(*q->patience));
    if (!q->patience)
        return false;
    uv_timer_init(q->w->env->asana.loop, q->patience);
    q->patience->data = q->w;
    uv_timer_start(q->patience, on_patience, LIMIT_QUESTION_SECONDS * 1000u, 0);
    return true;
}

static struct questions *questions_new(struct mcp_work *w, const struct call_input *inputs,
                                       size_t n)
{
    struct questions *q = arena_zalloc(w->arena, 1, sizeof(*q));
    const char **keys = arena_zalloc(w->arena, n, sizeof(*keys));
    if (!q || !keys)
        return NULL;
    for (size_t i = 0; i < n; i++)
        if (!(keys[i] = arena_strdup(w->arena, inputs[i].key)))
            return NULL;
    struct arena *before = json_arena_enter(w->arena);
    cJSON *responses = cJSON_CreateObject();
    json_arena_leave(before);
    if (!responses)
        return NULL;
    *q = (struct questions){ .w = w, .keys = keys, .n = n, .open = n, .responses = responses };
    q->head[0] = 'q';
    place_format(w->env->here, q->head + 1);
    secret_random_hex(q->head + 1 + PLACE_TEXT, NONCE);
    return q;
}

bool work_ask(void *ctx, const struct call_input *inputs, size_t n, call_inputs_fn *answered,
              void *answered_ctx)
{
    struct mcp_work *w = ctx;
    struct questions *q = w->questions || !n ? NULL : questions_new(w, inputs, n);
    if (!q || !start_patience(q))
        return false;
    q->answered = answered;
    q->ctx = answered_ctx;
    w->questions = q;
    for (size_t i = 0; i < n; i++) {
        struct buf b;
        buf_init(&b, MESSAGE_MAX);
        buf_str(&b, "{\"jsonrpc\":\"2.0\",\"id\":");
        put_id(&b, q, i);
        buf_char(&b, ',');
        work_put_question(&b, &inputs[i]);
        buf_char(&b, '}');
        work_tell(w, &b);
    }
    return true;
}

bool mcp_question_place(struct slice id, struct place *out)
{
    if (id.len < ID_HEAD + 4 || id.data[0] != '"' || id.data[1] != 'q' ||
        id.data[1 + ID_HEAD] != '-' || id.data[id.len - 1] != '"')
        return false;
    for (size_t i = 2; i < 1 + ID_HEAD; i++)
        if (!memchr("0123456789abcdef", id.data[i], 16))
            return false;
    return place_parse(id.data + 2, out);
}

/* The number of the question among q's; false when it is none of them. */
static bool find_question(const struct questions *q, struct slice id, size_t *out)
{
    struct place place;
    if (!mcp_question_place(id, &place) || memcmp(id.data + 1, q->head, ID_HEAD) != 0)
        return false;
    size_t number = 0;
    for (const char *p = id.data + 1 + ID_HEAD + 1; p < id.data + id.len - 1; p++) {
        if (*p < '0' || *p > '9' || number >= q->n)
            return false;
        number = number * 10 + (size_t)(*p - '0');
    }
    *out = number;
    return number < q->n;
}

/* A copy of value in the call's arena becomes a member of object. */
static bool keep_response(struct arena *arena, cJSON *object, const char *key, const cJSON *value)
{
    struct arena *before = json_arena_enter(arena);
    cJSON *copy = cJSON_Duplicate(value, true);
    bool ok = copy && cJSON_AddItemToObject(object, key, copy);
    json_arena_leave(before);
    return ok;
}

bool mcp_respond(struct mcp_work *w, const struct rpc_message *response)
{
    struct questions *q = w->questions;
    size_t i;
    if (!q || !find_question(q, response->id, &i))
        return false;
    TRAIL_ENTER(w->trail);
    const char *key = q->keys[i];
    if (!key)
        return true; /* a second time */
    q->keys[i] = NULL;
    if (!response->result || !keep_response(w->arena, q->responses, key, response->result)) {
        withdraw(w);
        end_questions(w, NULL);
    } else if (--q->open == 0) {
        end_questions(w, q->responses);
    }
    return true;
}
