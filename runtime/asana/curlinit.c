#include "asana/curlinit.h"

#include "asana/libcurl.h"

#include <curl/curl.h>
#include <malloc.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool started; /* these are written under once */
static struct err trouble;

static void wiping_free(void *p)
{
    if (p)
        explicit_bzero(p, malloc_usable_size(p));
    free(p);
}

/* realloc() may leave the old bytes behind when it moves them. */
static void *wiping_realloc(void *p, size_t size)
{
    size_t before = p ? malloc_usable_size(p) : 0;
    if (size && before >= size && before / 2 <= size)
        return p;
    void *moved = malloc(size ? size : 1);
    if (!moved)
        return NULL;
    if (p)
        memcpy(moved, p, before < size ? before : size);
    wiping_free(p);
    return moved;
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
    return true;
}

static void start(void)
{
    if (!libcurl_load(&trouble))
        return;
    CURLcode code = curl_global_init_mem(CURL_GLOBAL_DEFAULT, malloc, wiping_free, wiping_realloc,
                                         strdup, calloc);
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
