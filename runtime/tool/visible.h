/* visible.h: requests to Asana that keep within the workspaces that the operator shows.
 *
 * As asana_ask(), with one more thing while any workspace is hidden: whatever a request names (in
 * its path, query or body) is looked up first, unless it is the one object that is read, which
 * tells its workspace in its own answer:
 *
 *     named ──▶ found (kept a while, or one GET) ──▶ sent ──▶ answer without what is hidden ──▶
 * done └ hidden, or nobody can tell ──────────────────▶ 404, as if there were none
 *
 * Requests that no rule knows are not sent. While nothing is hidden each request and each answer is
 * what it would be without this. One worker's thread. */
#pragma once

#include "asana/ask.h"
#include "tool/visible_rules.h"

#include <stdbool.h>

/* Which workspaces are shown; may change at any time. */
struct visible_policy {
    void *ctx;
    bool (*hides)(void *ctx); /* any at all */
    bool (*shows)(void *ctx, const char *workspace_gid);
};

struct visible;

/* policy is copied, what it points to and the rules are borrowed. NULL when memory is short. */
struct visible *visible_new(const struct visible_policy *policy, const struct visible_rules *rules);
/* All its asks have ended or been cancelled. Accepts NULL. */
void visible_free(struct visible *v);

/* v may be NULL: then nothing is hidden. */
bool visible_hides(const struct visible *v);
bool visible_shows(const struct visible *v, const char *workspace_gid);

/* A workspace in which one call may not do what it wants, although it is shown. */
struct visible_limit {
    const char *workspace; /* gid; NULL ends a list */
    const char *sentence;  /* why, for the model */
};

struct visible_ask;

/* As asana_ask(); v may be NULL. rules: what the request's names are by, NULL: those of
 * visible_new(); they live until the ask has ended. A request that names something in a workspace
 * of limits (NULL: none; with any, v is not NULL), or of which nobody can tell, is not sent: its
 * answer is ASANA_FORBIDDEN with the sentence. Limits are borrowed until the end. The time that
 * looking up takes comes on top of the deadline. An answer that is no success may be one to what
 * was looked up on behalf of this request; nothing has been sent then. */
struct visible_ask *visible_ask(struct visible *v, const struct visible_rules *rules,
                                const struct asana_asker *asker, struct asana_req *r,
                                const struct secret *token, const struct visible_limit *limits,
                                asana_done_fn *done, void *ctx, struct err *err);
void visible_ask_cancel(struct visible_ask *a);
