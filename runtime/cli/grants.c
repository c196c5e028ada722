/* grants.c: the commands grants and revoke: what people have allowed assistants, and its end. */
#include "base/arena.h"
#include "base/audit.h"
#include "base/buf.h"
#include "base/limits.h"
#include "cli/commands.h"
#include "cli/store_at.h"
#include "cli/text.h"
#include "oauth/record.h"
#include "policy/changes.h"

#include <stdio.h>
#include <unistd.h>

struct listing {
    struct arena *arena; /* of one record */
    struct store *store;
    bool json;
    size_t count;
    struct err *err;
    bool failed;
    const char *person; /* NULL: everybody */
};

static void print_json(const struct listing *l, const struct grant_record *g, const char *made,
                       const char *used)
{
    BUF_AUTO text = { .max = 8 * LIMIT_STORE_VALUE };
    if (l->count > 1)
        putchar(',');
    buf_json_text(&text, "person", g->person.gid);
    buf_json_text(&text, "name", g->person.name);
    buf_json_text(&text, "email", g->person.email);
    buf_json_text(&text, "client", g->client_id);
    buf_json_text(&text, "client_name", g->client_name);
    buf_json_text(&text, "scope", scopes_text(g->scopes));
    buf_json_text(&text, "made_at", made);
    buf_json_text(&text, "used_at", used);
    buf_char(&text, '}');
    fwrite(text.data, 1, text.len, stdout);
}

static void print_text(const struct listing *l, const struct grant_record *g, const char *made,
                       const char *used)
{
    const char *name = text_shown(l->arena, g->person.name, false);
    const char *email = text_shown(l->arena, g->person.email, false);
    const char *client = text_shown(l->arena, g->client_name, false);
    const char *id = text_shown(l->arena, g->client_id, false);
    if (!name || !email || !client || !id)
        return;
    printf("%sperson %s  %s%s%s%s\n"
           "  client     %s\n"
           "  calls it   %s\n"
           "  may        %s\n"
           "  since      %s, last used %s\n",
           l->count > 1 ? "\n" : "", g->person.gid, name, *email ? " <" : "", email,
           *email ? ">" : "", id, client, scopes_text(g->scopes), made, used);
}

static bool print_record(void *ctx, const struct store_record *record)
{
    struct listing *l = ctx;
    struct grant_record grant;
    char made[CLOCK_TEXT], used[CLOCK_TEXT];
    arena_reset(l->arena);
    if (!grant_record_read(l->arena, record, &grant))
        return true;
    l->count++;
    text_time(grant.made_at, made);
    text_time(grant.used_at, used);
    if (l->json)
        print_json(l, &grant, made, used);
    else
        print_text(l, &grant, made, used);
    return true;
}

static bool end_record(void *ctx, const struct store_record *record)
{
    struct listing *l = ctx;
    struct store_op ops[2];
    arena_reset(l->arena);
    const char *id = arena_strndup(l->arena, record->key.data, record->key.len);
    if (!id)
        return false;
    changes_end_grant(id, ops);
    l->failed = !store_at_run(l->store, ops, 2, NULL, l->err);
    l->count += !l->failed;
    if (!l->failed)
        AUDIT("grant.ended", LOG_STR("person", l->person), LOG_STR("grant", id),
              LOG_STR("why", "the operator revoked it"), LOG_INT("operator_uid", getuid()));
    return !l->failed;
}

/* Goes through the grants, of that person or of all. */
static bool each_grant(const struct settings *s, struct listing *l,
                       bool (*each)(void *ctx, const struct store_record *record), struct err *err)
{
    char owner[LIMIT_STORE_KEY];
    snprintf(owner, sizeof(owner), "user:%s", s->person ? s->person : "");
    *l = (struct listing){
        .arena = arena_new(1 << 20), .json = s->json, .err = err, .person = s->person
    };
    bool ok =
        l->arena ? store_at_open(s, &l->store, err) : err_set(err, ERR_MEMORY, "out of memory");
    if (ok && l->json)
        putchar('[');
    ok = ok && store_at_each(l->store, STORE_GRANTS, s->person ? owner : NULL, each, l, err) &&
         !l->failed;
    if (ok && l->json)
        puts("]");
    store_close(l->store);
    arena_free(l->arena);
    return ok;
}

int command_grants(const struct settings *s)
{
    struct listing l;
    struct err err = { 0 };
    if (!each_grant(s, &l, print_record, &err))
        return complain(EXIT_FAILED, "%s", err.text);
    if (!l.count && !s->json)
        printf("Nobody is signed in (in %s).\n", store_at_path(s));
    return 0;
}

int command_revoke(const struct settings *s)
{
    struct listing l;
    struct err err = { 0 };
    if (!s->person)
        return complain(EXIT_USAGE,
                        "revoke needs --person=GID; asana-mcp grants lists people with theirs");
    if (!each_grant(s, &l, end_record, &err))
        return complain(EXIT_FAILED, "%s", err.text);
    printf("person %s: %zu %s ended (in %s)\n", s->person, l.count,
           l.count == 1 ? "grant" : "grants", store_at_path(s));
    return 0;
}
