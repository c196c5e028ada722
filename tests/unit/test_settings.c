/* Settings: which source wins, what each value means, and what is refused with which words. */
#include "cli/settings.h"

#include "base/secret.h"
#include "oauth/redirect.h"
#include "suites.h"
#include "tool/tool.h"

#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WORDS_MAX 64
#define TOKEN "1/1201234567:0123456789abcdef"

/* One run of the three steps; done() at the end of each test. */
struct run {
    struct settings settings;
    const char *argv[WORDS_MAX];
    const char *environment[WORDS_MAX];
    char file[64]; /* a settings file, removed at the end */
    struct err err;
    bool ok;
};

static void begin(struct run *r)
{
    memset(r, 0, sizeof(*r));
    CU_ASSERT_TRUE_FATAL(settings_init(&r->settings));
}

static void done(struct run *r)
{
    settings_done(&r->settings);
    if (r->file[0])
        unlink(r->file);
}

static void add(const char **list, const char *word)
{
    size_t n = 0;
    while (list[n])
        n++;
    CU_ASSERT_TRUE_FATAL(n + 1 < WORDS_MAX);
    list[n] = word;
}

static void flag(struct run *r, const char *word)
{
    add(r->argv, word);
}

static void variable(struct run *r, const char *pair)
{
    add(r->environment, pair);
}

/* Writes a settings file and names it by flag. */
static void file(struct run *r, const char *text)
{
    snprintf(r->file, sizeof(r->file), "/tmp/test_settings.XXXXXX");
    int fd = mkstemp(r->file);
    CU_ASSERT_TRUE_FATAL(fd >= 0);
    CU_ASSERT_EQUAL_FATAL(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
    flag(r, "--config");
    flag(r, r->file);
}

static void go(struct run *r, enum command_id command)
{
    r->ok = settings_flags(&r->settings, command, r->argv, &r->err) &&
            settings_load(&r->settings, r->environment, &r->err) &&
            settings_check(&r->settings, &r->err);
}

static void expect_ok(struct run *r)
{
    CU_ASSERT_TRUE(r->ok);
    if (!r->ok)
        printf("\n  refused: %s\n", r->err.text);
}

static void expect_refused(struct run *r, const char *words)
{
    CU_ASSERT_FALSE(r->ok);
    if (r->ok)
        printf("\n  accepted, expected: %s\n", words);
    bool told = !r->ok && strstr(r->err.text, words);
    CU_ASSERT_TRUE(told);
    if (!r->ok && !told)
        printf("\n  got: %s\n  expected: %s\n", r->err.text, words);
    CU_ASSERT_TRUE(r->ok || r->err.kind == ERR_SETTINGS);
}

/* serve with these words (NULL-terminated) and a token is refused, with these words in the text. */
static void refused(const char *words, const char *const *argv)
{
    struct run r;
    begin(&r);
    variable(&r, TOKEN_VARIABLE "=" TOKEN);
    while (*argv)
        flag(&r, *argv++);
    go(&r, COMMAND_SERVE);
    expect_refused(&r, words);
    CU_ASSERT_PTR_NULL(strstr(r.err.text, TOKEN));
    done(&r);
}
#define REFUSED(words, ...) refused(words, (const char *const[]){ __VA_ARGS__, NULL })

/* The same for a settings file; "%s" in words stands for the file's name. */
static void file_refused(const char *words, const char *text)
{
    struct run r;
    char full[256];
    begin(&r);
    variable(&r, TOKEN_VARIABLE "=" TOKEN);
    file(&r, text);
    go(&r, COMMAND_SERVE);
    snprintf(full, sizeof(full), "%s%s", r.file, words);
    expect_refused(&r, full);
    done(&r);
}

static void standards_are_those_of_the_design(void)
{
    struct run r;
    begin(&r);
    variable(&r, TOKEN_VARIABLE "=" TOKEN);
    go(&r, COMMAND_SERVE);
    expect_ok(&r);
    const struct settings *s = &r.settings;
    CU_ASSERT_STRING_EQUAL(s->listen.host, "127.0.0.1");
    CU_ASSERT_EQUAL(s->listen.port, 8000);
    CU_ASSERT_PTR_NULL(s->public_url);
    CU_ASSERT_STRING_EQUAL(s->api_url, "https://app.asana.com/api/1.0");
    CU_ASSERT_EQUAL(s->auth, AUTH_TOKEN);
    CU_ASSERT_TRUE(s->workers >= 1 && s->workers <= 64);
    CU_ASSERT_EQUAL(s->confirm, MCP_CONFIRM_DESTRUCTIVE);
    CU_ASSERT_EQUAL(s->deadline_seconds, 60);
    CU_ASSERT_EQUAL(s->log_level, LOG_INFO);
    CU_ASSERT_PTR_NULL(s->ca_file);
    CU_ASSERT_PTR_NULL(s->allow_origins[0]);
    CU_ASSERT_FALSE(s->sandbox);
    CU_ASSERT_EQUAL(s->now_ms, 0);
    CU_ASSERT_TRUE(secret_equals(&s->asana_token, slice_of(TOKEN)));
    done(&r);
}

static void confirm_is_one_of_three_words(void)
{
    struct run r;
    begin(&r);
    flag(&r, "--confirm=never");
    flag(&r, "--sandbox");
    go(&r, COMMAND_STDIO);
    expect_ok(&r);
    CU_ASSERT_EQUAL(r.settings.confirm, MCP_CONFIRM_NEVER);
    done(&r);
    begin(&r);
    variable(&r, "ASANA_MCP_CONFIRM=destructive");
    file(&r, "confirm = writes\nsandbox = true\n");
    go(&r, COMMAND_SERVE);
    expect_ok(&r);
    CU_ASSERT_EQUAL(r.settings.confirm, MCP_CONFIRM_DESTRUCTIVE);
    done(&r);
    begin(&r);
    file(&r, "confirm = writes\nsandbox = true\n");
    go(&r, COMMAND_DOCTOR);
    expect_ok(&r);
    CU_ASSERT_EQUAL(r.settings.confirm, MCP_CONFIRM_WRITES);
    done(&r);
    begin(&r);
    flag(&r, "--confirm=never"); /* nobody is there to be asked but the caller */
    go(&r, COMMAND_CALL);
    expect_refused(&r, "--confirm means nothing to \"call\"");
    done(&r);
}

static void flags_beat_environment_beats_file(void)
{
    struct run r;
    begin(&r);
    variable(&r, TOKEN_VARIABLE "=" TOKEN);
    variable(&r, "ASANA_MCP_WORKERS=3");
    variable(&r, "ASANA_MCP_DEADLINE_SECONDS=30");
    file(&r, "workers = 2\ndeadline_seconds = 20\nlog_level = debug\n");
    flag(&r, "--workers=4");
    go(&r, COMMAND_SERVE);
    expect_ok(&r);
    CU_ASSERT_EQUAL(r.settings.workers, 4);
    CU_ASSERT_EQUAL(r.settings.deadline_seconds, 30);
    CU_ASSERT_EQUAL(r.settings.log_level, LOG_DEBUG);
    CU_ASSERT_EQUAL(r.settings.given[SETTING_WORKERS].from, FROM_FLAG);
    CU_ASSERT_EQUAL(r.settings.given[SETTING_DEADLINE_SECONDS].from, FROM_ENVIRONMENT);
    CU_ASSERT_EQUAL(r.settings.given[SETTING_LOG_LEVEL].from, FROM_FILE);
    CU_ASSERT_EQUAL(r.settings.given[SETTING_LISTEN].from, FROM_DEFAULT);
    CU_ASSERT_STRING_EQUAL(settings_text(&r.settings, SETTING_WORKERS), "4");
    done(&r);
}

static void a_replaced_value_is_not_looked_at(void)
{
    struct run r;
    begin(&r);
    variable(&r, TOKEN_VARIABLE "=" TOKEN);
    variable(&r, "ASANA_MCP_WORKERS=many");
    flag(&r, "--workers");
    flag(&r, "4");
    go(&r, COMMAND_SERVE);
    expect_ok(&r);
    done(&r);
}

static void a_stronger_list_replaces_a_weaker_one(void)
{
    struct run r;
    begin(&r);
    variable(&r, TOKEN_VARIABLE "=" TOKEN);
    file(&r, "allow_origin = https://file.example\n");
    variable(&r, "ASANA_MCP_ALLOW_ORIGIN=https://one.example, https://Two.example:8443/");
    go(&r, COMMAND_SERVE);
    expect_ok(&r);
    CU_ASSERT_STRING_EQUAL(r.settings.allow_origins[0], "https://one.example");
    CU_ASSERT_STRING_EQUAL(r.settings.allow_origins[1], "https://two.example:8443");
    CU_ASSERT_PTR_NULL(r.settings.allow_origins[2]);
    done(&r);
}

static void lists_repeat_flag_and_key(void)
{
    struct run r;
    begin(&r);
    variable(&r, TOKEN_VARIABLE "=" TOKEN);
    flag(&r, "--allow-origin=https://a.example");
    flag(&r, "--allow-origin");
    flag(&r, "vscode-webview://b");
    go(&r, COMMAND_SERVE);
    expect_ok(&r);
    CU_ASSERT_STRING_EQUAL(r.settings.allow_origins[0], "https://a.example");
    CU_ASSERT_STRING_EQUAL(r.settings.allow_origins[1], "vscode-webview://b");
    done(&r);
    begin(&r);
    variable(&r, TOKEN_VARIABLE "=" TOKEN);
    file(&r, "allow_origin = https://a.example\n# a comment\nallow_origin = https://b.example\n");
    go(&r, COMMAND_SERVE);
    expect_ok(&r);
    CU_ASSERT_STRING_EQUAL(r.settings.allow_origins[0], "https://a.example");
    CU_ASSERT_STRING_EQUAL(r.settings.allow_origins[1], "https://b.example");
    CU_ASSERT_STRING_EQUAL(settings_text(&r.settings, SETTING_ALLOW_ORIGIN),
                           "https://a.example, https://b.example");
    done(&r);
}

static void lists_of_the_file_take_commas(void)
{
    struct run r;
    char text[1024] = "allow_origin = https://h.example";
    begin(&r);
    variable(&r, TOKEN_VARIABLE "=" TOKEN);
    file(&r, "levels = read, create,update\nlevels = read\nallow_workspace = 11,12\n");
    go(&r, COMMAND_SERVE);
    expect_ok(&r);
    CU_ASSERT_EQUAL(r.settings.levels, 1u << TOOL_READ | 1u << TOOL_CREATE | 1u << TOOL_UPDATE);
    CU_ASSERT_STRING_EQUAL(r.settings.allow_workspaces[1], "12");
    CU_ASSERT_PTR_NULL(r.settings.allow_workspaces[2]);
    done(&r);
    begin(&r);
    variable(&r, TOKEN_VARIABLE "=" TOKEN);
    file(&r, "[policy two]\nworkspace = 11, 12\nlevels = read\nworkspace = 13\n");
    go(&r, COMMAND_SERVE);
    expect_ok(&r);
    CU_ASSERT_STRING_EQUAL(r.settings.policies[0].workspaces[1], "12");
    CU_ASSERT_STRING_EQUAL(r.settings.policies[0].workspaces[2], "13");
    done(&r);
    file_refused(":2: person: expected a gid, which is a number, got \"ana\"",
                 "[policy one]\nperson = 11, ana\n");
    file_refused(":1: allow_workspace: ", "allow_workspace =\n"); /* which is not: all of them */
    file_refused(":2: allow_workspace: ", "allow_workspace = 11\nallow_workspace = ,\n");
    for (int i = 0; i < SETTINGS_LIST_MAX; i++)
        strncat(text, ",b", sizeof(text) - strlen(text) - 1);
    file_refused(":1: \"allow_origin\" takes at most 32 values", text);
}

static void proxies_are_addresses_or_networks(void)
{
    struct run r;
    begin(&r);
    variable(&r, TOKEN_VARIABLE "=" TOKEN);
    flag(&r, "--trusted-proxy=10.0.0.0/8");
    flag(&r, "--trusted-proxy=::1");
    go(&r, COMMAND_SERVE);
    expect_ok(&r);
    CU_ASSERT_STRING_EQUAL(r.settings.trusted_proxies[0], "10.0.0.0/8");
    CU_ASSERT_STRING_EQUAL(r.settings.trusted_proxies[1], "::1");
    CU_ASSERT_PTR_NULL(r.settings.trusted_proxies[2]);
    done(&r);
    REFUSED("--trusted-proxy: expected an address or a network", "--sandbox",
            "--trusted-proxy=proxy.example");
}

static void the_last_of_a_repeated_flag_counts(void)
{
    struct run r;
    begin(&r);
    flag(&r, "--sandbox");
    flag(&r, "--workers=2");
    flag(&r, "--workers=5");
    go(&r, COMMAND_SERVE);
    expect_ok(&r);
    CU_ASSERT_EQUAL(r.settings.workers, 5);
    done(&r);
}

static void booleans_are_turned_on_and_off(void)
{
    struct run r;
    begin(&r);
    variable(&r, "ASANA_MCP_SANDBOX=yes");
    go(&r, COMMAND_SERVE);
    expect_ok(&r);
    CU_ASSERT_TRUE(r.settings.sandbox);
    done(&r);
    begin(&r);
    variable(&r, TOKEN_VARIABLE "=" TOKEN);
    variable(&r, "ASANA_MCP_SANDBOX=on");
    flag(&r, "--no-sandbox");
    go(&r, COMMAND_SERVE);
    expect_ok(&r);
    CU_ASSERT_FALSE(r.settings.sandbox);
    done(&r);
    begin(&r);
    variable(&r, TOKEN_VARIABLE "=" TOKEN);
    file(&r, "sandbox = off\n");
    go(&r, COMMAND_SERVE);
    expect_ok(&r);
    CU_ASSERT_FALSE(r.settings.sandbox);
    done(&r);
    REFUSED("--sandbox: expected true or false, got \"maybe\"", "--sandbox=maybe");
    REFUSED("--no-sandbox takes no value", "--no-sandbox=1");
    REFUSED("unknown option --no-workers", "--no-workers");
}

static void an_empty_variable_is_an_absent_one(void)
{
    struct run r;
    begin(&r);
    variable(&r, TOKEN_VARIABLE "=" TOKEN);
    variable(&r, "ASANA_MCP_LISTEN=");
    go(&r, COMMAND_SERVE);
    expect_ok(&r);
    CU_ASSERT_EQUAL(r.settings.listen.port, 8000);
    done(&r);
}

static void operands_are_kept_in_order(void)
{
    struct run r;
    begin(&r);
    flag(&r, "asana_get_task");
    flag(&r, "--sandbox");
    flag(&r, "-");
    flag(&r, "--");
    flag(&r, "--not-a-flag");
    go(&r, COMMAND_CALL);
    expect_ok(&r);
    CU_ASSERT_EQUAL(r.settings.operand_count, 3);
    CU_ASSERT_STRING_EQUAL(r.settings.operands[0], "asana_get_task");
    CU_ASSERT_STRING_EQUAL(r.settings.operands[1], "-");
    CU_ASSERT_STRING_EQUAL(r.settings.operands[2], "--not-a-flag");
    CU_ASSERT_PTR_NULL(r.settings.operands[3]);
    done(&r);
}

static void unknown_flags_are_refused_with_the_nearest(void)
{
    REFUSED("unknown option --lisen (did you mean --listen?)", "--lisen", "x");
    REFUSED("unknown option --api_url (did you mean --api-url?)", "--api_url=https://x");
    REFUSED("unknown option --zzzzzzzzz; see asana-mcp serve --help", "--zzzzzzzzz");
    REFUSED("unknown option -x", "-x");
    REFUSED("--sizes means nothing to \"serve\"", "--sizes");
}

static void flags_without_their_value_are_refused(void)
{
    REFUSED("--listen needs a value: --listen=ADDR:PORT", "--listen");
    REFUSED("--listen needs a value", "--listen=");
    REFUSED("--config needs a value before --sandbox", "--config", "--sandbox");
}

static void a_token_as_a_flag_is_refused_unseen(void)
{
    struct run r;
    begin(&r);
    flag(&r, "--access-token=" TOKEN);
    go(&r, COMMAND_SERVE);
    expect_refused(&r, "set the environment variable ASANA_ACCESS_TOKEN instead");
    CU_ASSERT_PTR_NULL(strstr(r.err.text, TOKEN));
    done(&r);
    REFUSED("expected the word oauth, bearer or token", "--auth", TOKEN);
}

static void each_value_is_checked(void)
{
    REFUSED("--workers: expected a number from 1 to 64, got \"0\"", "--workers=0");
    REFUSED("--workers: expected a number from 1 to 64, got \"65\"", "--workers=65");
    REFUSED("--workers: expected a number from 1 to 64, got \"2x\"", "--workers=2x");
    REFUSED("--workers: expected a number from 1 to 64, got \"-1\"", "--workers=-1");
    REFUSED("got \"99999999999999999999\"", "--workers=99999999999999999999");
    REFUSED("--deadline-seconds: expected a number from 1 to 600", "--deadline-seconds=601");
    REFUSED("--drain-seconds: expected a number from 0 to 600", "--drain-seconds=601");
    REFUSED("--log-level: expected error, warn, info or debug, got \"loud\"", "--log-level=loud");
    REFUSED("--confirm: expected never, destructive or writes, got \"always\"", "--confirm=always");
    REFUSED("--confirm: expected never, destructive or writes, got \"Writes\"", "--confirm=Writes");
    REFUSED("--listen: \"8000\": expected ADDRESS:PORT", "--listen=8000");
    REFUSED("--listen: \"example.com:80\": the address must be numeric", "--listen=example.com:80");
    REFUSED("--now: expected a time with zone like 2026-11-23T09:00:00Z, got \"2026-11-23\"",
            "--sandbox", "--now=2026-11-23");
    REFUSED("--ca-file: cannot read \"/nonexistent/ca.pem\": No such file",
            "--ca-file=/nonexistent/ca.pem");
    REFUSED("expected the word oauth, bearer or token", "--auth=basic");
    REFUSED("cannot read settings file \"/nonexistent.ini\"", "--config=/nonexistent.ini");
    REFUSED("cannot read settings file \"/tmp\"", "--config=/tmp");
}

static void the_place_of_a_bad_value_is_named(void)
{
    struct run r;
    begin(&r);
    variable(&r, TOKEN_VARIABLE "=" TOKEN);
    variable(&r, "ASANA_MCP_WORKERS=lots");
    go(&r, COMMAND_SERVE);
    expect_refused(&r, "ASANA_MCP_WORKERS: expected a number");
    done(&r);
    file_refused(":2: workers: expected a number", "listen = 127.0.0.1:0\nworkers = lots\n");
}

static void api_url_is_https_or_loopback(void)
{
    struct run r;
    static const char *const good[] = { "https://asana.example/api/1.0/",
                                        "http://127.0.0.1:1/api/1.0",
                                        "http://localhost:1/api/1.0",
                                        "http://[::1]:1/api/1.0",
                                        "http://127.9.9.9/x",
                                        "HTTPS://ASANA.example/" };
    for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
        begin(&r);
        variable(&r, TOKEN_VARIABLE "=" TOKEN);
        flag(&r, "--api-url");
        flag(&r, good[i]);
        go(&r, COMMAND_SERVE);
        expect_ok(&r);
        CU_ASSERT_TRUE(!r.ok || r.settings.api_url[strlen(r.settings.api_url) - 1] != '/');
        done(&r);
    }
    REFUSED("--api-url: plain http would send Asana tokens",
            "--api-url=http://asana.example/api/1.0");
    REFUSED("plain http would send", "--api-url=http://127.asana.example/api/1.0");
    REFUSED("plain http would send", "--api-url=http://localhost.example");
    REFUSED("plain http would send", "--api-url=http://10.0.0.1");
    REFUSED("expected a URL like https://host/path", "--api-url=ftp://asana.example");
    REFUSED("expected a URL like https://host/path", "--api-url=app.asana.com");
    REFUSED("expected a URL like https://host/path", "--api-url=https://");
    REFUSED("expected a URL like https://host/path", "--api-url=https://a b");
    REFUSED("expected a URL without \"?\" and \"#\"", "--api-url=https://a.example/?x=1");
    REFUSED("expected a URL without \"?\" and \"#\"", "--api-url=https://a.example/#");
}

static void credentials_in_a_url_are_refused_unseen(void)
{
    static const char *const urls[] = { "--api-url=https://me:hunter2@a.example",
                                        "--public-url=https://me:hunter2@a.example",
                                        "--api-url=x://me:hunter2@a.example",
                                        "--allow-origin=https://me:hunter2@a.example" };
    for (size_t i = 0; i < sizeof(urls) / sizeof(*urls); i++) {
        struct run r;
        begin(&r);
        flag(&r, urls[i]);
        go(&r, COMMAND_SERVE);
        CU_ASSERT_FALSE(r.ok);
        CU_ASSERT_PTR_NULL(strstr(r.err.text, "hunter2"));
        done(&r);
    }
    REFUSED("--api-url: a URL must not carry a user name", "--api-url=https://me@a.example");
}

static void origins_are_origins(void)
{
    REFUSED("\"*\" would let every web page call this server", "--allow-origin=*");
    REFUSED("--allow-origin: expected an origin like https://app.example.com (no path)",
            "--allow-origin=https://a.example/path");
    REFUSED("expected an origin", "--allow-origin=a.example");
    REFUSED("expected an origin", "--allow-origin=https://*.example");
}

static void token_mode_stays_on_loopback(void)
{
    REFUSED("--listen: with --auth token everyone who reaches this server works in Asana with your "
            "token",
            "--listen=0.0.0.0:8000");
    REFUSED("with --auth token everyone", "--listen=[::]:8000");
    REFUSED("--public-url: with --auth token everyone", "--public-url=https://mcp.example.com");
    REFUSED("with --auth token everyone", "--sandbox", "--listen=0.0.0.0:8000");
    struct run r;
    begin(&r);
    variable(&r, TOKEN_VARIABLE "=" TOKEN);
    flag(&r, "--listen=[::1]:0");
    flag(&r, "--public-url=http://localhost:9000/");
    go(&r, COMMAND_SERVE);
    expect_ok(&r);
    CU_ASSERT_STRING_EQUAL(r.settings.public_url, "http://localhost:9000");
    done(&r);
}

/* The files are any: what is in them is looked at later. */
static void a_certificate_and_its_key_are_https(void)
{
    REFUSED("--tls-cert needs --tls-key with it", "--sandbox", "--tls-cert=/etc/passwd");
    REFUSED("--tls-key needs --tls-cert with it", "--sandbox", "--tls-key=/etc/passwd");
    REFUSED("--tls-key: cannot read", "--sandbox", "--tls-cert=/etc/passwd", "--tls-key=/none");
    REFUSED("begin its address with https://", "--sandbox", "--tls-cert=/etc/passwd",
            "--tls-key=/etc/passwd", "--public-url=http://127.0.0.1:8000");
    REFUSED("name its address with --public-url https://", "--sandbox", "--auth=oauth",
            "--tls-cert=/etc/passwd", "--tls-key=/etc/passwd", "--listen=0.0.0.0:8443");
    REFUSED("--listen: with --auth token everyone", "--tls-cert=/etc/passwd",
            "--tls-key=/etc/passwd", "--listen=0.0.0.0:8443");
    struct run r;
    begin(&r);
    flag(&r, "--auth=bearer");
    flag(&r, "--listen=0.0.0.0:8443");
    flag(&r, "--tls-cert=/etc/passwd");
    flag(&r, "--tls-key=/etc/passwd");
    go(&r, COMMAND_SERVE);
    expect_ok(&r);
    done(&r);
}

static void bearer_mode_off_loopback_needs_https(void)
{
    REFUSED("--listen: callers send their Asana tokens to --auth bearer", "--auth=bearer",
            "--listen=0.0.0.0:8000");
    REFUSED("--public-url: callers send their Asana tokens", "--auth=bearer",
            "--listen=0.0.0.0:8000", "--public-url=http://mcp.example.com");
    REFUSED("--public-url: callers send their Asana tokens", "--auth=bearer",
            "--public-url=http://mcp.example.com");
    REFUSED("so off loopback it needs TLS: its own", "--auth=bearer", "--listen=0.0.0.0:8000",
            "--public-url=http://127.0.0.1:8000");
    struct run r;
    begin(&r);
    flag(&r, "--auth=bearer");
    flag(&r, "--listen=0.0.0.0:8000");
    flag(&r, "--public-url=https://mcp.example.com");
    go(&r, COMMAND_SERVE);
    expect_ok(&r);
    CU_ASSERT_EQUAL(r.settings.auth, AUTH_BEARER);
    done(&r);
    begin(&r);
    flag(&r, "--auth=bearer"); /* on loopback, without a token of ours */
    go(&r, COMMAND_SERVE);
    expect_ok(&r);
    done(&r);
}

static void a_missing_token_says_what_to_do(void)
{
    static const enum command_id asking[] = { COMMAND_SERVE, COMMAND_STDIO, COMMAND_CALL,
                                              COMMAND_DOCTOR };
    struct run r;
    for (size_t i = 0; i < sizeof(asking) / sizeof(*asking); i++) {
        begin(&r);
        variable(&r, TOKEN_VARIABLE "=  ");
        go(&r, asking[i]);
        expect_refused(&r, "no Asana token: set the environment variable ASANA_ACCESS_TOKEN");
        done(&r);
        begin(&r);
        flag(&r, "--sandbox");
        go(&r, asking[i]);
        expect_ok(&r);
        done(&r);
    }
    begin(&r);
    go(&r, COMMAND_TOOLS);
    expect_ok(&r);
    done(&r);
    begin(&r);
    go(&r, COMMAND_SANDBOX);
    expect_ok(&r);
    CU_ASSERT_EQUAL(r.settings.listen.port, 8001);
    done(&r);
}

static void the_token_is_trimmed_and_checked_unseen(void)
{
    struct run r;
    begin(&r);
    variable(&r, TOKEN_VARIABLE "= " TOKEN "\r\n");
    go(&r, COMMAND_SERVE);
    expect_ok(&r);
    CU_ASSERT_TRUE(secret_equals(&r.settings.asana_token, slice_of(TOKEN)));
    done(&r);
    begin(&r);
    variable(&r, TOKEN_VARIABLE "=hunter2 hunter3");
    go(&r, COMMAND_SERVE);
    expect_refused(&r, "ASANA_ACCESS_TOKEN: character 8 is no part of a token");
    CU_ASSERT_PTR_NULL(strstr(r.err.text, "hunter"));
    done(&r);
    begin(&r);
    variable(&r, TOKEN_VARIABLE "=hunter2\nX-Injected:1");
    go(&r, COMMAND_SERVE);
    expect_refused(&r, "character 8");
    done(&r);
    static char endless[6000] = TOKEN_VARIABLE "=";
    memset(endless + strlen(endless), 'x', sizeof(endless) - strlen(endless) - 1);
    begin(&r);
    variable(&r, endless);
    go(&r, COMMAND_SERVE);
    expect_refused(&r, "longer than any Asana token");
    done(&r);
}

static void sandbox_and_api_url_exclude_each_other(void)
{
    REFUSED("--sandbox and --api-url both say which Asana to work in", "--sandbox",
            "--api-url=https://a.example");
    struct run r;
    begin(&r);
    variable(&r, "ASANA_MCP_SANDBOX=1");
    flag(&r, "--api-url=https://a.example");
    go(&r, COMMAND_SERVE);
    expect_refused(&r, "ASANA_MCP_SANDBOX and --api-url both say");
    done(&r);
    begin(&r);
    variable(&r, "ASANA_MCP_API_URL=https://a.example");
    flag(&r, "--sandbox"); /* stronger: it stands in Asana's place */
    go(&r, COMMAND_SERVE);
    expect_ok(&r);
    done(&r);
}

static void now_belongs_to_the_sandbox(void)
{
    REFUSED("--now sets the sandbox's clock; add --sandbox", "--now=2026-11-23T09:00:00Z");
    struct run r;
    begin(&r);
    flag(&r, "--now=2026-11-23T10:00:00+01:00");
    go(&r, COMMAND_SANDBOX);
    expect_ok(&r);
    CU_ASSERT_EQUAL(r.settings.now_ms, 1795424400000);
    done(&r);
    begin(&r);
    flag(&r, "--listen=0.0.0.0:0");
    go(&r, COMMAND_SANDBOX);
    expect_refused(&r, "--listen: the sandbox serves on loopback only");
    done(&r);
}

/* serve with an application at Asana; more flags and variables may be added before go(). */
static void begin_sign_in(struct run *r)
{
    begin(r);
    flag(r, "--client-id=1200");
    variable(r, "ASANA_MCP_CLIENT_SECRET=hunter2");
    variable(r, "HOME=/home/op");
}

static void a_client_id_means_signing_in(void)
{
    struct run r;
    begin_sign_in(&r);
    go(&r, COMMAND_SERVE);
    expect_ok(&r);
    const struct settings *s = &r.settings;
    CU_ASSERT_EQUAL(s->auth, AUTH_OAUTH);
    CU_ASSERT_STRING_EQUAL(s->client_id, "1200");
    CU_ASSERT_TRUE(secret_equals(&s->client_secret, slice_of("hunter2")));
    CU_ASSERT_STRING_EQUAL(settings_text(s, SETTING_CLIENT_SECRET), "set");
    CU_ASSERT_STRING_EQUAL(settings_text(s, SETTING_AUTH), "oauth");
    CU_ASSERT_STRING_EQUAL(s->oauth_url, "https://app.asana.com/-");
    CU_ASSERT_STRING_EQUAL(s->oauth_scope, "default");
    CU_ASSERT_PTR_NULL(s->allow_redirects);
    CU_ASSERT_PTR_NULL(s->request_webhook);
    CU_ASSERT_PTR_NULL(s->clients);
    CU_ASSERT_PTR_NULL(s->cimd_allow[0]);
    CU_ASSERT_PTR_NULL(s->allow_workspaces[0]);
    CU_ASSERT_PTR_NULL(s->block_people[0]);
    CU_ASSERT_EQUAL(s->toolsets, UINT64_MAX);
    done(&r);
    begin(&r);
    variable(&r, TOKEN_VARIABLE "=" TOKEN);
    variable(&r, "ASANA_MCP_CLIENT_ID=1200"); /* in the environment it may wait */
    flag(&r, "--auth=token");
    go(&r, COMMAND_SERVE);
    expect_ok(&r);
    CU_ASSERT_EQUAL(r.settings.auth, AUTH_TOKEN);
    done(&r);
    begin(&r);
    variable(&r, TOKEN_VARIABLE "=" TOKEN);
    variable(&r, "ASANA_MCP_CLIENT_ID=1200"); /* no way to sign in here */
    go(&r, COMMAND_CALL);
    expect_ok(&r);
    CU_ASSERT_EQUAL(r.settings.auth, AUTH_TOKEN);
    done(&r);
}

/* Where others reach it and nobody signs in. */
static void begin_several_nodes(struct run *r, const char *secret)
{
    begin(r);
    flag(r, "--auth=bearer");
    flag(r, "--public-url=https://mcp.example.com");
    flag(r, "--store=redis://redis.internal/0");
    if (secret)
        variable(r, secret);
}

static void several_nodes_need_a_secret_that_redis_does_not_know(void)
{
    struct run r;
    begin_several_nodes(&r, NULL);
    go(&r, COMMAND_SERVE);
    expect_refused(&r, "--store: nodes tell each other people's data through Redis");
    done(&r);
    begin_several_nodes(&r, "ASANA_MCP_CLUSTER_SECRET=0123456789abcdef0123456789abcdef");
    go(&r, COMMAND_SERVE);
    expect_ok(&r);
    CU_ASSERT_EQUAL(r.settings.cluster_secret.len, 32);
    CU_ASSERT_STRING_EQUAL(settings_text(&r.settings, SETTING_CLUSTER_SECRET), "set");
    done(&r);
    begin_several_nodes(&r, "ASANA_MCP_CLUSTER_SECRET=short");
    go(&r, COMMAND_SERVE);
    expect_refused(&r, "ASANA_MCP_CLUSTER_SECRET: expected 32 characters or more, got 5");
    done(&r);
    REFUSED("--cluster-secret is not an option: flags can be seen", "--cluster-secret=hunter2");
    begin(&r); /* for this machine alone */
    flag(&r, "--auth=bearer");
    flag(&r, "--store=redis://127.0.0.1/0");
    go(&r, COMMAND_SERVE);
    expect_ok(&r);
    done(&r);
}

static void signing_in_needs_an_application_and_its_secret(void)
{
    struct run r;
    REFUSED("make one at https://app.asana.com/0/my-apps with the redirect URL "
            "https://mcp.example.com/oauth/callback",
            "--auth=oauth", "--public-url=https://mcp.example.com/");
    REFUSED("--client-id: the application's secret is missing", "--client-id=1200");
    REFUSED("--client-secret is not an option: flags can be seen", "--client-secret=hunter2");
    begin(&r);
    file(&r, "client_id = 1200\nclient_secret = hunter2\nstore = sqlite:/x.db\n");
    go(&r, COMMAND_SERVE);
    expect_ok(&r);
    CU_ASSERT_TRUE(secret_equals(&r.settings.client_secret, slice_of("hunter2")));
    done(&r);
    begin(&r);
    flag(&r, "--sandbox"); /* which has one of its own */
    flag(&r, "--auth=oauth");
    go(&r, COMMAND_SERVE);
    expect_ok(&r);
    CU_ASSERT_STRING_EQUAL(r.settings.store, "sqlite::memory:");
    done(&r);
}

static void nobody_signs_in_over_plain_http_but_on_loopback(void)
{
    static const char *const bad[][3] = {
        { "--listen=0.0.0.0:8000", "--workers=1", "--listen: nobody can sign in over plain http" },
        { "--listen=0.0.0.0:8000", "--public-url=http://mcp.example.com",
          "--public-url: nobody can sign in" },
        { "--listen=127.0.0.1:8000", "--public-url=http://mcp.example.com",
          "--public-url: nobody can sign in" },
        { "--workers=1", "--public-url=https://mcp.example.com/?a=b", "without \"?\" and \"#\"" },
    };
    static const char *const good[][2] = {
        { "--listen=0.0.0.0:8000", "--public-url=https://mcp.example.com/asana" },
        { "--listen=127.0.0.1:8000", "--public-url=http://localhost:8000" },
        { "--listen=[::1]:0", "--workers=1" },
    };
    struct run r;
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        begin_sign_in(&r);
        flag(&r, bad[i][0]);
        flag(&r, bad[i][1]);
        go(&r, COMMAND_SERVE);
        expect_refused(&r, bad[i][2]);
        done(&r);
    }
    for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
        begin_sign_in(&r);
        flag(&r, good[i][0]);
        flag(&r, good[i][1]);
        go(&r, COMMAND_SERVE);
        expect_ok(&r);
        done(&r);
    }
    REFUSED("--oauth-url: plain http would send Asana tokens", "--auth=oauth",
            "--oauth-url=http://asana.example/-");
    REFUSED("--sandbox and --oauth-url both say which Asana", "--sandbox", "--auth=oauth",
            "--oauth-url=https://asana.example/-");
}

static void the_store_has_a_place_of_its_own(void)
{
    static const struct {
        const char *variables[3];
        const char *store;
    } places[] = {
        { { "HOME=/home/op" }, "sqlite:/home/op/.local/state/asana-mcp/asana-mcp.db" },
        { { "HOME=/home/op", "XDG_STATE_HOME=/state" }, "sqlite:/state/asana-mcp/asana-mcp.db" },
        { { "HOME=/home/op", "XDG_STATE_HOME=relative" },
          "sqlite:/home/op/.local/state/asana-mcp/asana-mcp.db" },
        { { "HOME=/root", "XDG_STATE_HOME=/state", "STATE_DIRECTORY=/var/lib/a:/var/lib/b" },
          "sqlite:/var/lib/a/asana-mcp.db" },
        { { "ASANA_MCP_STORE=sqlite:here.db", "HOME=/home/op" }, "sqlite:here.db" },
    };
    struct run r;
    for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
        begin(&r);
        for (size_t v = 0; v < 3 && places[i].variables[v]; v++)
            variable(&r, places[i].variables[v]);
        go(&r, COMMAND_BLOCKS);
        expect_ok(&r);
        CU_ASSERT_STRING_EQUAL(r.settings.store, places[i].store);
        done(&r);
    }
    begin(&r);
    flag(&r, "--client-id=1200");
    variable(&r, "ASANA_MCP_CLIENT_SECRET=hunter2");
    go(&r, COMMAND_SERVE);
    expect_refused(&r, "name one with --store sqlite:PATH");
    done(&r);
    REFUSED("--store: expected a port", "--auth=oauth", "--store=redis://:swordfish@localhost:x");
    REFUSED("--store: expected sqlite: and the name of a file", "--auth=oauth", "--store=x.db");
    REFUSED("--store: expected sqlite: and the name of a file", "--auth=oauth", "--store=sqlite:");
    REFUSED("--store is about signing in; add --auth oauth", "--store=sqlite:x.db");
}

static void redirects_are_patterns(void)
{
    struct run r;
    begin_sign_in(&r);
    file(&r, "allow_redirect = https://a.example/callback/*\nallow_redirect = known\n");
    go(&r, COMMAND_SERVE);
    expect_ok(&r);
    const char *const *list = r.settings.allow_redirects;
    CU_ASSERT_PTR_NOT_NULL_FATAL(list);
    CU_ASSERT_STRING_EQUAL(list[0], "https://a.example/callback/*");
    for (size_t i = 0; redirect_known[i]; i++)
        CU_ASSERT_STRING_EQUAL(list[i + 1], redirect_known[i]);
    done(&r);
    begin_sign_in(&r);
    flag(&r, "--allow-redirect=https://a.example/callback");
    go(&r, COMMAND_SERVE);
    expect_ok(&r);
    CU_ASSERT_PTR_NULL(r.settings.allow_redirects[1]); /* the known ones are replaced */
    done(&r);
    REFUSED("--allow-redirect: ", "--auth=oauth", "--allow-redirect=javascript:alert(1)");
    REFUSED("--allow-redirect: ", "--auth=oauth", "--allow-redirect=http://a.example/callback");
}

static void who_is_kept_out_is_named_by_gid(void)
{
    struct run r;
    begin_sign_in(&r);
    file(&r, "block_person = 11\nblock_person = 12\nblock_client = https://a.example/c?d=e\n"
             "block_workspace = 31\nallow_workspace = 30\ncimd_allow = intern.example:8443\n");
    go(&r, COMMAND_SERVE);
    expect_ok(&r);
    const struct settings *s = &r.settings;
    CU_ASSERT_STRING_EQUAL(s->block_people[1], "12");
    CU_ASSERT_PTR_NULL(s->block_people[2]);
    CU_ASSERT_STRING_EQUAL(s->block_clients[0], "https://a.example/c?d=e");
    CU_ASSERT_STRING_EQUAL(s->block_workspaces[0], "31");
    CU_ASSERT_STRING_EQUAL(s->allow_workspaces[0], "30");
    CU_ASSERT_STRING_EQUAL(s->cimd_allow[0], "intern.example:8443");
    done(&r);
    REFUSED("--block-person: expected a gid, digits like", "--auth=oauth", "--block-person=ana");
    REFUSED("--allow-workspace: expected a gid", "--allow-workspace=Acme");
    REFUSED("--block-workspace: expected a gid",
            "--block-workspace=1234567890123456789012345678901234");
    static const char *const hosts[] = {
        "--cimd-allow=intern.example", "--cimd-allow=a:0", "--cimd-allow=a:65536",
        "--cimd-allow=https://a:1",    "--cimd-allow=:1",  "--cimd-allow=::1:443"
    };
    for (size_t i = 0; i < sizeof(hosts) / sizeof(*hosts); i++)
        REFUSED("--cimd-allow: expected HOST:PORT", "--auth=oauth", hosts[i]);
    begin_sign_in(&r);
    flag(&r, "--cimd-allow=[::1]:443");
    go(&r, COMMAND_SERVE);
    expect_ok(&r);
    done(&r);
    REFUSED("--block-person is about signing in; add --auth oauth", "--block-person=11");
}

static void a_webhook_is_kept_out_of_sight(void)
{
    struct run r;
    begin_sign_in(&r);
    variable(&r, "ASANA_MCP_REQUEST_WEBHOOK=https://hooks.example/T0/hunter3?key=hunter4");
    go(&r, COMMAND_SERVE);
    expect_ok(&r);
    CU_ASSERT_STRING_EQUAL(r.settings.request_webhook,
                           "https://hooks.example/T0/hunter3?key=hunter4");
    CU_ASSERT_STRING_EQUAL(settings_text(&r.settings, SETTING_REQUEST_WEBHOOK), "set");
    done(&r);
    static const char *const bad[] = { "ASANA_MCP_REQUEST_WEBHOOK=http://a.example/hunter3",
                                       "ASANA_MCP_REQUEST_WEBHOOK=https://u:hunter3@a.example/",
                                       "ASANA_MCP_REQUEST_WEBHOOK=hunter3" };
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        begin_sign_in(&r);
        variable(&r, bad[i]);
        go(&r, COMMAND_SERVE);
        expect_refused(&r, "ASANA_MCP_REQUEST_WEBHOOK: expected a URL");
        CU_ASSERT_PTR_NULL(strstr(r.err.text, "hunter3"));
        done(&r);
    }
}

static void tools_are_chosen_by_set_and_name(void)
{
    struct run r;
    char sets[128];
    CU_ASSERT_TRUE_FATAL(tool_toolsets_count >= 3);
    snprintf(sets, sizeof(sets), "--toolsets=%s,%s", tool_toolsets[2].name, tool_toolsets[0].name);
    begin(&r);
    variable(&r, TOKEN_VARIABLE "=" TOKEN);
    flag(&r, sets);
    flag(&r, "--read-only");
    flag(&r, "--disable=asana_get_task,asana_get_user");
    go(&r, COMMAND_SERVE);
    expect_ok(&r);
    CU_ASSERT_EQUAL(r.settings.toolsets, 5);
    CU_ASSERT_TRUE(r.settings.read_only);
    CU_ASSERT_STRING_EQUAL(r.settings.disabled_tools[0], "asana_get_task");
    CU_ASSERT_STRING_EQUAL(r.settings.disabled_tools[1], "asana_get_user");
    CU_ASSERT_PTR_NULL(r.settings.disabled_tools[2]);
    done(&r);
    REFUSED("--toolsets: no toolset is called \"taks\" (did you mean \"tasks\"?)",
            "--toolsets=taks");
    REFUSED("--toolsets: no toolset is called \"zzzzzzzzz\"; see asana-mcp tools",
            "--toolsets=zzzzzzzzz");
    REFUSED("--disable: no tool is called \"asana_get_tusk\" (did you mean",
            "--disable=asana_get_tusk");
}

static void clients_are_sections_of_the_file(void)
{
    struct run r;
    begin_sign_in(&r);
    file(&r, "workers = 2\n[client Our agent]\nid = our-agent\nsecret = hunter3\n"
             "redirect_uri = https://agent.example/callback\n"
             "redirect_uri = http://127.0.0.1:9/callback\n"
             "[client Public one]\nredirect_uri = com.example.app:/back\nid = public\n");
    go(&r, COMMAND_SERVE);
    expect_ok(&r);
    const struct settings_client *c = r.settings.clients;
    CU_ASSERT_PTR_NOT_NULL_FATAL(c);
    CU_ASSERT_STRING_EQUAL(c[0].name, "Our agent");
    CU_ASSERT_STRING_EQUAL(c[0].id, "our-agent");
    CU_ASSERT_TRUE(secret_equals(&c[0].secret, slice_of("hunter3")));
    CU_ASSERT_STRING_EQUAL(c[0].redirect_uris[1], "http://127.0.0.1:9/callback");
    CU_ASSERT_PTR_NULL(c[0].redirect_uris[2]);
    CU_ASSERT_STRING_EQUAL(c[1].name, "Public one");
    CU_ASSERT_EQUAL(c[1].secret.len, 0);
    CU_ASSERT_PTR_NULL(c[2].name);
    CU_ASSERT_EQUAL(r.settings.workers, 2);
    done(&r);
    file_refused(":2: workers: a client has the keys id, secret and redirect_uri",
                 "[client A]\nworkers = 2\n");
    file_refused(":2: secrets: a client has the keys id, secret and redirect_uri (did you mean "
                 "\"secret\"?)",
                 "[client A]\nsecrets = hunter3\n");
    file_refused(":4: id: the client \"A\" has this id already",
                 "[client A]\nid = a\n[client B]\nid = a\n");
    file_refused(":3: id: given a second time for this client", "[client A]\nid = a\nid = b\n");
    file_refused(":2: redirect_uri: expected a whole address",
                 "[client A]\nredirect_uri = http://agent.example/callback\n");
    file_refused(": [client A] has no redirect_uri", "[client A]\nid = a\n");
    file_refused(": [client A] has no id", "[client A]\nredirect_uri = https://a.example/\n");
    file_refused(":2: sections like [clients] are not known here", "[clients]\nid = a\n");
}

static void unknown_keys_are_refused_with_line_and_nearest(void)
{
    file_refused(":3: unknown key \"api_urll\" (did you mean \"api_url\"?)",
                 "# comment\n\napi_urll = https://a.example\n");
    file_refused(":1: unknown key \"api-url\" (did you mean \"api_url\"?)",
                 "api-url = https://a.example\n");
    file_refused(":1: unknown key \"config\"", "config = other.ini\n");
    file_refused(":1: unknown key \"json\"", "json = true\n");
    file_refused(":1: the Asana token does not belong into this file", "asana_access_token = x\n");
}

static void token_seconds_are_the_sandbox_s(void)
{
    struct run r;
    begin(&r);
    flag(&r, "--sandbox");
    flag(&r, "--auth=oauth");
    flag(&r, "--token-seconds=5");
    go(&r, COMMAND_SERVE);
    expect_ok(&r);
    CU_ASSERT_EQUAL(r.settings.token_seconds, 5);
    done(&r);
    REFUSED("--token-seconds is about the sandbox's tokens; add --sandbox", "--token-seconds=5");
}

static void other_mistakes_in_the_file_name_their_line(void)
{
    file_refused(":2: sections like [server] are not known here",
                 "[server]\nlisten = 127.0.0.1:0\n");
    file_refused(":2: expected \"key = value\"", "workers = 2\nsandbox\n");
    file_refused(":2: \"workers\" is given a second time", "workers = 2\nworkers = 3\n");
    file_refused(":2: an indented line", "allow_origin = https://a.example\n  https://b.example\n");
    file_refused(":2: an indented line", "workers = 2\n  listen = 127.0.0.1:0\n");
}

static void a_long_value_is_refused_not_cut(void)
{
    /* The parser's line holds 199 bytes; "ca_file = " is 10 of them. */
    char text[512];
    char path[400];
    for (size_t len = 180; len < 200; len++) {
        struct run r;
        memset(path, '/', len); /* however many, "/" is a directory that can be read */
        path[len] = '\0';
        snprintf(text, sizeof(text), "workers = 2\nca_file = %s\n", path);
        begin(&r);
        variable(&r, TOKEN_VARIABLE "=" TOKEN);
        file(&r, text);
        go(&r, COMMAND_SERVE);
        CU_ASSERT_TRUE(!r.ok || strlen(r.settings.ca_file) == len);
        if (!r.ok)
            expect_refused(&r, ":2: the line is longer than");
        CU_ASSERT_EQUAL(r.ok, len <= 188);
        done(&r);
    }
    memset(path, '/', 390);
    path[390] = '\0';
    struct run r;
    begin(&r); /* elsewhere nothing is cut */
    variable(&r, TOKEN_VARIABLE "=" TOKEN);
    flag(&r, "--ca-file");
    flag(&r, path);
    go(&r, COMMAND_SERVE);
    expect_ok(&r);
    CU_ASSERT_EQUAL(strlen(r.settings.ca_file), 390);
    done(&r);
    /* What the parser would take for the next line. */
    memset(text, ' ', 300);
    snprintf(text + 300, sizeof(text) - 300, "workers = 3\n");
    memcpy(text, "sandbox = on ;", 14);
    file_refused(":1: the line is longer than", text);
}

static void a_list_has_a_ceiling(void)
{
    struct run r;
    char origins[SETTINGS_LIST_MAX + 1][64];
    begin(&r);
    variable(&r, TOKEN_VARIABLE "=" TOKEN);
    for (int i = 0; i <= SETTINGS_LIST_MAX; i++) {
        snprintf(origins[i], sizeof(origins[i]), "--allow-origin=https://h%d.example", i);
        flag(&r, origins[i]);
    }
    go(&r, COMMAND_SERVE);
    expect_refused(&r, "--allow-origin: at most 32 values");
    done(&r);
    char text[4096] = "";
    for (int i = 0; i <= SETTINGS_LIST_MAX; i++)
        strncat(text, "allow_origin = https://h.example\n", sizeof(text) - strlen(text) - 1);
    file_refused(":33: \"allow_origin\" takes at most 32 values", text);
}

static void settings_of_other_commands_may_stand_in_file_and_environment(void)
{
    struct run r;
    begin(&r);
    file(&r, "listen = 127.0.0.1:9\nworkers = 3\n");
    variable(&r, "ASANA_MCP_AUTH=oauth"); /* not for call: not looked at */
    flag(&r, "--sandbox");
    go(&r, COMMAND_CALL);
    expect_ok(&r);
    done(&r);
    begin(&r);
    flag(&r, "--workers=3");
    go(&r, COMMAND_CALL);
    expect_refused(&r, "--workers means nothing to \"call\"; see asana-mcp call --help");
    done(&r);
}

static void the_file_can_be_named_by_the_environment(void)
{
    struct run r;
    char pair[128];
    begin(&r);
    file(&r, "sandbox = true\n");
    r.argv[0] = NULL;
    snprintf(pair, sizeof(pair), "ASANA_MCP_CONFIG=%s", r.file);
    variable(&r, pair);
    go(&r, COMMAND_SERVE);
    expect_ok(&r);
    CU_ASSERT_TRUE(r.settings.sandbox);
    done(&r);
}

static void help_ends_the_reading(void)
{
    struct run r;
    begin(&r);
    flag(&r, "-h");
    flag(&r, "--nonsense");
    CU_ASSERT_TRUE(settings_flags(&r.settings, COMMAND_SERVE, r.argv, &r.err));
    CU_ASSERT_TRUE(r.settings.help);
    done(&r);
}

static void every_setting_has_one_name_in_three_spellings(void)
{
    for (enum setting_id id = 0; id < SETTING_COUNT; id++) {
        const struct setting *s = &vocabulary_settings[id];
        char name[SETTING_NAME_MAX];
        CU_ASSERT_EQUAL(setting_find_flag(s->name, strlen(s->name)), id);
        setting_variable(id, name);
        bool in_environment = s->sources & (1u << FROM_ENVIRONMENT);
        CU_ASSERT_EQUAL(setting_find_variable(name, strlen(name)),
                        in_environment ? id : SETTING_COUNT);
        setting_key(id, name);
        bool in_file = s->sources & (1u << FROM_FILE);
        CU_ASSERT_EQUAL(setting_find_key(name), in_file ? id : SETTING_COUNT);
        CU_ASSERT_EQUAL(*s->metavar == '\0', s->kind == KIND_BOOL);
        CU_ASSERT_TRUE(s->commands != 0);
    }
    char name[SETTING_NAME_MAX];
    setting_variable(SETTING_API_URL, name);
    CU_ASSERT_STRING_EQUAL(name, "ASANA_MCP_API_URL");
    setting_key(SETTING_API_URL, name);
    CU_ASSERT_STRING_EQUAL(name, "api_url");
}

#define TEST(name)  \
    {               \
#name, name \
    }

int main(void)
{
    CU_TestInfo tests[] = {
        TEST(standards_are_those_of_the_design),
        TEST(confirm_is_one_of_three_words),
        TEST(flags_beat_environment_beats_file),
        TEST(a_replaced_value_is_not_looked_at),
        TEST(a_stronger_list_replaces_a_weaker_one),
        TEST(lists_repeat_flag_and_key),
        TEST(lists_of_the_file_take_commas),
        TEST(proxies_are_addresses_or_networks),
        TEST(the_last_of_a_repeated_flag_counts),
        TEST(booleans_are_turned_on_and_off),
        TEST(an_empty_variable_is_an_absent_one),
        TEST(operands_are_kept_in_order),
        TEST(unknown_flags_are_refused_with_the_nearest),
        TEST(flags_without_their_value_are_refused),
        TEST(a_token_as_a_flag_is_refused_unseen),
        TEST(each_value_is_checked),
        TEST(the_place_of_a_bad_value_is_named),
        TEST(api_url_is_https_or_loopback),
        TEST(credentials_in_a_url_are_refused_unseen),
        TEST(origins_are_origins),
        TEST(token_mode_stays_on_loopback),
        TEST(a_certificate_and_its_key_are_https),
        TEST(bearer_mode_off_loopback_needs_https),
        TEST(a_missing_token_says_what_to_do),
        TEST(the_token_is_trimmed_and_checked_unseen),
        TEST(sandbox_and_api_url_exclude_each_other),
        TEST(now_belongs_to_the_sandbox),
        TEST(a_client_id_means_signing_in),
        TEST(several_nodes_need_a_secret_that_redis_does_not_know),
        TEST(signing_in_needs_an_application_and_its_secret),
        TEST(nobody_signs_in_over_plain_http_but_on_loopback),
        TEST(the_store_has_a_place_of_its_own),
        TEST(redirects_are_patterns),
        TEST(who_is_kept_out_is_named_by_gid),
        TEST(a_webhook_is_kept_out_of_sight),
        TEST(tools_are_chosen_by_set_and_name),
        TEST(clients_are_sections_of_the_file),
        TEST(token_seconds_are_the_sandbox_s),
        TEST(unknown_keys_are_refused_with_line_and_nearest),
        TEST(other_mistakes_in_the_file_name_their_line),
        TEST(a_long_value_is_refused_not_cut),
        TEST(a_list_has_a_ceiling),
        TEST(settings_of_other_commands_may_stand_in_file_and_environment),
        TEST(the_file_can_be_named_by_the_environment),
        TEST(help_ends_the_reading),
        TEST(every_setting_has_one_name_in_three_spellings),
        CU_TEST_INFO_NULL,
    };
    CU_SuiteInfo suites[] = {
        { .pName = "settings", .pTests = tests },
        CU_SUITE_INFO_NULL,
    };
    if (!secret_init() || CU_initialize_registry() != CUE_SUCCESS ||
        CU_register_suites(suites) != CUE_SUCCESS)
        return 1;
    return run_suites();
}
