#include "cli/url.h"

#include "base/host.h"

#include <ctype.h>
#include <curl/curl.h>
#include <string.h>
#include <strings.h>

static void curlu_cleanup(CURLU **u)
{
    curl_url_cleanup(*u);
}

static void text_free(char **text)
{
    curl_free(*text);
}

#define CURLU_AUTO __attribute__((cleanup(curlu_cleanup))) CURLU
#define TEXT_AUTO __attribute__((cleanup(text_free))) char

static bool has(CURLU *u, CURLUPart part)
{
    TEXT_AUTO *text = NULL;
    return curl_url_get(u, part, &text, 0) == CURLUE_OK;
}

/* Credentials hide before an "@"; a URL with one is never shown. */
static const char *shown(const char *text)
{
    return strchr(text, '@') ? "(a URL with credentials)" : text;
}

static bool printable(const char *text)
{
    for (const char *p = text; *p; p++)
        if ((unsigned char)*p <= ' ' || (unsigned char)*p >= 0x7f)
            return false;
    return true;
}

bool url_base_read(struct arena *a, const char *place, const char *text, const char **out,
                   struct err *err)
{
    CURLU_AUTO *u = curl_url();
    if (!u)
        return err_set(err, ERR_MEMORY, "out of memory");
    if (!printable(text) ||
        (strncasecmp(text, "https://", 8) != 0 && strncasecmp(text, "http://", 7) != 0) ||
        curl_url_set(u, CURLUPART_URL, text, 0) != CURLUE_OK)
        return err_set(err, ERR_SETTINGS,
                       "%s: expected a URL like https://host/path, got \"%.200s\"", place,
                       shown(text));
    if (has(u, CURLUPART_USER) || has(u, CURLUPART_PASSWORD))
        return err_set(err, ERR_SETTINGS, "%s: a URL must not carry a user name or password",
                       place);
    if (has(u, CURLUPART_QUERY) || has(u, CURLUPART_FRAGMENT) || strpbrk(text, "?#"))
        return err_set(err, ERR_SETTINGS,
                       "%s: expected a URL without \"?\" and \"#\", got \"%.200s\"", place,
                       shown(text));
    size_t len = strlen(text);
    while (len > 0 && text[len - 1] == '/')
        len--;
    char *copy = arena_strndup(a, text, len);
    if (!copy)
        return err_set(err, ERR_MEMORY, "out of memory");
    *out = copy;
    return true;
}

bool url_origin_read(struct arena *a, const char *place, const char *text, const char **out,
                     struct err *err)
{
    CURLU_AUTO *u = curl_url();
    TEXT_AUTO *path = NULL;
    if (!u)
        return err_set(err, ERR_MEMORY, "out of memory");
    if (strcmp(text, "*") == 0)
        return err_set(
            err, ERR_SETTINGS,
            "%s: \"*\" would let every web page call this server; name the origins one by one",
            place);
    bool ok = printable(text) && strstr(text, "://") && !strpbrk(text, "*?#@") &&
              curl_url_set(u, CURLUPART_URL, text, CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK &&
              curl_url_get(u, CURLUPART_PATH, &path, 0) == CURLUE_OK && strcmp(path, "/") == 0;
    if (!ok)
        return err_set(
            err, ERR_SETTINGS,
            "%s: expected an origin like https://app.example.com (no path), got \"%.200s\"", place,
            shown(text));
    size_t len = strlen(text);
    if (text[len - 1] == '/')
        len--;
    char *copy = arena_strndup(a, text, len);
    if (!copy)
        return err_set(err, ERR_MEMORY, "out of memory");
    for (char *p = copy; *p; p++)
        *p = (char)tolower((unsigned char)*p);
    *out = copy;
    return true;
}

bool url_is_plain(const char *text)
{
    CURLU_AUTO *u = curl_url();
    return u && printable(text) && curl_url_set(u, CURLUPART_URL, text, 0) == CURLUE_OK &&
           (strncasecmp(text, "https://", 8) == 0 || strncasecmp(text, "http://", 7) == 0) &&
           !has(u, CURLUPART_USER) && !has(u, CURLUPART_PASSWORD) && !strchr(text, '#');
}

bool url_is_https(const char *url)
{
    return strncasecmp(url, "https://", 8) == 0;
}

bool url_is_loopback(const char *url)
{
    CURLU_AUTO *u = curl_url();
    TEXT_AUTO *host = NULL;
    return u && curl_url_set(u, CURLUPART_URL, url, 0) == CURLUE_OK &&
           curl_url_get(u, CURLUPART_HOST, &host, 0) == CURLUE_OK && host_is_loopback(host);
}
