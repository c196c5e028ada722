#include "cli/doctor_net.h"

#include "base/clock.h"
#include "cli/certificate.h"
#include "cli/doctor_probe.h"
#include "cli/url.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PATIENCE_SECONDS 15
/* Tokens live for an hour and codes for a minute. */
#define SECONDS_OFF 30
#define DAY (24 * 60 * 60)

static unsigned patience(const struct settings *s)
{
    return s->deadline_seconds < PATIENCE_SECONDS ? s->deadline_seconds : PATIENCE_SECONDS;
}

/* With what the system trusts, as clients do; a certificate of one's own authority is good with
 * --ca-file, too. */
static void ask(const struct settings *s, const char *url, struct doctor_probe *out)
{
    doctor_probe(url, NULL, patience(s), out);
    if (out->distrusted && s->ca_file)
        doctor_probe(url, s->ca_file, patience(s), out);
}

static void check_certificate(struct report *r, const struct doctor_probe *p)
{
    int64_t days = (p->expires_at - (int64_t)time(NULL)) / DAY;
    char date[CLOCK_TEXT];
    if (!p->expires_at)
        return;
    clock_format(p->expires_at * 1000, date);
    if (days < CERTIFICATE_DAYS)
        tell(r, FOUND_WARN, "tls",
             "the certificate ends in %lld days (%.10s): renew it, and see why that does not "
             "happen by itself",
             (long long)days, date);
    else
        tell(r, FOUND_OK, "tls", "the certificate is good for %lld days (until %.10s)",
             (long long)days, date);
}

void doctor_check_public(struct report *r, const struct settings *s)
{
    struct doctor_probe p;
    char url[2048];
    if (!s->public_url || !url_is_https(s->public_url))
        return;
    snprintf(url, sizeof(url), "%s/healthz", s->public_url);
    ask(s, url, &p);
    if (p.distrusted)
        tell(r, FOUND_FAIL, "tls", "clients will not trust the certificate of %s: %s",
             s->public_url, p.detail);
    else if (!p.status)
        tell(r, FOUND_WARN, "public-url", "%s cannot be reached from here: %s", s->public_url,
             p.detail);
    if (!p.status)
        return;
    check_certificate(r, &p);
    if (p.status == 200 && strcmp(p.start, "ok\n") == 0)
        tell(r, FOUND_OK, "public-url", "%s is reached, and a server runs behind it",
             s->public_url);
    else if (p.status >= 500)
        tell(r, FOUND_WARN, "public-url",
             "%s is reached, but no server behind it (%d): that is so until the server runs",
             s->public_url, p.status);
    else
        tell(r, FOUND_WARN, "public-url",
             "%s answers, but not as this server does (/healthz: %d): does the proxy pass on every "
             "path below the address?",
             s->public_url, p.status);
}

void doctor_check_clock(struct report *r, const struct settings *s, const struct backing *b)
{
    struct doctor_probe p;
    if (b->sandbox)
        return;
    doctor_probe(b->client.api_url, b->client.ca_file, patience(s), &p);
    if (!p.dated)
        return; /* that Asana is not reached has been told already */
    if (llabs(p.ahead) > SECONDS_OFF)
        tell(r, FOUND_WARN, "clock",
             "it is %lld seconds %s Asana's: sign-ins and tokens will end too %s; let this machine "
             "set its clock by NTP",
             llabs(p.ahead), p.ahead > 0 ? "ahead of" : "behind", p.ahead > 0 ? "early" : "late");
    else
        tell(r, FOUND_OK, "clock", "as Asana's");
}
