#include "tool/result.h"

#include "asana/value.h"
#include "base/json.h"
#include "base/limits.h"
#include "suites.h"

#include <stdlib.h>
#include <string.h>

struct list_args {
    int64_t something;
    struct arg_int limit;
};

static const struct tool one = { .name = "get_thing" };
static const struct tool paged = { .name = "list_things", .paged = true };
static const struct tool unpaged = { .name = "all_things" };
static const struct tool search = {
    .name = "search_things",
    .more = "narrow \"it\"",
    .limit_at = offsetof(struct list_args, limit),
};
static const struct tool members = {
    .name = "members", .paged = true, .more = "2000 at most", .full_at = 3
};
static const struct tool_extra subtasks = { .member = "subtasks", .more = "see permalink_url." };
static const struct tool_extra comments = {
    .member = "comments", .keep_member = "type", .keep_value = "comment", .more = "page on."
};

/* The result as a tree, from text that is valid; freed by shape_done(). */
static struct shaped {
    struct buf out;
    struct slice text;
    cJSON *tree;
    bool as_it_is; /* the text is the body itself */
} shaped;

static void shape_done(void)
{
    cJSON_Delete(shaped.tree);
    buf_done(&shaped.out);
    memset(&shaped, 0, sizeof(shaped));
}

static const cJSON *shape_parts(const struct tool *tool, const void *in,
                                const struct result_parts *parts)
{
    struct err err = { 0 };
    shape_done();
    shaped.out.max = LIMIT_RESULT_TEXT;
    CU_ASSERT_TRUE_FATAL(result_shape(tool, in, parts, &shaped.out, &shaped.text));
    bool valid = json_check(shaped.text, &err);
    if (!valid)
        fprintf(stderr, "%s: %.*s\n", err.text, (int)shaped.text.len, shaped.text.data);
    CU_ASSERT_TRUE_FATAL(valid);
    shaped.tree = cJSON_ParseWithLength(shaped.text.data, shaped.text.len);
    CU_ASSERT_TRUE_FATAL(cJSON_IsObject(shaped.tree));
    shaped.as_it_is = shaped.text.data == parts->body.text.data;
    return shaped.tree;
}

static struct asana_envelope envelope_of(const char *body)
{
    struct asana_answer answer = {
        .outcome = ASANA_ANSWERED, .status = 200, .json = true, .body = slice_of(body)
    };
    struct asana_envelope e = { 0 };
    CU_ASSERT_TRUE_FATAL(asana_answer_open(&answer, &e));
    return e;
}

static const cJSON *shape(const struct tool *tool, const void *in, const char *body)
{
    return shape_parts(tool, in, &(struct result_parts){ .body = envelope_of(body) });
}

static bool text_is(const char *text)
{
    if (slice_is(shaped.text, text))
        return true;
    fprintf(stderr, "got %.*s\n", (int)shaped.text.len, shaped.text.data);
    return false;
}

static int returned(const cJSON *result)
{
    return (int)cJSON_GetNumberValue(json_get(json_get(result, "truncated"), "returned"));
}

static const char *told(const cJSON *result, const char *name)
{
    const char *text = json_get_string(json_get(result, "truncated"), name);
    return text ? text : "";
}

/* {"data":[n records of about size bytes],"next_page":…} */
static char *list_body(int n, size_t size, const char *next_page)
{
    BUF_AUTO b = { .max = 64u << 20 };
    buf_str(&b, "{\"data\": [");
    for (int i = 0; i < n; i++) {
        buf_str(&b, i ? ",\n {\"gid\":\"" : "{\"gid\":\"");
        buf_int(&b, i);
        buf_str(&b, "\",\"name\":\"],}{[\\\"");
        for (size_t k = 0; k < size; k++)
            buf_char(&b, 'x');
        buf_str(&b, "\"}");
    }
    buf_str(&b, " ]");
    if (next_page) {
        buf_str(&b, ",\"next_page\":");
        buf_str(&b, next_page);
    }
    buf_str(&b, "}");
    buf_char(&b, '\0');
    char *text = strdup(b.data);
    buf_done(&b);
    return text;
}

static const char next[] = "{\"offset\":\"eyJ0\",\"path\":\"/x\",\"uri\":\"https://x\"}";

static void record_passes_as_it_is(void)
{
    shape(&one, NULL, "{\"data\": {\"gid\":\"1\"}}\n");
    CU_ASSERT_TRUE(shaped.as_it_is);
    shape(&one, NULL, "{\"data\":null}");
    CU_ASSERT_TRUE(shaped.as_it_is);
    shape(&one, NULL, "{\"other\":[1],\"data\":{}}");
    CU_ASSERT_TRUE(shaped.as_it_is);
    char *body = list_body(1, 300000, NULL); /* one record is never cut */
    body[9] = ' ';
    body[strlen(body) - 2] = ' ';
    shape(&one, NULL, body);
    CU_ASSERT_TRUE(shaped.as_it_is);
    free(body);
}

static void whole_list_passes_as_it_is(void)
{
    static const char with[] = "{\"data\":[{\"gid\":\"1\"}],\"next_page\":{\"offset\":\"a\"}}";
    shape(&paged, NULL, with);
    CU_ASSERT_TRUE(shaped.as_it_is);
    shape(&paged, NULL, "{\"data\":[],\"next_page\":null}");
    CU_ASSERT_TRUE(shaped.as_it_is);
    shape(&unpaged, NULL, "{\"data\":[1,2],\"next_page\":null}");
    CU_ASSERT_TRUE(shaped.as_it_is);
}

static void list_without_next_page_gets_null(void)
{
    const cJSON *r = shape(&paged, NULL, " { \"data\" : [ {\"gid\":\"1\"} , 2 ] } ");
    CU_ASSERT_TRUE(text_is("{\"data\":[{\"gid\":\"1\"},2],\"next_page\":null}"));
    CU_ASSERT_PTR_NULL(json_get(r, "truncated"));
    shape(&paged, NULL, "{\"data\":[]}");
    CU_ASSERT_TRUE(text_is("{\"data\":[],\"next_page\":null}"));
    shape(&unpaged, NULL, "{\"data\":[1]}"); /* Asana has no pages of it: it is whole */
    CU_ASSERT_TRUE(text_is("{\"data\":[1],\"next_page\":null}"));
}

static void long_list_is_cut_between_records(void)
{
    char *body = list_body(300, 1000, next);
    const cJSON *r = shape(&paged, NULL, body);
    int n = cJSON_GetArraySize(json_get(r, "data"));
    CU_ASSERT_TRUE(n > 190 && n < 206);
    CU_ASSERT_EQUAL(returned(r), n);
    CU_ASSERT_TRUE(shaped.text.len < LIMIT_RESULT + 500);
    const cJSON *last = cJSON_GetArrayItem(json_get(r, "data"), n - 1);
    CU_ASSERT_EQUAL(atoi(json_get_string(last, "gid")), n - 1);
    CU_ASSERT_TRUE(strlen(json_get_string(last, "name")) == 1006);
    /* Asana's next page would leave out what was cut. */
    CU_ASSERT_TRUE(cJSON_IsNull(json_get(r, "next_page")));
    CU_ASSERT_PTR_NOT_NULL(strstr(told(r, "reason"), "cut"));
    CU_ASSERT_PTR_NOT_NULL(strstr(told(r, "next"), "limit"));
    free(body);

    body = list_body(300, 1000, NULL);
    r = shape(&unpaged, NULL, body);
    CU_ASSERT_TRUE(cJSON_IsNull(json_get(r, "next_page")));
    CU_ASSERT_EQUAL(returned(r), cJSON_GetArraySize(json_get(r, "data")));
    CU_ASSERT_PTR_NULL(strstr(told(r, "next"), "offset"));
    free(body);
}

/* Sizes around the ceiling, a byte at a time: either whole, or cut and said so. */
static void cut_is_exact(void)
{
    unsigned cuts = 0, wholes = 0;
    for (size_t size = 2000; size < 2100; size++) {
        char *body = list_body(100, size, next);
        const cJSON *r = shape(&paged, NULL, body);
        int n = cJSON_GetArraySize(json_get(r, "data"));
        bool cut = json_get(r, "truncated") != NULL;
        CU_ASSERT_EQUAL(cut, n < 100);
        CU_ASSERT_EQUAL(cJSON_IsNull(json_get(r, "next_page")), cut);
        cut ? cuts++ : wholes++;
        free(body);
    }
    CU_ASSERT_TRUE(cuts > 10 && wholes > 10);
    /* Long because of white space only: whole when written compactly. */
    BUF_AUTO b = { .max = 1u << 20 };
    buf_str(&b, "{\"data\":[1,");
    for (int i = 0; i < 250000; i++)
        buf_char(&b, ' ');
    buf_str(&b, "2],\"next_page\":null}");
    buf_char(&b, '\0');
    shape(&paged, NULL, b.data);
    CU_ASSERT_TRUE(text_is("{\"data\":[1,2],\"next_page\":null}"));
}

static void huge_record_is_returned_alone(void)
{
    char *body = list_body(3, 400000, next);
    const cJSON *r = shape(&paged, NULL, body);
    CU_ASSERT_EQUAL(cJSON_GetArraySize(json_get(r, "data")), 1);
    CU_ASSERT_EQUAL(returned(r), 1);
    CU_ASSERT_TRUE(cJSON_IsNull(json_get(r, "next_page")));
    free(body);
    body = list_body(1, 400000, next); /* with limit 1, paging goes on past it */
    r = shape(&paged, NULL, body);
    CU_ASSERT_EQUAL(cJSON_GetArraySize(json_get(r, "data")), 1);
    CU_ASSERT_PTR_NULL(json_get(r, "truncated"));
    CU_ASSERT_STRING_EQUAL(json_get_string(json_get(r, "next_page"), "offset"), "eyJ0");
    free(body);
    body = list_body(2, 400000, NULL);
    struct buf out = { .max = 1000 };
    struct slice text;
    CU_ASSERT_FALSE(result_shape(&paged, NULL, &(struct result_parts){ .body = envelope_of(body) },
                                 &out, &text));
    buf_done(&out);
    free(body);
}

static void full_list_says_that_there_may_be_more(void)
{
    struct list_args in = { .limit = { ARG_VALUE, 2 } };
    const cJSON *r = shape(&search, &in, "{\"data\":[1,2]}");
    CU_ASSERT_EQUAL(returned(r), 2);
    CU_ASSERT_STRING_EQUAL(told(r, "next"), "narrow \"it\"");
    CU_ASSERT_PTR_NOT_NULL(strstr(told(r, "reason"), "may be more"));
    CU_ASSERT_TRUE(cJSON_IsNull(json_get(r, "next_page")));
    CU_ASSERT_PTR_NULL(json_get(shape(&search, &in, "{\"data\":[1]}"), "truncated"));
    in.limit.state = ARG_ABSENT;
    CU_ASSERT_PTR_NULL(json_get(shape(&search, &in, "{\"data\":[1,2]}"), "truncated"));

    r = shape(&members, &in, "{\"data\":[1,2,3],\"next_page\":null}");
    CU_ASSERT_EQUAL(returned(r), 3);
    CU_ASSERT_STRING_EQUAL(told(r, "next"), "2000 at most");
    CU_ASSERT_TRUE(cJSON_IsNull(json_get(r, "next_page")));
    shape(&members, &in, "{\"data\":[1,2,3],\"next_page\":{\"offset\":\"b\"}}");
    CU_ASSERT_TRUE(shaped.as_it_is); /* how to get more is in next_page */
    r = shape(&members, &in, "{\"data\":[1,2]}");
    CU_ASSERT_PTR_NULL(json_get(r, "truncated"));

    /* Cut, and full: that it was cut comes first. */
    char *body = list_body(300, 1000, NULL);
    in.limit = (struct arg_int){ ARG_VALUE, 300 };
    r = shape(&search, &in, body);
    CU_ASSERT_PTR_NOT_NULL(strstr(told(r, "reason"), "cut"));
    free(body);
}

static const cJSON *shape_extras(const char *record, const char *first, const char *second)
{
    struct result_extra extras[] = {
        { &subtasks, envelope_of(first) },
        { &comments, envelope_of(second ? second : first) },
    };
    return shape_parts(&one, NULL,
                       &(struct result_parts){ envelope_of(record), extras, second ? 2 : 1 });
}

static void extras_become_members_of_the_record(void)
{
    const cJSON *r =
        shape_extras("{\"data\": {\"gid\":\"1\" } }",
                     "{\"data\":[{\"gid\":\"2\"},{\"gid\":\"3\"}],\"next_page\":null}",
                     "{\"data\":[{\"type\":\"system\"},{\"type\":\"comment\",\"text\":"
                     "\"a\"},{\"gid\":\"9\"},{\"type\":null},{\"type\":\"comments\"}]}");
    CU_ASSERT_TRUE(
        text_is("{\"data\":{\"gid\":\"1\" ,\"subtasks\":[{\"gid\":\"2\"},{\"gid\":\"3\"}],"
                "\"comments\":[{\"type\":\"comment\",\"text\":\"a\"}]}}"));
    CU_ASSERT_PTR_NULL(json_get(r, "truncated"));
    shape_extras("{\"data\":{\"gid\":\"1\"}}", "{\"data\":[]}", NULL);
    CU_ASSERT_TRUE(text_is("{\"data\":{\"gid\":\"1\",\"subtasks\":[]}}"));
    shape_extras("{\"data\":{\"gid\":\"1\"}}", "{\"data\":{\"odd\":1}}", NULL);
    CU_ASSERT_TRUE(text_is("{\"data\":{\"gid\":\"1\",\"subtasks\":[]}}"));
    shape_extras("{\"data\":null}", "{\"data\":[1]}", NULL);
    CU_ASSERT_TRUE(text_is("{\"data\":null}"));
}

static void extras_of_an_empty_record(void)
{
    shape_extras("{\"data\":{}}", "{\"data\":[1]}", "{\"data\":[]}");
    CU_ASSERT_TRUE(text_is("{\"data\":{\"subtasks\":[1],\"comments\":[]}}"));
    shape_extras("{\"data\":{ \n}}", "{\"data\":[1]}", NULL);
    CU_ASSERT_TRUE(text_is("{\"data\":{ \n\"subtasks\":[1]}}"));
}

/* opt_fields may have named the same member. */
static void extra_takes_the_place_of_the_records_own_member(void)
{
    shape_extras("{\"data\":{\"subtasks\":[{\"a\":1}],\"x\":2}}", "{\"data\":[3]}", NULL);
    CU_ASSERT_TRUE(text_is("{\"data\":{\"subtasks\":[3],\"x\":2}}"));
    shape_extras("{\"data\":{\"comments\":0,\"x\":2,\"subtasks\":null}}", "{\"data\":[3]}",
                 "{\"data\":[{\"type\":\"comment\"}]}");
    CU_ASSERT_TRUE(
        text_is("{\"data\":{\"comments\":[{\"type\":\"comment\"}],\"x\":2,\"subtasks\":[3]}}"));
    shape_extras("{\"data\":{\"x\":{\"comments\":1},\"comments\":5}}", "{\"data\":[3]}",
                 "{\"data\":[]}");
    CU_ASSERT_TRUE(text_is("{\"data\":{\"x\":{\"comments\":1},\"comments\":[],\"subtasks\":[3]}}"));
}

static void every_extra_that_is_not_whole_is_told(void)
{
    const cJSON *r = shape_extras("{\"data\":{\"gid\":\"1\"}}",
                                  "{\"data\":[1,2],\"next_page\":{\"offset\":\"z\"}}",
                                  "{\"data\":[{\"type\":\"comment\"},{\"type\":\"x\"}],"
                                  "\"next_page\":{\"offset\":\"z\"}}");
    CU_ASSERT_EQUAL(returned(r), 3);
    CU_ASSERT_PTR_NOT_NULL(strstr(told(r, "reason"), "subtasks"));
    CU_ASSERT_PTR_NOT_NULL(strstr(told(r, "reason"), "comments"));
    CU_ASSERT_PTR_NOT_NULL(strstr(told(r, "next"), "see permalink_url."));
    CU_ASSERT_PTR_NOT_NULL(strstr(told(r, "next"), "page on."));

    char *body = list_body(300, 1000, "null"); /* cut */
    r = shape_extras("{\"data\":{}}", body, "{\"data\":[{\"type\":\"comment\"}]}");
    int n = cJSON_GetArraySize(json_get(json_get(r, "data"), "subtasks"));
    CU_ASSERT_TRUE(n > 190 && n < 206);
    CU_ASSERT_EQUAL(returned(r), n);
    CU_ASSERT_PTR_NOT_NULL(strstr(told(r, "reason"), "subtasks was cut"));
    CU_ASSERT_PTR_NULL(strstr(told(r, "reason"), "comments"));
    CU_ASSERT_PTR_NULL(strstr(told(r, "next"), "permalink_url"));
    CU_ASSERT_EQUAL(cJSON_GetArraySize(json_get(json_get(r, "data"), "comments")), 1);
    BUF_AUTO two = { .max = 10000 }; /* the room is for all together */
    buf_str(&two, "{\"data\":[{\"type\":\"comment\"},{\"type\":\"comment\",\"text\":\"");
    for (int i = 0; i < 2000; i++)
        buf_char(&two, 'y');
    buf_str(&two, "\"}]}");
    buf_put(&two, "", 1);
    r = shape_extras("{\"data\":{}}", body, two.data);
    CU_ASSERT_EQUAL(returned(r), n + 1);
    CU_ASSERT_PTR_NOT_NULL(strstr(told(r, "reason"), "comments was cut"));
    free(body);
}

static void events_keep_their_token_and_are_never_cut_in_silence(void)
{
    static const struct tool events = { .name = "events", .sync = true, .more = "go on" };
    const struct {
        const char *body, *text;
    } answers[] = {
        { "{\"data\":[1],\"sync\":\"b\",\"has_more\":false}",
          "{\"data\":[1],\"next_page\":null,\"sync\":\"b\",\"has_more\":false}" },
        { "{\"data\":[1],\"sync\":\"b\",\"has_more\":true}",
          "{\"data\":[1],\"next_page\":null,\"sync\":\"b\",\"has_more\":true,\"truncated\":"
          "{\"returned\":1,\"reason\":\"there are more events\",\"next\":\"go on\"}}" },
        { "{\"data\":[]}", "{\"data\":[],\"next_page\":null}" },
    };
    for (size_t i = 0; i < sizeof(answers) / sizeof(*answers); i++) {
        BUF_AUTO out = { .max = 4096 };
        struct slice text;
        const struct result_parts parts = { .body = envelope_of(answers[i].body) };
        CU_ASSERT_TRUE(result_shape(&events, NULL, &parts, &out, &text));
        CU_ASSERT_TRUE(slice_is(text, answers[i].text));
    }
    BUF_AUTO fresh = { .max = 4096 };
    CU_ASSERT_TRUE(result_put_fresh(slice_of("\"t\""), &fresh));
    CU_ASSERT_TRUE(json_check(buf_slice(&fresh), NULL));
    CU_ASSERT_PTR_NOT_NULL(memmem(fresh.data, fresh.len, "\"sync\":\"t\",\"truncated\":{", 24));
}

static void items_are_walked(void)
{
    static const char *const none[] = { "", "null", "{}", "{\"a\":[1]}", "\"[1]\"", "[]", " [ ] " };
    struct json_items it;
    struct slice item;
    for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++) {
        json_items_begin(slice_of(none[i]), &it);
        CU_ASSERT_FALSE(json_items_next(&it, &item));
        CU_ASSERT_FALSE(json_items_next(&it, &item));
    }
    static const char *const some[] = { "1", "\"a,]\"", "[2,[3]]", "{\"b\":[]}", "null", "-0.5e1" };
    json_items_begin(slice_of(" [1 , \"a,]\",[2,[3]],\n{\"b\":[]},null,-0.5e1\t] "), &it);
    for (size_t i = 0; i < 6; i++) {
        CU_ASSERT_TRUE(json_items_next(&it, &item));
        CU_ASSERT_TRUE(slice_is(item, some[i]));
    }
    CU_ASSERT_FALSE(json_items_next(&it, &item));
    CU_ASSERT_FALSE(json_items_next(&it, &item));
}

static void nothing_is_left(void)
{
    shape_done();
}

int main(void)
{
    static const CU_TestInfo tests[] = {
#define TEST(name) { #name, name }
        TEST(record_passes_as_it_is),
        TEST(whole_list_passes_as_it_is),
        TEST(list_without_next_page_gets_null),
        TEST(long_list_is_cut_between_records),
        TEST(cut_is_exact),
        TEST(huge_record_is_returned_alone),
        TEST(full_list_says_that_there_may_be_more),
        TEST(extras_become_members_of_the_record),
        TEST(extras_of_an_empty_record),
        TEST(extra_takes_the_place_of_the_records_own_member),
        TEST(every_extra_that_is_not_whole_is_told),
        TEST(events_keep_their_token_and_are_never_cut_in_silence),
        TEST(items_are_walked),
        TEST(nothing_is_left),
#undef TEST
        CU_TEST_INFO_NULL,
    };
    CU_SuiteInfo suites[] = {
        { .pName = "result", .pTests = (CU_TestInfo *)tests },
        CU_SUITE_INFO_NULL,
    };
    if (CU_initialize_registry() != CUE_SUCCESS || CU_register_suites(suites) != CUE_SUCCESS)
        return 1;
    return run_suites();
}
