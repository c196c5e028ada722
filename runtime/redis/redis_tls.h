/* redis_tls.h: TLS for connections to Redis, where hiredis has it (libhiredis_ssl, and OpenSSL,
 * which that stands on); else redis_tls_none.c takes the place of redis_tls.c.
 *
 * Redis has to show a certificate that an authority vouches for which we trust, and that is for the
 * host as its address has it: hiredis looks at the first only, so the session is made here. TLS 1.2
 * and 1.3.
 *
 * A struct redis_tls is made before loops run and does not change: any thread may begin connections
 * with it. A struct ssl_st, which is OpenSSL's SSL, belongs to its connection. */
#pragma once

#include "base/err.h"

#include <hiredis/hiredis.h>
#include <stdbool.h>

struct redis_files;
struct redis_tls;
struct ssl_st;

/* Whether this build has TLS; what to do without is for the message that refuses. */
bool redis_tls_is_built(void);

/* Reads the files, or what the system trusts. False with err, which names the setting. */
bool redis_tls_new(const struct redis_files *files, struct redis_tls **out, struct err *err);
void redis_tls_free(struct redis_tls *t); /* accepts NULL */

/* On a connection that has just been made: the handshake goes on by itself as hiredis reads and
 * writes. host is a name or an address. NULL with why, borrowed until c goes, when it has failed
 * already. */
struct ssl_st *redis_tls_begin(struct redis_tls *t, redisContext *c, const char *host,
                               const char **why);

/* Before hiredis reads or writes: what OpenSSL kept of an earlier failure on this thread,
 * anybody's, would be taken for one of now. */
void redis_tls_prepare(void);
/* Whether both have agreed; until then Redis may not have noticed that we speak TLS. */
bool redis_tls_is_agreed(const struct ssl_st *ssl);
/* Why a connection that has failed did, and what to do; NULL when TLS was not the reason. was_up:
 * Redis had let us in. */
const char *redis_tls_why(const struct ssl_st *ssl, bool was_up);
