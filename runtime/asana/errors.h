/* errors.h: what Asana's answer means, in words that a model can act on (reference:
 * developers.asana.com/docs/errors).
 *
 * Pure functions; any thread. */
#pragma once

#include "asana/client.h"
#include "base/buf.h"

#include <stdbool.h>

/* A body with its parts, as raw texts inside of it. */
struct asana_envelope {
    struct slice text;
    struct slice data;
    struct slice next_page; /* empty when there is none */
};

/* True when the answer is a success whose body is one JSON object with "data" (the only thing a
 * result is made of). The body is read once for both. */
bool asana_answer_open(const struct asana_answer *answer, struct asana_envelope *out);
bool asana_answer_ok(const struct asana_answer *answer);

/* True for a 412 that brings the token which events are asked for with from now on: no success, but
 * an answer all the same (developers.asana.com/reference/getevents). */
bool asana_answer_renews_sync(const struct asana_answer *answer, struct slice *sync);

/* Writes what happened and what to try next, for any answer that is not ok: Asana's own messages
 * (and the phrase of a 500) as quoted words, the meaning of the status, or what went wrong on the
 * way; and for a request that changes something whether it may have happened all the same. tool
 * (may be NULL) names the tool for advice such as which other one to use. What came from outside is
 * at most 2,000 bytes of valid UTF-8 without control characters; it is quoted, not trusted. One
 * line. */
void asana_answer_explain(const struct asana_answer *answer, const char *tool, struct buf *out);
