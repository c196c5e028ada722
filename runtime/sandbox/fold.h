/* fold.h: text as search compares it: lower case, without accents, words apart by one space. Pure
 * functions, any thread. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* UTF-8 in, UTF-8 out, never longer than four bytes for each two of the input plus one; out holds
 * at least 2 * strlen(text) + 2 bytes. Latin, Greek and Cyrillic letters are lowered, Latin accents
 * dropped, other characters kept; anything that's no letter and no digit becomes one space. */
void sb_fold(const char *text, char *out);

/* Every word of folded words begins a word of folded text. */
bool sb_fold_has_words(const char *text, const char *words);
/* How well a folded query fits a folded name: 0 begins it, 1 begins a word of it, 2 stands inside
 * it, -1 does not. */
int sb_fold_rank(const char *name, const char *query);
