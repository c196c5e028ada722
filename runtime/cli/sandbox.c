#include "sandbox/sandbox.h"

#include "cli/backing.h"
#include "cli/commands.h"
#include "cli/until.h"

#include <stdio.h>

/* A secret that was given is known, and stays out of sight. */
static void print_application(const struct settings *s, const struct sandbox *sandbox)
{
    printf("\nOAuth application\n"
           "  endpoints      %s/oauth_authorize, …/oauth_token, …/oauth_revoke\n"
           "  client id      %s\n"
           "  client secret  %s\n",
           sandbox_oauth_url(sandbox), sandbox_client_id(sandbox),
           s->client_secret.len > 0 ? "(as set)" : sandbox_client_secret(sandbox)->bytes);
}

int command_sandbox(const struct settings *s)
{
    struct sandbox_options options = { .listen = s->listen,
                                       .now_ms = s->now_ms,
                                       .state_path = s->state,
                                       .app = { .client_id = s->client_id,
                                                .client_secret = { s->client_secret.bytes,
                                                                   s->client_secret.len },
                                                .redirect_uris = s->redirect_uris,
                                                .token_seconds = s->token_seconds } };
    struct sandbox *sandbox;
    struct err err = { 0 };
    until_prepare(false);
    if (!sandbox_start(&options, &sandbox, &err))
        return complain(EXIT_FAILED, "%s", err.text);
    const struct sandbox_person *people;
    const char *url = sandbox_api_url(sandbox);
    printf("asana-mcp: sandbox serves %s\n\n", url);
    people_print(stdout, sandbox);
    print_application(s, sandbox);
    if (sandbox_people(sandbox, &people) > 0)
        printf("\nTry it\n"
               "  curl -H 'Authorization: Bearer %s' %s/users/me\n"
               "  " TOKEN_VARIABLE "=%s asana-mcp serve --api-url %s\n",
               people[0].token, url, people[0].token, url);
    fflush(stdout);
    until_stopped(0);
    sandbox_stop(sandbox);
    return 0;
}
