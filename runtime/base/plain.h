/* plain.h: finds what does not stand for itself in a JSON string, sixty-four bytes at a time. Pure;
 * any thread. */
#pragma once

#include <endian.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define PLAIN_BLOCK 64

/* What processors compare at once; the compiler does it in parts where they do not. */
typedef unsigned char plain_bytes __attribute__((vector_size(16)));
typedef signed char plain_signed __attribute__((vector_size(16)));

static inline plain_bytes plain_load(const void *p)
{
    plain_bytes bytes;
    memcpy(&bytes, p, sizeof(bytes));
    return bytes;
}

/* One bit for each byte, all of whose bits are the same; the first is the lowest. */
static inline uint64_t plain_bits(plain_bytes all)
{
#ifdef __SSE2__
    return (uint64_t)(unsigned)__builtin_ia32_pmovmskb128(
        (char __attribute__((vector_size(16))))all);
#else
    uint64_t half[2];
    memcpy(half, &all, sizeof(half));
    for (int i = 0; i < 2; i++) /* gathers the lowest bits of the bytes in the highest byte */
        half[i] = (le64toh(half[i]) & 0x0101010101010101) * 0x0102040810204080 >> 56;
    return half[0] | half[1] << 8;
#endif
}

/* Quotes, backslashes and control bytes among PLAIN_BLOCK bytes; a bit for each. */
static inline uint64_t plain_stops(const char *p)
{
    uint64_t stops = 0;
#pragma GCC unroll 4
    for (unsigned i = 0; i < PLAIN_BLOCK; i += 16) {
        plain_bytes b = plain_load(p + i);
        stops |= plain_bits((plain_bytes)((b == '"') | (b == '\\') | (b < ' '))) << i;
    }
    return stops;
}

/* The same, and bytes that are no ASCII: they are negative. */
static inline uint64_t plain_ascii_stops(const char *p)
{
    uint64_t stops = 0;
#pragma GCC unroll 4
    for (unsigned i = 0; i < PLAIN_BLOCK; i += 16) {
        plain_bytes b = plain_load(p + i);
        stops |= plain_bits((plain_bytes)((b == '"') | (b == '\\') | ((plain_signed)b < ' '))) << i;
    }
    return stops;
}
