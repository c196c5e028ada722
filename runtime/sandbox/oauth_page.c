#include "sandbox/oauth_call.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

static const char style[] =
    ":root{color-scheme:light dark;--ink:#1e1f21;--soft:#5a5c60;--back:#f6f5f4;--card:#fff;"
    "--line:#8a8c91;--mark:#2f5bb7;--on:#fff}"
    "@media(prefers-color-scheme:dark){:root{--ink:#f1f1f2;--soft:#b4b6ba;--back:#18191b;"
    "--card:#242528;--line:#85878c;--mark:#9db8f2;--on:#14161a}}"
    "*{box-sizing:border-box}"
    "body{margin:0;padding:1.5rem 1rem;background:var(--back);color:var(--ink);"
    "font:1rem/1.5 system-ui,sans-serif}"
    "main{max-width:30rem;margin:0 auto;padding:1.5rem;background:var(--card);"
    "border:1px solid var(--line);border-radius:.75rem}"
    "h1{margin:0 0 .75rem;font-size:1.4rem;line-height:1.25}"
    "p{margin:0 0 1rem;overflow-wrap:anywhere}"
    ".soft{margin:1.25rem 0 0;color:var(--soft);font-size:.9rem}"
    "fieldset{margin:0 0 1.25rem;padding:0;border:0}"
    "legend{padding:0;margin-bottom:.25rem;font-weight:600}"
    "label{display:flex;gap:.75rem;align-items:center;padding:.45rem .5rem;border-radius:.4rem;"
    "cursor:pointer}"
    "label:hover{background:var(--back)}"
    "label:focus-within{outline:2px solid var(--mark)}"
    "input{width:1.1rem;height:1.1rem;flex:none;accent-color:var(--mark)}"
    "label span span{display:block;color:var(--soft);font-size:.85rem}"
    ".decide{display:flex;gap:.75rem}"
    "button{flex:1;padding:.65rem 1rem;font:inherit;font-weight:600;border-radius:.4rem;"
    "border:1px solid var(--mark);background:none;color:var(--mark);cursor:pointer}"
    "button.yes{background:var(--mark);color:var(--on)}"
    "button:focus-visible{outline:3px solid var(--ink);outline-offset:2px}";

/* Text as content or as the value of a quoted attribute. */
static void put(struct buf *out, const char *text)
{
    for (; *text; text++) {
        const char *entity = *text == '&'   ? "&amp;"
                             : *text == '<' ? "&lt;"
                             : *text == '>' ? "&gt;"
                             : *text == '"' ? "&quot;"
                                            : NULL;
        if (entity)
            buf_str(out, entity);
        else
            buf_char(out, *text);
    }
}

static void hidden(struct buf *out, const char *name, const char *value)
{
    if (!value)
        return;
    buf_str(out, "<input type=\"hidden\" name=\"");
    put(out, name);
    buf_str(out, "\" value=\"");
    put(out, value);
    buf_str(out, "\">\n");
}

static void person(struct buf *out, const struct sandbox_person *p, bool checked)
{
    buf_str(out, "<label><input type=\"radio\" name=\"person\" required value=\"");
    put(out, p->gid);
    buf_str(out, checked ? "\" checked><span>" : "\"><span>");
    put(out, p->name);
    buf_str(out, "<span>");
    put(out, p->email);
    buf_str(out, "</span></span></label>\n");
}

/* No script and no frame; the one style is known by its hash. There is no form-action: browsers
 * hold it against every redirect that follows the form, and those end at the application that
 * asked, or at whoever that one works for. */
static void set_policy(struct sb_oauth_call *c)
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    char text[sodium_base64_ENCODED_LEN(sizeof(hash), sodium_base64_VARIANT_ORIGINAL)];
    crypto_hash_sha256(hash, (const unsigned char *)style, sizeof(style) - 1);
    sodium_bin2base64(text, sizeof(text), hash, sizeof(hash), sodium_base64_VARIANT_ORIGINAL);
    sb_oauth_header(c, "Content-Security-Policy",
                    arena_printf(c->arena,
                                 "default-src 'none'; style-src 'sha256-%s'; "
                                 "frame-ancestors 'none'; base-uri 'none'",
                                 text));
    sb_oauth_header(c, "X-Frame-Options", "DENY");
    sb_oauth_header(c, "Referrer-Policy", "no-referrer");
}

void sb_oauth_page(struct sb_oauth_call *c, const struct sb_oauth_ask *ask,
                   const struct sb_oauth_session *session)
{
    const struct sandbox *s = c->sandbox;
    struct buf *out = c->answer->body;
    char remembered[24];
    snprintf(remembered, sizeof(remembered), "%lld", (long long)session->user);
    const char *first = s->people_count > 0 ? s->people[0].gid : "";
    const char *who = session->user ? remembered : first;

    c->answer->status = 200;
    sb_oauth_header(c, "Content-Type", "text/html; charset=UTF-8");
    set_policy(c);
    buf_str(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                 "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                 "<title>Sandbox Asana: sign in</title>\n<style>");
    buf_str(out, style);
    buf_str(out, "</style>\n</head>\n<body>\n<main>\n<h1>Sandbox Asana: sign in as</h1>\n"
                 "<p>The application <strong>");
    put(out, s->oauth.client_id);
    buf_str(out, "</strong> asks to work as the person you choose. You will be sent to "
                 "<strong>");
    put(out, ask->redirect_uri);
    buf_str(out, "</strong>.</p>\n<form method=\"post\" action=\"/-/oauth_authorize\">\n");
    hidden(out, "csrf", session->csrf);
    hidden(out, "client_id", s->oauth.client_id);
    hidden(out, "redirect_uri", ask->redirect_uri);
    hidden(out, "response_type", "code");
    hidden(out, "state", ask->state);
    hidden(out, "scope", ask->scope);
    hidden(out, "code_challenge", ask->challenge);
    hidden(out, "code_challenge_method", ask->challenge ? "S256" : NULL);
    buf_str(out, "<fieldset>\n<legend>");
    buf_str(out, session->user ? "Person (the one you were last time is chosen)" : "Person");
    buf_str(out, "</legend>\n");
    for (size_t i = 0; i < s->people_count; i++)
        person(out, &s->people[i], strcmp(s->people[i].gid, who) == 0);
    buf_str(out, "</fieldset>\n<div class=\"decide\">\n"
                 "<button class=\"yes\" name=\"decision\" value=\"allow\">Allow</button>\n"
                 "<button name=\"decision\" value=\"deny\" formnovalidate>Deny</button>\n"
                 "</div>\n</form>\n"
                 "<p class=\"soft\">This is a sandbox on this computer with sample data, not "
                 "Asana. Nobody here is real, and no password is asked for.</p>\n"
                 "</main>\n</body>\n</html>\n");
}
