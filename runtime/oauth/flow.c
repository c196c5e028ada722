#include "oauth/flow.h"

#include "base/json.h"
#include "base/limits.h"
#include "oauth/page.h"
#include "oauth/record.h"
#include "oauth/upstream.h"
#include "tool/tool.h"

#include <sodium.h>
#include <string.h>

#define SEAL_PURPOSE "asana-mcp sign-in"
#define VARIANT sodium_base64_VARIANT_URLSAFE_NO_PADDING

static const char *const steps[] = { "asked", "away", "confirm", "blocked" };

uint64_t flow_offered(const struct oauth *o)
{
    uint64_t all = (UINT64_C(1) << tool_toolsets_count) - 1;
    return o->options.toolsets ? o->options.toolsets & all : all;
}

/* ---- places ---- */

static bool place_new(struct arena *arena, const char *tag, const char *secret,
                      struct flow_place *out)
{
    char random[48];
    token_random(random, 32);
    out->secret = secret;
    out->id = arena_printf(arena, "%.*s%s", COOKIE_TAG, tag, random);
    if (out->id)
        token_hash(slice_of(out->id), &out->key);
    return out->id && secret;
}

bool flow_start(struct arena *arena, struct flow_place *out)
{
    char tag[16];
    token_random(tag, 6);
    return place_new(arena, tag, cookie_new(arena), out);
}

bool flow_next(struct arena *arena, const struct flow_place *from, struct flow_place *out)
{
    return place_new(arena, from->id, arena_strdup(arena, from->secret), out);
}

bool flow_place_of(const struct oauth *o, const struct http_exchange *x, const char *id,
                   struct arena *arena, struct flow_place *out)
{
    if (!id || strlen(id) != FLOW_ID ||
        strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") != FLOW_ID)
        return false;
    out->id = arena_strdup(arena, id);
    out->secret = cookie_of(o, x, COOKIE_FLOW, id, arena);
    if (out->id)
        token_hash(slice_of(out->id), &out->key);
    return out->id && out->secret;
}

static void place_key(const struct flow_place *place, struct box_key *key)
{
    BUF_AUTO text = { .max = 256 };
    buf_str(&text, place->id);
    buf_char(&text, '.');
    buf_str(&text, place->secret);
    box_key_from(buf_slice(&text), SEAL_PURPOSE, key);
}

/* ---- boxes ---- */

static void put_tokens(struct buf *b, const struct flow_place *place,
                       const struct asana_tokens *tokens)
{
    BOX_KEY_AUTO key;
    BUF_AUTO box = { .max = LIMIT_STORE_VALUE };
    BUF_AUTO text = { .max = LIMIT_STORE_VALUE };
    place_key(place, &key);
    grant_seal(&key, place->id, tokens, &box);
    size_t room = sodium_base64_encoded_len(box.len, VARIANT);
    char *at = buf_ok(&box) ? buf_reserve(&text, room) : NULL;
    if (!at) {
        b->failed = true;
        return;
    }
    sodium_bin2base64(at, room, (const unsigned char *)box.data, box.len, VARIANT);
    buf_commit(&text, room);
    buf_json_text(b, "tokens", text.data);
}

void flow_write(const struct flow *f, enum flow_step step, const struct flow_place *place,
                const struct asana_tokens *tokens, struct buf *out)
{
    BOX_KEY_AUTO key;
    BUF_AUTO text = { .max = LIMIT_STORE_VALUE - BOX_EXTRA };
    buf_json_int(&text, "asked", f->asked);
    buf_json_int(&text, "audience", f->audience);
    buf_json_int(&text, "scopes", f->scopes);
    buf_json_int(&text, "toolsets", (int64_t)f->toolsets);
    buf_json_int(&text, "vouched", f->vouched);
    buf_json_int(&text, "loopback_only", f->loopback_only);
    buf_json_text(&text, "client", f->client_id);
    buf_json_text(&text, "client_name", f->client_name);
    buf_json_text(&text, "document", f->document);
    buf_json_text(&text, "redirect_uri", f->redirect_uri);
    buf_json_text(&text, "challenge", f->challenge);
    buf_json_text(&text, "state", f->state);
    buf_json_text(&text, "expected", f->expected);
    buf_json_text(&text, "verifier", f->verifier);
    buf_json_text(&text, "person", f->person.gid);
    buf_json_text(&text, "name", f->person.name);
    buf_json_text(&text, "email", f->person.email);
    if (tokens)
        put_tokens(&text, place, tokens);
    buf_char(&text, '}');
    place_key(place, &key);
    if (buf_ok(&text))
        box_close(&key, buf_slice(&text), slice_of(steps[step]), out);
    else
        out->failed = true;
    if (text.data)
        sodium_memzero(text.data, text.len);
}

bool flow_read(struct arena *arena, const struct store_record *record, enum flow_step step,
               const struct flow_place *place, struct flow *out)
{
    BOX_KEY_AUTO key;
    BUF_AUTO text = { .max = LIMIT_STORE_VALUE };
    struct err err;
    place_key(place, &key);
    const cJSON *root = box_open(&key, record->value, slice_of(steps[step]), &text)
                            ? json_parse(arena, buf_slice(&text), &err)
                            : NULL;
    if (text.data)
        sodium_memzero(text.data, text.len);
    *out = (struct flow){ .asked = (unsigned)json_get_int(root, "asked"),
                          .audience = (unsigned)json_get_int(root, "audience"),
                          .scopes = (unsigned)json_get_int(root, "scopes"),
                          .toolsets = (uint64_t)json_get_int(root, "toolsets"),
                          .vouched = json_get_int(root, "vouched"),
                          .loopback_only = json_get_int(root, "loopback_only"),
                          .client_id = json_get_string(root, "client"),
                          .client_name = json_get_string(root, "client_name"),
                          .document = json_get_string(root, "document"),
                          .redirect_uri = json_get_string(root, "redirect_uri"),
                          .challenge = json_get_string(root, "challenge"),
                          .state = json_get_string(root, "state"),
                          .expected = json_get_string(root, "expected"),
                          .verifier = json_get_string(root, "verifier"),
                          .person = { .gid = json_get_string(root, "person"),
                                      .name = json_get_string(root, "name"),
                                      .email = json_get_string(root, "email") },
                          .tokens = slice_of(json_get_string(root, "tokens")) };
    return root && (!out->client_id || (out->client_name && out->redirect_uri && out->challenge));
}

bool flow_tokens(const struct flow *f, const struct flow_place *place, struct asana_tokens *out)
{
    BOX_KEY_AUTO key;
    BUF_AUTO box = { .max = LIMIT_STORE_VALUE };
    size_t len = 0;
    char *at = f->tokens.len ? buf_reserve(&box, f->tokens.len) : NULL;
    place_key(place, &key);
    return at &&
           sodium_base642bin((unsigned char *)at, f->tokens.len, f->tokens.data, f->tokens.len,
                             NULL, &len, NULL, VARIANT) == 0 &&
           grant_unseal(&key, place->id, (struct slice){ at, len }, out);
}

struct store_op flow_put(const struct flow_place *place, struct slice box)
{
    return (struct store_op){ .verb = STORE_ADD,
                              .table = STORE_FLOWS,
                              .key = token_hash_slice(&place->key),
                              .value = box,
                              .expires_at = oauth_now() + LIMIT_FLOW_SECONDS };
}

void flow_count(struct flow_rates *r, const struct http_exchange *x, struct store_op ops[2])
{
    rate_count(&r->rates[0], "page", http_peer(x), 60, oauth_now(), &ops[0]);
    rate_count(&r->rates[1], "page", "*", 60, oauth_now(), &ops[1]);
}

bool flow_too_many(const struct store_answer answers[2])
{
    return answers[0].counter > LIMIT_FLOWS_ADDRESS || answers[1].counter > LIMIT_FLOWS_ALL;
}

/* ---- to Asana's page ---- */

struct departure {
    struct oauth_job job;
    struct http_exchange *x;
    struct flow_place place;
    char challenge[TOKEN_CHALLENGE];
};

static void on_departed(struct oauth_job *job, const struct store_result *result)
{
    struct departure *d = (struct departure *)job;
    const struct oauth *o = job->worker->shared;
    BUF_AUTO url = { .max = LIMIT_ASANA_URL };
    upstream_put_authorize_url(o, d->place.id, d->challenge, &url);
    buf_char(&url, '\0');
    struct page_extra extra = { .cookies = { cookie_set(o, COOKIE_FLOW, d->place.id,
                                                        d->place.secret, job->arena) } };
    if (result->outcome == STORE_DONE && buf_ok(&url) && extra.cookies[0])
        page_send_on(d->x, url.data, &extra);
    else
        page_send_busy(o, d->x);
    oauth_job_done(job);
}

void flow_depart(struct oauth_worker *w, struct http_exchange *x, const struct flow *f,
                 const struct flow_place *from)
{
    struct departure *d = oauth_job_new(w, sizeof(*d));
    BUF_AUTO box = { .max = LIMIT_STORE_VALUE };
    struct flow away = *f;
    char verifier[48];
    bool ok = d && flow_next(d->job.arena, from, &d->place);
    if (ok) {
        d->x = x;
        token_random(verifier, 32);
        token_challenge(slice_of(verifier), d->challenge);
        away.verifier = verifier;
        flow_write(&away, FLOW_AWAY, &d->place, NULL, &box);
        sodium_memzero(verifier, sizeof(verifier));
        struct store_op op = flow_put(&d->place, buf_slice(&box));
        ok = buf_ok(&box) && oauth_job_store(&d->job, &op, 1, on_departed);
    }
    if (ok)
        return;
    page_send_busy(w->shared, x);
    oauth_job_done(d ? &d->job : NULL);
}
