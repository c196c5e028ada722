/* piece.h: memory of what lives no longer than a request.
 *
 * malloc() keeps a few pieces of each size at hand for a thread; requests that are under way
 * together take and give back more than that. What is given back here is kept for the next one, up
 * to LIMIT_PIECES_KEPT bytes of each thread, until it ends. Any thread may give back what another
 * took. Under AddressSanitizer nothing is kept, so that it sees every use of what was given back.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Aligned as malloc()'s; NULL when memory is short. */
void *piece_alloc(size_t size);
void *piece_zalloc(size_t size); /* all bytes zero */
/* Accepts NULL. */
void piece_free(void *p);

/* Bytes that were asked for. */
size_t piece_size(const void *p);
/* So many bytes have room where p is. */
bool piece_fits(const void *p, size_t size);
/* As realloc(): p (which may be NULL) with another size, perhaps elsewhere. On failure NULL, and p
 * is as it was. */
void *piece_resize(void *p, size_t size);
