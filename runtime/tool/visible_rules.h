/* visible_rules.h: what requests to Asana name, and where each kind of object says which workspace
 * it is in; made from schema/visible.json and Asana's document (generated/visible.c). Constant
 * data, any thread. */
#pragma once

#include "asana/req.h"

#include <stddef.h>

enum visible_way {
    VISIBLE_ITSELF, /* it is a workspace */
    VISIBLE_IN,     /* its member at is its workspace */
    VISIBLE_AMONG,  /* its member at lists its workspaces: one that is shown will do */
    VISIBLE_UNDER,  /* its member at is what it belongs to, which may say its workspace at once */
    VISIBLE_LISTED, /* it does not say: it is in the workspace whose list has it */
};

struct visible_kind {
    const char *name; /* "task", as in resource_type */
    enum visible_way way;
    const char *path;   /* before its gid, "/tasks/"; of VISIBLE_LISTED the list; NULL: Asana reads
                           none of that kind alone */
    const char *at;     /* "workspace"; NULL where there is none */
    const char *fields; /* the opt_fields that tell: "workspace.gid" */
    const char *withheld; /* a member that does not say which workspace it is of, so that nobody
                             sees it; NULL: none */
};

/* An argument that names objects: in the path without braces ("task_gid"), in the query or the body
 * ("project", "memberships.section"). */
struct visible_name {
    const char *name;
    const struct visible_kind *kinds[4]; /* one of these; unused ones are NULL */
};

struct visible_route {
    enum asana_method method;
    const char *path;                   /* "/tasks/{task_gid}/subtasks" */
    const struct visible_name *names;   /* ended by a NULL name */
    const struct visible_kind *answers; /* what a GET answers with, when that is of a kind; else
                                           NULL */
};

struct visible_rules {
    const struct visible_kind *const *kinds; /* ended by NULL */
    const struct visible_route *routes;
    size_t count;
};

/* In generated/visible.c. */
extern const struct visible_rules visible_rules;
