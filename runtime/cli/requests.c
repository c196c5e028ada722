/* requests.c: the command requests: what blocked people ask the operator. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/limits.h"
#include "cli/commands.h"
#include "cli/store_at.h"
#include "cli/text.h"

#include <stdio.h>

/* Keys of what has been listed, for --clear. */
#define KEYS_MEMORY (64u << 20)
/* Deleted in one step. */
#define KEYS_AT_ONCE LIMIT_STORE_OPS

struct key {
    struct key *next;
    struct slice text;
};

struct listing {
    struct arena *arena; /* of one record */
    struct arena *lasting;
    struct key *listed; /* with --clear: the latest first */
    bool json, clear;
    size_t count;
};

static const char *text_of(struct listing *l, const cJSON *request, const char *name)
{
    const char *text = json_get_string(request, name);
    text = text ? text_shown(l->arena, text, false) : NULL;
    return text ? text : "";
}

static void print_text(struct listing *l, const cJSON *request)
{
    const char *email = text_of(l, request, "email");
    const char *client = text_of(l, request, "client");
    const char *person = text_of(l, request, "person");
    const char *message = json_get_string(request, "message");
    if (l->count > 1)
        putchar('\n');
    printf("%s  %s%s%s%s\n", text_of(l, request, "at"), text_of(l, request, "name"),
           *email ? " <" : "", email, *email ? ">" : "");
    if (*client)
        printf("  with %s\n", client);
    message = message ? text_shown(l->arena, message, true) : NULL;
    if (message && *message) {
        fputs("  ", stdout);
        text_wrap(stdout, message, 2, 2);
    }
    printf("  asana-mcp unblock person %s\n", person);
}

static void print_json(const struct listing *l, const cJSON *request)
{
    static const char *const members[] = { "at", "person", "name", "email", "client", "message" };
    BUF_AUTO text = { .max = 8 * LIMIT_STORE_VALUE };
    if (l->count > 1)
        putchar(',');
    for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++)
        buf_json_text(&text, members[i], json_get_string(request, members[i]));
    buf_char(&text, '}');
    fwrite(text.data, 1, text.len, stdout);
}

/* What cannot be remembered is not deleted: it is listed again next time. */
static void remember(struct listing *l, struct slice text)
{
    struct key *key = arena_alloc(l->lasting, sizeof(*key));
    char *copy = key ? arena_strndup(l->lasting, text.data, text.len) : NULL;
    if (!copy)
        return;
    *key = (struct key){ l->listed, { copy, text.len } };
    l->listed = key;
}

static bool print_record(void *ctx, const struct store_record *record)
{
    struct listing *l = ctx;
    struct err err;
    arena_reset(l->arena);
    const cJSON *request = json_parse(l->arena, record->value, &err);
    if (!json_get_string(request, "person"))
        return true; /* none that we know how to read */
    l->count++;
    if (l->json)
        print_json(l, request);
    else
        print_text(l, request);
    if (l->clear)
        remember(l, record->key);
    return true;
}

static bool delete_listed(struct store *store, const struct key *key, struct err *err)
{
    while (key) {
        struct store_op ops[KEYS_AT_ONCE];
        size_t n = 0;
        for (; key && n < KEYS_AT_ONCE; key = key->next)
            ops[n++] = (struct store_op){ .verb = STORE_DELETE,
                                          .table = STORE_REQUESTS,
                                          .key = key->text };
        if (!store_at_run(store, ops, n, NULL, err))
            return false;
    }
    return true;
}

static bool list(const struct settings *s, struct listing *l, struct store *store, struct err *err)
{
    if (s->json)
        putchar('[');
    bool ok = store_at_each(store, STORE_REQUESTS, NULL, print_record, l, err);
    if (s->json)
        puts("]");
    else if (ok && !l->count)
        printf("Nobody asks for anything (in %s).\n", store_at_path(s));
    return ok && delete_listed(store, l->listed, err);
}

int command_requests(const struct settings *s)
{
    struct listing l = { .arena = arena_new(1 << 20),
                         .lasting = arena_new(KEYS_MEMORY),
                         .json = s->json,
                         .clear = s->clear };
    struct err err = { 0 };
    struct store *store = NULL;
    bool ok = l.arena && l.lasting;
    if (!ok)
        err_set(&err, ERR_MEMORY, "out of memory");
    ok = ok && store_at_open(s, &store, &err) && list(s, &l, store, &err);
    store_close(store);
    arena_free(l.arena);
    arena_free(l.lasting);
    return ok ? 0 : complain(EXIT_FAILED, "%s", err.text);
}
