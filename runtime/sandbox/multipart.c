#include "sandbox/multipart.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* A parameter's value, in quotes or not; NULL: there is none. name is like "; boundary=". */
static char *parameter(struct arena *a, struct slice head, const char *name)
{
    struct slice before, value;
    if (!slice_until(&head, name, &before))
        return NULL;
    if (head.len && *head.data == '"') {
        head.data++;
        head.len--;
        return slice_until(&head, "\"", &value) ? arena_strndup(a, value.data, value.len) : NULL;
    }
    size_t len = 0;
    while (len < head.len && !strchr("; \t\r\n", head.data[len]))
        len++;
    return arena_strndup(a, head.data, len);
}

/* Asana takes names URL-encoded. */
static void decode(char *text)
{
    char *to = text;
    for (const char *p = text; *p; p++) {
        char hex[3] = { p[0] == '%' ? p[1] : '\0', p[0] == '%' && p[1] ? p[2] : '\0', '\0' };
        bool coded = isxdigit((unsigned char)hex[0]) && isxdigit((unsigned char)hex[1]);
        *to++ = coded ? (char)strtol(hex, NULL, 16) : *p;
        p += coded ? 2 : 0;
    }
    *to = '\0';
}

static bool read_part(struct arena *a, struct slice head, struct slice bytes, struct sb_part *out)
{
    char *file = parameter(a, head, "; filename=");
    if (file)
        decode(file);
    *out = (struct sb_part){ parameter(a, head, "; name="), file, bytes };
    return out->name != NULL;
}

bool sb_multipart_read(struct arena *a, const char *content_type, struct slice body,
                       struct sb_part parts[SB_PARTS], size_t *count)
{
    static const char kind[] = "multipart/form-data";
    struct slice head, bytes;
    *count = 0;
    if (!content_type || strncasecmp(content_type, kind, sizeof(kind) - 1) != 0)
        return false;
    const char *boundary = parameter(a, slice_of(content_type), "boundary=");
    const char *first = boundary ? arena_printf(a, "--%s\r\n", boundary) : NULL;
    const char *next = boundary ? arena_printf(a, "\r\n--%s", boundary) : NULL;
    if (!first || !next || !slice_until(&body, first, &head) || head.len)
        return false;
    for (;;) {
        if (*count == SB_PARTS || !slice_until(&body, "\r\n\r\n", &head) ||
            !slice_until(&body, next, &bytes) || !read_part(a, head, bytes, &parts[*count]))
            return false;
        ++*count;
        if (body.len >= 2 && memcmp(body.data, "--", 2) == 0)
            return true;
        if (body.len < 2 || memcmp(body.data, "\r\n", 2) != 0)
            return false;
    }
}
