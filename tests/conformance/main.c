/* main.c: the program, with the conformance suite's fixtures beside the product's own. */
#include "cli/program.h"
#include "fixtures.h"
#include "mcp/catalog.h"

#define TOOLS_MAX 64

static size_t add(const struct tool **all, size_t n, const struct tool *const *some)
{
    while (*some && n < TOOLS_MAX)
        all[n++] = *some++;
    return n;
}

int main(int argc, char **argv)
{
    const struct tool *tools[TOOLS_MAX + 1] = { 0 };
    size_t n = add(tools, 0, fixture_content_tools);
    n = add(tools, n, fixture_talk_tools);
    add(tools, n, fixture_input_tools);
    struct mcp_extras extras = {
        .tools = tools,
        .resources = fixture_resources,
        .prompts = fixture_prompts,
    };
    return program_main(argc, argv, &extras);
}
