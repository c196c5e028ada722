/* confirm.h: asks the person before a tool runs, with a form of the client's (specification,
 * "Elicitation").
 *
 * The message names the tool and shows the arguments as they were given: quoted, shortened, nothing
 * invisible, so that text in them cannot pose as ours. One worker's thread. */
#pragma once

#include "base/buf.h"
#include "tool/call.h"

/* Calls confirmed when the person accepts, or when this client cannot ask one: at once or later.
 * Otherwise the call ends with a sentence for the model. arguments (may be NULL) have been decoded
 * already, and live in the call's arena. */
void confirm_ask(struct call *call, const struct tool *tool, const cJSON *arguments,
                 void (*confirmed)(struct call *call));

/* The question. At most LIMIT_CONFIRM_TEXT bytes. Pure. */
void confirm_put_message(struct buf *b, const struct tool *tool, const cJSON *arguments);
