/* Generated from schema/ by `python3 -m codegen gen`; do not edit. */
#include "web/clients.h"

#include <stddef.h>

static const char *const claude_steps[] = {
    "Open Customize, then Connectors (in older versions: Settings, Connectors).",
    "Choose +, then Add custom connector.",
    "Give it the name Asana and this address, and choose Add.",
    "Choose Connect, sign in to Asana and allow what the page names.",
    "In a chat, open the tools menu and switch the connector on.",
    NULL,
};

static const struct client_snippet claude_snippets[] = {
    {
        .title = "Address to paste",
        .format = CLIENT_TEXT,
        .transports = 1 << CLIENT_HTTP | 1 << CLIENT_SSE,
        .text = "{url}",
    },
    { 0 },
};

static const char *const claude_desktop_steps[] = {
    "Install Node.js 20 or newer, which brings npx.",
    "Put the entry into Claude Desktop's settings file (Settings, Developer, Edit Config opens "
    "it).",
    "Quit Claude Desktop entirely and start it again.",
    "A browser opens: sign in to Asana and allow what the page names.",
    NULL,
};

static const char *const claude_desktop_at[] = { "mcpServers", NULL };

static const struct client_settings claude_desktop_settings = {
    .format = CLIENT_JSON,
    .linux_file = "~/.config/Claude/claude_desktop_config.json",
    .macos_file = "~/Library/Application Support/Claude/claude_desktop_config.json",
    .at = claude_desktop_at,
    .entries[CLIENT_HTTP] =
        "{\n"
        "  \"command\": \"npx\",\n"
        "  \"args\": [\"-y\", \"mcp-remote\", \"{url}\", \"--transport\", \"http-only\"]\n"
        "}",
    .entries[CLIENT_SSE] =
        "{\n"
        "  \"command\": \"npx\",\n"
        "  \"args\": [\"-y\", \"mcp-remote\", \"{url}\", \"--transport\", \"sse-only\"]\n"
        "}",
    .entries[CLIENT_STDIO] = "{\n"
                             "  \"command\": \"{program}\",\n"
                             "  \"args\": [\"stdio\"]\n"
                             "}",
    .bearer_entries[CLIENT_HTTP] =
        "{\n"
        "  \"command\": \"npx\",\n"
        "  \"args\": [\"-y\", \"mcp-remote\", \"{url}\", \"--transport\", \"http-only\", "
        "\"--header\", \"Authorization:Bearer ${ASANA_ACCESS_TOKEN}\"]\n"
        "}",
    .bearer_entries[CLIENT_SSE] =
        "{\n"
        "  \"command\": \"npx\",\n"
        "  \"args\": [\"-y\", \"mcp-remote\", \"{url}\", \"--transport\", \"sse-only\", "
        "\"--header\", \"Authorization:Bearer ${ASANA_ACCESS_TOKEN}\"]\n"
        "}",
};

static const char *const claude_code_steps[] = {
    "Run the command. With `--scope user` before the name it holds for all of your projects.",
    "Start `claude`, type `/mcp`, choose the server and then Authenticate.",
    "A browser opens: sign in to Asana and allow what the page names.",
    NULL,
};

static const struct client_snippet claude_code_snippets[] = {
    {
        .title = "Command",
        .format = CLIENT_SHELL,
        .transports = 1 << CLIENT_HTTP,
        .text = "claude mcp add --transport http {name} {url}",
    },
    {
        .title = "Command",
        .format = CLIENT_SHELL,
        .transports = 1 << CLIENT_SSE,
        .text = "claude mcp add --transport sse {name} {url}",
    },
    {
        .title = "Command",
        .format = CLIENT_SHELL,
        .transports = 1 << CLIENT_HTTP,
        .bearer = true,
        .text = "claude mcp add --scope project --transport http {name} {url} \\\n"
                "  --header 'Authorization: Bearer ${ASANA_ACCESS_TOKEN}'",
    },
    {
        .title = "Command",
        .format = CLIENT_SHELL,
        .transports = 1 << CLIENT_SSE,
        .bearer = true,
        .text = "claude mcp add --scope project --transport sse {name} {url} \\\n"
                "  --header 'Authorization: Bearer ${ASANA_ACCESS_TOKEN}'",
    },
    {
        .title = "Command that makes Claude Code start the server itself",
        .format = CLIENT_SHELL,
        .transports = 1 << CLIENT_STDIO,
        .text = "claude mcp add {name} -- {program} stdio",
    },
    { 0 },
};

static const char *const claude_code_at[] = { "mcpServers", NULL };

static const struct client_settings claude_code_settings = {
    .format = CLIENT_JSON,
    .project_file = ".mcp.json",
    .at = claude_code_at,
    .entries[CLIENT_HTTP] = "{\n"
                            "  \"type\": \"http\",\n"
                            "  \"url\": \"{url}\"\n"
                            "}",
    .entries[CLIENT_SSE] = "{\n"
                           "  \"type\": \"sse\",\n"
                           "  \"url\": \"{url}\"\n"
                           "}",
    .entries[CLIENT_STDIO] = "{\n"
                             "  \"type\": \"stdio\",\n"
                             "  \"command\": \"{program}\",\n"
                             "  \"args\": [\"stdio\"]\n"
                             "}",
    .bearer_entries[CLIENT_HTTP] = "{\n"
                                   "  \"type\": \"http\",\n"
                                   "  \"url\": \"{url}\",\n"
                                   "  \"headers\": {\n"
                                   "    \"Authorization\": \"Bearer ${ASANA_ACCESS_TOKEN}\"\n"
                                   "  }\n"
                                   "}",
    .bearer_entries[CLIENT_SSE] = "{\n"
                                  "  \"type\": \"sse\",\n"
                                  "  \"url\": \"{url}\",\n"
                                  "  \"headers\": {\n"
                                  "    \"Authorization\": \"Bearer ${ASANA_ACCESS_TOKEN}\"\n"
                                  "  }\n"
                                  "}",
};

static const char *const chatgpt_steps[] = {
    "Open Settings, Apps & Connectors (in some plans Connectors), Advanced settings, and switch "
    "Developer mode on.",
    "Choose Create, and give it the name Asana, a description, this address and the "
    "authentication OAuth.",
    "Sign in to Asana and allow what the page names.",
    "In a chat, choose + and switch the connector on.",
    NULL,
};

static const struct client_snippet chatgpt_snippets[] = {
    {
        .title = "Address to paste",
        .format = CLIENT_TEXT,
        .transports = 1 << CLIENT_HTTP | 1 << CLIENT_SSE,
        .text = "{url}",
    },
    { 0 },
};

static const char *const cursor_steps[] = {
    "Put the entry into Cursor's settings file.",
    "Open Cursor's settings, Tools & MCP; the server says Needs login.",
    "Choose it: a browser opens. Sign in to Asana and allow what the page names.",
    NULL,
};

static const char *const cursor_at[] = { "mcpServers", NULL };

static const struct client_settings cursor_settings = {
    .format = CLIENT_JSON,
    .linux_file = "~/.cursor/mcp.json",
    .macos_file = "~/.cursor/mcp.json",
    .project_file = ".cursor/mcp.json",
    .at = cursor_at,
    .entries[CLIENT_HTTP] = "{\n"
                            "  \"url\": \"{url}\"\n"
                            "}",
    .entries[CLIENT_SSE] = "{\n"
                           "  \"url\": \"{url}\"\n"
                           "}",
    .entries[CLIENT_STDIO] = "{\n"
                             "  \"command\": \"{program}\",\n"
                             "  \"args\": [\"stdio\"]\n"
                             "}",
    .bearer_entries[CLIENT_HTTP] = "{\n"
                                   "  \"url\": \"{url}\",\n"
                                   "  \"headers\": {\n"
                                   "    \"Authorization\": \"Bearer ${env:ASANA_ACCESS_TOKEN}\"\n"
                                   "  }\n"
                                   "}",
    .bearer_entries[CLIENT_SSE] = "{\n"
                                  "  \"url\": \"{url}\",\n"
                                  "  \"headers\": {\n"
                                  "    \"Authorization\": \"Bearer ${env:ASANA_ACCESS_TOKEN}\"\n"
                                  "  }\n"
                                  "}",
};

static const char *const vscode_steps[] = {
    "Run the command, or put the entry into `mcp.json` (command palette: MCP: Open User "
    "Configuration).",
    "VS Code asks whether you trust the server: choose Trust.",
    "A browser opens: sign in to Asana and allow what the page names.",
    "In the chat, choose agent mode; the tools button lists the server.",
    NULL,
};

static const struct client_snippet vscode_snippets[] = {
    {
        .title = "Command",
        .format = CLIENT_SHELL,
        .transports = 1 << CLIENT_HTTP,
        .text = "code --add-mcp '{\"name\":\"{name}\",\"type\":\"http\",\"url\":\"{url}\"}'",
    },
    {
        .title = "Command",
        .format = CLIENT_SHELL,
        .transports = 1 << CLIENT_SSE,
        .text = "code --add-mcp '{\"name\":\"{name}\",\"type\":\"sse\",\"url\":\"{url}\"}'",
    },
    { 0 },
};

static const char *const vscode_at[] = { "servers", NULL };

static const struct client_settings vscode_settings = {
    .format = CLIENT_JSONC,
    .linux_file = "~/.config/Code/User/mcp.json",
    .macos_file = "~/Library/Application Support/Code/User/mcp.json",
    .project_file = ".vscode/mcp.json",
    .at = vscode_at,
    .entries[CLIENT_HTTP] = "{\n"
                            "  \"type\": \"http\",\n"
                            "  \"url\": \"{url}\"\n"
                            "}",
    .entries[CLIENT_SSE] = "{\n"
                           "  \"type\": \"sse\",\n"
                           "  \"url\": \"{url}\"\n"
                           "}",
    .entries[CLIENT_STDIO] = "{\n"
                             "  \"type\": \"stdio\",\n"
                             "  \"command\": \"{program}\",\n"
                             "  \"args\": [\"stdio\"]\n"
                             "}",
    .bearer_entries[CLIENT_HTTP] = "{\n"
                                   "  \"type\": \"http\",\n"
                                   "  \"url\": \"{url}\",\n"
                                   "  \"headers\": {\n"
                                   "    \"Authorization\": \"Bearer ${env:ASANA_ACCESS_TOKEN}\"\n"
                                   "  }\n"
                                   "}",
    .bearer_entries[CLIENT_SSE] = "{\n"
                                  "  \"type\": \"sse\",\n"
                                  "  \"url\": \"{url}\",\n"
                                  "  \"headers\": {\n"
                                  "    \"Authorization\": \"Bearer ${env:ASANA_ACCESS_TOKEN}\"\n"
                                  "  }\n"
                                  "}",
};

static const char *const windsurf_steps[] = {
    "Put the entry into Windsurf's settings file.",
    "In Cascade, open the MCP servers and choose Refresh.",
    "A browser opens: sign in to Asana and allow what the page names.",
    NULL,
};

static const char *const windsurf_at[] = { "mcpServers", NULL };

static const struct client_settings windsurf_settings = {
    .format = CLIENT_JSON,
    .linux_file = "~/.codeium/windsurf/mcp_config.json",
    .macos_file = "~/.codeium/windsurf/mcp_config.json",
    .at = windsurf_at,
    .entries[CLIENT_HTTP] = "{\n"
                            "  \"serverUrl\": \"{url}\"\n"
                            "}",
    .entries[CLIENT_SSE] = "{\n"
                           "  \"serverUrl\": \"{url}\"\n"
                           "}",
    .entries[CLIENT_STDIO] = "{\n"
                             "  \"command\": \"{program}\",\n"
                             "  \"args\": [\"stdio\"]\n"
                             "}",
    .bearer_entries[CLIENT_HTTP] = "{\n"
                                   "  \"serverUrl\": \"{url}\",\n"
                                   "  \"headers\": {\n"
                                   "    \"Authorization\": \"Bearer ${env:ASANA_ACCESS_TOKEN}\"\n"
                                   "  }\n"
                                   "}",
    .bearer_entries[CLIENT_SSE] = "{\n"
                                  "  \"serverUrl\": \"{url}\",\n"
                                  "  \"headers\": {\n"
                                  "    \"Authorization\": \"Bearer ${env:ASANA_ACCESS_TOKEN}\"\n"
                                  "  }\n"
                                  "}",
};

static const char *const codex_steps[] = {
    "Run the commands, or put the entry into `config.toml` and run `codex mcp login asana`.",
    "A browser opens: sign in to Asana and allow what the page names.",
    "In Codex, `/mcp` lists the tools.",
    NULL,
};

static const struct client_snippet codex_snippets[] = {
    {
        .title = "Commands",
        .format = CLIENT_SHELL,
        .transports = 1 << CLIENT_HTTP,
        .text = "codex mcp add {name} --url {url}\n"
                "codex mcp login {name}",
    },
    {
        .title = "Command",
        .format = CLIENT_SHELL,
        .transports = 1 << CLIENT_HTTP,
        .bearer = true,
        .text = "codex mcp add {name} --url {url} --bearer-token-env-var ASANA_ACCESS_TOKEN",
    },
    {
        .title = "Command",
        .format = CLIENT_SHELL,
        .transports = 1 << CLIENT_STDIO,
        .text = "codex mcp add {name} -- {program} stdio",
    },
    { 0 },
};

static const char *const codex_at[] = { "mcp_servers", NULL };

static const struct client_settings codex_settings = {
    .format = CLIENT_TOML,
    .linux_file = "~/.codex/config.toml",
    .macos_file = "~/.codex/config.toml",
    .project_file = ".codex/config.toml",
    .at = codex_at,
    .entries[CLIENT_HTTP] = "url = \"{url}\"",
    .entries[CLIENT_SSE] =
        "command = \"npx\"\n"
        "args = [\"-y\", \"mcp-remote\", \"{url}\", \"--transport\", \"sse-only\"]",
    .entries[CLIENT_STDIO] = "command = \"{program}\"\n"
                             "args = [\"stdio\"]\n"
                             "env_vars = [\"ASANA_ACCESS_TOKEN\"]",
    .bearer_entries[CLIENT_HTTP] = "url = \"{url}\"\n"
                                   "bearer_token_env_var = \"ASANA_ACCESS_TOKEN\"",
    .bearer_entries[CLIENT_SSE] =
        "command = \"npx\"\n"
        "args = [\"-y\", \"mcp-remote\", \"{url}\", \"--transport\", \"sse-only\", \"--header\", "
        "\"Authorization:Bearer ${ASANA_ACCESS_TOKEN}\"]\n"
        "env_vars = [\"ASANA_ACCESS_TOKEN\"]",
};

static const char *const gemini_cli_steps[] = {
    "Run the command, or put the entry into `settings.json`.",
    "Start `gemini` and type `/mcp auth asana`.",
    "A browser opens: sign in to Asana and allow what the page names.",
    NULL,
};

static const struct client_snippet gemini_cli_snippets[] = {
    {
        .title = "Command",
        .format = CLIENT_SHELL,
        .transports = 1 << CLIENT_HTTP,
        .text = "gemini mcp add --scope user --transport http {name} {url}",
    },
    {
        .title = "Command",
        .format = CLIENT_SHELL,
        .transports = 1 << CLIENT_SSE,
        .text = "gemini mcp add --scope user --transport sse {name} {url}",
    },
    {
        .title = "Command",
        .format = CLIENT_SHELL,
        .transports = 1 << CLIENT_STDIO,
        .text = "gemini mcp add --scope user {name} {program} stdio",
    },
    { 0 },
};

static const char *const gemini_cli_at[] = { "mcpServers", NULL };

static const struct client_settings gemini_cli_settings = {
    .format = CLIENT_JSONC,
    .linux_file = "~/.gemini/settings.json",
    .macos_file = "~/.gemini/settings.json",
    .project_file = ".gemini/settings.json",
    .at = gemini_cli_at,
    .entries[CLIENT_HTTP] = "{\n"
                            "  \"httpUrl\": \"{url}\"\n"
                            "}",
    .entries[CLIENT_SSE] = "{\n"
                           "  \"url\": \"{url}\"\n"
                           "}",
    .entries[CLIENT_STDIO] = "{\n"
                             "  \"command\": \"{program}\",\n"
                             "  \"args\": [\"stdio\"]\n"
                             "}",
    .bearer_entries[CLIENT_HTTP] = "{\n"
                                   "  \"httpUrl\": \"{url}\",\n"
                                   "  \"headers\": {\n"
                                   "    \"Authorization\": \"Bearer $ASANA_ACCESS_TOKEN\"\n"
                                   "  }\n"
                                   "}",
    .bearer_entries[CLIENT_SSE] = "{\n"
                                  "  \"url\": \"{url}\",\n"
                                  "  \"headers\": {\n"
                                  "    \"Authorization\": \"Bearer $ASANA_ACCESS_TOKEN\"\n"
                                  "  }\n"
                                  "}",
};

static const char *const copilot_cli_steps[] = {
    "Put the entry into the settings file, or type `/mcp add` in a session.",
    "A browser opens: sign in to Asana and allow what the page names.",
    NULL,
};

static const char *const copilot_cli_at[] = { "mcpServers", NULL };

static const struct client_settings copilot_cli_settings = {
    .format = CLIENT_JSON,
    .linux_file = "~/.copilot/mcp-config.json",
    .macos_file = "~/.copilot/mcp-config.json",
    .project_file = ".mcp.json",
    .at = copilot_cli_at,
    .entries[CLIENT_HTTP] = "{\n"
                            "  \"type\": \"http\",\n"
                            "  \"url\": \"{url}\",\n"
                            "  \"tools\": [\"*\"]\n"
                            "}",
    .entries[CLIENT_SSE] = "{\n"
                           "  \"type\": \"sse\",\n"
                           "  \"url\": \"{url}\",\n"
                           "  \"tools\": [\"*\"]\n"
                           "}",
    .entries[CLIENT_STDIO] = "{\n"
                             "  \"type\": \"local\",\n"
                             "  \"command\": \"{program}\",\n"
                             "  \"args\": [\"stdio\"],\n"
                             "  \"tools\": [\"*\"]\n"
                             "}",
};

static const char *const opencode_steps[] = {
    "Put the entry into `opencode.json`.",
    "Run `opencode mcp auth asana`.",
    "A browser opens: sign in to Asana and allow what the page names.",
    NULL,
};

static const char *const opencode_at[] = { "mcp", "servers", NULL };

static const struct client_settings opencode_settings = {
    .format = CLIENT_JSONC,
    .linux_file = "~/.config/opencode/opencode.json",
    .macos_file = "~/.config/opencode/opencode.json",
    .project_file = "opencode.json",
    .at = opencode_at,
    .entries[CLIENT_HTTP] = "{\n"
                            "  \"type\": \"remote\",\n"
                            "  \"url\": \"{url}\"\n"
                            "}",
    .entries[CLIENT_STDIO] = "{\n"
                             "  \"type\": \"local\",\n"
                             "  \"command\": [\"{program}\", \"stdio\"]\n"
                             "}",
    .bearer_entries[CLIENT_HTTP] = "{\n"
                                   "  \"type\": \"remote\",\n"
                                   "  \"url\": \"{url}\",\n"
                                   "  \"headers\": {\n"
                                   "    \"Authorization\": \"Bearer {env:ASANA_ACCESS_TOKEN}\"\n"
                                   "  }\n"
                                   "}",
};

static const char *const zed_steps[] = {
    "Put the entry into Zed's settings (command palette: zed: open settings file).",
    "In Settings, AI, MCP Servers, the server offers Authenticate.",
    "A browser opens: sign in to Asana and allow what the page names.",
    NULL,
};

static const char *const zed_at[] = { "context_servers", NULL };

static const struct client_settings zed_settings = {
    .format = CLIENT_JSONC,
    .linux_file = "~/.config/zed/settings.json",
    .macos_file = "~/.config/zed/settings.json",
    .project_file = ".zed/settings.json",
    .at = zed_at,
    .entries[CLIENT_HTTP] = "{\n"
                            "  \"url\": \"{url}\"\n"
                            "}",
    .entries[CLIENT_STDIO] = "{\n"
                             "  \"command\": \"{program}\",\n"
                             "  \"args\": [\"stdio\"],\n"
                             "  \"env\": {}\n"
                             "}",
};

static const char *const cline_steps[] = {
    "In Cline, open the MCP servers, Configure, Configure MCP Servers; this opens its settings "
    "file.",
    "Put the entry there and save.",
    "A browser opens: sign in to Asana and allow what the page names.",
    NULL,
};

static const char *const cline_at[] = { "mcpServers", NULL };

static const struct client_settings cline_settings = {
    .format = CLIENT_JSON,
    .linux_file = "~/.cline/data/settings/cline_mcp_settings.json",
    .macos_file = "~/.cline/data/settings/cline_mcp_settings.json",
    .at = cline_at,
    .entries[CLIENT_HTTP] = "{\n"
                            "  \"type\": \"streamableHttp\",\n"
                            "  \"url\": \"{url}\"\n"
                            "}",
    .entries[CLIENT_SSE] = "{\n"
                           "  \"type\": \"sse\",\n"
                           "  \"url\": \"{url}\"\n"
                           "}",
    .entries[CLIENT_STDIO] = "{\n"
                             "  \"command\": \"{program}\",\n"
                             "  \"args\": [\"stdio\"]\n"
                             "}",
};

static const char *const mcp_remote_steps[] = {
    "Install Node.js 20 or newer, which brings npx.",
    "Give your assistant this command, or the entry below if it reads `mcpServers`.",
    "A browser opens: sign in to Asana and allow what the page names.",
    NULL,
};

static const struct client_snippet mcp_remote_snippets[] = {
    {
        .title = "Command",
        .format = CLIENT_SHELL,
        .transports = 1 << CLIENT_HTTP,
        .text = "npx -y mcp-remote {url} --transport http-only",
    },
    {
        .title = "Command",
        .format = CLIENT_SHELL,
        .transports = 1 << CLIENT_SSE,
        .text = "npx -y mcp-remote {url} --transport sse-only",
    },
    {
        .title = "Command",
        .format = CLIENT_SHELL,
        .transports = 1 << CLIENT_HTTP | 1 << CLIENT_SSE,
        .bearer = true,
        .text = "npx -y mcp-remote {url} --header 'Authorization:Bearer ${ASANA_ACCESS_TOKEN}'",
    },
    {
        .title = "Entry",
        .format = CLIENT_JSON,
        .transports = 1 << CLIENT_HTTP | 1 << CLIENT_SSE,
        .text = "{\n"
                "  \"mcpServers\": {\n"
                "    \"{name}\": {\n"
                "      \"command\": \"npx\",\n"
                "      \"args\": [\"-y\", \"mcp-remote\", \"{url}\"]\n"
                "    }\n"
                "  }\n"
                "}",
    },
    { 0 },
};

static const char *const inspector_steps[] = {
    "Install Node.js 22 or newer.",
    "Run the command; without `--cli` a page opens in the browser, where you choose the transport "
    "and Connect.",
    NULL,
};

static const struct client_snippet inspector_snippets[] = {
    {
        .title = "List the tools",
        .format = CLIENT_SHELL,
        .transports = 1 << CLIENT_HTTP,
        .text = "npx -y @modelcontextprotocol/inspector --cli {url} --transport http --method "
                "tools/list",
    },
    {
        .title = "List the tools",
        .format = CLIENT_SHELL,
        .transports = 1 << CLIENT_SSE,
        .text = "npx -y @modelcontextprotocol/inspector --cli {url} --transport sse --method "
                "tools/list",
    },
    {
        .title = "List the tools",
        .format = CLIENT_SHELL,
        .transports = 1 << CLIENT_HTTP | 1 << CLIENT_SSE,
        .bearer = true,
        .text = "npx -y @modelcontextprotocol/inspector --cli {url} --method tools/list \\\n"
                "  --header \"Authorization: Bearer $ASANA_ACCESS_TOKEN\"",
    },
    {
        .title = "List the tools",
        .format = CLIENT_SHELL,
        .transports = 1 << CLIENT_STDIO,
        .text = "npx -y @modelcontextprotocol/inspector --cli {program} stdio --method tools/list",
    },
    {
        .title = "Call a tool",
        .format = CLIENT_SHELL,
        .transports = 1 << CLIENT_HTTP,
        .text = "npx -y @modelcontextprotocol/inspector --cli {url} --transport http \\\n"
                "  --method tools/call --tool-name asana_list_workspaces",
    },
    { 0 },
};

static const char *const openai_api_steps[] = {
    "Get an access token: your program signs its user in with this server's OAuth (see the "
    "metadata at `/.well-known/oauth-authorization-server`), or, where the server runs with "
    "`--auth bearer`, takes a personal access token of Asana's.",
    "Send it as `authorization` in each request; OpenAI does not keep it.",
    NULL,
};

static const struct client_snippet openai_api_snippets[] = {
    {
        .title = "Request",
        .format = CLIENT_SHELL,
        .transports = 1 << CLIENT_HTTP | 1 << CLIENT_SSE,
        .text = "curl https://api.openai.com/v1/responses \\\n"
                "  -H 'Content-Type: application/json' \\\n"
                "  -H \"Authorization: Bearer $OPENAI_API_KEY\" \\\n"
                "  -d '{\n"
                "    \"model\": \"gpt-5\",\n"
                "    \"input\": \"What are my tasks for this week?\",\n"
                "    \"tools\": [{\n"
                "      \"type\": \"mcp\",\n"
                "      \"server_label\": \"{name}\",\n"
                "      \"server_url\": \"{url}\",\n"
                "      \"authorization\": \"'\"$ASANA_MCP_TOKEN\"'\",\n"
                "      \"require_approval\": \"always\"\n"
                "    }]\n"
                "  }'",
    },
    {
        .title = "The same in Python",
        .format = CLIENT_PYTHON,
        .transports = 1 << CLIENT_HTTP | 1 << CLIENT_SSE,
        .text = "import os\n"
                "\n"
                "from openai import OpenAI\n"
                "\n"
                "answer = OpenAI().responses.create(\n"
                "    model=\"gpt-5\",\n"
                "    input=\"What are my tasks for this week?\",\n"
                "    tools=[\n"
                "        {\n"
                "            \"type\": \"mcp\",\n"
                "            \"server_label\": \"{name}\",\n"
                "            \"server_url\": \"{url}\",\n"
                "            \"authorization\": os.environ[\"ASANA_MCP_TOKEN\"],\n"
                "            \"allowed_tools\": [\"asana_search_tasks\", \"asana_get_task\"],\n"
                "            \"require_approval\": \"never\",\n"
                "        }\n"
                "    ],\n"
                ")\n"
                "print(answer.output_text)",
    },
    { 0 },
};

static const char *const anthropic_api_steps[] = {
    "Get an access token: your program signs its user in with this server's OAuth (see the "
    "metadata at `/.well-known/oauth-authorization-server`), or, where the server runs with "
    "`--auth bearer`, takes a personal access token of Asana's.",
    "Send it as `authorization_token` in each request, with the beta header.",
    NULL,
};

static const struct client_snippet anthropic_api_snippets[] = {
    {
        .title = "Request",
        .format = CLIENT_SHELL,
        .transports = 1 << CLIENT_HTTP | 1 << CLIENT_SSE,
        .text = "curl https://api.anthropic.com/v1/messages \\\n"
                "  -H 'Content-Type: application/json' \\\n"
                "  -H \"X-API-Key: $ANTHROPIC_API_KEY\" \\\n"
                "  -H 'anthropic-version: 2023-06-01' \\\n"
                "  -H 'anthropic-beta: mcp-client-2025-11-20' \\\n"
                "  -d '{\n"
                "    \"model\": \"claude-sonnet-4-5\",\n"
                "    \"max_tokens\": 1000,\n"
                "    \"messages\": [{\"role\": \"user\", \"content\": \"What are my tasks for this "
                "week?\"}],\n"
                "    \"mcp_servers\": [{\n"
                "      \"type\": \"url\",\n"
                "      \"url\": \"{url}\",\n"
                "      \"name\": \"{name}\",\n"
                "      \"authorization_token\": \"'\"$ASANA_MCP_TOKEN\"'\"\n"
                "    }],\n"
                "    \"tools\": [{\"type\": \"mcp_toolset\", \"mcp_server_name\": \"{name}\"}]\n"
                "  }'",
    },
    { 0 },
};

static const char *const azure_api_management_steps[] = {
    "In the API Management instance, open MCP servers, Create MCP server, Expose an existing MCP "
    "server.",
    "Give it this address as the server's base URL, and a base path of your own.",
    "To let the gateway sign in, make a credential provider of the kind OAuth 2.0 with PKCE: this "
    "server's `/authorize` and `/token`, the client id and secret of a `[client NAME]` section in "
    "the server's settings file, and the gateway's redirect URL in that section.",
    "Otherwise pass the caller's `Authorization` header on.",
    NULL,
};

static const struct client_snippet azure_api_management_snippets[] = {
    {
        .title = "Server base URL",
        .format = CLIENT_TEXT,
        .transports = 1 << CLIENT_HTTP | 1 << CLIENT_SSE,
        .text = "{url}",
    },
    {
        .title = "The client in this server's settings file",
        .format = CLIENT_INI,
        .transports = 1 << CLIENT_HTTP | 1 << CLIENT_SSE,
        .text = "# for {base}\n"
                "[client azure]\n"
                "id = azure-api-management\n"
                "secret = AT-LEAST-32-RANDOM-CHARACTERS\n"
                "redirect_uri = "
                "https://authorization-manager.consent.azure-apim.net/redirect/apim/NAME",
    },
    { 0 },
};

static const char *const copilot_studio_steps[] = {
    "The operator allows the redirect URL of your environment first: `--allow-redirect "
    "'https://global.consent.azure-apim.net/redirect/*'`.",
    "On the agent's page Tools choose Add a tool, New tool, Model Context Protocol.",
    "Give it a name, a description and this address; as authentication choose OAuth 2.0, Dynamic "
    "discovery.",
    "Create a connection: sign in to Asana and allow what the page names.",
    NULL,
};

static const struct client_snippet copilot_studio_snippets[] = {
    {
        .title = "Server URL",
        .format = CLIENT_TEXT,
        .transports = 1 << CLIENT_HTTP | 1 << CLIENT_SSE,
        .text = "{url}",
    },
    { 0 },
};

static const char *const other_steps[] = {
    "Look up where your client keeps its servers, and put the entry there.",
    "If it knows no addresses, use mcp-remote. If it cannot sign in and sends no header, let it "
    "start `asana-mcp stdio`.",
    NULL,
};

static const char *const other_at[] = { "mcpServers", NULL };

static const struct client_settings other_settings = {
    .format = CLIENT_JSON,
    .project_file = ".mcp.json",
    .at = other_at,
    .entries[CLIENT_HTTP] = "{\n"
                            "  \"type\": \"http\",\n"
                            "  \"url\": \"{url}\"\n"
                            "}",
    .entries[CLIENT_SSE] = "{\n"
                           "  \"type\": \"sse\",\n"
                           "  \"url\": \"{url}\"\n"
                           "}",
    .entries[CLIENT_STDIO] = "{\n"
                             "  \"command\": \"{program}\",\n"
                             "  \"args\": [\"stdio\"]\n"
                             "}",
    .bearer_entries[CLIENT_HTTP] = "{\n"
                                   "  \"type\": \"http\",\n"
                                   "  \"url\": \"{url}\",\n"
                                   "  \"headers\": {\n"
                                   "    \"Authorization\": \"Bearer ${ASANA_ACCESS_TOKEN}\"\n"
                                   "  }\n"
                                   "}",
    .bearer_entries[CLIENT_SSE] = "{\n"
                                  "  \"type\": \"sse\",\n"
                                  "  \"url\": \"{url}\",\n"
                                  "  \"headers\": {\n"
                                  "    \"Authorization\": \"Bearer ${ASANA_ACCESS_TOKEN}\"\n"
                                  "  }\n"
                                  "}",
};

const struct client client_registry[] = {
    {
        .name = "claude",
        .title = "Claude",
        .group = "Assistants",
        .about = "Claude on the web, in the desktop program and on phones.",
        .docs =
            "https://support.claude.com/en/articles/11175166-getting-started-with-custom-connector"
            "s-using-remote-mcp",
        .best = CLIENT_HTTP,
        .transports = 1 << CLIENT_HTTP | 1 << CLIENT_SSE,
        .signs_in = true,
        .from_outside = true,
        .steps = claude_steps,
        .snippets = claude_snippets,
    },
    {
        .name = "claude-desktop",
        .title = "Claude Desktop (local)",
        .group = "Assistants",
        .about = "Claude Desktop with a server that only your machine or your network can reach.",
        .docs = "https://modelcontextprotocol.io/docs/develop/connect-local-servers",
        .best = CLIENT_HTTP,
        .transports = 1 << CLIENT_HTTP | 1 << CLIENT_SSE | 1 << CLIENT_STDIO,
        .signs_in = true,
        .sends_bearer = true,
        .steps = claude_desktop_steps,
        .settings = &claude_desktop_settings,
    },
    {
        .name = "claude-code",
        .title = "Claude Code",
        .group = "In the terminal",
        .about = "Claude in the terminal.",
        .docs = "https://code.claude.com/docs/en/mcp",
        .best = CLIENT_HTTP,
        .transports = 1 << CLIENT_HTTP | 1 << CLIENT_SSE | 1 << CLIENT_STDIO,
        .signs_in = true,
        .sends_bearer = true,
        .steps = claude_code_steps,
        .snippets = claude_code_snippets,
        .settings = &claude_code_settings,
    },
    {
        .name = "chatgpt",
        .title = "ChatGPT",
        .group = "Assistants",
        .about = "ChatGPT in developer mode, deep research and company knowledge.",
        .docs = "https://developers.openai.com/apps-sdk/deploy/connect-chatgpt",
        .best = CLIENT_HTTP,
        .transports = 1 << CLIENT_HTTP | 1 << CLIENT_SSE,
        .signs_in = true,
        .from_outside = true,
        .steps = chatgpt_steps,
        .snippets = chatgpt_snippets,
    },
    {
        .name = "cursor",
        .title = "Cursor",
        .group = "Editors",
        .about = "The editor Cursor and its command line.",
        .docs = "https://cursor.com/docs/mcp",
        .best = CLIENT_HTTP,
        .transports = 1 << CLIENT_HTTP | 1 << CLIENT_SSE | 1 << CLIENT_STDIO,
        .signs_in = true,
        .sends_bearer = true,
        .steps = cursor_steps,
        .settings = &cursor_settings,
    },
    {
        .name = "vscode",
        .title = "VS Code",
        .group = "Editors",
        .about = "Visual Studio Code with GitHub Copilot.",
        .docs = "https://code.visualstudio.com/docs/agents/reference/mcp-configuration",
        .best = CLIENT_HTTP,
        .transports = 1 << CLIENT_HTTP | 1 << CLIENT_SSE | 1 << CLIENT_STDIO,
        .signs_in = true,
        .sends_bearer = true,
        .steps = vscode_steps,
        .snippets = vscode_snippets,
        .settings = &vscode_settings,
    },
    {
        .name = "windsurf",
        .title = "Windsurf",
        .group = "Editors",
        .about = "The editor Windsurf and its assistant Cascade.",
        .docs = "https://docs.windsurf.com/windsurf/cascade/mcp",
        .best = CLIENT_HTTP,
        .transports = 1 << CLIENT_HTTP | 1 << CLIENT_SSE | 1 << CLIENT_STDIO,
        .signs_in = true,
        .sends_bearer = true,
        .steps = windsurf_steps,
        .settings = &windsurf_settings,
    },
    {
        .name = "codex",
        .title = "Codex",
        .group = "In the terminal",
        .about = "OpenAI's Codex: command line, editor extension and desktop program share one "
                 "settings file.",
        .docs = "https://developers.openai.com/codex/mcp",
        .best = CLIENT_HTTP,
        .transports = 1 << CLIENT_HTTP | 1 << CLIENT_SSE | 1 << CLIENT_STDIO,
        .signs_in = true,
        .sends_bearer = true,
        .steps = codex_steps,
        .snippets = codex_snippets,
        .settings = &codex_settings,
    },
    {
        .name = "gemini-cli",
        .title = "Gemini CLI",
        .group = "In the terminal",
        .about = "Google's assistant for the terminal.",
        .docs = "https://geminicli.com/docs/tools/mcp-server/",
        .best = CLIENT_HTTP,
        .transports = 1 << CLIENT_HTTP | 1 << CLIENT_SSE | 1 << CLIENT_STDIO,
        .signs_in = true,
        .sends_bearer = true,
        .steps = gemini_cli_steps,
        .snippets = gemini_cli_snippets,
        .settings = &gemini_cli_settings,
    },
    {
        .name = "copilot-cli",
        .title = "Copilot CLI",
        .group = "In the terminal",
        .about = "GitHub Copilot in the terminal.",
        .docs = "https://docs.github.com/en/copilot/how-tos/copilot-cli",
        .best = CLIENT_HTTP,
        .transports = 1 << CLIENT_HTTP | 1 << CLIENT_SSE | 1 << CLIENT_STDIO,
        .signs_in = true,
        .steps = copilot_cli_steps,
        .settings = &copilot_cli_settings,
    },
    {
        .name = "opencode",
        .title = "OpenCode",
        .group = "In the terminal",
        .about = "The open-source assistant for the terminal.",
        .docs = "https://opencode.ai/v2/docs/mcp-servers/",
        .best = CLIENT_HTTP,
        .transports = 1 << CLIENT_HTTP | 1 << CLIENT_STDIO,
        .signs_in = true,
        .sends_bearer = true,
        .steps = opencode_steps,
        .settings = &opencode_settings,
    },
    {
        .name = "zed",
        .title = "Zed",
        .group = "Editors",
        .about = "The editor Zed.",
        .docs = "https://zed.dev/docs/ai/mcp",
        .best = CLIENT_HTTP,
        .transports = 1 << CLIENT_HTTP | 1 << CLIENT_STDIO,
        .signs_in = true,
        .steps = zed_steps,
        .settings = &zed_settings,
    },
    {
        .name = "cline",
        .title = "Cline",
        .group = "Editors",
        .about = "The assistant Cline, in VS Code and in the terminal.",
        .docs = "https://docs.cline.bot/mcp/mcp-overview",
        .best = CLIENT_HTTP,
        .transports = 1 << CLIENT_HTTP | 1 << CLIENT_SSE | 1 << CLIENT_STDIO,
        .signs_in = true,
        .steps = cline_steps,
        .settings = &cline_settings,
    },
    {
        .name = "mcp-remote",
        .title = "mcp-remote",
        .group = "Bridges and tools",
        .about = "A bridge for assistants that only start programs (stdio) and know no addresses.",
        .docs = "https://www.npmjs.com/package/mcp-remote",
        .best = CLIENT_HTTP,
        .transports = 1 << CLIENT_HTTP | 1 << CLIENT_SSE,
        .signs_in = true,
        .sends_bearer = true,
        .steps = mcp_remote_steps,
        .snippets = mcp_remote_snippets,
    },
    {
        .name = "inspector",
        .title = "MCP Inspector",
        .group = "Bridges and tools",
        .about = "The protocol's own tool for looking at a server.",
        .docs = "https://github.com/modelcontextprotocol/inspector",
        .best = CLIENT_HTTP,
        .transports = 1 << CLIENT_HTTP | 1 << CLIENT_SSE | 1 << CLIENT_STDIO,
        .signs_in = true,
        .sends_bearer = true,
        .steps = inspector_steps,
        .snippets = inspector_snippets,
    },
    {
        .name = "openai-api",
        .title = "OpenAI Responses API",
        .group = "Programming interfaces",
        .about = "Programs that call OpenAI's models and hand them this server as a tool.",
        .docs = "https://developers.openai.com/api/docs/guides/tools-remote-mcp",
        .best = CLIENT_HTTP,
        .transports = 1 << CLIENT_HTTP | 1 << CLIENT_SSE,
        .sends_bearer = true,
        .from_outside = true,
        .steps = openai_api_steps,
        .snippets = openai_api_snippets,
    },
    {
        .name = "anthropic-api",
        .title = "Anthropic Messages API",
        .group = "Programming interfaces",
        .about = "Programs that call Claude's models and hand them this server.",
        .docs = "https://platform.claude.com/docs/en/agents-and-tools/mcp-connector",
        .best = CLIENT_HTTP,
        .transports = 1 << CLIENT_HTTP | 1 << CLIENT_SSE,
        .sends_bearer = true,
        .from_outside = true,
        .steps = anthropic_api_steps,
        .snippets = anthropic_api_snippets,
    },
    {
        .name = "azure-api-management",
        .title = "Azure API Management",
        .group = "Platforms",
        .about = "A gateway between assistants and this server.",
        .docs = "https://learn.microsoft.com/azure/api-management/expose-existing-mcp-server",
        .best = CLIENT_HTTP,
        .transports = 1 << CLIENT_HTTP | 1 << CLIENT_SSE,
        .signs_in = true,
        .sends_bearer = true,
        .from_outside = true,
        .steps = azure_api_management_steps,
        .snippets = azure_api_management_snippets,
    },
    {
        .name = "copilot-studio",
        .title = "Copilot Studio",
        .group = "Platforms",
        .about = "Agents of Microsoft Copilot Studio.",
        .docs =
            "https://learn.microsoft.com/microsoft-copilot-studio/mcp-add-existing-server-to-agent",
        .best = CLIENT_HTTP,
        .transports = 1 << CLIENT_HTTP,
        .signs_in = true,
        .sends_bearer = true,
        .from_outside = true,
        .steps = copilot_studio_steps,
        .snippets = copilot_studio_snippets,
    },
    {
        .name = "other",
        .title = "Another client",
        .group = "Bridges and tools",
        .about = "Whatever reads the common form, an object `mcpServers`.",
        .docs = "https://modelcontextprotocol.io/clients",
        .best = CLIENT_HTTP,
        .transports = 1 << CLIENT_HTTP | 1 << CLIENT_SSE | 1 << CLIENT_STDIO,
        .signs_in = true,
        .sends_bearer = true,
        .steps = other_steps,
        .settings = &other_settings,
    },
    { 0 },
};
