/* outbox.h: letters about a session (struct session_letter), written and handed to the bus in one
 * place. The loop's thread; false when nothing was sent: memory is short, or the letter is too
 * long. */
#pragma once

#include "base/slice.h"
#include "bus/bus.h"

/* session: its id. */
bool outbox_post(struct bus *b, struct place to, enum letter_kind kind, const char *session,
                 struct slice about, struct slice text);
/* To every other node's every worker. */
bool outbox_tell_all(struct bus *b, enum letter_kind kind, const char *session, struct slice about,
                     struct slice text);
/* done is called as bus_ask() says; not at all when this returns false. */
bool outbox_ask(struct bus *b, struct place to, enum letter_kind kind, const char *session,
                struct slice about, struct slice text, bus_done_fn *done, void *ctx);
