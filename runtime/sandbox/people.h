/* people.h: users, teams and workspaces. */
#pragma once

#include "sandbox/request.h"

void sb_get_workspaces(struct sb_call *c);
void sb_get_workspace(struct sb_call *c);
void sb_get_user(struct sb_call *c);
void sb_get_users(struct sb_call *c);
void sb_get_users_for_workspace(struct sb_call *c);
void sb_get_users_for_team(struct sb_call *c);
void sb_get_user_task_list(struct sb_call *c);
void sb_get_user_task_list_for_user(struct sb_call *c);
void sb_get_team(struct sb_call *c);
void sb_get_teams_for_workspace(struct sb_call *c);
void sb_get_teams_for_user(struct sb_call *c);
