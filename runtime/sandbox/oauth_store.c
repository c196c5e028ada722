#include "sandbox/oauth_call.h"

#include <string.h>

/* A code is for the application to exchange at once. */
#define CODE_SECONDS 600
/* An access token that has expired is still known as such for so long. */
#define REMEMBER_MS (24 * 3600 * INT64_C(1000))
/* Rows of each table; the oldest go first. */
#define ROWS_MAX "10000"

/* Made where they are missing, so a state file from before there was OAuth goes on working. */
const char sb_oauth_schema[] =
    "CREATE TABLE IF NOT EXISTS oauth_session(id TEXT PRIMARY KEY, csrf TEXT NOT NULL, user "
    "INTEGER);"
    "CREATE TABLE IF NOT EXISTS oauth_code(code TEXT PRIMARY KEY, client TEXT NOT NULL, user "
    "INTEGER NOT NULL,"
    " scope TEXT NOT NULL, redirect_uri TEXT NOT NULL, challenge TEXT, expires_at INTEGER NOT "
    "NULL);"
    "CREATE TABLE IF NOT EXISTS oauth_grant(id INTEGER PRIMARY KEY, client TEXT NOT NULL, user "
    "INTEGER NOT NULL,"
    " scope TEXT NOT NULL, refresh_token TEXT NOT NULL UNIQUE);"
    "CREATE TABLE IF NOT EXISTS oauth_access(token TEXT PRIMARY KEY, of_grant INTEGER NOT NULL "
    "REFERENCES oauth_grant(id) ON DELETE CASCADE, expires_at INTEGER NOT NULL);"
    "CREATE INDEX IF NOT EXISTS grant_access ON oauth_access(of_grant);";

/* Bytes of chance in what must not be guessed. */
#define RANDOM_BYTES 16

/* Shaped like Asana's, with the characters that want care in a form: "1/<gid>:<hex>". */
static const char *new_token(struct sb_oauth_call *c, char kind, int64_t user)
{
    char hex[2 * RANDOM_BYTES + 1];
    secret_random_hex(hex, RANDOM_BYTES);
    return arena_printf(c->arena, "%c/%lld:%s", kind, (long long)user, hex);
}

static const char *new_id(struct sb_oauth_call *c)
{
    char hex[2 * RANDOM_BYTES + 1];
    secret_random_hex(hex, RANDOM_BYTES);
    return arena_strdup(c->arena, hex);
}

/* Sessions. */

bool sb_oauth_session_find(struct sb_oauth_call *c, const char *id, struct sb_oauth_session *out)
{
    sqlite3_stmt *st =
        sb_query(c->db, "SELECT csrf, user FROM oauth_session WHERE id = ?1", "t", id);
    if (!sb_row(c->db, st))
        return false;
    *out = (struct sb_oauth_session){ .id = id,
                                      .csrf = sb_column(c->arena, st, 0),
                                      .user = sqlite3_column_int64(st, 1) };
    sb_end(c->db, st);
    return true;
}

void sb_oauth_session_new(struct sb_oauth_call *c, struct sb_oauth_session *out)
{
    *out = (struct sb_oauth_session){ .id = new_id(c), .csrf = new_id(c) };
    sb_run(c->db, "INSERT INTO oauth_session(id, csrf) VALUES(?1, ?2)", "tt", out->id, out->csrf);
    sb_run(c->db,
           "DELETE FROM oauth_session WHERE rowid <= (SELECT max(rowid) FROM oauth_session) "
           "- " ROWS_MAX,
           "");
}

void sb_oauth_session_remember(struct sb_oauth_call *c, const char *id, int64_t user)
{
    sb_run(c->db, "UPDATE oauth_session SET user = ?2 WHERE id = ?1", "ti", id, user);
}

/* Codes. */

const char *sb_oauth_code_new(struct sb_oauth_call *c, int64_t user, const struct sb_oauth_ask *ask)
{
    const char *code = new_token(c, '0', user);
    sb_run(c->db, "DELETE FROM oauth_code WHERE expires_at <= ?1", "i", c->now_ms - REMEMBER_MS);
    sb_run(c->db, "INSERT INTO oauth_code VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)", "ttittti", code,
           c->sandbox->oauth.client_id, user, ask->scope, ask->redirect_uri, ask->challenge,
           c->now_ms + CODE_SECONDS * INT64_C(1000));
    sb_run(c->db,
           "DELETE FROM oauth_code WHERE rowid <= (SELECT max(rowid) FROM oauth_code) - " ROWS_MAX,
           "");
    return code;
}

bool sb_oauth_code_take(struct sb_oauth_call *c, const char *code, struct sb_oauth_code *out)
{
    sqlite3_stmt *st = sb_query(c->db,
                                "DELETE FROM oauth_code WHERE code = ?1 AND client = ?2 "
                                "RETURNING user, scope, redirect_uri, challenge, expires_at",
                                "tt", code, c->sandbox->oauth.client_id);
    bool found = false;
    while (sb_row(c->db, st)) {
        found = true;
        *out = (struct sb_oauth_code){ .user = sqlite3_column_int64(st, 0),
                                       .scope = sb_column(c->arena, st, 1),
                                       .redirect_uri = sb_column(c->arena, st, 2),
                                       .challenge = sb_column(c->arena, st, 3),
                                       .expired = sqlite3_column_int64(st, 4) <= c->now_ms };
    }
    return found;
}

/* Grants. */

void sb_oauth_grant_new(struct sb_oauth_call *c, const struct sb_oauth_code *code,
                        struct sb_oauth_grant *out)
{
    *out = (struct sb_oauth_grant){ .user = code->user,
                                    .refresh_token = new_token(c, '2', code->user) };
    sb_run(c->db,
           "INSERT INTO oauth_grant(client, user, scope, refresh_token) VALUES(?1, ?2, ?3, ?4)",
           "titt", c->sandbox->oauth.client_id, code->user, code->scope, out->refresh_token);
    out->id = sqlite3_last_insert_rowid(sb_db_handle(c->db));
    sb_run(c->db, "DELETE FROM oauth_grant WHERE id <= ?1 - " ROWS_MAX, "i", out->id);
}

bool sb_oauth_grant_find(struct sb_oauth_call *c, const char *refresh_token,
                         struct sb_oauth_grant *out)
{
    sqlite3_stmt *st =
        sb_query(c->db, "SELECT id, user FROM oauth_grant WHERE refresh_token = ?1 AND client = ?2",
                 "tt", refresh_token, c->sandbox->oauth.client_id);
    if (!sb_row(c->db, st))
        return false;
    *out = (struct sb_oauth_grant){ .id = sqlite3_column_int64(st, 0),
                                    .user = sqlite3_column_int64(st, 1),
                                    .refresh_token = refresh_token };
    sb_end(c->db, st);
    return true;
}

void sb_oauth_grant_end(struct sb_oauth_call *c, int64_t id)
{
    sb_run(c->db, "DELETE FROM oauth_grant WHERE id = ?1", "i", id);
}

/* Access tokens. */

const char *sb_oauth_access_new(struct sb_oauth_call *c, const struct sb_oauth_grant *grant,
                                unsigned seconds)
{
    const char *token = new_token(c, '1', grant->user);
    sb_run(c->db, "DELETE FROM oauth_access WHERE expires_at <= ?1", "i", c->now_ms - REMEMBER_MS);
    sb_run(c->db, "INSERT INTO oauth_access VALUES(?1, ?2, ?3)", "tii", token, grant->id,
           c->now_ms + seconds * INT64_C(1000));
    sb_run(c->db,
           "DELETE FROM oauth_access WHERE rowid <= (SELECT max(rowid) FROM oauth_access) "
           "- " ROWS_MAX,
           "");
    return token;
}

const char *sb_oauth_access_scope(struct sb_oauth_call *c, const char *token)
{
    return sb_text(c->db, c->arena,
                   "SELECT g.scope FROM oauth_access a JOIN oauth_grant g ON g.id = a.of_grant "
                   "WHERE a.token = ?1 AND a.expires_at > ?2",
                   "ti", token, c->now_ms);
}

bool sb_oauth_access_known(struct sb_oauth_call *c, const char *token)
{
    return sb_int(c->db,
                  "SELECT EXISTS(SELECT 1 FROM oauth_access WHERE token = ?1) "
                  "OR EXISTS(SELECT 1 FROM user WHERE token = ?1)",
                  "t", token);
}

int64_t sb_oauth_person(struct sb_db *db, const char *token, int64_t now_ms, bool *expired)
{
    sqlite3_stmt *st = sb_query(db,
                                "SELECT g.user, a.expires_at FROM oauth_access a JOIN oauth_grant "
                                "g ON g.id = a.of_grant WHERE a.token = ?1",
                                "t", token);
    *expired = false;
    if (!sb_row(db, st))
        return 0;
    int64_t user = sqlite3_column_int64(st, 0);
    *expired = sqlite3_column_int64(st, 1) <= now_ms;
    sb_end(db, st);
    return *expired ? 0 : user;
}

void sb_oauth_expire(struct sb_db *db, int64_t now_ms)
{
    sb_run(db, "UPDATE oauth_access SET expires_at = ?1 WHERE expires_at > ?1", "i", now_ms);
    sb_run(db, "UPDATE oauth_code SET expires_at = ?1 WHERE expires_at > ?1", "i", now_ms);
}
