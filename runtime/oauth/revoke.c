/* revoke.c: POST /revoke (RFC 7009). Whichever of its tokens comes, the whole grant ends, here and
 * at Asana. */
#include "base/audit.h"
#include "base/log.h"
#include "oauth/client.h"
#include "oauth/seen.h"
#include "oauth/token_request.h"
#include "oauth/upstream.h"
#include "policy/changes.h"

#include <string.h>

static void done_revoking(struct token_request *r)
{
    http_reply(r->x, 200, (struct http_header[]){ { "Cache-Control", "no-store" }, { 0 } }, NULL);
    oauth_job_done(&r->job);
}

static void on_revoked(struct oauth_job *job, const struct store_result *result)
{
    seen_doubt_all(job->worker->grants);
    if (result->outcome == STORE_DOWN)
        token_busy((struct token_request *)job);
    else
        done_revoking((struct token_request *)job);
}

/* Whoever brings the token brings the key: Asana's own token can be withdrawn, too. */
static void on_revoked_grant(struct oauth_job *job, const struct store_result *result)
{
    struct token_request *r = (struct token_request *)job;
    BOX_KEY_AUTO key;
    struct asana_tokens asana = { 0 };
    if (result->outcome != STORE_DONE) {
        token_busy(r);
        return;
    }
    if (!result->answers[0].count ||
        !grant_record_read(job->arena, &result->answers[0].records[0], &r->grant)) {
        done_revoking(r);
        return;
    }
    if (grant_key_unwrap(r->token.wrapped, r->given, r->grant.id, &key) &&
        grant_unseal(&key, r->grant.id, r->grant.sealed, &asana) && asana.refresh.len)
        upstream_revoke(job->worker, &asana.refresh);
    asana_tokens_done(&asana);
    struct store_op ops[2];
    changes_end_grant(r->grant.id, ops);
    LOG(LOG_INFO, "grant.ended", LOG_STR("why", "revoked"));
    AUDIT("grant.ended", LOG_STR("person", r->grant.person.gid),
          LOG_STR("client", r->grant.client_id), LOG_STR("client_name", r->grant.client_name),
          LOG_STR("grant", r->grant.id), LOG_STR("why", "the client revoked it"));
    token_ask(r, ops, 2, on_revoked);
}

static void on_revoked_token(struct oauth_job *job, const struct store_result *result)
{
    struct token_request *r = (struct token_request *)job;
    if (result->outcome != STORE_DONE) {
        token_busy(r);
        return;
    }
    const struct store_answer *found = &result->answers[result->answers[0].count ? 0 : 1];
    if (!found->count || !token_record_read(job->arena, &found->records[0], &r->token) ||
        strcmp(r->token.client_id, r->client_id) != 0) {
        done_revoking(r); /* RFC 7009, section 2.2: an unknown token is no error */
        return;
    }
    struct store_op op = { .verb = STORE_GET,
                           .table = STORE_GRANTS,
                           .key = slice_of(r->token.grant_id) };
    token_ask(r, &op, 1, on_revoked_grant);
}

static void on_revoking_client(void *ctx, const struct client_answer *a)
{
    struct token_request *r = ctx;
    const char *token = token_parameter(r, "token");
    if (a->busy) {
        token_busy(r);
    } else if (!a->client) {
        token_refuse(r, "invalid_client", a->problem ? a->problem : "unknown client");
    } else if (!token) {
        token_refuse(r, "invalid_request", "expected the token to revoke");
    } else if (!(r->client_id = arena_strdup(r->job.arena, a->client->id))) {
        token_busy(r);
    } else {
        r->given = slice_of(token);
        token_hash(r->given, &r->key);
        struct store_op ops[] = {
            { .verb = STORE_GET, .table = STORE_REFRESH, .key = token_hash_slice(&r->key) },
            { .verb = STORE_GET, .table = STORE_ACCESS, .key = token_hash_slice(&r->key) },
        };
        token_ask(r, ops, 2, on_revoked_token);
    }
}

void grant_revoke(struct oauth_worker *w, struct http_exchange *x)
{
    struct token_request *r = token_request_new(w, x);
    if (r)
        client_authenticate(w, x, &r->form, on_revoking_client, r);
}
