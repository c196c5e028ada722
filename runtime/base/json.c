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
 * or array. Its parts take the place where they begin and return the one behind them, or NULL after
 * fail(). */
struct scan {
    const unsigned char *start;
    const unsigned char *end;
    const unsigned char *at; /* of what was wrong first */
    const char *wrong;       /* NULL while all is well */
    /* Plain bytes of strings are skipped: of a block, those that are not, a bit for each. */
    const unsigned char *block;
    uint64_t stops;
};

static const unsigned char *fail(struct scan *s, const unsigned char *at, const char *wrong)
{
    s->at = at;
    s->wrong = wrong;
    return NULL;
}

static inline const unsigned char *skip_space(const struct scan *s, const unsigned char *p)
{
    while (p < s->end && *p <= ' ' && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t'))
        p++;
    return p;
}

static const unsigned char *scan_hex4(struct scan *s, const unsigned char *p, unsigned *out)
{
    unsigned v = 0;
    for (int i = 0; i < 4; i++, p++) {
        if (p >= s->end || !isxdigit(*p))
            return fail(s, p, "a \\u escape without four hexadecimal digits");
        unsigned c = *p;
        v = v << 4 | (c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
    }
    *out = v;
    return p;
}

/* Behind the backslash. */
static const unsigned char *scan_escape(struct scan *s, const unsigned char *p)
{
    if (p >= s->end)
        return fail(s, p, "a string without an end");
    unsigned char c = *p++;
    switch (c) {
    case '"':
    case '\\':
    case '/':
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't':
        return p;
    case 'u':
        break;
    default:
        return fail(s, p, "an unknown escape in a string");
    }
    unsigned v, low;
    p = scan_hex4(s, p, &v);
    if (!p)
        return NULL;
    if (v == 0)
        return fail(s, p, "\\u0000 in a string");
    if (v < 0xD800 || v > 0xDFFF)
        return p;
    if (v > 0xDBFF || s->end - p < 2 || p[0] != '\\' || p[1] != 'u')
        return fail(s, p, "half of a surrogate pair");
    p = scan_hex4(s, p + 2, &low);
    if (!p)
        return NULL;
    return low >= 0xDC00 && low <= 0xDFFF ? p : fail(s, p, "half of a surrogate pair");
}

/* Behind the end of the text all counts as a stop. */
static void look(struct scan *s, const unsigned char *block)
{
    size_t left = (size_t)(s->end - block);
    s->block = block;
    if (left >= PLAIN_BLOCK) {
        s->stops = plain_ascii_stops((const char *)block);
        return;
    }
    char last[PLAIN_BLOCK] = { 0 };
    memcpy(last, block, left);
    s->stops = plain_ascii_stops(last);
}

/* The first byte from p on that is no ASCII that stands for itself in a string; or the end. */
static inline const unsigned char *next_stop(struct scan *s, const unsigned char *p)
{
    for (;;) {
        size_t at = (size_t)(p - s->block);
        uint64_t stops = at < PLAIN_BLOCK ? s->stops >> at : 0;
        if (stops)
            return p + __builtin_ctzll(stops);
        if (at < PLAIN_BLOCK)
            p = s->block + PLAIN_BLOCK;
        look(s, p);
    }
}

/* Behind the opening quote, whatever the string has in it. */
static const unsigned char *scan_any_string(struct scan *s, const unsigned char *p)
{
    while ((p = next_stop(s, p)) < s->end) {
        if (*p == '"')
            return p + 1;
        if (*p >= 0x80) {
            size_t len = utf8_length(p, (size_t)(s->end - p));
            if (!len)
                return fail(s, p, "invalid UTF-8");
            p += len;
        } else if (*p < 0x20) {
            return fail(s, p, "a control byte in a string");
        } else if (!(p = scan_escape(s, p + 1))) {
            return NULL;
        }
    }
    return fail(s, p, "a string without an end");
}

/* Behind the opening quote. Most strings are plain and end in the block that they begin in. */
static inline const unsigned char *scan_string(struct scan *s, const unsigned char *p)
{
    size_t at = (size_t)(p - s->block);
    uint64_t stops = at < PLAIN_BLOCK ? s->stops >> at : 0;
    const unsigned char *stop = p + (stops ? __builtin_ctzll(stops) : 0);
    return stops && stop < s->end && *stop == '"' ? stop + 1 : scan_any_string(s, p);
}

static const unsigned char *scan_digits(struct scan *s, const unsigned char *p)
{
    if (p >= s->end || !isdigit(*p))
        return fail(s, p, "a broken number");
    while (p < s->end && isdigit(*p))
        p++;
    return p;
}

static const unsigned char *scan_number(struct scan *s, const unsigned char *p)
{
    if (*p == '-')
        p++;
    p = p < s->end && *p == '0' ? p + 1 : scan_digits(s, p);
    if (p && p < s->end && *p == '.')
        p = scan_digits(s, p + 1);
    if (p && p < s->end && (*p | 0x20) == 'e') {
        p++;
        if (p < s->end && (*p == '+' || *p == '-'))
            p++;
        p = scan_digits(s, p);
    }
    return p;
}

static const unsigned char *scan_word(struct scan *s, const unsigned char *p, const char *word,
                                      size_t len)
{
    if ((size_t)(s->end - p) < len || memcmp(p, word, len) != 0)
        return fail(s, p, "an unknown word");
    return p + len;
}

/* With its colon. */
static inline const unsigned char *scan_key(struct scan *s, const unsigned char *p)
{
    p = skip_space(s, p);
    if (p >= s->end || *p != '"')
        return fail(s, p, "a member name was expected");
    if (!(p = scan_string(s, p + 1)))
        return NULL;
    p = skip_space(s, p);
    if (p >= s->end || *p != ':')
        return fail(s, p, "\":\" was expected");
    return p + 1;
}

static inline const unsigned char *scan_scalar(struct scan *s, const unsigned char *p)
{
    switch (*p) {
    case '"':
        return scan_string(s, p + 1);
    case 't':
        return scan_word(s, p, "true", 4);
    case 'f':
        return scan_word(s, p, "false", 5);
    case 'n':
        return scan_word(s, p, "null", 4);
    default:
        return *p == '-' || isdigit(*p) ? scan_number(s, p) : fail(s, p, "a value was expected");
    }
}

/* One value and the space before it, with so many others open around it. */
static const unsigned char *scan_value(struct scan *s, const unsigned char *p, size_t around)
{
    char closers[LIMIT_JSON_DEPTH];
    size_t depth = 0;
    while (p) {
        p = skip_space(s, p);
        if (p >= s->end)
            return fail(s, p, "the text ends in the middle");
        if (*p == '{' || *p == '[') {
            if (around + depth == LIMIT_JSON_DEPTH)
                return fail(s, p, "nested too deeply");
            char closer = *p == '{' ? '}' : ']';
            p = skip_space(s, p + 1);
            if (p >= s->end || *p != closer) {
                closers[depth++] = closer;
                if (closer == '}')
                    p = scan_key(s, p);
                continue;
            }
            p++;
        } else if (!(p = scan_scalar(s, p))) {
            return NULL;
        }
        /* A value is complete; close what it completes, or go on to the next member. */
        for (;;) {
            if (!depth)
                return p;
            p = skip_space(s, p);
            if (p >= s->end)
                return fail(s, p, "the text ends in the middle");
            char closer = closers[depth - 1];
            if (*p == ',') {
                p = closer == '}' ? scan_key(s, p + 1) : p + 1;
                break;
            }
            if (*p != (unsigned char)closer)
                return fail(s, p,
                            closer == '}' ? "\",\" or \"}\" was expected"
                                          : "\",\" or \"]\" was expected");
            p++;
            depth--;
        }
    }
    return NULL;
}

static struct scan scan_of(struct slice text)
{
    const unsigned char *p = (const unsigned char *)text.data;
    struct scan s = { .start = p, .end = p + text.len };
    look(&s, p);
    return s;
}

static struct slice between(const unsigned char *p, const unsigned char *end)
{
    return (struct slice){ (const char *)p, (size_t)(end - p) };
}

/* A member and the space before it; key is the raw text between the quotes. */
static const unsigned char *scan_member(struct scan *s, const unsigned char *p, struct slice *key,
                                        struct slice *value)
{
    const unsigned char *quote = skip_space(s, p);
    p = scan_key(s, quote);
    if (!p)
        return NULL;
    const unsigned char *behind = p - 1;
    while (behind[-1] != '"')
        behind--;
    *key = between(quote + 1, behind - 1);
    const unsigned char *start = skip_space(s, p);
    p = scan_value(s, start, 1);
    if (p)
        *value = between(start, p);
    return p;
}

/* At the brace of an object; keeps the values of those of its members that are wanted. */
static const unsigned char *scan_object(struct scan *s, const unsigned char *p,
                                        const char *const *names, size_t n, struct slice *found)
{
    p = skip_space(s, p + 1);
    if (p < s->end && *p == '}')
        return p + 1;
    for (;;) {
        struct slice key, value;
        p = scan_member(s, p, &key, &value);
        if (!p)
            return NULL;
        for (size_t i = 0; i < n; i++)
            if (!found[i].data && slice_is(key, names[i]))
                found[i] = value;
        p = skip_space(s, p);
        if (p >= s->end)
            return fail(s, p, "the text ends in the middle");
        if (*p == '}')
            return p + 1;
        if (*p++ != ',')
            return fail(s, p - 1, "\",\" or \"}\" was expected");
    }
}

bool json_check_members(struct slice text, const char *const *names, size_t n, struct slice *found,
                        struct err *err)
{
    struct scan s = scan_of(text);
    for (size_t i = 0; i < n; i++)
        found[i] = (struct slice){ 0 };
    const unsigned char *p = skip_space(&s, s.start);
    p = p < s.end && *p == '{' ? scan_object(&s, p, names, n, found) : scan_value(&s, p, 0);
    if (p && (p = skip_space(&s, p)) != s.end)
        fail(&s, p, "more text behind the end of the value");
    if (s.wrong)
        return err_set(err, ERR_SYNTAX, "not valid JSON at byte %zu: %s",
                       (size_t)(s.at - s.start) + 1, s.wrong);
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

/* Behind the bracket that opens the value, which must be this one; else at its end. */
static void begin(struct slice text, unsigned char open, struct json_items *it)
{
    struct scan s = { .end = (const unsigned char *)text.data + text.len };
    const unsigned char *p = skip_space(&s, (const unsigned char *)text.data);
    it->at = (const char *)(p < s.end && *p == open ? p + 1 : s.end);
    it->end = text.data + text.len;
}

/* At the item or member that is next, or at what closes them. */
static const unsigned char *next(const struct scan *s)
{
    const unsigned char *p = skip_space(s, s->start);
    return p < s->end && *p == ',' ? skip_space(s, p + 1) : p;
}

void json_items_begin(struct slice array, struct json_items *it)
{
    begin(array, '[', it);
}

bool json_items_next(struct json_items *it, struct slice *item)
{
    struct scan s = scan_of((struct slice){ it->at, (size_t)(it->end - it->at) });
    const unsigned char *start = next(&s);
    const unsigned char *p = start < s.end && *start != ']' ? scan_value(&s, start, 1) : NULL;
    if (!p)
        return false;
    it->at = (const char *)p;
    *item = between(start, p);
    return true;
}

void json_members_begin(struct slice object, struct json_items *it)
{
    begin(object, '{', it);
}

bool json_members_next(struct json_items *it, struct slice *key, struct slice *value)
{
    struct scan s = scan_of((struct slice){ it->at, (size_t)(it->end - it->at) });
    const unsigned char *p = scan_member(&s, next(&s), key, value);
    if (!p)
        return false;
    it->at = (const char *)p;
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

int64_t json_get_int(const cJSON *obj, const char *name)
{
    const cJSON *n = json_get(obj, name);
    bool whole = cJSON_IsNumber(n) && n->valuedouble > -9e15 && n->valuedouble < 9e15;
    return whole ? (int64_t)n->valuedouble : 0;
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
