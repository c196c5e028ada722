#include "tool/pack_priv.h"

/* ---- arguments ---- */

const struct pack_reader pack_readers[] = {
    { "string", PACK_TEXT, .text = args_string },
    { "text", PACK_TEXT, .text = args_text },
    { "html", PACK_TEXT, .text = args_html },
    { "html_task", PACK_TEXT, ARG_HTML_TASK, .text = args_html },
    { "gid", PACK_TEXT, .text = args_gid },
    { "ref", PACK_TEXT, .text = args_ref },
    { "user", PACK_TEXT, .text = args_user },
    { "date", PACK_TEXT, .text = args_date },
    { "datetime", PACK_TEXT, .text = args_datetime },
    { "since", PACK_TEXT, .text = args_since },
    { "offset", PACK_TEXT, .text = args_offset },
    { .name = "enum", .read = PACK_ENUM },
    { .name = "fields", .read = PACK_FIELDS },
    { .name = "bool", .read = PACK_BOOL },
    { .name = "int", .read = PACK_INT },
    { .name = "number", .read = PACK_NUMBER },
    { "gids", PACK_LIST, .list = args_gids },
    { "users", PACK_LIST, .list = args_users },
    { "words", PACK_LIST, .list = args_words },
    { "object", PACK_JSON, .json = args_object },
    { "objects", PACK_JSON, .json = args_objects },
    { "field_filters", PACK_JSON, .json = args_field_filters },
    { .name = "file", .read = PACK_FILE },
    { 0 },
};

static union pack_value read_value(struct args *a, const struct pack_param *p)
{
    const struct pack_reader *r = p->reader;
    unsigned flags = p->flags | r->flags;
    union pack_value v = { 0 };
    switch (r->read) {
    case PACK_TEXT:
        v.text = r->text(a, p->name, flags) ?: p->standard;
        break;
    case PACK_ENUM:
        v.text = args_enum(a, p->name, flags, p->values) ?: p->standard;
        break;
    case PACK_FIELDS:
        v.text = args_fields(a, p->name, p->standard);
        break;
    case PACK_BOOL:
        v.truth = args_bool(a, p->name, flags);
        break;
    case PACK_INT:
        v.whole = p->has_standard ? args_int_or(a, p->name, p->whole, p->min, p->max)
                                  : args_int(a, p->name, flags, p->min, p->max);
        break;
    case PACK_NUMBER:
        v.number = args_number(a, p->name, flags);
        break;
    case PACK_LIST:
        v.list = r->list(a, p->name, flags);
        break;
    case PACK_JSON:
        v.json = r->json(a, p->name, flags);
        break;
    case PACK_FILE:
        v.file = args_file(a, p->name, flags);
        break;
    }
    return v;
}

static void apply_rule(struct args *a, const struct pack_rule *rule)
{
    switch (rule->kind) {
    case PACK_EXACTLY_ONE:
        args_exactly_one(a, rule->names);
        break;
    case PACK_AT_LEAST_ONE:
        args_at_least_one(a, rule->names);
        break;
    case PACK_AT_MOST_ONE:
        args_at_most_one(a, rule->names);
        break;
    case PACK_NEEDS:
        args_needs(a, rule->name, rule->names);
        break;
    }
}

bool pack_decode(const struct pack_tool *tool, struct args *a, void *into)
{
    union pack_value *values = into;
    for (size_t i = 0; i < tool->n_params; i++)
        for (const char *const *alias = tool->params[i].aliases; *alias; alias++)
            args_alias(a, *alias, tool->params[i].name);
    for (size_t i = 0; i < tool->n_params; i++)
        values[i] = read_value(a, &tool->params[i]);
    for (size_t i = 0; i < tool->n_rules; i++)
        apply_rule(a, &tool->rules[i]);
    return args_end(a);
}

/* ---- requests ---- */

static bool is_given(const struct pack_tool *tool, const union pack_value *values, unsigned param)
{
    const union pack_value *v = &values[param];
    switch (tool->params[param].reader->read) {
    case PACK_BOOL:
        return v->truth.state != ARG_ABSENT;
    case PACK_INT:
        return v->whole.state != ARG_ABSENT;
    case PACK_NUMBER:
        return v->number.state != ARG_ABSENT;
    case PACK_LIST:
        return v->list;
    case PACK_JSON:
        return v->json;
    case PACK_FILE:
        return v->file;
    case PACK_TEXT:
    case PACK_ENUM:
    case PACK_FIELDS:
        break;
    }
    return v->text;
}

static bool any_given(const struct pack_tool *tool, const union pack_value *values,
                      const struct pack_params *params)
{
    for (size_t i = 0; i < params->n; i++)
        if (is_given(tool, values, params->at[i]))
            return true;
    return false;
}

/* As deep as the file is nested. */
static void build(const struct pack_tool *tool, const struct pack_steps *steps,
                  const union pack_value *values, struct asana_req *r)
{
    for (size_t i = 0; i < steps->n; i++) {
        const struct pack_step *s = &steps->at[i];
        const union pack_value *v = &values[s->param];
        switch (s->op) {
        case PACK_PATH:
            asana_path(r, s->name);
            break;
        case PACK_PATH_ARG:
            asana_path_arg(r, v->text);
            break;
        case PACK_QUERY_TEXT:
            asana_query_str(r, s->name, s->constant);
            break;
        case PACK_QUERY_STR:
            asana_query_str(r, s->name, v->text);
            break;
        case PACK_QUERY_BOOL:
            asana_query_bool(r, s->name, v->truth);
            break;
        case PACK_QUERY_INT:
            asana_query_int(r, s->name, v->whole);
            break;
        case PACK_QUERY_LIST:
            asana_query_list(r, s->name, v->list);
            break;
        case PACK_QUERY_MAP:
            asana_query_map(r, s->name, v->json);
            break;
        case PACK_BODY_STR:
            asana_body_str(r, s->name, v->text);
            break;
        case PACK_BODY_BOOL:
            asana_body_bool(r, s->name, v->truth);
            break;
        case PACK_BODY_INT:
            asana_body_int(r, s->name, v->whole);
            break;
        case PACK_BODY_NUM:
            asana_body_num(r, s->name, v->number);
            break;
        case PACK_BODY_LIST:
            asana_body_list(r, s->name, v->list);
            break;
        case PACK_BODY_CSV:
            asana_body_csv(r, s->name, v->list);
            break;
        case PACK_BODY_ITEM:
            asana_body_item(r, s->name, v->text);
            break;
        case PACK_BODY_JSON:
            asana_body_json(r, s->name, v->json);
            break;
        case PACK_FORM_STR:
            asana_form_str(r, s->name, v->text);
            break;
        case PACK_FORM_BOOL:
            asana_form_bool(r, s->name, v->truth);
            break;
        case PACK_FORM_FILE:
            asana_form_file(r, s->name, v->file);
            break;
        case PACK_OPEN_OBJECT:
            asana_body_open_object(r, s->name);
            break;
        case PACK_OPEN_ITEM:
            asana_body_open_item(r, s->name);
            break;
        case PACK_CLOSE:
            asana_body_close(r);
            break;
        case PACK_IF: {
            const struct pack_if *branch = s->branch;
            bool then = any_given(tool, values, &branch->given) &&
                        !any_given(tool, values, &branch->absent);
            build(tool, then ? &branch->then : &branch->otherwise, values, r);
            break;
        }
        }
    }
}

bool pack_request(const struct pack_tool *tool, const void *from, struct asana_req *r,
                  struct err *err)
{
    asana_req_init(r, tool->method);
    build(tool, &tool->steps, from, r);
    return asana_req_end(r, err);
}

bool pack_extra_wanted(const struct pack_extra *extra, const void *from)
{
    const union pack_value *values = from;
    return values[extra->flag].truth.value;
}

bool pack_extra_request(const struct pack_extra *extra, const void *from, struct asana_req *r,
                        struct err *err)
{
    asana_req_init(r, ASANA_GET);
    build(extra->tool, &extra->steps, from, r);
    return asana_req_end(r, err);
}
