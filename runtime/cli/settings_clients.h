/* settings_clients.h: the sections [client NAME] of the settings file: assistants that cannot
 * register themselves, or shall not.
 *
 *     [client Our agent]
 *     id = our-agent
 *     secret = …                                     (none: a public client)
 *     redirect_uri = https://agent.example/callback  (may be repeated)
 *
 * Used by settings_file.c and settings.c; same thread and ownership. */
#pragma once

#include "cli/settings.h"

/* One line of the section of that name. place ("asana.ini:3: secret") is for errors, which never
 * show a secret. */
bool settings_client_line(struct settings *s, const char *name, const char *place, const char *key,
                          const char *value, struct err *err);

/* At the end of the file: whether each client has what it needs. */
bool settings_clients_check(const struct settings *s, const char *path, struct err *err);

/* Wipes the secrets. */
void settings_clients_done(struct settings *s);
