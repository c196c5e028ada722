/* stories.h: the history of a task: comments and what changed. */
#pragma once

#include "sandbox/request.h"

/* Fields that do not belong to the subtype stay zero. Texts are borrowed. */
struct sb_story {
    int64_t task;
    const char *subtype; /* "assigned", "name_changed", … */
    const char *text;    /* the English sentence, without its subject */
    int64_t ref;         /* the person, tag or task it is about */
    int64_t project;
    int64_t custom_field;
    int64_t old_ref, new_ref; /* sections or enum options */
    const char *old_text, *new_text;
    const double *old_number, *new_number;
    const char *old_start_on, *old_due_on, *new_start_on, *new_due_on;
    int64_t old_due_at, new_due_at;
};

/* Records a change made by the caller, now. */
void sb_story_add(struct sb_call *c, const struct sb_story *s);
/* A comment by anyone at any time; returns its gid. */
int64_t sb_comment_add(struct sb_db *db, int64_t task, int64_t author, int64_t at, const char *text,
                       const char *html);

/* "November 27", with the year when it is another one than now's. */
const char *sb_date_words(struct sb_call *c, const char *date);
/* Names for sentences; "someone" or "something" when there is none. */
const char *sb_name_of(struct sb_call *c, const char *table_sql, int64_t gid);

void sb_get_stories(struct sb_call *c);
void sb_create_story(struct sb_call *c);
void sb_get_story(struct sb_call *c);
void sb_delete_story(struct sb_call *c);
