#include "cli/doctor_ask.h"

#include "asana/errors.h"
#include "asana/req.h"
#include "base/buf.h"
#include "base/json.h"

struct question {
    struct arena *arena;
    struct doctor_answer *out;
    bool done;
};

static void on_answer(void *ctx, const struct asana_answer *answer)
{
    struct question *q = ctx;
    struct doctor_answer *out = q->out;
    q->done = true;
    out->status = answer->outcome == ASANA_ANSWERED ? answer->status : 0;
    out->json = answer->json;
    out->elapsed_ms = answer->elapsed_ms;
    if (asana_answer_ok(answer)) {
        out->data = json_get(json_parse(q->arena, answer->body, NULL), "data");
        if (out->data) {
            out->explained = "";
            return;
        }
    }
    BUF_AUTO text;
    buf_init(&text, LIMIT_ERR_TEXT * 8);
    asana_answer_explain(answer, NULL, &text);
    const char *copy = buf_ok(&text) ? arena_strndup(q->arena, text.data, text.len) : NULL;
    if (copy)
        out->explained = copy;
}

static void ask(struct asker *asker, struct arena *arena, const struct secret *token,
                struct asana_req *r, struct doctor_answer *out)
{
    *out = (struct doctor_answer){ .explained = "out of memory" };
    struct question q = { .arena = arena, .out = out };
    SECRET_AUTO nobody = { 0 };
    struct err err = { 0 };
    if (token->len == 0 && !secret_set(&nobody, slice_of("none")))
        return;
    if (asana_req_end(r, &err) &&
        asana_send(asker->asana.client, r, token->len ? token : &nobody, on_answer, &q, &err)) {
        asker_wait(asker, &q.done);
    } else {
        const char *copy = arena_strdup(arena, err.text);
        if (copy)
            out->explained = copy;
    }
    asana_req_done(r);
}

void doctor_ask_me(struct asker *asker, struct arena *arena, const struct secret *token,
                   struct doctor_answer *out)
{
    struct asana_req r;
    asana_req_init(&r, ASANA_GET);
    asana_path(&r, "/users/me");
    asana_query_str(&r, "opt_fields", "name,email,workspaces.name");
    ask(asker, arena, token, &r, out);
}

void doctor_ask_search(struct asker *asker, struct arena *arena, const struct secret *token,
                       const char *workspace_gid, struct doctor_answer *out)
{
    struct asana_req r;
    asana_req_init(&r, ASANA_GET);
    asana_path(&r, "/workspaces/");
    asana_path_arg(&r, workspace_gid);
    asana_path(&r, "/tasks/search");
    asana_query_int(&r, "limit", (struct arg_int){ ARG_VALUE, 1 });
    asana_query_str(&r, "assignee.any", "me");
    asana_query_str(&r, "opt_fields", "name");
    ask(asker, arena, token, &r, out);
}
