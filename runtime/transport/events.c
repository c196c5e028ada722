#include "transport/events.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define ACCEPTS_MAX 16

/* One media range: its type counts, its parameters and weight do not (RFC 9110, section 12.5.1). */
static bool has_room(const char *range, size_t len)
{
    static const char *const room[] = { "text/event-stream", "text/*", "*/*" };
    while (len && (*range == ' ' || *range == '\t')) {
        range++;
        len--;
    }
    while (len && (range[len - 1] == ' ' || range[len - 1] == '\t'))
        len--;
    for (size_t i = 0; i < sizeof(room) / sizeof(*room); i++)
        if (len == strlen(room[i]) && strncasecmp(range, room[i], len) == 0)
            return true;
    return false;
}

bool events_accepted(const struct http_exchange *x)
{
    const char *values[ACCEPTS_MAX];
    size_t count = http_header_all(x, "Accept", values, ACCEPTS_MAX);
    for (size_t i = 0; i < count && i < ACCEPTS_MAX; i++) {
        for (const char *p = values[i];; p++) {
            if (has_room(p, strcspn(p, ",;")))
                return true;
            p += strcspn(p, ",");
            if (!*p)
                break;
        }
    }
    return count == 0;
}

void events_put(struct buf *b, const char *name, const char *id, struct slice data)
{
    buf_reserve(b, data.len + 96);
    if (id) {
        buf_str(b, "id: ");
        buf_str(b, id);
        buf_char(b, '\n');
    }
    if (name) {
        buf_str(b, "event: ");
        buf_str(b, name);
        buf_char(b, '\n');
    }
    buf_str(b, "data: ");
    buf_slice_put(b, data);
    buf_str(b, "\n\n");
}

void event_id_format(struct event_id id, char out[EVENT_ID_TEXT])
{
    snprintf(out, EVENT_ID_TEXT, "%" PRIx64 "-%" PRIx32, id.stream, id.number);
}

bool event_id_parse(const char *text, struct event_id *out)
{
    static const char digits[] = "0123456789abcdef";
    size_t stream = strspn(text, digits);
    size_t number = text[stream] == '-' ? strspn(text + stream + 1, digits) : 0;
    if (!stream || stream > 16 || !number || number > 8 || text[stream + 1 + number])
        return false;
    out->stream = strtoull(text, NULL, 16);
    out->number = (uint32_t)strtoul(text + stream + 1, NULL, 16);
    return true;
}
