#include "oauth/browser.h"

#include "base/json.h"
#include "base/limits.h"
#include "base/utf8.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define SECRET_LENGTH (sizeof(TOKEN_BROWSER) - 1 + 43)
#define NAME_MAX_LENGTH 64

static const char *const kinds[] = { "flow", "browser", "session" };
static const int64_t lives[] = { LIMIT_FLOW_SECONDS, LIMIT_BROWSER_SECONDS, LIMIT_BROWSER_SECONDS };

static const char *port_of(const struct oauth *o)
{
    const char *host = strstr(o->options.issuer, "://");
    const char *port = host ? strrchr(host + 3, ':') : NULL;
    return port && !strchr(port, ']') ? port + 1 : "80";
}

static void cookie_name(const struct oauth *o, enum cookie which, const char *tag,
                        char out[NAME_MAX_LENGTH])
{
    const char *port = o->secure ? "" : port_of(o);
    snprintf(out, NAME_MAX_LENGTH, "%sasana-mcp-%s%s%.*s%s%.*s", o->secure ? "__Host-" : "",
             kinds[which], tag ? "-" : "", COOKIE_TAG, tag ? tag : "", *port ? "-" : "",
             (int)strspn(port, "0123456789"), port);
}

const char *cookie_of(const struct oauth *o, const struct http_exchange *x, enum cookie which,
                      const char *tag, struct arena *arena)
{
    char name[NAME_MAX_LENGTH];
    cookie_name(o, which, tag, name);
    const char *secret = cookie_get(http_header(x, "Cookie"), name, arena);
    return secret && strlen(secret) == SECRET_LENGTH &&
                   strncmp(secret, TOKEN_BROWSER, sizeof(TOKEN_BROWSER) - 1) == 0
               ? secret
               : NULL;
}

const char *cookie_new(struct arena *arena)
{
    char text[sizeof(TOKEN_BROWSER) + 44];
    memcpy(text, TOKEN_BROWSER, sizeof(TOKEN_BROWSER) - 1);
    token_random(text + sizeof(TOKEN_BROWSER) - 1, 32);
    return arena_strdup(arena, text);
}

const char *cookie_set(const struct oauth *o, enum cookie which, const char *tag,
                       const char *secret, struct arena *arena)
{
    char name[NAME_MAX_LENGTH];
    cookie_name(o, which, tag, name);
    return arena_printf(arena, "%s=%s; Path=/; Max-Age=%lld; HttpOnly; SameSite=Lax%s", name,
                        secret ? secret : "", secret ? (long long)lives[which] : 0,
                        o->secure ? "; Secure" : "");
}

void csrf_token(const char *secret, const char *purpose, char out[CSRF_TOKEN])
{
    unsigned char hash[32];
    crypto_generichash(hash, sizeof(hash), (const unsigned char *)purpose, strlen(purpose),
                       (const unsigned char *)secret, strlen(secret));
    sodium_bin2base64(out, CSRF_TOKEN, hash, sizeof(hash),
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

bool csrf_is(const char *secret, const char *purpose, const char *given)
{
    char expected[CSRF_TOKEN];
    csrf_token(secret, purpose, expected);
    return given && strlen(given) == CSRF_TOKEN - 1 &&
           sodium_memcmp(expected, given, CSRF_TOKEN - 1) == 0;
}

bool csrf_origin_ok(const struct oauth *o, const struct http_exchange *x)
{
    const char *origin = NULL;
    return http_header_one(x, "Origin", &origin) &&
           (!origin || (strlen(origin) == o->origin.len &&
                        strncasecmp(origin, o->origin.data, o->origin.len) == 0));
}

struct fields {
    struct arena *arena;
    struct form_field *out;
    size_t count;
    bool bad;
};

static bool take_field(void *ctx, const char *name, const char *value)
{
    struct fields *f = ctx;
    f->bad = f->count == LIMIT_FORM_FIELDS || !utf8_valid(slice_of(name)) ||
             !utf8_valid(slice_of(value));
    if (!f->bad)
        f->out[f->count++] =
            (struct form_field){ arena_strdup(f->arena, name), arena_strdup(f->arena, value) };
    return !f->bad;
}

bool browser_query(const struct http_exchange *x, struct arena *arena, struct form *out)
{
    struct fields f = { .arena = arena,
                        .out = arena_zalloc(arena, LIMIT_FORM_FIELDS, sizeof(*f.out)) };
    if (f.out)
        http_query_each(x, take_field, &f);
    *out = (struct form){ f.out, f.count };
    return f.out && !f.bad && !arena_failed(arena);
}

bool browser_form(const struct http_exchange *x, struct arena *arena, struct form *out)
{
    return form_read(http_header(x, "Content-Type"), http_body(x), arena, out);
}

void session_write(const struct person *person, struct buf *out)
{
    buf_json_text(out, "person", person->gid);
    buf_json_text(out, "name", person->name);
    buf_json_text(out, "email", person->email);
    buf_char(out, '}');
}

bool session_read(struct arena *arena, const struct store_record *record, struct person *out)
{
    struct err err;
    const cJSON *root = json_parse(arena, record->value, &err);
    *out = (struct person){ .gid = json_get_string(root, "person"),
                            .name = json_get_string(root, "name"),
                            .email = json_get_string(root, "email") };
    return out->gid && out->name && out->email;
}
