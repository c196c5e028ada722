#include "metrics/metrics_priv.h"

#include <string.h>

/* One combination of labels, summed over the workers that are asked about. */
struct sample {
    const struct metric *row;
    const char *values[METRIC_LABELS];
    int worker; /* -1: all of them together */
    int64_t cells[METRIC_WIDTH_MAX];
};

static const char *const kind_names[] = {
    [METRIC_COUNTER] = "counter", [METRIC_GAUGE] = "gauge", [METRIC_HISTOGRAM] = "histogram",
    [METRIC_TOTAL] = "counter",   [METRIC_VALUE] = "gauge",
};

static void put_escaped(struct buf *b, const char *text, bool quoted)
{
    for (; *text; text++) {
        if (*text == '\\' || (quoted && *text == '"'))
            buf_char(b, '\\');
        if (*text == '\n')
            buf_str(b, "\\n");
        else
            buf_char(b, *text);
    }
}

/* Microseconds as seconds, without zeros at the end but always with a fraction. */
static void put_seconds(struct buf *b, int64_t us)
{
    char fraction[7];
    int64_t rest = us % 1000000;
    buf_int(b, us / 1000000);
    buf_char(b, '.');
    for (int i = 5; i >= 0; i--, rest /= 10)
        fraction[i] = (char)('0' + rest % 10);
    size_t len = 6;
    while (len > 1 && fraction[len - 1] == '0')
        len--;
    buf_put(b, fraction, len);
}

/* NAME_SUFFIX{LABELS,le="LE"} with a space behind it. */
static void put_series(struct buf *b, const struct sample *s, const char *suffix, bool le,
                       const uint32_t *bound)
{
    bool first = true;
    buf_str(b, s->row->name);
    buf_str(b, suffix);
    for (unsigned i = 0; i < METRIC_LABELS && s->row->labels[i].name; i++) {
        buf_char(b, first ? '{' : ',');
        first = false;
        buf_str(b, s->row->labels[i].name);
        buf_str(b, "=\"");
        put_escaped(b, s->values[i], true);
        buf_char(b, '"');
    }
    if (s->worker >= 0) {
        buf_str(b, first ? "{worker=\"" : ",worker=\"");
        first = false;
        buf_int(b, s->worker);
        buf_char(b, '"');
    }
    if (le) {
        buf_str(b, first ? "{le=\"" : ",le=\"");
        first = false;
        if (bound)
            put_seconds(b, *bound);
        else
            buf_str(b, "+Inf");
        buf_char(b, '"');
    }
    buf_str(b, first ? " " : "} ");
}

static void put_histogram(struct buf *b, const struct sample *s)
{
    const struct metric *row = s->row;
    int64_t count = 0;
    for (size_t i = 0; i <= row->bounds_count; i++) {
        count += s->cells[i];
        put_series(b, s, "_bucket", true, i < row->bounds_count ? &row->bounds[i] : NULL);
        buf_int(b, count);
        buf_char(b, '\n');
    }
    put_series(b, s, "_sum", false, NULL);
    put_seconds(b, s->cells[row->bounds_count + 1]);
    buf_char(b, '\n');
    put_series(b, s, "_count", false, NULL);
    buf_int(b, count);
    buf_char(b, '\n');
}

static void put_sample(struct buf *b, const struct sample *s)
{
    bool any = false;
    for (size_t i = 0; i < metric_width(s->row); i++)
        any |= s->cells[i] != 0;
    if (s->row->sparse && !any)
        return;
    if (s->row->kind == METRIC_HISTOGRAM) {
        put_histogram(b, s);
        return;
    }
    put_series(b, s, "", false, NULL);
    if (s->row->seconds)
        put_seconds(b, s->cells[0]);
    else
        buf_int(b, s->cells[0]);
    buf_char(b, '\n');
}

static void add_shard(const struct metrics_shard *shard, size_t at, struct sample *s)
{
    for (size_t i = 0; i < metric_width(s->row); i++)
        s->cells[i] += atomic_load_explicit(&shard->cells[at + i], memory_order_relaxed);
}

static void put_combination(const struct metrics *m, size_t at, struct sample *s, struct buf *b)
{
    for (unsigned w = 0; w < m->workers; w++) {
        if (s->row->by_worker || w == 0)
            memset(s->cells, 0, sizeof(s->cells));
        add_shard(m->shards[w], at, s);
        s->worker = s->row->by_worker ? (int)w : -1;
        if (s->row->by_worker || w + 1 == m->workers)
            put_sample(b, s);
    }
}

/* The names of the label's values, as many as there are by now. */
static const char *const *names_of(const struct metrics *m, const struct metric_label *l, size_t *n)
{
    static const char *const none[] = { "" };
    if (!l->name) {
        *n = 1;
        return none;
    }
    if (l->values) {
        *n = l->count;
        return l->values;
    }
    *n = atomic_load_explicit(&m->tools, memory_order_acquire);
    return (const char *const *)m->tool_names;
}

static void put_metric(const struct metrics *m, enum metric_id id, struct buf *b)
{
    struct sample s = { .row = &metric_table[id], .worker = -1 };
    size_t a_count, b_count;
    const char *const *a_names = names_of(m, &s.row->labels[0], &a_count);
    const char *const *b_names = names_of(m, &s.row->labels[1], &b_count);
    size_t at = m->at[id];
    for (size_t i = 0; i < a_count; i++) {
        for (size_t j = 0; j < b_count; j++, at += metric_width(s.row)) {
            s.values[0] = a_names[i];
            s.values[1] = b_names[j];
            if (s.row->kind == METRIC_TOTAL || s.row->kind == METRIC_VALUE) {
                s.cells[0] = atomic_load_explicit(&m->values[id], memory_order_relaxed);
                put_sample(b, &s);
            } else {
                put_combination(m, at, &s, b);
            }
        }
    }
}

/* In OpenMetrics the family is named without the suffix that its samples have. */
static void put_head(const struct metric *row, enum metrics_format format, struct buf *b)
{
    static const char total[] = "_total";
    size_t len = strlen(row->name);
    bool counts = row->kind == METRIC_COUNTER || row->kind == METRIC_TOTAL;
    if (format == METRICS_OPEN && counts)
        len -= sizeof(total) - 1;
    buf_str(b, "# HELP ");
    buf_put(b, row->name, len);
    buf_char(b, ' ');
    put_escaped(b, row->help, format == METRICS_OPEN);
    buf_str(b, "\n# TYPE ");
    buf_put(b, row->name, len);
    buf_char(b, ' ');
    buf_str(b, kind_names[row->kind]);
    buf_char(b, '\n');
}

void metrics_write(const struct metrics *m, enum metrics_format format, struct buf *b)
{
    for (int id = 0; id < METRICS; id++) {
        put_head(&metric_table[id], format, b);
        put_metric(m, (enum metric_id)id, b);
    }
    if (format == METRICS_OPEN)
        buf_str(b, "# EOF\n");
}
