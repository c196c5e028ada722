#include "transport/streamable.h"

#include "base/log.h"
#include "mcp/modern.h"
#include "transport/batch.h"
#include "transport/channel.h"
#include "transport/drain.h"
#include "transport/followup.h"
#include "transport/modern_http.h"

#include <string.h>

#define SESSION_HEADER "Mcp-Session-Id"
#define VERSION_HEADER "MCP-Protocol-Version"
#define VERSION_MAX 64 /* more is no version of ours */

static void on_said(void *ctx, struct buf *message)
{
    struct post *p = ctx;
    outlet_send(&p->out, message);
}

static void on_part(void *ctx)
{
    struct post *p = ctx;
    outlet_part(&p->out);
}

static void on_answered(void *ctx, const struct mcp_answer *answer)
{
    struct post *p = ctx;
    if (answer->change)
        relay_change(p->front->worker, p->session, answer->change, &p->caller);
    outlet_answer(&p->out, 200, NULL, answer->message);
    post_free(p);
}

/* The session of an initialize that was granted; NULL when there is no room for one. */
static struct session *open_session(struct post *p, const struct mcp_change *change)
{
    struct worker *w = p->front->worker;
    struct session *s = session_add(w->sessions, &p->caller);
    if (s && !channel_open(p->front, s)) {
        session_remove(w->sessions, s);
        s = NULL;
    }
    if (!s)
        return NULL;
    relay_apply(w, s, change, &p->caller);
    LOG(LOG_INFO, "session.opened", LOG_STR("revision", mcp_revision_name(s->peer.revision)),
        LOG_INT("worker", w->index));
    return s;
}

static void on_initialized(void *ctx, const struct mcp_answer *answer)
{
    struct post *p = ctx;
    bool granted = answer->change && answer->change->peer;
    bool room = !granted || sessions_make_room(p->front->worker->sessions, &p->caller);
    const struct session *s = granted && room ? open_session(p, answer->change) : NULL;
    if (granted && !s)
        front_refuse_session(p->out.x, room);
    else
        outlet_answer(&p->out, 200, s ? s->id : NULL, answer->message);
    post_free(p);
}

static void run(struct post *p, const struct mcp_peer *peer)
{
    bool streams = events_accepted(p->out.x);
    bool polls = streams && peer->revision >= MCP_2025_11_25;
    p->out.session = p->session;
    p->out.revision = peer->revision;
    post_run(p, peer,
             &(struct mcp_line){ .send = streams ? on_said : NULL,
                                 .part = polls ? on_part : NULL,
                                 .answer = on_answered });
}

static void on_session(void *ctx, enum route_outcome outcome, const struct mcp_peer *peer)
{
    struct post *p = ctx;
    struct http_exchange *x = p->out.x;
    if (outcome == ROUTE_UNREACHABLE) {
        post_unreachable(x);
        post_free(p);
    } else if (!peer) {
        post_fail(p, 404, RPC_INVALID_REQUEST, "no such session: send initialize again");
    } else if (p->is_batch) {
        batch_run(p, peer, NULL);
    } else if (p->message.kind == RPC_REQUEST) {
        if (post_is_covered(p))
            post_enter(p, peer, run);
    } else {
        followup_take(p);
        http_reply(x, 202, NULL, NULL);
    }
}

/* The session that a request names. NULL when it names none, or what can be none; *status says
 * which. */
static const char *session_of(const struct http_exchange *x, unsigned *status)
{
    const char *id = NULL;
    bool one = http_header_one(x, SESSION_HEADER, &id);
    *status = one && id ? 404 : 400;
    return one && id && strlen(id) == SESSION_ID ? id : NULL;
}

static void post_legacy(struct post *p)
{
    struct front *f = p->front;
    unsigned status;
    if (!p->is_batch && p->message.kind == RPC_REQUEST &&
        strcmp(p->message.method, "initialize") == 0) {
        post_run(p, &(struct mcp_peer){ 0 }, &(struct mcp_line){ .answer = on_initialized });
        return;
    }
    const char *id = session_of(p->out.x, &status);
    if (!id) {
        post_fail(p, status, RPC_INVALID_REQUEST,
                  status == 404 ? "no such session: send initialize again"
                                : "exactly one " SESSION_HEADER " header is needed: send "
                                  "initialize first, then the id that its answer carries");
        return;
    }
    memcpy(p->session, id, sizeof(p->session));
    route_find(f->worker, p->session, &p->caller.id, ROUTE_REQUESTS, on_session, p);
}

/* Which era a version header means; without one it is the body that tells. An unknown version is a
 * modern client's: it is told which ones there are. */
static bool means_modern(const char *version)
{
    enum mcp_revision r;
    return version && (!mcp_revision_find(version, &r) || mcp_is_modern(r));
}

/* Without the white space that may stand behind a header's value. False when the headers contradict
 * each other. */
static bool version_of(const struct http_exchange *x, char out[VERSION_MAX], const char **version)
{
    const char *value;
    if (!http_header_one(x, VERSION_HEADER, &value))
        return false;
    *version = value ? out : NULL;
    size_t len = value ? strcspn(value, " \t") : 0;
    if (len >= VERSION_MAX)
        len = VERSION_MAX - 1;
    memcpy(out, value ? value : "", len);
    out[len] = '\0';
    return true;
}

void streamable_post(struct front *f, struct http_exchange *x, struct caller *caller)
{
    char text[VERSION_MAX];
    const char *version;
    struct post *p = post_new(f, x, caller);
    if (!p)
        return;
    if (!version_of(x, text, &version))
        post_fail(p, 400, RPC_HEADER_MISMATCH,
                  "the " VERSION_HEADER " headers contradict each "
                  "other");
    else if (p->is_batch ? means_modern(version) : modern_is(&p->message, version))
        modern_http_post(p, version);
    else
        post_legacy(p);
}

/* GET and DELETE are about a legacy session; without one there is nothing here ("Earlier Streamable
 * HTTP Revisions"). */
static const char *session_to_serve(struct http_exchange *x)
{
    char text[VERSION_MAX];
    const char *version;
    unsigned status;
    const char *id = session_of(x, &status);
    if (!version_of(x, text, &version))
        http_reply_text(x, 400, NULL, "the " VERSION_HEADER " headers contradict each other");
    else if (means_modern(version) || !http_header(x, SESSION_HEADER))
        http_reply_text(x, 405, (struct http_header[]){ { "Allow", "POST" }, { 0 } },
                        "only a session of revision 2025-03-26 to 2025-11-25 has GET and DELETE");
    else if (!id)
        http_reply_text(x, status, NULL, "no such session: send initialize again");
    else
        return id;
    return NULL;
}

void streamable_get(struct front *f, struct http_exchange *x, struct caller *caller)
{
    struct event_id last;
    const char *id = session_to_serve(x);
    const char *heard = NULL;
    if (!id || drain_refuses(f->drain, x))
        return;
    bool one = http_header_one(x, "Last-Event-ID", &heard);
    if (!events_accepted(x))
        http_reply_text(x, 406, NULL, "GET answers with text/event-stream only");
    else if (!one || (heard && *heard && !event_id_parse(heard, &last)))
        http_reply_text(x, 400, NULL, "Last-Event-ID names no event of ours");
    else
        channel_listen(f, x, caller, id, heard && *heard ? &last : NULL);
}

static void on_ended(void *ctx, enum route_outcome outcome, const struct mcp_peer *peer)
{
    struct http_exchange *x = ctx;
    if (outcome == ROUTE_UNREACHABLE)
        post_unreachable(x);
    else if (peer)
        http_reply(x, 204, NULL, NULL);
    else
        http_reply_text(x, 404, NULL, "no such session");
}

void streamable_delete(struct front *f, struct http_exchange *x, struct caller *caller)
{
    const char *id = session_to_serve(x);
    if (id)
        route_find(f->worker, id, &caller->id, ROUTE_END, on_ended, x);
}
