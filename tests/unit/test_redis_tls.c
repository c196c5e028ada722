/* Redis over TLS: the store and messages, and who is not talked to. Where hiredis has no TLS only
 * the refusal is tested, and the rest counts as inactive. */
#include "store_suite.h"

#include "real_redis.h"
#include "redis/redis.h"
#include "redis/redis_tls.h"
#include "suites.h"

#include <sys/stat.h>

/* A Redis that answers on a plain port and one with TLS, and its certificate, which is for
 * localhost only and vouches for itself. */
static struct real_redis server;
static int tls_port;
static char folder[64], cert[96], key[96];
static char other_cert[96]; /* of the same key, for another host */

static struct redis_files trusting(void)
{
    return (struct redis_files){ .ca = cert };
}

static const char *url_of(const char *login, const char *host, int port)
{
    static char url[200];
    snprintf(url, sizeof(url), "rediss://%s%s:%d/2", login, host, port);
    return url;
}

static struct store *open_empty(void)
{
    const struct redis_files files = trusting();
    struct store *s = NULL;
    struct err err = { 0 };
    real_redis_do(&server, "FLUSHALL");
    bool ok = store_open_with(url_of("", "localhost", tls_port), &files, &s, &err);
    if (!ok)
        fprintf(stderr, "%s\n", err.text);
    CU_ASSERT_TRUE_FATAL(ok);
    return s;
}

/* One loop and its connection, and what came. */
struct world {
    uv_loop_t loop;
    struct redis_address address;
    struct redis *r;
    unsigned answers, failures, heard, joined;
    size_t bytes;
    char last[256];
};

static void world_open(struct world *w, const char *url, const struct redis_files *files)
{
    struct err err = { 0 };
    *w = (struct world){ .answers = 0 };
    CU_ASSERT_EQUAL_FATAL(uv_loop_init(&w->loop), 0);
    bool ok = redis_parse(url, &w->address, &err) && redis_trust(&w->address, files, &err);
    if (!ok)
        fprintf(stderr, "%s\n", err.text);
    CU_ASSERT_TRUE_FATAL(ok);
    w->r = redis_open(&w->loop, &w->address);
    CU_ASSERT_PTR_NOT_NULL_FATAL(w->r);
}

static void world_close(struct world *w)
{
    redis_close(w->r);
    uv_run(&w->loop, UV_RUN_DEFAULT);
    CU_ASSERT_EQUAL(uv_loop_close(&w->loop), 0);
    redis_address_done(&w->address);
}

static void on_done(void *ctx, const redisReply *reply, const char *why)
{
    struct world *w = ctx;
    w->answers++;
    w->failures += !reply;
    w->bytes += reply ? reply->len : 0;
    snprintf(w->last, sizeof(w->last), "%s", !reply ? why : reply->str ? reply->str : "");
}

static void run(struct world *w, size_t argc, const struct slice *argv, unsigned deadline_ms)
{
    CU_ASSERT_PTR_NOT_NULL_FATAL(redis_run(w->r, argc, argv, deadline_ms, on_done, w));
}

/* What comes of a command to there. */
static const char *said(const char *url, const struct redis_files *files)
{
    static char last[256];
    const struct slice argv[] = { S("ECHO"), S("hello") };
    struct world w;
    world_open(&w, url, files);
    run(&w, 2, argv, 1000);
    uv_run(&w.loop, UV_RUN_DEFAULT);
    snprintf(last, sizeof(last), "%s", w.last);
    world_close(&w);
    return last;
}

static bool says(const char *url, const struct redis_files *files, const char *words)
{
    const char *what = said(url, files);
    if (!strstr(what, words))
        fprintf(stderr, "%s: %s\n", url, what);
    return strstr(what, words) != NULL;
}

static void without_tls_the_address_is_refused_with_what_to_do(void)
{
    struct redis_address a;
    struct err err = { 0 };
    CU_ASSERT_FALSE(redis_parse("rediss://:swordfish@host", &a, &err));
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "no TLS for Redis"));
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "Debian 13"));
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "stunnel"));
    CU_ASSERT_PTR_NULL(strstr(err.text, "swordfish"));
}

static void show_certificate(const char *file)
{
    char command[200];
    snprintf(command, sizeof(command), "CONFIG SET tls-cert-file %s", file);
    real_redis_do(&server, command);
}

static void only_who_is_who_the_address_says_is_talked_to(void)
{
    const struct redis_files files = trusting(), system = { NULL, NULL, NULL };
    CU_ASSERT_TRUE(says(url_of("", "localhost", tls_port), &files, "hello"));
    CU_ASSERT_TRUE(says(url_of("", "127.0.0.1", tls_port), &files, "is for another host"));
    CU_ASSERT_TRUE(says(url_of("", "localhost", tls_port), &system, "--redis-ca"));
    const struct redis_files other = { .ca = other_cert };
    CU_ASSERT_TRUE(says(url_of("", "localhost", tls_port), &other, "--redis-ca"));
    show_certificate(other_cert);
    CU_ASSERT_TRUE(says(url_of("", "localhost", tls_port), &other, "is for another host"));
    show_certificate(cert);
    CU_ASSERT_TRUE(says(url_of("", "localhost", tls_port), &files, "hello"));
}

static void user_password_and_database_go_over_tls_as_well(void)
{
    const struct redis_files files = trusting();
    real_redis_do(&server, "ACL SETUSER bob on >sesame ~* &* +@all");
    CU_ASSERT_TRUE(says(url_of("bob:sesame@", "localhost", tls_port), &files, "hello"));
    CU_ASSERT_TRUE(says(url_of("bob:open@", "localhost", tls_port), &files, "WRONGPASS"));
    struct world w;
    world_open(&w, url_of("bob:sesame@", "localhost", tls_port), &files);
    const struct slice who[] = { S("ACL"), S("WHOAMI") };
    run(&w, 2, who, 5000);
    uv_run(&w.loop, UV_RUN_DEFAULT);
    CU_ASSERT_STRING_EQUAL(w.last, "bob");
    const struct slice info[] = { S("CLIENT"), S("INFO") };
    run(&w, 2, info, 5000);
    uv_run(&w.loop, UV_RUN_DEFAULT);
    CU_ASSERT_PTR_NOT_NULL(strstr(w.last, " db=2 "));
    world_close(&w);
}

static void a_port_without_tls_is_named_as_one(void)
{
    const struct redis_files files = trusting();
    CU_ASSERT_TRUE(says(url_of("", "localhost", server.port), &files, "name its tls-port"));
}

static void a_redis_that_wants_a_certificate_is_shown_one(void)
{
    const struct redis_files files = trusting(), both = { cert, cert, key };
    real_redis_do(&server, "CONFIG SET tls-auth-clients yes");
    CU_ASSERT_TRUE(says(url_of("", "localhost", tls_port), &files, "--redis-cert"));
    CU_ASSERT_TRUE(says(url_of("", "localhost", tls_port), &both, "hello"));
    real_redis_do(&server, "CONFIG SET tls-auth-clients no");
}

static void files_that_are_no_certificates_are_refused(void)
{
    const struct {
        struct redis_files files;
        const char *words;
    } bad[] = {
        { { key, NULL, NULL }, "--redis-ca: expected certificates in PEM form" },
        { { "/nowhere", NULL, NULL }, "--redis-ca: " },
        { { cert, key, key }, "--redis-cert: expected a certificate" },
        { { cert, cert, cert }, "--redis-key: expected the certificate's private key" },
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct redis_address a;
        struct err err = { 0 };
        CU_ASSERT_TRUE_FATAL(redis_parse("rediss://h", &a, &err));
        CU_ASSERT_FALSE(redis_trust(&a, &bad[i].files, &err));
        CU_ASSERT_PTR_NOT_NULL(strstr(err.text, bad[i].words));
        redis_address_done(&a);
    }
}

/* More than sockets take at once, and nothing to read before all is written. */
static void a_large_command_passes_both_ways(void)
{
    enum { SIZE = 32 << 20 };
    const struct redis_files files = trusting();
    char *big = malloc(SIZE);
    CU_ASSERT_PTR_NOT_NULL_FATAL(big);
    memset(big, 'x', SIZE);
    const struct slice argv[] = { S("ECHO"), { big, SIZE } };
    struct world w;
    world_open(&w, url_of("", "localhost", tls_port), &files);
    for (size_t round = 1; round <= 2; round++) { /* the second where it has waited to read */
        run(&w, 2, argv, 60000);
        uv_run(&w.loop, UV_RUN_DEFAULT);
        CU_ASSERT_EQUAL(w.failures, 0);
        CU_ASSERT_EQUAL(w.bytes, round * SIZE);
    }
    free(big);
    world_close(&w);
}

static void on_heard(void *ctx, struct slice message)
{
    struct world *w = ctx;
    w->joined += !message.data;
    w->heard += message.data != NULL;
}

static void on_tick(uv_timer_t *timer)
{
    (void)timer;
}

static bool until(struct world *w, const unsigned *counter, unsigned wanted)
{
    uv_timer_t tick;
    uv_timer_init(&w->loop, &tick);
    uv_timer_start(&tick, on_tick, 0, 2);
    uint64_t give_up = clock_ms() + 10000;
    while (*counter < wanted && clock_ms() < give_up)
        uv_run(&w->loop, UV_RUN_ONCE);
    uv_close((uv_handle_t *)&tick, NULL);
    uv_run(&w->loop, UV_RUN_NOWAIT);
    return *counter >= wanted;
}

static void messages_come_and_a_killed_connection_comes_back(void)
{
    const struct redis_files files = trusting();
    const struct slice hello[] = { S("PUBLISH"), S("c"), S("hello") };
    struct world w;
    world_open(&w, url_of("", "localhost", tls_port), &files);
    CU_ASSERT_TRUE(redis_subscribe(w.r, "c", on_heard, &w));
    CU_ASSERT_TRUE(until(&w, &w.joined, 1));
    for (int i = 0; i < 10; i++)
        run(&w, COUNT_OF(hello), hello, 5000);
    CU_ASSERT_TRUE(until(&w, &w.heard, 10));
    real_redis_do(&server, "CLIENT KILL TYPE pubsub");
    real_redis_do(&server, "CLIENT KILL TYPE normal");
    CU_ASSERT_TRUE(until(&w, &w.joined, 2));
    run(&w, COUNT_OF(hello), hello, 5000);
    CU_ASSERT_TRUE(until(&w, &w.heard, 11));
    world_close(&w);
}

/* openssl and a redis-server with TLS. */

static bool certify(const char *host, const char *with, const char *to)
{
    char command[600];
    snprintf(command, sizeof(command),
             "openssl req -x509 %s -nodes -days 2 -subj /CN=redis -addext subjectAltName=DNS:%s "
             "-out %s 2>%s/log",
             with, host, to, folder);
    return system(command) == 0;
}

static bool make_certificates(void)
{
    char with[200];
    snprintf(folder, sizeof(folder), "/tmp/asana-mcp-tls-XXXXXX");
    if (!mkdtemp(folder))
        return false;
    snprintf(cert, sizeof(cert), "%s/cert.pem", folder);
    snprintf(key, sizeof(key), "%s/key.pem", folder);
    snprintf(other_cert, sizeof(other_cert), "%s/other.pem", folder);
    snprintf(with, sizeof(with), "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -keyout %s",
             key);
    if (!certify("localhost", with, cert))
        return false;
    snprintf(with, sizeof(with), "-key %s", key);
    return certify("elsewhere.example.com", with, other_cert);
}

static int start_server(void)
{
    char port[16];
    const char *const options[] = { "--tls-port",
                                    port,
                                    "--tls-cert-file",
                                    cert,
                                    "--tls-key-file",
                                    key,
                                    "--tls-ca-cert-file",
                                    cert,
                                    "--tls-auth-clients",
                                    "no",
                                    NULL };
    suite_open = open_empty;
    suite_close = store_close;
    if (server.pid)
        return 0;
    tls_port = free_port();
    snprintf(port, sizeof(port), "%d", tls_port);
    return make_certificates() && real_redis_start(&server, NULL, options) ? 0 : -1;
}

static int stop_server(void)
{
    char command[100];
    snprintf(command, sizeof(command), "rm -rf '%s'", folder);
    return real_redis_remove(&server) && system(command) == 0 ? 0 : -1;
}

static int nothing(void)
{
    return 0;
}

int main(void)
{
    bool built = redis_tls_is_built();
    signal(SIGPIPE, SIG_IGN);
    if (CU_initialize_registry() != CUE_SUCCESS)
        return 2;
    CU_set_fail_on_inactive(CU_FALSE);
    CU_pSuite without = CU_add_suite("redis without tls", NULL, NULL);
    ADD(without, without_tls_the_address_is_refused_with_what_to_do);
    store_suite_add("store: redis with tls", built ? start_server : nothing);
    CU_pSuite suite = CU_add_suite("redis with tls", built ? start_server : nothing,
                                   built ? stop_server : nothing);
    ADD(suite, only_who_is_who_the_address_says_is_talked_to);
    ADD(suite, user_password_and_database_go_over_tls_as_well);
    ADD(suite, a_port_without_tls_is_named_as_one);
    ADD(suite, a_redis_that_wants_a_certificate_is_shown_one);
    ADD(suite, files_that_are_no_certificates_are_refused);
    ADD(suite, a_large_command_passes_both_ways);
    ADD(suite, messages_come_and_a_killed_connection_comes_back);
    for (CU_pSuite s = CU_get_registry()->pSuite; s; s = s->pNext)
        if ((s == without) == built)
            CU_set_suite_active(s, CU_FALSE);
    return run_suites();
}
