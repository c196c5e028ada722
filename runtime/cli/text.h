/* text.h: text for a terminal. Any thread. */
#pragma once

#include "base/buf.h"
#include "base/slice.h"

#include <stddef.h>
#include <stdio.h>

#define TEXT_WIDTH 79

/* Columns that the text (UTF-8) takes on a terminal. */
size_t text_columns(struct slice text);

/* Writes the text and a line end, broken into lines of at most TEXT_WIDTH columns. The first begins
 * where the cursor is, at column at, the others at indent. "\n" in the text begins a new line. */
void text_wrap(FILE *out, const char *text, size_t at, size_t indent);

/* Left-aligned in width columns. */
void text_pad(FILE *out, const char *text, size_t width);

/* The same JSON text with line ends and indentation; numbers and strings stay as they are. text
 * must be valid. */
void text_json(struct buf *out, struct slice text);
