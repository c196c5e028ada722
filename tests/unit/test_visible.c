#include "tool/visible_priv.h"

#include "base/json.h"
#include "base/limits.h"
#include "base/log.h"

#include "asana_world.h"
#include "suites.h"

/* Workspace 1 is shown, 2 is hidden. The rules are the real ones. */
static struct {
    struct asana_world asana;
    struct visible *visible;
    bool hides;
    const char *shown;
    struct secret token;
    const struct visible_limit *limits;
    char detail[128];
    /* The last answer. */
    struct visible_ask *ask;
    unsigned answers;
    int status;
    char body[16384];
    enum asana_outcome outcome;
} w;

static bool hides(void *ctx)
{
    CU_ASSERT_PTR_EQUAL(ctx, &w);
    return w.hides;
}

static bool shows(void *ctx, const char *workspace)
{
    CU_ASSERT_PTR_EQUAL(ctx, &w);
    return strcmp(workspace, w.shown) == 0;
}

static void open_world(void)
{
    memset(&w, 0, sizeof(w));
    asana_world_open(&w.asana);
    w.hides = true;
    w.shown = "1";
    secret_set(&w.token, slice_of("1/2:abc"));
    w.visible = visible_new(&(struct visible_policy){ .ctx = &w, .hides = hides, .shows = shows },
                            &visible_rules);
}

static void close_world(void)
{
    asana_world_close(&w.asana);
    visible_free(w.visible);
    secret_done(&w.token);
}

static void on_answer(void *ctx, const struct asana_answer *answer)
{
    CU_ASSERT_PTR_EQUAL(ctx, &w);
    w.ask = NULL;
    w.answers++;
    w.status = answer->status;
    w.outcome = answer->outcome;
    snprintf(w.detail, sizeof(w.detail), "%s", answer->detail);
    snprintf(w.body, sizeof(w.body), "%.*s", (int)answer->body.len, answer->body.data);
    uv_stop(&w.asana.loop);
}

static struct visible_ask *start(enum asana_method method, const char *url, const char *body)
{
    struct asana_req r;
    struct err err;
    asana_req_init(&r, method);
    buf_str(&r.url, url);
    buf_str(&r.body, body);
    struct visible_ask *a =
        visible_ask(w.visible, NULL, &w.asana.asker, &r, &w.token, w.limits, on_answer, &w, &err);
    CU_ASSERT_PTR_NOT_NULL(a);
    asana_req_done(&r);
    return a;
}

static const char *ask(enum asana_method method, const char *url, const char *body)
{
    unsigned before = w.answers;
    w.ask = start(method, url, body);
    while (w.answers == before && !w.asana.patience_lost)
        uv_run(&w.asana.loop, UV_RUN_ONCE);
    return w.body;
}

#define GET(url) ask(ASANA_GET, (url), "")
#define ASKED(text) asana_world_count(&w.asana, (text))
#define IS(text, expected) CU_ASSERT_STRING_EQUAL((text), (expected))
#define HAS(text, part) CU_ASSERT_PTR_NOT_NULL(strstr((text), (part)))

static void while_nothing_is_hidden_nothing_differs(void)
{
    static const char body[] = "{ \"data\" : {\"gid\":\"5\", \"workspace\":{\"gid\":\"2\"}} }";
    open_world();
    SAYS(&w.asana, { "/tasks/5", .body = body }, { "/odd", .body = body });
    w.hides = false;
    IS(GET("/tasks/5?opt_fields=name"), body);
    IS(GET("/odd?x=%2C"), body); /* no rule knows it */
    CU_ASSERT_EQUAL(ASKED("/tasks/5?opt_fields=name 1/2:abc\n"), 1);
    CU_ASSERT_EQUAL(ASKED("\n"), 2);
    visible_free(w.visible);
    w.visible = NULL;
    IS(GET("/tasks/5?opt_fields=name"), body);
    CU_ASSERT_EQUAL(ASKED("\n"), 3);
    close_world();
}

static void an_object_that_is_read_tells_its_workspace(void)
{
    open_world();
    SAYS(&w.asana,
         { "/tasks/5?", .body = "{\"data\": {\"gid\":\"5\", \"n\":1.50, \"workspace\":{\"gid\":"
                                "\"1\"},\"name\":\"\\u00e9\"}, \"x\":null}" },
         { "/tasks/6?", .body = "{\"data\":{\"gid\":\"6\",\"workspace\":{\"gid\":\"2\"}}}" },
         { "/tasks/7?", .body = "{\"data\":{\"gid\":\"7\",\"workspace\":null}}" });
    /* Values keep their bytes, and what was not asked for is gone again. */
    IS(GET("/tasks/5?opt_fields=n%2Cname&limit=2"),
       "{\"data\":{\"gid\":\"5\",\"n\":1.50,\"name\":\"\\u00e9\"},\"x\":null}");
    CU_ASSERT_EQUAL(ASKED("/tasks/5?opt_fields=n%2Cname,workspace.gid&limit=2 "), 1);
    IS(GET("/tasks/6?opt_fields=name"), "{\"errors\":[{\"message\":\"task: Unknown object: 6\"}]}");
    CU_ASSERT_EQUAL(w.status, 404);
    IS(GET("/tasks/7?opt_fields=name"), "{\"errors\":[{\"message\":\"task: Unknown object: 7\"}]}");
    IS(GET("/tasks/8?opt_fields=name"), "{\"errors\":[{\"message\":\"task: Unknown object: 8\"}]}");
    CU_ASSERT_EQUAL(ASKED("\n"), 4);
    /* Both are known now: one needs no telling, the other no request. */
    GET("/tasks/5?opt_fields=name");
    CU_ASSERT_EQUAL(ASKED("/tasks/5?opt_fields=name "), 1);
    GET("/tasks/6?opt_fields=name");
    CU_ASSERT_EQUAL(w.status, 404);
    CU_ASSERT_EQUAL(ASKED("\n"), 5);
    close_world();
}

/* Workspace 1 is shown, but not for this. */
static void what_a_limit_is_about_is_not_sent(void)
{
    static const struct visible_limit limits[] = { { "1", "not in here" }, { 0 } };
    open_world();
    w.hides = false;
    w.limits = limits;
    SAYS(&w.asana,
         { "/tasks/5?", .body = "{\"data\":{\"gid\":\"5\",\"workspace\":{\"gid\":\"1\"}}}" },
         { "/tasks/6?", .body = "{\"data\":{\"gid\":\"6\",\"workspace\":{\"gid\":\"2\"}}}" },
         { "/tasks/6", .body = "{\"data\":{}}" });
    ask(ASANA_PUT, "/tasks/5", "{\"data\":{\"name\":\"x\"}}");
    CU_ASSERT_EQUAL(w.outcome, ASANA_FORBIDDEN);
    IS(w.detail, "not in here");
    CU_ASSERT_EQUAL(ASKED("/tasks/5 "), 0);
    ask(ASANA_PUT, "/tasks/6", "{\"data\":{\"name\":\"x\"}}");
    CU_ASSERT_EQUAL(w.outcome, ASANA_ANSWERED);
    CU_ASSERT_EQUAL(ASKED("/tasks/6 "), 1);
    ask(ASANA_POST, "/tasks", "{\"data\":{\"name\":\"x\",\"workspace\":\"1\"}}");
    CU_ASSERT_EQUAL(w.outcome, ASANA_FORBIDDEN);
    CU_ASSERT_EQUAL(ASKED("/tasks "), 0);
    /* Reading by id: it is looked up first, and the object itself is not asked for. */
    unsigned before = ASKED("\n");
    GET("/tasks/5?opt_fields=name");
    CU_ASSERT_EQUAL(w.outcome, ASANA_FORBIDDEN);
    CU_ASSERT_EQUAL(ASKED("\n"), before);
    close_world();
}

static void what_was_asked_for_stays(void)
{
    static const char body[] = "{\"data\":{\"gid\":\"5\",\"workspace\":{\"gid\":\"1\"}}}";
    static const char *const fields[] = { "workspace", "name,workspace.name", "this.workspace",
                                          "(name%7Cworkspace).gid" };
    for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
        char url[100];
        open_world();
        SAYS(&w.asana, { "/tasks/5?", .body = body });
        snprintf(url, sizeof(url), "/tasks/5?opt_fields=%s", fields[i]);
        IS(GET(url), body);
        close_world();
    }
}

static void a_write_is_sent_when_all_it_names_is_shown(void)
{
    static const char both[] = "{\"data\":{\"parent\":\"6\"}}";
    open_world();
    SAYS(&w.asana, { "/tasks/5?", .body = "{\"data\":{\"workspace\":{\"gid\":\"1\"}}}" },
         { "/tasks/6?", .body = "{\"data\":{\"workspace\":{\"gid\":\"1\"}}}" },
         { "/tasks/7?", .body = "{\"data\":{\"workspace\":{\"gid\":\"2\"}}}" },
         { "/tasks/8?", "403 Forbidden", "{\"errors\":[]}" },
         { "/tasks/5", .body = "{\"data\":{\"done\":true}}" });
    IS(ask(ASANA_POST, "/tasks/5/setParent", both), "{\"data\":{\"done\":true}}");
    CU_ASSERT_EQUAL(ASKED("\n"), 3);
    IS(ask(ASANA_POST, "/tasks/5/setParent", both), "{\"data\":{\"done\":true}}");
    CU_ASSERT_EQUAL(ASKED("\n"), 4); /* remembered */
    IS(ask(ASANA_POST, "/tasks/5/setParent", "{\"data\":{\"parent\":\"7\"}}"),
       "{\"errors\":[{\"message\":\"parent: Unknown object: 7\"}]}");
    IS(ask(ASANA_POST, "/tasks/5/setParent", "{\"data\":{\"parent\":\"8\"}}"),
       "{\"errors\":[{\"message\":\"parent: Unknown object: 8\"}]}");
    IS(ask(ASANA_POST, "/tasks/5/setParent", "{\"data\":{\"parent\":\"a\\u0062c\"}}"),
       "{\"errors\":[{\"message\":\"parent: Unknown object: \"}]}");
    IS(ask(ASANA_DELETE, "/tasks/7", ""),
       "{\"errors\":[{\"message\":\"task: Unknown object: 7\"}]}");
    CU_ASSERT_EQUAL(ASKED("setParent"), 2);
    CU_ASSERT_EQUAL(ASKED("/tasks/7 "), 0);
    ask(ASANA_POST, "/tasks/5/setParent", "{\"data\":{\"parent\":null,\"insert_after\":null}}");
    CU_ASSERT_EQUAL(ASKED("setParent"), 3);
    close_world();
}

/* Else the answer would tell which of two is there. */
static void of_several_that_are_not_there_the_first_is_named(void)
{
    static const char body[] = "{\"data\":{\"parent\":\"7\"}}";
    open_world();
    SAYS(&w.asana, { "/tasks/7?", .body = "{\"data\":{\"workspace\":{\"gid\":\"2\"}}}" });
    GET("/tasks/7?opt_fields=name");
    IS(ask(ASANA_POST, "/tasks/9/setParent", body),
       "{\"errors\":[{\"message\":\"task: Unknown object: 9\"}]}");
    CU_ASSERT_EQUAL(ASKED("setParent"), 0);
    close_world();
}

static void what_an_object_belongs_to_tells_for_it(void)
{
    open_world();
    SAYS(&w.asana,
         { "/sections/3?", .body = "{\"data\":{\"project\":{\"gid\":\"4\",\"resource_type\":"
                                   "\"project\",\"workspace\":{\"gid\":\"1\"}}}}" },
         { "/attachments/5?opt_fields=parent.res",
           .body = "{\"data\":{\"parent\":{\"gid\":\"6\",\"resource_type\":\"task\"}}}" },
         { "/tasks/6?", .body = "{\"data\":{\"workspace\":{\"gid\":\"1\"}}}" },
         { "/status_updates/7?",
           .body = "{\"data\":{\"parent\":{\"gid\":\"8\",\"resource_type\":\"moon\"}}}" },
         { "/tasks?section=3", .body = "{\"data\":[]}" },
         { "/attachments/5", .body = "{\"data\":{\"gid\":\"5\"}}" },
         { "/project_statuses/7", .body = "{\"data\":{\"gid\":\"7\"}}" });
    IS(GET("/tasks?section=3"), "{\"data\":[]}");
    IS(GET("/attachments/5?opt_fields=name"), "{\"data\":{\"gid\":\"5\"}}");
    CU_ASSERT_EQUAL(ASKED("\n"), 5);
    GET("/project_statuses/7?opt_fields=title");
    CU_ASSERT_EQUAL(w.status, 404);
    CU_ASSERT_EQUAL(ASKED("project_statuses"), 0);
    close_world();
}

static void a_name_may_be_of_several_kinds(void)
{
    open_world();
    SAYS(&w.asana, { "/projects/5?", .body = "{\"data\":{\"workspace\":{\"gid\":\"1\"}}}" },
         { "/attachments?parent=5", .body = "{\"data\":[]}" });
    IS(GET("/attachments?parent=5"), "{\"data\":[]}");
    CU_ASSERT_EQUAL(ASKED("/tasks/5?opt_fields=workspace.gid "), 1);
    GET("/attachments?parent=6");
    CU_ASSERT_EQUAL(w.status, 404);
    CU_ASSERT_EQUAL(ASKED("/attachments?parent=6"), 0);
    close_world();
}

/* As a pack has them (tool/pack.h): its tools' requests go by its own. */
static void rules_may_come_with_the_request(void)
{
    static const struct visible_kind place = { .name = "workspace", .way = VISIBLE_ITSELF };
    static const struct visible_kind lost = {
        .name = "lost", .way = VISIBLE_UNDER, .at = "parent", .fields = "parent.gid"
    };
    static const struct visible_kind task = { .name = "task",
                                              .way = VISIBLE_IN,
                                              .path = "/t/",
                                              .at = "workspace",
                                              .fields = "workspace.gid" };
    static const struct visible_kind *const kinds[] = { &place, &lost, &task, NULL };
    static const struct visible_name names[] = { { "parent", { &lost, &task } }, { 0 } };
    static const struct visible_name alone[] = { { "item", { &lost } }, { 0 } };
    static const struct visible_route routes[] = {
        { ASANA_POST, "/files", names, NULL },
        { ASANA_POST, "/lost", alone, NULL },
    };
    static const struct visible_rules rules = { kinds, routes, 2 };
    static const struct {
        const char *url, *part, *id, *answer;
    } asks[] = {
        { "/files", "parent", "5", "{\"data\":{}}" },
        { "/files", "parent", "6", "{\"errors\":[{\"message\":\"parent: Unknown object: 6\"}]}" },
        { "/lost", "item", "5", "{\"data\":{}}" }, /* remembered */
        { "/lost", "item", "7", "{\"errors\":[{\"message\":\"item: Unknown object: 7\"}]}" },
        { "/tasks", "parent", "5", "{\"errors\":[{\"message\":\"Not Found\"}]}" },
    };
    open_world();
    SAYS(&w.asana, { "/t/5?", .body = "{\"data\":{\"workspace\":{\"gid\":\"1\"}}}" },
         { "/t/6?", .body = "{\"data\":{\"workspace\":{\"gid\":\"2\"}}}" },
         { "/", .body = "{\"data\":{}}" });
    for (size_t i = 0; i < sizeof(asks) / sizeof(*asks); i++) {
        struct asana_req r;
        struct err err;
        unsigned before = w.answers;
        asana_req_init(&r, ASANA_POST);
        asana_path(&r, asks[i].url);
        asana_form_str(&r, "title", "6");
        asana_form_str(&r, asks[i].part, asks[i].id);
        CU_ASSERT_TRUE(asana_req_end(&r, NULL));
        w.ask =
            visible_ask(w.visible, &rules, &w.asana.asker, &r, &w.token, NULL, on_answer, &w, &err);
        while (w.answers == before && !w.asana.patience_lost)
            uv_run(&w.asana.loop, UV_RUN_ONCE);
        IS(w.body, asks[i].answer);
        asana_req_done(&r);
    }
    CU_ASSERT_EQUAL(ASKED("/files "), 1);
    CU_ASSERT_EQUAL(ASKED("/lost "), 1);
    close_world();
}

static void what_only_lists_tell_is_looked_for_there(void)
{
    open_world();
    SAYS(&w.asana, { "/workspaces?", .body = "{\"data\":[{\"gid\":\"2\"},{\"gid\":\"1\"}]}" },
         { "/time_periods?workspace=1&limit=100&offset=x",
           .body = "{\"data\":[{\"gid\":\"8\"},{\"gid\":\"9\"}],\"next_page\":null}" },
         { "/time_periods?workspace=1&",
           .body = "{\"data\":[{\"gid\":\"7\"}],\"next_page\":{\"offset\":\"x\"}}" },
         { "/time_periods/8", .body = "{\"data\":{\"gid\":\"8\"}}" },
         { "/time_periods/9", .body = "{\"data\":{\"gid\":\"9\"}}" });
    IS(GET("/time_periods/8?opt_fields=period"), "{\"data\":{\"gid\":\"8\"}}");
    CU_ASSERT_EQUAL(ASKED("\n"), 4);
    IS(GET("/time_periods/9?opt_fields=period"), "{\"data\":{\"gid\":\"9\"}}");
    CU_ASSERT_EQUAL(ASKED("\n"), 5); /* was on that page */
    GET("/time_periods/10?opt_fields=period");
    CU_ASSERT_EQUAL(w.status, 404);
    CU_ASSERT_EQUAL(ASKED("/time_periods/10"), 0);
    CU_ASSERT_EQUAL(ASKED("workspace=2"), 0);
    close_world();
}

static void lists_are_filtered(void)
{
    open_world();
    SAYS(
        &w.asana,
        { "/workspaces?limit=1",
          .body = "{\"data\":[{\"gid\":\"1\"},{\"gid\":\"2\"}],\"next_page\":{\"offset\":\"o\"}}" },
        { "/projects?", .body = "{\"data\":[{\"gid\":\"5\",\"workspace\":{\"gid\":\"2\"}},{\"gid\":"
                                "\"6\",\"workspace\":{\"gid\":\"1\"}},{\"gid\":\"7\"}]}" },
        { "/workspaces/1/users",
          .body = "{\"data\":[{\"gid\":\"8\",\"workspaces\":[{\"gid\":\"2\"},{\"gid\":\"1\"}]},"
                  "{\"gid\":\"9\",\"team\":{\"organization\":{\"gid\":\"2\"}}}]}" });
    IS(GET("/workspaces?limit=1&opt_fields=name"),
       "{\"data\":[{\"gid\":\"1\"}],\"next_page\":{\"offset\":\"o\"}}");
    IS(GET("/projects?opt_fields=name"), "{\"data\":[{\"gid\":\"6\"}]}");
    IS(GET("/workspaces/1/users"), "{\"data\":[{\"gid\":\"8\",\"workspaces\":[{\"gid\":\"1\"}]},{"
                                   "\"gid\":\"9\",\"team\":null}]}");
    GET("/workspaces/2/users");
    CU_ASSERT_EQUAL(w.status, 404);
    GET("/projects?workspace=2&opt_fields=name");
    CU_ASSERT_EQUAL(w.status, 404);
    CU_ASSERT_EQUAL(ASKED("\n"), 3);
    close_world();
}

static void a_person_is_there_who_shares_a_shown_workspace(void)
{
    open_world();
    SAYS(
        &w.asana,
        { "/users/me?", .body = "{\"data\":{\"gid\":\"3\",\"custom_fields\":[],\"workspaces\":[{"
                                "\"gid\":\"2\"}]}}" },
        { "/users/4?", .body = "{\"data\":{\"gid\":\"4\",\"name\":\"D\",\"workspaces\":[{\"gid\":"
                               "\"2\"},{\"gid\":\"1\"}]}}" },
        { "/users/e%40x?", .body = "{\"data\":{\"gid\":\"5\",\"workspaces\":[{\"gid\":\"2\"}]}}" });
    /* Which workspace a person's custom fields are of is nowhere said. */
    IS(GET("/users/me?opt_fields=workspaces"), "{\"data\":{\"gid\":\"3\",\"workspaces\":[]}}");
    IS(GET("/users/4?opt_fields=name"), "{\"data\":{\"gid\":\"4\",\"name\":\"D\"}}");
    IS(GET("/users/e%40x?opt_fields=name"),
       "{\"errors\":[{\"message\":\"user: Unknown object: e@x\"}]}");
    close_world();
}

static void what_no_rule_knows_is_not_sent(void)
{
    open_world();
    IS(GET("/jobs/5"), "{\"errors\":[{\"message\":\"Not Found\"}]}");
    GET("/tasks/5/subtasks/6");
    CU_ASSERT_EQUAL(w.status, 404);
    ask(ASANA_PUT, "/projects/5", "{\"data\":{}}");
    CU_ASSERT_EQUAL(w.status, 404);
    CU_ASSERT_EQUAL(ASKED("\n"), 0);
    close_world();
}

static void a_workspace_that_is_hidden_later_is_hidden_at_once(void)
{
    open_world();
    SAYS(&w.asana,
         { "/tasks/5", .body = "{\"data\":{\"gid\":\"5\",\"workspace\":{\"gid\":\"1\"}}}" });
    GET("/tasks/5?opt_fields=name");
    CU_ASSERT_EQUAL(w.status, 200);
    w.shown = "2";
    GET("/tasks/5?opt_fields=name");
    CU_ASSERT_EQUAL(w.status, 404);
    CU_ASSERT_EQUAL(ASKED("\n"), 1);
    close_world();
}

static void what_keeps_an_object_from_being_found_is_told(void)
{
    open_world();
    SAYS(&w.asana, { "/tasks/5?", "401 Unauthorized", "{\"errors\":[]}" },
         { "/tasks/6?", "402 Payment Required", "{\"errors\":[]}" });
    ask(ASANA_DELETE, "/tasks/5", "");
    CU_ASSERT_EQUAL(w.status, 401);
    ask(ASANA_DELETE, "/tasks/6", "");
    CU_ASSERT_EQUAL(w.status, 404);
    CU_ASSERT_EQUAL(ASKED("\n"), 2);
    http_double_refuse(&w.asana.server);
    close_world();
}

static void two_who_look_for_the_same_ask_once(void)
{
    open_world();
    SAYS(&w.asana, { "/tasks/5?", .body = "{\"data\":{\"workspace\":{\"gid\":\"1\"}}}" },
         { "/tasks/5/", .body = "{\"data\":[]}" });
    struct visible_ask *gone = start(ASANA_GET, "/tasks/5/subtasks", "");
    start(ASANA_GET, "/tasks/5/stories", "");
    start(ASANA_GET, "/tasks/5/subtasks", "");
    visible_ask_cancel(gone);
    while (w.answers < 2 && !w.asana.patience_lost)
        uv_run(&w.asana.loop, UV_RUN_ONCE);
    CU_ASSERT_EQUAL(ASKED("\n"), 3);
    CU_ASSERT_EQUAL(ASKED("/tasks/5?"), 1);
    close_world();
}

static void cancelling_leaves_nothing(void)
{
    open_world();
    SAYS(&w.asana, { "/tasks/5?", .body = "{\"data\":{\"workspace\":{\"gid\":\"1\"}}}" });
    visible_ask_cancel(start(ASANA_DELETE, "/tasks/5", ""));
    visible_ask_cancel(start(ASANA_GET, "/workspaces/2/users", ""));
    visible_ask_cancel(start(ASANA_GET, "/workspaces/1/users", ""));
    visible_ask_cancel(start(ASANA_GET, "/time_periods/9?opt_fields=x", ""));
    while (uv_run(&w.asana.loop, UV_RUN_NOWAIT) && w.answers)
        ;
    CU_ASSERT_EQUAL(w.answers, 0);
    close_world();
}

static void what_is_remembered_is_bounded(void)
{
    char id[400];
    open_world();
    for (unsigned i = 0; i <= LIMIT_VISIBLE_KEPT; i++) {
        snprintf(id, sizeof(id), "%u", i);
        visible_remember(w.visible, id, "1");
    }
    CU_ASSERT_PTR_NULL(visible_recall(w.visible, "0"));
    IS(visible_recall(w.visible, "1"), "1");
    IS(visible_recall(w.visible, id), "1");
    visible_remember(w.visible, id, "2");
    IS(visible_recall(w.visible, id), "2");
    memset(id, '7', sizeof(id) - 1);
    id[sizeof(id) - 1] = '\0';
    visible_remember(w.visible, id, "1");
    CU_ASSERT_PTR_NULL(visible_recall(w.visible, id));
    close_world();
}

int main(void)
{
    static CU_TestInfo tests[] = {
        { "while_nothing_is_hidden_nothing_differs", while_nothing_is_hidden_nothing_differs },
        { "what_a_limit_is_about_is_not_sent", what_a_limit_is_about_is_not_sent },
        { "an_object_that_is_read_tells_its_workspace",
          an_object_that_is_read_tells_its_workspace },
        { "what_was_asked_for_stays", what_was_asked_for_stays },
        { "a_write_is_sent_when_all_it_names_is_shown",
          a_write_is_sent_when_all_it_names_is_shown },
        { "of_several_that_are_not_there_the_first_is_named",
          of_several_that_are_not_there_the_first_is_named },
        { "what_an_object_belongs_to_tells_for_it", what_an_object_belongs_to_tells_for_it },
        { "a_name_may_be_of_several_kinds", a_name_may_be_of_several_kinds },
        { "rules_may_come_with_the_request", rules_may_come_with_the_request },
        { "what_only_lists_tell_is_looked_for_there", what_only_lists_tell_is_looked_for_there },
        { "lists_are_filtered", lists_are_filtered },
        { "a_person_is_there_who_shares_a_shown_workspace",
          a_person_is_there_who_shares_a_shown_workspace },
        { "what_no_rule_knows_is_not_sent", what_no_rule_knows_is_not_sent },
        { "a_workspace_that_is_hidden_later_is_hidden_at_once",
          a_workspace_that_is_hidden_later_is_hidden_at_once },
        { "what_keeps_an_object_from_being_found_is_told",
          what_keeps_an_object_from_being_found_is_told },
        { "two_who_look_for_the_same_ask_once", two_who_look_for_the_same_ask_once },
        { "cancelling_leaves_nothing", cancelling_leaves_nothing },
        { "what_is_remembered_is_bounded", what_is_remembered_is_bounded },
        CU_TEST_INFO_NULL,
    };
    static CU_SuiteInfo suites[] = { { .pName = "visible", .pTests = tests }, CU_SUITE_INFO_NULL };
    json_init();
    if (!secret_init() || CU_initialize_registry() != CUE_SUCCESS ||
        CU_register_suites(suites) != CUE_SUCCESS)
        return 1;
    CU_basic_set_mode(CU_BRM_VERBOSE);
    return run_suites();
}
