#include "http/listen.h"

#include "suites.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void addresses_are_read(void)
{
    static const struct {
        const char *text, *host;
        int port;
        bool loopback;
    } cases[] = {
        { "127.0.0.1:8000", "127.0.0.1", 8000, true },
        { "127.1.2.3:1", "127.1.2.3", 1, true },
        { ":8000", "127.0.0.1", 8000, true },
        { "localhost:0", "127.0.0.1", 0, true },
        { "[::1]:65535", "::1", 65535, true },
        { "[::]:80", "::", 80, false },
        { "0.0.0.0:80", "0.0.0.0", 80, false },
        { "192.168.1.7:80", "192.168.1.7", 80, false },
        { "[fe80::1]:80", "fe80::1", 80, false },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct listen_address a;
        CU_ASSERT_TRUE_FATAL(listen_parse(cases[i].text, &a, NULL));
        CU_ASSERT_STRING_EQUAL(a.host, cases[i].host);
        CU_ASSERT_EQUAL(a.port, cases[i].port);
        CU_ASSERT_EQUAL(listen_is_loopback(&a), cases[i].loopback);
    }
}

static void what_is_no_address_is_refused_with_its_text(void)
{
    static const char *const cases[] = {
        "",
        "8000",
        "127.0.0.1",
        "127.0.0.1:",
        "127.0.0.1:x",
        "127.0.0.1:80x",
        "127.0.0.1:65536",
        "127.0.0.1:-1",
        "127.0.0.1: 80",
        "127.0.0.1:+80",
        "127.0.0.1:99999999999999999999",
        "example.com:80",
        "256.1.1.1:80",
        "[::1:80",
        "[::g]:80",
        "[]:80",
        "http://127.0.0.1:80",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa:80",
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct listen_address a = { .port = 4711 };
        struct err err = { 0 };
        if (listen_parse(cases[i], &a, &err))
            CU_FAIL(cases[i]);
        CU_ASSERT_EQUAL(a.port, 4711);
        CU_ASSERT_EQUAL(err.kind, ERR_SETTINGS);
        char start[20];
        snprintf(start, sizeof(start), "\"%.10s", cases[i]);
        CU_ASSERT_PTR_EQUAL(strstr(err.text, start), err.text);
    }
}

static int port_of(int fd)
{
    struct sockaddr_in at;
    socklen_t len = sizeof(at);
    getsockname(fd, (struct sockaddr *)&at, &len);
    return ntohs(at.sin_port);
}

static int connect_to(int port)
{
    struct sockaddr_in at = { .sin_family = AF_INET,
                              .sin_port = htons((unsigned short)port),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(fd, (struct sockaddr *)&at, sizeof(at)) == 0)
        return fd;
    close(fd);
    return -1;
}

static void sockets_share_the_port_that_the_system_chose(void)
{
    for (size_t n = 1; n <= 4; n += 3) {
        struct listen_address a;
        int fds[4];
        listen_parse("127.0.0.1:0", &a, NULL);
        CU_ASSERT_TRUE_FATAL(listen_open(&a, n, fds, NULL));
        CU_ASSERT(a.port > 0);
        for (size_t i = 0; i < n; i++) {
            CU_ASSERT_EQUAL(port_of(fds[i]), a.port);
            CU_ASSERT(fcntl(fds[i], F_GETFL) & O_NONBLOCK);
            CU_ASSERT(fcntl(fds[i], F_GETFD) & FD_CLOEXEC);
        }
        int client = connect_to(a.port);
        CU_ASSERT(client >= 0);
        close(client);
        for (size_t i = 0; i < n; i++)
            close(fds[i]);
        CU_ASSERT_EQUAL(connect_to(a.port), -1);
    }
}

static void a_taken_port_is_refused_even_though_it_could_be_shared(void)
{
    for (size_t n = 1; n <= 2; n++) {
        struct listen_address a, b;
        int first[2], second[2];
        struct err err = { 0 };
        listen_parse("127.0.0.1:0", &a, NULL);
        CU_ASSERT_TRUE_FATAL(listen_open(&a, n, first, NULL));
        b = a;
        for (size_t m = 1; m <= 2; m++) {
            CU_ASSERT_FALSE(listen_open(&b, m, second, &err));
            CU_ASSERT_EQUAL(err.kind, ERR_IO);
            CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "is already in use"));
            CU_ASSERT_EQUAL(b.port, a.port);
        }
        for (size_t i = 0; i < n; i++)
            close(first[i]);
        CU_ASSERT_TRUE(listen_open(&b, 1, second, &err)); /* and free again at once */
        close(second[0]);
    }
}

static void an_address_of_another_machine_is_refused(void)
{
    struct listen_address a;
    int fd;
    struct err err = { 0 };
    listen_parse("192.0.2.1:0", &a, NULL);
    CU_ASSERT_FALSE(listen_open(&a, 1, &fd, &err));
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "cannot listen on 192.0.2.1:0: "));
}

#define ADD(suite, test) CU_add_test(suite, #test, test)

int main(void)
{
    if (CU_initialize_registry() != CUE_SUCCESS)
        return 2;
    CU_pSuite suite = CU_add_suite("listen", NULL, NULL);
    ADD(suite, addresses_are_read);
    ADD(suite, what_is_no_address_is_refused_with_its_text);
    ADD(suite, sockets_share_the_port_that_the_system_chose);
    ADD(suite, a_taken_port_is_refused_even_though_it_could_be_shared);
    ADD(suite, an_address_of_another_machine_is_refused);
    return run_suites();
}
