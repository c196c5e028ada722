/* args_priv.h: what the files of the argument readers share. Nobody else includes it.
 *
 *     args.c         finding members, rules, unknown arguments, all refusals
 *     args_show.c    values as they stand in messages
 *     args_text.c    readers of one value: text, ids, dates, numbers
 *     args_list.c    readers of lists and of field names
 *     args_object.c  readers of objects and of search's custom-field filters
 *     args_file.c    the reader of files to upload
 *
 * Order of importance when several things are wrong: a bad value (the first one), then unknown and
 * missing arguments together (one often explains the other), then the rules between arguments. */
#pragma once

#include "base/limits.h"
#include "base/slice.h"
#include "tool/args.h"

/* A member of the call's arguments. */
struct arg_member {
    const char *name;   /* the reader's name for it: its own, or what its own is an alias of */
    const cJSON *value; /* its own name is value->string */
    bool read;
    enum arg_state state; /* what the reader took it for */
};

/* A name that the tool takes. */
struct arg_known {
    const char *spelling;
    const char *name;    /* differs from spelling for an alias */
    const char *missing; /* what was expected, when required and absent */
};

enum { ARGS_KNOWN = 2 * LIMIT_CALL_ARGS };

struct args {
    struct arena *arena;
    struct err *err;
    bool failed;      /* err is set */
    const char *rule; /* the first broken rule, kept for args_end() */
    struct arg_member *members;
    size_t member_count;
    struct arg_known known[ARGS_KNOWN];
    size_t known_count;
    struct arg_objects *objects; /* NULL: nobody wants to know */
};

/* A value being read, and what to say when it is not as expected. */
struct arg {
    const char *name; /* as the caller spelled it */
    unsigned flags;
    const char *expected;
    size_t item; /* 1 for the first item of a list; 0: not in a list */
    const cJSON *value;
    /* For the expectation: the values of an enum, or the range of a number. */
    const char *values;
    bool ranged;
    int64_t min, max;
};

/* Finds the value for arg->name (a reader's name), with arg->flags. ARG_VALUE: arg->value and
 * arg->name are set to the caller's. Also remembers the name as known, and as missing when it is
 * required and absent. */
enum arg_state arg_find(struct args *a, struct arg *arg);

/* Refusals; all return NULL. "NAME: expected …, got …; hint" / "NAME: …" / out of memory. */
const char *arg_unexpected(struct args *a, const struct arg *arg, const char *hint);
const char *arg_refuse(struct args *a, const struct arg *arg, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
const char *arg_no_memory(struct args *a);

/* A value as it may stand in a message: at most 40 characters, quoted, nothing invisible. */
#define ARG_SHOWN 512
const char *arg_show(const cJSON *value, char out[ARG_SHOWN]);
const char *arg_show_text(struct slice text, char out[ARG_SHOWN]);

/* What to do instead of giving an empty text. */
const char *arg_empty_hint(const struct arg *arg);

struct slice arg_trimmed(const char *s);
/* Copies into the arena; refuses the call when it is full. */
const char *arg_copy(struct args *a, struct slice s);

/* Converters of one value, for single readers and for the items of lists. NULL when refused. */
typedef const char *arg_convert(struct args *a, const struct arg *arg);
arg_convert arg_gid, arg_user;
#define ARG_GID_EXPECTED "an ID: its digits in quotes, as in \"1204567890123456\""
#define ARG_USER_EXPECTED "a user: an ID, \"me\" or an e-mail address"

/* The value as an object in which no name stands twice, or a string that holds one. */
const cJSON *arg_object(struct args *a, const struct arg *arg);

/* Digits or a number that a double holds exactly. */
bool arg_all_digits(struct slice s);
/* A JSON number in text; false when it is none, or too large. */
bool arg_parse_number(struct slice s, double *out);
