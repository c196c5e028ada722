/* doctor_store.h: whether a store can be used, and by whom its file can be read. Main thread; waits
 * for the disk. */
#pragma once

#include "cli/doctor_report.h"
#include "store/store.h"

/* Writes a record, reads it and deletes it, in one step of any engine's. name is for people. */
void doctor_try_store(struct report *r, struct store *store, const char *name);
/* The file holds nothing in the clear, but what is sealed should not lie open either. */
void doctor_check_store_file(struct report *r, const char *path);
