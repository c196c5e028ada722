/* Header values of clients: what they stand for, and ids of events. */
#include "base/limits.h"
#include "transport/events.h"
#include "transport/mirror.h"

#include <sodium.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define TEXT_MAX 4096

/* Whoever reads the value plainly must not see another one than we do. */
static void check_value(const char *text)
{
    BUF_AUTO value = { .max = LIMIT_MIRROR_VALUE };
    BUF_AUTO again = { .max = LIMIT_MIRROR_VALUE };
    if (!mirror_decode(text, &value))
        return;
    if (value.len > strlen(text))
        abort();
    char encoded[2 * TEXT_MAX + 32] = "=?base64?";
    sodium_bin2base64(encoded + 9, sizeof(encoded) - 12,
                      (const unsigned char *)(value.len ? value.data : ""), value.len,
                      sodium_base64_VARIANT_ORIGINAL);
    memcpy(encoded + strlen(encoded), "?=", 3);
    if (!mirror_decode(encoded, &again) || again.len != value.len ||
        (value.len && memcmp(again.data, value.data, value.len) != 0))
        abort();
}

static void check_id(const char *text)
{
    struct event_id id, back;
    char written[EVENT_ID_TEXT];
    if (!event_id_parse(text, &id))
        return;
    event_id_format(id, written);
    if (!event_id_parse(written, &back) || back.stream != id.stream || back.number != id.number)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char text[TEXT_MAX + 1];
    size_t len = size < TEXT_MAX ? size : TEXT_MAX;
    memcpy(text, data, len);
    text[len] = '\0';
    check_value(text);
    check_id(text);
    return 0;
}
