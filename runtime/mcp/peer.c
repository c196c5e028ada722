#include "mcp/peer.h"

#include "base/json.h"

#include <stdio.h>
#include <string.h>

/* Since 2025-11-25 a client may have several modes of elicitation; one that names none means the
 * form (specification, "Elicitation", Capabilities). */
static bool can_elicit(const cJSON *capabilities, enum mcp_revision r)
{
    const cJSON *elicitation = json_get(capabilities, "elicitation");
    if (!cJSON_IsObject(elicitation) || r < MCP_2025_06_18)
        return false;
    return r < MCP_2025_11_25 || json_get(elicitation, "form") || !json_get(elicitation, "url");
}

unsigned mcp_peer_can(const cJSON *capabilities, enum mcp_revision r)
{
    unsigned can = 0;
    if (can_elicit(capabilities, r))
        can |= 1u << CALL_ELICIT;
    if (cJSON_IsObject(json_get(capabilities, "sampling")))
        can |= 1u << CALL_SAMPLE;
    if (cJSON_IsObject(json_get(capabilities, "roots")))
        can |= 1u << CALL_ROOTS;
    return can;
}

void mcp_peer_name(struct mcp_peer *peer, const cJSON *info)
{
    char *out = peer->client;
    const char *name = json_get_string(info, "name");
    const char *version = json_get_string(info, "version");
    snprintf(out, MCP_CLIENT, "%s%s%s", name ? name : "", name && version ? "/" : "",
             name && version ? version : "");
    size_t len = strlen(out), last = len;
    while (last && ((unsigned char)out[last - 1] & 0xC0) == 0x80)
        last--;
    if (len == MCP_CLIENT - 1 && last && (unsigned char)out[last - 1] >= 0xC0)
        out[last - 1] = '\0'; /* the last character may be cut */
    for (char *p = out; *p; p++)
        if ((unsigned char)*p < ' ' || *p == 0x7F)
            *p = ' ';
}

static const char *const levels[] = {
    [CALL_DEBUG] = "debug",     [CALL_INFO] = "info",           [CALL_NOTICE] = "notice",
    [CALL_WARNING] = "warning", [CALL_ERROR] = "error",         [CALL_CRITICAL] = "critical",
    [CALL_ALERT] = "alert",     [CALL_EMERGENCY] = "emergency",
};

bool mcp_level_find(const char *name, enum call_level *out)
{
    for (unsigned i = 0; name && i < sizeof(levels) / sizeof(*levels); i++) {
        if (strcmp(name, levels[i]) == 0) {
            *out = (enum call_level)i;
            return true;
        }
    }
    return false;
}

const char *mcp_level_name(enum call_level level)
{
    return levels[level];
}
