#include "store/thread.h"

#include "base/clock.h"

#include <stdlib.h>

/* Steps that read only need no commit, so those before the first that writes go by themselves. */
static size_t take_batch(struct store_thread *t, struct store_work *batch[LIMIT_STORE_BATCH])
{
    size_t n = 0;
    bool reads_only = TAILQ_FIRST(&t->waiting)->work.reads_only;
    for (struct store_job *job; n < LIMIT_STORE_BATCH && (job = TAILQ_FIRST(&t->waiting));) {
        if (reads_only && !job->work.reads_only)
            break;
        TAILQ_REMOVE(&t->waiting, job, link);
        t->length--;
        t->bytes -= job->work.bytes;
        job->state = JOB_UNDERWAY;
        batch[n++] = &job->work;
    }
    return n;
}

/* Under the lock. */
static void answer(struct store_job *job)
{
    job->state = JOB_ANSWERED;
    TAILQ_INSERT_TAIL(&job->port->answered, job, link);
    uv_async_send(&job->port->wake);
}

static void answer_batch(struct store_thread *t, struct store_work **batch, size_t n)
{
    uv_mutex_lock(&t->lock);
    for (size_t i = 0; i < n; i++) {
        struct store_job *job = (struct store_job *)batch[i];
        if (job->unwanted)
            store_work_free(&job->work);
        else
            answer(job);
    }
    uv_mutex_unlock(&t->lock);
}

static void serve(void *arg)
{
    struct store_thread *t = arg;
    struct store_work *batch[LIMIT_STORE_BATCH];
    for (;;) {
        uv_mutex_lock(&t->lock);
        while (TAILQ_EMPTY(&t->waiting) && !t->stop)
            uv_cond_wait(&t->news, &t->lock);
        if (TAILQ_EMPTY(&t->waiting)) {
            uv_mutex_unlock(&t->lock);
            return;
        }
        size_t n = take_batch(t, batch);
        uv_mutex_unlock(&t->lock);
        t->duty.carry_out(t->duty.engine, batch, n);
        answer_batch(t, batch, n);
        t->duty.afterwards(t->duty.engine);
    }
}

bool store_thread_start(struct store_thread *t, const struct store_thread_duty *duty)
{
    *t = (struct store_thread){ .duty = *duty };
    TAILQ_INIT(&t->waiting);
    LIST_INIT(&t->ports);
    if (uv_mutex_init(&t->lock))
        return false;
    if (uv_cond_init(&t->news))
        goto no_cond;
    if (uv_thread_create(&t->thread, serve, t))
        goto no_thread;
    return true;
no_thread:
    uv_cond_destroy(&t->news);
no_cond:
    uv_mutex_destroy(&t->lock);
    return false;
}

void store_thread_stop(struct store_thread *t)
{
    uv_mutex_lock(&t->lock);
    t->stop = true;
    uv_cond_signal(&t->news);
    uv_mutex_unlock(&t->lock);
    uv_thread_join(&t->thread);
    uv_cond_destroy(&t->news);
    uv_mutex_destroy(&t->lock);
}

/* Takes the step out of its port; the loop lives on without it when it was the last one. */
static void unlist(struct store_port *port, struct store_job *job)
{
    TAILQ_REMOVE(&port->all, job, of_port);
    if (!TAILQ_EMPTY(&port->all))
        return;
    uv_timer_stop(&port->late);
    uv_unref((uv_handle_t *)&port->wake);
}

void store_thread_cancel(struct store_job *job)
{
    struct store_port *port = job->port;
    struct store_thread *t = port->thread;
    unlist(port, job);
    uv_mutex_lock(&t->lock);
    bool ours = job->state != JOB_UNDERWAY;
    switch (job->state) {
    case JOB_WAITING:
        TAILQ_REMOVE(&t->waiting, job, link);
        t->length--;
        t->bytes -= job->work.bytes;
        break;
    case JOB_UNDERWAY:
        job->unwanted = true; /* the thread frees it */
        break;
    case JOB_ANSWERED:
        TAILQ_REMOVE(&port->answered, job, link);
        break;
    case JOB_FOUND:
        TAILQ_REMOVE(&port->found, job, link);
        break;
    }
    uv_mutex_unlock(&t->lock);
    if (ours)
        store_work_free(&job->work);
}

/* Answers found now; those that come while their callbacks run wait for the next turn. */
static void on_wake(uv_async_t *wake)
{
    struct store_port *port = wake->data;
    struct store_thread *t = port->thread;
    uv_mutex_lock(&t->lock);
    struct store_job *job;
    TAILQ_FOREACH (job, &port->answered, link) {
        job->state = JOB_FOUND;
    }
    TAILQ_CONCAT(&port->found, &port->answered, link);
    uv_mutex_unlock(&t->lock);
    while ((job = TAILQ_FIRST(&port->found))) {
        TAILQ_REMOVE(&port->found, job, link);
        unlist(port, job);
        store_work_end(&job->work);
    }
}

/* The first step that has no answer yet; NULL when there is none, or it is not late at that time.
 */
static struct store_job *take_late(struct store_port *port, uint64_t now, uint64_t *next)
{
    struct store_thread *t = port->thread;
    struct store_job *job;
    uv_mutex_lock(&t->lock);
    TAILQ_FOREACH (job, &port->all, of_port) {
        if (job->state == JOB_WAITING || job->state == JOB_UNDERWAY)
            break;
    }
    uv_mutex_unlock(&t->lock);
    *next = job ? job->late_at : 0;
    return job && job->late_at <= now ? job : NULL;
}

static void on_late(uv_timer_t *timer)
{
    static const struct store_result late = { .outcome = STORE_DOWN,
                                              .detail = "too slow: the deadline has passed" };
    struct store_port *port = timer->data;
    uint64_t now = clock_ms();
    uint64_t next;
    for (struct store_job *job; (job = take_late(port, now, &next));) {
        store_done_fn *done = job->work.done;
        void *ctx = job->work.ctx;
        store_work_measure(&job->work, STORE_DOWN);
        store_thread_cancel(job);
        done(ctx, &late);
    }
    if (next)
        uv_timer_start(&port->late, on_late, next - now, 0);
}

static void on_handle_closed(uv_handle_t *handle)
{
    struct store_port *port = handle->data;
    if (--port->handles == 0)
        free(port);
}

/* Under the lock. */
static struct store_port *find_port(struct store_thread *t, const uv_loop_t *loop)
{
    struct store_port *port;
    LIST_FOREACH (port, &t->ports, link) {
        if (port->loop == loop)
            return port;
    }
    return NULL;
}

static struct store_port *open_port(struct store_thread *t, uv_loop_t *loop)
{
    struct store_port *port = malloc(sizeof(*port));
    if (!port)
        return NULL;
    *port = (struct store_port){ .loop = loop, .thread = t, .handles = 2 };
    TAILQ_INIT(&port->all);
    TAILQ_INIT(&port->answered);
    TAILQ_INIT(&port->found);
    port->wake.data = port->late.data = port;
    if (uv_async_init(loop, &port->wake, on_wake)) {
        free(port);
        return NULL;
    }
    uv_timer_init(loop, &port->late);
    uv_unref((uv_handle_t *)&port->wake);
    uv_mutex_lock(&t->lock);
    LIST_INSERT_HEAD(&t->ports, port, link);
    uv_mutex_unlock(&t->lock);
    return port;
}

bool store_thread_run(struct store_thread *t, uv_loop_t *loop, struct store_job *job)
{
    uv_mutex_lock(&t->lock);
    struct store_port *port = find_port(t, loop);
    uv_mutex_unlock(&t->lock);
    if (!port && !(port = open_port(t, loop)))
        return false;
    unsigned deadline_ms = job->work.store->deadline_ms;
    job->port = port;
    job->late_at = clock_ms() + deadline_ms;
    TAILQ_INSERT_TAIL(&port->all, job, of_port);
    uv_ref((uv_handle_t *)&port->wake);
    if (!uv_is_active((uv_handle_t *)&port->late))
        uv_timer_start(&port->late, on_late, deadline_ms, 0);

    uv_mutex_lock(&t->lock);
    if (t->length >= LIMIT_STORE_QUEUE || job->work.bytes > LIMIT_STORE_QUEUE_BYTES - t->bytes) {
        store_work_down(&job->work, "too much to do: the queue is full");
        answer(job);
    } else {
        job->state = JOB_WAITING;
        TAILQ_INSERT_TAIL(&t->waiting, job, link);
        t->length++;
        t->bytes += job->work.bytes;
        uv_cond_signal(&t->news);
    }
    uv_mutex_unlock(&t->lock);
    return true;
}

void store_thread_leave(struct store_thread *t, uv_loop_t *loop)
{
    uv_mutex_lock(&t->lock);
    struct store_port *port = find_port(t, loop);
    if (port)
        LIST_REMOVE(port, link);
    uv_mutex_unlock(&t->lock);
    if (!port)
        return;
    for (struct store_job *job; (job = TAILQ_FIRST(&port->all));)
        store_thread_cancel(job);
    uv_close((uv_handle_t *)&port->wake, on_handle_closed);
    uv_close((uv_handle_t *)&port->late, on_handle_closed);
}
