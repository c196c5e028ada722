#include "sandbox/tasks.h"

#include <string.h>

static const char *day_of(struct arena *a, int64_t at)
{
    char text[CLOCK_TEXT];
    clock_format(at, text);
    return arena_strndup(a, text, 10);
}

const char *sb_dates_apply(struct arena *a, struct sb_dates *d, const struct sb_date_change *change)
{
    bool due_named = change->due_on != SB_ABSENT || change->due_at != SB_ABSENT;
    bool due_given = change->due_on == SB_VALUE || change->due_at == SB_VALUE;
    if (change->due_on == SB_VALUE && change->due_at == SB_VALUE)
        return "due_on: You may not set both due_on and due_at";
    if (change->start_on == SB_VALUE && change->start_at == SB_VALUE)
        return "start_on: You may not set both start_on and start_at";
    if (change->start_on == SB_VALUE && !due_given)
        return "You must provide 'due_on' or 'due_at' when setting 'start_on'.";
    if (change->start_at == SB_VALUE && change->due_at != SB_VALUE)
        return "You must provide 'due_at' when setting 'start_at'.";

    if (change->due_at == SB_VALUE) {
        d->due_at = change->to.due_at;
        d->due_on = day_of(a, d->due_at);
    } else if (change->due_on == SB_VALUE) {
        d->due_on = change->to.due_on;
        d->due_at = 0;
    } else if (change->due_on == SB_NULL) {
        d->due_on = NULL;
        d->due_at = 0;
    } else if (change->due_at == SB_NULL) {
        /* The time goes; the day was only derived from it. */
        if (d->due_at)
            d->due_on = NULL;
        d->due_at = 0;
    }
    if (change->start_at == SB_VALUE) {
        d->start_at = change->to.start_at;
        d->start_on = day_of(a, d->start_at);
    } else if (change->start_on == SB_VALUE) {
        d->start_on = change->to.start_on;
        d->start_at = 0;
    } else if (change->start_on == SB_NULL || change->start_at == SB_NULL ||
               (due_named && !d->due_on)) {
        d->start_on = NULL;
        d->start_at = 0;
    }
    if (!d->due_at)
        d->start_at = 0;
    bool late = d->start_on && d->due_on && strcmp(d->start_on, d->due_on) > 0;
    if (late || (d->start_at && d->start_at > d->due_at))
        return "start_on: The start date must not be after the due date";
    return NULL;
}
