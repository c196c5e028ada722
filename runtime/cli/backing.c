#include "cli/backing.h"

#include "cli/sign_in.h"
#include "cli/text.h"

#include <string.h>

/* The person whose token the environment has; else the first one. Somebody with a real token in the
 * environment who only tries the sandbox should not meet 401 there, nor should that token go
 * anywhere. */
static bool sandbox_token(const struct settings *s, struct backing *b, struct err *err)
{
    const struct sandbox_person *people;
    size_t count = sandbox_people(b->sandbox, &people);
    if (count == 0)
        return err_set(err, ERR_SETTINGS, "the sandbox has no people");
    b->who = &people[0];
    b->token_replaced = s->asana_token.len > 0;
    for (size_t i = 0; i < count && s->asana_token.len > 0; i++) {
        if (secret_equals(&s->asana_token, slice_of(people[i].token))) {
            b->who = &people[i];
            b->token_replaced = false;
        }
    }
    if (!secret_set(&b->token, slice_of(b->who->token)))
        return err_set(err, ERR_MEMORY, "out of memory");
    return true;
}

static bool start_sandbox(const struct settings *s, struct backing *b, struct err *err)
{
    /* People come back to us by our public address; without one we are on loopback, where the
     * sandbox sends people to anyway. */
    const char *callback[2] = { NULL };
    if (s->public_url && s->auth == AUTH_OAUTH) {
        callback[0] = arena_printf(s->arena, "%s" OAUTH_CALLBACK, s->public_url);
        if (!callback[0])
            return err_set(err, ERR_MEMORY, "out of memory");
    }
    struct sandbox_options options = { .listen = { .host = "127.0.0.1" },
                                       .now_ms = s->now_ms,
                                       .state_path = s->state,
                                       .app = { .client_id = s->client_id,
                                                .client_secret = { s->client_secret.bytes,
                                                                   s->client_secret.len },
                                                .redirect_uris = callback,
                                                .token_seconds = s->token_seconds } };
    if (!sandbox_start(&options, &b->sandbox, err))
        return false;
    b->client.api_url = sandbox_api_url(b->sandbox);
    return s->auth != AUTH_TOKEN || sandbox_token(s, b, err);
}

bool backing_open(const struct settings *s, struct backing *out, struct err *err)
{
    struct backing b = {
        .client = {
            .api_url = s->api_url,
            .user_agent = "asana-mcp/" ASANA_MCP_VERSION,
            .ca_file = s->ca_file,
            .deadline_ms = s->deadline_seconds * 1000,
        },
    };
    bool ok = true;
    if (s->sandbox)
        ok = start_sandbox(s, &b, err);
    else if (s->auth == AUTH_TOKEN && s->asana_token.len > 0 &&
             !secret_set(&b.token, secret_slice(&s->asana_token)))
        ok = err_set(err, ERR_MEMORY, "out of memory");
    if (ok)
        *out = b;
    else
        backing_close(&b);
    return ok;
}

void backing_close(struct backing *b)
{
    secret_done(&b->token);
    sandbox_stop(b->sandbox);
    *b = (struct backing){ 0 };
}

static size_t max(size_t a, size_t b)
{
    return a > b ? a : b;
}

void people_print(FILE *out, const struct sandbox *sandbox)
{
    const struct sandbox_person *people;
    size_t count = sandbox_people(sandbox, &people);
    size_t name = strlen("NAME");
    size_t email = strlen("E-MAIL");
    for (size_t i = 0; i < count; i++) {
        name = max(name, text_columns(slice_of(people[i].name)));
        email = max(email, text_columns(slice_of(people[i].email)));
    }
    fputs("  ", out);
    text_pad(out, "NAME", name + 2);
    text_pad(out, "E-MAIL", email + 2);
    fputs("TOKEN\n", out);
    for (size_t i = 0; i < count; i++) {
        fputs("  ", out);
        text_pad(out, people[i].name, name + 2);
        text_pad(out, people[i].email, email + 2);
        fprintf(out, "%s\n", people[i].token);
    }
}
