/* flow_page.c: the consent page. */
#include "base/limits.h"
#include "oauth/flow.h"
#include "oauth/page.h"
#include "pages.h"
#include "tool/tool.h"

static const struct page_consent_areas *areas_of(uint64_t offered, uint64_t chosen,
                                                 struct arena *arena, size_t *count)
{
    struct page_consent_areas *areas = arena_zalloc(arena, tool_toolsets_count, sizeof(*areas));
    *count = 0;
    for (size_t i = 0; areas && i < tool_toolsets_count; i++)
        if (offered >> i & 1)
            areas[(*count)++] =
                (struct page_consent_areas){ .name = tool_toolsets[i].name,
                                             .title = tool_toolsets[i].title,
                                             .description = tool_toolsets[i].description,
                                             .on = chosen >> i & 1 };
    return areas;
}

void flow_show(const struct oauth *o, struct http_exchange *x, const struct flow *f,
               const struct flow_place *place, const char *problem, struct arena *arena)
{
    char csrf[CSRF_TOKEN];
    csrf_token(place->secret, place->id, csrf);
    const char *host = page_where(f->redirect_uri, arena);
    size_t areas_count;
    const struct page_consent_areas *areas =
        areas_of(flow_offered(o), f->toolsets, arena, &areas_count);
    struct page_extra extra = { .cookies = {
                                    cookie_set(o, COOKIE_FLOW, place->id, place->secret, arena) } };
    if (!host || !areas || !extra.cookies[0]) {
        page_send_busy(o, x);
        return;
    }
    struct page_consent page = {
        PAGE_COMMON(o),
        .client = f->client_name,
        .vouched = f->vouched,
        .document = f->document,
        .where = host,
        .redirect_uri = f->redirect_uri,
        .warning = f->loopback_only
                       ? "Its description names addresses on this computer only, so any program "
                         "that runs here can pretend to be it. Allow it only if you have just "
                         "started to sign in from it."
                       : NULL,
        .problem = problem,
        .person = f->person.gid ? f->person.name : NULL,
        .flow = place->id,
        .csrf = csrf,
        .writes = f->asked & SCOPE_WRITE,
        .read_only = !(f->scopes & SCOPE_WRITE),
        .open = f->toolsets != flow_offered(o),
        .areas = areas,
        .areas_count = areas_count,
        .asana_scope = o->options.asana_scope,
    };
    struct buf html;
    buf_init(&html, LIMIT_PAGE);
    page_consent(&html, &page);
    page_send(x, problem ? 400 : 200, &extra, &html);
    buf_done(&html);
}
