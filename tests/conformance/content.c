#include "fixtures.h"
#include "tool/args.h"

/* A tool whose answer is always the same. */
#define ANSWERS(id, about, members)                                             \
    static void id##_body(struct call *call, const void *in)                    \
    {                                                                           \
        (void)in;                                                               \
        call_finish(call, CALL_MEMBERS, slice_of("\"content\":[" members "]")); \
    }                                                                           \
    FIXTURE(id, id##_body, about)

#define PNG "{\"type\":\"image\",\"data\":\"" FIXTURE_PNG "\",\"mimeType\":\"image/png\"}"

ANSWERS(test_simple_text, "Answers one text",
        "{\"type\":\"text\",\"text\":\"This is a simple text response for testing.\"}");
ANSWERS(test_image_content, "Answers one picture", PNG);
ANSWERS(test_audio_content, "Answers one sound",
        "{\"type\":\"audio\",\"data\":\"" FIXTURE_WAV "\",\"mimeType\":\"audio/wav\"}");
ANSWERS(test_embedded_resource, "Answers one resource",
        "{\"type\":\"resource\",\"resource\":{\"uri\":\"test://embedded-resource\","
        "\"mimeType\":\"text/plain\",\"text\":\"This is an embedded resource content.\"}}");
ANSWERS(test_multiple_content_types, "Answers a text, a picture and a resource",
        "{\"type\":\"text\",\"text\":\"Multiple content types test:\"}," PNG ","
        "{\"type\":\"resource\",\"resource\":{\"uri\":\"test://mixed-content-resource\","
        "\"mimeType\":\"application/json\","
        "\"text\":\"{\\\"test\\\":\\\"data\\\",\\\"value\\\":123}\"}}");

static void test_error_handling_body(struct call *call, const void *in)
{
    (void)in;
    call_finish(call, CALL_FAILED,
                slice_of("This tool intentionally returns an error for testing"));
}
FIXTURE(test_error_handling, test_error_handling_body, "Fails");

/* ---- a schema with more words than ours need ---- */

struct contact {
    const char *name, *method, *phone, *email;
    const cJSON *address;
};

static bool contact_decode(struct args *a, void *in)
{
    struct contact *c = in;
    c->name = args_string(a, "name", 0);
    c->address = args_object(a, "address", 0);
    c->method = args_enum(a, "contactMethod", 0, "phone|email");
    c->phone = args_string(a, "phone", 0);
    c->email = args_string(a, "email", 0);
    return args_end(a);
}

static void contact_body(struct call *call, const void *in)
{
    const struct contact *c = in;
    const char *way = c->phone ? c->phone : c->email;
    fixture_say(call, way ? way : "neither phone nor email");
}

static const struct tool json_schema_2020_12_tool = {
    .name = "json_schema_2020_12_tool",
    .title = "Takes a contact",
    .toolset = "conformance",
    .description = "Takes a contact that is described with all the words of JSON Schema 2020-12.",
    .effect = TOOL_READ,
    .idempotent = true,
    .input_schema =
        "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"type\":\"object\","
        "\"$defs\":{\"address\":{\"$anchor\":\"addressDef\",\"type\":\"object\","
        "\"properties\":{\"street\":{\"type\":\"string\"},\"city\":{\"type\":\"string\"}}}},"
        "\"properties\":{\"name\":{\"type\":\"string\"},"
        "\"address\":{\"$ref\":\"#/$defs/address\"},"
        "\"contactMethod\":{\"type\":\"string\",\"enum\":[\"phone\",\"email\"]},"
        "\"phone\":{\"type\":\"string\"},\"email\":{\"type\":\"string\"}},"
        "\"allOf\":[{\"anyOf\":[{\"required\":[\"phone\"]},{\"required\":[\"email\"]}]}],"
        "\"if\":{\"properties\":{\"contactMethod\":{\"const\":\"phone\"}},"
        "\"required\":[\"contactMethod\"]},"
        "\"then\":{\"required\":[\"phone\"]},\"else\":{\"required\":[\"email\"]},"
        "\"additionalProperties\":false}",
    .args_size = sizeof(struct contact),
    .decode = contact_decode,
    .handle = contact_body,
};

const struct tool *const fixture_content_tools[] = {
    &test_simple_text,
    &test_image_content,
    &test_audio_content,
    &test_embedded_resource,
    &test_multiple_content_types,
    &test_error_handling,
    &json_schema_2020_12_tool,
    NULL,
};
