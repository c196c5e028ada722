#include "cli/settings_clients.h"

#include "base/limits.h"
#include "cli/nearest.h"
#include "oauth/redirect.h"

#include <string.h>

static struct settings_client *add(struct settings *s, const char *name)
{
    size_t n = 0;
    if (!s->clients)
        s->clients = arena_zalloc(s->arena, SETTINGS_CLIENTS_MAX + 1, sizeof(*s->clients));
    while (s->clients && s->clients[n].name && strcmp(s->clients[n].name, name) != 0)
        n++;
    if (!s->clients || n == SETTINGS_CLIENTS_MAX)
        return NULL;
    struct settings_client *c = &s->clients[n];
    if (c->name)
        return c;
    c->redirect_uris = arena_zalloc(s->arena, SETTINGS_LIST_MAX + 1, sizeof(*c->redirect_uris));
    c->name = c->redirect_uris ? arena_strdup(s->arena, name) : NULL;
    return c->name ? c : NULL;
}

static bool fail_twice(const char *place, struct err *err)
{
    return err_set(err, ERR_SETTINGS, "%s: given a second time for this client", place);
}

static bool set_id(struct settings *s, struct settings_client *c, const char *place,
                   const char *value, struct err *err)
{
    if (c->id)
        return fail_twice(place, err);
    if (!*value || strlen(value) > LIMIT_STORE_KEY || strpbrk(value, " \t\""))
        return err_set(err, ERR_SETTINGS, "%s: expected an id without spaces, got \"%.60s\"", place,
                       value);
    for (const struct settings_client *other = s->clients; other->name; other++)
        if (other->id && strcmp(other->id, value) == 0)
            return err_set(err, ERR_SETTINGS, "%s: the client \"%.60s\" has this id already", place,
                           other->name);
    c->id = arena_strdup(s->arena, value);
    return c->id || err_set(err, ERR_MEMORY, "out of memory");
}

static bool set_secret(struct settings_client *c, const char *place, const char *value,
                       struct err *err)
{
    if (c->secret.len)
        return fail_twice(place, err);
    if (!*value)
        return err_set(err, ERR_SETTINGS, "%s: empty; leave the line out for a public client",
                       place);
    return secret_set(&c->secret, slice_of(value)) || err_set(err, ERR_MEMORY, "out of memory");
}

static bool add_redirect(struct settings *s, struct settings_client *c, const char *place,
                         const char *value, struct err *err)
{
    size_t n = 0;
    while (c->redirect_uris[n])
        n++;
    if (n == LIMIT_CLIENT_REDIRECTS || n == SETTINGS_LIST_MAX)
        return err_set(err, ERR_SETTINGS, "%s: at most %zu addresses for one client", place, n);
    if (!redirect_is_sound(value))
        return err_set(err, ERR_SETTINGS,
                       "%s: expected a whole address like https://agent.example/callback (http "
                       "on loopback only), got \"%.120s\"",
                       place, value);
    c->redirect_uris[n] = arena_strdup(s->arena, value);
    return c->redirect_uris[n] || err_set(err, ERR_MEMORY, "out of memory");
}

bool settings_client_line(struct settings *s, const char *name, const char *place, const char *key,
                          const char *value, struct err *err)
{
    static const char *const keys[] = { "id", "secret", "redirect_uri" };
    struct settings_client *c = add(s, name);
    if (!c)
        return err_set(err, ERR_SETTINGS, "%s: at most %d sections [client NAME]", place,
                       SETTINGS_CLIENTS_MAX);
    if (strcmp(key, "id") == 0)
        return set_id(s, c, place, value, err);
    if (strcmp(key, "secret") == 0)
        return set_secret(c, place, value, err);
    if (strcmp(key, "redirect_uri") == 0)
        return add_redirect(s, c, place, value, err);
    char hint[NEAREST_HINT];
    const char *meant = nearest_name(key, keys, sizeof(keys) / sizeof(*keys));
    return err_set(err, ERR_SETTINGS, "%s: a client has the keys id, secret and redirect_uri%s",
                   place, nearest_hint(meant, "", hint));
}

bool settings_clients_check(const struct settings *s, const char *path, struct err *err)
{
    for (const struct settings_client *c = s->clients; c && c->name; c++)
        if (!c->id || !c->redirect_uris[0])
            return err_set(err, ERR_SETTINGS, "%s: [client %.60s] has no %s", path, c->name,
                           c->id ? "redirect_uri" : "id");
    return true;
}

void settings_clients_done(struct settings *s)
{
    for (struct settings_client *c = s->clients; c && c->name; c++)
        secret_done(&c->secret);
}
