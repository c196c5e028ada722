#include "tools_research.h"

#include "asana/errors.h"
#include "base/json.h"
#include "tool/call.h"
#include "tool/ref.h"
#include "tool/result.h"

#include <stdlib.h>
#include <string.h>

/* One call of search, in its arena: asks for the caller's workspaces, then in each of them, all at
 * once, for tasks by their full text and for each kind by name. What some of these cannot answer is
 * missing from the results, which say so; only when none answers does the call fail. */

enum {
    SOURCES = 1 + REF_KINDS,
    HITS_MAX = LIMIT_SEARCH_WORKSPACES * SOURCES * LIMIT_SEARCH_PER_KIND
};

/* How near a name comes to the query; the rest keeps Asana's order. */
enum tier { TIER_EXACT, TIER_PREFIX, TIER_OTHER };

struct hit {
    enum ref_kind kind;
    enum tier tier;
    unsigned at;     /* its place in its source's list */
    unsigned source; /* which source */
    char gid[REF_GID_SIZE];
    const char *title;
    const char *url; /* NULL: Asana did not say */
};

struct search {
    const char *query;
    unsigned missing, asked; /* sources: those that have not been heard of, all */
    unsigned answered, failures;
    /* The first answer that failed, and the first one that only means that this plan or token has
     * no such search: that is told only when nothing else answered. */
    bool has_failure, has_unavailable;
    struct asana_answer failure, unavailable;
    const char *failed;                 /* what could not be searched */
    bool more_workspaces, more_results; /* there may be */
    size_t count;
    struct hit hits[HITS_MAX];
};

struct source {
    struct search *search;
    unsigned number;
    bool full_text;
    enum ref_kind kind;
    const char *workspace; /* gid */
    const char *name;      /* the workspace's */
};

/* ---- names ---- */

/* The character at *text in lower case, for comparing names: ASCII, Latin-1, Greek and Cyrillic. */
static unsigned next_folded(const char **text)
{
    const unsigned char *u = (const unsigned char *)*text;
    unsigned c = u[0];
    *text += 1;
    if (c >= 'A' && c <= 'Z')
        return c + 'a' - 'A';
    if (c < 0xc3 || c > 0xd0 || u[1] >> 6 != 2)
        return c;
    *text += 1;
    c = (c & 0x1fu) << 6 | (u[1] & 0x3fu);
    if ((c >= 0xc0 && c <= 0xde && c != 0xd7) || (c >= 0x391 && c <= 0x3a9) ||
        (c >= 0x410 && c <= 0x42f))
        return c + 0x20;
    return c >= 0x400 && c <= 0x40f ? c + 0x50 : c;
}

static enum tier tier_of(const char *name, const char *query)
{
    if (!*query)
        return TIER_OTHER;
    while (*query)
        if (next_folded(&name) != next_folded(&query))
            return TIER_OTHER;
    return *name ? TIER_PREFIX : TIER_EXACT;
}

/* ---- the answer ---- */

static int by_object(const void *a, const void *b)
{
    const struct hit *x = a, *y = b;
    int order = x->kind != y->kind ? (int)x->kind - (int)y->kind : strcmp(x->gid, y->gid);
    if (order)
        return order;
    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    return x->source < y->source ? -1 : 1;
}

static int by_rank(const void *a, const void *b)
{
    const struct hit *x = a, *y = b;
    if (x->tier != y->tier)
        return (int)x->tier - (int)y->tier;
    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    return x->source < y->source ? -1 : x->source > y->source;
}

/* Each object once, at its best place, with a link when any source gave one. */
static void merge(struct search *s)
{
    size_t kept = 0;
    qsort(s->hits, s->count, sizeof(*s->hits), by_object);
    for (size_t i = 0; i < s->count; i++) {
        struct hit *last = kept ? &s->hits[kept - 1] : NULL;
        if (!last || last->kind != s->hits[i].kind || strcmp(last->gid, s->hits[i].gid) != 0)
            s->hits[kept++] = s->hits[i];
        else if (!last->url)
            last->url = s->hits[i].url;
    }
    s->count = kept;
    qsort(s->hits, s->count, sizeof(*s->hits), by_rank);
}

static void put_hit(struct buf *out, const struct hit *hit)
{
    buf_str(out, "{\"id\":\"");
    ref_put_id(out, hit->kind, hit->gid);
    buf_char(out, '"');
    buf_json_text(out, "title", hit->title);
    buf_json_member(out, "url");
    if (hit->url) {
        buf_json_string(out, slice_of(hit->url));
    } else {
        buf_char(out, '"');
        ref_put_link(out, hit->kind, hit->gid);
        buf_char(out, '"');
    }
    buf_char(out, '}');
}

static void put_cut(struct buf *out, const struct search *s, size_t returned)
{
    const char *next = "search for more words; asana_search_tasks takes filters and pages by date";
    BUF_AUTO why = { .max = LIMIT_RESULT };
    if (s->has_failure) {
        buf_str(&why, s->failed);
        if (s->failures > 1) {
            buf_str(&why, " and ");
            buf_int(&why, s->failures - 1);
            buf_str(&why, s->failures > 2 ? " other parts" : " other part");
        }
        buf_str(&why, " could not be searched: ");
        asana_answer_explain(&s->failure, "search", &why);
        next = "search again for what is missing";
    } else if (s->more_workspaces) {
        buf_str(&why, "only the first ");
        buf_int(&why, LIMIT_SEARCH_WORKSPACES);
        buf_str(&why, " workspaces were searched");
        next = "asana_typeahead_search and asana_search_tasks search in any workspace";
    } else if (s->more_results) {
        buf_str(&why, "these are the best matches; there may be more");
    } else {
        return;
    }
    result_put_cut(out, returned, buf_slice(&why), slice_of(next));
}

static void finish(struct call *c, struct search *s)
{
    if (!s->answered && (s->has_failure || s->has_unavailable)) {
        call_finish_with(c, s->has_failure ? &s->failure : &s->unavailable);
        return;
    }
    if (arena_failed(call_arena(c))) {
        call_finish(c, CALL_FAILED, slice_of("the answer is too large: search for more words"));
        return;
    }
    BUF_AUTO out = { .max = LIMIT_RESULT_TEXT };
    merge(s);
    s->more_results |= s->count > LIMIT_SEARCH_RESULTS;
    size_t returned = s->count < LIMIT_SEARCH_RESULTS ? s->count : LIMIT_SEARCH_RESULTS;
    buf_str(&out, "{\"results\":[");
    for (size_t i = 0; i < returned; i++) {
        if (i > 0)
            buf_char(&out, ',');
        put_hit(&out, &s->hits[i]);
    }
    buf_char(&out, ']');
    put_cut(&out, s, returned);
    buf_char(&out, '}');
    if (buf_ok(&out))
        call_finish(c, CALL_DONE, buf_slice(&out));
    else
        call_finish(c, CALL_FAILED, slice_of("the answer is too large to be passed on"));
}

/* ---- one source ---- */

static void take_hit(struct source *from, const cJSON *item, unsigned at)
{
    struct search *s = from->search;
    const char *gid = json_get_string(item, "gid");
    const char *name = json_get_string(item, "name");
    const char *url = json_get_string(item, "permalink_url");
    struct hit *hit = &s->hits[s->count];
    if (!gid || !ref_gid(gid, hit->gid))
        return;
    hit->kind = from->kind;
    hit->at = at;
    hit->source = from->number;
    hit->title = name && *name ? name : "(no name)";
    hit->tier = tier_of(hit->title, s->query);
    hit->url = url && strncmp(url, "https://", 8) == 0 ? url : NULL;
    s->count++;
}

static void take_hits(struct source *from, const cJSON *items)
{
    unsigned at = 0;
    const cJSON *item = NULL;
    cJSON_ArrayForEach (item, items) {
        if (at == LIMIT_SEARCH_PER_KIND)
            break;
        take_hit(from, item, at++);
    }
    from->search->more_results |= at == LIMIT_SEARCH_PER_KIND || !cJSON_IsArray(items);
}

/* The answer lives as long as the call, for call_finish_with() at the end. */
static bool keep(struct call *c, struct asana_answer *to, const struct asana_answer *answer)
{
    *to = *answer;
    to->body.data =
        arena_strndup(call_arena(c), answer->body.data ? answer->body.data : "", answer->body.len);
    to->request_id = arena_strdup(call_arena(c), answer->request_id);
    to->detail = arena_strdup(call_arena(c), answer->detail);
    return to->body.data && to->request_id && to->detail;
}

static const char *about(struct call *c, const struct source *from)
{
    const char *text =
        from->full_text
            ? arena_printf(call_arena(c), "texts of tasks in %s", from->name)
            : arena_printf(call_arena(c), "%ss in %s", ref_kind_name(from->kind), from->name);
    return text ? text : "a part";
}

/* The list of workspaces was one part, too. */
static void tell_progress(struct call *c, const struct search *s)
{
    call_progress_of(c, 1 + s->asked - s->missing, 1 + s->asked, "parts searched");
}

static void on_answer(struct call *c, void *ctx, const struct asana_answer *answer)
{
    struct source *from = ctx;
    struct search *s = from->search;
    bool unavailable = answer->status == 402 || answer->status == 403;
    if (asana_answer_ok(answer)) {
        const cJSON *body = json_parse(call_arena(c), answer->body, NULL);
        s->answered++;
        take_hits(from, json_get(body, "data"));
    } else if (unavailable) {
        if (!s->has_unavailable)
            s->has_unavailable = keep(c, &s->unavailable, answer);
    } else if (s->failures++ == 0) {
        s->has_failure = keep(c, &s->failure, answer);
        s->failed = about(c, from);
    }
    s->missing--;
    tell_progress(c, s);
    if (s->missing == 0)
        finish(c, s);
}

static bool ask_source(struct call *c, struct source *from)
{
    struct asana_req r;
    struct err err;
    struct arg_int most = { ARG_VALUE, LIMIT_SEARCH_PER_KIND };
    asana_req_init(&r, ASANA_GET);
    asana_path(&r, "/workspaces/");
    asana_path_arg(&r, from->workspace);
    if (from->full_text) {
        asana_path(&r, "/tasks/search");
        asana_query_str(&r, "text", from->search->query);
        asana_query_int(&r, "limit", most);
        asana_query_str(&r, "opt_fields", "name,permalink_url");
    } else {
        asana_path(&r, "/typeahead");
        asana_query_str(&r, "resource_type", ref_kind_name(from->kind));
        asana_query_str(&r, "query", from->search->query);
        asana_query_int(&r, "count", most);
        asana_query_str(&r, "opt_fields", "name");
    }
    if (asana_req_end(&r, &err))
        return call_ask(c, &r, on_answer, from);
    asana_req_done(&r);
    call_finish(c, CALL_FAILED, slice_of(err.text));
    return false;
}

/* ---- the workspaces ---- */

/* Full text first: of two sources that have an object at the same place the first one counts. */
static void ask_sources(struct call *c, struct search *s, const cJSON *workspaces)
{
    struct source *sources =
        arena_zalloc(call_arena(c), LIMIT_SEARCH_WORKSPACES * SOURCES, sizeof(*sources));
    unsigned count = 0, seen = 0;
    const cJSON *workspace = NULL;
    cJSON_ArrayForEach (workspace, workspaces) {
        const char *gid = json_get_string(workspace, "gid");
        const char *name = json_get_string(workspace, "name");
        if (!sources || seen++ == LIMIT_SEARCH_WORKSPACES)
            break;
        if (!gid)
            continue;
        struct source one = { .search = s, .workspace = gid, .name = name ? name : gid };
        if (*s->query) {
            one.full_text = true;
            sources[count++] = one;
        }
        one.full_text = false;
        for (one.kind = 0; one.kind < REF_KINDS; one.kind++)
            sources[count++] = one;
    }
    s->missing = s->asked = count;
    tell_progress(c, s);
    if (!sources)
        call_finish(c, CALL_FAILED, slice_of("the call is too large"));
    else if (!count)
        finish(c, s);
    for (unsigned i = 0; sources && i < count; i++) {
        sources[i].number = i;
        if (!ask_source(c, &sources[i]))
            return;
    }
}

static void on_workspaces(struct call *c, void *ctx, const struct asana_answer *answer)
{
    struct search *s = ctx;
    if (!asana_answer_ok(answer)) {
        call_finish_with(c, answer);
        return;
    }
    const cJSON *body = json_parse(call_arena(c), answer->body, NULL);
    s->more_workspaces = cJSON_IsObject(json_get(body, "next_page"));
    if (!cJSON_IsArray(json_get(body, "data")))
        call_finish(c, CALL_FAILED, slice_of("Asana's list of workspaces could not be read"));
    else
        ask_sources(c, s, json_get(body, "data"));
}

static const char *trimmed(struct arena *a, const char *text)
{
    size_t len = strlen(text += strspn(text, " \t\r\n"));
    while (len && strchr(" \t\r\n", text[len - 1]))
        len--;
    return arena_strndup(a, text, len);
}

void search_handle(struct call *call, const void *in)
{
    const struct search_args *args = in;
    struct arena *arena = call_arena(call);
    struct search *s = arena_zalloc(arena, 1, sizeof(*s));
    const char *query = trimmed(arena, args->query);
    if (!s || !query) {
        call_finish(call, CALL_FAILED, slice_of("the call is too large"));
        return;
    }
    s->query = query;
    struct asana_req r;
    struct err err;
    asana_req_init(&r, ASANA_GET);
    asana_path(&r, "/workspaces");
    asana_query_int(&r, "limit", (struct arg_int){ ARG_VALUE, LIMIT_SEARCH_WORKSPACES });
    asana_query_str(&r, "opt_fields", "name");
    if (asana_req_end(&r, &err)) {
        call_ask(call, &r, on_workspaces, s);
        return;
    }
    asana_req_done(&r);
    call_finish(call, CALL_FAILED, slice_of(err.text));
}
