/* changes.h: what every worker and node has to hear of within a second: a grant has ended, somebody
 * was blocked. Whoever changes such a thing counts it in the store in the same step; the others
 * look at that counter. Pure; any thread. */
#pragma once

#include "store/store.h"

/* One more change. */
void changes_count(struct store_op *op);
/* Reads the counter: a record whose version is another one after every change; none before the
 * first. */
void changes_get(struct store_op *op);
/* Two operations: the grant goes, and that is counted. */
void changes_end_grant(const char *grant_id, struct store_op ops[2]);
