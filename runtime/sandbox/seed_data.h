/* seed_data.h: the tables that seed.c turns into objects. Constant data; people, projects and
 * sections are meant by their place. */
#pragma once

#include <stddef.h>

enum { ACME, SIDE };
enum { NOBODY = -1, ADA, BJORN, CHLOE, DANIEL, EMRE, FATIMA, GRACE, HIROSHI, INES, JAKUB, PEOPLE };
enum { T_MARKETING, T_PRODUCT, T_ENGINEERING, T_DESIGN, T_OPERATIONS, TEAMS };
enum {
    MARKETING,
    LAUNCH,
    PLANNING,
    WEBSITE,
    MOBILE,
    RESEARCH,
    HIRING,
    OPERATIONS,
    BOARD,
    REFRESH,
    GARDEN,
    PODCAST,
    PROJECTS
};
enum { TASK, MILESTONE, APPROVAL };
enum { HIGH, MEDIUM, LOW, NO_PRIORITY };

/* Due days: so many days from today, or the n-th day of this week (Monday is 0), whatever day today
 * is. */
#define TODAY(n) (n)
#define WEEK(n) (1000 + (n))
#define NONE 9999

#define SEED_MEMBERS 12
#define SEED_SECTIONS 6

struct seed_person {
    const char *name;
    const char *email;
    const char *token;
};
struct seed_team {
    const char *name;
    const char *description;
    int members[SEED_MEMBERS]; /* ended by NOBODY */
};
struct seed_project {
    const char *name;
    int workspace;
    int team; /* -1: none */
    int owner;
    const char *notes;
    const char *color;
    const char *icon;
    const char *view;
    const char *privacy;
    int due; /* days from today, NONE */
    int archived;
    int members[SEED_MEMBERS];
    const char *sections[SEED_SECTIONS];
};
struct seed_task {
    int project;
    int section;
    const char *name;
    int assignee;
    int due;
    int done; /* completed so many days ago; 0: not */
    int subtype;
    int priority;
    double effort;
};
struct seed_subtask {
    const char *parent; /* by name */
    const char *name;
    int assignee;
    int due;
    int done;
};
struct seed_note {
    const char *task;
    const char *html; /* inside of <body> */
};
struct seed_comment {
    const char *task;
    int author;
    int days_ago;
    const char *text;
};
struct seed_tagging {
    const char *tag;
    const char *task;
};
struct seed_link {
    const char *task;
    const char *needs;
};
struct seed_status {
    int project;
    int author;
    int days_ago;
    const char *color;
    const char *title;
    const char *text;
};

extern const struct seed_person seed_people[PEOPLE];
extern const struct seed_team seed_teams[TEAMS];
extern const struct seed_project seed_projects[PROJECTS];
/* The rest ends with a row of zeros. */
extern const struct seed_task seed_tasks[];
extern const struct seed_subtask seed_subtasks[];
extern const struct seed_note seed_notes[];
extern const struct seed_comment seed_comments[];
extern const struct seed_tagging seed_taggings[];
extern const struct seed_link seed_links[];
extern const struct seed_status seed_statuses[];
