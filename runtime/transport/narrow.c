#include "transport/narrow.h"

#include "mcp/scope.h"

#include <string.h>
#include <strings.h>

static const struct {
    const char *parameter, *header;
} words[] = {
    { "toolsets", "X-MCP-Toolsets" },
    { "profile", "X-MCP-Profile" },
    { "read_only", "X-MCP-Readonly" },
};
enum { TOOLSETS, PROFILE, READ_ONLY, WORDS };

static bool is_yes(const char *text)
{
    return text && strcmp(text, "0") != 0 && strcasecmp(text, "false") != 0 &&
           strcasecmp(text, "no") != 0;
}

static bool apply(struct caller *c, const char *const given[WORDS])
{
    c->read_only |= is_yes(given[READ_ONLY]);
    return (!given[TOOLSETS] || scope_narrow(c, given[TOOLSETS])) &&
           (!given[PROFILE] || scope_narrow_profile(c, given[PROFILE]));
}

bool narrow_caller(const struct http_exchange *x, struct caller *caller)
{
    const char *in_address[WORDS], *in_headers[WORDS];
    for (size_t i = 0; i < WORDS; i++) {
        in_address[i] = http_query(x, words[i].parameter);
        in_headers[i] = http_header(x, words[i].header);
    }
    if (in_address[PROFILE])
        in_headers[PROFILE] = NULL; /* two profiles at once are none that anybody made */
    return apply(caller, in_address) && apply(caller, in_headers);
}

void narrow_put(const struct http_exchange *x, struct buf *b)
{
    for (size_t i = 0; i < WORDS; i++) {
        const char *value = http_query(x, words[i].parameter);
        if (!value)
            continue;
        buf_char(b, '&');
        buf_str(b, words[i].parameter);
        buf_char(b, '=');
        buf_url_encoded(b, slice_of(value));
    }
}
