/* err.h: why something could not be done, in words for the person or model who has to act on it.
 *
 * Functions that can fail return bool and fill a caller-owned struct err. Whoever ends the request
 * logs the failure, once; others only pass it on. */
#pragma once

#include "base/limits.h"

#include <stdbool.h>

enum err_kind {
    ERR_NONE,
    ERR_ARGS,     /* the caller's input; the text says what was expected and what came */
    ERR_SYNTAX,   /* text that does not parse */
    ERR_LIMIT,    /* a ceiling of limits.h was passed */
    ERR_MEMORY,   /* malloc failed, or an arena is full */
    ERR_IO,       /* the network, a file or a descriptor refused */
    ERR_SETTINGS, /* flag, environment or settings file; the command line exits 2 */
};

struct err {
    enum err_kind kind;
    char text[LIMIT_ERR_TEXT];
};

/* Fills err (which may be NULL), cutting the text at the ceiling without splitting a UTF-8
 * sequence. Always returns false, so that a check and its failure fit one statement. */
__attribute__((cold)) bool err_set(struct err *err, enum err_kind kind, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
