/* environment.h: variables of an environment, as a program is given one ("NAME=value", ended by
 * NULL). Any thread. */
#pragma once

/* The variable's value, borrowed; NULL when it is absent or set to nothing, which is how shells and
 * unit files leave one out. */
const char *environment_find(const char *const *environment, const char *name);
