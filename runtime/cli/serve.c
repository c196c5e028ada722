#include "cli/backing.h"
#include "cli/commands.h"
#include "cli/until.h"

#include <stdio.h>
#include <string.h>

/* The header that a caller adds when its own token is used. */
#define BEARER_HEADER "Authorization: Bearer $ASANA_ACCESS_TOKEN"

static void print_connect(const char *url, bool bearer)
{
    printf("  SSE              %s/sse\n"
           "  Streamable HTTP  %s/mcp\n"
           "\n"
           "Claude Code\n"
           "  claude mcp add --transport sse asana %s/sse%s\n"
           "\n",
           url, url, url, bearer ? " --header \"" BEARER_HEADER "\"" : "");
    printf("Cursor, .mcp.json and other clients\n"
           "  {\"mcpServers\":{\"asana\":{\"type\":\"sse\",\"url\":\"%s/sse\"%s}}}\n"
           "\n",
           url, bearer ? ",\"headers\":{\"Authorization\":\"Bearer ${ASANA_ACCESS_TOKEN}\"}" : "");
    printf("By hand\n"
           "  curl -N %s/sse%s\n",
           url, bearer ? " -H \"" BEARER_HEADER "\"" : "");
    printf("  curl %s/mcp%s \\\n"
           "    -H 'Content-Type: application/json' \\\n"
           "    -H 'Accept: application/json, text/event-stream' \\\n"
           "    -d '{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":"
           "{\"protocolVersion\":\"2025-06-18\",\"capabilities\":{},"
           "\"clientInfo\":{\"name\":\"curl\",\"version\":\"1\"}}}'\n",
           url, bearer ? " -H \"" BEARER_HEADER "\"" : "");
}

static void print_sandbox(const struct backing *b)
{
    printf("\nThe sandbox answers as Asana at %s\n", sandbox_api_url(b->sandbox));
    if (b->who)
        printf("You work there as %s.%s\n", b->who->name,
               b->token_replaced ? " (" TOKEN_VARIABLE
                                   " is set, but is not a token of the sandbox: not used.)"
                                 : "");
    else
        printf("Each caller sends the token of one of its people.\n");
    people_print(stdout, b->sandbox);
    fputs("\nAsk first\n"
          "  What are my incomplete tasks due this week?\n"
          "  Create a task in the Marketing project and assign it to me.\n"
          "  Which sections does the Product Launch project have?\n"
          "  What is the status of the Q2 Planning project?\n",
          stdout);
}

static void print_welcome(const struct settings *s, const struct backing *b, const char *url)
{
    printf("asana-mcp %s serves %s at %s (Ctrl-C stops it)\n\n", ASANA_MCP_VERSION,
           b->sandbox ? "a sandbox Asana" : s->api_url, url);
    print_connect(url, s->auth == AUTH_BEARER);
    if (b->sandbox)
        print_sandbox(b);
    fflush(stdout);
}

int command_serve(const struct settings *s)
{
    struct backing backing;
    struct err err = { 0 };
    until_prepare();
    if (!backing_open(s, &backing, &err))
        return complain(EXIT_FAILED, "%s", err.text);
    struct server_options options = {
        .listen = s->listen,
        .public_url = s->public_url,
        .allow_origins = s->allow_origins,
        .workers = s->workers,
        .auth = s->auth,
        .asana_token = s->auth == AUTH_TOKEN ? &backing.token : NULL,
        .asana = backing.client,
    };
    struct server *server;
    if (!server_start(&options, &server, &err)) {
        backing_close(&backing);
        return complain(EXIT_FAILED, "%s", err.text);
    }
    char own[96];
    bool v6 = strchr(s->listen.host, ':');
    snprintf(own, sizeof(own), "http://%s%s%s:%d", v6 ? "[" : "", s->listen.host, v6 ? "]" : "",
             server_port(server));
    const char *url = s->public_url ? s->public_url : own;
    LOG(LOG_INFO, "server.ready", LOG_STR("url", url), LOG_STR("listen", own),
        LOG_STR("auth", s->auth == AUTH_BEARER ? "bearer" : "token"),
        LOG_INT("workers", s->workers), LOG_STR("api", backing.client.api_url));
    print_welcome(s, &backing, url);
    until_stopped();
    LOG(LOG_INFO, "server.stopping");
    server_stop(server);
    backing_close(&backing);
    return 0;
}
