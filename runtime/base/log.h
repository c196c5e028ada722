/* log.h: one line per event on standard error: time, level, event, then pairs; as text or as JSON.
 *
 *     LOG(LOG_WARN, "stream.closed", LOG_STR("session", id), LOG_INT("queued", n));
 *     2026-11-23T12:00:00.123Z warn stream.closed request=5f0c… session=1f0c… queued=4194304
 *     {"time":"…","level":"warn","event":"stream.closed","request":"5f0c…","session":"1f0c…",…}
 *
 * A line that is written for a request carries its id (trail.h). Values with spaces, quotes,
 * control bytes or "=" are quoted and escaped, so text from outside cannot forge a line. Secrets
 * are never given to a log. Any thread; a line is written in one piece. */
#pragma once

#include "base/buf.h"

#include <stdint.h>

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };
enum log_format { LOG_TEXT, LOG_JSON };

struct log_pair {
    const char *key; /* NULL ends the list */
    const char *str; /* NULL: num is the value */
    int64_t num;
    bool raw; /* str is JSON */
};

static inline struct log_pair LOG_STR(const char *key, const char *value) {
    return (struct log_pair){ key, value ? value : "", 0, false };
}

static inline struct log_pair
LOG_INT(const char *key, int64_t value) {
    return (struct log_pair){ key, 0, value, false };
}

/* Only when there is a value; the last of the list. */
static inline struct log_pair
LOG_STR_IF(const char *key, const char *value) {
    return (struct log_pair){ value && *value ? key : 0, value, 0, false };
}

/* A value that is JSON already. */
static inline struct log_pair
LOG_RAW(const char *key, const char *json) {
    return (struct log_pair){ key, json, 0, true };
}

#define LOG_PAIRS(...) ((const struct log_pair[]){ __VA_ARGS__ __VA_OPT__(, ){ 0, 0, 0, 0 } })
#define LOG(level, event, ...) log_write((level), (event), LOG_PAIRS(__VA_ARGS__))

/* Before threads start. Lines above the level are dropped; the default is LOG_INFO. */
void log_set_level(enum log_level level);
/* "error", "warn", "info", "debug"; false when the name is none of them. */
bool log_level_parse(const char *name, enum log_level *out);
/* Likewise; the default is LOG_TEXT. */
void log_set_format(enum log_format format);
/* "text", "json" */
bool log_format_parse(const char *name, enum log_format *out);

void log_write(enum log_level level, const char *event, const struct log_pair *pairs);

/* The calling thread's lines may wait from now on until log_flush(), which writes them in one piece
 * and ends that. Errors and warnings wait for nobody, and take the lines before them along. For a
 * loop: it has to flush before it sleeps. */
void log_gather(void);
void log_flush(void);

/* ,"key":value for each pair that fits into b, which begins with a whole member of the object.
 * Those that do not fit are left out, and "cut":true says so. Bytes that are no UTF-8, and
 * controls beyond ASCII, become U+FFFD. */
void log_put_members(struct buf *b, const struct log_pair *pairs);
