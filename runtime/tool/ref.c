#include "tool/ref.h"

#include "base/slice.h"

#include <string.h>
#include <strings.h>

static const struct {
    const char *name;
    const char *before, *behind; /* the gid, in a link */
} kinds[REF_DOCUMENTS] = {
    [REF_TASK] = { "task", "https://app.asana.com/0/0/", "" },
    [REF_PROJECT] = { "project", "https://app.asana.com/0/", "/list" },
    [REF_PORTFOLIO] = { "portfolio", "https://app.asana.com/0/portfolio/", "/list" },
    [REF_GOAL] = { "goal", "https://app.asana.com/0/goal/", "" },
    [REF_USER] = { "user", "https://app.asana.com/0/profile/", "" },
};

const char *ref_kind_name(enum ref_kind kind)
{
    return kinds[kind].name;
}

void ref_put_id(struct buf *out, enum ref_kind kind, const char *gid)
{
    buf_str(out, kinds[kind].name);
    buf_char(out, ':');
    buf_str(out, gid);
}

void ref_put_link(struct buf *out, enum ref_kind kind, const char *gid)
{
    buf_str(out, kinds[kind].before);
    buf_str(out, gid);
    buf_str(out, kinds[kind].behind);
}

/* ---- reading ---- */

#define BLANK " \t\r\n"
/* Deep links have about eight segments. */
#define SEGMENTS_MAX 16

static bool is_gid(struct slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.data[i] < '0' || s.data[i] > '9')
            return false;
    return s.len > 0 && s.len < REF_GID_SIZE && s.data[0] != '0';
}

static bool set(struct ref *out, enum ref_kind kind, struct slice gid)
{
    if (!is_gid(gid))
        return false;
    out->kind = kind;
    memcpy(out->gid, gid.data, gid.len);
    out->gid[gid.len] = '\0';
    return true;
}

bool ref_gid(const char *text, char gid[REF_GID_SIZE])
{
    struct ref ref;
    if (!set(&ref, REF_TASK, slice_of(text)))
        return false;
    memcpy(gid, ref.gid, REF_GID_SIZE);
    return true;
}

static bool is_word(struct slice s, const char *word)
{
    return s.len == strlen(word) && strncasecmp(s.data, word, s.len) == 0;
}

static bool kind_of(struct slice word, enum ref_kind *out)
{
    for (enum ref_kind kind = 0; kind < REF_KINDS; kind++) {
        if (is_word(word, kinds[kind].name)) {
            *out = kind;
            return true;
        }
    }
    return false;
}

/* Takes prefix off the front. */
static bool skip(struct slice *s, const char *prefix)
{
    size_t len = strlen(prefix);
    if (s->len < len || strncasecmp(s->data, prefix, len) != 0)
        return false;
    s->data += len;
    s->len -= len;
    return true;
}

/* KIND, the separator, GID */
static bool from_pair(struct slice s, char separator, struct ref *out)
{
    const char *at = memchr(s.data, separator, s.len);
    enum ref_kind kind;
    if (!at || !kind_of((struct slice){ s.data, (size_t)(at - s.data) }, &kind))
        return false;
    struct slice gid = { at + 1, s.len - (size_t)(at + 1 - s.data) };
    while (gid.len && strchr(BLANK, gid.data[0]))
        gid = (struct slice){ gid.data + 1, gid.len - 1 };
    return set(out, kind, gid);
}

/* Links since 2025: /1/WORKSPACE/…, a word in front of each gid. What is opened inside of another
 * comes last, and a task is always what is opened. */
static bool from_new_link(const struct slice *segment, size_t count, struct ref *out)
{
    struct ref found;
    bool any = false;
    for (size_t i = 2; i + 1 < count; i++) {
        enum ref_kind kind;
        bool inbox = is_word(segment[i], "item");
        if (inbox)
            kind = REF_TASK;
        if (!inbox && !kind_of(segment[i], &kind))
            continue;
        if (any && found.kind == REF_TASK && kind != REF_TASK)
            continue;
        any |= set(&found, kind, segment[i + 1]);
    }
    if (any)
        *out = found;
    return any;
}

/* Older links: /0/PROJECT/TASK, /0/0/TASK, /0/PROJECT/list, /0/portfolio/GID/list, /0/goal/GID,
 * /0/inbox/PERSON/TASK/STORY, /0/search/SEARCH/TASK. */
static bool from_old_link(const struct slice *segment, size_t count, struct ref *out)
{
    enum ref_kind kind;
    if (count < 2)
        return false;
    if (kind_of(segment[1], &kind))
        return count > 2 && set(out, kind, segment[2]);
    if (is_word(segment[1], "inbox") || is_word(segment[1], "search"))
        return count > 3 && set(out, REF_TASK, segment[3]);
    if (count > 2 && set(out, REF_TASK, segment[2]))
        return true;
    return set(out, REF_PROJECT, segment[1]);
}

static bool from_link(struct slice s, struct ref *out)
{
    struct slice segment[SEGMENTS_MAX];
    size_t count = 0;
    if (!skip(&s, "https://"))
        skip(&s, "http://");
    if (!skip(&s, "app.asana.com/"))
        return false;
    for (size_t i = 0; i < s.len; i++)
        if (s.data[i] == '?' || s.data[i] == '#')
            s.len = i;
    for (const char *at = s.data, *end = s.data + s.len; at < end && count < SEGMENTS_MAX;) {
        const char *slash = memchr(at, '/', (size_t)(end - at));
        const char *stop = slash ? slash : end;
        if (stop > at)
            segment[count++] = (struct slice){ at, (size_t)(stop - at) };
        at = stop + 1;
    }
    if (count && slice_is(segment[0], "1"))
        return from_new_link(segment, count, out);
    return count && slice_is(segment[0], "0") && from_old_link(segment, count, out);
}

bool ref_parse(const char *text, struct ref *out, struct err *err)
{
    struct ref ref = { 0 };
    struct slice s = slice_of(text);
    while (s.len && strchr(BLANK "<", s.data[0]))
        s = (struct slice){ s.data + 1, s.len - 1 };
    while (s.len && strchr(BLANK ">", s.data[s.len - 1]))
        s.len--;
    struct slice rest = s;
    ref.guessed = is_gid(s);
    if (set(&ref, REF_TASK, s) || from_pair(s, ':', &ref) ||
        (skip(&rest, "asana://") && from_pair(rest, '/', &ref)) || from_link(s, &ref)) {
        *out = ref;
        return true;
    }
    return err_set(err, ERR_ARGS,
                   "id: expected the id of a search result (\"task:1204…\", \"project:1204…\", "
                   "\"portfolio:1204…\" or \"goal:1204…\"), the gid of a task, or a link to one of "
                   "these on app.asana.com; got \"%.*s\"",
                   (int)(s.len < 200 ? s.len : 200), s.data);
}
