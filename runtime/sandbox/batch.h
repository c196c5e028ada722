/* batch.h: several requests in one, POST /batch. Each is handled as if it had come by itself. */
#pragma once

#include "sandbox/request.h"

/* Outside of a transaction: each of its requests has its own. */
void sb_create_batch(struct sb_call *c);
