#include "cli/settings_trace.h"

#include "base/utf8.h"
#include "cli/environment.h"
#include "cli/url.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define HEADERS_MAX 16
#define SERVICE_MAX 200

static bool is_off(const char *const *environment)
{
    const char *disabled = environment_find(environment, "OTEL_SDK_DISABLED");
    const char *exporter = environment_find(environment, "OTEL_TRACES_EXPORTER");
    return (disabled && strcasecmp(disabled, "true") == 0) ||
           (exporter && strcmp(exporter, "none") == 0);
}

/* The collector's base, below which traces have their place. */
static bool read_base(struct settings *s, const char *place, const char *text, struct err *err)
{
    static const char traces[] = "/v1/traces";
    const char *base;
    if (!url_base_read(s->arena, place, text, &base, err))
        return false;
    size_t len = strlen(base), end = sizeof(traces) - 1;
    bool whole = len > end && strcmp(base + len - end, traces) == 0;
    s->trace.url = whole ? base : arena_printf(s->arena, "%s%s", base, traces);
    return s->trace.url || err_set(err, ERR_MEMORY, "out of memory");
}

static bool read_url(struct settings *s, const char *const *environment, struct err *err)
{
    const struct setting_given *given = &s->given[SETTING_OTLP_ENDPOINT];
    const char *text;
    if (given->count)
        return read_base(s, given->place, given->texts[0], err);
    if (is_off(environment))
        return true;
    if ((text = environment_find(environment, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")))
        return url_base_read(s->arena, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", text, &s->trace.url,
                             err);
    if ((text = environment_find(environment, "OTEL_EXPORTER_OTLP_ENDPOINT")))
        return read_base(s, "OTEL_EXPORTER_OTLP_ENDPOINT", text, err);
    return true;
}

static int hex(char c)
{
    return c >= '0' && c <= '9'                     ? c - '0'
           : tolower(c) >= 'a' && tolower(c) <= 'f' ? tolower(c) - 'a' + 10
                                                    : -1;
}

/* Percent-decodes in place; false for what no header can carry. */
static bool decode(char *text)
{
    char *to = text;
    for (const char *from = text; *from; to++) {
        bool coded = *from == '%' && hex(from[1]) >= 0 && hex(from[2]) >= 0;
        *to = coded ? (char)(hex(from[1]) * 16 + hex(from[2])) : *from;
        from += coded ? 3 : 1;
        if (*to < ' ' || *to > '~')
            return false;
    }
    *to = '\0';
    return true;
}

static char *trim(char *text)
{
    while (*text == ' ')
        text++;
    for (char *end = text + strlen(text); end > text && end[-1] == ' ';)
        *--end = '\0';
    return text;
}

/* "name=value,name=value" */
static bool read_headers(struct settings *s, const char *const *environment, struct err *err)
{
    static const char token[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";
    bool own = s->otlp_headers.len;
    const char *given = own ? s->otlp_headers.bytes
                            : environment_find(environment, "OTEL_EXPORTER_OTLP_TRACES_HEADERS");
    given = given ? given : environment_find(environment, "OTEL_EXPORTER_OTLP_HEADERS");
    if (!given)
        return true;
    size_t n = 0;
    char *copy = arena_strdup(s->arena, given);
    struct trace_header *headers = arena_zalloc(s->arena, HEADERS_MAX + 1, sizeof(*headers));
    if (!copy || !headers)
        return err_set(err, ERR_MEMORY, "out of memory");
    s->trace.headers = headers;
    bool ok = true;
    char *rest = copy;
    for (char *pair; ok && (pair = strsep(&rest, ","));) {
        char *value = strchr(pair, '=');
        if (!*trim(pair))
            continue;
        ok = value && n < HEADERS_MAX;
        if (!ok)
            break;
        *value++ = '\0';
        char *name = trim(pair);
        value = trim(value);
        headers[n].name = arena_strdup(s->arena, name);
        ok = *name && !name[strspn(name, token)] && decode(value) && headers[n].name &&
             secret_set(&headers[n].value, slice_of(value));
        n++;
    }
    explicit_bzero(copy, strlen(given));
    return ok || err_set(err, ERR_SETTINGS,
                         "%s: expected at most %d pairs like api-key=VALUE,other=VALUE, "
                         "percent-encoded",
                         own ? s->given[SETTING_OTLP_HEADERS].place : "OTEL_EXPORTER_OTLP_HEADERS",
                         HEADERS_MAX);
}

static bool read_ratio(const char *place, const char *text, double *out, struct err *err)
{
    char *end;
    double ratio = strtod(text, &end);
    if (end == text || *end || !(ratio >= 0 && ratio <= 1))
        return err_set(err, ERR_SETTINGS, "%s: expected a number from 0 to 1, got \"%.40s\"", place,
                       text);
    *out = ratio;
    return true;
}

static bool read_sampler(struct settings *s, const char *const *environment, struct err *err)
{
    static const char parent[] = "parentbased_";
    const struct setting_given *given = &s->given[SETTING_OTLP_SAMPLE];
    const char *name = environment_find(environment, "OTEL_TRACES_SAMPLER");
    const char *ratio = environment_find(environment, "OTEL_TRACES_SAMPLER_ARG");
    s->trace.ratio = 1;
    if (given->count)
        return read_ratio(given->place, given->texts[0], &s->trace.ratio, err);
    if (!name)
        return true;
    const char *kind = strncmp(name, parent, strlen(parent)) == 0 ? name + strlen(parent) : name;
    if (strcmp(kind, "always_on") == 0)
        return true;
    s->trace.ratio = 0;
    if (strcmp(kind, "always_off") == 0)
        return true;
    if (strcmp(kind, "traceidratio") != 0)
        return err_set(err, ERR_SETTINGS,
                       "OTEL_TRACES_SAMPLER: expected parentbased_always_on, "
                       "parentbased_always_off or parentbased_traceidratio, got \"%.40s\"",
                       name);
    s->trace.ratio = 1;
    return !ratio || read_ratio("OTEL_TRACES_SAMPLER_ARG", ratio, &s->trace.ratio, err);
}

bool settings_trace_read(struct settings *s, const char *const *environment, struct err *err)
{
    if (!setting_taken_by(SETTING_OTLP_ENDPOINT, s->command))
        return true;
    if (!read_url(s, environment, err))
        return false;
    /* Our own settings are wrong or right without a collector, too; OpenTelemetry's may be meant
     * for other programs. */
    if (!s->trace.url)
        return (!s->otlp_headers.len || read_headers(s, environment, err)) &&
               (!s->given[SETTING_OTLP_SAMPLE].count || read_sampler(s, environment, err));
    s->trace.direct = url_is_loopback(s->trace.url);
    const char *service = environment_find(environment, "OTEL_SERVICE_NAME");
    if (service && (strlen(service) > SERVICE_MAX || !utf8_valid(slice_of(service))))
        return err_set(err, ERR_SETTINGS, "OTEL_SERVICE_NAME: expected at most %d bytes of text",
                       SERVICE_MAX);
    s->trace.service = service ? arena_strdup(s->arena, service) : "asana-mcp";
    if (!s->trace.service)
        return err_set(err, ERR_MEMORY, "out of memory");
    return read_headers(s, environment, err) && read_sampler(s, environment, err);
}

void settings_trace_done(struct settings *s)
{
    /* Made writable by read_headers(). */
    for (struct trace_header *h = (struct trace_header *)s->trace.headers; h && h->name; h++)
        secret_done(&h->value);
}
