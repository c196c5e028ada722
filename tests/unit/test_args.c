#include "tool/args.h"

#include "base/buf.h"
#include "base/json.h"
#include "base/limits.h"
#include "suites.h"
#include "tool/suggest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a reader made of one JSON text, as text: the value, "absent", "null", or "! " and the
 * refusal. */

enum kind {
    STRING,
    TEXT,
    HTML,
    GID,
    REF,
    USER,
    DATE,
    DATETIME,
    SINCE,
    ENUM,
    OFFSET,
    FIELDS,
    BOOL,
    INT,
    INT_OR,
    NUMBER,
    GIDS,
    USERS,
    WORDS,
    OBJECT,
    OBJECTS,
    FILTERS,
    UPLOAD,
};

static char result[8192];
static size_t arena_cap = 1u << 20;

static void put_str(const char *s)
{
    snprintf(result, sizeof(result), "%s", !s ? "absent" : s == arg_null ? "null" : s);
}

static void put_list(const struct arg_list *list)
{
    size_t at = 0;
    put_str(list ? "" : NULL);
    for (size_t i = 0; list && i < list->count && at < sizeof(result); i++)
        at += (size_t)snprintf(result + at, sizeof(result) - at, "[%s]", list->items[i]);
    if (list && list->count == 0)
        put_str("empty");
}

static void put_json(const cJSON *v)
{
    struct buf b;
    if (!v) {
        put_str(NULL);
        return;
    }
    buf_init(&b, sizeof(result));
    json_write(&b, v);
    snprintf(result, sizeof(result), "%.*s", (int)b.len, b.data ? b.data : "");
    buf_done(&b);
}

static void put_file(const struct arg_file *f)
{
    if (f)
        snprintf(result, sizeof(result), "%s|%.*s|%s", f->name, (int)f->len, f->bytes,
                 f->text ? "text" : "bytes");
    else
        put_str(NULL);
}

static void put_double(enum arg_state state, double v)
{
    if (state == ARG_VALUE)
        snprintf(result, sizeof(result), "%.17g", v);
    else
        put_str(state == ARG_NULL ? arg_null : NULL);
}

static void read_x(struct args *a, enum kind kind, unsigned flags)
{
    switch (kind) {
    case STRING:
        put_str(args_string(a, "x", flags));
        break;
    case TEXT:
        put_str(args_text(a, "x", flags));
        break;
    case HTML:
        put_str(args_html(a, "x", flags));
        break;
    case GID:
        put_str(args_gid(a, "x", flags));
        break;
    case REF:
        put_str(args_ref(a, "x", flags));
        break;
    case USER:
        put_str(args_user(a, "x", flags));
        break;
    case DATE:
        put_str(args_date(a, "x", flags));
        break;
    case DATETIME:
        put_str(args_datetime(a, "x", flags));
        break;
    case SINCE:
        put_str(args_since(a, "x", flags));
        break;
    case ENUM:
        put_str(args_enum(a, "x", flags, "green|yellow|red"));
        break;
    case OFFSET:
        put_str(args_offset(a, "x", flags));
        break;
    case FIELDS:
        put_str(args_fields(a, "x", "name,notes"));
        break;
    case BOOL: {
        struct arg_bool v = args_bool(a, "x", flags);
        put_str(v.state == ARG_VALUE  ? (v.value ? "true" : "false")
                : v.state == ARG_NULL ? arg_null
                                      : NULL);
        break;
    }
    case INT: {
        struct arg_int v = args_int(a, "x", flags, 1, 100);
        put_double(v.state, (double)v.value);
        break;
    }
    case INT_OR: {
        struct arg_int v = args_int_or(a, "x", 20, 1, 100);
        put_double(v.state, (double)v.value);
        break;
    }
    case NUMBER: {
        struct arg_num v = args_number(a, "x", flags);
        put_double(v.state, v.value);
        break;
    }
    case GIDS:
        put_list(args_gids(a, "x", flags));
        break;
    case USERS:
        put_list(args_users(a, "x", flags));
        break;
    case WORDS:
        put_list(args_words(a, "x", flags));
        break;
    case OBJECT:
        put_json(args_object(a, "x", flags));
        break;
    case OBJECTS:
        put_json(args_objects(a, "x", flags));
        break;
    case FILTERS:
        put_json(args_field_filters(a, "x", flags));
        break;
    case UPLOAD:
        put_file(args_file(a, "x", flags));
        break;
    }
}

typedef void decoder(struct args *a, void *ctx);

/* Runs a decoder over arguments; its refusal, or "ok". */
static const char *run(const char *json, decoder *decode, void *ctx)
{
    static char text[LIMIT_ERR_TEXT];
    struct err err = { .kind = ERR_NONE };
    struct arena *input = arena_new(8u << 20), *arena = arena_new(arena_cap);
    cJSON *arguments = json ? json_parse(input, slice_of(json), &err) : NULL;
    if (json && !arguments) {
        printf("\nthe test's own JSON is broken: %s\n", json);
        abort();
    }
    strcpy(text, "ok");
    struct args *a = args_new(arena, arguments, &err);
    if (a)
        decode(a, ctx);
    if (!a || !args_end(a)) {
        strcpy(text, err.text);
        CU_ASSERT(err.kind == ERR_ARGS || err.kind == ERR_MEMORY);
        CU_ASSERT(err.text[0] != '\0');
    } else {
        CU_ASSERT_EQUAL(err.kind, ERR_NONE);
    }
    arena_free(arena);
    arena_free(input);
    return text;
}

struct one {
    enum kind kind;
    unsigned flags;
};

static void decode_one(struct args *a, void *ctx)
{
    const struct one *one = ctx;
    read_x(a, one->kind, one->flags);
}

/* value is the JSON text of argument x; NULL: there is none. */
static const char *read_one(enum kind kind, unsigned flags, const char *value)
{
    static char out[LIMIT_ERR_TEXT + sizeof(result)];
    char *json = NULL;
    if (value && asprintf(&json, "{\"x\":%s}", value) < 0)
        abort();
    struct one one = { kind, flags };
    const char *refusal = run(json, decode_one, &one);
    free(json);
    if (strcmp(refusal, "ok") == 0)
        snprintf(out, sizeof(out), "%s", result);
    else
        snprintf(out, sizeof(out), "! %s", refusal);
    return out;
}

static void is(const char *got, const char *expected, int line)
{
    if (strcmp(got, expected) != 0)
        printf("\nline %d:\n  expected %s\n  got      %s\n", line, expected, got);
    CU_ASSERT_STRING_EQUAL(got, expected);
}

/* The refusal begins like this. */
static void begins(const char *got, const char *expected, int line)
{
    bool ok = strncmp(got, expected, strlen(expected)) == 0;
    if (!ok)
        printf("\nline %d:\n  expected %s…\n  got      %s\n", line, expected, got);
    CU_ASSERT(ok);
}

#define TAKES(kind, flags, value, expected) is(read_one(kind, flags, value), expected, __LINE__)
#define REFUSES(kind, flags, value, expected) \
    is(read_one(kind, flags, value), "! " expected, __LINE__)
#define REFUSES_LIKE(kind, flags, value, expected) \
    begins(read_one(kind, flags, value), "! " expected, __LINE__)

static void files_are_texts_or_base64(void)
{
    TAKES(UPLOAD, 0, NULL, "absent");
    TAKES(UPLOAD, 0, "null", "absent");
    TAKES(UPLOAD, 0, "{\"name\":\"a.txt\",\"text\":\"Hi\"}", "a.txt|Hi|text");
    TAKES(UPLOAD, 0, "\"{\\\"name\\\":\\\"a\\\",\\\"text\\\":\\\"\\\"}\"", "a||text");
    static const char *const spelled[] = { "aGk/Pw==",           "aGk/Pw",
                                           "aGk_Pw==",           "aGk_Pw",
                                           " aGk/\\r\\nPw==\\n", "data:x/y;base64,aGk/Pw==" };
    for (size_t i = 0; i < sizeof(spelled) / sizeof(*spelled); i++) {
        char value[128];
        snprintf(value, sizeof(value), "{\"name\":\"a\",\"base64\":\"%s\"}", spelled[i]);
        TAKES(UPLOAD, 0, value, "a|hi??|bytes");
    }
    TAKES(UPLOAD, 0, "{\"name\":\"a\",\"base64\":\"\"}", "a||bytes");
    REFUSES_LIKE(UPLOAD, ARG_REQUIRED, NULL, "x is required: a file: {");
    REFUSES_LIKE(UPLOAD, 0, "\"a.txt\"", "x: expected a file: {");
    REFUSES_LIKE(UPLOAD, 0, "{\"name\":\"a\"}", "x: give its content either as \"text\" or");
    REFUSES_LIKE(UPLOAD, 0, "{\"name\":\"a\",\"text\":\"\",\"base64\":\"\"}",
                 "x: give its content");
    REFUSES_LIKE(UPLOAD, 0, "{\"text\":\"a\"}", "x: name: expected the file's name");
    REFUSES_LIKE(UPLOAD, 0, "{\"name\":\"a\",\"text\":5}",
                 "x: text: expected a text, got the number 5");
    REFUSES_LIKE(UPLOAD, 0, "{\"name\":\"a/b\",\"text\":\"\"}", "x: name: expected the name alone");
    REFUSES_LIKE(UPLOAD, 0, "{\"name\":\"a\\u0007\",\"text\":\"\"}", "x: name: expected the name");
    REFUSES_LIKE(UPLOAD, 0, "{\"name\":\"a\",\"base64\":\"a===\"}", "x: base64: this is none");
    REFUSES_LIKE(UPLOAD, 0, "{\"name\":\"a\",\"data\":\"a\"}",
                 "x: \"data\" is no member of a file");
    REFUSES(UPLOAD, 0, "{\"name\":\"a\",\"name\":\"b\",\"text\":\"\"}",
            "x: \"name\" is given twice; give it once");
}

static void a_file_has_a_ceiling(void)
{
    size_t size = LIMIT_UPLOAD + 64;
    char *value = malloc(size);
    int head = snprintf(value, size, "{\"name\":\"a\",\"text\":\"");
    memset(value + head, 'a', LIMIT_UPLOAD + 1);
    strcpy(value + head + LIMIT_UPLOAD + 1, "\"}");
    arena_cap = 8u << 20;
    REFUSES_LIKE(UPLOAD, 0, value,
                 "x: a file may have 1024000 bytes here, and this one has 1024001;");
    arena_cap = 1u << 20;
    free(value);
}

static void absent_null_and_value_are_three_things(void)
{
    static const enum kind all[] = { STRING,   TEXT,  HTML, GID,  REF, USER,  DATE,
                                     DATETIME, SINCE, ENUM, BOOL, INT, NUMBER };
    for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
        TAKES(all[i], 0, NULL, "absent");
        TAKES(all[i], ARG_NULLABLE, NULL, "absent");
        TAKES(all[i], 0, "null", "absent");
        TAKES(all[i], ARG_NULLABLE, "null", "null");
        TAKES(all[i], ARG_NULLABLE | ARG_REQUIRED, "null", "null");
        begins(read_one(all[i], ARG_REQUIRED, NULL), "! x is required: ", __LINE__);
        begins(read_one(all[i], ARG_REQUIRED, "null"), "! x is required: ", __LINE__);
    }
    TAKES(GIDS, 0, "null", "absent");
    TAKES(GIDS, ARG_NULLABLE, NULL, "absent");
    TAKES(GIDS, ARG_NULLABLE, "null", "empty");
    TAKES(OBJECT, 0, "null", "absent");
    TAKES(OBJECT, ARG_NULLABLE, "null", "null");
    TAKES(FILTERS, 0, "null", "absent");
    TAKES(OFFSET, 0, "null", "absent");
    TAKES(FIELDS, 0, "null", "name,notes");
    TAKES(INT_OR, 0, "null", "20");
}

static void texts_pass_as_given(void)
{
    TAKES(REF, 0, "\"task:12\"", "task:12");
    TAKES(REF, 0, "1204567890123456", "1204567890123456");
    TAKES(STRING, 0, "\" Q2 \\u00e9 \"", " Q2 é ");
    TAKES(STRING, 0, "\"\"", "");
    TAKES(TEXT, 0, "\"a\\nb\"", "a\nb");
    REFUSES(STRING, 0, "\"a\\nb\"",
            "x: expected a text of one line, got \"a\\nb\"; it may not hold line breaks or control "
            "characters");
    REFUSES(STRING, 0, "42", "x: expected a text of one line, got the number 42");
    REFUSES(REF, 0, "1.5", "x: expected an ID or a link, got the number 1.5");
    REFUSES(TEXT, 0, "{\"a\":1}", "x: expected a text, got an object");
    REFUSES(TEXT, 0, "[]", "x: expected a text, got an empty list");
    REFUSES(TEXT, 0, "0.1", "x: expected a text, got the number 0.1");
}

static void rich_text_is_checked_for_its_kind(void)
{
    TAKES(HTML, 0, "\"<body>a <em>b</em></body>\"", "<body>a <em>b</em></body>");
    TAKES(HTML, ARG_HTML_TASK, "\"<body><h1>a</h1></body>\"", "<body><h1>a</h1></body>");
    REFUSES_LIKE(HTML, 0, "\"<body><h1>a</h1></body>\"",
                 "x: tag <h1> is not allowed here, only in a task's description");
    REFUSES_LIKE(HTML, 0, "\"<b>a</b>\"", "x: the whole text must stand in one <body>…</body>");
    REFUSES_LIKE(HTML, 0, "1", "x: expected rich text, as in ");
}

static void ids_are_digits_or_exact_numbers(void)
{
    TAKES(GID, 0, "\"1204567890123456\"", "1204567890123456");
    TAKES(GID, 0, "\" 12\\n\"", "12");
    TAKES(GID, 0, "1204567890123456", "1204567890123456");
    TAKES(GID, 0, "9007199254740992", "9007199254740992");
    REFUSES_LIKE(
        GID, 0, "9007199254740994",
        "x: expected an ID: its digits in quotes, as in \"1204567890123456\", got the number "
        "9.00719925474099e+15; put the digits in quotes");
    REFUSES_LIKE(GID, 0, "1e400", "x: expected an ID");
    REFUSES_LIKE(GID, 0, "1.5",
                 "x: expected an ID: its digits in quotes, as in "
                 "\"1204567890123456\", got the number 1.5");
    REFUSES_LIKE(GID, 0, "-1", "x: expected an ID");
    REFUSES_LIKE(GID, 0, "true", "x: expected an ID");
    REFUSES_LIKE(GID, 0, "\"12a\"", "x: expected an ID");
    REFUSES_LIKE(GID, 0, "\"me\"", "x: expected an ID");
    REFUSES_LIKE(GID, 0, "\"../1\"", "x: expected an ID");
    REFUSES_LIKE(GID, 0, "\"123456789012345678901234567890123\"", "x: expected an ID");
    REFUSES(
        GID, 0, "\"https://app.asana.com/0/1/2\"",
        "x: expected an ID: its digits in quotes, as in \"1204567890123456\", got "
        "\"https://app.asana.com/0/1/2\"; from an address take only the digits of the thing's ID");
}

static void an_empty_text_for_an_id_or_a_date_is_refused_with_advice(void)
{
    static const enum kind all[] = { GID, USER, DATE, DATETIME, SINCE, ENUM, BOOL, INT, NUMBER };
    for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
        for (int blank = 0; blank < 2; blank++) {
            const char *value = blank ? "\"  \"" : "\"\"", *got;
            got = read_one(all[i], 0, value);
            begins(got, "! x: expected ", __LINE__);
            CU_ASSERT_PTR_NOT_NULL(strstr(got, "; leave it out when it is not meant"));
            got = read_one(all[i], ARG_NULLABLE, value);
            CU_ASSERT_PTR_NOT_NULL(strstr(got, "; leave it out, or give null to mean none"));
            got = read_one(all[i], ARG_REQUIRED, value);
            CU_ASSERT_PTR_NOT_NULL(strstr(got, "; it is required"));
        }
    }
    CU_ASSERT_PTR_NOT_NULL(
        strstr(read_one(GID, ARG_NULLABLE, "\"null\""), "; leave it out, or give null"));
    CU_ASSERT_PTR_NOT_NULL(strstr(read_one(GID, 0, "\"None\""), "; leave it out"));
    CU_ASSERT_PTR_NOT_NULL(strstr(read_one(GIDS, 0, "\"\""), "got an empty text; leave it out"));
    CU_ASSERT_PTR_NOT_NULL(strstr(read_one(OBJECT, 0, "\"\""), "got an empty text; leave it out"));
    CU_ASSERT_PTR_NOT_NULL(
        strstr(read_one(OFFSET, 0, "\"\""), "; leave it out for the first page"));
}

static void a_user_is_an_id_me_or_a_mail_address(void)
{
    TAKES(USER, 0, "\"me\"", "me");
    TAKES(USER, 0, "\" ME \"", "me");
    TAKES(USER, 0, "\"12\"", "12");
    TAKES(USER, 0, "12", "12");
    TAKES(USER, 0, "\"ann+x@example.com \"", "ann+x@example.com");
    REFUSES(
        USER, 0, "\"Ann Lee\"",
        "x: expected a user: an ID, \"me\" or an e-mail address, got \"Ann Lee\"; for a person's "
        "name look the user up first");
    REFUSES_LIKE(USER, 0, "\"a@b@c\"", "x: expected a user");
    REFUSES_LIKE(USER, 0, "\"@b\"", "x: expected a user");
    REFUSES_LIKE(USER, 0, "\"a@\"", "x: expected a user");
    REFUSES_LIKE(USER, 0, "\"a b@c\"", "x: expected a user");
    REFUSES_LIKE(USER, 0, "\"a@b,c\"", "x: expected a user");
    REFUSES_LIKE(USER, 0, "{}",
                 "x: expected a user: an ID, \"me\" or an e-mail address, got an empty "
                 "object");
}

static void dates_exist_in_the_calendar(void)
{
    TAKES(DATE, 0, "\"2028-02-29\"", "2028-02-29");
    TAKES(DATE, 0, "\" 2026-01-31 \"", "2026-01-31");
    REFUSES(DATE, 0, "\"2026-02-29\"",
            "x: expected a date as YYYY-MM-DD, got \"2026-02-29\"; there is no such day in the "
            "calendar");
    REFUSES(DATE, 0, "\"2026-02-01T00:00:00Z\"",
            "x: expected a date as YYYY-MM-DD, got \"2026-02-01T00:00:00Z\"; leave out what "
            "follows the "
            "day");
    REFUSES(DATE, 0, "\"tomorrow\"", "x: expected a date as YYYY-MM-DD, got \"tomorrow\"");
    REFUSES(DATE, 0, "\"31/01/2026\"", "x: expected a date as YYYY-MM-DD, got \"31/01/2026\"");
    REFUSES(DATE, 0, "20260131", "x: expected a date as YYYY-MM-DD, got the number 20260131");
}

static void times_carry_a_zone_and_pass_as_given(void)
{
    TAKES(DATETIME, 0, "\"2026-03-31T17:00:00Z\"", "2026-03-31T17:00:00Z");
    TAKES(DATETIME, 0, "\"2026-03-31T17:00:00.250+01:00\"", "2026-03-31T17:00:00.250+01:00");
    TAKES(DATETIME, 0, "\"2026-03-31\"", "2026-03-31T00:00:00.000Z");
    REFUSES_LIKE(DATETIME, 0, "\"2026-03-31T17:00:00\"", "x: expected a time with its zone");
    CU_ASSERT_PTR_NOT_NULL(strstr(read_one(DATETIME, 0, "\"2026-03-31T17:00:00\""),
                                  "; add the time zone: Z, or an offset such as +01:00"));
    REFUSES_LIKE(DATETIME, 0, "\"2026-02-30\"", "x: expected a time with its zone");
    REFUSES_LIKE(DATETIME, 0, "\"now\"", "x: expected a time with its zone");
    TAKES(SINCE, 0, "\"now\"", "now");
    TAKES(SINCE, 0, "\" Now\"", "now");
    TAKES(SINCE, 0, "\"2026-03-31\"", "2026-03-31T00:00:00.000Z");
    REFUSES_LIKE(SINCE, 0, "\"today\"", "x: expected \"now\" or a time with its zone");
}

static void enum_values_are_normalised(void)
{
    TAKES(ENUM, 0, "\"green\"", "green");
    TAKES(ENUM, 0, "\" Yellow \"", "yellow");
    REFUSES(ENUM, 0, "\"purple\"", "x: expected one of green, yellow, red, got \"purple\"");
    REFUSES(ENUM, 0, "\"green|yellow\"",
            "x: expected one of green, yellow, red, got \"green|yellow\"");
    REFUSES(ENUM, 0, "1", "x: expected one of green, yellow, red, got the number 1");
    REFUSES(ENUM, ARG_REQUIRED, NULL, "x is required: one of green, yellow, red");
}

static void booleans_and_numbers_may_be_quoted(void)
{
    TAKES(BOOL, 0, "true", "true");
    TAKES(BOOL, 0, "false", "false");
    TAKES(BOOL, 0, "\"True\"", "true");
    TAKES(BOOL, 0, "\"false \"", "false");
    REFUSES(BOOL, 0, "\"yes\"", "x: expected true or false, got \"yes\"");
    REFUSES(BOOL, 0, "1", "x: expected true or false, got the number 1");
    TAKES(INT, 0, "7", "7");
    TAKES(INT, 0, "\"100\"", "100");
    TAKES(INT, 0, "5.0", "5");
    REFUSES(INT, 0, "0", "x: expected a whole number from 1 to 100, got the number 0");
    REFUSES(INT, 0, "101", "x: expected a whole number from 1 to 100, got the number 101");
    REFUSES(INT, 0, "1.5", "x: expected a whole number from 1 to 100, got the number 1.5");
    REFUSES(INT, 0, "1e300", "x: expected a whole number from 1 to 100, got the number 1e+300");
    REFUSES(INT, 0, "\"ten\"", "x: expected a whole number from 1 to 100, got \"ten\"");
    REFUSES(INT, 0, "\"0x10\"", "x: expected a whole number from 1 to 100, got \"0x10\"");
    REFUSES(INT, ARG_REQUIRED, NULL, "x is required: a whole number from 1 to 100");
    TAKES(INT_OR, 0, NULL, "20");
    TAKES(INT_OR, 0, "3", "3");
    TAKES(NUMBER, 0, "0.25", "0.25");
    TAKES(NUMBER, 0, "\"-8.5e2\"", "-850");
    REFUSES_LIKE(NUMBER, 0, "1e999", "x: expected a number");
    REFUSES_LIKE(NUMBER, 0, "\"nan\"", "x: expected a number");
    REFUSES_LIKE(NUMBER, 0, "\"infinity\"", "x: expected a number");
    REFUSES_LIKE(NUMBER, 0, "\"25%\"", "x: expected a number, as in 0.25, got \"25%\"");
    REFUSES_LIKE(NUMBER, 0, "true", "x: expected a number");
}

static void lists_come_in_every_form(void)
{
    TAKES(GIDS, 0, "[\"1\",\"2\"]", "[1][2]");
    TAKES(GIDS, 0, "[1, \"2\"]", "[1][2]");
    TAKES(GIDS, 0, "\"1, 2 ,3\"", "[1][2][3]");
    TAKES(GIDS, 0, "\"1\"", "[1]");
    TAKES(GIDS, 0, "1", "[1]");
    TAKES(GIDS, 0, "\"[\\\"1\\\",2]\"", "[1][2]");
    TAKES(GIDS, ARG_NULLABLE, "[]", "empty");
    TAKES(USERS, 0, "\"me,ann@example.com\"", "[me][ann@example.com]");
    TAKES(USERS, 0, "[\"ME\", 12]", "[me][12]");
}

static void lists_name_the_item_that_is_wrong(void)
{
    REFUSES(
        GIDS, 0, "[\"1\",\"b\"]",
        "x, item 2: expected an ID: its digits in quotes, as in \"1204567890123456\", got \"b\"");
    REFUSES_LIKE(GIDS, 0, "\"1,,2\"", "x, item 2: expected an ID");
    CU_ASSERT_PTR_NOT_NULL(strstr(read_one(GIDS, 0, "\"1,\""), "; leave the item out"));
    REFUSES_LIKE(GIDS, 0, "[null]", "x, item 1: expected an ID");
    REFUSES_LIKE(GIDS, 0, "[[\"1\"]]", "x, item 1: expected an ID");
    REFUSES_LIKE(GIDS, 0, "\"[1\"", "x, item 1: expected an ID");
    REFUSES(
        GIDS, 0, "[]",
        "x: expected a list of IDs, as in [\"1204567890123456\"], got an empty list; give at least "
        "one item");
    REFUSES_LIKE(GIDS, 0, "{}", "x: expected a list of IDs");
    REFUSES_LIKE(GIDS, 0, "true", "x: expected a list of IDs");
    REFUSES_LIKE(USERS, 0, "\"me,Ann\"", "x, item 2: expected a user");
}

static void lists_have_a_ceiling(void)
{
    char json[16 + (LIMIT_LIST_ITEMS + 1) * 2];
    size_t at = 0;
    json[at++] = '"';
    for (int i = 0; i < LIMIT_LIST_ITEMS + 1; i++)
        at += (size_t)sprintf(json + at, "%s1", i ? "," : "");
    strcpy(json + at, "\"");
    REFUSES(GIDS, 0, json, "x: at most 500 items can be given at once, got 501");
    json[0] = '[';
    json[at] = ']';
    REFUSES(GIDS, 0, json, "x: at most 500 items can be given at once, got 501");
    strcpy(json + at - 2, "]");
    begins(read_one(GIDS, 0, json), "[1][1]", __LINE__);
}

static void fields_replace_the_defaults(void)
{
    TAKES(FIELDS, 0, NULL, "name,notes");
    TAKES(FIELDS, 0, "\"due_on, assignee.name\"", "due_on,assignee.name");
    TAKES(FIELDS, 0, "[\"due_on\", \" (this|assignee).name\"]", "due_on,(this|assignee).name");
    TAKES(FIELDS, 0, "\"[\\\"due_on\\\"]\"", "due_on");
    TAKES(FIELDS, 0, "\",due_on,,name,\"", "due_on,name");
    TAKES(FIELDS, 0, "\"\"", "name,notes");
    TAKES(FIELDS, 0, "[]", "name,notes");
    TAKES(FIELDS, 0, "\",\"", "name,notes");
    REFUSES(FIELDS, 0, "\"name,due on\"",
            "x, item 2: expected names of fields, as in \"name,assignee.name\", got \"due on\"");
    REFUSES(
        FIELDS, 0, "[\"dueOn\"]",
        "x, item 1: expected names of fields, as in \"name,assignee.name\", got \"dueOn\"; Asana's "
        "fields are in small letters");
    REFUSES_LIKE(FIELDS, 0, "\"a&b=c\"", "x, item 1: expected names of fields");
    REFUSES_LIKE(FIELDS, 0, "[1]", "x, item 1: expected names of fields");
    REFUSES_LIKE(FIELDS, 0, "1", "x: expected names of fields");
    REFUSES_LIKE(FIELDS, 0, "{}", "x: expected names of fields");
}

static void offsets_pass_as_handed_out(void)
{
    TAKES(OFFSET, 0, "\"eyJ0eXAi.x-_=\"", "eyJ0eXAi.x-_=");
    REFUSES_LIKE(OFFSET, 0, "20",
                 "x: expected the offset of an answer's next_page, as it came, got the "
                 "number 20; pages are not counted");
}

static void objects_may_be_quoted(void)
{
    TAKES(OBJECT, 0, "{\"1\":\"a\",\"2\":null}", "{\"1\":\"a\",\"2\":null}");
    TAKES(OBJECT, 0, "\" {\\\"1\\\": [\\\"2\\\"]}\"", "{\"1\":[\"2\"]}");
    TAKES(OBJECT, 0, "{}", "{}");
    REFUSES(OBJECT, 0, "\"{\\\"1\\\":\"",
            "x: expected an object, as in {\"123\": \"text\"}, but the text is not valid "
            "JSON at byte 6: the text ends in the middle");
    REFUSES_LIKE(OBJECT, 0, "\"[1]\"",
                 "x: expected an object, as in {\"123\": \"text\"}, got \"[1]\"");
    REFUSES_LIKE(OBJECT, 0, "[1]", "x: expected an object, as in {\"123\": \"text\"}, got a list");
    REFUSES(OBJECT, 0, "{\"1\":1,\"1\":2}", "x: \"1\" is given twice; give it once");
    REFUSES(OBJECT, 0, "\"{\\\"1\\\":1,\\\"1\\\":2}\"", "x: \"1\" is given twice; give it once");
}

static void words_are_trimmed_and_not_empty(void)
{
    TAKES(WORDS, 0, "[\"task\",\" project \"]", "[task][project]");
    TAKES(WORDS, 0, "\"task, project\"", "[task][project]");
    TAKES(WORDS, 0, "\"[\\\"task\\\"]\"", "[task]");
    REFUSES(WORDS, 0, "[\"task\",5]",
            "x, item 2: expected a word, as in \"task\", got the number 5");
    REFUSES_LIKE(WORDS, 0, "\"task,,project\"", "x, item 2: expected a word");
    REFUSES_LIKE(WORDS, 0, "{}", "x: expected a list of words");
}

static void lists_of_objects_may_be_quoted(void)
{
    TAKES(OBJECTS, 0, "[{\"a\":1},{}]", "[{\"a\":1},{}]");
    TAKES(OBJECTS, 0, "\" [{\\\"a\\\":1}]\"", "[{\"a\":1}]");
    REFUSES(OBJECTS, 0, "{\"a\":1}",
            "x: expected a list of objects, as in [{\"name\": \"text\"}], got an object; put the "
            "object into a list");
    REFUSES(OBJECTS, 0, "[{},[]]", "x, item 2: expected an object, got an empty list");
    REFUSES(OBJECTS, 0, "[{\"a\":1,\"a\":2}]", "x, item 1: \"a\" is given twice; give it once");
    REFUSES_LIKE(OBJECTS, 0, "[]", "x: expected a list of objects");
    REFUSES_LIKE(OBJECTS, 0, "\"[{\"", "x: expected a list of objects, as in");
    REFUSES_LIKE(OBJECTS, 0, "\"\"", "x: expected a list of objects");
    REFUSES_LIKE(OBJECTS, 0, "\"{}\"", "x: expected a list of objects");
    REFUSES_LIKE(OBJECTS, 0, "5", "x: expected a list of objects");
}

static void lists_of_objects_have_a_ceiling(void)
{
    char json[8 + (LIMIT_LIST_ITEMS + 1) * 3];
    size_t at = 0;
    json[at++] = '[';
    for (int i = 0; i < LIMIT_LIST_ITEMS + 1; i++)
        at += (size_t)sprintf(json + at, "%s{}", i ? "," : "");
    strcpy(json + at, "]");
    REFUSES(OBJECTS, 0, json, "x: at most 500 items can be given at once");
    strcpy(json + at - 3, "]");
    begins(read_one(OBJECTS, 0, json), "[{},{}", __LINE__);
}

static void field_filters_become_flat(void)
{
    TAKES(FILTERS, 0, "{\"12.value\":\"a b\",\"13.is_set\":\"true\"}",
          "{\"12.value\":\"a b\",\"13.is_set\":true}");
    TAKES(FILTERS, 0, "{\"12\":{\"greater_than\":1,\"less_than\":\"2.5\"}}",
          "{\"12.greater_than\":1,\"12.less_than\":\"2.5\"}");
    TAKES(FILTERS, 0, "\"{\\\"custom_fields.12.contains\\\":\\\"x\\\"}\"",
          "{\"12.contains\":\"x\"}");
    TAKES(FILTERS, 0, "{\"12.before\":\" 2026-01-31\",\"12.after\":\"2026-01-01\"}",
          "{\"12.before\":\"2026-01-31\",\"12.after\":\"2026-01-01\"}");
    TAKES(FILTERS, 0,
          "{\"12.value\":1204567890123456,\"12.starts_with\":\"a\",\"12.ends_with\":\"b\"}",
          "{\"12.value\":1204567890123456,\"12.starts_with\":\"a\",\"12.ends_with\":\"b\"}");
    TAKES(FILTERS, 0, "{}", "{}");
}

static void field_filters_say_what_is_wrong(void)
{
    REFUSES_LIKE(FILTERS, 0, "{\"Priority.value\":\"a\"}", "x: expected filters by custom field");
    REFUSES_LIKE(FILTERS, 0, "{\"12.is\":\"a\"}", "x: expected filters by custom field");
    REFUSES_LIKE(FILTERS, 0, "{\"12.value.x\":\"a\"}", "x: expected filters by custom field");
    REFUSES_LIKE(FILTERS, 0, "{\"Priority\":\"a\"}", "x: expected filters by custom field");
    REFUSES(FILTERS, 0, "{\"12\":\"a\"}",
            "x: the field \"12\" needs an operator; for an exact value write \"12.value\"");
    REFUSES(FILTERS, 0, "{\"12.is_set\":\"maybe\"}",
            "x: 12.is_set: expected true or false, got \"maybe\"");
    REFUSES(FILTERS, 0, "{\"12.less_than\":\"two\"}",
            "x: 12.less_than: expected a number, got \"two\"");
    REFUSES(FILTERS, 0, "{\"12.before\":\"soon\"}",
            "x: 12.before: expected a date as YYYY-MM-DD, got \"soon\"");
    REFUSES(FILTERS, 0, "{\"12.contains\":[\"a\"]}", "x: 12.contains: expected a text, got a list");
    REFUSES_LIKE(FILTERS, 0, "{\"12.value\":null}", "x: 12.value: expected ");
    REFUSES_LIKE(FILTERS, 0, "{\"12.value\":\"\"}", "x: 12.value: expected ");
    REFUSES_LIKE(FILTERS, 0, "{\"12.value\":90071992547409921}", "x: 12.value: expected ");
    REFUSES(FILTERS, 0, "{\"12.value\":1,\"12\":{\"value\":2}}",
            "x: 12.value is given twice; give it once");
    REFUSES_LIKE(FILTERS, 0, "[]", "x: expected filters by custom field");
}

static void what_came_is_shortened_and_made_visible(void)
{
    REFUSES(DATE, 0, "\"0123456789012345678901234567890123456789X\"",
            "x: expected a date as YYYY-MM-DD, got \"0123456789012345678901234567890123456789…\"");
    REFUSES(DATE, 0, "\"a\\u001b[31m\\u202e\\\"é\\u007f\\t\"",
            "x: expected a date as YYYY-MM-DD, got \"a\\u001b[31m\\u202e\\\"é\\u007f\\t\"");
    REFUSES(DATE, 0, "\"\\ud83d\\ude00\\u200b\"",
            "x: expected a date as YYYY-MM-DD, got \"\xf0\x9f\x98\x80\\u200b\"");
}

/* ---- several arguments ---- */

static void decode_task(struct args *a, void *ctx)
{
    (void)ctx;
    args_alias(a, "task_gid", "task_id");
    args_gid(a, "task_id", ARG_REQUIRED);
    args_string(a, "name", 0);
    args_date(a, "due_on", ARG_NULLABLE);
    args_date(a, "start_on", ARG_NULLABLE);
    args_gid(a, "project", 0);
    args_gid(a, "section", 0);
    args_needs(a, "start_on", "due_on");
    args_at_most_one(a, "project,section");
}

#define TASK(json, expected) is(run(json, decode_task, NULL), expected, __LINE__)

static void an_alias_is_another_spelling(void)
{
    TASK("{\"task_gid\":1}", "ok");
    TASK("{\"task_gid\":\"a\"}", "task_gid: expected an ID: its digits in quotes, as in "
                                 "\"1204567890123456\", got \"a\"");
    TASK("{\"task_gid\":\"1\",\"task_id\":\"1\"}",
         "task_gid: is another name for task_id, which is given too; give only task_id");
}

static void unknown_arguments_get_the_nearest_name(void)
{
    TASK("{\"task_id\":\"1\",\"naem\":\"a\"}",
         "unknown argument \"naem\" (did you mean \"name\"?)");
    TASK("{\"task_id\":\"1\",\"projectId\":\"a\"}",
         "unknown argument \"projectId\" (did you mean \"project\"?)");
    TASK("{\"task\":\"1\"}",
         "unknown argument \"task\" (did you mean \"task_id\"?); task_id is required: "
         "an ID: its digits in quotes, as in \"1204567890123456\"");
    TASK("{\"task_id\":\"1\",\"Due-On\":\"x\"}",
         "unknown argument \"Due-On\" (did you mean \"due_on\"?)");
    TASK("{\"task_id\":\"1\",\"colour\":\"x\"}",
         "unknown argument \"colour\"; this tool takes: task_id, name, due_on, start_on, project, "
         "section");
    TASK("{\"task_id\":\"1\",\"\":null}", "unknown argument \"\"; this tool takes: task_id, name, "
                                          "due_on, start_on, project, section");
    TASK("{\"task_id\":\"1\",\"q1\":1,\"q2\":1,\"q3\":1,\"q4\":1,\"q5\":1,\"q6\":1}",
         "unknown argument \"q1\", \"q2\", \"q3\", \"q4\" and 2 more; this tool takes: task_id, "
         "name, "
         "due_on, start_on, project, section");
}

static void decode_none(struct args *a, void *ctx)
{
    (void)a;
    (void)ctx;
}

static void a_call_without_arguments_is_a_call(void)
{
    is(run(NULL, decode_none, NULL), "ok", __LINE__);
    is(run("null", decode_none, NULL), "ok", __LINE__);
    is(run("{}", decode_none, NULL), "ok", __LINE__);
    is(run("{\"a\":1}", decode_none, NULL), "unknown argument \"a\"; this tool takes: none",
       __LINE__);
    is(run("[]", decode_none, NULL), "arguments: expected an object, got an empty list", __LINE__);
    is(run("\"x\"", decode_none, NULL), "arguments: expected an object, got \"x\"", __LINE__);
}

static void the_first_bad_value_comes_before_everything_else(void)
{
    TASK("{\"due_on\":\"x\",\"start_on\":\"y\",\"zzz\":1}",
         "due_on: expected a date as YYYY-MM-DD, got \"x\"");
    TASK("{}", "task_id is required: an ID: its digits in quotes, as in \"1204567890123456\"");
}

static void members_given_twice_or_too_many_are_refused(void)
{
    char json[(LIMIT_CALL_ARGS + 1) * 12 + 8];
    size_t at = 0;
    TASK("{\"task_id\":\"1\",\"task_id\":\"2\"}",
         "arguments: \"task_id\" is given twice; give it once");
    json[at++] = '{';
    for (int i = 0; i < LIMIT_CALL_ARGS + 1; i++)
        at += (size_t)sprintf(json + at, "%s\"a%d\":1", i ? "," : "", i);
    strcpy(json + at, "}");
    TASK(json, "arguments: more than 160 members; no tool takes so many");
}

static void rules_count_values(void)
{
    TASK("{\"task_id\":\"1\",\"start_on\":\"2026-01-01\"}",
         "start_on needs due_on to be given too");
    TASK("{\"task_id\":\"1\",\"start_on\":\"2026-01-01\",\"due_on\":null}",
         "start_on needs due_on to be given too");
    TASK("{\"task_id\":\"1\",\"start_on\":null}", "ok");
    TASK("{\"task_id\":\"1\",\"start_on\":\"2026-01-01\",\"due_on\":\"2026-01-02\"}", "ok");
    TASK("{\"task_id\":\"1\",\"project\":\"1\",\"section\":\"2\"}",
         "give at most one of project or section; got project and section");
    TASK("{\"task_id\":\"1\",\"project\":\"1\",\"section\":null}", "ok");
}

static void decode_contexts(struct args *a, void *ctx)
{
    (void)ctx;
    args_alias(a, "project_id", "project");
    args_gid(a, "project", 0);
    args_gid(a, "section", 0);
    args_gid(a, "workspace", 0);
    args_exactly_one(a, "project,section,workspace");
}

static void exactly_one_means_one(void)
{
    is(run("{\"section\":1}", decode_contexts, NULL), "ok", __LINE__);
    is(run("{\"section\":1,\"project\":null}", decode_contexts, NULL), "ok", __LINE__);
    is(run("{}", decode_contexts, NULL),
       "give exactly one of project, section or workspace; none was given", __LINE__);
    is(run("{\"project_id\":1,\"workspace\":2}", decode_contexts, NULL),
       "give exactly one of project, section or workspace; got project_id and workspace", __LINE__);
    is(run("{\"sections\":1}", decode_contexts, NULL),
       "unknown argument \"sections\" (did you mean \"section\"?)", __LINE__);
}

static void decode_change(struct args *a, void *ctx)
{
    (void)ctx;
    args_string(a, "name", 0);
    args_date(a, "due_on", ARG_NULLABLE);
    args_at_least_one(a, "name,due_on");
}

static void a_clearing_null_is_a_change(void)
{
    is(run("{\"due_on\":null}", decode_change, NULL), "ok", __LINE__);
    is(run("{\"name\":null}", decode_change, NULL),
       "give at least one of name or due_on; none was given", __LINE__);
    is(run("{}", decode_change, NULL), "give at least one of name or due_on; none was given",
       __LINE__);
}

static void names_are_suggested_by_slips_and_by_words(void)
{
    static const char *const known[] = { "projects_any", "projects_not", "sections_any",  "text",
                                         "due_on",       "due_at",       "created_by_any" };
    size_t out[SUGGEST_MAX];
    size_t count = sizeof(known) / sizeof(*known);
    CU_ASSERT_EQUAL(suggest_names("project", known, count, out), 2);
    CU_ASSERT_EQUAL(out[0], 0);
    CU_ASSERT_EQUAL(out[1], 1);
    CU_ASSERT_EQUAL(suggest_names("txet", known, count, out), 1);
    CU_ASSERT_EQUAL(out[0], 3);
    CU_ASSERT_EQUAL(suggest_names("created_by", known, count, out), 1);
    CU_ASSERT_EQUAL(out[0], 6);
    CU_ASSERT(suggest_names("due_date", known, count, out) >= 2);
    CU_ASSERT_EQUAL(suggest_names("comment", known, count, out), 1);
    CU_ASSERT_EQUAL(out[0], 3);
    CU_ASSERT_EQUAL(suggest_names("id", known, count, out), 0);
    CU_ASSERT_EQUAL(suggest_names("budget", known, count, out), 0);
    CU_ASSERT_EQUAL(suggest_names("", known, count, out), 0);
    CU_ASSERT_EQUAL(suggest_names("any", known, count, out), 0);
    char *name = malloc(100001);
    memset(name, 'a', 100000);
    name[100000] = '\0';
    CU_ASSERT_EQUAL(suggest_names(name, known, count, out), 0);
    free(name);
}

/* ---- memory ---- */

static void decode_everything(struct args *a, void *ctx)
{
    (void)ctx;
    args_alias(a, "gidd", "gid");
    args_gid(a, "gid", ARG_REQUIRED);
    args_user(a, "user", 0);
    args_datetime(a, "at", 0);
    args_since(a, "since", 0);
    args_enum(a, "color", 0, "green|red");
    args_gids(a, "gids", 0);
    args_users(a, "users", 0);
    args_fields(a, "fields", "name");
    args_words(a, "words", 0);
    args_object(a, "object", 0);
    args_objects(a, "objects", 0);
    args_file(a, "file", 0);
    args_field_filters(a, "filters", 0);
    args_string(a, "needed", ARG_REQUIRED);
    args_exactly_one(a, "gid,user");
}

static void every_arena_size_gives_an_answer_or_a_refusal(void)
{
    static const char *const inputs[] = {
        "{\"gidd\":123456789,\"user\":null,\"at\":\"2026-01-01\",\"since\":\"2026-01-01\","
        "\"color\":\"Red\","
        "\"gids\":\"1,2,3\",\"users\":\"[\\\"me\\\",\\\"a@b\\\"]\",\"fields\":\"a,b.c\",\"words\":"
        "\"a, b\","
        "\"objects\":\"[{\\\"a\\\":1},{}]\",\"object\":"
        "\"{\\\"a\\\":[1,2,{}]}\",\"filters\":{\"1\":{\"value\":\"x\",\"is_set\":\"true\"}},"
        "\"file\":{\"name\":\"a\",\"base64\":\"aGk=\"},"
        "\"needed\":\"y\"}",
        "{\"gid\":\"1\",\"user\":\"me\",\"needed\":\"y\"}",
        "{\"gidd\":\"1\",\"nedeed\":\"y\"}",
        "{\"gids\":[\"a\"]}",
    };
    static const char *const outcomes[] = { "ok", "give exactly one of",
                                            "unknown argument \"nedeed\"",
                                            "gids, item 1: expected" };
    for (size_t i = 0; i < sizeof(inputs) / sizeof(*inputs); i++) {
        bool done = false;
        for (arena_cap = 0; arena_cap < 64u << 10 && !done; arena_cap += 8) {
            const char *got = run(inputs[i], decode_everything, NULL);
            done = strncmp(got, outcomes[i], strlen(outcomes[i])) == 0;
            if (!done)
                is(got, "the arguments are too large", __LINE__);
        }
        CU_ASSERT(done);
    }
    arena_cap = 1u << 20;
}

#define ADD(suite, test) CU_add_test(suite, #test, test)

int main(void)
{
    json_init();
    if (CU_initialize_registry() != CUE_SUCCESS)
        return 2;
    CU_pSuite one = CU_add_suite("args: one value", NULL, NULL);
    ADD(one, absent_null_and_value_are_three_things);
    ADD(one, texts_pass_as_given);
    ADD(one, rich_text_is_checked_for_its_kind);
    ADD(one, ids_are_digits_or_exact_numbers);
    ADD(one, an_empty_text_for_an_id_or_a_date_is_refused_with_advice);
    ADD(one, a_user_is_an_id_me_or_a_mail_address);
    ADD(one, dates_exist_in_the_calendar);
    ADD(one, times_carry_a_zone_and_pass_as_given);
    ADD(one, enum_values_are_normalised);
    ADD(one, booleans_and_numbers_may_be_quoted);
    ADD(one, offsets_pass_as_handed_out);
    ADD(one, what_came_is_shortened_and_made_visible);
    CU_pSuite many = CU_add_suite("args: lists and objects", NULL, NULL);
    ADD(many, lists_come_in_every_form);
    ADD(many, lists_name_the_item_that_is_wrong);
    ADD(many, lists_have_a_ceiling);
    ADD(many, fields_replace_the_defaults);
    ADD(many, objects_may_be_quoted);
    ADD(many, words_are_trimmed_and_not_empty);
    ADD(many, lists_of_objects_may_be_quoted);
    ADD(many, lists_of_objects_have_a_ceiling);
    ADD(many, field_filters_become_flat);
    ADD(many, field_filters_say_what_is_wrong);
    ADD(many, files_are_texts_or_base64);
    ADD(many, a_file_has_a_ceiling);
    CU_pSuite all = CU_add_suite("args: a whole call", NULL, NULL);
    ADD(all, an_alias_is_another_spelling);
    ADD(all, unknown_arguments_get_the_nearest_name);
    ADD(all, a_call_without_arguments_is_a_call);
    ADD(all, the_first_bad_value_comes_before_everything_else);
    ADD(all, members_given_twice_or_too_many_are_refused);
    ADD(all, rules_count_values);
    ADD(all, exactly_one_means_one);
    ADD(all, a_clearing_null_is_a_change);
    ADD(all, names_are_suggested_by_slips_and_by_words);
    ADD(all, every_arena_size_gives_an_answer_or_a_refusal);
    return run_suites();
}
