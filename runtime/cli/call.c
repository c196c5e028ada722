#include "tool/call.h"

#include "cli/asker.h"
#include "cli/backing.h"
#include "cli/call_args.h"
#include "cli/commands.h"
#include "cli/text.h"
#include "cli/toolbox.h"

#include <stdio.h>
#include <unistd.h>

struct running {
    bool done;
    int code;
};

static void print_result(struct slice text)
{
    BUF_AUTO pretty;
    buf_init(&pretty, 4u * LIMIT_RESULT_TEXT);
    if (isatty(STDOUT_FILENO)) {
        text_json(&pretty, text);
        if (buf_ok(&pretty))
            text = buf_slice(&pretty);
    }
    fwrite(text.data, 1, text.len, stdout);
    putchar('\n');
}

static void on_done(void *ctx, const struct call_result *result)
{
    struct running *r = ctx;
    r->done = true;
    r->code = result->outcome == CALL_DONE ? 0 : EXIT_FAILED;
    if (result->outcome == CALL_DONE)
        print_result(result->text);
    else
        fprintf(stderr, "%.*s\n", (int)result->text.len, result->text.data);
}

static int run_tool(const struct settings *s, const struct tool *tool, const cJSON *arguments,
                    struct arena *arena)
{
    struct backing backing;
    struct asker asker;
    struct err err = { 0 };
    struct running running = { .code = EXIT_FAILED };
    if (!backing_open(s, &backing, &err))
        return complain(EXIT_FAILED, "%s", err.text);
    if (!asker_open(&asker, &backing.client, &err)) {
        backing_close(&backing);
        return complain(EXIT_FAILED, "%s", err.text);
    }
    struct call_context with = {
        .asana = &asker.asana,
        .arena = arena,
        .token = &backing.token,
        .done = on_done,
        .ctx = &running,
    };
    if (call_start(&with, tool, arguments))
        asker_wait(&asker, &running.done);
    else
        complain(EXIT_FAILED, "out of memory");
    asker_close(&asker);
    backing_close(&backing);
    return running.code;
}

static int call(const struct settings *s, const struct tool *tool)
{
    struct arena *arena = arena_new(LIMIT_CALL_ARENA);
    if (!arena)
        return complain(EXIT_FAILED, "out of memory");
    struct err err = { 0 };
    const cJSON *arguments;
    int code;
    if (call_args_read(arena, tool, s->operands + 1, &arguments, &err) && settings_check(s, &err))
        code = run_tool(s, tool, arguments, arena);
    else
        code = complain(err.kind == ERR_IO || err.kind == ERR_MEMORY ? EXIT_FAILED : EXIT_USAGE,
                        "%s", err.text);
    arena_free(arena);
    return code;
}

int command_call(const struct settings *s)
{
    struct toolbox box;
    struct err err = { 0 };
    if (s->operand_count == 0)
        return complain(EXIT_USAGE, "call needs the name of a tool; asana-mcp tools lists them");
    if (!toolbox_open(s, NULL, &box, &err))
        return complain(EXIT_FAILED, "%s", err.text);
    const struct tool *tool = toolbox_named(&box, s->operands[0]);
    int code = tool ? call(s, tool) : EXIT_USAGE;
    toolbox_close(&box);
    return code;
}
