#include "tool/result.h"

#include "asana/value.h"
#include "base/json.h"
#include "base/limits.h"

#include <string.h>

/* Why a list is not whole, for the model. */
struct cut {
    size_t returned;
    const char *reason; /* NULL: it is whole */
    const char *next;
};

/* Writes the items of an array as long as they fit; at least one, so that paging can always go on.
 */
static size_t put_items(struct buf *out, struct slice array, const struct tool_extra *extra,
                        size_t room, bool *whole)
{
    struct json_items items;
    struct slice item;
    size_t written = 0;
    size_t end = out->len + room;
    *whole = true;
    buf_char(out, '[');
    for (json_items_begin(array, &items); json_items_next(&items, &item);) {
        struct slice member;
        if (extra && extra->keep_member &&
            (!json_member(item, extra->keep_member, &member) || member.len < 2 ||
             member.len - 2 != strlen(extra->keep_value) ||
             memcmp(member.data + 1, extra->keep_value, member.len - 2) != 0))
            continue;
        if (written && out->len + item.len + 1 > end) {
            *whole = false;
            break;
        }
        if (written++)
            buf_char(out, ',');
        buf_slice_put(out, item);
    }
    buf_char(out, ']');
    return written;
}

static size_t count_items(struct slice array)
{
    struct json_items items;
    struct slice item;
    size_t n = 0;
    for (json_items_begin(array, &items); json_items_next(&items, &item);)
        n++;
    return n;
}

static bool is_array(struct slice value)
{
    return value.len && value.data[0] == '[';
}

/* More is to be had although Asana did not say how: the list is as long as was asked for, or as
 * Asana makes any. */
static bool is_full(const struct tool *tool, const void *in, size_t count)
{
    if (!tool->more)
        return false;
    if (tool->full_at)
        return count >= tool->full_at;
    struct arg_int limit;
    memcpy(&limit, (const char *)in + tool->limit_at, sizeof(limit));
    return limit.state == ARG_VALUE && (int64_t)count >= limit.value;
}

static void put_cut(struct buf *out, const struct cut *cut)
{
    buf_str(out, ",\"truncated\":{\"returned\":");
    buf_int(out, (int64_t)cut->returned);
    buf_str(out, ",\"reason\":");
    buf_json_string(out, slice_of(cut->reason));
    buf_str(out, ",\"next\":");
    buf_json_string(out, slice_of(cut->next));
    buf_char(out, '}');
}

/* {"data":[…],"next_page":…,"truncated":…} */
static void put_list(struct buf *out, const struct tool *tool, const void *in, struct slice data,
                     struct slice next_page)
{
    struct cut cut = { 0 };
    bool whole;
    buf_str(out, "{\"data\":");
    cut.returned = put_items(out, data, NULL, LIMIT_RESULT, &whole);
    if (!whole) {
        cut.reason = "the answer was cut because it is long";
        cut.next = tool->paged
                       ? "call again with limit set to the number returned and the same offset, "
                         "then go on with next_page.offset; or name fewer opt_fields"
                       : "ask for less at a time: narrow the request or name fewer opt_fields";
    } else if (is_full(tool, in, cut.returned)) {
        cut.reason = "the list is full; there may be more";
        cut.next = tool->more;
    }
    if (tool->paged || next_page.len) {
        buf_str(out, ",\"next_page\":");
        if (whole && next_page.len)
            buf_slice_put(out, next_page);
        else
            buf_str(out, "null"); /* the next page would leave out what was cut */
    }
    if (cut.reason)
        put_cut(out, &cut);
    buf_char(out, '}');
}

/* {"data":{…,"subtasks":[…]},"truncated":…}; what the extras may take together is one result's
 * ceiling. */
static void put_with_extras(struct buf *out, const struct result_parts *parts, struct slice data)
{
    struct cut cut = { 0 };
    size_t left = LIMIT_RESULT;
    buf_str(out, "{\"data\":");
    buf_put(out, data.data, data.len - 1); /* up to its closing brace */
    for (size_t i = 0; i < parts->extra_count; i++) {
        const struct tool_extra *extra = parts->extras[i].extra;
        struct slice list, next;
        bool whole;
        if (!json_member(parts->extras[i].body, "data", &list) || !is_array(list))
            list = slice_of("[]");
        buf_str(out, ",\"");
        buf_str(out, extra->member);
        buf_str(out, "\":");
        size_t before = out->len;
        size_t returned = put_items(out, list, extra, left, &whole);
        size_t took = out->len - before;
        left = took < left ? left - took : 0;
        bool paged = json_member(parts->extras[i].body, "next_page", &next) && next.data[0] == '{';
        if ((!whole || paged) && !cut.reason) {
            cut.returned = returned;
            cut.reason = extra->member;
            cut.next = extra->more ? extra->more : "read the rest with the tool that lists them";
        }
    }
    buf_char(out, '}');
    if (cut.reason)
        put_cut(out, &cut);
    buf_char(out, '}');
}

bool result_shape(const struct tool *tool, const void *in, const struct result_parts *parts,
                  struct buf *out, struct slice *text)
{
    struct slice data, next_page = { 0 };
    if (!json_member(parts->body, "data", &data))
        return false;
    bool list = is_array(data);
    bool has_next = list && tool->paged && json_member(parts->body, "next_page", &next_page);
    bool as_it_is = list ? data.len <= LIMIT_RESULT && has_next == tool->paged &&
                               !(tool->more && is_full(tool, in, count_items(data)))
                         : !parts->extra_count || data.data[0] != '{';
    if (as_it_is) {
        *text = parts->body;
        return true;
    }
    if (list)
        put_list(out, tool, in, data, next_page);
    else
        put_with_extras(out, parts, data);
    *text = buf_slice(out);
    return buf_ok(out);
}
