#include "tool/confirm.h"

#include "base/json.h"
#include "tool/show.h"

#include <string.h>

#define KEY "confirm"

enum {
    CHARS_MAX = 200,    /* of one text */
    ITEMS_MAX = 10,     /* of one list or object */
    DEPTH_MAX = 3,      /* of lists and objects in one another */
    ARGUMENTS_MAX = 25, /* lines */
    LINE_BYTES = LIMIT_CONFIRM_TEXT / 4,
};

/* ---- the message ---- */

static void put_text(struct buf *b, const char *text)
{
    char shown[SHOW_SIZE(CHARS_MAX)];
    buf_str(b, show_text(slice_of(text), CHARS_MAX, shown, sizeof(shown)));
}

static void put_rest(struct buf *b, int count)
{
    buf_str(b, "… and ");
    buf_int(b, count);
    buf_str(b, " more");
}

static void put_value(struct buf *b, const cJSON *value, int depth)
{
    bool object = cJSON_IsObject(value);
    if (cJSON_IsString(value)) {
        put_text(b, value->valuestring);
    } else if (cJSON_IsNull(value)) {
        buf_str(b, "(none)");
    } else if (cJSON_IsBool(value)) {
        buf_str(b, cJSON_IsTrue(value) ? "yes" : "no");
    } else if (cJSON_IsNumber(value)) {
        json_write(b, value);
    } else if (!value->child) {
        buf_str(b, "(empty)");
    } else if (depth == DEPTH_MAX) {
        buf_str(b, "…");
    } else {
        int shown = 0, count = cJSON_GetArraySize(value);
        buf_char(b, object ? '{' : '[');
        for (const cJSON *item = value->child; item; item = item->next) {
            if (shown)
                buf_str(b, ", ");
            if (shown++ == ITEMS_MAX) {
                put_rest(b, count - ITEMS_MAX);
                break;
            }
            if (object) {
                put_text(b, item->string);
                buf_str(b, ": ");
            }
            put_value(b, item, depth + 1);
        }
        buf_char(b, object ? '}' : ']');
    }
}

/* What the model wants to read afterwards is nothing to ask a person about. */
static bool is_shown(const cJSON *argument)
{
    return strcmp(argument->string, "opt_fields") != 0;
}

/* "due_on" is our own word: the decoder takes no other. */
static void put_name(struct buf *b, const char *name)
{
    for (; *name; name++)
        buf_char(b, *name == '_' ? ' ' : *name);
}

void confirm_put_message(struct buf *b, const struct tool *tool, const cJSON *arguments)
{
    BUF_AUTO line = { .max = LINE_BYTES };
    int left = 0, lines = 0;
    size_t start = b->len;
    const cJSON *argument = NULL;
    cJSON_ArrayForEach (argument, arguments)
        left += is_shown(argument);
    buf_str(b, "Allow this in Asana: ");
    buf_str(b, tool->title);
    buf_char(b, '?');
    cJSON_ArrayForEach (argument, arguments) {
        if (!is_shown(argument))
            continue;
        buf_reset(&line);
        put_value(&line, argument, 0);
        if (!buf_ok(&line)) {
            buf_reset(&line);
            buf_str(&line, "(too long to be shown)");
        }
        /* Room is kept for the last line. */
        size_t needed = strlen(argument->string) + line.len + 80;
        if (lines++ == ARGUMENTS_MAX || b->len - start + needed > LIMIT_CONFIRM_TEXT)
            break;
        buf_str(b, "\n• ");
        put_name(b, argument->string);
        buf_str(b, ": ");
        buf_slice_put(b, buf_slice(&line));
        left--;
    }
    if (left) {
        buf_str(b, "\n• ");
        put_rest(b, left);
    }
}

/* ---- asking ---- */

struct confirm {
    const struct tool *tool;
    void (*confirmed)(struct call *call);
};

static void refuse(struct call *call, const struct tool *tool, const char *what, const char *next)
{
    BUF_AUTO text = { .max = LIMIT_RESULT };
    buf_str(&text, what);
    buf_str(&text, " \"");
    buf_str(&text, tool->title);
    buf_str(&text, "\" (");
    buf_str(&text, tool->name);
    buf_str(&text, "), so nothing was done in Asana. ");
    buf_str(&text, next);
    call_finish(call, CALL_FAILED, buf_slice(&text));
}

static void on_answered(struct call *call, void *ctx)
{
    const struct confirm *confirm = ctx;
    const cJSON *response = call_response(call, KEY);
    const char *action = json_get_string(response, "action");
    if (action && strcmp(action, "accept") == 0)
        confirm->confirmed(call);
    else if (action && strcmp(action, "decline") == 0)
        refuse(call, confirm->tool, "The person was asked, and declined",
               "Do not call it again for this, nor try another way, unless they ask for it.");
    else if (action && strcmp(action, "cancel") == 0)
        refuse(call, confirm->tool, "The person was asked, and did not agree to",
               "Do not call it again for this unless they ask for it.");
    else
        refuse(call, confirm->tool, "The client could not ask the person to confirm",
               "Tell them, and do not call it again for this unless they ask for it.");
}

/* A form without fields: clients show the message with one button to accept and one to decline,
 * which is all there is to say. */
static bool put_params(struct call *call, const struct tool *tool, const cJSON *arguments,
                       struct slice *out)
{
    BUF_AUTO message = { .max = LIMIT_CONFIRM_TEXT };
    BUF_AUTO params = { .max = 8 * LIMIT_CONFIRM_TEXT };
    confirm_put_message(&message, tool, arguments);
    buf_str(&params, "{\"message\":");
    buf_json_string(&params, buf_slice(&message));
    buf_str(&params, ",\"requestedSchema\":{\"type\":\"object\",\"properties\":{}}}");
    if (!buf_ok(&message) || !buf_ok(&params))
        return false;
    out->data = arena_strndup(call_arena(call), params.data, params.len);
    out->len = params.len;
    return out->data;
}

void confirm_ask(struct call *call, const struct tool *tool, const cJSON *arguments,
                 void (*confirmed)(struct call *call))
{
    if (!call_client_can(call, CALL_ELICIT)) {
        confirmed(call);
        return;
    }
    struct confirm *confirm = arena_zalloc(call_arena(call), 1, sizeof(*confirm));
    struct call_input input = { .key = KEY, .kind = CALL_ELICIT };
    if (confirm)
        *confirm = (struct confirm){ tool, confirmed };
    /* Never unasked, when asking was possible. */
    if (!confirm || !put_params(call, tool, arguments, &input.params) ||
        !call_ask_client(call, &input, 1, (struct slice){ 0 }, on_answered, confirm))
        refuse(call, tool, "The client could not be asked to confirm",
               "Tell the person, and do not call it again for this unless they ask for it.");
}
