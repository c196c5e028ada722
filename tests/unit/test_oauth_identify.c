#include "oauth_world.h"

#include "asana/ask.h"
#include "base/secret.h"
#include "oauth/renew.h"
#include "policy/blocks.h"
#include "policy/changes.h"

static struct oauth_world w;
static struct world_worker *k = &w.main;
static struct world_reply r;

static unsigned refreshed(void)
{
    unsigned n;
    AT_ASANA(&w, n = a->refreshed);
    return n;
}

/* ---- who calls ---- */

static void a_call_without_a_token_is_unknown_and_nothing_is_said(void)
{
    CU_ASSERT_EQUAL(world_ask(k, "GET", "/mcp", "", "", &r), 401);
    CU_ASSERT_STRING_EQUAL(r.body, "\n");
    CU_ASSERT_EQUAL(world_ask(k, "GET", "/mcp", "Authorization: Basic YTpi\r\n", "", &r), 401);
    CU_ASSERT_STRING_EQUAL(r.body, "\n");
}

static void strange_tokens_are_unknown(void)
{
    char client[40], long_one[300];
    struct world_pair pair = world_signed_in(k, "2/77:mine", 3600, client);
    memset(long_one, 'a', sizeof(long_one) - 1);
    long_one[sizeof(long_one) - 1] = '\0';
    memcpy(long_one, TOKEN_ACCESS, strlen(TOKEN_ACCESS));
    const char *const strange[] = { "x", "2/77:mine", TOKEN_ACCESS, long_one, pair.refresh };
    for (size_t i = 0; i < sizeof(strange) / sizeof(strange[0]); i++) {
        CU_ASSERT_EQUAL(world_who(k, "/mcp", strange[i], &r), 401);
        CU_ASSERT_PTR_NULL(strstr(r.body, strange[i]));
    }
    for (size_t i = 0; i < strlen(pair.access); i++) {
        struct world_pair changed = pair;
        changed.access[i] = changed.access[i] == 'A' ? 'B' : 'A';
        CU_ASSERT_EQUAL(world_who(k, "/mcp", changed.access, &r), 401);
    }
    CU_ASSERT_EQUAL(world_who(k, "/mcp", pair.access, &r), 200);
    char twice[400];
    snprintf(twice, sizeof(twice),
             "Authorization: Bearer %s\r\nAuthorization: Bearer " TOKEN_ACCESS "x\r\n",
             pair.access);
    CU_ASSERT_EQUAL(world_ask(k, "GET", "/mcp", twice, "", &r), 401);
    snprintf(twice, sizeof(twice), "authorization: bEARER  %s \r\n", pair.access);
    CU_ASSERT_EQUAL(world_ask(k, "GET", "/mcp", twice, "", &r), 200);
}

static void a_token_counts_where_it_was_meant_for(void)
{
    char client[40];
    struct world_code code;
    world_register(k, "none", client, NULL);
    world_grant(k, client, 0, AUDIENCE_MCP, "2/77:mine", 3600, &code);
    CU_ASSERT_EQUAL(world_exchange(k, client, code.text, "", &r), 200);
    struct world_pair pair = world_pair_of(&r);
    for (int again = 0; again < 2; again++) { /* from the store, and from memory */
        CU_ASSERT_EQUAL(world_who(k, "/sse", pair.access, &r), 401);
        CU_ASSERT_EQUAL(world_who(k, "/sse/message", pair.access, &r), 401);
        CU_ASSERT_EQUAL(world_who(k, "/elsewhere", pair.access, &r), 200); /* for its 404 */
        CU_ASSERT_EQUAL(world_who(k, "/mcp", pair.access, &r), 200);
    }
}

static void an_access_token_lives_an_hour(void)
{
    char client[40];
    struct world_pair pair = world_signed_in(k, "2/77:mine", 36000, client);
    CU_ASSERT_EQUAL(world_who(k, "/mcp", pair.access, &r), 200);
    world_pass(LIMIT_ACCESS_SECONDS - 5);
    CU_ASSERT_EQUAL(world_who(k, "/mcp", pair.access, &r), 200);
    world_pass(6);
    CU_ASSERT_EQUAL(world_who(k, "/mcp", pair.access, &r), 401); /* known here */
    world_pass(60);
    CU_ASSERT_EQUAL(world_who(k, "/mcp", pair.access, &r), 401); /* and asked for again */
}

static void run(const struct store_op *ops, size_t n)
{
    struct store_wait *wait;
    const struct store_result *result;
    struct err err;
    CU_ASSERT_TRUE_FATAL(store_run_wait(w.store, ops, n, oauth_now(), &wait, &result, &err));
    CU_ASSERT_EQUAL(result->outcome, STORE_DONE);
    store_wait_done(wait);
}

static void set_block(enum block_kind kind, const char *id, bool blocked)
{
    char key[LIMIT_STORE_KEY + 1];
    BUF_AUTO text = { .max = 1000 };
    struct store_op ops[2];
    block_key(kind, id, key);
    block_write(&(struct block){ .kind = kind, .id = id, .reason = "" }, &text);
    ops[0] = (struct store_op){ .verb = blocked ? STORE_PUT : STORE_DELETE,
                                .table = STORE_BLOCKS,
                                .key = slice_of(key),
                                .value = buf_slice(&text) };
    changes_count(&ops[1]);
    run(ops, 2);
}

static int soon(const char *token, int status)
{
    uint64_t until = clock_ms() + PROBE_PATIENCE_MS;
    while (world_who(k, "/mcp", token, &r) != status && clock_ms() < until)
        world_pump(k);
    return r.status;
}

static void who_is_blocked_is_told_so_and_comes_back(void)
{
    char client[40];
    struct world_pair pair = world_signed_in(k, "2/77:mine", 3600, client);
    CU_ASSERT_EQUAL(world_who(k, "/mcp", pair.access, &r), 200);
    set_block(BLOCK_PERSON, "77", true);
    CU_ASSERT_EQUAL(soon(pair.access, 403), 403);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.body, "administrator"));
    set_block(BLOCK_PERSON, "77", false);
    CU_ASSERT_EQUAL(soon(pair.access, 200), 200);
    set_block(BLOCK_CLIENT, client, true);
    CU_ASSERT_EQUAL(soon(pair.access, 403), 403);
    set_block(BLOCK_CLIENT, client, false);
    CU_ASSERT_EQUAL(soon(pair.access, 200), 200);
}

static void nobody_is_let_in_before_the_blocks_are_known(void)
{
    char client[40];
    struct world_pair pair = world_signed_in(k, "2/77:mine", 3600, client);
    CU_ASSERT_EQUAL(world_who(k, "/mcp", pair.access, &r), 200);
    oauth_worker_obey(k->oauth, NULL);
    CU_ASSERT_EQUAL(world_who(k, "/mcp", pair.access, &r), 503);
    oauth_worker_obey(k->oauth, k->policy);
    CU_ASSERT_EQUAL(world_who(k, "/mcp", pair.access, &r), 200);
}

/* Somebody else (another node, the command line) ends it in the store. */
static void a_grant_that_ended_elsewhere_ends_here_within_a_moment(void)
{
    char client[40];
    struct world_pair pair = world_signed_in(k, "2/77:mine", 3600, client);
    CU_ASSERT_EQUAL(world_who(k, "/mcp", pair.access, &r), 200);
    struct store_wait *wait;
    const struct store_result *result;
    struct err err;
    struct store_op list = { .verb = STORE_LIST,
                             .table = STORE_GRANTS,
                             .key = slice_of("user:77") };
    CU_ASSERT_TRUE_FATAL(store_run_wait(w.store, &list, 1, oauth_now(), &wait, &result, &err));
    for (size_t i = 0; i < result->answers[0].count; i++) {
        char id[40];
        struct store_op ops[2];
        snprintf(id, sizeof(id), "%.*s", (int)result->answers[0].records[i].key.len,
                 result->answers[0].records[i].key.data);
        changes_end_grant(id, ops);
        run(ops, 2);
    }
    store_wait_done(wait);
    CU_ASSERT_EQUAL(soon(pair.access, 401), 401);
}

static void a_store_that_is_down_lets_those_in_whom_we_know(void)
{
    char client[40];
    struct world_pair known = world_signed_in(k, "2/77:mine", 36000, client);
    struct world_pair unknown = world_signed_in(k, "2/77:mine", 36000, client);
    CU_ASSERT_EQUAL(world_who(k, "/mcp", known.access, &r), 200);
    world_break(&w);
    CU_ASSERT_EQUAL(world_who(k, "/mcp", known.access, &r), 200);
    CU_ASSERT_EQUAL(world_who(k, "/mcp", unknown.access, &r), 503);
    world_pass(LIMIT_TOKEN_SEEN_SECONDS + 1);
    CU_ASSERT_EQUAL(world_who(k, "/mcp", known.access, &r), 200);
    world_pass(600);
    CU_ASSERT_EQUAL(world_who(k, "/mcp", known.access, &r), 503);
    world_mend(&w);
    CU_ASSERT_EQUAL(world_who(k, "/mcp", known.access, &r), 200);
    /* What may have ended counts only when the store has been asked. */
    oauth_worker_doubt(k->oauth);
    world_break(&w);
    CU_ASSERT_EQUAL(world_who(k, "/mcp", known.access, &r), 503);
    world_mend(&w);
    CU_ASSERT_EQUAL(world_who(k, "/mcp", known.access, &r), 200);
}

/* ---- Asana's token ---- */

static void asanas_token_is_renewed_a_minute_early(void)
{
    char client[40];
    struct world_pair pair = world_signed_in(k, "2/77:mine", 100, client);
    unsigned before = refreshed();
    CU_ASSERT_EQUAL(world_who(k, "/mcp", pair.access, &r), 200);
    CU_ASSERT_STRING_EQUAL(r.body, "77 22 2/77:mine writes");
    world_pass(41);
    CU_ASSERT_EQUAL(world_who(k, "/mcp", pair.access, &r), 200);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.body, "2/77:access-"));
    CU_ASSERT_EQUAL(refreshed(), before + 1);
    AT_ASANA(&w, CU_ASSERT_PTR_NOT_NULL(strstr(a->form, "grant_type=refresh_token&refresh_token="
                                                        "2%2F77%3Arefresh-1&")));
    CU_ASSERT_EQUAL(world_who(k, "/mcp", pair.access, &r), 200);
    CU_ASSERT_EQUAL(refreshed(), before + 1);
    /* It was written: whoever reads the store has it, and the refresh token, too. */
    oauth_worker_doubt(k->oauth);
    CU_ASSERT_EQUAL(world_who(k, "/mcp", pair.access, &r), 200);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.body, "2/77:access-"));
    CU_ASSERT_EQUAL(refreshed(), before + 1);
    CU_ASSERT_EQUAL(world_refresh(k, client, pair.refresh, "", &r), 200);
    pair = world_pair_of(&r);
    world_pass(3550);
    CU_ASSERT_EQUAL(world_who(k, "/mcp", pair.access, &r), 200);
    CU_ASSERT_EQUAL(refreshed(), before + 2);
}

static void many_calls_at_once_renew_it_once(void)
{
    enum { MANY = 20 };
    char client[40], header[300], body[200] = "";
    struct probe p[MANY];
    struct world_pair pair = world_signed_in(k, "2/77:mine", 10, client);
    unsigned before = refreshed();
    AT_ASANA(&w, a->hold = true);
    snprintf(header, sizeof(header), "Authorization: Bearer %s\r\n", pair.access);
    for (int i = 0; i < MANY; i++) {
        probe_open(&p[i], k->port, world_pump, k);
        world_say(&p[i], "GET", "/mcp", header, "");
    }
    WORLD_UNTIL_ASANA(k, a->held == 1);
    for (int i = 0; i < 20; i++)
        world_pump(k);
    AT_ASANA(&w, a->hold = false);
    for (int i = 0; i < MANY; i++) {
        world_hear(&p[i], &r);
        probe_close(&p[i]);
        CU_ASSERT_EQUAL(r.status, 200);
        if (!*body)
            snprintf(body, sizeof(body), "%.199s", r.body);
        CU_ASSERT_STRING_EQUAL(r.body, body);
    }
    CU_ASSERT_EQUAL(refreshed(), before + 1);
}

static void a_grant_touched_meanwhile_keeps_both_changes(void)
{
    char client[40], header[300], old[100];
    struct probe p;
    struct world_pair pair = world_signed_in(k, "2/77:mine", 10, client);
    AT_ASANA(&w, a->hold = true);
    snprintf(header, sizeof(header), "Authorization: Bearer %s\r\n", pair.access);
    probe_open(&p, k->port, world_pump, k);
    world_say(&p, "GET", "/mcp", header, "");
    WORLD_UNTIL_ASANA(k, a->held == 1);
    CU_ASSERT_EQUAL(world_refresh(k, client, pair.refresh, "", &r), 200); /* writes the grant */
    pair = world_pair_of(&r);
    AT_ASANA(&w, a->hold = false);
    world_hear(&p, &r);
    probe_close(&p);
    CU_ASSERT_EQUAL(r.status, 200);
    snprintf(old, sizeof(old), "%.99s", r.body);
    unsigned before = refreshed();
    CU_ASSERT_EQUAL(world_ask(k, "GET", "/mcp", header, "", &r), 200);
    CU_ASSERT_STRING_EQUAL(r.body, old);
    CU_ASSERT_EQUAL(world_who(k, "/mcp", pair.access, &r), 200); /* from the store */
    CU_ASSERT_EQUAL(strncmp(old, r.body, strlen(r.body)), 0);
    CU_ASSERT_EQUAL(refreshed(), before);
}

static void a_grant_that_ends_during_a_renewal_has_ended(void)
{
    char client[40], header[300], form[300];
    struct probe p;
    struct world_pair pair = world_signed_in(k, "2/77:mine", 10, client);
    AT_ASANA(&w, a->hold = true);
    snprintf(header, sizeof(header), "Authorization: Bearer %s\r\n", pair.access);
    probe_open(&p, k->port, world_pump, k);
    world_say(&p, "GET", "/mcp", header, "");
    WORLD_UNTIL_ASANA(k, a->held == 1);
    snprintf(form, sizeof(form), "client_id=%s&token=%s", client, pair.refresh);
    CU_ASSERT_EQUAL(world_post(k, "/revoke", form, &r), 200);
    AT_ASANA(&w, a->hold = false);
    world_hear(&p, &r);
    probe_close(&p);
    CU_ASSERT_EQUAL(r.status, 401);
    CU_ASSERT_EQUAL(world_who(k, "/mcp", pair.access, &r), 401);
}

static void a_renewal_that_fails_does_no_harm_while_the_token_lives(void)
{
    static const struct {
        const char *refuse, *status, *answer;
    } bad[] = {
        { "server_error", "503 Service Unavailable", NULL },
        { "invalid_client", "401 Unauthorized", NULL },
        { "slow_down", "429 Too Many Requests", NULL },
        { NULL, NULL, "not JSON" },
        { NULL, NULL, "{\"expires_in\":3600}" },
        { NULL, NULL, "{\"access_token\":\"a\\r\\nb\"}" },
        { NULL, NULL, "{\"access_token\":\"\"}" },
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        char client[40];
        struct world_pair pair = world_signed_in(k, "2/77:mine", 30, client);
        AT_ASANA(&w, a->refuse = bad[i].refuse; a->status = bad[i].status;
                 a->answer = bad[i].answer);
        CU_ASSERT_EQUAL(world_who(k, "/mcp", pair.access, &r), 200);
        CU_ASSERT_STRING_EQUAL(r.body, "77 22 2/77:mine writes");
        world_pass(31);
        CU_ASSERT_EQUAL(world_who(k, "/mcp", pair.access, &r), 503);
        AT_ASANA(&w, a->refuse = a->status = a->answer = NULL);
        CU_ASSERT_EQUAL(world_who(k, "/mcp", pair.access, &r), 200);
        CU_ASSERT_PTR_NOT_NULL(strstr(r.body, "2/77:access-"));
    }
}

static void what_asana_withdraws_ends_here(void)
{
    char client[40];
    struct world_pair pair = world_signed_in(k, "2/77:mine", 30, client);
    AT_ASANA(&w, a->refuse = "invalid_grant");
    CU_ASSERT_EQUAL(world_who(k, "/mcp", pair.access, &r), 401);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.body, "sign in again"));
    unsigned before = refreshed();
    CU_ASSERT_EQUAL(world_who(k, "/mcp", pair.access, &r), 401);
    CU_ASSERT_EQUAL(refreshed(), before);
    AT_ASANA(&w, a->refuse = NULL);
    CU_ASSERT_EQUAL(world_refresh(k, client, pair.refresh, "", &r), 400);
    CU_ASSERT_STRING_EQUAL(world_member(&r, "error"), "invalid_grant");
}

static void a_strange_lifetime_is_taken_for_an_hour(void)
{
    char client[40];
    struct world_pair pair = world_signed_in(k, "2/77:mine", 30, client);
    static const char *const strange[] = { "{\"access_token\":\"new-1\",\"expires_in\":1e300}",
                                           "{\"access_token\":\"new-2\",\"expires_in\":-5}",
                                           "{\"access_token\":\"new-3\",\"expires_in\":\"x\"}" };
    for (size_t i = 0; i < 3; i++) {
        AT_ASANA(&w, a->answer = strange[i]);
        CU_ASSERT_EQUAL(world_who(k, "/mcp", pair.access, &r), 200);
        unsigned before = refreshed();
        CU_ASSERT_EQUAL(world_who(k, "/mcp", pair.access, &r), 200);
        CU_ASSERT_EQUAL(refreshed(), before);
        CU_ASSERT_EQUAL(world_refresh(k, client, pair.refresh, "", &r), 200);
        pair = world_pair_of(&r);
        world_pass(3550);
    }
    AT_ASANA(&w, a->answer = NULL);
}

/* ---- calls that meet a 401 ---- */

struct call {
    bool done;
    int status;
    enum asana_outcome outcome;
};

static void on_called(void *ctx, const struct asana_answer *answer)
{
    struct call *c = ctx;
    *c = (struct call){ true, answer->status, answer->outcome };
    CU_ASSERT_TRUE(answer->status != 200 || answer->renewed);
}

static struct asana_ask *call(const char *token, struct call *c)
{
    struct asana_req req;
    struct err err;
    SECRET_AUTO secret = { 0 };
    secret_set(&secret, slice_of(token));
    *c = (struct call){ 0 };
    asana_req_init(&req, ASANA_POST);
    asana_path(&req, "/tasks/1");
    struct asana_ask *ask = asana_ask(&k->worker.mcp.asana, &req, &secret, on_called, c, &err);
    CU_ASSERT_PTR_NOT_NULL(ask);
    return ask;
}

static int call_status(const char *token)
{
    struct call c;
    call(token, &c);
    WORLD_UNTIL(k, c.done);
    CU_ASSERT_EQUAL(c.outcome, ASANA_ANSWERED);
    return c.status;
}

static struct world_pair known_with_dead_token(const char *asana_access, char client[40])
{
    struct world_pair pair = world_signed_in(k, asana_access, 3600, client);
    CU_ASSERT_EQUAL(world_who(k, "/mcp", pair.access, &r), 200);
    AT_ASANA(&w, snprintf(a->dead, sizeof(a->dead), "%s", asana_access));
    return pair;
}

static void a_call_whose_token_asana_refuses_gets_a_new_one_once(void)
{
    char client[40];
    known_with_dead_token("2/77:dead-1", client);
    unsigned before = refreshed();
    CU_ASSERT_EQUAL(call_status("2/77:dead-1"), 200);
    CU_ASSERT_EQUAL(refreshed(), before + 1);
    AT_ASANA(&w, CU_ASSERT_EQUAL(strncmp(a->used, "2/77:access-", 12), 0));
}

static void calls_at_once_share_the_new_token(void)
{
    enum { MANY = 10 };
    char client[40];
    struct call c[MANY];
    known_with_dead_token("2/77:dead-2", client);
    unsigned before = refreshed();
    for (int i = 0; i < MANY; i++)
        call("2/77:dead-2", &c[i]);
    for (int i = 0; i < MANY; i++) {
        WORLD_UNTIL(k, c[i].done);
        CU_ASSERT_EQUAL(c[i].status, 200);
    }
    CU_ASSERT_EQUAL(refreshed(), before + 1);
}

/* It was replaced while the call was under way. */
static void a_call_with_the_token_before_gets_the_present_one(void)
{
    char client[40];
    struct world_pair pair = known_with_dead_token("2/77:dead-3", client);
    CU_ASSERT_EQUAL(call_status("2/77:dead-3"), 200);
    unsigned before = refreshed();
    CU_ASSERT_EQUAL(call_status("2/77:dead-3"), 200);
    oauth_worker_doubt(k->oauth);
    CU_ASSERT_EQUAL(world_who(k, "/mcp", pair.access, &r), 200); /* read again from the store */
    CU_ASSERT_EQUAL(call_status("2/77:dead-3"), 200);
    CU_ASSERT_EQUAL(refreshed(), before);
}

static void a_new_token_that_is_refused_is_not_renewed_again(void)
{
    char client[40], token[60];
    known_with_dead_token("2/77:dead-4", client);
    CU_ASSERT_EQUAL(call_status("2/77:dead-4"), 200);
    AT_ASANA(&w, memcpy(token, a->used, sizeof(token)); memcpy(a->dead, token, sizeof(token)));
    unsigned before = refreshed();
    CU_ASSERT_EQUAL(call_status(token), 401);
    CU_ASSERT_EQUAL(refreshed(), before);
    world_pass(LIMIT_RENEW_EARLY + 1);
    CU_ASSERT_EQUAL(call_status(token), 200);
    CU_ASSERT_EQUAL(refreshed(), before + 1);
}

static void a_call_of_a_withdrawn_grant_is_401(void)
{
    char client[40];
    struct world_pair pair = known_with_dead_token("2/77:dead-5", client);
    AT_ASANA(&w, a->refuse = "invalid_grant");
    CU_ASSERT_EQUAL(call_status("2/77:dead-5"), 401);
    AT_ASANA(&w, a->refuse = NULL);
    CU_ASSERT_EQUAL(world_who(k, "/mcp", pair.access, &r), 401);
}

static void a_call_with_a_token_that_nobody_knows_is_401(void)
{
    AT_ASANA(&w, snprintf(a->dead, sizeof(a->dead), "2/99:foreign"));
    CU_ASSERT_EQUAL(call_status("2/99:foreign"), 401);
}

static void a_call_may_be_cancelled_during_its_renewal(void)
{
    char client[40];
    struct call one, other;
    known_with_dead_token("2/77:dead-6", client);
    AT_ASANA(&w, a->hold = true);
    struct asana_ask *ask = call("2/77:dead-6", &one);
    call("2/77:dead-6", &other);
    WORLD_UNTIL_ASANA(k, a->held == 1 && a->called > 1);
    asana_ask_cancel(ask);
    AT_ASANA(&w, a->hold = false);
    WORLD_UNTIL(k, other.done);
    CU_ASSERT_EQUAL(other.status, 200);
    CU_ASSERT_FALSE(one.done);
}

static void a_call_may_outlive_the_workers_sign_in(void)
{
    char client[40];
    struct call c;
    struct err err;
    known_with_dead_token("2/77:dead-7", client);
    AT_ASANA(&w, a->hold = true);
    struct asana_ask *ask = call("2/77:dead-7", &c);
    WORLD_UNTIL_ASANA(k, a->held == 1);
    policy_close(k->policy);
    oauth_worker_close(k->oauth);
    world_pump(k);
    asana_ask_cancel(ask);
    CU_ASSERT_FALSE(c.done);
    AT_ASANA(&w, a->hold = false);
    CU_ASSERT_EQUAL(call_status("2/77:dead-7"), 401); /* nobody renews any more */
    CU_ASSERT_TRUE_FATAL(oauth_worker_open(w.oauth, &k->worker, &k->oauth, &err));
    struct policy_options policy = { .store = w.store, .poll_ms = 50 };
    CU_ASSERT_TRUE_FATAL(
        policy_open(&k->worker.loop, &policy, world_on_changed, k, &k->policy, &err));
    oauth_worker_obey(k->oauth, k->policy);
    world_ready(k);
    world_pass(LIMIT_RENEW_WAIT + 1); /* the lock that was left behind */
}

/* ---- two workers on threads of their own ---- */

struct second {
    struct world_worker worker;
    uv_thread_t thread;
    uv_sem_t ready;
    uv_async_t stop;
};

static void on_stop(uv_async_t *async)
{
    uv_close((uv_handle_t *)async, NULL);
    uv_stop(async->loop);
}

static void run_second(void *ctx)
{
    struct second *s = ctx;
    world_worker_open(&w, &s->worker);
    uv_async_init(&s->worker.worker.loop, &s->stop, on_stop);
    world_ready(&s->worker);
    s->worker.pumped = k; /* by the test's thread */
    uv_sem_post(&s->ready);
    uv_run(&s->worker.worker.loop, UV_RUN_DEFAULT);
    world_worker_close(&s->worker);
}

static void two_workers_renew_once(void)
{
    enum { EACH = 5 };
    struct second s;
    char client[40], header[300];
    struct probe p[2 * EACH];
    uv_sem_init(&s.ready, 0);
    uv_thread_create(&s.thread, run_second, &s);
    uv_sem_wait(&s.ready);
    for (int round = 0; round < 5; round++) {
        struct world_pair pair = world_signed_in(k, "2/77:mine", 10, client);
        unsigned before = refreshed();
        snprintf(header, sizeof(header), "Authorization: Bearer %s\r\n", pair.access);
        for (int i = 0; i < 2 * EACH; i++) {
            probe_open(&p[i], i % 2 ? s.worker.port : k->port, world_pump, k);
            world_say(&p[i], "GET", "/mcp", header, "");
        }
        for (int i = 0; i < 2 * EACH; i++) {
            world_hear(&p[i], &r);
            probe_close(&p[i]);
            CU_ASSERT_EQUAL(r.status, 200);
            CU_ASSERT_PTR_NOT_NULL(strstr(r.body, "2/77:access-"));
        }
        CU_ASSERT_EQUAL(refreshed(), before + 1);
        /* And what ends on one ends on the other. */
        char form[300];
        snprintf(form, sizeof(form), "client_id=%s&token=%s", client, pair.refresh);
        CU_ASSERT_EQUAL(world_post(k, "/revoke", form, &r), 200);
        uint64_t until = clock_ms() + PROBE_PATIENCE_MS;
        while (world_who(&s.worker, "/mcp", pair.access, &r) != 401 && clock_ms() < until)
            world_pump(k);
        CU_ASSERT_EQUAL(r.status, 401);
    }
    uv_async_send(&s.stop);
    uv_thread_join(&s.thread);
    uv_sem_destroy(&s.ready);
}

#define ADD(test) CU_add_test(suite, #test, test)

static int suites(void)
{
    CU_pSuite suite = CU_add_suite("oauth: who calls", NULL, NULL);
    ADD(a_call_without_a_token_is_unknown_and_nothing_is_said);
    ADD(strange_tokens_are_unknown);
    ADD(a_token_counts_where_it_was_meant_for);
    ADD(an_access_token_lives_an_hour);
    ADD(who_is_blocked_is_told_so_and_comes_back);
    ADD(nobody_is_let_in_before_the_blocks_are_known);
    ADD(a_grant_that_ended_elsewhere_ends_here_within_a_moment);
    ADD(a_store_that_is_down_lets_those_in_whom_we_know);
    suite = CU_add_suite("oauth: Asana's token", NULL, NULL);
    ADD(asanas_token_is_renewed_a_minute_early);
    ADD(many_calls_at_once_renew_it_once);
    ADD(a_grant_touched_meanwhile_keeps_both_changes);
    ADD(a_grant_that_ends_during_a_renewal_has_ended);
    ADD(a_renewal_that_fails_does_no_harm_while_the_token_lives);
    ADD(what_asana_withdraws_ends_here);
    ADD(a_strange_lifetime_is_taken_for_an_hour);
    suite = CU_add_suite("oauth: calls that meet a 401", NULL, NULL);
    ADD(a_call_whose_token_asana_refuses_gets_a_new_one_once);
    ADD(calls_at_once_share_the_new_token);
    ADD(a_call_with_the_token_before_gets_the_present_one);
    ADD(a_new_token_that_is_refused_is_not_renewed_again);
    ADD(a_call_of_a_withdrawn_grant_is_401);
    ADD(a_call_with_a_token_that_nobody_knows_is_401);
    ADD(a_call_may_be_cancelled_during_its_renewal);
    ADD(a_call_may_outlive_the_workers_sign_in);
    suite = CU_add_suite("oauth: two workers", NULL, NULL);
    ADD(two_workers_renew_once);
    return true;
}

int main(void)
{
    return world_main(&w, suites);
}
