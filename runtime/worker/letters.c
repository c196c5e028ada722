#include "worker/letters.h"

#include <string.h>

static void put_session(struct buf *b, const char session[SESSION_ID + 1])
{
    letter_bytes(b, slice_of(session));
}

static void put_peer(struct buf *b, const struct mcp_peer *p)
{
    letter_u8(b, p->initialized);
    letter_u8(b, (uint8_t)p->revision);
    letter_u32(b, p->can);
    letter_u8(b, (uint8_t)(p->log_level - MCP_LOG_OFF));
    letter_bytes(b, slice_of(p->client));
}

static void read_peer(struct letter_reader *r, struct mcp_peer *out)
{
    out->initialized = letter_read_u8(r) != 0;
    unsigned revision = letter_read_u8(r);
    out->can = letter_read_u32(r);
    out->log_level = letter_read_u8(r) + MCP_LOG_OFF;
    letter_read_string(r, out->client, sizeof(out->client));
    if (revision >= MCP_REVISIONS || out->log_level > CALL_EMERGENCY)
        r->failed = true;
    else
        out->revision = (enum mcp_revision)revision;
}

void find_letter_write(const struct find_letter *l, struct buf *out)
{
    put_session(out, l->session);
    buf_put(out, l->caller.bytes, sizeof(l->caller.bytes));
    letter_u8(out, l->want);
}

bool find_letter_read(struct slice payload, struct find_letter *out)
{
    struct letter_reader r = { .rest = payload };
    *out = (struct find_letter){ 0 };
    letter_read_string(&r, out->session, sizeof(out->session));
    for (size_t i = 0; i < sizeof(out->caller.bytes); i++)
        out->caller.bytes[i] = letter_read_u8(&r);
    out->want = letter_read_u8(&r);
    return letter_read_end(&r);
}

void found_letter_write(const struct found_letter *l, struct buf *out)
{
    letter_u8(out, l->found);
    put_peer(out, &l->peer);
}

bool found_letter_read(struct slice payload, struct found_letter *out)
{
    struct letter_reader r = { .rest = payload };
    *out = (struct found_letter){ .found = letter_read_u8(&r) != 0 };
    read_peer(&r, &out->peer);
    return letter_read_end(&r);
}

void change_letter_write(const struct change_letter *l, struct buf *out)
{
    put_session(out, l->session);
    letter_u8(out, l->has_peer);
    put_peer(out, &l->peer);
    letter_bytes(out, l->watch);
    letter_bytes(out, l->unwatch);
}

bool change_letter_read(struct slice payload, struct change_letter *out)
{
    struct letter_reader r = { .rest = payload };
    *out = (struct change_letter){ 0 };
    letter_read_string(&r, out->session, sizeof(out->session));
    out->has_peer = letter_read_u8(&r) != 0;
    read_peer(&r, &out->peer);
    out->watch = letter_read_bytes(&r);
    out->unwatch = letter_read_bytes(&r);
    return letter_read_end(&r);
}

void session_letter_write(const struct session_letter *l, struct buf *out)
{
    put_session(out, l->session);
    letter_bytes(out, l->about);
    letter_bytes(out, l->text);
}

bool session_letter_read(struct slice payload, struct session_letter *out)
{
    struct letter_reader r = { .rest = payload };
    *out = (struct session_letter){ 0 };
    letter_read_string(&r, out->session, sizeof(out->session));
    out->about = letter_read_bytes(&r);
    out->text = letter_read_bytes(&r);
    return letter_read_end(&r);
}
