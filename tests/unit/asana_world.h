/* asana_world.h: a scripted Asana (http_double.h), a loop and an asker, for tests of what asks
 * Asana from the loop.
 *
 * Replies are a table; of those whose path (and query) begins a request's, the first counts. What
 * is in no reply is 404. */
#pragma once

#include "asana/ask.h"
#include "base/buf.h"
#include "http_double.h"

#include <CUnit/Basic.h>

struct asana_reply {
    const char *path;   /* "/tasks/1?" */
    const char *status; /* "200 OK"; NULL: 200 */
    const char *body;
};

struct asana_world {
    struct http_double server;
    uv_loop_t loop;
    uv_timer_t patience;
    bool patience_lost;
    struct asana_asker asker;
    struct asana_reply replies[16]; /* under the server's lock, as seen is */
    char seen[32768];               /* "GET /tasks/1 1/2345:abc\n" …: target and token */
};

static inline bool asana_world_script(struct http_seen *seen)
{
    struct asana_world *w = seen->server->ctx;
    struct asana_reply found = { .status = "404 Not Found",
                                 .body = "{\"errors\":[{\"message\":\"Unknown object\"}]}" };
    const char *target = seen->target + strlen("/api");
    const char *token = strcasestr(seen->head, "Authorization: Bearer ");
    pthread_mutex_lock(&seen->server->lock);
    size_t len = strlen(w->seen);
    snprintf(w->seen + len, sizeof(w->seen) - len, "%s %.*s\n", target,
             token ? (int)strcspn(token + 22, "\r\n") : 0, token ? token + 22 : "");
    for (size_t i = 0; i < 16; i++) {
        const struct asana_reply *r = &w->replies[i];
        if (!r->path || strncmp(r->path, target, strlen(r->path)) != 0)
            continue;
        found = *r;
        break;
    }
    pthread_mutex_unlock(&seen->server->lock);
    return http_json(seen->fd, found.status ? found.status : "200 OK", found.body);
}

static inline void asana_world_impatient(uv_timer_t *timer)
{
    struct asana_world *w = timer->data;
    w->patience_lost = true;
}

static inline void asana_world_open(struct asana_world *w)
{
    struct err err = { 0 };
    char url[100];
    memset(w, 0, sizeof(*w));
    CU_ASSERT_TRUE_FATAL(http_double_start(&w->server, asana_world_script, w));
    uv_loop_init(&w->loop);
    uv_timer_init(&w->loop, &w->patience);
    w->patience.data = w;
    uv_timer_start(&w->patience, asana_world_impatient, 60000, 0);
    snprintf(url, sizeof(url), "http://127.0.0.1:%d/api", w->server.port);
    struct asana_client_options options = { .api_url = url,
                                            .user_agent = "test",
                                            .deadline_ms = 20000 };
    CU_ASSERT_TRUE_FATAL(asana_asker_open(&w->asker, &w->loop, NULL, &options, &err));
}

/* Whatever the tested left behind would be a handle of the loop, memory, or a transfer. */
static inline void asana_world_close(struct asana_world *w)
{
    CU_ASSERT_EQUAL(asana_client_in_flight(w->asker.client), 0);
    asana_asker_close(&w->asker);
    uv_close((uv_handle_t *)&w->patience, NULL);
    uv_run(&w->loop, UV_RUN_DEFAULT);
    CU_ASSERT_EQUAL(uv_loop_close(&w->loop), 0);
    http_double_stop(&w->server);
    CU_ASSERT_FALSE(w->patience_lost);
}

/* Replaces what is answered, up to a reply without a path. */
static inline void asana_world_says(struct asana_world *w, const struct asana_reply *replies)
{
    pthread_mutex_lock(&w->server.lock);
    memset(w->replies, 0, sizeof(w->replies));
    for (size_t i = 0; i < 16 && replies[i].path; i++)
        w->replies[i] = replies[i];
    pthread_mutex_unlock(&w->server.lock);
}

#define SAYS(w, ...) \
    asana_world_says((w), (const struct asana_reply[]){ __VA_ARGS__, { .path = NULL } })

/* How many requests had this text in their target or token. */
static inline unsigned asana_world_count(struct asana_world *w, const char *text)
{
    unsigned n = 0;
    pthread_mutex_lock(&w->server.lock);
    for (const char *at = w->seen; (at = strstr(at, text)); at++)
        n++;
    pthread_mutex_unlock(&w->server.lock);
    return n;
}
