#include "base/clock.h"

#include "suites.h"

#include <string.h>
#include <time.h>

static void dates_that_exist_are_taken(void)
{
    static const struct {
        const char *text;
        int64_t days;
    } cases[] = {
        { "1970-01-01", 0 },       { "1969-12-31", -1 },      { "2000-02-29", 11016 },
        { "2024-02-29", 19782 },   { "2026-11-23", 20780 },   { "0000-03-01", -719468 },
        { "0001-01-01", -719162 }, { "9999-12-31", 2932896 },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        int64_t days = 1234567;
        CU_ASSERT_TRUE(clock_parse_date(cases[i].text, &days));
        CU_ASSERT_EQUAL(days, cases[i].days);
    }
    CU_ASSERT_TRUE(clock_parse_date("2026-11-23", NULL));
}

static void dates_that_do_not_exist_are_refused(void)
{
    static const char *const cases[] = {
        "",
        "2026",
        "2026-11",
        "2026-11-2",
        "2026-11-233",
        "26-11-23",
        "2026/11/23",
        "2026-13-01",
        "2026-00-10",
        "2026-01-00",
        "2026-01-32",
        "2026-04-31",
        "2026-02-29",
        "1900-02-29",
        "2100-02-29",
        "2026-11-23 ",
        " 2026-11-23",
        "-026-11-23",
        "2026-1a-23",
        "today",
        "2026-11-23T00:00:00Z",
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        int64_t days = 42;
        if (clock_parse_date(cases[i], &days))
            CU_FAIL(cases[i]);
        CU_ASSERT_EQUAL(days, 42); /* written only on success */
    }
}

static void days_and_dates_agree_with_the_c_library(void)
{
    for (int64_t days = -800000; days < 3000000; days += 97) {
        int year, month, day;
        clock_date(days, &year, &month, &day);
        CU_ASSERT_EQUAL(clock_days(year, month, day), days);
        struct tm tm;
        time_t t = (time_t)(days * 86400);
        gmtime_r(&t, &tm);
        CU_ASSERT(tm.tm_year + 1900 == year && tm.tm_mon + 1 == month && tm.tm_mday == day);
    }
}

static void times_are_taken_in_every_zone(void)
{
    static const struct {
        const char *text;
        int64_t ms;
    } cases[] = {
        { "1970-01-01T00:00:00Z", 0 },
        { "1970-01-01T00:00Z", 0 },
        { "1970-01-01t00:00:00z", 0 },
        { "1970-01-01 00:00:00Z", 0 },
        { "1970-01-01T00:00:00.5Z", 500 },
        { "1970-01-01T00:00:00.12345678Z", 123 },
        { "1970-01-01T01:00:00+01:00", 0 },
        { "1970-01-01T01:00:00+0100", 0 },
        { "1970-01-01T01:00:00+01", 0 },
        { "1969-12-31T18:30:00-05:30", 0 },
        { "1970-01-01T23:59:00+23:59", 0 },
        { "2016-12-31T23:59:60Z", INT64_C(1483228800000) }, /* a leap second */
        { "2024-02-29T12:00:00.123Z", INT64_C(1709208000123) },
        { "1969-12-31T23:59:59.999Z", -1 },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        int64_t ms = 42;
        if (!clock_parse_datetime(cases[i].text, &ms))
            CU_FAIL(cases[i].text);
        CU_ASSERT_EQUAL(ms, cases[i].ms);
    }
    CU_ASSERT_TRUE(clock_parse_datetime("1970-01-01T00:00:00Z", NULL));
}

static void times_without_a_zone_or_out_of_range_are_refused(void)
{
    static const char *const cases[] = {
        "",
        "2026-11-23",
        "2026-11-23T",
        "2026-11-23T12",
        "2026-11-23T12Z",
        "2026-11-23T12:00",
        "2026-11-23T12:00:00",
        "2026-11-23T24:00:00Z",
        "2026-11-23T12:60:00Z",
        "2026-11-23T12:00:61Z",
        "2026-11-23T12:00:0Z",
        "2026-11-23T12:00:00.Z",
        "2026-11-23T12:00:00,5Z",
        "2026-11-23T12:00:00ZZ",
        "2026-11-23T12:00:00+1:00",
        "2026-11-23T12:00:00+01:",
        "2026-11-23T12:00:00+01:6",
        "2026-11-23T12:00:00+24:00",
        "2026-11-23T12:00:00+01:60",
        "2026-11-23T12:00:00 +01:00",
        "2026-02-29T12:00:00Z",
        "2026-11-23X12:00:00Z",
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        int64_t ms = 42;
        if (clock_parse_datetime(cases[i], &ms))
            CU_FAIL(cases[i]);
        CU_ASSERT_EQUAL(ms, 42);
    }
}

static void times_are_written_in_utc_with_milliseconds(void)
{
    char text[CLOCK_TEXT];
    clock_format(0, text);
    CU_ASSERT_STRING_EQUAL(text, "1970-01-01T00:00:00.000Z");
    clock_format(-1, text);
    CU_ASSERT_STRING_EQUAL(text, "1969-12-31T23:59:59.999Z");
    clock_format(INT64_C(1709208000123), text);
    CU_ASSERT_STRING_EQUAL(text, "2024-02-29T12:00:00.123Z");
    for (int64_t ms = -INT64_C(5000000000000); ms < INT64_C(9000000000000); ms += 123456789012) {
        int64_t back = 0;
        clock_format(ms, text);
        CU_ASSERT_TRUE(clock_parse_datetime(text, &back));
        CU_ASSERT_EQUAL(back, ms);
    }
}

static void the_clock_goes_forward(void)
{
    uint64_t before = clock_ms();
    CU_ASSERT(clock_ms() >= before);
    CU_ASSERT(clock_wall_ms() > INT64_C(1700000000000));
}

#define ADD(suite, test) CU_add_test(suite, #test, test)

int main(void)
{
    if (CU_initialize_registry() != CUE_SUCCESS)
        return 2;
    CU_pSuite suite = CU_add_suite("clock", NULL, NULL);
    ADD(suite, dates_that_exist_are_taken);
    ADD(suite, dates_that_do_not_exist_are_refused);
    ADD(suite, days_and_dates_agree_with_the_c_library);
    ADD(suite, times_are_taken_in_every_zone);
    ADD(suite, times_without_a_zone_or_out_of_range_are_refused);
    ADD(suite, times_are_written_in_utc_with_milliseconds);
    ADD(suite, the_clock_goes_forward);
    return run_suites();
}
