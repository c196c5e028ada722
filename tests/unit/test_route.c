#include "worker/route.h"

#include "base/json.h"
#include "mcp/hub.h"
#include "suites.h"
#include "worker/relay.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#define WORKERS 4
#define NODE 0xa5a5u

/* A front that does nothing but what one test asks of its start. */
struct front_double {
    unsigned fails_at; /* the worker that does not start */
    void (*on_start)(struct worker *w);
    atomic_uint started, stopped;
};

static bool start_front(void *ctx, struct worker *w, struct err *err)
{
    struct front_double *f = ctx;
    if (f->on_start)
        f->on_start(w);
    if (w->index == f->fails_at)
        return err_set(err, ERR_IO, "worker %u has a bad day", w->index);
    atomic_fetch_add(&f->started, 1);
    return true;
}

static void stop_front(void *ctx, struct worker *w)
{
    struct front_double *f = ctx;
    (void)w;
    atomic_fetch_add(&f->stopped, 1);
}

static struct front_double front;
static struct mcp_catalog *catalog;
static const struct asana_client_options asana = { .api_url = "http://127.0.0.1:9",
                                                   .user_agent = "test",
                                                   .deadline_ms = 1000 };

static bool start_crew(unsigned workers, struct crew **out, struct err *err)
{
    atomic_store(&front.started, 0);
    atomic_store(&front.stopped, 0);
    struct crew_options options = {
        .workers = workers,
        .catalog = catalog,
        .asana = &asana,
        .node = NODE,
        .front = { .ctx = &front, .start = start_front, .stop = stop_front },
    };
    return crew_start(&options, out, err);
}

static struct crew *crew_of(unsigned workers)
{
    struct crew *crew = NULL;
    struct err err = { 0 };
    front = (struct front_double){ .fails_at = UINT_MAX };
    if (!start_crew(workers, &crew, &err)) {
        puts(err.text);
        abort();
    }
    return crew;
}

/* Work for a worker's thread, which the test's thread waits for. */
struct task {
    struct mail mail;
    void (*work)(struct worker *w, void *arg);
    void *arg;
    uv_sem_t *done;
};

static void run_task(void *receiver, struct mail *m)
{
    struct task *t = (struct task *)m;
    t->work(receiver, t->arg);
    uv_sem_post(t->done);
}

static void drop_task(struct mail *m)
{
    (void)m;
    abort();
}

static void on_worker(struct crew *crew, unsigned index, void (*work)(struct worker *, void *),
                      void *arg)
{
    uv_sem_t done;
    uv_sem_init(&done, 0);
    struct task t = {
        .mail = { .run = run_task, .drop = drop_task }, .work = work, .arg = arg, .done = &done
    };
    mailbox_post(&crew_worker(crew, index)->mailbox, &t.mail);
    uv_sem_wait(&done);
    uv_sem_destroy(&done);
}

static struct digest alice, bob;

/* ---- sessions of several workers ---- */

struct opening {
    char id[SESSION_ID + 1];
    void (*deliver)(void *ctx, struct slice message);
    void *ctx;
};

static void open_session(struct worker *w, void *arg)
{
    struct opening *o = arg;
    struct session *s = session_add(w->sessions, &(struct caller){ .id = alice });
    s->peer = (struct mcp_peer){ .initialized = true, .revision = MCP_2025_06_18 };
    s->streamed = o->deliver != NULL;
    s->open = s->streamed;
    s->deliver = o->deliver;
    s->ctx = o->ctx;
    memcpy(o->id, s->id, sizeof(o->id));
}

static void count_sessions(struct worker *w, void *arg)
{
    *(size_t *)arg = sessions_count(w->sessions);
}

static void remove_session(struct worker *w, void *arg)
{
    session_remove(w->sessions, session_by_id(w->sessions, arg));
}

struct inquiry {
    const char *id;
    const struct digest *caller;
    enum route_want want;
    bool found;
    struct mcp_peer peer;
    struct worker *asker;
    uv_thread_t answered_on;
    uv_thread_t asked_on;
    uv_sem_t answered;
};

static void on_found(void *ctx, enum route_outcome outcome, const struct mcp_peer *peer)
{
    struct inquiry *q = ctx;
    q->found = outcome == ROUTE_FOUND;
    CU_ASSERT_EQUAL(q->found, peer != NULL);
    CU_ASSERT_NOT_EQUAL(outcome, ROUTE_UNREACHABLE);
    if (peer)
        q->peer = *peer;
    q->answered_on = uv_thread_self();
    uv_sem_post(&q->answered);
}

static void inquire(struct worker *w, void *arg)
{
    struct inquiry *q = arg;
    q->asked_on = uv_thread_self();
    route_find(w, q->id, q->caller, q->want, on_found, q);
}

static struct inquiry ask_from(struct crew *crew, unsigned worker, const char *id,
                               const struct digest *caller, enum route_want want)
{
    struct inquiry q = { .id = id, .caller = caller, .want = want };
    uv_sem_init(&q.answered, 0);
    on_worker(crew, worker, inquire, &q);
    uv_sem_wait(&q.answered);
    uv_sem_destroy(&q.answered);
    CU_ASSERT_TRUE(uv_thread_equal(&q.asked_on, &q.answered_on));
    return q;
}

static void every_worker_finds_every_session(void)
{
    struct crew *crew = crew_of(WORKERS);
    CU_ASSERT_EQUAL(crew_size(crew), WORKERS);
    CU_ASSERT_PTR_NULL(crew_worker(crew, WORKERS));
    for (unsigned owner = 0; owner < WORKERS; owner++) {
        struct opening o = { .deliver = NULL };
        on_worker(crew, owner, open_session, &o);
        struct place named = { 0 };
        CU_ASSERT_TRUE(session_place(o.id, &named));
        CU_ASSERT_EQUAL(named.node, NODE);
        CU_ASSERT_EQUAL(named.worker, owner);
        for (unsigned asker = 0; asker < WORKERS; asker++) {
            struct inquiry q = ask_from(crew, asker, o.id, &alice, ROUTE_REQUESTS);
            CU_ASSERT_TRUE(q.found);
            CU_ASSERT_TRUE(q.peer.initialized);
            CU_ASSERT_EQUAL(q.peer.revision, MCP_2025_06_18);
            CU_ASSERT_FALSE(ask_from(crew, asker, o.id, &bob, ROUTE_REQUESTS).found);
            CU_ASSERT_FALSE(ask_from(crew, asker, o.id, &bob, ROUTE_END).found);
        }
    }
    crew_stop(crew);
    CU_ASSERT_EQUAL(atomic_load(&front.stopped), WORKERS);
}

static void ids_that_name_nobody_are_not_found(void)
{
    static const char *const ids[] = {
        "",
        "00",
        "000000a5a500000000000000000000000000000000", /* worker 0 has no such session */
        "030000a5a500000000000000000000000000000000", /* nor has worker 3 */
        "040000a5a500000000000000000000000000000000", /* there is no worker 4 */
        "ff0000a5a500000000000000000000000000000000",
        "000000a5a600000000000000000000000000000000", /* nor such a node */
        "FF0000a5a500000000000000000000000000000000",
        "0g0000a5a500000000000000000000000000000000",
        "000000a5a5000000000000000000000000000000000", /* one digit too many */
        "../../../../../../../../../../../../../etc/",
    };
    struct crew *crew = crew_of(WORKERS);
    for (size_t i = 0; i < sizeof(ids) / sizeof(*ids); i++)
        for (unsigned asker = 0; asker < WORKERS; asker += 3)
            CU_ASSERT_FALSE(ask_from(crew, asker, ids[i], &alice, ROUTE_REQUESTS).found);
    crew_stop(crew);
}

static void ignore(void *ctx, struct slice message)
{
    (void)ctx;
    (void)message;
}

static void a_session_ends_once_and_only_when_it_has_no_stream(void)
{
    struct crew *crew = crew_of(WORKERS);
    for (unsigned owner = 0; owner < 2; owner++) {
        struct opening o = { .deliver = NULL }, other = o, stream = { .deliver = ignore };
        on_worker(crew, owner, open_session, &o);
        on_worker(crew, owner, open_session, &other);
        on_worker(crew, owner, open_session, &stream);
        CU_ASSERT_TRUE(ask_from(crew, 1, o.id, &alice, ROUTE_END).found);
        CU_ASSERT_FALSE(ask_from(crew, 1, o.id, &alice, ROUTE_END).found);
        CU_ASSERT_FALSE(ask_from(crew, 0, o.id, &alice, ROUTE_REQUESTS).found);
        CU_ASSERT_FALSE(ask_from(crew, 1, stream.id, &alice, ROUTE_END).found);
        CU_ASSERT_TRUE(ask_from(crew, 1, stream.id, &alice, ROUTE_STREAM).found);
        CU_ASSERT_FALSE(ask_from(crew, 1, stream.id, &alice, ROUTE_REQUESTS).found);
        CU_ASSERT_FALSE(ask_from(crew, 2, other.id, &alice, ROUTE_STREAM).found);
        size_t count = 0;
        on_worker(crew, owner, count_sessions, &count);
        CU_ASSERT_EQUAL(count, 2);
    }
    crew_stop(crew);
}

/* ---- deliveries ---- */

#define DELIVERIES 10000

struct inbox {
    unsigned received;
    unsigned disordered;
    uv_sem_t complete;
};

static void receive(void *ctx, struct slice message)
{
    struct inbox *in = ctx;
    char text[32] = { 0 };
    memcpy(text, message.data, message.len < 31 ? message.len : 31);
    in->disordered += strtoul(text, NULL, 10) != in->received;
    if (++in->received == DELIVERIES)
        uv_sem_post(&in->complete);
}

static void deliver_all(struct worker *w, void *arg)
{
    for (unsigned i = 0; i < DELIVERIES; i++) {
        struct buf message;
        buf_init(&message, 100);
        buf_int(&message, i);
        relay_deliver(w, arg, (struct slice){ 0 }, &message);
        CU_ASSERT_PTR_NULL(message.data); /* taken */
    }
}

static void messages_of_one_worker_arrive_in_order(void)
{
    struct crew *crew = crew_of(WORKERS);
    for (unsigned sender = 0; sender < 2; sender++) {
        struct inbox in = { .received = 0 };
        uv_sem_init(&in.complete, 0);
        struct opening o = { .deliver = receive, .ctx = &in };
        on_worker(crew, 1, open_session, &o);
        on_worker(crew, sender, deliver_all, o.id);
        uv_sem_wait(&in.complete);
        CU_ASSERT_EQUAL(in.received, DELIVERIES);
        CU_ASSERT_EQUAL(in.disordered, 0);
        uv_sem_destroy(&in.complete);
    }
    crew_stop(crew);
}

static void settle(struct worker *w, void *arg)
{
    struct buf message;
    buf_init(&message, 100);
    buf_str(&message, "9999");
    relay_change(w, arg,
                 &(struct mcp_change){ .peer = &(struct mcp_peer){ .initialized = true,
                                                                   .revision = MCP_2024_11_05 } },
                 &(struct caller){ .id = alice });
    relay_deliver(w, arg, (struct slice){ 0 }, &message);
}

static void what_initialize_settled_is_known_with_its_answer(void)
{
    struct crew *crew = crew_of(WORKERS);
    for (unsigned sender = 0; sender < 2; sender++) {
        struct inbox in = { .received = DELIVERIES - 1 };
        uv_sem_init(&in.complete, 0);
        struct opening o = { .deliver = receive, .ctx = &in };
        on_worker(crew, 1, open_session, &o);
        on_worker(crew, sender, settle, o.id);
        uv_sem_wait(&in.complete);
        CU_ASSERT_EQUAL(ask_from(crew, 2, o.id, &alice, ROUTE_STREAM).peer.revision,
                        MCP_2024_11_05);
        uv_sem_destroy(&in.complete);
    }
    crew_stop(crew);
}

static void hear(void *ctx, struct slice message)
{
    if (memmem(message.data, message.len, "/list_changed", 13))
        uv_sem_post(&((struct inbox *)ctx)->complete);
}

static void settle_and_announce(struct worker *w, void *arg)
{
    settle(w, arg);
    w->mcp.announce(w->mcp.announce_ctx, HUB_TOOLS | HUB_PROMPTS);
}

static void an_initialized_session_hears_of_changed_lists_from_every_worker(void)
{
    struct crew *crew = crew_of(WORKERS);
    for (unsigned sender = 0; sender < 2; sender++) {
        struct inbox in = { .received = 0 };
        uv_sem_init(&in.complete, 0);
        struct opening o = { .deliver = hear, .ctx = &in };
        on_worker(crew, 1, open_session, &o);
        on_worker(crew, sender, settle_and_announce, o.id);
        uv_sem_wait(&in.complete);
        uv_sem_wait(&in.complete);
        on_worker(crew, 1, remove_session, o.id);
        on_worker(crew, 2, settle_and_announce, o.id);
        uv_sem_destroy(&in.complete);
    }
    crew_stop(crew);
}

static void deliveries_to_nobody_are_dropped(void)
{
    struct crew *crew = crew_of(WORKERS);
    struct opening o = { .deliver = NULL };
    on_worker(crew, 1, open_session, &o);
    static char gone[] = "010000a5a500000000000000000000000000000000", nobody[] = "zz";
    for (unsigned sender = 0; sender < 2; sender++) {
        on_worker(crew, sender, settle, gone);
        on_worker(crew, sender, settle, nobody);
        on_worker(crew, sender, settle, o.id); /* has no stream */
    }
    size_t count = 0;
    on_worker(crew, 1, count_sessions, &count);
    CU_ASSERT_EQUAL(count, 1);
    crew_stop(crew);
}

/* ---- many at once, and the end ---- */

#define QUESTIONS 2000

static char ids[WORKERS][SESSION_ID + 1];
static atomic_uint asked, answered_well, answered_badly;

static void on_one_found(void *ctx, enum route_outcome outcome, const struct mcp_peer *peer)
{
    (void)outcome;
    bool expected = ctx != NULL;
    atomic_fetch_add((peer != NULL) == expected ? &answered_well : &answered_badly, 1);
}

static void ask_many(struct worker *w, void *arg)
{
    (void)arg;
    for (unsigned i = 0; i < QUESTIONS; i++) {
        atomic_fetch_add(&asked, 1);
        bool own = i % 3 != 0;
        route_find(w, ids[i % WORKERS], own ? &alice : &bob, ROUTE_REQUESTS, on_one_found,
                   own ? &asked : NULL);
    }
}

struct free_task {
    struct mail mail;
};

static void run_free_task(void *receiver, struct mail *m)
{
    ask_many(receiver, NULL);
    free(m);
}

static void drop_free_task(struct mail *m)
{
    free(m);
}

static void everybody_asks(struct crew *crew)
{
    atomic_store(&asked, 0);
    atomic_store(&answered_well, 0);
    atomic_store(&answered_badly, 0);
    for (unsigned i = 0; i < WORKERS; i++) {
        struct opening o = { .deliver = NULL };
        on_worker(crew, i, open_session, &o);
        memcpy(ids[i], o.id, sizeof(o.id));
    }
    for (unsigned i = 0; i < WORKERS; i++) {
        struct free_task *t = malloc(sizeof(*t));
        t->mail = (struct mail){ .run = run_free_task, .drop = drop_free_task };
        mailbox_post(&crew_worker(crew, i)->mailbox, &t->mail);
    }
}

static void nothing(struct worker *w, void *arg)
{
    (void)w;
    (void)arg;
}

static void many_questions_at_once_are_all_answered(void)
{
    struct crew *crew = crew_of(WORKERS);
    everybody_asks(crew);
    while (atomic_load(&answered_well) + atomic_load(&answered_badly) < WORKERS * QUESTIONS)
        for (unsigned i = 0; i < WORKERS; i++)
            on_worker(crew, i, nothing, NULL);
    CU_ASSERT_EQUAL(atomic_load(&answered_badly), 0);
    CU_ASSERT_EQUAL(atomic_load(&asked), WORKERS * QUESTIONS);
    crew_stop(crew);
}

static void a_crew_may_stop_with_questions_on_their_way(void)
{
    for (int round = 0; round < 20; round++) {
        struct crew *crew = crew_of(WORKERS);
        everybody_asks(crew);
        if (round % 2)
            while (!atomic_load(&answered_well))
                continue;
        crew_stop(crew);
        CU_ASSERT_EQUAL(atomic_load(&answered_badly), 0);
        CU_ASSERT(atomic_load(&answered_well) <= atomic_load(&asked));
    }
}

/* ---- starting ---- */

static void a_crew_that_cannot_start_leaves_nothing(void)
{
    for (unsigned bad = 0; bad < WORKERS; bad++) {
        struct crew *crew = NULL;
        struct err err = { 0 };
        char expected[40];
        front = (struct front_double){ .fails_at = bad };
        CU_ASSERT_FALSE(start_crew(WORKERS, &crew, &err));
        snprintf(expected, sizeof(expected), "worker %u has a bad day", bad);
        CU_ASSERT_STRING_EQUAL(err.text, expected);
        CU_ASSERT_PTR_NULL(crew);
        CU_ASSERT_EQUAL(atomic_load(&front.started), WORKERS - 1);
        CU_ASSERT_EQUAL(atomic_load(&front.stopped), WORKERS - 1);
    }
}

#define MANY 64

static void a_crew_short_of_descriptors_leaves_nothing(void)
{
    struct rlimit files, few;
    getrlimit(RLIMIT_NOFILE, &files);
    front = (struct front_double){ .fails_at = UINT_MAX };
    for (rlim_t limit = 20; limit < 120; limit += 7) {
        struct crew *crew = NULL;
        struct err err = { 0 };
        few = (struct rlimit){ .rlim_cur = limit, .rlim_max = files.rlim_max };
        setrlimit(RLIMIT_NOFILE, &few);
        bool ok = start_crew(MANY, &crew, &err);
        setrlimit(RLIMIT_NOFILE, &files);
        CU_ASSERT_FALSE(ok);
        CU_ASSERT(err.text[0] != '\0');
        crew_stop(crew);
    }
}

/* As a client does that comes back with its old session id right after a restart. */
static void ask_the_last(struct worker *w)
{
    static const char last[] = "3f00000000000000000000000000000000";
    if (w->index == 0)
        route_find(w, last, &alice, ROUTE_REQUESTS, on_one_found, NULL);
}

static void the_first_worker_may_ask_the_last_at_once(void)
{
    for (int bad = 0; bad < 2; bad++) {
        struct crew *crew = NULL;
        struct err err;
        atomic_store(&answered_well, 0);
        front = (struct front_double){ .fails_at = bad ? MANY - 1 : UINT_MAX,
                                       .on_start = ask_the_last };
        CU_ASSERT_EQUAL(start_crew(MANY, &crew, &err), !bad);
        while (crew && !atomic_load(&answered_well))
            on_worker(crew, 0, nothing, NULL);
        crew_stop(crew);
    }
}

#define ADD(suite, test) CU_add_test(suite, #test, test)

int main(void)
{
    json_init();
    if (!secret_init() || !(catalog = mcp_catalog_new(NULL)) ||
        CU_initialize_registry() != CUE_SUCCESS)
        return 2;
    secret_digest(slice_of("alice"), &alice);
    secret_digest(slice_of("bob"), &bob);
    CU_pSuite sessions = CU_add_suite("route: sessions of several workers", NULL, NULL);
    ADD(sessions, every_worker_finds_every_session);
    ADD(sessions, ids_that_name_nobody_are_not_found);
    ADD(sessions, a_session_ends_once_and_only_when_it_has_no_stream);
    CU_pSuite deliveries = CU_add_suite("route: deliveries", NULL, NULL);
    ADD(deliveries, messages_of_one_worker_arrive_in_order);
    ADD(deliveries, what_initialize_settled_is_known_with_its_answer);
    ADD(deliveries, an_initialized_session_hears_of_changed_lists_from_every_worker);
    ADD(deliveries, deliveries_to_nobody_are_dropped);
    CU_pSuite end = CU_add_suite("route: many at once, start and end", NULL, NULL);
    ADD(end, many_questions_at_once_are_all_answered);
    ADD(end, a_crew_may_stop_with_questions_on_their_way);
    ADD(end, a_crew_that_cannot_start_leaves_nothing);
    ADD(end, a_crew_short_of_descriptors_leaves_nothing);
    ADD(end, the_first_worker_may_ask_the_last_at_once);
    int code = run_suites();
    mcp_catalog_free(catalog);
    return code;
}
