/* process.h: what the system says of this process, for /metrics. Any thread. */
#pragma once

#include "metrics/metrics.h"

/* Sets when the process started: once, since a clock that is set right would move it. */
void process_note_start(struct metrics *m);

/* Sets the other process_… metrics; those that this system does not tell stay 0. Reads /proc, which
 * never waits for a disk. */
void process_measure(struct metrics *m);
