#include "worker/mailbox.h"

#include <stddef.h>

/* Senders push onto a stack; the receiver takes all of it at once and turns it round. */
static struct mail *take_in_order(struct mailbox *box)
{
    struct mail *m = atomic_exchange_explicit(&box->newest, NULL, memory_order_acquire);
    struct mail *oldest = NULL;
    while (m) {
        struct mail *next = m->next;
        m->next = oldest;
        oldest = m;
        m = next;
    }
    return oldest;
}

static void deliver(struct mailbox *box)
{
    for (struct mail *m = take_in_order(box); m;) {
        struct mail *next = m->next;
        if (box->dropping)
            m->drop(m);
        else
            m->run(box->receiver, m);
        m = next;
    }
}

static void on_wake(uv_async_t *wake)
{
    deliver(wake->data);
}

bool mailbox_open(struct mailbox *box, uv_loop_t *loop, void *receiver)
{
    *box = (struct mailbox){ .receiver = receiver };
    box->wake.data = box;
    return uv_async_init(loop, &box->wake, on_wake) == 0;
}

void mailbox_post(struct mailbox *box, struct mail *m)
{
    m->next = atomic_load_explicit(&box->newest, memory_order_relaxed);
    while (!atomic_compare_exchange_weak_explicit(&box->newest, &m->next, m, memory_order_release,
                                                  memory_order_relaxed))
        continue;
    uv_async_send(&box->wake);
}

void mailbox_stop(struct mailbox *box)
{
    box->dropping = true;
}

void mailbox_close(struct mailbox *box)
{
    box->dropping = true;
    deliver(box);
    uv_close((uv_handle_t *)&box->wake, NULL);
}
