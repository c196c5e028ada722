/* until.h: runs until somebody says stop. */
#pragma once

#include <stdbool.h>

enum until { UNTIL_STOP, UNTIL_RENEW, UNTIL_TICK };

/* Keeps SIGINT and SIGTERM for until_stopped(), and SIGHUP when that renews something. Before
 * threads start: they inherit it. */
void until_prepare(bool renews);

/* Waits for SIGINT or SIGTERM; with until_prepare(true) also for SIGHUP, and unless tick_ms is 0
 * for so long at most; it is to be called again after these. From the stop on, a second signal ends
 * the process at once, however long stopping takes. */
enum until until_stopped(unsigned tick_ms);
