/* db.h: the sandbox's state in SQLite.
 *
 * Statements are cached by their text and handed out to one user at a time. The first failure is
 * remembered (sb_db_failed) and later calls do nothing, so a handler checks once, at its end.
 * Belongs to the sandbox's thread. */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

struct sb_db;

/* The database in the file, or one in memory when path is NULL. A new one (sb_db_is_new) has the
 * tables of schema.c and stays inside a transaction until sb_db_keep(), so that a half-filled file
 * is never left behind. A file of another version or program, one that is damaged, can't be written
 * or is in use is refused and left as it is. */
bool sb_db_open(const char *path, struct sb_db **out, struct err *err);
bool sb_db_is_new(const struct sb_db *db);
bool sb_db_keep(struct sb_db *db);
void sb_db_close(struct sb_db *db); /* accepts NULL */
sqlite3 *sb_db_handle(struct sb_db *db);
/* Statements without values or results, apart from the remembered failure; false with SQLite's
 * message in the handle. */
bool sb_db_exec(struct sb_db *db, const char *sql);
/* What turn_ms() is in SQL until the next turn: real milliseconds, also where the sandbox's clock
 * stands still. */
void sb_db_turn(struct sb_db *db, int64_t now_ms);

/* What failed, or NULL; sb_db_forgive() forgets it. */
const char *sb_db_failed(const struct sb_db *db);
void sb_db_forgive(struct sb_db *db);

/* Values bound to ?1, ?2, …, one letter each: i int64_t, d double, t text (NULL is NULL), g a gid
 * as int64_t (0 is NULL), b bytes as const struct slice *. Text must live until the statement has
 * ended. NULL when the statement can't run; the other calls accept that. */
sqlite3_stmt *sb_query(struct sb_db *db, const char *sql, const char *binds, ...);
/* The next row; false at the end or on failure, and then the statement has been given back. */
bool sb_row(struct sb_db *db, sqlite3_stmt *st);
/* Gives a statement back before its last row. */
void sb_end(struct sb_db *db, sqlite3_stmt *st);

bool sb_run(struct sb_db *db, const char *sql, const char *binds, ...);
/* First column of the first row: 0 / NULL when there is none. */
int64_t sb_int(struct sb_db *db, const char *sql, const char *binds, ...);
char *sb_text(struct sb_db *db, struct arena *a, const char *sql, const char *binds, ...);

/* Column as an arena string; NULL for NULL. */
char *sb_column(struct arena *a, sqlite3_stmt *st, int column);

/* The next gid, registered as an object of the type. */
int64_t sb_new_gid(struct sb_db *db, const char *type);

/* CREATE statements: every table and view. */
extern const char sb_schema[];
