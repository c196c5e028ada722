#include "asana/accepted.h"

#include "base/clock.h"
#include "base/limits.h"

#include <stdlib.h>

enum { PLACES = 1024 };

/* Each caller has one place, which the last one who came by keeps: forgetting costs a sentence. */
struct asana_accepted {
    struct {
        struct digest caller;
        uint64_t until_ms;
    } places[PLACES];
};

struct asana_accepted *asana_accepted_new(void)
{
    return calloc(1, sizeof(struct asana_accepted));
}

void asana_accepted_free(struct asana_accepted *a)
{
    free(a);
}

static size_t place_of(const struct digest *caller)
{
    return (size_t)(caller->bytes[0] << 8 | caller->bytes[1]) % PLACES;
}

void asana_accepted_note(struct asana_accepted *a, const struct digest *caller)
{
    size_t at = place_of(caller);
    a->places[at].caller = *caller;
    a->places[at].until_ms = clock_ms() + LIMIT_ASANA_ACCEPTED_SECONDS * UINT64_C(1000);
}

bool asana_accepted_lately(const struct asana_accepted *a, const struct digest *caller)
{
    size_t at = place_of(caller);
    return a->places[at].until_ms > clock_ms() && digest_equal(&a->places[at].caller, caller);
}
