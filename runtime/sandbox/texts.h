/* texts.h: the two forms of every description and comment, plain and rich, read from a body and
 * kept in step. */
#pragma once

#include "sandbox/request.h"
#include "sandbox/richtext.h"

/* Reads body fields plain ("notes") and html ("html_notes"), at most one of which may be given.
 * SB_VALUE: both results are set (null counts as empty text). */
enum sb_has sb_body_texts(struct sb_call *c, enum sb_rich kind, const char *plain, const char *html,
                          const char **out_text, const char **out_html);
