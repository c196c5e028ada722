#include "tool/pack_priv.h"

#include <string.h>

/* What an operation's second and third members are. */
enum shape { NAME_PARAM, PARAM, NAME, NAME_CONSTANT, NOTHING, BRANCH };

static const struct {
    const char *name;
    enum pack_op op;
    enum shape shape;
    enum pack_read takes; /* PACK_TEXT: whatever makes a text */
} operations[] = {
    { "path", PACK_PATH, NAME, PACK_TEXT },
    { "path_arg", PACK_PATH_ARG, PARAM, PACK_TEXT },
    { "query_text", PACK_QUERY_TEXT, NAME_CONSTANT, PACK_TEXT },
    { "query_str", PACK_QUERY_STR, NAME_PARAM, PACK_TEXT },
    { "query_bool", PACK_QUERY_BOOL, NAME_PARAM, PACK_BOOL },
    { "query_int", PACK_QUERY_INT, NAME_PARAM, PACK_INT },
    { "query_list", PACK_QUERY_LIST, NAME_PARAM, PACK_LIST },
    { "query_map", PACK_QUERY_MAP, NAME_PARAM, PACK_JSON },
    { "body_str", PACK_BODY_STR, NAME_PARAM, PACK_TEXT },
    { "body_bool", PACK_BODY_BOOL, NAME_PARAM, PACK_BOOL },
    { "body_int", PACK_BODY_INT, NAME_PARAM, PACK_INT },
    { "body_num", PACK_BODY_NUM, NAME_PARAM, PACK_NUMBER },
    { "body_list", PACK_BODY_LIST, NAME_PARAM, PACK_LIST },
    { "body_csv", PACK_BODY_CSV, NAME_PARAM, PACK_LIST },
    { "body_item", PACK_BODY_ITEM, NAME_PARAM, PACK_TEXT },
    { "body_json", PACK_BODY_JSON, NAME_PARAM, PACK_JSON },
    { "form_str", PACK_FORM_STR, NAME_PARAM, PACK_TEXT },
    { "form_bool", PACK_FORM_BOOL, NAME_PARAM, PACK_BOOL },
    { "form_file", PACK_FORM_FILE, NAME_PARAM, PACK_FILE },
    { "open_object", PACK_OPEN_OBJECT, NAME, PACK_TEXT },
    { "open_item", PACK_OPEN_ITEM, NAME, PACK_TEXT },
    { "close", PACK_CLOSE, NOTHING, PACK_TEXT },
    { "if", PACK_IF, BRANCH, PACK_TEXT },
};

static bool makes(const struct pack_param *p, enum pack_read wanted)
{
    enum pack_read read = p->reader->read;
    return read == wanted || (wanted == PACK_TEXT && (read == PACK_ENUM || read == PACK_FIELDS));
}

static struct pack_params read_params(struct pack_file *f, const struct pack_tool *tool,
                                      const cJSON *list)
{
    struct pack_params out = { 0 };
    const cJSON *item;
    if (!cJSON_IsArray(list)) {
        pack_refuse(f, "if", "a list of parameters");
        return out;
    }
    unsigned *at = pack_zalloc(f, (size_t)cJSON_GetArraySize(list), sizeof(*at));
    if (!at)
        return out;
    cJSON_ArrayForEach (item, list)
        at[out.n++] = pack_index(f, "if", item, tool->n_params);
    out.at = at;
    return out;
}

/* ["if", given, absent, then, otherwise] */
static const struct pack_if *read_branch(struct pack_file *f, const struct pack_tool *tool,
                                         const cJSON *first)
{
    struct pack_if *branch = pack_zalloc(f, 1, sizeof(*branch));
    const cJSON *second = first ? first->next : NULL;
    const cJSON *third = second ? second->next : NULL;
    if (!branch)
        return NULL;
    branch->given = read_params(f, tool, first);
    branch->absent = read_params(f, tool, second);
    branch->then = pack_steps_read(f, tool, third);
    branch->otherwise = pack_steps_read(f, tool, third ? third->next : NULL);
    return branch;
}

static void read_param(struct pack_file *f, const struct pack_tool *tool, enum pack_read takes,
                       const cJSON *value, struct pack_step *out)
{
    out->param = pack_index(f, "request", value, tool->n_params);
    if (!f->failed && !makes(&tool->params[out->param], takes))
        pack_refuse(f, "request", "a parameter of the kind that it writes");
}

static void read_step(struct pack_file *f, const struct pack_tool *tool, const cJSON *step,
                      struct pack_step *out)
{
    const cJSON *name = cJSON_IsArray(step) ? step->child : NULL;
    const cJSON *rest = name ? name->next : NULL;
    size_t i = 0;
    size_t n = sizeof(operations) / sizeof(*operations);
    while (i < n && !(cJSON_IsString(name) && strcmp(name->valuestring, operations[i].name) == 0))
        i++;
    if (i == n) {
        pack_refuse(f, "request", "a step");
        return;
    }
    out->op = operations[i].op;
    switch (operations[i].shape) {
    case NAME_PARAM:
        out->name = pack_plain(f, "request", rest);
        read_param(f, tool, operations[i].takes, rest ? rest->next : NULL, out);
        break;
    case PARAM:
        read_param(f, tool, operations[i].takes, rest, out);
        break;
    case NAME:
        out->name = pack_plain(f, "request", rest);
        break;
    case NAME_CONSTANT:
        out->name = pack_plain(f, "request", rest);
        out->constant = pack_plain(f, "request", rest ? rest->next : NULL);
        break;
    case NOTHING:
        break;
    case BRANCH:
        out->branch = read_branch(f, tool, rest);
        break;
    }
}

struct pack_steps pack_steps_read(struct pack_file *f, const struct pack_tool *tool,
                                  const cJSON *list)
{
    struct pack_steps out = { 0 };
    const cJSON *step;
    if (!cJSON_IsArray(list)) {
        pack_refuse(f, "request", "a list of steps");
        return out;
    }
    struct pack_step *at = pack_zalloc(f, (size_t)cJSON_GetArraySize(list), sizeof(*at));
    if (!at)
        return out;
    cJSON_ArrayForEach (step, list)
        read_step(f, tool, step, &at[out.n++]);
    return f->failed ? (struct pack_steps){ 0 } : (struct pack_steps){ at, out.n };
}
