#include "tool/args_priv.h"

#include "base/json.h"

#include <string.h>

static const struct arg_list empty_list;

/* A list being filled in the arena, with all the room it can need. */
struct filling {
    struct args *a;
    struct arg arg; /* the whole */
    const char *item_expected;
    arg_convert *convert;
    const char **items;
    size_t count;
};

static bool fill_room(struct filling *f, size_t room)
{
    if (room > LIMIT_LIST_ITEMS)
        return arg_refuse(f->a, &f->arg, "at most %d items can be given at once, got %zu",
                          LIMIT_LIST_ITEMS, room);
    f->items = arena_zalloc(f->a->arena, room, sizeof(*f->items));
    return f->items || arg_no_memory(f->a);
}

static bool fill_item(struct filling *f, const cJSON *value)
{
    struct arg item = f->arg;
    item.item = f->count + 1;
    item.expected = f->item_expected;
    item.value = value;
    f->items[f->count] = f->convert(f->a, &item);
    return f->items[f->count++];
}

static bool fill_from_array(struct filling *f, const cJSON *array)
{
    size_t count = 0;
    for (const cJSON *item = array->child; item; item = item->next)
        count++;
    if (count > 0 && !fill_room(f, count))
        return false;
    for (const cJSON *item = array->child; item; item = item->next) {
        if (!fill_item(f, item))
            return false;
    }
    return true;
}

static bool fill_from_text(struct filling *f, const char *text)
{
    size_t count = 1;
    for (const char *p = text; *p; p++)
        count += *p == ',';
    if (!fill_room(f, count))
        return false;
    for (size_t i = 0; i < count; i++) {
        size_t len = strcspn(text, ",");
        char *piece = arena_strndup(f->a->arena, text, len);
        if (!piece)
            return arg_no_memory(f->a);
        cJSON item = { .type = cJSON_String, .valuestring = piece };
        if (!fill_item(f, &item))
            return false;
        text += len + 1;
    }
    return true;
}

/* '["1","2"]' is a list that was put into quotes. */
static const cJSON *quoted_array(struct args *a, struct slice s)
{
    struct err why = { .kind = ERR_NONE };
    if (s.len == 0 || s.data[0] != '[')
        return NULL;
    const cJSON *array = json_parse(a->arena, s, &why);
    if (!array && why.kind == ERR_MEMORY)
        arg_no_memory(a);
    return cJSON_IsArray(array) ? array : NULL;
}

/* An array, a comma string or a single value: false when refused. */
static bool fill(struct filling *f)
{
    const cJSON *value = f->arg.value;
    if (cJSON_IsArray(value))
        return fill_from_array(f, value);
    if (cJSON_IsNumber(value))
        return fill_room(f, 1) && fill_item(f, value);
    if (!cJSON_IsString(value))
        return arg_unexpected(f->a, &f->arg, NULL);
    struct slice s = arg_trimmed(value->valuestring);
    if (s.len == 0)
        return arg_unexpected(f->a, &f->arg, arg_empty_hint(&f->arg));
    const cJSON *array = quoted_array(f->a, s);
    if (f->a->failed)
        return false;
    return array ? fill_from_array(f, array) : fill_from_text(f, value->valuestring);
}

static const struct arg_list *read_list(struct args *a, const char *name, unsigned flags,
                                        const char *expected, const char *item_expected,
                                        arg_convert *convert)
{
    struct filling f = {
        .a = a,
        .arg = { .name = name, .flags = flags, .expected = expected },
        .item_expected = item_expected,
        .convert = convert,
    };
    enum arg_state state = arg_find(a, &f.arg);
    if (state != ARG_VALUE)
        return state == ARG_NULL ? &empty_list : NULL;
    if (!fill(&f))
        return NULL;
    if (f.count == 0 && !(flags & ARG_NULLABLE)) {
        arg_unexpected(a, &f.arg, "give at least one item");
        return NULL;
    }
    struct arg_list *list = arena_zalloc(a->arena, 1, sizeof(*list));
    if (!list) {
        arg_no_memory(a);
        return NULL;
    }
    list->count = f.count;
    list->items = f.items;
    return list;
}

const struct arg_list *args_gids(struct args *a, const char *name, unsigned flags)
{
    return read_list(a, name, flags, "a list of IDs, as in [\"1204567890123456\"]",
                     ARG_GID_EXPECTED, arg_gid);
}

const struct arg_list *args_users(struct args *a, const char *name, unsigned flags)
{
    return read_list(a, name, flags,
                     "a list of users, each an ID, \"me\" or an e-mail address, as in "
                     "[\"me\", \"ann@example.com\"]",
                     ARG_USER_EXPECTED, arg_user);
}

#define WORD_EXPECTED "a word, as in \"task\""

static const char *word(struct args *a, const struct arg *arg)
{
    if (!cJSON_IsString(arg->value))
        return arg_unexpected(a, arg, NULL);
    struct slice s = arg_trimmed(arg->value->valuestring);
    return s.len > 0 ? arg_copy(a, s) : arg_unexpected(a, arg, NULL);
}

const struct arg_list *args_words(struct args *a, const char *name, unsigned flags)
{
    return read_list(a, name, flags, "a list of words, as in [\"task\", \"project\"]",
                     WORD_EXPECTED, word);
}

/* ---- names of fields ---- */

#define FIELDS_EXPECTED "names of fields, as in \"name,assignee.name\""

static bool is_field_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '(' ||
           c == ')' || c == '|';
}

/* The trimmed path of one field; an empty one is no field and is left out. */
static const char *field(struct args *a, const struct arg *arg)
{
    if (!cJSON_IsString(arg->value))
        return arg_unexpected(a, arg, NULL);
    struct slice s = arg_trimmed(arg->value->valuestring);
    for (size_t i = 0; i < s.len; i++) {
        if (s.data[i] >= 'A' && s.data[i] <= 'Z')
            return arg_unexpected(a, arg, "Asana's fields are in small letters");
        if (!is_field_char(s.data[i]))
            return arg_unexpected(a, arg, NULL);
    }
    return arg_copy(a, s);
}

static const char *join(struct args *a, const struct filling *f)
{
    size_t len = 1;
    for (size_t i = 0; i < f->count; i++)
        len += strlen(f->items[i]) + 1;
    char *out = arena_alloc(a->arena, len);
    if (!out)
        return arg_no_memory(a);
    char *at = out;
    for (size_t i = 0; i < f->count; i++) {
        size_t n = strlen(f->items[i]);
        if (n == 0)
            continue;
        if (at > out)
            *at++ = ',';
        memcpy(at, f->items[i], n);
        at += n;
    }
    *at = '\0';
    return out;
}

/* Nothing named (an empty text or list) is no choice: then the defaults hold, as when it is left
 * out. */
const char *args_fields(struct args *a, const char *name, const char *default_fields)
{
    struct filling f = {
        .a = a,
        .arg = { .name = name, .expected = FIELDS_EXPECTED },
        .item_expected = FIELDS_EXPECTED,
        .convert = field,
    };
    if (arg_find(a, &f.arg) != ARG_VALUE)
        return default_fields;
    if (cJSON_IsNumber(f.arg.value))
        return arg_unexpected(a, &f.arg, NULL);
    if (cJSON_IsString(f.arg.value) && arg_trimmed(f.arg.value->valuestring).len == 0)
        return default_fields;
    if (!fill(&f))
        return NULL;
    const char *fields = join(a, &f);
    return fields && *fields ? fields : fields ? default_fields : NULL;
}
