/* fuzz_args.c: any JSON as the arguments of a tool that uses every reader, down to the bytes of its
 * request.
 *
 * The first byte sets the size of the call's arena, so that memory runs out anywhere; the rest is
 * the JSON text. A call ends in a well-formed request or in a refusal that is text without control
 * bytes. */
#include "asana/req.h"
#include "base/arena.h"
#include "base/json.h"
#include "tool/args.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
    const char *task_id, *name, *notes, *html, *user, *due_on, *due_at, *since, *color, *offset,
        *fields;
    struct arg_bool completed;
    struct arg_int limit, count;
    struct arg_num amount;
    const struct arg_list *projects, *followers, *words;
    const cJSON *custom_fields, *objects, *filters;
};

static bool decode(struct args *a, struct input *in)
{
    args_alias(a, "task_gid", "task_id");
    args_alias(a, "id", "task_id");
    in->task_id = args_gid(a, "task_id", ARG_REQUIRED);
    in->name = args_string(a, "name", 0);
    in->notes = args_text(a, "notes", ARG_NULLABLE);
    in->html = args_html(a, "html_notes", ARG_HTML_TASK);
    in->user = args_user(a, "assignee", ARG_NULLABLE);
    in->due_on = args_date(a, "due_on", ARG_NULLABLE);
    in->due_at = args_datetime(a, "due_at", ARG_NULLABLE);
    in->since = args_since(a, "since", 0);
    in->color = args_enum(a, "color", 0, "green|yellow|red");
    in->offset = args_offset(a, "offset", 0);
    in->completed = args_bool(a, "completed", 0);
    in->limit = args_int_or(a, "limit", 50, 1, 100);
    in->count = args_int(a, "count", ARG_NULLABLE, -10, 1000000000000);
    in->amount = args_number(a, "amount", ARG_NULLABLE);
    in->projects = args_gids(a, "projects", 0);
    in->followers = args_users(a, "followers", ARG_NULLABLE);
    in->words = args_words(a, "words", 0);
    in->custom_fields = args_object(a, "custom_fields", ARG_NULLABLE);
    in->objects = args_objects(a, "objects", 0);
    in->filters = args_field_filters(a, "filters", 0);
    in->fields = args_fields(a, "opt_fields", "name");
    args_exactly_one(a, "task_id,offset");
    args_at_least_one(a, "task_id,due_on");
    args_at_most_one(a, "notes,html_notes");
    args_needs(a, "due_at", "due_on,task_id");
    return args_end(a);
}

static bool build(const struct input *in, struct asana_req *r, struct err *err)
{
    asana_req_init(r, ASANA_PUT);
    asana_path(r, "/tasks/");
    asana_path_arg(r, in->task_id);
    asana_path(r, "/x");
    asana_query_str(r, "since", in->since);
    asana_query_str(r, "color", in->color);
    asana_query_list(r, "projects.any", in->projects);
    asana_query_map(r, "custom_fields", in->filters);
    asana_query_int(r, "limit", in->limit);
    asana_query_str(r, "opt_fields", in->fields);
    asana_body_str(r, "name", in->name);
    asana_body_str(r, "notes", in->notes);
    asana_body_str(r, "html_notes", in->html);
    asana_body_open_object(r, "inner");
    asana_body_str(r, "due_on", in->due_on);
    asana_body_open_item(r, "list");
    asana_body_str(r, "due_at", in->due_at);
    asana_body_item(r, "assignee", in->user);
    asana_body_close(r);
    asana_body_bool(r, "completed", in->completed);
    asana_body_int(r, "count", in->count);
    asana_body_close(r);
    asana_body_num(r, "amount", in->amount);
    asana_body_list(r, "followers", in->followers);
    asana_body_csv(r, "csv", in->followers);
    asana_body_list(r, "words", in->words);
    asana_body_json(r, "custom_fields", in->custom_fields);
    asana_body_json(r, "objects", in->objects);
    return asana_req_end(r, err);
}

static void must(bool ok)
{
    if (!ok)
        abort();
}

static void check_request(const struct asana_req *r)
{
    struct err err;
    static const char good[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~%/?&=,";
    size_t slashes = 0;
    must(json_check(buf_slice(&r->body), &err));
    for (size_t i = 0; i < r->url.len; i++) {
        must(r->url.data[i] != '\0' && strchr(good, r->url.data[i]));
        slashes += r->url.data[i] == '/';
    }
    must(slashes == 3);
}

static void check_refusal(const struct err *err)
{
    BUF_AUTO quoted;
    buf_init(&quoted, 8 * LIMIT_ERR_TEXT);
    must(err->kind != ERR_NONE && err->text[0]);
    for (const char *p = err->text; *p; p++)
        must((unsigned char)*p >= 0x20 && *p != 0x7f);
    buf_json_string(&quoted, slice_of(err->text));
    must(json_check(buf_slice(&quoted), NULL)); /* valid UTF-8 */
}

static void call(struct arena *arena, const cJSON *arguments)
{
    struct err err = { .kind = ERR_NONE };
    struct input in;
    struct args *a = args_new(arena, arguments, &err);
    if (!a || !decode(a, &in)) {
        check_refusal(&err);
        return;
    }
    struct asana_req r;
    if (build(&in, &r, &err))
        check_request(&r);
    else
        must(err.kind == ERR_LIMIT);
    asana_req_done(&r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool ready;
    if (!ready)
        json_init();
    ready = true;
    if (size == 0)
        return 0;
    struct arena *tree = arena_new(4u << 20);
    struct arena *arena = arena_new(data[0] == '0' ? 4u << 20 : data[0] * 64u);
    must(tree && arena);
    struct slice text = { (const char *)data + 1, size - 1 };
    const cJSON *arguments = json_parse(tree, text, NULL);
    if (arguments)
        call(arena, arguments);
    arena_free(arena);
    arena_free(tree);
    return 0;
}
