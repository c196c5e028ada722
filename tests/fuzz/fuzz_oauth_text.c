/* fuzz_oauth_text.c: forms, cookies and redirect URIs of strangers. What passes is what it seems to
 * be: UTF-8, and a URI that has no second meaning. */
#include "base/utf8.h"
#include "http/form.h"
#include "oauth/redirect.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct arena *arena;
    if (!arena)
        arena = arena_new(8u << 20);
    arena_reset(arena);
    struct form form;
    char *text = arena_strndup(arena, (const char *)data, size);
    if (!text)
        return 0;
    if (form_parse((struct slice){ (const char *)data, size }, arena, &form))
        for (size_t i = 0; i < form.count; i++)
            if (!utf8_valid(slice_of(form.fields[i].name)) ||
                !utf8_valid(slice_of(form.fields[i].value)))
                abort();
    cookie_get(text, "a", arena);
    static const char *const any[] = { "any", NULL };
    bool sound = redirect_is_sound(text);
    if (redirect_allowed(any, text) != sound || (sound && strpbrk(text, " #\\\"<>\r\n\t")) ||
        (redirect_allowed(redirect_known, text) && !sound) || !redirect_same(text, text))
        abort();
    struct slice host = redirect_host(text);
    if (sound && !host.len)
        abort();
    return 0;
}
