#include "redis/redis_tls.h"

#include "redis/redis.h"

#include <hiredis/hiredis_ssl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

#define WANTS_CERTIFICATE "it wants a certificate of ours; give --redis-cert and --redis-key"

struct redis_tls {
    SSL_CTX *sessions; /* what all of them begin with */
};

bool redis_tls_is_built(void)
{
    return true;
}

/* What OpenSSL says of the call that has just failed. */
static const char *last_reason(void)
{
    const char *reason = ERR_reason_error_string(ERR_peek_last_error());
    return reason ? reason : "it cannot be used";
}

static bool trust(SSL_CTX *sessions, const char *ca, struct err *err)
{
    if (!ca)
        return SSL_CTX_set_default_verify_paths(sessions) == 1 ||
               err_set(err, ERR_IO, "what this system trusts (ca-certificates) cannot be read: %s",
                       last_reason());
    return SSL_CTX_load_verify_file(sessions, ca) == 1 ||
           err_set(err, ERR_SETTINGS,
                   "--redis-ca: expected certificates in PEM form in \"%.200s\": %s", ca,
                   last_reason());
}

/* OpenSSL would ask the terminal for the password of a key that is encrypted. */
static int no_password(char *to, int room, int writing, void *ctx)
{
    (void)to;
    (void)room;
    (void)writing;
    (void)ctx;
    return 0;
}

static bool show(SSL_CTX *sessions, const char *cert, const char *key, struct err *err)
{
    SSL_CTX_set_default_passwd_cb(sessions, no_password);
    if (SSL_CTX_use_certificate_chain_file(sessions, cert) != 1)
        return err_set(err, ERR_SETTINGS,
                       "--redis-cert: expected a certificate in PEM form in \"%.200s\": %s", cert,
                       last_reason());
    if (SSL_CTX_use_PrivateKey_file(sessions, key, SSL_FILETYPE_PEM) != 1)
        return err_set(err, ERR_SETTINGS,
                       "--redis-key: expected the certificate's private key, in PEM form and not "
                       "encrypted, in \"%.200s\": %s",
                       key, last_reason());
    return true;
}

/* Redis asks for a certificate, and we have none. */
static int on_asked(SSL *ssl, X509 **cert, EVP_PKEY **key)
{
    (void)cert;
    (void)key;
    SSL_set_app_data(ssl, ssl);
    return 0;
}

bool redis_tls_new(const struct redis_files *files, struct redis_tls **out, struct err *err)
{
    struct redis_tls *t = calloc(1, sizeof(*t));
    ERR_clear_error();
    if (!t || !(t->sessions = SSL_CTX_new(TLS_client_method()))) {
        redis_tls_free(t);
        return err_set(err, ERR_MEMORY, "out of memory");
    }
    SSL_CTX_set_min_proto_version(t->sessions, TLS1_2_VERSION);
    /* A Redis that dies says no goodbye; an answer that is cut shows by itself. */
    SSL_CTX_set_options(t->sessions, SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_verify(t->sessions, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_client_cert_cb(t->sessions, on_asked);
    if (!trust(t->sessions, files->ca, err) ||
        (files->cert && !show(t->sessions, files->cert, files->key, err))) {
        redis_tls_free(t);
        return false;
    }
    *out = t;
    return true;
}

void redis_tls_free(struct redis_tls *t)
{
    if (t)
        SSL_CTX_free(t->sessions);
    free(t);
}

/* What the certificate has to be for, and, when it is a name, that Redis is told it. */
static bool expect(SSL *ssl, const char *host)
{
    X509_VERIFY_PARAM *p = SSL_get0_param(ssl);
    if (X509_VERIFY_PARAM_set1_ip_asc(p, host) == 1)
        return true;
    X509_VERIFY_PARAM_set_hostflags(p, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    return X509_VERIFY_PARAM_set1_host(p, host, 0) == 1 && SSL_set_tlsext_host_name(ssl, host) == 1;
}

void redis_tls_prepare(void)
{
    ERR_clear_error();
}

static const char *why_distrusted(long verdict)
{
    switch (verdict) {
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
        return "its certificate is for another host; name Redis as its certificate does";
    case X509_V_ERR_CERT_HAS_EXPIRED:
        return "its certificate, or one behind it, has expired";
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        return "its certificate is of an authority that is not trusted here; name the right one "
               "with --redis-ca";
    default:
        return X509_verify_cert_error_string(verdict);
    }
}

bool redis_tls_is_agreed(const struct ssl_st *ssl)
{
    return SSL_is_init_finished(ssl);
}

const char *redis_tls_why(const struct ssl_st *ssl, bool was_up)
{
    long verdict = SSL_get_verify_result(ssl);
    unsigned long code = ERR_peek_last_error();
    if (verdict != X509_V_OK)
        return why_distrusted(verdict);
    switch (ERR_GET_LIB(code) == ERR_LIB_SSL ? ERR_GET_REASON(code) : 0) {
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_PACKET_LENGTH_TOO_LONG:
        return "it does not speak TLS on this port; name its tls-port, or write redis://";
    case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
        return WANTS_CERTIFICATE;
    case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
    case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
        return "it does not trust our certificate (--redis-cert)";
    case 0: /* it may have ended the connection so fast that its reason was lost on the way */
        return SSL_get_app_data(ssl) && !was_up ? WANTS_CERTIFICATE : NULL;
    default:
        return ERR_reason_error_string(code);
    }
}

struct ssl_st *redis_tls_begin(struct redis_tls *t, redisContext *c, const char *host,
                               const char **why)
{
    SSL *ssl = SSL_new(t->sessions);
    *why = "out of memory";
    if (ssl && expect(ssl, host)) {
        if (redisInitiateSSL(c, ssl) == REDIS_OK)
            return ssl;
        const char *reason = redis_tls_why(ssl, false);
        *why = reason ? reason : c->errstr;
    }
    SSL_free(ssl);
    return NULL;
}
