#include "transport/ready.h"

#include "base/clock.h"
#include "base/limits.h"
#include "http/listen.h"
#include "http_probe.h"
#include "mcp/catalog.h"
#include "metrics/metrics_priv.h"
#include "suites.h"

#include <semaphore.h>

/* Two workers: the first answers, the second can be kept busy. */
static struct {
    struct crew *crew;
    struct metrics *metrics;
    struct front front;
    struct listen_address at;
    int fd;
    sem_t release;
} w;

static void on_request(void *ctx, struct http_exchange *x)
{
    (void)ctx;
    if (strcmp(http_path(x), "/healthz") == 0)
        ready_serve_health(&w.front, x, NULL);
    else
        ready_serve(&w.front, x, NULL);
}

static bool start_front(void *ctx, struct worker *worker, struct err *err)
{
    (void)ctx;
    if (worker->index != 0)
        return true;
    w.front.worker = worker;
    return http_server_new(
        &worker->loop,
        &(struct http_options){ .listen_fd = w.fd, .body_max = 10, .connections_max = 10 },
        &(struct http_app){ .on_request = on_request }, &w.front.http, err);
}

static void stop_front(void *ctx, struct worker *worker)
{
    (void)ctx;
    if (worker->index == 0)
        http_server_free(w.front.http);
}

static void open_world(void)
{
    static const struct asana_client_options asana = { .api_url = "http://127.0.0.1:9",
                                                       .user_agent = "test",
                                                       .deadline_ms = 1000 };
    struct mcp_catalog *catalog = mcp_catalog_new(NULL);
    struct err err;
    listen_parse("127.0.0.1:0", &w.at, NULL);
    CU_ASSERT_TRUE_FATAL(listen_open(&w.at, 1, &w.fd, &err));
    w.metrics = metrics_new(2);
    sem_init(&w.release, 0, 0);
    CU_ASSERT_TRUE_FATAL(
        crew_start(&(struct crew_options){ .workers = 2,
                                           .catalog = catalog,
                                           .asana = &asana,
                                           .metrics = w.metrics,
                                           .front = { .start = start_front, .stop = stop_front } },
                   &w.crew, &err));
    mcp_catalog_free(catalog);
}

static void close_world(void)
{
    crew_stop(w.crew);
    metrics_free(w.metrics);
    sem_destroy(&w.release);
}

/* The status, and whether the answer says that. */
static int ask(const char *path, const char *said)
{
    char request[100];
    struct probe p;
    struct probe_reply reply = { 0 };
    snprintf(request, sizeof(request), "GET %s HTTP/1.1\r\nHost: x\r\n\r\n", path);
    probe_open(&p, w.at.port, NULL, NULL);
    bool answered = probe_say(&p, request) && probe_answer(&p, false, &reply);
    bool says = answered && strstr(reply.body, said);
    probe_reply_done(&reply);
    probe_close(&p);
    return says ? reply.status : 0;
}

static void work_hard(void *receiver, struct mail *m)
{
    (void)receiver;
    (void)m;
    sem_wait(&w.release);
}

static void drop(struct mail *m)
{
    (void)m;
}

/* Every beat is half a second. */
static bool comes(int status, const char *said, uint64_t within_ms)
{
    uint64_t until = clock_ms() + within_ms;
    int found;
    while ((found = ask("/healthz", said)) != status && clock_ms() < until)
        poll(NULL, 0, 50);
    return found == status;
}

static int64_t late_beats(unsigned worker)
{
    const struct metric *row = &metric_table[METRIC_LOOP_LAG];
    return w.metrics->shards[worker]->cells[w.metrics->at[METRIC_LOOP_LAG] + row->bounds_count];
}

static void worker_that_does_not_turn_is_named(void)
{
    static struct mail mail = { .run = work_hard, .drop = drop };
    open_world();
    CU_ASSERT_EQUAL(ask("/healthz", "ok\n"), 200);
    mailbox_post(&crew_worker(w.crew, 1)->mailbox, &mail);
    CU_ASSERT_TRUE(comes(503, "worker 1: its event loop has not turned for 5 seconds",
                         LIMIT_PULSE_STUCK_MS + PROBE_PATIENCE_MS));
    CU_ASSERT_EQUAL(ask("/healthz", "worker 0"), 0);
    CU_ASSERT_EQUAL(late_beats(1), 0);
    sem_post(&w.release);
    CU_ASSERT_TRUE(comes(200, "ok\n", PROBE_PATIENCE_MS));
    CU_ASSERT_EQUAL(late_beats(1), 1); /* by more than a second */
    CU_ASSERT_EQUAL(late_beats(0), 0);
    close_world();
}

static void server_without_a_store_is_ready_at_once(void)
{
    BUF_AUTO reasons = { .max = 100 };
    open_world();
    CU_ASSERT_EQUAL(ask("/readyz", "ok\n"), 200);
    CU_ASSERT_TRUE(ready_check(&w.front, &reasons));
    CU_ASSERT_EQUAL(reasons.len, 0);
    close_world();
}

int main(void)
{
    CU_TestInfo tests[] = {
#define TEST(name) { #name, name }
        TEST(worker_that_does_not_turn_is_named),
        TEST(server_without_a_store_is_ready_at_once),
#undef TEST
        CU_TEST_INFO_NULL,
    };
    CU_SuiteInfo suites[] = {
        { .pName = "ready", .pTests = (CU_TestInfo *)tests },
        CU_SUITE_INFO_NULL,
    };
    if (CU_initialize_registry() != CUE_SUCCESS || CU_register_suites(suites) != CUE_SUCCESS)
        return 1;
    return run_suites();
}
