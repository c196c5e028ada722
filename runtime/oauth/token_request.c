#include "oauth/token_request.h"

#include "base/log.h"
#include "metrics/metrics.h"
#include "oauth/reply.h"

#include <string.h>
#include <strings.h>

static void wipe(struct oauth_job *job)
{
    struct token_request *r = (struct token_request *)job;
    secret_done(&r->access);
    secret_done(&r->next);
    for (size_t i = 0; i < r->form.count; i++)
        explicit_bzero((char *)r->form.fields[i].value, strlen(r->form.fields[i].value));
}

void token_measure(const struct token_request *r, enum metric_token end)
{
    if (strcmp(http_path(r->x), "/token") == 0)
        metrics_count(METRIC_TOKENS,
                      !r->given.len ? GRANT_UNKNOWN
                      : r->refresh  ? GRANT_REFRESH
                                    : GRANT_CODE,
                      end);
}

void token_refuse(struct token_request *r, const char *error, const char *description)
{
    token_measure(r, TOKEN_REFUSED);
    LOG(LOG_INFO, "token.refused", LOG_STR("error", error), LOG_STR("why", description));
    oauth_refuse(r->x, strcmp(error, "invalid_client") == 0 ? 401 : 400, error, description);
    oauth_job_done(&r->job);
}

void token_busy(struct token_request *r)
{
    token_measure(r, TOKEN_BUSY);
    oauth_busy(r->x);
    oauth_job_done(&r->job);
}

void token_ask(struct token_request *r, const struct store_op *ops, size_t n,
               oauth_stored_fn *stored)
{
    if (!oauth_job_store(&r->job, ops, n, stored))
        token_busy(r);
}

const char *token_parameter(const struct token_request *r, const char *name)
{
    const char *value = form_get(&r->form, name);
    return value && *value ? value : NULL;
}

/* "MUST NOT be included more than once" (OAuth 2.1, section 3.1); resource may (RFC 8707), which is
 * another error here. */
static bool repeats(const struct form *form)
{
    for (size_t i = 0; i < form->count; i++)
        if (strcmp(form->fields[i].name, "resource") != 0 &&
            form_repeats(form, form->fields[i].name))
            return true;
    return false;
}

struct token_request *token_request_new(struct oauth_worker *w, struct http_exchange *x)
{
    struct token_request *r = oauth_job_new(w, sizeof(*r));
    if (!r) {
        oauth_busy(x);
        return NULL;
    }
    r->x = x;
    r->job.wipe = wipe;
    if (!form_read(http_header(x, "Content-Type"), http_body(x), r->job.arena, &r->form)) {
        r->form.count = 0;
        token_refuse(r, "invalid_request", "expected a body of application/x-www-form-urlencoded");
        return NULL;
    }
    if (repeats(&r->form)) {
        token_refuse(r, "invalid_request", "a parameter came more than once");
        return NULL;
    }
    return r;
}
