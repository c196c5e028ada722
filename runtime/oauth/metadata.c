#include "oauth/metadata.h"

#include "oauth/oauth_priv.h"

#include <string.h>

#define RESOURCE_PLACE "/.well-known/oauth-protected-resource"
#define SERVER_PLACE "/.well-known/oauth-authorization-server"
#define OPENID_PLACE "/.well-known/openid-configuration"
#define KEYS_PATH "/.well-known/jwks.json"

static void put_url(struct buf *out, const char *key, const struct oauth *o, const char *path)
{
    buf_str(out, ",\"");
    buf_str(out, key);
    buf_str(out, "\":\"");
    buf_json_escaped(out, slice_of(o->options.issuer));
    buf_str(out, path);
    buf_char(out, '"');
}

static void put_resource(const struct oauth *o, const char *endpoint, struct buf *out)
{
    buf_str(out, "{\"resource\":\"");
    buf_json_escaped(out, slice_of(o->options.issuer));
    buf_str(out, endpoint);
    buf_str(out, "\",\"authorization_servers\":[\"");
    buf_json_escaped(out, slice_of(o->options.issuer));
    buf_str(out, "\"],\"scopes_supported\":[\"read\",\"write\"],"
                 "\"bearer_methods_supported\":[\"header\"],\"resource_name\":\"Asana\"}");
}

static void put_server(const struct oauth *o, struct buf *out)
{
    buf_str(out, "{\"issuer\":\"");
    buf_json_escaped(out, slice_of(o->options.issuer));
    buf_char(out, '"');
    put_url(out, "authorization_endpoint", o, "/authorize");
    put_url(out, "token_endpoint", o, "/token");
    put_url(out, "registration_endpoint", o, "/register");
    put_url(out, "revocation_endpoint", o, "/revoke");
    put_url(out, "jwks_uri", o, KEYS_PATH);
    buf_str(out,
            ",\"scopes_supported\":[\"read\",\"write\"],\"response_types_supported\":[\"code\"],"
            "\"response_modes_supported\":[\"query\"],"
            "\"grant_types_supported\":[\"authorization_code\",\"refresh_token\"],"
            "\"token_endpoint_auth_methods_supported\":[\"none\",\"client_secret_basic\","
            "\"client_secret_post\"],"
            "\"revocation_endpoint_auth_methods_supported\":[\"none\",\"client_secret_basic\","
            "\"client_secret_post\"],"
            "\"code_challenge_methods_supported\":[\"S256\"],"
            "\"authorization_response_iss_parameter_supported\":true,"
            "\"client_id_metadata_document_supported\":true,"
            /* OpenID's form asks for these two; no id token is ever issued. */
            "\"subject_types_supported\":[\"public\"],"
            "\"id_token_signing_alg_values_supported\":[\"RS256\"]}");
}

/* What stands behind a well-known name and the issuer's path; NULL when path begins with neither.
 */
static const char *behind(const struct oauth *o, const char *place, const char *path)
{
    size_t len = strlen(place), base = strlen(o->base_path);
    if (strncmp(path, place, len) != 0)
        return NULL;
    const char *rest = path + len;
    bool based = strncmp(rest, o->base_path, base) == 0 && (!rest[base] || rest[base] == '/');
    return based ? rest + base : rest;
}

bool metadata_at(const struct oauth *o, const char *path, struct buf *out)
{
    struct buf nothing = { .max = 0 };
    struct buf *to = out ? out : &nothing;
    const char *rest = behind(o, RESOURCE_PLACE, path);
    if (rest && (!*rest || strcmp(rest, "/mcp") == 0 || strcmp(rest, "/sse") == 0)) {
        put_resource(o, rest, to);
        return true;
    }
    if (!(rest = behind(o, SERVER_PLACE, path)))
        rest = behind(o, OPENID_PLACE, path);
    if (rest && !*rest) {
        put_server(o, to);
        return true;
    }
    if (strcmp(path, KEYS_PATH) == 0) {
        buf_str(to, "{\"keys\":[]}");
        return true;
    }
    return false;
}

void metadata_put_resource_url(const struct oauth *o, const char *path, struct buf *out)
{
    buf_slice_put(out, o->origin);
    buf_str(out, RESOURCE_PLACE);
    buf_str(out, o->base_path);
    if (strcmp(path, "/mcp") == 0 || strncmp(path, "/mcp/", 5) == 0)
        buf_str(out, "/mcp");
    else if (strcmp(path, "/sse") == 0 || strncmp(path, "/sse/", 5) == 0)
        buf_str(out, "/sse");
}
