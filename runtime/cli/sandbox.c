#include "sandbox/sandbox.h"

#include "cli/backing.h"
#include "cli/commands.h"
#include "cli/until.h"

#include <stdio.h>

int command_sandbox(const struct settings *s)
{
    struct sandbox_options options = { .listen = s->listen,
                                       .now_ms = s->now_ms,
                                       .state_path = s->state };
    struct sandbox *sandbox;
    struct err err = { 0 };
    until_prepare();
    if (!sandbox_start(&options, &sandbox, &err))
        return complain(EXIT_FAILED, "%s", err.text);
    const struct sandbox_person *people;
    const char *url = sandbox_api_url(sandbox);
    printf("asana-mcp: sandbox serves %s\n\n", url);
    people_print(stdout, sandbox);
    if (sandbox_people(sandbox, &people) > 0)
        printf("\nTry it\n"
               "  curl -H 'Authorization: Bearer %s' %s/users/me\n"
               "  " TOKEN_VARIABLE "=%s asana-mcp serve --api-url %s\n",
               people[0].token, url, people[0].token, url);
    fflush(stdout);
    until_stopped();
    sandbox_stop(sandbox);
    return 0;
}
