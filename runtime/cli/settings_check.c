#include "cli/settings.h"

#include "cli/url.h"

/* Where the sandbox and the API URL are both given, the stronger source must be the sandbox's: it
 * stands in Asana's place. */
static bool check_sandbox(const struct settings *s, struct err *err)
{
    const struct setting_given *sandbox = &s->given[SETTING_SANDBOX];
    const struct setting_given *api_url = &s->given[SETTING_API_URL];
    if (s->sandbox && api_url->count > 0 && api_url->from >= sandbox->from)
        return err_set(
            err, ERR_SETTINGS,
            "%s and %s both say which Asana to work in; give one of them (--no-sandbox turns the "
            "sandbox off)",
            sandbox->place, api_url->place);
    if (s->given[SETTING_NOW].count > 0 && !s->sandbox && s->command != COMMAND_SANDBOX &&
        s->given[SETTING_NOW].from == FROM_FLAG)
        return err_set(err, ERR_SETTINGS, "--now sets the sandbox's clock; add --sandbox");
    if (s->given[SETTING_STATE].count > 0 && !s->sandbox && s->command != COMMAND_SANDBOX &&
        s->given[SETTING_STATE].from == FROM_FLAG)
        return err_set(err, ERR_SETTINGS, "--state keeps the sandbox's data; add --sandbox");
    if (s->command == COMMAND_SANDBOX && !listen_is_loopback(&s->listen))
        return err_set(
            err, ERR_SETTINGS,
            "%s: the sandbox serves on loopback only (127.0.0.1 or [::1]); its tokens are no "
            "secret",
            s->given[SETTING_LISTEN].place);
    return true;
}

/* Who could use the operator's token, or read a caller's on the way. */
static bool check_reach(const struct settings *s, struct err *err)
{
    bool listens_locally = listen_is_loopback(&s->listen);
    bool known_locally = !s->public_url || url_is_loopback(s->public_url);
    if (listens_locally && known_locally)
        return true;
    const struct setting_given *where =
        &s->given[listens_locally ? SETTING_PUBLIC_URL : SETTING_LISTEN];
    if (s->auth == AUTH_TOKEN)
        return err_set(
            err, ERR_SETTINGS,
            "%s: with --auth token everyone who reaches this server works in Asana with your "
            "token, so it is for loopback only; use --listen 127.0.0.1:8000, or --auth bearer, "
            "where each caller sends an Asana token",
            where->place);
    if (!s->public_url || !url_is_https(s->public_url))
        return err_set(
            err, ERR_SETTINGS,
            "%s: callers send their Asana tokens to --auth bearer, so off loopback it needs TLS "
            "in front of it; name its address with --public-url https://…",
            s->public_url ? s->given[SETTING_PUBLIC_URL].place : where->place);
    return true;
}

bool settings_check_token(const struct settings *s, struct err *err)
{
    bool asks = setting_taken_by(SETTING_API_URL, s->command);
    if (!asks || s->sandbox || s->auth == AUTH_BEARER || s->asana_token.len > 0)
        return true;
    return err_set(
        err, ERR_SETTINGS,
        "no Asana token: set the environment variable " TOKEN_VARIABLE " to a personal access "
        "token (make one at https://app.asana.com/0/my-apps), or add --sandbox to try it with "
        "sample data");
}

bool settings_check(const struct settings *s, struct err *err)
{
    if (!check_sandbox(s, err))
        return false;
    if (setting_taken_by(SETTING_AUTH, s->command) && !check_reach(s, err))
        return false;
    return settings_check_token(s, err);
}
