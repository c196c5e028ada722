#include "tool/args_priv.h"

#include "asana/richtext.h"
#include "base/clock.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Doubles up to here are exact integers. */
#define MAX_EXACT 9007199254740992.0
/* Asana's ids have 16 digits or so. */
enum { MAX_GID = 32, MAX_MAIL = 254, MAX_DATE = 64, MAX_NUMBER = 64 };

static const char *read_value(struct args *a, const char *name, unsigned flags,
                              const char *expected, arg_convert *convert)
{
    struct arg arg = { .name = name, .flags = flags, .expected = expected };
    enum arg_state state = arg_find(a, &arg);
    if (state != ARG_VALUE)
        return state == ARG_NULL ? arg_null : NULL;
    return convert(a, &arg);
}

/* ---- texts ---- */

static const char *plain(struct args *a, const struct arg *arg)
{
    if (!cJSON_IsString(arg->value))
        return arg_unexpected(a, arg, NULL);
    return arg->value->valuestring;
}

static const char *one_line(struct args *a, const struct arg *arg)
{
    const char *s = plain(a, arg);
    for (const char *p = s; p && *p; p++) {
        if ((unsigned char)*p < 0x20 || *p == 0x7f)
            return arg_unexpected(a, arg, "it may not hold line breaks or control characters");
    }
    return s;
}

const char *args_string(struct args *a, const char *name, unsigned flags)
{
    return read_value(a, name, flags, "a text of one line", one_line);
}

const char *args_text(struct args *a, const char *name, unsigned flags)
{
    return read_value(a, name, flags, "a text", plain);
}

static const char *html(struct args *a, const struct arg *arg)
{
    const char *s = plain(a, arg);
    enum richtext_kind kind = arg->flags & ARG_HTML_TASK ? RICHTEXT_TASK : RICHTEXT_BASIC;
    struct err why = { .kind = ERR_NONE };
    if (!s || richtext_check(slice_of(s), kind, &why))
        return s;
    return arg_refuse(a, arg, "%s", why.text);
}

const char *args_html(struct args *a, const char *name, unsigned flags)
{
    return read_value(a, name, flags,
                      "rich text, as in \"<body>Hello <strong>world</strong></body>\"", html);
}

static const char *offset(struct args *a, const struct arg *arg)
{
    if (cJSON_IsNumber(arg->value))
        return arg_unexpected(a, arg, "pages are not counted: leave it out for the first page");
    const char *s = one_line(a, arg);
    if (s && *s == '\0')
        return arg_unexpected(a, arg, "leave it out for the first page");
    return s;
}

const char *args_offset(struct args *a, const char *name, unsigned flags)
{
    return read_value(a, name, flags, "the offset of an answer's next_page, as it came", offset);
}

/* ---- people and things ---- */

bool arg_all_digits(struct slice s)
{
    for (size_t i = 0; i < s.len; i++) {
        if (s.data[i] < '0' || s.data[i] > '9')
            return false;
    }
    return s.len > 0;
}

/* An ID was read: notes it, and returns it (NULL too). Of "me" and addresses nothing is noted; of a
 * link or another form of an ID, the digits at its end. */
static const char *note(struct args *a, const char *gid)
{
    struct arg_objects *o = a->objects;
    if (!o || !gid)
        return gid;
    const char *digits = gid + strlen(gid);
    while (digits > gid && digits[-1] >= '0' && digits[-1] <= '9')
        digits--;
    if (!*digits || strlen(digits) > MAX_GID)
        return gid;
    if (o->count < LIMIT_AUDIT_OBJECTS)
        o->gids[o->count++] = digits;
    else
        o->more = true;
    return gid;
}

static const char *gid_of_number(struct args *a, const struct arg *arg)
{
    double v = arg->value->valuedouble;
    if (v > MAX_EXACT)
        return arg_unexpected(a, arg, "put the digits in quotes, a number this large is not exact");
    if (!(v >= 0) || v != floor(v))
        return arg_unexpected(a, arg, NULL);
    char *text = arena_printf(a->arena, "%.0f", v);
    return text ? note(a, text) : arg_no_memory(a);
}

static bool is_word(struct slice s, const char *word)
{
    return s.len == strlen(word) && strncasecmp(s.data, word, s.len) == 0;
}

static const char *gid_hint(const struct arg *arg, struct slice s)
{
    if (s.len == 0 || is_word(s, "null") || is_word(s, "none") || is_word(s, "undefined"))
        return arg_empty_hint(arg);
    if (memmem(s.data, s.len, "app.asana.com", strlen("app.asana.com")))
        return "from an address take only the digits of the thing's ID";
    return NULL;
}

const char *arg_gid(struct args *a, const struct arg *arg)
{
    if (cJSON_IsNumber(arg->value))
        return gid_of_number(a, arg);
    if (!cJSON_IsString(arg->value))
        return arg_unexpected(a, arg, NULL);
    struct slice s = arg_trimmed(arg->value->valuestring);
    if (!arg_all_digits(s) || s.len > MAX_GID)
        return arg_unexpected(a, arg, gid_hint(arg, s));
    return note(a, arg_copy(a, s));
}

const char *args_gid(struct args *a, const char *name, unsigned flags)
{
    return read_value(a, name, flags, ARG_GID_EXPECTED, arg_gid);
}

static const char *ref(struct args *a, const struct arg *arg)
{
    return cJSON_IsNumber(arg->value) ? gid_of_number(a, arg) : note(a, one_line(a, arg));
}

const char *args_ref(struct args *a, const char *name, unsigned flags)
{
    return read_value(a, name, flags, "an ID or a link", ref);
}

/* Something@something; whether it exists is Asana's business. */
static bool is_mail(struct slice s)
{
    const char *at = memchr(s.data, '@', s.len);
    if (!at || at == s.data || at == s.data + s.len - 1 || s.len > MAX_MAIL)
        return false;
    for (const char *p = s.data; p < s.data + s.len; p++) {
        if ((unsigned char)*p <= 0x20 || *p == 0x7f || strchr(",;<>\"\\", *p) ||
            (*p == '@' && p != at))
            return false;
    }
    return true;
}

const char *arg_user(struct args *a, const struct arg *arg)
{
    if (!cJSON_IsString(arg->value))
        return arg_gid(a, arg);
    struct slice s = arg_trimmed(arg->value->valuestring);
    if (is_word(s, "me"))
        return "me";
    if (is_mail(s) || (arg_all_digits(s) && s.len <= MAX_GID))
        return note(a, arg_copy(a, s));
    const char *hint = gid_hint(arg, s);
    return arg_unexpected(a, arg, hint ? hint : "for a person's name look the user up first");
}

const char *args_user(struct args *a, const char *name, unsigned flags)
{
    return read_value(a, name, flags, ARG_USER_EXPECTED, arg_user);
}

const char *args_enum(struct args *a, const char *name, unsigned flags, const char *values)
{
    struct arg arg = { .name = name, .flags = flags, .values = values };
    enum arg_state state = arg_find(a, &arg);
    if (state != ARG_VALUE)
        return state == ARG_NULL ? arg_null : NULL;
    if (!cJSON_IsString(arg.value))
        return arg_unexpected(a, &arg, NULL);
    struct slice s = arg_trimmed(arg.value->valuestring);
    for (const char *v = values; *v;) {
        size_t len = strcspn(v, "|");
        if (len == s.len && strncasecmp(v, s.data, len) == 0)
            return arg_copy(a, (struct slice){ v, len });
        v += len + (v[len] == '|');
    }
    return arg_unexpected(a, &arg, s.len == 0 ? arg_empty_hint(&arg) : NULL);
}

/* ---- dates and times ---- */

/* The trimmed text of a date argument, or NULL when it is none or refused. */
static const char *date_text(struct args *a, const struct arg *arg)
{
    if (!cJSON_IsString(arg->value))
        return arg_unexpected(a, arg, NULL);
    struct slice s = arg_trimmed(arg->value->valuestring);
    if (s.len == 0)
        return arg_unexpected(a, arg, arg_empty_hint(arg));
    if (s.len > MAX_DATE)
        return arg_unexpected(a, arg, NULL);
    return arg_copy(a, s);
}

static bool has_date_form(const char *s)
{
    static const char form[] = "dddd-dd-dd";
    for (size_t i = 0; form[i]; i++) {
        if (form[i] == 'd' ? s[i] < '0' || s[i] > '9' : s[i] != form[i])
            return false;
    }
    return true;
}

static const char *date(struct args *a, const struct arg *arg)
{
    const char *s = date_text(a, arg);
    if (!s || clock_parse_date(s, NULL))
        return s;
    if (!has_date_form(s))
        return arg_unexpected(a, arg, NULL);
    if (s[10] == '\0')
        return arg_unexpected(a, arg, "there is no such day in the calendar");
    return arg_unexpected(a, arg, "leave out what follows the day");
}

const char *args_date(struct args *a, const char *name, unsigned flags)
{
    return read_value(a, name, flags, "a date as YYYY-MM-DD", date);
}

static const char *datetime(struct args *a, const struct arg *arg)
{
    const char *s = date_text(a, arg);
    if (!s || clock_parse_datetime(s, NULL))
        return s;
    if (clock_parse_date(s, NULL)) {
        char *midnight = arena_printf(a->arena, "%sT00:00:00.000Z", s);
        return midnight ? midnight : arg_no_memory(a);
    }
    char *zoned = arena_printf(a->arena, "%sZ", s);
    if (!zoned)
        return arg_no_memory(a);
    if (clock_parse_datetime(zoned, NULL))
        return arg_unexpected(a, arg, "add the time zone: Z, or an offset such as +01:00");
    return arg_unexpected(a, arg, NULL);
}

const char *args_datetime(struct args *a, const char *name, unsigned flags)
{
    return read_value(a, name, flags,
                      "a time with its zone, as in \"2026-03-31T17:00:00Z\" or "
                      "\"2026-03-31T17:00:00+01:00\"",
                      datetime);
}

static const char *since(struct args *a, const struct arg *arg)
{
    if (cJSON_IsString(arg->value) && is_word(arg_trimmed(arg->value->valuestring), "now"))
        return "now";
    return datetime(a, arg);
}

const char *args_since(struct args *a, const char *name, unsigned flags)
{
    return read_value(a, name, flags,
                      "\"now\" or a time with its zone, as in \"2026-03-31T17:00:00Z\"", since);
}

/* ---- numbers and flags ---- */

bool arg_parse_number(struct slice s, double *out)
{
    char text[MAX_NUMBER + 1];
    if (s.len == 0 || s.len > MAX_NUMBER || strspn(s.data, "+-.0123456789eE") < s.len ||
        !memchr("+-.0123456789", s.data[0], 13))
        return false;
    memcpy(text, s.data, s.len);
    text[s.len] = '\0';
    char *end;
    double v = strtod(text, &end);
    if (end != text + s.len || !isfinite(v))
        return false;
    *out = v;
    return true;
}

/* The number that the value is or spells. */
static bool number_of(const struct arg *arg, double *out)
{
    if (cJSON_IsString(arg->value))
        return arg_parse_number(arg_trimmed(arg->value->valuestring), out);
    *out = arg->value->valuedouble;
    return cJSON_IsNumber(arg->value) && isfinite(*out);
}

static const char *empty_text_hint(const struct arg *arg)
{
    bool empty = cJSON_IsString(arg->value) && arg_trimmed(arg->value->valuestring).len == 0;
    return empty ? arg_empty_hint(arg) : NULL;
}

static struct arg_int read_int(struct args *a, struct arg *arg)
{
    struct arg_int out = { .state = arg_find(a, arg) };
    if (out.state != ARG_VALUE)
        return out;
    double v;
    if (number_of(arg, &v) && v == floor(v) && fabs(v) <= MAX_EXACT && v >= (double)arg->min &&
        v <= (double)arg->max) {
        out.value = (int64_t)v;
        return out;
    }
    arg_unexpected(a, arg, empty_text_hint(arg));
    return (struct arg_int){ .state = ARG_ABSENT };
}

struct arg_int args_int(struct args *a, const char *name, unsigned flags, int64_t min, int64_t max)
{
    struct arg arg = { .name = name, .flags = flags, .ranged = true, .min = min, .max = max };
    return read_int(a, &arg);
}

struct arg_int args_int_or(struct args *a, const char *name, int64_t otherwise, int64_t min,
                           int64_t max)
{
    struct arg_int out = args_int(a, name, 0, min, max);
    if (out.state == ARG_ABSENT)
        return (struct arg_int){ .state = ARG_VALUE, .value = otherwise };
    return out;
}

struct arg_num args_number(struct args *a, const char *name, unsigned flags)
{
    struct arg arg = { .name = name, .flags = flags, .expected = "a number, as in 0.25" };
    struct arg_num out = { .state = arg_find(a, &arg) };
    if (out.state != ARG_VALUE || number_of(&arg, &out.value))
        return out;
    arg_unexpected(a, &arg, empty_text_hint(&arg));
    return (struct arg_num){ .state = ARG_ABSENT };
}

struct arg_bool args_bool(struct args *a, const char *name, unsigned flags)
{
    struct arg arg = { .name = name, .flags = flags, .expected = "true or false" };
    struct arg_bool out = { .state = arg_find(a, &arg) };
    if (out.state != ARG_VALUE)
        return out;
    struct slice s =
        cJSON_IsString(arg.value) ? arg_trimmed(arg.value->valuestring) : (struct slice){ "", 0 };
    if (cJSON_IsTrue(arg.value) || is_word(s, "true")) {
        out.value = true;
        return out;
    }
    if (cJSON_IsFalse(arg.value) || is_word(s, "false"))
        return out;
    arg_unexpected(a, &arg, empty_text_hint(&arg));
    return (struct arg_bool){ .state = ARG_ABSENT };
}
