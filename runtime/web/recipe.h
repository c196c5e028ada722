/* recipe.h: a client's recipe for one server: which snippet goes with how it is reached, and the
 * snippet with its holes filled in.
 *
 * Pure; any thread. Memory that is short fails the buffer. */
#pragma once

#include "base/buf.h"
#include "web/clients.h"

#include <stdbool.h>

/* What fills the holes. Address and name must be free of characters that a shell, JSON or TOML
 * treats specially; the program's path is quoted as the format wants it. */
struct recipe {
    const char *base; /* the server's address, no slash at its end */
    const char *name;
    const char *program;
    enum client_transport transport;
    bool bearer; /* callers send tokens of their own */
};

/* NULL when there is none. Takes "_" for "-". */
const struct client *recipe_client(const char *name);

/* "http", "sse", "stdio". */
const char *recipe_transport_name(enum client_transport t);

/* The first snippet for it, the shortest way to connect; NULL: the settings file alone. */
const struct client_snippet *recipe_snippet(const struct client *c, const struct recipe *r);

/* Whether the client's settings file can hold such an entry. */
bool recipe_in_settings(const struct client *c, const struct recipe *r);

void recipe_fill(struct buf *out, enum client_format format, const char *text,
                 const struct recipe *r);

/* The entry of the client's settings file: a JSON object, or lines of TOML. recipe_in_settings().
 */
void recipe_entry(struct buf *out, const struct client *c, const struct recipe *r);

/* A settings file with nothing but the entry; ends without a line end. recipe_in_settings(). */
void recipe_settings(struct buf *out, const struct client *c, const struct recipe *r);
