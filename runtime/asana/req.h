/* req.h: builds one request to Asana: method, path with query, JSON body or form.
 *
 * A generated builder is a list of these calls and asana_req_end() last; the first failure is kept.
 * Values that are absent (NULL, ARG_ABSENT) write nothing, null values (arg_null, ARG_NULL) write
 * null into a body and "null" into a query. URLs and JSON are always built by these functions. The
 * struct belongs to its caller, its buffers to it. One thread at a time. */
#pragma once

#include "asana/value.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/trace.h"

#include <cjson/cJSON.h>
#include <stdbool.h>

enum asana_method { ASANA_GET, ASANA_POST, ASANA_PUT, ASANA_DELETE };

enum { ASANA_REQ_DEPTH = 8, ASANA_BOUNDARY_BYTES = 16 };

struct asana_req {
    enum asana_method method;
    struct buf url;  /* path and query below the API's base, "/tasks/12?opt_fields=name" */
    struct buf body; /* empty when the request has none */
    char boundary[12 + 2 * ASANA_BOUNDARY_BYTES]; /* of a body that is a form; "": it is JSON */
    unsigned deadline_ms;                         /* from send to last byte; 0: the client's own */
    /* Sent along (W3C Trace Context); borrowed until it is sent; NULL: none. */
    const struct trace_place *place;
    const char *trace_state;
    /* Private. */
    bool has_query;
    bool has_data;                     /* the body's data object is open */
    bool comma;                        /* the next member needs a comma before it */
    bool misuse;                       /* a path argument is missing, or nesting is wrong */
    unsigned depth;                    /* objects and items open inside data */
    unsigned written;                  /* how many of them are in the body: an empty one never is */
    const char *open[ASANA_REQ_DEPTH]; /* their names; borrowed, string literals in practice */
    bool is_item[ASANA_REQ_DEPTH];
};

void asana_req_init(struct asana_req *r, enum asana_method method);
void asana_req_done(struct asana_req *r);
/* A finished request once more, to be sent again; *out is the caller's. False when memory is short,
 * or r is not whole: out is empty then. */
bool asana_req_copy(const struct asana_req *r, struct asana_req *out);
const char *asana_method_name(enum asana_method m);

/* Path: literal parts as given, arguments percent-encoded. An absent or empty argument, "." and
 * ".." fail the request. */
void asana_path(struct asana_req *r, const char *literal);
void asana_path_arg(struct asana_req *r, const char *value);

/* Values are percent-encoded save for commas, which stand for themselves in a query and keep lists
 * readable. */
void asana_query_str(struct asana_req *r, const char *name, const char *value);
void asana_query_bool(struct asana_req *r, const char *name, struct arg_bool value);
void asana_query_int(struct asana_req *r, const char *name, struct arg_int value);
void asana_query_list(struct asana_req *r, const char *name,
                      const struct arg_list *value); /* comma-separated */
/* Each member of the object as prefix.KEY=value. */
void asana_query_map(struct asana_req *r, const char *prefix, const cJSON *object);

/* Members of the body's "data" object; the first one opens it. */
void asana_body_str(struct asana_req *r, const char *name, const char *value);
void asana_body_bool(struct asana_req *r, const char *name, struct arg_bool value);
void asana_body_int(struct asana_req *r, const char *name, struct arg_int value);
void asana_body_num(struct asana_req *r, const char *name, struct arg_num value);
void asana_body_list(struct asana_req *r, const char *name,
                     const struct arg_list *value); /* JSON array of strings */
void asana_body_csv(struct asana_req *r, const char *name,
                    const struct arg_list *value); /* one comma-separated string */
/* JSON array of this one string. */
void asana_body_item(struct asana_req *r, const char *name, const char *value);
void asana_body_json(struct asana_req *r, const char *name, const cJSON *value);
/* {"name": {…}} or {"name": [{…}]}: members that follow go inside until asana_body_close(). Without
 * a member inside, nothing is written. The name is borrowed until then. */
void asana_body_open_object(struct asana_req *r, const char *name);
void asana_body_open_item(struct asana_req *r, const char *name);
void asana_body_close(struct asana_req *r);

/* Parts of a form (multipart/form-data), instead of members of a body. A file's bytes are copied.
 */
void asana_form_str(struct asana_req *r, const char *name, const char *value);
void asana_form_bool(struct asana_req *r, const char *name, struct arg_bool value);
void asana_form_file(struct asana_req *r, const char *name, const struct arg_file *value);
/* The next part of a finished form; at begins at 0. False at its end, and when the body is none. */
bool asana_form_next(const struct asana_req *r, size_t *at, struct slice *name,
                     struct slice *value);
/* For asana_req_end() only. */
void asana_form_end(struct asana_req *r);

/* Closes what is open. POST and PUT without a member send {"data":{}}, GET and DELETE no body.
 * False with err (may be NULL) set when a ceiling of limits.h was passed (ERR_LIMIT) or these
 * values make no request (ERR_ARGS). */
bool asana_req_end(struct asana_req *r, struct err *err);
