/* turns.h: who is next when many wait and some of them wait with much (fair queueing).
 *
 * Each key (a person, say) has a line of its own, first come, first served, and the lines have
 * their turns one after the other (round robin): one of each, then one of each again. So who has
 * one thing waiting waits for one of every other key at most, however many those have. What waits
 * holds a struct turn. To add, to serve and to leave take the same time however many wait, but that
 * a key's line begins and ends in a tree of those. One thread at a time. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

struct turns;
struct turns_line;

struct turn {
    struct turns_line *line; /* NULL: it does not wait; zeroed before the first use */
    TAILQ_ENTRY(turn) link;
};

/* NULL when memory is short. */
struct turns *turns_new(void);
/* What still waits is let out of its lines first. Accepts NULL. */
void turns_free(struct turns *t);

/* At the end of the key's line; w must not move until it is out of it. False when memory is short.
 */
bool turns_add(struct turns *t, uint64_t key, struct turn *w);
/* Whose turn it is; NULL when nobody waits. */
struct turn *turns_first(const struct turns *t);
/* Whose turn it is when w, the first of its line, has to be passed over; NULL when w's line is the
 * last one. Who was passed over keeps the turn. */
struct turn *turns_after(const struct turn *w);
/* w, the first of its line, had its turn: the rest of its line waits for all others now. */
void turns_serve(struct turns *t, struct turn *w);
/* w does not want to wait any more, wherever it stands. Nothing when it does not wait. */
void turns_leave(struct turns *t, struct turn *w);

size_t turns_count(const struct turns *t);
/* How many wait in w's line, itself included. */
size_t turns_beside(const struct turn *w);
/* The last one of the longest line; of several such lines, of the one whose turn is farthest.
 * Looks at all lines. NULL when nobody waits. */
struct turn *turns_last_of_most(const struct turns *t);
