/* libcurl.h: libcurl, loaded when it is needed instead of with the program.
 *
 * It brings twenty libraries along, with which the program took 9.0 ms to its first tools/list
 * instead of 5.2, and held 12.9 MB then instead of 7.2, before it had asked Asana for anything. The
 * rest of the program calls the functions of <curl/curl.h> as ever: libcurl.c defines those that it
 * uses, and passes them on. Only curlinit() loads; they may be called after that. */
#pragma once

#include "base/err.h"

#include <stdbool.h>

/* Not for two threads at a time; again is fine. */
bool libcurl_load(struct err *err);
