/* accepted.h: tokens that Asana took a short while ago. A 401 for one of them is no lost sign-in:
 * most likely a workspace whose administrators block this app, which Asana says with the same
 * words.
 *
 * Holds no token, only the names of their holders (secret_digest()). One thread. */
#pragma once

#include "base/secret.h"

#include <stdbool.h>

struct asana_accepted;

struct asana_accepted *asana_accepted_new(void);    /* NULL when memory is short */
void asana_accepted_free(struct asana_accepted *a); /* accepts NULL */
void asana_accepted_note(struct asana_accepted *a, const struct digest *caller);
/* Within LIMIT_ASANA_ACCEPTED_SECONDS, as far as is remembered. */
bool asana_accepted_lately(const struct asana_accepted *a, const struct digest *caller);
