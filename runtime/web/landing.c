#include "web/landing.h"

#include "web/recipe.h"

#include <stdio.h>
#include <string.h>

/* All recipes' texts together. */
#define TEXTS_MAX (1u << 20)

static const char *taken(struct arena *a, struct buf *b)
{
    const char *text = buf_ok(b) ? arena_strndup(a, b->data ? b->data : "", b->len) : NULL;
    buf_done(b);
    return text;
}

static const char *snippet_of(struct arena *a, const struct client *c, const struct recipe *r,
                              const char **lead)
{
    const struct client_snippet *snippet = recipe_snippet(c, r);
    struct buf b;
    if (!snippet)
        return NULL;
    buf_init(&b, TEXTS_MAX);
    recipe_fill(&b, snippet->format, snippet->text, r);
    *lead = snippet->title;
    return taken(a, &b);
}

static const char *entry_of(struct arena *a, const struct client *c, const struct recipe *r,
                            const char **lead)
{
    struct buf b;
    if (!recipe_in_settings(c, r))
        return NULL;
    const struct client_settings *s = c->settings;
    const char *user = s->linux_file ? s->linux_file : s->macos_file;
    const char *project = s->project_file;
    *lead = user && project ? arena_printf(a, "%s, or %s in a project", user, project)
            : user          ? user
                            : project;
    buf_init(&b, TEXTS_MAX);
    recipe_settings(&b, c, r);
    return taken(a, &b);
}

static const char *steps_of(struct arena *a, const struct client *c, const struct recipe *r)
{
    struct buf b;
    buf_init(&b, TEXTS_MAX);
    for (size_t i = 0; c->steps[i]; i++) {
        char number[24];
        snprintf(number, sizeof(number), "%s%zu. ", i ? "\n" : "", i + 1);
        buf_str(&b, number);
        for (const char *p = c->steps[i]; *p; p++) /* marks of Markdown */
            if (*p != '`')
                buf_char(&b, *p);
    }
    struct buf filled;
    buf_init(&filled, TEXTS_MAX);
    const char *text = taken(a, &b);
    if (text)
        recipe_fill(&filled, CLIENT_TEXT, text, r);
    else
        filled.failed = true;
    return taken(a, &filled);
}

/* What stands between this client and this server. */
static const char *trouble_of(const struct client *c, const struct recipe *r)
{
    if (r->bearer && !c->sends_bearer)
        return "It cannot send a token of yours, which this server wants. Use mcp-remote.";
    if (c->from_outside && strncmp(r->base, "https:", 6) != 0)
        return "It is called from its maker's computers, which need an https address that the "
               "internet can reach. This server has none.";
    return NULL;
}

static size_t put_clients(struct arena *a, const struct landing *l,
                          struct page_landing_clients *rows)
{
    struct page_landing_clients *row = rows;
    for (const struct client *c = client_registry; c->name; c++, row++) {
        struct recipe r = {
            .base = l->url,
            .name = "asana",
            .program = "asana-mcp",
            .transport = c->best,
            .bearer = l->auth == LANDING_BEARER,
        };
        const char *lead = "";
        const char *entry_lead = "";
        row->name = c->name;
        row->title = c->title;
        row->about = c->about;
        row->docs = c->docs;
        row->first = c == client_registry;
        row->trouble = trouble_of(c, &r);
        row->snippet = snippet_of(a, c, &r, &lead);
        row->entry = entry_of(a, c, &r, &entry_lead);
        row->lead = lead;
        row->entry_lead = entry_lead;
        row->steps = steps_of(a, c, &r);
        if (!row->steps || !row->entry_lead)
            return 0;
    }
    return (size_t)(row - rows);
}

static size_t put_tools(const struct landing *l, struct page_landing_tools *rows)
{
    struct page_landing_tools *row = rows;
    for (size_t t = 0; t < tool_toolsets_count; t++) {
        const struct toolset *set = &tool_toolsets[t];
        bool begun = false;
        for (size_t i = 0; i < l->tools_count; i++) {
            const struct tool *tool = l->tools[i];
            if (strcmp(tool->toolset, set->name) != 0 || (l->shows && !l->shows(l->context, tool)))
                continue;
            *row++ = (struct page_landing_tools){
                .name = tool->name,
                .title = tool->title,
                .description = tool->description,
                .writes = tool->effect != TOOL_READ,
                .set = begun ? NULL : set->title,
                .about = set->description,
            };
            begun = true;
        }
    }
    return (size_t)(row - rows);
}

void landing_write(struct buf *out, struct arena *a, const struct landing *l)
{
    static const char *const signing_in[] = {
        [LANDING_NOBODY] = "Not needed: everybody here works as the operator of this server",
        [LANDING_BEARER] = "Your client sends an Asana token of yours, from ASANA_ACCESS_TOKEN",
        [LANDING_OAUTH] = "With Asana, in your browser, when your client connects",
    };
    size_t clients = 0;
    while (client_registry[clients].name)
        clients++;
    struct page_landing_clients *client_rows = arena_zalloc(a, clients + 1, sizeof(*client_rows));
    struct page_landing_tools *tool_rows = arena_zalloc(a, l->tools_count + 1, sizeof(*tool_rows));
    char count[24];
    struct page_landing page = {
        .server = l->server,
        .base = l->base,
        .url = arena_printf(a, "%s/mcp", l->url),
        .sse = arena_printf(a, "%s/sse", l->url),
        .sandbox = l->sandbox,
        .read_only = l->read_only,
        .sign_in = signing_in[l->auth],
        .version = l->version,
        .count = count,
        .clients = client_rows,
        .tools = tool_rows,
    };
    if (!client_rows || !tool_rows || !page.url || !page.sse) {
        out->failed = true;
        return;
    }
    page.clients_count = put_clients(a, l, client_rows);
    page.tools_count = put_tools(l, tool_rows);
    snprintf(count, sizeof(count), "%zu", page.tools_count);
    if (arena_failed(a))
        out->failed = true;
    else
        page_landing(out, &page);
}
