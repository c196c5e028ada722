/* request.h: one request to the sandbox: what was asked, what is being answered, and the refusals
 * everybody shares.
 *
 * A handler reads path arguments, query and body through the readers below, changes state, and
 * writes the answer with fields.h or page.h. The first refusal is kept and wins over what is
 * written later, so a handler may go on to its next check; whoever called it rolls back and
 * answers. Lives for one request, on the sandbox's thread, in the request's arena. */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "http/form.h"
#include "sandbox/db.h"
#include "sandbox/multipart.h"
#include "sandbox/ops.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sandbox;
struct sb_opt;

/* Everything decoded; the path begins after the version ("/tasks/12"). */
struct sb_request {
    const char *method;
    const char *path;
    const struct form_field *query;
    size_t query_count;
    struct slice body;
    const char *content_type; /* these two are NULL when absent */
    const char *authorization;
};

#define SB_PATH_ARGS 3

struct sb_call {
    struct sandbox *sandbox;
    struct sb_db *db;
    struct arena *arena;
    const struct sb_request *request;
    const struct sandbox_op *op;
    char *path_arg[SB_PATH_ARGS];
    int64_t me;
    int64_t now;          /* ms since 1970 */
    const char *base_url; /* "http://127.0.0.1:PORT/api/1.0" */
    cJSON *data;          /* the body's "data" object, or a form's texts; NULL when the operation
                             takes no body */
    struct sb_part file;  /* of a form: its file; name is NULL when there is none */
    uint64_t data_read;   /* members of data that a reader has looked at, by their place */
    const struct sb_opt *opt; /* opt_fields, or NULL for the default fields */
    struct buf *out;          /* the answer's body */
    unsigned status;
    bool search_lags;     /* see lag.h */
    const char *location; /* where the object that was made is; NULL when none was */
    bool failed;
};

/* Refuses: keeps the first status and text. Always false. */
bool sb_fail(struct sb_call *c, unsigned status, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Asana's body for a refusal; 500 comes with a phrase for its support. message is UTF-8. */
void sb_errors_write(struct buf *out, unsigned status, const char *message);

/* The first query parameter of the name, or NULL. */
const char *sb_query_arg(const struct sb_call *c, const char *name);
/* "true"/"false"; absent gives fallback. */
int sb_query_flag(struct sb_call *c, const char *name, int fallback);
/* A date or a date-time parameter; false when absent or refused. */
bool sb_query_date(struct sb_call *c, const char *name, const char **out);
bool sb_query_time(struct sb_call *c, const char *name, int64_t *out);

/* Items of a comma list, trimmed, without empty ones. */
struct sb_list {
    char **items;
    size_t count;
};
struct sb_list sb_split(struct arena *a, const char *text);

/* A gid in text; refuses with "what: Not a recognized ID". Here and below NULL is refused with
 * "what: Missing input". */
bool sb_gid(struct sb_call *c, const char *what, const char *text, int64_t *out);

/* Objects by gid that the caller may see; all others are 404 "what: Unknown object". what names the
 * argument. */
bool sb_workspace(struct sb_call *c, const char *what, const char *text, int64_t *out);
bool sb_project(struct sb_call *c, const char *what, const char *text, int64_t *out);
bool sb_task(struct sb_call *c, const char *what, const char *text, int64_t *out);
bool sb_section(struct sb_call *c, const char *what, const char *text, int64_t *out);
bool sb_team(struct sb_call *c, const char *what, const char *text, int64_t *out);
bool sb_tag(struct sb_call *c, const char *what, const char *text, int64_t *out);
bool sb_user_task_list(struct sb_call *c, const char *what, const char *text, int64_t *out);
/* "me", an e-mail address or a gid of somebody who shares a workspace with the caller, and when
 * workspace is not 0, of a member of that one. */
bool sb_user(struct sb_call *c, const char *what, const char *text, int64_t workspace,
             int64_t *out);
/* An object of another type: sql selects 1 from ?1 gid, ?2 me. */
bool sb_object(struct sb_call *c, const char *what, const char *text, const char *type,
               const char *sql, int64_t *out);
/* 402 unless the workspace pays. */
bool sb_premium(struct sb_call *c, int64_t workspace);

/* The body's fields. What a handler does not look at is refused in the end, so that nothing is
 * dropped in silence. */
enum sb_has { SB_ABSENT, SB_NULL, SB_VALUE };
enum sb_has sb_body_str(struct sb_call *c, const char *name, const char **out);
enum sb_has sb_body_bool(struct sb_call *c, const char *name, int *out);
enum sb_has sb_body_num(struct sb_call *c, const char *name, double *out);
enum sb_has sb_body_date(struct sb_call *c, const char *name, const char **out);
enum sb_has sb_body_time(struct sb_call *c, const char *name, int64_t *out);
/* An array of strings. */
enum sb_has sb_body_list(struct sb_call *c, const char *name, struct sb_list *out);
/* Any value; NULL when absent. */
const cJSON *sb_body_any(struct sb_call *c, const char *name);
enum sb_has sb_body_object(struct sb_call *c, const char *name, const cJSON **out);
/* A string that must be one of the words ("a|b|c"). */
enum sb_has sb_body_enum(struct sb_call *c, const char *name, const char *words, const char **out);

/* Refuses the first field that no reader asked for. */
void sb_body_end(struct sb_call *c);

/* {"data":{}} */
void sb_answer_empty(struct sb_call *c);
