/* doctor_probe.h: one GET by doctor, of which it wants to know what surrounds the answer: the
 * certificate, the server's clock. Main thread; waits for the network. */
#pragma once

#include "base/err.h"

#include <curl/curl.h>
#include <stdbool.h>
#include <stdint.h>

struct doctor_probe {
    int status;                   /* 0: no answer */
    char start[16];               /* of the body, as text */
    bool distrusted;              /* no answer because of its certificate */
    int64_t expires_at;           /* of the certificate, Unix seconds; 0: there is none */
    bool dated;                   /* the answer says what time it was … */
    int64_t ahead;                /* … and so many seconds is our clock ahead of that */
    char detail[CURL_ERROR_SIZE]; /* why there is no answer */
};

/* ca_file: certificates to trust; NULL: the system's. Redirects are not followed. */
void doctor_probe(const char *url, const char *ca_file, unsigned seconds, struct doctor_probe *out);
