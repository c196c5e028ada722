#include "base/buf.h"
#include "base/json.h"
#include "base/limits.h"
#include "fixtures.h"

static void embedded_resource(struct call *call, const void *in)
{
    const char *uri = json_get_string(in, "resourceUri");
    BUF_AUTO members = { .max = LIMIT_RESULT };
    buf_str(&members, "\"messages\":[{\"role\":\"user\",\"content\":{\"type\":\"resource\","
                      "\"resource\":{\"uri\":");
    buf_json_string(&members, slice_of(uri ? uri : "test://example-resource"));
    buf_str(&members, ",\"mimeType\":\"text/plain\","
                      "\"text\":\"Embedded resource content for testing.\"}}},"
                      "{\"role\":\"user\",\"content\":{\"type\":\"text\","
                      "\"text\":\"Please process the embedded resource above.\"}}]");
    call_finish(call, CALL_MEMBERS, buf_slice(&members));
}

static void image(struct call *call, const void *in)
{
    (void)in;
    call_finish(call, CALL_MEMBERS,
                slice_of("\"messages\":[{\"role\":\"user\",\"content\":{\"type\":\"image\","
                         "\"data\":\"" FIXTURE_PNG "\",\"mimeType\":\"image/png\"}},"
                         "{\"role\":\"user\",\"content\":{\"type\":\"text\","
                         "\"text\":\"Please analyze the image above.\"}}]"));
}

static void on_context(struct call *call, void *ctx)
{
    (void)ctx;
    const char *context = fixture_string(call, "user_context", "context");
    const char *text = arena_printf(call_arena(call), "Prompt with context: %s", context);
    fixture_prompt_say(call, text ? text : context);
}

static void wants_context(struct call *call, const void *in)
{
    (void)in;
    struct call_input ask =
        fixture_ask_string(call, "user_context", "What context should the prompt use?", "context");
    if (!call_ask_client(call, &ask, 1, (struct slice){ 0 }, on_context, NULL))
        fixture_prompt_say(call, "Prompt without context");
}

static const struct prompt_argument two_arguments[] = {
    { .name = "arg1", .title = "First", .description = "First test argument.", .required = true },
    { .name = "arg2", .title = "Second", .description = "Second test argument.", .required = true },
    { 0 },
};
static const struct prompt_argument uri_argument[] = {
    { .name = "resourceUri",
      .title = "URI",
      .description = "URI of the resource to embed.",
      .required = true },
    { 0 },
};
static const struct prompt_argument no_arguments[] = { { 0 } };

const struct prompt fixture_prompts[] = {
    { .name = "test_simple_prompt",
      .title = "Simple",
      .description = "A prompt without arguments.",
      .arguments = no_arguments,
      .text = "This is a simple prompt for testing." },
    { .name = "test_prompt_with_arguments",
      .title = "With arguments",
      .description = "A prompt with two required arguments.",
      .arguments = two_arguments,
      .text = "Prompt with arguments: arg1='{arg1}', arg2='{arg2}'" },
    { .name = "test_prompt_with_embedded_resource",
      .title = "With a resource",
      .description = "A prompt that embeds a resource.",
      .arguments = uri_argument,
      .body = embedded_resource },
    { .name = "test_prompt_with_image",
      .title = "With a picture",
      .description = "A prompt that shows a picture.",
      .arguments = no_arguments,
      .body = image },
    { .name = "test_input_required_result_prompt",
      .title = "That asks",
      .description = "A prompt that asks for its context.",
      .arguments = no_arguments,
      .body = wants_context },
    { 0 },
};
