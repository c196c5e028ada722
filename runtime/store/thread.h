/* thread.h: steps from many loops to one thread, and their answers back: for an engine whose work
 * blocks.
 *
 *     waiting ──taken in a batch──▶ under way ──▶ answered ──on a turn of the loop──▶ done called
 *        └── cancelled or past its      └── the same: the thread frees it when it comes back
 *            deadline: never carried out
 *        └── no room in the queue: answered at once
 *
 * Each loop that runs steps has a port: its wake-up, its timer, and its steps that are not done
 * yet. A port is made by the loop's first step and closed by store_thread_leave(). No loop ever
 * waits for the thread: the lock is held for a few pointers' time. */
#pragma once

#include "store/store_priv.h"

#include <sys/queue.h>

enum job_state {
    JOB_WAITING,  /* in the queue */
    JOB_UNDERWAY, /* the thread has it */
    JOB_ANSWERED, /* in the port's list, for the loop to find */
    JOB_FOUND,    /* in the port's other list; the loop is on its way to it */
};

/* What the engine's struct store_work is. */
struct store_job {
    struct store_work work;
    struct store_port *port;
    enum job_state state;           /* under the lock */
    bool unwanted;                  /* under the lock: no answer is needed any more */
    uint64_t late_at;               /* clock_ms() */
    TAILQ_ENTRY(store_job) link;    /* of the list that state names; under the lock */
    TAILQ_ENTRY(store_job) of_port; /* of the port's steps; the loop's thread */
};

TAILQ_HEAD(store_jobs, store_job);

struct store_port {
    uv_loop_t *loop;
    struct store_thread *thread;
    uv_async_t wake;
    uv_timer_t late;
    unsigned handles;           /* not closed yet */
    struct store_jobs all;      /* not done yet, in the order of their deadlines */
    struct store_jobs answered; /* under the lock */
    struct store_jobs found;
    LIST_ENTRY(store_port) link;
};

/* What the thread does. carry_out gives every step of the batch its outcome; afterwards is called
 * when they have been answered. */
struct store_thread_duty {
    void (*carry_out)(void *engine, struct store_work **batch, size_t n);
    void (*afterwards)(void *engine);
    void *engine;
};

struct store_thread {
    struct store_thread_duty duty;
    uv_mutex_t lock;
    uv_cond_t news;
    uv_thread_t thread;
    struct store_jobs waiting;
    size_t length; /* of waiting */
    size_t bytes;
    bool stop;
    LIST_HEAD(, store_port) ports;
};

bool store_thread_start(struct store_thread *t, const struct store_thread_duty *duty);
/* Waits for the batch under way. Nothing is waiting, and all loops have let go. */
void store_thread_stop(struct store_thread *t);

/* On the loop's thread. Takes the job, unless memory is short. */
bool store_thread_run(struct store_thread *t, uv_loop_t *loop, struct store_job *job);
void store_thread_cancel(struct store_job *job);
void store_thread_leave(struct store_thread *t, uv_loop_t *loop);
