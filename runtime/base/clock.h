/* clock.h: what time it is. Any thread. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Milliseconds that only go forward, for deadlines and ages. */
uint64_t clock_ms(void);
/* The same clock in microseconds, for how long something took. */
uint64_t clock_us(void);

/* Milliseconds since 1970-01-01T00:00:00Z. */
int64_t clock_wall_ms(void);

/* "2026-11-23T12:00:00.123Z". out holds at least CLOCK_TEXT bytes. */
#define CLOCK_TEXT 32
void clock_format(int64_t wall_ms, char out[CLOCK_TEXT]);

/* Days since 1970-01-01 of a calendar date (proleptic Gregorian), and back. */
int64_t clock_days(int year, int month, int day);
void clock_date(int64_t days, int *year, int *month, int *day);

/* "YYYY-MM-DD" that exists in the calendar; days may be NULL. */
bool clock_parse_date(const char *text, int64_t *days);
/* ISO 8601 date and time with zone ("2026-11-23T12:00:00Z", "…+01:00", seconds and fraction
 * optional); wall_ms may be NULL. */
bool clock_parse_datetime(const char *text, int64_t *wall_ms);
