/* curlmem.h: libcurl's memory. What it gives back is wiped, since requests hold tokens, and kept
 * for the next request: libcurl takes some fifty pieces for each and gives all of them back at its
 * end, more than malloc() keeps at hand for a thread.
 *
 * The signatures are those of curl_global_init_mem(). Any thread; each keeps its own pieces, up to
 * LIMIT_CURL_KEPT bytes, until it ends. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Once, before all others. False when the system has no key for the threads' ends. */
bool curlmem_init(void);

void *curlmem_malloc(size_t size);
void *curlmem_calloc(size_t n, size_t size);
void *curlmem_realloc(void *p, size_t size);
char *curlmem_strdup(const char *text);
void curlmem_free(void *p);
