#include "cli/doctor_report.h"

#include <stdarg.h>
#include <stdio.h>

void tell(struct report *r, enum finding finding, const char *what, const char *fmt, ...)
{
    static const char *const words[] = { "ok", "warn", "fail" };
    va_list ap;
    r->failed |= finding == FOUND_FAIL;
    printf("%-4s  %-10s  ", words[finding], what);
    va_start(ap, fmt);
    vprintf(fmt, ap);
    va_end(ap);
    putchar('\n');
    fflush(stdout); /* the next check may take a while */
}
