#include "base/buf.h"
#include "base/json.h"
#include "base/limits.h"
#include "fixtures.h"

#include <string.h>

#define CONFIRM "confirm"

static void say(struct call *call, const char *before, const char *what, const char *after)
{
    const char *text = arena_printf(call_arena(call), "%s%s%s", before, what, after);
    fixture_say(call, text ? text : what);
}

/* Asks, or refuses for want of that capability. */
static void ask(struct call *call, const struct call_input *inputs, size_t n, const char *state,
                call_input_fn *answered)
{
    if (!call_ask_client(call, inputs, n, slice_of(state), answered, NULL))
        call_finish(call, CALL_LACKS,
                    slice_of("{\"elicitation\":{},\"sampling\":{},\"roots\":{}}"));
}

/* ---- one question ---- */

static void greet(struct call *call, void *ctx)
{
    (void)ctx;
    say(call, "Hello, ", fixture_string(call, "user_name", "name"), "!");
}

static void elicitation(struct call *call, const void *in)
{
    (void)in;
    struct call_input name = fixture_ask_string(call, "user_name", "What is your name?", "name");
    ask(call, &name, 1, "", greet);
}
FIXTURE(test_input_required_result_elicitation, elicitation, "Asks the person's name");

static void tell_capital(struct call *call, void *ctx)
{
    (void)ctx;
    say(call, "Sampling result: ", fixture_sentence(call, "capital_question"), "");
}

static void sampling(struct call *call, const void *in)
{
    (void)in;
    struct call_input capital =
        fixture_ask_model(call, "capital_question", "What is the capital of France?", 100);
    ask(call, &capital, 1, "", tell_capital);
}
FIXTURE(test_input_required_result_sampling, sampling, "Asks the model for a capital");

static struct call_input roots_input(void)
{
    return (
        struct call_input){ .key = "client_roots", .kind = CALL_ROOTS, .params = slice_of("{}") };
}

static const char *first_root(struct call *call)
{
    const cJSON *roots = json_get(call_response(call, "client_roots"), "roots");
    const char *uri = json_get_string(cJSON_GetArrayItem(roots, 0), "uri");
    return uri ? uri : "none";
}

static void tell_roots(struct call *call, void *ctx)
{
    (void)ctx;
    say(call, "First root: ", first_root(call), "");
}

static void list_roots(struct call *call, const void *in)
{
    (void)in;
    struct call_input roots = roots_input();
    ask(call, &roots, 1, "", tell_roots);
}
FIXTURE(test_input_required_result_list_roots, list_roots, "Asks for the client's roots");

/* ---- state ---- */

static struct call_input confirm_input(void)
{
    return (struct call_input){
        .key = CONFIRM,
        .kind = CALL_ELICIT,
        .params = slice_of("{\"message\":\"Please confirm\",\"requestedSchema\":{"
                           "\"type\":\"object\",\"properties\":{\"ok\":{\"type\":\"boolean\"}},"
                           "\"required\":[\"ok\"]}}"),
    };
}

static void check_state(struct call *call, void *ctx)
{
    (void)ctx;
    bool kept = slice_is(call_state(call), "asked");
    fixture_say(call, kept ? "state-ok: requestState validated" : "the state is lost");
}

static void request_state(struct call *call, const void *in)
{
    (void)in;
    struct call_input confirm = confirm_input();
    ask(call, &confirm, 1, "asked", check_state);
}
FIXTURE(test_input_required_result_request_state, request_state,
        "Asks, and keeps a state meanwhile");
FIXTURE(test_input_required_result_tampered_state, request_state,
        "Asks, and refuses a state that was changed meanwhile");

/* ---- several questions ---- */

static void tell_all(struct call *call, void *ctx)
{
    (void)ctx;
    const char *text = arena_printf(call_arena(call), "Name: %s; Greeting: %s; Root: %s",
                                    fixture_string(call, "user_name", "name"),
                                    fixture_sentence(call, "greeting"), first_root(call));
    fixture_say(call, text ? text : "too much");
}

static void multiple_inputs(struct call *call, const void *in)
{
    (void)in;
    struct call_input inputs[] = {
        fixture_ask_string(call, "user_name", "What is your name?", "name"),
        fixture_ask_model(call, "greeting", "Generate a greeting", 50),
        roots_input(),
    };
    ask(call, inputs, sizeof(inputs) / sizeof(*inputs), "asked", tell_all);
}
FIXTURE(test_input_required_result_multiple_inputs, multiple_inputs,
        "Asks the person, the model and the client at once");

static void capabilities(struct call *call, const void *in)
{
    (void)in;
    struct call_input inputs[2];
    size_t n = 0;
    if (call_client_can(call, CALL_ELICIT))
        inputs[n++] = fixture_ask_string(call, "user_name", "What is your name?", "name");
    if (call_client_can(call, CALL_SAMPLE))
        inputs[n++] = fixture_ask_model(call, "greeting", "Generate a greeting", 50);
    ask(call, inputs, n, "", tell_all);
}
FIXTURE(test_input_required_result_capabilities, capabilities,
        "Asks only what the client has declared");

/* ---- round by round ---- */

/* The state of the second round: the name from the first. */
#define NAMED "name: "

static void tell_color(struct call *call, void *ctx)
{
    const char *name = ctx;
    const char *text =
        arena_printf(call_arena(call), "%s likes %s", name, fixture_string(call, "step2", "color"));
    fixture_say(call, text ? text : name);
}

static void ask_color(struct call *call, char *name)
{
    struct call_input color =
        fixture_ask_string(call, "step2", "Step 2: What is your favorite color?", "color");
    const char *state = arena_printf(call_arena(call), NAMED "%s", name);
    if (!call_ask_client(call, &color, 1, slice_of(state ? state : NAMED), tell_color, name))
        call_finish(call, CALL_LACKS, slice_of("{\"elicitation\":{}}"));
}

static char *keep(struct call *call, struct slice text)
{
    static char lost[] = "somebody";
    char *kept = arena_strndup(call_arena(call), text.data, text.len);
    return kept ? kept : lost;
}

static void on_name(struct call *call, void *ctx)
{
    (void)ctx;
    ask_color(call, keep(call, slice_of(fixture_string(call, "step1", "name"))));
}

static void multi_round(struct call *call, const void *in)
{
    (void)in;
    struct slice state = call_state(call);
    size_t len = strlen(NAMED);
    if (state.len >= len && memcmp(state.data, NAMED, len) == 0) {
        ask_color(call, keep(call, (struct slice){ state.data + len, state.len - len }));
        return;
    }
    struct call_input name =
        fixture_ask_string(call, "step1", "Step 1: What is your name?", "name");
    ask(call, &name, 1, "asked", on_name);
}
FIXTURE(test_input_required_result_multi_round, multi_round, "Asks twice, one after the other");

const struct tool *const fixture_input_tools[] = {
    &test_input_required_result_elicitation,
    &test_input_required_result_sampling,
    &test_input_required_result_list_roots,
    &test_input_required_result_request_state,
    &test_input_required_result_tampered_state,
    &test_input_required_result_multiple_inputs,
    &test_input_required_result_capabilities,
    &test_input_required_result_multi_round,
    NULL,
};
