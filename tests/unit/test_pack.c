#include "tool/pack.h"

#include "base/arena.h"
#include "base/json.h"
#include "suites.h"
#include "tool/visible_rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SCHEMA "0123"
#define HEAD "{\"format\":2,\"schema\":\"" SCHEMA "\",\"tools\":["
#define TAIL "]}"
#define ROW                                                                                        \
    "\"name\":\"move\",\"title\":\"Move\",\"toolset\":\"tasks\",\"description\":\"Moves.\","       \
    "\"effect\":\"update\",\"destructive\":true,\"input_schema\":{\"type\":\"object\"},"           \
    "\"output_schema\":{\"type\":\"object\",\"properties\":{\"n\":{\"maximum\":9007199254740991}}" \
    "}"
#define PARAMS                                                                                 \
    "\"params\":[{\"name\":\"task\",\"read\":\"gid\",\"required\":true,\"aliases\":[\"id\"]}," \
    "{\"name\":\"color\",\"read\":\"enum\",\"values\":\"red|green\",\"default\":\"red\"},"     \
    "{\"name\":\"limit\",\"read\":\"int\",\"default\":50,\"min\":1,\"max\":100},"              \
    "{\"name\":\"section\",\"read\":\"gid\"},{\"name\":\"more\",\"read\":\"bool\"},"           \
    "{\"name\":\"due\",\"read\":\"date\",\"nullable\":true},"                                  \
    "{\"name\":\"opt_fields\",\"read\":\"fields\",\"default\":\"name\"}]"
#define REQUEST                                                                   \
    "\"method\":\"PUT\",\"request\":[[\"if\",[3],[5],[[\"path\",\"/sections/\"]," \
    "[\"path_arg\",3]],[[\"path\",\"/tasks/\"],[\"path_arg\",0]]],"               \
    "[\"query_int\",\"limit\",2],[\"query_str\",\"opt_fields\",6],"               \
    "[\"open_object\",\"at\"],[\"body_str\",\"color\",1],[\"close\"],[\"body_str\",\"due\",5]]"
#define RULES "\"rules\":[{\"rule\":\"needs\",\"name\":\"due\",\"names\":\"more\"}]"
#define EXTRAS                                                                            \
    "\"extras\":[{\"member\":\"notes\",\"keep_member\":\"type\",\"keep_value\":\"note\"," \
    "\"flag\":4,\"request\":[[\"path\",\"/notes\"],[\"query_text\",\"limit\",\"100\"]]}]"
#define WHOLE \
    "{" ROW "," PARAMS "," RULES "," REQUEST "," EXTRAS ",\"more\":\"Narrow it.\",\"limit\":2}"

#define KINDS                                                                                     \
    "],\"kinds\":[{\"name\":\"workspace\",\"way\":\"itself\"},{\"name\":\"task\",\"way\":\"in\"," \
    "\"path\":\"/tasks/\",\"at\":\"workspace\",\"fields\":\"workspace.gid\"}]"
#define ROUTE(path, names) \
    KINDS ",\"routes\":[{\"method\":\"PUT\",\"path\":" path ",\"names\":" names ",\"answers\":1}"

static struct pack *parsed(const char *text, struct err *err)
{
    return pack_parse(slice_of(text), SCHEMA, err);
}

static void a_pack_says_what_a_row_says(void)
{
    struct err err = { 0 };
    struct pack *p = parsed(HEAD WHOLE TAIL, &err);
    CU_ASSERT_PTR_NOT_NULL_FATAL(p);
    const struct tool *t = pack_tools(p)[0];
    CU_ASSERT_PTR_NULL(pack_tools(p)[1]);
    CU_ASSERT_STRING_EQUAL(t->name, "move");
    CU_ASSERT_EQUAL(t->effect, TOOL_UPDATE);
    CU_ASSERT_TRUE(t->destructive && !t->idempotent && !t->paged);
    CU_ASSERT_STRING_EQUAL(t->input_schema, "{\"type\":\"object\"}");
    CU_ASSERT_STRING_EQUAL(
        t->output_schema,
        "{\"type\":\"object\",\"properties\":{\"n\":{\"maximum\":9007199254740991}}}");
    CU_ASSERT_PTR_NULL(t->modern_schema);
    CU_ASSERT_STRING_EQUAL(t->extras[0].keep_value, "note");
    CU_ASSERT_PTR_NULL(t->extras[1].member);
    CU_ASSERT_TRUE(t->limit_at < t->args_size);
    pack_free(p);
}

/* What the tool sends for arguments, "PUT /tasks/1 {…}", or the refusal. */
static void send(const struct tool *t, const char *arguments, char *out, size_t size)
{
    struct err err = { 0 };
    struct arena *arena = arena_new(1u << 20);
    struct asana_req r;
    void *in = arena_zalloc(arena, 1, t->args_size);
    struct args *a = args_new(arena, json_parse(arena, slice_of(arguments), &err), &err);
    if (!pack_decode(t->pack, a, in)) {
        snprintf(out, size, "%s", err.text);
    } else {
        CU_ASSERT_TRUE(pack_request(t->pack, in, &r, &err));
        snprintf(out, size, "%s %.*s %.*s%s", asana_method_name(r.method), (int)r.url.len,
                 r.url.data, (int)r.body.len, r.body.data,
                 pack_extra_wanted(t->extras[0].pack, in) ? " and more" : "");
        asana_req_done(&r);
    }
    arena_free(arena);
}

static void a_packed_tool_reads_and_sends_like_a_compiled_one(void)
{
    static const struct {
        const char *arguments, *sent;
    } calls[] = {
        { "{\"task\":1}", "PUT /tasks/1?limit=50&opt_fields=name "
                          "{\"data\":{\"at\":{\"color\":\"red\"}}}" },
        { "{\"id\":\"1\",\"section\":2,\"color\":\"GREEN\",\"limit\":7,\"more\":true}",
          "PUT /sections/2?limit=7&opt_fields=name "
          "{\"data\":{\"at\":{\"color\":\"green\"}}} and more" },
        { "{\"task\":1,\"section\":2,\"due\":null,\"opt_fields\":\"gid\"}",
          "PUT /tasks/1?limit=50&opt_fields=gid "
          "{\"data\":{\"at\":{\"color\":\"red\"},\"due\":null}}" },
        { "{}", "task is required: an ID: its digits in quotes, as in \"1204567890123456\"" },
        { "{\"task\":1,\"due\":\"2026-11-23\"}", "due needs more to be given too" },
        { "{\"task\":1,\"limit\":101}",
          "limit: expected a whole number from 1 to 100, got the number 101" },
    };
    struct err err = { 0 };
    struct pack *p = parsed(HEAD WHOLE TAIL, &err);
    CU_ASSERT_PTR_NOT_NULL_FATAL(p);
    for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++) {
        char sent[LIMIT_ERR_TEXT];
        send(pack_tools(p)[0], calls[i].arguments, sent, sizeof(sent));
        CU_ASSERT_STRING_EQUAL(sent, calls[i].sent);
        if (strcmp(sent, calls[i].sent) != 0)
            fprintf(stderr, "%s\n", sent);
    }
    pack_free(p);
}

static void a_pack_says_what_its_requests_name(void)
{
    struct err err = { 0 };
    struct pack *p =
        parsed(HEAD WHOLE ROUTE("\"/tasks/{task_gid}\"", "[[\"task_gid\",[1]]]") "]}", &err);
    CU_ASSERT_PTR_NOT_NULL_FATAL(p);
    const struct visible_rules *rules = pack_tools(p)[0]->visible;
    CU_ASSERT_PTR_NOT_NULL_FATAL(rules);
    CU_ASSERT_EQUAL(rules->count, 1);
    CU_ASSERT_EQUAL(rules->routes[0].method, ASANA_PUT);
    CU_ASSERT_STRING_EQUAL(rules->routes[0].names[0].name, "task_gid");
    CU_ASSERT_PTR_EQUAL(rules->routes[0].names[0].kinds[0], rules->kinds[1]);
    CU_ASSERT_PTR_EQUAL(rules->routes[0].answers, rules->kinds[1]);
    CU_ASSERT_STRING_EQUAL(rules->kinds[1]->path, "/tasks/");
    CU_ASSERT_EQUAL(rules->kinds[1]->way, VISIBLE_IN);
    CU_ASSERT_PTR_NULL(rules->kinds[2]);
    pack_free(p);
}

static void what_is_no_pack_for_this_program_is_refused(void)
{
    static const struct {
        const char *text, *why;
    } bad[] = {
        { "", "" },
        { "[]", "not a pack of tools" },
        { "{\"format\":2}", "not a pack of tools" },
        { "{\"format\":3,\"schema\":\"" SCHEMA "\"}",
          "in format 3, and this program reads format 2" },
        { "{\"format\":2,\"schema\":\"4567\",\"tools\":[]}",
          "made of schema 4567, and this program is made of " SCHEMA },
        { "{\"format\":2,\"schema\":\"" SCHEMA "\",\"tools\":{}}", "tools: expected a list" },
        { HEAD "7" TAIL, "name: expected a name" },
        { HEAD "{" ROW "}" TAIL, "damaged at move: method: expected a text" },
        { HEAD "{" ROW ",\"method\":\"GET\"}" TAIL, "request: expected a list of steps" },
        { HEAD "{" ROW ",\"method\":\"HEAD\",\"request\":[]}" TAIL, "method: expected one of" },
        { HEAD "{" ROW ",\"method\":\"GET\",\"request\":[[\"jump\",0]]}" TAIL, "expected a step" },
        { HEAD "{" ROW ",\"method\":\"GET\",\"request\":[[\"path_arg\",0]]}" TAIL,
          "expected the number of a parameter" },
        { HEAD "{" ROW ",\"method\":\"GET\",\"request\":[[\"path\",\"/a?b\"]]}" TAIL,
          "request: expected a name" },
        { HEAD "{" ROW "," PARAMS ",\"method\":\"GET\",\"request\":[[\"path_arg\",2]]}" TAIL,
          "a parameter of the kind that it writes" },
        { HEAD "{" ROW "," PARAMS ",\"method\":\"GET\",\"request\":[[\"path_arg\",0.5]]}" TAIL,
          "expected the number of a parameter" },
        { HEAD "{" ROW "," PARAMS ",\"method\":\"GET\",\"request\":[[\"if\",[9],[],[],[]]]}" TAIL,
          "expected the number of a parameter" },
        { HEAD "{" ROW ",\"params\":[{\"name\":\"a\",\"read\":\"gut\"}]}" TAIL,
          "expected a reader of arguments" },
        { HEAD "{" ROW ",\"params\":[{\"name\":\"a\",\"read\":\"int\",\"min\":2,\"max\":1}]}" TAIL,
          "min and max" },
        { HEAD "{" ROW ",\"params\":[{\"name\":\"a\",\"read\":\"enum\"}]}" TAIL,
          "values: expected a text" },
        { HEAD "{" ROW "," PARAMS "," REQUEST ",\"more\":\"x\",\"limit\":0}" TAIL,
          "limit: expected a parameter of another type" },
        { HEAD "{" ROW "," PARAMS "," REQUEST ",\"extras\":[{\"member\":\"x\",\"flag\":0,"
               "\"request\":[]}]}" TAIL,
          "flag: expected a parameter of another type" },
        { HEAD "{" ROW ",\"input_schema\":[]}" TAIL, "" },
        { HEAD "{" ROW "," PARAMS
               ",\"method\":\"POST\",\"request\":[[\"form_file\",\"x\",0]]}" TAIL,
          "a parameter of the kind that it writes" },
        { HEAD WHOLE "],\"kinds\":[{\"name\":\"a\",\"way\":\"beside\"}]}", "way: expected one of" },
        { HEAD WHOLE "],\"kinds\":[{\"name\":\"a\",\"way\":\"in\"}]}", "where it tells" },
        { HEAD WHOLE "],\"kinds\":[{\"name\":\"a\",\"way\":\"list\",\"fields\":\"gid\"}]}",
          "the list that has it" },
        { HEAD WHOLE ROUTE("\"/tasks/{}\"", "[]") "]}", "routes: expected a path" },
        { HEAD WHOLE ROUTE("\"tasks\"", "[]") "]}", "routes: expected a path" },
        { HEAD WHOLE ROUTE("\"/tasks/{gid\"", "[]") "]}", "routes: expected a path" },
        { HEAD WHOLE ROUTE("\"/tasks//a\"", "[]") "]}", "routes: expected a path" },
        { HEAD WHOLE ROUTE("\"/tasks\"", "[[\"parent\",[2]]]") "]}",
          "expected the number of a parameter" },
        { HEAD WHOLE ROUTE("\"/tasks\"", "[[\"parent\",[]]]") "]}", "names and their kinds" },
        { HEAD WHOLE ROUTE("\"/tasks\"", "[[\"parent\",[0,0,0,0,0]]]") "]}",
          "names and their kinds" },
        { HEAD WHOLE ROUTE("\"/tasks\"", "[]") ",7]}", "method: expected a text" },
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        struct err err = { 0 };
        CU_ASSERT_PTR_NULL(parsed(bad[i].text, &err));
        CU_ASSERT_PTR_NOT_NULL(strstr(err.text, bad[i].why));
        if (!strstr(err.text, bad[i].why))
            fprintf(stderr, "%s\n  %s\n", bad[i].text, err.text);
    }
}

static void a_cut_pack_is_refused_wherever_it_is_cut(void)
{
    static const char whole[] = HEAD WHOLE TAIL;
    for (size_t len = 0; len < sizeof(whole) - 1; len++) {
        struct err err = { 0 };
        CU_ASSERT_PTR_NULL(pack_parse((struct slice){ whole, len }, SCHEMA, &err));
        CU_ASSERT_NOT_EQUAL(err.kind, ERR_NONE);
    }
}

static void a_file_is_named_by_its_errors(void)
{
    char path[] = "/tmp/test_pack.XXXXXX";
    struct err err = { 0 };
    int fd = mkstemp(path);
    CU_ASSERT_FATAL(fd >= 0);
    CU_ASSERT_PTR_NULL(pack_read(path, SCHEMA, &err));
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, path));
    CU_ASSERT_EQUAL(write(fd, HEAD WHOLE TAIL, sizeof(HEAD WHOLE TAIL) - 1),
                    (ssize_t)(sizeof(HEAD WHOLE TAIL) - 1));
    struct pack *p = pack_read(path, SCHEMA, &err);
    CU_ASSERT_PTR_NOT_NULL(p);
    pack_free(p);
    CU_ASSERT_EQUAL(ftruncate(fd, LIMIT_PACK_FILE + 1), 0);
    CU_ASSERT_PTR_NULL(pack_read(path, SCHEMA, &err));
    CU_ASSERT_EQUAL(err.kind, ERR_LIMIT);
    close(fd);
    unlink(path);
    CU_ASSERT_PTR_NULL(pack_read(path, SCHEMA, &err));
    CU_ASSERT_EQUAL(err.kind, ERR_IO);
}

int main(void)
{
    json_init();
    if (CU_initialize_registry() != CUE_SUCCESS)
        return EXIT_FAILURE;
    CU_pSuite suite = CU_add_suite("pack", NULL, NULL);
    CU_ADD_TEST(suite, a_pack_says_what_a_row_says);
    CU_ADD_TEST(suite, a_packed_tool_reads_and_sends_like_a_compiled_one);
    CU_ADD_TEST(suite, a_pack_says_what_its_requests_name);
    CU_ADD_TEST(suite, what_is_no_pack_for_this_program_is_refused);
    CU_ADD_TEST(suite, a_cut_pack_is_refused_wherever_it_is_cut);
    CU_ADD_TEST(suite, a_file_is_named_by_its_errors);
    return run_suites();
}
