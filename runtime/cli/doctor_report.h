/* doctor_report.h: what doctor has found, line by line on standard output. Main thread. */
#pragma once

#include <stdbool.h>

enum finding { FOUND_OK, FOUND_WARN, FOUND_FAIL };

struct report {
    bool failed; /* something has to be done first */
};

void __attribute__((format(printf, 4, 5)))
tell(struct report *r, enum finding finding, const char *what, const char *fmt, ...);
