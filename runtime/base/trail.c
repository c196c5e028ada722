#include "base/trail.h"

#include "base/piece.h"

#include <sodium.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

_Thread_local struct trail *trail_current;

/* Ids need to be different, not secret: a random start per thread, and splitmix64, which does not
 * repeat itself, from there. Asking the system for randomness would cost each request a call. */
static uint64_t next_id(void)
{
    static _Thread_local uint64_t state;
    static _Thread_local bool seeded;
    if (!seeded)
        randombytes_buf(&state, sizeof(state));
    seeded = true;
    uint64_t z = state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

/* Without printf: these are on the way of every request. */
static void put_hex(char *out, uint64_t number)
{
    for (int shift = 60; shift >= 0; shift -= 4)
        *out++ = "0123456789abcdef"[number >> shift & 15];
    *out = '\0';
}

static void put_text(char *out, size_t size, const char *text)
{
    size_t len = text ? strnlen(text, size - 1) : 0;
    memcpy(out, text ? text : "", len);
    out[len] = '\0';
}

struct trail *trail_new(const char *id)
{
    struct trail *t = piece_zalloc(sizeof(*t));
    if (!t)
        return NULL;
    t->holds = 1;
    if (id)
        put_text(t->id, sizeof(t->id), id);
    else
        put_hex(t->id, next_id());
    return t;
}

struct trail *trail_request(struct trail *t)
{
    return t && t->of ? t->of : t;
}

struct trail *trail_part(void)
{
    struct trail *request = trail_request(trail_current);
    struct trail *t = request ? piece_zalloc(sizeof(*t)) : NULL;
    if (!t)
        return trail_hold(request);
    t->holds = 1;
    t->of = trail_hold(request);
    t->place = request->place;
    t->trace_state = request->trace_state ? strdup(request->trace_state) : NULL;
    return t;
}

struct trail *trail_hold(struct trail *t)
{
    if (t)
        t->holds++;
    return t;
}

void trail_drop(struct trail *t)
{
    if (!t || --t->holds)
        return;
    trail_drop(t->of);
    span_drop(t->span);
    free(t->trace_state);
    free(t->client_id);
    free(t->client_name);
    piece_free(t);
}

bool trail_id_ok(const char *id)
{
    static const char allowed[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._";
    size_t len = strspn(id, allowed);
    return len > 0 && len <= LIMIT_REQUEST_ID && !id[len];
}

static void put(char **to, const char *text)
{
    free(*to);
    *to = text && *text ? strdup(text) : NULL;
}

void trail_note_caller(const char *person, const char *grant, const char *client_id,
                       const char *client_name)
{
    struct trail *t = trail_request(trail_current);
    if (!t)
        return;
    put_text(t->person, sizeof(t->person), person);
    put_text(t->grant, sizeof(t->grant), grant);
    put(&t->client_id, client_id);
    put(&t->client_name, client_name);
}

void trail_note_client(const char *name)
{
    struct trail *t = trail_request(trail_current);
    if (t && !t->client_id)
        put(&t->client_name, name);
}

void trail_note_asana(int status, const char *request_id)
{
    struct trail *t = trail_current;
    if (!t || !t->of)
        return;
    t->asana_status = status;
    put_text(t->asana_request, sizeof(t->asana_request), request_id);
}

bool trail_follow(struct trail *t, const char *traceparent, const char *tracestate)
{
    if (!t || !trace_parse(traceparent, &t->place))
        return false;
    put(&t->trace_state, tracestate && trace_state_ok(tracestate) ? tracestate : NULL);
    return true;
}

void trail_open_span(struct trail *t, enum span_kind kind, const char *name)
{
    if (trace_sink && t && !t->span)
        t->span = span_begin(kind, name, &t->place, t->trace_state, &t->place);
}

void trail_close_span(struct trail *t)
{
    if (!t)
        return;
    span_end(t->span);
    t->span = NULL;
}
