/* tokens.c: POST /token (OAuth 2.1, section 3.2).
 *
 * A code:          client ─▶ code ─▶ grant ─▶ [code used, grant lives on, new pair]
 * A refresh token: client ─▶ token (─▶ the one that replaced it) ─▶ grant ─▶ [token used, new pair]
 *
 * The last step is one, and its conditions make sure that nobody else did the same meanwhile. */
#include "base/audit.h"
#include "base/limits.h"
#include "base/log.h"
#include "oauth/client.h"
#include "oauth/reply.h"
#include "oauth/seen.h"
#include "oauth/token_request.h"
#include "policy/changes.h"

#include <sodium.h>
#include <string.h>

/* ---- a theft, as far as we can see ---- */

static void on_ended(struct oauth_job *job, const struct store_result *result)
{
    struct token_request *r = (struct token_request *)job;
    seen_doubt_all(job->worker->grants);
    if (result->outcome == STORE_DOWN)
        token_busy(r);
    else
        token_refuse(r, "invalid_grant", r->refusal);
}

/* A code or refresh token came a second time, or from somebody else: one of the two is a thief, so
 * neither keeps anything (OAuth 2.1, sections 4.1.3 and 4.3.1). */
static void end_grant(struct token_request *r, const char *why)
{
    struct store_op ops[2];
    LOG(LOG_WARN, "grant.ended", LOG_STR("why", why));
    AUDIT("grant.ended", LOG_STR("client", r->token.client_id), LOG_STR("grant", r->token.grant_id),
          LOG_STR("why", why));
    r->refusal = why;
    changes_end_grant(r->token.grant_id, ops);
    token_ask(r, ops, 2, on_ended);
}

/* ---- the new pair ---- */

static void give_pair(struct token_request *r)
{
    BUF_AUTO b = { .max = 8192 };
    token_measure(r, TOKEN_GIVEN);
    buf_reserve(&b, 1024);
    buf_str(&b, "{\"access_token\":\"");
    buf_str(&b, r->access.bytes);
    buf_str(&b, "\",\"token_type\":\"Bearer\",\"expires_in\":");
    buf_int(&b, LIMIT_ACCESS_SECONDS);
    buf_str(&b, ",\"refresh_token\":\"");
    buf_str(&b, r->next.bytes);
    buf_str(&b, "\",\"scope\":\"");
    buf_str(&b, scopes_text(r->scopes));
    buf_str(&b, "\"}");
    client_used(r->job.worker, r->client_id);
    oauth_reply(r->x, 200, &b);
    oauth_job_done(&r->job);
}

static void find_token(struct token_request *r);

static void on_issued(struct oauth_job *job, const struct store_result *result)
{
    struct token_request *r = (struct token_request *)job;
    if (result->outcome == STORE_DONE) {
        give_pair(r);
    } else if (result->outcome == STORE_DOWN || r->tries++ == 3) {
        token_busy(r);
    } else {
        /* Somebody was faster, or the grant was touched: look again. */
        secret_done(&r->access);
        secret_done(&r->next);
        find_token(r);
    }
}

static bool write_pair(struct token_request *r, const struct box_key *key, struct buf *access,
                       struct buf *next)
{
    struct secret *tokens[] = { &r->access, &r->next };
    struct buf *texts[] = { access, next };
    static const char *const kinds[] = { TOKEN_ACCESS, TOKEN_REFRESH };
    for (int i = 0; i < 2; i++) {
        BUF_AUTO wrapped = { .max = 256 };
        if (!token_new(kinds[i], tokens[i]))
            return false;
        grant_key_wrap(key, secret_slice(tokens[i]), r->grant.id, &wrapped);
        token_record_write(&(struct token_record){ .grant_id = r->grant.id,
                                                   .client_id = r->token.client_id,
                                                   /* A refresh token keeps what was allowed. */
                                                   .audience = i ? r->token.audience : r->audience,
                                                   .scopes = i ? r->token.scopes : r->scopes,
                                                   .wrapped = buf_slice(&wrapped) },
                           texts[i]);
        if (!buf_ok(&wrapped) || !buf_ok(texts[i]))
            return false;
    }
    return true;
}

static void issue(struct token_request *r)
{
    BOX_KEY_AUTO key;
    BUF_AUTO access = { .max = LIMIT_STORE_VALUE };
    BUF_AUTO next = { .max = LIMIT_STORE_VALUE };
    BUF_AUTO used = { .max = LIMIT_STORE_VALUE };
    BUF_AUTO unseen = { .max = LIMIT_STORE_VALUE };
    BUF_AUTO grant = { .max = LIMIT_STORE_VALUE };
    struct token_hash access_key, next_key;
    int64_t now = oauth_now(), until = now + LIMIT_GRANT_IDLE;
    if (!grant_key_unwrap(r->token.wrapped, r->given, r->grant.id, &key)) {
        token_refuse(r, "invalid_grant", "the code or token does not open what it stands for");
        return;
    }
    if (!write_pair(r, &key, &access, &next)) {
        token_busy(r);
        return;
    }
    token_hash(secret_slice(&r->access), &access_key);
    token_hash(secret_slice(&r->next), &next_key);
    struct token_record spent = r->token;
    spent.used_at = spent.used_at ? spent.used_at : now;
    spent.next = r->refresh ? token_hash_slice(&next_key) : (struct slice){ 0 };
    token_record_write(&spent, &used);
    r->replaced.used_at = now;
    if (r->replaced.wrapped.len)
        token_record_write(&r->replaced, &unseen);
    r->grant.used_at = now;
    grant_record_write(&r->grant, &grant);
    const char *owner = grant_owner(r->job.arena, r->grant.person.gid);
    if (!buf_ok(&used) || !buf_ok(&unseen) || !buf_ok(&grant) || !owner) {
        token_busy(r);
        return;
    }
    struct store_op ops[] = {
        /* What was spent is kept to tell a second use: a code as long as a client may hold on to
         * it, a refresh token as long as the grant may live. */
        { .verb = STORE_REPLACE,
          .table = r->refresh ? STORE_REFRESH : STORE_CODES,
          .key = token_hash_slice(&r->key),
          .value = buf_slice(&used),
          .version = r->token.version,
          .expires_at = r->refresh ? until : now + LIMIT_GRANT_UNTAKEN },
        { .verb = STORE_REPLACE,
          .table = STORE_GRANTS,
          .key = slice_of(r->grant.id),
          .value = buf_slice(&grant),
          .owner = slice_of(owner),
          .version = r->grant.version,
          .expires_at = until },
        { .verb = STORE_ADD,
          .table = STORE_ACCESS,
          .key = token_hash_slice(&access_key),
          .value = buf_slice(&access),
          .expires_at = now + LIMIT_ACCESS_SECONDS },
        { .verb = STORE_ADD,
          .table = STORE_REFRESH,
          .key = token_hash_slice(&next_key),
          .value = buf_slice(&next),
          .expires_at = until },
        /* Whoever brings this one did get the answer, so that one of the two is a thief. */
        { .verb = STORE_REPLACE,
          .table = STORE_REFRESH,
          .key = r->token.next,
          .value = buf_slice(&unseen),
          .version = r->replaced.version,
          .expires_at = until },
    };
    token_ask(r, ops, r->replaced.wrapped.len ? 5 : 4, on_issued);
}

static void on_grant(struct oauth_job *job, const struct store_result *result)
{
    struct token_request *r = (struct token_request *)job;
    if (result->outcome != STORE_DONE)
        token_busy(r);
    else if (!result->answers[0].count ||
             !grant_record_read(job->arena, &result->answers[0].records[0], &r->grant))
        token_refuse(r, "invalid_grant", "access was withdrawn: sign in again");
    else
        issue(r);
}

static void find_grant(struct token_request *r)
{
    struct store_op op = { .verb = STORE_GET,
                           .table = STORE_GRANTS,
                           .key = slice_of(r->token.grant_id) };
    token_ask(r, &op, 1, on_grant);
}

/* ---- what the request says, against what it brings ---- */

/* resource may name fewer endpoints than were allowed, scope fewer rights, never more. False when
 * it has been refused. */
static bool narrow(struct token_request *r)
{
    const char *resource = token_parameter(r, "resource");
    const char *scope = token_parameter(r, "scope");
    bool known = true;
    unsigned audience =
        resource ? audience_find(r->job.worker->shared, resource) : r->token.audience;
    unsigned scopes = scope && r->refresh ? scopes_parse(scope, &known) : r->token.scopes;
    if (form_repeats(&r->form, "resource") || !audience || (audience & ~r->token.audience)) {
        token_refuse(r, "invalid_target", "resource: the sign-in was for another one");
        return false;
    }
    if (!known || !scopes || (scopes & ~r->token.scopes)) {
        token_refuse(r, "invalid_scope", "scope: more than was allowed; ask for it at /authorize");
        return false;
    }
    r->audience = audience;
    r->scopes = scopes;
    return true;
}

static const char *code_fault(const struct token_request *r)
{
    const char *verifier = token_parameter(r, "code_verifier");
    const char *redirect_uri = token_parameter(r, "redirect_uri");
    char challenge[TOKEN_CHALLENGE];
    if (strcmp(r->token.client_id, r->client_id) != 0)
        return "the code was given to another client";
    if (redirect_uri && strcmp(redirect_uri, r->token.redirect_uri) != 0)
        return "redirect_uri is not the one that the code was sent to";
    if (!verifier || strlen(verifier) < 43 || strlen(verifier) > 128)
        return "code_verifier: expected 43 to 128 characters";
    token_challenge(slice_of(verifier), challenge);
    return sodium_memcmp(challenge, r->token.challenge, TOKEN_CHALLENGE - 1) == 0
               ? NULL
               : "code_verifier does not belong to the code's challenge";
}

static void take_code(struct token_request *r)
{
    const char *fault = code_fault(r);
    if (r->token.used_at)
        end_grant(r, "the code was used before");
    else if (fault)
        end_grant(r, fault);
    else if (narrow(r))
        find_grant(r);
}

static void on_successor(struct oauth_job *job, const struct store_result *result)
{
    struct token_request *r = (struct token_request *)job;
    struct token_record next;
    if (result->outcome != STORE_DONE) {
        token_busy(r);
    } else if (result->answers[0].count &&
               token_record_read(job->arena, &result->answers[0].records[0], &next) &&
               !next.used_at) {
        r->replaced = next;
        find_grant(r);
    } else {
        end_grant(r, "the refresh token was used before");
    }
}

/* A used one within its grace, whose successor nobody has used: the answer was lost, and is given
 * again (with another successor: we do not know the first one any more). */
static void take_refresh(struct token_request *r)
{
    bool grace = oauth_now() - r->token.used_at <= LIMIT_REFRESH_GRACE && r->token.next.len;
    struct store_op op = { .verb = STORE_GET, .table = STORE_REFRESH, .key = r->token.next };
    if (strcmp(r->token.client_id, r->client_id) != 0)
        end_grant(r, "the refresh token was given to another client");
    else if (r->token.used_at && !grace)
        end_grant(r, "the refresh token was used before");
    else if (!narrow(r))
        return;
    else if (r->token.used_at)
        token_ask(r, &op, 1, on_successor);
    else
        find_grant(r);
}

static void on_token(struct oauth_job *job, const struct store_result *result)
{
    struct token_request *r = (struct token_request *)job;
    if (result->outcome != STORE_DONE)
        token_busy(r);
    else if (!result->answers[0].count ||
             !token_record_read(job->arena, &result->answers[0].records[0], &r->token) ||
             (!r->refresh && !(r->token.challenge && token_challenge_ok(r->token.challenge) &&
                               r->token.redirect_uri)))
        token_refuse(r, "invalid_grant",
                     r->refresh ? "the refresh token is unknown, or expired: sign in again"
                                : "the code is unknown, or older than a minute");
    else if (r->refresh)
        take_refresh(r);
    else
        take_code(r);
}

static void find_token(struct token_request *r)
{
    struct store_op op = { .verb = STORE_GET,
                           .table = r->refresh ? STORE_REFRESH : STORE_CODES,
                           .key = token_hash_slice(&r->key) };
    r->replaced = (struct token_record){ 0 };
    token_ask(r, &op, 1, on_token);
}

static void on_client(void *ctx, const struct client_answer *a)
{
    struct token_request *r = ctx;
    const char *grant_type = token_parameter(r, "grant_type");
    const char *given = NULL;
    if (a->busy) {
        token_busy(r);
        return;
    }
    if (!a->client) {
        token_refuse(r, "invalid_client",
                     a->problem ? a->problem
                                : "unknown client: register again, or remove the connection "
                                  "in your assistant and add it again");
        return;
    }
    r->client_id = arena_strdup(r->job.arena, a->client->id);
    if (grant_type && strcmp(grant_type, "authorization_code") == 0)
        given = token_parameter(r, "code");
    else if (grant_type && strcmp(grant_type, "refresh_token") == 0)
        given = token_parameter(r, "refresh_token");
    r->refresh = given && grant_type[0] == 'r';
    if (!r->client_id) {
        token_busy(r);
    } else if (!given && grant_type && strcmp(grant_type, "authorization_code") != 0 &&
               strcmp(grant_type, "refresh_token") != 0) {
        token_refuse(r, "unsupported_grant_type",
                     "grant_type: expected authorization_code or refresh_token");
    } else if (!given) {
        token_refuse(r, "invalid_request",
                     "expected grant_type and code or refresh_token, once each");
    } else {
        r->given = slice_of(given);
        token_hash(r->given, &r->key);
        find_token(r);
    }
}

void grant_token(struct oauth_worker *w, struct http_exchange *x)
{
    struct token_request *r = token_request_new(w, x);
    if (r)
        client_authenticate(w, x, &r->form, on_client, r);
}
