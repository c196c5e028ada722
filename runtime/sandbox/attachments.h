/* attachments.h: files on tasks and projects: what is known about them, and their content under a
 * link that expires. */
#pragma once

#include "sandbox/request.h"
#include "sandbox/state.h"

void sb_get_attachment(struct sb_call *c);
void sb_get_attachments(struct sb_call *c);
void sb_create_attachment(struct sb_call *c);

/* Content behind a download link ("/files/GID?until=MS"): fills out and returns the status. The
 * link itself is the permission. */
unsigned sb_file_content(struct sandbox *s, const char *gid, const char *until, struct buf *out);
