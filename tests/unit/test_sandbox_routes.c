#include "base/json.h"
#include "sandbox/page.h"
#include "sandbox/routes.h"
#include "suites.h"

#include <string.h>

#define NOW_MS INT64_C(1795435200000) /* 2026-11-23T12:00:00Z */

static struct sandbox sandbox;
static struct arena *arena;

/* Asks below HTTP, as Ada; keeps the answer's body in the arena. */
static unsigned ask(const char *method, const char *path, const struct form_field *query,
                    const char *body, const char **out)
{
    size_t count = 0;
    while (query && query[count].name)
        count++;
    const struct sb_request request = { .method = method,
                                        .path = path,
                                        .query = query,
                                        .query_count = count,
                                        .body = slice_of(body),
                                        .authorization = "Bearer sandbox-token-ada" };
    BUF_AUTO answer;
    buf_init(&answer, 16u << 20);
    unsigned status = sb_handle(&sandbox, &request, arena, &answer, NULL);
    struct err err = { 0 };
    CU_ASSERT(json_check(buf_slice(&answer), &err));
    *out = arena_strndup(arena, answer.data ? answer.data : "", answer.len);
    return status;
}

static void answers_are_json_with_the_fields_asked_for(void)
{
    const char *body = NULL;
    const struct form_field query[] = { { "opt_fields", "name,workspaces.name" }, { 0 } };
    CU_ASSERT_EQUAL(ask("GET", "/users/me", query, NULL, &body), 200);
    CU_ASSERT(strstr(body, "\"name\":\"Ada Lindqvist\",\"workspaces\":[{\"gid\":") != NULL);
    CU_ASSERT(strstr(body, "email") == NULL);
}

static void unknown_type_of_path_has_no_route(void)
{
    static const char *const paths[] = { "",   "/",       "tasks", "//", "/tasks/1/stories/2",
                                         "/%", "/users//" };
    const char *body = NULL;
    for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++)
        CU_ASSERT_EQUAL(ask("GET", paths[i], NULL, NULL, &body), 404);
}

static void refused_write_is_rolled_back(void)
{
    const char *body = NULL;
    int64_t before = sb_int(sandbox.db, "SELECT count(*) FROM object", "");
    int64_t gid = sb_int(sandbox.db, "SELECT value FROM meta WHERE key = 'gid'", "");
    CU_ASSERT_EQUAL(
        ask("POST", "/tasks", NULL, "{\"data\":{\"parent\":\"1\",\"name\":\"x\"}}", &body), 404);
    CU_ASSERT_EQUAL(ask("POST", "/tasks", NULL,
                        "{\"data\":{\"workspace\":\"1209340000000017\",\"completed\":1}}", &body),
                    400);
    CU_ASSERT_EQUAL(sb_int(sandbox.db, "SELECT count(*) FROM object", ""), before);
    CU_ASSERT_EQUAL(sb_int(sandbox.db, "SELECT value FROM meta WHERE key = 'gid'", ""), gid);
    CU_ASSERT_PTR_NULL(sb_db_failed(sandbox.db));
}

static void refusals_are_utf8_whatever_came(void)
{
    const char *body = NULL;
    const struct form_field query[] = { { "\xc3\xc3\xf0\x9f", "x" }, { 0 } };
    CU_ASSERT_EQUAL(ask("GET", "/workspaces", query, NULL, &body), 400);
    CU_ASSERT(strstr(body, "????: Unknown query parameter") != NULL);
    /* Cut after 60 bytes, in the middle of the last "é". */
    CU_ASSERT_EQUAL(ask("GET", "/tasks/xéééééééééééééééééééééééééééééééééééééé", NULL, NULL, &body),
                    400);
    CU_ASSERT(strstr(body, "é?\"") != NULL);
}

static void field_that_is_not_used_is_refused(void)
{
    const char *body = NULL;
    const char *path = arena_printf(
        arena, "/tasks/%lld",
        (long long)sb_int(sandbox.db, "SELECT gid FROM task WHERE name = 'Launch day'", ""));
    CU_ASSERT_EQUAL(
        ask("PUT", path, NULL, "{\"data\":{\"name\":\"x\",\"custom_type\":\"1\"}}", &body), 400);
    CU_ASSERT(strstr(body, "custom_type: The sandbox can't set this") != NULL);
    CU_ASSERT(sb_int(sandbox.db, "SELECT count(*) FROM task WHERE name = 'Launch day'", "") == 1);
}

static void sql_in_values_stays_a_value(void)
{
    const char *body = NULL;
    const struct form_field query[] = { { "text", "x') OR 1=1 --" }, { 0 } };
    CU_ASSERT_EQUAL(ask("GET", "/workspaces/1209340000000017/tasks/search", query, NULL, &body),
                    200);
    CU_ASSERT(strstr(body, "\"data\":[]") != NULL);
    CU_ASSERT_EQUAL(ask("GET", "/tasks/1 OR 1=1", NULL, NULL, &body), 400);
    const struct form_field fields[] = { { "opt_fields", "name'" }, { 0 } };
    CU_ASSERT_EQUAL(ask("GET", "/users/me", fields, NULL, &body), 400);
}

static void many_tasks_in_one_list_need_pages(void)
{
    const char *body = NULL;
    int64_t me = sb_int(sandbox.db, "SELECT gid FROM user WHERE token = 'sandbox-token-ada'", "");
    sb_run(sandbox.db, "BEGIN", "");
    for (int i = 0; i < 1100; i++)
        sb_run(
            sandbox.db,
            "INSERT INTO task(gid, workspace, name, assignee, created_at, created_by, modified_at) "
            "VALUES(?1, 1209340000000017, 'many', ?2, 1, ?2, 1)",
            "ii", sb_new_gid(sandbox.db, "task"), me);
    sb_run(sandbox.db, "COMMIT", "");
    const struct form_field query[] = {
        { "assignee", "me" }, { "workspace", "1209340000000017" }, { "limit", "100" }, { 0 }
    };
    struct form_field unpaged[] = { query[0], query[1], { 0 } };
    CU_ASSERT_EQUAL(ask("GET", "/tasks", unpaged, NULL, &body), 400);
    CU_ASSERT(strstr(body, "The result is too large. You should use pagination") != NULL);
    CU_ASSERT_EQUAL(ask("GET", "/tasks", query, NULL, &body), 200);
    CU_ASSERT(strstr(body, "\"next_page\":{") != NULL);
    sb_run(sandbox.db, "DELETE FROM task WHERE name = 'many'", "");
}

static struct sb_call call_for(const struct sb_request *request, int64_t now)
{
    return (struct sb_call){ .request = request, .me = 7, .now = now };
}

static void offset_says_where_a_list_went_on(void)
{
    const struct form_field query[] = { { "project", "12" }, { "limit", "5" } };
    const struct sb_request request = { .path = "/tasks", .query = query, .query_count = 2 };
    struct sb_call c = call_for(&request, NOW_MS);
    char offset[SB_OFFSET_TEXT];
    int64_t key = 0;
    size_t index = 0;
    sb_offset_write(&c, INT64_C(1209340000004711), 99, offset);
    CU_ASSERT(sb_offset_read(&c, offset, &key, &index));
    CU_ASSERT_EQUAL(key, INT64_C(1209340000004711));
    CU_ASSERT_EQUAL(index, 99);
    c.now += 59 * 60 * 1000;
    CU_ASSERT(sb_offset_read(&c, offset, &key, &index));
    c.now += 2 * 60 * 1000;
    CU_ASSERT_FALSE(sb_offset_read(&c, offset, &key, &index)); /* an hour old */
}

static void offset_of_another_query_is_refused(void)
{
    const struct form_field query[] = { { "project", "12" } };
    const struct form_field other[] = { { "project", "13" } };
    const struct sb_request requests[] = {
        { .path = "/tasks", .query = query, .query_count = 1 },
        { .path = "/tasks", .query = other, .query_count = 1 },
        { .path = "/projects", .query = query, .query_count = 1 },
        { .path = "/tasks", .query = query, .query_count = 0 }
    };
    char offset[SB_OFFSET_TEXT];
    int64_t key = 0;
    size_t index = 0;
    struct sb_call c = call_for(&requests[0], NOW_MS);
    sb_offset_write(&c, 5, 6, offset);
    for (size_t i = 1; i < 4; i++) {
        struct sb_call foreign = call_for(&requests[i], NOW_MS);
        CU_ASSERT_FALSE(sb_offset_read(&foreign, offset, &key, &index));
    }
    struct sb_call somebody = call_for(&requests[0], NOW_MS);
    somebody.me = 8;
    CU_ASSERT_FALSE(sb_offset_read(&somebody, offset, &key, &index));
    for (size_t i = 0; offset[i]; i++) { /* no byte of it may change */
        char was = offset[i];
        offset[i] = was == 'a' ? 'b' : 'a';
        CU_ASSERT_FALSE(sb_offset_read(&c, offset, &key, &index));
        offset[i] = was;
    }
    CU_ASSERT_FALSE(sb_offset_read(&c, "", &key, &index));
    CU_ASSERT_FALSE(sb_offset_read(&c, "5.6.7", &key, &index));
}

static void full_arena_is_a_server_error(void)
{
    struct arena *roomy = arena;
    arena = arena_new(256);
    const struct sb_request request = { .method = "GET",
                                        .path = "/workspaces/1209340000000017/users",
                                        .authorization = "Bearer sandbox-token-ada" };
    BUF_AUTO answer;
    buf_init(&answer, 1u << 20);
    CU_ASSERT_EQUAL(sb_handle(&sandbox, &request, arena, &answer, NULL), 500);
    arena_free(arena);
    arena = roomy;
    const char *body = NULL;
    CU_ASSERT_EQUAL(ask("GET", "/workspaces", NULL, NULL, &body), 200);
}

static int refuse_commit(void *calls)
{
    ++*(int *)calls;
    return 1;
}

static void write_that_cannot_be_kept_is_a_server_error(void)
{
    const char *body = NULL;
    const char task[] = "{\"data\":{\"workspace\":\"1209340000000017\",\"name\":\"x\"}}";
    int64_t before = sb_int(sandbox.db, "SELECT count(*) FROM task", "");
    int commits = 0;
    sqlite3_commit_hook(sb_db_handle(sandbox.db), refuse_commit, &commits);
    CU_ASSERT_EQUAL(ask("POST", "/tasks", NULL, task, &body), 500);
    CU_ASSERT(strstr(body, "\"phrase\":") != NULL);
    CU_ASSERT_EQUAL(commits, 1);
    sqlite3_commit_hook(sb_db_handle(sandbox.db), NULL, NULL);
    CU_ASSERT_EQUAL(sb_int(sandbox.db, "SELECT count(*) FROM task", ""), before);
    CU_ASSERT_EQUAL(ask("POST", "/tasks", NULL, task, &body), 201);
    CU_ASSERT_EQUAL(sb_int(sandbox.db, "SELECT count(*) FROM task", ""), before + 1);
}

int main(void)
{
    struct err err = { 0 };
    json_init();
    arena = arena_new(64u << 20);
    if (!sb_state_open(&sandbox, NOW_MS, NULL, &err)) {
        printf("%s\n", err.text);
        return 1;
    }
    CU_initialize_registry();
    CU_pSuite suite = CU_add_suite("sandbox_routes", NULL, NULL);
    CU_ADD_TEST(suite, answers_are_json_with_the_fields_asked_for);
    CU_ADD_TEST(suite, unknown_type_of_path_has_no_route);
    CU_ADD_TEST(suite, refused_write_is_rolled_back);
    CU_ADD_TEST(suite, refusals_are_utf8_whatever_came);
    CU_ADD_TEST(suite, field_that_is_not_used_is_refused);
    CU_ADD_TEST(suite, sql_in_values_stays_a_value);
    CU_ADD_TEST(suite, many_tasks_in_one_list_need_pages);
    CU_ADD_TEST(suite, offset_says_where_a_list_went_on);
    CU_ADD_TEST(suite, offset_of_another_query_is_refused);
    CU_ADD_TEST(suite, full_arena_is_a_server_error);
    CU_ADD_TEST(suite, write_that_cannot_be_kept_is_a_server_error);
    int code = run_suites();
    sb_state_close(&sandbox);
    arena_free(arena);
    return code;
}
