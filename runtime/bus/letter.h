/* letter.h: the bytes that travel between nodes: numbers in network order, runs of bytes behind
 * their length.
 *
 *     version, kind, sender's node and worker, ticket │ payload
 *
 * They travel sealed (envelope.h). What was sealed by another node is read as a stranger's
 * nevertheless: the reader remembers its first failure, and gives zeros and empty slices from then
 * on. Pure functions; any thread. */
#pragma once

#include "base/buf.h"
#include "base/place.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>

/* Of another version's node nothing is understood: letters change with it. */
#define LETTER_VERSION 2

/* What letters say. The numbers are part of the format. */
enum letter_kind {
    LETTER_ANSWER = 1, /* to a question, named by its ticket */
    LETTER_FIND,       /* worker/route.c: is there such a session? */
    LETTER_DELIVER,    /* worker/relay.c: a message for a session's client */
    LETTER_CHANGE,     /* what a message changed in its session */
    LETTER_BEGIN,      /* worker/afar.c: requests of a session are about to run at the sender's */
    LETTER_STILL,      /* transport/followup.c: does it run there still? */
    LETTER_UNWATCH,    /* worker/afar.c: a session listens to a resource no more */
    LETTER_ENDED,      /* a session is gone */
    LETTER_ANNOUNCE,   /* lists have changed */
    LETTER_CANCEL,     /* transport/followup.c: a request is not wanted any more */
    LETTER_RESPONSE,   /* a client's response to a question of ours */
    LETTER_NOTE,       /* transport/note.c: about the streams of a session */
    LETTER_WITHDRAW,   /* worker/begin.c: they do not run after all */
    LETTER_ECHO,       /* transport/note.c: answered at once, behind all that was said before */
    LETTER_KINDS
};

struct letter {
    enum letter_kind kind;
    struct place from;
    uint32_t ticket; /* 0: nobody waits for an answer */
    struct slice payload;
};

void letter_write(const struct letter *l, struct buf *out);
/* payload points into text. False when it is no letter of this version. */
bool letter_read(struct slice text, struct letter *out);

/* Payloads. */
void letter_u8(struct buf *b, uint8_t v);
void letter_u32(struct buf *b, uint32_t v);
void letter_u64(struct buf *b, uint64_t v);
void letter_bytes(struct buf *b, struct slice s);

struct letter_reader {
    struct slice rest;
    bool failed;
};
uint8_t letter_read_u8(struct letter_reader *r);
uint32_t letter_read_u32(struct letter_reader *r);
uint64_t letter_read_u64(struct letter_reader *r);
struct slice letter_read_bytes(struct letter_reader *r);
/* Into a string of at most size - 1 bytes; longer, or with a NUL, is a failure. */
void letter_read_string(struct letter_reader *r, char *out, size_t size);
/* Everything was read, and nothing failed. */
bool letter_read_end(const struct letter_reader *r);
