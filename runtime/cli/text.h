/* text.h: text for a terminal. Any thread. */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define TEXT_WIDTH 79

/* Columns that the text (UTF-8) takes on a terminal. */
size_t text_columns(struct slice text);

/* Writes the text and a line end, broken into lines of at most TEXT_WIDTH columns. The first begins
 * where the cursor is, at column at, the others at indent. "\n" in the text begins a new line. */
void text_wrap(FILE *out, const char *text, size_t at, size_t indent);

/* Left-aligned in width columns. */
void text_pad(FILE *out, const char *text, size_t width);

/* A copy that is safe to show: control characters and those that turn the direction of writing
 * become spaces, so that text from outside neither moves the cursor nor forges a line. Line ends
 * stay when they are wanted. NULL when memory is short. */
char *text_shown(struct arena *a, const char *text, bool line_ends);

/* "2026-11-23T12:00:00Z" of Unix seconds. */
void text_time(int64_t seconds, char out[CLOCK_TEXT]);

/* The same JSON text with line ends and indentation; numbers and strings stay as they are. text
 * must be valid. */
void text_json(struct buf *out, struct slice text);
