#include "cli/help.h"

#include "base/buf.h"
#include "base/limits.h"

static void put_text(struct buf *b, const char *name, const char *text)
{
    buf_json_string(b, slice_of(name));
    buf_str(b, ": ");
    buf_json_string(b, slice_of(text));
}

static void put_command(struct buf *b, const struct command *c)
{
    buf_str(b, "{ ");
    put_text(b, "name", c->name);
    buf_str(b, ", ");
    put_text(b, "operands", c->operands);
    buf_str(b, ",\n      ");
    put_text(b, "summary", c->summary);
    buf_str(b, ",\n      ");
    put_text(b, "about", c->about);
    buf_str(b, ",\n      ");
    put_text(b, "examples", c->examples);
    buf_str(b, " }");
}

static void put_names(struct buf *b, const char *name, const char *const *values)
{
    buf_json_string(b, slice_of(name));
    buf_str(b, ": [");
    for (size_t i = 0; values[i]; i++) {
        buf_str(b, i ? ", " : "");
        buf_json_string(b, slice_of(values[i]));
    }
    buf_str(b, "]");
}

/* By command; "" is what holds for all commands without one of their own. */
static void put_defaults(struct buf *b, enum setting_id id)
{
    const char *usual = vocabulary_settings[id].standard;
    bool begun = false;
    buf_str(b, "\"defaults\": {");
    if (usual) {
        put_text(b, "", usual);
        begun = true;
    }
    for (enum command_id c = 0; c < COMMAND_COUNT; c++) {
        const char *own = setting_standard(id, c);
        if (!setting_taken_by(id, c) || !own || own == usual)
            continue;
        buf_str(b, begun ? ", " : "");
        put_text(b, vocabulary_commands[c].name, own);
        begun = true;
    }
    buf_str(b, "}");
}

static void put_setting(struct buf *b, enum setting_id id)
{
    static const char *const kinds[] = {
        [KIND_VALUE] = "value",
        [KIND_BOOL] = "bool",
        [KIND_LIST] = "list",
    };
    static const char *const source_names[] = {
        [FROM_FILE] = "file",
        [FROM_ENVIRONMENT] = "environment",
        [FROM_FLAG] = "flag",
    };
    const struct setting *s = &vocabulary_settings[id];
    char variable[SETTING_NAME_MAX];
    char key[SETTING_NAME_MAX];
    const char *commands[COMMAND_COUNT + 1] = { NULL };
    const char *sources[4] = { NULL };
    size_t n = 0;
    for (enum command_id c = 0; c < COMMAND_COUNT; c++)
        if (setting_taken_by(id, c))
            commands[n++] = vocabulary_commands[c].name;
    n = 0;
    for (enum setting_source from = FROM_FILE; from <= FROM_FLAG; from++)
        if (s->sources & (1u << from))
            sources[n++] = source_names[from];
    setting_variable(id, variable);
    setting_key(id, key);
    buf_str(b, "{ ");
    put_text(b, "name", s->name);
    buf_str(b, ", ");
    put_text(b, "kind", kinds[s->kind]);
    buf_str(b, ", ");
    put_text(b, "metavar", s->metavar);
    buf_str(b, ",\n      ");
    put_text(b, "variable", variable);
    buf_str(b, ", ");
    put_text(b, "key", key);
    buf_str(b, ",\n      ");
    put_text(b, "help", s->help);
    buf_str(b, ",\n      ");
    put_defaults(b, id);
    buf_str(b, ",\n      ");
    put_names(b, "commands", commands);
    buf_str(b, ",\n      ");
    put_names(b, "sources", sources);
    buf_str(b, " }");
}

void help_json(FILE *out)
{
    BUF_AUTO b;
    buf_init(&b, LIMIT_RESULT);
    buf_str(&b, "{\n  \"commands\": [\n    ");
    for (enum command_id id = 0; id < COMMAND_COUNT; id++) {
        buf_str(&b, id ? ",\n    " : "");
        put_command(&b, &vocabulary_commands[id]);
    }
    buf_str(&b, "\n  ],\n  \"settings\": [\n    ");
    for (enum setting_id id = 0; id < SETTING_COUNT; id++) {
        buf_str(&b, id ? ",\n    " : "");
        put_setting(&b, id);
    }
    buf_str(&b, "\n  ]\n}\n");
    if (buf_ok(&b))
        fwrite(b.data, 1, b.len, out);
}
