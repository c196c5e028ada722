#include "bus/letter.h"

#include <string.h>

static void put_number(struct buf *b, uint64_t v, unsigned bytes)
{
    while (bytes--)
        buf_char(b, (char)(v >> (8 * bytes) & 0xFF));
}

void letter_u8(struct buf *b, uint8_t v)
{
    put_number(b, v, 1);
}

void letter_u32(struct buf *b, uint32_t v)
{
    put_number(b, v, 4);
}

void letter_u64(struct buf *b, uint64_t v)
{
    put_number(b, v, 8);
}

void letter_bytes(struct buf *b, struct slice s)
{
    letter_u32(b, (uint32_t)s.len);
    buf_slice_put(b, s);
}

static struct slice take(struct letter_reader *r, size_t len)
{
    if (r->failed || r->rest.len < len) {
        r->failed = true;
        return (struct slice){ 0 };
    }
    struct slice taken = { r->rest.data, len };
    r->rest.data += len;
    r->rest.len -= len;
    return taken;
}

static uint64_t read_number(struct letter_reader *r, unsigned bytes)
{
    struct slice s = take(r, bytes);
    uint64_t v = 0;
    for (size_t i = 0; i < s.len; i++)
        v = v << 8 | (unsigned char)s.data[i];
    return v;
}

uint8_t letter_read_u8(struct letter_reader *r)
{
    return (uint8_t)read_number(r, 1);
}

uint32_t letter_read_u32(struct letter_reader *r)
{
    return (uint32_t)read_number(r, 4);
}

uint64_t letter_read_u64(struct letter_reader *r)
{
    return read_number(r, 8);
}

struct slice letter_read_bytes(struct letter_reader *r)
{
    return take(r, letter_read_u32(r));
}

void letter_read_string(struct letter_reader *r, char *out, size_t size)
{
    struct slice s = letter_read_bytes(r);
    if (s.len >= size || (s.len && memchr(s.data, '\0', s.len))) {
        r->failed = true;
        s.len = 0;
    }
    if (s.len)
        memcpy(out, s.data, s.len);
    out[s.len] = '\0';
}

bool letter_read_end(const struct letter_reader *r)
{
    return !r->failed && !r->rest.len;
}

void letter_write(const struct letter *l, struct buf *out)
{
    letter_u8(out, LETTER_VERSION);
    letter_u8(out, (uint8_t)l->kind);
    letter_u32(out, l->from.node);
    letter_u8(out, (uint8_t)l->from.worker);
    letter_u32(out, l->ticket);
    buf_slice_put(out, l->payload);
}

bool letter_read(struct slice text, struct letter *out)
{
    struct letter_reader r = { .rest = text };
    uint8_t version = letter_read_u8(&r);
    unsigned kind = letter_read_u8(&r);
    struct place from = { .node = letter_read_u32(&r) };
    from.worker = letter_read_u8(&r);
    uint32_t ticket = letter_read_u32(&r);
    if (r.failed || version != LETTER_VERSION || kind < LETTER_ANSWER || kind >= LETTER_KINDS)
        return false;
    *out = (struct letter){
        .kind = (enum letter_kind)kind, .from = from, .ticket = ticket, .payload = r.rest
    };
    return true;
}
