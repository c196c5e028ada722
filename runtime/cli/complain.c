#include "cli/commands.h"

#include <stdarg.h>
#include <stdio.h>

int complain(int code, const char *fmt, ...)
{
    char text[LIMIT_ERR_TEXT + 128];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    fprintf(stderr, "asana-mcp: %s\n", text);
    return code;
}
