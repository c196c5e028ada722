#include "worker/afar.h"

#include "base/json.h"
#include "base/limits.h"
#include "bus/envelope.h"
#include "real_redis.h"
#include "redis/redis.h"
#include "suites.h"
#include "worker/begin.h"
#include "worker/letters.h"

static struct real_redis server;
static struct mcp_catalog *catalog;
static struct bus_key letters;

/* A session of a crew's only worker, and another node on the test's own loop. */
static struct {
    struct redis_address address;
    struct crew *crew;
    char session[SESSION_ID + 1];
    uv_mutex_t lock;
    char heard[1024]; /* what the session's client was told */
    uv_loop_t loop;
    struct bus *other;
    enum begin_state state; /* what the other node says when it is asked */
    unsigned asked;
    char answer; /* to a question of the other node's; -1: none yet */
} w;

static const struct place owner = { .node = 1 }, elsewhere = { .node = 2 };

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

static void on_said(void *ctx, struct slice message)
{
    (void)ctx;
    uv_mutex_lock(&w.lock);
    size_t len = strlen(w.heard);
    snprintf(w.heard + len, sizeof(w.heard) - len, "%.*s;", (int)message.len, message.data);
    uv_mutex_unlock(&w.lock);
}

static bool has_heard(const char *text)
{
    uv_mutex_lock(&w.lock);
    bool has = strstr(w.heard, text);
    uv_mutex_unlock(&w.lock);
    return has;
}

static void open_session(struct worker *worker)
{
    struct session *s = session_add(worker->sessions, &(struct caller){ .may_write = true });
    s->streamed = true;
    s->open = 1;
    s->deliver = on_said;
    memcpy(w.session, s->id, sizeof(w.session));
}

static bool owner_hears;

static void look_whether_it_hears(struct worker *worker)
{
    owner_hears = bus_is_up(worker->bus);
}

static void on_still_asked(void *ctx, const struct letter *question)
{
    char says = (char)w.state;
    (void)ctx;
    w.asked++;
    bus_answer(w.other, question, (struct slice){ &says, 1 });
}

static void open_other(void)
{
    struct err err;
    CU_ASSERT_TRUE_FATAL(bus_open(&w.loop, &w.address, &letters, elsewhere, &w.other, &err));
    bus_on(w.other, LETTER_STILL, on_still_asked, NULL);
    while (!bus_is_up(w.other))
        uv_run(&w.loop, UV_RUN_ONCE);
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

static void open_world(void)
{
    static const struct asana_client_options asana = { .api_url = "http://127.0.0.1:9",
                                                       .user_agent = "test",
                                                       .deadline_ms = 1000 };
    struct err err;
    char url[100];
    memset(&w, 0, sizeof(w));
    snprintf(url, sizeof(url), "redis://127.0.0.1:%d/1", server.port);
    CU_ASSERT_TRUE_FATAL(redis_parse(url, &w.address, &err));
    uv_mutex_init(&w.lock);
    CU_ASSERT_TRUE_FATAL(
        crew_start(&(struct crew_options){ .workers = 1,
                                           .catalog = catalog,
                                           .asana = &asana,
                                           .node = owner.node,
                                           .redis = &w.address,
                                           .letters = &letters,
                                           .front = { .start = start_front, .stop = stop_front } },
                   &w.crew, &err));
    on_worker(open_session);
    CU_ASSERT_EQUAL_FATAL(uv_loop_init(&w.loop), 0);
    open_other();
    for (owner_hears = false; !owner_hears;)
        on_worker(look_whether_it_hears);
}

static void close_world(void)
{
    crew_stop(w.crew);
    bus_close(w.other);
    uv_run(&w.loop, UV_RUN_DEFAULT);
    CU_ASSERT_EQUAL(uv_loop_close(&w.loop), 0);
    uv_mutex_destroy(&w.lock);
}

static void on_answer(void *ctx, enum bus_fate fate, struct slice answer)
{
    (void)ctx;
    CU_ASSERT_EQUAL(fate, BUS_DONE);
    w.answer = answer.len ? answer.data[0] : 0;
}

/* Of requests; the answer's first byte. */
static int ask(enum letter_kind kind, const char *const *requests, unsigned n)
{
    struct session_letter l = { .session = "" };
    BUF_AUTO ids = { .max = 1000000 };
    BUF_AUTO b = { .max = 1000000 };
    for (unsigned i = 0; i < n; i++)
        letter_bytes(&ids, slice_of(requests[i]));
    l.text = buf_slice(&ids);
    memcpy(l.session, w.session, sizeof(l.session));
    session_letter_write(&l, &b);
    w.answer = -1;
    CU_ASSERT_TRUE_FATAL(bus_ask(w.other, owner, kind, buf_slice(&b), on_answer, NULL));
    while (w.answer == -1)
        uv_run(&w.loop, UV_RUN_ONCE);
    return w.answer;
}

static void begin(const char *request)
{
    CU_ASSERT_EQUAL(ask(LETTER_BEGIN, &request, 1), BEGIN_REMEMBERED);
}

static void write_letter(enum letter_kind kind, const char *request, const char *text)
{
    struct session_letter l = { .about = slice_of(request), .text = slice_of(text) };
    BUF_AUTO b = { .max = 1000 };
    memcpy(l.session, w.session, sizeof(l.session));
    session_letter_write(&l, &b);
    CU_ASSERT_TRUE_FATAL(bus_post(w.other, owner, kind, buf_slice(&b), NULL, NULL));
}

static bool comes(const char *text)
{
    uint64_t give_up = clock_ms() + 10000;
    while (!has_heard(text) && clock_ms() < give_up)
        uv_run(&w.loop, UV_RUN_ONCE);
    return has_heard(text);
}

static void what_a_node_knows_no_more_is_an_error_once(void)
{
    open_world();
    begin("1");
    w.state = BEGIN_UNDER_WAY;
    while (w.asked < 2)
        uv_run(&w.loop, UV_RUN_ONCE);
    CU_ASSERT_FALSE(has_heard("\"id\":1"));
    w.state = BEGIN_OVER;
    CU_ASSERT_TRUE(comes("\"id\":1"));
    write_letter(LETTER_DELIVER, "1", "too late");
    write_letter(LETTER_DELIVER, "", "the end");
    CU_ASSERT_TRUE(comes("the end"));
    CU_ASSERT_FALSE(has_heard("too late"));
    CU_ASSERT_PTR_NULL(strstr(strstr(w.heard, "\"id\":1") + 1, "\"id\":1"));
    close_world();
}

static void what_runs_at_a_node_that_is_gone_is_an_error_once(void)
{
    open_world();
    begin("1");
    bus_close(w.other);
    uv_run(&w.loop, UV_RUN_DEFAULT);
    uint64_t give_up = clock_ms() + 10000;
    while (!has_heard("\"id\":1") && clock_ms() < give_up)
        on_worker(look_whether_it_hears);
    open_other(); /* it was not gone after all */
    write_letter(LETTER_DELIVER, "1", "too late");
    write_letter(LETTER_DELIVER, "", "the end");
    CU_ASSERT_TRUE(comes("the end"));
    CU_ASSERT_TRUE(has_heard("\"id\":1"));
    CU_ASSERT_FALSE(has_heard("too late"));
    close_world();
}

static void what_was_withdrawn_is_never_heard_of(void)
{
    static const char *const requests[] = { "1", "2" };
    open_world();
    w.state = BEGIN_WITHDRAWN;
    CU_ASSERT_EQUAL(ask(LETTER_BEGIN, requests, 2), BEGIN_REMEMBERED);
    ask(LETTER_WITHDRAW, requests, 2);
    ask(LETTER_WITHDRAW, requests, 2); /* said again */
    begin("3");                        /* its withdrawal is lost: the owner asks */
    while (w.asked < 1)
        uv_run(&w.loop, UV_RUN_ONCE);
    write_letter(LETTER_DELIVER, "3", "too late");
    write_letter(LETTER_DELIVER, "", "then");
    CU_ASSERT_TRUE(comes("then"));
    bus_close(w.other);
    uv_run(&w.loop, UV_RUN_DEFAULT);
    uint64_t gone = clock_ms() + 3000; /* it is given up after a second */
    while (clock_ms() < gone)
        on_worker(look_whether_it_hears);
    open_other();
    write_letter(LETTER_DELIVER, "", "the end");
    CU_ASSERT_TRUE(comes("the end"));
    CU_ASSERT_STRING_EQUAL(w.heard, "then;the end;");
    close_world();
}

static void requests_begin_together_or_not_at_all(void)
{
    static const char *many[LIMIT_AFAR_REQUESTS + 1];
    for (unsigned i = 0; i <= LIMIT_AFAR_REQUESTS; i++)
        many[i] = "1";
    open_world();
    CU_ASSERT_EQUAL(ask(LETTER_BEGIN, many, LIMIT_AFAR_REQUESTS + 1), BEGIN_NO_ROOM);
    write_letter(LETTER_DELIVER, "1", "not waited for");
    CU_ASSERT_EQUAL(ask(LETTER_BEGIN, many, LIMIT_AFAR_REQUESTS), BEGIN_REMEMBERED);
    CU_ASSERT_EQUAL(ask(LETTER_BEGIN, many, 1), BEGIN_NO_ROOM);
    w.session[SESSION_ID - 1] ^= 1;
    CU_ASSERT_EQUAL(ask(LETTER_BEGIN, many, 1), BEGIN_NO_SESSION);
    w.session[SESSION_ID - 1] ^= 1;
    write_letter(LETTER_DELIVER, "1", "an answer");
    CU_ASSERT_TRUE(comes("an answer"));
    CU_ASSERT_FALSE(has_heard("not waited for"));
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
    CU_pSuite suite = CU_add_suite("afar", start_server, stop_server);
    ADD(suite, what_a_node_knows_no_more_is_an_error_once);
    ADD(suite, what_runs_at_a_node_that_is_gone_is_an_error_once);
    ADD(suite, what_was_withdrawn_is_never_heard_of);
    ADD(suite, requests_begin_together_or_not_at_all);
    int code = run_suites();
    mcp_catalog_free(catalog);
    return code;
}
