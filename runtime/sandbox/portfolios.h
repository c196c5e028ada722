/* portfolios.h: portfolios with their items, and allocations of people to projects. */
#pragma once

#include "sandbox/request.h"

void sb_get_portfolios(struct sb_call *c);
void sb_get_portfolio(struct sb_call *c);
void sb_get_portfolio_items(struct sb_call *c);
void sb_get_allocations(struct sb_call *c);
