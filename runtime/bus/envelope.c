#include "bus/envelope.h"

#include <string.h>

#define BOUND_TEXT 128

void bus_key_set(struct bus_key *k, const struct box_key *key)
{
    k->box = *key;
    atomic_store_explicit(&k->known, true, memory_order_release);
}

bool bus_key_known(const struct bus_key *k)
{
    return atomic_load_explicit(&k->known, memory_order_acquire);
}

static bool bind(const char *channel, struct buf *out)
{
    letter_u8(out, LETTER_VERSION);
    buf_str(out, channel);
    return buf_ok(out);
}

bool envelope_close(const struct bus_key *k, const char *channel, uint64_t number,
                    const struct letter *l, struct buf *out)
{
    BUF_AUTO bound = { .max = BOUND_TEXT };
    BUF_AUTO content = { .max = LIMIT_BUS_LETTER };
    buf_reserve(&content, ENVELOPE_EXTRA + l->payload.len);
    letter_u64(&content, number);
    letter_write(l, &content);
    if (!bus_key_known(k) || !bind(channel, &bound) || !buf_ok(&content))
        return false;
    letter_u8(out, LETTER_VERSION);
    box_close(&k->box, buf_slice(&content), buf_slice(&bound), out);
    return buf_ok(out);
}

enum envelope_fate envelope_open(const struct bus_key *k, const char *channel, struct slice sealed,
                                 struct buf *content, uint64_t *number, struct letter *out)
{
    BUF_AUTO bound = { .max = BOUND_TEXT };
    struct letter_reader r = { .rest = sealed };
    if (letter_read_u8(&r) != LETTER_VERSION)
        return ENVELOPE_MALFORMED;
    if (!bind(channel, &bound))
        return ENVELOPE_NO_MEMORY;
    if (!bus_key_known(k) || !box_open(&k->box, r.rest, buf_slice(&bound), content))
        return buf_ok(content) ? ENVELOPE_UNOPENED : ENVELOPE_NO_MEMORY;
    r.rest = buf_slice(content);
    *number = letter_read_u64(&r);
    return !r.failed && letter_read(r.rest, out) ? ENVELOPE_OPEN : ENVELOPE_MALFORMED;
}

/* ---- marks ---- */

static uint64_t latest(const struct mark *m)
{
    uint64_t own = m->number[CHANNEL_OWN], all = m->number[CHANNEL_ALL];
    return own > all ? own : all;
}

static void raise(uint64_t *floor, uint64_t number)
{
    if (*floor < number)
        *floor = number;
}

/* A place for a further sender: that of the one that has been silent for longest, if need be. */
static struct mark *make_room(struct marks *m)
{
    if (m->count < LIMIT_BUS_SENDERS)
        return &m->marks[m->count++];
    struct mark *oldest = m->marks;
    for (size_t i = 1; i < m->count; i++)
        if (latest(&m->marks[i]) < latest(oldest))
            oldest = &m->marks[i];
    for (int channel = 0; channel < BUS_CHANNELS; channel++)
        raise(&m->floor[channel], oldest->number[channel]);
    return oldest;
}

static struct mark *find(struct marks *m, struct place from)
{
    for (size_t i = 0; i < m->count; i++)
        if (place_equal(m->marks[i].from, from))
            return &m->marks[i];
    return NULL;
}

bool marks_take(struct marks *m, enum bus_channel channel, struct place from, uint64_t number)
{
    struct mark *mark = find(m, from);
    if (number <= (mark ? mark->number[channel] : m->floor[channel]))
        return false;
    if (!mark) {
        mark = make_room(m);
        *mark = (struct mark){ .from = from };
        memcpy(mark->number, m->floor, sizeof(mark->number));
    }
    mark->number[channel] = number;
    return true;
}
