#include "tools_research.h"

#include "asana/errors.h"
#include "tool/call.h"
#include "tool/document.h"
#include "tool/result.h"

/* One call of fetch, in its arena: asks for the object and all its parts at once. A part that
 * cannot be read leaves its mark in the document; without the object there is none. */
struct fetch {
    struct document document;
    unsigned missing;
    unsigned answered, asked; /* a part is read in one request, or in a few */
    struct part {
        struct fetch *fetch;
        enum document_role role;
    } parts[DOCUMENT_ROLES];
};

static void finish(struct call *c, const struct fetch *f)
{
    const struct document *d = &f->document;
    struct document_cut cut;
    BUF_AUTO text = { .max = LIMIT_RESULT_TEXT };
    BUF_AUTO link = { .max = LIMIT_RESULT };
    BUF_AUTO out = { .max = LIMIT_RESULT_TEXT };
    document_write(d, &text, &cut);
    document_put_link(d, &link);
    buf_str(&out, "{\"id\":\"");
    ref_put_id(&out, d->ref.kind, d->ref.gid);
    buf_char(&out, '"');
    buf_json_text(&out, "title", document_title(d));
    buf_json_member(&out, "text");
    buf_json_string(&out, buf_slice(&text));
    buf_json_member(&out, "url");
    buf_json_string(&out, buf_slice(&link));
    buf_json_member(&out, "metadata");
    document_put_metadata(d, &out);
    if (cut.reason)
        result_put_cut(&out, cut.returned, slice_of(cut.reason), slice_of(cut.next));
    buf_char(&out, '}');
    if (buf_ok(&text) && buf_ok(&link) && buf_ok(&out))
        call_finish(c, CALL_DONE, buf_slice(&out));
    else
        call_finish(c, CALL_FAILED, slice_of("the document is too large to be passed on"));
}

/* The object could not be read. A gid alone may have been another kind's. */
static void fail(struct call *c, const struct fetch *f, const struct asana_answer *answer)
{
    if (!f->document.ref.guessed || answer->status != 404) {
        call_finish_with(c, answer);
        return;
    }
    BUF_AUTO text = { .max = LIMIT_RESULT };
    asana_answer_explain(answer, "fetch", &text);
    buf_str(&text, " A gid alone is taken for a task's; for another kind of object write "
                   "project:GID, portfolio:GID or goal:GID.");
    call_finish(c, CALL_FAILED, buf_slice(&text));
}

static const char *explain(struct call *c, const struct asana_answer *answer)
{
    BUF_AUTO text = { .max = LIMIT_RESULT };
    asana_answer_explain(answer, "fetch", &text);
    const char *copy = text.len ? arena_strndup(call_arena(c), text.data, text.len) : NULL;
    return copy ? copy : "Asana did not answer";
}

static bool ask(struct call *c, struct part *part);

static void on_answer(struct call *c, void *ctx, const struct asana_answer *answer)
{
    struct part *part = ctx;
    struct fetch *f = part->fetch;
    struct document_part *to = &f->document.parts[part->role];
    f->answered++;
    if (!asana_answer_ok(answer)) {
        if (part->role == DOCUMENT_OBJECT) {
            fail(c, f, answer);
            return;
        }
        to->failure = explain(c, answer);
    } else if (document_take(&f->document, part->role, answer->body, call_arena(c))) {
        if (ask(c, part))
            call_progress_of(c, f->answered, f->asked, "parts read");
        return;
    }
    call_progress_of(c, f->answered, f->asked, "parts read");
    if (part->role == DOCUMENT_OBJECT && !document_object(&f->document))
        call_finish(c, CALL_FAILED, slice_of(to->failure));
    else if (--f->missing == 0)
        finish(c, f);
}

/* False: the call has been finished with an error. */
static bool ask(struct call *c, struct part *part)
{
    struct asana_req req;
    struct err err;
    part->fetch->asked++;
    if (document_ask(&part->fetch->document, part->role, &req, &err))
        return call_ask(c, &req, on_answer, part);
    asana_req_done(&req);
    call_finish(c, CALL_FAILED, slice_of(err.text));
    return false;
}

void fetch_handle(struct call *call, const void *in)
{
    const struct fetch_args *args = in;
    struct err err;
    struct fetch *f = arena_zalloc(call_arena(call), 1, sizeof(*f));
    if (!f) {
        call_finish(call, CALL_FAILED, slice_of("the call is too large"));
        return;
    }
    if (!ref_parse(args->id, &f->document.ref, &err)) {
        call_finish(call, CALL_FAILED, slice_of(err.text));
        return;
    }
    enum ref_kind kind = f->document.ref.kind;
    for (enum document_role role = 0; role < DOCUMENT_ROLES; role++)
        f->missing += document_has(kind, role);
    for (enum document_role role = 0; role < DOCUMENT_ROLES; role++) {
        f->parts[role] = (struct part){ f, role };
        if (document_has(kind, role) && !ask(call, &f->parts[role]))
            return;
    }
}
