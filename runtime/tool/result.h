/* result.h: what a tool answers, made from what Asana answered.
 *
 * The text is one JSON object: Asana's own {"data": …, "next_page": …}, with extras as members of
 * data, and "truncated" beside data when a list is not whole: cut at a record boundary because it
 * is long, or full where Asana has no next page. Pure; any thread. */
#pragma once

#include "asana/errors.h"
#include "base/buf.h"
#include "base/slice.h"
#include "tool/tool.h"

#include <stdbool.h>
#include <stddef.h>

struct result_extra {
    const struct tool_extra *extra;
    struct asana_envelope body; /* {"data": […]} */
};

struct result_parts {
    struct asana_envelope body; /* Asana's answer to the tool's own request */
    struct result_extra *extras;
    size_t extra_count;
};

/* A member of an answer that is not whole, behind others: how many came, why no more, and what to
 * do about it. */
void result_put_cut(struct buf *out, size_t returned, struct slice reason, struct slice next);

/* The answer of a tool with a sync token to a call without one that Asana knows: none of what has
 * happened, and the token (JSON) for the next call. False when memory is short. */
bool result_put_fresh(struct slice sync, struct buf *out);

/* text is parts->body.text itself when nothing has to be changed, else it stands in out. in are the
 * tool's decoded arguments. False when LIMIT_RESULT_TEXT was passed. */
bool result_shape(const struct tool *tool, const void *in, const struct result_parts *parts,
                  struct buf *out, struct slice *text);
