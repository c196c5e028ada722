/* fuzz_oauth_records.c: what the store gives back (it may be damaged, or somebody else's), boxes,
 * and the documents in which strangers describe their clients. The first byte says which; what is
 * read can be written, and reads the same again. */
#include "base/json.h"
#include "base/limits.h"
#include "oauth/client.h"
#include "oauth/record.h"
#include "oauth/redirect.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds)
        abort();
}

static bool same(struct slice a, struct slice b)
{
    return a.len == b.len && memcmp(a.data ? a.data : "", b.data ? b.data : "", a.len) == 0;
}

static void grant(struct arena *arena, struct slice text)
{
    struct store_record record = { .key = slice_of("id"), .value = text };
    struct grant_record g, again;
    struct buf out = { .max = 1u << 20 };
    if (grant_record_read(arena, &record, &g)) {
        grant_record_write(&g, &out);
        record.value = buf_slice(&out);
        check(buf_ok(&out) && grant_record_read(arena, &record, &again));
        check(strcmp(g.client_id, again.client_id) == 0 && g.toolsets == again.toolsets &&
              strcmp(g.person.gid, again.person.gid) == 0 && g.made_at == again.made_at &&
              same(g.sealed, again.sealed));
    }
    buf_done(&out);
}

static void token(struct arena *arena, struct slice text)
{
    struct store_record record = { .key = slice_of("id"), .value = text };
    struct token_record t, again;
    struct box_key key;
    struct buf out = { .max = 1u << 20 };
    if (token_record_read(arena, &record, &t)) {
        check(t.wrapped.len == BOX_KEY + BOX_EXTRA);
        check(!grant_key_unwrap(t.wrapped, slice_of("a token"), t.grant_id, &key));
        token_record_write(&t, &out);
        record.value = buf_slice(&out);
        check(buf_ok(&out) && token_record_read(arena, &record, &again));
        check(strcmp(t.grant_id, again.grant_id) == 0 && t.used_at == again.used_at &&
              same(t.wrapped, again.wrapped) && same(t.next, again.next));
    }
    buf_done(&out);
}

static void box(struct slice text)
{
    static const struct box_key key;
    struct asana_tokens tokens;
    struct buf out = { .max = 1u << 20 };
    box_open(&key, text, slice_of("bound"), &out);
    check(!grant_unseal(&key, "grant", text, &tokens) && !tokens.access.bytes);
    buf_done(&out);
}

/* What has passed can be shown to a person, and can only lead where a code may go. */
static void document(struct arena *arena, struct slice text)
{
    struct oauth_client c, again;
    struct err err;
    struct buf out = { .max = 1u << 20 };
    if (client_document_read(arena, "https://c.example/a", text, &c, &err)) {
        const char *name = client_name_of(arena, c.name);
        check(name && strcmp(name, c.name) == 0 && strlen(name) <= LIMIT_CLIENT_NAME);
        check(!c.uri || (redirect_is_sound(c.uri) && strncmp(c.uri, "https://", 8) == 0));
        for (const char *const *uri = c.redirect_uris; *uri; uri++)
            check(redirect_is_sound(*uri));
        client_write(&c, NULL, &out);
        check(buf_ok(&out) && client_read(arena, buf_slice(&out), &again, NULL));
        check(strcmp(c.name, again.name) == 0 && !again.has_secret);
    }
    buf_done(&out);
}

static void client(struct arena *arena, struct slice text)
{
    struct oauth_client c, again;
    struct token_hash hash, hash_again;
    struct buf out = { .max = 1u << 20 };
    if (client_read(arena, text, &c, &hash)) {
        client_write(&c, c.has_secret ? &hash : NULL, &out);
        check(buf_ok(&out) && client_read(arena, buf_slice(&out), &again, &hash_again));
        check(c.auth == again.auth && c.has_secret == again.has_secret);
        check(!c.has_secret || memcmp(&hash, &hash_again, sizeof(hash)) == 0);
    }
    buf_done(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct arena *arena;
    if (!arena) {
        json_init();
        arena = arena_new(32u << 20);
    }
    arena_reset(arena);
    if (size < 1 || size > LIMIT_CLIENT_DOCUMENT)
        return 0;
    struct slice text = { (const char *)data + 1, size - 1 };
    switch (data[0]) {
    case 'g':
        grant(arena, text);
        break;
    case 't':
        token(arena, text);
        break;
    case 'b':
        box(text);
        break;
    case 'd':
        document(arena, text);
        break;
    case 'c':
        client(arena, text);
        break;
    default:
        break;
    }
    return 0;
}
