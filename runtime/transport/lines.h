/* lines.h: text line by line from one descriptor and to another.
 *
 * Files, pipes and terminals alike are read and written in libuv's thread pool, one operation of
 * each kind at a time. A descriptor that another process has made non-blocking is waited for.
 * Reading pauses while much is unwritten, so a peer that does not read loses nothing. The struct
 * belongs to its caller and must not move while it is open. One loop's thread. */
#pragma once

#include "base/buf.h"
#include "base/slice.h"

#include <stdbool.h>
#include <uv.h>

struct lines_user {
    void *ctx;
    void (*line)(void *ctx, struct slice line); /* without its break; the last may have had none */
    void (*too_long)(void *ctx);                /* in place of a line over LIMIT_STDIO_LINE */
};

struct lines_end {
    int fd;
    uv_fs_t fs;
    uv_poll_t poll; /* of a non-blocking descriptor that was not ready */
    bool busy;      /* an operation, or the poll, is under way */
    bool polled;    /* poll has been opened */
    bool polling;
};

struct lines {
    uv_loop_t *loop;
    struct lines_user user;
    struct lines_end in, out;
    bool ended;  /* nothing more comes: the end of the input, or an error on either side */
    bool failed; /* nobody reads the output any more */
    /* Private. */
    char *chunk;
    struct buf line;
    bool skipping;    /* inside a line that was too long */
    struct buf queue; /* waits for the next write */
    struct buf sending;
    size_t sent;
};

/* Begins to read. False when memory is short; nothing is left open then. */
bool lines_open(struct lines *l, uv_loop_t *loop, int in_fd, int out_fd,
                const struct lines_user *user);
void lines_put(struct lines *l, struct slice line);
/* The input has ended, and everything that could be written is. */
bool lines_over(const struct lines *l);
/* Once they are over. The loop has to run once more before it is closed. Descriptors stay open. */
void lines_close(struct lines *l);
