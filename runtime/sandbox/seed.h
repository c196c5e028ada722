/* seed.h: what the sandbox is filled with: "Acme Corp", its people and their work, around a given
 * day.
 *
 * The same clock gives the same objects with the same gids. People, tokens and companies are made
 * up; the tokens open nothing but the sandbox and are no secret. */
#pragma once

#include "base/err.h"
#include "sandbox/db.h"

/* Inside the transaction of a new database. */
bool sb_seed(struct sb_db *db, int64_t now_ms, struct arena *scratch, struct err *err);
