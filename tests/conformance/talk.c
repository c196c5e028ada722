#include "base/buf.h"
#include "base/json.h"
#include "base/limits.h"
#include "fixtures.h"
#include "mcp/hub.h"
#include "tool/args.h"

#define PAUSE_MS 50

/* ---- a log ---- */

static void logged_all(struct call *call, void *ctx)
{
    (void)ctx;
    call_log(call, CALL_INFO, slice_of("\"Tool execution completed\""));
    fixture_say(call, "Tool with logging executed successfully");
}

static void logged_half(struct call *call, void *ctx)
{
    (void)ctx;
    call_log(call, CALL_INFO, slice_of("\"Tool processing data\""));
    fixture_pause(call, PAUSE_MS, logged_all);
}

static void logs(struct call *call, const void *in)
{
    (void)in;
    call_log(call, CALL_INFO, slice_of("\"Tool execution started\""));
    fixture_pause(call, PAUSE_MS, logged_half);
}
FIXTURE(test_tool_with_logging, logs, "Logs three lines while it runs");
FIXTURE(test_logging_tool, logs, "Logs three lines, when it was asked to");

/* ---- progress ---- */

static void done_all(struct call *call, void *ctx)
{
    (void)ctx;
    call_progress(call, 100, 100, "Completed step 100 of 100");
    fixture_say(call, "Tool with progress executed successfully");
}

static void done_half(struct call *call, void *ctx)
{
    (void)ctx;
    call_progress(call, 50, 100, "Completed step 50 of 100");
    fixture_pause(call, PAUSE_MS, done_all);
}

static void progresses(struct call *call, const void *in)
{
    (void)in;
    call_progress(call, 0, 100, "Completed step 0 of 100");
    fixture_pause(call, PAUSE_MS, done_half);
}
FIXTURE(test_tool_with_progress, progresses, "Tells three times how far it is");

/* ---- parting ---- */

static void came_back(struct call *call, void *ctx)
{
    (void)ctx;
    fixture_say(call, "Reconnection test completed successfully. If you received this, the client "
                      "properly reconnected after stream closure.");
}

static void parts(struct call *call, const void *in)
{
    (void)in;
    call_part(call);
    fixture_pause(call, 2 * PAUSE_MS, came_back);
}
FIXTURE(test_reconnection, parts, "Closes the stream and answers when the client has come back");

/* ---- questions ---- */

#define ANSWER "answer"

struct question_args {
    const char *text;
};

static void on_elicited(struct call *call, void *ctx)
{
    const cJSON *response = call_response(call, ANSWER);
    const char *action = json_get_string(response, "action");
    const cJSON *content = json_get(response, "content");
    BUF_AUTO text = { .max = LIMIT_RESULT };
    buf_str(&text, ctx);
    buf_str(&text, ": action=");
    buf_str(&text, action ? action : "none");
    buf_str(&text, ", content=");
    if (content)
        json_write(&text, content);
    else
        buf_str(&text, "{}");
    buf_char(&text, '\0');
    fixture_say(call, buf_ok(&text) ? text.data : "User response");
}

/* Asks for what params describe; what says what the answer is, before it. */
static void elicit(struct call *call, struct slice params, char *what)
{
    struct call_input ask = { .key = ANSWER, .kind = CALL_ELICIT, .params = params };
    if (!call_ask_client(call, &ask, 1, (struct slice){ 0 }, on_elicited, what))
        call_finish(call, CALL_LACKS, slice_of("{\"elicitation\":{}}"));
}

static bool message_decode(struct args *a, void *in)
{
    struct question_args *q = in;
    q->text = args_string(a, "message", ARG_REQUIRED);
    return args_end(a);
}

static void message_body(struct call *call, const void *in)
{
    static char what[] = "User response";
    const struct question_args *q = in;
    elicit(call, fixture_ask_string(call, ANSWER, q->text, "username").params, what);
}

static const struct tool test_elicitation = {
    .name = "test_elicitation",
    .title = "Asks the person",
    .toolset = "conformance",
    .description = "Shows the person a message and answers what the person says.",
    .effect = TOOL_READ,
    .input_schema = "{\"type\":\"object\",\"properties\":{\"message\":{\"type\":\"string\"}},"
                    "\"required\":[\"message\"],\"additionalProperties\":false}",
    .args_size = sizeof(struct question_args),
    .decode = message_decode,
    .handle = message_body,
};

static void defaults(struct call *call, const void *in)
{
    static char what[] = "Elicitation completed";
    (void)in;
    elicit(call,
           slice_of("{\"message\":\"Please review and update the form fields with defaults\","
                    "\"requestedSchema\":{\"type\":\"object\",\"properties\":{"
                    "\"name\":{\"type\":\"string\",\"description\":\"User name\","
                    "\"default\":\"John Doe\"},"
                    "\"age\":{\"type\":\"integer\",\"description\":\"User age\",\"default\":30},"
                    "\"score\":{\"type\":\"number\",\"description\":\"User score\","
                    "\"default\":95.5},"
                    "\"status\":{\"type\":\"string\",\"description\":\"User status\","
                    "\"enum\":[\"active\",\"inactive\",\"pending\"],\"default\":\"active\"},"
                    "\"verified\":{\"type\":\"boolean\",\"description\":\"Verification status\","
                    "\"default\":true}},\"required\":[]}}"),
           what);
}
FIXTURE(test_elicitation_sep1034_defaults, defaults, "Asks for fields that have defaults");

static void enums(struct call *call, const void *in)
{
    static char what[] = "Elicitation completed";
    (void)in;
    elicit(call,
           slice_of("{\"message\":\"Please select options from the enum fields\","
                    "\"requestedSchema\":{\"type\":\"object\",\"properties\":{"
                    "\"untitledSingle\":{\"type\":\"string\","
                    "\"description\":\"Select one option\","
                    "\"enum\":[\"option1\",\"option2\",\"option3\"]},"
                    "\"titledSingle\":{\"type\":\"string\","
                    "\"description\":\"Select one option with titles\",\"oneOf\":["
                    "{\"const\":\"value1\",\"title\":\"First Option\"},"
                    "{\"const\":\"value2\",\"title\":\"Second Option\"},"
                    "{\"const\":\"value3\",\"title\":\"Third Option\"}]},"
                    "\"legacyEnum\":{\"type\":\"string\","
                    "\"description\":\"Select one option (legacy)\","
                    "\"enum\":[\"opt1\",\"opt2\",\"opt3\"],"
                    "\"enumNames\":[\"Option One\",\"Option Two\",\"Option Three\"]},"
                    "\"untitledMulti\":{\"type\":\"array\","
                    "\"description\":\"Select multiple options\",\"minItems\":1,\"maxItems\":3,"
                    "\"items\":{\"type\":\"string\","
                    "\"enum\":[\"option1\",\"option2\",\"option3\"]}},"
                    "\"titledMulti\":{\"type\":\"array\","
                    "\"description\":\"Select multiple options with titles\","
                    "\"minItems\":1,\"maxItems\":3,\"items\":{\"anyOf\":["
                    "{\"const\":\"value1\",\"title\":\"First Choice\"},"
                    "{\"const\":\"value2\",\"title\":\"Second Choice\"},"
                    "{\"const\":\"value3\",\"title\":\"Third Choice\"}]}}},\"required\":[]}}"),
           what);
}
FIXTURE(test_elicitation_sep1330_enums, enums, "Asks for a choice of each kind");

static void streams_and_asks(struct call *call, const void *in)
{
    static char what[] = "User response";
    (void)in;
    call_progress(call, 0, 1, "About to ask");
    elicit(call, fixture_ask_string(call, ANSWER, "Go on?", "reason").params, what);
}
FIXTURE(test_streaming_elicitation, streams_and_asks, "Tells how far it is, then asks");

static void on_sampled(struct call *call, void *ctx)
{
    (void)ctx;
    const char *said = fixture_sentence(call, ANSWER);
    const char *text = arena_printf(call_arena(call), "LLM response: %s", said);
    fixture_say(call, text ? text : said);
}

static bool prompt_decode(struct args *a, void *in)
{
    struct question_args *q = in;
    q->text = args_string(a, "prompt", ARG_REQUIRED);
    return args_end(a);
}

static void prompt_body(struct call *call, const void *in)
{
    const struct question_args *q = in;
    struct call_input ask = fixture_ask_model(call, ANSWER, q->text, 100);
    if (!call_ask_client(call, &ask, 1, (struct slice){ 0 }, on_sampled, NULL))
        call_finish(call, CALL_LACKS, slice_of("{\"sampling\":{}}"));
}

static const struct tool test_sampling = {
    .name = "test_sampling",
    .title = "Asks the model",
    .toolset = "conformance",
    .description = "Passes a prompt to the client's model and answers what it says.",
    .effect = TOOL_READ,
    .input_schema = "{\"type\":\"object\",\"properties\":{\"prompt\":{\"type\":\"string\"}},"
                    "\"required\":[\"prompt\"],\"additionalProperties\":false}",
    .args_size = sizeof(struct question_args),
    .decode = prompt_decode,
    .handle = prompt_body,
};

static void needs_sampling(struct call *call, const void *in)
{
    (void)in;
    if (call_client_can(call, CALL_SAMPLE))
        fixture_say(call, "The client has a model to ask");
    else
        call_finish(call, CALL_LACKS, slice_of("{\"sampling\":{}}"));
}
FIXTURE(test_missing_capability, needs_sampling, "Runs only for clients that declare sampling");

/* ---- changes ---- */

static void changes_tools(struct call *call, const void *in)
{
    (void)in;
    call_changed(call, HUB_TOOLS);
    fixture_say(call, "The list of tools has changed");
}
FIXTURE(test_trigger_tool_change, changes_tools, "Says that the list of tools has changed");

static void changes_prompts(struct call *call, const void *in)
{
    (void)in;
    call_changed(call, HUB_PROMPTS);
    fixture_say(call, "The list of prompts has changed");
}
FIXTURE(test_trigger_prompt_change, changes_prompts, "Says that the list of prompts has changed");

const struct tool *const fixture_talk_tools[] = {
    &test_tool_with_logging,
    &test_logging_tool,
    &test_tool_with_progress,
    &test_reconnection,
    &test_elicitation,
    &test_elicitation_sep1034_defaults,
    &test_elicitation_sep1330_enums,
    &test_streaming_elicitation,
    &test_sampling,
    &test_missing_capability,
    &test_trigger_tool_change,
    &test_trigger_prompt_change,
    NULL,
};
