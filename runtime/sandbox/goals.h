/* goals.h: goals, their metric, their parents, and the time periods they belong to. Paid plans
 * only. */
#pragma once

#include "sandbox/request.h"

void sb_get_goals(struct sb_call *c);
void sb_get_goal(struct sb_call *c);
void sb_create_goal(struct sb_call *c);
void sb_update_goal(struct sb_call *c);
void sb_set_goal_metric(struct sb_call *c);
void sb_get_parent_goals(struct sb_call *c);
void sb_get_time_periods(struct sb_call *c);
void sb_get_time_period(struct sb_call *c);
