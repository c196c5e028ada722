/* refused.h: requests that libmicrohttpd refuses itself, before anybody here sees them: headers
 * that are too large, no request of HTTP at all, a version that it does not speak.
 *
 * It tells its log of each, not whose it was; and it tells the end of a request whose first line it
 * understood, with the status that it gave. So each is counted when its log says so, and gets its
 * line "http.refused" at its end, with the address. What never ends like that, and what comes in
 * floods, is summed up a little later: one line for each status. One server's loop thread. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

struct MHD_Connection;

enum { REFUSED_STATUSES = 5 };

struct http_refused {
    unsigned untold[REFUSED_STATUSES]; /* counted, and in no line yet */
    unsigned lines;                    /* since the timer started */
    uv_timer_t timer;                  /* until they are summed up */
};

/* The timer is the owner's to close. */
void http_refused_init(struct http_refused *r, uv_loop_t *loop);
/* A line of libmicrohttpd's log; false when it is about something else. */
bool http_refused_heard(struct http_refused *r, const char *text);
/* A request has ended that nobody here answered. The status that libmicrohttpd gave, 0 for none. */
unsigned http_refused_ended(struct http_refused *r, struct MHD_Connection *connection);
/* What is left, at the server's end. */
void http_refused_tell(struct http_refused *r);
