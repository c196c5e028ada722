/* access_request.c: POST /access-request: what a blocked person writes to the operator. */
#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/utf8.h"
#include "oauth/authorize.h"
#include "oauth/flow.h"
#include "oauth/page.h"
#include "pages.h"

#include <stdio.h>
#include <string.h>

#define HOOK_DEADLINE_MS 10000
#define HOUR (60L * 60)

struct plea {
    struct oauth_job job;
    struct http_exchange *x;
    struct form form;
    struct flow flow;
    struct flow_place place;
    struct rate rates[2];
    char key[CLOCK_TEXT + 32];
    char at[CLOCK_TEXT];
    struct buf text; /* as it is stored */
};

static void done(struct oauth_job *job)
{
    buf_done(&((struct plea *)job)->text);
}

static void busy(struct plea *p)
{
    page_send_busy(p->job.worker->shared, p->x);
    oauth_job_done(&p->job);
}

/* ---- the operator's webhook; nobody waits for it ---- */

static void on_told(struct oauth_job *job, const struct fetch_answer *a)
{
    if (!a->answered || a->status < 200 || a->status > 299)
        LOG(LOG_WARN, "request.webhook", LOG_INT("status", a->status),
            LOG_STR("problem", a->answered ? "refused" : a->detail));
    oauth_job_done(job);
}

/* The request, and a sentence as "text": what chat programs show. */
static void tell_operator(const struct plea *p)
{
    struct oauth_worker *w = p->job.worker;
    const char *url = w->shared->options.request_webhook;
    struct oauth_job *job = url ? oauth_job_new(w, sizeof(*job)) : NULL;
    BUF_AUTO body = { .max = LIMIT_STORE_VALUE };
    struct err err = { 0 };
    if (!url)
        return;
    buf_put(&body, p->text.data, p->text.len - 1);
    buf_str(&body, ",\"event\":\"access_request\",\"text\":\"");
    buf_json_escaped(&body, slice_of(p->flow.person.name));
    buf_str(&body, " asks to use ");
    buf_json_escaped(&body, slice_of(p->flow.client_name));
    buf_str(&body, " with Asana.\"}");
    struct fetch_request request = { .trust = FETCH_OPERATOR,
                                     .url = url,
                                     .content_type = "application/json",
                                     .body = buf_slice(&body),
                                     .max = LIMIT_CLIENT_DOCUMENT,
                                     .deadline_ms = HOOK_DEADLINE_MS };
    if (job && buf_ok(&body) && oauth_job_fetch(job, &request, on_told, &err))
        return;
    LOG(LOG_WARN, "request.webhook", LOG_STR("problem", err.text));
    oauth_job_done(job);
}

/* ---- keeping it ---- */

static void on_kept(struct oauth_job *job, const struct store_result *result)
{
    struct plea *p = (struct plea *)job;
    if (result->outcome != STORE_DONE) {
        busy(p);
        return;
    }
    LOG(LOG_INFO, "request.kept", LOG_STR("person", p->flow.person.gid),
        LOG_STR("client", p->flow.client_id));
    tell_operator(p);
    struct buf html;
    buf_init(&html, LIMIT_PAGE);
    page_request_sent(&html, &(struct page_request_sent){ PAGE_COMMON(job->worker->shared) });
    page_send(p->x, 200, NULL, &html);
    buf_done(&html);
    oauth_job_done(job);
}

/* Cut at the limit, without control characters but line ends. */
static const char *clean(struct arena *arena, const char *message)
{
    size_t len = 0, left = strlen(message);
    char *out = arena_alloc(arena, left + 1);
    const unsigned char *from = (const unsigned char *)message;
    while (out && left) {
        size_t step = utf8_length(from, left);
        bool control = (*from < 0x20 && *from != '\n') || *from == 0x7f;
        if (!step || len + step > LIMIT_REQUEST_MESSAGE)
            break;
        if (!control) {
            memcpy(out + len, from, step);
            len += step;
        }
        from += step;
        left -= step;
    }
    if (out)
        out[len] = '\0';
    return out;
}

static void on_counted(struct oauth_job *job, const struct store_result *result)
{
    struct plea *p = (struct plea *)job;
    const struct person *person = &p->flow.person;
    const char *message = form_get(&p->form, "message");
    char random[16];
    if (result->outcome != STORE_DONE || !(message = clean(job->arena, message ? message : ""))) {
        busy(p);
        return;
    }
    if (result->answers[0].counter > LIMIT_REQUESTS_PERSON ||
        result->answers[1].counter > LIMIT_REQUESTS_ALL) {
        page_send_error(job->worker->shared, p->x, 429, "Your request was not sent again",
                        "You have asked several times within the hour, or very many people have.",
                        "What was sent before can be read by whoever runs this server.");
        oauth_job_done(job);
        return;
    }
    clock_format(clock_wall_ms(), p->at);
    token_random(random, 9);
    snprintf(p->key, sizeof(p->key), "%s:%s", p->at, random);
    buf_json_text(&p->text, "person", person->gid);
    buf_json_text(&p->text, "name", person->name);
    buf_json_text(&p->text, "email", person->email);
    buf_json_text(&p->text, "client", p->flow.client_name);
    buf_json_text(&p->text, "message", message);
    buf_json_text(&p->text, "at", p->at);
    buf_char(&p->text, '}');
    struct store_op op = { .verb = STORE_ADD,
                           .table = STORE_REQUESTS,
                           .key = slice_of(p->key),
                           .value = buf_slice(&p->text),
                           .expires_at = oauth_now() + LIMIT_REQUEST_SECONDS };
    if (!buf_ok(&p->text) || !oauth_job_store(job, &op, 1, on_kept))
        busy(p);
}

static void on_flow(struct oauth_job *job, const struct store_result *result)
{
    struct plea *p = (struct plea *)job;
    struct store_op ops[2];
    if (result->outcome != STORE_DONE) {
        busy(p);
    } else if (!result->answers[0].count ||
               !flow_read(job->arena, result->answers[0].records, FLOW_BLOCKED, &p->place,
                          &p->flow) ||
               !p->flow.person.gid) {
        page_send_error(job->worker->shared, p->x, 400, "This page is too old",
                        "The request was sent already, or the page is older than ten minutes.",
                        "Connect again from your assistant if you want to send another one.");
        oauth_job_done(job);
    } else {
        rate_count(&p->rates[0], "request", p->flow.person.gid, HOUR, oauth_now(), &ops[0]);
        rate_count(&p->rates[1], "request", "*", HOUR, oauth_now(), &ops[1]);
        if (!oauth_job_store(job, ops, 2, on_counted))
            busy(p);
    }
}

void access_request_post(struct oauth_worker *w, struct http_exchange *x)
{
    struct plea *p = oauth_job_new(w, sizeof(*p));
    if (!p) {
        page_send_busy(w->shared, x);
        return;
    }
    p->job.wipe = done;
    p->x = x;
    buf_init(&p->text, LIMIT_STORE_VALUE);
    bool ours = csrf_origin_ok(w->shared, x) && browser_form(x, p->job.arena, &p->form) &&
                flow_place_of(w->shared, x, form_get(&p->form, "flow"), p->job.arena, &p->place) &&
                csrf_is(p->place.secret, p->place.id, form_get(&p->form, "csrf"));
    if (!ours) {
        page_send_error(w->shared, x, 403, "This did not come from our page",
                        "A request counts only when it was written on this server's own page.",
                        "Connect again from your assistant.");
        oauth_job_done(&p->job);
        return;
    }
    /* Once: a second click sends nothing twice. */
    struct store_op op = { .verb = STORE_TAKE,
                           .table = STORE_FLOWS,
                           .key = token_hash_slice(&p->place.key) };
    if (!oauth_job_store(&p->job, &op, 1, on_flow))
        busy(p);
}
