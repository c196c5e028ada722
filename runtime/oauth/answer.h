/* answer.h: what the client that asked is told in the end: a code or an error, at its redirect URI
 * (OAuth 2.1, section 4.1.2; RFC 9207 for iss).
 *
 * A browser that is sent to a private scheme (cursor://…) stays where it was, so there it gets a
 * page that goes on by itself and has a link. One worker's thread. */
#pragma once

#include "oauth/flow.h"

/* error: a word of the standard; description: for whoever looks after the client, ASCII. place: the
 * sign-in's, whose cookie is taken away; NULL before there is one. */
void answer_error(const struct oauth *o, struct http_exchange *x, const struct flow *f,
                  const struct flow_place *place, const char *error, const char *description,
                  struct arena *arena);

/* The person is f->person and may come in: signs the browser in, remembers the consent unless it
 * was remembered before, makes the grant, and answers x; without a client, sends the browser to
 * /account. Copies what it needs; takes the tokens. */
void answer_code(struct oauth_worker *w, struct http_exchange *x, const struct flow *f,
                 const struct flow_place *place, struct asana_tokens *tokens);
