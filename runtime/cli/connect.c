#include "cli/commands.h"
#include "cli/connect_write.h"
#include "cli/nearest.h"
#include "cli/text.h"
#include "cli/url.h"
#include "web/recipe.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_WIDTH 22

static int list_clients(void)
{
    const char *group = "";
    for (const struct client *c = client_registry; c->name; c++) {
        if (strcmp(group, c->group) != 0) {
            /* A group may come back later in the order; it is told once. */
            bool told = false;
            for (const struct client *before = client_registry; before < c; before++)
                told |= strcmp(before->group, c->group) == 0;
            group = c->group;
            if (told)
                continue;
            printf("%s\n", group);
            for (const struct client *of = c; of->name; of++)
                if (strcmp(of->group, group) == 0) {
                    fputs("  ", stdout);
                    text_pad(stdout, of->name, NAME_WIDTH);
                    printf("%s\n", of->title);
                }
            putchar('\n');
        }
    }
    puts("\"asana-mcp connect CLIENT\" prints how to connect one; --write puts it into its "
         "settings.");
    return 0;
}

static bool ends(const char *text, const char *end)
{
    size_t len = strlen(text);
    return len > strlen(end) && strcmp(text + len - strlen(end), end) == 0;
}

/* The server's address, and the transport that it names. */
static const char *read_address(const struct settings *s, int *transport)
{
    const char *url = s->url ? s->url : s->public_url;
    *transport = s->transport;
    if (!url) {
        const char *host = s->listen.host;
        bool all = strcmp(host, "0.0.0.0") == 0 || strcmp(host, "::") == 0;
        bool v6 = strchr(host, ':');
        return arena_printf(s->arena, "http://%s%s%s:%d", v6 ? "[" : "",
                            !all ? host
                            : v6 ? "::1"
                                 : "127.0.0.1",
                            v6 ? "]" : "", s->listen.port);
    }
    bool mcp = ends(url, "/mcp");
    if (!mcp && !ends(url, "/sse"))
        return url;
    if (*transport < 0)
        *transport = mcp ? CLIENT_HTTP : CLIENT_SSE;
    return arena_strndup(s->arena, url, strlen(url) - 4);
}

/* It goes into commands, JSON and TOML as it is. */
static bool is_plain(const char *address)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                                  "-._~:/[]@!+,=%";
    return address[strspn(address, allowed)] == '\0';
}

static const char *own_path(struct arena *a)
{
    char path[PATH_MAX];
    return realpath("/proc/self/exe", path) ? arena_strdup(a, path) : "asana-mcp";
}

static int unknown_client(const char *name)
{
    char hint[NEAREST_HINT];
    return complain(
        EXIT_USAGE, "unknown client \"%.60s\"%s", name,
        nearest_hint(connect_nearest(name), "; \"asana-mcp connect\" lists them", hint));
}

/* Whether the client can talk to a server like this one at all. */
static int check_client(const struct client *c, const struct recipe *r)
{
    if (!(c->transports & (1u << r->transport))) {
        char known[64] = "";
        for (enum client_transport t = 0; t < CLIENT_TRANSPORTS; t++)
            if (c->transports & (1u << t)) {
                size_t len = strlen(known);
                snprintf(known + len, sizeof(known) - len, "%s%s", len ? ", " : "",
                         recipe_transport_name(t));
            }
        return complain(EXIT_USAGE, "%s does not speak %s; it speaks %s", c->title,
                        recipe_transport_name(r->transport), known);
    }
    if (r->bearer && !c->sends_bearer)
        return complain(EXIT_USAGE,
                        "%s cannot send a token of the caller's own, which --auth bearer wants; "
                        "let it start the bridge: asana-mcp connect mcp-remote",
                        c->title);
    return 0;
}

static void print_steps(const struct client *c, const struct recipe *r, bool written)
{
    BUF_AUTO step;
    fputs(written ? "\nSteps, of which the entry is done\n" : "\nSteps\n", stderr);
    for (size_t i = 0; c->steps[i]; i++) {
        buf_init(&step, LIMIT_CONNECT_FILE);
        recipe_fill(&step, CLIENT_TEXT, c->steps[i], r);
        buf_char(&step, '\0');
        fprintf(stderr, "%3zu. ", i + 1);
        text_wrap(stderr, buf_ok(&step) ? step.data : c->steps[i], 5, 5);
        buf_done(&step);
    }
    if (r->bearer)
        fprintf(stderr, "\nThe token is read from the environment variable " TOKEN_VARIABLE ".\n");
    if (c->from_outside && url_is_loopback(r->base))
        fprintf(stderr,
                "\n%s is called from its maker's computers, which cannot reach %s: the\n"
                "server needs an https address that the internet can reach.\n",
                c->title, r->base);
    fprintf(stderr, "\nMore: %s\n", c->docs);
}

static int print_recipe(const struct client *c, const struct recipe *r)
{
    BUF_AUTO text;
    buf_init(&text, LIMIT_CONNECT_FILE);
    const struct client_snippet *snippet = recipe_snippet(c, r);
    if (snippet)
        recipe_fill(&text, snippet->format, snippet->text, r);
    else if (recipe_in_settings(c, r))
        recipe_settings(&text, c, r);
    else
        return complain(EXIT_FAILED, "there is no recipe for %s over %s", c->title,
                        recipe_transport_name(r->transport));
    if (!buf_ok(&text))
        return complain(EXIT_FAILED, "out of memory");
    fprintf(stderr, "%s: %s\n\n", c->title, snippet ? snippet->title : "settings");
    fwrite(text.data, 1, text.len, stdout);
    putchar('\n');
    fflush(stdout);
    print_steps(c, r, false);
    return 0;
}

int command_connect(const struct settings *s)
{
    if (s->operand_count == 0)
        return list_clients();
    if (s->operand_count > 1)
        return complain(EXIT_USAGE, "connect takes one client, got \"%.60s\", too", s->operands[1]);
    const struct client *c = recipe_client(s->operands[0]);
    if (!c)
        return unknown_client(s->operands[0]);
    int transport;
    struct recipe r = {
        .base = read_address(s, &transport),
        .name = s->name,
        .program = own_path(s->arena),
    };
    if (!r.base || !r.program)
        return complain(EXIT_FAILED, "out of memory");
    r.transport = transport < 0 ? c->best : (enum client_transport)transport;
    r.bearer = s->auth == AUTH_BEARER && r.transport != CLIENT_STDIO;
    if (!is_plain(r.base))
        return complain(EXIT_USAGE,
                        "the address \"%.200s\" holds characters that a shell or a "
                        "settings file treats specially",
                        r.base);
    if (!s->url && !s->public_url && s->listen.port == 0)
        return complain(EXIT_USAGE, "port 0 says nothing of where the server is; add --url URL");
    int code = check_client(c, &r);
    if (code != 0)
        return code;
    if (!s->write)
        return print_recipe(c, &r);
    code = connect_write(s->arena, c, &r, s->file);
    if (code == 0)
        print_steps(c, &r, true);
    return code;
}
