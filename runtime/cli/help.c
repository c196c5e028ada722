#include "cli/help.h"

#include "asana/curlinit.h"
#include "cli/text.h"

#include <curl/curl.h>
#include <microhttpd.h>
#include <string.h>
#include <uv.h>

#define FLAG_COLUMN 28

static void print_flag(FILE *out, const char *left, const char *help)
{
    size_t width = text_columns(slice_of(left)) + 2;
    fprintf(out, "  %s", left);
    if (width + 2 > FLAG_COLUMN) {
        fputc('\n', out);
        width = 0;
    }
    fprintf(out, "%*s", (int)(FLAG_COLUMN - width), "");
    text_wrap(out, help, FLAG_COLUMN, FLAG_COLUMN);
}

static void print_setting(FILE *out, enum setting_id id, enum command_id command)
{
    const struct setting *s = &vocabulary_settings[id];
    const char *standard = setting_standard(id, command);
    char left[96];
    char help[512];
    char variable[SETTING_NAME_MAX];
    setting_variable(id, variable);
    if (s->sources & (1u << FROM_FLAG))
        snprintf(left, sizeof(left), "--%s%s%s", s->name, *s->metavar ? " " : "", s->metavar);
    else
        snprintf(left, sizeof(left), "%s=%s", variable, s->metavar);
    snprintf(help, sizeof(help), "%s%s%s%s", s->help, standard ? " (default: " : "",
             standard ? standard : "", standard ? ")" : "");
    print_flag(out, left, help);
}

static void print_settings(FILE *out, enum command_id command)
{
    fputs("\nOptions:\n", out);
    for (enum setting_id id = 0; id < SETTING_COUNT; id++)
        if (setting_taken_by(id, command))
            print_setting(out, id, command);
    print_flag(out, "-h, --help", "Show this help");
}

static void print_indented(FILE *out, const char *lines)
{
    while (*lines) {
        size_t len = strcspn(lines, "\n");
        fprintf(out, "  %.*s\n", (int)len, lines);
        lines += len + (lines[len] == '\n');
    }
}

/* "--config and --json": those of the command that are no settings. */
static void list_flags_only(enum command_id command, char *out, size_t size)
{
    size_t len = 0;
    for (enum setting_id id = 0; id < SETTING_COUNT; id++)
        if (setting_taken_by(id, command) &&
            !(vocabulary_settings[id].sources & (1u << FROM_FILE)) && len < size)
            len += (size_t)snprintf(out + len, size - len, "%s--%s", len ? " and " : "",
                                    vocabulary_settings[id].name);
}

static void print_paragraph(FILE *out, const char *text)
{
    fputs("  ", out);
    text_wrap(out, text, 2, 2);
}

static void print_sources(FILE *out, enum command_id command)
{
    char only[128] = "";
    char text[1024];
    list_flags_only(command, only, sizeof(only));
    snprintf(text, sizeof(text),
             "Every option but %s can also stand in the settings file, with \"_\" for \"-\": "
             "--log-level debug is the line \"log_level = debug\" there, --sandbox is "
             "\"sandbox = true\"; a list has commas, or repeats its key. Each can be an "
             "environment variable too: --log-level debug is ASANA_MCP_LOG_LEVEL=debug. Flags beat "
             "the environment, "
             "which beats the file.",
             only);
    fputs("\nSettings:\n", out);
    print_paragraph(out, text);
    if (setting_taken_by(SETTING_API_URL, command))
        print_paragraph(out, "The Asana token is read from " TOKEN_VARIABLE " alone.");
    if (setting_taken_by(SETTING_CIMD_ALLOW, command))
        print_paragraph(out, "A section [client NAME] of the file with the keys id, secret and "
                             "redirect_uri is an assistant that need not register itself.");
}

void help_program(FILE *out)
{
    fputs("asana-mcp lets AI assistants work in Asana through the Model Context Protocol.\n"
          "\n"
          "Usage: asana-mcp [COMMAND] [OPTIONS]\n"
          "\n"
          "Commands:\n",
          out);
    for (enum command_id id = 0; id < COMMAND_COUNT; id++)
        fprintf(out, "  %-10s %s\n", vocabulary_commands[id].name, vocabulary_commands[id].summary);
    print_settings(out, COMMAND_SERVE);
    print_flag(out, "-V, --version", "Show the version");
    print_sources(out, COMMAND_SERVE);
    fputs("\nExamples:\n", out);
    print_indented(out, vocabulary_commands[COMMAND_SERVE].examples);
    fputs("\nThe options above are those of serve. \"asana-mcp COMMAND --help\" tells those of\n"
          "another command, \"asana-mcp tools\" what assistants can do, \"asana-mcp doctor\"\n"
          "what is missing. README.md tells the rest.\n",
          out);
}

void help_command(FILE *out, enum command_id command)
{
    const struct command *c = &vocabulary_commands[command];
    fprintf(out, "%s.\n\nUsage: asana-mcp %s%s%s%s\n\n", c->summary, c->name,
            command == COMMAND_HELP ? "" : " [OPTIONS]", *c->operands ? " " : "", c->operands);
    text_wrap(out, c->about, 0, 0);
    print_settings(out, command);
    if (setting_taken_by(SETTING_CONFIG, command))
        print_sources(out, command);
    if (*c->examples) {
        fputs("\nExamples:\n", out);
        print_indented(out, c->examples);
    }
}

void help_version(FILE *out)
{
    struct err err = { 0 };
    fprintf(out, "asana-mcp %s\nlibmicrohttpd %s, libuv %s, %s\n", ASANA_MCP_VERSION,
            MHD_get_version(), uv_version_string(), curlinit(&err) ? curl_version() : err.text);
}
