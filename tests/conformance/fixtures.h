/* fixtures.h: the tools, resources and prompts that the official conformance suite expects of any
 * server; what each has to do is written in the suite's scenarios.
 *
 * They run through the same engine as the product's, in a program of their own (main.c) that is
 * never released. Constant data; the helpers are for bodies, on their call's thread. */
#pragma once

#include "mcp/prompts.h"
#include "mcp/resources.h"
#include "tool/call.h"
#include "tool/tool.h"

/* The suite's smallest picture and sound. */
#define FIXTURE_PNG                                                                                \
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJg" \
    "g"                                                                                            \
    "g=="
#define FIXTURE_WAV "UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAAB9AAACABAAZGF0YQIAAAA="

/* Each ended by NULL. */
extern const struct tool *const fixture_content_tools[]; /* kinds of content */
extern const struct tool *const fixture_talk_tools[];    /* that talk to the client meanwhile */
extern const struct tool *const fixture_input_tools[];   /* that want input (2026-07-28) */

extern const struct resource_kind fixture_resources[];
extern const struct prompt fixture_prompts[];

#define FIXTURE_NO_ARGUMENTS "{\"type\":\"object\",\"additionalProperties\":false}"

/* Of a tool without arguments. */
struct fixture_nothing {
    char unused;
};
bool fixture_nothing_decode(struct args *a, void *in);

/* One tool without arguments; body is its struct tool's handle. */
#define FIXTURE(id, body, about)                     \
    static const struct tool id = {                  \
        .name = #id,                                 \
        .title = about,                              \
        .toolset = "conformance",                    \
        .description = about ".",                    \
        .effect = TOOL_READ,                         \
        .idempotent = true,                          \
        .input_schema = FIXTURE_NO_ARGUMENTS,        \
        .args_size = sizeof(struct fixture_nothing), \
        .decode = fixture_nothing_decode,            \
        .handle = body,                              \
    }

/* Ends a call with one text item / with one text message of the user's, a prompt's. */
void fixture_say(struct call *call, const char *text);
void fixture_prompt_say(struct call *call, const char *text);
/* Continues after ms milliseconds, unless the call ends or is cancelled before. One at a time. */
void fixture_pause(struct call *call, unsigned ms, call_input_fn *then);

/* The question for one string (an elicitation), or one sentence (a sampling). */
struct call_input fixture_ask_string(struct call *call, const char *key, const char *message,
                                     const char *property);
struct call_input fixture_ask_model(struct call *call, const char *key, const char *text,
                                    int max_tokens);
/* What was answered to them; "nothing" when there is no such text. */
const char *fixture_string(struct call *call, const char *key, const char *property);
const char *fixture_sentence(struct call *call, const char *key);
