/* pack_priv.h: a packed tool as it lies in memory, for the files of tool/pack.h.
 *
 *     pack.c        the file, and each tool's row
 *     pack_steps.c  the steps of requests, read from the file
 *     pack_rules.c  what requests name, and where objects tell their workspace
 *     pack_run.c    arguments read, requests built
 *
 * Everything of a pack is in its arena; strings are those of the parsed file. */
#pragma once

#include "asana/req.h"
#include "base/arena.h"
#include "base/err.h"
#include "tool/pack.h"
#include "tool/visible_rules.h"

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How an argument is read. The first three make a text. */
enum pack_read {
    PACK_TEXT,
    PACK_ENUM,
    PACK_FIELDS,
    PACK_BOOL,
    PACK_INT,
    PACK_NUMBER,
    PACK_LIST,
    PACK_JSON,
    PACK_FILE,
};

/* An argument that was read; the args of a packed tool are an array of these. */
union pack_value {
    const char *text;
    struct arg_bool truth;
    struct arg_int whole;
    struct arg_num number;
    const struct arg_list *list;
    const cJSON *json;
    const struct arg_file *file;
};

struct pack_reader {
    const char *name; /* "gid", as in args_gid */
    enum pack_read read;
    unsigned flags; /* given to it always */
    const char *(*text)(struct args *a, const char *name, unsigned flags);
    const struct arg_list *(*list)(struct args *a, const char *name, unsigned flags);
    const cJSON *(*json)(struct args *a, const char *name, unsigned flags);
};

/* Ended by a NULL name. */
extern const struct pack_reader pack_readers[];

struct pack_param {
    const char *name;
    const struct pack_reader *reader;
    unsigned flags;
    const char *const *aliases; /* ended by NULL */
    const char *standard;       /* a text's default, or the default fields; NULL: none */
    const char *values;         /* PACK_ENUM: "green|yellow|red" */
    bool has_standard;          /* PACK_INT: a default */
    int64_t whole, min, max;
};

enum pack_rule_kind { PACK_EXACTLY_ONE, PACK_AT_LEAST_ONE, PACK_AT_MOST_ONE, PACK_NEEDS };

struct pack_rule {
    enum pack_rule_kind kind;
    const char *name; /* PACK_NEEDS: what needs one of the names */
    const char *names;
};

enum pack_op {
    PACK_PATH,
    PACK_PATH_ARG,
    PACK_QUERY_TEXT, /* a constant */
    PACK_QUERY_STR,
    PACK_QUERY_BOOL,
    PACK_QUERY_INT,
    PACK_QUERY_LIST,
    PACK_QUERY_MAP,
    PACK_BODY_STR,
    PACK_BODY_BOOL,
    PACK_BODY_INT,
    PACK_BODY_NUM,
    PACK_BODY_LIST,
    PACK_BODY_CSV,
    PACK_BODY_ITEM,
    PACK_BODY_JSON,
    PACK_FORM_STR,
    PACK_FORM_BOOL,
    PACK_FORM_FILE,
    PACK_OPEN_OBJECT,
    PACK_OPEN_ITEM,
    PACK_CLOSE,
    PACK_IF,
};

struct pack_steps {
    const struct pack_step *at;
    size_t n;
};

/* Indexes of parameters. */
struct pack_params {
    const unsigned *at;
    size_t n;
};

/* When one of these is given and none of those. */
struct pack_if {
    struct pack_params given, absent;
    struct pack_steps then, otherwise;
};

struct pack_step {
    enum pack_op op;
    const char *name; /* or the literal of PACK_PATH */
    const char *constant;
    unsigned param;
    const struct pack_if *branch;
};

struct pack_tool {
    const struct pack_param *params;
    size_t n_params;
    const struct pack_rule *rules;
    size_t n_rules;
    enum asana_method method;
    struct pack_steps steps;
};

struct pack_extra {
    const struct pack_tool *tool;
    unsigned flag; /* a PACK_BOOL */
    struct pack_steps steps;
};

/* A file being read. The first failure is kept, and later readers do nothing. */
struct pack_file {
    struct arena *arena;
    struct err *err;
    bool failed;
    const char *tool; /* whose row is being read, for messages; NULL: none */
};

/* Keeps "…: expected …"; always false. what: of which member, "params"; expected: a few words. */
bool pack_refuse(struct pack_file *f, const char *what, const char *expected);
/* n zeroed objects, at least one; NULL (and the file has failed) when memory is short. */
void *pack_zalloc(struct pack_file *f, size_t n, size_t size);
/* The text when it is what names of ours and of Asana's are made of, and paths; else refused. */
const char *pack_plain(struct pack_file *f, const char *what, const cJSON *value);
/* An index of a parameter. */
unsigned pack_index(struct pack_file *f, const char *what, const cJSON *value, size_t n_params);
/* A member's text; NULL when there is none. */
const char *pack_find_text(struct pack_file *f, const cJSON *from, const char *name);
/* The place of a member's text among words (ended by NULL). */
unsigned pack_word(struct pack_file *f, const cJSON *from, const char *name,
                   const char *const *words);
enum asana_method pack_method(struct pack_file *f, const cJSON *from);
/* The number of its items; 0 when there is no such list, and when it is too long. */
size_t pack_list(struct pack_file *f, const cJSON *from, const char *name, size_t most,
                 const cJSON **out);
/* "kinds" and "routes" of a file; NULL when it has failed. */
const struct visible_rules *pack_rules_read(struct pack_file *f, const cJSON *root);
/* Steps whose arguments are of the kinds that they write; a file that has failed has none. */
struct pack_steps pack_steps_read(struct pack_file *f, const struct pack_tool *tool,
                                  const cJSON *list);
