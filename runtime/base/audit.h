/* audit.h: who did what, one JSON object a line, in a file of its own (--audit-log).
 *
 *     AUDIT("tool.called", LOG_STR("tool", name), LOG_STR("outcome", "ok"));
 *     {"time":"…","event":"tool.called","request":"5f0c…","address":"…","person":"1204…",
 *      "client":"…","client_name":"…","grant":"…","tool":"…","outcome":"ok"}
 *
 * Time and, as far as they are known, request and caller are put in front by themselves (trail.h).
 * Like the log it is one per process. Any thread may write: a line is queued and a thread of its
 * own takes it to the file, so that no disk is ever waited for. When the disk cannot follow
 * (LIMIT_AUDIT_QUEUE) or fails, lines are lost: they are counted, the log says so at once, and a
 * line "audit.lost" with their number stands in the file where they are missing. Requests are
 * served all the same: whoever must not serve unaudited watches the log for "audit.failed". */
#pragma once

#include "base/err.h"
#include "base/log.h"

struct audit_file;

/* Opens it at once. path: opened for appending, made when missing (mode 0640); "-" is standard
 * error; NULL: from then on none is written. arguments: what callers sent is written, too
 * (--audit-arguments). This and the following, up to audit_close(), from one thread. */
bool audit_open(const char *path, bool arguments, struct err *err);
/* The same in two steps, of which the second cannot fail: lines that were written before it go
 * where they belonged, those after it into file, which it takes. */
bool audit_file_open(const char *path, struct audit_file **out, struct err *err);
void audit_take(struct audit_file *file, bool arguments);
/* One that is not taken after all. Accepts NULL. */
void audit_file_free(struct audit_file *file);
/* From the next line on the file that has the name by then: after it was renamed by who rotates
 * it. When it cannot be opened, the log says so and lines go on to where they went. */
void audit_reopen(void);
/* Writes what is queued and ends the thread; nobody may write any more. Nothing happens when it is
 * not open. */
void audit_close(void);

bool audit_is_open(void);
bool audit_wants_arguments(void);
/* Lines that were lost since the start. */
unsigned long long audit_lost(void);

void audit_write(const char *event, const struct log_pair *pairs);
#define AUDIT(event, ...)                                 \
    do {                                                  \
        if (audit_is_open())                              \
            audit_write((event), LOG_PAIRS(__VA_ARGS__)); \
    } while (0)
