/* mailbox.h: messages from any thread to one loop, without locks.
 *
 * A message is a struct whose first member is a struct mail. Posting gives it away: the receiving
 * thread calls its run(), or drop() when the receiver has stopped in the meantime; either one frees
 * it. Messages of one sender arrive in order. */
#pragma once

#include "base/pile.h"

#include <stdbool.h>
#include <uv.h>

struct mail {
    struct pile_item item;
    void (*run)(void *receiver, struct mail *m);
    void (*drop)(struct mail *m);
};

struct mailbox {
    struct pile mails;
    void *receiver;
    bool dropping; /* the receiver's thread only */
    uv_async_t wake;
};

bool mailbox_open(struct mailbox *box, uv_loop_t *loop, void *receiver);
/* Any thread, between open and close. */
void mailbox_post(struct mailbox *box, struct mail *m);
/* On the receiver's thread: from now on messages are dropped as they come. */
void mailbox_stop(struct mailbox *box);
/* On the receiver's thread, when nobody posts any more. The loop has to run once more before it is
 * closed. */
void mailbox_close(struct mailbox *box);
