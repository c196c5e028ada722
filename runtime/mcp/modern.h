/* modern.h: requests of revision 2026-07-28, which carry in _meta what legacy clients settle in
 * initialize (specification 2026-07-28, "_meta", "Versioning").
 *
 * Pure functions; any thread. */
#pragma once

#include "base/buf.h"
#include "mcp/peer.h"
#include "mcp/rpc.h"

#include <stdbool.h>

#define META_PROTOCOL_VERSION "io.modelcontextprotocol/protocolVersion"
#define META_CLIENT_CAPABILITIES "io.modelcontextprotocol/clientCapabilities"
#define META_CLIENT_INFO "io.modelcontextprotocol/clientInfo"
#define META_LOG_LEVEL "io.modelcontextprotocol/logLevel"
#define META_SERVER_INFO "io.modelcontextprotocol/serverInfo"
#define META_SUBSCRIPTION_ID "io.modelcontextprotocol/subscriptionId"

/* The protocolVersion that the message itself names; NULL when it names none. */
const char *modern_version(const struct rpc_message *m);
/* Whether a message belongs to this era. version is the MCP-Protocol-Version header, NULL when
 * there is none (and on stdio). An initialize without a version in _meta is always legacy. */
bool modern_is(const struct rpc_message *m, const char *version);
/* What _meta says of the peer. False when a required member is missing or wrong, the version is
 * unknown, or not what the header says (a missing header is not looked at: the transport that needs
 * one says so): refusal is then the whole error response, and *code its code. Notifications and
 * responses need no _meta. */
bool modern_peer(const struct rpc_message *m, const char *version, struct mcp_peer *out,
                 struct buf *refusal, enum rpc_code *code);
/* The JSON array of the versions that _meta may name. */
void modern_put_versions(struct buf *b);
