#include "sandbox/page.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define UNPAGED_MAX 1000
#define OFFSET_LIFE_MS (60 * 60 * 1000)
#define SIGNATURE_BYTES 16

/* Over the query without limit and offset: the next page may be of another size, but not of another
 * list. The key guards against mistakes, not attackers: the sandbox holds nothing real. */
static void sign(const struct sb_call *c, const char *content, char out[SIGNATURE_BYTES * 2 + 1])
{
    static const unsigned char key[] = "asana sandbox, offsets of lists";
    unsigned char hash[SIGNATURE_BYTES];
    crypto_generichash_state state;
    crypto_generichash_init(&state, key, sizeof(key), sizeof(hash));
    const char *path = c->request->path;
    crypto_generichash_update(&state, (const unsigned char *)path, strlen(path) + 1);
    crypto_generichash_update(&state, (const unsigned char *)&c->me, sizeof(c->me));
    for (size_t i = 0; i < c->request->query_count; i++) {
        const struct form_field *p = &c->request->query[i];
        if (strcmp(p->name, "offset") == 0 || strcmp(p->name, "limit") == 0 ||
            strncmp(p->name, "opt_", 4) == 0)
            continue;
        crypto_generichash_update(&state, (const unsigned char *)p->name, strlen(p->name) + 1);
        crypto_generichash_update(&state, (const unsigned char *)p->value, strlen(p->value) + 1);
    }
    crypto_generichash_update(&state, (const unsigned char *)content, strlen(content));
    crypto_generichash_final(&state, hash, sizeof(hash));
    sodium_bin2hex(out, SIGNATURE_BYTES * 2 + 1, hash, sizeof(hash));
}

void sb_offset_write(const struct sb_call *c, int64_t key, size_t index, char out[SB_OFFSET_TEXT])
{
    char content[80];
    char signature[SIGNATURE_BYTES * 2 + 1];
    snprintf(content, sizeof(content), "%llx.%zx.%llx", (unsigned long long)key, index,
             (unsigned long long)c->now);
    sign(c, content, signature);
    snprintf(out, SB_OFFSET_TEXT, "%s.%s", content, signature);
}

bool sb_offset_read(const struct sb_call *c, const char *text, int64_t *key, size_t *index)
{
    const char *dot = strrchr(text, '.');
    char content[80];
    if (!dot || (size_t)(dot - text) >= sizeof(content))
        return false;
    memcpy(content, text, (size_t)(dot - text));
    content[dot - text] = '\0';
    char signature[SIGNATURE_BYTES * 2 + 1];
    sign(c, content, signature);
    unsigned long long k;
    unsigned long long issued;
    size_t i;
    if (strcmp(signature, dot + 1) != 0 || sscanf(content, "%llx.%zx.%llx", &k, &i, &issued) != 3)
        return false;
    if (c->now - (int64_t)issued > OFFSET_LIFE_MS)
        return false;
    *key = (int64_t)k;
    *index = i;
    return true;
}

size_t sb_query_count(struct sb_call *c, const char *name, size_t fallback)
{
    const char *text = sb_query_arg(c, name);
    if (!text)
        return fallback;
    char *end = NULL;
    long n = *text >= '0' && *text <= '9' ? strtol(text, &end, 10) : 0;
    if (n < 1 || n > 100 || *end) {
        sb_fail(c, 400, "%s: Must be between 1 and 100, not: %.60s", name, text);
        return fallback;
    }
    return (size_t)n;
}

static void objects(struct sb_call *c, const struct sb_type *type, const struct sb_keys *keys,
                    size_t from, size_t to)
{
    buf_str(c->out, "{\"data\":[");
    for (size_t i = from; i < to; i++) {
        sb_comma(c->out);
        sb_project_object(c, type, keys->keys[i], false, c->opt);
    }
    buf_char(c->out, ']');
}

static void next_page(struct sb_call *c, int64_t last, size_t index)
{
    char offset[SB_OFFSET_TEXT];
    sb_offset_write(c, last, index, offset);
    BUF_AUTO path;
    buf_init(&path, 64u << 10);
    buf_str(&path, c->request->path);
    char mark = '?';
    for (size_t i = 0; i < c->request->query_count; i++) {
        const struct form_field *p = &c->request->query[i];
        if (strcmp(p->name, "offset") == 0)
            continue;
        buf_char(&path, mark);
        buf_url_encoded(&path, slice_of(p->name));
        buf_char(&path, '=');
        buf_url_encoded(&path, slice_of(p->value));
        mark = '&';
    }
    buf_char(&path, mark);
    buf_str(&path, "offset=");
    buf_str(&path, offset);

    buf_str(c->out, "{\"offset\":");
    buf_json_string(c->out, slice_of(offset));
    buf_str(c->out, ",\"path\":");
    buf_json_string(c->out, buf_slice(&path));
    buf_str(c->out, ",\"uri\":\"");
    buf_json_escaped(c->out, slice_of(c->base_url));
    buf_json_escaped(c->out, buf_slice(&path));
    buf_str(c->out, "\"}");
}

void sb_answer_page(struct sb_call *c, const struct sb_type *type, const struct sb_keys *keys)
{
    size_t limit = sb_query_count(c, "limit", 0);
    const char *offset = sb_query_arg(c, "offset");
    size_t from = 0;
    int64_t after = 0;
    if (offset && !sb_offset_read(c, offset, &after, &from))
        sb_fail(c, 400, "offset: Your pagination token is invalid.");
    if (c->failed)
        return;
    /* The list may have changed since: the last object that was handed out counts, its place only
     * when it is gone. */
    for (size_t i = 0; offset && i < keys->count; i++)
        if (keys->keys[i] == after)
            from = i + 1;
    if (from > keys->count)
        from = keys->count;
    if (!limit && keys->count - from > UNPAGED_MAX) {
        sb_fail(c, 400,
                "The result is too large. You should use pagination (may require specifying a "
                "workspace)!");
        return;
    }
    size_t to = limit && from + limit < keys->count ? from + limit : keys->count;
    objects(c, type, keys, from, to);
    if (limit) {
        buf_json_member(c->out, "next_page");
        if (to < keys->count)
            next_page(c, keys->keys[to - 1], to - 1);
        else
            buf_str(c->out, "null");
    }
    buf_char(c->out, '}');
}

void sb_answer_list(struct sb_call *c, const struct sb_type *type, const struct sb_keys *keys,
                    size_t max)
{
    if (c->failed)
        return;
    objects(c, type, keys, 0, keys->count < max ? keys->count : max);
    buf_char(c->out, '}');
}
