/* reply.h: answers of the OAuth endpoints: JSON that nobody keeps (OAuth 2.1, section 3.2.3
 * and 3.2.4).
 *
 * The exchange's loop thread. */
#pragma once

#include "base/buf.h"
#include "http/http.h"

/* body's memory moves into the answer. */
void oauth_reply(struct http_exchange *x, unsigned status, struct buf *body);
/* {"error":…,"error_description":…} */
void oauth_refuse(struct http_exchange *x, unsigned status, const char *error,
                  const char *description);
/* 503 with Retry-After: the store cannot be asked. */
void oauth_busy(struct http_exchange *x);
/* 429 with Retry-After. */
void oauth_too_many(struct http_exchange *x, int64_t seconds, const char *description);
