/* value.h: the values that travel from a call's arguments into a request.
 *
 * Absent, null and value are three things: a string is NULL when absent and arg_null when null was
 * given; numbers and booleans carry a state. Constant data, any thread. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum arg_state { ARG_ABSENT, ARG_NULL, ARG_VALUE };

extern const char arg_null[]; /* compared by address */

struct arg_bool {
    enum arg_state state;
    bool value;
};
struct arg_int {
    enum arg_state state;
    int64_t value;
};
struct arg_num {
    enum arg_state state;
    double value;
};
/* A file that is uploaded: name is one line without a slash. */
struct arg_file {
    const char *name;
    const char *bytes;
    size_t len;
    bool text; /* UTF-8 */
};
struct arg_list {
    size_t count;
    const char *const *items;
};
