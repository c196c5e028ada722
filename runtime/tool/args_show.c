#include "tool/args_priv.h"

#include "tool/show.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MAX_SHOWN_CHARS = 40 };

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

struct slice arg_trimmed(const char *s)
{
    size_t len = strlen(s);
    while (len > 0 && is_space(s[len - 1]))
        len--;
    while (len > 0 && is_space(*s)) {
        s++;
        len--;
    }
    return (struct slice){ s, len };
}

const char *arg_copy(struct args *a, struct slice s)
{
    char *copy = arena_strndup(a->arena, s.data, s.len);
    return copy ? copy : arg_no_memory(a);
}

const char *arg_show_text(struct slice text, char out[ARG_SHOWN])
{
    return show_text(text, MAX_SHOWN_CHARS, out, ARG_SHOWN);
}

const char *arg_show(const cJSON *value, char out[ARG_SHOWN])
{
    if (cJSON_IsString(value))
        return value->valuestring[0] ? arg_show_text(slice_of(value->valuestring), out)
                                     : "an empty text";
    if (cJSON_IsBool(value))
        return cJSON_IsTrue(value) ? "true" : "false";
    if (cJSON_IsNull(value))
        return "null";
    if (cJSON_IsObject(value))
        return value->child ? "an object" : "an empty object";
    if (cJSON_IsArray(value))
        return value->child ? "a list" : "an empty list";
    double v = value->valuedouble;
    if (fabs(v) <= 9007199254740992.0 && v == nearbyint(v))
        snprintf(out, ARG_SHOWN, "the number %.0f", v);
    else
        snprintf(out, ARG_SHOWN, "the number %.15g", v);
    return out;
}
