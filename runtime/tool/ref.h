/* ref.h: which object is meant, in the words that people and programs have for it: the id of a
 * search result ("task:123"), a resource ("asana://task/123"), a gid, a link copied from Asana.
 *
 * Pure functions; any thread. */
#pragma once

#include "base/buf.h"
#include "base/err.h"

#include <stdbool.h>

enum ref_kind {
    REF_TASK,
    REF_PROJECT,
    REF_PORTFOLIO,
    REF_GOAL,
    REF_KINDS,            /* those that search finds and ref_parse() knows */
    REF_USER = REF_KINDS, /* a person: only read as a resource */
    REF_DOCUMENTS,        /* all that there are documents of (document.h) */
};
enum { REF_GID_SIZE = 32 };

struct ref {
    enum ref_kind kind;
    bool guessed;           /* it was a gid alone, taken for a task's */
    char gid[REF_GID_SIZE]; /* digits; of a person also "me" */
};

const char *ref_kind_name(enum ref_kind kind); /* "task" */

/* Fills gid when text is one: digits, and not too many. */
bool ref_gid(const char *text, char gid[REF_GID_SIZE]);

/* The error says which forms there are. */
bool ref_parse(const char *text, struct ref *out, struct err *err);

/* "task:123" */
void ref_put_id(struct buf *out, enum ref_kind kind, const char *gid);
/* The object's page in Asana, for when Asana does not send its own permalink_url. */
void ref_put_link(struct buf *out, enum ref_kind kind, const char *gid);
