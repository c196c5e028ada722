/* jsonc_read.h: how jsonc.c walks through a text. Same thread and ownership. */
#pragma once

#include "base/err.h"
#include "base/slice.h"

#include <stdbool.h>

struct jsonc_reader {
    const char *begin;
    const char *at;
    const char *end;
    int depth;
    struct err *err;
};

void jsonc_begin(struct jsonc_reader *r, struct slice text, struct err *err);
/* "line N: …"; returns false. */
bool jsonc_fail(struct jsonc_reader *r, const char *what);
/* White space and comments. */
bool jsonc_skip(struct jsonc_reader *r);
/* A value, with nothing before it. */
bool jsonc_value(struct jsonc_reader *r, struct slice *out);

/* Goes through an object; r->at is at its "{". */
struct jsonc_walk {
    struct jsonc_reader *r;
    const char *open;
    const char *last;  /* behind the last value; NULL: no members so far */
    const char *comma; /* behind the comma that follows it; NULL: none */
    const char *close; /* the "}"; NULL until it is reached */
    bool failed;
};
struct jsonc_member {
    struct slice key; /* between its quotes */
    struct slice value;
};
bool jsonc_walk_begin(struct jsonc_reader *r, struct jsonc_walk *w);
/* False at the end of the object, and when the text is wrong (failed). */
bool jsonc_walk_next(struct jsonc_walk *w, struct jsonc_member *m);

bool jsonc_key_is(struct slice key, const char *name);
