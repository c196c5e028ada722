/* envelope.h: how a letter travels: sealed, so that whoever can read and write Redis can neither
 * read one nor make one, nor change it, send it to somebody else, or send it once more.
 *
 *     version │ box of: number, letter; bound to version and channel (base/box.h)
 *
 * The numbers of one sender grow, and are microseconds since 1970 by its clock at least. Of each
 * sender a receiver takes only what is newer than all that it took before. It remembers so many
 * senders; of one that it does not remember it takes what is newer than the last of all that it has
 * forgotten, and so needs no memory without end, and no clock that agrees with others'.
 *
 * Pure data and functions, but for the key, which one thread may set while others look. */
#pragma once

#include "base/box.h"
#include "base/limits.h"
#include "bus/letter.h"

#include <stdatomic.h>

/* What all nodes seal with. Owned by whoever makes the buses, and outlives them. */
struct bus_key {
    struct box_key box;
    atomic_bool known; /* false in a zeroed one: nothing can be sent or taken yet */
};
/* Once. Any thread. */
void bus_key_set(struct bus_key *k, const struct box_key *key);
bool bus_key_known(const struct bus_key *k);

/* How much longer than its payload a sealed letter is. */
#define ENVELOPE_EXTRA (1 + BOX_EXTRA + 8 + 11)

/* Appends the sealed letter; false when memory is short, out is full, or the key is not known. */
bool envelope_close(const struct bus_key *k, const char *channel, uint64_t number,
                    const struct letter *l, struct buf *out);

enum envelope_fate {
    ENVELOPE_OPEN,
    ENVELOPE_UNOPENED,  /* sealed with another key, for another channel, or changed */
    ENVELOPE_REPEATED,  /* marks_take() said no */
    ENVELOPE_MALFORMED, /* of another version, or what was sealed is no letter */
    ENVELOPE_NO_MEMORY,
    ENVELOPE_FATES
};
/* Opens what came on that channel into content (empty, and large enough), where *out points to. */
enum envelope_fate envelope_open(const struct bus_key *k, const char *channel, struct slice sealed,
                                 struct buf *content, uint64_t *number, struct letter *out);

/* How far the letters of each sender have been taken, on each of a receiver's two channels. */
enum bus_channel { CHANNEL_OWN, CHANNEL_ALL, BUS_CHANNELS };
struct marks {
    struct mark {
        struct place from;
        uint64_t number[BUS_CHANNELS];
    } marks[LIMIT_BUS_SENDERS];
    size_t count;
    uint64_t floor[BUS_CHANNELS]; /* of who has no mark */
};
/* False when the letter is not newer than what came before it. */
bool marks_take(struct marks *m, enum bus_channel channel, struct place from, uint64_t number);
