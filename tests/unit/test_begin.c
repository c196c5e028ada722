#include "worker/begin.h"

#include "base/json.h"
#include "bus/envelope.h"
#include "real_redis.h"
#include "redis/redis.h"
#include "suites.h"
#include "worker/letters.h"

static struct real_redis server;
static struct mcp_catalog *catalog;
static struct bus_key letters;

/* A crew's only worker that wants to run requests, and the owner of their session on the test's own
 * loop. */
static struct {
    struct redis_address address;
    struct crew *crew;
    uv_loop_t loop;
    struct bus *owner;
    char session[SESSION_ID + 1];
    bool answers;              /* the owner, to LETTER_BEGIN */
    enum begin_answer answer;  /* what */
    unsigned asked, withdrawn; /* letters that it got */
    char requests[64];         /* which it was told to forget last */
    atomic_int outcome;        /* -1: not yet */
    bool hears;
    enum begin_state state; /* of request "1" */
    unsigned open;
} w;

static const struct place runner = { .node = 1 }, elsewhere = { .node = 2 };

struct task {
    struct mail mail;
    void (*work)(struct worker *worker);
    uv_sem_t done;
};

static void run_task(void *receiver, struct mail *m)
{
    struct task *t = (struct task *)m;
    t->work(receiver);
    uv_sem_post(&t->done);
}

static void drop_task(struct mail *m)
{
    (void)m;
    abort();
}

static void on_worker(void (*work)(struct worker *worker))
{
    struct task t = { .mail = { .run = run_task, .drop = drop_task }, .work = work };
    uv_sem_init(&t.done, 0);
    mailbox_post(&crew_worker(w.crew, 0)->mailbox, &t.mail);
    uv_sem_wait(&t.done);
    uv_sem_destroy(&t.done);
}

static void take_begin(void *ctx, const struct letter *letter)
{
    char says = (char)w.answer;
    (void)ctx;
    w.asked++;
    if (w.answers)
        bus_answer(w.owner, letter, (struct slice){ &says, 1 });
}

static void take_withdraw(void *ctx, const struct letter *letter)
{
    struct session_letter l;
    (void)ctx;
    CU_ASSERT_TRUE_FATAL(session_letter_read(letter->payload, &l));
    CU_ASSERT_STRING_EQUAL(l.session, w.session);
    struct letter_reader ids = { .rest = l.text };
    w.requests[0] = '\0';
    while (ids.rest.len && !ids.failed) {
        struct slice id = letter_read_bytes(&ids);
        size_t len = strlen(w.requests);
        snprintf(w.requests + len, sizeof(w.requests) - len, "%.*s ", (int)id.len, id.data);
    }
    w.withdrawn++;
    CU_ASSERT_EQUAL(atomic_load(&w.outcome), -1); /* nobody hears of it before we do */
    bus_answer(w.owner, letter, (struct slice){ 0 });
}

static bool start_front(void *ctx, struct worker *worker, struct err *err)
{
    (void)ctx;
    (void)worker;
    (void)err;
    return true;
}

static void stop_front(void *ctx, struct worker *worker)
{
    (void)ctx;
    (void)worker;
}

static void look(struct worker *worker)
{
    w.hears = bus_is_up(worker->bus);
    w.state = begin_state_of(worker->beginnings, w.session, slice_of("1"));
    w.open = beginnings_open(worker->beginnings);
}

static void open_world(void)
{
    static const struct asana_client_options asana = { .api_url = "http://127.0.0.1:9",
                                                       .user_agent = "test",
                                                       .deadline_ms = 1000 };
    struct err err;
    char url[100];
    memset(&w, 0, sizeof(w));
    atomic_store(&w.outcome, -1);
    place_format(elsewhere, w.session);
    memset(w.session + PLACE_TEXT, 'a', SESSION_ID - PLACE_TEXT);
    snprintf(url, sizeof(url), "redis://127.0.0.1:%d/1", server.port);
    CU_ASSERT_TRUE_FATAL(redis_parse(url, &w.address, &err));
    CU_ASSERT_TRUE_FATAL(
        crew_start(&(struct crew_options){ .workers = 1,
                                           .catalog = catalog,
                                           .asana = &asana,
                                           .node = runner.node,
                                           .redis = &w.address,
                                           .letters = &letters,
                                           .front = { .start = start_front, .stop = stop_front } },
                   &w.crew, &err));
    CU_ASSERT_EQUAL_FATAL(uv_loop_init(&w.loop), 0);
    CU_ASSERT_TRUE_FATAL(bus_open(&w.loop, &w.address, &letters, elsewhere, &w.owner, &err));
    bus_on(w.owner, LETTER_BEGIN, take_begin, NULL);
    bus_on(w.owner, LETTER_WITHDRAW, take_withdraw, NULL);
    while (!bus_is_up(w.owner))
        uv_run(&w.loop, UV_RUN_ONCE);
    while (!w.hears)
        on_worker(look);
}

static void close_world(void)
{
    crew_stop(w.crew);
    bus_close(w.owner);
    uv_run(&w.loop, UV_RUN_DEFAULT);
    CU_ASSERT_EQUAL(uv_loop_close(&w.loop), 0);
}

static void on_begun(void *ctx, enum route_outcome outcome)
{
    (void)ctx;
    atomic_store(&w.outcome, (int)outcome);
}

static void begin_two(struct worker *worker)
{
    BUF_AUTO ids = { .max = 100 };
    letter_bytes(&ids, slice_of("\"x\""));
    letter_bytes(&ids, slice_of("1"));
    begin_requests(worker, w.session, buf_slice(&ids), on_begun, NULL);
}

static int outcome(void)
{
    uint64_t give_up = clock_ms() + 20000;
    while (atomic_load(&w.outcome) == -1 && clock_ms() < give_up)
        uv_run(&w.loop, UV_RUN_NOWAIT);
    return atomic_load(&w.outcome);
}

static void the_owner_says_whether_requests_may_run(void)
{
    static const struct {
        enum begin_answer answer;
        enum route_outcome outcome;
    } cases[] = { { BEGIN_REMEMBERED, ROUTE_FOUND },
                  { BEGIN_NO_SESSION, ROUTE_GONE },
                  { BEGIN_NO_ROOM, ROUTE_UNREACHABLE } };
    open_world();
    w.answers = true;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        w.answer = cases[i].answer;
        atomic_store(&w.outcome, -1);
        on_worker(begin_two);
        CU_ASSERT_EQUAL(outcome(), cases[i].outcome);
        on_worker(look);
        CU_ASSERT_EQUAL(w.state, BEGIN_OVER);
        CU_ASSERT_EQUAL(w.open, 0);
    }
    CU_ASSERT_EQUAL(w.withdrawn, 0);
    close_world();
}

static void what_the_owner_does_not_answer_is_withdrawn_first(void)
{
    open_world();
    on_worker(begin_two);
    while (!w.asked)
        uv_run(&w.loop, UV_RUN_ONCE);
    on_worker(look);
    CU_ASSERT_EQUAL(w.state, BEGIN_UNDER_WAY);
    CU_ASSERT_EQUAL(w.open, 1);
    CU_ASSERT_EQUAL(outcome(), ROUTE_UNREACHABLE);
    CU_ASSERT_EQUAL(w.withdrawn, 1);
    CU_ASSERT_STRING_EQUAL(w.requests, "\"x\" 1 ");
    on_worker(look);
    CU_ASSERT_EQUAL(w.state, BEGIN_WITHDRAWN);
    CU_ASSERT_EQUAL(w.open, 0);
    close_world();
}

/* Else the owner would take them for lost with this node, though their client was told 503. */
static void a_worker_that_stops_withdraws_what_has_not_begun(void)
{
    open_world();
    on_worker(begin_two);
    while (!w.asked)
        uv_run(&w.loop, UV_RUN_ONCE);
    crew_stop(w.crew);
    w.crew = NULL;
    uint64_t give_up = clock_ms() + 5000;
    while (!w.withdrawn && clock_ms() < give_up)
        uv_run(&w.loop, UV_RUN_ONCE);
    CU_ASSERT_EQUAL(w.withdrawn, 1);
    CU_ASSERT_EQUAL(atomic_load(&w.outcome), -1);
    close_world();
}

static int start_server(void)
{
    return real_redis_start(&server, NULL, NULL) ? 0 : -1;
}

static int stop_server(void)
{
    return real_redis_remove(&server) ? 0 : -1;
}

#define ADD(suite, test) CU_add_test(suite, #test, test)

int main(void)
{
    struct box_key fresh;
    json_init();
    if (!secret_init() || !(catalog = mcp_catalog_new(NULL)) ||
        CU_initialize_registry() != CUE_SUCCESS)
        return 2;
    box_key_new(&fresh);
    bus_key_set(&letters, &fresh);
    CU_pSuite suite = CU_add_suite("begin", start_server, stop_server);
    ADD(suite, the_owner_says_whether_requests_may_run);
    ADD(suite, what_the_owner_does_not_answer_is_withdrawn_first);
    ADD(suite, a_worker_that_stops_withdraws_what_has_not_begun);
    int code = run_suites();
    mcp_catalog_free(catalog);
    return code;
}
