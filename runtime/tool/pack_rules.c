#include "tool/pack_priv.h"

#include "base/json.h"
#include "base/limits.h"

#include <ctype.h>
#include <string.h>

static const char *const methods[] = {
    [ASANA_GET] = "GET",       [ASANA_POST] = "POST",     [ASANA_PUT] = "PUT",
    [ASANA_DELETE] = "DELETE", [ASANA_DELETE + 1] = NULL,
};

enum asana_method pack_method(struct pack_file *f, const cJSON *from)
{
    return (enum asana_method)pack_word(f, from, "method", methods);
}

static void read_kind(struct pack_file *f, const cJSON *from, struct visible_kind *out)
{
    static const char *const ways[] = {
        [VISIBLE_ITSELF] = "itself", [VISIBLE_IN] = "in",       [VISIBLE_AMONG] = "among",
        [VISIBLE_UNDER] = "under",   [VISIBLE_LISTED] = "list", [VISIBLE_LISTED + 1] = NULL,
    };
    out->name = pack_plain(f, "kinds", json_get(from, "name"));
    out->way = (enum visible_way)pack_word(f, from, "way", ways);
    out->path = pack_find_text(f, from, "path");
    out->at = pack_find_text(f, from, "at");
    out->fields = pack_find_text(f, from, "fields");
    out->withheld = pack_find_text(f, from, "withheld");
    bool tells = out->way == VISIBLE_IN || out->way == VISIBLE_AMONG || out->way == VISIBLE_UNDER;
    if (tells && (!out->at || !out->fields))
        pack_refuse(f, "kinds", "where it tells");
    if (out->way == VISIBLE_LISTED && (!out->path || !out->fields))
        pack_refuse(f, "kinds", "the list that has it");
}

/* "/tasks/{task_gid}/subtasks": no segment is empty, and braces hold a name. */
static bool is_path(const char *path)
{
    while (*path == '/') {
        bool name = *++path == '{';
        path += name;
        size_t len = 0;
        while (isalnum((unsigned char)path[len]) || path[len] == '_')
            len++;
        path += len;
        if (!len || (name && *path++ != '}'))
            return false;
    }
    return *path == '\0';
}

static const struct visible_kind *kind_at(struct pack_file *f, const cJSON *index,
                                          const struct visible_rules *rules)
{
    size_t n = 0;
    while (rules->kinds[n])
        n++;
    unsigned i = pack_index(f, "routes", index, n);
    return f->failed ? NULL : rules->kinds[i];
}

/* ["parent", [3, 7]] */
static void read_name(struct pack_file *f, const cJSON *from, const struct visible_rules *rules,
                      struct visible_name *out)
{
    const size_t most = sizeof(out->kinds) / sizeof(*out->kinds);
    const cJSON *name = cJSON_IsArray(from) ? from->child : NULL;
    const cJSON *kinds = name ? name->next : NULL;
    const cJSON *kind;
    size_t n = 0;
    if (!cJSON_IsString(name) || !*name->valuestring || !cJSON_IsArray(kinds) || !kinds->child ||
        (size_t)cJSON_GetArraySize(kinds) > most) {
        pack_refuse(f, "routes", "names and their kinds");
        return;
    }
    out->name = name->valuestring;
    cJSON_ArrayForEach (kind, kinds)
        out->kinds[n++] = kind_at(f, kind, rules);
}

static void read_route(struct pack_file *f, const cJSON *from, const struct visible_rules *rules,
                       struct visible_route *out)
{
    const cJSON *list;
    const cJSON *item;
    size_t n = pack_list(f, from, "names", LIMIT_CALL_ARGS, &list);
    struct visible_name *names = pack_zalloc(f, n + 1, sizeof(*names));
    out->method = pack_method(f, from);
    out->path = pack_find_text(f, from, "path");
    if (!out->path || !is_path(out->path))
        pack_refuse(f, "routes", "a path");
    if (json_get(from, "answers"))
        out->answers = kind_at(f, json_get(from, "answers"), rules);
    if (!names)
        return;
    n = 0;
    cJSON_ArrayForEach (item, list)
        read_name(f, item, rules, &names[n++]);
    out->names = names;
}

const struct visible_rules *pack_rules_read(struct pack_file *f, const cJSON *root)
{
    const cJSON *list;
    const cJSON *item;
    struct visible_rules *rules = pack_zalloc(f, 1, sizeof(*rules));
    size_t n = pack_list(f, root, "kinds", LIMIT_PACK_TOOLS, &list);
    struct visible_kind *kinds = pack_zalloc(f, n, sizeof(*kinds));
    const struct visible_kind **all = pack_zalloc(f, n + 1, sizeof(*all));
    if (!rules || !kinds || !all)
        return NULL;
    n = 0;
    cJSON_ArrayForEach (item, list) {
        read_kind(f, item, &kinds[n]);
        all[n] = &kinds[n];
        n++;
    }
    rules->kinds = all;
    n = pack_list(f, root, "routes", 2 * LIMIT_PACK_TOOLS, &list);
    struct visible_route *routes = pack_zalloc(f, n, sizeof(*routes));
    if (!routes)
        return NULL;
    cJSON_ArrayForEach (item, list)
        read_route(f, item, rules, &routes[rules->count++]);
    rules->routes = routes;
    return rules;
}
