#include "bus/envelope.h"

#include "base/clock.h"
#include "base/secret.h"
#include "suites.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HERE "asana-mcp:bus2:0:0000000001"
#define ELSEWHERE "asana-mcp:bus2:0:0000000002"
#define TEXT "Buy milk"

static struct bus_key key, another_key;
static const struct place ada = { .node = 7, .worker = 1 }, ben = { .node = 8 };

static void seal(const struct bus_key *k, struct slice payload, struct buf *out)
{
    struct letter l = { .kind = LETTER_DELIVER, .from = ada, .ticket = 5, .payload = payload };
    CU_ASSERT_TRUE(envelope_close(k, HERE, 42, &l, out));
}

static enum envelope_fate try(const struct bus_key *k, const char *channel, struct slice sealed)
{
    struct letter l;
    uint64_t number;
    BUF_AUTO content = { .max = sealed.len + 1 };
    return envelope_open(k, channel, sealed, &content, &number, &l);
}

static void what_was_sealed_is_opened_as_it_was(void)
{
    struct letter l;
    uint64_t number;
    BUF_AUTO sealed = { .max = 1000 };
    BUF_AUTO content = { .max = 1000 };
    seal(&key, slice_of(TEXT), &sealed);
    CU_ASSERT_EQUAL(sealed.len, strlen(TEXT) + ENVELOPE_EXTRA);
    CU_ASSERT_PTR_NULL(memmem(sealed.data, sealed.len, TEXT, strlen(TEXT)));
    CU_ASSERT_EQUAL(envelope_open(&key, HERE, buf_slice(&sealed), &content, &number, &l),
                    ENVELOPE_OPEN);
    CU_ASSERT_EQUAL(number, 42);
    CU_ASSERT_EQUAL(l.kind, LETTER_DELIVER);
    CU_ASSERT_TRUE(place_equal(l.from, ada));
    CU_ASSERT_EQUAL(l.ticket, 5);
    CU_ASSERT_TRUE(slice_is(l.payload, TEXT));
}

static void the_same_letter_never_looks_the_same(void)
{
    BUF_AUTO first = { .max = 1000 };
    BUF_AUTO second = { .max = 1000 };
    seal(&key, slice_of(TEXT), &first);
    seal(&key, slice_of(TEXT), &second);
    CU_ASSERT_FALSE(slice_equal(buf_slice(&first), buf_slice(&second)));
}

static void whoever_it_is_not_for_cannot_open_it(void)
{
    BUF_AUTO sealed = { .max = 1000 };
    seal(&key, slice_of(TEXT), &sealed);
    CU_ASSERT_EQUAL(try(&another_key, HERE, buf_slice(&sealed)), ENVELOPE_UNOPENED);
    CU_ASSERT_EQUAL(try(&key, ELSEWHERE, buf_slice(&sealed)), ENVELOPE_UNOPENED);
}

static void each_byte_that_is_changed_or_missing_is_noticed(void)
{
    BUF_AUTO sealed = { .max = 1000 };
    seal(&key, slice_of(TEXT), &sealed);
    for (size_t i = 0; i < sealed.len; i++) {
        sealed.data[i] ^= 1;
        CU_ASSERT_NOT_EQUAL(try(&key, HERE, buf_slice(&sealed)), ENVELOPE_OPEN);
        sealed.data[i] ^= 1;
        CU_ASSERT_NOT_EQUAL(try(&key, HERE, (struct slice){ sealed.data, i }), ENVELOPE_OPEN);
    }
    CU_ASSERT_EQUAL(try(&key, HERE, buf_slice(&sealed)), ENVELOPE_OPEN);
    sealed.data[0]++; /* another version's, or none */
    CU_ASSERT_EQUAL(try(&key, HERE, buf_slice(&sealed)), ENVELOPE_MALFORMED);
    CU_ASSERT_EQUAL(try(&key, HERE, slice_of("")), ENVELOPE_MALFORMED);
}

static void what_is_sealed_and_no_letter_is_refused(void)
{
    BUF_AUTO sealed = { .max = 1000 };
    BUF_AUTO bound = { .max = 100 };
    letter_u8(&bound, LETTER_VERSION);
    buf_str(&bound, HERE);
    letter_u8(&sealed, LETTER_VERSION);
    box_close(&key.box, slice_of("hello"), buf_slice(&bound), &sealed);
    CU_ASSERT_EQUAL(try(&key, HERE, buf_slice(&sealed)), ENVELOPE_MALFORMED);
}

static void without_a_key_nothing_is_sealed_or_opened(void)
{
    static const struct bus_key none;
    BUF_AUTO sealed = { .max = 1000 };
    struct letter l = { .kind = LETTER_DELIVER, .from = ada };
    CU_ASSERT_FALSE(envelope_close(&none, HERE, 1, &l, &sealed));
    CU_ASSERT_EQUAL(sealed.len, 0);
    seal(&key, slice_of(TEXT), &sealed);
    CU_ASSERT_EQUAL(try(&none, HERE, buf_slice(&sealed)), ENVELOPE_UNOPENED);
}

static struct marks *marks_new(void)
{
    struct marks *m = calloc(1, sizeof(*m));
    CU_ASSERT_PTR_NOT_NULL_FATAL(m);
    return m;
}

static void a_letter_counts_once_and_none_after_a_later_one(void)
{
    struct marks *m = marks_new();
    CU_ASSERT_TRUE(marks_take(m, CHANNEL_OWN, ada, 10));
    CU_ASSERT_FALSE(marks_take(m, CHANNEL_OWN, ada, 10));
    CU_ASSERT_FALSE(marks_take(m, CHANNEL_OWN, ada, 9));
    CU_ASSERT_TRUE(marks_take(m, CHANNEL_OWN, ada, 12));
    CU_ASSERT_FALSE(marks_take(m, CHANNEL_OWN, ada, 11));
    /* Of another, or to all, that says nothing: the ways differ in length. */
    CU_ASSERT_TRUE(marks_take(m, CHANNEL_OWN, ben, 10));
    CU_ASSERT_TRUE(marks_take(m, CHANNEL_ALL, ada, 11));
    CU_ASSERT_FALSE(marks_take(m, CHANNEL_ALL, ada, 11));
    free(m);
}

static void what_is_older_than_the_floor_is_nothing_to_a_newcomer(void)
{
    struct marks *m = marks_new();
    m->floor[CHANNEL_ALL] = 100;
    CU_ASSERT_FALSE(marks_take(m, CHANNEL_ALL, ada, 100));
    CU_ASSERT_TRUE(marks_take(m, CHANNEL_OWN, ada, 1));
    CU_ASSERT_FALSE(marks_take(m, CHANNEL_ALL, ada, 100));
    CU_ASSERT_TRUE(marks_take(m, CHANNEL_ALL, ada, 101));
    free(m);
}

/* Those who were silent for longest make room, and what they said still counts once. */
static void of_senders_that_were_forgotten_nothing_old_is_taken(void)
{
    struct marks *m = marks_new();
    unsigned many = 2 * LIMIT_BUS_SENDERS;
    for (unsigned i = 0; i < many; i++)
        CU_ASSERT_TRUE(marks_take(m, CHANNEL_OWN, (struct place){ .node = i }, 1000 + i));
    CU_ASSERT_EQUAL(m->count, LIMIT_BUS_SENDERS);
    for (unsigned i = 0; i < many; i++)
        CU_ASSERT_FALSE(marks_take(m, CHANNEL_OWN, (struct place){ .node = i }, 1000 + i));
    CU_ASSERT_TRUE(marks_take(m, CHANNEL_OWN, (struct place){ .node = 0 }, 1000 + many));
    free(m);
}

static void measure(size_t bytes)
{
    enum { ROUNDS = 200 };
    char *text = calloc(1, bytes);
    uint64_t closing = 0, opening = 0;
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    for (int i = 0; i < ROUNDS; i++) {
        BUF_AUTO sealed = { .max = LIMIT_BUS_LETTER };
        uint64_t began = clock_us();
        seal(&key, (struct slice){ text, bytes }, &sealed);
        closing += clock_us() - began;
        began = clock_us();
        CU_ASSERT_EQUAL(try(&key, HERE, buf_slice(&sealed)), ENVELOPE_OPEN);
        opening += clock_us() - began;
    }
    printf("\n    %zu bytes: sealed in %.1f us, opened in %.1f us ", bytes,
           (double)closing / ROUNDS, (double)opening / ROUNDS);
    free(text);
}

static void a_letter_costs_microseconds(void)
{
    measure(200);
    measure(4000);
    measure(200000);
}

#define ADD(test) CU_add_test(suite, #test, test)

int main(void)
{
    struct box_key fresh;
    if (!secret_init() || CU_initialize_registry() != CUE_SUCCESS)
        return 2;
    box_key_new(&fresh);
    bus_key_set(&key, &fresh);
    box_key_new(&fresh);
    bus_key_set(&another_key, &fresh);
    CU_pSuite suite = CU_add_suite("envelope", NULL, NULL);
    ADD(what_was_sealed_is_opened_as_it_was);
    ADD(the_same_letter_never_looks_the_same);
    ADD(whoever_it_is_not_for_cannot_open_it);
    ADD(each_byte_that_is_changed_or_missing_is_noticed);
    ADD(what_is_sealed_and_no_letter_is_refused);
    ADD(without_a_key_nothing_is_sealed_or_opened);
    ADD(a_letter_counts_once_and_none_after_a_later_one);
    ADD(what_is_older_than_the_floor_is_nothing_to_a_newcomer);
    ADD(of_senders_that_were_forgotten_nothing_old_is_taken);
    ADD(a_letter_costs_microseconds);
    return run_suites();
}
