#include "oauth/record.h"

#include "base/json.h"
#include "base/limits.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define VARIANT sodium_base64_VARIANT_URLSAFE_NO_PADDING
#define WRAPPED (BOX_KEY + BOX_EXTRA)
#define WRAP_PURPOSE "asana-mcp grant key"

static void put_bytes(struct buf *b, const char *key, struct slice value)
{
    buf_json_text(b, key, "");
    if (buf_ok(b))
        b->len--; /* behind the opening quote */
    size_t room = sodium_base64_encoded_len(value.len, VARIANT);
    char *at = buf_reserve(b, room);
    if (!at)
        return;
    sodium_bin2base64(at, room, (const unsigned char *)value.data, value.len, VARIANT);
    buf_commit(b, room - 1);
    buf_char(b, '"');
}

static struct slice get_bytes(struct arena *arena, const cJSON *root, const char *key)
{
    const char *text = json_get_string(root, key);
    size_t max = text ? strlen(text) : 0, len = 0;
    unsigned char *bytes = max ? arena_alloc(arena, max) : NULL;
    if (!bytes || sodium_base642bin(bytes, max, text, max, NULL, &len, NULL, VARIANT) != 0)
        return (struct slice){ 0 };
    return (struct slice){ (const char *)bytes, len };
}

static const cJSON *parse(struct arena *arena, const struct store_record *record)
{
    struct err err;
    return json_parse(arena, record->value, &err);
}

/* ---- grants ---- */

const char *grant_owner(struct arena *arena, const char *person_gid)
{
    return arena_printf(arena, "user:%s", person_gid);
}

void grant_record_write(const struct grant_record *g, struct buf *b)
{
    buf_json_text(b, "client", g->client_id);
    buf_json_text(b, "client_name", g->client_name);
    buf_json_text(b, "redirect_uri", g->redirect_uri);
    buf_json_int(b, "audience", g->audience);
    buf_json_int(b, "scopes", g->scopes);
    buf_json_int(b, "toolsets", (int64_t)g->toolsets);
    buf_json_text(b, "person", g->person.gid);
    buf_json_text(b, "name", g->person.name);
    buf_json_text(b, "email", g->person.email);
    buf_json_int(b, "made_at", g->made_at);
    buf_json_int(b, "used_at", g->used_at);
    put_bytes(b, "asana", g->sealed);
    buf_char(b, '}');
}

bool grant_record_read(struct arena *arena, const struct store_record *record,
                       struct grant_record *out)
{
    const cJSON *root = parse(arena, record);
    *out = (struct grant_record){
        .id = arena_strndup(arena, record->key.data, record->key.len),
        .client_id = json_get_string(root, "client"),
        .client_name = json_get_string(root, "client_name"),
        .redirect_uri = json_get_string(root, "redirect_uri"),
        .audience = (unsigned)json_get_int(root, "audience"),
        .scopes = (unsigned)json_get_int(root, "scopes"),
        .toolsets = (uint64_t)json_get_int(root, "toolsets"),
        .person = { .gid = json_get_string(root, "person"),
                    .name = json_get_string(root, "name"),
                    .email = json_get_string(root, "email") },
        .made_at = json_get_int(root, "made_at"),
        .used_at = json_get_int(root, "used_at"),
        .sealed = get_bytes(arena, root, "asana"),
        .expires_at = record->expires_at,
        .version = record->version,
    };
    return out->id && out->client_id && out->client_name && out->redirect_uri && out->person.gid &&
           out->person.name && out->person.email && out->sealed.len;
}

void grant_seal(const struct box_key *key, const char *grant_id, const struct asana_tokens *t,
                struct buf *out)
{
    BUF_AUTO text = { .max = LIMIT_STORE_VALUE };
    buf_reserve(&text, t->access.len + t->refresh.len + 128); /* does not move, and is wiped */
    buf_json_int(&text, "expires_at", t->expires_at);
    buf_json_text(&text, "access", t->access.len ? t->access.bytes : "");
    buf_json_text(&text, "refresh", t->refresh.len ? t->refresh.bytes : "");
    buf_char(&text, '}');
    if (buf_ok(&text))
        box_close(key, buf_slice(&text), slice_of(grant_id), out);
    else
        out->failed = true;
    if (text.data)
        sodium_memzero(text.data, text.len);
}

bool grant_unseal(const struct box_key *key, const char *grant_id, struct slice sealed,
                  struct asana_tokens *out)
{
    BUF_AUTO text = { .max = sealed.len + 1 };
    struct slice access, refresh, expires;
    bool ok = box_open(key, sealed, slice_of(grant_id), &text);
    struct slice json = buf_slice(&text);
    buf_char(&text, '\0'); /* for strtoll; box_open() left room, so nothing moves */
    ok = ok && json_member(json, "access", &access) && json_member(json, "refresh", &refresh) &&
         json_member(json, "expires_at", &expires);
    *out = (struct asana_tokens){ 0 };
    if (ok) {
        /* Tokens have nothing that JSON escapes; what has is no token. */
        access = (struct slice){ access.data + 1, access.len - 2 };
        refresh = (struct slice){ refresh.data + 1, refresh.len - 2 };
        out->expires_at = strtoll(expires.data, NULL, 10);
        ok = !memchr(access.data, '\\', access.len) && !memchr(refresh.data, '\\', refresh.len) &&
             secret_set(&out->access, access) &&
             (!refresh.len || secret_set(&out->refresh, refresh));
    }
    if (text.data)
        sodium_memzero(text.data, text.len);
    if (!ok)
        asana_tokens_done(out);
    return ok;
}

void asana_tokens_done(struct asana_tokens *t)
{
    secret_done(&t->access);
    secret_done(&t->refresh);
}

/* ---- codes and tokens ---- */

void token_record_write(const struct token_record *t, struct buf *b)
{
    buf_json_text(b, "grant", t->grant_id);
    buf_json_text(b, "client", t->client_id);
    buf_json_int(b, "audience", t->audience);
    buf_json_int(b, "scopes", t->scopes);
    put_bytes(b, "key", t->wrapped);
    buf_json_text(b, "challenge", t->challenge);
    buf_json_text(b, "redirect_uri", t->redirect_uri);
    if (t->used_at)
        buf_json_int(b, "used_at", t->used_at);
    if (t->next.len)
        put_bytes(b, "next", t->next);
    buf_char(b, '}');
}

bool token_record_read(struct arena *arena, const struct store_record *record,
                       struct token_record *out)
{
    const cJSON *root = parse(arena, record);
    *out = (struct token_record){
        .grant_id = json_get_string(root, "grant"),
        .wrapped = get_bytes(arena, root, "key"),
        .audience = (unsigned)json_get_int(root, "audience"),
        .scopes = (unsigned)json_get_int(root, "scopes"),
        .client_id = json_get_string(root, "client"),
        .challenge = json_get_string(root, "challenge"),
        .redirect_uri = json_get_string(root, "redirect_uri"),
        .used_at = json_get_int(root, "used_at"),
        .next = get_bytes(arena, root, "next"),
        .version = record->version,
        .expires_at = record->expires_at,
    };
    return out->grant_id && out->client_id && out->wrapped.len == WRAPPED;
}

void grant_key_wrap(const struct box_key *key, struct slice token, const char *grant_id,
                    struct buf *out)
{
    BOX_KEY_AUTO wrapping;
    box_key_from(token, WRAP_PURPOSE, &wrapping);
    box_close(&wrapping, (struct slice){ (const char *)key->bytes, BOX_KEY }, slice_of(grant_id),
              out);
}

bool grant_key_unwrap(struct slice wrapped, struct slice token, const char *grant_id,
                      struct box_key *out)
{
    BOX_KEY_AUTO wrapping;
    BUF_AUTO key = { .max = BOX_KEY + 1 };
    box_key_from(token, WRAP_PURPOSE, &wrapping);
    if (!box_open(&wrapping, wrapped, slice_of(grant_id), &key) || key.len != BOX_KEY)
        return false;
    memcpy(out->bytes, key.data, BOX_KEY);
    sodium_memzero(key.data, key.len);
    return true;
}
