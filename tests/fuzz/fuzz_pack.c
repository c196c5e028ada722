/* fuzz_pack.c: any bytes as a pack of tools, and any arguments for each tool in it.
 *
 * Up to the first zero byte the input is the file, behind it a call's arguments. A file is refused
 * with a text, or each of its tools refuses the call, or builds a request of which nothing but its
 * literals and its arguments is in the URL. */
#include "asana/req.h"
#include "base/arena.h"
#include "base/json.h"
#include "tool/pack.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
    if (!ok)
        abort();
}

static void check_request(struct asana_req *r, bool built, const struct err *err)
{
    static const char good[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~%/?&=,";
    if (built) {
        must(json_check(buf_slice(&r->body), NULL) || r->body.len == 0 || r->boundary[0]);
        for (size_t i = 0; i < r->url.len; i++)
            must(r->url.data[i] != '\0' && strchr(good, r->url.data[i]));
    } else {
        must(err->kind != ERR_NONE && err->text[0]);
    }
    asana_req_done(r);
}

static void call(const struct tool *t, struct slice arguments)
{
    struct err err = { 0 };
    struct asana_req r;
    struct arena *arena = arena_new(4u << 20);
    must(arena && json_check(slice_of(t->input_schema), &err));
    must(json_check(slice_of(t->output_schema), &err));
    void *in = arena_zalloc(arena, 1, t->args_size);
    struct args *a = args_new(arena, json_parse(arena, arguments, NULL), &err);
    must(in && t->limit_at + sizeof(struct arg_int) <= t->args_size);
    if (!a || !pack_decode(t->pack, a, in)) {
        must(err.kind != ERR_NONE && err.text[0]);
    } else {
        bool built = pack_request(t->pack, in, &r, &err);
        check_request(&r, built, &err);
        for (const struct tool_extra *e = t->extras; e && e->member; e++)
            if (pack_extra_wanted(e->pack, in)) {
                built = pack_extra_request(e->pack, in, &r, &err);
                check_request(&r, built, &err);
            }
    }
    arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool ready;
    if (!ready)
        json_init();
    ready = true;
    struct err err = { 0 };
    const uint8_t *end = size ? memchr(data, 0, size) : NULL;
    size_t len = end ? (size_t)(end - data) : size;
    struct slice arguments = { end ? (const char *)end + 1 : "", end ? size - len - 1 : 0 };
    struct pack *p = pack_parse((struct slice){ (const char *)data, len }, "0123", &err);
    must(p || (err.kind != ERR_NONE && err.text[0]));
    for (const struct tool *const *t = p ? pack_tools(p) : NULL; t && *t; t++)
        call(*t, arguments);
    pack_free(p);
    return 0;
}
