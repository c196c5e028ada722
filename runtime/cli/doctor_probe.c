#include "cli/doctor_probe.h"

#include "asana/curlinit.h"
#include "cli/url.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

/* What follows the start is thrown away. */
static size_t take_body(char *data, size_t size, size_t n, void *ctx)
{
    struct doctor_probe *out = ctx;
    size_t have = strlen(out->start);
    size_t room = sizeof(out->start) - 1 - have;
    memcpy(out->start + have, data, size * n < room ? size * n : room);
    return size * n;
}

/* The server's own certificate is the first of its chain. */
static int64_t expiry_of(CURL *easy)
{
    static const char name[] = "Expire date:";
    struct curl_certinfo *chain = NULL;
    if (curl_easy_getinfo(easy, CURLINFO_CERTINFO, &chain) != CURLE_OK || !chain ||
        chain->num_of_certs < 1)
        return 0;
    for (const struct curl_slist *line = chain->certinfo[0]; line; line = line->next)
        if (strncasecmp(line->data, name, sizeof(name) - 1) == 0) {
            time_t at = curl_getdate(line->data + sizeof(name) - 1, NULL);
            return at > 0 ? (int64_t)at : 0;
        }
    return 0;
}

/* RFC 9110, section 6.6.1: to the second, and some time between question and answer. */
static void compare_clocks(CURL *easy, time_t asked, struct doctor_probe *out)
{
    struct curl_header *date;
    time_t answered = time(NULL);
    if (curl_easy_header(easy, "Date", 0, CURLH_HEADER, -1, &date) != CURLHE_OK)
        return;
    time_t theirs = curl_getdate(date->value, NULL);
    out->dated = theirs > 0;
    out->ahead = asked > theirs ? asked - theirs : answered < theirs ? answered - theirs : 0;
}

void doctor_probe(const char *url, const char *ca_file, unsigned seconds, struct doctor_probe *out)
{
    struct err err = { 0 };
    *out = (struct doctor_probe){ .detail = "out of memory" };
    bool ready = curlinit(&err);
    CURL *easy = ready ? curl_easy_init() : NULL;
    if (!ready)
        snprintf(out->detail, sizeof(out->detail), "%.200s", err.text);
    if (!easy)
        return;
    time_t asked = time(NULL);
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "asana-mcp/" ASANA_MCP_VERSION);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT, (long)seconds);
    curl_easy_setopt(easy, CURLOPT_CERTINFO, 1L);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, out);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, out->detail);
    if (ca_file)
        curl_easy_setopt(easy, CURLOPT_CAINFO, ca_file);
    if (url_is_loopback(url)) /* as the server asks: past any proxy */
        curl_easy_setopt(easy, CURLOPT_PROXY, "");
    *out->detail = '\0';
    CURLcode result = curl_easy_perform(easy);
    long status = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    out->distrusted = result == CURLE_PEER_FAILED_VERIFICATION;
    if (result == CURLE_OK) {
        out->status = (int)status;
        out->expires_at = expiry_of(easy);
        compare_clocks(easy, asked, out);
    } else if (!*out->detail) {
        snprintf(out->detail, sizeof(out->detail), "%s", curl_easy_strerror(result));
    }
    curl_easy_cleanup(easy);
}
