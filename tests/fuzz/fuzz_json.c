/* fuzz_json.c: the scan, the parser and the writer must agree on every text: what the scan accepts
 * is read, written, and read again as the same. */
#include "base/json.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct arena *arena;
    if (!arena) {
        json_init();
        arena = arena_new(32u << 20);
    }
    arena_reset(arena);
    struct slice text = { (const char *)data, size };
    struct err err = { 0 };
    bool valid = json_check(text, &err);
    if (valid == (err.kind != ERR_NONE))
        abort();
    const cJSON *tree = json_parse(arena, text, &err);
    if (tree && !valid)
        abort();
    if (!tree && valid && !arena_failed(arena)) /* the scan let through what cJSON does not read */
        abort();
    if (!tree)
        return 0;

    struct slice member;
    const cJSON *id = json_get(tree, "id");
    bool there = json_member(text, "id", &member);
    if (there && (!id || !json_check(member, NULL)))
        abort();
    struct slice found;
    if (!json_check_members(text, &(const char *){ "id" }, 1, &found, NULL) ||
        (there ? found.data != member.data || found.len != member.len : found.data != NULL))
        abort();

    struct buf once, twice;
    buf_init(&once, 64u << 20);
    buf_init(&twice, 64u << 20);
    json_write(&once, tree);
    const cJSON *again = json_parse(arena, buf_slice(&once), &err);
    if (!again && !arena_failed(arena))
        abort();
    if (again) {
        json_write(&twice, again);
        if (once.len != twice.len || memcmp(once.data, twice.data, once.len) != 0)
            abort();
    }
    buf_done(&once);
    buf_done(&twice);
    return 0;
}
