#include "asana/errors.h"

#include "base/arena.h"
#include "base/json.h"
#include "base/limits.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Of what came from outside, in one explanation: 2,000 bytes with the mark of a cut. */
#define WORDS_MAX (2000 - (sizeof("…") - 1))
/* An envelope of errors is small; more than this is not read for messages. */
#define ENVELOPE_MAX (64u << 10)
#define ENVELOPE_ARENA (4u << 20)

bool asana_answer_open(const struct asana_answer *answer, struct asana_envelope *out)
{
    static const char *const names[] = { "data", "next_page" };
    struct slice found[2];
    if (answer->outcome != ASANA_ANSWERED || answer->status < 200 || answer->status >= 300 ||
        !answer->json || !json_check_members(answer->body, names, 2, found, NULL) || !found[0].len)
        return false;
    *out = (struct asana_envelope){ answer->body, found[0], found[1] };
    return true;
}

bool asana_answer_ok(const struct asana_answer *answer)
{
    struct asana_envelope envelope;
    return asana_answer_open(answer, &envelope);
}

bool asana_answer_renews_sync(const struct asana_answer *answer, struct slice *sync)
{
    return answer->outcome == ASANA_ANSWERED && answer->status == 412 && answer->json &&
           json_check(answer->body, NULL) && json_member(answer->body, "sync", sync) &&
           sync->data[0] == '"';
}

/* Length and code point of the UTF-8 sequence at s (RFC 3629, section 4); 0 when there is none. */
static size_t utf8_read(const unsigned char *s, size_t len, uint32_t *out)
{
    static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
    size_t n = s[0] < 0x80 ? 1 : s[0] >> 5 == 6 ? 2 : s[0] >> 4 == 14 ? 3 : s[0] >> 3 == 30 ? 4 : 0;
    if (n == 0 || n > len)
        return 0;
    uint32_t c = n == 1 ? s[0] : s[0] & (0x7fu >> n);
    for (size_t i = 1; i < n; i++) {
        if (s[i] >> 6 != 2)
            return 0;
        c = c << 6 | (s[i] & 0x3fu);
    }
    if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
        return 0;
    *out = c;
    return n;
}

/* Controls, and what reorders or breaks lines for a reader (bidirectional overrides, separators).
 */
static bool is_control(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x2028 && c <= 0x202e) ||
           (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

/* Words from outside: white space as single spaces, double quotes as single ones, so that they end
 * where our quotes end. */
static void put_words(struct buf *out, const char *text, size_t *budget)
{
    const unsigned char *s = (const unsigned char *)text;
    size_t left = strlen(text);
    bool space = true; /* none at the start */
    while (left) {
        uint32_t c;
        size_t n = utf8_read(s, left, &c);
        const char *put = (const char *)s;
        size_t step = n ? n : 1;
        bool blank = n && (c == ' ' || c == '\n' || c == '\r' || c == '\t');
        if (c == '"' && n)
            put = "'";
        if (n > *budget) {
            buf_str(out, "…");
            *budget = 0;
            return;
        }
        if (n && (blank ? !space : !is_control(c))) {
            if (blank)
                put = " ";
            buf_put(out, put, n);
            *budget -= n;
            space = blank;
        }
        s += step;
        left -= step;
    }
}

/* What is worth telling of {"errors":[{"message", "help", "phrase"}]}. */
static void put_envelope(const struct asana_answer *answer, struct buf *out)
{
    if (answer->body.len > ENVELOPE_MAX)
        return;
    struct arena *arena = arena_new(ENVELOPE_ARENA);
    cJSON *root = arena ? json_parse(arena, answer->body, NULL) : NULL;
    const cJSON *errors = json_get(root, "errors");
    const cJSON *error;
    const char *lead = " Asana says: \"";
    const char *phrase = NULL;
    size_t budget = WORDS_MAX;
    cJSON_ArrayForEach (error, errors) {
        const char *message = json_get_string(error, "message");
        if (!phrase)
            phrase = json_get_string(error, "phrase");
        if (!message || !*message || !budget)
            continue;
        buf_str(out, lead);
        put_words(out, message, &budget);
        buf_char(out, '"');
        lead = "; \"";
    }
    if (*lead == ';')
        buf_char(out, '.');
    if (phrase && budget) {
        buf_str(out, " Asana's support asks for this phrase: \"");
        put_words(out, phrase, &budget);
        buf_str(out, "\".");
    }
    arena_free(arena);
}

static bool is_write(const struct asana_answer *answer)
{
    return answer->method != ASANA_GET;
}

/* The advice that depends on whether something may have been changed. */
static void put_repeat(const struct asana_answer *answer, struct buf *out, const char *read_advice)
{
    if (!is_write(answer))
        buf_str(out, read_advice);
    else if (!answer->sent)
        buf_str(out, " Nothing was changed; the call can be repeated.");
    else
        buf_str(out, " The change may or may not have been made: look before you repeat the call, "
                     "or it may be made twice.");
}

static void put_wait(const struct asana_answer *answer, struct buf *out, const char *otherwise)
{
    char text[80];
    if (answer->retry_after < 0) {
        buf_str(out, otherwise);
        return;
    }
    snprintf(text, sizeof(text), " Wait %" PRId64 " second%s, then call again.",
             answer->retry_after, answer->retry_after == 1 ? "" : "s");
    buf_str(out, text);
}

static bool mentions(const struct asana_answer *answer, const char *text)
{
    return memmem(answer->body.data, answer->body.len, text, strlen(text)) != NULL;
}

static void explain_bad_request(const struct asana_answer *answer, struct buf *out)
{
    buf_str(out, "Asana refused the request (400).");
    put_envelope(answer, out);
    if (mentions(answer, "pagination token"))
        buf_str(out, " Page tokens expire and belong to one query: ask for the first page again, "
                     "without offset.");
    else
        buf_str(out, " Correct the arguments and call again.");
}

/* A token that has ended, and a workspace whose administrators block the app: Asana says "Not
 * Authorized" of both. */
static void explain_sign_in(const struct asana_answer *answer, struct buf *out)
{
    if (answer->token_works && !mentions(answer, "expired")) {
        buf_str(out, "Asana refuses this app there, although the sign-in works elsewhere (401).");
        put_envelope(answer, out);
        buf_str(out,
                " An administrator has most likely blocked this app for the workspace: a super "
                "admin can allow it in Asana's app management (Admin console, then Apps). Go "
                "on in other workspaces; only if calls there are refused, too, ask the person "
                "to reconnect to Asana (a new sign-in or access token).");
        return;
    }
    buf_str(out, "Asana does not accept the sign-in any more (401).");
    put_envelope(answer, out);
    buf_str(out, " Ask the person to reconnect to Asana (sign in again, or give a new access "
                 "token); until then no call will work.");
    if (!mentions(answer, "expired"))
        buf_str(out, " If it goes on, an administrator may have blocked this app for the "
                     "workspace: Asana's app management (Admin console, then Apps) shows it.");
}

static void explain_plan(const struct asana_answer *answer, const char *tool, struct buf *out)
{
    buf_str(out, "This needs a paid Asana plan, which the workspace does not have (402).");
    put_envelope(answer, out);
    if (tool && strcmp(tool, "asana_search_tasks") == 0)
        buf_str(out,
                " What works without one: asana_get_tasks for the tasks of a project, section, "
                "tag or assignee, and asana_typeahead_search to find a task by its name.");
    else
        buf_str(out, " Do not repeat the call; go on without it.");
}

static void explain_gateway(const struct asana_answer *answer, struct buf *out)
{
    char text[120];
    snprintf(text, sizeof(text), "Asana is not available at the moment (%d).", answer->status);
    buf_str(out, text);
    put_envelope(answer, out);
    if (is_write(answer))
        put_repeat(answer, out, "");
    else
        put_wait(answer, out, " Try again in a moment.");
}

static void explain_other(const struct asana_answer *answer, struct buf *out)
{
    char text[160];
    int status = answer->status;
    if (status >= 300 && status < 400)
        snprintf(text, sizeof(text),
                 "Asana answered with a redirect (%d), which is not followed. The operator should "
                 "check the address of Asana's API in the settings.",
                 status);
    else if (status >= 500)
        snprintf(text, sizeof(text), "Asana failed to do this (%d).", status);
    else
        snprintf(text, sizeof(text), "Asana refused the request (%d).", status);
    buf_str(out, text);
    put_envelope(answer, out);
    if (status >= 500)
        put_repeat(answer, out, " Try again later.");
}

static void explain_status(const struct asana_answer *answer, const char *tool, struct buf *out)
{
    switch (answer->status) {
    case 400:
        explain_bad_request(answer, out);
        break;
    case 401:
        explain_sign_in(answer, out);
        break;
    case 402:
        explain_plan(answer, tool, out);
        break;
    case 403:
        buf_str(out, "Asana does not allow this for the person signed in, or the sign-in lacks the "
                     "permission for it (403).");
        put_envelope(answer, out);
        buf_str(out, " Do not repeat the call; ask someone with access, or reconnect with more "
                     "permissions.");
        break;
    case 404:
        buf_str(out, "Asana does not know this object, or the person signed in may not see it "
                     "(404).");
        put_envelope(answer, out);
        buf_str(out, " Check the ids; asana_typeahead_search finds an object by its name.");
        break;
    case 413:
        buf_str(out, "The request is too large for Asana (413).");
        put_envelope(answer, out);
        buf_str(out, " Send shorter texts or fewer items.");
        break;
    case 424:
        buf_str(out, "Something that Asana needs for this answer failed (424).");
        put_envelope(answer, out);
        put_repeat(answer, out, " Try again later.");
        break;
    case 429:
        buf_str(out, "Too many requests for this Asana sign-in (429); nothing was done.");
        put_envelope(answer, out);
        put_wait(answer, out, " Wait a minute, then call again.");
        break;
    case 451:
        buf_str(out, "Asana may not serve this place for legal reasons (451).");
        put_envelope(answer, out);
        buf_str(out, " Repeating the call will not help.");
        break;
    case 500:
        buf_str(out, "Asana failed inside (500).");
        put_envelope(answer, out);
        put_repeat(answer, out, " Try again once; then tell the person.");
        break;
    case 502:
    case 503:
    case 504:
        explain_gateway(answer, out);
        break;
    default:
        explain_other(answer, out);
    }
}

static bool looks_like_page(struct slice body)
{
    size_t i = 0;
    while (i < body.len && strchr(" \t\r\n", body.data[i]) && body.data[i])
        i++;
    return i < body.len && body.data[i] == '<';
}

/* A success by its status, but nothing that a result can be made of. */
static void explain_no_data(const struct asana_answer *answer, struct buf *out)
{
    char text[160];
    struct err why = { 0 };
    if (!answer->json || looks_like_page(answer->body)) {
        snprintf(text, sizeof(text), "Asana answered with %s instead of data (%d).",
                 looks_like_page(answer->body) ? "a page" : "something else", answer->status);
        buf_str(out, text);
        buf_str(out, " A proxy or a sign-in page of the network may stand between this server and "
                     "Asana; the operator should look.");
    } else if (!json_check(answer->body, &why)) {
        size_t budget = WORDS_MAX;
        buf_str(out, "Asana's answer is not valid JSON, perhaps cut off: ");
        put_words(out, why.text, &budget);
        buf_char(out, '.');
    } else {
        buf_str(out, "Asana's answer has no \"data\".");
        put_envelope(answer, out);
    }
    put_repeat(answer, out, " It is safe to try again.");
}

static void put_detail(const struct asana_answer *answer, struct buf *out)
{
    size_t budget = WORDS_MAX;
    if (answer->detail && *answer->detail) {
        buf_str(out, ": ");
        put_words(out, answer->detail, &budget);
    }
    buf_char(out, '.');
}

static void explain_outcome(const struct asana_answer *answer, struct buf *out)
{
    char text[120];
    unsigned seconds;
    switch (answer->outcome) {
    case ASANA_UNREACHABLE:
        buf_str(out, "Asana could not be reached");
        put_detail(answer, out);
        put_repeat(answer, out, " Try again in a moment.");
        buf_str(out, " If it goes on, the operator should check the network, the proxy and the "
                     "address of Asana's API.");
        break;
    case ASANA_TIMED_OUT:
        seconds = (answer->elapsed_ms + 500) / 1000;
        snprintf(text, sizeof(text), "Asana did not answer within %u second%s.",
                 seconds > 1 ? seconds : 1, seconds > 1 ? "s" : "");
        buf_str(out, text);
        put_repeat(answer, out,
                   " It is safe to try again; a smaller limit or fewer opt_fields "
                   "make the answer come sooner.");
        break;
    case ASANA_TOO_LARGE:
        snprintf(text, sizeof(text), "Asana's answer is larger than %u MB.",
                 LIMIT_ASANA_BODY >> 20);
        buf_str(out, text);
        if (is_write(answer))
            put_repeat(answer, out, "");
        buf_str(out, " Ask for fewer opt_fields or a smaller limit.");
        break;
    case ASANA_FORBIDDEN:
        buf_str(out, answer->detail);
        break;
    case ASANA_CROWDED:
        buf_str(out,
                "Too many calls of this Asana account wait already, so this one was not sent; "
                "nothing has happened. Try again in a few seconds (a search: in a minute, Asana "
                "allows 60 a minute), with fewer calls at once.");
        break;
    default:
        buf_str(out, "The connection to Asana broke before the answer was complete");
        put_detail(answer, out);
        put_repeat(answer, out, " It is safe to try again.");
    }
}

void asana_answer_explain(const struct asana_answer *answer, const char *tool, struct buf *out)
{
    if (answer->outcome != ASANA_ANSWERED)
        explain_outcome(answer, out);
    else if (answer->status >= 200 && answer->status < 300)
        explain_no_data(answer, out);
    else
        explain_status(answer, tool, out);
}
