/* lag.h: the search index's lag: search sees each task as it was so many milliseconds ago.
 *
 * While there is a lag, triggers keep what tasks were before each change, in temporary tables of
 * the connection. What belongs to a task's own row lags (name, dates, assignee, completion, that it
 * exists); its projects, tags and answers' fields do not. The sandbox's thread. */
#pragma once

#include "sandbox/db.h"

/* 0 ends it. Changes made before the first call count as indexed. Between requests only. */
bool sb_lag_set(struct sb_db *db, unsigned lag_ms);

/* What search reads in place of the table task while there is a lag: a view with the same columns.
 */
#define SB_LAGGING_TASKS "temp.indexed_task"
