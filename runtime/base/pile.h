/* pile.h: what any thread gives to one thread, without locks.
 *
 * An item is a struct whose first member is a struct pile_item; giving gives it away. What one
 * thread gave is taken in its order. A zeroed pile is empty. */
#pragma once

#include <stdatomic.h>

struct pile_item {
    struct pile_item *next;
};

struct pile {
    _Atomic(struct pile_item *) newest;
};

void pile_give(struct pile *p, struct pile_item *item);
/* All that is there, the oldest first, linked by next; NULL: nothing. */
struct pile_item *pile_take(struct pile *p);
