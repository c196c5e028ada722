#include "sandbox/custom_fields.h"
#include "sandbox/seed_parts.h"

#include <string.h>

/* Fields of Acme Corp; where each is used. */
static const struct field {
    const char *name;
    const char *type;
    const char *description;
    const char *format;
    int precision;
    const char *currency;
    const char *label;
    const char *options[5];
    int projects[PROJECTS]; /* ended by -1 */
} fields[] = {
    { "Priority",
      "enum",
      "How soon it matters",
      "none",
      0,
      NULL,
      NULL,
      { "High", "Medium", "Low" },
      { MARKETING, LAUNCH, PLANNING, WEBSITE, MOBILE, -1 } },
    { "Effort",
      "number",
      "Days of work, as estimated",
      "custom",
      1,
      NULL,
      "days",
      { NULL },
      { LAUNCH, PLANNING, WEBSITE, MOBILE, -1 } },
    { "Next step",
      "text",
      "One sentence",
      "none",
      0,
      NULL,
      NULL,
      { NULL },
      { MARKETING, LAUNCH, RESEARCH, -1 } },
    { "Channels",
      "multi_enum",
      "Where it is published",
      "none",
      0,
      NULL,
      NULL,
      { "Blog", "E-mail", "Social media", "Events" },
      { MARKETING, -1 } },
    { "Go-live date",
      "date",
      "When customers see it",
      "none",
      0,
      NULL,
      NULL,
      { NULL },
      { LAUNCH, WEBSITE, -1 } },
    { "Reviewers",
      "people",
      "Who has a look before it goes out",
      "none",
      0,
      NULL,
      NULL,
      { NULL },
      { LAUNCH, WEBSITE, -1 } },
    { "Budget",
      "number",
      "Money set aside",
      "currency",
      2,
      "EUR",
      NULL,
      { NULL },
      { MARKETING, -1 } },
};

void seed_custom_fields(struct seed *s)
{
    static const char *const colors[] = { "red", "orange", "blue-green", "purple", "cool-gray" };
    for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
        const struct field *f = &fields[i];
        int64_t gid = sb_new_gid(s->db, "custom_field");
        sb_run(s->db,
               "INSERT INTO custom_field(gid, workspace, name, type, description, format, "
               "precision, currency, label,"
               " label_position, created_by) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, CASE WHEN "
               "?9 IS NULL THEN NULL ELSE"
               " 'suffix' END, ?10)",
               "iittttitti", gid, s->workspaces[ACME], f->name, f->type, f->description, f->format,
               (int64_t)f->precision, f->currency, f->label, s->people[DANIEL]);
        for (int o = 0; o < 5 && f->options[o]; o++) {
            int64_t option = sb_new_gid(s->db, "enum_option");
            sb_run(s->db,
                   "INSERT INTO enum_option(gid, field, name, color, position) VALUES(?1, ?2, ?3, "
                   "?4, ?5)",
                   "iitti", option, gid, f->options[o], colors[o], (int64_t)o);
            if (strcmp(f->name, "Priority") == 0)
                s->priorities[o] = option;
        }
        if (strcmp(f->name, "Priority") == 0)
            s->priority = gid;
        if (strcmp(f->name, "Effort") == 0)
            s->effort = gid;
        for (int p = 0; f->projects[p] >= 0; p++)
            sb_run(s->db,
                   "INSERT INTO field_setting(gid, parent, field, is_important, position) "
                   "VALUES(?1, ?2, ?3, 1, ?4)",
                   "iiii", sb_new_gid(s->db, "custom_field_setting"), s->projects[f->projects[p]],
                   gid, (int64_t)i);
    }
}

void seed_values(struct seed *s, int64_t task, const struct seed_task *t)
{
    static const char value[] = "SELECT id FROM field_value WHERE object = ?1 AND field = ?2";
    sb_values_attach(s->db, task, s->projects[t->project]);
    int64_t priority = sb_int(s->db, value, "ii", task, s->priority);
    int64_t effort = sb_int(s->db, value, "ii", task, s->effort);
    if (priority && t->priority != NO_PRIORITY) {
        sb_run(s->db, "UPDATE field_value SET option = ?2 WHERE id = ?1", "ii", priority,
               s->priorities[t->priority]);
        sb_value_display(s->db, s->arena, priority);
    }
    if (effort && t->effort > 0) {
        sb_run(s->db, "UPDATE field_value SET number = ?2 WHERE id = ?1", "id", effort, t->effort);
        sb_value_display(s->db, s->arena, effort);
    }
}
