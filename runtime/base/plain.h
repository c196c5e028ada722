/* plain.h: finds the end of what stands for itself in a JSON string, sixteen bytes at a time. Pure;
 * any thread. */
#pragma once

#include <endian.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define PLAIN_BLOCK 16

/* What the processor compares at once; the compiler does it in parts where there is no such one. */
typedef unsigned char plain_block __attribute__((vector_size(PLAIN_BLOCK)));
typedef signed char plain_signed __attribute__((vector_size(PLAIN_BLOCK)));

static inline plain_block plain_load(const void *p)
{
    plain_block block;
    memcpy(&block, p, sizeof(block));
    return block;
}

/* Bytes of a block before the first that is not zero. */
static inline size_t plain_before(plain_block stop)
{
    uint64_t half[2];
    memcpy(half, &stop, sizeof(half));
    if (half[0])
        return (size_t)__builtin_ctzll(le64toh(half[0])) / 8;
    return half[1] ? 8 + (size_t)__builtin_ctzll(le64toh(half[1])) / 8 : PLAIN_BLOCK;
}

/* Not zero where a string cannot go on as it is: quotes, backslashes, control bytes. */
static inline plain_block plain_stops(plain_block b)
{
    return (plain_block)((b == '"') | (b == '\\') | (b < ' '));
}

/* Also where it is no ASCII: a byte above it is negative. */
static inline plain_block plain_ascii_stops(plain_block b)
{
    return (plain_block)((b == '"') | (b == '\\') | ((plain_signed)b < ' '));
}
