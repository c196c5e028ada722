/* doctor_net.h: doctor's checks of what others see: the public address with its certificate, and
 * this machine's clock. Main thread; waits for the network. */
#pragma once

#include "cli/backing.h"
#include "cli/doctor_report.h"
#include "cli/settings.h"

/* The https address that clients are told: whether it is reached, whether its certificate is good
 * and for how long, and whether it is this server that answers there. */
void doctor_check_public(struct report *r, const struct settings *s);
/* Our clock against Asana's; nothing in the sandbox, whose clock is ours. */
void doctor_check_clock(struct report *r, const struct settings *s, const struct backing *b);
