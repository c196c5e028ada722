/* page.h: how a web page of sign-in is sent: never framed, never kept, without script, with the one
 * style that its Content-Security-Policy names.
 *
 * form-action is left out of that policy on purpose: browsers apply it to every redirect that
 * follows a form, and ours end at the client. The referrer stays on this server ("same-origin"):
 * with "no-referrer" browsers would send Origin: null with our own forms, which we want to check.
 * The exchange's loop thread. */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "http/http.h"
#include "oauth/oauth_priv.h"

/* Fills the members that every page has. */
#define PAGE_COMMON(o) .base = (o)->base_path, .server = page_server(o)

/* Our host, for people to see. */
const char *page_server(const struct oauth *o);

/* Where a redirect URI leads, in words for a person; NULL when memory is short. */
const char *page_where(const char *redirect_uri, struct arena *arena);

struct page_extra {
    const char *cookies[2]; /* Set-Cookie; NULL: none */
    const char *refresh;    /* where the browser goes by itself; NULL: nowhere */
    bool retry;             /* it is worth trying again in a moment */
};
/* extra may be NULL. html's memory moves into the answer. */
void page_send(struct http_exchange *x, unsigned status, const struct page_extra *extra,
               struct buf *html);
/* cure: what the person can do; may be NULL. */
void page_send_error(const struct oauth *o, struct http_exchange *x, unsigned status,
                     const char *heading, const char *text, const char *cure);
/* The store, or memory, is short. */
void page_send_busy(const struct oauth *o, struct http_exchange *x);
/* Too many of something from one address, or of all. */
void page_send_too_many(const struct oauth *o, struct http_exchange *x);
/* A redirect after which the browser asks with GET. */
void page_send_on(struct http_exchange *x, const char *location, const struct page_extra *extra);
