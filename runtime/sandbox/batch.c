#include "sandbox/batch.h"

#include "sandbox/fields.h"
#include "sandbox/routes.h"

#include <ctype.h>
#include <string.h>

/* As Asana says. */
#define ACTIONS 10
#define PARAMS 64
#define ANSWER_MAX (8u << 20)

struct action {
    struct form_field params[PARAMS];
    size_t count;
    struct sb_request request;
};

static const char *as_text(struct arena *a, const cJSON *value)
{
    BUF_AUTO b = { .max = 4096 };
    if (cJSON_IsString(value))
        return value->valuestring;
    if (cJSON_IsArray(value)) {
        const cJSON *item;
        cJSON_ArrayForEach (item, value) {
            if (b.len)
                buf_char(&b, ',');
            buf_str(&b, cJSON_IsString(item) ? item->valuestring : "");
        }
    } else {
        json_write(&b, value);
    }
    return buf_ok(&b) ? arena_strndup(a, b.data ? b.data : "", b.len) : "";
}

static bool add_param(struct sb_call *c, struct action *action, const char *name,
                      const cJSON *value)
{
    if (action->count == PARAMS)
        return sb_fail(c, 400, "actions: Too many parameters");
    action->params[action->count++] = (struct form_field){ name, as_text(c->arena, value) };
    return true;
}

static bool add_params(struct sb_call *c, struct action *action, const cJSON *object, bool options)
{
    const cJSON *member;
    cJSON_ArrayForEach (member, object) {
        bool fields = options && strcmp(member->string, "fields") == 0;
        if (!add_param(c, action, fields ? "opt_fields" : member->string, member))
            return false;
    }
    return true;
}

static struct slice body_of(struct sb_call *c, const cJSON *data)
{
    BUF_AUTO b = { .max = 1u << 20 };
    buf_str(&b, "{\"data\":");
    if (data)
        json_write(&b, data);
    else
        buf_str(&b, "{}");
    buf_char(&b, '}');
    const char *text = buf_ok(&b) ? arena_strndup(c->arena, b.data, b.len) : NULL;
    return text ? slice_of(text) : (struct slice){ "", 0 };
}

static bool read_action(struct sb_call *c, const cJSON *from, struct action *out)
{
    const char *path = json_get_string(from, "relative_path");
    const char *word = json_get_string(from, "method");
    const cJSON *data = json_get(from, "data");
    char *method = word ? arena_strdup(c->arena, word) : NULL;
    if (!path || *path != '/' || strchr(path, '?') || !method)
        return sb_fail(c, 400, "actions: Each needs a method, and a relative_path without a query");
    for (char *p = method; *p; p++)
        *p = (char)toupper((unsigned char)*p);
    if (strcmp(path, "/batch") == 0 || (strcmp(path, "/attachments") == 0 && *method == 'P'))
        return sb_fail(c, 400, "actions: %s cannot be in a batch", path);
    bool reads = strcmp(method, "GET") == 0;
    *out = (struct action){ 0 };
    if ((reads && !add_params(c, out, data, false)) ||
        !add_params(c, out, json_get(from, "options"), true))
        return false;
    out->request = (struct sb_request){
        .method = method,
        .path = path,
        .query = out->params,
        .query_count = out->count,
        .body = reads || strcmp(method, "DELETE") == 0 ? (struct slice){ "", 0 } : body_of(c, data),
        .authorization = c->request->authorization,
    };
    return true;
}

static void run_action(struct sb_call *c, const struct action *action)
{
    BUF_AUTO body = { .max = ANSWER_MAX };
    const char *location = NULL;
    unsigned status = sb_handle(c->sandbox, &action->request, c->arena, &body, &location);
    sb_comma(c->out);
    buf_str(c->out, "{\"status_code\":");
    buf_int(c->out, status);
    buf_str(c->out, ",\"headers\":{");
    buf_json_text(c->out, "location", location);
    buf_str(c->out, "},\"body\":");
    buf_slice_put(c->out, buf_slice(&body));
    buf_char(c->out, '}');
    c->out->failed |= !buf_ok(&body);
}

/* All are looked at before the first one runs. */
void sb_create_batch(struct sb_call *c)
{
    const cJSON *actions = sb_body_any(c, "actions");
    const cJSON *one;
    int n = cJSON_IsArray(actions) ? cJSON_GetArraySize(actions) : 0;
    if (n < 1 || n > ACTIONS) {
        sb_fail(c, 400, "actions: Expected 1 to %d of them", ACTIONS);
        return;
    }
    struct action *list = arena_zalloc(c->arena, (size_t)n, sizeof(*list));
    size_t count = 0;
    cJSON_ArrayForEach (one, actions)
        if (!list || !read_action(c, one, &list[count++]))
            return;
    buf_str(c->out, "{\"data\":[");
    for (size_t i = 0; i < count; i++)
        run_action(c, &list[i]);
    buf_str(c->out, "]}");
}
