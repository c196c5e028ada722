#include "sandbox/oauth_call.h"

#include <sodium.h>
#include <string.h>
#include <strings.h>

char *sb_oauth_unescape(struct arena *arena, struct slice text)
{
    const char *from = text.data;
    size_t len = text.len;
    char *out = arena_alloc(arena, len + 1);
    char *to = out;
    for (size_t i = 0; i < len && out; i++) {
        unsigned char byte = (unsigned char)from[i];
        if (byte == '+')
            byte = ' ';
        else if (byte == '%') {
            size_t got;
            if (len - i < 3 || sodium_hex2bin(&byte, 1, from + i + 1, 2, NULL, &got, NULL) != 0 ||
                got != 1)
                return NULL;
            i += 2;
        }
        if (!byte)
            return NULL;
        *to++ = (char)byte;
    }
    if (out)
        *to = '\0';
    return out;
}

static char *text_of(struct sb_oauth_call *c, const char *from, const char *end)
{
    return sb_oauth_unescape(c->arena, (struct slice){ from, (size_t)(end - from) });
}

bool sb_oauth_read_form(struct sb_oauth_call *c)
{
    static const char form[] = "application/x-www-form-urlencoded";
    const char *type = c->request->content_type;
    if (!type || strncasecmp(type, form, sizeof(form) - 1) != 0 ||
        !strchr("; ", type[sizeof(form) - 1]))
        return false;
    struct sb_param *params = arena_zalloc(c->arena, SB_OAUTH_PARAMS, sizeof(*params));
    const char *at = c->request->body.data;
    const char *end = at ? at + c->request->body.len : at;
    size_t count = 0;
    while (params && at < end) {
        const char *next = memchr(at, '&', (size_t)(end - at));
        const char *stop = next ? next : end;
        const char *equals = memchr(at, '=', (size_t)(stop - at));
        const char *name_end = equals ? equals : stop;
        if (stop > at) {
            if (count == SB_OAUTH_PARAMS)
                return false;
            struct sb_param *p = &params[count++];
            p->name = text_of(c, at, name_end);
            p->value = equals ? text_of(c, equals + 1, stop) : "";
            if (!p->name || !p->value)
                return false;
        }
        at = next ? next + 1 : end;
    }
    c->params = params;
    c->param_count = count;
    return params;
}
