/* blocks.h: one block as the store keeps it (STORE_BLOCKS): whom `asana-mcp block` keeps out.
 *
 * The key is "person:GID", "client:ID" or "workspace:GID"; a client id that is too long for a key
 * (an address) stands there as its hash, "client:#…", so the whole id is in the value too:
 * {"id": …, "reason": …, "at": Unix seconds}. Pure; any thread. */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "base/limits.h"
#include "store/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum block_kind { BLOCK_PERSON, BLOCK_CLIENT, BLOCK_WORKSPACE, BLOCK_KINDS };

/* "person" and so on. */
const char *block_kind_name(enum block_kind kind);
/* BLOCK_KINDS when it is none of them. */
enum block_kind block_kind_find(const char *name);

struct block {
    enum block_kind kind;
    const char *id;
    const char *reason; /* "" when none was given */
    int64_t at;         /* Unix seconds */
};

/* NUL-terminated. */
void block_key(enum block_kind kind, const char *id, char out[LIMIT_STORE_KEY + 1]);
void block_write(const struct block *b, struct buf *out);
/* Everything in the arena. False when it is no block of ours. */
bool block_read(struct arena *arena, const struct store_record *record, struct block *out);
