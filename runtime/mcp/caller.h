/* caller.h: who sends a message, what they may do, and with which Asana token it is done.
 *
 * Owned by whoever handles the message; one thread at a time. */
#pragma once

#include "base/secret.h"

#include <stdbool.h>
#include <stdint.h>

#define CALLER_PERSON 32 /* an Asana gid */
#define CALLER_GRANT 24

struct tool_profile;

struct caller {
    struct digest id; /* the same for every message of one person with one client, at every node */
    struct secret token; /* Asana's; owned */
    bool may_write;      /* else the sign-in was for reading, and may be widened */
    bool read_only; /* writing tools are not even shown: the person or the operator wants it so */
    uint64_t toolsets;                  /* that are shown; bits in the order of tool_toolsets */
    const struct tool_profile *profile; /* likewise; NULL: all */
    /* Of somebody who signed in; empty otherwise. */
    char person[CALLER_PERSON];
    char grant[CALLER_GRANT];
    struct digest client;
};

/* Somebody with an Asana token of their own, who may do whatever it may. False when memory is short
 * (*out is empty then). */
bool caller_with_token(struct slice token, struct caller *out);
/* Names the person, with whatever client, among those who call now; whoever has not signed in: the
 * holder of the token. */
uint64_t caller_key(const struct caller *c);
/* A second one for the same person; likewise. */
bool caller_copy(const struct caller *c, struct caller *out);
/* Moves *c; it is empty afterwards. */
struct caller caller_take(struct caller *c);
void caller_done(struct caller *c);
#define CALLER_AUTO __attribute__((cleanup(caller_done))) struct caller
