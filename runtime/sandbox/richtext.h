/* richtext.h: Asana's rich text: well-formed XML in one <body>, few tags, attributes on links only.
 * Any thread. */
#pragma once

#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>

enum sb_rich {
    SB_RICH_COMMENT, /* comments, status updates, project notes */
    SB_RICH_TASK,    /* also headings and rules */
};

/* Names an object for <a data-asana-gid>: fills type, name and address, all in the arena; false
 * when there is none. */
struct sb_mention {
    const char *type;
    const char *name;
    const char *href;
};
struct sb_mention_source {
    void *ctx;
    bool (*find)(void *ctx, const char *gid, struct sb_mention *out);
};

/* Checks html and gives back its normal form with links filled in (*out_html) and its text
 * (*out_text), in the arena. False with *bad saying what is wrong. source may be NULL. */
bool sb_rich_parse(struct arena *a, enum sb_rich kind, const char *html,
                   const struct sb_mention_source *source, const char **out_html,
                   const char **out_text, const char **bad);

/* Plain text as rich text. NULL when memory is short. */
const char *sb_rich_from_text(struct arena *a, const char *text);
