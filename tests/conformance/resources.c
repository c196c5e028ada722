#include "base/buf.h"
#include "base/limits.h"
#include "fixtures.h"

#include <string.h>

#define TEMPLATE_BEFORE "test://template/"
#define TEMPLATE_AFTER "/data"

static void static_text(struct call *call, const void *in)
{
    (void)in;
    call_finish(call, CALL_MEMBERS,
                slice_of("\"contents\":[{\"uri\":\"test://static-text\","
                         "\"mimeType\":\"text/plain\","
                         "\"text\":\"This is the content of the static text resource.\"}]"));
}

static void static_binary(struct call *call, const void *in)
{
    (void)in;
    call_finish(call, CALL_MEMBERS,
                slice_of("\"contents\":[{\"uri\":\"test://static-binary\","
                         "\"mimeType\":\"image/png\",\"blob\":\"" FIXTURE_PNG "\"}]"));
}

static void watched(struct call *call, const void *in)
{
    (void)in;
    call_finish(call, CALL_MEMBERS,
                slice_of("\"contents\":[{\"uri\":\"test://watched-resource\","
                         "\"mimeType\":\"text/plain\",\"text\":\"Watched resource content\"}]"));
}

/* test://template/{id}/data */
static void by_template(struct call *call, const void *in)
{
    const char *uri = in;
    const char *id = uri + strlen(TEMPLATE_BEFORE);
    BUF_AUTO text = { .max = LIMIT_RESULT };
    BUF_AUTO members = { .max = LIMIT_RESULT };
    struct slice name = { id, strlen(id) - strlen(TEMPLATE_AFTER) };
    buf_str(&text, "{\"id\":");
    buf_json_string(&text, name);
    buf_str(&text, ",\"templateTest\":true,\"data\":\"Data for ID: ");
    buf_json_escaped(&text, name);
    buf_str(&text, "\"}");
    buf_str(&members, "\"contents\":[{\"uri\":");
    buf_json_string(&members, slice_of(uri));
    buf_str(&members, ",\"mimeType\":\"application/json\",\"text\":");
    buf_json_string(&members, buf_slice(&text));
    buf_str(&members, "}]");
    call_finish(call, CALL_MEMBERS, buf_slice(&members));
}

const struct resource_kind fixture_resources[] = {
    { .uri_template = "test://static-text",
      .name = "static-text",
      .title = "A text",
      .description = "Text that never changes.",
      .mime_type = "text/plain",
      .read = static_text },
    { .uri_template = "test://static-binary",
      .name = "static-binary",
      .title = "A picture",
      .description = "Bytes that never change.",
      .mime_type = "image/png",
      .read = static_binary },
    { .uri_template = "test://watched-resource",
      .name = "watched-resource",
      .title = "A watched text",
      .description = "Text that can be subscribed to.",
      .mime_type = "text/plain",
      .read = watched },
    { .uri_template = TEMPLATE_BEFORE "{id}" TEMPLATE_AFTER,
      .name = "template",
      .title = "A template",
      .description = "Data that names the id of its URI.",
      .mime_type = "application/json",
      .argument = "id",
      .read = by_template },
    { 0 },
};
