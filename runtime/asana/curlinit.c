#include "asana/curlinit.h"

#include "asana/libcurl.h"
#include "base/piece.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool started; /* these are written under once */
static struct err trouble;

static void wiping_free(void *p)
{
    if (p)
        explicit_bzero(p, piece_size(p));
    piece_free(p);
}

/* piece_resize() would leave the old bytes behind. */
static void *wiping_realloc(void *p, size_t size)
{
    size_t before = p ? piece_size(p) : 0;
    if (size < before)
        explicit_bzero((char *)p + size, before - size);
    if (!p || piece_fits(p, size))
        return piece_resize(p, size);
    void *moved = piece_alloc(size);
    if (!moved)
        return NULL;
    memcpy(moved, p, before);
    wiping_free(p);
    return moved;
}

static void *cleared(size_t n, size_t size)
{
    size_t bytes;
    return __builtin_mul_overflow(n, size, &bytes) ? NULL : piece_zalloc(bytes);
}

static char *copy_text(const char *text)
{
    size_t len = strlen(text) + 1;
    char *copy = piece_alloc(len);
    return copy ? memcpy(copy, text, len) : NULL;
}

static bool check(struct err *err)
{
    const curl_version_info_data *v = curl_version_info(CURLVERSION_NOW);
    if (!(v->features & CURL_VERSION_ASYNCHDNS))
        return err_set(err, ERR_IO,
                       "libcurl %s resolves names in the foreground, which would stop every other "
                       "call meanwhile; it has to be built with the threaded resolver or c-ares",
                       v->version);
    if (!(v->features & CURL_VERSION_SSL))
        return err_set(err, ERR_IO, "libcurl %s has no TLS", v->version);
    if (!(v->features & CURL_VERSION_LIBZ))
        return err_set(err, ERR_IO, "libcurl %s cannot read compressed answers", v->version);
    return true;
}

static void start(void)
{
    if (!libcurl_load(&trouble))
        return;
    CURLcode code = curl_global_init_mem(CURL_GLOBAL_DEFAULT, piece_alloc, wiping_free,
                                         wiping_realloc, copy_text, cleared);
    if (code != CURLE_OK)
        err_set(&trouble, ERR_IO, "libcurl does not start: %s", curl_easy_strerror(code));
    else
        started = check(&trouble);
}

bool curlinit(struct err *err)
{
    pthread_once(&once, start);
    if (!started)
        *err = trouble;
    return started;
}

void curlinit_done(void)
{
    if (started)
        curl_global_cleanup();
}
