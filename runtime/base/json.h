/* json.h: JSON as the outside sends it, made safe for cJSON, and written without it.
 *
 * cJSON loses what it does not model: integers past 2^53, "\u0000" inside strings, invalid UTF-8.
 * One scan refuses those (and excess depth, and trailing bytes) before cJSON sees a byte. Trees are
 * built in an arena: the hooks read a thread-local current arena, which json_parse() sets for its
 * own duration and json_arena_enter()/json_arena_leave() set around code that makes cJSON nodes
 * itself. Outside of those cJSON uses malloc. Trees in an arena are never cJSON_Delete'd. Any
 * thread, after json_init(). */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

/* Once, before any thread starts. */
void json_init(void);

struct arena *json_arena_enter(struct arena *a); /* returns the one that was current */
void json_arena_leave(struct arena *before);

/* RFC 8259 in full: one value, valid UTF-8, at most LIMIT_JSON_DEPTH deep, no "\u0000", nothing
 * behind it but white space. The error says what is wrong and at which byte. */
bool json_check(struct slice text, struct err *err);

/* The same, and in one go the raw texts of members of the object that text is: found[i] is what
 * json_member() gives for names[i], with data NULL where there is none. */
bool json_check_members(struct slice text, const char *const *names, size_t n, struct slice *found,
                        struct err *err);

/* json_check(), then a tree in the arena. NULL with err set on failure. */
cJSON *json_parse(struct arena *a, struct slice text, struct err *err);

/* The raw text of a member of the object that text holds (surrounding white space excluded); false
 * when text is not an object or has no such member. The text must have passed json_check(). Of
 * members of the same name the first counts, as with json_get(). */
bool json_member(struct slice text, const char *name, struct slice *out);

/* Walks the items of an array that has passed json_check(), as raw texts. For anything but an array
 * there are none. */
struct json_items {
    const char *at, *end;
};
void json_items_begin(struct slice array, struct json_items *it);
bool json_items_next(struct json_items *it, struct slice *item);

/* The same for the members of an object; key is the raw text between its quotes. */
void json_members_begin(struct slice object, struct json_items *it);
bool json_members_next(struct json_items *it, struct slice *key, struct slice *value);

/* Case-sensitive member, or NULL (also when obj is NULL or not an object). */
const cJSON *json_get(const cJSON *obj, const char *name);
/* The member's string value, or NULL when absent or no string. */
const char *json_get_string(const cJSON *obj, const char *name);
/* The member's number without its fraction; 0 when absent, no number, or beyond 9e15, where doubles
 * leave integers out. */
int64_t json_get_int(const cJSON *obj, const char *name);

/* Compact text of a tree. */
void json_write(struct buf *b, const cJSON *value);
