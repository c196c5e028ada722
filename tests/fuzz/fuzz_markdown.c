/* fuzz_markdown.c: any text as somebody's words in a document, and as the name of an object. Every
 * line of a quote stays in it, and a name in its line. */
#include "base/json.h"
#include "tool/markdown.h"
#include "tool/ref.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { TEXT_MAX = 4096, SHORT = 100 };

static bool is_text(struct slice s)
{
    BUF_AUTO json = { .max = 8 * TEXT_MAX };
    buf_json_string(&json, s);
    return json_check(buf_slice(&json), NULL);
}

static void check_quote(const struct buf *b, bool whole, size_t max)
{
    bool at_start = true;
    for (size_t i = 0; i < b->len; i++) {
        if (at_start && b->data[i] != '>')
            abort();
        /* The words begin with nothing that means something. */
        if (at_start && i + 2 < b->len && b->data[i + 1] == ' ' &&
            strchr("#>-+*=`~<", b->data[i + 2]))
            abort();
        at_start = b->data[i] == '\n';
    }
    if (!at_start || (!whole && b->len > max + 8) || !is_text(buf_slice(b)))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char text[TEXT_MAX + 1];
    size_t len = size < TEXT_MAX ? size : TEXT_MAX;
    memcpy(text, data, len);
    text[len] = '\0';
    if (!is_text(slice_of(text)))
        return 0;
    struct ref ref;
    struct err err = { .kind = ERR_NONE };
    if (ref_parse(text, &ref, &err)
            ? !ref.gid[0] || strspn(ref.gid, "0123456789") != strlen(ref.gid)
            : err.kind != ERR_ARGS)
        abort();
    for (size_t max = SHORT; max <= 16 * TEXT_MAX; max *= 4) {
        BUF_AUTO quote = { .max = 64 * TEXT_MAX };
        BUF_AUTO line = { .max = 64 * TEXT_MAX };
        bool whole = markdown_quote(&quote, "", text, max);
        check_quote(&quote, whole, max);
        markdown_line(&line, text, max);
        if (line.len > max + 3 || (line.len && memchr(line.data, '\n', line.len)) ||
            !is_text(buf_slice(&line)))
            abort();
    }
    return 0;
}
