#include "sandbox/sandbox.h"

#include "base/clock.h"
#include "http/http.h"
#include "sandbox/events.h"
#include "sandbox/seed.h"
#include "sandbox/state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One request's memory. */
#define ARENA_CAP (16u << 20)

int64_t sb_now(const struct sandbox *s)
{
    return s->now_ms ? s->now_ms : clock_wall_ms();
}

static bool load_people(struct sandbox *s, struct err *err)
{
    sqlite3_stmt *st = sb_query(s->db, "SELECT name, email, gid, token FROM user ORDER BY gid", "");
    while (sb_row(s->db, st)) {
        if (s->people_count == SB_PEOPLE_MAX) {
            sb_end(s->db, st);
            break;
        }
        struct sandbox_person *p = &s->people[s->people_count++];
        p->name = sb_column(s->people_arena, st, 0);
        p->email = sb_column(s->people_arena, st, 1);
        p->gid = sb_column(s->people_arena, st, 2);
        p->token = sb_column(s->people_arena, st, 3);
    }
    const char *failure = sb_db_failed(s->db);
    if (failure || arena_failed(s->people_arena))
        return err_set(err, ERR_IO, "sandbox: %s", failure ? failure : "out of memory");
    return true;
}

bool sb_state_open(struct sandbox *s, int64_t now_ms, const char *path, struct err *err)
{
    s->now_ms = now_ms;
    s->people_arena = arena_new(64u << 10);
    s->arenas = arena_pool_new(ARENA_CAP, 2);
    if (!s->people_arena || !s->arenas)
        return err_set(err, ERR_MEMORY, "sandbox: out of memory");
    if (!sb_db_open(path, &s->db, err))
        return false;
    if (sb_db_is_new(s->db)) {
        struct arena *scratch = arena_pool_take(s->arenas);
        if (!scratch)
            return err_set(err, ERR_MEMORY, "sandbox: out of memory");
        bool seeded = sb_seed(s->db, sb_now(s), scratch, err);
        arena_pool_put(s->arenas, scratch);
        if (!seeded)
            return false;
        if (!sb_db_keep(s->db))
            return err_set(err, ERR_IO, "sandbox: %s", sb_db_failed(s->db));
    }
    if (!sb_events_start(s->db))
        return err_set(err, ERR_IO, "sandbox: %s", sqlite3_errmsg(sb_db_handle(s->db)));
    if (!sb_db_exec(s->db, sb_oauth_schema))
        return err_set(err, ERR_IO, "sandbox: %s", sqlite3_errmsg(sb_db_handle(s->db)));
    return load_people(s, err);
}

void sb_state_close(struct sandbox *s)
{
    sb_db_close(s->db);
    sb_control_done(&s->control);
    sb_oauth_done(&s->oauth);
    arena_free(s->people_arena);
    arena_pool_free(s->arenas);
}

/* Where attachments are downloaded from; in the people's arena. */
static const char *files_url(struct sandbox *s)
{
    size_t base = strlen(s->url) - strlen("/api/1.0");
    return arena_printf(s->people_arena, "%.*s/files/", (int)base, s->url);
}

static void on_stop(uv_async_t *async)
{
    struct sandbox *s = async->data;
    sb_serve_stop(s);
    uv_close((uv_handle_t *)async, NULL);
}

static void *thread_main(void *arg)
{
    struct sandbox *s = arg;
    uv_run(&s->loop, UV_RUN_DEFAULT);
    return NULL;
}

/* Loop, server and thread; on failure what was made is taken down again. */
static bool start(struct sandbox *s, int fd, struct err *err)
{
    if (uv_loop_init(&s->loop) != 0)
        return err_set(err, ERR_MEMORY, "sandbox: no event loop");
    s->stop.data = s;
    bool ok = uv_async_init(&s->loop, &s->stop, on_stop) == 0;
    if (!ok)
        err_set(err, ERR_MEMORY, "sandbox: no event loop");
    bool async = ok;
    ok = ok && sb_serve(s, fd, err);
    if (ok && pthread_create(&s->thread, NULL, thread_main, s) != 0)
        ok = err_set(err, ERR_IO, "sandbox: no thread");
    if (ok) {
        s->started = true;
        return true;
    }
    if (async) {
        uv_async_send(&s->stop);
        uv_run(&s->loop, UV_RUN_DEFAULT);
    }
    uv_loop_close(&s->loop);
    return false;
}

bool sandbox_start(const struct sandbox_options *options, struct sandbox **out, struct err *err)
{
    if (!listen_is_loopback(&options->listen))
        return err_set(err, ERR_SETTINGS,
                       "sandbox: %s is not a loopback address; its people's tokens are no secret",
                       options->listen.host);
    struct sandbox *s = calloc(1, sizeof(*s));
    if (!s)
        return err_set(err, ERR_MEMORY, "sandbox: out of memory");
    s->address = options->listen;
    int fd;
    if (!sb_state_open(s, options->now_ms, options->state_path, err) ||
        !sb_oauth_init(&s->oauth, &options->app, s->people_arena, err) ||
        !listen_open(&s->address, 1, &fd, err)) {
        sandbox_stop(s);
        return false;
    }
    bool v6 = strchr(s->address.host, ':') != NULL;
    snprintf(s->url, sizeof(s->url), v6 ? "http://[%s]:%d/api/1.0" : "http://%s:%d/api/1.0",
             s->address.host, s->address.port);
    snprintf(s->oauth_url, sizeof(s->oauth_url), v6 ? "http://[%s]:%d/-" : "http://%s:%d/-",
             s->address.host, s->address.port);
    sb_run(s->db, "INSERT OR REPLACE INTO meta VALUES('files', ?1)", "t", files_url(s));
    if (!start(s, fd, err)) {
        sandbox_stop(s);
        return false;
    }
    *out = s;
    return true;
}

void sandbox_stop(struct sandbox *s)
{
    if (!s)
        return;
    if (s->started) {
        uv_async_send(&s->stop);
        pthread_join(s->thread, NULL);
        uv_loop_close(&s->loop);
    }
    sb_state_close(s);
    free(s);
}

int sandbox_port(const struct sandbox *s)
{
    return s->address.port;
}

const char *sandbox_api_url(const struct sandbox *s)
{
    return s->url;
}

const char *sandbox_oauth_url(const struct sandbox *s)
{
    return s->oauth_url;
}

const char *sandbox_client_id(const struct sandbox *s)
{
    return s->oauth.client_id;
}

const struct secret *sandbox_client_secret(const struct sandbox *s)
{
    return &s->oauth.client_secret;
}

size_t sandbox_people(const struct sandbox *s, const struct sandbox_person **out)
{
    *out = s->people;
    return s->people_count;
}
