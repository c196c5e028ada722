/* visible_priv.h: what the files of visible.h share. Nobody else includes it.
 *
 *     visible.c         the policy, and what is remembered of objects' workspaces
 *     visible_ask.c     the life of one request
 *     visible_names.c   what a request names, and what its answer is asked to tell
 *     visible_find.c    the workspace of one object
 *     visible_answer.c  answers without what is hidden */
#pragma once

#include "base/limits.h"
#include "tool/visible.h"

#include <sys/queue.h>

LIST_HEAD(visible_finds, visible_find);

struct visible {
    struct visible_policy policy;
    const struct visible_rules *rules;
    struct visible_finds finds; /* under way */
    struct visible_memory *memory;
};

/* ---- visible.c ---- */

/* The workspace of an object by its id, or NULL: not remembered. Lives until the next call. */
const char *visible_recall(struct visible *v, const char *id);
/* Too long ids are not remembered. */
void visible_remember(struct visible *v, const char *id, const char *workspace);

/* ---- visible_names.c ---- */

struct visible_named {
    const struct visible_name *name;
    bool in_path;
    char id[LIMIT_VISIBLE_ID + 1]; /* "" when it is none that Asana could have given out */
};

struct visible_names {
    const struct visible_route *route; /* NULL: no rule knows this request */
    struct visible_named *items;
    size_t count;
};

/* False when memory is short. */
bool visible_names_read(const struct visible_rules *rules, const struct asana_req *r,
                        struct visible_names *out);
void visible_names_done(struct visible_names *n); /* accepts a zeroed struct */
/* It names a place, and not just a person. */
bool visible_names_place(const struct visible_named *n);
/* "task" of "task_gid", as Asana calls it in its errors. */
struct slice visible_name_label(const struct visible_name *n);

/* Where the answer tells, when that has been asked for on our behalf: members to leave out again,
 * outermost first, ended by NULL. */
struct visible_added {
    const char *path[3];
};
/* Whether the request says what the answer has to hold; without, it cannot be added to. */
bool visible_has_fields(const struct asana_req *r);
/* Has the answer's objects tell where they are. False when memory is short. */
bool visible_add_fields(struct asana_req *r, const struct visible_kind *kind,
                        struct visible_added *added);

/* ---- visible_answer.c ---- */

/* The text of a JSON string that a gid can be; false for all else. */
bool visible_gid_of(struct slice json, char out[LIMIT_VISIBLE_ID + 1]);
/* The workspace that an object tells of: of several one that is shown. False: none. */
bool visible_tell(const struct visible *v, const struct visible_kind *kind, struct slice object,
                  char workspace[LIMIT_VISIBLE_ID + 1]);

/* What stays of an answer, which has passed asana_answer_ok(). told: its objects have to tell where
 * they are; NULL: they stay unless they tell of a hidden workspace. withheld: a member that none of
 * them keeps; may be NULL. False when nothing stays: its object is hidden. The out buffer stays
 * empty when all of it does. */
bool visible_filter(struct visible *v, struct slice body, const struct visible_kind *told,
                    const char *withheld, const struct visible_added *added, struct buf *out);

/* ---- visible_find.c ---- */

/* One who waits for an object to be found. */
struct visible_wait {
    LIST_ENTRY(visible_wait) link;
    struct visible_find *find;
    /* Once, on a later turn: workspace is NULL when there is none that this person can see; failed
     * is the answer that kept it from being found out, or NULL. */
    void (*found)(struct visible_wait *w, const char *workspace, const struct asana_answer *failed);
};

/* Objects that are named so can be asked where they are. */
bool visible_can_find(const struct visible_name *name);
/* Begins, or joins one who looks for the same by the same rules with the same token. False when it
 * cannot be sent. */
bool visible_find(struct visible *v, const struct visible_rules *rules,
                  const struct asana_asker *asker, const struct secret *token,
                  const struct visible_named *named, struct visible_wait *w, struct err *err);
void visible_find_leave(struct visible_wait *w);
/* Asana has said that there is nothing for this person, in whichever words. */
bool visible_is_refusal(const struct asana_answer *answer);
