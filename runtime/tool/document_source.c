#include "tool/document.h"

#include "base/json.h"
#include "tool/document_priv.h"

#include <string.h>

#define PERSONS_FIELDS "owner.name,workspace.name,custom_fields.name,custom_fields.display_value"
#define STATUS_FIELDS "title,text,status_type,created_at,created_by.name"

/* GET before GID behind, or GET before?parent=GID. */
static const struct source {
    enum ref_kind kind;
    enum document_role role;
    const char *before, *behind;
    const char *fields;
    unsigned limit; /* of a page; 0: takes none */
    unsigned pages;
} sources[] = {
    { REF_TASK, DOCUMENT_OBJECT, "/tasks/", "",
      "name,notes,resource_subtype,completed,completed_at,completed_by.name,approval_status,"
      "assignee.name,start_on,start_at,due_on,due_at,memberships.project.name,"
      "memberships.section.name,parent.name,tags.name,followers.name,dependencies.name,"
      "dependents.name,num_subtasks,created_by.name,created_at,modified_at,workspace.name,"
      "permalink_url,custom_fields.name,custom_fields.display_value",
      0, 1 },
    { REF_TASK, DOCUMENT_SUBTASKS, "/tasks/", "/subtasks", "name,completed,assignee.name,due_on",
      LIMIT_DOCUMENT_ITEMS, 1 },
    /* The whole history: Asana has no filter for comments. */
    { REF_TASK, DOCUMENT_COMMENTS, "/tasks/", "/stories", "type,text,created_at,created_by.name",
      100, LIMIT_DOCUMENT_PAGES },
    { REF_PROJECT, DOCUMENT_OBJECT, "/projects/", "",
      "name,notes,archived,completed,completed_at,start_on,due_on,team.name,members.name,"
      "privacy_setting,created_at,modified_at,permalink_url," PERSONS_FIELDS,
      0, 1 },
    { REF_PROJECT, DOCUMENT_SECTIONS, "/projects/", "/sections", "name", LIMIT_DOCUMENT_ITEMS, 1 },
    { REF_PROJECT, DOCUMENT_COUNTS, "/projects/", "/task_counts",
      "num_tasks,num_incomplete_tasks,num_completed_tasks,num_milestones,"
      "num_incomplete_milestones,num_completed_milestones",
      0, 1 },
    /* Several, to be sure that the newest is among them: their order is not promised. */
    { REF_PROJECT, DOCUMENT_STATUS, "/status_updates", NULL, STATUS_FIELDS, 10, 1 },
    { REF_PORTFOLIO, DOCUMENT_OBJECT, "/portfolios/", "",
      "name,archived,start_on,due_on,members.name,created_by.name,created_at,"
      "permalink_url," PERSONS_FIELDS,
      0, 1 },
    { REF_PORTFOLIO, DOCUMENT_ITEMS, "/portfolios/", "/items",
      "name,resource_type,archived,completed,owner.name,due_on,current_status_update.title",
      LIMIT_DOCUMENT_ITEMS, 1 },
    { REF_PORTFOLIO, DOCUMENT_STATUS, "/status_updates", NULL, STATUS_FIELDS, 10, 1 },
    { REF_GOAL, DOCUMENT_OBJECT, "/goals/", "",
      "name,notes,status,start_on,due_on,time_period.display_name,team.name,followers.name,"
      "is_workspace_level,metric.unit,metric.currency_code,metric.progress_source,"
      "metric.initial_number_value,metric.current_number_value,metric.target_number_value,"
      "metric.current_display_value," PERSONS_FIELDS,
      0, 1 },
    { REF_GOAL, DOCUMENT_PARENTS, "/goals/", "/parentGoals", "name,owner.name,status", 0, 1 },
    { REF_GOAL, DOCUMENT_STATUS, "/status_updates", NULL, STATUS_FIELDS, 10, 1 },
    { REF_USER, DOCUMENT_OBJECT, "/users/", "",
      "name,email,workspaces.name,workspaces.is_organization", 0, 1 },
    /* Asana lists them by organization: a page is what one of them answers. */
    { REF_USER, DOCUMENT_TEAMS, "/users/", "/teams", "name,organization.name", LIMIT_DOCUMENT_ITEMS,
      LIMIT_DOCUMENT_PAGES },
};

static const struct source *source_of(enum ref_kind kind, enum document_role role)
{
    for (size_t i = 0; i < sizeof(sources) / sizeof(*sources); i++)
        if (sources[i].kind == kind && sources[i].role == role)
            return &sources[i];
    return NULL;
}

bool document_has(enum ref_kind kind, enum document_role role)
{
    return role != DOCUMENT_TEAMS && source_of(kind, role) != NULL;
}

/* The organization whose teams the next page lists, or NULL: pages go by the places among the
 * person's workspaces that have teams. */
static const cJSON *next_organization(const struct document *d)
{
    unsigned skip = d->parts[DOCUMENT_TEAMS].page_count;
    const cJSON *place;
    cJSON_ArrayForEach (place, json_get(document_object(d), "workspaces"))
        if (!cJSON_IsFalse(json_get(place, "is_organization")) && doc_text(place, "gid") &&
            skip-- == 0)
            return place;
    return NULL;
}

bool document_follows(const struct document *d, enum document_role role)
{
    return d->ref.kind == REF_USER && role == DOCUMENT_TEAMS && next_organization(d);
}

bool document_ask(const struct document *d, enum document_role role, struct asana_req *r,
                  struct err *err)
{
    const struct source *s = source_of(d->ref.kind, role);
    asana_req_init(r, ASANA_GET);
    asana_path(r, s->before);
    if (s->behind) {
        asana_path_arg(r, d->ref.gid);
        asana_path(r, s->behind);
    } else {
        asana_query_str(r, "parent", d->ref.gid);
    }
    if (s->limit)
        asana_query_int(r, "limit", (struct arg_int){ ARG_VALUE, s->limit });
    if (role == DOCUMENT_TEAMS)
        asana_query_str(r, "organization", doc_text(next_organization(d), "gid"));
    else
        asana_query_str(r, "offset", d->parts[role].next);
    asana_query_str(r, "opt_fields", s->fields);
    return asana_req_end(r, err);
}

bool document_take(struct document *d, enum document_role role, struct slice body,
                   struct arena *arena)
{
    const struct source *s = source_of(d->ref.kind, role);
    struct document_part *part = &d->parts[role];
    bool list = role != DOCUMENT_OBJECT && role != DOCUMENT_COUNTS;
    const cJSON *answer = json_parse(arena, body, NULL);
    const cJSON *data = json_get(answer, "data");
    if (list ? !cJSON_IsArray(data) : !cJSON_IsObject(data)) {
        part->failure =
            answer ? "Asana's answer is not of the expected form" : "Asana's answer is too large";
        return false;
    }
    part->pages[part->page_count++] = data;
    const char *next = json_get_string(json_get(answer, "next_page"), "offset");
    bool room = part->page_count < s->pages;
    if (role != DOCUMENT_TEAMS) {
        part->next = next;
        return next && room;
    }
    bool more = next_organization(d) != NULL;
    if (next || (more && !room))
        part->next = "";
    return more && room;
}
