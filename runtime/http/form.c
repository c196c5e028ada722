#include "http/form.h"

#include "base/limits.h"
#include "base/utf8.h"

#include <ctype.h>
#include <sodium.h>
#include <string.h>
#include <strings.h>

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)tolower((unsigned char)c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* NULL when it is malformed or memory is short. */
static const char *decode(struct slice text, struct arena *arena)
{
    char *out = arena_alloc(arena, text.len + 1);
    size_t n = 0;
    for (size_t i = 0; out && i < text.len; i++) {
        char c = text.data[i];
        if (c == '+')
            c = ' ';
        if (c == '%') {
            int high = i + 2 < text.len ? hex_digit(text.data[i + 1]) : -1;
            int low = high >= 0 ? hex_digit(text.data[i + 2]) : -1;
            if (low < 0)
                return NULL;
            c = (char)(high * 16 + low);
            i += 2;
        }
        if (c == '\0')
            return NULL;
        out[n++] = c;
    }
    if (!out || !utf8_valid((struct slice){ out, n }))
        return NULL;
    out[n] = '\0';
    return out;
}

bool form_read(const char *content_type, struct slice body, struct arena *arena, struct form *out)
{
    static const char form[] = "application/x-www-form-urlencoded";
    size_t len = sizeof(form) - 1;
    return content_type && strncasecmp(content_type, form, len) == 0 &&
           strchr("; \t", content_type[len]) && form_parse(body, arena, out);
}

bool basic_read(const char *header, struct arena *arena, const char **id, const char **secret)
{
    char plain[1024];
    size_t len = 0;
    if (strncasecmp(header, "Basic ", 6) != 0 ||
        sodium_base642bin((unsigned char *)plain, sizeof(plain), header + 6, strlen(header + 6),
                          " ", &len, NULL, sodium_base64_VARIANT_ORIGINAL) != 0)
        return false;
    const char *colon = memchr(plain, ':', len);
    size_t id_len = colon ? (size_t)(colon - plain) : 0;
    *id = colon ? decode((struct slice){ plain, id_len }, arena) : NULL;
    *secret = colon ? decode((struct slice){ colon + 1, len - id_len - 1 }, arena) : NULL;
    sodium_memzero(plain, sizeof(plain));
    return *id && *secret;
}

/* Cuts what stands before the next separator from the front of text. */
static struct slice cut(struct slice *text, char separator)
{
    const char *at = memchr(text->data, separator, text->len);
    struct slice part = { text->data, at ? (size_t)(at - text->data) : text->len };
    size_t used = part.len + (at != NULL);
    *text = (struct slice){ text->data + used, text->len - used };
    return part;
}

bool form_parse(struct slice body, struct arena *arena, struct form *out)
{
    struct form_field *fields = arena_zalloc(arena, LIMIT_FORM_FIELDS, sizeof(*fields));
    size_t count = 0;
    while (fields && body.len) {
        struct slice value = cut(&body, '&');
        if (!value.len)
            continue;
        if (count == LIMIT_FORM_FIELDS)
            return false;
        struct slice name = cut(&value, '=');
        fields[count] = (struct form_field){ decode(name, arena), decode(value, arena) };
        if (!fields[count].name || !fields[count].value)
            return false;
        count++;
    }
    *out = (struct form){ fields, count };
    return fields != NULL;
}

static size_t find(const struct form *form, const char *name, const char **value)
{
    size_t times = 0;
    for (size_t i = 0; i < form->count; i++) {
        if (strcmp(form->fields[i].name, name) != 0)
            continue;
        *value = form->fields[i].value;
        times++;
    }
    return times;
}

const char *form_get(const struct form *form, const char *name)
{
    const char *value = NULL;
    return find(form, name, &value) == 1 ? value : NULL;
}

bool form_repeats(const struct form *form, const char *name)
{
    const char *value;
    return find(form, name, &value) > 1;
}

const char *cookie_get(const char *header, const char *name, struct arena *arena)
{
    struct slice rest = slice_of(header ? header : "");
    while (rest.len) {
        struct slice value = cut(&rest, ';');
        while (value.len && (*value.data == ' ' || *value.data == '\t'))
            value = (struct slice){ value.data + 1, value.len - 1 };
        if (slice_is(cut(&value, '='), name))
            return arena_strndup(arena, value.data, value.len);
    }
    return NULL;
}
