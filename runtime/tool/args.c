#include "tool/args_priv.h"

#include "tool/suggest.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Names listed in a message; the whole is cut at LIMIT_ERR_TEXT. */
enum { MAX_NAMES_SHOWN = 40, MAX_UNKNOWN_SHOWN = 4 };

/* A message being put together. */
struct text {
    char data[2 * LIMIT_ERR_TEXT]; /* so that err_set() does the cutting, between characters */
    size_t len;
};

static void __attribute__((format(printf, 2, 3))) say(struct text *t, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(t->data + t->len, sizeof(t->data) - t->len, fmt, ap);
    va_end(ap);
    size_t room = sizeof(t->data) - 1 - t->len;
    if (n > 0)
        t->len += (size_t)n < room ? (size_t)n : room;
}

/* "a", "a and b", "a, b and c" */
static const char *separator(size_t i, size_t count, const char *last)
{
    return i == 0 ? "" : i + 1 == count ? last : ", ";
}

/* ---- refusals ---- */

static void fail(struct args *a, enum err_kind kind, const char *text)
{
    if (!a->failed)
        err_set(a->err, kind, "%s", text);
    a->failed = true;
}

const char *arg_no_memory(struct args *a)
{
    fail(a, ERR_MEMORY, "the arguments are too large");
    return NULL;
}

static void say_label(struct text *t, const struct arg *arg)
{
    if (arg->item)
        say(t, "%s, item %zu: ", arg->name, arg->item);
    else
        say(t, "%s: ", arg->name);
}

const char *arg_refuse(struct args *a, const struct arg *arg, const char *fmt, ...)
{
    struct text t = { .len = 0 };
    say_label(&t, arg);
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(t.data + t.len, sizeof(t.data) - t.len, fmt, ap);
    va_end(ap);
    fail(a, ERR_ARGS, t.data);
    return NULL;
}

static void say_values(struct text *t, const char *values)
{
    const char *more = "one of ";
    for (const char *v = values; *v;) {
        size_t len = strcspn(v, "|");
        say(t, "%s%.*s", more, (int)len, v);
        more = ", ";
        v += len + (v[len] == '|');
    }
}

static void say_expected(struct text *t, const struct arg *arg)
{
    if (arg->values)
        say_values(t, arg->values);
    else if (arg->ranged)
        say(t, "a whole number from %lld to %lld", (long long)arg->min, (long long)arg->max);
    else
        say(t, "%s", arg->expected);
}

const char *arg_unexpected(struct args *a, const struct arg *arg, const char *hint)
{
    struct text t = { .len = 0 };
    char shown[ARG_SHOWN];
    say_label(&t, arg);
    say(&t, "expected ");
    say_expected(&t, arg);
    say(&t, ", got %s", arg_show(arg->value, shown));
    if (hint)
        say(&t, "; %s", hint);
    fail(a, ERR_ARGS, t.data);
    return NULL;
}

const char *arg_empty_hint(const struct arg *arg)
{
    if (arg->item)
        return "leave the item out";
    if (arg->flags & ARG_NULLABLE)
        return "leave it out, or give null to mean none";
    if (arg->flags & ARG_REQUIRED)
        return "it is required";
    return "leave it out when it is not meant";
}

/* ---- members ---- */

static bool is_duplicate(const cJSON *arguments, const cJSON *member)
{
    for (const cJSON *other = arguments->child; other != member; other = other->next) {
        if (strcmp(other->string, member->string) == 0)
            return true;
    }
    return false;
}

/* False when the arena is full; what is wrong with the arguments is a refusal. */
static bool take_members(struct args *a, const cJSON *arguments)
{
    char shown[ARG_SHOWN];
    struct arg all = { .name = "arguments", .expected = "an object", .value = arguments };
    if (!arguments || cJSON_IsNull(arguments))
        return true;
    if (!cJSON_IsObject(arguments)) {
        arg_unexpected(a, &all, NULL);
        return true;
    }
    size_t count = 0;
    for (const cJSON *m = arguments->child; m && count <= LIMIT_CALL_ARGS; m = m->next)
        count++;
    if (count > LIMIT_CALL_ARGS) {
        arg_refuse(a, &all, "more than %d members; no tool takes so many", LIMIT_CALL_ARGS);
        return true;
    }
    if (count == 0)
        return true;
    a->members = arena_zalloc(a->arena, count, sizeof(*a->members));
    if (!a->members)
        return false;
    for (const cJSON *m = arguments->child; m; m = m->next) {
        if (is_duplicate(arguments, m)) {
            arg_show_text(slice_of(m->string), shown);
            arg_refuse(a, &all, "%s is given twice; give it once", shown);
        }
        a->members[a->member_count++] = (struct arg_member){ .name = m->string, .value = m };
    }
    return true;
}

struct args *args_new(struct arena *arena, const cJSON *arguments, struct err *err)
{
    struct args *a = arena_alloc(arena, sizeof(*a)); /* known[] is filled as it grows */
    if (a) {
        a->arena = arena;
        a->err = err;
        a->failed = false;
        a->rule = NULL;
        a->members = NULL;
        a->member_count = 0;
        a->known_count = 0;
        if (take_members(a, arguments))
            return a;
    }
    err_set(err, ERR_MEMORY, "the arguments are too large");
    return NULL;
}

static struct arg_member *find_member(const struct args *a, const char *name)
{
    for (size_t i = 0; i < a->member_count; i++) {
        if (strcmp(a->members[i].name, name) == 0)
            return &a->members[i];
    }
    return NULL;
}

static struct arg_known *add_known(struct args *a, const char *spelling, const char *name)
{
    assert(a->known_count < ARGS_KNOWN); /* a tool of ours with too many arguments */
    struct arg_known *k = &a->known[a->known_count++];
    k->spelling = spelling;
    k->name = name;
    k->missing = NULL;
    return k;
}

void args_note(struct args *a, struct arg_objects *objects)
{
    a->objects = objects;
}

void args_alias(struct args *a, const char *alias, const char *name)
{
    add_known(a, alias, name);
    struct arg_member *given = find_member(a, alias);
    if (!given)
        return;
    struct arg_member *other = find_member(a, name);
    if (other) {
        struct arg arg = { .name = alias };
        arg_refuse(a, &arg, "is another name for %s, which is given too; give only %s",
                   other->value->string, name);
        return;
    }
    given->name = name;
}

enum arg_state arg_find(struct args *a, struct arg *arg)
{
    struct arg_known *known = add_known(a, arg->name, arg->name);
    struct arg_member *m = find_member(a, arg->name);
    enum arg_state state = ARG_ABSENT;
    if (m) {
        m->read = true;
        if (!cJSON_IsNull(m->value))
            state = ARG_VALUE;
        else if (arg->flags & ARG_NULLABLE)
            state = ARG_NULL;
        m->state = state;
    }
    if (a->failed)
        return ARG_ABSENT;
    if (state == ARG_ABSENT && (arg->flags & ARG_REQUIRED)) {
        struct text t = { .len = 0 };
        say_expected(&t, arg);
        known->missing = arg_copy(a, (struct slice){ t.data, t.len });
    }
    if (state == ARG_VALUE) {
        arg->value = m->value;
        arg->name = m->value->string;
    }
    return state;
}

/* ---- rules ---- */

/* How many of the names were given. */
struct tally {
    size_t values;
    size_t nulls; /* a null that clears */
};

static const struct arg_member *rule_member(const struct args *a, struct slice name)
{
    for (size_t i = 0; i < a->member_count; i++) {
        if (slice_is(name, a->members[i].name))
            return &a->members[i];
    }
    return NULL;
}

/* The next of "a,b,c"; false at the end. */
static bool next_name(const char **names, struct slice *out)
{
    *out = (struct slice){ *names, strcspn(*names, ",") };
    *names += out->len + ((*names)[out->len] == ',');
    return out->len > 0;
}

static struct tally tally(const struct args *a, const char *names)
{
    struct tally t = { 0, 0 };
    struct slice name;
    while (next_name(&names, &name)) {
        const struct arg_member *m = rule_member(a, name);
        t.values += m && m->state == ARG_VALUE;
        t.nulls += m && m->state == ARG_NULL;
    }
    return t;
}

static void say_choices(struct text *t, const char *names)
{
    struct slice name;
    for (const char *more = ""; next_name(&names, &name); more = strchr(names, ',') ? ", " : " or ")
        say(t, "%s%.*s", more, (int)name.len, name.data);
}

static void say_given(struct text *t, const struct args *a, const char *names)
{
    struct slice name;
    const char *more = "";
    while (next_name(&names, &name)) {
        const struct arg_member *m = rule_member(a, name);
        if (!m || m->state != ARG_VALUE)
            continue;
        say(t, "%s%s", more, m->value->string);
        more = " and ";
    }
}

/* Kept for args_end(): an unknown argument often explains a broken rule. */
static void break_rule(struct args *a, const struct text *t)
{
    if (!a->rule)
        a->rule = arg_copy(a, (struct slice){ t->data, t->len });
}

static void break_count(struct args *a, const char *how_many, const char *names)
{
    struct text t = { .len = 0 };
    say(&t, "give %s of ", how_many);
    say_choices(&t, names);
    if (tally(a, names).values > 0) {
        say(&t, "; got ");
        say_given(&t, a, names);
    } else {
        say(&t, "; none was given");
    }
    break_rule(a, &t);
}

void args_exactly_one(struct args *a, const char *names)
{
    if (!a->failed && tally(a, names).values != 1)
        break_count(a, "exactly one", names);
}

void args_at_least_one(struct args *a, const char *names)
{
    struct tally t = tally(a, names);
    if (!a->failed && t.values + t.nulls == 0)
        break_count(a, "at least one", names);
}

void args_at_most_one(struct args *a, const char *names)
{
    if (!a->failed && tally(a, names).values > 1)
        break_count(a, "at most one", names);
}

void args_needs(struct args *a, const char *name, const char *others)
{
    const struct arg_member *m = rule_member(a, slice_of(name));
    if (a->failed || !m || m->state != ARG_VALUE || tally(a, others).values > 0)
        return;
    struct text t = { .len = 0 };
    say(&t, "%s needs ", m->value->string);
    say_choices(&t, others);
    say(&t, " to be given too");
    break_rule(a, &t);
}

/* ---- the end ---- */

static bool is_known_name(const struct args *a, size_t i)
{
    return a->known[i].spelling == a->known[i].name;
}

static void say_known(struct text *t, const struct args *a)
{
    size_t names = 0;
    for (size_t i = 0; i < a->known_count; i++) {
        if (!is_known_name(a, i))
            continue;
        if (names < MAX_NAMES_SHOWN)
            say(t, "%s%s", names ? ", " : "", a->known[i].name);
        names++;
    }
    if (names > MAX_NAMES_SHOWN)
        say(t, " and %zu more", names - MAX_NAMES_SHOWN);
    if (names == 0)
        say(t, "none");
}

/* True when something is near. */
static bool say_nearest(struct text *t, const struct args *a, const char *given)
{
    const char *spellings[ARGS_KNOWN];
    size_t near[SUGGEST_MAX];
    for (size_t i = 0; i < a->known_count; i++)
        spellings[i] = a->known[i].spelling;
    size_t count = suggest_names(given, spellings, a->known_count, near);
    /* Two spellings of one argument are one suggestion. */
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        bool again = false;
        for (size_t j = 0; j < kept; j++)
            again |= strcmp(a->known[near[j]].name, a->known[near[i]].name) == 0;
        if (!again)
            near[kept++] = near[i];
    }
    for (size_t i = 0; i < kept; i++)
        say(t, "%s\"%s\"", i == 0 ? " (did you mean " : separator(i, kept, " or "),
            a->known[near[i]].name);
    if (kept)
        say(t, "?)");
    return kept > 0;
}

static size_t say_unknown(struct text *t, const struct args *a)
{
    char shown[ARG_SHOWN];
    size_t unknown = 0;
    bool strange = false;
    for (size_t i = 0; i < a->member_count; i++) {
        const struct arg_member *m = &a->members[i];
        if (m->read || unknown++ >= MAX_UNKNOWN_SHOWN)
            continue;
        arg_show_text(slice_of(m->value->string), shown);
        say(t, "%s%s", unknown == 1 ? "unknown argument " : ", ", shown);
        strange |= !say_nearest(t, a, m->value->string);
    }
    if (unknown > MAX_UNKNOWN_SHOWN)
        say(t, " and %zu more", unknown - MAX_UNKNOWN_SHOWN);
    if (strange) {
        say(t, "; this tool takes: ");
        say_known(t, a);
    }
    return unknown;
}

static size_t say_missing(struct text *t, const struct args *a)
{
    size_t missing = 0;
    for (size_t i = 0; i < a->known_count; i++) {
        const struct arg_known *k = &a->known[i];
        if (!k->missing)
            continue;
        say(t, "%s%s is required: %s", t->len ? "; " : "", k->name, k->missing);
        missing++;
    }
    return missing;
}

bool args_end(struct args *a)
{
    if (a->failed)
        return false;
    struct text t = { .len = 0 };
    size_t unknown = say_unknown(&t, a);
    size_t missing = say_missing(&t, a);
    if (unknown + missing > 0)
        fail(a, ERR_ARGS, t.data);
    else if (a->rule)
        fail(a, ERR_ARGS, a->rule);
    return !a->failed;
}
