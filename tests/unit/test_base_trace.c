#include "base/secret.h"
#include "base/trail.h"

#include "base/json.h"
#include "suites.h"
#include "trace/otlp.h"

#include <string.h>

#define PARENT "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

static unsigned taken;
static char json[LIMIT_TRACE_QUEUE];

static void take(struct trace_sink *sink, const struct span *span)
{
    (void)sink;
    BUF_AUTO b = { .max = sizeof(json) - 1 };
    otlp_put_span(&b, span);
    CU_ASSERT_TRUE(buf_ok(&b));
    CU_ASSERT_TRUE(json_check(buf_slice(&b), NULL));
    memcpy(json, b.data, b.len);
    json[b.len] = '\0';
    taken++;
}

static struct trace_sink all = { take, UINT64_MAX };
static struct trace_sink none = { take, 0 };

static void parents_are_read_and_written(void)
{
    static const char *const bad[] = {
        "",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
        "00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
        "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01.x",
        "00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0x",
    };
    struct trace_place p = { 0 };
    char text[TRACE_PARENT];
    CU_ASSERT_FALSE(trace_parse(NULL, &p));
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        CU_ASSERT_FALSE(trace_parse(bad[i], &p));
    CU_ASSERT_FALSE(p.known);
    CU_ASSERT_TRUE(trace_parse(PARENT, &p));
    CU_ASSERT_TRUE(p.known && p.sampled);
    trace_format(&p, text);
    CU_ASSERT_STRING_EQUAL(text, PARENT);
    CU_ASSERT_TRUE(
        trace_parse("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-02-later", &p));
    CU_ASSERT_FALSE(p.sampled);
}

static void states_that_a_header_cannot_carry_are_dropped(void)
{
    char text[LIMIT_TRACE_STATE + 2];
    memset(text, 'a', sizeof(text));
    text[LIMIT_TRACE_STATE + 1] = '\0';
    CU_ASSERT_FALSE(trace_state_ok(text));
    text[LIMIT_TRACE_STATE] = '\0';
    CU_ASSERT_TRUE(trace_state_ok(text));
    CU_ASSERT_FALSE(trace_state_ok(""));
    CU_ASSERT_FALSE(trace_state_ok("a=b\r\nEvil: 1"));
}

static void nothing_is_recorded_without_a_sink(void)
{
    struct trail *t = trail_new("r");
    trail_follow(t, PARENT, NULL);
    trail_open_span(t, SPAN_SERVER, "x");
    CU_ASSERT_PTR_NULL(t->span);
    CU_ASSERT_EQUAL(t->place.span[0], 0xb7); /* and the caller's place goes on */
    span_text(NULL, "a", "b");
    span_event(NULL, "a", NULL, 0, NULL, 0);
    span_fail(NULL, "x");
    span_end(NULL);
    trail_close_span(t);
    trail_drop(t);
    CU_ASSERT_EQUAL(taken, 0);
}

static void parts_stand_below_their_request(void)
{
    trace_sink = &all;
    struct trail *t = trail_new("r");
    trail_follow(t, PARENT, "a=b");
    trail_open_span(t, SPAN_SERVER, "outer");
    TRAIL_ENTER(t);
    struct trail *part = trail_part();
    trail_open_span(part, SPAN_INTERNAL, "inner");
    CU_ASSERT_EQUAL(memcmp(part->span->parent, t->place.span, 8), 0);
    CU_ASSERT_EQUAL(memcmp(part->place.trace, t->place.trace, 16), 0);
    CU_ASSERT_STRING_EQUAL(part->span->state, "a=b");
    span_text(part->span, "text", "\"x\"\n");
    span_text(part->span, "none", NULL);
    span_text(part->span, "bytes", "\xff");
    span_number(part->span, "number", -7);
    span_event(part->span, "one", "a", 1, "b", 2);
    span_event(part->span, "two", NULL, 0, NULL, 0);
    span_fail(part->span, "500");
    trail_close_span(part);
    CU_ASSERT_EQUAL(taken, 1);
    CU_ASSERT_PTR_NOT_NULL(strstr(json, "{\"traceId\":\"0af7651916cd43dd8448eb211c80319c\""));
    CU_ASSERT_PTR_NOT_NULL(strstr(
        json, "\"attributes\":[{\"key\":\"text\",\"value\":{\"stringValue\":\"\\\"x\\\"\\n\"}},"
              "{\"key\":\"number\",\"value\":{\"intValue\":\"-7\"}},"
              "{\"key\":\"error.type\",\"value\":{\"stringValue\":\"500\"}}]"));
    CU_ASSERT_PTR_NOT_NULL(strstr(json, "\"status\":{\"code\":2}}"));
    trail_drop(part);
    trail_close_span(t);
    CU_ASSERT_EQUAL(taken, 2);
    trail_drop(t);
    trace_sink = NULL;
}

static void what_does_not_fit_is_left_out(void)
{
    static char big[LIMIT_SPAN_TEXT + 100];
    struct trace_place place = { 0 };
    trace_sink = &all;
    memset(big, 'x', sizeof(big) - 1);
    struct span *s = span_begin(SPAN_CLIENT, big, &place, NULL, &place);
    span_text(s, "big", big);
    span_number(s, "small", 1);
    for (int i = 0; i < 1000; i++)
        span_event(s, "many", "i", i, NULL, 0);
    taken = 0;
    span_end(s);
    CU_ASSERT_EQUAL(taken, 1);
    CU_ASSERT_PTR_NULL(strstr(json, "\"big\""));
    CU_ASSERT_PTR_NOT_NULL(strstr(json, "\"small\""));
    CU_ASSERT_PTR_NULL(strstr(json, "parentSpanId"));
    trace_sink = NULL;
}

static void sampler_is_for_traces_that_begin_here(void)
{
    struct trace_place place = { 0 }, parent;
    trace_sink = &none;
    CU_ASSERT_PTR_NULL(span_begin(SPAN_SERVER, "x", &place, NULL, &place));
    CU_ASSERT_TRUE(place.known);
    CU_ASSERT_FALSE(place.sampled);
    CU_ASSERT_TRUE(trace_parse(PARENT, &parent));
    struct span *s = span_begin(SPAN_SERVER, "x", &parent, NULL, &place);
    CU_ASSERT_PTR_NOT_NULL(s);
    span_drop(s);
    trace_sink = &all;
    parent.sampled = false;
    CU_ASSERT_PTR_NULL(span_begin(SPAN_SERVER, "x", &parent, NULL, &place));
    CU_ASSERT_EQUAL(memcmp(place.span, parent.span, 8), 0);
    struct trace_sink half = { take, UINT64_C(1) << 62 };
    unsigned chosen = 0;
    trace_sink = &half;
    for (int i = 0; i < 1000; i++) {
        place = (struct trace_place){ 0 };
        s = span_begin(SPAN_SERVER, "x", &place, NULL, &place);
        chosen += s != NULL;
        span_drop(s);
    }
    CU_ASSERT(chosen > 400 && chosen < 600);
    trace_sink = NULL;
}

#define ADD(suite, test) CU_add_test(suite, #test, test)

int main(void)
{
    if (!secret_init() || CU_initialize_registry() != CUE_SUCCESS)
        return 2;
    json_init();
    CU_pSuite suite = CU_add_suite("trace", NULL, NULL);
    ADD(suite, parents_are_read_and_written);
    ADD(suite, states_that_a_header_cannot_carry_are_dropped);
    ADD(suite, nothing_is_recorded_without_a_sink);
    ADD(suite, parts_stand_below_their_request);
    ADD(suite, what_does_not_fit_is_left_out);
    ADD(suite, sampler_is_for_traces_that_begin_here);
    return run_suites();
}
