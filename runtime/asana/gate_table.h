/* gate_table.h: what all workers share of a token's limits: counters, without locks. Private to
 * gate.c.
 *
 * The table's own lock is taken when a worker first meets a token, when it forgets it, and to wake
 * another worker; never by a request that finds its place free. Any thread. */
#pragma once

#include "asana/gate.h"

#define GATE_MINUTE_MS UINT64_C(60000)

struct gate; /* one token's counters */

uint64_t gate_table_now(const struct gates *g);
/* The token's counters, made when they are new; NULL when memory is short. Each hold is let go
 * once. */
struct gate *gate_hold(struct gates *g, const struct digest *token);
void gate_let_go(struct gates *g, struct gate *gate);

/* A number for a keeper, below LIMIT_WORKERS, or -1; wake is borrowed until it is returned. */
int gate_index_take(struct gates *g, uv_async_t *wake);
void gate_index_return(struct gates *g, int index); /* accepts -1 */
/* Does nothing when that keeper is gone. */
void gate_wake(struct gates *g, int index);

/* Places in flight; a search takes one of the reads'. */
bool gate_take_place(struct gate *gate, enum gate_kind kind);
void gate_return_place(struct gate *gate, enum gate_kind kind);
bool gate_has_place(const struct gate *gate, enum gate_kind kind);

/* When the next search may be made; not after now: at once; UINT64_MAX: not before more of them are
 * allowed. */
uint64_t gate_search_moment(const struct gate *gate, uint64_t now);
bool gate_take_search(struct gate *gate, struct gate_pass *p, uint64_t now);
/* It is made now, not when it was taken. False: it waited so long that another has taken it. */
bool gate_renew_search(struct gate *gate, struct gate_pass *p, uint64_t now);
/* It has not been made after all. */
void gate_return_search(struct gate *gate, const struct gate_pass *p);

/* The lines, over all keepers: each shows the number of the first that waits with it. */
uint64_t gate_line_number(struct gate *gate, enum gate_kind line); /* for the next in line */
void gate_line_left(struct gate *gate, enum gate_kind line);
void gate_line_show(struct gate *gate, enum gate_kind line, int index,
                    const struct gate_pass *first); /* NULL: nobody */
bool gate_line_stands(const struct gate *gate, enum gate_kind line);
/* The keeper with the first of all, or -1. */
int gate_line_first(const struct gate *gate, enum gate_kind line);
