#include "worker/outbox.h"

#include "base/limits.h"
#include "worker/letters.h"

#include <string.h>

static bool write_letter(const char *session, struct slice about, struct slice text,
                         struct buf *out)
{
    struct session_letter l = { .about = about, .text = text };
    memcpy(l.session, session, sizeof(l.session));
    session_letter_write(&l, out);
    return buf_ok(out);
}

bool outbox_post(struct bus *b, struct place to, enum letter_kind kind, const char *session,
                 struct slice about, struct slice text)
{
    BUF_AUTO letter = { .max = LIMIT_BUS_LETTER };
    return write_letter(session, about, text, &letter) &&
           bus_post(b, to, kind, buf_slice(&letter), NULL, NULL);
}

bool outbox_tell_all(struct bus *b, enum letter_kind kind, const char *session, struct slice about,
                     struct slice text)
{
    BUF_AUTO letter = { .max = LIMIT_BUS_LETTER };
    return write_letter(session, about, text, &letter) &&
           bus_broadcast(b, kind, buf_slice(&letter));
}

bool outbox_ask(struct bus *b, struct place to, enum letter_kind kind, const char *session,
                struct slice about, struct slice text, bus_done_fn *done, void *ctx)
{
    BUF_AUTO letter = { .max = LIMIT_BUS_LETTER };
    return write_letter(session, about, text, &letter) &&
           bus_ask(b, to, kind, buf_slice(&letter), done, ctx);
}
