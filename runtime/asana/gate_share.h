/* gate_share.h: the gates of a process that shares Asana's limits with others: somebody, the
 * sharer, lends each gate its part of them (gate_allow), and hears when that may be too little.
 *
 * A request that finds its place within what is lent neither asks nor waits; one that does not
 * stands in line until more is lent. What is lent ends at a moment (gate_extend), which is looked
 * at whenever a place is taken: so it is not used afterwards even where all loops have been stuck.
 * Everything on the sharer's thread; the gates live longer than he shares. */
#pragma once

#include "asana/gate.h"

struct gate; /* one token's */

/* sharer (borrowed) is sent to when there are gates that want more, those that are new among them.
 * NULL: nobody shares any more; what is lent stays. */
void gates_listen(struct gates *g, uv_async_t *sharer);
/* One of them, or NULL. The sharer is among the holders of each gate that he was given, and lets it
 * go once: with gate_let_go_last(), or in the end with gate_let_go() (gate_table.h). */
struct gate *gates_take_wanting(struct gates *g);
/* True when nobody else holds it, nor has it asked for more: it is gone then. */
bool gate_let_go_last(struct gates *g, struct gate *gate);

const struct digest *gate_token(const struct gate *gate);
/* Whatever the sharer keeps with a gate; NULL at first. */
void *gate_lease(const struct gate *gate);
void gate_set_lease(struct gate *gate, void *lease);

/* The limit that all processes have together. */
unsigned gate_whole(enum gate_kind kind);

struct gate_demand {
    unsigned used;    /* the most in flight since the last look; searches: of this minute */
    unsigned waiting; /* in line */
    bool is_lively;   /* some have come or waited since the last look */
};
void gate_look(struct gate *gate, enum gate_kind kind, struct gate_demand *out);
/* What of the limit others must not have: what is lent, or when that was lowered or has ended, what
 * is still in flight; searches of the last minute count. */
unsigned gate_held(const struct gate *gate, enum gate_kind kind);
/* Lends so many, at once. What is in flight beyond that ends by itself. */
void gate_allow(struct gate *gate, enum gate_kind kind, unsigned number);
/* What is lent lasts until then (gate_table_now()), nothing at first. False when it had ended: then
 * nothing is lent any more. */
bool gate_extend(struct gate *gate, uint64_t until_ms);
/* Every gate has so many of each kind without being lent them: for when nobody can be asked. Those
 * in whose lines somebody stands have to be allowed something again, if nothing, to notice. */
void gates_spare(struct gates *g, unsigned number);
