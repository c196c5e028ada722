/* tags.h: tags and custom fields of a workspace. */
#pragma once

#include "sandbox/request.h"

void sb_get_tags(struct sb_call *c);
void sb_get_tags_for_workspace(struct sb_call *c);
void sb_get_tag(struct sb_call *c);
void sb_get_custom_field(struct sb_call *c);
