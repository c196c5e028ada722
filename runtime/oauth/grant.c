#include "oauth/grant.h"

#include "base/audit.h"
#include "base/limits.h"
#include "base/log.h"
#include "oauth/job.h"
#include "oauth/record.h"
#include "oauth/seen.h"
#include "policy/changes.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

unsigned scopes_parse(const char *text, bool *all_known)
{
    unsigned scopes = 0;
    *all_known = true;
    while (*text) {
        size_t len = strcspn(text, " ");
        struct slice word = { text, len };
        if (slice_is(word, "read"))
            scopes |= SCOPE_READ;
        else if (slice_is(word, "write"))
            scopes |= SCOPE_ALL;
        else if (len)
            *all_known = false;
        text += len + (text[len] == ' ');
    }
    return scopes;
}

const char *scopes_text(unsigned scopes)
{
    return scopes & SCOPE_WRITE ? "read write" : "read";
}

/* ---- whom a token is for ---- */

unsigned audience_find(const struct oauth *o, const char *resource)
{
    struct slice origin = o->origin;
    const char *base = o->base_path;
    if (strncasecmp(resource, origin.data, origin.len) != 0)
        return 0;
    const char *path = resource + origin.len;
    if (strncmp(path, base, strlen(base)) != 0)
        return !*path || strcmp(path, "/") == 0 ? AUDIENCE_ALL : 0;
    path += strlen(base);
    if (!*path || strcmp(path, "/") == 0)
        return AUDIENCE_ALL;
    return strcmp(path, "/mcp") == 0 ? AUDIENCE_MCP : strcmp(path, "/sse") == 0 ? AUDIENCE_SSE : 0;
}

unsigned audience_of_path(const char *path)
{
    if (strcmp(path, "/mcp") == 0)
        return AUDIENCE_MCP;
    return strcmp(path, "/sse") == 0 || strncmp(path, "/sse/", 5) == 0 ? AUDIENCE_SSE : 0;
}

/* ---- making one ---- */

struct making {
    struct oauth_job job;
    struct secret code;
    const char *id, *person, *client_id, *client_name, *scopes; /* for the audit log */
    grant_made_fn *made;
    void *ctx;
};

static void wipe_making(struct oauth_job *job)
{
    secret_done(&((struct making *)job)->code);
}

static void on_made(struct oauth_job *job, const struct store_result *r)
{
    struct making *m = (struct making *)job;
    if (r->outcome == STORE_DONE)
        AUDIT("grant.made", LOG_STR("person", m->person), LOG_STR("client", m->client_id),
              LOG_STR("client_name", m->client_name), LOG_STR("grant", m->id),
              LOG_STR("scopes", m->scopes));
    m->made(m->ctx, r->outcome == STORE_DONE ? m->code.bytes : NULL);
    oauth_job_done(job);
}

void grant_make(struct oauth_worker *w, const struct grant_offer *offer, grant_made_fn *made,
                void *ctx)
{
    struct making *m = oauth_job_new(w, sizeof(*m));
    BOX_KEY_AUTO key;
    BUF_AUTO sealed = { .max = LIMIT_STORE_VALUE };
    BUF_AUTO wrapped = { .max = 256 };
    BUF_AUTO grant_text = { .max = LIMIT_STORE_VALUE };
    BUF_AUTO code_text = { .max = LIMIT_STORE_VALUE };
    char id[GRANT_ID + 3];
    struct token_hash hash;
    if (!m) {
        made(ctx, NULL);
        return;
    }
    m->job.wipe = wipe_making;
    m->made = made;
    m->ctx = ctx;
    token_random(id, 16);
    box_key_new(&key);
    bool ok = token_new(TOKEN_CODE, &m->code);
    if (ok) {
        struct slice code = secret_slice(&m->code);
        token_hash(code, &hash);
        grant_seal(&key, id, offer->tokens, &sealed);
        grant_key_wrap(&key, code, id, &wrapped);
        grant_record_write(&(struct grant_record){ .client_id = offer->client_id,
                                                   .client_name = offer->client_name,
                                                   .redirect_uri = offer->redirect_uri,
                                                   .audience = offer->audience,
                                                   .scopes = offer->scopes,
                                                   .toolsets = offer->toolsets,
                                                   .person = offer->person,
                                                   .made_at = oauth_now(),
                                                   .used_at = oauth_now(),
                                                   .sealed = buf_slice(&sealed) },
                           &grant_text);
        token_record_write(&(struct token_record){ .grant_id = id,
                                                   .client_id = offer->client_id,
                                                   .redirect_uri = offer->redirect_uri,
                                                   .challenge = offer->challenge,
                                                   .audience = offer->audience,
                                                   .scopes = offer->scopes,
                                                   .wrapped = buf_slice(&wrapped) },
                           &code_text);
    }
    m->id = arena_strdup(m->job.arena, id);
    m->person = arena_strdup(m->job.arena, offer->person.gid);
    m->client_id = arena_strdup(m->job.arena, offer->client_id);
    m->client_name = arena_strdup(m->job.arena, offer->client_name);
    m->scopes = scopes_text(offer->scopes);
    const char *owner = grant_owner(m->job.arena, offer->person.gid);
    struct store_op ops[] = {
        { .verb = STORE_ADD,
          .table = STORE_GRANTS,
          .key = slice_of(id),
          .value = buf_slice(&grant_text),
          .owner = slice_of(owner),
          .expires_at = oauth_now() + LIMIT_GRANT_UNTAKEN },
        { .verb = STORE_ADD,
          .table = STORE_CODES,
          .key = token_hash_slice(&hash),
          .value = buf_slice(&code_text),
          .expires_at = oauth_now() + LIMIT_CODE_SECONDS },
    };
    if (ok && owner && buf_ok(&sealed) && buf_ok(&wrapped) && buf_ok(&grant_text) &&
        buf_ok(&code_text) && oauth_job_store(&m->job, ops, 2, on_made))
        return;
    made(ctx, NULL);
    oauth_job_done(&m->job);
}

/* ---- a person's own ---- */

struct listing {
    struct oauth_job job;
    grant_list_fn *listed;
    void *ctx;
};

static int latest_first(const void *a, const void *b)
{
    int64_t x = ((const struct grant_view *)a)->made_at,
            y = ((const struct grant_view *)b)->made_at;
    return (x < y) - (x > y);
}

static void on_listed(struct oauth_job *job, const struct store_result *r)
{
    struct listing *l = (struct listing *)job;
    size_t n = 0, found = r->outcome == STORE_DONE ? r->answers[0].count : 0;
    struct grant_view *views = arena_zalloc(job->arena, found + 1, sizeof(*views));
    for (size_t i = 0; views && i < found; i++) {
        struct grant_record g;
        if (!grant_record_read(job->arena, &r->answers[0].records[i], &g))
            continue;
        views[n++] = (struct grant_view){ .id = g.id,
                                          .client_name = g.client_name,
                                          .client_id = g.client_id,
                                          .redirect_uri = g.redirect_uri,
                                          .scopes = g.scopes,
                                          .toolsets = g.toolsets,
                                          .made_at = g.made_at,
                                          .used_at = g.used_at };
    }
    if (n)
        qsort(views, n, sizeof(*views), latest_first);
    l->listed(l->ctx, views, n, r->outcome == STORE_DONE && views);
    oauth_job_done(job);
}

void grant_list(struct oauth_worker *w, const char *person_gid, grant_list_fn *listed, void *ctx)
{
    struct listing *l = oauth_job_new(w, sizeof(*l));
    const char *owner = l ? grant_owner(l->job.arena, person_gid) : NULL;
    if (l) {
        l->listed = listed;
        l->ctx = ctx;
    }
    struct store_op op = { .verb = STORE_LIST,
                           .table = STORE_GRANTS,
                           .key = slice_of(owner),
                           .limit = LIMIT_GRANTS_LISTED };
    if (owner && oauth_job_store(&l->job, &op, 1, on_listed))
        return;
    listed(ctx, NULL, 0, false);
    oauth_job_done(l ? &l->job : NULL);
}

struct ending {
    struct oauth_job job;
    const char *person_gid;
    const char *grant_id;
    grant_ended_fn *ended;
    void *ctx;
};

static void ended(struct ending *e, bool ok)
{
    e->ended(e->ctx, ok);
    oauth_job_done(&e->job);
}

static void on_deleted(struct oauth_job *job, const struct store_result *r)
{
    struct ending *e = (struct ending *)job;
    seen_doubt_all(job->worker->grants);
    if (r->outcome == STORE_DONE) {
        LOG(LOG_INFO, "grant.ended", LOG_STR("why", "person"));
        AUDIT("grant.ended", LOG_STR("person", e->person_gid), LOG_STR("grant", e->grant_id),
              LOG_STR("why", "the person ended it"));
    }
    ended(e, r->outcome == STORE_DONE);
}

static void on_found(struct oauth_job *job, const struct store_result *r)
{
    struct ending *e = (struct ending *)job;
    struct grant_record g;
    struct store_op ops[2];
    bool theirs = r->outcome == STORE_DONE && r->answers[0].count &&
                  grant_record_read(job->arena, &r->answers[0].records[0], &g) &&
                  strcmp(g.person.gid, e->person_gid) == 0;
    changes_end_grant(e->grant_id, ops);
    if (!theirs || !oauth_job_store(job, ops, 2, on_deleted))
        ended(e, false);
}

void grant_end(struct oauth_worker *w, const char *person_gid, const char *grant_id,
               grant_ended_fn *done, void *ctx)
{
    struct ending *e = oauth_job_new(w, sizeof(*e));
    if (!e) {
        done(ctx, false);
        return;
    }
    e->person_gid = arena_strdup(e->job.arena, person_gid);
    e->grant_id = arena_strdup(e->job.arena, grant_id);
    e->ended = done;
    e->ctx = ctx;
    struct store_op op = { .verb = STORE_GET, .table = STORE_GRANTS, .key = slice_of(grant_id) };
    if (!e->person_gid || !e->grant_id || strlen(grant_id) > LIMIT_STORE_KEY ||
        !oauth_job_store(&e->job, &op, 1, on_found))
        ended(e, false);
}
