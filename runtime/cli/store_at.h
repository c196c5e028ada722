/* store_at.h: a server's store, for the commands that look into it from outside. The server goes on
 * meanwhile.
 *
 * Main thread; waits for the disk, or for Redis. */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "cli/settings.h"
#include "redis/redis.h"
#include "store/store.h"

#include <stdbool.h>
#include <stddef.h>

/* What --redis-ca and its like name, for a rediss:// address. */
struct redis_files store_at_files(const struct settings *s);

/* The one at --store, which has to be there: a new one would be nobody's. */
bool store_at_open(const struct settings *s, struct store **out, struct err *err);

/* Runs one step; false with err unless it was done. found (may be NULL): how many records the first
 * operation read. */
bool store_at_run(struct store *store, const struct store_op *ops, size_t n, size_t *found,
                  struct err *err);

/* Calls each() for every record of an owner (NULL: of the whole table) in the order of their keys,
 * until it returns false; it may run other steps. Its false is not a failure. The record is
 * borrowed for the duration of the call. */
bool store_at_each(struct store *store, enum store_table table, const char *owner,
                   bool (*each)(void *ctx, const struct store_record *record), void *ctx,
                   struct err *err);

/* "/var/lib/asana-mcp/asana-mcp.db" or "redis://host:6379/0", for people. */
const char *store_at_path(const struct settings *s);

/* One that several servers use together. */
bool store_at_is_shared(const char *where);
/* The value of --store without its password, or NULL with err when it names no store. password:
 * whether there was one. In the arena, or where itself. */
const char *store_at_show(struct arena *arena, const char *where, bool *password, struct err *err);
