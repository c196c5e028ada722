#include "oauth/consent.h"

#include "base/json.h"
#include "base/limits.h"
#include "oauth/record.h"
#include "oauth/redirect.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define HEX (2 * TOKEN_HASH + 1)

static void hex_of(const char *text, char out[HEX])
{
    struct token_hash hash;
    token_hash(slice_of(text), &hash);
    sodium_bin2hex(out, HEX, (const unsigned char *)hash.bytes, TOKEN_HASH);
}

/* "PERSON:CLIENT:", what all of one person's consents for a client begin with. */
static void put_prefix(struct consent_key *key, const char *person_gid, const char *client_id)
{
    char client[HEX];
    hex_of(client_id, client);
    snprintf(key->text, sizeof(key->text), "%.40s:%s:", person_gid, client);
}

static void put_key(struct consent_key *key, const char *person_gid, const struct flow *f)
{
    put_prefix(key, person_gid, f->client_id);
    hex_of(f->redirect_uri, key->text + strlen(key->text));
}

bool consent_may_be_kept(const struct flow *f)
{
    return !f->document || !redirect_is_loopback(f->redirect_uri);
}

void consent_get(struct consent_key *key, const char *person_gid, const struct flow *f,
                 struct store_op *op)
{
    put_key(key, person_gid, f);
    *op =
        (struct store_op){ .verb = STORE_GET, .table = STORE_CONSENTS, .key = slice_of(key->text) };
}

void consent_put(const struct oauth *o, struct consent_key *key, const char *person_gid,
                 const struct flow *f, struct buf *value, const char *owner, struct store_op *op)
{
    put_key(key, person_gid, f);
    buf_json_int(value, "scopes", f->scopes);
    buf_json_int(value, "toolsets", (int64_t)f->toolsets);
    buf_json_int(value, "offered", (int64_t)flow_offered(o));
    buf_char(value, '}');
    *op = (struct store_op){ .verb = STORE_PUT,
                             .table = STORE_CONSENTS,
                             .key = slice_of(key->text),
                             .value = buf_slice(value),
                             .owner = slice_of(owner),
                             .expires_at = oauth_now() + LIMIT_CONSENT_SECONDS };
}

bool consent_covers(const struct oauth *o, struct arena *arena, const struct store_record *record,
                    struct flow *f)
{
    struct err err;
    const cJSON *root = json_parse(arena, record->value, &err);
    unsigned scopes = (unsigned)json_get_int(root, "scopes");
    uint64_t toolsets = (uint64_t)json_get_int(root, "toolsets");
    /* Less than is asked now: a client that needs more comes back for it, and must not be sent
     * around in a circle. Areas that did not exist then were not decided on. */
    if (!root || (f->asked & ~scopes) ||
        (uint64_t)json_get_int(root, "offered") != flow_offered(o) || !toolsets)
        return false;
    f->scopes = f->asked;
    f->toolsets = toolsets;
    return true;
}

/* ---- forgetting ---- */

struct forgetting {
    struct oauth_job job;
    const char *owner;
    struct consent_key prefix;
    struct consent_key after;
    bool more;
    const char **keys; /* of a page, still to be deleted */
    size_t count;
    consent_forgotten_fn *forgotten;
    void *ctx;
};

static void end(struct forgetting *f, bool ok)
{
    f->forgotten(f->ctx, ok);
    oauth_job_done(&f->job);
}

static void list(struct forgetting *f);

static void on_deleted(struct oauth_job *job, const struct store_result *result);

static void delete_some(struct forgetting *f)
{
    struct store_op ops[LIMIT_STORE_OPS];
    size_t n = 0;
    while (n < LIMIT_STORE_OPS && f->count)
        ops[n++] = (struct store_op){ .verb = STORE_DELETE,
                                      .table = STORE_CONSENTS,
                                      .key = slice_of(f->keys[--f->count]) };
    if (!n && f->more)
        list(f);
    else if (!n)
        end(f, true);
    else if (!oauth_job_store(&f->job, ops, n, on_deleted))
        end(f, false);
}

static void on_deleted(struct oauth_job *job, const struct store_result *result)
{
    struct forgetting *f = (struct forgetting *)job;
    if (result->outcome == STORE_DONE)
        delete_some(f);
    else
        end(f, false);
}

static void on_listed(struct oauth_job *job, const struct store_result *result)
{
    struct forgetting *f = (struct forgetting *)job;
    const struct store_answer *a = result->answers;
    f->keys = result->outcome == STORE_DONE ? arena_zalloc(job->arena, a->count + 1, sizeof(char *))
                                            : NULL;
    if (!f->keys) {
        end(f, false);
        return;
    }
    for (size_t i = 0; i < a->count; i++) {
        struct slice key = a->records[i].key;
        if (key.len >= strlen(f->prefix.text) &&
            memcmp(key.data, f->prefix.text, strlen(f->prefix.text)) == 0 &&
            !(f->keys[f->count++] = arena_strndup(job->arena, key.data, key.len))) {
            end(f, false);
            return;
        }
        snprintf(f->after.text, sizeof(f->after.text), "%.*s", (int)key.len, key.data);
    }
    f->more = a->more && a->count;
    delete_some(f);
}

static void list(struct forgetting *f)
{
    struct store_op op = { .verb = STORE_LIST,
                           .table = STORE_CONSENTS,
                           .key = slice_of(f->owner),
                           .after = slice_of(f->after.text) };
    if (!oauth_job_store(&f->job, &op, 1, on_listed))
        end(f, false);
}

void consent_forget(struct oauth_worker *w, const char *person_gid, const char *client_id,
                    consent_forgotten_fn *forgotten, void *ctx)
{
    struct forgetting *f = oauth_job_new(w, sizeof(*f));
    if (!f) {
        forgotten(ctx, false);
        return;
    }
    f->forgotten = forgotten;
    f->ctx = ctx;
    f->owner = grant_owner(f->job.arena, person_gid);
    if (client_id)
        put_prefix(&f->prefix, person_gid, client_id);
    if (f->owner)
        list(f);
    else
        end(f, false);
}
