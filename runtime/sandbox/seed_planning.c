#include "base/clock.h"
#include "sandbox/seed_parts.h"

/* Time periods of this year and the next, goals with and without metrics, portfolios (one in the
 * other), allocations, files. */

static int64_t period(struct seed *s, int64_t parent, const char *name, const char *shown, int year,
                      int from, int months)
{
    int64_t gid = sb_new_gid(s->db, "time_period");
    int end_year = from + months > 12 ? year + 1 : year;
    int end_month = from + months > 12 ? 1 : from + months;
    sb_run(s->db,
           "INSERT INTO time_period(gid, workspace, parent, period, display_name, start_on, end_on)"
           " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
           "iigtttt", gid, s->workspaces[ACME], parent, name, shown,
           seed_date(s, clock_days(year, from, 1)),
           seed_date(s, clock_days(end_year, end_month, 1) - 1));
    return gid;
}

/* Gives back the quarter that holds month. */
static int64_t year_periods(struct seed *s, int year, int month, int64_t *whole)
{
    static const char *const quarters[] = { "Q1", "Q2", "Q3", "Q4" };
    int64_t found = 0;
    *whole = period(s, 0, "FY", arena_printf(s->arena, "FY%d", year), year, 1, 12);
    for (int half = 0; half < 2; half++) {
        int64_t of =
            period(s, *whole, half ? "H2" : "H1",
                   arena_printf(s->arena, "H%d FY%d", half + 1, year), year, half * 6 + 1, 6);
        for (int q = half * 2; q < half * 2 + 2; q++) {
            int64_t gid =
                period(s, of, quarters[q], arena_printf(s->arena, "%s FY%d", quarters[q], year),
                       year, q * 3 + 1, 3);
            if ((month - 1) / 3 == q)
                found = gid;
        }
    }
    return found;
}

struct metric {
    const char *unit;
    const char *currency;
    int precision;
    double initial, target, current;
    const char *source;
};

static int64_t goal(struct seed *s, const char *name, int owner, int team, int64_t when,
                    const struct metric *m, const char *status)
{
    int64_t gid = sb_new_gid(s->db, "goal");
    sb_run(s->db,
           "INSERT INTO goal(gid, workspace, team, owner, name, time_period, start_on, due_on, "
           "is_workspace_level, status,"
           " created_at, created_by) SELECT ?1, ?2, ?3, ?4, ?5, gid, start_on, end_on, ?3 IS NULL, "
           "?7, ?8, ?4"
           " FROM time_period WHERE gid = ?6",
           "iigititi", gid, s->workspaces[ACME], team < 0 ? (int64_t)0 : s->teams[team],
           s->people[owner], name, when, status, seed_time(s, 80, 9));
    sb_run(s->db, "INSERT INTO goal_follower VALUES(?1, ?2)", "ii", gid, s->people[owner]);
    if (!m)
        return gid;
    sb_run(s->db,
           "UPDATE goal SET metric = ?2, unit = ?3, currency = ?4, precision = ?5, progress_source "
           "= ?6 WHERE gid = ?1",
           "iittit", gid, sb_new_gid(s->db, "goal_metric"), m->unit, m->currency,
           (int64_t)m->precision, m->source);
    sb_run(s->db, "UPDATE goal SET initial = ?2, target = ?3, current = ?4 WHERE gid = ?1", "iddd",
           gid, m->initial, m->target, m->current);
    return gid;
}

static void supports(struct seed *s, int64_t of, int64_t supporter)
{
    sb_run(s->db, "INSERT INTO goal_support VALUES(?1, ?2)", "ii", of, supporter);
}

static void goals(struct seed *s)
{
    int year;
    int month;
    int day;
    clock_date(s->today, &year, &month, &day);
    int64_t whole;
    int64_t next;
    int64_t quarter = year_periods(s, year, month, &whole);
    year_periods(s, year + 1, 1, &next);
    int64_t revenue =
        goal(s, "Grow yearly revenue to 12 million", FATIMA, -1, whole,
             &(struct metric){ "currency", "EUR", 0, 9e6, 12e6, 10.4e6, "manual" }, "green");
    int64_t trials =
        goal(s, "Turn 25% of trials into customers", ADA, T_MARKETING, quarter,
             &(struct metric){ "percentage", NULL, 1, 0.18, 0.25, 0.215, "manual" }, "yellow");
    int64_t launch =
        goal(s, "Launch the new version", DANIEL, T_PRODUCT, quarter,
             &(struct metric){ "percentage", NULL, 0, 0, 1, 0.6, "project_milestone_completion" },
             "green");
    int64_t interviews = goal(s, "Talk to 40 customers", GRACE, T_PRODUCT, quarter,
                              &(struct metric){ "none", NULL, 0, 0, 40, 17, "manual" }, NULL);
    goal(s, "A calm on-call rotation", EMRE, T_ENGINEERING, next, NULL, NULL);
    supports(s, revenue, trials);
    supports(s, revenue, launch);
    supports(s, launch, interviews);
    supports(s, launch, s->projects[LAUNCH]);
    supports(s, trials, s->projects[MARKETING]);
    supports(s, interviews, s->projects[RESEARCH]);
}

static int64_t portfolio(struct seed *s, const char *name, int owner, const int *projects,
                         int64_t nested)
{
    int64_t gid = sb_new_gid(s->db, "portfolio");
    int64_t position = 0;
    sb_run(
        s->db,
        "INSERT INTO portfolio(gid, workspace, owner, name, color, public, created_at, created_by)"
        " VALUES(?1, ?2, ?3, ?4, 'light-green', 1, ?5, ?3)",
        "iiiti", gid, s->workspaces[ACME], s->people[owner], name, seed_time(s, 70, 9));
    sb_run(s->db, "INSERT INTO portfolio_member VALUES(?1, ?2)", "ii", gid, s->people[owner]);
    for (; *projects >= 0; projects++)
        sb_run(s->db, "INSERT INTO portfolio_item VALUES(?1, ?2, ?3)", "iii", gid,
               s->projects[*projects], position++);
    if (nested)
        sb_run(s->db, "INSERT INTO portfolio_item VALUES(?1, ?2, ?3)", "iii", gid, nested,
               position);
    return gid;
}

static void allocations(struct seed *s)
{
    static const struct {
        int project, person, from, days;
        double percent;
    } rows[] = {
        { LAUNCH, BJORN, -14, 42, 60 },   { LAUNCH, EMRE, -7, 35, 40 },
        { LAUNCH, ADA, 0, 28, 30 },       { WEBSITE, ADA, 10, 30, 20 },
        { WEBSITE, HIROSHI, -5, 60, 80 }, { MOBILE, EMRE, -20, 90, 50 },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        sb_run(s->db,
               "INSERT INTO allocation(gid, parent, assignee, created_by, start_date, end_date, "
               "effort_type, effort)"
               " VALUES(?1, ?2, ?3, ?4, ?5, ?6, 'percent', ?7)",
               "iiiittd", sb_new_gid(s->db, "allocation"), s->projects[rows[i].project],
               s->people[rows[i].person], s->people[DANIEL], seed_date(s, s->today + rows[i].from),
               seed_date(s, s->today + rows[i].from + rows[i].days), rows[i].percent);
}

static void files(struct seed *s)
{
    static const struct {
        const char *task; /* NULL: the project Product Launch */
        const char *name;
        const char *content;
    } rows[] = {
        { "Brief the sales team", "main-messages.txt",
          "1. Faster\n2. Calmer\n3. On every device\n" },
        { "Brief the sales team", "questions & answers.txt", "Q: Does it cost more?\nA: No.\n" },
        { "Crash when a photo is shared twice", "stack-trace.txt",
          "java.lang.IllegalStateException: already attached\n" },
        { NULL, "launch-plan.csv", "week,what\n1,beta\n2,launch\n" },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        sb_run(s->db,
               "INSERT INTO attachment(gid, parent, name, subtype, created_at, created_by, host, "
               "content)"
               " VALUES(?1, ?2, ?3, 'asana', ?4, ?5, 'asana', ?6)",
               "iitiit", sb_new_gid(s->db, "attachment"),
               rows[i].task ? seed_task_named(s, rows[i].task) : s->projects[LAUNCH], rows[i].name,
               seed_time(s, 6, 14), s->people[ADA], rows[i].content);
}

void seed_planning(struct seed *s)
{
    goals(s);
    int64_t inner =
        portfolio(s, "Customer-facing work", ADA, (const int[]){ WEBSITE, MOBILE, -1 }, 0);
    portfolio(s, "Company priorities", ADA, (const int[]){ LAUNCH, PLANNING, MARKETING, -1 },
              inner);
    portfolio(s, "People and money", FATIMA, (const int[]){ HIRING, OPERATIONS, -1 }, 0);
    allocations(s);
    files(s);
}
