/* Generated from schema/ by `python3 -m codegen gen`; do not edit. */
#include "pages.h"

static void text(struct buf *out, const char *value)
{
    buf_html_escaped(out, slice_of(value));
}

static void layout_head(struct buf *out)
{
    buf_str(out, "<!doctype html>\n"
                 "<html lang=\"en\">\n"
                 "<head>\n"
                 "<meta charset=\"utf-8\">\n"
                 "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                 "<meta name=\"robots\" content=\"noindex\">\n"
                 "<meta name=\"color-scheme\" content=\"light dark\">\n"
                 "<title>");
}

static void layout_top(struct buf *out, const char *server)
{
    buf_str(out, " · ");
    text(out, server);
    buf_str(out, "</title>\n");
    buf_str(out, "<style>:root {\n"
                 "color-scheme: light dark;\n"
                 "--ground: #f4f3f1;\n"
                 "--paper: #ffffff;\n"
                 "--ink: #1d1f2b;\n"
                 "--quiet: #5b5e6d;\n"
                 "--line: #dcdbd6;\n"
                 "--edge: #8b8d9a;\n"
                 "--tint: #f7f6f4;\n"
                 "--accent: #3a4fc4;\n"
                 "--accent-strong: #2b3ca3;\n"
                 "--on-accent: #ffffff;\n"
                 "--warn-ground: #fdf3dc;\n"
                 "--warn-line: #e0b64e;\n"
                 "--warn-ink: #5c3f00;\n"
                 "--good-ground: #e6f4ea;\n"
                 "--good-line: #7dba8f;\n"
                 "--good-ink: #164a27;\n"
                 "--bad: #a6262c;\n"
                 "}\n"
                 "@media (prefers-color-scheme: dark) {\n"
                 ":root {\n"
                 "--ground: #14151c;\n"
                 "--paper: #1d1f29;\n"
                 "--ink: #ecedf3;\n"
                 "--quiet: #a9acbb;\n"
                 "--line: #343745;\n"
                 "--edge: #777b8e;\n"
                 "--tint: #242733;\n"
                 "--accent: #a5b4ff;\n"
                 "--accent-strong: #c0cbff;\n"
                 "--on-accent: #14162a;\n"
                 "--warn-ground: #33290f;\n"
                 "--warn-line: #7d6223;\n"
                 "--warn-ink: #f6dd9d;\n"
                 "--good-ground: #12301c;\n"
                 "--good-line: #2f6d43;\n"
                 "--good-ink: #b6e6c4;\n"
                 "--bad: #ff9b9b;\n"
                 "}\n"
                 "}\n"
                 "* { box-sizing: border-box; }\n"
                 "html { -webkit-text-size-adjust: 100%; }\n"
                 "body {\n"
                 "margin: 0;\n"
                 "min-height: 100vh;\n"
                 "display: flex;\n"
                 "flex-direction: column;\n"
                 "align-items: center;\n"
                 "padding: 2rem 1rem;\n"
                 "background: var(--ground);\n"
                 "color: var(--ink);\n"
                 "font: 1rem/1.5 system-ui, -apple-system, \"Segoe UI\", Roboto, \"Noto Sans\","
                 " sans-serif;\n"
                 "}\n"
                 "header, main, footer { width: 100%; max-width: 34rem; }\n"
                 "header { display: flex; align-items: center; gap: .75rem; margin-bottom: "
                 "1.25rem; padding: 0 .25rem; }\n"
                 "header p { margin: 0; font-weight: 600; line-height: 1.3; }\n"
                 "header span { display: block; font-weight: 400; font-size: .875rem; color: "
                 "var(--quiet); overflow-wrap: anywhere; }\n"
                 ".mark { width: 2.25rem; height: 2.25rem; flex: none; fill: none; stroke: "
                 "var(--accent); stroke-width: 3; }\n"
                 "main {\n"
                 "background: var(--paper);\n"
                 "border: 1px solid var(--line);\n"
                 "border-radius: 1rem;\n"
                 "padding: 2rem;\n"
                 "box-shadow: 0 1px 2px rgb(0 0 0 / 4%), 0 8px 24px rgb(0 0 0 / 6%);\n"
                 "}\n"
                 "footer { margin-top: 1.25rem; padding: 0 .25rem; font-size: .875rem; color: "
                 "var(--quiet); }\n"
                 "footer p { margin: 0; }\n"
                 "h1 { margin: 0 0 1rem; font-size: 1.5rem; line-height: 1.25; letter-spacing: "
                 "-.01em; overflow-wrap: anywhere; text-wrap: balance; }\n"
                 "h2 { margin: 1.75rem 0 .5rem; font-size: 1.0625rem; line-height: 1.35; }\n"
                 "p { margin: 0 0 1rem; }\n"
                 "form + p, form + h2 { margin-top: 1.25rem; }\n"
                 "main > :last-child, form > :last-child, .note > :last-child { margin-bottom: "
                 "0; }\n"
                 "a { color: var(--accent); text-underline-offset: .15em; }\n"
                 "a:hover { color: var(--accent-strong); }\n"
                 "small, .quiet { font-size: .875rem; color: var(--quiet); }\n"
                 "code { font: .875em/1.4 ui-monospace, \"SF Mono\", Menlo, Consolas, \"DejaVu "
                 "Sans Mono\", monospace; background: var(--tint); border: 1px solid "
                 "var(--line); border-radius: .3rem; padding: .05em .3em; overflow-wrap: "
                 "anywhere; }\n"
                 "ol, ul { margin: 0 0 1rem; padding-left: 1.35rem; }\n"
                 "li { margin: .25rem 0; }\n"
                 ":focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; "
                 "border-radius: .25rem; }\n"
                 ".facts { margin: 0 0 1.5rem; border: 1px solid var(--line); border-radius: "
                 ".75rem; background: var(--tint); }\n"
                 ".facts > div { padding: .75rem 1rem; }\n"
                 ".facts > div + div { border-top: 1px solid var(--line); }\n"
                 ".facts dt { font-size: .8125rem; color: var(--quiet); }\n"
                 ".facts dd { margin: 0; overflow-wrap: anywhere; }\n"
                 ".facts small { display: block; }\n"
                 "fieldset { margin: 0 0 1rem; padding: 0; border: 0; min-width: 0; }\n"
                 "legend { padding: 0; margin-bottom: .5rem; font-weight: 600; }\n"
                 ".choice { display: flex; gap: .75rem; padding: .75rem 1rem; border: 1px "
                 "solid var(--line); border-radius: .75rem; cursor: pointer; }\n"
                 ".choice + .choice { margin-top: .5rem; }\n"
                 ".choice:hover { border-color: var(--edge); }\n"
                 ".choice:has(:checked) { border-color: var(--accent); box-shadow: inset 0 0 0 "
                 "1px var(--accent); }\n"
                 ".choice small { display: block; }\n"
                 "input[type=radio], input[type=checkbox] { flex: none; width: 1.15rem; "
                 "height: 1.15rem; margin: .2rem 0 0; accent-color: var(--accent); }\n"
                 "details { margin: 0 0 1.25rem; border: 1px solid var(--line); border-radius: "
                 ".75rem; }\n"
                 "details + details { margin-top: -.75rem; }\n"
                 "summary { padding: .75rem 1rem; cursor: pointer; font-weight: 600; "
                 "border-radius: .75rem; }\n"
                 "summary small { font-weight: 400; }\n"
                 "summary:hover { background: var(--tint); }\n"
                 "details > :not(summary) { margin: .25rem 1rem 1rem; }\n"
                 ".areas { display: grid; grid-template-columns: repeat(auto-fill, "
                 "minmax(13rem, 1fr)); gap: .75rem 1rem; }\n"
                 ".areas label { display: flex; gap: .6rem; cursor: pointer; }\n"
                 ".areas small { display: block; line-height: 1.35; }\n"
                 "button, .button {\n"
                 "display: inline-block;\n"
                 "min-height: 2.75rem;\n"
                 "padding: .6rem 1.25rem;\n"
                 "border: 1px solid var(--edge);\n"
                 "border-radius: .65rem;\n"
                 "background: transparent;\n"
                 "color: var(--ink);\n"
                 "font: inherit;\n"
                 "font-weight: 600;\n"
                 "text-align: center;\n"
                 "text-decoration: none;\n"
                 "cursor: pointer;\n"
                 "transition: background-color .12s;\n"
                 "}\n"
                 "button:hover, .button:hover { background: var(--tint); color: var(--ink); }\n"
                 ".primary { border-color: var(--accent); background: var(--accent); color: "
                 "var(--on-accent); }\n"
                 ".primary:hover { border-color: var(--accent-strong); background: "
                 "var(--accent-strong); color: var(--on-accent); }\n"
                 ".danger { color: var(--bad); }\n"
                 ".danger:hover { color: var(--bad); }\n"
                 ".actions { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1.25rem 0 "
                 "1rem; }\n"
                 ".actions > .primary { flex: 2 1 10rem; }\n"
                 ".actions > * { flex: 1 1 7rem; }\n"
                 "textarea { display: block; width: 100%; min-height: 6.5rem; padding: .65rem "
                 ".8rem; border: 1px solid var(--edge); border-radius: .65rem; background: "
                 "var(--paper); color: var(--ink); font: inherit; resize: vertical; }\n"
                 "label.above { display: block; margin-bottom: .4rem; font-weight: 600; }\n"
                 ".note { margin: 0 0 1.25rem; padding: .75rem 1rem; border: 1px solid "
                 "var(--line); border-radius: .75rem; background: var(--tint); }\n"
                 ".warn { border-color: var(--warn-line); background: var(--warn-ground); "
                 "color: var(--warn-ink); }\n"
                 ".good { border-color: var(--good-line); background: var(--good-ground); "
                 "color: var(--good-ink); }\n"
                 ".cards { list-style: none; padding: 0; margin: 0 0 1.25rem; }\n"
                 ".cards > li { margin: 0; padding: 1rem 0; border-top: 1px solid var(--line); "
                 "display: flex; flex-wrap: wrap; gap: .5rem 1rem; justify-content: "
                 "space-between; align-items: flex-start; }\n"
                 ".cards > li:last-child { border-bottom: 1px solid var(--line); }\n"
                 ".cards h2 { margin: 0; overflow-wrap: anywhere; }\n"
                 ".cards > li > div { flex: 1 1 15rem; min-width: 0; }\n"
                 ".cards p { margin: 0; overflow-wrap: anywhere; }\n"
                 ".person { display: flex; flex-wrap: wrap; gap: .5rem 1rem; justify-content: "
                 "space-between; align-items: center; margin-bottom: 1.25rem; }\n"
                 ".person p { margin: 0; overflow-wrap: anywhere; }\n"
                 "@media (max-width: 30rem) {\n"
                 "body { padding: 1rem .75rem; }\n"
                 "main { padding: 1.25rem; border-radius: .85rem; }\n"
                 "h1 { font-size: 1.3125rem; }\n"
                 "}\n"
                 "@media (prefers-reduced-motion: reduce) {\n"
                 "* { transition: none !important; }\n"
                 "}\n"
                 "@media (forced-colors: active) {\n"
                 ".choice:has(:checked) { outline: 2px solid Highlight; }\n"
                 "}\n"
                 "</style>");
}

static void layout_body(struct buf *out, const char *server)
{
    buf_str(out, "\n"
                 "</head>\n"
                 "<body>\n"
                 "<header>\n"
                 "<svg class=\"mark\" viewBox=\"0 0 32 32\" aria-hidden=\"true\" "
                 "focusable=\"false\">\n"
                 "<rect x=\"2\" y=\"9\" width=\"17\" height=\"14\" rx=\"7\"/>\n"
                 "<rect x=\"13\" y=\"9\" width=\"17\" height=\"14\" rx=\"7\"/>\n"
                 "</svg>\n"
                 "<p>Assistants for Asana <span>");
    text(out, server);
    buf_str(out, "</span></p>\n"
                 "</header>\n"
                 "<main>\n");
}

static void layout_end(struct buf *out, const char *base)
{
    buf_str(out, "\n"
                 "</main>\n"
                 "<footer>\n"
                 "<p>\n"
                 "<a href=\"");
    text(out, base);
    buf_str(out, "/account\">Your connected assistants</a> ·\n"
                 "This server is not run by Asana.\n"
                 "</p>\n"
                 "</footer>\n"
                 "</body>\n"
                 "</html>\n");
}

/* account.html */
void page_account(struct buf *out, const struct page_account *p)
{
    layout_head(out);
    buf_str(out, "Your connected assistants");
    layout_top(out, p->server);
    layout_body(out, p->server);
    buf_str(out, "<h1>Your connected assistants</h1>\n");
    if (p->done) {
        buf_str(out, "<p class=\"note good\" role=\"status\">");
        text(out, p->done);
        buf_str(out, "</p>\n");
    }
    buf_str(out, "<div class=\"person\">\n"
                 "<p>Signed in as\n"
                 "<strong><bdi>");
    text(out, p->person);
    buf_str(out, "</bdi></strong>");
    if (p->email) {
        buf_str(out, "<br><small><bdi>");
        text(out, p->email);
        buf_str(out, "</bdi></small>");
    }
    buf_str(out, "</p>\n"
                 "<form method=\"post\" action=\"");
    text(out, p->base);
    buf_str(out, "/account\">\n"
                 "<input type=\"hidden\" name=\"csrf\" value=\"");
    text(out, p->csrf);
    buf_str(out, "\">\n"
                 "<button name=\"action\" value=\"sign_out\">Sign out</button>\n"
                 "</form>\n"
                 "</div>\n");
    if (!p->assistants_count)
        buf_str(out, "<p class=\"note\">No assistant is connected in your name.</p>\n");
    if (p->any) {
        buf_str(out, "<ul class=\"cards\">\n");
        for (size_t i = 0; i < p->assistants_count; i++) {
            const struct page_account_assistants *item = &p->assistants[i];
            buf_str(out, "<li>\n"
                         "<div>\n"
                         "<h2><bdi>");
            text(out, item->name);
            buf_str(out, "</bdi></h2>\n"
                         "<p class=\"quiet\">\n");
            text(out, item->where);
            buf_str(out, "<br>\n");
            text(out, item->may);
            buf_str(out, "<br>\n"
                         "Connected ");
            text(out, item->since);
            buf_str(out, " · last used ");
            text(out, item->used);
            buf_str(out, "\n"
                         "</p>\n"
                         "</div>\n"
                         "<form method=\"post\" action=\"");
            text(out, p->base);
            buf_str(out, "/account\">\n"
                         "<input type=\"hidden\" name=\"csrf\" value=\"");
            text(out, p->csrf);
            buf_str(out, "\">\n"
                         "<input type=\"hidden\" name=\"grant\" value=\"");
            text(out, item->id);
            buf_str(out, "\">\n"
                         "<button class=\"danger\" name=\"action\" value=\"revoke\"\n"
                         "aria-label=\"Disconnect ");
            text(out, item->name);
            buf_str(out, "\">Disconnect</button>\n"
                         "</form>\n"
                         "</li>\n");
        }
        buf_str(out, "</ul>\n"
                     "<form method=\"post\" action=\"");
        text(out, p->base);
        buf_str(out, "/account\">\n"
                     "<input type=\"hidden\" name=\"csrf\" value=\"");
        text(out, p->csrf);
        buf_str(out, "\">\n"
                     "<button class=\"danger\" name=\"action\" value=\"revoke_all\">Disconnect "
                     "all</button>\n"
                     "</form>\n");
    }
    buf_str(out, "<h2>At Asana itself</h2>\n"
                 "<p class=\"quiet\">Disconnecting here destroys our keys to your data at "
                 "once. To withdraw this\n"
                 "server's\n"
                 "access at Asana as well, open <strong>Settings</strong> in Asana, then "
                 "<strong>Apps</strong>, find\n"
                 "this\n"
                 "server's app and choose <strong>Disconnect</strong> or "
                 "<strong>Deauthorize</strong>.</p>\n");
    layout_end(out, p->base);
}

/* blocked.html */
void page_blocked(struct buf *out, const struct page_blocked *p)
{
    layout_head(out);
    buf_str(out, "You cannot use this here");
    layout_top(out, p->server);
    layout_body(out, p->server);
    buf_str(out, "<h1>You cannot use this here</h1>\n"
                 "<p class=\"note warn\">");
    text(out, p->reason);
    buf_str(out, "</p>\n"
                 "<dl class=\"facts\">\n"
                 "<div><dt>You are signed in to Asana as</dt><dd><bdi>");
    text(out, p->person);
    buf_str(out, "</bdi></dd></div>\n"
                 "<div><dt>The assistant that asked</dt><dd><bdi>");
    text(out, p->client);
    buf_str(out, "</bdi></dd></div>\n"
                 "</dl>\n"
                 "<h2>Ask for access</h2>\n"
                 "<p>Whoever runs this server decides. Your request tells them your name and "
                 "address in Asana, and\n"
                 "which\n"
                 "assistant you would like to use.</p>\n"
                 "<form method=\"post\" action=\"");
    text(out, p->base);
    buf_str(out, "/access-request\">\n"
                 "<input type=\"hidden\" name=\"flow\" value=\"");
    text(out, p->flow);
    buf_str(out, "\">\n"
                 "<input type=\"hidden\" name=\"csrf\" value=\"");
    text(out, p->csrf);
    buf_str(out, "\">\n"
                 "<label class=\"above\" for=\"message\">What do you need it for? <small>(you "
                 "may leave this\n"
                 "empty)</small></label>\n"
                 "<textarea id=\"message\" name=\"message\" maxlength=\"1000\"></textarea>\n"
                 "<div class=\"actions\">\n"
                 "<button class=\"primary\">Send the request</button>\n"
                 "</div>\n"
                 "</form>\n"
                 "<p class=\"quiet\">Nothing was given to the assistant. If you have another "
                 "account in Asana, sign in\n"
                 "with\n"
                 "that one there and connect the assistant again.</p>\n");
    layout_end(out, p->base);
}

/* client_not_found.html */
void page_client_not_found(struct buf *out, const struct page_client_not_found *p)
{
    layout_head(out);
    buf_str(out, "This server does not know your assistant");
    layout_top(out, p->server);
    layout_body(out, p->server);
    buf_str(out, "<h1>This server does not know your assistant</h1>\n"
                 "<p>The assistant sent an id that was never registered here, or is not any "
                 "more. It keeps the old id\n"
                 "until you make it forget the connection. Find yours, then connect to <code>");
    text(out, p->address);
    buf_str(out, "</code>\n"
                 "again.</p>\n"
                 "<details><summary>Claude <small>Claude on the web, in the desktop program "
                 "and on phones.</small></summary><ol><li>Open Settings, then "
                 "Connectors.</li><li>Find this server, open its menu and choose Remove; "
                 "disconnecting is not enough.</li><li>Choose Add custom connector, enter the "
                 "server's address, and connect.</li></ol></details><details><summary>Claude "
                 "Code <small>Claude in the terminal.</small></summary><ol><li>Type "
                 "<code>/mcp</code>, choose this server, then Clear "
                 "authentication.</li><li>Choose Authenticate.</li><li>If that does not help: "
                 "<code>claude mcp remove NAME</code>, then add the server "
                 "again.</li></ol></details><details><summary>ChatGPT <small>ChatGPT in "
                 "developer mode, deep research and company "
                 "knowledge.</small></summary><ol><li>Open Settings, then Apps &amp; "
                 "Connectors.</li><li>Open this server's entry and delete it.</li><li>Create "
                 "it again with the server's address, and "
                 "connect.</li></ol></details><details><summary>Cursor <small>The editor "
                 "Cursor and its command line.</small></summary><ol><li>Open Cursor Settings, "
                 "then Tools &amp; MCP.</li><li>Log this server out, or remove it from "
                 "<code>mcp.json</code>, and restart Cursor.</li><li>Add it again and choose "
                 "Connect.</li></ol></details><details><summary>VS Code <small>Visual Studio "
                 "Code with GitHub Copilot.</small></summary><ol><li>Open the command palette "
                 "and run Authentication: Remove Dynamic Authentication Providers; tick this "
                 "server.</li><li>Run MCP: List Servers, choose this server, then "
                 "Restart.</li></ol></details><details><summary>Codex <small>OpenAI's Codex: "
                 "command line, editor extension and desktop program share one settings "
                 "file.</small></summary><ol><li>Run <code>codex mcp logout NAME</code>, with "
                 "the name that the server has in your settings.</li><li>Run <code>codex mcp "
                 "login NAME</code>.</li></ol></details><details><summary>mcp-remote <small>A "
                 "bridge for assistants that only start programs (stdio) and know no "
                 "addresses.</small></summary><ol><li>Close the assistant.</li><li>Delete the "
                 "folder <code>.mcp-auth</code> in your home folder: <code>rm -rf "
                 "~/.mcp-auth</code>. This signs you out of all servers that you reach through "
                 "mcp-remote.</li><li>Start the assistant again.</li></ol></details>\n"
                 "<p class=\"quiet\">Any other assistant: remove this server there and add it "
                 "again. Nothing in Asana\n"
                 "was touched.</p>\n");
    layout_end(out, p->base);
}

/* consent.html */
void page_consent(struct buf *out, const struct page_consent *p)
{
    layout_head(out);
    buf_str(out, "Let ");
    text(out, p->client);
    buf_str(out, " work in your Asana?");
    layout_top(out, p->server);
    layout_body(out, p->server);
    buf_str(out, "<h1>Let <bdi>");
    text(out, p->client);
    buf_str(out, "</bdi> work in your Asana?</h1>\n");
    if (p->problem) {
        buf_str(out, "<p class=\"note warn\" role=\"alert\">");
        text(out, p->problem);
        buf_str(out, "</p>\n");
    }
    if (p->person) {
        buf_str(out, "<p class=\"note\">You signed in to Asana as <strong><bdi>");
        text(out, p->person);
        buf_str(out, "</bdi></strong>. In this browser\n"
                     "somebody\n"
                     "else had allowed this before, so we ask you, too.</p>\n");
    }
    buf_str(out, "<dl class=\"facts\">\n"
                 "<div>\n"
                 "<dt>Who asks</dt>\n"
                 "<dd>\n"
                 "<strong><bdi>");
    text(out, p->client);
    buf_str(out, "</bdi></strong>\n"
                 "<small>\n");
    if (p->document) {
        buf_str(out, "Described by <bdi>");
        text(out, p->document);
        buf_str(out, "</bdi>.\n");
    }
    if (p->vouched)
        buf_str(out, "Whoever runs this server has set it up here.\n");
    if (!p->vouched)
        buf_str(out, "It chose this name itself; we cannot check it.\n");
    buf_str(out, "</small>\n"
                 "</dd>\n"
                 "</div>\n"
                 "<div>\n"
                 "<dt>Where access will be sent</dt>\n"
                 "<dd>\n"
                 "<strong>");
    text(out, p->where);
    buf_str(out, "</strong>\n"
                 "<small>");
    text(out, p->redirect_uri);
    buf_str(out, "</small>\n"
                 "</dd>\n"
                 "</div>\n"
                 "</dl>\n");
    if (p->warning) {
        buf_str(out, "<p class=\"note warn\">");
        text(out, p->warning);
        buf_str(out, "</p>\n");
    }
    buf_str(out, "<form method=\"post\" action=\"");
    text(out, p->base);
    buf_str(out, "/authorize\">\n"
                 "<input type=\"hidden\" name=\"flow\" value=\"");
    text(out, p->flow);
    buf_str(out, "\">\n"
                 "<input type=\"hidden\" name=\"csrf\" value=\"");
    text(out, p->csrf);
    buf_str(out, "\">\n"
                 "<fieldset>\n"
                 "<legend>What it may do in your name</legend>\n");
    if (p->writes) {
        buf_str(out, "<label class=\"choice\">\n"
                     "<input type=\"radio\" name=\"access\" value=\"write\"");
        if (!p->read_only)
            buf_str(out, " checked");
        buf_str(out, ">\n"
                     "<span>Read and change<small>See, create, edit, comment on and delete "
                     "what you\n"
                     "can.</small></span>\n"
                     "</label>\n"
                     "<label class=\"choice\">\n"
                     "<input type=\"radio\" name=\"access\" value=\"read\"");
        if (p->read_only)
            buf_str(out, " checked");
        buf_str(out, ">\n"
                     "<span>Read only<small>See what you can see. It cannot change "
                     "anything.</small></span>\n"
                     "</label>\n");
    }
    if (!p->writes)
        buf_str(out, "<label class=\"choice\">\n"
                     "<input type=\"radio\" name=\"access\" value=\"read\" checked>\n"
                     "<span>Read only<small>See what you can see. It has not asked to change\n"
                     "anything.</small></span>\n"
                     "</label>\n");
    buf_str(out, "</fieldset>\n"
                 "<details");
    if (p->open)
        buf_str(out, " open");
    buf_str(out, ">\n"
                 "<summary>Choose areas of Asana <small>all, if you leave this as it "
                 "is</small></summary>\n"
                 "<div class=\"areas\" role=\"group\" aria-label=\"Areas of Asana\">\n");
    for (size_t i = 0; i < p->areas_count; i++) {
        const struct page_consent_areas *item = &p->areas[i];
        buf_str(out, "<label>\n"
                     "<input type=\"checkbox\" name=\"area\" value=\"");
        text(out, item->name);
        buf_str(out, "\"");
        if (item->on)
            buf_str(out, " checked");
        buf_str(out, ">\n"
                     "<span>");
        text(out, item->title);
        buf_str(out, "<small>");
        text(out, item->description);
        buf_str(out, "</small></span>\n"
                     "</label>\n");
    }
    buf_str(out, "</div>\n"
                 "</details>\n"
                 "<div class=\"actions\">\n"
                 "<button class=\"primary\" name=\"action\" value=\"allow\">Allow</button>\n"
                 "<button name=\"action\" value=\"cancel\">Cancel</button>\n"
                 "</div>\n"
                 "<p class=\"quiet\">\n");
    if (!p->person) {
        buf_str(out, "Next, Asana asks you to sign in and to let this server in (its scope: ");
        text(out, p->asana_scope);
        buf_str(out, ").\n");
    }
    buf_str(out, "Only allow this if you have just started it yourself. You can take it back "
                 "at any time.\n"
                 "</p>\n"
                 "</form>\n");
    layout_end(out, p->base);
}

/* error.html */
void page_error(struct buf *out, const struct page_error *p)
{
    layout_head(out);
    text(out, p->heading);
    layout_top(out, p->server);
    layout_body(out, p->server);
    buf_str(out, "<h1>");
    text(out, p->heading);
    buf_str(out, "</h1>\n"
                 "<p>");
    text(out, p->text);
    buf_str(out, "</p>\n");
    if (p->cure) {
        buf_str(out, "<h2>What you can do</h2>\n"
                     "<p>");
        text(out, p->cure);
        buf_str(out, "</p>\n");
    }
    if (p->request) {
        buf_str(out, "<p>If it goes on, tell the operator of this server the number of this "
                     "request: <code>");
        text(out, p->request);
        buf_str(out, "</code></p>\n");
    }
    layout_end(out, p->base);
}

/* landing.html */
void page_landing(struct buf *out, const struct page_landing *p)
{
    layout_head(out);
    buf_str(out, "Work in Asana from your assistant");
    layout_top(out, p->server);
    buf_str(out, "<style>[hidden] { display: none !important; }\n"
                 "header, main, footer { max-width: 54rem; }\n"
                 "h2 { margin-top: 2.5rem; font-size: 1.25rem; }\n"
                 "pre { margin: 0; padding: .9rem 1rem; overflow-x: auto; border: 1px solid "
                 "var(--line); border-radius: .65rem; background: var(--tint); white-space: "
                 "pre; }\n"
                 "pre code { padding: 0; border: 0; background: none; overflow-wrap: normal; "
                 "}\n"
                 ".address { display: flex; flex-wrap: wrap; gap: .75rem 1rem; align-items: "
                 "center; margin: 0 0 .75rem; padding: 1rem 1.1rem; border: 1px solid "
                 "var(--accent); border-radius: .75rem; background: var(--tint); }\n"
                 ".address p { flex: 1 1 14rem; min-width: 0; margin: 0; }\n"
                 ".address strong { display: block; font-size: .8125rem; font-weight: 400; "
                 "color: var(--quiet); }\n"
                 ".address code { padding: 0; border: 0; background: none; font-size: "
                 "1.0625rem; font-weight: 600; }\n"
                 ".facts { display: flex; flex-wrap: wrap; }\n"
                 ".facts > div { flex: 1 1 13rem; }\n"
                 ".facts > div + div { border-top: 0; }\n"
                 ".up::before { content: \"\"; display: inline-block; width: .6rem; height: "
                 ".6rem; margin-right: .4rem; border-radius: 50%; background: var(--good-ink); "
                 "}\n"
                 ".tabs { position: relative; display: flex; flex-wrap: wrap; gap: .5rem; }\n"
                 ".tabs legend { float: left; width: 100%; font-weight: 400; color: "
                 "var(--quiet); }\n"
                 ".tabs > input { position: absolute; width: 1px; height: 1px; margin: 0; "
                 "opacity: 0; }\n"
                 ".tabs > label { display: inline-flex; align-items: center; min-height: "
                 "2.5rem; padding: .25rem .9rem; border: 1px solid var(--line); border-radius: "
                 "2rem; cursor: pointer; }\n"
                 ".tabs > label:hover { border-color: var(--edge); background: var(--tint); }\n"
                 ".tabs > input:checked + label { border-color: var(--accent); background: "
                 "var(--accent); color: var(--on-accent); font-weight: 600; }\n"
                 ".tabs > input:focus-visible + label { outline: 3px solid var(--accent); "
                 "outline-offset: 2px; }\n"
                 ".tabs > section { order: 1; flex: 1 0 100%; min-width: 0; display: none; "
                 "padding-top: .75rem; }\n"
                 ".tabs > input:checked + label + section { display: block; }\n"
                 ".about { font-weight: 600; }\n"
                 ".snippet { position: relative; margin: 0 0 1.25rem; }\n"
                 ".snippet > p { margin: 0 6rem .4rem 0; font-size: .875rem; color: "
                 "var(--quiet); overflow-wrap: anywhere; }\n"
                 ".snippet > button { position: absolute; top: -.65rem; right: 0; min-height: "
                 "2rem; padding: .1rem .8rem; border-color: var(--line); font-size: .875rem; "
                 "background: var(--paper); }\n"
                 ".steps { margin: 0 0 1rem; white-space: pre-line; }\n"
                 ".search { display: flex; flex-wrap: wrap; gap: .25rem .75rem; align-items: "
                 "center; }\n"
                 ".search input { flex: 1 1 14rem; min-width: 0; min-height: 2.75rem; padding: "
                 ".4rem .8rem; border: 1px solid var(--edge); border-radius: .65rem; "
                 "background: var(--paper); color: var(--ink); font: inherit; }\n"
                 ".search small { flex: 0 0 100%; }\n"
                 "h3 { margin: 1.75rem 0 .6rem; font-size: 1rem; }\n"
                 "h3 small { display: block; font-weight: 400; }\n"
                 "#list details { margin: 0; border-width: 1px 0 0; border-radius: 0; }\n"
                 "#list details + details { margin-top: 0; }\n"
                 "#list summary { display: flex; gap: .75rem; align-items: baseline; "
                 "justify-content: space-between; padding: .6rem .25rem; font-weight: 400; "
                 "border-radius: 0; }\n"
                 "#list summary::before { content: \"+\"; flex: none; width: .8rem; color: "
                 "var(--quiet); }\n"
                 "#list details[open] > summary::before { content: \"–\"; }\n"
                 "#list summary::-webkit-details-marker { display: none; }\n"
                 "#list summary > span { flex: 1; min-width: 0; }\n"
                 "#list summary code { margin-left: .25rem; color: var(--quiet); }\n"
                 "#list details > p { margin: 0 .25rem .9rem 1.8rem; }\n"
                 ".badge { flex: none; padding: 0 .5rem; border: 1px solid var(--warn-line); "
                 "border-radius: 1rem; background: var(--warn-ground); color: var(--warn-ink); "
                 "font-size: .75rem; }\n"
                 "@media (max-width: 30rem) {\n"
                 ".tabs > label { padding: .2rem .75rem; font-size: .9375rem; }\n"
                 ".address button { flex: 1 1 100%; }\n"
                 "#list summary { flex-wrap: wrap; row-gap: .15rem; }\n"
                 "#list summary > span { flex: 1 1 calc(100% - 2rem); }\n"
                 "#list summary code { display: block; margin: .1rem 0 0; width: fit-content; "
                 "font-size: .75rem; }\n"
                 "#list .badge { margin-left: 1.55rem; }\n"
                 "}\n"
                 "@media (forced-colors: active) {\n"
                 ".tabs > input:checked + label { outline: 2px solid Highlight; }\n"
                 "}\n"
                 "</style>");
    layout_body(out, p->server);
    buf_str(out, "<h1>Work in Asana from your assistant</h1>\n"
                 "<p>\n"
                 "This server lets AI assistants such as Claude, ChatGPT, Cursor or VS Code "
                 "find, create and update\n"
                 "tasks, projects, goals and more in Asana. They act as you, and can do only "
                 "what you can.\n"
                 "</p>\n");
    if (p->sandbox)
        buf_str(out, "<p class=\"note warn\">This is a trial with sample data: a sandbox takes "
                     "the place of Asana here.</p>\n");
    buf_str(out, "<div class=\"address\">\n"
                 "<p><strong>Address to paste</strong><code id=\"address\">");
    text(out, p->url);
    buf_str(out, "</code></p>\n"
                 "<button type=\"button\" class=\"primary\" data-copy=\"address\" "
                 "hidden>Copy</button>\n"
                 "</div>\n"
                 "<p class=\"quiet\">\n"
                 "A client that knows only SSE takes <code>");
    text(out, p->sse);
    buf_str(out, "</code>\n"
                 "</p>\n"
                 "<dl class=\"facts\">\n"
                 "<div>\n"
                 "<dt>Signing in</dt>\n"
                 "<dd>");
    text(out, p->sign_in);
    buf_str(out, "</dd>\n"
                 "</div>\n"
                 "<div>\n"
                 "<dt>Tools</dt>\n"
                 "<dd>\n");
    text(out, p->count);
    buf_str(out, "\n");
    if (p->read_only)
        buf_str(out, ", which read only: nothing in Asana can be changed here\n");
    buf_str(out, "</dd>\n"
                 "</div>\n"
                 "<div>\n"
                 "<dt>Status</dt>\n"
                 "<dd><span class=\"up\">Up</span> · asana-mcp ");
    text(out, p->version);
    buf_str(out, "</dd>\n"
                 "</div>\n"
                 "</dl>\n"
                 "<h2 id=\"connect\">Connect your client</h2>\n"
                 "<fieldset class=\"tabs\">\n"
                 "<legend>Which one do you use?</legend>\n");
    for (size_t i = 0; i < p->clients_count; i++) {
        const struct page_landing_clients *item = &p->clients[i];
        buf_str(out, "<input type=\"radio\" name=\"client\" id=\"client-");
        text(out, item->name);
        buf_str(out, "\"");
        if (item->first)
            buf_str(out, " checked");
        buf_str(out, ">\n"
                     "<label for=\"client-");
        text(out, item->name);
        buf_str(out, "\">");
        text(out, item->title);
        buf_str(out, "</label>\n"
                     "<section aria-label=\"");
        text(out, item->title);
        buf_str(out, "\">\n"
                     "<p class=\"about\">");
        text(out, item->about);
        buf_str(out, "</p>\n");
        if (item->trouble) {
            buf_str(out, "<p class=\"note warn\">");
            text(out, item->trouble);
            buf_str(out, "</p>\n");
        }
        if (item->snippet) {
            buf_str(out, "<div class=\"snippet\">\n"
                         "<p>");
            text(out, item->lead);
            buf_str(out, "</p>\n"
                         "<pre tabindex=\"0\"><code id=\"snippet-");
            text(out, item->name);
            buf_str(out, "\">");
            text(out, item->snippet);
            buf_str(out, "</code></pre>\n"
                         "<button type=\"button\" data-copy=\"snippet-");
            text(out, item->name);
            buf_str(out, "\" hidden>Copy</button>\n"
                         "</div>\n");
        }
        if (item->entry) {
            buf_str(out, "<div class=\"snippet\">\n"
                         "<p>");
            text(out, item->entry_lead);
            buf_str(out, "</p>\n"
                         "<pre tabindex=\"0\"><code id=\"entry-");
            text(out, item->name);
            buf_str(out, "\">");
            text(out, item->entry);
            buf_str(out, "</code></pre>\n"
                         "<button type=\"button\" data-copy=\"entry-");
            text(out, item->name);
            buf_str(out, "\" hidden>Copy</button>\n"
                         "</div>\n");
        }
        buf_str(out, "<div class=\"steps\">");
        text(out, item->steps);
        buf_str(out, "</div>\n"
                     "<p class=\"quiet\"><a href=\"");
        text(out, item->docs);
        buf_str(out, "\" rel=\"noreferrer\">What its maker says</a></p>\n"
                     "</section>\n");
    }
    buf_str(out, "</fieldset>\n"
                 "<h2 id=\"tools\">What it can do</h2>\n"
                 "<p class=\"search\" hidden>\n"
                 "<label for=\"search\">Search the tools</label>\n"
                 "<input type=\"search\" id=\"search\" autocomplete=\"off\" "
                 "spellcheck=\"false\">\n"
                 "<small id=\"found\" role=\"status\"></small>\n"
                 "</p>\n"
                 "<div id=\"list\">\n");
    for (size_t i = 0; i < p->tools_count; i++) {
        const struct page_landing_tools *item = &p->tools[i];
        if (item->set) {
            buf_str(out, "<h3>");
            text(out, item->set);
            buf_str(out, "<small>");
            text(out, item->about);
            buf_str(out, "</small></h3>\n");
        }
        buf_str(out, "<details>\n"
                     "<summary>\n"
                     "<span>");
        text(out, item->title);
        buf_str(out, " <code>");
        text(out, item->name);
        buf_str(out, "</code></span>\n");
        if (item->writes)
            buf_str(out, "<small class=\"badge\">changes data</small>\n");
        buf_str(out, "</summary>\n"
                     "<p>");
        text(out, item->description);
        buf_str(out, "</p>\n"
                     "</details>\n");
    }
    buf_str(out, "</div>\n");
    buf_str(out, "<script>for (const button of "
                 "document.querySelectorAll(\"button[data-copy]\")) {\n"
                 "const label = button.textContent;\n"
                 "const source = document.getElementById(button.dataset.copy);\n"
                 "button.hidden = false;\n"
                 "button.addEventListener(\"click\", async () => {\n"
                 "let done = true;\n"
                 "try {\n"
                 "await navigator.clipboard.writeText(source.textContent);\n"
                 "} catch {\n"
                 "getSelection().selectAllChildren(source);\n"
                 "done = document.execCommand(\"copy\");\n"
                 "}\n"
                 "button.textContent = done ? \"Copied\" : \"Press Ctrl+C\";\n"
                 "setTimeout(() => { button.textContent = label; }, 2000);\n"
                 "});\n"
                 "}\n"
                 "const search = document.getElementById(\"search\");\n"
                 "const list = document.getElementById(\"list\");\n"
                 "search.parentElement.hidden = false;\n"
                 "search.addEventListener(\"input\", () => {\n"
                 "const words = search.value.toLowerCase().split(/\\s+/);\n"
                 "let found = 0;\n"
                 "let heading = null;\n"
                 "for (const element of list.children) {\n"
                 "if (element.tagName === \"H3\") {\n"
                 "heading = element;\n"
                 "heading.hidden = true;\n"
                 "continue;\n"
                 "}\n"
                 "const text = element.textContent.toLowerCase();\n"
                 "const fits = words.every((word) => text.includes(word));\n"
                 "element.hidden = !fits;\n"
                 "if (fits) {\n"
                 "found += 1;\n"
                 "heading.hidden = false;\n"
                 "}\n"
                 "}\n"
                 "document.getElementById(\"found\").textContent = search.value ? `${found} "
                 "found` : \"\";\n"
                 "});\n"
                 "</script>");
    layout_end(out, p->base);
}

/* request_sent.html */
void page_request_sent(struct buf *out, const struct page_request_sent *p)
{
    layout_head(out);
    buf_str(out, "Your request is sent");
    layout_top(out, p->server);
    layout_body(out, p->server);
    buf_str(out, "<h1>Your request is sent</h1>\n"
                 "<p class=\"note good\" role=\"status\">Whoever runs this server can read it "
                 "now.</p>\n"
                 "<p>When they let you in, connect the assistant again. You can close this "
                 "page.</p>\n");
    layout_end(out, p->base);
}

/* return_to_app.html */
void page_return_to_app(struct buf *out, const struct page_return_to_app *p)
{
    layout_head(out);
    text(out, p->heading);
    layout_top(out, p->server);
    layout_body(out, p->server);
    buf_str(out, "<h1>");
    text(out, p->heading);
    buf_str(out, "</h1>\n"
                 "<p class=\"note");
    if (p->good)
        buf_str(out, " good");
    buf_str(out, "\" role=\"status\">");
    text(out, p->text);
    buf_str(out, "</p>\n"
                 "<div class=\"actions\">\n"
                 "<a class=\"button primary\" href=\"");
    text(out, p->address);
    buf_str(out, "\">Go back to <bdi>");
    text(out, p->client);
    buf_str(out, "</bdi></a>\n"
                 "</div>\n"
                 "<p class=\"quiet\">Your browser may ask whether it may open the app. You can "
                 "close this page\n"
                 "afterwards.</p>\n");
    layout_end(out, p->base);
}

/* sign_in.html */
void page_sign_in(struct buf *out, const struct page_sign_in *p)
{
    layout_head(out);
    buf_str(out, "Your connected assistants");
    layout_top(out, p->server);
    layout_body(out, p->server);
    buf_str(out, "<h1>Your connected assistants</h1>\n");
    if (p->signed_out)
        buf_str(out, "<p class=\"note good\" role=\"status\">You are signed out in this "
                     "browser. Your assistants stay\n"
                     "connected.</p>\n");
    buf_str(out, "<p>Sign in to see which assistants may work in Asana in your name through "
                 "this server, and to take\n"
                 "that\n"
                 "back.</p>\n"
                 "<form method=\"post\" action=\"");
    text(out, p->base);
    buf_str(out, "/account\">\n"
                 "<input type=\"hidden\" name=\"csrf\" value=\"");
    text(out, p->csrf);
    buf_str(out, "\">\n"
                 "<div class=\"actions\">\n"
                 "<button class=\"primary\" name=\"action\" value=\"sign_in\">Sign in with "
                 "Asana</button>\n"
                 "</div>\n"
                 "</form>\n"
                 "<p class=\"quiet\">Asana may ask whether you let this server in. Here we "
                 "only learn who you are: the\n"
                 "access\n"
                 "that Asana gives us for this is thrown away at once, and nothing in Asana is "
                 "read or changed.</p>\n");
    layout_end(out, p->base);
}
