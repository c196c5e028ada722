#include "base/audit.h"

#include "base/json.h"
#include "base/secret.h"
#include "base/trail.h"

#include <CUnit/Basic.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/asana-mcp-audit-XXXXXX";
static char path[100], other[100], second[100];
static char text[4u << 20];

static const char *content(const char *name)
{
    FILE *file = fopen(name, "r");
    size_t n = file ? fread(text, 1, sizeof(text) - 1, file) : 0;
    text[n] = '\0';
    if (file)
        fclose(file);
    return text;
}

static size_t lines_in(const char *s)
{
    size_t n = 0;
    for (; *s; s++)
        n += *s == '\n';
    return n;
}

static void open_or_die(const char *name)
{
    struct err err = { 0 };
    if (!audit_open(name, false, &err)) {
        CU_FAIL(err.text);
        exit(2);
    }
}

static void nothing_happens_when_it_is_not_open(void)
{
    CU_ASSERT_FALSE(audit_is_open());
    AUDIT("tool.called", LOG_STR("tool", "x"));
    audit_reopen();
    audit_close();
}

static void line_has_who_and_what(void)
{
    open_or_die(path);
    struct trail *t = trail_new("r1");
    {
        TRAIL_ENTER(t);
        trail_note_caller("1204", "g1", "c1", "Claude");
        AUDIT("tool.called", LOG_STR("tool", "a\"b"), LOG_RAW("objects", "[\"1\"]"),
              LOG_STR("person", "said anew"), LOG_INT("ms", 7));
    }
    AUDIT("started");
    trail_drop(t);
    audit_close();
    const char *written = content(path);
    CU_ASSERT_EQUAL(lines_in(written), 2);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(written, "Z\",\"event\":\"tool.called\",\"request\":\"r1\",\"client\":\"c1\","
                        "\"client_name\":\"Claude\",\"grant\":\"g1\",\"tool\":\"a\\\"b\","
                        "\"objects\":[\"1\"],\"person\":\"said anew\",\"ms\":7}\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(written, "\"event\":\"started\"}\n"));
}

static void lines_are_added_to_what_is_there(void)
{
    open_or_die(path);
    AUDIT("second");
    audit_close();
    CU_ASSERT_EQUAL(lines_in(content(path)), 3);
}

static void file_that_cannot_be_opened_is_an_error(void)
{
    struct err err = { 0 };
    CU_ASSERT_FALSE(audit_open("/nowhere/audit.log", false, &err));
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "/nowhere/audit.log"));
    CU_ASSERT_FALSE(audit_is_open());
}

static void what_does_not_fit_is_left_out(void)
{
    char *big = malloc(20000);
    memset(big, 'x', 19999);
    big[19999] = '\0';
    unlink(path);
    open_or_die(path);
    AUDIT("long", LOG_STR("big", big), LOG_INT("small", 1));
    audit_close();
    free(big);
    CU_ASSERT_PTR_NOT_NULL(strstr(content(path), "\"event\":\"long\",\"small\":1,\"cut\":true}\n"));
}

static void take_or_die(const char *name, bool arguments)
{
    struct audit_file *file;
    struct err err = { 0 };
    if (!audit_file_open(name, &file, &err)) {
        CU_FAIL(err.text);
        exit(2);
    }
    audit_take(file, arguments);
}

static void lines_go_where_they_belonged_when_they_were_written(void)
{
    unlink(path);
    unlink(second);
    AUDIT("never");
    take_or_die(NULL, false); /* none, as before */
    take_or_die(path, false);
    AUDIT("one");
    CU_ASSERT_FALSE(audit_wants_arguments());
    take_or_die(second, true);
    CU_ASSERT_TRUE(audit_wants_arguments());
    AUDIT("two");
    take_or_die(NULL, false);
    CU_ASSERT_FALSE(audit_is_open());
    AUDIT("dropped");
    take_or_die(path, false);
    AUDIT("three");
    audit_close();
    CU_ASSERT_FALSE(audit_is_open());
    CU_ASSERT_EQUAL(lines_in(content(path)), 2);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\"event\":\"one\"}\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\"event\":\"three\"}\n"));
    CU_ASSERT_EQUAL(lines_in(content(second)), 1);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\"event\":\"two\"}\n"));
}

static void file_that_is_not_taken_changes_nothing(void)
{
    struct audit_file *file;
    struct err err = { 0 };
    unlink(path);
    open_or_die(path);
    CU_ASSERT_FALSE(audit_file_open("/nowhere/audit.log", &file, &err));
    CU_ASSERT_TRUE_FATAL(audit_file_open(second, &file, &err));
    audit_file_free(file);
    AUDIT("here");
    audit_close();
    CU_ASSERT_EQUAL(lines_in(content(path)), 1);
}

static void pipe_that_nobody_reads_is_an_error(void)
{
    struct err err = { 0 };
    unlink(second);
    mkfifo(second, 0600);
    CU_ASSERT_FALSE(audit_open(second, false, &err));
    unlink(second);
}

#define THREADS 4
#define LINES 500

static void *write_many(void *name)
{
    for (int i = 0; i < LINES; i++)
        AUDIT("many", LOG_STR("thread", name), LOG_INT("line", i));
    return NULL;
}

static void lines_of_threads_arrive_whole_and_in_their_order(void)
{
    pthread_t threads[THREADS];
    static char names[THREADS][2] = { "a", "b", "c", "d" };
    int next[THREADS] = { 0 };
    unlink(path);
    open_or_die(path);
    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, write_many, names[i]);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    audit_close();
    content(path);
    CU_ASSERT_EQUAL(lines_in(text), THREADS * LINES);
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        CU_ASSERT_TRUE(json_check(slice_of(line), NULL));
        const char *thread = strstr(line, "\"thread\":\"");
        CU_ASSERT_PTR_NOT_NULL_FATAL(thread);
        int which = thread[10] - 'a';
        CU_ASSERT_EQUAL(atoi(strstr(line, "\"line\":") + 7), next[which]);
        next[which]++;
    }
}

/* A pipe that nobody reads is a disk that does not come back. */
static void nobody_waits_for_a_disk_that_hangs(void)
{
    mkfifo(other, 0600);
    int reader = open(other, O_RDWR | O_NONBLOCK);
    CU_ASSERT_FATAL(reader >= 0);
    open_or_die(other);
    int log = dup(STDERR_FILENO), null = open("/dev/null", O_WRONLY);
    dup2(null, STDERR_FILENO);
    char filler[4001];
    memset(filler, 'y', 4000);
    filler[4000] = '\0';
    for (int i = 0; i < 4000; i++) /* twice what may wait */
        AUDIT("filled", LOG_STR("filler", filler));
    /* It comes back. */
    fcntl(reader, F_SETFL, 0);
    size_t lost = 0, got = 0, last = 0;
    bool want = true;
    FILE *file = fdopen(reader, "r");
    AUDIT("last");
    for (char *line = NULL, *at; want; free(line), line = NULL) {
        size_t cap = 0;
        if (getline(&line, &cap, file) < 0)
            break;
        CU_ASSERT_TRUE(json_check((struct slice){ line, strlen(line) - 1 }, NULL));
        got += strstr(line, "\"event\":\"filled\"") != NULL;
        if ((at = strstr(line, "\"event\":\"audit.lost\",\"lines\":")))
            lost += (size_t)atoi(at + 29);
        last |= strstr(line, "\"event\":\"last\"") != NULL;
        want = got + lost + last < 4001;
    }
    CU_ASSERT(lost > 0);
    CU_ASSERT_EQUAL(got + lost + last, 4001); /* each was written, or counted */
    dup2(log, STDERR_FILENO);
    close(log);
    close(null);
    audit_close();
    fclose(file);
}

#define ADD(suite, test) CU_add_test(suite, #test, test)

int main(void)
{
    if (!secret_init() || !mkdtemp(folder) || CU_initialize_registry() != CUE_SUCCESS)
        return 2;
    json_init();
    snprintf(path, sizeof(path), "%s/audit.log", folder);
    snprintf(other, sizeof(other), "%s/pipe", folder);
    snprintf(second, sizeof(second), "%s/second.log", folder);
    CU_pSuite suite = CU_add_suite("audit", NULL, NULL);
    ADD(suite, nothing_happens_when_it_is_not_open);
    ADD(suite, line_has_who_and_what);
    ADD(suite, lines_are_added_to_what_is_there);
    ADD(suite, file_that_cannot_be_opened_is_an_error);
    ADD(suite, what_does_not_fit_is_left_out);
    ADD(suite, lines_go_where_they_belonged_when_they_were_written);
    ADD(suite, file_that_is_not_taken_changes_nothing);
    ADD(suite, pipe_that_nobody_reads_is_an_error);
    ADD(suite, lines_of_threads_arrive_whole_and_in_their_order);
    ADD(suite, nobody_waits_for_a_disk_that_hangs);
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    unlink(path);
    unlink(other);
    rmdir(folder);
    return failures ? 1 : 0;
}
