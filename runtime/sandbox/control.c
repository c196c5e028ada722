#include "sandbox/control.h"

#include "base/json.h"
#include "sandbox/fields.h"
#include "tool/suggest.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The text, its tree and the copies of its strings. */
#define ARENA_CAP (16u << 20)

#define DELAY_MAX 600000
#define COUNT_MAX 1000000

/* A reader that remembers the first mistake; where is the object's place ("faults[2]."). */
struct reader {
    struct err *err;
    bool failed;
    char where[32];
};

static bool fail(struct reader *r, const char *name, const char *expected)
{
    if (!r->failed)
        err_set(r->err, ERR_ARGS, "%s%s: expected %s", r->where, name, expected);
    r->failed = true;
    return false;
}

/* Refuses members that are not among the names (ended by NULL). */
static void only(struct reader *r, const cJSON *object, const char *const *names)
{
    size_t count = 0;
    while (names[count])
        count++;
    const cJSON *item;
    cJSON_ArrayForEach (item, object) {
        size_t i = 0;
        while (i < count && strcmp(names[i], item->string) != 0)
            i++;
        if (i < count || r->failed)
            continue;
        size_t near[SUGGEST_MAX];
        r->failed = true;
        if (suggest_names(item->string, names, count, near) > 0)
            err_set(r->err, ERR_ARGS, "%s%.60s: unknown member (did you mean \"%s\"?)", r->where,
                    item->string, names[near[0]]);
        else
            err_set(r->err, ERR_ARGS, "%s%.60s: unknown member", r->where, item->string);
    }
}

/* The member, or NULL when it is absent or null. */
static const cJSON *member(const cJSON *object, const char *name)
{
    const cJSON *value = json_get(object, name);
    return cJSON_IsNull(value) ? NULL : value;
}

static unsigned number(struct reader *r, const cJSON *object, const char *name, unsigned min,
                       unsigned max, unsigned fallback)
{
    const cJSON *value = member(object, name);
    if (!value)
        return fallback;
    double n = value->valuedouble;
    if (!cJSON_IsNumber(value) || !(n >= min && n <= max) || n != floor(n)) {
        char expected[64];
        snprintf(expected, sizeof(expected), "a whole number from %u to %u", min, max);
        fail(r, name, expected);
        return fallback;
    }
    return (unsigned)n;
}

/* Borrowed from the tree; NULL when absent. */
static const char *text(struct reader *r, const cJSON *object, const char *name)
{
    const cJSON *value = member(object, name);
    if (value && !cJSON_IsString(value))
        fail(r, name, "a string");
    return cJSON_IsString(value) ? value->valuestring : NULL;
}

static const char *const fault_names[] = { "method",      "path", "nth",          "times", "status",
                                           "retry_after", "body", "content_type", "cut",   NULL };

static void read_fault(struct reader *r, const cJSON *object, struct sb_fault *out)
{
    only(r, object, fault_names);
    *out = (struct sb_fault){
        .method = text(r, object, "method"),
        .path = text(r, object, "path"),
        .nth = number(r, object, "nth", 1, COUNT_MAX, 1),
        .times = number(r, object, "times", 1, COUNT_MAX, 1),
        .status = number(r, object, "status", 200, 599, 0),
        .retry_after = member(object, "retry_after")
                           ? (int)number(r, object, "retry_after", 0, COUNT_MAX, 0)
                           : -1,
        .body = text(r, object, "body"),
        .type = text(r, object, "content_type"),
    };
    if (out->path && out->path[0] != '/')
        fail(r, "path", "the beginning of a path like \"/tasks\", without the version before it");
    for (const char *p = out->type; p && *p; p++)
        if ((unsigned char)*p < ' ' || *p == 0x7f)
            fail(r, "content_type", "a media type");
    const char *cut = text(r, object, "cut");
    if (cut && strcmp(cut, "before") == 0)
        out->cut = SB_CUT_BEFORE;
    else if (cut && strcmp(cut, "middle") == 0)
        out->cut = SB_CUT_MIDDLE;
    else if (cut)
        fail(r, "cut", "\"before\" or \"middle\"");
    if (!out->status && !out->cut)
        fail(r, "status", "a status or cut");
    if (!out->status && (out->retry_after >= 0 || out->body || out->type))
        fail(r, "status", "a status beside retry_after, body and content_type");
    if (out->status && out->cut == SB_CUT_BEFORE)
        fail(r, "cut", "no status where the connection is cut before the answer");
}

static void read_faults(struct reader *r, const cJSON *body, struct sb_faults *out)
{
    const cJSON *list = member(body, "faults");
    if (list && !cJSON_IsArray(list))
        fail(r, "faults", "an array of objects");
    const cJSON *item;
    cJSON_ArrayForEach (item, list) {
        if (!cJSON_IsObject(item))
            fail(r, "faults", "an array of objects");
        else if (out->count == SB_FAULTS_MAX)
            fail(r, "faults", "at most 100");
        if (r->failed)
            return;
        snprintf(r->where, sizeof(r->where), "faults[%zu].", out->count);
        read_fault(r, item, &out->list[out->count++]);
        r->where[0] = '\0';
    }
}

static const char *const limit_names[] = { "requests_per_minute", "searches_per_minute",
                                           "concurrent_reads",    "concurrent_writes",
                                           "minute_ms",           NULL };

static void read_limits(struct reader *r, const cJSON *body, struct sb_limits *out)
{
    const cJSON *object = member(body, "rate_limits");
    if (object && !cJSON_IsObject(object))
        fail(r, "rate_limits", "an object");
    if (r->failed)
        return;
    snprintf(r->where, sizeof(r->where), "rate_limits.");
    only(r, object, limit_names);
    *out = (struct sb_limits){
        .requests_per_minute = number(r, object, "requests_per_minute", 0, COUNT_MAX, 0),
        .searches_per_minute = number(r, object, "searches_per_minute", 0, COUNT_MAX, 0),
        .concurrent_reads = number(r, object, "concurrent_reads", 0, COUNT_MAX, 0),
        .concurrent_writes = number(r, object, "concurrent_writes", 0, COUNT_MAX, 0),
        .minute_ms = number(r, object, "minute_ms", 1, DELAY_MAX, 60000),
    };
    r->where[0] = '\0';
}

static void read_blocked(struct reader *r, const cJSON *body, struct sb_control *out)
{
    const cJSON *list = member(body, "blocked_workspaces");
    if (list && !cJSON_IsArray(list))
        fail(r, "blocked_workspaces", "an array of gids");
    const cJSON *item;
    cJSON_ArrayForEach (item, list) {
        char *end = NULL;
        errno = 0;
        int64_t gid = cJSON_IsString(item) ? strtoll(item->valuestring, &end, 10) : 0;
        if (gid <= 0 || errno || *end)
            fail(r, "blocked_workspaces", "an array of gids, which are strings of digits");
        else if (out->blocked_count == SB_BLOCKED_MAX)
            fail(r, "blocked_workspaces", "at most 16 gids");
        else
            out->blocked[out->blocked_count++] = gid;
        if (r->failed)
            return;
    }
}

static bool flag(struct reader *r, const cJSON *object, const char *name)
{
    const cJSON *value = member(object, name);
    if (value && !cJSON_IsBool(value))
        fail(r, name, "true or false");
    return cJSON_IsTrue(value);
}

static const char *const oauth_names[] = { "token_seconds", "refuse_refresh", "down", "expire",
                                           NULL };

static void read_oauth(struct reader *r, const cJSON *body, struct sb_oauth_control *out)
{
    const cJSON *object = member(body, "oauth");
    if (object && !cJSON_IsObject(object))
        fail(r, "oauth", "an object");
    if (r->failed)
        return;
    snprintf(r->where, sizeof(r->where), "oauth.");
    only(r, object, oauth_names);
    *out = (struct sb_oauth_control){
        .token_seconds = number(r, object, "token_seconds", 0, COUNT_MAX, 0),
        .refuse_refresh = flag(r, object, "refuse_refresh"),
        .down = flag(r, object, "down"),
        .expire = flag(r, object, "expire"),
    };
    r->where[0] = '\0';
}

/* The last two are only shown, and taken so that what was shown may be put back. */
static const char *const names[] = {
    "delay_ms", "faults",  "rate_limits", "search_lag_ms", "blocked_workspaces", "oauth",
    "requests", "waiting", NULL
};

bool sb_control_read(struct sb_control *control, struct slice input, struct err *err)
{
    struct reader r = { .err = err };
    control->arena = arena_new(ARENA_CAP);
    if (!control->arena)
        return err_set(err, ERR_MEMORY, "out of memory");
    const cJSON *body = json_parse(control->arena, input, err);
    if (!body)
        return false;
    if (!cJSON_IsObject(body))
        return err_set(err, ERR_ARGS, "expected a JSON object");
    only(&r, body, names);
    control->delay_ms = number(&r, body, "delay_ms", 0, DELAY_MAX, 0);
    control->search_lag_ms = number(&r, body, "search_lag_ms", 0, DELAY_MAX, 0);
    read_faults(&r, body, &control->faults);
    read_limits(&r, body, &control->limits);
    read_blocked(&r, body, control);
    read_oauth(&r, body, &control->oauth);
    return !r.failed;
}

void sb_control_done(struct sb_control *control)
{
    arena_free(control->arena);
    *control = (struct sb_control){ 0 };
}

static void write_fault(struct buf *b, const struct sb_fault *f)
{
    buf_char(b, '{');
    buf_json_text(b, "method", f->method);
    buf_json_text(b, "path", f->path);
    buf_json_int(b, "nth", f->nth);
    buf_json_int(b, "times", f->times);
    if (f->status)
        buf_json_int(b, "status", f->status);
    if (f->retry_after >= 0)
        buf_json_int(b, "retry_after", f->retry_after);
    buf_json_text(b, "body", f->body);
    buf_json_text(b, "content_type", f->type);
    buf_json_text(b, "cut",
                  f->cut == SB_CUT_BEFORE   ? "before"
                  : f->cut == SB_CUT_MIDDLE ? "middle"
                                            : NULL);
    buf_char(b, '}');
}

void sb_control_write(struct buf *out, const struct sb_control *control,
                      const struct sb_traffic *traffic)
{
    const struct sb_limits *l = &control->limits;
    buf_json_int(out, "delay_ms", control->delay_ms);
    buf_str(out, ",\"faults\":[");
    for (size_t i = 0; i < control->faults.count; i++) {
        sb_comma(out);
        write_fault(out, &control->faults.list[i]);
    }
    buf_str(out, "],\"rate_limits\":{");
    buf_json_int(out, "requests_per_minute", l->requests_per_minute);
    buf_json_int(out, "searches_per_minute", l->searches_per_minute);
    buf_json_int(out, "concurrent_reads", l->concurrent_reads);
    buf_json_int(out, "concurrent_writes", l->concurrent_writes);
    buf_json_int(out, "minute_ms", l->minute_ms ? l->minute_ms : 60000);
    buf_char(out, '}');
    buf_json_int(out, "search_lag_ms", control->search_lag_ms);
    buf_str(out, ",\"blocked_workspaces\":[");
    for (size_t i = 0; i < control->blocked_count; i++) {
        sb_comma(out);
        buf_char(out, '"');
        buf_int(out, control->blocked[i]);
        buf_char(out, '"');
    }
    buf_str(out, "],\"oauth\":{");
    buf_json_int(out, "token_seconds", control->oauth.token_seconds);
    buf_json_bool(out, "refuse_refresh", control->oauth.refuse_refresh);
    buf_json_bool(out, "down", control->oauth.down);
    buf_json_bool(out, "expire", control->oauth.expire);
    buf_char(out, '}');
    buf_json_int(out, "requests", traffic->requests);
    buf_json_int(out, "waiting", traffic->waiting);
    buf_char(out, '}');
}
