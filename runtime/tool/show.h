/* show.h: text from outside as it may stand in a message to a person or a model.
 *
 * Pure; any thread. */
#pragma once

#include "base/slice.h"

/* Enough for that many characters, each at its longest, the quotes and what tells a cut. */
#define SHOW_SIZE(chars) (8 * (chars) + 8)

/* text in quotes, at most chars characters of it, on one line, with escapes for quotes and for what
 * is invisible or turns the text around it. size is at least SHOW_SIZE(chars). Returns out. */
const char *show_text(struct slice text, int chars, char *out, size_t size);
