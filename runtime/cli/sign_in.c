#include "cli/sign_in.h"

#include "cli/store_at.h"

static const struct oauth_static_client *static_clients(const struct settings *s)
{
    size_t n = 0;
    while (s->clients && s->clients[n].name)
        n++;
    struct oauth_static_client *list = arena_zalloc(s->arena, n + 1, sizeof(*list));
    for (size_t i = 0; list && i < n; i++) {
        const struct settings_client *c = &s->clients[i];
        list[i] = (struct oauth_static_client){ .id = c->id,
                                                .name = c->name,
                                                .secret = c->secret.len ? &c->secret : NULL,
                                                .redirect_uris = c->redirect_uris };
    }
    return list;
}

bool sign_in_options(const struct settings *s, const struct backing *b, struct store *store,
                     struct sign_in *out, struct err *err)
{
    *out = (struct sign_in){ .policy = { .allow_workspaces = s->allow_workspaces,
                                         .block_workspaces = s->block_workspaces,
                                         .block_clients = s->block_clients,
                                         .block_people = s->block_people,
                                         .store = store },
                             .cluster_secret = s->cluster_secret.len ? &s->cluster_secret : NULL };
    if (s->auth != AUTH_OAUTH)
        return true;
    const struct oauth_static_client *clients = static_clients(s);
    if (!clients)
        return err_set(err, ERR_MEMORY, "out of memory");
    out->oauth = (struct oauth_options){
        .issuer = s->public_url,
        .asana_url = b->sandbox ? sandbox_oauth_url(b->sandbox) : s->oauth_url,
        .asana_client_id = b->sandbox ? sandbox_client_id(b->sandbox) : s->client_id,
        .asana_client_secret = b->sandbox ? sandbox_client_secret(b->sandbox) : &s->client_secret,
        .asana_scope = s->oauth_scope,
        .redirect_allow = s->allow_redirects,
        .cimd_allow = s->cimd_allow,
        .ca_file = s->ca_file,
        .clients = clients,
        .request_webhook = s->request_webhook,
        .store = store,
    };
    if (!out->cluster_secret) /* all nodes have this one, too */
        out->cluster_secret = out->oauth.asana_client_secret;
    return true;
}

bool sign_in_open(const struct settings *s, const struct backing *b, struct sign_in *out,
                  struct err *err)
{
    struct store *store = NULL;
    struct redis_address redis = { 0 };
    const struct redis_files files = store_at_files(s);
    bool shared = s->store && store_at_is_shared(s->store);
    if (shared && !redis_parse(s->store, &redis, err))
        return false;
    if ((!shared || redis_trust(&redis, &files, err)) &&
        ((!shared && s->auth != AUTH_OAUTH) || store_open_with(s->store, &files, &store, err))) {
        if (sign_in_options(s, b, store, out, err)) {
            out->store = store;
            out->shared = shared;
            out->redis = redis;
            return true;
        }
        store_close(store);
    }
    redis_address_done(&redis);
    return false;
}

void sign_in_close(struct sign_in *in)
{
    store_close(in->store);
    redis_address_done(&in->redis);
    *in = (struct sign_in){ 0 };
}
