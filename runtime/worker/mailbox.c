#include "worker/mailbox.h"

static void deliver(struct mailbox *box)
{
    for (struct pile_item *i = pile_take(&box->mails), *next; i; i = next) {
        struct mail *m = (struct mail *)i;
        next = i->next;
        if (box->dropping)
            m->drop(m);
        else
            m->run(box->receiver, m);
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
    pile_give(&box->mails, &m->item);
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
