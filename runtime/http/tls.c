#include "http/tls.h"

#include "base/buf.h"
#include "base/limits.h"

#include <errno.h>
#include <gnutls/x509.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define CHAIN_MAX 16
#define KEY_ID 64
#define DAY (24 * 60 * 60)

struct tls {
    atomic_uint references;
    gnutls_pcert_st chain[CHAIN_MAX];
    unsigned length;
    gnutls_privkey_t key;
    gnutls_x509_crt_t leaf; /* the first of the chain */
};

/* The whole file, to be wiped. */
static bool read_file(const char *path, struct buf *out, struct err *err)
{
    char part[4096];
    size_t n;
    FILE *f = fopen(path, "re");
    if (!f)
        return err_set(err, ERR_SETTINGS, "cannot read \"%.200s\": %s", path, strerror(errno));
    while ((n = fread(part, 1, sizeof(part), f)) > 0)
        buf_put(out, part, n);
    bool whole = !ferror(f);
    fclose(f);
    explicit_bzero(part, sizeof(part));
    if (!whole)
        return err_set(err, ERR_SETTINGS, "cannot read \"%.200s\": %s", path, strerror(errno));
    return buf_ok(out) || err_set(err, ERR_SETTINGS, "\"%.200s\" is larger than %u bytes", path,
                                  (unsigned)LIMIT_TLS_FILE);
}

static void wipe(struct buf *b)
{
    if (b->data)
        explicit_bzero(b->data, b->len);
    buf_done(b);
}

static gnutls_datum_t datum(const struct buf *b)
{
    return (gnutls_datum_t){ (unsigned char *)b->data, (unsigned)b->len };
}

static bool read_chain(struct tls *t, const char *path, struct err *err)
{
    BUF_AUTO text = { .max = LIMIT_TLS_FILE };
    if (!read_file(path, &text, err))
        return false;
    gnutls_datum_t pem = datum(&text);
    unsigned length = CHAIN_MAX;
    int code = gnutls_pcert_list_import_x509_raw(t->chain, &length, &pem, GNUTLS_X509_FMT_PEM,
                                                 GNUTLS_X509_CRT_LIST_SORT);
    if (code == GNUTLS_E_SHORT_MEMORY_BUFFER)
        return err_set(err, ERR_SETTINGS, "\"%.200s\" holds more than %d certificates", path,
                       CHAIN_MAX);
    if (code < 0 || length == 0)
        return err_set(err, ERR_SETTINGS,
                       "\"%.200s\" holds no chain of certificates in PEM form (%s): put the "
                       "server's first, then those that vouch for it",
                       path, gnutls_strerror(code));
    t->length = length;
    code = gnutls_pcert_export_x509(&t->chain[0], &t->leaf);
    return code >= 0 || err_set(err, ERR_SETTINGS, "\"%.200s\": %s", path, gnutls_strerror(code));
}

static bool read_key(struct tls *t, const char *path, struct err *err)
{
    struct buf text;
    buf_init(&text, LIMIT_TLS_FILE);
    bool ok = read_file(path, &text, err);
    if (ok && text.len && memmem(text.data, text.len, "ENCRYPTED", 9)) {
        ok = err_set(err, ERR_SETTINGS,
                     "\"%.200s\" is encrypted; a server starts without anybody who could type: "
                     "decrypt it with openssl pkey, and let only the server's user read it",
                     path);
    } else if (ok) {
        gnutls_datum_t pem = datum(&text);
        int code = gnutls_privkey_init(&t->key);
        if (code >= 0)
            code = gnutls_privkey_import_x509_raw(t->key, &pem, GNUTLS_X509_FMT_PEM, NULL, 0);
        if (code < 0)
            ok = err_set(err, ERR_SETTINGS, "\"%.200s\" holds no private key in PEM form (%s)",
                         path, gnutls_strerror(code));
    }
    wipe(&text);
    return ok;
}

static bool belong_together(struct tls *t)
{
    unsigned char ours[KEY_ID], theirs[KEY_ID];
    size_t ours_len = sizeof(ours), theirs_len = sizeof(theirs);
    gnutls_pubkey_t of_key;
    if (gnutls_pubkey_init(&of_key) < 0)
        return false;
    bool same = gnutls_pubkey_import_privkey(of_key, t->key, 0, 0) >= 0 &&
                gnutls_pubkey_get_key_id(of_key, 0, ours, &ours_len) >= 0 &&
                gnutls_pubkey_get_key_id(t->chain[0].pubkey, 0, theirs, &theirs_len) >= 0 &&
                ours_len == theirs_len && memcmp(ours, theirs, ours_len) == 0;
    gnutls_pubkey_deinit(of_key);
    return same;
}

static bool holds_now(const struct tls *t, const char *path, struct err *err)
{
    time_t now = time(NULL);
    if (gnutls_x509_crt_get_activation_time(t->leaf) > now)
        return err_set(err, ERR_SETTINGS,
                       "\"%.200s\": the certificate is not valid yet; look at this machine's clock",
                       path);
    time_t until = gnutls_x509_crt_get_expiration_time(t->leaf);
    if (until > now)
        return true;
    return err_set(err, ERR_SETTINGS, "\"%.200s\": the certificate expired %lld days ago; renew it",
                   path, (long long)((now - until) / DAY));
}

bool tls_read(const char *cert_file, const char *key_file, struct tls **out, struct err *err)
{
    struct tls *t = calloc(1, sizeof(*t));
    if (!t)
        return err_set(err, ERR_MEMORY, "out of memory");
    t->references = 1;
    bool ok = read_chain(t, cert_file, err) && read_key(t, key_file, err);
    if (ok && !belong_together(t))
        ok = err_set(err, ERR_SETTINGS,
                     "the key in \"%.200s\" does not belong to the certificate in \"%.200s\" (its "
                     "first one counts)",
                     key_file, cert_file);
    if (ok && holds_now(t, cert_file, err)) {
        *out = t;
        return true;
    }
    tls_free(t);
    return false;
}

struct tls *tls_hold(struct tls *t)
{
    atomic_fetch_add(&t->references, 1);
    return t;
}

void tls_free(struct tls *t)
{
    if (!t || atomic_fetch_sub(&t->references, 1) != 1)
        return;
    for (unsigned i = 0; i < t->length; i++)
        gnutls_pcert_deinit(&t->chain[i]);
    if (t->leaf)
        gnutls_x509_crt_deinit(t->leaf);
    if (t->key)
        gnutls_privkey_deinit(t->key);
    free(t);
}

int64_t tls_days_left(const struct tls *t)
{
    return (gnutls_x509_crt_get_expiration_time(t->leaf) - time(NULL)) / DAY;
}

bool tls_names(const struct tls *t, const char *host)
{
    return gnutls_x509_crt_check_hostname(t->leaf, host) != 0;
}

bool tls_file_is_open(const char *key_file)
{
    struct stat st;
    return stat(key_file, &st) == 0 && (st.st_mode & S_IROTH);
}

void tls_show(const struct tls *t, gnutls_pcert_st **chain, unsigned *length, gnutls_privkey_t *key)
{
    *chain = (gnutls_pcert_st *)t->chain;
    *length = t->length;
    *key = t->key;
}
