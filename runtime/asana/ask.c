#include "asana/ask.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/piece.h"
#include "base/trail.h"
#include "base/turns.h"
#include "metrics/metrics.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

/* A GET that met passing faults is repeated at most so often; 429s are Asana's own flow control and
 * waited out as often as the deadline allows. */
#define MAX_REPEATS 3
/* The first pause where Asana names none; then it doubles. */
#define FIRST_BACKOFF_MS 200
#define FIRST_LIMITED_MS 1000 /* refused requests count against the limit, too: no hurry */
#define MOST_DOUBLINGS 6
/* A pause that leaves less than this before the deadline is pointless: better to tell the caller
 * now. */
#define LEAST_LEFT_MS 1000

struct asana_ask {
    const struct asana_asker *asker;
    struct asana_req req;
    struct digest caller;
    struct secret token;
    asana_done_fn *done;
    void *ctx;
    uint64_t started_ms;
    struct asana_tries tries;
    struct gate_pass pass;
    struct asana_transfer *transfer;
    struct turn turn;                        /* in the worker's lines, inside its gate */
    struct asana_renewal *renewal;           /* a new token is on its way */
    void (*forget)(struct asana_renewal *r); /* who brings it may be gone by then */
    bool renewed;                            /* one was asked for */
    bool fresh;                              /* and came */
    uv_timer_t timer;                        /* a pause, or the deadline while in line */
    struct trail *trail;
    struct trace_place place; /* of span, or of whoever asked */
    struct span *span;        /* NULL: not recorded */
};

bool asana_asker_open(struct asana_asker *a, uv_loop_t *loop, struct gates *gates,
                      const struct asana_client_options *options, struct err *err)
{
    *a = (struct asana_asker){ .loop = loop,
                               .at_once = LIMIT_ASANA_AT_ONCE,
                               .deadline_ms = options->deadline_ms };
    if (!asana_client_new(loop, options, &a->client, err))
        return false;
    a->accepted = asana_accepted_new();
    a->turns = turns_new();
    if (a->turns && a->accepted && (!gates || (a->keeper = gate_keeper_new(gates, loop))))
        return true;
    asana_asker_close(a);
    return err_set(err, ERR_MEMORY, "out of memory");
}

void asana_asker_close(struct asana_asker *a)
{
    asana_client_free(a->client);
    gate_keeper_free(a->keeper);
    asana_accepted_free(a->accepted);
    turns_free(a->turns);
    *a = (struct asana_asker){ 0 };
}

static void free_ask(uv_handle_t *timer)
{
    struct asana_ask *a = timer->data;
    trail_drop(a->trail);
    span_drop(a->span);
    piece_free(a);
}

static void release(struct asana_ask *a)
{
    gate_leave(&a->pass);
    turns_leave(a->asker->turns, &a->turn);
    asana_req_done(&a->req);
    secret_done(&a->token);
    uv_close((uv_handle_t *)&a->timer, free_ask);
}

static unsigned spent_ms(const struct asana_ask *a)
{
    return (unsigned)(clock_ms() - a->started_ms);
}

static unsigned left_ms(const struct asana_ask *a)
{
    unsigned spent = spent_ms(a);
    return spent < a->req.deadline_ms ? a->req.deadline_ms - spent : 0;
}

/* A 401 says nothing of the token when it works elsewhere, or is fresh from Asana. */
static void weigh(struct asana_ask *a, struct asana_answer *answer)
{
    struct asana_accepted *accepted = a->asker->accepted;
    if (answer->outcome != ASANA_ANSWERED)
        return;
    if (answer->status == 401)
        answer->token_works = a->fresh || (accepted && asana_accepted_lately(accepted, &a->caller));
    else if (answer->status < 500 && accepted)
        asana_accepted_note(accepted, &a->caller);
}

static void begin_span(struct asana_ask *a)
{
    const struct trail *t = a->trail;
    a->place = t ? t->place : (struct trace_place){ 0 };
    a->span = trace_sink ? span_begin(SPAN_CLIENT, asana_method_name(a->req.method), &a->place,
                                      t ? t->trace_state : NULL, &a->place)
                         : NULL;
}

static void end_span(struct asana_ask *a, const struct asana_answer *answer)
{
    char text[LIMIT_SPAN_NAME];
    if (!a->span)
        return;
    span_url(a->span, asana_client_url(a->asker->client), buf_slice(&a->req.url));
    span_text(a->span, "http.request.method", asana_method_name(a->req.method));
    if (answer && answer->status) {
        span_number(a->span, "http.response.status_code", answer->status);
        span_text(a->span, "asana.request_id", *answer->request_id ? answer->request_id : NULL);
    }
    if (a->tries.faults + a->tries.limited)
        span_number(a->span, "http.request.resend_count", a->tries.faults + a->tries.limited);
    snprintf(text, sizeof(text), "%d", answer ? answer->status : 0);
    if (!answer || answer->status >= 400)
        span_fail(a->span, answer ? text : "cancelled");
    else if (answer->outcome != ASANA_ANSWERED)
        span_fail(a->span, answer->outcome == ASANA_TIMED_OUT ? "timeout" : "connection");
    span_end(a->span);
    a->span = NULL;
}

static void finish(struct asana_ask *a, const struct asana_answer *answer)
{
    struct asana_answer last = *answer;
    weigh(a, &last);
    last.elapsed_ms = spent_ms(a);
    last.renewed = a->fresh ? &a->token : NULL;
    gate_leave(&a->pass);
    trail_note_asana(last.status, last.request_id);
    end_span(a, &last);
    a->done(a->ctx, &last);
    release(a);
}

/* The end without an answer of Asana's. */
static void give_up(struct asana_ask *a, const struct err *err)
{
    finish(a, &(struct asana_answer){
                  .outcome = err->kind == ERR_LIMIT ? ASANA_CROWDED : ASANA_UNREACHABLE,
                  .method = a->req.method,
                  .retry_after = -1,
                  .request_id = "",
                  .detail = err->text,
                  .body = { "", 0 },
              });
}

static bool is_passing_fault(const struct asana_answer *answer)
{
    if (answer->outcome == ASANA_BROKEN || answer->outcome == ASANA_UNREACHABLE)
        return true;
    return answer->outcome == ASANA_ANSWERED &&
           (answer->status == 502 || answer->status == 503 || answer->status == 504);
}

static int64_t backoff(unsigned first_ms, unsigned tries, unsigned jitter)
{
    unsigned doublings = tries - 1 < MOST_DOUBLINGS ? tries - 1 : MOST_DOUBLINGS;
    return ((int64_t)first_ms << doublings) * (1000 + (int64_t)jitter) / 1000;
}

/* GET may be repeated; so may whatever certainly never left us, or was refused by Asana's limits. A
 * POST whose bytes may have arrived never is: Asana knows no idempotency keys. */
int64_t asana_retry_pause(const struct asana_answer *answer, struct asana_tries *tries,
                          uint64_t left, unsigned jitter)
{
    bool limited = answer->outcome == ASANA_ANSWERED && answer->status == 429;
    bool failed = answer->outcome == ASANA_ANSWERED && answer->status == 500;
    int64_t pause;
    if (limited) {
        pause = backoff(FIRST_LIMITED_MS, ++tries->limited, jitter);
    } else if (failed || is_passing_fault(answer)) {
        tries->failed += failed;
        pause = backoff(FIRST_BACKOFF_MS, ++tries->faults, jitter);
        if (tries->faults > MAX_REPEATS || (failed && tries->failed > 1) ||
            (answer->method != ASANA_GET && answer->sent))
            return -1;
    } else {
        return -1;
    }
    if (answer->retry_after > 0)
        pause = answer->retry_after * 1000;
    return (uint64_t)pause + LEAST_LEFT_MS <= left ? pause : -1;
}

/* Searches have a limit of their own. */
static enum gate_kind kind_of(const struct asana_req *r)
{
    static const char search[] = "/tasks/search";
    struct slice url = buf_slice(&r->url);
    const char *query = memchr(url.data, '?', url.len);
    size_t path = query ? (size_t)(query - url.data) : url.len;
    if (r->method != ASANA_GET)
        return GATE_WRITE;
    bool is_search = path >= sizeof(search) - 1 && memcmp(url.data + path - (sizeof(search) - 1),
                                                          search, sizeof(search) - 1) == 0;
    return is_search ? GATE_SEARCH : GATE_READ;
}

static void on_answer(void *ctx, const struct asana_answer *answer);

static bool too_late(struct err *err)
{
    metrics_count(METRIC_ASANA_CROWDED, CROWDED_LATE, 0);
    return err_set(err, ERR_LIMIT, "its turn did not come in time");
}

static bool send_now(struct asana_ask *a, struct err *err)
{
    struct asana_req again;
    unsigned left = left_ms(a);
    if (!left)
        return too_late(err);
    if (!asana_req_copy(&a->req, &again))
        return err_set(err, ERR_MEMORY, "out of memory");
    again.deadline_ms = left;
    again.place = a->place.known ? &a->place : NULL;
    again.trace_state = a->trail ? a->trail->trace_state : NULL;
    a->transfer = asana_send(a->asker->client, &again, &a->token, on_answer, a, err);
    return a->transfer != NULL;
}

static void on_line_too_slow(uv_timer_t *timer)
{
    struct asana_ask *a = timer->data;
    struct err err;
    TRAIL_ENTER(a->trail);
    too_late(&err);
    give_up(a, &err);
}

/* The loop's time stands still during a turn; a pause must not end before its time. */
static void start_timer(struct asana_ask *a, uv_timer_cb over, uint64_t ms)
{
    uv_update_time(a->asker->loop);
    uv_timer_start(&a->timer, over, ms, 0);
}

static bool has_room(const struct asana_asker *asker)
{
    return asana_client_in_flight(asker->client) < asker->at_once;
}

/* Whose turn it is, as far as can be told here. */
static uint64_t key_of(const struct asana_ask *a)
{
    uint64_t key;
    memcpy(&key, a->caller.bytes, sizeof(key));
    return key;
}

/* It is inside its gate: sends, or waits for one of those that the worker has under way. libcurl
 * would let it wait, too, but it looks through all that wait whenever a transfer ends: with 4,096
 * calls under way, a call took 310 µs of processor time instead of 130. */
static bool proceed(struct asana_ask *a, struct err *err)
{
    if (has_room(a->asker))
        return send_now(a, err);
    if (!turns_add(a->asker->turns, key_of(a), &a->turn))
        return err_set(err, ERR_MEMORY, "out of memory");
    start_timer(a, on_line_too_slow, left_ms(a));
    return true;
}

/* A transfer has ended. Calls nobody back. */
static void send_next(const struct asana_asker *asker)
{
    struct turn *turn;
    struct err err;
    while ((turn = turns_first(asker->turns)) && has_room(asker)) {
        struct asana_ask *a = (struct asana_ask *)((char *)turn - offsetof(struct asana_ask, turn));
        turns_serve(asker->turns, turn);
        uv_timer_stop(&a->timer);
        if (!send_now(a, &err))
            start_timer(a, on_line_too_slow, 0);
    }
}

static void on_granted(struct gate_pass *pass)
{
    struct asana_ask *a = (struct asana_ask *)((char *)pass - offsetof(struct asana_ask, pass));
    struct err err;
    TRAIL_ENTER(a->trail);
    uv_timer_stop(&a->timer);
    if (!proceed(a, &err))
        give_up(a, &err);
}

/* Sends now or stands in line; false with err set when neither can be done. */
static bool enter(struct asana_ask *a, struct err *err)
{
    if (!a->asker->keeper)
        return proceed(a, err);
    switch (gate_enter(a->asker->keeper, &a->caller, kind_of(&a->req), &a->pass)) {
    case GATE_ENTERED:
        return proceed(a, err);
    case GATE_WAITING:
        start_timer(a, on_line_too_slow, left_ms(a));
        return true;
    case GATE_FULL:
        metrics_count(METRIC_ASANA_CROWDED, CROWDED_FULL, 0);
        break;
    }
    return err_set(err, ERR_LIMIT,
                   "too many calls of this Asana account wait already; try again in a few seconds");
}

static void on_pause_over(uv_timer_t *timer)
{
    struct asana_ask *a = timer->data;
    struct err err;
    TRAIL_ENTER(a->trail);
    if (!enter(a, &err))
        give_up(a, &err);
}

static void on_fresh(void *ctx, const struct secret *token)
{
    struct asana_ask *a = ctx;
    struct err err;
    TRAIL_ENTER(a->trail);
    a->renewal = NULL;
    if (!token || !secret_set(&a->token, (struct slice){ token->bytes, token->len })) {
        finish(a, &(struct asana_answer){ .outcome = ASANA_ANSWERED,
                                          .method = a->req.method,
                                          .sent = true,
                                          .status = 401,
                                          .body = { "", 0 },
                                          .retry_after = -1,
                                          .request_id = "",
                                          .detail = "" });
        return;
    }
    a->fresh = true;
    secret_shared_digest((struct slice){ token->bytes, token->len }, &a->caller);
    if (!enter(a, &err))
        give_up(a, &err);
}

/* Asana did nothing with a request whose token it does not take, so any may be sent again. */
static bool renew(struct asana_ask *a)
{
    const struct asana_renewer *r = a->asker->renewer;
    if (!r || a->renewed)
        return false;
    a->renewed = true;
    a->forget = r->cancel;
    a->renewal = r->renew(r->ctx, &a->token, on_fresh, a);
    return a->renewal != NULL;
}

/* Differs between requests that were refused in the same moment. */
static unsigned jitter(const struct asana_ask *a)
{
    return (unsigned)((clock_ms() * 7919 + (uintptr_t)a / sizeof(*a) * 337) % 1000);
}

static void on_answer(void *ctx, const struct asana_answer *answer)
{
    struct asana_ask *a = ctx;
    TRAIL_ENTER(a->trail);
    a->transfer = NULL;
    gate_leave(&a->pass);
    send_next(a->asker);
    if (answer->outcome == ASANA_ANSWERED && answer->status == 401 && renew(a)) {
        metrics_count(METRIC_ASANA_RETRIES, RETRY_TOKEN, 0);
        return;
    }
    int64_t pause = asana_retry_pause(answer, &a->tries, left_ms(a), jitter(a));
    if (pause < 0) {
        finish(a, answer);
        return;
    }
    metrics_count(METRIC_ASANA_RETRIES, answer->status == 429 ? RETRY_LIMITED : RETRY_FAULT, 0);
    LOG(LOG_INFO, "asana.again", LOG_INT("outcome", answer->outcome),
        LOG_INT("status", answer->status), LOG_INT("pause_ms", pause));
    span_event(a->span, "retry", "http.response.status_code", answer->status, "pause_ms", pause);
    start_timer(a, on_pause_over, (uint64_t)pause);
}

struct asana_ask *asana_ask(const struct asana_asker *asker, struct asana_req *r,
                            const struct secret *token, asana_done_fn *done, void *ctx,
                            struct err *err)
{
    struct asana_ask *a = piece_zalloc(sizeof(*a));
    bool whole = buf_ok(&r->url) && buf_ok(&r->body);
    if (!a || !whole || !secret_set(&a->token, (struct slice){ token->bytes, token->len })) {
        asana_req_done(r);
        piece_free(a);
        err_set(err, whole ? ERR_MEMORY : ERR_LIMIT,
                whole ? "out of memory" : "the request to Asana is too long");
        return NULL;
    }
    a->asker = asker;
    a->done = done;
    a->ctx = ctx;
    a->started_ms = clock_ms();
    a->pass.granted = on_granted;
    secret_shared_digest((struct slice){ token->bytes, token->len }, &a->caller);
    uv_timer_init(asker->loop, &a->timer);
    a->timer.data = a;
    a->trail = trail_hold(trail_current);
    a->req = *r;
    begin_span(a);
    asana_req_init(r, r->method);
    if (!a->req.deadline_ms || a->req.deadline_ms > asker->deadline_ms)
        a->req.deadline_ms = asker->deadline_ms;
    if (enter(a, err))
        return a;
    release(a);
    return NULL;
}

void asana_ask_cancel(struct asana_ask *a)
{
    const struct asana_asker *asker = a->asker;
    end_span(a, NULL);
    if (a->transfer)
        asana_cancel(a->transfer);
    if (a->renewal)
        a->forget(a->renewal);
    release(a);
    send_next(asker);
}
