/* letters.h: what letters between the workers of different nodes hold. A token is never in one.
 *
 * Slices of what was read point into the letter. Pure functions; any thread. */
#pragma once

#include "bus/letter.h"
#include "mcp/peer.h"
#include "mcp/session.h"

#include <stdbool.h>

/* LETTER_FIND, and its answer. */
struct find_letter {
    char session[SESSION_ID + 1];
    struct digest caller;
    uint8_t want; /* enum route_want */
};
void find_letter_write(const struct find_letter *l, struct buf *out);
bool find_letter_read(struct slice payload, struct find_letter *out);
struct found_letter {
    bool found;
    struct mcp_peer peer;
};
void found_letter_write(const struct found_letter *l, struct buf *out);
bool found_letter_read(struct slice payload, struct found_letter *out);

/* LETTER_CHANGE. An empty slice: no such change. */
struct change_letter {
    char session[SESSION_ID + 1];
    bool has_peer;
    struct mcp_peer peer;
    struct slice watch; /* the sender watches that resource for the session */
    struct slice unwatch;
};
void change_letter_write(const struct change_letter *l, struct buf *out);
bool change_letter_read(struct slice payload, struct change_letter *out);

/* The others: of a session, about a request of its (raw JSON) or a resource (its URI), with a text:
 * LETTER_DELIVER (request: which one the message answers, if any), LETTER_BEGIN and LETTER_WITHDRAW
 * (text: requests, each written with letter_bytes()), LETTER_STILL, LETTER_UNWATCH, LETTER_ENDED,
 * LETTER_CANCEL, LETTER_RESPONSE. */
struct session_letter {
    char session[SESSION_ID + 1];
    struct slice about;
    struct slice text;
};
void session_letter_write(const struct session_letter *l, struct buf *out);
bool session_letter_read(struct slice payload, struct session_letter *out);
