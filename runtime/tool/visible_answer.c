#include "tool/visible_priv.h"

#include "base/json.h"

#include <string.h>

bool visible_gid_of(struct slice json, char out[LIMIT_VISIBLE_ID + 1])
{
    if (json.len < 3 || json.data[0] != '"' || json.len - 2 > LIMIT_VISIBLE_ID)
        return false;
    memcpy(out, json.data + 1, json.len - 2);
    out[json.len - 2] = '\0';
    return strchr(out, '\\') == NULL;
}

static bool gid_of_member(struct slice object, const char *member, char out[LIMIT_VISIBLE_ID + 1])
{
    struct slice inner, gid;
    return json_member(object, member, &inner) && json_member(inner, "gid", &gid) &&
           visible_gid_of(gid, out);
}

static bool tell_among(const struct visible *v, struct slice places,
                       char workspace[LIMIT_VISIBLE_ID + 1])
{
    char one[LIMIT_VISIBLE_ID + 1];
    struct json_items it;
    struct slice item, gid;
    bool any = false;
    json_items_begin(places, &it);
    while (json_items_next(&it, &item)) {
        if (!json_member(item, "gid", &gid) || !visible_gid_of(gid, one))
            continue;
        bool shown = visible_shows(v, one);
        if (shown || !any)
            memcpy(workspace, one, sizeof(one));
        any = true;
        if (shown)
            break;
    }
    return any;
}

bool visible_tell(const struct visible *v, const struct visible_kind *kind, struct slice object,
                  char workspace[LIMIT_VISIBLE_ID + 1])
{
    struct slice inner;
    switch (kind->way) {
    case VISIBLE_ITSELF:
        return json_member(object, "gid", &inner) && visible_gid_of(inner, workspace);
    case VISIBLE_IN:
        return gid_of_member(object, kind->at, workspace);
    case VISIBLE_AMONG:
        return json_member(object, kind->at, &inner) && tell_among(v, inner, workspace);
    case VISIBLE_UNDER:
        return json_member(object, kind->at, &inner) &&
               gid_of_member(inner, "workspace", workspace);
    case VISIBLE_LISTED:
        break;
    }
    return false;
}

/* ---- copying what stays ---- */

struct filter {
    struct visible *v;
    struct buf *out;
    bool changed; /* something was left out */
};

/* What to leave out of one object, whoever it is of. */
struct leave {
    const char *const *path; /* members, outermost first; NULL: none */
    const char *withheld;    /* NULL: none */
};

static bool copy(struct filter *f, struct slice value, struct leave leave);

static bool is_hidden(const struct filter *f, struct slice place)
{
    char gid[LIMIT_VISIBLE_ID + 1];
    struct slice json;
    return json_member(place, "gid", &json) && visible_gid_of(json, gid) &&
           !visible_shows(f->v, gid);
}

/* Forgets what was copied since the mark. */
static void undo(struct filter *f, size_t mark)
{
    f->out->len = mark;
    f->changed = true;
}

/* The items that stay; of places those that are shown. */
static void copy_items(struct filter *f, struct slice array, bool places)
{
    struct json_items it;
    struct slice item;
    bool first = true;
    buf_char(f->out, '[');
    json_items_begin(array, &it);
    while (json_items_next(&it, &item)) {
        size_t mark = f->out->len;
        if (!first)
            buf_char(f->out, ',');
        if ((places && is_hidden(f, item)) || !copy(f, item, (struct leave){ 0 }))
            undo(f, mark);
        else
            first = false;
    }
    buf_char(f->out, ']');
}

/* A member's value; what is hidden becomes null. */
static void copy_member(struct filter *f, struct slice key, struct slice value, struct leave leave)
{
    size_t mark = f->out->len;
    if (value.data[0] == '[') {
        copy_items(f, value, slice_is(key, "workspaces"));
        return;
    }
    bool inside = leave.path && leave.path[0] && slice_is(key, leave.path[0]);
    if (copy(f, value, (struct leave){ .path = inside ? leave.path + 1 : NULL }))
        return;
    undo(f, mark);
    buf_str(f->out, "null");
}

static bool is_left_out(struct slice key, struct leave leave)
{
    return (leave.withheld && slice_is(key, leave.withheld)) ||
           (leave.path && leave.path[0] && !leave.path[1] && slice_is(key, leave.path[0]));
}

static bool copy_object(struct filter *f, struct slice object, struct leave leave)
{
    struct json_items it;
    struct slice key, value;
    bool first = true, shown = true;
    buf_char(f->out, '{');
    json_members_begin(object, &it);
    while (json_members_next(&it, &key, &value)) {
        if (slice_is(key, "workspace") || slice_is(key, "organization"))
            shown &= !is_hidden(f, value);
        if (is_left_out(key, leave)) {
            f->changed = true;
            continue;
        }
        buf_str(f->out, first ? "\"" : ",\"");
        buf_slice_put(f->out, key);
        buf_str(f->out, "\":");
        copy_member(f, key, value, leave);
        first = false;
    }
    buf_char(f->out, '}');
    return shown;
}

/* False when it is of a hidden workspace: then the caller forgets it. */
static bool copy(struct filter *f, struct slice value, struct leave leave)
{
    if (value.data[0] == '{')
        return copy_object(f, value, leave);
    if (value.data[0] == '[')
        copy_items(f, value, false);
    else
        buf_slice_put(f->out, value);
    return true;
}

/* ---- an answer ---- */

/* An object of the answer itself. */
static bool copy_told(struct filter *f, struct slice object, const struct visible_kind *told,
                      struct leave leave)
{
    char workspace[LIMIT_VISIBLE_ID + 1], id[LIMIT_VISIBLE_ID + 1];
    struct slice gid;
    if (told) {
        if (!visible_tell(f->v, told, object, workspace))
            return false;
        if (json_member(object, "gid", &gid) && visible_gid_of(gid, id))
            visible_remember(f->v, id, workspace);
        if (!visible_shows(f->v, workspace))
            return false;
    }
    return copy(f, object, leave);
}

static bool copy_data(struct filter *f, struct slice data, const struct visible_kind *told,
                      struct leave leave)
{
    if (data.data[0] != '[')
        return copy_told(f, data, told, leave);
    struct json_items it;
    struct slice item;
    bool first = true;
    buf_char(f->out, '[');
    json_items_begin(data, &it);
    while (json_items_next(&it, &item)) {
        size_t mark = f->out->len;
        if (!first)
            buf_char(f->out, ',');
        if (copy_told(f, item, told, leave))
            first = false;
        else
            undo(f, mark);
    }
    buf_char(f->out, ']');
    return true;
}

/* Nothing in it says anything of a workspace. */
static bool is_plain(struct slice body, const struct visible_kind *told)
{
    return !told && !memmem(body.data, body.len, "\"workspace", 10) &&
           !memmem(body.data, body.len, "\"organization\"", 14);
}

bool visible_filter(struct visible *v, struct slice body, const struct visible_kind *told,
                    const char *withheld, const struct visible_added *added, struct buf *out)
{
    if (!withheld && is_plain(body, told))
        return true;
    struct filter f = { .v = v, .out = out };
    struct leave leave = { .path = added->path, .withheld = withheld };
    struct json_items it;
    struct slice key, value;
    bool first = true;
    buf_char(out, '{');
    json_members_begin(body, &it);
    while (json_members_next(&it, &key, &value)) {
        buf_str(out, first ? "\"" : ",\"");
        buf_slice_put(out, key);
        buf_str(out, "\":");
        if (!slice_is(key, "data"))
            buf_slice_put(out, value);
        else if (!copy_data(&f, value, told, leave))
            return false;
        first = false;
    }
    buf_char(out, '}');
    if (!f.changed && buf_ok(out))
        buf_reset(out);
    return true;
}
