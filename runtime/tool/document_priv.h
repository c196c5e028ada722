/* document_priv.h: what document.c (title and facts) and document_parts.c (texts and lists) share.
 */
#pragma once

#include "tool/document.h"

/* A document being written. */
struct page {
    const struct document *d;
    const cJSON *object;
    struct buf *out;
    struct document_cut *cut;
    bool quoted; /* it has been said what quotes are */
};

/* A member that is a text and not empty, else NULL. */
const char *doc_text(const cJSON *object, const char *member);
const char *doc_name(const cJSON *object); /* "(no name)" when there is none */
/* The name of the person (or any object) in a member, else NULL. */
const char *doc_person(const cJSON *object, const char *member);
bool doc_true(const cJSON *object, const char *member);

/* Somebody's words within a line. */
void doc_put_name(struct page *p, const char *name);
/* "on_track" as people say it. */
void doc_put_words(struct page *p, const char *code);
/* "- Label: " */
void doc_begin_fact(struct page *p, const char *label);
/* Nothing when value is NULL. */
void doc_fact(struct page *p, const char *label, const char *value);

/* Each writes its heading and what is under it, or nothing. */
void doc_description(struct page *p);
void doc_custom_fields(struct page *p);
void doc_subtasks(struct page *p);
void doc_comments(struct page *p);
void doc_latest_status(struct page *p);
void doc_sections(struct page *p);
void doc_items(struct page *p);
void doc_parents(struct page *p);
void doc_workspaces(struct page *p);
void doc_teams(struct page *p);
