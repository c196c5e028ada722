#include "mcp/session.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/tally.h"
#include "mcp/hub.h"
#include "metrics/metrics.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

struct sessions {
    struct place owner;
    size_t count;
    struct tally *people; /* NULL: nobody counts */
    unsigned per_person;
    void *by_id; /* a tree of tsearch(3) */
    struct session *oldest, *newest;
    struct {
        void (*removed)(void *ctx, struct session *session);
        void *ctx;
    } watchers[SESSIONS_WATCHERS];
    unsigned watcher_count;
};

static int compare(const void *a, const void *b)
{
    return strcmp(((const struct session *)a)->id, ((const struct session *)b)->id);
}

static void unlink_use(struct sessions *s, struct session *session)
{
    if (session->older)
        session->older->newer = session->newer;
    else
        s->oldest = session->newer;
    if (session->newer)
        session->newer->older = session->older;
    else
        s->newest = session->older;
}

static void link_newest(struct sessions *s, struct session *session)
{
    session->used_ms = clock_ms();
    session->newer = NULL;
    session->older = s->newest;
    if (s->newest)
        s->newest->newer = session;
    else
        s->oldest = session;
    s->newest = session;
}

struct sessions *sessions_new(struct place owner)
{
    struct sessions *s = calloc(1, sizeof(*s));
    if (s)
        s->owner = owner;
    return s;
}

void sessions_clear(struct sessions *s)
{
    while (s->oldest)
        session_remove(s, s->oldest);
}

void sessions_free(struct sessions *s)
{
    if (s)
        sessions_clear(s);
    free(s);
}

size_t sessions_count(const struct sessions *s)
{
    return s->count;
}

struct session *sessions_latest(const struct sessions *s)
{
    return s->newest;
}

void sessions_each(struct sessions *s, void (*each)(void *ctx, struct session *session), void *ctx)
{
    for (struct session *at = s->oldest, *next; at; at = next) {
        next = at->newer;
        each(ctx, at);
    }
}

void sessions_limit(struct sessions *s, struct tally *people, unsigned per_person)
{
    s->people = people;
    s->per_person = per_person;
}

bool sessions_make_room(struct sessions *s, const struct caller *owner)
{
    uint64_t person = caller_key(owner);
    if (!s->people || !s->per_person || tally_count(s->people, person) < s->per_person)
        return true;
    struct session *idle = s->oldest;
    while (idle && (idle->open || idle->person != person))
        idle = idle->newer;
    if (idle)
        session_remove(s, idle);
    return idle;
}

struct session *session_add(struct sessions *s, const struct caller *owner)
{
    if (s->count == LIMIT_SESSIONS)
        return NULL;
    struct session *session = calloc(1, sizeof(*session));
    if (!session)
        return NULL;
    session->who = *owner;
    session->who.token = (struct secret){ 0 };
    session->since = clock_wall_ms() / 1000;
    place_format(s->owner, session->id);
    secret_random_hex(session->id + PLACE_TEXT, SESSION_RANDOM);
    struct session *const *at = tsearch(session, &s->by_id, compare);
    if (!at || *at != session) {
        free(session);
        return NULL;
    }
    link_newest(s, session);
    s->count++;
    session->person = caller_key(owner);
    if (s->people)
        tally_add(s->people, session->person);
    return session;
}

struct session *session_by_id(struct sessions *s, const char *id)
{
    struct session key;
    if (strlen(id) != SESSION_ID)
        return NULL;
    memcpy(key.id, id, SESSION_ID + 1);
    struct session *const *at = tfind(&key, &s->by_id, compare);
    return at ? *at : NULL;
}

struct session *session_find(struct sessions *s, const char *id, const struct digest *caller)
{
    struct session *session = session_by_id(s, id);
    if (!session || !digest_equal(&session->who.id, caller))
        return NULL;
    unlink_use(s, session);
    link_newest(s, session);
    return session;
}

static void count(struct session *session, int64_t change)
{
    metrics_add(METRIC_SESSIONS, session->streamed ? BY_SSE : BY_STREAMABLE, session->counted - 1,
                change);
}

static void uncount(struct session *session)
{
    if (session->counted)
        count(session, -1);
    session->counted = 0;
}

void session_settled(struct session *session)
{
    uncount(session);
    session->counted = 1 + (unsigned)session->peer.revision;
    count(session, 1);
}

void sessions_on_remove(struct sessions *s, void (*removed)(void *ctx, struct session *session),
                        void *ctx)
{
    s->watchers[s->watcher_count].removed = removed;
    s->watchers[s->watcher_count++].ctx = ctx;
}

void session_remove(struct sessions *s, struct session *session)
{
    for (unsigned i = 0; i < s->watcher_count; i++)
        s->watchers[i].removed(s->watchers[i].ctx, session);
    tdelete(session, &s->by_id, compare);
    unlink_use(s, session);
    s->count--;
    uncount(session);
    if (s->people)
        tally_take(s->people, session->person);
    hub_leave(session->listener);
    if (session->gone)
        session->gone(session->ctx);
    free(session);
}

size_t sessions_expire(struct sessions *s, uint64_t before_ms)
{
    size_t expired = 0;
    for (struct session *session = s->oldest; session && session->used_ms < before_ms;) {
        struct session *newer = session->newer;
        if (!session->open) {
            session_remove(s, session);
            expired++;
        }
        session = newer;
    }
    return expired;
}

bool session_place(const char *id, struct place *out)
{
    if (strlen(id) != SESSION_ID || strspn(id, "0123456789abcdef") != SESSION_ID)
        return false;
    return place_parse(id, out);
}
