/* sqlite_step.h: one step's operations as SQL, inside a transaction that is open.
 *
 * Belongs to the store's thread. */
#pragma once

#include "store/store_priv.h"

#include <sqlite3.h>

enum sqlite_statement {
    SQL_GET,
    SQL_ADD,
    SQL_PUT,
    SQL_REPLACE,
    SQL_DELETE,
    SQL_COUNT,
    SQL_LIST,
    SQL_LIST_OF_OWNER,
    SQL_SWEEP,
    SQL_BEGIN,
    SQL_BEGIN_TO_WRITE,
    SQL_COMMIT,
    SQL_ROLLBACK,
    SQL_SAVE,
    SQL_RELEASE,
    SQL_RETURN, /* to the savepoint */
    SQL_LOOK,   /* the last version given, and the format of the file */
    SQL_STAMP,  /* the last version given, written back */
    SQL_STATEMENTS
};

struct sqlite_db {
    sqlite3 *handle;
    sqlite3_stmt *statements[SQL_STATEMENTS];
    uint64_t version; /* the last one given */
};

bool sqlite_prepare(struct sqlite_db *db);
void sqlite_done(struct sqlite_db *db); /* the handle, too; accepts a zeroed struct */

/* A statement without values or rows. */
bool sqlite_run(struct sqlite_db *db, enum sqlite_statement which);
/* The same with one number. */
bool sqlite_run_with(struct sqlite_db *db, enum sqlite_statement which, int64_t value);

/* Gives the step its outcome. False when that is not STORE_DONE: then what it has changed is to be
 * undone. */
bool sqlite_step(struct sqlite_db *db, struct store_work *w);
/* Deletes what has expired, LIMIT_STORE_SWEEP records at most. */
bool sqlite_sweep(struct sqlite_db *db, int64_t now, bool *more);
