#include "response.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Heads longer than this are nobody's. */
#define HEAD_MAX (64u << 10)

bool response_header(const struct response *r, const char *name, char *out, size_t size)
{
    size_t name_len = strlen(name);
    const char *end = r->head.at + r->head.len;
    const char *line = memchr(r->head.at, '\n', r->head.len);
    while (line && ++line < end) {
        const char *next = memchr(line, '\n', (size_t)(end - line));
        if (!next)
            return false;
        if ((size_t)(next - line) > name_len && line[name_len] == ':' &&
            strncasecmp(line, name, name_len) == 0) {
            const char *value = line + name_len + 1;
            const char *stop = next;
            while (value < stop && *value == ' ')
                value++;
            while (stop > value && (stop[-1] == '\r' || stop[-1] == ' '))
                stop--;
            snprintf(out, size, "%.*s", (int)(stop - value), value);
            return true;
        }
        line = next;
    }
    return false;
}

static void read_head(struct response *r)
{
    char value[64];
    if (r->head.len < 12 || memcmp(r->head.at, "HTTP/1.", 7) != 0)
        fail("not HTTP: %.*s", (int)(r->head.len < 80 ? r->head.len : 80), r->head.at);
    r->status = (unsigned)strtoul(r->head.at + 9, NULL, 10);
    if (response_header(r, "transfer-encoding", value, sizeof(value))) {
        if (strcasecmp(value, "chunked") != 0)
            fail("transfer-encoding %s", value);
        r->chunked = true;
    } else if (response_header(r, "content-length", value, sizeof(value))) {
        r->left = strtoul(value, NULL, 10);
        r->whole = r->left == 0;
    } else if (r->status == 204 || r->status == 304) {
        r->whole = true;
    } else {
        fail("an answer that says neither how long it is nor that it comes in chunks: %.*s",
             (int)r->head.len, r->head.at);
    }
}

/* Bytes up to and with the empty line. */
static size_t feed_head(struct response *r, const char *at, size_t len)
{
    size_t had = r->head.len;
    text_add(&r->head, at, len);
    size_t from = had > 3 ? had - 3 : 0;
    const char *end = memmem(r->head.at + from, r->head.len - from, "\r\n\r\n", 4);
    if (!end) {
        if (r->head.len > HEAD_MAX)
            fail("a head of more than %u bytes", HEAD_MAX);
        return len;
    }
    size_t head_len = (size_t)(end - r->head.at) + 4;
    r->head.len = head_len;
    read_head(r);
    return head_len - had;
}

static size_t feed_counted(struct response *r, const char *at, size_t len)
{
    size_t used = len < r->left ? len : r->left;
    text_add(&r->body, at, used);
    r->left -= used;
    return used;
}

/* One step: a line, or what there is of a chunk. */
static size_t feed_chunk(struct response *r, const char *at, size_t len)
{
    if (r->chunk == CHUNK_DATA) {
        size_t used = feed_counted(r, at, len);
        if (r->left == 0)
            r->chunk = CHUNK_END;
        return used;
    }
    const char *end = memchr(at, '\n', len);
    if (!end) {
        text_add(&r->line, at, len);
        return len;
    }
    size_t used = (size_t)(end - at) + 1;
    text_add(&r->line, at, used);
    if (r->chunk == CHUNK_SIZE) {
        r->left = strtoul(r->line.at, NULL, 16);
        r->chunk = r->left ? CHUNK_DATA : CHUNK_LAST;
    } else {
        r->whole = r->chunk == CHUNK_LAST; /* nobody here sends trailers */
        r->chunk = CHUNK_SIZE;
    }
    r->line.len = 0;
    return used;
}

size_t response_feed(struct response *r, const char *at, size_t len)
{
    size_t used = 0;
    while (used < len && !r->whole) {
        if (r->status == 0)
            used += feed_head(r, at + used, len - used);
        else if (r->chunked)
            used += feed_chunk(r, at + used, len - used);
        else {
            used += feed_counted(r, at + used, len - used);
            r->whole = r->left == 0;
        }
    }
    return used;
}

void response_reset(struct response *r)
{
    r->head.len = r->body.len = r->line.len = 0;
    r->status = 0;
    r->whole = r->chunked = false;
    r->left = 0;
    r->chunk = CHUNK_SIZE;
}

void response_done(struct response *r)
{
    text_done(&r->head);
    text_done(&r->body);
    text_done(&r->line);
}
