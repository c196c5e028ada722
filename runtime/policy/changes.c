#include "policy/changes.h"

static const char key[] = "changes";

void changes_count(struct store_op *op)
{
    *op = (struct store_op){
        .verb = STORE_COUNT, .table = STORE_COUNTERS, .key = slice_of(key), .by = 1
    };
}

void changes_get(struct store_op *op)
{
    *op = (struct store_op){ .verb = STORE_GET, .table = STORE_COUNTERS, .key = slice_of(key) };
}

void changes_end_grant(const char *grant_id, struct store_op ops[2])
{
    ops[0] =
        (struct store_op){ .verb = STORE_DELETE, .table = STORE_GRANTS, .key = slice_of(grant_id) };
    changes_count(&ops[1]);
}
