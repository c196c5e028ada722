#include "worker/pulse.h"

#include "base/clock.h"
#include "metrics/metrics.h"

#define PERIOD_MS 500

static void beat(struct pulse *p)
{
    atomic_store_explicit(&p->beat_ms, clock_ms(), memory_order_relaxed);
    p->due_us = clock_us() + UINT64_C(1000) * PERIOD_MS;
}

static void on_due(uv_timer_t *timer)
{
    struct pulse *p = timer->data;
    uint64_t now = clock_us();
    metrics_observe(METRIC_LOOP_LAG, 0, 0, now > p->due_us ? now - p->due_us : 0);
    beat(p);
    uv_update_time(timer->loop); /* the loop's own time stands still during a turn */
    uv_timer_start(timer, on_due, PERIOD_MS, 0);
}

void pulse_start(struct pulse *p, uv_loop_t *loop)
{
    uv_timer_init(loop, &p->timer);
    p->timer.data = p;
    beat(p);
    uv_update_time(loop);
    uv_timer_start(&p->timer, on_due, PERIOD_MS, 0);
}

void pulse_stop(struct pulse *p)
{
    if (p->timer.data)
        uv_close((uv_handle_t *)&p->timer, NULL);
}

uint64_t pulse_age_ms(const struct pulse *p)
{
    uint64_t beat_ms = atomic_load_explicit(&p->beat_ms, memory_order_relaxed);
    uint64_t now = clock_ms();
    return beat_ms && now > beat_ms ? now - beat_ms : 0;
}
