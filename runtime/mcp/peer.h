/* peer.h: what is known of the client that sent a message: of a legacy session since initialize, of
 * a modern request (2026-07-28) from its own _meta.
 *
 * Plain data; any thread. */
#pragma once

#include "mcp/revision.h"
#include "tool/call.h"

#include <cjson/cJSON.h>
#include <stdbool.h>

#define MCP_LOG_OFF (-1)
#define MCP_CLIENT 64

struct mcp_peer {
    bool initialized; /* initialize has been answered; the rest counts only then. True for modern */
    enum mcp_revision revision;
    unsigned can;            /* 1u << enum call_input_kind; elicitation means its form mode */
    int log_level;           /* the least severe enum call_level that it wants, or MCP_LOG_OFF */
    char client[MCP_CLIENT]; /* what it calls itself, "NAME/VERSION", perhaps cut; "" when it does
                                not say */
};

/* The bits of can that a ClientCapabilities object (may be NULL) declares in that revision. */
unsigned mcp_peer_can(const cJSON *capabilities, enum mcp_revision r);
/* Reads an Implementation object (may be NULL): UTF-8 without control bytes. */
void mcp_peer_name(struct mcp_peer *peer, const cJSON *info);
/* "debug" … "emergency"; false when name is NULL or none of them. */
bool mcp_level_find(const char *name, enum call_level *out);
const char *mcp_level_name(enum call_level level);
