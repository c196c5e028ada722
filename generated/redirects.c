/* Generated from schema/ by `python3 -m codegen gen`; do not edit. */
#include "oauth/redirect.h"

#include <stddef.h>

const char *const redirect_known[] = {
    "http://loopback/*",
    "https://claude.ai/api/mcp/auth_callback",
    "https://claude.com/api/mcp/auth_callback",
    "https://chatgpt.com/connector_platform_oauth_redirect",
    "https://chatgpt.com/connector/oauth/*",
    "cursor://anysphere.cursor-mcp/oauth/callback",
    "https://www.cursor.com/agents/mcp/oauth/callback",
    "https://vscode.dev/redirect",
    "https://insiders.vscode.dev/redirect",
    NULL,
};
