/* projects.h: projects, their sections and status updates. */
#pragma once

#include "sandbox/request.h"

void sb_get_project(struct sb_call *c);
void sb_get_projects(struct sb_call *c);
void sb_get_projects_for_workspace(struct sb_call *c);
void sb_get_projects_for_team(struct sb_call *c);
void sb_create_project(struct sb_call *c);
void sb_update_project(struct sb_call *c);
void sb_delete_project(struct sb_call *c);
void sb_get_task_counts(struct sb_call *c);
void sb_get_sections(struct sb_call *c);
void sb_get_section(struct sb_call *c);

void sb_get_project_statuses(struct sb_call *c);
void sb_get_project_status(struct sb_call *c);
void sb_create_project_status(struct sb_call *c);
void sb_get_status_updates(struct sb_call *c);
void sb_get_status_update(struct sb_call *c);
void sb_create_status_update(struct sb_call *c);
void sb_delete_status_update(struct sb_call *c);
