#include "cli/certificate.h"

#include "base/log.h"
#include "http/tls.h"

#include <string.h>

bool certificate_read(const struct settings *s, struct tls **out, struct err *err)
{
    const char *host = certificate_host(s);
    *out = NULL;
    if (!s->tls_cert)
        return true;
    if (!tls_read(s->tls_cert, s->tls_key, out, err))
        return false;
    if (tls_file_is_open(s->tls_key))
        LOG(LOG_WARN, "tls.key_open", LOG_STR("file", s->tls_key),
            LOG_STR("why", "every user of this machine can read the private key"));
    if (tls_days_left(*out) < CERTIFICATE_DAYS)
        LOG(LOG_WARN, "tls.expires", LOG_STR("file", s->tls_cert),
            LOG_INT("days", tls_days_left(*out)));
    if (host && !tls_names(*out, host))
        LOG(LOG_WARN, "tls.other_name", LOG_STR("file", s->tls_cert), LOG_STR("host", host));
    return true;
}

const char *certificate_host(const struct settings *s)
{
    const char *host = s->public_url ? strstr(s->public_url, "://") : NULL;
    if (!host)
        return NULL;
    host += 3;
    if (*host == '[')
        return arena_strndup(s->arena, host + 1, strcspn(host + 1, "]"));
    return arena_strndup(s->arena, host, strcspn(host, ":/"));
}
