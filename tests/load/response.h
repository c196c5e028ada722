/* response.h: takes HTTP/1.1 responses apart as their bytes come in, for the load generator.
 *
 * A response is fed whatever was received; its body, whole or a stream that has no end, is
 * collected without its chunks. Out of memory and what is not HTTP end the program (fail). One
 * thread. */
#pragma once

#include "text.h"

struct response {
    struct text head; /* status line and headers, with the empty line */
    struct text body;
    unsigned status; /* 0 until the head is in */
    bool whole;
    /* Private; all zero before the first use. */
    bool chunked;
    size_t left; /* of the body, or of the chunk */
    enum { CHUNK_SIZE, CHUNK_DATA, CHUNK_END, CHUNK_LAST } chunk;
    struct text line; /* of a chunk's size, as far as it came */
};

/* Returns how many bytes were used: all, unless the response ended before. */
size_t response_feed(struct response *r, const char *at, size_t len);
/* The value of a header into out, cut at size; false when it is not there. name in any case. */
bool response_header(const struct response *r, const char *name, char *out, size_t size);
/* Ready for the next one; keeps the memory. */
void response_reset(struct response *r);
void response_done(struct response *r);
