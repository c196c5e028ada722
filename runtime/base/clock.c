#include "base/clock.h"

#include <ctype.h>
#include <string.h>
#include <time.h>

static int64_t read_clock(clockid_t id)
{
    struct timespec ts;
    clock_gettime(id, &ts);
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

uint64_t clock_us(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

uint64_t clock_ms(void)
{
    return (uint64_t)read_clock(CLOCK_MONOTONIC);
}

int64_t clock_wall_ms(void)
{
    return read_clock(CLOCK_REALTIME);
}

/* Both conversions count from 0000-03-01, so that a leap day is the last day of its year, in eras
 * of 400 years. */
#define DAYS_PER_ERA 146097
#define EPOCH_OFFSET 719468

int64_t clock_days(int year, int month, int day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * DAYS_PER_ERA + day_of_era - EPOCH_OFFSET;
}

void clock_date(int64_t days, int *year, int *month, int *day)
{
    int64_t z = days + EPOCH_OFFSET;
    int64_t era = (z >= 0 ? z : z - (DAYS_PER_ERA - 1)) / DAYS_PER_ERA;
    int64_t day_of_era = z - era * DAYS_PER_ERA;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t shifted = (5 * day_of_year + 2) / 153; /* March is 0 */
    *day = (int)(day_of_year - (153 * shifted + 2) / 5 + 1);
    *month = (int)(shifted < 10 ? shifted + 3 : shifted - 9);
    *year = (int)(year_of_era + era * 400 + (*month <= 2));
}

/* Every line of the log has a time: this is many times as fast as printf. */
static void put_digits(char *out, int n, int v)
{
    while (n--) {
        out[n] = (char)('0' + v % 10);
        v /= 10;
    }
}

void clock_format(int64_t wall_ms, char out[CLOCK_TEXT])
{
    static const char shape[] = "0000-00-00T00:00:00.000Z";
    int64_t days = wall_ms / 86400000;
    int64_t rest = wall_ms % 86400000;
    if (rest < 0) {
        rest += 86400000;
        days--;
    }
    int year, month, day;
    clock_date(days, &year, &month, &day);
    memcpy(out, shape, sizeof(shape));
    put_digits(out, 4, year % 10000);
    put_digits(out + 5, 2, month);
    put_digits(out + 8, 2, day);
    put_digits(out + 11, 2, (int)(rest / 3600000));
    put_digits(out + 14, 2, (int)(rest / 60000 % 60));
    put_digits(out + 17, 2, (int)(rest / 1000 % 60));
    put_digits(out + 20, 3, (int)(rest % 1000));
}

/* n digits at *p as a number; moves *p. False when there are fewer. */
static bool take_digits(const char **p, int n, int *out)
{
    int v = 0;
    for (int i = 0; i < n; i++) {
        if (!isdigit((unsigned char)**p))
            return false;
        v = v * 10 + (*(*p)++ - '0');
    }
    *out = v;
    return true;
}

static bool take(const char **p, char c)
{
    if (**p != c)
        return false;
    (*p)++;
    return true;
}

static int month_length(int year, int month)
{
    static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : lengths[month - 1];
}

static bool take_date(const char **p, int64_t *days)
{
    int year, month, day;
    if (!take_digits(p, 4, &year) || !take(p, '-') || !take_digits(p, 2, &month) || !take(p, '-') ||
        !take_digits(p, 2, &day))
        return false;
    if (month < 1 || month > 12 || day < 1 || day > month_length(year, month))
        return false;
    *days = clock_days(year, month, day);
    return true;
}

bool clock_parse_date(const char *text, int64_t *days)
{
    int64_t d;
    if (!take_date(&text, &d) || *text)
        return false;
    if (days)
        *days = d;
    return true;
}

static bool take_zone(const char **p, int64_t *offset_ms)
{
    *offset_ms = 0;
    if (take(p, 'Z') || take(p, 'z'))
        return true;
    int sign = **p == '+' ? 1 : **p == '-' ? -1 : 0;
    if (!sign)
        return false;
    (*p)++;
    int hours, minutes = 0;
    if (!take_digits(p, 2, &hours))
        return false;
    bool colon = take(p, ':');
    if ((colon || isdigit((unsigned char)**p)) && !take_digits(p, 2, &minutes))
        return false;
    if (hours > 23 || minutes > 59)
        return false;
    *offset_ms = sign * (hours * 60 + minutes) * 60000;
    return true;
}

bool clock_parse_datetime(const char *text, int64_t *wall_ms)
{
    int64_t days, offset;
    int hours, minutes, seconds = 0, milliseconds = 0;
    if (!take_date(&text, &days) || !(take(&text, 'T') || take(&text, 't') || take(&text, ' ')))
        return false;
    if (!take_digits(&text, 2, &hours) || !take(&text, ':') || !take_digits(&text, 2, &minutes))
        return false;
    if (take(&text, ':')) {
        if (!take_digits(&text, 2, &seconds))
            return false;
        if (take(&text, '.')) {
            if (!isdigit((unsigned char)*text))
                return false;
            for (int unit = 100; isdigit((unsigned char)*text); text++, unit /= 10)
                milliseconds += unit * (*text - '0');
        }
    }
    if (hours > 23 || minutes > 59 || seconds > 60 || !take_zone(&text, &offset) || *text)
        return false;
    if (wall_ms)
        *wall_ms = days * 86400000 + (hours * 3600 + minutes * 60 + seconds) * INT64_C(1000) +
                   milliseconds - offset;
    return true;
}
