/* fuzz_edits.c: what `connect --write` does to files of others, JSON and TOML: what it accepts is
 * changed into something that it accepts and finds the entry in, changing it again changes nothing,
 * and a new entry loses nothing of what was there. */
#include "cli/jsonc.h"
#include "cli/toml.h"

#include "base/json.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const json_path[] = { "mcpServers", "asana", NULL };
static const char *const toml_path[] = { "mcp_servers", "asana", NULL };
static const char entry[] = "{\n  \"url\": \"u\",\n  \"headers\": {\n    \"A\": \"b\"\n  }\n}";
static const char pairs[] = "url = \"u\"\nargs = [\"a\", \"b\"]";

static bool merge(bool toml, struct slice text, struct buf *out, struct err *err)
{
    return toml ? toml_merge(text, toml_path, pairs, out, err)
                : jsonc_merge(text, json_path, slice_of(entry), out, err);
}

static bool find(bool toml, struct slice text, struct slice *out, struct err *err)
{
    return toml ? toml_find(text, toml_path, NULL, out, err)
                : jsonc_find(text, json_path, out, err);
}

/* Every byte of part but white space stands in whole, in the same order. */
static bool is_kept(struct slice part, struct slice whole)
{
    size_t i = 0;
    size_t n = 0;
    for (; i < part.len; i++) {
        if (strchr(" \t\r\n", part.data[i]))
            continue;
        while (n < whole.len && whole.data[n] != part.data[i])
            n++;
        if (n++ == whole.len)
            return false;
    }
    return true;
}

static void try_edit(bool toml, struct slice text)
{
    BUF_AUTO once;
    BUF_AUTO twice;
    struct err err = { 0 };
    struct slice before = { 0 };
    struct slice after = { 0 };
    buf_init(&once, LIMIT_CONNECT_FILE);
    buf_init(&twice, LIMIT_CONNECT_FILE);
    if (!merge(toml, text, &once, &err)) {
        if (err.kind == ERR_NONE)
            abort();
        return;
    }
    if (!find(toml, text, &before, &err) || !find(toml, buf_slice(&once), &after, &err) ||
        !after.data)
        abort();
    if (!before.data && !is_kept(text, buf_slice(&once)))
        abort();
    if (!merge(toml, buf_slice(&once), &twice, &err) || once.len != twice.len ||
        memcmp(once.data, twice.data, once.len) != 0)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool begun;
    if (!begun)
        json_init();
    begun = true;
    /* Of its own size, so that a sanitizer sees a byte too many. */
    char *copy = malloc(size + (size == 0));
    if (!copy)
        return 0;
    memcpy(copy, data, size);
    try_edit(false, (struct slice){ copy, size });
    try_edit(true, (struct slice){ copy, size });
    free(copy);
    return 0;
}
