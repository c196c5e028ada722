/* pulse.h: whether a loop turns, and how promptly.
 *
 * A timer that is due twice a second: how late it runs is the loop's lag, counted for /metrics, and
 * when it ran last says to other threads whether the loop is stuck. */
#pragma once

#include <stdatomic.h>
#include <stdint.h>
#include <uv.h>

struct pulse {
    uv_timer_t timer;
    uint64_t due_us;
    atomic_uint_least64_t beat_ms; /* clock_ms() of the last one */
};

/* On the loop's thread, like pulse_stop(), which accepts a zeroed one; the loop has to run once
 * more then. */
void pulse_start(struct pulse *p, uv_loop_t *loop);
void pulse_stop(struct pulse *p);

/* Milliseconds since the loop was last seen turning; 0 before it begins. Any thread. */
uint64_t pulse_age_ms(const struct pulse *p);
