/* settings_file.h: reads the settings file, "key = value" lines ("#" and ";" begin comments), and
 * behind them the sections of clients, policies and tools (settings_clients.h and so on).
 *
 * Anything that is not understood is fatal and named with its line: unknown keys, sections,
 * indented lines, lines longer than the parser's ceiling, which it would cut. Lists repeat their
 * key. */
#pragma once

#include "cli/settings.h"

/* Fills given[] of keys that no stronger source has set. */
bool settings_file_read(struct settings *s, const char *path, struct err *err);
