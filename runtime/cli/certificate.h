/* certificate.h: the certificate of --tls-cert and --tls-key. Main thread. */
#pragma once

#include "cli/settings.h"

/* NULL in *out when the settings name none. Warns in the log of what is not well but can be used.
 * The caller holds it. */
bool certificate_read(const struct settings *s, struct tls **out, struct err *err);

/* The host of the public URL, into the settings' arena; NULL when they name none. */
const char *certificate_host(const struct settings *s);

/* Fewer days than these should not be left. */
#define CERTIFICATE_DAYS 14
