#include "oauth/seen.h"

#include "base/limits.h"
#include "oauth/oauth_priv.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

static int compare(const void *a, const void *b)
{
    return memcmp(((const struct seen *)a)->token.bytes, ((const struct seen *)b)->token.bytes,
                  TOKEN_HASH);
}

bool grants_open(struct oauth_worker *w, struct err *err)
{
    w->grants = calloc(1, sizeof(*w->grants));
    if (!w->grants)
        return err_set(err, ERR_MEMORY, "out of memory");
    TAILQ_INIT(&w->grants->uses);
    return true;
}

void grants_close(struct oauth_worker *w)
{
    while (w->grants && !TAILQ_EMPTY(&w->grants->uses))
        seen_drop(w->grants, TAILQ_FIRST(&w->grants->uses));
    free(w->grants);
    w->grants = NULL;
}

static void free_seen(struct seen *s)
{
    asana_tokens_done(&s->asana);
    box_key_wipe(&s->key);
    free(s->client_id);
    free(s->client_name);
    free(s);
}

void seen_pin(struct seen *s)
{
    s->pins++;
}

void seen_unpin(struct seen *s)
{
    if (--s->pins == 0 && s->dropped)
        free_seen(s);
}

void seen_drop(struct grants *g, struct seen *s)
{
    if (s->dropped)
        return;
    tdelete(s, &g->by_token, compare);
    TAILQ_REMOVE(&g->uses, s, use);
    g->count--;
    s->dropped = true;
    if (!s->pins)
        free_seen(s);
}

struct seen *seen_find(struct grants *g, const struct token_hash *token)
{
    struct seen key = { .token = *token };
    struct seen *const *at = tfind(&key, &g->by_token, compare);
    if (!at)
        return NULL;
    TAILQ_REMOVE(&g->uses, *at, use);
    TAILQ_INSERT_HEAD(&g->uses, *at, use);
    return *at;
}

static void describe(struct caller *who, const struct token_record *t,
                     const struct grant_record *grant)
{
    *who = (struct caller){ .may_write = t->scopes & SCOPE_WRITE, .toolsets = grant->toolsets };
    secret_digest(slice_of(grant->client_id), &who->client);
    strncpy(who->person, grant->person.gid, sizeof(who->person) - 1);
    strncpy(who->grant, grant->id, sizeof(who->grant) - 1);
    /* Not the grant: a sign-in that adds a permission is a new one, and the session goes on. */
    struct {
        struct digest client;
        char person[CALLER_PERSON];
    } id = { 0 };
    secret_shared_digest(slice_of(grant->client_id), &id.client);
    memcpy(id.person, who->person, sizeof(id.person));
    secret_shared_digest((struct slice){ (const char *)&id, sizeof(id) }, &who->id);
}

/* Somebody else may have renewed Asana's token meanwhile. */
static void inherit(struct seen *s, const struct seen *before, int64_t now)
{
    const struct secret *old = &before->asana.access;
    bool same = secret_equals(&s->asana.access, secret_slice(old));
    s->former = before->former;
    s->renewed_at = same ? before->renewed_at : now;
    if (!same)
        secret_digest(secret_slice(old), &s->former);
}

struct seen *seen_add(struct grants *g, struct slice token, const struct token_record *t,
                      const struct grant_record *grant, int64_t now)
{
    struct seen *s = calloc(1, sizeof(*s));
    if (!s)
        return NULL;
    token_hash(token, &s->token);
    s->audience = t->audience & grant->audience;
    s->expires_at = t->expires_at;
    s->loaded_at = now;
    describe(&s->who, t, grant);
    s->client_id = strdup(grant->client_id);
    s->client_name = strdup(grant->client_name);
    if (!grant_key_unwrap(t->wrapped, token, grant->id, &s->key) ||
        !grant_unseal(&s->key, grant->id, grant->sealed, &s->asana)) {
        free_seen(s);
        return NULL;
    }
    struct seen *before = seen_find(g, &s->token);
    if (before) {
        inherit(s, before, now);
        seen_drop(g, before);
    }
    if (g->count == LIMIT_TOKENS_SEEN)
        seen_drop(g, TAILQ_LAST(&g->uses, seen_list));
    if (!tsearch(s, &g->by_token, compare)) {
        free_seen(s);
        return NULL;
    }
    TAILQ_INSERT_HEAD(&g->uses, s, use);
    g->count++;
    return s;
}

struct seen *seen_by_asana(struct grants *g, const struct secret *access, bool *former)
{
    struct slice token = secret_slice(access);
    struct seen *s, *had = NULL;
    struct digest digest;
    secret_digest(token, &digest);
    *former = false;
    TAILQ_FOREACH (s, &g->uses, use) {
        if (secret_equals(&s->asana.access, token))
            return s;
        if (digest_equal(&s->former, &digest))
            had = s;
    }
    *former = had != NULL;
    return had;
}

void seen_doubt_all(struct grants *g)
{
    struct seen *s;
    TAILQ_FOREACH (s, &g->uses, use)
        s->loaded_at = 0;
}
