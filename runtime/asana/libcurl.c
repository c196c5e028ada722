#include "asana/libcurl.h"

#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>
#include <dlfcn.h>
#include <stdarg.h>

/* Those below are functions, whatever macros check their arguments elsewhere. */
#undef curl_easy_setopt
#undef curl_easy_getinfo
#undef curl_multi_setopt

/* What the program calls: F(result, name, parameters, arguments). */
#define FUNCTIONS(F)                                                                            \
    F(CURLcode, curl_global_init_mem,                                                           \
      (long flags, curl_malloc_callback m, curl_free_callback f, curl_realloc_callback r,       \
       curl_strdup_callback s, curl_calloc_callback c),                                         \
      (flags, m, f, r, s, c))                                                                   \
    F(void, curl_global_cleanup, (void), ())                                                    \
    F(char *, curl_version, (void), ())                                                         \
    F(curl_version_info_data *, curl_version_info, (CURLversion age), (age))                    \
    F(CURL *, curl_easy_init, (void), ())                                                       \
    F(void, curl_easy_cleanup, (CURL * easy), (easy))                                           \
    F(CURLcode, curl_easy_perform, (CURL * easy), (easy))                                       \
    F(const char *, curl_easy_strerror, (CURLcode code), (code))                                \
    F(time_t, curl_getdate, (const char *text, const time_t *unused), (text, unused))           \
    F(CURLHcode, curl_easy_header,                                                              \
      (CURL * easy, const char *name, size_t index, unsigned origin, int request,               \
       struct curl_header **out),                                                               \
      (easy, name, index, origin, request, out))                                                \
    F(struct curl_slist *, curl_slist_append, (struct curl_slist * list, const char *text),     \
      (list, text))                                                                             \
    F(void, curl_slist_free_all, (struct curl_slist * list), (list))                            \
    F(CURLU *, curl_url, (void), ())                                                            \
    F(void, curl_url_cleanup, (CURLU * url), (url))                                             \
    F(CURLUcode, curl_url_set, (CURLU * url, CURLUPart what, const char *part, unsigned flags), \
      (url, what, part, flags))                                                                 \
    F(CURLM *, curl_multi_init, (void), ())                                                     \
    F(CURLMcode, curl_multi_cleanup, (CURLM * multi), (multi))                                  \
    F(CURLMcode, curl_multi_add_handle, (CURLM * multi, CURL * easy), (multi, easy))            \
    F(CURLMcode, curl_multi_remove_handle, (CURLM * multi, CURL * easy), (multi, easy))         \
    F(CURLMsg *, curl_multi_info_read, (CURLM * multi, int *left), (multi, left))               \
    F(CURLMcode, curl_multi_socket_action,                                                      \
      (CURLM * multi, curl_socket_t fd, int events, int *running), (multi, fd, events, running))

/* Where they are once libcurl is loaded. */
#define POINTER(result, name, parameters, arguments) static result(*name##_at) parameters;
FUNCTIONS(POINTER)
static CURLcode (*curl_easy_setopt_at)(CURL *easy, CURLoption option, ...);
static CURLcode (*curl_easy_getinfo_at)(CURL *easy, CURLINFO info, ...);
static CURLMcode (*curl_multi_setopt_at)(CURLM *multi, CURLMoption option, ...);

#define PASS_ON(result, name, parameters, arguments) \
    result name parameters                           \
    {                                                \
        return name##_at arguments;                  \
    }
FUNCTIONS(PASS_ON)

/* The type of an option's value is part of its number. */
#define PASS_ON_OPTION(function, handle, option)                       \
    do {                                                               \
        va_list ap;                                                    \
        va_start(ap, option);                                          \
        switch ((option) / CURLOPTTYPE_OBJECTPOINT) {                  \
        case CURLOPTTYPE_LONG / CURLOPTTYPE_OBJECTPOINT:               \
            result = function(handle, option, va_arg(ap, long));       \
            break;                                                     \
        case CURLOPTTYPE_OFF_T / CURLOPTTYPE_OBJECTPOINT:              \
            result = function(handle, option, va_arg(ap, curl_off_t)); \
            break;                                                     \
        default:                                                       \
            result = function(handle, option, va_arg(ap, void *));     \
        }                                                              \
        va_end(ap);                                                    \
    } while (0)

CURLcode curl_easy_setopt(CURL *easy, CURLoption option, ...)
{
    CURLcode result;
    PASS_ON_OPTION(curl_easy_setopt_at, easy, option);
    return result;
}

CURLMcode curl_multi_setopt(CURLM *multi, CURLMoption option, ...)
{
    CURLMcode result;
    PASS_ON_OPTION(curl_multi_setopt_at, multi, option);
    return result;
}

CURLcode curl_easy_getinfo(CURL *easy, CURLINFO info, ...)
{
    va_list ap;
    va_start(ap, info);
    CURLcode result = curl_easy_getinfo_at(easy, info, va_arg(ap, void *)); /* where it goes to */
    va_end(ap);
    return result;
}

static bool find(void *library, const char *name, void **out, struct err *err)
{
    *out = dlsym(library, name);
    return *out || err_set(err, ERR_IO, "%s has no %s", ASANA_MCP_LIBCURL, name);
}

bool libcurl_load(struct err *err)
{
    void *library = dlopen(ASANA_MCP_LIBCURL, RTLD_LAZY | RTLD_LOCAL);
    if (!library)
        return err_set(err, ERR_IO, "libcurl, which requests to Asana need, cannot be loaded: %s",
                       dlerror());
    bool found = true;
#define FIND(result, name, parameters, arguments) \
    found = found && find(library, #name, (void **)&name##_at, err);
    FUNCTIONS(FIND)
    FIND(, curl_easy_setopt, , )
    FIND(, curl_easy_getinfo, , )
    FIND(, curl_multi_setopt, , )
    return found;
}
