#include "base/json.h"

#include "base/plain.h"
#include "base/utf8.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static _Thread_local struct arena *current;

/* cJSON frees only what it made itself, so with a current arena there is nothing to free. */
static void *json_malloc(size_t size)
{
    return current ? arena_alloc(current, size) : malloc(size);
}

static void json_free(void *p)
{
    if (!current)
        free(p);
}

void json_init(void)
{
    cJSON_InitHooks(&(cJSON_Hooks){ .malloc_fn = json_malloc, .free_fn = json_free });
}

struct arena *json_arena_enter(struct arena *a)
{
    struct arena *before = current;
    current = a;
    return before;
}

void json_arena_leave(struct arena *before)
{
    current = before;
}

/* The scan: a recursive descent without recursion; the stack holds one closing byte per open object
 * or array. */
struct scan {
    const unsigned char *start;
    const unsigned char *p;
    const unsigned char *end;
    const char *wrong; /* the first thing that was wrong; NULL while all is well */
};

static bool fail(struct scan *s, const char *wrong)
{
    if (!s->wrong)
        s->wrong = wrong;
    return false;
}

static void skip_space(struct scan *s)
{
    while (s->p < s->end && (*s->p == ' ' || *s->p == '\n' || *s->p == '\r' || *s->p == '\t'))
        s->p++;
}

static bool scan_utf8(struct scan *s)
{
    size_t len = utf8_length(s->p, (size_t)(s->end - s->p));
    s->p += len;
    return len ? true : fail(s, "invalid UTF-8");
}

static bool scan_hex4(struct scan *s, unsigned *out)
{
    unsigned v = 0;
    for (int i = 0; i < 4; i++, s->p++) {
        if (s->p >= s->end || !isxdigit(*s->p))
            return fail(s, "a \\u escape without four hexadecimal digits");
        unsigned c = *s->p;
        v = v << 4 | (c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
    }
    *out = v;
    return true;
}

/* Behind the backslash. */
static bool scan_escape(struct scan *s)
{
    if (s->p >= s->end)
        return fail(s, "a string without an end");
    unsigned char c = *s->p++;
    if (c != 'u')
        return c && strchr("\"\\/bfnrt", c) ? true : fail(s, "an unknown escape in a string");
    unsigned v, low;
    if (!scan_hex4(s, &v))
        return false;
    if (v == 0)
        return fail(s, "\\u0000 in a string");
    if (v < 0xD800 || v > 0xDFFF)
        return true;
    if (v > 0xDBFF || s->end - s->p < 2 || s->p[0] != '\\' || s->p[1] != 'u')
        return fail(s, "half of a surrogate pair");
    s->p += 2;
    if (!scan_hex4(s, &low))
        return false;
    return low >= 0xDC00 && low <= 0xDFFF ? true : fail(s, "half of a surrogate pair");
}

/* Skips bytes that stand for themselves and are ASCII; may stop early near the end. */
static inline const unsigned char *skip_plain(const unsigned char *p, const unsigned char *end)
{
    while (end - p >= PLAIN_BLOCK) {
        size_t n = plain_before(plain_ascii_stops(plain_load(p)));
        p += n;
        if (n < PLAIN_BLOCK)
            break;
    }
    return p;
}

/* Behind the opening quote. */
static bool scan_string(struct scan *s)
{
    while ((s->p = skip_plain(s->p, s->end)) < s->end) {
        unsigned char c = *s->p;
        if (c == '"') {
            s->p++;
            return true;
        }
        if (c >= 0x80) {
            if (!scan_utf8(s))
                return false;
            continue;
        }
        if (c < 0x20)
            return fail(s, "a control byte in a string");
        s->p++;
        if (c == '\\' && !scan_escape(s))
            return false;
    }
    return fail(s, "a string without an end");
}

static bool scan_digits(struct scan *s)
{
    if (s->p >= s->end || !isdigit(*s->p))
        return fail(s, "a broken number");
    while (s->p < s->end && isdigit(*s->p))
        s->p++;
    return true;
}

static bool scan_number(struct scan *s)
{
    if (*s->p == '-')
        s->p++;
    bool zero = s->p < s->end && *s->p == '0';
    if (zero)
        s->p++;
    else if (!scan_digits(s))
        return false;
    if (s->p < s->end && *s->p == '.') {
        s->p++;
        if (!scan_digits(s))
            return false;
    }
    if (s->p < s->end && (*s->p | 0x20) == 'e') {
        s->p++;
        if (s->p < s->end && (*s->p == '+' || *s->p == '-'))
            s->p++;
        if (!scan_digits(s))
            return false;
    }
    return true;
}

static bool scan_word(struct scan *s, const char *word)
{
    size_t len = strlen(word);
    if ((size_t)(s->end - s->p) < len || memcmp(s->p, word, len) != 0)
        return fail(s, "an unknown word");
    s->p += len;
    return true;
}

static bool scan_key(struct scan *s)
{
    skip_space(s);
    if (s->p >= s->end || *s->p != '"')
        return fail(s, "a member name was expected");
    s->p++;
    if (!scan_string(s))
        return false;
    skip_space(s);
    if (s->p >= s->end || *s->p != ':')
        return fail(s, "\":\" was expected");
    s->p++;
    return true;
}

static bool scan_scalar(struct scan *s)
{
    switch (*s->p) {
    case '"':
        s->p++;
        return scan_string(s);
    case 't':
        return scan_word(s, "true");
    case 'f':
        return scan_word(s, "false");
    case 'n':
        return scan_word(s, "null");
    default:
        return *s->p == '-' || isdigit(*s->p) ? scan_number(s) : fail(s, "a value was expected");
    }
}

/* One value, with so many others open around it; leaves s->p behind its last byte. */
static bool scan_value(struct scan *s, size_t around)
{
    char closers[LIMIT_JSON_DEPTH];
    size_t depth = 0;
    for (;;) {
        skip_space(s);
        if (s->p >= s->end)
            return fail(s, "the text ends in the middle");
        if (*s->p == '{' || *s->p == '[') {
            if (around + depth == LIMIT_JSON_DEPTH)
                return fail(s, "nested too deeply");
            char closer = *s->p++ == '{' ? '}' : ']';
            skip_space(s);
            if (s->p >= s->end || *s->p != closer) {
                closers[depth++] = closer;
                if (closer == '}' && !scan_key(s))
                    return false;
                continue;
            }
            s->p++;
        } else if (!scan_scalar(s)) {
            return false;
        }
        /* A value is complete; close what it completes, or go on to the next member. */
        for (;;) {
            if (!depth)
                return true;
            skip_space(s);
            if (s->p >= s->end)
                return fail(s, "the text ends in the middle");
            char closer = closers[depth - 1];
            if (*s->p == ',') {
                s->p++;
                if (closer == '}' && !scan_key(s))
                    return false;
                break;
            }
            if (*s->p != (unsigned char)closer)
                return fail(s, closer == '}' ? "\",\" or \"}\" was expected"
                                             : "\",\" or \"]\" was expected");
            s->p++;
            depth--;
        }
    }
}

static struct scan scan_of(struct slice text)
{
    const unsigned char *p = (const unsigned char *)text.data;
    return (struct scan){ .start = p, .p = p, .end = p + text.len };
}

/* A member with its colon; key is the raw text between the quotes. */
static bool scan_member(struct scan *s, struct slice *key, struct slice *value)
{
    skip_space(s);
    const unsigned char *quote = s->p;
    if (!scan_key(s))
        return false;
    const unsigned char *behind = s->p - 1;
    while (behind[-1] != '"')
        behind--;
    *key = (struct slice){ (const char *)quote + 1, (size_t)(behind - quote) - 2 };
    skip_space(s);
    const unsigned char *start = s->p;
    if (!scan_value(s, 1))
        return false;
    *value = (struct slice){ (const char *)start, (size_t)(s->p - start) };
    return true;
}

/* At the brace of an object; keeps the values of those of its members that are wanted. */
static bool scan_object(struct scan *s, const char *const *names, size_t n, struct slice *found)
{
    s->p++;
    skip_space(s);
    if (s->p < s->end && *s->p == '}') {
        s->p++;
        return true;
    }
    for (;;) {
        struct slice key, value;
        if (!scan_member(s, &key, &value))
            return false;
        for (size_t i = 0; i < n; i++)
            if (!found[i].data && slice_is(key, names[i]))
                found[i] = value;
        skip_space(s);
        if (s->p >= s->end)
            return fail(s, "the text ends in the middle");
        char c = (char)*s->p++;
        if (c == '}')
            return true;
        if (c != ',') {
            s->p--;
            return fail(s, "\",\" or \"}\" was expected");
        }
    }
}

bool json_check_members(struct slice text, const char *const *names, size_t n, struct slice *found,
                        struct err *err)
{
    struct scan s = scan_of(text);
    for (size_t i = 0; i < n; i++)
        found[i] = (struct slice){ 0 };
    skip_space(&s);
    if (s.p < s.end && *s.p == '{' ? scan_object(&s, names, n, found) : scan_value(&s, 0)) {
        skip_space(&s);
        if (s.p != s.end)
            fail(&s, "more text behind the end of the value");
    }
    if (s.wrong)
        return err_set(err, ERR_SYNTAX, "not valid JSON at byte %zu: %s",
                       (size_t)(s.p - s.start) + 1, s.wrong);
    return true;
}

bool json_check(struct slice text, struct err *err)
{
    return json_check_members(text, NULL, 0, NULL, err);
}

cJSON *json_parse(struct arena *a, struct slice text, struct err *err)
{
    if (!json_check(text, err))
        return NULL;
    struct arena *before = json_arena_enter(a);
    cJSON *tree = cJSON_ParseWithLength(text.data, text.len);
    json_arena_leave(before);
    if (!tree)
        err_set(err, ERR_MEMORY, "the JSON text is too large to be read");
    return tree;
}

bool json_member(struct slice text, const char *name, struct slice *out)
{
    struct json_items members;
    struct slice key, value;
    for (json_members_begin(text, &members); json_members_next(&members, &key, &value);) {
        if (slice_is(key, name)) {
            *out = value;
            return true;
        }
    }
    return false;
}

void json_items_begin(struct slice array, struct json_items *it)
{
    struct scan s = scan_of(array);
    skip_space(&s);
    bool is_array = s.p < s.end && *s.p == '[';
    it->at = is_array ? (const char *)s.p + 1 : array.data + array.len;
    it->end = array.data + array.len;
}

bool json_items_next(struct json_items *it, struct slice *item)
{
    struct scan s = scan_of((struct slice){ it->at, (size_t)(it->end - it->at) });
    skip_space(&s);
    if (s.p < s.end && *s.p == ',')
        s.p++;
    skip_space(&s);
    const unsigned char *start = s.p;
    if (s.p >= s.end || *s.p == ']' || !scan_value(&s, 1))
        return false;
    it->at = (const char *)s.p;
    *item = (struct slice){ (const char *)start, (size_t)(s.p - start) };
    return true;
}

void json_members_begin(struct slice object, struct json_items *it)
{
    struct scan s = scan_of(object);
    skip_space(&s);
    bool is_object = s.p < s.end && *s.p == '{';
    it->at = is_object ? (const char *)s.p + 1 : object.data + object.len;
    it->end = object.data + object.len;
}

bool json_members_next(struct json_items *it, struct slice *key, struct slice *value)
{
    struct scan s = scan_of((struct slice){ it->at, (size_t)(it->end - it->at) });
    skip_space(&s);
    if (s.p < s.end && *s.p == ',')
        s.p++;
    if (!scan_member(&s, key, value))
        return false;
    it->at = (const char *)s.p;
    return true;
}

const cJSON *json_get(const cJSON *obj, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(obj, name);
}

const char *json_get_string(const cJSON *obj, const char *name)
{
    return cJSON_GetStringValue(json_get(obj, name));
}

static void write_members(struct buf *b, const cJSON *value, bool object)
{
    buf_char(b, object ? '{' : '[');
    for (const cJSON *item = value->child; item; item = item->next) {
        if (item != value->child)
            buf_char(b, ',');
        if (object) {
            buf_json_string(b, slice_of(item->string));
            buf_char(b, ':');
        }
        json_write(b, item);
    }
    buf_char(b, object ? '}' : ']');
}

void json_write(struct buf *b, const cJSON *value)
{
    if (cJSON_IsObject(value) || cJSON_IsArray(value))
        write_members(b, value, cJSON_IsObject(value));
    else if (cJSON_IsString(value) && value->valuestring)
        buf_json_string(b, slice_of(value->valuestring));
    else if (cJSON_IsNumber(value))
        buf_double(b, value->valuedouble);
    else if (cJSON_IsRaw(value) && value->valuestring)
        buf_str(b, value->valuestring);
    else
        buf_str(b, cJSON_IsTrue(value) ? "true" : cJSON_IsFalse(value) ? "false" : "null");
}
