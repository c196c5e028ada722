/* seed_parts.h: what the files that fill the sandbox share. Lives while sb_seed() runs. */
#pragma once

#include "base/arena.h"
#include "sandbox/db.h"
#include "sandbox/seed_data.h"

#define SEED_DAY_MS INT64_C(86400000)

struct seed {
    struct sb_db *db;
    struct arena *arena;
    int64_t now;    /* ms */
    int64_t today;  /* days since 1970 */
    int64_t monday; /* of this week */
    int64_t workspaces[2];
    int64_t people[PEOPLE];
    int64_t teams[TEAMS];
    int64_t projects[PROJECTS];
    int64_t sections[PROJECTS][SEED_SECTIONS];
    int64_t priority, effort; /* custom fields */
    int64_t priorities[3];
};

const char *seed_date(struct seed *s, int64_t days);
/* Never in the future. */
int64_t seed_time(const struct seed *s, int64_t days_ago, int hour);
int64_t seed_task_named(struct seed *s, const char *name);

/* seed_fields.c: one custom field of each type, and the values of a task. */
void seed_custom_fields(struct seed *s);
void seed_values(struct seed *s, int64_t task, const struct seed_task *t);

/* seed_planning.c: time periods, goals, portfolios, allocations, files. */
void seed_planning(struct seed *s);
