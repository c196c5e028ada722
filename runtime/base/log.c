#include "base/log.h"

#include "base/buf.h"
#include "base/clock.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

/* One line; what does not fit is dropped. */
#define LOG_LINE 4096

static const char *const level_names[] = { "error", "warn", "info", "debug" };
static atomic_int max_level = LOG_INFO;

void log_set_level(enum log_level level)
{
    atomic_store(&max_level, (int)level);
}

bool log_level_parse(const char *name, enum log_level *out)
{
    for (int i = LOG_ERROR; i <= LOG_DEBUG; i++) {
        if (strcmp(name, level_names[i]) == 0) {
            *out = (enum log_level)i;
            return true;
        }
    }
    return false;
}

static bool is_plain(const char *s)
{
    if (!*s)
        return false;
    for (; *s; s++) {
        unsigned char c = (unsigned char)*s;
        if (c <= ' ' || c == '"' || c == '=' || c == '\\' || c == 0x7F)
            return false;
    }
    return true;
}

static void put_value(struct buf *line, const char *s)
{
    if (is_plain(s))
        buf_str(line, s);
    else
        buf_json_string(line, slice_of(s));
}

void log_write(enum log_level level, const char *event, const struct log_pair *pairs)
{
    if ((int)level > atomic_load_explicit(&max_level, memory_order_relaxed))
        return;
    char time[CLOCK_TEXT];
    clock_format(clock_wall_ms(), time);
    BUF_AUTO line = { .max = LOG_LINE };
    buf_str(&line, time);
    buf_char(&line, ' ');
    buf_str(&line, level_names[level]);
    buf_char(&line, ' ');
    buf_str(&line, event);
    for (; pairs->key; pairs++) {
        buf_char(&line, ' ');
        buf_str(&line, pairs->key);
        buf_char(&line, '=');
        if (pairs->str)
            put_value(&line, pairs->str);
        else
            buf_int(&line, pairs->num);
    }
    line.failed = false; /* a line that was cut is still worth having */
    if (line.len == LOG_LINE)
        line.len--;
    buf_char(&line, '\n');
    while (write(STDERR_FILENO, line.data, line.len) < 0 && errno == EINTR)
        continue;
}
