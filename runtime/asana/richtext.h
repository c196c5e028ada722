/* richtext.h: Asana's rich text: XML with one <body> and a handful of tags.
 *
 * Asana answers bad markup with "XML is invalid" and nothing else; this check says which tag or
 * rule it was and what to write instead, before anything is sent. Pure functions; any thread. */
#pragma once

#include "base/err.h"
#include "base/slice.h"

#include <stdbool.h>

enum richtext_kind {
    RICHTEXT_BASIC, /* comments, status updates, descriptions of projects and goals */
    RICHTEXT_TASK,  /* descriptions of tasks: also h1, h2, hr and img */
};

/* The text is taken as UTF-8. False with err (may be NULL) set: ERR_ARGS and what to do about it.
 */
bool richtext_check(struct slice text, enum richtext_kind kind, struct err *err);
