#include "oauth/reply.h"

#include <inttypes.h>
#include <stdio.h>

static void put_error(struct buf *b, const char *error, const char *description)
{
    buf_json_text(b, "error", error);
    buf_json_text(b, "error_description", description);
    buf_char(b, '}');
}

void oauth_reply(struct http_exchange *x, unsigned status, struct buf *body)
{
    http_reply(x, status,
               (struct http_header[]){
                   { "Content-Type", "application/json" }, { "Cache-Control", "no-store" }, { 0 } },
               body);
}

void oauth_refuse(struct http_exchange *x, unsigned status, const char *error,
                  const char *description)
{
    BUF_AUTO b = { .max = 8192 };
    put_error(&b, error, description);
    /* RFC 6749, section 5.2: a client that failed to authenticate is told how. */
    http_reply(x, status,
               (struct http_header[]){
                   { "Content-Type", "application/json" },
                   { "Cache-Control", "no-store" },
                   { status == 401 ? "WWW-Authenticate" : NULL, "Basic realm=\"asana-mcp\"" },
                   { 0 } },
               &b);
}

void oauth_busy(struct http_exchange *x)
{
    BUF_AUTO b = { .max = 8192 };
    put_error(&b, "temporarily_unavailable", "the server's store cannot be asked: try again");
    http_reply(x, 503,
               (struct http_header[]){ { "Content-Type", "application/json" },
                                       { "Cache-Control", "no-store" },
                                       { "Retry-After", "2" },
                                       { 0 } },
               &b);
}

void oauth_too_many(struct http_exchange *x, int64_t seconds, const char *description)
{
    BUF_AUTO b = { .max = 8192 };
    char after[24];
    snprintf(after, sizeof(after), "%" PRId64, seconds);
    put_error(&b, "temporarily_unavailable", description);
    http_reply(x, 429,
               (struct http_header[]){ { "Content-Type", "application/json" },
                                       { "Cache-Control", "no-store" },
                                       { "Retry-After", after },
                                       { 0 } },
               &b);
}
