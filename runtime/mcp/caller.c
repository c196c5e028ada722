#include "mcp/caller.h"

#include <string.h>

bool caller_with_token(struct slice token, struct caller *out)
{
    *out = (struct caller){ .may_write = true, .toolsets = UINT64_MAX };
    secret_shared_digest(token, &out->id);
    return secret_set(&out->token, token);
}

uint64_t caller_key(const struct caller *c)
{
    struct digest id = c->id;
    uint64_t key;
    if (c->person[0])
        secret_digest(slice_of(c->person), &id);
    memcpy(&key, id.bytes, sizeof(key));
    return key;
}

bool caller_copy(const struct caller *c, struct caller *out)
{
    *out = *c;
    out->token = (struct secret){ 0 };
    return secret_set(&out->token, secret_slice(&c->token));
}

struct caller caller_take(struct caller *c)
{
    struct caller moved = *c;
    *c = (struct caller){ 0 };
    return moved;
}

void caller_done(struct caller *c)
{
    secret_done(&c->token);
}
