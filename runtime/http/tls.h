/* tls.h: a certificate and its key, as a server shows it to those who connect.
 *
 * Immutable and counted: whoever holds one gives it back. Any thread. */
#pragma once

#include "base/err.h"

#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <stdbool.h>
#include <stdint.h>

struct tls;

/* TLS 1.2 and 1.3, key exchanges with forward secrecy only. */
#define TLS_PRIORITIES "SECURE128:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-RSA:%SERVER_PRECEDENCE"

/* Reads PEM files: the certificate with the chain behind it, and its key, which must not be
 * encrypted. False with err set when one of them cannot be used, they do not belong together, or
 * the certificate does not hold now. One reference. */
bool tls_read(const char *cert_file, const char *key_file, struct tls **out, struct err *err);
struct tls *tls_hold(struct tls *t);
void tls_free(struct tls *t); /* accepts NULL */

/* Whole days until it expires. */
int64_t tls_days_left(const struct tls *t);
/* Whether it is for that host: a name, or an address without brackets. */
bool tls_names(const struct tls *t, const char *host);
/* Whether others than its owner and group may read that file. */
bool tls_file_is_open(const char *key_file);

/* What a handshake takes; they live as long as t. */
void tls_show(const struct tls *t, gnutls_pcert_st **chain, unsigned *length,
              gnutls_privkey_t *key);
