/* text.h: what the load generator and the stand-in share: bytes that grow, and JSON texts with
 * places for one id and one gid. Out of memory ends the program. One thread. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Prints the program's name and what is wrong, and exits with status 1: a bench in which something
 * went wrong has no result. */
void fail(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

struct text {
    char *at;
    size_t len;
    size_t cap;
};

void text_add(struct text *t, const char *at, size_t len);
void text_print(struct text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Takes the first len bytes away. */
void text_drop(struct text *t, size_t len);
void text_done(struct text *t);

/* A number of fixed length that stands in a text, once or often. */
struct places {
    size_t *at;
    size_t count;
    size_t width;
};

struct template
{
    struct text text;
    struct places id, gid;
};

/* Reads a file in which that id and that gid stand (NULL: it has none). */
void template_read(struct template *t, const char *path, const char *id, const char *gid);
/* Puts an id and a gid in their places. */
void template_fill(struct template *t, uint64_t id, uint64_t gid);
