/* absent.h: places where nobody listens although somebody is expected to: a node that is gone, or
 * one whose subscription was lost alone and comes back within moments. A part of the bus.
 *
 *     nobody listens ──▶ held ──its own connection is not there, either──▶ gone
 *                         ├─ it listens again ──▶ sent, in order
 *                         └─ for LIMIT_BUS_RETURN_MS it does not ──▶ unreachable
 *
 * Each bus names its connection for commands as its channel (CLIENT SETNAME), so that the others
 * find it in CLIENT LIST. Who may not ask takes whoever does not listen for gone. What is for a
 * place that is waited for is held, too: letters of one sender to one receiver stay in order. */
#pragma once

#include "base/place.h"

#include <stdbool.h>

struct bus;
struct errand;

/* The connection is there again: says who we are. */
void absent_sign(struct bus *b);
/* We stop: nobody has to wait for us. */
void absent_sign_off(struct bus *b);
/* Nobody listened where the errand went: it is ended later, or sent again. */
void absent_hold(struct errand *e);
/* Somebody did: what was held before it is too late now. */
void absent_overtaken(struct errand *e);
/* Whether a place is waited for; then a new errand is held. False: there is no room for it. */
bool absent_is(struct bus *b, struct place place);
bool absent_takes(struct errand *e);
/* Nodes that nobody has heard of lately (struct known): asks whether they are gone. */
void absent_ask_after_nodes(struct bus *b);
void absent_stop(struct bus *b);
