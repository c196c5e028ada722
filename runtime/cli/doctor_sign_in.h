/* doctor_sign_in.h: doctor's checks of --auth oauth: the application, the address that people come
 * back to, the store, the way to Asana's sign-in. No secret is sent, nothing is made. Main thread.
 */
#pragma once

#include "cli/asker.h"
#include "cli/backing.h"
#include "cli/doctor_report.h"
#include "cli/settings.h"

/* What can be seen without the network. */
void doctor_check_sign_in(struct report *r, const struct settings *s);
/* asker: open. */
void doctor_check_oauth_url(struct report *r, const struct settings *s, const struct backing *b,
                            struct asker *asker);
