#include "base/json.h"

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

/* Skips, eight at a time, bytes that stand for themselves in a string and are ASCII: a byte's
 * highest bit is set in stop when it is no ASCII, a control byte, a quote or a backslash (or behind
 * such a one). */
static void skip_plain(struct scan *s)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    const unsigned char *p = s->p;
    uint64_t w;
    while (s->end - p >= 8) {
        memcpy(&w, p, 8);
        uint64_t stop =
            w | (w - ones * 0x20) | ((w ^ ones * '"') - ones) | ((w ^ ones * '\\') - ones);
        if (stop & ones << 7)
            break;
        p += 8;
    }
    s->p = p;
}

/* Behind the opening quote. */
static bool scan_string(struct scan *s)
{
    while (skip_plain(s), s->p < s->end) {
        unsigned char c = *s->p;
        if (c >= 0x80) {
            if (!scan_utf8(s))
                return false;
            continue;
        }
        if (c < 0x20)
            return fail(s, "a control byte in a string");
        s->p++;
        if (c == '"')
            return true;
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

/* One value and what stands around it; leaves s->p behind the last byte of the value. */
static bool scan_value(struct scan *s)
{
    char closers[LIMIT_JSON_DEPTH];
    size_t depth = 0;
    for (;;) {
        skip_space(s);
        if (s->p >= s->end)
            return fail(s, "the text ends in the middle");
        if (*s->p == '{' || *s->p == '[') {
            if (depth == LIMIT_JSON_DEPTH)
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

bool json_check(struct slice text, struct err *err)
{
    struct scan s = scan_of(text);
    if (scan_value(&s)) {
        skip_space(&s);
        if (s.p != s.end)
            fail(&s, "more text behind the end of the value");
    }
    if (s.wrong)
        return err_set(err, ERR_SYNTAX, "not valid JSON at byte %zu: %s",
                       (size_t)(s.p - s.start) + 1, s.wrong);
    return true;
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
    struct scan s = scan_of(text);
    size_t name_len = strlen(name);
    skip_space(&s);
    if (s.p >= s.end || *s.p != '{')
        return false;
    s.p++;
    skip_space(&s);
    if (s.p < s.end && *s.p == '}')
        return false;
    for (;;) {
        skip_space(&s);
        const unsigned char *key = s.p + 1;
        if (!scan_key(&s))
            return false;
        bool found = (size_t)(s.p - key) > name_len && memcmp(key, name, name_len) == 0 &&
                     key[name_len] == '"';
        skip_space(&s);
        const unsigned char *value = s.p;
        if (!scan_value(&s))
            return false;
        if (found) {
            *out = (struct slice){ (const char *)value, (size_t)(s.p - value) };
            return true;
        }
        skip_space(&s);
        if (s.p >= s.end || *s.p != ',')
            return false;
        s.p++;
    }
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
    if (s.p >= s.end || *s.p == ']' || !scan_value(&s))
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
    skip_space(&s);
    const unsigned char *name = s.p + 1;
    if (s.p >= s.end || *s.p == '}' || !scan_key(&s))
        return false;
    const unsigned char *colon = s.p - 1;
    while (colon[-1] != '"')
        colon--;
    *key = (struct slice){ (const char *)name, (size_t)(colon - 1 - name) };
    skip_space(&s);
    const unsigned char *start = s.p;
    if (!scan_value(&s))
        return false;
    it->at = (const char *)s.p;
    *value = (struct slice){ (const char *)start, (size_t)(s.p - start) };
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
