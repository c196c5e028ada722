/* log.h: one line per event on standard error: time, level, event, then key=value pairs.
 *
 *     LOG(LOG_WARN, "stream.closed", LOG_STR("session", id), LOG_INT("queued", n));
 *     2026-11-23T12:00:00.123Z warn stream.closed session=1f0c… queued=4194304
 *
 * Values with spaces, quotes, control bytes or "=" are quoted and escaped, so text from outside
 * cannot forge a line. Secrets are never given to a log. Any thread; a line is one write(2). */
#pragma once

#include <stdint.h>

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

struct log_pair {
    const char *key; /* NULL ends the list */
    const char *str; /* NULL: num is the value */
    int64_t num;
};

static inline struct log_pair LOG_STR(const char *key, const char *value) {
    return (struct log_pair){ key, value ? value : "", 0 };
}

static inline struct log_pair
LOG_INT(const char *key, int64_t value) {
    return (struct log_pair){ key, 0, value };
}

#define LOG(level, event, ...) \
    log_write((level), (event), (const struct log_pair[]){ __VA_ARGS__ __VA_OPT__(, ){ 0, 0, 0 } })

/* Before threads start. Lines above the level are dropped; the default is LOG_INFO. */
void log_set_level(enum log_level level);
/* "error", "warn", "info", "debug"; false when the name is none of them. */
_Bool log_level_parse(const char *name, enum log_level *out);

void log_write(enum log_level level, const char *event, const struct log_pair *pairs);
