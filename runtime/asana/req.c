#include "asana/req.h"

#include "base/json.h"
#include "base/limits.h"

#include <math.h>
#include <string.h>

const char arg_null[] = "null";

void asana_req_init(struct asana_req *r, enum asana_method method)
{
    memset(r, 0, sizeof(*r));
    r->method = method;
    buf_init(&r->url, LIMIT_ASANA_URL);
    buf_init(&r->body, LIMIT_ASANA_REQUEST_BODY);
}

void asana_req_done(struct asana_req *r)
{
    if (!r)
        return;
    buf_done(&r->url);
    buf_done(&r->body);
}

bool asana_req_copy(const struct asana_req *r, struct asana_req *out)
{
    bool whole = buf_ok(&r->url) && buf_ok(&r->body);
    asana_req_init(out, r->method);
    out->deadline_ms = r->deadline_ms;
    memcpy(out->boundary, r->boundary, sizeof(out->boundary));
    buf_slice_put(&out->url, buf_slice(&r->url));
    buf_slice_put(&out->body, buf_slice(&r->body));
    if (whole && buf_ok(&out->url) && buf_ok(&out->body))
        return true;
    asana_req_done(out);
    return false;
}

const char *asana_method_name(enum asana_method m)
{
    static const char *const names[] = {
        [ASANA_GET] = "GET",
        [ASANA_POST] = "POST",
        [ASANA_PUT] = "PUT",
        [ASANA_DELETE] = "DELETE",
    };
    return names[m];
}

/* ---- path and query ---- */

void asana_path(struct asana_req *r, const char *literal)
{
    r->misuse |= r->has_query;
    buf_str(&r->url, literal);
}

/* "/" is encoded; the dot segments are the only other way for an argument to change the path. */
void asana_path_arg(struct asana_req *r, const char *value)
{
    if (!value || value == arg_null || r->has_query || value[0] == '\0' ||
        strcmp(value, ".") == 0 || strcmp(value, "..") == 0) {
        r->misuse = true;
        return;
    }
    buf_url_encoded(&r->url, slice_of(value));
}

static void query_text(struct asana_req *r, const char *text)
{
    buf_url_encoded_list(&r->url, slice_of(text));
}

static void query_separator(struct asana_req *r)
{
    buf_char(&r->url, r->has_query ? '&' : '?');
    r->has_query = true;
}

static void query_name(struct asana_req *r, const char *name)
{
    query_separator(r);
    buf_url_encoded(&r->url, slice_of(name));
    buf_char(&r->url, '=');
}

void asana_query_str(struct asana_req *r, const char *name, const char *value)
{
    if (!value)
        return;
    query_name(r, name);
    query_text(r, value); /* arg_null reads "null" */
}

void asana_query_bool(struct asana_req *r, const char *name, struct arg_bool value)
{
    if (value.state != ARG_ABSENT)
        asana_query_str(r, name,
                        value.state == ARG_NULL ? arg_null
                        : value.value           ? "true"
                                                : "false");
}

void asana_query_int(struct asana_req *r, const char *name, struct arg_int value)
{
    if (value.state == ARG_NULL)
        asana_query_str(r, name, arg_null);
    if (value.state != ARG_VALUE)
        return;
    query_name(r, name);
    buf_int(&r->url, value.value);
}

void asana_query_list(struct asana_req *r, const char *name, const struct arg_list *value)
{
    if (!value || value->count == 0)
        return;
    query_name(r, name);
    for (size_t i = 0; i < value->count; i++) {
        if (i > 0)
            buf_char(&r->url, ',');
        buf_url_encoded(&r->url, slice_of(value->items[i]));
    }
}

static void query_member(struct asana_req *r, const char *prefix, const cJSON *member)
{
    query_separator(r);
    buf_str(&r->url, prefix);
    buf_char(&r->url, '.');
    buf_url_encoded(&r->url, slice_of(member->string));
    buf_char(&r->url, '=');
    if (cJSON_IsString(member))
        query_text(r, member->valuestring);
    else if (cJSON_IsBool(member))
        buf_str(&r->url, cJSON_IsTrue(member) ? "true" : "false");
    else if (cJSON_IsNumber(member) && isfinite(member->valuedouble))
        buf_double(&r->url, member->valuedouble);
    else
        r->misuse = true;
}

void asana_query_map(struct asana_req *r, const char *prefix, const cJSON *object)
{
    const cJSON *member = NULL;
    cJSON_ArrayForEach (member, object)
        query_member(r, prefix, member);
}

/* ---- body ---- */

static void body_key(struct asana_req *r, const char *name)
{
    if (r->comma)
        buf_char(&r->body, ',');
    buf_json_string(&r->body, slice_of(name));
    buf_char(&r->body, ':');
    r->comma = true;
}

static void body_data(struct asana_req *r)
{
    r->misuse |= r->method == ASANA_GET || r->method == ASANA_DELETE;
    if (!r->has_data)
        buf_str(&r->body, "{\"data\":{");
    r->has_data = true;
}

/* Writes what was opened and waited for its first member, then the member's name. */
static void body_name(struct asana_req *r, const char *name)
{
    body_data(r);
    for (; r->written < r->depth; r->written++) {
        body_key(r, r->open[r->written]);
        buf_str(&r->body, r->is_item[r->written] ? "[{" : "{");
        r->comma = false;
    }
    body_key(r, name);
}

static void body_null(struct asana_req *r, const char *name)
{
    body_name(r, name);
    buf_str(&r->body, "null");
}

void asana_body_str(struct asana_req *r, const char *name, const char *value)
{
    if (!value)
        return;
    if (value == arg_null) {
        body_null(r, name);
        return;
    }
    body_name(r, name);
    buf_json_string(&r->body, slice_of(value));
}

void asana_body_bool(struct asana_req *r, const char *name, struct arg_bool value)
{
    if (value.state == ARG_NULL)
        body_null(r, name);
    if (value.state != ARG_VALUE)
        return;
    body_name(r, name);
    buf_str(&r->body, value.value ? "true" : "false");
}

void asana_body_int(struct asana_req *r, const char *name, struct arg_int value)
{
    if (value.state == ARG_NULL)
        body_null(r, name);
    if (value.state != ARG_VALUE)
        return;
    body_name(r, name);
    buf_int(&r->body, value.value);
}

void asana_body_num(struct asana_req *r, const char *name, struct arg_num value)
{
    if (value.state == ARG_NULL)
        body_null(r, name);
    if (value.state != ARG_VALUE)
        return;
    r->misuse |= !isfinite(value.value);
    body_name(r, name);
    buf_double(&r->body, value.value);
}

void asana_body_list(struct asana_req *r, const char *name, const struct arg_list *value)
{
    if (!value)
        return;
    body_name(r, name);
    buf_char(&r->body, '[');
    for (size_t i = 0; i < value->count; i++) {
        if (i > 0)
            buf_char(&r->body, ',');
        buf_json_string(&r->body, slice_of(value->items[i]));
    }
    buf_char(&r->body, ']');
}

void asana_body_csv(struct asana_req *r, const char *name, const struct arg_list *value)
{
    if (!value)
        return;
    body_name(r, name);
    buf_char(&r->body, '"');
    for (size_t i = 0; i < value->count; i++) {
        if (i > 0)
            buf_char(&r->body, ',');
        buf_json_escaped(&r->body, slice_of(value->items[i]));
    }
    buf_char(&r->body, '"');
}

void asana_body_item(struct asana_req *r, const char *name, const char *value)
{
    if (!value)
        return;
    if (value == arg_null) {
        body_null(r, name);
        return;
    }
    asana_body_list(r, name, &(struct arg_list){ .count = 1, .items = &value });
}

void asana_body_json(struct asana_req *r, const char *name, const cJSON *value)
{
    if (!value)
        return;
    body_name(r, name);
    json_write(&r->body, value);
}

static void body_open(struct asana_req *r, const char *name, bool item)
{
    if (r->depth == ASANA_REQ_DEPTH) {
        r->misuse = true;
        return;
    }
    r->open[r->depth] = name;
    r->is_item[r->depth] = item;
    r->depth++;
}

void asana_body_open_object(struct asana_req *r, const char *name)
{
    body_open(r, name, false);
}

void asana_body_open_item(struct asana_req *r, const char *name)
{
    body_open(r, name, true);
}

void asana_body_close(struct asana_req *r)
{
    if (r->depth == 0) {
        r->misuse = true;
        return;
    }
    r->depth--;
    if (r->written <= r->depth)
        return;
    r->written--;
    buf_str(&r->body, r->is_item[r->depth] ? "}]" : "}");
    r->comma = true;
}

bool asana_req_end(struct asana_req *r, struct err *err)
{
    while (r->depth > 0)
        asana_body_close(r);
    if (r->boundary[0]) {
        r->misuse |= r->has_data;
        asana_form_end(r);
    } else if (r->method == ASANA_POST || r->method == ASANA_PUT) {
        body_data(r);
        buf_str(&r->body, "}}");
    }
    if (r->misuse)
        return err_set(
            err, ERR_ARGS,
            "these arguments do not make a request: an ID in its path is missing or empty");
    if (!buf_ok(&r->url))
        return err_set(err, ERR_LIMIT,
                       "these arguments make a request address of more than %u bytes; give shorter "
                       "lists or texts",
                       LIMIT_ASANA_URL);
    if (!buf_ok(&r->body))
        return err_set(
            err, ERR_LIMIT,
            "these arguments make a request body of more than %u bytes; give shorter texts or a "
            "smaller file",
            LIMIT_ASANA_REQUEST_BODY);
    return true;
}
