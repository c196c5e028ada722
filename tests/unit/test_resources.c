#include "mcp/resources.h"

#include "asana_world.h"
#include "base/json.h"
#include "base/limits.h"
#include "suites.h"
#include "tool/call.h"

/* One server, one loop, one call at a time. */
static struct asana_world w;
static struct arena *arena;
static struct call *call; /* NULL when done */
static enum call_outcome outcome;
static char text[512u << 10];
static struct arena *read_in; /* of what is looked at afterwards, and of long answers */

static void world_open(void)
{
    asana_world_open(&w);
    read_in = arena_new(8u << 20);
}

static void world_close(void)
{
    asana_world_close(&w);
    arena_free(read_in);
}

/* As long as the world is open: it may still be sent when nobody waits for it any more. */
static const char *kept(const struct buf *body)
{
    return arena_strndup(read_in, body->data, body->len);
}

static void on_done(void *ctx, const struct call_result *result)
{
    CU_ASSERT_PTR_EQUAL(ctx, &w);
    outcome = result->outcome;
    snprintf(text, sizeof(text), "%.*s", (int)result->text.len, result->text.data);
    call = NULL;
    arena_free(arena); /* the call must not look at it any more */
}

static void run(call_body_fn *body, const void *in)
{
    struct secret token = { 0 };
    secret_set(&token, slice_of("1/2345:abc"));
    arena = arena_new(LIMIT_CALL_ARENA);
    struct call_context with = {
        .asana = &w.asker, .arena = arena, .token = &token, .done = on_done, .ctx = &w
    };
    call = call_run(&with, "resources", body, in);
    secret_done(&token);
    while (call && !w.patience_lost)
        uv_run(&w.loop, UV_RUN_ONCE);
    for (int i = 0; i < 5; i++)
        uv_run(&w.loop, UV_RUN_NOWAIT);
}

/* The result's members as an object. */
static const cJSON *result(void)
{
    CU_ASSERT_EQUAL(outcome, CALL_MEMBERS);
    const char *object = arena_printf(read_in, "{%s}", text);
    const cJSON *tree = json_parse(read_in, slice_of(object), NULL);
    CU_ASSERT_PTR_NOT_NULL(tree);
    return tree;
}

static const cJSON *at(const cJSON *result, const char *list, int i)
{
    return cJSON_GetArrayItem(json_get(result, list), i);
}

static const char *str(const cJSON *object, const char *member)
{
    const char *value = json_get_string(object, member);
    return value ? value : "(none)";
}

static void read_uri(const char *uri)
{
    run(resource_kind_of(resource_kinds, "asana://task/1")->read, uri);
}

#define HOLDS(text, part) CU_ASSERT_PTR_NOT_NULL(strstr((text), (part)))
#define LACKS(text, part) CU_ASSERT_PTR_NULL(strstr((text), (part)))

/* ---- which one is meant ---- */

static void uris_lead_to_their_kind(void)
{
    static const char *const names[] = { "task", "project", "portfolio", "goal", "user" };
    char uri[100];
    for (size_t i = 0; i < 5; i++) {
        snprintf(uri, sizeof(uri), "asana://%s/12", names[i]);
        const struct resource_kind *kind = resource_kind_of(resource_kinds, uri);
        CU_ASSERT_PTR_NOT_NULL_FATAL(kind);
        CU_ASSERT_STRING_EQUAL(kind->name, names[i]);
    }
    CU_ASSERT_PTR_NOT_NULL(resource_kind_of(resource_kinds, "asana://task/12.json"));
    static const char *const foreign[] = { "asana://task/",    "asana://task/1/2", "asana://tag/1",
                                           "Asana://task/1",   "task:1",           "",
                                           "asana://task/12/", "xasana://task/1" };
    for (size_t i = 0; i < sizeof(foreign) / sizeof(*foreign); i++)
        CU_ASSERT_PTR_NULL(resource_kind_of(resource_kinds, foreign[i]));
}

static void templates_and_fixed_uris_of_others(void)
{
    static const struct resource_kind kinds[] = {
        { .uri_template = "test://fixed", .name = "a" },
        { .uri_template = "test://{id}/data", .name = "b" },
        { 0 },
    };
    CU_ASSERT_PTR_EQUAL(resource_kind_of(kinds, "test://fixed"), &kinds[0]);
    CU_ASSERT_PTR_EQUAL(resource_kind_of(kinds, "test://7/data"), &kinds[1]);
    CU_ASSERT_PTR_NULL(resource_kind_of(kinds, "test:///data"));
    CU_ASSERT_PTR_NULL(resource_kind_of(kinds, "test://7/8/data"));
    CU_ASSERT_PTR_NULL(resource_kind_of(kinds, "test://7/date"));
    CU_ASSERT_PTR_NULL(resource_kind_of(NULL, "test://fixed"));
    BUF_AUTO out = { .max = 1000 };
    resource_put_fixed(&out, kinds, MCP_2025_11_25);
    CU_ASSERT(slice_is(buf_slice(&out), "{\"uri\":\"test://fixed\",\"name\":\"a\"}"));
}

static void only_what_has_events_is_watchable(void)
{
    const char *gid = NULL;
    CU_ASSERT_TRUE(resource_watchable("asana://task/12", &gid));
    CU_ASSERT_STRING_EQUAL(gid, "12");
    CU_ASSERT_TRUE(resource_watchable("asana://project/12", &gid));
    CU_ASSERT_TRUE(resource_watchable("asana://goal/12", &gid));
    static const char *const not_these[] = { "asana://user/me",      "asana://user/12",
                                             "asana://portfolio/12", "asana://task/12.json",
                                             "asana://task/me",      "asana://task/12x",
                                             "asana://task/012",     "test://task/12" };
    for (size_t i = 0; i < sizeof(not_these) / sizeof(*not_these); i++)
        CU_ASSERT_FALSE(resource_watchable(not_these[i], &gid));
}

static void titles_are_for_revisions_that_know_them(void)
{
    for (enum mcp_revision r = 0; r < MCP_REVISIONS; r++) {
        BUF_AUTO out = { .max = 10000 };
        buf_char(&out, '[');
        resource_put_templates(&out, resource_kinds, r);
        buf_char(&out, ']');
        cJSON *list = json_parse(read_in, buf_slice(&out), NULL);
        CU_ASSERT_EQUAL(cJSON_GetArraySize(list), 5);
        const cJSON *task = cJSON_GetArrayItem(list, 0);
        CU_ASSERT_STRING_EQUAL(str(task, "uriTemplate"), "asana://task/{gid}");
        CU_ASSERT_STRING_EQUAL(str(task, "mimeType"), "text/markdown");
        CU_ASSERT_EQUAL(json_get(task, "title") != NULL, r >= MCP_2025_06_18);
    }
}

/* ---- reading ---- */

#define TASK \
    "{\"data\": {\"gid\":\"12\",\"name\":\"Launch\",\"notes\":\"# All\",\"completed\":false}}"

static void an_object_reads_as_markdown_and_as_json(void)
{
    SAYS(&w, { "/tasks/12?", NULL, TASK },
         { "/tasks/12/subtasks", NULL, "{\"data\":[{\"gid\":\"13\",\"name\":\"Step\"}]}" },
         { "/tasks/12/stories", NULL, "{\"data\":[]}" });
    read_uri("asana://task/12");
    const cJSON *got = result();
    CU_ASSERT_EQUAL(cJSON_GetArraySize(json_get(got, "contents")), 2);
    CU_ASSERT_STRING_EQUAL(str(at(got, "contents", 0), "uri"), "asana://task/12");
    CU_ASSERT_STRING_EQUAL(str(at(got, "contents", 0), "mimeType"), "text/markdown");
    HOLDS(str(at(got, "contents", 0), "text"), "# Task: Launch\n");
    HOLDS(str(at(got, "contents", 0), "text"), "\n> \\# All\n");
    HOLDS(str(at(got, "contents", 0), "text"), "- Open: Step (task:13)\n");
    CU_ASSERT_STRING_EQUAL(str(at(got, "contents", 1), "uri"), "asana://task/12.json");
    CU_ASSERT_STRING_EQUAL(str(at(got, "contents", 1), "mimeType"), "application/json");
    CU_ASSERT_STRING_EQUAL(
        str(at(got, "contents", 1), "text"),
        "{\"gid\":\"12\",\"name\":\"Launch\",\"notes\":\"# All\",\"completed\":false}");
    CU_ASSERT_EQUAL(http_double_requested(&w.server), 3);
}

static void the_data_alone_takes_one_request(void)
{
    SAYS(&w, { "/tasks/12?", NULL, TASK });
    read_uri("asana://task/12.json");
    const cJSON *got = result();
    CU_ASSERT_EQUAL(cJSON_GetArraySize(json_get(got, "contents")), 1);
    CU_ASSERT_STRING_EQUAL(str(at(got, "contents", 0), "uri"), "asana://task/12.json");
    CU_ASSERT_STRING_EQUAL(str(at(got, "contents", 0), "mimeType"), "application/json");
    CU_ASSERT_EQUAL(http_double_requested(&w.server), 1);
}

static void what_is_not_there_is_not_found(void)
{
    read_uri("asana://goal/99");
    CU_ASSERT_EQUAL(outcome, CALL_NOT_FOUND);
    SAYS(&w, { "/goals/99", "403 Forbidden", "{\"errors\":[{\"message\":\"No\"}]}" });
    read_uri("asana://goal/99");
    CU_ASSERT_EQUAL(outcome, CALL_FAILED);
}

static void uris_that_make_no_sense_are_invalid(void)
{
    static const char *const uris[] = { "asana://task/abc",
                                        "asana://task/me",
                                        "asana://task/",
                                        "asana://task/.json",
                                        "asana://tag/1",
                                        "asana://",
                                        "asana://task/1?x=y",
                                        "asana://task/1.json.json",
                                        "asana://task/../me",
                                        "nothing",
                                        "asana://task/123456789012345678901234567890123456789" };
    for (size_t i = 0; i < sizeof(uris) / sizeof(*uris); i++) {
        read_uri(uris[i]);
        CU_ASSERT_EQUAL(outcome, CALL_INVALID);
        HOLDS(text, "expected asana://task/{gid}");
    }
    CU_ASSERT_EQUAL(http_double_requested(&w.server), 0);
}

static void a_person_with_workspaces_and_teams(void)
{
    SAYS(&w,
         { "/users/me?", NULL,
           "{\"data\":{\"gid\":\"7\",\"name\":\"Ada\",\"email\":\"ada@acme.example\","
           "\"workspaces\":[{\"gid\":\"1\",\"name\":\"Acme\",\"is_organization\":true},"
           "{\"gid\":\"2\",\"name\":\"Side\",\"is_organization\":false},"
           "{\"gid\":\"3\",\"name\":\"Other\"}]}}" },
         { "/users/me/teams?limit=100&organization=1&", NULL,
           "{\"data\":[{\"gid\":\"5\",\"name\":\"Product\",\"organization\":{\"name\":\"Acme\"}}]"
           "}" },
         { "/users/me/teams?limit=100&organization=3&", NULL, "{\"data\":[{\"gid\":\"6\"}]}" });
    read_uri("asana://user/me");
    const char *markdown = str(at(result(), "contents", 0), "text");
    CU_ASSERT_STRING_EQUAL(markdown, "# Person: Ada\n"
                                     "\n"
                                     "- Email: ada@acme.example\n"
                                     "- Gid: 7\n"
                                     "- Link: https://app.asana.com/0/profile/7\n"
                                     "\n"
                                     "## Workspaces (3)\n"
                                     "\n"
                                     "- Workspace: Acme (workspace:1)\n"
                                     "- Workspace: Side (workspace:2)\n"
                                     "- Workspace: Other (workspace:3)\n"
                                     "\n"
                                     "## Teams (2)\n"
                                     "\n"
                                     "- Team: Product, in Acme (team:5)\n"
                                     "- Team: (no name) (team:6)\n");
    CU_ASSERT_EQUAL(http_double_requested(&w.server), 3);
}

static void parts_that_fail_are_named_and_the_rest_is_there(void)
{
    SAYS(&w, { "/tasks/12?", NULL, TASK },
         { "/tasks/12/subtasks", "403 Forbidden", "{\"errors\":[{\"message\":\"No\"}]}" },
         { "/tasks/12/stories", NULL,
           "{\"data\":[{\"type\":\"comment\",\"text\":\"Hello\",\"created_by\":{\"name\":\"Bo\"}}]"
           "}" });
    read_uri("asana://task/12");
    const char *markdown = str(at(result(), "contents", 0), "text");
    HOLDS(markdown, "## Subtasks\n\n(Could not be read: ");
    HOLDS(markdown, "> Hello\n");
    HOLDS(markdown, "\n(This document is not complete: ");
}

static void json_that_is_too_long_is_left_out_and_said(void)
{
    BUF_AUTO body = { .max = 1u << 20 };
    buf_str(&body, "{\"data\":{\"name\":\"Long\",\"notes\":\"");
    for (size_t i = 0; i < LIMIT_RESOURCE_JSON; i++)
        buf_char(&body, 'x');
    buf_str(&body, "\"}}");
    SAYS(&w, { "/goals/12?", NULL, kept(&body) });
    read_uri("asana://goal/12");
    const cJSON *got = result();
    CU_ASSERT_EQUAL(cJSON_GetArraySize(json_get(got, "contents")), 1);
    const char *markdown = str(at(got, "contents", 0), "text");
    HOLDS(markdown, "(The object's JSON is left out because it is long.)");
    HOLDS(markdown, "(This document is not complete: the description is long; asana_get_goal");
    read_uri("asana://goal/12.json");
    CU_ASSERT_EQUAL(outcome, CALL_FAILED);
    HOLDS(text, "too large");
}

/* ---- the list ---- */

#define ME(workspaces) "{\"data\":{\"gid\":\"7\",\"name\":\"Ada\",\"workspaces\":[" workspaces "]}}"
#define ACME "{\"gid\":\"1\",\"name\":\"Acme\"}"
#define NOTHING "{\"data\":[]}"

static const cJSON *list(const char *cursor, enum mcp_revision r)
{
    struct resource_list_args in = { .cursor = cursor, .revision = r };
    run(resource_list_body, &in);
    return outcome == CALL_MEMBERS ? result() : NULL;
}

static void the_list_has_me_my_tasks_and_what_is_recent(void)
{
    SAYS(&w, { "/users/me?", NULL, ME(ACME) },
         { "/tasks?assignee=me&workspace=1&completed_since=now&limit=20&", NULL,
           "{\"data\":[{\"gid\":\"12\",\"name\":\"Launch\\n\",\"due_on\":\"2026-12-01\"},"
           "{\"gid\":\"12\",\"name\":\"again\"},{\"gid\":\"x\"},{\"gid\":\"13\",\"name\":\"\"}]}" },
         { "/workspaces/1/typeahead?resource_type=project&query=&", NULL,
           "{\"data\":[{\"gid\":\"21\",\"name\":\"Marketing\"}]}" },
         { "/workspaces/1/typeahead?resource_type=goal&", NULL,
           "{\"data\":[{\"gid\":\"31\",\"name\":\"Grow\"}]}" },
         { "/workspaces/1/typeahead?resource_type=portfolio&", "402 Payment Required",
           "{\"errors\":[{\"message\":\"Pay\"}]}" });
    const cJSON *got = list(NULL, MCP_2025_11_25);
    static const char *const expected[][3] = {
        { "asana://user/7", "Ada", "You: workspaces and teams, with their gids" },
        { "asana://task/12", "Launch", "Task assigned to you in Acme, due 2026-12-01" },
        { "asana://task/13", "(no name)", "Task assigned to you in Acme" },
        { "asana://project/21", "Marketing", "Recent project in Acme" },
        { "asana://goal/31", "Grow", "Recent goal in Acme" },
    };
    CU_ASSERT_EQUAL(cJSON_GetArraySize(json_get(got, "resources")), 5);
    for (int i = 0; i < 5; i++) {
        const cJSON *entry = at(got, "resources", i);
        CU_ASSERT_STRING_EQUAL(str(entry, "uri"), expected[i][0]);
        CU_ASSERT_STRING_EQUAL(str(entry, "name"), expected[i][1]);
        CU_ASSERT_STRING_EQUAL(str(entry, "title"), expected[i][1]);
        CU_ASSERT_STRING_EQUAL(str(entry, "description"), expected[i][2]);
        CU_ASSERT_STRING_EQUAL(str(entry, "mimeType"), "text/markdown");
    }
    CU_ASSERT_PTR_NULL(json_get(got, "nextCursor"));
    got = list(NULL, MCP_2025_03_26);
    CU_ASSERT_PTR_NULL(json_get(at(got, "resources", 0), "title"));
}

static void fixed_ones_come_first_and_once(void)
{
    static const struct resource_kind more[] = {
        { .uri_template = "test://a", .name = "a" },
        { .uri_template = "test://{b}", .name = "b" },
        { 0 },
    };
    SAYS(&w, { "/users/me?", NULL, ME("") });
    struct resource_list_args in = { .more = more, .revision = MCP_2026_07_28 };
    run(resource_list_body, &in);
    const cJSON *got = result();
    CU_ASSERT_EQUAL(cJSON_GetArraySize(json_get(got, "resources")), 2);
    CU_ASSERT_STRING_EQUAL(str(at(got, "resources", 0), "uri"), "test://a");
    CU_ASSERT_STRING_EQUAL(str(at(got, "resources", 1), "uri"), "asana://user/7");
}

static void many_workspaces_take_pages(void)
{
    SAYS(&w,
         { "/users/me?", NULL,
           ME(ACME ",{\"gid\":\"2\"},{\"gid\":\"3\"},{\"gid\":\"4\",\"name\":\"Last\"}") },
         { "/tasks?assignee=me&workspace=4&", NULL, "{\"data\":[{\"gid\":\"12\"}]}" },
         { "/tasks", NULL, NOTHING }, { "/workspaces", NULL, NOTHING });
    const cJSON *got = list(NULL, MCP_2025_11_25);
    CU_ASSERT_EQUAL(cJSON_GetArraySize(json_get(got, "resources")), 1);
    CU_ASSERT_EQUAL(asana_world_count(&w, "/typeahead"), 9);
    got = list(arena_strdup(read_in, str(got, "nextCursor")), MCP_2025_11_25);
    CU_ASSERT_EQUAL(cJSON_GetArraySize(json_get(got, "resources")), 1);
    CU_ASSERT_STRING_EQUAL(str(at(got, "resources", 0), "uri"), "asana://task/12");
    CU_ASSERT_STRING_EQUAL(str(at(got, "resources", 0), "description"),
                           "Task assigned to you in Last");
    CU_ASSERT_PTR_NULL(json_get(got, "nextCursor"));
    list("5", MCP_2025_11_25);
    CU_ASSERT_EQUAL(outcome, CALL_INVALID);
    HOLDS(text, "cursor");
}

static void when_everything_fails_the_first_error_is_told(void)
{
    SAYS(&w, { "/users/me?", NULL, ME(ACME) },
         { "/tasks", "403 Forbidden", "{\"errors\":[{\"message\":\"Not you\"}]}" },
         { "/workspaces", "403 Forbidden", "{\"errors\":[{\"message\":\"Not you\"}]}" });
    list(NULL, MCP_2025_11_25);
    CU_ASSERT_EQUAL(outcome, CALL_FAILED);
    HOLDS(text, "Not you");
    SAYS(&w, { "/users/me?", "401 Unauthorized", "{\"errors\":[{\"message\":\"Who?\"}]}" });
    list(NULL, MCP_2025_11_25);
    CU_ASSERT_EQUAL(outcome, CALL_FAILED);
    HOLDS(text, "Who?");
}

static void no_more_than_so_many_of_each_kind(void)
{
    BUF_AUTO body = { .max = 1u << 20 };
    buf_str(&body, "{\"data\":[");
    for (int i = 1; i <= LIMIT_RESOURCE_ITEMS + 5; i++) {
        buf_str(&body, i > 1 ? ",{\"gid\":\"" : "{\"gid\":\"");
        buf_int(&body, i);
        buf_str(&body, "\"}");
    }
    buf_str(&body, "]}");
    SAYS(&w, { "/users/me?", NULL, ME(ACME) }, { "/tasks", NULL, kept(&body) },
         { "/workspaces", NULL, NOTHING });
    const cJSON *got = list(NULL, MCP_2025_11_25);
    CU_ASSERT_EQUAL(cJSON_GetArraySize(json_get(got, "resources")), 1 + LIMIT_RESOURCE_ITEMS);
}

/* ---- subscribing ---- */

static void subscribing_finds_where_the_events_begin(void)
{
    SAYS(&w, { "/events?resource=12&", "412 Precondition Failed",
               "{\"errors\":[{\"message\":\"Sync token invalid\"}],\"sync\":\"abc:1\"}" });
    run(resource_subscribe_body, "asana://task/12");
    CU_ASSERT_STRING_EQUAL(str(result(), "sync"), "abc:1");
    run(resource_subscribe_body, "asana://task/13");
    CU_ASSERT_EQUAL(outcome, CALL_NOT_FOUND);
    run(resource_subscribe_body, "asana://portfolio/12");
    CU_ASSERT_EQUAL(outcome, CALL_INVALID);
    SAYS(&w, { "/events?", "412 Precondition Failed", "{\"errors\":[{\"message\":\"Odd\"}]}" });
    run(resource_subscribe_body, "asana://task/12");
    CU_ASSERT_EQUAL(outcome, CALL_FAILED);
}

int main(void)
{
    json_init();
    CU_initialize_registry();
    CU_pSuite suite =
        CU_add_suite_with_setup_and_teardown("resources", NULL, NULL, world_open, world_close);
    CU_ADD_TEST(suite, uris_lead_to_their_kind);
    CU_ADD_TEST(suite, templates_and_fixed_uris_of_others);
    CU_ADD_TEST(suite, only_what_has_events_is_watchable);
    CU_ADD_TEST(suite, titles_are_for_revisions_that_know_them);
    CU_ADD_TEST(suite, an_object_reads_as_markdown_and_as_json);
    CU_ADD_TEST(suite, the_data_alone_takes_one_request);
    CU_ADD_TEST(suite, what_is_not_there_is_not_found);
    CU_ADD_TEST(suite, uris_that_make_no_sense_are_invalid);
    CU_ADD_TEST(suite, a_person_with_workspaces_and_teams);
    CU_ADD_TEST(suite, parts_that_fail_are_named_and_the_rest_is_there);
    CU_ADD_TEST(suite, json_that_is_too_long_is_left_out_and_said);
    CU_ADD_TEST(suite, the_list_has_me_my_tasks_and_what_is_recent);
    CU_ADD_TEST(suite, fixed_ones_come_first_and_once);
    CU_ADD_TEST(suite, many_workspaces_take_pages);
    CU_ADD_TEST(suite, when_everything_fails_the_first_error_is_told);
    CU_ADD_TEST(suite, no_more_than_so_many_of_each_kind);
    CU_ADD_TEST(suite, subscribing_finds_where_the_events_begin);
    return run_suites();
}
