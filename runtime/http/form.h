/* form.h: what browsers and OAuth clients send: application/x-www-form-urlencoded bodies (WHATWG
 * URL standard, section 5), cookies (RFC 6265) and Basic credentials (RFC 7617).
 *
 * Pure functions; any thread. */
#pragma once

#include "base/arena.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>

struct form_field {
    const char *name;
    const char *value;
};

struct form {
    const struct form_field *fields;
    size_t count;
};

/* The body of a request whose Content-Type (may be NULL) says that it is a form; else false. */
bool form_read(const char *content_type, struct slice body, struct arena *arena, struct form *out);
/* Decoded copies in the arena. False when it is malformed, is not UTF-8, holds a NUL, or has more
 * than LIMIT_FORM_FIELDS fields. */
bool form_parse(struct slice body, struct arena *arena, struct form *out);
/* The one value of that name; NULL when there is none, or several (OAuth 2.1, section 3.1:
 * parameters must not be repeated). */
const char *form_get(const struct form *form, const char *name);
bool form_repeats(const struct form *form, const char *name);
/* The parts of a Basic Authorization header, each of them a form's text (RFC 6749, section 2.3.1).
 * False when it is none; what was decoded is wiped but for the copies in the arena. */
bool basic_read(const char *header, struct arena *arena, const char **id, const char **secret);
/* The value of a cookie, copied into the arena; NULL when absent. header may be NULL. */
const char *cookie_get(const char *header, const char *name, struct arena *arena);
