#include "base/log.h"

#include "base/trail.h"
#include "suites.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char logged[1u << 20];

/* What work() writes to standard error. */
static const char *log_of(void (*work)(void))
{
    FILE *file = tmpfile();
    int before = dup(STDERR_FILENO);
    dup2(fileno(file), STDERR_FILENO);
    work();
    dup2(before, STDERR_FILENO);
    close(before);
    rewind(file);
    size_t n = fread(logged, 1, sizeof(logged) - 1, file);
    logged[n] = '\0';
    fclose(file);
    return logged;
}

static size_t lines_in(const char *text)
{
    size_t n = 0;
    for (; *text; text++)
        n += *text == '\n';
    return n;
}

static void write_plain(void)
{
    LOG(LOG_WARN, "stream.closed", LOG_STR("session", "1f0c"), LOG_INT("queued", -4194304));
    LOG(LOG_INFO, "bare");
}

static void a_line_has_time_level_event_and_pairs(void)
{
    const char *text = log_of(write_plain);
    CU_ASSERT_EQUAL(lines_in(text), 2);
    CU_ASSERT_EQUAL(text[10], 'T');
    CU_ASSERT_EQUAL(text[23], 'Z');
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "Z warn stream.closed session=1f0c queued=-4194304\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "Z info bare\n"));
}

static void write_gathered(void)
{
    log_gather();
    LOG(LOG_INFO, "first");
    LOG(LOG_INFO, "second");
}

static void write_flushed(void)
{
    write_gathered();
    log_flush();
    LOG(LOG_INFO, "third");
}

static void write_warned(void)
{
    write_gathered();
    LOG(LOG_WARN, "alarm");
}

static void write_a_thousand(void)
{
    log_gather();
    for (int i = 0; i < 1000; i++)
        LOG(LOG_INFO, "many", LOG_INT("i", i));
    log_flush();
}

static void gathered_lines_wait_for_a_flush_or_a_warning(void)
{
    CU_ASSERT_STRING_EQUAL(log_of(write_gathered), "");
    log_of(log_flush);
    CU_ASSERT_EQUAL(lines_in(log_of(write_flushed)), 3);
    const char *text = log_of(write_warned);
    CU_ASSERT_EQUAL(lines_in(text), 3);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, " alarm\n"));
    CU_ASSERT(strstr(text, " second\n") < strstr(text, " alarm\n"));
    CU_ASSERT_STRING_EQUAL(log_of(log_flush), "");
}

static void gathered_lines_are_whole_however_many(void)
{
    const char *text = log_of(write_a_thousand);
    CU_ASSERT_EQUAL(lines_in(text), 1000);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, " many i=0\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, " many i=999\n"));
}

static void write_hostile(void)
{
    LOG(LOG_INFO, "hostile", LOG_STR("a", "x\n2026-01-01T00:00:00.000Z error forged k=v\r\x1b[2J"),
        LOG_STR("b", ""), LOG_STR("c", NULL), LOG_STR("d", "two words"), LOG_STR("e", "k=v"),
        LOG_STR("f", "say \"hi\" \\o/"), LOG_STR("g", "grüße"));
}

static void text_from_outside_cannot_forge_a_line_or_a_pair(void)
{
    const char *text = log_of(write_hostile);
    CU_ASSERT_EQUAL(lines_in(text), 1);
    CU_ASSERT_PTR_NULL(strchr(text, '\r'));
    CU_ASSERT_PTR_NULL(strchr(text, '\x1b'));
    CU_ASSERT_PTR_NOT_NULL(strstr(
        text, "a=\"x\\n2026-01-01T00:00:00.000Z error forged k=v\\r\\u001b[2J\" b=\"\" c=\"\" "
              "d=\"two words\" e=\"k=v\" f=\"say \\\"hi\\\" \\\\o/\" g=grüße\n"));
}

static char endless[10000];

static void write_long(void)
{
    LOG(LOG_INFO, "long", LOG_STR("first", "1"), LOG_STR("text", endless), LOG_STR("last", "2"));
    LOG(LOG_INFO, "next");
}

static void a_line_that_is_too_long_is_cut_and_still_one_line(void)
{
    memset(endless, 'x', sizeof(endless) - 1);
    for (int round = 0; round < 2; round++) {
        const char *text = log_of(write_long);
        CU_ASSERT_EQUAL(lines_in(text), 2);
        CU_ASSERT_PTR_NOT_NULL(strstr(text, "long first=1 "));
        CU_ASSERT_PTR_NOT_NULL(strstr(text, "Z info next\n"));
        CU_ASSERT(strlen(text) <= 2 * 4096);
        endless[5000] = '\n'; /* quoted, in the second round */
    }
}

static void write_json(void)
{
    struct trail *t = trail_new("r-1");
    log_set_format(LOG_JSON);
    LOG(LOG_WARN, "plain", LOG_STR("a", "x"), LOG_INT("n", -5));
    TRAIL_ENTER(t);
    trail_drop(t);
    LOG(LOG_INFO, "hostile", LOG_STR("a", "\"},\n{\x1b"), LOG_STR("b", "\xff\xc3(ü"),
        LOG_RAW("c", "[1]"));
    LOG(LOG_INFO, "long", LOG_STR("first", "1"), LOG_STR("text", endless), LOG_STR("last", "2"));
    log_set_format(LOG_TEXT);
    LOG(LOG_INFO, "text", LOG_STR("bad", "\xff"), LOG_RAW("c", "[1,\"x\"]"));
}

static void write_controls(void)
{
    LOG(LOG_INFO, "controls",
        LOG_STR("a", "x\xC2\x9B"
                     "2J"),
        LOG_STR("b", "y\xC2\x85z"), LOG_STR("c", "\xE2\x80\xA8"),
        LOG_STR("d", "\xC2\xA0\xE2\x80\xA6"));
}

static void controls_beyond_ascii_do_not_reach_a_terminal(void)
{
    CU_ASSERT_PTR_NOT_NULL(strstr(log_of(write_controls),
                                  " a=\"x\xEF\xBF\xBD"
                                  "2J\" b=\"y\xEF\xBF\xBDz\" "
                                  "c=\"\xEF\xBF\xBD\" d=\xC2\xA0\xE2\x80\xA6\n"));
}

static void lines_of_json_are_objects_whatever_comes(void)
{
    memset(endless, 'x', sizeof(endless) - 1);
    const char *text = log_of(write_json);
    CU_ASSERT_EQUAL(lines_in(text), 4);
    CU_ASSERT_EQUAL(strncmp(text, "{\"time\":\"", 9), 0);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(text, "Z\",\"level\":\"warn\",\"event\":\"plain\",\"a\":\"x\",\"n\":-5}\n"));
    CU_ASSERT_PTR_NOT_NULL(
        strstr(text, "\"event\":\"hostile\",\"request\":\"r-1\",\"a\":\"\\\"},\\n{\\u001b\","
                     "\"b\":\"\xEF\xBF\xBD\xEF\xBF\xBD(ü\",\"c\":[1]}\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\"first\":\"1\",\"last\":\"2\",\"cut\":true}\n"));
    CU_ASSERT_PTR_NOT_NULL(
        strstr(text, " info text request=r-1 bad=\"\xEF\xBF\xBD\" c=\"[1,\\\"x\\\"]\"\n"));
}

static void formats_have_names(void)
{
    enum log_format format = LOG_TEXT;
    CU_ASSERT_TRUE(log_format_parse("json", &format));
    CU_ASSERT_EQUAL((int)format, (int)LOG_JSON);
    CU_ASSERT_TRUE(log_format_parse("text", &format));
    CU_ASSERT_EQUAL((int)format, (int)LOG_TEXT);
    CU_ASSERT_FALSE(log_format_parse("JSON", &format));
}

static void write_levels(void)
{
    LOG(LOG_ERROR, "e");
    LOG(LOG_WARN, "w");
    LOG(LOG_INFO, "i");
    LOG(LOG_DEBUG, "d");
}

static void lines_above_the_level_are_dropped(void)
{
    CU_ASSERT_EQUAL(lines_in(log_of(write_levels)), 3);
    log_set_level(LOG_ERROR);
    CU_ASSERT_EQUAL(lines_in(log_of(write_levels)), 1);
    log_set_level(LOG_DEBUG);
    CU_ASSERT_EQUAL(lines_in(log_of(write_levels)), 4);
    log_set_level(LOG_INFO);
}

static void levels_have_names(void)
{
    static const char *const names[] = { "error", "warn", "info", "debug" };
    enum log_level level = LOG_ERROR;
    for (int i = 0; i < 4; i++) {
        CU_ASSERT_TRUE(log_level_parse(names[i], &level));
        CU_ASSERT_EQUAL((int)level, i);
    }
    CU_ASSERT_FALSE(log_level_parse("Debug", &level));
    CU_ASSERT_FALSE(log_level_parse("", &level));
    CU_ASSERT_FALSE(log_level_parse("trace", &level));
    CU_ASSERT_EQUAL(level, LOG_DEBUG);
}

#define THREADS 4
#define LINES 200

static void *write_many(void *name)
{
    for (int i = 0; i < LINES; i++)
        LOG(LOG_INFO, "many", LOG_STR("thread", name), LOG_INT("line", i));
    return NULL;
}

static void write_from_threads(void)
{
    pthread_t threads[THREADS];
    static char names[THREADS][4000];
    for (int i = 0; i < THREADS; i++) {
        memset(names[i], 'a' + i, sizeof(names[i]) - 1);
        pthread_create(&threads[i], NULL, write_many, names[i]);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
}

static void lines_of_threads_do_not_mix(void)
{
    FILE *file = tmpfile();
    int before = dup(STDERR_FILENO);
    dup2(fileno(file), STDERR_FILENO);
    write_from_threads();
    dup2(before, STDERR_FILENO);
    close(before);
    rewind(file);
    char *many = NULL;
    size_t lines = 0, cap = 0;
    while (getline(&many, &cap, file) > 0) {
        const char *name = strstr(many, "thread=");
        CU_ASSERT_PTR_NOT_NULL_FATAL(name);
        char letter[2] = { name[7], 0 };
        CU_ASSERT_EQUAL(strspn(name + 7, letter), 3999);
        CU_ASSERT_EQUAL(strncmp(name + 7 + 3999, " line=", 6), 0);
        lines++;
    }
    CU_ASSERT_EQUAL(lines, THREADS * LINES);
    free(many);
    fclose(file);
}

#define ADD(suite, test) CU_add_test(suite, #test, test)

int main(void)
{
    if (CU_initialize_registry() != CUE_SUCCESS)
        return 2;
    CU_pSuite suite = CU_add_suite("log", NULL, NULL);
    ADD(suite, a_line_has_time_level_event_and_pairs);
    ADD(suite, text_from_outside_cannot_forge_a_line_or_a_pair);
    ADD(suite, a_line_that_is_too_long_is_cut_and_still_one_line);
    ADD(suite, controls_beyond_ascii_do_not_reach_a_terminal);
    ADD(suite, lines_of_json_are_objects_whatever_comes);
    ADD(suite, formats_have_names);
    ADD(suite, lines_above_the_level_are_dropped);
    ADD(suite, levels_have_names);
    ADD(suite, lines_of_threads_do_not_mix);
    ADD(suite, gathered_lines_wait_for_a_flush_or_a_warning);
    ADD(suite, gathered_lines_are_whole_however_many);
    return run_suites();
}
