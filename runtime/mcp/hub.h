/* hub.h: one worker's listeners: who wants to hear of changed lists and of changed Asana objects,
 * and the watches on Asana that feed them.
 *
 * A listener is a legacy session with a way to its client, or a subscriptions/listen request. An
 * object is watched while somebody listens to it: one poll of Asana's GET /events a turn for each
 * person and object, however many listen:
 *
 *     due ──▶ asked ──▶ events ──▶ (more? asked again) ──▶ each listener told once ──▶ due later
 *              │ 412: a fresh sync token; told, since changes may have been missed
 *              │ 401, 403, 404 (also: its workspace is hidden now): the watch ends
 *              └ other failures: due later and later
 *
 * With the last listener the person's token is wiped; the sync token is kept for a while
 * (LIMIT_HUB_KEPT_MINUTES), so that who comes back misses nothing. One worker's thread. */
#pragma once

#include "asana/ask.h"
#include "base/secret.h"
#include "base/slice.h"
#include "mcp/caller.h"
#include "mcp/peer.h"

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

struct hub;
struct visible;
struct hub_listener;

/* Bits: lists that may change. */
enum hub_list { HUB_TOOLS = 1, HUB_PROMPTS = 2, HUB_RESOURCES = 4 };

/* NULL when memory is short. The asker outlives the hub. */
struct hub *hub_new(const struct asana_asker *asana);
/* All listeners are gone. The loop has to run once more before it is closed. Accepts NULL. */
void hub_free(struct hub *h);
/* The hub polls within the workspaces that are shown; borrowed, outlives the hub. */
void hub_set_visible(struct hub *h, struct visible *visible);
/* Milliseconds between two polls of an object instead of LIMIT_HUB_POLL_MS, and of one that does
 * not change instead of LIMIT_HUB_SLOW_POLL_MS; for tests. */
void hub_set_pace(struct hub *h, unsigned poll_ms, unsigned slow_poll_ms);

/* deliver gets whole JSON-RPC notifications; it may leave the hub, with this listener or others.
 * subscription (raw JSON, copied) is put into their _meta when it is not empty. lists: bits of enum
 * hub_list. NULL when memory is short. */
typedef void hub_deliver_fn(void *ctx, struct slice notification);
struct hub_listener *hub_join(struct hub *h, unsigned lists, struct slice subscription,
                              hub_deliver_fn *deliver, void *ctx);
void hub_leave(struct hub_listener *l); /* with all its watches; accepts NULL */

/* Watches a resource on the listener's behalf, with the caller's token (copied; a newer one of the
 * same person replaces the one in use). sync: Asana's sync token to begin at; empty: from now on; a
 * kept one is older and counts instead. Twice is once. False when uri is none that can be watched,
 * or LIMIT_HUB_WATCHES is reached: err says which. */
bool hub_watch(struct hub_listener *l, const char *uri, const struct caller *caller,
               struct slice sync, struct err *err);
void hub_unwatch(struct hub_listener *l, const char *uri);
bool hub_watches(const struct hub_listener *l, const char *uri);
/* Calls ready (with the context of deliver) once no change of what is watched would be missed: when
 * Asana has said of each object where its events begin, or that it has none, or did not answer. Now
 * or on a later turn; until then the listener hears nothing. */
typedef void hub_ready_fn(void *ctx);
void hub_when_ready(struct hub_listener *l, hub_ready_fn *ready);

/* Tells this worker's listeners that a list has changed. */
void hub_announce(struct hub *h, enum hub_list list);
/* That an object has changed, when something else than Asana's events says so. */
void hub_touch(struct hub *h, const char *uri);
