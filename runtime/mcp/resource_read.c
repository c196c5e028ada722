#include "mcp/resource_priv.h"

#include "asana/errors.h"
#include "base/json.h"
#include "base/limits.h"
#include "tool/document.h"

/* resources/read of one object, in its call's arena: asks for the object and its parts at once. A
 * part that cannot be read leaves its mark in the document; without the object there is none. The
 * answer has two contents: the Markdown under the URI that was asked for, and under the same with
 * .json behind it the object's data as Asana sent it. */
struct reading {
    const char *uri;
    bool json_only;
    struct document document;
    struct slice data; /* of the object, as it came */
    unsigned missing;
    struct part {
        struct reading *reading;
        enum document_role role;
    } parts[DOCUMENT_ROLES];
};

static void put_content(struct buf *b, const char *uri, const char *suffix, const char *mime_type,
                        struct slice text)
{
    buf_str(b, "{\"uri\":\"");
    buf_json_escaped(b, slice_of(uri));
    buf_str(b, suffix);
    buf_str(b, "\",\"mimeType\":\"");
    buf_str(b, mime_type);
    buf_str(b, "\",\"text\":");
    buf_json_string(b, text);
    buf_char(b, '}');
}

static void finish_json(struct call *c, const struct reading *r)
{
    BUF_AUTO out = { .max = LIMIT_RESULT_TEXT };
    buf_str(&out, "\"contents\":[");
    put_content(&out, r->uri, "", "application/json", r->data);
    buf_char(&out, ']');
    if (r->data.len <= LIMIT_RESOURCE_JSON && buf_ok(&out))
        call_finish(c, CALL_MEMBERS, buf_slice(&out));
    else
        call_finish(c, CALL_FAILED,
                    slice_of("the object's JSON is too large; read it without .json for a document "
                             "that is shortened, or its tool with the opt_fields that are needed"));
}

static void finish(struct call *c, const struct reading *r)
{
    const struct document *d = &r->document;
    struct document_cut cut;
    bool with_json = r->data.len <= LIMIT_RESOURCE_JSON;
    BUF_AUTO text = { .max = LIMIT_RESULT_TEXT };
    BUF_AUTO out = { .max = LIMIT_RESULT_TEXT };
    document_write(d, &text, &cut);
    if (cut.reason) {
        buf_str(&text, "\n(This document is not complete: ");
        buf_str(&text, cut.reason);
        buf_str(&text, cut.next && *cut.next ? "; " : "");
        buf_str(&text, cut.next ? cut.next : "");
        buf_str(&text, ".)\n");
    }
    if (!with_json)
        buf_str(&text, "\n(The object's JSON is left out because it is long.)\n");
    buf_str(&out, "\"contents\":[");
    put_content(&out, r->uri, "", "text/markdown", buf_slice(&text));
    if (with_json) {
        buf_char(&out, ',');
        put_content(&out, r->uri, RESOURCE_JSON_SUFFIX, "application/json", r->data);
    }
    buf_char(&out, ']');
    if (buf_ok(&text) && buf_ok(&out) && !arena_failed(call_arena(c)))
        call_finish(c, CALL_MEMBERS, buf_slice(&out));
    else
        call_finish(c, CALL_FAILED, slice_of("the document is too large to be passed on"));
}

static const char *explain(struct call *c, const struct asana_answer *answer)
{
    BUF_AUTO text = { .max = LIMIT_RESULT };
    asana_answer_explain(answer, NULL, &text);
    const char *copy = text.len ? arena_strndup(call_arena(c), text.data, text.len) : NULL;
    return copy ? copy : "Asana did not answer";
}

/* The answer's own text lives no longer than its callback. */
static bool keep_data(struct call *c, struct reading *r, struct slice body)
{
    struct slice data;
    if (!json_member(body, "data", &data))
        return false;
    r->data.data = arena_strndup(call_arena(c), data.data, data.len);
    r->data.len = data.len;
    return r->data.data != NULL;
}

static bool ask(struct call *c, struct reading *r, enum document_role role);

/* The object itself has come. False: the call has ended. */
static bool take_object(struct call *c, struct reading *r, const struct asana_answer *answer)
{
    document_take(&r->document, DOCUMENT_OBJECT, answer->body, call_arena(c));
    const char *failure = r->document.parts[DOCUMENT_OBJECT].failure;
    if (!failure && !keep_data(c, r, answer->body))
        failure = "Asana's answer is too large";
    if (failure)
        call_finish(c, CALL_FAILED, slice_of(failure));
    if (failure || r->json_only)
        return !failure;
    for (enum document_role role = 0; role < DOCUMENT_ROLES; role++)
        if (document_follows(&r->document, role) && !ask(c, r, role))
            return false;
    return true;
}

static void on_answer(struct call *c, void *ctx, const struct asana_answer *answer)
{
    struct part *part = ctx;
    struct reading *r = part->reading;
    bool ok = asana_answer_ok(answer);
    if (part->role == DOCUMENT_OBJECT) {
        if (!ok)
            call_finish_with(c, answer);
        if (!ok || !take_object(c, r, answer))
            return;
    } else if (!ok) {
        r->document.parts[part->role].failure = explain(c, answer);
    } else if (document_take(&r->document, part->role, answer->body, call_arena(c))) {
        if (!ask(c, r, part->role))
            return;
    }
    if (--r->missing > 0)
        return;
    if (r->json_only)
        finish_json(c, r);
    else
        finish(c, r);
}

/* False: the call has ended with an error. */
static bool ask(struct call *c, struct reading *r, enum document_role role)
{
    struct asana_req req;
    struct err err;
    r->parts[role] = (struct part){ r, role };
    if (document_ask(&r->document, role, &req, &err)) {
        r->missing++;
        return call_ask(c, &req, on_answer, &r->parts[role]);
    }
    asana_req_done(&req);
    call_finish(c, CALL_FAILED, slice_of(err.text));
    return false;
}

void resource_read_body(struct call *call, const void *in)
{
    struct resource_uri uri;
    struct err err;
    if (!resource_uri_parse(in, &uri)) {
        err_set(&err, ERR_ARGS,
                "expected asana://task/{gid}, or project, portfolio, goal or user in the place of "
                "task, where {gid} is an object's number in Asana; got \"%.*s\"",
                LIMIT_RESOURCE_URI, (const char *)in);
        call_finish(call, CALL_INVALID, slice_of(err.text));
        return;
    }
    struct reading *r = arena_zalloc(call_arena(call), 1, sizeof(*r));
    if (!r) {
        call_finish(call, CALL_FAILED, slice_of("the call is too large"));
        return;
    }
    r->uri = in;
    r->json_only = uri.json;
    r->document.ref.kind = uri.kind;
    memcpy(r->document.ref.gid, uri.gid, sizeof(uri.gid));
    for (enum document_role role = 0; role < DOCUMENT_ROLES; role++)
        if (document_has(uri.kind, role) && (!uri.json || role == DOCUMENT_OBJECT))
            if (!ask(call, r, role))
                return;
}
