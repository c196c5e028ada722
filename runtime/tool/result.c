#include "tool/result.h"

#include "asana/value.h"
#include "base/json.h"
#include "base/limits.h"

#include <string.h>

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

static bool is_object(struct slice value)
{
    return value.len && value.data[0] == '{';
}

/* More is to be had although Asana did not say how: the list is as long as was asked for, or as
 * Asana makes any. */
static bool is_full(const struct tool *tool, const void *in, size_t count, struct slice next_page)
{
    if (!tool->more || tool->sync || is_object(next_page))
        return false;
    if (tool->full_at)
        return count >= tool->full_at;
    struct arg_int limit;
    memcpy(&limit, (const char *)in + tool->limit_at, sizeof(limit));
    return limit.state == ARG_VALUE && (int64_t)count >= limit.value;
}

void result_put_cut(struct buf *out, size_t returned, struct slice reason, struct slice next)
{
    buf_str(out, ",\"truncated\":{");
    buf_json_int(out, "returned", (int64_t)returned);
    buf_json_member(out, "reason");
    buf_json_string(out, reason);
    buf_json_member(out, "next");
    buf_json_string(out, next);
    buf_char(out, '}');
}

/* Asana's own token and word of what is left stay beside the list. True when there is more. */
static bool put_sync(struct buf *out, struct slice body)
{
    static const char *const members[] = { "sync", "has_more" };
    struct slice value = { 0 };
    for (size_t i = 0; i < 2; i++) {
        if (!json_member(body, members[i], &value))
            value = (struct slice){ 0 };
        if (!value.len)
            continue;
        buf_str(out, ",\"");
        buf_str(out, members[i]);
        buf_str(out, "\":");
        buf_slice_put(out, value);
    }
    return slice_is(value, "true");
}

bool result_put_fresh(struct slice sync, struct buf *out)
{
    buf_str(out, "{\"data\":[],\"next_page\":null,\"sync\":");
    buf_slice_put(out, sync);
    result_put_cut(
        out, 0,
        slice_of("Asana tells no events without a sync token, or with one that it no longer "
                 "knows"),
        slice_of("call again with this answer's sync to learn what happens from now on; for what "
                 "happened before, read the object itself"));
    buf_char(out, '}');
    return buf_ok(out);
}

/* {"data":[…],"next_page":…,"truncated":…} */
static void put_list(struct buf *out, const struct tool *tool, const void *in, struct slice body,
                     struct slice data, struct slice next_page)
{
    const char *reason = NULL; /* why it is not whole, for the model */
    const char *next = NULL;
    bool whole;
    buf_str(out, "{\"data\":");
    size_t returned = put_items(out, data, NULL, LIMIT_RESULT, &whole);
    if (!whole) {
        reason = "the answer was cut because it is long";
        next =
            tool->sync ? "this answer's sync goes on behind what was cut: call again with the sync "
                         "of this call and fewer opt_fields, or read the objects themselves"
            : tool->paged ? "call again with limit set to the number returned and the same offset, "
                            "then go on with next_page.offset; or name fewer opt_fields"
                          : "ask for less at a time: narrow the request or name fewer opt_fields";
    } else if (is_full(tool, in, returned, next_page)) {
        reason = "the list is full; there may be more";
        next = tool->more;
    }
    buf_str(out, ",\"next_page\":");
    if (whole && next_page.len)
        buf_slice_put(out, next_page);
    else
        buf_str(out, "null"); /* the next page would leave out what was cut */
    if (tool->sync && put_sync(out, body) && !reason) {
        reason = "there are more events";
        next = tool->more;
    }
    if (reason)
        result_put_cut(out, returned, slice_of(reason), slice_of(next));
    buf_char(out, '}');
}

/* What the extras' lists lack, told together. */
struct lack {
    size_t returned;
    struct buf reason;
    struct buf next;
};

static void note_lack(struct lack *lack, const struct tool_extra *extra, size_t returned, bool cut)
{
    const char *next = cut || !extra->more ? "read the rest with the tool that lists them, or name "
                                             "fewer opt_fields"
                                           : extra->more;
    if (lack->reason.len)
        buf_str(&lack->reason, "; ");
    buf_str(&lack->reason, extra->member);
    buf_str(&lack->reason,
            cut ? " was cut because it is long: " : " is one page of a longer list: ");
    buf_int(&lack->reason, (int64_t)returned);
    buf_str(&lack->reason, " returned");
    if (lack->next.len)
        buf_char(&lack->next, ' ');
    buf_str(&lack->next, extra->member);
    buf_str(&lack->next, ": ");
    buf_str(&lack->next, next);
    lack->returned += returned;
}

/* The list of one extra; what all may take together is one result's ceiling. */
static void put_extra(struct buf *out, const struct result_extra *part, size_t *left,
                      struct lack *lack)
{
    struct slice list = is_array(part->body.data) ? part->body.data : slice_of("[]");
    size_t before = out->len;
    bool whole;
    size_t returned = put_items(out, list, part->extra, *left, &whole);
    size_t took = out->len - before;
    *left = took < *left ? *left - took : 0;
    if (!whole || is_object(part->body.next_page))
        note_lack(lack, part->extra, returned, !whole);
}

/* The first of the extras, behind at, whose name the record uses already: its list stands there
 * instead. */
static const struct result_extra *next_in_place(const struct result_parts *parts, struct slice data,
                                                const char *at, struct slice *place)
{
    const struct result_extra *found = NULL;
    for (size_t i = 0; i < parts->extra_count; i++) {
        struct slice member;
        if (json_member(data, parts->extras[i].extra->member, &member) && member.data >= at &&
            (!found || member.data < place->data)) {
            found = &parts->extras[i];
            *place = member;
        }
    }
    return found;
}

/* An object that has no member. */
static bool is_empty(struct slice object)
{
    size_t i = 1;
    while (i < object.len && strchr(" \t\r\n", object.data[i]))
        i++;
    return object.data[i] == '}';
}

/* {"data":{…,"subtasks":[…]},"truncated":…} */
static void put_with_extras(struct buf *out, const struct result_parts *parts, struct slice data)
{
    struct lack lack = { .reason = { .max = LIMIT_RESULT }, .next = { .max = LIMIT_RESULT } };
    const struct result_extra *extra;
    const char *at = data.data;
    const char *end = data.data + data.len - 1; /* its closing brace */
    bool comma = !is_empty(data);
    size_t left = LIMIT_RESULT;
    struct slice place;
    buf_str(out, "{\"data\":");
    while ((extra = next_in_place(parts, data, at, &place))) {
        buf_put(out, at, (size_t)(place.data - at));
        put_extra(out, extra, &left, &lack);
        at = place.data + place.len;
    }
    buf_put(out, at, (size_t)(end - at));
    for (size_t i = 0; i < parts->extra_count; i++) {
        if (json_member(data, parts->extras[i].extra->member, &place))
            continue;
        if (comma)
            buf_char(out, ',');
        comma = true;
        buf_json_string(out, slice_of(parts->extras[i].extra->member));
        buf_char(out, ':');
        put_extra(out, &parts->extras[i], &left, &lack);
    }
    buf_char(out, '}');
    if (lack.reason.len)
        result_put_cut(out, lack.returned, buf_slice(&lack.reason), buf_slice(&lack.next));
    buf_char(out, '}');
    buf_done(&lack.reason);
    buf_done(&lack.next);
}

bool result_shape(const struct tool *tool, const void *in, const struct result_parts *parts,
                  struct buf *out, struct slice *text)
{
    struct slice data = parts->body.data, next_page = parts->body.next_page;
    bool list = is_array(data);
    bool as_it_is = list ? !tool->sync && data.len <= LIMIT_RESULT && next_page.len &&
                               !(tool->more && is_full(tool, in, count_items(data), next_page))
                         : !parts->extra_count || !is_object(data);
    if (as_it_is) {
        *text = parts->body.text;
        return text->len <= LIMIT_RESULT_TEXT;
    }
    if (list)
        put_list(out, tool, in, parts->body.text, data, next_page);
    else
        put_with_extras(out, parts, data);
    *text = buf_slice(out);
    return buf_ok(out);
}
