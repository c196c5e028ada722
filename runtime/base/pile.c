#include "base/pile.h"

#include <stddef.h>

/* Givers push onto a stack; the taker takes all of it at once and turns it round. */

void pile_give(struct pile *p, struct pile_item *item)
{
    item->next = atomic_load_explicit(&p->newest, memory_order_relaxed);
    while (!atomic_compare_exchange_weak_explicit(&p->newest, &item->next, item,
                                                  memory_order_release, memory_order_relaxed))
        continue;
}

struct pile_item *pile_take(struct pile *p)
{
    struct pile_item *item = atomic_exchange_explicit(&p->newest, NULL, memory_order_acquire);
    struct pile_item *oldest = NULL;
    while (item) {
        struct pile_item *next = item->next;
        item->next = oldest;
        oldest = item;
        item = next;
    }
    return oldest;
}
