/* sandbox.h: an Asana in a box: Asana's REST routes with seed data, over loopback HTTP, on a thread
 * and a loop of its own.
 *
 * The rest of the program reaches it only as it reaches Asana, through asana/client. Start and stop
 * from one thread. */
#pragma once

#include "base/err.h"
#include "transport/listen.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sandbox;

struct sandbox_options {
    struct listen_address listen; /* loopback only; port 0 lets the system choose */
    int64_t now_ms;         /* the sandbox's wall clock stands still here; 0: it is the real one */
    const char *state_path; /* file that keeps what is changed, filled when new; NULL: memory. Read
                               during the start only */
};

struct sandbox_person {
    const char *name;
    const char *email;
    const char *gid;
    const char *token; /* Authorization: Bearer … signs this person in */
};

bool sandbox_start(const struct sandbox_options *options, struct sandbox **out, struct err *err);
void sandbox_stop(struct sandbox *s); /* joins the thread, frees s; accepts NULL */

int sandbox_port(const struct sandbox *s);
/* "http://127.0.0.1:PORT/api/1.0" */
const char *sandbox_api_url(const struct sandbox *s);
/* The people of the seed data, the first being the one a single-user server works as. Borrowed from
 * s. */
size_t sandbox_people(const struct sandbox *s, const struct sandbox_person **out);
