/* ops.h: what Asana's OpenAPI document says about an operation, for the sandbox to be as strict as
 * its tables.
 *
 * Generated from schema/asana.lock.json into generated/sandbox_ops.c. Constant data, any thread. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct sandbox_body_field {
    const char *name;
    bool read_only; /* sending it is an error of its own */
};

struct sandbox_op {
    const char *operation; /* "getTask" */
    const char *method;    /* "GET" */
    const char *path;      /* "/tasks/{task_gid}" */
    const char *const
        *query; /* names allowed, sorted, NULL-terminated; a name ending in ".*" is a prefix */
    const struct sandbox_body_field
        *body; /* sorted by name, ended by a NULL name; NULL: takes no body */
    bool form; /* body is a form with files, not JSON */
};

/* Sorted by path, then method. */
extern const struct sandbox_op sandbox_ops[];
extern const size_t sandbox_ops_count;
