/* buf.h: a byte buffer that grows up to a ceiling and remembers its first failure.
 *
 * Writers may be called in any number without a check; buf_ok() at the end says whether every byte
 * is in. The caller owns the struct, the buffer its heap memory, until buf_take() moves that out.
 */
#pragma once

#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf {
    char *data; /* NULL while empty; not NUL-terminated */
    size_t len;
    size_t cap;
    size_t max;
    bool failed;
};

void buf_init(struct buf *b, size_t max);
/* Frees the memory; accepts a zeroed struct, may be called twice. */
void buf_done(struct buf *b);
/* Forgets content and failure, keeps the memory. */
void buf_reset(struct buf *b);
bool buf_ok(const struct buf *b);
struct slice buf_slice(const struct buf *b);

/* Makes room for len more bytes and returns where they go (commit them with buf_commit), or NULL.
 */
char *buf_reserve(struct buf *b, size_t len);
void buf_commit(struct buf *b, size_t len);

void buf_put(struct buf *b, const void *data, size_t len);
void buf_slice_put(struct buf *b, struct slice s);
void buf_str(struct buf *b, const char *s);
void buf_char(struct buf *b, char c);
void buf_int(struct buf *b, int64_t v);
/* Shortest decimal form that reads back as the same double; integers without a fraction. */
void buf_double(struct buf *b, double v);

/* text as the inside of a JSON string (no quotes) / as a whole JSON string. The text must be UTF-8.
 */
void buf_json_escaped(struct buf *b, struct slice text);
void buf_json_string(struct buf *b, struct slice text);

/* An object of JSON, member by member. buf_json_member() writes a name and what stands before it:
 * "{" into an empty buffer, nothing behind a "{", else a comma; the value, and the "}" behind the
 * last, are the caller's. */
void buf_json_member(struct buf *b, const char *name);
void buf_json_text(struct buf *b, const char *name, const char *text); /* NULL: no member */
void buf_json_int(struct buf *b, const char *name, int64_t v);
void buf_json_bool(struct buf *b, const char *name, bool v);

/* text percent-encoded for a path segment or a query value (RFC 3986, section 2.3: all but
 * unreserved). */
void buf_url_encoded(struct buf *b, struct slice text);
/* The same for a query value that is a list: its commas stay as they are. */
void buf_url_encoded_list(struct buf *b, struct slice text);

/* text for HTML: as text, or inside an attribute's quotes. */
void buf_html_escaped(struct buf *b, struct slice text);

/* Moves the memory out (for piece_free(); *len bytes); NULL when empty or failed. The buffer is
 * empty afterwards. */
char *buf_take(struct buf *b, size_t *len);

#define BUF_AUTO __attribute__((cleanup(buf_done))) struct buf
