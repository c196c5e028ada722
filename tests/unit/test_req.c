#include "asana/req.h"

#include "base/json.h"
#include "base/limits.h"
#include "suites.h"
#include "tool/args.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "METHOD url body", or "! " and the refusal; frees the request. */
static const char *sent(struct asana_req *r)
{
    static char out[4096];
    struct err err = { .kind = ERR_NONE };
    if (asana_req_end(r, &err))
        snprintf(out, sizeof(out), "%s %.*s %.*s", asana_method_name(r->method), (int)r->url.len,
                 r->url.data ? r->url.data : "", (int)r->body.len,
                 r->body.data ? r->body.data : "");
    else
        snprintf(out, sizeof(out), "! %s", err.text);
    asana_req_done(r);
    return out;
}

static void is(const char *got, const char *expected, int line)
{
    if (strcmp(got, expected) != 0)
        printf("\nline %d:\n  expected %s\n  got      %s\n", line, expected, got);
    CU_ASSERT_STRING_EQUAL(got, expected);
}

#define SENDS(r, expected) is(sent(r), expected, __LINE__)
#define NO_REQUEST "! these arguments do not make a request: an ID in its path is missing or empty"

static struct asana_req start(enum asana_method method, const char *path)
{
    struct asana_req r;
    asana_req_init(&r, method);
    asana_path(&r, path);
    return r;
}

static void arguments_cannot_leave_their_path_segment(void)
{
    struct asana_req r = start(ASANA_GET, "/tasks/");
    asana_path_arg(&r, "1/../users?x=é#");
    asana_path(&r, "/stories");
    SENDS(&r, "GET /tasks/1%2F..%2Fusers%3Fx%3D%C3%A9%23/stories ");

    static const char *const bad[] = { "", ".", "..", arg_null, NULL };
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        r = start(ASANA_GET, "/tasks/");
        asana_path_arg(&r, bad[i]);
        SENDS(&r, NO_REQUEST);
    }
    r = start(ASANA_GET, "/tasks/");
    asana_path_arg(&r, "...");
    SENDS(&r, "GET /tasks/... ");
}

static void the_path_ends_where_the_query_begins(void)
{
    struct asana_req r = start(ASANA_GET, "/tasks");
    asana_query_str(&r, "a", "b");
    asana_path(&r, "/x");
    SENDS(&r, NO_REQUEST);
    r = start(ASANA_GET, "/tasks");
    asana_query_str(&r, "a", "b");
    asana_path_arg(&r, "x");
    SENDS(&r, NO_REQUEST);
}

static void query_values_are_encoded_and_lists_stay_readable(void)
{
    static const char *const items[] = { "1", "a@b.c", "x,y" };
    struct arg_list list = { 3, items }, none = { 0, NULL };
    struct asana_req r = start(ASANA_GET, "/tasks");
    asana_query_str(&r, "opt_fields", "name,(a|b).c");
    asana_query_str(&r, "assignee.any", NULL);
    asana_query_str(&r, "text", "50% & more=é +/?");
    asana_query_list(&r, "projects.any", &list);
    asana_query_list(&r, "x", NULL);
    asana_query_list(&r, "x", &none);
    asana_query_str(&r, "e", "");
    SENDS(&r,
          "GET /tasks?opt_fields=name,%28a%7Cb%29.c&text=50%25%20%26%20more%3D%C3%A9%20%2B%2F%3F"
          "&projects.any=1,a%40b.c,x%2Cy&e= ");
}

static void query_values_keep_absent_null_and_value_apart(void)
{
    struct asana_req r = start(ASANA_GET, "/t");
    asana_query_str(&r, "s", arg_null);
    asana_query_bool(&r, "b0", (struct arg_bool){ .state = ARG_ABSENT });
    asana_query_bool(&r, "b1", (struct arg_bool){ .state = ARG_NULL });
    asana_query_bool(&r, "b2", (struct arg_bool){ ARG_VALUE, true });
    asana_query_bool(&r, "b3", (struct arg_bool){ ARG_VALUE, false });
    asana_query_int(&r, "i0", (struct arg_int){ .state = ARG_ABSENT });
    asana_query_int(&r, "i1", (struct arg_int){ .state = ARG_NULL });
    asana_query_int(&r, "i2", (struct arg_int){ ARG_VALUE, -100 });
    SENDS(&r, "GET /t?s=null&b1=null&b2=true&b3=false&i1=null&i2=-100 ");
}

static void a_map_becomes_one_parameter_for_each_member(void)
{
    struct arena *arena = arena_new(1u << 16);
    struct err err;
    cJSON *map =
        json_parse(arena,
                   slice_of("{\"12.value\":\"a,b c\",\"12.is_set\":true,\"13.less_than\":2.5,"
                            "\"14.value\":1204567890123456,\"15.is_set\":false}"),
                   &err);
    struct asana_req r = start(ASANA_GET, "/t");
    asana_query_map(&r, "custom_fields", map);
    asana_query_map(&r, "other", NULL);
    SENDS(&r, "GET /t?custom_fields.12.value=a,b%20c&custom_fields.12.is_set=true"
              "&custom_fields.13.less_than=2.5&custom_fields.14.value=1204567890123456"
              "&custom_fields.15.is_set=false ");
    r = start(ASANA_GET, "/t");
    asana_query_map(&r, "x", json_parse(arena, slice_of("{\"a\":{}}"), &err));
    SENDS(&r, NO_REQUEST);
    arena_free(arena);
}

static void a_body_is_there_when_the_method_has_one(void)
{
    struct asana_req r = start(ASANA_POST, "/t");
    SENDS(&r, "POST /t {\"data\":{}}");
    r = start(ASANA_PUT, "/t");
    SENDS(&r, "PUT /t {\"data\":{}}");
    r = start(ASANA_DELETE, "/t");
    SENDS(&r, "DELETE /t ");
    r = start(ASANA_GET, "/t");
    asana_body_str(&r, "a", NULL);
    SENDS(&r, "GET /t ");
    r = start(ASANA_GET, "/t");
    asana_body_str(&r, "a", "b");
    SENDS(&r, NO_REQUEST);
}

static void body_members_keep_absent_null_and_value_apart(void)
{
    static const char *const items[] = { "1", "\"2\"" };
    struct arg_list list = { 2, items }, none = { 0, NULL };
    struct asana_req r = start(ASANA_PUT, "/t");
    asana_body_str(&r, "s0", NULL);
    asana_body_str(&r, "s1", arg_null);
    asana_body_str(&r, "s2", "null");
    asana_body_str(&r, "s3", "");
    asana_body_bool(&r, "b0", (struct arg_bool){ .state = ARG_ABSENT });
    asana_body_bool(&r, "b1", (struct arg_bool){ .state = ARG_NULL });
    asana_body_bool(&r, "b2", (struct arg_bool){ ARG_VALUE, false });
    asana_body_int(&r, "i0", (struct arg_int){ .state = ARG_ABSENT });
    asana_body_int(&r, "i1", (struct arg_int){ .state = ARG_NULL });
    asana_body_int(&r, "i2", (struct arg_int){ ARG_VALUE, INT64_MIN });
    asana_body_num(&r, "n0", (struct arg_num){ .state = ARG_ABSENT });
    asana_body_num(&r, "n1", (struct arg_num){ .state = ARG_NULL });
    asana_body_num(&r, "n2", (struct arg_num){ ARG_VALUE, 0.1 });
    asana_body_list(&r, "l0", NULL);
    asana_body_list(&r, "l1", &none);
    asana_body_list(&r, "l2", &list);
    asana_body_csv(&r, "c0", NULL);
    asana_body_csv(&r, "c1", &none);
    asana_body_csv(&r, "c2", &list);
    asana_body_item(&r, "p0", NULL);
    asana_body_item(&r, "p1", arg_null);
    asana_body_item(&r, "p2", "12");
    SENDS(&r, "PUT /t {\"data\":{\"s1\":null,\"s2\":\"null\",\"s3\":\"\",\"b1\":null,\"b2\":false,"
              "\"i1\":null,\"i2\":-9223372036854775808,\"n1\":null,\"n2\":0.1,\"l1\":[],"
              "\"l2\":[\"1\",\"\\\"2\\\"\"],\"c1\":\"\",\"c2\":\"1,\\\"2\\\"\",\"p1\":null,"
              "\"p2\":[\"12\"]}}");
}

static void no_number_is_not_sent(void)
{
    struct asana_req r = start(ASANA_PUT, "/t");
    asana_body_num(&r, "n", (struct arg_num){ ARG_VALUE, 1.0 / 0.0 });
    SENDS(&r, NO_REQUEST);
}

static void texts_are_escaped(void)
{
    struct asana_req r = start(ASANA_POST, "/t");
    asana_body_str(&r, "notes", "a\"b\\c\n\x01é</x>");
    SENDS(&r, "POST /t {\"data\":{\"notes\":\"a\\\"b\\\\c\\n\\u0001é</x>\"}}");
}

static void objects_and_items_nest(void)
{
    struct asana_req r = start(ASANA_POST, "/t");
    asana_body_str(&r, "name", "x");
    asana_body_open_object(&r, "metric");
    asana_body_str(&r, "unit", "none");
    asana_body_open_item(&r, "steps");
    asana_body_int(&r, "n", (struct arg_int){ ARG_VALUE, 1 });
    asana_body_int(&r, "m", (struct arg_int){ ARG_VALUE, 2 });
    asana_body_close(&r);
    asana_body_str(&r, "after", "y");
    asana_body_close(&r);
    asana_body_str(&r, "last", "z");
    SENDS(&r,
          "POST /t "
          "{\"data\":{\"name\":\"x\",\"metric\":{\"unit\":\"none\",\"steps\":[{\"n\":1,\"m\":2}],"
          "\"after\":\"y\"},\"last\":\"z\"}}");
}

static void an_object_without_members_is_not_sent(void)
{
    struct asana_req r = start(ASANA_POST, "/t");
    asana_body_open_item(&r, "memberships");
    asana_body_str(&r, "project", NULL);
    asana_body_close(&r);
    asana_body_str(&r, "name", "x");
    asana_body_open_object(&r, "a");
    asana_body_open_object(&r, "b");
    asana_body_close(&r);
    asana_body_str(&r, "c", "d");
    SENDS(&r, "POST /t {\"data\":{\"name\":\"x\",\"a\":{\"c\":\"d\"}}}");
}

static void what_is_open_is_closed_at_the_end(void)
{
    struct asana_req r = start(ASANA_POST, "/t");
    asana_body_open_object(&r, "a");
    asana_body_open_item(&r, "b");
    asana_body_str(&r, "c", "d");
    SENDS(&r, "POST /t {\"data\":{\"a\":{\"b\":[{\"c\":\"d\"}]}}}");
}

static void wrong_nesting_fails(void)
{
    struct asana_req r = start(ASANA_POST, "/t");
    asana_body_close(&r);
    SENDS(&r, NO_REQUEST);
    r = start(ASANA_POST, "/t");
    for (int i = 0; i < ASANA_REQ_DEPTH + 1; i++)
        asana_body_open_object(&r, "a");
    asana_body_str(&r, "c", "d");
    SENDS(&r, NO_REQUEST);
    asana_req_done(NULL);
}

static void ceilings_are_errors(void)
{
    char *big = malloc(LIMIT_ASANA_REQUEST_BODY + 1);
    memset(big, 'a', LIMIT_ASANA_REQUEST_BODY);
    big[LIMIT_ASANA_REQUEST_BODY] = '\0';
    struct asana_req r = start(ASANA_POST, "/t");
    asana_body_str(&r, "notes", big);
    SENDS(&r,
          "! these arguments make a request body of more than 1048576 bytes; give shorter texts "
          "or a smaller file");
    r = start(ASANA_GET, "/t");
    asana_query_str(&r, "text", big);
    SENDS(
        &r,
        "! these arguments make a request address of more than 32768 bytes; give shorter lists or "
        "texts");
    r = start(ASANA_GET, "/t");
    asana_query_str(&r, "text", big);
    CU_ASSERT_FALSE(asana_req_end(&r, NULL));
    asana_req_done(&r);
    asana_req_done(&r);
    free(big);
}

/* From a call's arguments to the bytes of the request. */
static const char *update(const char *json)
{
    static char out[4096];
    struct arena *arena = arena_new(1u << 16);
    struct err err = { .kind = ERR_NONE };
    struct args *a = args_new(arena, json_parse(arena, slice_of(json), &err), &err);
    const char *task_id = args_gid(a, "task_id", ARG_REQUIRED);
    const char *due_on = args_date(a, "due_on", ARG_NULLABLE);
    const char *assignee = args_user(a, "assignee", ARG_NULLABLE);
    struct arg_bool completed = args_bool(a, "completed", 0);
    struct arg_num hours = args_number(a, "hours", ARG_NULLABLE);
    const struct arg_list *followers = args_users(a, "followers", ARG_NULLABLE);
    const cJSON *fields = args_object(a, "custom_fields", ARG_NULLABLE);
    const char *opt_fields = args_fields(a, "opt_fields", "name");
    CU_ASSERT(args_end(a));
    struct asana_req r;
    asana_req_init(&r, ASANA_PUT);
    asana_path(&r, "/tasks/");
    asana_path_arg(&r, task_id);
    asana_query_str(&r, "opt_fields", opt_fields);
    asana_body_str(&r, "due_on", due_on);
    asana_body_str(&r, "assignee", assignee);
    asana_body_bool(&r, "completed", completed);
    asana_body_num(&r, "hours", hours);
    asana_body_list(&r, "followers", followers);
    asana_body_json(&r, "custom_fields", fields);
    snprintf(out, sizeof(out), "%s", sent(&r));
    arena_free(arena);
    return out;
}

static void absent_null_and_value_reach_the_request(void)
{
    is(update("{\"task_id\":12}"), "PUT /tasks/12?opt_fields=name {\"data\":{}}", __LINE__);
    is(update("{\"task_id\":\"12\",\"due_on\":null,\"assignee\":null,\"completed\":null,\"hours\":"
              "null,"
              "\"followers\":null,\"custom_fields\":null,\"opt_fields\":null}"),
       "PUT /tasks/12?opt_fields=name {\"data\":{\"due_on\":null,\"assignee\":null,\"hours\":null,"
       "\"followers\":[],\"custom_fields\":null}}",
       __LINE__);
    is(update(
           "{\"task_id\":\"12\",\"due_on\":\"2026-01-31\",\"assignee\":\"me\",\"completed\":"
           "\"true\","
           "\"hours\":\"1.5\",\"followers\":\"me,13\",\"custom_fields\":\"{\\\"7\\\":[\\\"8\\\"],"
           "\\\"9\\\":null}\",\"opt_fields\":[\"gid\"]}"),
       "PUT /tasks/12?opt_fields=gid {\"data\":{\"due_on\":\"2026-01-31\",\"assignee\":\"me\","
       "\"completed\":true,\"hours\":1.5,\"followers\":[\"me\",\"13\"],\"custom_fields\":{\"7\":["
       "\"8\"],"
       "\"9\":null}}}",
       __LINE__);
}

/* Parts of a form as "name=value" lines. */
static void parts_are(const struct asana_req *r, const char *expected, int line)
{
    BUF_AUTO got = { .max = 4096 };
    struct slice name, value;
    size_t at = 0;
    while (asana_form_next(r, &at, &name, &value)) {
        buf_slice_put(&got, name);
        buf_char(&got, '=');
        buf_slice_put(&got, value);
        buf_char(&got, '\n');
    }
    is(slice_is(buf_slice(&got), expected) ? "" : got.data, "", line);
}

static bool holds(const struct buf *b, const char *text)
{
    return memmem(b->data, b->len, text, strlen(text)) != NULL;
}

static void a_form_has_its_parts_between_boundaries(void)
{
    static const char bytes[] = "\0--asana-mcp-\r\n\xff";
    const struct arg_file file = { "a\"b.bin", bytes, sizeof(bytes) - 1, false };
    const struct arg_file notes = { "notes.txt", "Hi", 2, true };
    struct asana_req r, copy;
    asana_req_init(&r, ASANA_POST);
    asana_path(&r, "/attachments");
    asana_form_str(&r, "parent", "12");
    asana_form_str(&r, "name", NULL);
    asana_form_bool(&r, "show", (struct arg_bool){ ARG_VALUE, true });
    asana_form_bool(&r, "hide", (struct arg_bool){ ARG_ABSENT, false });
    asana_form_file(&r, "notes", &notes);
    asana_form_file(&r, "none", NULL);
    asana_form_file(&r, "file", &file);
    CU_ASSERT_TRUE(asana_req_end(&r, NULL));
    CU_ASSERT_TRUE(asana_req_copy(&r, &copy));
    CU_ASSERT_STRING_EQUAL(r.boundary, copy.boundary);
    struct slice name, value;
    size_t at = 0, n = 0;
    while (asana_form_next(&copy, &at, &name, &value))
        n++;
    CU_ASSERT_EQUAL(n, 4);
    CU_ASSERT_EQUAL(value.len, file.len);
    CU_ASSERT_EQUAL(memcmp(value.data, bytes, file.len), 0);
    CU_ASSERT_TRUE(holds(&r.body, "\r\nContent-Disposition: form-data; name=\"notes\"; "
                                  "filename=\"notes.txt\"\r\nContent-Type: text/plain; "
                                  "charset=utf-8\r\n\r\nHi\r\n--"));
    CU_ASSERT_TRUE(holds(&r.body, "filename=\"a%22b.bin\"; filename*=UTF-8''a%22b.bin\r\n"));
    size_t tail = strlen(r.boundary) + 6;
    CU_ASSERT_EQUAL(memcmp(r.body.data + r.body.len - 4, "--\r\n", 4), 0);
    CU_ASSERT_EQUAL(memcmp(r.body.data + r.body.len - tail, "--", 2), 0);
    asana_req_done(&copy);
    asana_req_done(&r);
    asana_req_init(&r, ASANA_POST);
    asana_form_str(&r, "parent", "12");
    asana_form_str(&r, "text", "a\r\n\r\nb");
    CU_ASSERT_TRUE(asana_req_end(&r, NULL));
    parts_are(&r, "parent=12\ntext=a\r\n\r\nb\n", __LINE__);
    asana_req_done(&r);
}

static void a_form_is_no_body_and_none_of_a_get(void)
{
    struct asana_req r;
    for (int i = 0; i < 4; i++) {
        asana_req_init(&r, i == 0 ? ASANA_GET : ASANA_POST);
        if (i == 1)
            asana_body_str(&r, "name", "x");
        asana_form_str(&r, "parent", i == 2 ? arg_null : "12");
        if (i == 3)
            asana_body_str(&r, "name", "x");
        CU_ASSERT_FALSE(asana_req_end(&r, NULL));
        asana_req_done(&r);
    }
}

#define ADD(suite, test) CU_add_test(suite, #test, test)

int main(void)
{
    json_init();
    if (CU_initialize_registry() != CUE_SUCCESS)
        return 2;
    CU_pSuite url = CU_add_suite("req: path and query", NULL, NULL);
    ADD(url, arguments_cannot_leave_their_path_segment);
    ADD(url, the_path_ends_where_the_query_begins);
    ADD(url, query_values_are_encoded_and_lists_stay_readable);
    ADD(url, query_values_keep_absent_null_and_value_apart);
    ADD(url, a_map_becomes_one_parameter_for_each_member);
    CU_pSuite body = CU_add_suite("req: body", NULL, NULL);
    ADD(body, a_body_is_there_when_the_method_has_one);
    ADD(body, body_members_keep_absent_null_and_value_apart);
    ADD(body, no_number_is_not_sent);
    ADD(body, texts_are_escaped);
    ADD(body, objects_and_items_nest);
    ADD(body, an_object_without_members_is_not_sent);
    ADD(body, what_is_open_is_closed_at_the_end);
    ADD(body, wrong_nesting_fails);
    ADD(body, ceilings_are_errors);
    ADD(body, absent_null_and_value_reach_the_request);
    CU_pSuite form = CU_add_suite("req: form", NULL, NULL);
    ADD(form, a_form_has_its_parts_between_boundaries);
    ADD(form, a_form_is_no_body_and_none_of_a_get);
    return run_suites();
}
