/* client_text.c: clients as texts: what the store keeps, and what a client's document says. */
#include "base/json.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "oauth/client.h"
#include "oauth/redirect.h"
#include "oauth/token.h"

#include <sodium.h>
#include <string.h>

static const char *const auth_names[] = {
    [CLIENT_AUTH_NONE] = "none",
    [CLIENT_AUTH_BASIC] = "client_secret_basic",
    [CLIENT_AUTH_POST] = "client_secret_post",
};

const char *client_auth_name(enum client_auth auth)
{
    return auth_names[auth];
}

bool client_auth_find(const char *name, enum client_auth *out)
{
    for (unsigned i = 0; name && i < sizeof(auth_names) / sizeof(*auth_names); i++) {
        if (strcmp(auth_names[i], name) == 0) {
            *out = (enum client_auth)i;
            return true;
        }
    }
    return false;
}

/* Control characters, and what turns text around, hides, or joins it (Unicode's Cc and most of Cf):
 * U+061C, U+200B to U+200F, U+2028 to U+202E, U+2060 to U+206F, U+FEFF. */
static bool is_invisible(const unsigned char *p)
{
    if (*p < 0x20 || *p == 0x7F || (*p == 0xC2 && p[1] < 0xA0) || (*p == 0xD8 && p[1] == 0x9C) ||
        (*p == 0xEF && p[1] == 0xBB && p[2] == 0xBF))
        return true;
    return *p == 0xE2 &&
           ((p[1] == 0x80 && ((p[2] >= 0x8B && p[2] <= 0x8F) || (p[2] >= 0xA8 && p[2] <= 0xAE))) ||
            (p[1] == 0x81 && p[2] >= 0xA0 && p[2] <= 0xAF));
}

const char *client_name_of(struct arena *arena, const char *text)
{
    size_t len = 0;
    for (size_t n; text[len]; len += n) {
        const unsigned char *p = (const unsigned char *)text + len;
        n = utf8_length(p, strlen(text + len));
        if (!n || is_invisible(p))
            return NULL;
        if (len + n > LIMIT_CLIENT_NAME)
            break;
    }
    return len ? arena_strndup(arena, text, len) : NULL;
}

const char *client_uri_of(const char *text)
{
    return text && strncmp(text, "https://", 8) == 0 && strlen(text) <= LIMIT_CLIENT_REDIRECT &&
                   redirect_is_sound(text)
               ? text
               : NULL;
}

bool client_redirects_of(struct arena *arena, const cJSON *array, const char *const **out,
                         struct err *err)
{
    int count = cJSON_IsArray(array) ? cJSON_GetArraySize(array) : 0;
    if (count < 1 || count > LIMIT_CLIENT_REDIRECTS)
        return err_set(err, ERR_ARGS, "redirect_uris: expected an array of 1 to %d addresses",
                       LIMIT_CLIENT_REDIRECTS);
    const char **uris = arena_zalloc(arena, (size_t)count + 1, sizeof(*uris));
    const cJSON *item;
    size_t n = 0;
    if (!uris)
        return err_set(err, ERR_MEMORY, "out of memory");
    cJSON_ArrayForEach (item, array) {
        const char *uri = cJSON_GetStringValue(item);
        if (!uri || strlen(uri) > LIMIT_CLIENT_REDIRECT)
            return err_set(err, ERR_ARGS, "redirect_uris: expected strings of at most %d bytes",
                           LIMIT_CLIENT_REDIRECT);
        uris[n++] = uri;
    }
    *out = uris;
    return true;
}

void client_put_redirects(const struct oauth_client *c, struct buf *out)
{
    buf_char(out, '[');
    for (size_t i = 0; c->redirect_uris[i]; i++) {
        if (i)
            buf_char(out, ',');
        buf_json_string(out, slice_of(c->redirect_uris[i]));
    }
    buf_char(out, ']');
}

void client_write(const struct oauth_client *c, const struct token_hash *secret, struct buf *out)
{
    buf_json_text(out, "name", c->name);
    buf_json_text(out, "uri", c->uri);
    buf_json_member(out, "redirect_uris");
    client_put_redirects(c, out);
    buf_json_text(out, "auth", auth_names[c->auth]);
    if (secret) {
        char hex[2 * TOKEN_HASH + 1];
        sodium_bin2hex(hex, sizeof(hex), (const unsigned char *)secret->bytes, TOKEN_HASH);
        buf_json_text(out, "secret_hash", hex);
    }
    buf_json_int(out, "registered_at", c->registered_at);
    buf_char(out, '}');
}

bool client_read(struct arena *arena, struct slice text, struct oauth_client *out,
                 struct token_hash *secret_hash)
{
    struct err err;
    const cJSON *root = json_parse(arena, text, &err);
    const char *hex = json_get_string(root, "secret_hash");
    *out = (struct oauth_client){ .name = json_get_string(root, "name"),
                                  .uri = json_get_string(root, "uri"),
                                  .has_secret = hex != NULL,
                                  .registered_at = json_get_int(root, "registered_at") };
    size_t len = 0;
    if (hex && secret_hash &&
        (sodium_hex2bin((unsigned char *)secret_hash->bytes, TOKEN_HASH, hex, strlen(hex), NULL,
                        &len, NULL) != 0 ||
         len != TOKEN_HASH))
        return false;
    return out->name && client_auth_find(json_get_string(root, "auth"), &out->auth) &&
           client_redirects_of(arena, json_get(root, "redirect_uris"), &out->redirect_uris, &err);
}

bool client_document_read(struct arena *arena, const char *id, struct slice text,
                          struct oauth_client *out, struct err *err)
{
    const cJSON *root = json_parse(arena, text, err);
    if (!root)
        return false;
    const char *own_id = json_get_string(root, "client_id");
    const char *name = json_get_string(root, "client_name");
    const char *method = json_get_string(root, "token_endpoint_auth_method");
    if (!own_id || strcmp(own_id, id) != 0)
        return err_set(err, ERR_ARGS, "its client_id is not the address that it was found at");
    if (!name || !(name = client_name_of(arena, name)))
        return err_set(err, ERR_ARGS, "it has no client_name that can be shown");
    if (method && strcmp(method, "none") != 0)
        return err_set(err, ERR_ARGS,
                       "token_endpoint_auth_method \"%.40s\" is not supported: expected \"none\"",
                       method);
    *out = (struct oauth_client){ .kind = CLIENT_DOCUMENT,
                                  .id = id,
                                  .name = name,
                                  .uri = client_uri_of(json_get_string(root, "client_uri")),
                                  .auth = CLIENT_AUTH_NONE };
    if (!client_redirects_of(arena, json_get(root, "redirect_uris"), &out->redirect_uris, err))
        return false;
    for (const char *const *uri = out->redirect_uris; *uri; uri++)
        if (!redirect_is_sound(*uri))
            return err_set(err, ERR_ARGS, "a redirect URI is neither https nor on this machine");
    return true;
}
