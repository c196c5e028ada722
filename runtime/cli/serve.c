#include "cli/backing.h"
#include "cli/certificate.h"
#include "cli/commands.h"
#include "cli/reload.h"
#include "cli/settings_policies.h"
#include "cli/sign_in.h"
#include "cli/systemd.h"
#include "cli/toolbox.h"
#include "cli/until.h"
#include "http/tls.h"

#include <stdio.h>
#include <string.h>

/* What stopping takes beside the drain, at most. */
#define STOP_SECONDS 15

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
}

static void print_by_hand(const char *url, bool bearer)
{
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

/* Asana sends nobody back to an address that the application does not name. */
static void print_sign_in(const char *url, bool sandbox)
{
    puts("Signing in\n"
         "  The assistant opens a browser when it connects for the first time.");
    if (!sandbox)
        printf("  The redirect URL of your application at Asana has to be\n"
               "    %s" OAUTH_CALLBACK "\n",
               url);
}

static void print_sandbox(const struct settings *s, const struct backing *b)
{
    printf("\nThe sandbox answers as Asana at %s\n", sandbox_api_url(b->sandbox));
    if (b->who)
        printf("You work there as %s.%s\n", b->who->name,
               b->token_replaced ? " (" TOKEN_VARIABLE
                                   " is set, but is not a token of the sandbox: not used.)"
                                 : "");
    else
        printf("Each caller %s one of its people.\n",
               s->auth == AUTH_OAUTH ? "signs in as" : "sends the token of");
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
    if (s->auth == AUTH_OAUTH)
        print_sign_in(url, b->sandbox);
    else
        print_by_hand(url, s->auth == AUTH_BEARER);
    if (b->sandbox)
        print_sandbox(s, b);
    fflush(stdout);
}

/* Until it is to stop. The service manager hears that it is alive while all loops turn. */
static void wait(struct serving *serving, const char *status)
{
    unsigned tick_ms = systemd_watchdog_ms();
    for (;;) {
        switch (until_stopped(tick_ms)) {
        case UNTIL_STOP:
            return;
        case UNTIL_RENEW:
            systemd_reloading();
            reload(serving);
            systemd_ready(status);
            break;
        case UNTIL_TICK:
            break;
        }
        if (tick_ms && server_turns(serving->server))
            systemd_alive();
    }
}

/* build: the build's extras; extras: with the tools of the pack. */
static int serve(const struct settings *s, const struct mcp_extras *build,
                 const struct mcp_extras *extras)
{
    struct backing backing;
    struct sign_in sign_in;
    struct scope_rules rules;
    struct tls *tls = NULL;
    struct err err = { 0 };
    if (!settings_rules(s, s->arena, &rules))
        return complain(EXIT_FAILED, "out of memory");
    until_prepare(true);
    if (!certificate_read(s, &tls, &err))
        return complain(EXIT_FAILED, "%s", err.text);
    if (!backing_open(s, &backing, &err)) {
        tls_free(tls);
        return complain(EXIT_FAILED, "%s", err.text);
    }
    if (!sign_in_open(s, &backing, &sign_in, &err)) {
        tls_free(tls);
        backing_close(&backing);
        return complain(EXIT_FAILED, "%s", err.text);
    }
    struct server_options options = serving_options(s, &backing, &sign_in, &rules, extras);
    options.tls = tls;
    struct server *server;
    bool started = server_start(&options, &server, &err);
    tls_free(tls); /* the server holds it */
    if (!started) {
        sign_in_close(&sign_in);
        backing_close(&backing);
        return complain(EXIT_FAILED, "%s", err.text);
    }
    const char *own = server_url(server);
    const char *url = s->public_url ? s->public_url : own;
    LOG(LOG_INFO, "server.ready", LOG_STR("url", url), LOG_STR("listen", own),
        LOG_STR("auth", auth_mode_name(s->auth)), LOG_INT("workers", s->workers),
        LOG_STR("api", backing.client.api_url));
    if (*s->metrics_listen.host)
        LOG(LOG_INFO, "metrics.ready", LOG_STR("host", s->metrics_listen.host),
            LOG_INT("port", server_metrics_port(server)));
    print_welcome(s, &backing, url);
    const char *status = arena_printf(s->arena, "serving at %s", url);
    systemd_ready(status ? status : "serving");
    struct serving serving = { .settings = s,
                               .build = build,
                               .backing = &backing,
                               .sign_in = &sign_in,
                               .server = server,
                               .drain_seconds = s->drain_seconds };
    wait(&serving, status ? status : "serving");
    LOG(LOG_INFO, "server.stopping");
    systemd_stopping("letting calls end", serving.drain_seconds + STOP_SECONDS);
    server_drain(server, serving.drain_seconds);
    server_stop(server);
    sign_in_close(&sign_in);
    backing_close(&backing);
    return 0;
}

int command_serve(const struct settings *s, const struct mcp_extras *extras)
{
    struct toolbox box;
    struct err err = { 0 };
    if (!toolbox_open(s, extras, &box, &err))
        return complain(EXIT_FAILED, "%s", err.text);
    int code = serve(s, extras, &box.extras);
    toolbox_close(&box);
    return code;
}
