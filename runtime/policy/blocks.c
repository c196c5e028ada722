#include "policy/blocks.h"

#include "base/json.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

static const char *const names[BLOCK_KINDS] = {
    [BLOCK_PERSON] = "person",
    [BLOCK_CLIENT] = "client",
    [BLOCK_WORKSPACE] = "workspace",
};

const char *block_kind_name(enum block_kind kind)
{
    return names[kind];
}

enum block_kind block_kind_find(const char *name)
{
    enum block_kind kind = 0;
    while (kind < BLOCK_KINDS && strcmp(names[kind], name) != 0)
        kind++;
    return kind;
}

void block_key(enum block_kind kind, const char *id, char out[LIMIT_STORE_KEY + 1])
{
    int len = snprintf(out, LIMIT_STORE_KEY + 1, "%s:%s", names[kind], id);
    if (len <= LIMIT_STORE_KEY)
        return;
    unsigned char hash[crypto_generichash_BYTES];
    char hex[2 * sizeof(hash) + 1];
    crypto_generichash(hash, sizeof(hash), (const unsigned char *)id, strlen(id), NULL, 0);
    sodium_bin2hex(hex, sizeof(hex), hash, sizeof(hash));
    snprintf(out, LIMIT_STORE_KEY + 1, "%s:#%s", names[kind], hex);
}

void block_write(const struct block *b, struct buf *out)
{
    buf_json_text(out, "id", b->id);
    buf_json_text(out, "reason", b->reason);
    buf_json_int(out, "at", b->at);
    buf_char(out, '}');
}

bool block_read(struct arena *arena, const struct store_record *record, struct block *out)
{
    struct err err;
    const cJSON *root = json_parse(arena, record->value, &err);
    const char *key = arena_strndup(arena, record->key.data, record->key.len);
    const char *colon = key ? strchr(key, ':') : NULL;
    const char *name = colon ? arena_strndup(arena, key, (size_t)(colon - key)) : NULL;
    if (!root || !name)
        return false;
    const char *id = json_get_string(root, "id");
    const char *reason = json_get_string(root, "reason");
    *out = (struct block){ .kind = block_kind_find(name),
                           .id = id ? id : colon + 1,
                           .reason = reason ? reason : "",
                           .at = json_get_int(root, "at") };
    return out->kind < BLOCK_KINDS;
}
