/* place.h: one event loop of one node. Ids that we give out (of sessions, of questions) name the
 * place that made them, so that what comes back finds its way from any other.
 *
 * Pure data; any thread. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct place {
    uint32_t node; /* random, per process start */
    unsigned worker;
};

/* Two hexadecimal digits of the worker and eight of the node. */
#define PLACE_TEXT 10

void place_format(struct place p, char out[PLACE_TEXT + 1]);
/* Reads the first PLACE_TEXT characters; false when they are none of ours. */
bool place_parse(const char *text, struct place *out);
bool place_equal(struct place a, struct place b);
