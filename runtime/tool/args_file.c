#include "tool/args_priv.h"

#include "base/json.h"

#include <sodium.h>
#include <string.h>

#define FILE_EXPECTED                                                                       \
    "a file: {\"name\": \"notes.txt\", \"text\": \"…\"}, or with \"base64\" in place of " \
    "\"text\" for what is no text"

/* The part of an address "data:image/png;base64,…" that counts. */
static struct slice content_of(const char *base64)
{
    struct slice s = arg_trimmed(base64), head;
    static const char lead[] = "data:";
    if (s.len >= sizeof(lead) && memcmp(s.data, lead, sizeof(lead) - 1) == 0)
        slice_until(&s, ";base64,", &head);
    return s;
}

/* RFC 4648, either alphabet, with its padding or without, in lines or not. */
static bool decode(struct slice base64, char *out, size_t *len)
{
    static const int variants[] = {
        sodium_base64_VARIANT_ORIGINAL,
        sodium_base64_VARIANT_ORIGINAL_NO_PADDING,
        sodium_base64_VARIANT_URLSAFE,
        sodium_base64_VARIANT_URLSAFE_NO_PADDING,
    };
    for (size_t i = 0; i < sizeof(variants) / sizeof(*variants); i++)
        if (sodium_base642bin((unsigned char *)out, base64.len, base64.data, base64.len, " \t\r\n",
                              len, NULL, variants[i]) == 0)
            return true;
    return false;
}

static bool read_base64(struct args *a, const struct arg *arg, const char *base64,
                        struct arg_file *out)
{
    struct slice content = content_of(base64);
    char *bytes = arena_alloc(a->arena, content.len + 1);
    if (!bytes)
        return arg_no_memory(a);
    if (!decode(content, bytes, &out->len))
        return arg_refuse(a, arg,
                          "base64: this is none; give the file's bytes in base64 (RFC 4648), "
                          "or its \"text\" when it is a text");
    out->bytes = bytes;
    return true;
}

static bool read_name(struct args *a, const struct arg *arg, const char *name)
{
    if (!name || !*name)
        return arg_refuse(a, arg, "name: expected the file's name, as in \"notes.txt\"");
    if (strlen(name) > LIMIT_UPLOAD_NAME)
        return arg_refuse(a, arg, "name: at most %d bytes", LIMIT_UPLOAD_NAME);
    for (const char *p = name; *p; p++)
        if ((unsigned char)*p < ' ' || *p == 0x7f || *p == '/' || *p == '\\')
            return arg_refuse(a, arg,
                              "name: expected the name alone, without folders and control "
                              "characters");
    return true;
}

static bool read_file(struct args *a, const struct arg *arg, const cJSON *object,
                      struct arg_file *out)
{
    char shown[ARG_SHOWN];
    for (const cJSON *m = object->child; m; m = m->next) {
        bool known = strcmp(m->string, "name") == 0 || strcmp(m->string, "text") == 0 ||
                     strcmp(m->string, "base64") == 0;
        if (!known)
            return arg_refuse(a, arg, "%s is no member of a file; expected " FILE_EXPECTED,
                              arg_show_text(slice_of(m->string), shown));
        if (!cJSON_IsString(m))
            return arg_refuse(a, arg, "%s: expected a text, got %s", m->string, arg_show(m, shown));
    }
    const char *text = json_get_string(object, "text");
    const char *base64 = json_get_string(object, "base64");
    out->name = json_get_string(object, "name");
    if (!read_name(a, arg, out->name))
        return false;
    if (!text == !base64)
        return arg_refuse(a, arg, "give its content either as \"text\" or as \"base64\"");
    out->text = text != NULL;
    out->bytes = text;
    out->len = text ? strlen(text) : 0;
    if (base64 && !read_base64(a, arg, base64, out))
        return false;
    if (out->len > LIMIT_UPLOAD)
        return arg_refuse(
            a, arg,
            "a file may have %u bytes here, and this one has %zu; attach a link to it "
            "instead",
            LIMIT_UPLOAD, out->len);
    return true;
}

const struct arg_file *args_file(struct args *a, const char *name, unsigned flags)
{
    struct arg arg = { .name = name, .flags = flags, .expected = FILE_EXPECTED };
    if (arg_find(a, &arg) != ARG_VALUE)
        return NULL;
    const cJSON *object = arg_object(a, &arg);
    struct arg_file *out = object ? arena_zalloc(a->arena, 1, sizeof(*out)) : NULL;
    if (object && !out)
        arg_no_memory(a);
    return out && read_file(a, &arg, object, out) ? out : NULL;
}
