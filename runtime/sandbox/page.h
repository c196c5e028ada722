/* page.h: lists in pages.
 *
 * An offset names the last object handed out, is signed together with the query it belongs to, and
 * lives for an hour. */
#pragma once

#include "sandbox/fields.h"

/* Writes {"data": […], "next_page": …} with the page that limit and offset ask for; next_page only
 * when limit was sent. */
void sb_answer_page(struct sb_call *c, const struct sb_type *type, const struct sb_keys *keys);
/* Writes {"data": […]} with at most max objects, unpaged. */
void sb_answer_list(struct sb_call *c, const struct sb_type *type, const struct sb_keys *keys,
                    size_t max);

/* Reads an integer query parameter from 1 to 100; absent gives fallback. */
size_t sb_query_count(struct sb_call *c, const char *name, size_t fallback);

/* The signed token for "continue after key, which stood at index", and its reading; false when it
 * is foreign, broken or old. */
#define SB_OFFSET_TEXT 128
void sb_offset_write(const struct sb_call *c, int64_t key, size_t index, char out[SB_OFFSET_TEXT]);
bool sb_offset_read(const struct sb_call *c, const char *text, int64_t *key, size_t *index);
