#include "base/json.h"
#include "cli/commands.h"
#include "cli/text.h"
#include "cli/toolbox.h"
#include "mcp/catalog.h"

#include <stdio.h>
#include <string.h>

static const char *effect_name(enum tool_effect effect)
{
    static const char *const names[] = {
        [TOOL_READ] = "read",
        [TOOL_CREATE] = "create",
        [TOOL_UPDATE] = "update",
        [TOOL_DELETE] = "delete",
    };
    return names[effect];
}

static size_t longest_name(const struct toolbox *box)
{
    size_t longest = 0;
    for (size_t i = 0; i < box->count; i++)
        if (strlen(box->tools[i]->name) > longest)
            longest = strlen(box->tools[i]->name);
    return longest;
}

static void print_table(const struct toolbox *box)
{
    int width = (int)longest_name(box);
    for (size_t t = 0; t < tool_toolsets_count; t++) {
        const struct toolset *set = &tool_toolsets[t];
        bool begun = false;
        for (size_t i = 0; i < box->count; i++) {
            const struct tool *tool = box->tools[i];
            if (strcmp(tool->toolset, set->name) != 0)
                continue;
            if (!begun)
                printf("%s (%s)\n", set->title, set->name);
            begun = true;
            printf("  %-*s  %-6s  %s\n", width, tool->name, effect_name(tool->effect), tool->title);
        }
        if (begun)
            putchar('\n');
    }
    printf("%zu tools. \"asana-mcp tools NAME\" describes one, \"asana-mcp call NAME\" runs it.\n",
           box->count);
}

/* What an assistant reads of a tool, and its context pays for: the first revision's entry has just
 * that, name, description and input schema. */
static size_t listing_size(const struct tool *tool)
{
    BUF_AUTO b;
    buf_init(&b, LIMIT_RESULT);
    mcp_tool_entry(&b, tool, MCP_2024_11_05);
    return b.len;
}

static void print_size(const struct tool *tool, int width)
{
    printf("%-*s  %7zu\n", width, tool->name, listing_size(tool));
}

static int print_sizes(const struct toolbox *box, const struct tool *only)
{
    int width = (int)longest_name(box);
    size_t total = 0;
    printf("%-*s  %7s\n", width, "TOOL", "BYTES");
    for (size_t i = 0; i < box->count; i++) {
        if (only && box->tools[i] != only)
            continue;
        print_size(box->tools[i], width);
        total += listing_size(box->tools[i]);
    }
    if (!only)
        printf("%-*s  %7zu\n", width, "total", total);
    return 0;
}

static int print_profiles(void)
{
    for (const struct tool_profile *p = tool_profiles; p->name; p++) {
        printf("%s%s: ", p == tool_profiles ? "" : "\n", p->name);
        text_wrap(stdout, p->description, strlen(p->name) + 2, 2);
        for (const char *const *name = p->tools; name && *name; name++)
            printf("  %s\n", *name);
    }
    return 0;
}

static int print_json(const struct toolbox *box, const struct tool *only)
{
    BUF_AUTO b;
    buf_init(&b, LIMIT_RESULT);
    if (only) {
        mcp_tool_entry(&b, only, MCP_LATEST_LEGACY);
    } else {
        buf_str(&b, "{\"tools\":[");
        for (size_t i = 0; i < box->count; i++) {
            if (i > 0)
                buf_char(&b, ',');
            mcp_tool_entry(&b, box->tools[i], MCP_LATEST_LEGACY);
        }
        buf_str(&b, "]}");
    }
    if (!buf_ok(&b))
        return complain(EXIT_FAILED, "out of memory");
    fwrite(b.data, 1, b.len, stdout);
    putchar('\n');
    return 0;
}

static bool is_required(const cJSON *schema, const char *name)
{
    const cJSON *item;
    cJSON_ArrayForEach (item, json_get(schema, "required"))
        if (cJSON_IsString(item) && strcmp(item->valuestring, name) == 0)
            return true;
    return false;
}

/* "one of green, yellow, red" or "list of string" or "string", ", required". */
static void put_type(struct buf *b, const cJSON *property, bool required)
{
    const cJSON *values = json_get(property, "enum");
    const char *type = json_get_string(property, "type");
    const char *item = json_get_string(json_get(property, "items"), "type");
    const cJSON *value;
    bool first = true;
    if (values) {
        cJSON_ArrayForEach (value, values) {
            if (cJSON_IsString(value)) {
                buf_str(b, first ? "one of " : ", ");
                buf_str(b, value->valuestring);
                first = false;
            }
        }
    } else if (type && strcmp(type, "array") == 0) {
        buf_str(b, "list");
        buf_str(b, item ? " of " : "");
        buf_str(b, item ? item : "");
    } else {
        buf_str(b, type ? type : "any value");
    }
    const cJSON *min = json_get(property, "minimum");
    const cJSON *max = json_get(property, "maximum");
    if (cJSON_IsNumber(min) && cJSON_IsNumber(max)) {
        buf_char(b, ' ');
        buf_double(b, min->valuedouble);
        buf_str(b, " to ");
        buf_double(b, max->valuedouble);
    }
    if (required)
        buf_str(b, "; required");
}

static void print_argument(const cJSON *schema, const cJSON *property)
{
    BUF_AUTO b;
    buf_init(&b, LIMIT_RESULT);
    buf_str(&b, property->string);
    buf_str(&b, " (");
    put_type(&b, property, is_required(schema, property->string));
    buf_str(&b, ")");
    buf_char(&b, '\0');
    const char *description = json_get_string(property, "description");
    fputs("  ", stdout);
    text_wrap(stdout, buf_ok(&b) ? b.data : property->string, 2, 6);
    if (description) {
        fputs("      ", stdout);
        text_wrap(stdout, description, 6, 6);
    }
}

static int print_tool(const struct tool *tool)
{
    struct arena *arena = arena_new(LIMIT_CALL_ARENA);
    struct err err = { 0 };
    cJSON *schema = arena ? json_parse(arena, slice_of(tool->input_schema), &err) : NULL;
    if (!schema) {
        arena_free(arena);
        return complain(EXIT_FAILED, "%s", arena ? err.text : "out of memory");
    }
    const cJSON *properties = json_get(schema, "properties");
    const cJSON *property;
    printf("%s: %s (%s, %s)\n\n", tool->name, tool->title, tool->toolset,
           effect_name(tool->effect));
    text_wrap(stdout, tool->description, 0, 0);
    fputs(properties && properties->child ? "\nArguments:\n" : "\nIt takes no arguments.\n",
          stdout);
    cJSON_ArrayForEach (property, properties)
        print_argument(schema, property);
    printf("\nTry it:\n  asana-mcp call --sandbox %s", tool->name);
    cJSON_ArrayForEach (property, properties)
        if (is_required(schema, property->string))
            printf(" %s=…", property->string);
    putchar('\n');
    arena_free(arena);
    return 0;
}

static int print(const struct settings *s, const struct toolbox *box)
{
    const struct tool *only = NULL;
    if (s->operand_count == 1) {
        only = toolbox_named(box, s->operands[0]);
        if (!only)
            return EXIT_USAGE;
    }
    if (s->sizes)
        return print_sizes(box, only);
    if (s->json)
        return print_json(box, only);
    if (only)
        return print_tool(only);
    print_table(box);
    return 0;
}

int command_tools(const struct settings *s)
{
    struct toolbox box;
    struct err err = { 0 };
    if (s->operand_count > 1)
        return complain(EXIT_USAGE, "tools takes one name; see asana-mcp tools --help");
    if (s->sizes && s->json)
        return complain(EXIT_USAGE, "--sizes and --json exclude each other");
    if (s->profiles)
        return print_profiles();
    if (!toolbox_open(s, NULL, &box, &err))
        return complain(EXIT_FAILED, "%s", err.text);
    int code = print(s, &box);
    toolbox_close(&box);
    return code;
}
