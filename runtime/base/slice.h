/* slice.h: a borrowed run of bytes, not necessarily ended by a NUL. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct slice {
    const char *data;
    size_t len;
};

static inline struct slice slice_of(const char *s)
{
    return (struct slice){ s, s ? strlen(s) : 0 };
}

static inline bool slice_is(struct slice s, const char *text)
{
    size_t len = strlen(text);
    return s.len == len && (len == 0 || memcmp(s.data, text, len) == 0);
}

/* What stands before mark, in out; rest goes on behind it. False when it does not come: nothing is
 * changed. */
static inline bool slice_until(struct slice *rest, const char *mark, struct slice *out)
{
    size_t len = strlen(mark);
    const char *at = rest->len ? memmem(rest->data, rest->len, mark, len) : NULL;
    if (!at)
        return false;
    *out = (struct slice){ rest->data, (size_t)(at - rest->data) };
    *rest = (struct slice){ at + len, rest->len - out->len - len };
    return true;
}

static inline bool slice_equal(struct slice a, struct slice b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}
