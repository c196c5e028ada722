#include "tool/visible_priv.h"

#include "base/json.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- ids ---- */

/* What Asana gives out, and what it takes in its place: digits, "me", an e-mail, "external:…". */
static bool is_id(struct slice text)
{
    if (!text.len || text.len > LIMIT_VISIBLE_ID)
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (text.data[i] <= ' ' || text.data[i] == 0x7f)
            return false;
    return true;
}

static bool add(struct visible_names *n, const struct visible_name *name, bool in_path,
                struct slice id)
{
    struct visible_named *grown = n->items;
    if ((n->count & (n->count - 1)) == 0) /* full at each power of two */
        grown = realloc(n->items, (n->count ? 2 * n->count : 1) * sizeof(*grown));
    if (!grown)
        return false;
    n->items = grown;
    struct visible_named *one = &n->items[n->count++];
    *one = (struct visible_named){ .name = name, .in_path = in_path };
    if (is_id(id))
        memcpy(one->id, id.data, id.len);
    return true;
}

/* Several are separated by commas. */
static bool add_list(struct visible_names *n, const struct visible_name *name, struct slice list)
{
    bool ok = true;
    while (ok && list.len) {
        const char *comma = memchr(list.data, ',', list.len);
        struct slice one = { list.data, comma ? (size_t)(comma - list.data) : list.len };
        size_t step = one.len + (comma != NULL);
        ok = !one.len || add(n, name, false, one);
        list.data += step;
        list.len -= step;
    }
    return ok;
}

static const struct visible_name *find_name(const struct visible_route *route, struct slice name)
{
    for (const struct visible_name *one = route->names; one->name; one++)
        if (slice_is(name, one->name))
            return one;
    return NULL;
}

/* ---- the URL ---- */

static struct slice url_path(const struct asana_req *r)
{
    struct slice url = buf_slice(&r->url);
    const char *query = url.len ? memchr(url.data, '?', url.len) : NULL;
    return query ? (struct slice){ url.data, (size_t)(query - url.data) } : url;
}

static struct slice url_query(const struct asana_req *r)
{
    size_t path = url_path(r).len;
    size_t skip = path < r->url.len ? path + 1 : path;
    return (struct slice){ r->url.data + skip, r->url.len - skip };
}

static int hex(char c)
{
    return isdigit((unsigned char)c) ? c - '0' : (c | 0x20) - 'a' + 10;
}

/* Percent-encoding that we wrote ourselves. */
static void decode(struct slice text, struct buf *out)
{
    for (size_t i = 0; i < text.len; i++) {
        bool coded = text.data[i] == '%' && i + 2 < text.len;
        int byte = coded ? hex(text.data[i + 1]) << 4 | hex(text.data[i + 2]) : text.data[i];
        buf_char(out, (char)byte);
        i += coded ? 2 : 0;
    }
}

/* Takes the first segment off. */
static struct slice segment(struct slice *path)
{
    const char *slash = path->len > 1 ? memchr(path->data + 1, '/', path->len - 1) : NULL;
    struct slice first = { path->data, slash ? (size_t)(slash - path->data) : path->len };
    path->data += first.len;
    path->len -= first.len;
    return first;
}

static bool fits(const struct visible_route *route, struct slice path)
{
    struct slice pattern = slice_of(route->path);
    while (pattern.len && path.len) {
        struct slice want = segment(&pattern), got = segment(&path);
        if (got.len < 2 || (want.data[1] != '{' &&
                            (want.len != got.len || memcmp(want.data, got.data, got.len) != 0)))
            return false;
    }
    return !pattern.len && !path.len;
}

static const struct visible_route *find_route(const struct visible_rules *rules,
                                              const struct asana_req *r)
{
    for (size_t i = 0; i < rules->count; i++)
        if (rules->routes[i].method == r->method && fits(&rules->routes[i], url_path(r)))
            return &rules->routes[i];
    return NULL;
}

static bool read_path(struct visible_names *n, struct slice path)
{
    struct slice pattern = slice_of(n->route->path);
    bool ok = true;
    while (ok && pattern.len) {
        struct slice want = segment(&pattern), got = segment(&path);
        if (want.data[1] != '{')
            continue;
        BUF_AUTO id = { .max = LIMIT_VISIBLE_ID };
        const struct visible_name *name =
            find_name(n->route, (struct slice){ want.data + 2, want.len - 3 });
        decode((struct slice){ got.data + 1, got.len - 1 }, &id);
        ok = !name || add(n, name, true, buf_slice(&id));
    }
    return ok;
}

/* The next "name=value" of a query; false at its end. */
static bool next_pair(struct slice *query, struct slice *name, struct slice *value)
{
    if (!query->len)
        return false;
    const char *end = memchr(query->data, '&', query->len);
    struct slice pair = { query->data, end ? (size_t)(end - query->data) : query->len };
    const char *equals = memchr(pair.data, '=', pair.len);
    size_t len = equals ? (size_t)(equals - pair.data) : pair.len;
    *name = (struct slice){ pair.data, len };
    *value = equals ? (struct slice){ equals + 1, pair.len - len - 1 } : (struct slice){ "", 0 };
    size_t step = pair.len + (end != NULL);
    query->data += step;
    query->len -= step;
    return true;
}

static bool read_query(struct visible_names *n, struct slice query)
{
    struct slice name, value;
    bool ok = true;
    while (ok && next_pair(&query, &name, &value)) {
        const struct visible_name *known = find_name(n->route, name);
        BUF_AUTO list = { .max = LIMIT_ASANA_URL };
        decode(value, &list);
        if (known && !slice_is(buf_slice(&list), "null"))
            ok = buf_ok(&list) && add_list(n, known, buf_slice(&list));
    }
    return ok;
}

/* ---- the body ---- */

/* The strings that a path of members leads to, through arrays as if they were their items. */
static bool read_member(struct visible_names *n, const struct visible_name *name, const char *path,
                        struct slice value)
{
    bool ok = true;
    if (value.data[0] == '[') {
        struct json_items it;
        struct slice item;
        json_items_begin(value, &it);
        while (ok && json_items_next(&it, &item))
            ok = read_member(n, name, path, item);
    } else if (*path) {
        char key[64];
        size_t len = strcspn(path, ".");
        struct slice inner;
        if (len >= sizeof(key))
            return false;
        memcpy(key, path, len);
        key[len] = '\0';
        if (json_member(value, key, &inner))
            ok = read_member(n, name, path + len + (path[len] == '.'), inner);
    } else if (value.data[0] == '"') {
        struct slice text = { value.data + 1, value.len - 2 };
        bool plain = !text.len || !memchr(text.data, '\\', text.len);
        ok = plain ? add_list(n, name, text) : add(n, name, false, (struct slice){ "", 0 });
    } else if (value.data[0] != 'n') { /* null names nothing; what else there is names none */
        ok = add(n, name, false, (struct slice){ "", 0 });
    }
    return ok;
}

static bool read_body(struct visible_names *n, struct slice body)
{
    struct slice data;
    bool ok = true;
    if (!body.len || !json_check(body, NULL) || !json_member(body, "data", &data))
        return true;
    for (const struct visible_name *name = n->route->names; ok && name->name; name++)
        ok = read_member(n, name, name->name, data);
    return ok;
}

static bool read_form(struct visible_names *n, const struct asana_req *r)
{
    struct slice name, value;
    size_t at = 0;
    bool ok = true;
    while (ok && asana_form_next(r, &at, &name, &value)) {
        const struct visible_name *known = find_name(n->route, name);
        ok = !known || add_list(n, known, value);
    }
    return ok;
}

bool visible_names_read(const struct visible_rules *rules, const struct asana_req *r,
                        struct visible_names *out)
{
    *out = (struct visible_names){ .route = find_route(rules, r) };
    if (!out->route)
        return true;
    if (read_path(out, url_path(r)) && read_query(out, url_query(r)) &&
        (r->boundary[0] ? read_form(out, r) : read_body(out, buf_slice(&r->body))))
        return true;
    visible_names_done(out);
    return false;
}

void visible_names_done(struct visible_names *n)
{
    free(n->items);
    n->items = NULL;
    n->count = 0;
}

bool visible_names_place(const struct visible_named *n)
{
    return n->name->kinds[0]->way != VISIBLE_AMONG;
}

struct slice visible_name_label(const struct visible_name *n)
{
    static const char suffix[] = "_gid";
    struct slice label = { n->name, strcspn(n->name, ".") };
    size_t tail = sizeof(suffix) - 1;
    if (label.len > tail && memcmp(label.data + label.len - tail, suffix, tail) == 0)
        label.len -= tail;
    return label;
}

/* ---- opt_fields ---- */

/* "workspace" asks for it, "workspace.name" for something in it. */
static bool asks_for(struct slice fields, const char *path)
{
    static const char this[] = "this.";
    size_t len = strlen(path);
    while (fields.len) {
        const char *comma = memchr(fields.data, ',', fields.len);
        struct slice one = { fields.data, comma ? (size_t)(comma - fields.data) : fields.len };
        size_t step = one.len + (comma != NULL);
        if (one.len > sizeof(this) && memcmp(one.data, this, sizeof(this) - 1) == 0) {
            one.data += sizeof(this) - 1;
            one.len -= sizeof(this) - 1;
        }
        if (one.len >= len && memcmp(one.data, path, len) == 0 &&
            (one.len == len || one.data[len] == '.'))
            return true;
        fields.data += step;
        fields.len -= step;
    }
    return false;
}

static bool find_fields(const struct asana_req *r, struct slice *value)
{
    struct slice query = url_query(r), name;
    while (next_pair(&query, &name, value))
        if (slice_is(name, "opt_fields"))
            return true;
    return false;
}

bool visible_has_fields(const struct asana_req *r)
{
    struct slice value;
    return find_fields(r, &value);
}

/* Groups like "(followers|workspace).name" hide what they ask for: then more stays than was asked
 * for, of a workspace that is shown. */
static void note_added(struct slice asked, const struct visible_kind *kind,
                       struct visible_added *added)
{
    if (asked.len && memchr(asked.data, '(', asked.len))
        return;
    if (!asks_for(asked, kind->at)) {
        added->path[0] = kind->at;
    } else if (kind->way == VISIBLE_UNDER) {
        added->path[0] = kind->at;
        added->path[1] = "workspace";
    }
}

bool visible_add_fields(struct asana_req *r, const struct visible_kind *kind,
                        struct visible_added *added)
{
    struct slice value;
    *added = (struct visible_added){ 0 };
    if (!kind->at || !find_fields(r, &value))
        return true;
    BUF_AUTO asked = { .max = LIMIT_ASANA_URL };
    decode(value, &asked);
    char whole[64];
    snprintf(whole, sizeof(whole), "%s%s", kind->at,
             kind->way == VISIBLE_UNDER ? ".workspace" : "");
    if (!buf_ok(&asked) || asks_for(buf_slice(&asked), whole))
        return buf_ok(&asked);
    note_added(buf_slice(&asked), kind, added);
    struct buf url;
    size_t end = (size_t)(value.data + value.len - r->url.data);
    buf_init(&url, r->url.max);
    buf_put(&url, r->url.data, end);
    if (value.len)
        buf_char(&url, ',');
    buf_str(&url, whole);
    buf_str(&url, ".gid");
    buf_put(&url, r->url.data + end, r->url.len - end);
    buf_done(&r->url);
    r->url = url;
    return buf_ok(&url);
}
