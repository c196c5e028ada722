#include "base/limits.h"

#include "suites.h"
#include "transport/channel_priv.h"
#include "worker/letters.h"

#include <string.h>

#define ID "01a1b2c3d40123456789abcdef0123456789abcdef"

static void a_place_is_read_from_what_names_it(void)
{
    static const struct place places[] = { { 0, 0 }, { 0xffffffff, 63 }, { 0x1a2b3c4d, 255 } };
    char text[PLACE_TEXT + 1];
    struct place read;
    for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
        place_format(places[i], text);
        CU_ASSERT_EQUAL(strlen(text), PLACE_TEXT);
        CU_ASSERT_TRUE(place_parse(text, &read));
        CU_ASSERT_TRUE(place_equal(read, places[i]));
    }
    place_format((struct place){ 0x1a2b3c4d, 3 }, text);
    CU_ASSERT_STRING_EQUAL(text, "031a2b3c4d");
    CU_ASSERT_FALSE(place_parse("031a2b3c4", &read));
    CU_ASSERT_FALSE(place_parse("031A2b3c4d", &read));
    CU_ASSERT_FALSE(place_parse("", &read));
}

static void a_letter_is_read_as_it_was_written(void)
{
    BUF_AUTO b = { .max = 100 };
    struct letter l;
    letter_write(&(struct letter){ .kind = LETTER_DELIVER,
                                   .from = { 0xa1b2c3d4, 7 },
                                   .ticket = 0x80000001,
                                   .payload = slice_of("hello") },
                 &b);
    CU_ASSERT_TRUE(letter_read(buf_slice(&b), &l));
    CU_ASSERT_EQUAL(l.kind, LETTER_DELIVER);
    CU_ASSERT_TRUE(place_equal(l.from, (struct place){ 0xa1b2c3d4, 7 }));
    CU_ASSERT_EQUAL(l.ticket, 0x80000001);
    CU_ASSERT_TRUE(slice_is(l.payload, "hello"));
    for (size_t len = 0; len < b.len - 5; len++)
        CU_ASSERT_FALSE(letter_read((struct slice){ b.data, len }, &l));
    b.data[0]++; /* another version's */
    CU_ASSERT_FALSE(letter_read(buf_slice(&b), &l));
}

static void a_reader_remembers_its_first_failure(void)
{
    struct letter_reader r = { .rest = { "\0\0\0\5abc\1\2\3\4", 11 } };
    CU_ASSERT_EQUAL(letter_read_bytes(&r).len, 5);
    CU_ASSERT_EQUAL(letter_read_u8(&r), 3);
    CU_ASSERT_FALSE(letter_read_end(&r)); /* not everything was read */
    CU_ASSERT_EQUAL(letter_read_u32(&r), 0);
    CU_ASSERT_TRUE(r.failed);
    CU_ASSERT_EQUAL(letter_read_u8(&r), 0);
    CU_ASSERT_EQUAL(letter_read_bytes(&r).len, 0);
    CU_ASSERT_FALSE(letter_read_end(&r));
}

static void a_change_keeps_its_peer_and_what_is_watched(void)
{
    struct change_letter l = { .session = ID,
                               .has_peer = true,
                               .peer = { .initialized = true,
                                         .revision = MCP_2025_06_18,
                                         .can = 5,
                                         .log_level = MCP_LOG_OFF,
                                         .client = "claude 1" },
                               .watch = slice_of("asana://task/1") };
    struct change_letter read;
    BUF_AUTO b = { .max = 1000 };
    change_letter_write(&l, &b);
    CU_ASSERT_TRUE(change_letter_read(buf_slice(&b), &read));
    CU_ASSERT_STRING_EQUAL(read.session, ID);
    CU_ASSERT_TRUE(read.has_peer && read.peer.initialized);
    CU_ASSERT_EQUAL(read.peer.revision, MCP_2025_06_18);
    CU_ASSERT_EQUAL(read.peer.can, 5);
    CU_ASSERT_EQUAL(read.peer.log_level, MCP_LOG_OFF);
    CU_ASSERT_STRING_EQUAL(read.peer.client, "claude 1");
    CU_ASSERT_TRUE(slice_is(read.watch, "asana://task/1"));
    CU_ASSERT_EQUAL(read.unwatch.len, 0);
    for (size_t len = 0; len < b.len; len++)
        CU_ASSERT_FALSE(change_letter_read((struct slice){ b.data, len }, &read));
}

static void a_session_that_is_no_string_of_ours_is_refused(void)
{
    BUF_AUTO b = { .max = 1000 };
    struct session_letter read;
    letter_bytes(&b, slice_of(ID "0"));
    letter_bytes(&b, (struct slice){ 0 });
    letter_bytes(&b, (struct slice){ 0 });
    CU_ASSERT_FALSE(session_letter_read(buf_slice(&b), &read));
}

static void a_note_is_read_as_it_was_written(void)
{
    struct note *n = note_new(NOTE_HEAR, ID, slice_of("data: x\n\n"));
    BUF_AUTO b = { .max = 1000 };
    CU_ASSERT_PTR_NOT_NULL_FATAL(n);
    n->id = (struct event_id){ UINT64_C(0xa1b2c3d404000003), 9 };
    n->listener = UINT64_C(1) << 40;
    n->last = true;
    n->status = 404;
    note_write(n, &b);
    struct note *read = note_read(buf_slice(&b));
    CU_ASSERT_PTR_NOT_NULL_FATAL(read);
    CU_ASSERT_EQUAL(read->kind, NOTE_HEAR);
    CU_ASSERT_STRING_EQUAL(read->session, ID);
    CU_ASSERT_EQUAL(read->id.stream, n->id.stream);
    CU_ASSERT_EQUAL(read->id.number, 9);
    CU_ASSERT_EQUAL(read->listener, n->listener);
    CU_ASSERT_TRUE(read->last && !read->fresh);
    CU_ASSERT_EQUAL(read->status, 404);
    CU_ASSERT_TRUE(slice_is((struct slice){ read->text, read->len }, "data: x\n\n"));
    b.data[0] = NOTE_KINDS;
    CU_ASSERT_PTR_NULL(note_read(buf_slice(&b)));
    note_free(n);
    note_free(read);
}

static void a_stream_name_says_who_made_it(void)
{
    struct worker w = { .here = { 0xfedcba98, LIMIT_WORKERS - 1 } };
    struct front f = { .worker = &w };
    uint64_t listening = channel_name(&f, true), answering = channel_name(&f, false);
    CU_ASSERT_NOT_EQUAL(listening, answering);
    CU_ASSERT_TRUE(channel_name_listens(listening));
    CU_ASSERT_FALSE(channel_name_listens(answering));
    CU_ASSERT_TRUE(place_equal(channel_name_place(listening), w.here));
    CU_ASSERT_TRUE(place_equal(channel_name_place(answering), w.here));
    f.streams_named = UINT64_MAX - 1; /* the count may begin again */
    CU_ASSERT_TRUE(place_equal(channel_name_place(channel_name(&f, true)), w.here));
    CU_ASSERT_TRUE(place_equal(channel_name_place(channel_name(&f, true)), w.here));
}

#define ADD(test) CU_add_test(suite, #test, test)

int main(void)
{
    if (CU_initialize_registry() != CUE_SUCCESS)
        return 2;
    CU_pSuite suite = CU_add_suite("letters", NULL, NULL);
    ADD(a_place_is_read_from_what_names_it);
    ADD(a_letter_is_read_as_it_was_written);
    ADD(a_reader_remembers_its_first_failure);
    ADD(a_change_keeps_its_peer_and_what_is_watched);
    ADD(a_session_that_is_no_string_of_ours_is_refused);
    ADD(a_note_is_read_as_it_was_written);
    ADD(a_stream_name_says_who_made_it);
    return run_suites();
}
