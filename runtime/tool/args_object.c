#include "tool/args_priv.h"

#include "base/clock.h"
#include "base/json.h"

#include <math.h>
#include <string.h>

/* An object in which no name stands twice: cJSON would keep both, and Asana would take either. */
static const cJSON *checked(struct args *a, const struct arg *arg, const cJSON *object)
{
    char shown[ARG_SHOWN];
    size_t count = 0;
    for (const cJSON *m = object->child; m; m = m->next) {
        if (++count > LIMIT_LIST_ITEMS) {
            arg_refuse(a, arg, "at most %d members can be given at once", LIMIT_LIST_ITEMS);
            return NULL;
        }
        for (const cJSON *other = object->child; other != m; other = other->next) {
            if (strcmp(other->string, m->string) == 0) {
                arg_show_text(slice_of(m->string), shown);
                arg_refuse(a, arg, "%s is given twice; give it once", shown);
                return NULL;
            }
        }
    }
    return object;
}

const cJSON *arg_object(struct args *a, const struct arg *arg)
{
    struct err why = { .kind = ERR_NONE };
    if (cJSON_IsObject(arg->value))
        return checked(a, arg, arg->value);
    if (!cJSON_IsString(arg->value)) {
        arg_unexpected(a, arg, NULL);
        return NULL;
    }
    struct slice s = arg_trimmed(arg->value->valuestring);
    if (s.len == 0 || s.data[0] != '{') {
        arg_unexpected(a, arg, s.len == 0 ? arg_empty_hint(arg) : NULL);
        return NULL;
    }
    const cJSON *object = json_parse(a->arena, s, &why);
    if (!object && why.kind == ERR_MEMORY)
        arg_no_memory(a);
    else if (!object)
        arg_refuse(a, arg, "expected %s, but the text is %s", arg->expected, why.text);
    return object ? checked(a, arg, object) : NULL;
}

const cJSON *args_object(struct args *a, const char *name, unsigned flags)
{
    static const cJSON null_value = { .type = cJSON_NULL };
    struct arg arg = { .name = name,
                       .flags = flags,
                       .expected = "an object, as in {\"123\": \"text\"}" };
    enum arg_state state = arg_find(a, &arg);
    if (state != ARG_VALUE)
        return state == ARG_NULL ? &null_value : NULL;
    return arg_object(a, &arg);
}

/* An array of objects: false when refused. */
static bool all_objects(struct args *a, const struct arg *arg, const cJSON *array)
{
    size_t count = 0;
    for (const cJSON *item = array->child; item; item = item->next) {
        struct arg one = *arg;
        one.item = ++count;
        one.expected = "an object";
        one.value = item;
        if (count > LIMIT_LIST_ITEMS)
            return arg_refuse(a, arg, "at most %d items can be given at once", LIMIT_LIST_ITEMS);
        if (!cJSON_IsObject(item))
            return arg_unexpected(a, &one, NULL);
        if (!checked(a, &one, item))
            return false;
    }
    return count > 0 || arg_unexpected(a, arg, "give at least one item");
}

const cJSON *args_objects(struct args *a, const char *name, unsigned flags)
{
    struct err why = { .kind = ERR_NONE };
    struct arg arg = { .name = name,
                       .flags = flags,
                       .expected = "a list of objects, as in [{\"name\": \"text\"}]" };
    if (arg_find(a, &arg) != ARG_VALUE)
        return NULL;
    const cJSON *array = arg.value;
    struct slice s = cJSON_IsString(array) ? arg_trimmed(array->valuestring) : slice_of("");
    if (s.len > 0 && s.data[0] == '[') {
        array = json_parse(a->arena, s, &why);
        if (!array && why.kind == ERR_MEMORY)
            arg_no_memory(a);
        else if (!array)
            arg_refuse(a, &arg, "expected %s, but the text is %s", arg.expected, why.text);
        if (!array)
            return NULL;
    }
    if (!cJSON_IsArray(array)) {
        arg_unexpected(a, &arg, cJSON_IsObject(array) ? "put the object into a list" : NULL);
        return NULL;
    }
    return all_objects(a, &arg, array) ? array : NULL;
}

/* ---- custom-field filters ---- */

enum filter_takes { TAKES_ANY, TAKES_TEXT, TAKES_NUMBER, TAKES_DATE, TAKES_BOOL };

static const struct filter_op {
    const char *name;
    enum filter_takes takes;
    const char *expected;
} filter_ops[] = {
    { "value", TAKES_ANY, "a text, a number or the ID of an option" },
    { "is_set", TAKES_BOOL, "true or false" },
    { "starts_with", TAKES_TEXT, "a text" },
    { "ends_with", TAKES_TEXT, "a text" },
    { "contains", TAKES_TEXT, "a text" },
    { "less_than", TAKES_NUMBER, "a number" },
    { "greater_than", TAKES_NUMBER, "a number" },
    { "before", TAKES_DATE, "a date as YYYY-MM-DD" },
    { "after", TAKES_DATE, "a date as YYYY-MM-DD" },
};
enum { FILTER_OPS = sizeof(filter_ops) / sizeof(*filter_ops) };

#define FILTERS_EXPECTED                                                                         \
    "filters by custom field, as in {\"1204567890123456.value\": \"abc\"}, with the field's ID " \
    "and one "                                                                                   \
    "of value, is_set, starts_with, ends_with, contains, less_than, greater_than, before, after"

struct filters {
    struct args *a;
    const struct arg *arg;
    cJSON *out;
    size_t count;
};

static const struct filter_op *find_op(struct slice name)
{
    for (size_t i = 0; i < FILTER_OPS; i++) {
        if (slice_is(name, filter_ops[i].name))
            return &filter_ops[i];
    }
    return NULL;
}

/* The value as its operator wants it; the node is ours to change. */
static bool fit_value(const struct filter_op *op, cJSON *v)
{
    double number;
    if (cJSON_IsNumber(v) &&
        (!isfinite(v->valuedouble) || fabs(v->valuedouble) > 9007199254740992.0))
        return false;
    struct slice s = cJSON_IsString(v) ? arg_trimmed(v->valuestring) : (struct slice){ "", 0 };
    switch (op->takes) {
    case TAKES_ANY:
        return cJSON_IsNumber(v) || cJSON_IsBool(v) || s.len > 0;
    case TAKES_TEXT:
        return cJSON_IsNumber(v) || s.len > 0;
    case TAKES_NUMBER:
        return cJSON_IsNumber(v) || arg_parse_number(s, &number);
    case TAKES_DATE:
        return s.len > 0 && (clock_parse_date(v->valuestring, NULL) ||
                             clock_parse_datetime(v->valuestring, NULL));
    case TAKES_BOOL:
        if (slice_is(s, "true") || slice_is(s, "false"))
            v->type = slice_is(s, "true") ? cJSON_True : cJSON_False;
        return cJSON_IsBool(v);
    }
    return false;
}

/* A copy of one string, number or boolean. */
static cJSON *copy_value(const cJSON *value)
{
    if (cJSON_IsString(value)) {
        struct slice s = arg_trimmed(value->valuestring);
        cJSON *copy = cJSON_CreateString(value->valuestring);
        if (copy && copy->valuestring) {
            memmove(copy->valuestring, copy->valuestring + (s.data - value->valuestring), s.len);
            copy->valuestring[s.len] = '\0';
        }
        return copy;
    }
    if (cJSON_IsNumber(value))
        return cJSON_CreateNumber(value->valuedouble);
    if (cJSON_IsBool(value))
        return cJSON_CreateBool(cJSON_IsTrue(value));
    return NULL;
}

static bool add_filter(struct filters *f, struct slice gid, struct slice op_name,
                       const cJSON *value)
{
    char shown[ARG_SHOWN];
    const struct filter_op *op = find_op(op_name);
    if (!arg_all_digits(gid) || gid.len > 32 || !op) {
        arg_show_text(gid, shown);
        if (!op)
            arg_show_text(op_name, shown);
        return arg_refuse(f->a, f->arg, "expected " FILTERS_EXPECTED ", got %s", shown);
    }
    if (++f->count > LIMIT_LIST_ITEMS)
        return arg_refuse(f->a, f->arg, "at most %d filters can be given at once",
                          LIMIT_LIST_ITEMS);
    char *key = arena_printf(f->a->arena, "%.*s.%s", (int)gid.len, gid.data, op->name);
    if (!key)
        return arg_no_memory(f->a);
    if (json_get(f->out, key))
        return arg_refuse(f->a, f->arg, "%s is given twice; give it once", key);

    struct arena *before = json_arena_enter(f->a->arena);
    cJSON *copy = copy_value(value);
    bool added = copy && cJSON_AddItemToObject(f->out, key, copy);
    json_arena_leave(before);
    if (!added && (cJSON_IsString(value) || cJSON_IsNumber(value) || cJSON_IsBool(value)))
        return arg_no_memory(f->a);
    if (!added || !fit_value(op, copy))
        return arg_refuse(f->a, f->arg, "%s: expected %s, got %s", key, op->expected,
                          arg_show(value, shown));
    return true;
}

/* "GID.OP": value, or "GID": {"OP": value, …} */
static bool add_filters(struct filters *f, const cJSON *member)
{
    char shown[ARG_SHOWN];
    struct slice name = arg_trimmed(member->string);
    const char *prefix = "custom_fields.";
    if (name.len > strlen(prefix) && memcmp(name.data, prefix, strlen(prefix)) == 0) {
        name.data += strlen(prefix);
        name.len -= strlen(prefix);
    }
    const char *dot = memchr(name.data, '.', name.len);
    if (dot) {
        size_t at = (size_t)(dot - name.data);
        return add_filter(f, (struct slice){ name.data, at },
                          (struct slice){ dot + 1, name.len - at - 1 }, member);
    }
    if (!arg_all_digits(name))
        return arg_refuse(f->a, f->arg, "expected " FILTERS_EXPECTED ", got %s",
                          arg_show_text(name, shown));
    if (!cJSON_IsObject(member) || !member->child)
        return arg_refuse(
            f->a, f->arg, "the field %s needs an operator; for an exact value write \"%.*s.value\"",
            arg_show_text(name, shown), (int)(name.len < 40 ? name.len : 40), name.data);
    for (const cJSON *op = member->child; op; op = op->next) {
        if (!add_filter(f, name, slice_of(op->string), op))
            return false;
    }
    return true;
}

const cJSON *args_field_filters(struct args *a, const char *name, unsigned flags)
{
    struct arg arg = { .name = name, .flags = flags, .expected = FILTERS_EXPECTED };
    if (arg_find(a, &arg) != ARG_VALUE)
        return NULL;
    const cJSON *object = arg_object(a, &arg);
    if (!object)
        return NULL;
    struct arena *before = json_arena_enter(a->arena);
    struct filters f = { .a = a, .arg = &arg, .out = cJSON_CreateObject() };
    json_arena_leave(before);
    if (!f.out) {
        arg_no_memory(a);
        return NULL;
    }
    for (const cJSON *m = object->child; m; m = m->next) {
        if (!add_filters(&f, m))
            return NULL;
    }
    return f.out;
}
