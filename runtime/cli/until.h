/* until.h: runs until somebody says stop. */
#pragma once

/* Keeps SIGINT and SIGTERM for until_stopped(). Before threads start: they inherit it. */
void until_prepare(void);

/* Waits for SIGINT or SIGTERM. From then on a second one ends the process at once, however long
 * stopping takes. */
void until_stopped(void);
