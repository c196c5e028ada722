#include "transport/later.h"

#include "base/clock.h"
#include "base/limits.h"

#include <stdlib.h>

#define LATER_MS 1000

struct refusal {
    struct http_exchange *x;
    struct buf body;
    uint64_t due_ms;
    TAILQ_ENTRY(refusal) link;
};

struct later {
    uv_timer_t timer;
    size_t count;
    TAILQ_HEAD(, refusal) waiting; /* in the order of their times */
};

static void give(struct http_exchange *x, struct buf *body)
{
    http_reply(x, 429,
               (struct http_header[]){
                   { "Retry-After", "1" }, { "Content-Type", "application/json" }, { 0 } },
               body);
}

static void on_due(uv_timer_t *timer)
{
    struct later *l = timer->data;
    uint64_t now = clock_ms();
    struct refusal *r;
    while ((r = TAILQ_FIRST(&l->waiting)) && r->due_ms <= now) {
        TAILQ_REMOVE(&l->waiting, r, link);
        l->count--;
        give(r->x, &r->body);
        free(r);
    }
    if (r)
        uv_timer_start(&l->timer, on_due, r->due_ms - now, 0);
}

static struct later *later_of(struct front *f)
{
    struct later *l = f->later;
    if (l || !(l = calloc(1, sizeof(*l))))
        return l;
    uv_timer_init(&f->worker->loop, &l->timer);
    l->timer.data = l;
    TAILQ_INIT(&l->waiting);
    f->later = l;
    return l;
}

void later_refuse(struct front *f, struct http_exchange *x, struct buf *body)
{
    struct later *l = later_of(f);
    struct refusal *r = l && l->count < LIMIT_LATER ? calloc(1, sizeof(*r)) : NULL;
    if (!r) {
        give(x, body);
        return;
    }
    r->x = x;
    r->body = *body;
    *body = (struct buf){ 0 };
    r->due_ms = clock_ms() + LATER_MS;
    TAILQ_INSERT_TAIL(&l->waiting, r, link);
    if (l->count++ == 0)
        uv_timer_start(&l->timer, on_due, LATER_MS, 0);
}

static void free_later(uv_handle_t *timer)
{
    free(timer->data);
}

void later_forget(struct front *f)
{
    struct later *l = f->later;
    struct refusal *r;
    if (!l)
        return;
    while ((r = TAILQ_FIRST(&l->waiting))) {
        TAILQ_REMOVE(&l->waiting, r, link);
        buf_done(&r->body);
        free(r);
    }
    uv_close((uv_handle_t *)&l->timer, free_later);
    f->later = NULL;
}
