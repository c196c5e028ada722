#include "tool/document.h"

#include "base/json.h"
#include "tool/document_priv.h"
#include "tool/markdown.h"

#include <math.h>
#include <string.h>

/* Names in one line, as of followers. */
#define NAMES_MAX 20

const cJSON *document_object(const struct document *d)
{
    return d->parts[DOCUMENT_OBJECT].pages[0];
}

const char *document_title(const struct document *d)
{
    return doc_name(document_object(d));
}

/* What Asana says it is, since "me" is no gid. */
static const char *own_gid(const struct document *d)
{
    char gid[REF_GID_SIZE];
    const char *said = doc_text(document_object(d), "gid");
    return d->ref.kind == REF_USER && said && ref_gid(said, gid) ? said : d->ref.gid;
}

void document_put_link(const struct document *d, struct buf *out)
{
    const char *link = doc_text(document_object(d), "permalink_url");
    if (link && strncmp(link, "https://", 8) == 0)
        markdown_line(out, link, LIMIT_DOCUMENT_NAME);
    else
        ref_put_link(out, d->ref.kind, own_gid(d));
}

/* ---- what the parts use too ---- */

const char *doc_text(const cJSON *object, const char *name)
{
    const char *text = json_get_string(object, name);
    return text && *text ? text : NULL;
}

const char *doc_name(const cJSON *object)
{
    const char *name = doc_text(object, "name");
    return name ? name : "(no name)";
}

bool doc_true(const cJSON *object, const char *name)
{
    return cJSON_IsTrue(json_get(object, name));
}

const char *doc_person(const cJSON *item, const char *member)
{
    return doc_text(json_get(item, member), "name");
}

void doc_begin_fact(struct page *p, const char *label)
{
    buf_str(p->out, "- ");
    buf_str(p->out, label);
    buf_str(p->out, ": ");
}

void doc_put_name(struct page *p, const char *name)
{
    markdown_line(p->out, name, LIMIT_DOCUMENT_NAME);
}

void doc_fact(struct page *p, const char *label, const char *value)
{
    if (!value)
        return;
    doc_begin_fact(p, label);
    doc_put_name(p, value);
    buf_char(p->out, '\n');
}

void doc_put_words(struct page *p, const char *code)
{
    size_t start = p->out->len;
    doc_put_name(p, code);
    for (size_t i = start; i < p->out->len; i++)
        if (p->out->data[i] == '_')
            p->out->data[i] = ' ';
}

/* ---- facts ---- */

static void fact_member(struct page *p, const char *label, const char *member)
{
    doc_fact(p, label, doc_text(p->object, member));
}

/* The name of the object in a member. */
static void fact_name(struct page *p, const char *label, const char *member)
{
    doc_fact(p, label, doc_person(p->object, member));
}

/* Of two members that say the same, the more exact one. */
static void fact_date(struct page *p, const char *label, const char *exact, const char *date)
{
    fact_member(p, label, doc_text(p->object, exact) ? exact : date);
}

static void fact_names(struct page *p, const char *label, const char *member)
{
    const cJSON *list = json_get(p->object, member);
    if (!cJSON_IsArray(list) || !list->child)
        return;
    int shown = 0;
    doc_begin_fact(p, label);
    for (const cJSON *item = list->child; item && shown < NAMES_MAX; item = item->next) {
        const char *name = doc_text(item, "name");
        const char *gid = doc_text(item, "gid");
        buf_str(p->out, shown++ ? ", " : "");
        doc_put_name(p, name ? name : gid ? gid : "(no name)");
    }
    int more = cJSON_GetArraySize(list) - shown;
    if (more > 0) {
        buf_str(p->out, " and ");
        buf_int(p->out, more);
        buf_str(p->out, " more");
    }
    buf_char(p->out, '\n');
}

static void fact_words(struct page *p, const char *label, const char *member)
{
    const char *code = doc_text(p->object, member);
    if (!code)
        return;
    doc_begin_fact(p, label);
    doc_put_words(p, code);
    buf_char(p->out, '\n');
}

static void done_fact(struct page *p)
{
    doc_begin_fact(p, "Status");
    if (!doc_true(p->object, "completed")) {
        buf_str(p->out, "open\n");
        return;
    }
    buf_str(p->out, "completed");
    const char *at = doc_text(p->object, "completed_at");
    const char *by = doc_person(p->object, "completed_by");
    if (at) {
        buf_char(p->out, ' ');
        doc_put_name(p, at);
    }
    if (by) {
        buf_str(p->out, " by ");
        doc_put_name(p, by);
    }
    buf_char(p->out, '\n');
}

/* "Marketing (section Doing)", one line each: a task may be in many projects. */
static void membership_facts(struct page *p)
{
    int shown = 0;
    const cJSON *item = NULL;
    cJSON_ArrayForEach (item, json_get(p->object, "memberships")) {
        const cJSON *project = json_get(item, "project");
        const char *section = doc_person(item, "section");
        const char *gid = doc_text(project, "gid");
        if (!project || shown++ == NAMES_MAX)
            continue;
        doc_begin_fact(p, "Project");
        doc_put_name(p, doc_name(project));
        if (section) {
            buf_str(p->out, ", section ");
            doc_put_name(p, section);
        }
        if (gid) {
            buf_str(p->out, " (project:");
            doc_put_name(p, gid);
            buf_char(p->out, ')');
        }
        buf_char(p->out, '\n');
    }
}

static void link_fact(struct page *p)
{
    doc_begin_fact(p, "Link");
    document_put_link(p->d, p->out);
    buf_char(p->out, '\n');
}

static void task_facts(struct page *p)
{
    const char *subtype = doc_text(p->object, "resource_subtype");
    const cJSON *parent = json_get(p->object, "parent");
    const char *parent_gid = doc_text(parent, "gid");
    done_fact(p);
    if (subtype && strcmp(subtype, "default_task") != 0)
        fact_words(p, "Kind", "resource_subtype");
    fact_words(p, "Approval", "approval_status");
    const char *assignee = doc_person(p->object, "assignee");
    doc_fact(p, "Assignee", assignee ? assignee : "nobody");
    fact_date(p, "Start", "start_at", "start_on");
    fact_date(p, "Due", "due_at", "due_on");
    membership_facts(p);
    if (parent_gid) {
        doc_begin_fact(p, "Subtask of");
        doc_put_name(p, doc_name(parent));
        buf_str(p->out, " (task:");
        doc_put_name(p, parent_gid);
        buf_str(p->out, ")\n");
    }
    fact_names(p, "Waits for", "dependencies");
    fact_names(p, "Holds up", "dependents");
    fact_names(p, "Tags", "tags");
    fact_names(p, "Followers", "followers");
    fact_name(p, "Created by", "created_by");
}

static int64_t count_of(const cJSON *counts, const char *name)
{
    const cJSON *n = json_get(counts, name);
    return cJSON_IsNumber(n) && fabs(n->valuedouble) < 1e15 ? (int64_t)n->valuedouble : 0;
}

static void count_fact(struct page *p, const char *label, const char *all, const char *open)
{
    const cJSON *counts = p->d->parts[DOCUMENT_COUNTS].pages[0];
    if (!cJSON_IsNumber(json_get(counts, all)))
        return;
    doc_begin_fact(p, label);
    buf_int(p->out, count_of(counts, all));
    buf_str(p->out, ", of these ");
    buf_int(p->out, count_of(counts, open));
    buf_str(p->out, " open\n");
}

static void project_facts(struct page *p)
{
    done_fact(p);
    if (doc_true(p->object, "archived"))
        doc_fact(p, "Archived", "yes");
    fact_name(p, "Owner", "owner");
    fact_member(p, "Start", "start_on");
    fact_member(p, "Due", "due_on");
    count_fact(p, "Tasks", "num_tasks", "num_incomplete_tasks");
    if (count_of(p->d->parts[DOCUMENT_COUNTS].pages[0], "num_milestones"))
        count_fact(p, "Milestones", "num_milestones", "num_incomplete_milestones");
    fact_name(p, "Team", "team");
    fact_names(p, "Members", "members");
    fact_words(p, "Privacy", "privacy_setting");
}

static void portfolio_facts(struct page *p)
{
    if (doc_true(p->object, "archived"))
        doc_fact(p, "Archived", "yes");
    fact_name(p, "Owner", "owner");
    fact_member(p, "Start", "start_on");
    fact_member(p, "Due", "due_on");
    fact_names(p, "Members", "members");
    fact_name(p, "Created by", "created_by");
}

/* Of a percentage Asana sends the fraction. */
static bool put_value(struct page *p, const cJSON *metric, const char *before, const char *member)
{
    const cJSON *value = json_get(metric, member);
    const char *unit = doc_text(metric, "unit");
    const char *currency = doc_text(metric, "currency_code");
    if (!cJSON_IsNumber(value))
        return false;
    buf_str(p->out, before);
    if (unit && strcmp(unit, "percentage") == 0) {
        buf_double(p->out, round(value->valuedouble * 1e8) / 1e6);
        buf_char(p->out, '%');
        return true;
    }
    buf_double(p->out, value->valuedouble);
    if (unit && strcmp(unit, "currency") == 0 && currency) {
        buf_char(p->out, ' ');
        doc_put_name(p, currency);
    }
    return true;
}

static void metric_facts(struct page *p)
{
    const cJSON *metric = json_get(p->object, "metric");
    const char *display = doc_text(metric, "current_display_value");
    const char *source = doc_text(metric, "progress_source");
    if (!cJSON_IsObject(metric))
        return;
    doc_begin_fact(p, "Progress");
    if (!put_value(p, metric, "", "current_number_value"))
        doc_put_name(p, display ? display : "not known");
    put_value(p, metric, ", target ", "target_number_value");
    put_value(p, metric, ", started at ", "initial_number_value");
    buf_char(p->out, '\n');
    if (source) {
        doc_begin_fact(p, "Progress comes from");
        doc_put_words(p, source);
        buf_char(p->out, '\n');
    }
}

static void goal_facts(struct page *p)
{
    fact_words(p, "Status", "status");
    metric_facts(p);
    fact_name(p, "Owner", "owner");
    doc_fact(p, "Time period", doc_text(json_get(p->object, "time_period"), "display_name"));
    fact_member(p, "Start", "start_on");
    fact_member(p, "Due", "due_on");
    fact_name(p, "Team", "team");
    if (doc_true(p->object, "is_workspace_level"))
        doc_fact(p, "Level", "the whole workspace");
    fact_names(p, "Followers", "followers");
}

static void user_facts(struct page *p)
{
    fact_member(p, "Email", "email");
    doc_fact(p, "Gid", own_gid(p->d));
}

/* ---- the whole ---- */

static void common_facts(struct page *p)
{
    fact_name(p, "Workspace", "workspace");
    fact_member(p, "Created", "created_at");
    fact_member(p, "Modified", "modified_at");
    link_fact(p);
}

void document_write(const struct document *d, struct buf *out, struct document_cut *cut)
{
    static const struct {
        const char *title;
        void (*facts)(struct page *p);
        void (*parts[3])(struct page *p);
    } layouts[REF_DOCUMENTS] = {
        [REF_TASK] = { "# Task: ", task_facts, { doc_subtasks, doc_comments } },
        [REF_PROJECT] = { "# Project: ", project_facts, { doc_latest_status, doc_sections } },
        [REF_PORTFOLIO] = { "# Portfolio: ", portfolio_facts, { doc_latest_status, doc_items } },
        [REF_GOAL] = { "# Goal: ", goal_facts, { doc_latest_status, doc_parents } },
        [REF_USER] = { "# Person: ", user_facts, { doc_workspaces, doc_teams } },
    };
    struct page p = { .d = d, .object = document_object(d), .out = out, .cut = cut };
    *cut = (struct document_cut){ 0 };
    buf_str(out, layouts[d->ref.kind].title);
    doc_put_name(&p, document_title(d));
    buf_str(out, "\n\n");
    layouts[d->ref.kind].facts(&p);
    common_facts(&p);
    doc_description(&p);
    doc_custom_fields(&p);
    for (size_t i = 0; i < 3 && layouts[d->ref.kind].parts[i]; i++)
        layouts[d->ref.kind].parts[i](&p);
}

void document_put_metadata(const struct document *d, struct buf *out)
{
    static const char *const members[] = { "status",     "start_on",     "due_on",     "due_at",
                                           "created_at", "completed_at", "modified_at" };
    static const char *const named[] = { "workspace", "assignee", "owner", "team" };
    const cJSON *object = document_object(d);
    const cJSON *completed = json_get(object, "completed");
    buf_char(out, '{');
    buf_json_text(out, "type", ref_kind_name(d->ref.kind));
    buf_json_text(out, "gid", own_gid(d));
    if (cJSON_IsBool(completed))
        buf_json_text(out, "completed", cJSON_IsTrue(completed) ? "true" : "false");
    for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++)
        buf_json_text(out, members[i], doc_text(object, members[i]));
    for (size_t i = 0; i < sizeof(named) / sizeof(*named); i++)
        buf_json_text(out, named[i], doc_person(object, named[i]));
    buf_char(out, '}');
}
