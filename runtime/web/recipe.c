#include "web/recipe.h"

#include <string.h>

static const char *const transport_names[] = {
    [CLIENT_HTTP] = "http",
    [CLIENT_SSE] = "sse",
    [CLIENT_STDIO] = "stdio",
};
static const char *const transport_paths[] = {
    [CLIENT_HTTP] = "/mcp",
    [CLIENT_SSE] = "/sse",
    [CLIENT_STDIO] = "",
};

static bool same_name(const char *known, const char *given)
{
    for (; *known && *given; known++, given++)
        if (*known != *given && !(*known == '-' && *given == '_'))
            return false;
    return *known == *given;
}

const struct client *recipe_client(const char *name)
{
    for (const struct client *c = client_registry; c->name; c++)
        if (same_name(c->name, name))
            return c;
    return NULL;
}

const char *recipe_transport_name(enum client_transport t)
{
    return transport_names[t];
}

const struct client_snippet *recipe_snippet(const struct client *c, const struct recipe *r)
{
    /* A client that cannot sign in has only snippets with a token. */
    for (const struct client_snippet *s = c->snippets; s && s->title; s++)
        if ((s->transports & (1u << r->transport)) && (s->bearer == r->bearer || !c->signs_in))
            return s;
    return NULL;
}

static const char *entry_of(const struct client *c, const struct recipe *r)
{
    if (!c->settings)
        return NULL;
    return r->bearer ? c->settings->bearer_entries[r->transport]
                     : c->settings->entries[r->transport];
}

bool recipe_in_settings(const struct client *c, const struct recipe *r)
{
    return entry_of(c, r);
}

static void put_program(struct buf *out, enum client_format format, const char *path)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                                "/._-+,:@%";
    if (format == CLIENT_JSON || format == CLIENT_JSONC || format == CLIENT_TOML) {
        buf_json_escaped(out, slice_of(path));
    } else if (format == CLIENT_SHELL && path[strspn(path, plain)] != '\0') {
        buf_char(out, '\'');
        for (; *path; path++)
            buf_str(out, *path == '\'' ? "'\\''" : (char[]){ *path, '\0' });
        buf_char(out, '\'');
    } else {
        buf_str(out, path);
    }
}

static bool put_hole(struct buf *out, enum client_format format, struct slice name,
                     const struct recipe *r)
{
    if (slice_is(name, "url")) {
        buf_str(out, r->base);
        buf_str(out, transport_paths[r->transport]);
    } else if (slice_is(name, "base")) {
        buf_str(out, r->base);
    } else if (slice_is(name, "name")) {
        buf_str(out, r->name);
    } else if (slice_is(name, "program")) {
        put_program(out, format, r->program);
    } else {
        return false;
    }
    return true;
}

void recipe_fill(struct buf *out, enum client_format format, const char *text,
                 const struct recipe *r)
{
    while (*text) {
        size_t plain = strcspn(text, "{");
        buf_put(out, text, plain);
        text += plain;
        if (!*text)
            break;
        size_t len = strcspn(text + 1, "{}");
        if (text[1 + len] == '}' && put_hole(out, format, (struct slice){ text + 1, len }, r))
            text += len + 2;
        else
            buf_char(out, *text++);
    }
}

void recipe_entry(struct buf *out, const struct client *c, const struct recipe *r)
{
    recipe_fill(out, c->settings->format, entry_of(c, r), r);
}

static void put_lead(struct buf *out, size_t depth)
{
    for (size_t i = 0; i < depth; i++)
        buf_str(out, "  ");
}

static void put_lines(struct buf *out, struct slice text, size_t depth)
{
    for (size_t i = 0; i < text.len; i++) {
        buf_char(out, text.data[i]);
        if (text.data[i] == '\n')
            put_lead(out, depth);
    }
}

static void put_key(struct buf *out, const char *key, size_t depth)
{
    put_lead(out, depth);
    buf_json_string(out, slice_of(key));
    buf_str(out, ": ");
}

void recipe_settings(struct buf *out, const struct client *c, const struct recipe *r)
{
    BUF_AUTO entry;
    buf_init(&entry, out->max);
    recipe_entry(&entry, c, r);
    out->failed |= entry.failed;
    size_t depth = 0;
    if (c->settings->format == CLIENT_TOML) {
        buf_char(out, '[');
        for (const char *const *at = c->settings->at; *at; at++) {
            buf_str(out, *at);
            buf_char(out, '.');
        }
        buf_str(out, r->name);
        buf_str(out, "]\n");
        buf_slice_put(out, buf_slice(&entry));
        return;
    }
    buf_str(out, "{\n");
    for (const char *const *at = c->settings->at; *at; at++) {
        put_key(out, *at, ++depth);
        buf_str(out, "{\n");
    }
    put_key(out, r->name, ++depth);
    put_lines(out, buf_slice(&entry), depth);
    while (depth-- > 0) {
        buf_char(out, '\n');
        put_lead(out, depth);
        buf_char(out, '}');
    }
}
