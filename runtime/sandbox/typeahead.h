/* typeahead.h: GET /workspaces/{gid}/typeahead: the names that fit what somebody is typing. */
#pragma once

#include "sandbox/request.h"

void sb_typeahead(struct sb_call *c);
