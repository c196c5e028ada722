#include "store/redis_check.h"

#include "base/log.h"
#include "store/redis_script.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Scripts that replicate what they do, and HSET of several fields, are older; access lists are not.
 */
#define OLDEST 6

/* The value of "name:value" in the text of INFO; empty when there is none. */
static void find(const char *info, const char *name, char *out, size_t room)
{
    size_t len = strlen(name);
    out[0] = '\0';
    for (const char *line = info; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, name, len) != 0 || line[len] != ':')
            continue;
        const char *value = line + len + 1;
        snprintf(out, room, "%.*s", (int)strcspn(value, "\r\n"), value);
        return;
    }
}

static void on_info(void *ctx, const redisReply *reply, const char *why)
{
    struct redis_facts *f = ctx;
    char number[24];
    if (!reply) {
        f->reached = false;
        snprintf(f->why, sizeof(f->why), "%s", why);
        return;
    }
    f->reached = true;
    if (reply->type != REDIS_REPLY_STRING) /* not for this user to know */
        return;
    find(reply->str, "redis_version", f->version, sizeof(f->version));
    find(reply->str, "redis_mode", f->mode, sizeof(f->mode));
    find(reply->str, "maxmemory_policy", f->policy, sizeof(f->policy));
    find(reply->str, "maxmemory", number, sizeof(number));
    f->max_memory = strtoll(number, NULL, 10);
    find(reply->str, "aof_enabled", number, sizeof(number));
    f->keeps_log = strcmp(number, "1") == 0;
}

static void on_fsync(void *ctx, const redisReply *reply, const char *why)
{
    struct redis_facts *f = ctx;
    (void)why;
    if (reply && reply->type == REDIS_REPLY_ARRAY && reply->elements == 2 &&
        reply->element[1]->type == REDIS_REPLY_STRING)
        snprintf(f->fsync, sizeof(f->fsync), "%s", reply->element[1]->str);
}

static void on_format(void *ctx, const redisReply *reply, const char *why)
{
    struct redis_facts *f = ctx;
    (void)why;
    if (reply && reply->type == REDIS_REPLY_STRING)
        snprintf(f->format, sizeof(f->format), "%s", reply->str);
}

static bool ask(struct redis *r, struct redis_facts *out)
{
    const struct slice info[] = { slice_of("INFO") };
    const struct slice fsync[] = { slice_of("CONFIG"), slice_of("GET"), slice_of("appendfsync") };
    const struct slice format[] = { slice_of("GET"), slice_of(REDIS_FORMAT_KEY) };
    return redis_run(r, 1, info, LIMIT_STORE_DEADLINE_MS, on_info, out) &&
           redis_run(r, 3, fsync, LIMIT_STORE_DEADLINE_MS, on_fsync, out) &&
           redis_run(r, 2, format, LIMIT_STORE_DEADLINE_MS, on_format, out);
}

void redis_look(const struct redis_address *a, struct redis_facts *out)
{
    *out = (struct redis_facts){ .why = "out of memory" };
    uv_loop_t loop;
    if (uv_loop_init(&loop) != 0)
        return;
    struct redis *r = redis_open(&loop, a);
    if (r && ask(r, out)) {
        uv_run(&loop, UV_RUN_DEFAULT);
        out->refused = redis_is_refused(r);
    }
    redis_close(r);
    uv_run(&loop, UV_RUN_DEFAULT);
    uv_loop_close(&loop);
}

bool redis_fits(const struct redis_address *a, const struct redis_facts *f, struct err *err)
{
    char where[REDIS_ADDRESS_TEXT];
    redis_address_show(a, where);
    if (!f->reached && f->refused)
        return err_set(err, ERR_SETTINGS,
                       "store: %s lets us in with neither this user nor this password, or has no "
                       "such database (%s); write redis://USER:PASSWORD@HOST:PORT/DB",
                       where, f->why);
    if (f->mode[0] && strcmp(f->mode, "standalone") != 0)
        return err_set(err, ERR_SETTINGS,
                       "store: %s is in %s mode, which spreads keys that have to change together; "
                       "name a Redis that stands alone (replicas of it are fine)",
                       where, f->mode);
    if (f->version[0] && strtol(f->version, NULL, 10) < OLDEST)
        return err_set(err, ERR_SETTINGS, "store: %s is Redis %s; version %d or newer is needed",
                       where, f->version, OLDEST);
    if (f->format[0] && strcmp(f->format, REDIS_FORMAT) != 0)
        return err_set(err, ERR_SETTINGS,
                       "store: what %s holds was written by a newer asana-mcp (its format is %s, "
                       "this one knows " REDIS_FORMAT "); run the newer one, or name another "
                       "database",
                       where, f->format);
    return true;
}

bool redis_check(const struct redis_address *a, struct err *err)
{
    struct redis_facts f;
    char where[REDIS_ADDRESS_TEXT];
    redis_address_show(a, where);
    redis_look(a, &f);
    if (!redis_fits(a, &f, err))
        return false;
    if (!f.reached)
        LOG(LOG_WARN, "store.unreachable", LOG_STR("store", where), LOG_STR("why", f.why));
    if (f.policy[0] && strcmp(f.policy, "noeviction") != 0)
        LOG(LOG_WARN, "store.evicts", LOG_STR("store", where),
            LOG_STR("maxmemory_policy", f.policy),
            LOG_STR("cure", "set maxmemory-policy noeviction: a full Redis would forget grants"));
    return true;
}
