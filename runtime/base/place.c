#include "base/place.h"

#include <stdio.h>

void place_format(struct place p, char out[PLACE_TEXT + 1])
{
    snprintf(out, PLACE_TEXT + 1, "%02x%08x", p.worker & 0xFF, p.node);
}

static int hex(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool read_hex(const char *text, unsigned digits, uint32_t *out)
{
    uint32_t value = 0;
    for (unsigned i = 0; i < digits; i++) {
        int digit = hex(text[i]);
        if (digit < 0)
            return false;
        value = value << 4 | (uint32_t)digit;
    }
    *out = value;
    return true;
}

bool place_parse(const char *text, struct place *out)
{
    uint32_t worker, node;
    if (!read_hex(text, 2, &worker) || !read_hex(text + 2, PLACE_TEXT - 2, &node))
        return false;
    *out = (struct place){ .node = node, .worker = worker };
    return true;
}

bool place_equal(struct place a, struct place b)
{
    return a.node == b.node && a.worker == b.worker;
}
