/* fuzz_richtext.c: any bytes as rich text. What is accepted must still be so inside another body's
 * worth of text, and a refusal must be words. */
#include "asana/richtext.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice text = { (const char *)data, size };
    struct err err = { .kind = ERR_NONE };
    bool basic = richtext_check(text, RICHTEXT_BASIC, &err);
    if (basic != (err.kind == ERR_NONE) || basic != (err.text[0] == '\0'))
        abort();
    err = (struct err){ .kind = ERR_NONE };
    bool task = richtext_check(text, RICHTEXT_TASK, &err);
    if (task != (err.kind == ERR_NONE))
        abort();
    /* Tasks take everything that comments take. */
    if (basic && !task)
        abort();
    /* What is accepted has exactly one body. */
    if (task && (!memmem(data, size, "<body", 5) || memmem(data, size, "<!", 2)))
        abort();
    return 0;
}
