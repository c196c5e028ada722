#include "sandbox/rate.h"

#include <string.h>

#define MINUTE_MS 60000u

void sb_rate_set(struct sb_rate *r, const struct sb_limits *limits)
{
    r->limits = *limits;
    for (size_t i = 0; i < SB_TOKENS_MAX; i++)
        r->tokens[i].requests = r->tokens[i].searches = (struct sb_minute){ 0 };
}

/* NULL when every place is taken by a token with requests in flight. */
static struct sb_rate_token *find(struct sb_rate *r, const char *authorization, uint64_t now_ms)
{
    struct digest digest;
    struct sb_rate_token *room = NULL;
    secret_digest(slice_of(authorization), &digest);
    for (size_t i = 0; i < SB_TOKENS_MAX; i++) {
        struct sb_rate_token *t = &r->tokens[i];
        if (t->used && digest_equal(&t->digest, &digest)) {
            t->used = now_ms;
            return t;
        }
        if (!t->in_flight[0] && !t->in_flight[1] && (!room || t->used < room->used))
            room = t;
    }
    if (room)
        *room = (struct sb_rate_token){ .digest = digest, .used = now_ms };
    return room;
}

static unsigned seconds(uint64_t ms)
{
    unsigned whole = (unsigned)((ms + 999) / 1000);
    return whole ? whole : 1;
}

/* Counts one more; 0, or the seconds that the minute has left when it is one too many. */
static unsigned count(struct sb_minute *m, unsigned limit, unsigned minute_ms, uint64_t now_ms)
{
    if (m->count == 0 || now_ms - m->since >= minute_ms)
        *m = (struct sb_minute){ .since = now_ms };
    m->count++;
    return limit && m->count > limit ? seconds(m->since + minute_ms - now_ms) : 0;
}

unsigned sb_rate_enter(struct sb_rate *r, const struct sb_rate_ask *ask, uint64_t now_ms,
                       struct sb_place *place)
{
    const struct sb_limits *l = &r->limits;
    unsigned minute_ms = l->minute_ms ? l->minute_ms : MINUTE_MS;
    *place = (struct sb_place){ 0 };
    struct sb_rate_token *t = ask->authorization ? find(r, ask->authorization, now_ms) : NULL;
    if (!t)
        return 0;
    unsigned wait = count(&t->requests, l->requests_per_minute, minute_ms, now_ms);
    if (ask->search) {
        unsigned longer = count(&t->searches, l->searches_per_minute, minute_ms, now_ms);
        wait = longer > wait ? longer : wait;
    }
    unsigned places = ask->write ? l->concurrent_writes : l->concurrent_reads;
    if (!wait && places && t->in_flight[ask->write] >= places)
        wait = seconds(ask->busy_ms);
    if (!wait) {
        t->in_flight[ask->write]++;
        *place = (struct sb_place){ t, ask->write };
    }
    return wait;
}

void sb_rate_leave(struct sb_place *place)
{
    if (place->token)
        place->token->in_flight[place->write]--;
    *place = (struct sb_place){ 0 };
}
