/* markdown.h: what people wrote, inside of Markdown that we write.
 *
 * Their words stay their words: they cannot end the place they are put in, nor look like a heading
 * or a list of ours. What a reader would not see (control characters, bidirectional overrides, tag
 * characters) is left out: a model would read it. text is valid UTF-8. Any thread. */
#pragma once

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>

/* As one line, white space as single spaces; cut with "…" after max bytes. Behind something of ours
 * in the same line, as in "- Name: ". */
void markdown_line(struct buf *out, const char *text, size_t max);

/* As a block quote: each line behind indent and "> ", without what would make it more than a line
 * of text. Runs of empty lines become one. False when it was cut because the block would be longer
 * than max bytes. */
bool markdown_quote(struct buf *out, const char *indent, const char *text, size_t max);
