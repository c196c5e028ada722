#include "cli/settings_file.h"

#include "cli/nearest.h"
#include "cli/settings_clients.h"
#include "cli/settings_policies.h"
#include "cli/settings_tools.h"

#include <errno.h>
#include <ini.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

struct reading {
    struct settings *settings;
    struct err *err;
    const char *path;
    FILE *file;
    int line;
    bool indented; /* the line that the parser has now begins with white space */
    bool failed;
};

static void file_close(FILE **f)
{
    if (*f)
        fclose(*f);
}

static int fail_memory(struct reading *r)
{
    r->failed = true;
    err_set(r->err, ERR_MEMORY, "out of memory");
    return 0;
}

/* Gives the parser one line, as fgets does. The parser would take the rest of a long line for a
 * line of its own, or cut the value, so a line that does not fit ends the reading here. */
static char *next_line(char *str, int num, void *stream)
{
    struct reading *r = stream;
    int len = 0;
    int c = EOF;
    if (r->failed)
        return NULL;
    r->line++;
    while ((c = getc(r->file)) != EOF) {
        if (c == 0 || len >= num - 1) {
            r->failed = true;
            if (c == 0)
                err_set(r->err, ERR_SETTINGS, "%s:%d: not a text file (it holds a zero byte)",
                        r->path, r->line);
            else
                err_set(r->err, ERR_SETTINGS,
                        "%s:%d: the line is longer than %d bytes; a list may repeat its key (flags "
                        "and environment have no such limit)",
                        r->path, r->line, num - 2);
            return NULL;
        }
        str[len++] = (char)c;
        if (c == '\n')
            break;
    }
    if (ferror(r->file)) {
        r->failed = true;
        err_set(r->err, ERR_SETTINGS, "cannot read settings file \"%.200s\": %s", r->path,
                strerror(errno));
        return NULL;
    }
    if (len == 0)
        return NULL;
    str[len] = '\0';
    r->indented = str[0] == ' ' || str[0] == '\t';
    return str;
}

static int fail_unknown(struct reading *r, const char *key)
{
    r->failed = true;
    if (strcasestr(key, "token")) {
        err_set(r->err, ERR_SETTINGS,
                "%s:%d: the Asana token does not belong into this file; set the environment "
                "variable " TOKEN_VARIABLE,
                r->path, r->line);
        return 0;
    }
    char keys[SETTING_COUNT][SETTING_NAME_MAX];
    const char *known[SETTING_COUNT];
    size_t count = 0;
    for (enum setting_id id = 0; id < SETTING_COUNT; id++) {
        setting_key(id, keys[id]);
        if (vocabulary_settings[id].sources & (1u << FROM_FILE))
            known[count++] = keys[id];
    }
    char hint[NEAREST_HINT];
    err_set(r->err, ERR_SETTINGS, "%s:%d: unknown key \"%.60s\"%s", r->path, r->line, key,
            nearest_hint(nearest_name(key, known, count),
                         "; keys are the flags of serve with \"_\" for \"-\"", hint));
    return 0;
}

/* Whose lines a section [KIND NAME] has. */
static const struct section {
    const char *kind;
    bool (*line)(struct settings *s, const char *name, const char *place, const char *key,
                 const char *value, struct err *err);
} sections[] = {
    { "client", settings_client_line },
    { "policy", settings_policy_line },
    { "tool", settings_tool_line },
};

/* NULL when there is no such kind, or no NAME. */
static const struct section *find_section(const char *heading, const char **name)
{
    size_t len = strcspn(heading, " ");
    *name = heading + len + strspn(heading + len, " ");
    for (size_t i = 0; **name && i < sizeof(sections) / sizeof(*sections); i++)
        if (slice_is((struct slice){ heading, len }, sections[i].kind))
            return &sections[i];
    return NULL;
}

static int take_text(struct reading *r, struct setting_given *g, const char *key, const char *text,
                     size_t len)
{
    if (g->count == SETTINGS_LIST_MAX) {
        r->failed = true;
        err_set(r->err, ERR_SETTINGS, "%s:%d: \"%s\" takes at most %d values", r->path, r->line,
                key, SETTINGS_LIST_MAX);
        return 0;
    }
    g->texts[g->count] = arena_strndup(r->settings->arena, text, len);
    if (!g->texts[g->count])
        return fail_memory(r);
    g->count++;
    return 1;
}

/* One value, or several with commas, as flags and environment have them. A line without any must
 * not pass for a list that leaves everything in: its reader refuses the empty text. */
static int take_list(struct reading *r, struct setting_given *g, const char *key, const char *value)
{
    static const char between[] = ", \t";
    const char *word = value + strspn(value, between);
    if (!*word)
        return take_text(r, g, key, "", 0);
    for (size_t len; *word; word += len, word += strspn(word, between)) {
        len = strcspn(word, between);
        if (!take_text(r, g, key, word, len))
            return 0;
    }
    return 1;
}

/* One "key = value" line; 0 stops. */
static int on_pair(void *user, const char *heading, const char *key, const char *value)
{
    struct reading *r = user;
    struct settings *s = r->settings;
    if (r->failed)
        return 0;
    const char *name;
    const struct section *section = find_section(heading, &name);
    if (heading[0] && !section) {
        r->failed = true;
        err_set(r->err, ERR_SETTINGS,
                "%s:%d: sections like [%.40s] are not known here, but for [client NAME], [policy "
                "NAME] and [tool NAME]; remove the heading",
                r->path, r->line, heading);
        return 0;
    }
    if (r->indented) {
        r->failed = true;
        err_set(
            r->err, ERR_SETTINGS,
            "%s:%d: an indented line; begin it in the first column, and for a list repeat the key",
            r->path, r->line);
        return 0;
    }
    const char *place = arena_printf(s->arena, "%s:%d: %s", r->path, r->line, key);
    if (!place)
        return fail_memory(r);
    if (section) {
        r->failed = !section->line(s, name, place, key, value, r->err);
        return !r->failed;
    }
    enum setting_id id = setting_find_key(key);
    if (id == SETTING_COUNT)
        return fail_unknown(r, key);
    struct setting_given *g = &s->given[id];
    if (g->from > FROM_FILE)
        return 1; /* a stronger source has spoken */
    bool list = vocabulary_settings[id].kind == KIND_LIST;
    if (g->count > 0 && !list) {
        r->failed = true;
        err_set(r->err, ERR_SETTINGS, "%s:%d: \"%s\" is given a second time; it takes one value",
                r->path, r->line, key);
        return 0;
    }
    g->from = FROM_FILE;
    g->place = place;
    return list ? take_list(r, g, key, value) : take_text(r, g, key, value, strlen(value));
}

bool settings_file_read(struct settings *s, const char *path, struct err *err)
{
    __attribute__((cleanup(file_close))) FILE *file = fopen(path, "re");
    if (!file)
        return err_set(err, ERR_SETTINGS, "cannot read settings file \"%.200s\": %s", path,
                       strerror(errno));
    struct reading r = { .settings = s, .err = err, .path = path, .file = file };
    int result = ini_parse_stream(next_line, &r, on_pair, &r);
    if (r.failed)
        return false;
    if (result > 0)
        return err_set(err, ERR_SETTINGS, "%s:%d: expected \"key = value\"", path, result);
    if (result < 0)
        return err_set(err, ERR_MEMORY, "out of memory");
    return settings_clients_check(s, path, err) && settings_policies_check(s, path, err);
}
