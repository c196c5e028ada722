#include "transport/mirror.h"

#include "base/limits.h"
#include "mcp/modern.h"

#include <ctype.h>
#include <math.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ENCODED_BEGIN "=?base64?"
#define ENCODED_END "?="
#define VERSION_HEADER "MCP-Protocol-Version"
#define PARAM_PREFIX "Mcp-Param-"

static struct slice trim(const char *value)
{
    struct slice s = slice_of(value);
    while (s.len && (*s.data == ' ' || *s.data == '\t')) {
        s.data++;
        s.len--;
    }
    while (s.len && (s.data[s.len - 1] == ' ' || s.data[s.len - 1] == '\t'))
        s.len--;
    return s;
}

static bool is_visible(struct slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((s.data[i] < 0x20 && s.data[i] != '\t') || s.data[i] >= 0x7F)
            return false;
    return true;
}

static bool decode_base64(struct slice text, struct buf *out)
{
    size_t room = text.len / 4 * 3 + 3, len = 0;
    char *to = buf_reserve(out, room);
    const char *end = NULL;
    if (!to ||
        sodium_base642bin((unsigned char *)to, room, text.data, text.len, NULL, &len, &end,
                          sodium_base64_VARIANT_ORIGINAL) != 0 ||
        end != text.data + text.len)
        return false;
    buf_commit(out, len);
    return true;
}

bool mirror_decode(const char *value, struct buf *out)
{
    static const size_t begin = sizeof(ENCODED_BEGIN) - 1, end = sizeof(ENCODED_END) - 1;
    struct slice s = trim(value);
    if (!is_visible(s))
        return false;
    if (s.len < begin + end || memcmp(s.data, ENCODED_BEGIN, begin) != 0 ||
        memcmp(s.data + s.len - end, ENCODED_END, end) != 0) {
        buf_slice_put(out, s);
        return buf_ok(out);
    }
    return decode_base64((struct slice){ s.data + begin, s.len - begin - end }, out) && buf_ok(out);
}

/* Decimal text of one number, and nothing else. */
static bool is_number(struct slice s, double *out)
{
    char text[64], *end;
    if (!s.len || s.len >= sizeof(text) || isspace((unsigned char)*s.data))
        return false;
    for (size_t i = 0; i < s.len; i++)
        if (!memchr("0123456789+-.eE", s.data[i], 15))
            return false;
    memcpy(text, s.data, s.len);
    text[s.len] = '\0';
    *out = strtod(text, &end);
    return !*end && isfinite(*out);
}

static bool repeats(struct slice header, const cJSON *value)
{
    double number;
    if (cJSON_IsString(value))
        return slice_is(header, value->valuestring);
    if (cJSON_IsBool(value))
        return slice_is(header, cJSON_IsTrue(value) ? "true" : "false");
    return cJSON_IsNumber(value) && is_number(header, &number) && !(number < value->valuedouble) &&
           !(number > value->valuedouble);
}

/* The header and the body's value (NULL or null: none) say the same. */
static bool check(const struct http_exchange *x, const char *name, const cJSON *value,
                  struct err *err)
{
    const char *header;
    BUF_AUTO text = { .max = LIMIT_MIRROR_VALUE };
    bool has_value = value && !cJSON_IsNull(value);
    if (!http_header_one(x, name, &header))
        return err_set(err, ERR_ARGS, "the %s headers contradict each other", name);
    if (!header && !has_value)
        return true;
    if (!header)
        return err_set(err, ERR_ARGS, "the %s header is missing: it repeats a value of the body",
                       name);
    if (!has_value)
        return err_set(err, ERR_ARGS, "the %s header has no value in the body to repeat", name);
    if (!mirror_decode(header, &text))
        return err_set(err, ERR_ARGS,
                       "the %s header is malformed: visible ASCII, or " ENCODED_BEGIN
                       "…" ENCODED_END " with padding",
                       name);
    return repeats(buf_slice(&text), value) ||
           err_set(err, ERR_ARGS, "the %s header differs from what the body says", name);
}

/* Those two are never encoded. */
static bool check_plain(const struct http_exchange *x, const char *name, const char *value,
                        struct err *err)
{
    const char *header;
    if (!http_header_one(x, name, &header))
        return err_set(err, ERR_ARGS, "the %s headers contradict each other", name);
    if (!header)
        return err_set(err, ERR_ARGS, "the %s header is missing", name);
    return slice_is(trim(header), value) ||
           err_set(err, ERR_ARGS, "the %s header differs from what the body says", name);
}

/* The member of params that Mcp-Name repeats; NULL: none. */
static const char *name_member(const char *method)
{
    if (strcmp(method, "tools/call") == 0 || strcmp(method, "prompts/get") == 0)
        return "name";
    return strcmp(method, "resources/read") == 0 ? "uri" : NULL;
}

static bool check_params(const struct http_exchange *x, const struct rpc_message *m,
                         const struct mcp_catalog *catalog, struct err *err)
{
    const char *name = json_get_string(m->params, "name");
    const struct tool *tool = name ? mcp_catalog_tool(catalog, name) : NULL;
    const cJSON *arguments = json_get(m->params, "arguments");
    char header[128];
    for (const struct tool_header *h = tool ? tool->headers : NULL; h && h->name; h++) {
        snprintf(header, sizeof(header), PARAM_PREFIX "%s", h->name);
        if (!check(x, header, json_get(arguments, h->param), err))
            return false;
    }
    return true;
}

bool mirror_check(const struct http_exchange *x, const struct rpc_message *m,
                  const struct mcp_catalog *catalog, struct err *err)
{
    const char *version = modern_version(m);
    const char *member = name_member(m->method);
    if (!check_plain(x, VERSION_HEADER, version ? version : "", err) ||
        !check_plain(x, "Mcp-Method", m->method, err))
        return false;
    if (member && !check(x, "Mcp-Name", json_get(m->params, member), err))
        return false;
    return strcmp(m->method, "tools/call") != 0 || check_params(x, m, catalog, err);
}

void mirror_put_names(struct buf *b, const struct mcp_catalog *catalog)
{
    char item[128];
    size_t count;
    const struct tool *const *tools = mcp_catalog_tools(catalog, &count);
    for (size_t i = 0; i < count; i++) {
        for (const struct tool_header *h = tools[i]->headers; h && h->name; h++) {
            int len = snprintf(item, sizeof(item), PARAM_PREFIX "%s, ", h->name);
            if (!b->data || !memmem(b->data, b->len, item, (size_t)len))
                buf_put(b, item, (size_t)len);
        }
    }
}
