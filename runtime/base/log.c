#include "base/log.h"

#include "base/clock.h"
#include "base/trail.h"
#include "base/utf8.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

/* One line; what does not fit is dropped. */
#define LOG_LINE 4096
/* Room that a JSON line keeps for its end. */
#define LOG_END 16
/* Of the lines that are gathered; a pipe takes so much in one piece (PIPE_BUF). */
#define LOG_GATHERED 4096

static const char *const level_names[] = { "error", "warn", "info", "debug" };
static const char *const format_names[] = { "text", "json" };
static atomic_int max_level = LOG_INFO;
static atomic_int line_format = LOG_TEXT;

static _Thread_local struct {
    bool on;
    size_t len;
    char lines[LOG_GATHERED];
} gathered;

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

void log_set_format(enum log_format format)
{
    atomic_store(&line_format, (int)format);
}

bool log_format_parse(const char *name, enum log_format *out)
{
    for (int i = LOG_TEXT; i <= LOG_JSON; i++) {
        if (strcmp(name, format_names[i]) == 0) {
            *out = (enum log_format)i;
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

/* Controls beyond ASCII, which a terminal may obey, and what some readers take for a line's end. */
static bool is_control(const unsigned char *p, size_t len)
{
    return (len == 2 && p[0] == 0xC2 && p[1] < 0xA0) ||
           (len == 3 && p[0] == 0xE2 && p[1] == 0x80 && (p[2] == 0xA8 || p[2] == 0xA9));
}

/* Whether it may stand in a line as it is. */
static bool is_clean(const char *s)
{
    const unsigned char *p = (const unsigned char *)s;
    size_t left = strlen(s);
    for (size_t len; left; p += len, left -= len) {
        len = utf8_length(p, left);
        if (!len || is_control(p, len))
            return false;
    }
    return true;
}

/* Whoever reads the line takes it for UTF-8. */
static void put_clean(struct buf *b, struct slice text)
{
    const unsigned char *p = (const unsigned char *)text.data;
    for (size_t i = 0; i < text.len && b->len < LOG_LINE;) {
        size_t len = utf8_length(p + i, text.len - i);
        if (len && !is_control(p + i, len))
            buf_put(b, p + i, len);
        else
            buf_str(b, "\xEF\xBF\xBD");
        i += len ? len : 1;
    }
}

static void put_string(struct buf *b, const char *s)
{
    if (is_clean(s)) {
        buf_json_string(b, slice_of(s));
        return;
    }
    BUF_AUTO clean = { .max = LOG_LINE + 8 };
    put_clean(&clean, slice_of(s));
    buf_json_string(b, buf_slice(&clean));
}

static void put_value(struct buf *b, const struct log_pair *pair, bool json)
{
    if (!pair->str)
        buf_int(b, pair->num);
    else if (json && pair->raw)
        buf_str(b, pair->str);
    else if (!json && is_plain(pair->str) && is_clean(pair->str))
        buf_str(b, pair->str);
    else
        put_string(b, pair->str);
}

void log_put_members(struct buf *b, const struct log_pair *pairs)
{
    bool cut = false;
    b->max -= LOG_END;
    for (; pairs->key; pairs++) {
        size_t before = b->len;
        buf_char(b, ',');
        put_string(b, pairs->key);
        buf_char(b, ':');
        put_value(b, pairs, true);
        if (buf_ok(b))
            continue;
        b->failed = false;
        b->len = before;
        cut = true;
    }
    b->max += LOG_END;
    if (cut)
        buf_str(b, ",\"cut\":true");
}

static void put_json(struct buf *line, const char *time, enum log_level level, const char *event,
                     const char *request, const struct log_pair *pairs)
{
    buf_str(line, "{\"time\":\"");
    buf_str(line, time);
    buf_str(line, "\",\"level\":\"");
    buf_str(line, level_names[level]);
    buf_str(line, "\",\"event\":");
    put_string(line, event);
    if (request)
        log_put_members(line, LOG_PAIRS(LOG_STR("request", request)));
    line->max -= 2;
    log_put_members(line, pairs);
    line->max += 2;
    buf_str(line, "}\n");
}

static void put_pair(struct buf *line, const struct log_pair *pair)
{
    buf_char(line, ' ');
    buf_str(line, pair->key);
    buf_char(line, '=');
    put_value(line, pair, false);
}

static void put_text(struct buf *line, const char *time, enum log_level level, const char *event,
                     const char *request, const struct log_pair *pairs)
{
    buf_str(line, time);
    buf_char(line, ' ');
    buf_str(line, level_names[level]);
    buf_char(line, ' ');
    buf_str(line, event);
    if (request)
        put_pair(line, &(struct log_pair){ .key = "request", .str = request });
    for (; pairs->key; pairs++)
        put_pair(line, pairs);
    line->failed = false; /* a line that was cut is still worth having */
    if (line->len == LOG_LINE)
        line->len--;
    buf_char(line, '\n');
}

static void put_out(const char *lines, size_t len)
{
    while (len && write(STDERR_FILENO, lines, len) < 0 && errno == EINTR)
        continue;
}

void log_gather(void)
{
    gathered.on = true;
}

static void put_gathered(void)
{
    put_out(gathered.lines, gathered.len);
    gathered.len = 0;
}

void log_flush(void)
{
    gathered.on = false;
    put_gathered();
}

/* Whoever looks for what went wrong finds the line, whatever comes next. */
static bool may_wait(enum log_level level)
{
    return gathered.on && level > LOG_WARN;
}

static void put_line(enum log_level level, const struct buf *line)
{
    if (line->len > sizeof(gathered.lines) - gathered.len || !may_wait(level))
        put_gathered();
    if (!may_wait(level)) {
        put_out(line->data, line->len);
        return;
    }
    memcpy(gathered.lines + gathered.len, line->data, line->len);
    gathered.len += line->len;
}

void log_write(enum log_level level, const char *event, const struct log_pair *pairs)
{
    if ((int)level > atomic_load_explicit(&max_level, memory_order_relaxed))
        return;
    char time[CLOCK_TEXT];
    clock_format(clock_wall_ms(), time);
    BUF_AUTO line = { .max = LOG_LINE };
    const struct trail *request = trail_request(trail_current);
    bool json = atomic_load_explicit(&line_format, memory_order_relaxed) == LOG_JSON;
    (json ? put_json : put_text)(&line, time, level, event, request ? request->id : NULL, pairs);
    put_line(level, &line);
}
