/* fuzz_multipart.c: any bytes as an upload to the sandbox, and as what a form of ours carries.
 *
 * Whatever comes in is refused, or its parts lie in it. What asana_form_… writes is read back by
 * both readers as it was given. */
#include "asana/req.h"
#include "base/secret.h"
#include "sandbox/multipart.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
    if (!ok)
        abort();
}

static void read_any(struct arena *a, struct slice body)
{
    struct sb_part parts[SB_PARTS];
    size_t count;
    if (!sb_multipart_read(a, "multipart/form-data; boundary=x", body, parts, &count))
        return;
    must(count > 0 && count <= SB_PARTS);
    for (size_t i = 0; i < count; i++)
        must(parts[i].name && parts[i].bytes.data >= body.data &&
             parts[i].bytes.data + parts[i].bytes.len <= body.data + body.len);
}

static void write_and_read(struct arena *a, struct slice input)
{
    char *name = arena_strndup(a, input.data, input.len < 60 ? input.len : 60);
    const struct arg_file file = { name, input.data, input.len, false };
    struct asana_req r;
    struct sb_part parts[SB_PARTS];
    struct slice part, value;
    size_t at = 0, count;
    char type[128];
    asana_req_init(&r, ASANA_POST);
    asana_path(&r, "/attachments");
    asana_form_str(&r, "parent", "12");
    asana_form_file(&r, "file", &file);
    must(name && asana_req_end(&r, NULL));
    must(asana_form_next(&r, &at, &part, &value) && slice_is(part, "parent") &&
         slice_is(value, "12"));
    must(asana_form_next(&r, &at, &part, &value) && slice_is(part, "file"));
    must(value.len == input.len && memcmp(value.data, input.data, input.len) == 0);
    must(!asana_form_next(&r, &at, &part, &value));
    snprintf(type, sizeof(type), "multipart/form-data; boundary=%s", r.boundary);
    must(sb_multipart_read(a, type, buf_slice(&r.body), parts, &count) && count == 2);
    must(strcmp(parts[1].name, "file") == 0 && strcmp(parts[1].file, name) == 0);
    must(parts[1].bytes.len == input.len &&
         memcmp(parts[1].bytes.data, input.data, input.len) == 0);
    asana_req_done(&r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool ready;
    struct slice input = { size ? (const char *)data : "", size };
    struct arena *a = arena_new(4u << 20);
    ready = ready || secret_init();
    must(ready && a);
    read_any(a, input);
    if (size < 65536)
        write_and_read(a, input);
    arena_free(a);
    return 0;
}
