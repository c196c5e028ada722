#include "asana/curlinit.h"

#include "asana/curlmem.h"
#include "asana/libcurl.h"

#include <curl/curl.h>
#include <pthread.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool started; /* these are written under once */
static struct err trouble;

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
    if (!curlmem_init()) {
        err_set(&trouble, ERR_MEMORY, "libcurl's memory cannot be set up");
        return;
    }
    if (!libcurl_load(&trouble))
        return;
    CURLcode code = curl_global_init_mem(CURL_GLOBAL_DEFAULT, curlmem_malloc, curlmem_free,
                                         curlmem_realloc, curlmem_strdup, curlmem_calloc);
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
