#include "cli/values.h"

#include "base/clock.h"
#include "cli/url.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define WORKERS_MAX 64
#define DEADLINE_MAX 600

int value_bool(const char *text)
{
    static const char *const yes[] = { "true", "yes", "on", "1" };
    static const char *const no[] = { "false", "no", "off", "0" };
    for (size_t i = 0; i < sizeof(yes) / sizeof(*yes); i++) {
        if (strcasecmp(text, yes[i]) == 0)
            return 1;
        if (strcasecmp(text, no[i]) == 0)
            return 0;
    }
    return -1;
}

static bool read_bool(const char *place, const char *text, bool *out, struct err *err)
{
    int value = value_bool(text);
    if (value < 0)
        return err_set(err, ERR_SETTINGS, "%s: expected true or false, got \"%.40s\"", place, text);
    *out = value;
    return true;
}

static bool read_number(const char *place, const char *text, unsigned max, unsigned *out,
                        struct err *err)
{
    char *end;
    errno = 0;
    unsigned long n = strtoul(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end || errno || n < 1 || n > max)
        return err_set(err, ERR_SETTINGS, "%s: expected a number from 1 to %u, got \"%.40s\"",
                       place, max, text);
    *out = (unsigned)n;
    return true;
}

static bool read_listen(const char *place, const char *text, struct listen_address *out,
                        struct err *err)
{
    struct err why = { 0 };
    if (!listen_parse(text, out, &why))
        return err_set(err, ERR_SETTINGS, "%s: %s", place, why.text);
    return true;
}

static bool read_auth(const char *place, const char *text, enum auth_mode *out, struct err *err)
{
    if (strcmp(text, "token") == 0)
        *out = AUTH_TOKEN;
    else if (strcmp(text, "bearer") == 0)
        *out = AUTH_BEARER;
    else if (strcmp(text, "oauth") == 0)
        return err_set(
            err, ERR_SETTINGS,
            "%s: signing in with Asana (oauth) is not part of this build; use token (your own "
            "Asana token, for this machine) or bearer (each caller sends an Asana token)",
            place);
    else
        /* Not shown: it could be a token, given where only its kind is asked for. */
        return err_set(err, ERR_SETTINGS,
                       "%s: expected the word token or bearer (a token itself goes into the "
                       "environment variable " TOKEN_VARIABLE ")",
                       place);
    return true;
}

static bool read_now(const char *place, const char *text, int64_t *out, struct err *err)
{
    int64_t ms;
    if (!clock_parse_datetime(text, &ms) || ms <= 0)
        return err_set(err, ERR_SETTINGS,
                       "%s: expected a time with zone like 2026-11-23T09:00:00Z, got \"%.40s\"",
                       place, text);
    *out = ms;
    return true;
}

static bool read_api_url(struct settings *s, const char *place, const char *text, struct err *err)
{
    if (!url_base_read(s->arena, place, text, &s->api_url, err))
        return false;
    if (!url_is_https(s->api_url) && !url_is_loopback(s->api_url))
        return err_set(
            err, ERR_SETTINGS,
            "%s: plain http would send Asana tokens over the network for all to read; use "
            "https (http is for loopback only), got \"%.200s\"",
            place, text);
    return true;
}

static bool read_file_name(const char *place, const char *text, const char **out, struct err *err)
{
    if (access(text, R_OK) != 0)
        return err_set(err, ERR_SETTINGS, "%s: cannot read \"%.200s\": %s", place, text,
                       strerror(errno));
    *out = text;
    return true;
}

static bool read_log_level(const char *place, const char *text, enum log_level *out,
                           struct err *err)
{
    if (log_level_parse(text, out))
        return true;
    return err_set(err, ERR_SETTINGS, "%s: expected error, warn, info or debug, got \"%.40s\"",
                   place, text);
}

static bool read_origins(struct settings *s, const struct setting_given *given, struct err *err)
{
    const char **list = arena_zalloc(s->arena, given->count + 1, sizeof(*list));
    if (!list)
        return err_set(err, ERR_MEMORY, "out of memory");
    for (size_t i = 0; i < given->count; i++)
        if (!url_origin_read(s->arena, given->place, given->texts[i], &list[i], err))
            return false;
    s->allow_origins = list;
    return true;
}

bool value_read(struct settings *s, enum setting_id id, struct err *err)
{
    const struct setting_given *given = &s->given[id];
    const char *place = given->place;
    const char *text = given->texts[0];
    switch (id) {
    case SETTING_LISTEN:
        return read_listen(place, text, &s->listen, err);
    case SETTING_PUBLIC_URL:
        return url_base_read(s->arena, place, text, &s->public_url, err);
    case SETTING_AUTH:
        return read_auth(place, text, &s->auth, err);
    case SETTING_ALLOW_ORIGIN:
        return read_origins(s, given, err);
    case SETTING_WORKERS:
        return read_number(place, text, WORKERS_MAX, &s->workers, err);
    case SETTING_SANDBOX:
        return read_bool(place, text, &s->sandbox, err);
    case SETTING_NOW:
        return read_now(place, text, &s->now_ms, err);
    case SETTING_STATE: /* made when missing; opening it tells what is wrong with it */
        s->state = text;
        return true;
    case SETTING_API_URL:
        return read_api_url(s, place, text, err);
    case SETTING_CA_FILE:
        return read_file_name(place, text, &s->ca_file, err);
    case SETTING_DEADLINE_SECONDS:
        return read_number(place, text, DEADLINE_MAX, &s->deadline_seconds, err);
    case SETTING_LOG_LEVEL:
        return read_log_level(place, text, &s->log_level, err);
    case SETTING_SIZES:
        return read_bool(place, text, &s->sizes, err);
    case SETTING_JSON:
        return read_bool(place, text, &s->json, err);
    case SETTING_CONFIG: /* read already, before all others */
    case SETTING_COUNT:
        break;
    }
    return true;
}
