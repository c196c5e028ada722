#include "mcp/completion.h"

#include "base/json.h"
#include "base/limits.h"
#include "mcp/catalog.h"
#include "mcp/completion_cache.h"
#include "mcp/completion_match.h"
#include "tool/visible.h"

#include "http_double.h"
#include "suites.h"

#include <CUnit/Basic.h>

enum { SEEN = 64 };

/* One server that plays Asana, one loop, one completion at a time. */
static struct world {
    struct http_double server;
    uv_loop_t loop;
    uv_timer_t patience;
    bool patience_lost;
    struct gates *gates;
    struct asana_asker asker;
    struct secret token;
    struct arena *arena;
    struct mcp_catalog *catalog;
    struct completion_cache *cache;
    struct visible *visible; /* NULL: nothing is hidden */
    struct digest caller;
    unsigned done;
    enum call_outcome outcome;
    int asana_status;
    char text[64 << 10];
    /* Under the server's lock. */
    char seen[SEEN][256]; /* paths and queries, sorted by arrival */
    unsigned asked;
    const char *status[3]; /* of typeahead in that workspace; NULL: 200 */
    bool more_workspaces;
} w;

static const struct project {
    char workspace;
    const char *gid, *name;
} projects[] = {
    { '1', "101", "Launch" },      { '1', "102", "Lawn mower" },
    { '1', "103", "Budget" },      { '2', "201", "Laundry" },
    { '2', "202", "Launch" },      { '2', "203", "\\u00c9tude" },
    { '2', "204", "Zebra, late" }, { 0 },
};

/* The decoded query, and nothing else of the target. */
static void query_of(const char *target, char *out, size_t size)
{
    const char *at = strstr(target, "&query=");
    size_t n = 0;
    for (at = at ? at + 7 : ""; *at && *at != '&' && n + 1 < size; at++) {
        unsigned byte = 0;
        if (*at == '%' && sscanf(at + 1, "%2x", &byte) == 1)
            at += 2;
        out[n++] = byte ? (char)byte : *at;
    }
    out[n] = '\0';
}

static void put_projects(struct buf *b, char workspace, const char *query)
{
    const char *comma = "";
    if (strcmp(query, "everything") == 0) { /* as many as are asked for */
        for (int i = 0; i < LIMIT_COMPLETION_VALUES; i++) {
            char row[80];
            snprintf(row, sizeof(row), "%s{\"gid\":\"%c%03d\",\"name\":\"everything %c%d\"}", comma,
                     workspace, i, workspace, i);
            buf_str(b, row);
            comma = ",";
        }
        return;
    }
    for (const struct project *p = projects; p->gid; p++) {
        char row[200];
        if (p->workspace != workspace || !strcasestr(p->name, query))
            continue;
        snprintf(row, sizeof(row), "%s{\"gid\":\"%s\",\"name\":\"%s\"}", comma, p->gid, p->name);
        buf_str(b, row);
        comma = ",";
    }
}

static bool script(struct http_seen *seen)
{
    const char *path = seen->target + strlen("/api");
    char query[300];
    bool workspaces = strncmp(path, "/workspaces?", 12) == 0;
    char number = workspaces ? '0' : path[strlen("/workspaces/")];
    pthread_mutex_lock(&seen->server->lock);
    if (w.asked < SEEN)
        snprintf(w.seen[w.asked++], sizeof(w.seen[0]), "%s", path);
    const char *status = number >= '0' && number <= '2' ? w.status[number - '0'] : NULL;
    bool more = w.more_workspaces;
    pthread_mutex_unlock(&seen->server->lock);
    if (status)
        return http_json(seen->fd, status, "{\"errors\":[{\"message\":\"Not today\"}]}");
    if (workspaces)
        return http_json(seen->fd, "200 OK",
                         more ? "{\"data\":[{\"gid\":\"1\",\"name\":\"Home\"}],\"next_page\":{}}"
                              : "{\"data\":[{\"gid\":\"1\",\"name\":\"Home\"},{\"gid\":\"2\","
                                "\"name\":\"B\\u00fcro\"}],\"next_page\":null}");
    query_of(seen->target, query, sizeof(query));
    BUF_AUTO body = { .max = 1 << 20 };
    buf_str(&body, "{\"data\":[");
    put_projects(&body, number, query);
    buf_put(&body, "]}", 3);
    return http_json(seen->fd, "200 OK", body.data);
}

static void on_impatient(uv_timer_t *timer)
{
    (void)timer;
    w.patience_lost = true;
}

static void world_open(void)
{
    struct err err = { 0 };
    char url[100];
    memset(&w, 0, sizeof(w));
    CU_ASSERT_TRUE_FATAL(http_double_start(&w.server, script, &w));
    uv_loop_init(&w.loop);
    uv_timer_init(&w.loop, &w.patience);
    uv_timer_start(&w.patience, on_impatient, 60000, 0);
    uv_unref((uv_handle_t *)&w.patience);
    snprintf(url, sizeof(url), "http://127.0.0.1:%d/api", w.server.port);
    struct asana_client_options options = { .api_url = url,
                                            .user_agent = "test",
                                            .deadline_ms = 20000 };
    w.gates = gates_new();
    w.catalog = mcp_catalog_new(NULL);
    w.cache = completion_cache_new();
    secret_set(&w.token, slice_of("1/2345:abcdef"));
    secret_digest(slice_of("Ana"), &w.caller);
    CU_ASSERT_TRUE_FATAL(asana_asker_open(&w.asker, &w.loop, w.gates, &options, &err));
}

static void world_close(void)
{
    asana_asker_close(&w.asker);
    uv_close((uv_handle_t *)&w.patience, NULL);
    uv_run(&w.loop, UV_RUN_DEFAULT);
    CU_ASSERT_EQUAL(uv_loop_close(&w.loop), 0);
    gates_free(w.gates);
    secret_done(&w.token);
    mcp_catalog_free(w.catalog);
    completion_cache_free(w.cache);
    arena_free(w.arena);
    http_double_stop(&w.server);
    CU_ASSERT_FALSE(w.patience_lost);
}

static void on_done(void *ctx, const struct call_result *result)
{
    (void)ctx;
    w.done++;
    w.outcome = result->outcome;
    w.asana_status = result->asana_status;
    snprintf(w.text, sizeof(w.text), "%.*s", (int)result->text.len, result->text.data);
}

static void complete(const char *params)
{
    arena_free(w.arena);
    w.arena = arena_new(LIMIT_CALL_ARENA);
    w.done = 0;
    w.asked = 0; /* the server is idle */
    struct completion_args args = { w.cache, w.catalog, &w.caller,
                                    json_parse(w.arena, slice_of(params), NULL) };
    struct call_context with = {
        .asana = &w.asker,
        .visible = w.visible,
        .arena = w.arena,
        .token = &w.token,
        .done = on_done,
    };
    CU_ASSERT_PTR_NOT_NULL_FATAL(call_run(&with, "completion/complete", completion_body, &args));
    CU_ASSERT_EQUAL(w.done, 0);
    while (!w.done && !w.patience_lost)
        uv_run(&w.loop, UV_RUN_ONCE);
    for (int i = 0; i < 5; i++)
        uv_run(&w.loop, UV_RUN_NOWAIT);
    CU_ASSERT_EQUAL(w.done, 1);
}

/* The project of the prompt triage_overdue, with a workspace chosen or not (JSON). */
static void project(const char *typed, const char *workspace)
{
    char params[1000];
    snprintf(params, sizeof(params),
             "{\"ref\":{\"type\":\"ref/prompt\",\"name\":\"triage_overdue\"},\"argument\":{"
             "\"name\":\"project\",\"value\":\"%s\"},\"context\":{\"arguments\":{%s%s}}}",
             typed, workspace ? "\"workspace\":" : "", workspace ? workspace : "");
    complete(params);
}

static void template(const char *uri, const char *typed)
{
    char params[1000];
    snprintf(params, sizeof(params),
             "{\"ref\":{\"type\":\"ref/resource\",\"uri\":\"%s\"},\"argument\":{\"name\":\"gid\","
             "\"value\":\"%s\"}}",
             uri, typed);
    complete(params);
}

#define VALUES(list, rest)                                                                 \
    do {                                                                                   \
        CU_ASSERT_EQUAL(w.outcome, CALL_MEMBERS);                                          \
        CU_ASSERT_STRING_EQUAL(w.text, "\"completion\":{\"values\":[" list "]," rest "}"); \
    } while (0)
#define ALL(n) "\"total\":" #n ",\"hasMore\":false"
#define SOME "\"hasMore\":true"

static void refused(const char *params, const char *text)
{
    complete(params);
    CU_ASSERT_EQUAL(w.outcome, CALL_INVALID);
    CU_ASSERT_STRING_EQUAL(w.text, text);
    CU_ASSERT_EQUAL(w.asked, 0);
}

static bool was_asked(const char *target)
{
    for (unsigned i = 0; i < w.asked; i++)
        if (strcmp(w.seen[i], target) == 0)
            return true;
    return false;
}

/* ---- what is answered ---- */

static void names_come_from_all_workspaces_the_best_of_each_first(void)
{
    project("La", NULL);
    VALUES("\"Launch\",\"Laundry\",\"Lawn mower\",\"Zebra, late\"", ALL(4));
    CU_ASSERT_EQUAL(w.asked, 3);
    CU_ASSERT_TRUE(was_asked("/workspaces?limit=100&opt_fields=name"));
    CU_ASSERT_TRUE(was_asked("/workspaces/1/typeahead?resource_type=project&query=La&count=100"
                             "&opt_fields=name"));
    CU_ASSERT_TRUE(was_asked("/workspaces/2/typeahead?resource_type=project&query=La&count=100"
                             "&opt_fields=name"));
}

static void a_chosen_workspace_narrows_by_name_or_gid(void)
{
    project("la", "\"home\"");
    VALUES("\"Launch\",\"Lawn mower\"", ALL(2));
    project("la", "\"BURO\"");
    VALUES("\"Laundry\",\"Launch\",\"Zebra, late\"", ALL(3));
    completion_cache_free(w.cache);
    w.cache = completion_cache_new();
    project("la", "\"2\"");
    VALUES("\"Laundry\",\"Launch\",\"Zebra, late\"", ALL(3));
    CU_ASSERT_EQUAL(w.asked, 1);
    project("la", "\"Nowhere\"");
    VALUES("", ALL(0));
    CU_ASSERT_EQUAL(w.asked, 1);
    project("la", "7");
    CU_ASSERT_EQUAL(w.outcome, CALL_MEMBERS);
}

static void workspaces_are_completed_from_the_list_of_them(void)
{
    static const char format[] =
        "{\"ref\":{\"type\":\"ref/prompt\",\"name\":\"my_day\"},\"argument\":{\"name\":"
        "\"workspace\",\"value\":\"%s\"},\"context\":{\"arguments\":{\"workspace\":\"x\"}}}";
    char params[400];
    snprintf(params, sizeof(params), format, "");
    complete(params);
    VALUES("\"Home\",\"B\xc3\xbcro\"", ALL(2));
    snprintf(params, sizeof(params), format, "bur");
    complete(params);
    VALUES("\"B\xc3\xbcro\"", ALL(1));
    CU_ASSERT_EQUAL(w.asked, 0);
}

static void a_template_gets_gids_by_name_or_by_their_first_digits(void)
{
    template("asana://project/{gid}", "laun");
    VALUES("\"101\",\"201\",\"202\"", ALL(3));
    template("asana://project/{gid}", "20");
    VALUES("\"201\",\"202\",\"203\",\"204\"", SOME);
    CU_ASSERT_TRUE(was_asked("/workspaces/1/typeahead?resource_type=project&query=&count=100"
                             "&opt_fields=name"));
    template("asana://project/{gid}", "203");
    VALUES("\"203\"", SOME);
    CU_ASSERT_EQUAL(w.asked, 0);
}

static void at_most_a_hundred_values_are_sent(void)
{
    project("everything", "\"1\"");
    const cJSON *whole = json_parse(w.arena, slice_of(arena_printf(w.arena, "{%s}", w.text)), NULL);
    const cJSON *found = json_get(whole, "completion");
    CU_ASSERT_EQUAL(cJSON_GetArraySize(json_get(found, "values")), 100);
    CU_ASSERT_TRUE(cJSON_IsTrue(json_get(found, "hasMore")));
    CU_ASSERT_PTR_NULL(json_get(found, "total"));
    project("everything", NULL);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(w.text, "[\"everything 10\",\"everything 20\",\"everything 11\""));
    CU_ASSERT_PTR_NOT_NULL(strstr(w.text, "\"everything 249\"]"));
}

static void an_argument_without_a_kind_has_no_values(void)
{
    complete("{\"ref\":{\"type\":\"ref/prompt\",\"name\":\"plan_project\"},\"argument\":{\"name\":"
             "\"aim\",\"value\":\"x\"}}");
    VALUES("", ALL(0));
    CU_ASSERT_EQUAL(w.asked, 0);
}

static void what_is_too_long_to_be_a_name_is_not_asked_for(void)
{
    char typed[LIMIT_COMPLETION_TYPED + 2];
    memset(typed, 'x', sizeof(typed) - 1);
    typed[sizeof(typed) - 1] = '\0';
    project(typed, NULL);
    VALUES("", ALL(0));
    CU_ASSERT_EQUAL(w.asked, 0);
    typed[sizeof(typed) - 2] = '\0';
    project(typed, NULL);
    VALUES("", ALL(0));
    CU_ASSERT_EQUAL(w.asked, 3);
}

static void workspaces_past_the_first_page_are_owned_up_to(void)
{
    w.more_workspaces = true;
    project("La", NULL);
    VALUES("\"Launch\",\"Lawn mower\"", SOME);
}

/* ---- what is refused ---- */

static void what_is_not_known_is_refused(void)
{
    refused("null", "params needs a \"ref\" with a \"type\"");
    refused("{\"ref\":{\"type\":\"ref/prompt\",\"name\":\"my_day\"}}",
            "params needs an \"argument\" with \"name\" and \"value\", two strings");
    refused("{\"ref\":{\"type\":\"ref/prompt\",\"name\":\"my_day\"},\"argument\":{\"name\":"
            "\"workspace\",\"value\":3}}",
            "params needs an \"argument\" with \"name\" and \"value\", two strings");
    refused("{\"ref\":{\"type\":\"ref/tool\",\"name\":\"x\"},\"argument\":{\"name\":\"a\","
            "\"value\":\"\"}}",
            "ref.type must be \"ref/prompt\" or \"ref/resource\"");
    refused("{\"ref\":{\"type\":\"ref/prompt\",\"name\":\"my_dya\"},\"argument\":{\"name\":\"a\","
            "\"value\":\"\"}}",
            "there is no prompt \"my_dya\"; prompts/list names them");
    refused("{\"ref\":{\"type\":\"ref/prompt\"},\"argument\":{\"name\":\"a\",\"value\":\"\"}}",
            "ref needs the \"name\" of a prompt, a string");
    refused("{\"ref\":{\"type\":\"ref/prompt\",\"name\":\"my_day\"},\"argument\":{\"name\":"
            "\"worksapce\",\"value\":\"\"}}",
            "the prompt my_day has no argument \"worksapce\" (did you mean \"workspace\"?)");
    refused("{\"ref\":{\"type\":\"ref/resource\"},\"argument\":{\"name\":\"a\",\"value\":\"\"}}",
            "ref needs the \"uri\" of a resource template, a string");
    refused("{\"ref\":{\"type\":\"ref/resource\",\"uri\":\"asana://tag/{gid}\"},\"argument\":{"
            "\"name\":\"gid\",\"value\":\"\"}}",
            "there is no resource template \"asana://tag/{gid}\"; resources/templates/list names "
            "them");
    refused("{\"ref\":{\"type\":\"ref/resource\",\"uri\":\"asana://task/{gid}\"},\"argument\":{"
            "\"name\":\"id\",\"value\":\"\"}}",
            "the variable of asana://task/{gid} is \"gid\"");
}

/* ---- when Asana fails ---- */

static void one_workspace_that_fails_leaves_the_others(void)
{
    w.status[1] = "403 Forbidden";
    project("La", NULL);
    VALUES("\"Laundry\",\"Launch\",\"Zebra, late\"", SOME);
    w.status[1] = NULL;
    project("La", NULL);
    CU_ASSERT_EQUAL(w.asked, 1);
    VALUES("\"Launch\",\"Laundry\",\"Lawn mower\",\"Zebra, late\"", ALL(4));
}

static void when_no_workspace_answers_the_error_says_why(void)
{
    w.status[1] = w.status[2] = "403 Forbidden";
    project("La", NULL);
    CU_ASSERT_EQUAL(w.outcome, CALL_FAILED);
    CU_ASSERT_EQUAL(w.asana_status, 403);
    CU_ASSERT_PTR_NOT_NULL(strstr(w.text, "Not today"));
    w.status[0] = "403 Forbidden";
    completion_cache_free(w.cache);
    w.cache = completion_cache_new();
    project("La", NULL);
    CU_ASSERT_EQUAL(w.outcome, CALL_FAILED);
    CU_ASSERT_EQUAL(w.asked, 1);
}

static void a_token_that_asana_refuses_is_an_error_at_once(void)
{
    w.status[2] = "401 Unauthorized";
    project("La", NULL);
    CU_ASSERT_EQUAL(w.outcome, CALL_FAILED);
    CU_ASSERT_EQUAL(w.asana_status, 401);
}

static void a_completion_can_be_cancelled(void)
{
    w.arena = arena_new(LIMIT_CALL_ARENA);
    struct completion_args args = {
        w.cache, w.catalog, &w.caller,
        json_parse(w.arena,
                   slice_of("{\"ref\":{\"type\":\"ref/prompt\",\"name\":\"my_day\"},\"argument\":{"
                            "\"name\":\"workspace\",\"value\":\"\"}}"),
                   NULL)
    };
    struct call_context with = {
        .asana = &w.asker,
        .visible = w.visible,
        .arena = w.arena,
        .token = &w.token,
        .done = on_done,
    };
    call_cancel(call_run(&with, "completion/complete", completion_body, &args));
    for (int i = 0; i < 5; i++)
        uv_run(&w.loop, UV_RUN_NOWAIT);
    CU_ASSERT_EQUAL(w.done, 0);
}

/* ---- typing on ---- */

static void typing_on_is_answered_from_a_complete_list(void)
{
    project("l", NULL);
    CU_ASSERT_EQUAL(w.asked, 3);
    project("la", NULL);
    VALUES("\"Launch\",\"Laundry\",\"Lawn mower\",\"Zebra, late\"", ALL(4));
    project("laun", NULL);
    VALUES("\"Launch\",\"Laundry\"", ALL(2));
    CU_ASSERT_EQUAL(w.asked, 0);
    project(" la ", NULL);
    CU_ASSERT_EQUAL(w.asked, 0);
}

static bool hides_some(void *ctx)
{
    return *(const char **)ctx != NULL;
}

static bool shows_that(void *ctx, const char *workspace)
{
    return strcmp(workspace, *(const char **)ctx) == 0;
}

static void what_is_hidden_is_not_completed_from_what_was_kept(void)
{
    const char *shown = NULL;
    w.visible = visible_new(
        &(struct visible_policy){ .ctx = &shown, .hides = hides_some, .shows = shows_that },
        &visible_rules);
    project("laun", NULL);
    VALUES("\"Launch\",\"Laundry\"", ALL(2));
    project("laun", "\"2\"");
    VALUES("\"Laundry\",\"Launch\"", ALL(2));
    shown = "1";
    project("laun", NULL);
    VALUES("\"Launch\"", ALL(1));
    project("laun", "\"2\"");
    CU_ASSERT_EQUAL(w.outcome, CALL_NOT_FOUND);
    CU_ASSERT_EQUAL(w.asked, 0);
    visible_free(w.visible);
    w.visible = NULL;
}

static void an_incomplete_list_does_not_answer_more_than_it_was_asked_for(void)
{
    project("", "\"2\"");
    VALUES("\"Laundry\",\"Launch\",\"\xc3\x89tude\",\"Zebra, late\"", SOME);
    CU_ASSERT_EQUAL(w.asked, 1);
    project("", "\"2\"");
    CU_ASSERT_EQUAL(w.asked, 0);
    project("l", "\"2\"");
    CU_ASSERT_EQUAL(w.asked, 1);
    project("everything", "\"1\"");
    project("everything 1", "\"1\"");
    CU_ASSERT_EQUAL(w.asked, 1);
}

static void what_nothing_kept_fits_is_asked_for_once(void)
{
    project("la", "\"1\"");
    project("lax", "\"1\"");
    VALUES("", ALL(0));
    CU_ASSERT_EQUAL(w.asked, 1);
    project("laxy", "\"1\"");
    VALUES("", ALL(0));
    CU_ASSERT_EQUAL(w.asked, 0);
}

static void nobody_is_answered_from_what_another_one_may_see(void)
{
    project("la", NULL);
    secret_digest(slice_of("Ben"), &w.caller);
    project("la", NULL);
    CU_ASSERT_EQUAL(w.asked, 3);
    project("la", NULL);
    CU_ASSERT_EQUAL(w.asked, 0);
}

static void without_a_cache_asana_is_always_asked(void)
{
    completion_cache_free(w.cache);
    w.cache = NULL;
    project("la", NULL);
    project("la", NULL);
    CU_ASSERT_EQUAL(w.asked, 3);
}

/* ---- the cache ---- */

static struct digest key(unsigned n)
{
    struct digest out;
    secret_digest((struct slice){ (const char *)&n, sizeof(n) }, &out);
    return out;
}

static bool has(unsigned n, uint64_t now_ms)
{
    struct digest of = key(n);
    struct completion_list *list = completion_cache_find(w.cache, &of, now_ms, w.arena);
    if (!list)
        return false;
    CU_ASSERT_EQUAL(list->count, 2);
    CU_ASSERT_TRUE(list->complete);
    CU_ASSERT_STRING_EQUAL(list->items[1].gid, "12");
    CU_ASSERT_STRING_EQUAL(list->items[1].name, "");
    return true;
}

static void put(unsigned n, uint64_t now_ms)
{
    struct digest of = key(n);
    struct completion_item items[] = { { "1", "One" }, { "12", "" } };
    completion_cache_put(w.cache, &of, now_ms, &(struct completion_list){ items, 2, true });
}

static void lists_grow_old(void)
{
    w.arena = arena_new(1 << 20);
    put(1, 5000);
    CU_ASSERT_TRUE(has(1, 5000 + LIMIT_COMPLETION_SECONDS * 1000 - 1));
    CU_ASSERT_FALSE(has(1, 5000 + LIMIT_COMPLETION_SECONDS * 1000));
    CU_ASSERT_FALSE(has(1, 5000));
    put(1, 9000);
    put(1, 10000);
    CU_ASSERT_TRUE(has(1, 9000 + LIMIT_COMPLETION_SECONDS * 1000));
}

static void the_list_that_was_longest_not_asked_for_makes_room(void)
{
    w.arena = arena_new(1 << 20);
    for (unsigned i = 0; i < LIMIT_COMPLETION_LISTS; i++)
        put(i, 1);
    CU_ASSERT_TRUE(has(0, 1));
    put(LIMIT_COMPLETION_LISTS, 1);
    CU_ASSERT_TRUE(has(0, 1));
    CU_ASSERT_FALSE(has(1, 1));
    CU_ASSERT_TRUE(has(2, 1));
}

static void a_list_that_is_too_long_is_not_kept(void)
{
    static char name[LIMIT_COMPLETION_LIST];
    w.arena = arena_new(1 << 20);
    memset(name, 'x', sizeof(name) - 1);
    struct digest of = key(1);
    struct completion_item item = { "1", name };
    struct completion_list list = { &item, 1, true };
    completion_cache_put(w.cache, &of, 1, &list);
    CU_ASSERT_PTR_NULL(completion_cache_find(w.cache, &of, 1, w.arena));
    name[sizeof(name) - 3] = '\0';
    completion_cache_put(w.cache, &of, 1, &list);
    CU_ASSERT_PTR_NOT_NULL(completion_cache_find(w.cache, &of, 1, w.arena));
    name[sizeof(name) - 3] = 'x'; /* what is too long replaces what was kept, all the same */
    completion_cache_put(w.cache, &of, 1, &list);
    CU_ASSERT_PTR_NULL(completion_cache_find(w.cache, &of, 1, w.arena));
}

/* ---- names ---- */

static void names_are_compared_without_case_and_accents(void)
{
    CU_ASSERT_TRUE(completion_fits("Marketing Launch", "launch mar"));
    CU_ASSERT_TRUE(completion_fits("Marketing Launch", "  KETING "));
    CU_ASSERT_TRUE(completion_fits("Marketing", ""));
    CU_ASSERT_FALSE(completion_fits("Marketing", "marketings"));
    CU_ASSERT_FALSE(completion_fits("", "m"));
    CU_ASSERT_TRUE(completion_fits("Caf\xc3\xa9 \xc5\x81\xc3\xb3"
                                   "d\xc5\xba",
                                   "cafe lodz"));
    CU_ASSERT_TRUE(completion_fits("cafe", "CAF\xc3\x89"));
    CU_ASSERT_TRUE(completion_fits("\xd0\x9f\xd0\xbb\xd0\xb0\xd0\xbd", "\xd0\xbf\xd0\xbb"));
    CU_ASSERT_TRUE(completion_fits("\xe8\xa8\x88\xe7\x94\xbb", "\xe7\x94\xbb"));
    CU_ASSERT_FALSE(completion_fits("\xe8\xa8\x88\xe7\x94\xbb", "\xe8\xa8\x89"));
    CU_ASSERT_TRUE(completion_same("B\xc3\xbcro", "buro"));
    CU_ASSERT_FALSE(completion_same("Home", "hom"));
    CU_ASSERT_FALSE(completion_same("Hom", "home"));
}

#define TEST(f) CU_add_test(suite, #f, f)

int main(void)
{
    json_init();
    secret_init();
    CU_initialize_registry();
    CU_pSuite suite =
        CU_add_suite_with_setup_and_teardown("completion", NULL, NULL, world_open, world_close);
    TEST(names_come_from_all_workspaces_the_best_of_each_first);
    TEST(a_chosen_workspace_narrows_by_name_or_gid);
    TEST(workspaces_are_completed_from_the_list_of_them);
    TEST(a_template_gets_gids_by_name_or_by_their_first_digits);
    TEST(at_most_a_hundred_values_are_sent);
    TEST(an_argument_without_a_kind_has_no_values);
    TEST(what_is_too_long_to_be_a_name_is_not_asked_for);
    TEST(workspaces_past_the_first_page_are_owned_up_to);
    TEST(what_is_not_known_is_refused);
    TEST(one_workspace_that_fails_leaves_the_others);
    TEST(when_no_workspace_answers_the_error_says_why);
    TEST(a_token_that_asana_refuses_is_an_error_at_once);
    TEST(a_completion_can_be_cancelled);
    TEST(typing_on_is_answered_from_a_complete_list);
    TEST(what_is_hidden_is_not_completed_from_what_was_kept);
    TEST(an_incomplete_list_does_not_answer_more_than_it_was_asked_for);
    TEST(what_nothing_kept_fits_is_asked_for_once);
    TEST(nobody_is_answered_from_what_another_one_may_see);
    TEST(without_a_cache_asana_is_always_asked);
    TEST(lists_grow_old);
    TEST(the_list_that_was_longest_not_asked_for_makes_room);
    TEST(a_list_that_is_too_long_is_not_kept);
    TEST(names_are_compared_without_case_and_accents);
    CU_basic_set_mode(CU_BRM_VERBOSE);
    return run_suites();
}
