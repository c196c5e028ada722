/* fuzz_letters.c: what another node sends may have been written by whoever can write into Redis.
 * The first byte says what it is taken for; what is read can be written, and reads the same again.
 */
#include "base/limits.h"
#include "base/secret.h"
#include "bus/envelope.h"
#include "transport/channel_priv.h"
#include "worker/letters.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must_be_same(struct buf *a, struct buf *b)
{
    if (!buf_ok(a) || !buf_ok(b) || a->len != b->len || memcmp(a->data, b->data, a->len) != 0)
        abort();
}

#define ROUND(type, payload)                                                       \
    do {                                                                           \
        struct type##_letter first, second;                                        \
        BUF_AUTO a = { .max = LIMIT_BUS_LETTER }, b = { .max = LIMIT_BUS_LETTER }; \
        if (!type##_letter_read(payload, &first))                                  \
            break;                                                                 \
        type##_letter_write(&first, &a);                                           \
        if (!type##_letter_read(buf_slice(&a), &second))                           \
            abort();                                                               \
        type##_letter_write(&second, &b);                                          \
        must_be_same(&a, &b);                                                      \
    } while (0)

static void note(struct slice payload)
{
    BUF_AUTO a = { .max = LIMIT_BUS_LETTER }, b = { .max = LIMIT_BUS_LETTER };
    struct note *first = note_read(payload), *second;
    if (!first)
        return;
    note_write(first, &a);
    second = note_read(buf_slice(&a));
    if (!second)
        abort();
    note_write(second, &b);
    must_be_same(&a, &b);
    note_free(first);
    note_free(second);
}

static void envelope(struct slice text)
{
    struct letter first, second;
    BUF_AUTO a = { .max = LIMIT_BUS_LETTER };
    if (!letter_read(text, &first))
        return;
    letter_write(&first, &a);
    if (!letter_read(buf_slice(&a), &second) || second.kind != first.kind ||
        second.ticket != first.ticket || !place_equal(second.from, first.from) ||
        second.payload.len != first.payload.len)
        abort();
}

/* What nobody sealed does not open, and what was sealed opens as it was. */
static void sealed(struct slice text)
{
    static struct bus_key key;
    static const struct place from = { .node = 1 };
    struct letter l = { .kind = LETTER_DELIVER, .from = from, .payload = text }, read;
    BUF_AUTO a = { .max = LIMIT_BUS_LETTER }, b = { .max = LIMIT_BUS_LETTER };
    uint64_t number;
    if (!bus_key_known(&key))
        bus_key_set(&key, &(struct box_key){ { 1 } });
    if (envelope_open(&key, "here", text, &b, &number, &read) == ENVELOPE_OPEN)
        abort();
    if (!secret_init() || !envelope_close(&key, "here", 1, &l, &a) ||
        envelope_open(&key, "here", buf_slice(&a), &b, &number, &read) != ENVELOPE_OPEN ||
        !slice_equal(read.payload, text))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size)
        return 0;
    struct slice rest = { (const char *)data + 1, size - 1 };
    switch (*data % 7) {
    case 0:
        envelope(rest);
        break;
    case 1:
        ROUND(find, rest);
        break;
    case 2:
        ROUND(found, rest);
        break;
    case 3:
        ROUND(change, rest);
        break;
    case 4:
        ROUND(session, rest);
        break;
    case 5:
        note(rest);
        break;
    default:
        sealed(rest);
    }
    return 0;
}
