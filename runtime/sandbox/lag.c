#include "sandbox/lag.h"

#include <stdio.h>

/* A row of task_was is what a task was until a moment; present 0 says that there was none. All
 * changes of one request have one moment, and the first row of it holds the version from before. */
static const char begin[] =
    "CREATE TEMP TABLE task_was AS SELECT 0 AS until, 0 AS present, * FROM main.task WHERE 0;"
    "CREATE INDEX temp.task_was_gid ON task_was(gid);"
    "CREATE TEMP TRIGGER task_made AFTER INSERT ON main.task BEGIN"
    " INSERT INTO task_was SELECT turn_ms(), 0, * FROM main.task WHERE gid = new.gid; END;"
    "CREATE TEMP TRIGGER task_changes BEFORE UPDATE ON main.task BEGIN"
    " INSERT INTO task_was SELECT turn_ms(), 1, * FROM main.task WHERE gid = old.gid; END;";

static const char end[] = "DROP VIEW IF EXISTS temp.indexed_task;"
                          "DROP TRIGGER IF EXISTS temp.task_made;"
                          "DROP TRIGGER IF EXISTS temp.task_changes;"
                          "DROP TRIGGER IF EXISTS temp.task_was_long_ago;"
                          "DROP TABLE IF EXISTS temp.task_was;";

bool sb_lag_set(struct sb_db *db, unsigned lag_ms)
{
    char sql[1024];
    if (!sb_db_exec(db, end))
        return false;
    if (!lag_ms)
        return true;
    snprintf(sql, sizeof(sql),
             "CREATE TEMP TRIGGER task_was_long_ago AFTER INSERT ON task_was BEGIN"
             " DELETE FROM task_was WHERE until <= turn_ms() - %u; END;"
             "CREATE TEMP VIEW indexed_task AS"
             " SELECT 0 AS until, 1 AS present, t.* FROM main.task t WHERE NOT EXISTS(SELECT 1 FROM"
             "  task_was w WHERE w.gid = t.gid AND w.until > turn_ms() - %u)"
             " UNION ALL SELECT w.* FROM task_was w WHERE w.rowid = (SELECT min(f.rowid) FROM"
             "  task_was f WHERE f.gid = w.gid AND f.until > turn_ms() - %u)"
             "  AND w.present AND w.gid IN (SELECT gid FROM main.task);",
             lag_ms, lag_ms, lag_ms);
    return sb_db_exec(db, begin) && sb_db_exec(db, sql);
}
