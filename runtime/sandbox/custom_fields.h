/* custom_fields.h: values of custom fields on tasks, projects, portfolios and goals. */
#pragma once

#include "sandbox/request.h"

/* Gives the object an empty value for each field that is set on parent (a project, or the object
 * itself). */
void sb_values_attach(struct sb_db *db, int64_t object, int64_t parent);

/* Sets {field gid: value} on the object; null clears. Each field must apply to the object, each
 * value fit the field's type. With stories, every change becomes one. */
void sb_values_set(struct sb_call *c, int64_t object, const cJSON *values, bool stories);

/* Writes the display text of a value anew. */
void sb_value_display(struct sb_db *db, struct arena *a, int64_t value);
