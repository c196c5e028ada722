/* sessions.c: the command sessions: who is connected, to any node. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/limits.h"
#include "cli/commands.h"
#include "cli/store_at.h"
#include "cli/text.h"
#include "oauth/record.h"
#include "transport/roster.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

struct node {
    struct node_record record;
    struct node *next;
};

struct listing {
    struct arena *nodes_arena;
    struct node *nodes;
    struct arena *arena; /* of one session */
    struct store *store;
    uv_loop_t loop; /* asks for grants */
    bool json;
    size_t count;
    struct err *err;
    bool failed;
};

static bool keep_node(void *ctx, const struct store_record *record)
{
    struct listing *l = ctx;
    struct node *n = arena_zalloc(l->nodes_arena, 1, sizeof(*n));
    if (!n) {
        l->failed = true;
        return err_set(l->err, ERR_MEMORY, "out of memory");
    }
    if (node_record_read(l->nodes_arena, record, &n->record)) {
        n->next = l->nodes;
        l->nodes = n;
    }
    return true;
}

static const struct node_record *find_node(const struct listing *l, const char *name)
{
    for (const struct node *n = l->nodes; n; n = n->next)
        if (strcmp(n->record.name, name) == 0)
            return &n->record;
    return NULL;
}

/* A grant that is asked for. */
struct question {
    struct arena *arena;
    struct grant_record *out;
};

static void on_grant(void *ctx, const struct store_result *result)
{
    struct question *q = ctx;
    struct grant_record g;
    if (result->outcome != STORE_DONE || !result->answers[0].count ||
        !grant_record_read(q->arena, &result->answers[0].records[0], &g))
        return;
    *q->out = g;
}

/* Who signed in, and with what; left as it is when that is over, or nobody did. One loop for all,
 * and so one connection to Redis. */
static void read_grant(struct listing *l, const char *id, struct grant_record *out)
{
    const struct store_op op = { .verb = STORE_GET, .table = STORE_GRANTS, .key = slice_of(id) };
    struct question q = { .arena = l->arena, .out = out };
    if (*id && store_run(l->store, &l->loop, &op, 1, (int64_t)time(NULL), on_grant, &q))
        uv_run(&l->loop, UV_RUN_DEFAULT);
}

static void print_json(const struct listing *l, const struct session_record *s,
                       const struct node_record *n, const struct grant_record *g, const char *since,
                       const char *used)
{
    BUF_AUTO text = { .max = 8 * LIMIT_STORE_VALUE };
    if (l->count > 1)
        putchar(',');
    buf_json_text(&text, "person", s->person);
    buf_json_text(&text, "name", g->person.name);
    buf_json_text(&text, "email", g->person.email);
    buf_json_text(&text, "client", g->client_id);
    buf_json_text(&text, "client_name", g->client_name);
    buf_json_text(&text, "software", s->client);
    buf_json_text(&text, "transport", s->transport);
    buf_json_text(&text, "revision", s->revision);
    buf_json_text(&text, "node", s->node);
    buf_json_text(&text, "host", n->host);
    buf_json_text(&text, "since", since);
    buf_json_text(&text, "used_at", used);
    buf_char(&text, '}');
    fwrite(text.data, 1, text.len, stdout);
}

static void print_person(const struct listing *l, const struct session_record *s,
                         const struct grant_record *g)
{
    const char *name = text_shown(l->arena, g->person.name, false);
    const char *email = text_shown(l->arena, g->person.email, false);
    const char *gid = text_shown(l->arena, s->person, false);
    if (!*s->person)
        puts("a caller with a token of Asana's");
    else if (name && email && gid)
        printf("person %s  %s%s%s%s\n", gid, name, *email ? " <" : "", email, *email ? ">" : "");
}

static void print_text(const struct listing *l, const struct session_record *s,
                       const struct node_record *n, const struct grant_record *g, const char *since,
                       const char *used)
{
    const char *client = text_shown(l->arena, g->client_name, false);
    const char *software = text_shown(l->arena, s->client, false);
    const char *host = text_shown(l->arena, n->host, false);
    const char *revision = text_shown(l->arena, s->revision, false);
    const char *version = text_shown(l->arena, n->version, false);
    const char *node = text_shown(l->arena, s->node, false);
    if (!client || !software || !host || !revision || !version || !node)
        return;
    if (l->count > 1)
        putchar('\n');
    print_person(l, s, g);
    printf("  client     %s%s%s%s\n"
           "  transport  %s, %s\n"
           "  node       %s on %s (process %" PRId64 ", %s)\n"
           "  since      %s, last used %s\n",
           client, *client && *software ? " (" : "", software, *client && *software ? ")" : "",
           strcmp(s->transport, "sse") == 0 ? "HTTP+SSE" : "Streamable HTTP", revision, node, host,
           n->pid, version, since, used);
}

static bool print_record(void *ctx, const struct store_record *record)
{
    struct listing *l = ctx;
    struct session_record s;
    struct grant_record g = { .client_id = "", .client_name = "" };
    char since[CLOCK_TEXT], used[CLOCK_TEXT];
    arena_reset(l->arena);
    const struct node_record *n =
        session_record_read(l->arena, record, &s) ? find_node(l, s.node) : NULL;
    if (!n)
        return true; /* of a node that is gone */
    g.person = (struct person){ .gid = s.person, .name = "", .email = "" };
    read_grant(l, s.grant, &g);
    l->count++;
    text_time(s.since, since);
    text_time(s.used, used);
    if (l->json)
        print_json(l, &s, n, &g, since, used);
    else
        print_text(l, &s, n, &g, since, used);
    return true;
}

static bool list(const struct settings *s, struct listing *l)
{
    char owner[LIMIT_STORE_KEY];
    snprintf(owner, sizeof(owner), "user:%s", s->person ? s->person : "");
    if (!l->arena || !l->nodes_arena)
        return err_set(l->err, ERR_MEMORY, "out of memory");
    if (!store_at_open(s, &l->store, l->err) ||
        !store_at_each(l->store, STORE_NODES, NULL, keep_node, l, l->err) || l->failed)
        return false;
    if (l->json)
        putchar('[');
    if (!store_at_each(l->store, STORE_SESSIONS, s->person ? owner : NULL, print_record, l, l->err))
        return false;
    if (l->json)
        puts("]");
    return true;
}

int command_sessions(const struct settings *s)
{
    struct err err = { 0 };
    struct listing l = { .nodes_arena = arena_new(4u << 20),
                         .arena = arena_new(1u << 20),
                         .json = s->json,
                         .err = &err };
    if (uv_loop_init(&l.loop) != 0)
        return complain(EXIT_FAILED, "no event loop: too many open files, or out of memory");
    bool ok = list(s, &l);
    if (l.store)
        store_leave(l.store, &l.loop);
    uv_run(&l.loop, UV_RUN_DEFAULT);
    uv_loop_close(&l.loop);
    store_close(l.store);
    arena_free(l.arena);
    arena_free(l.nodes_arena);
    if (!ok)
        return complain(EXIT_FAILED, "%s", err.text);
    if (!l.count && !s->json)
        printf("Nobody is connected (in %s).\n", store_at_path(s));
    return 0;
}
