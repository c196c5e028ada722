/* args.h: reads one call's arguments; generous in what it takes, strict in what it means.
 *
 * A generated decoder calls one reader per argument and args_end() last. The first failure is kept
 * and later readers do nothing, so that no call needs a check of its own. Everything returned lives
 * in the call's arena. The err text is for the model that made the call: it names the argument,
 * what was expected, what came, and the nearest known name.
 *
 * Absent, null and value are three things: a string is NULL when absent and arg_null when null was
 * given to an ARG_NULLABLE argument; numbers and booleans carry a state; a null for an argument
 * that is not nullable counts as absent. */
#pragma once

#include "asana/value.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/limits.h"

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

enum arg_flags {
    ARG_REQUIRED = 1 << 0,
    ARG_NULLABLE = 1 << 1,  /* null clears */
    ARG_HTML_TASK = 1 << 2, /* args_html: the tags of task descriptions (also h1, h2, hr, img) */
};

/* The objects that a call is about, for the audit log: every ID that was read, up to a ceiling. */
struct arg_objects {
    size_t count;
    bool more; /* than these */
    const char *gids[LIMIT_AUDIT_OBJECTS];
};

struct args; /* one call's arguments being read; opaque, see args_new() */

/* arguments may be NULL (a call without any). NULL with err set when the arena is full; anything
 * else that is wrong with the arguments as a whole is refused by args_end(). */
struct args *args_new(struct arena *arena, const cJSON *arguments, struct err *err);

/* Notes the IDs that the readers find from now on; objects may be NULL. */
void args_note(struct args *a, struct arg_objects *objects);

/* alias is taken as another spelling of name; giving both is an error. Before the readers. */
void args_alias(struct args *a, const char *alias, const char *name);

/* One line: a name, a title. */
const char *args_string(struct args *a, const char *name, unsigned flags);
const char *args_text(struct args *a, const char *name, unsigned flags);
/* Asana's rich text, in one <body>; with ARG_HTML_TASK that of a task's description. */
const char *args_html(struct args *a, const char *name, unsigned flags);
/* Digits; a whole JSON number up to 2^53 is taken. */
const char *args_gid(struct args *a, const char *name, unsigned flags);
/* A gid, "me" or an e-mail address. */
/* An ID of any form, or a link: one line; a JSON number below 2^53 is taken as a gid. */
const char *args_ref(struct args *a, const char *name, unsigned flags);
const char *args_user(struct args *a, const char *name, unsigned flags);
/* YYYY-MM-DD, a day that exists. */
const char *args_date(struct args *a, const char *name, unsigned flags);
/* ISO 8601 with zone, passed on as given; a date means its midnight UTC. */
const char *args_datetime(struct args *a, const char *name, unsigned flags);
/* As args_datetime, or "now". */
const char *args_since(struct args *a, const char *name, unsigned flags);
/* One of "green|yellow|red", in any case; the result is spelled as in values. */
const char *args_enum(struct args *a, const char *name, unsigned flags, const char *values);
/* A page token, as handed out. */
const char *args_offset(struct args *a, const char *name, unsigned flags);
/* The caller's comma string or list of field names, else (also when it is empty) the tool's default
 * fields. */
const char *args_fields(struct args *a, const char *name, const char *default_fields);

/* true, false, "true", "false" */
struct arg_bool args_bool(struct args *a, const char *name, unsigned flags);
struct arg_int args_int(struct args *a, const char *name, unsigned flags, int64_t min, int64_t max);
/* As args_int, with a value when the argument is absent. */
struct arg_int args_int_or(struct args *a, const char *name, int64_t otherwise, int64_t min,
                           int64_t max);
struct arg_num args_number(struct args *a, const char *name, unsigned flags);

/* A list, a comma string or a single value; NULL when absent. At least one item, unless
 * ARG_NULLABLE: then null and [] are a list of none. */
const struct arg_list *args_gids(struct args *a, const char *name, unsigned flags);
const struct arg_list *args_users(struct args *a, const char *name, unsigned flags);

/* The same of words, each trimmed and not empty. */
const struct arg_list *args_words(struct args *a, const char *name, unsigned flags);

/* An object, or a string that holds one. NULL when absent; a JSON null for a null that clears. */
const cJSON *args_object(struct args *a, const char *name, unsigned flags);
/* A list of objects, or a string that holds one. NULL when absent. At least one item. */
const cJSON *args_objects(struct args *a, const char *name, unsigned flags);
/* Custom-field filters of search: {"GID.OP": value} or {"GID": {"OP": value}} with Asana's
 * operators, as an object of the first form. */
const cJSON *args_field_filters(struct args *a, const char *name, unsigned flags);

/* A file to upload, {"name", "text"} or {"name", "base64"}. NULL when absent. */
const struct arg_file *args_file(struct args *a, const char *name, unsigned flags);

/* Rules between arguments; names is a list like "project,section,workspace". After the readers. A
 * null is no value here, but for args_at_least_one a null that clears counts as given. */
void args_exactly_one(struct args *a, const char *names);
void args_at_least_one(struct args *a, const char *names);
void args_at_most_one(struct args *a, const char *names);
/* When name is given with a value, at least one of the others must be. */
void args_needs(struct args *a, const char *name, const char *others);

/* Refuses arguments that no reader asked for. True when everything was in order; else err of
 * args_new() is set. */
bool args_end(struct args *a);
