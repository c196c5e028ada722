#include "sandbox/sandbox.h"

#include "base/json.h"
#include "base/secret.h"
#include "sandbox/state.h"
#include "sandbox/stories.h"
#include "suites.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* One request over a plain socket; the status line's number, 0 when there is no answer. */
static int get(int port, const char *path, const char *token)
{
    char text[512];
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in to = { .sin_family = AF_INET,
                              .sin_port = htons((uint16_t)port),
                              .sin_addr = { htonl(INADDR_LOOPBACK) } };
    int status = 0;
    int len = snprintf(
        text, sizeof(text),
        "GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer %s\r\n\r\n", path,
        token);
    if (connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0 &&
        write(fd, text, (size_t)len) == len) {
        size_t have = 0;
        for (ssize_t n;
             have < sizeof(text) - 1 && (n = read(fd, text + have, sizeof(text) - 1 - have)) > 0;)
            have += (size_t)n;
        text[have] = '\0';
        if (sscanf(text, "HTTP/1.1 %d", &status) != 1)
            status = 0;
    }
    close(fd);
    return status;
}

static struct sandbox *start(int port, struct err *err)
{
    struct sandbox_options options = { .listen = { .host = "127.0.0.1", .port = port } };
    struct sandbox *s = NULL;
    return sandbox_start(&options, &s, err) ? s : NULL;
}

static void it_serves_its_people_and_stops(void)
{
    struct err err = { 0 };
    struct sandbox *s = start(0, &err);
    CU_ASSERT_PTR_NOT_NULL_FATAL(s);
    const struct sandbox_person *people = NULL;
    CU_ASSERT(sandbox_people(s, &people) >= 8);
    CU_ASSERT_STRING_EQUAL(people[0].name, "Ada Lindqvist");
    CU_ASSERT_EQUAL(strlen(people[0].gid), 16);
    CU_ASSERT(strstr(sandbox_api_url(s), "http://127.0.0.1:") != NULL);
    CU_ASSERT_EQUAL(get(sandbox_port(s), "/api/1.0/users/me", people[0].token), 200);
    CU_ASSERT_EQUAL(get(sandbox_port(s), "/api/1.0/users/me", "x"), 401);
    CU_ASSERT_EQUAL(get(sandbox_port(s), "/api/1.1/users/me", people[0].token), 404);
    CU_ASSERT_EQUAL(get(sandbox_port(s), "/files/1", "x"), 404);
    int port = sandbox_port(s);
    sandbox_stop(s);
    CU_ASSERT_EQUAL(get(port, "/api/1.0/users/me", "x"), 0);
}

static void two_live_side_by_side(void)
{
    struct err err = { 0 };
    struct sandbox *a = start(0, &err);
    struct sandbox *b = start(0, &err);
    CU_ASSERT_PTR_NOT_NULL_FATAL(a);
    CU_ASSERT_PTR_NOT_NULL_FATAL(b);
    CU_ASSERT_NOT_EQUAL(sandbox_port(a), sandbox_port(b));
    CU_ASSERT_EQUAL(get(sandbox_port(b), "/api/1.0/workspaces", "sandbox-token-grace"), 200);
    sandbox_stop(a);
    CU_ASSERT_EQUAL(get(sandbox_port(b), "/api/1.0/workspaces", "sandbox-token-grace"), 200);
    sandbox_stop(b);
}

static void taken_port_is_an_error(void)
{
    struct err err = { 0 };
    struct sandbox *a = start(0, &err);
    CU_ASSERT_PTR_NOT_NULL_FATAL(a);
    CU_ASSERT_PTR_NULL(start(sandbox_port(a), &err));
    CU_ASSERT_NOT_EQUAL(err.kind, ERR_NONE);
    sandbox_stop(a);
}

static int64_t comments(struct sandbox *s)
{
    return sb_int(s->db, "SELECT count(*) FROM story WHERE type = 'comment'", "");
}

static void state_file_keeps_what_was_changed(void)
{
    char folder[] = "/tmp/sandbox-state-XXXXXX";
    char path[64];
    struct err err = { 0 };
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/state.db", folder);
    struct sandbox first = { 0 };
    CU_ASSERT_FATAL(sb_state_open(&first, 0, path, &err));
    int64_t before = comments(&first);
    int64_t task = sb_int(first.db, "SELECT gid FROM task LIMIT 1", "");
    int64_t made = sb_comment_add(first.db, task, 1, 2, "x", NULL);
    sb_state_close(&first);

    struct sandbox second = { 0 };
    CU_ASSERT_FATAL(sb_state_open(&second, 0, path, &err));
    CU_ASSERT_EQUAL(comments(&second), before + 1);
    CU_ASSERT_EQUAL(second.people_count, 10);
    CU_ASSERT(sb_new_gid(second.db, "story") > made);
    sb_run(second.db, "PRAGMA user_version = 9", "");
    sb_state_close(&second);

    struct sandbox third = { 0 };
    CU_ASSERT_FALSE(sb_state_open(&third, 0, path, &err));
    CU_ASSERT(strstr(err.text, "another version") != NULL);
    sb_state_close(&third);
    unlink(path);
    rmdir(folder);
}

static void file_that_is_no_state_is_refused(void)
{
    struct err err = { 0 };
    struct sandbox s = { 0 };
    CU_ASSERT_FALSE(sb_state_open(&s, 0, "/proc/self/exe", &err));
    CU_ASSERT(strstr(err.text, "/proc/self/exe") != NULL);
    sb_state_close(&s);
    s = (struct sandbox){ 0 };
    CU_ASSERT_FALSE(sb_state_open(&s, 0, "/nowhere/at/all.db", &err));
    sb_state_close(&s);
}

static void only_loopback_is_served(void)
{
    struct err err = { 0 };
    struct sandbox_options options = { .listen = { .host = "0.0.0.0" } };
    struct sandbox *s = NULL;
    CU_ASSERT_FALSE(sandbox_start(&options, &s, &err));
    CU_ASSERT(strstr(err.text, "loopback") != NULL);
    sandbox_stop(NULL);
}

int main(void)
{
    json_init();
    secret_init();
    CU_initialize_registry();
    CU_pSuite suite = CU_add_suite("sandbox", NULL, NULL);
    CU_ADD_TEST(suite, it_serves_its_people_and_stops);
    CU_ADD_TEST(suite, two_live_side_by_side);
    CU_ADD_TEST(suite, taken_port_is_an_error);
    CU_ADD_TEST(suite, state_file_keeps_what_was_changed);
    CU_ADD_TEST(suite, file_that_is_no_state_is_refused);
    CU_ADD_TEST(suite, only_loopback_is_served);
    return run_suites();
}
