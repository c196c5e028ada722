#include "oauth/page.h"

#include "base/limits.h"
#include "base/trail.h"
#include "oauth/redirect.h"
#include "pages.h"

#include <string.h>

#define HEADERS 16

const char *page_server(const struct oauth *o)
{
    const char *host = strstr(o->options.issuer, "://");
    return host ? host + 3 : o->options.issuer;
}

const char *page_where(const char *redirect_uri, struct arena *arena)
{
    struct slice host = redirect_host(redirect_uri);
    const char *form = redirect_is_loopback(redirect_uri) ? "A program on your computer (%.*s)"
                       : strncmp(redirect_uri, "https://", 8) == 0 ? "%.*s"
                                                                   : "An app on your device (%.*s)";
    return arena_printf(arena, form, (int)host.len, host.data);
}

static size_t put_extra(struct http_header *headers, size_t n, const struct page_extra *extra)
{
    for (size_t i = 0; extra && i < 2; i++)
        if (extra->cookies[i])
            headers[n++] = (struct http_header){ "Set-Cookie", extra->cookies[i] };
    if (extra && extra->retry)
        headers[n++] = (struct http_header){ "Retry-After", "2" };
    return n;
}

void page_send(struct http_exchange *x, unsigned status, const struct page_extra *extra,
               struct buf *html)
{
    struct http_header headers[HEADERS] = {
        { "Content-Type", "text/html; charset=utf-8" },
        { "Content-Security-Policy", "default-src 'none'; style-src " PAGE_STYLE_SOURCE
                                     "; base-uri 'none'; frame-ancestors 'none'" },
        { "X-Frame-Options", "DENY" },
        { "X-Content-Type-Options", "nosniff" },
        { "Referrer-Policy", "same-origin" },
        { "Cache-Control", "no-store" },
    };
    size_t n = put_extra(headers, 6, extra);
    BUF_AUTO refresh = { .max = LIMIT_PAGE };
    if (extra && extra->refresh) {
        buf_str(&refresh, "0;url=");
        buf_str(&refresh, extra->refresh);
        buf_char(&refresh, '\0');
        if (buf_ok(&refresh))
            headers[n++] = (struct http_header){ "Refresh", refresh.data };
    }
    http_reply(x, status, headers, html);
}

void page_send_on(struct http_exchange *x, const char *location, const struct page_extra *extra)
{
    struct http_header headers[HEADERS] = {
        { "Location", location },
        { "Cache-Control", "no-store" },
        { "Referrer-Policy", "no-referrer" },
        { "X-Frame-Options", "DENY" },
        { "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'" },
    };
    put_extra(headers, 5, extra);
    http_reply(x, 303, headers, NULL);
}

void page_send_error(const struct oauth *o, struct http_exchange *x, unsigned status,
                     const char *heading, const char *text, const char *cure)
{
    struct buf html;
    const struct trail *t = trail_request(trail_current);
    buf_init(&html, LIMIT_PAGE);
    page_error(&html, &(struct page_error){ PAGE_COMMON(o), .heading = heading, .text = text,
                                            .cure = cure, .request = t ? t->id : NULL });
    page_send(x, status, &(struct page_extra){ .retry = status == 503 }, &html);
    buf_done(&html);
}

void page_send_busy(const struct oauth *o, struct http_exchange *x)
{
    page_send_error(o, x, 503, "Please try again in a moment",
                    "The server could not do this just now.",
                    "Load this page again, or connect again from your assistant.");
}

void page_send_too_many(const struct oauth *o, struct http_exchange *x)
{
    page_send_error(o, x, 429, "Too many requests",
                    "More of this has been asked from your network than this server allows.",
                    "Wait a minute, then try again.");
}
