#include "metrics/metrics.h"

#include "asana/gate.h"
#include "asana/req.h"
#include "base/limits.h"
#include "http/http.h"
#include "mcp/revision.h"
#include "metrics/metrics_priv.h"
#include "metrics/process.h"
#include "store/store.h"
#include "suites.h"

#include <ctype.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char text[1 << 20];

static const char *write_all(const struct metrics *m, enum metrics_format format)
{
    BUF_AUTO b = { .max = sizeof(text) - 1 };
    metrics_write(m, format, &b);
    CU_ASSERT_TRUE(buf_ok(&b));
    memcpy(text, b.data, b.len);
    text[b.len] = '\0';
    return text;
}

static bool has_line(const struct metrics *m, const char *line)
{
    char whole[300];
    snprintf(whole, sizeof(whole), "\n%s\n", line);
    return strstr(write_all(m, METRICS_TEXT), whole);
}

static bool is_name(const char *s)
{
    for (; *s; s++)
        if (!islower((unsigned char)*s) && !isdigit((unsigned char)*s) && *s != '_')
            return false;
    return true;
}

static bool ends(const char *s, const char *with)
{
    size_t len = strlen(s), tail = strlen(with);
    return len > tail && strcmp(s + len - tail, with) == 0;
}

static void every_row_is_a_metric(void)
{
    for (int id = 0; id < METRICS; id++) {
        const struct metric *row = &metric_table[id];
        bool counts = row->kind == METRIC_COUNTER || row->kind == METRIC_TOTAL;
        CU_ASSERT_PTR_NOT_NULL_FATAL(row->name);
        CU_ASSERT_TRUE(is_name(row->name));
        CU_ASSERT_TRUE(strncmp(row->name, "asana_mcp_", 10) == 0 ||
                       strncmp(row->name, "process_", 8) == 0);
        CU_ASSERT_EQUAL(counts, ends(row->name, "_total"));
        CU_ASSERT_TRUE(ends(row->help, "."));
        CU_ASSERT_EQUAL(row->kind == METRIC_HISTOGRAM, row->bounds_count > 0);
        CU_ASSERT_TRUE(row->kind != METRIC_HISTOGRAM || ends(row->name, "_seconds"));
        CU_ASSERT_TRUE(metric_width(row) <= METRIC_WIDTH_MAX);
        for (size_t i = 1; i < row->bounds_count; i++)
            CU_ASSERT_TRUE(row->bounds[i - 1] < row->bounds[i]);
        for (int other = 0; other < id; other++)
            CU_ASSERT_STRING_NOT_EQUAL(row->name, metric_table[other].name);
    }
}

static const struct metric_label *label(enum metric_id id, unsigned i, size_t count)
{
    CU_ASSERT_EQUAL_FATAL(metric_table[id].labels[i].count, count);
    return &metric_table[id].labels[i];
}

/* The table's words stand in the order of the enums that those who count use. */
static void labels_are_what_the_enums_say(void)
{
    static const char *const http[] = {
        [HTTP_GET] = "GET",    [HTTP_HEAD] = "HEAD",     [HTTP_POST] = "POST",
        [HTTP_PUT] = "PUT",    [HTTP_DELETE] = "DELETE", [HTTP_OPTIONS] = "OPTIONS",
        [HTTP_OTHER] = "other"
    };
    static const char *const asana[] = {
        [ASANA_GET] = "GET", [ASANA_POST] = "POST", [ASANA_PUT] = "PUT", [ASANA_DELETE] = "DELETE"
    };
    static const char *const gates[] = {
        [GATE_READ] = "read", [GATE_WRITE] = "write", [GATE_SEARCH] = "search"
    };
    static const char *const store[] = {
        [STORE_DONE] = "done", [STORE_CONFLICT] = "conflict", [STORE_DOWN] = "down"
    };
    const struct metric_label *l = label(METRIC_HTTP_REQUESTS, 0, HTTP_OTHER + 1);
    for (size_t i = 0; i < l->count; i++)
        CU_ASSERT_STRING_EQUAL(l->values[i], http[i]);
    l = label(METRIC_ASANA_SECONDS, 0, ASANA_DELETE + 1);
    for (size_t i = 0; i < l->count; i++)
        CU_ASSERT_STRING_EQUAL(l->values[i], asana[i]);
    for (int id = METRIC_ASANA_QUEUE_SECONDS; id <= METRIC_ASANA_QUEUED; id++) {
        l = label((enum metric_id)id, 0, GATE_KINDS);
        for (size_t i = 0; i < l->count; i++)
            CU_ASSERT_STRING_EQUAL(l->values[i], gates[i]);
    }
    l = label(METRIC_STORE_SECONDS, 0, STORE_DOWN + 1);
    for (size_t i = 0; i < l->count; i++)
        CU_ASSERT_STRING_EQUAL(l->values[i], store[i]);
    l = label(METRIC_TRANSPORTED, 1, MCP_REVISIONS);
    for (size_t i = 0; i < l->count; i++)
        CU_ASSERT_STRING_EQUAL(l->values[i], mcp_revision_name((enum mcp_revision)i));
    l = label(METRIC_SESSIONS, 1, MCP_LATEST_LEGACY + 1);
    for (size_t i = 0; i < l->count; i++)
        CU_ASSERT_STRING_EQUAL(l->values[i], mcp_revision_name((enum mcp_revision)i));
    label(METRIC_TOOL_CALLS, 1, METRIC_CALLS);
    label(METRIC_REQUESTS, 1, METRIC_ENDS);
    label(METRIC_TRANSPORTED, 0, METRIC_TRANSPORTS);
    label(METRIC_REFUSALS, 0, METRIC_REFUSED);
    label(METRIC_ASANA_SECONDS, 1, METRIC_REPLIES);
    label(METRIC_ASANA_RETRIES, 0, METRIC_RETRIES);
    label(METRIC_ASANA_CROWDED, 0, METRIC_CROWDED);
    label(METRIC_ASANA_REFRESHES, 0, METRIC_REFRESHES);
    label(METRIC_SIGN_INS, 0, METRIC_SIGN_IN_ENDS);
    label(METRIC_TOKENS, 0, METRIC_GRANTS);
    label(METRIC_TOKENS, 1, METRIC_TOKEN_ENDS);
}

static void shards_are_summed(void)
{
    struct metrics *m = metrics_new(3);
    for (unsigned w = 0; w < 3; w++) {
        metrics_attach(m, w);
        metrics_add(METRIC_SIGN_INS, SIGN_IN_DENIED, 0, w + 1);
        metrics_add(METRIC_CONNECTIONS, 0, 0, w == 1 ? -4 : 5);
    }
    metrics_attach(NULL, 0);
    metrics_count(METRIC_SIGN_INS, SIGN_IN_DENIED, 0); /* into no shard */
    CU_ASSERT_TRUE(has_line(m, "asana_mcp_sign_ins_total{outcome=\"denied\"} 6"));
    CU_ASSERT_TRUE(has_line(m, "asana_mcp_sign_ins_total{outcome=\"ok\"} 0"));
    CU_ASSERT_TRUE(has_line(m, "asana_mcp_connections 6"));
    metrics_free(m);
    metrics_free(NULL);
}

static void a_shard_that_there_is_not_counts_nothing(void)
{
    struct metrics *m = metrics_new(1);
    metrics_attach(m, 1);
    metrics_count(METRIC_CONNECTIONS, 0, 0);
    metrics_attach(m, 0);
    metrics_count(METRIC_SIGN_INS, METRIC_SIGN_IN_ENDS, 0); /* no such value */
    metrics_count(METRIC_SIGN_INS, SIGN_IN_OK, 1);
    metrics_observe(METRIC_ASANA_SECONDS, 99, 0, 1);
    metrics_count(METRIC_TOOL_CALLS, LIMIT_METRIC_TOOLS, 0);
    metrics_attach(NULL, 0);
    CU_ASSERT_TRUE(has_line(m, "asana_mcp_connections 0"));
    CU_ASSERT_PTR_NULL(strstr(write_all(m, METRICS_TEXT), "} 1\n"));
    metrics_free(m);
}

static void a_time_is_in_the_first_bucket_that_holds_it(void)
{
    struct metrics *m = metrics_new(2);
    metrics_attach(m, 1);
    metrics_observe(METRIC_STORE_SECONDS, STORE_DONE, 0, 0);
    metrics_observe(METRIC_STORE_SECONDS, STORE_DONE, 0, 500);
    metrics_observe(METRIC_STORE_SECONDS, STORE_DONE, 0, 501);
    metrics_observe(METRIC_STORE_SECONDS, STORE_DONE, 0, 7000000);
    metrics_attach(NULL, 0);
#define STEP "asana_mcp_store_step_duration_seconds"
    CU_ASSERT_TRUE(has_line(m, STEP "_bucket{outcome=\"done\",le=\"0.0005\"} 2"));
    CU_ASSERT_TRUE(has_line(m, STEP "_bucket{outcome=\"done\",le=\"0.001\"} 3"));
    CU_ASSERT_TRUE(has_line(m, STEP "_bucket{outcome=\"done\",le=\"5.0\"} 3"));
    CU_ASSERT_TRUE(has_line(m, STEP "_bucket{outcome=\"done\",le=\"+Inf\"} 4"));
    CU_ASSERT_TRUE(has_line(m, STEP "_sum{outcome=\"done\"} 7.001001"));
    CU_ASSERT_TRUE(has_line(m, STEP "_count{outcome=\"done\"} 4"));
    metrics_free(m);
}

static void each_worker_has_its_own_lag(void)
{
    struct metrics *m = metrics_new(2);
    metrics_attach(m, 1);
    metrics_observe(METRIC_LOOP_LAG, 0, 0, 20000);
    metrics_attach(NULL, 0);
    CU_ASSERT_TRUE(has_line(m, "asana_mcp_event_loop_lag_seconds_sum{worker=\"0\"} 0.0"));
    CU_ASSERT_TRUE(has_line(m, "asana_mcp_event_loop_lag_seconds_sum{worker=\"1\"} 0.02"));
    CU_ASSERT_TRUE(
        has_line(m, "asana_mcp_event_loop_lag_seconds_bucket{worker=\"1\",le=\"0.025\"} 1"));
    metrics_free(m);
}

static void names_of_tools_are_escaped_and_bounded(void)
{
    struct metrics *m = metrics_new(1);
    char name[40];
    CU_ASSERT_EQUAL(metrics_tool(NULL, "x"), METRIC_UNKNOWN_TOOL);
    unsigned strange = metrics_tool(m, "a\"\\\nb");
    CU_ASSERT_EQUAL(strange, metrics_tool(m, "a\"\\\nb"));
    metrics_attach(m, 0);
    metrics_count(METRIC_TOOL_CALLS, strange, CALLED_OK);
    metrics_attach(NULL, 0);
    CU_ASSERT_TRUE(
        has_line(m, "asana_mcp_tool_calls_total{tool=\"a\\\"\\\\\\nb\",outcome=\"ok\"} 1"));
    for (unsigned i = 2; i < LIMIT_METRIC_TOOLS; i++) {
        snprintf(name, sizeof(name), "tool_%u", i);
        CU_ASSERT_EQUAL(metrics_tool(m, name), i);
    }
    CU_ASSERT_EQUAL(metrics_tool(m, "one_too_many"), METRIC_UNKNOWN_TOOL);
    CU_ASSERT_EQUAL(metrics_tool(m, "tool_7"), 7);
    metrics_free(m);
}

static void openmetrics_differs_in_names_and_end(void)
{
    struct metrics *m = metrics_new(1);
    metrics_set(m, METRIC_PROCESS_CPU, 1250000);
    const char *open = write_all(m, METRICS_OPEN);
    CU_ASSERT_PTR_NOT_NULL(strstr(open, "# TYPE process_cpu_seconds counter\n"
                                        "process_cpu_seconds_total 1.25\n"));
    CU_ASSERT_TRUE(ends(open, "\n# EOF\n"));
    const char *plain = write_all(m, METRICS_TEXT);
    CU_ASSERT_PTR_NOT_NULL(strstr(plain, "# TYPE process_cpu_seconds_total counter\n"));
    CU_ASSERT_PTR_NULL(strstr(plain, "# EOF"));
    metrics_free(m);
}

static void a_text_that_does_not_fit_is_no_text(void)
{
    struct metrics *m = metrics_new(1);
    BUF_AUTO b = { .max = 100 };
    metrics_write(m, METRICS_TEXT, &b);
    CU_ASSERT_FALSE(buf_ok(&b));
    metrics_free(m);
}

static void the_process_is_measured(void)
{
    struct metrics *m = metrics_new(1);
    process_note_start(m);
    process_measure(m);
    for (int id = METRIC_PROCESS_START; id <= METRIC_PROCESS_FILES_MAX; id++)
        CU_ASSERT_TRUE(m->values[id] > 0);
    metrics_free(m);
}

/* Under ThreadSanitizer this is the proof that who counts and who asks need no lock. */
#define THREADS 4
#define TIMES 20000

static struct metrics *shared;
static atomic_uint next_worker;

static void *count_much(void *arg)
{
    (void)arg;
    metrics_attach(shared, atomic_fetch_add(&next_worker, 1));
    for (int i = 0; i < TIMES; i++) {
        metrics_count(METRIC_SIGN_INS, SIGN_IN_OK, 0);
        metrics_observe(METRIC_STORE_SECONDS, STORE_DONE, 0, 100);
    }
    return NULL;
}

static void workers_count_while_they_are_asked(void)
{
    pthread_t threads[THREADS];
    char name[20];
    shared = metrics_new(THREADS);
    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, count_much, NULL);
    for (int i = 0; i < 20; i++) {
        BUF_AUTO b = { .max = sizeof(text) };
        snprintf(name, sizeof(name), "late_%d", i);
        metrics_tool(shared, name);
        metrics_write(shared, METRICS_TEXT, &b);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    CU_ASSERT_TRUE(has_line(shared, "asana_mcp_sign_ins_total{outcome=\"ok\"} 80000"));
    CU_ASSERT_TRUE(has_line(shared, STEP "_count{outcome=\"done\"} 80000"));
    CU_ASSERT_TRUE(has_line(shared, STEP "_sum{outcome=\"done\"} 8.0"));
    metrics_free(shared);
}

int main(void)
{
    CU_TestInfo tests[] = {
#define TEST(name) { #name, name }
        TEST(every_row_is_a_metric),
        TEST(labels_are_what_the_enums_say),
        TEST(shards_are_summed),
        TEST(a_shard_that_there_is_not_counts_nothing),
        TEST(a_time_is_in_the_first_bucket_that_holds_it),
        TEST(each_worker_has_its_own_lag),
        TEST(names_of_tools_are_escaped_and_bounded),
        TEST(openmetrics_differs_in_names_and_end),
        TEST(a_text_that_does_not_fit_is_no_text),
        TEST(the_process_is_measured),
        TEST(workers_count_while_they_are_asked),
#undef TEST
        CU_TEST_INFO_NULL,
    };
    CU_SuiteInfo suites[] = {
        { .pName = "metrics", .pTests = (CU_TestInfo *)tests },
        CU_SUITE_INFO_NULL,
    };
    if (CU_initialize_registry() != CUE_SUCCESS || CU_register_suites(suites) != CUE_SUCCESS)
        return 1;
    return run_suites();
}
