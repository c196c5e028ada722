/* state.h: the sandbox itself, for the parts that start, serve and fill it. Owned by sandbox.c. */
#pragma once

#include "base/arena.h"
#include "sandbox/control.h"
#include "sandbox/db.h"
#include "sandbox/oauth.h"
#include "sandbox/rate.h"
#include "sandbox/sandbox.h"

#include <pthread.h>
#include <stdint.h>
#include <uv.h>

struct http_server;
struct sb_answer;

#define SB_PEOPLE_MAX 32

struct sandbox {
    struct sb_db *db;
    int64_t now_ms; /* 0: the wall clock */
    struct listen_address address;
    char url[96];
    char oauth_url[96];
    struct sandbox_person people[SB_PEOPLE_MAX];
    size_t people_count;
    struct arena *people_arena; /* their texts */
    struct arena_pool *arenas;
    struct sb_oauth oauth;
    struct sb_control control;
    struct sb_rate rate;
    struct http_server *server;
    struct sb_answer *answers; /* waiting for their time */
    struct sb_traffic traffic;
    uv_loop_t loop;
    uv_async_t stop;
    pthread_t thread;
    bool started; /* loop and thread exist */
};

int64_t sb_now(const struct sandbox *s);

/* State without a network: the database, seeded. For sandbox_start() and for tests below HTTP. */
bool sb_state_open(struct sandbox *s, int64_t now_ms, const char *path, struct err *err);
void sb_state_close(struct sandbox *s); /* accepts a zeroed struct */

/* serve.c: answers requests of s->loop on the listening socket, which it takes over. */
bool sb_serve(struct sandbox *s, int fd, struct err *err);
/* Sends the answers that wait, and closes the server; the loop has to run once more. */
void sb_serve_stop(struct sandbox *s);
