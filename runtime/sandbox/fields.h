/* fields.h: what an object of each type looks like in an answer.
 *
 * A type is a table of fields; a field is a column or expression, a reference to another object, a
 * list of other objects, or a small function. One projector walks these tables along the opt_fields
 * the caller asked for and reads only what it writes. */
#pragma once

#include "sandbox/request.h"

/* opt_fields as a tree. "a.b,(c|d).e,this.f" has the roots a, c, d, f. */
struct sb_opt {
    const char *name;
    struct sb_opt *children;
    struct sb_opt *next;
};

/* NULL, with *bad saying why (or NULL when text names nothing), when text is no list of paths. */
struct sb_opt *sb_opt_parse(struct arena *a, const char *text, const char **bad);
const struct sb_opt *sb_opt_find(const struct sb_opt *roots, const char *name);

enum sb_show {
    SB_SHOW_COMPACT, /* in lists, and wherever the object is only mentioned */
    SB_SHOW_FULL,    /* in answers about the object itself */
    SB_SHOW_ASKED,   /* only when opt_fields names it */
};

enum sb_kind {
    SB_TEXT,
    SB_INT,
    SB_NUM,
    SB_BOOL,
    SB_TIME,    /* ms since 1970, written as ISO 8601 */
    SB_JSON,    /* text that is JSON */
    SB_GID,     /* a gid as a string */
    SB_REF,     /* sql gives the key of an object */
    SB_LIST,    /* sql is a statement giving keys in order; ?1 the owner's key, ?2 me */
    SB_STRINGS, /* sql is a statement giving strings */
};

struct sb_type;

struct sb_field {
    const char *name;
    enum sb_show show;
    enum sb_kind kind;
    const char *sql; /* over the alias o and ?1 key, ?2 me, ?3 now; a whole statement for lists */
    const struct sb_type *type; /* of SB_REF and SB_LIST; NULL: whatever type the object has */
    const char *when;           /* SQL condition; where it is false the field is left out */
    /* Named without fields of its own, the object is written compact; or, where the owner is
     * written whole: */
    bool deep; /* whole too */
    bool bare; /* always just gid and resource_type */
};

struct sb_type {
    const char *name;
    const char *from;              /* "task o" */
    const char *key;               /* "o.gid" */
    const struct sb_field *fields; /* ended by a NULL name */
};

/* Keys in order, in the request's arena. */
struct sb_keys {
    int64_t *keys;
    size_t count;
    size_t room;
};
void sb_keys_add(struct sb_call *c, struct sb_keys *keys, int64_t key);
/* First column of each row. */
void sb_keys_query(struct sb_call *c, struct sb_keys *keys, sqlite3_stmt *st);

/* Writes one object. selection NULL: the default fields, all of them when full. */
void sb_project_object(struct sb_call *c, const struct sb_type *type, int64_t key, bool full,
                       const struct sb_opt *selection);
/* {"data": object} with status; the caller's opt_fields, or the full object. */
void sb_answer_object(struct sb_call *c, unsigned status, const struct sb_type *type, int64_t key);

/* A comma before each item of an array but the first. */
void sb_comma(struct buf *b);

/* The type of an object by its gid, or NULL. */
const struct sb_type *sb_type_of(struct sb_call *c, int64_t gid);
