#include "cli/connect_write.h"

#include "cli/commands.h"
#include "cli/jsonc.h"
#include "cli/jsonc_read.h"
#include "cli/nearest.h"
#include "cli/rewrite.h"
#include "cli/toml.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CLIENTS_MAX 64
#define PATH_NAMES 8

const char *connect_nearest(const char *name)
{
    const char *known[CLIENTS_MAX];
    size_t count = 0;
    for (const struct client *c = client_registry; c->name && count < CLIENTS_MAX; c++)
        known[count++] = c->name;
    return nearest_name(name, known, count);
}

/* Where the client looks: "~/.config/…" in the user's folder for settings, wherever that is. */
static const char *place_of(struct arena *a, const struct client *c, struct err *err)
{
    static const char config[] = "~/.config/";
#ifdef __APPLE__
    const char *known = c->settings->macos_file;
#else
    const char *known = c->settings->linux_file;
#endif
    const char *home = getenv("HOME");
    const char *settings = getenv("XDG_CONFIG_HOME");
    const char *path = known;
    if (!known)
        return c->settings->project_file;
    if (strncmp(known, config, sizeof(config) - 1) == 0 && settings && *settings == '/')
        path = arena_printf(a, "%s/%s", settings, known + sizeof(config) - 1);
    else if (*known == '~' && home && *home == '/')
        path = arena_printf(a, "%s%s", home, known + 1);
    else if (*known == '~') {
        err_set(err, ERR_SETTINGS, "HOME says no folder; name the file with --file");
        return NULL;
    }
    if (!path)
        err_set(err, ERR_MEMORY, "out of memory");
    return path;
}

static bool is_toml(const struct client *c)
{
    return c->settings->format == CLIENT_TOML;
}

/* The entry's names; calls find for each until that says true. */
static bool any_name(const struct client *c, const char *entry,
                     bool (*find)(void *context, const char *name), void *context)
{
    char name[64];
    if (is_toml(c)) {
        for (const char *line = entry; *line; line += strcspn(line, "\n"), line += *line == '\n') {
            snprintf(name, sizeof(name), "%.*s", (int)strcspn(line, " "), line);
            if (find(context, name))
                return true;
        }
        return false;
    }
    struct jsonc_reader reader;
    struct jsonc_walk walk;
    struct jsonc_member member;
    jsonc_begin(&reader, slice_of(entry), NULL);
    if (!jsonc_walk_begin(&reader, &walk))
        return false;
    while (jsonc_walk_next(&walk, &member)) {
        snprintf(name, sizeof(name), "%.*s", (int)member.key.len, member.key.data);
        if (find(context, name))
            return true;
    }
    return false;
}

static bool is_named(void *context, const char *name)
{
    return strcmp(context, name) == 0;
}

/* Looks for names that only other transports use in the entry that is there. */
struct clash {
    const struct client *client;
    const char *entry; /* the one to write */
    struct slice text;
    const char *const *path; /* to the entry */
    struct err *err;
    char name[64];
};

static bool clashes(void *context, const char *name)
{
    struct clash *k = context;
    char copy[64];
    snprintf(copy, sizeof(copy), "%s", name);
    if (any_name(k->client, k->entry, is_named, copy))
        return false;
    struct slice found = { 0 };
    if (is_toml(k->client)) {
        if (!toml_find(k->text, k->path, name, &found, k->err))
            return false;
    } else {
        const char *deeper[PATH_NAMES + 2];
        size_t n = 0;
        for (; k->path[n]; n++)
            deeper[n] = k->path[n];
        deeper[n] = name;
        deeper[n + 1] = NULL;
        if (!jsonc_find(k->text, deeper, &found, k->err))
            return false;
    }
    if (found.data)
        snprintf(k->name, sizeof(k->name), "%s", name);
    return found.data;
}

/* Whether the entry of that name is a server of another kind, say one that the client starts. */
static bool check_other(const struct client *c, const struct recipe *r, struct slice text,
                        const char *const *path, struct err *err)
{
    struct clash k = { .client = c,
                       .entry = c->settings->entries[r->transport],
                       .text = text,
                       .path = path,
                       .err = err };
    for (enum client_transport t = 0; t < CLIENT_TRANSPORTS; t++) {
        const char *entry = c->settings->entries[t];
        if (entry && any_name(c, entry, clashes, &k))
            return err_set(err, ERR_SETTINGS,
                           "\"%s\" is a server of another kind there (it has \"%s\"); give this "
                           "one a name of its own with --name, or remove the other first",
                           r->name, k.name);
        if (err->kind != ERR_NONE)
            return false;
    }
    return true;
}

static bool merge(const struct client *c, const struct recipe *r, struct slice text,
                  struct buf *out, struct err *err)
{
    const char *path[PATH_NAMES + 2];
    size_t n = 0;
    for (; c->settings->at[n] && n < PATH_NAMES; n++)
        path[n] = c->settings->at[n];
    path[n] = r->name;
    path[n + 1] = NULL;
    if (text.len > 0 && !check_other(c, r, text, path, err))
        return false;
    BUF_AUTO entry;
    buf_init(&entry, LIMIT_CONNECT_FILE);
    recipe_entry(&entry, c, r);
    buf_char(&entry, '\0');
    if (!buf_ok(&entry))
        return err_set(err, ERR_MEMORY, "out of memory");
    if (is_toml(c))
        return toml_merge(text, path, entry.data, out, err);
    return jsonc_merge(text, path, slice_of(entry.data), out, err);
}

int connect_write(struct arena *a, const struct client *c, const struct recipe *r, const char *file)
{
    struct err err = { 0 };
    if (!recipe_in_settings(c, r))
        return complain(EXIT_USAGE,
                        c->settings
                            ? "%s's settings file cannot say that; leave --write out, and do what "
                              "is printed"
                            : "%s has no settings file of yours to write to; leave --write out, "
                              "and do what is printed",
                        c->title);
    const char *path = file ? file : place_of(a, c, &err);
    if (!path)
        return complain(EXIT_FAILED, "%s", err.text);
    BUF_AUTO old;
    BUF_AUTO text;
    buf_init(&old, LIMIT_CONNECT_FILE);
    buf_init(&text, LIMIT_CONNECT_FILE);
    if (!rewrite_read(path, &old, &err))
        return complain(EXIT_FAILED, "%s", err.text);
    struct slice before = { old.data ? old.data : "", old.len };
    if (!merge(c, r, before, &text, &err))
        return complain(EXIT_FAILED, "%s: %s; nothing was written", path, err.text);
    if (text.len == before.len && memcmp(text.data, before.data, before.len) == 0) {
        fprintf(stderr, "%s has \"%s\" already; nothing to write.\n", path, r->name);
        return 0;
    }
    const char *backup;
    if (!rewrite_write(a, path, buf_slice(&text), &backup, &err))
        return complain(EXIT_FAILED, "%s; nothing was written", err.text);
    fprintf(stderr, "Wrote \"%s\" to %s%s%s.\n", r->name, path,
            backup ? "; what it was before is in " : "", backup ? backup : "");
    return 0;
}
