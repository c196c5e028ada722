/* redis_tls_none.c: in place of redis_tls.c where hiredis has no TLS: no address asks for it
 * (redis_address.c), so nothing but the first is ever called. */
#include "redis/redis_tls.h"

#include <stddef.h>

bool redis_tls_is_built(void)
{
    return false;
}

bool redis_tls_new(const struct redis_files *files, struct redis_tls **out, struct err *err)
{
    (void)files;
    (void)out;
    return err_set(err, ERR_SETTINGS, "this build has no TLS for Redis");
}

void redis_tls_free(struct redis_tls *t)
{
    (void)t;
}

struct ssl_st *redis_tls_begin(struct redis_tls *t, redisContext *c, const char *host,
                               const char **why)
{
    (void)why;
    (void)t;
    (void)c;
    (void)host;
    return NULL;
}

void redis_tls_prepare(void)
{
}

bool redis_tls_is_agreed(const struct ssl_st *ssl)
{
    (void)ssl;
    return false;
}

const char *redis_tls_why(const struct ssl_st *ssl, bool was_up)
{
    (void)ssl;
    (void)was_up;
    return NULL;
}
