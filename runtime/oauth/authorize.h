/* authorize.h: the part of sign-in that people see: consent, the way over Asana's page and back,
 * and the page of one's connected assistants.
 *
 *     GET /authorize ──▶ consent page ──POST /authorize──▶ Asana ──▶ GET /oauth/callback ──▶ the
 * client │                                   ▲ └── consent remembered for this browser, person,
 * client, address, toolsets, scopes
 *
 * One worker's thread. */
#pragma once

#include "oauth/oauth.h"

void authorize_get(struct oauth_worker *w, struct http_exchange *x);
void authorize_post(struct oauth_worker *w, struct http_exchange *x);
void callback_get(struct oauth_worker *w, struct http_exchange *x);
void account_get(struct oauth_worker *w, struct http_exchange *x);
void account_post(struct oauth_worker *w, struct http_exchange *x);
/* What a blocked person writes to the operator. */
void access_request_post(struct oauth_worker *w, struct http_exchange *x);
