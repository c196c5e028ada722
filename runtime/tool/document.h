/* document.h: a task, project, portfolio, goal or person as one Markdown document that a model
 * reads.
 *
 * Where it comes from (document_source.c): one request for the object and one for each of its
 * parts, such as a task's comments; a part may go on for several pages. The caller sends them,
 * together, and hands the answers in:
 *
 *     document_ask() ──▶ answer ──▶ document_take() ──▶ true: one more page of this part
 *                                                   └─▶ false: this part is whole
 *
 * A part that follows (a person's teams, asked for in each of their organizations) is asked for
 * when the object is there.
 *
 * How it reads (document.c): title, facts, description, custom fields, parts. What people wrote at
 * length stands in block quotes (markdown.h); lists are bounded, and say when they are cut.
 *
 * The struct belongs to its caller, the JSON in it to the call's arena. One thread at a time. */
#pragma once

#include "asana/req.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/slice.h"
#include "tool/ref.h"

#include <cjson/cJSON.h>
#include <stdbool.h>

/* What a part tells of; the first one is the object itself. */
enum document_role {
    DOCUMENT_OBJECT,
    DOCUMENT_SUBTASKS,
    DOCUMENT_COMMENTS,
    DOCUMENT_STATUS,
    DOCUMENT_COUNTS,
    DOCUMENT_SECTIONS,
    DOCUMENT_ITEMS,
    DOCUMENT_PARENTS,
    DOCUMENT_TEAMS,
    DOCUMENT_ROLES
};

struct document_part {
    const cJSON *pages[LIMIT_DOCUMENT_PAGES]; /* the "data" of each answer */
    unsigned page_count;
    const char *next;    /* the offset of the page to ask for, or that was not asked for; NULL: it
                            is whole */
    const char *failure; /* why it could not be read; NULL: it was */
};

struct document {
    struct ref ref;
    struct document_part parts[DOCUMENT_ROLES];
};

/* What is not all there, for a member of the result; reason is NULL when all is. */
struct document_cut {
    const char *reason;
    size_t returned; /* how many items of that list are shown */
    const char *next;
};

/* ---- where it comes from ---- */

/* Whether a document of this kind has such a part, to be asked for at once. */
bool document_has(enum ref_kind kind, enum document_role role);
/* Whether it has one that can only be asked for when the object is known; the object says whether
 * there is anything to ask. */
bool document_follows(const struct document *d, enum document_role role);
/* The request for the part's next page. r is to be done (or sent) whatever this returns. */
bool document_ask(const struct document *d, enum document_role role, struct asana_req *r,
                  struct err *err);
/* Keeps a successful answer. True when another page is to be asked for. A part that cannot be
 * understood becomes one that failed. */
bool document_take(struct document *d, enum document_role role, struct slice body,
                   struct arena *arena);

/* ---- how it reads ---- */

/* The object itself, NULL when Asana's answer holds none. */
const cJSON *document_object(const struct document *d);
/* The object's name, or what stands for one. Borrowed. */
const char *document_title(const struct document *d);
void document_put_link(const struct document *d, struct buf *out);
/* A JSON object whose values are strings. */
void document_put_metadata(const struct document *d, struct buf *out);
/* The Markdown. There must be an object. */
void document_write(const struct document *d, struct buf *out, struct document_cut *cut);
