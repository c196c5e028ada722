/* tls_double.h: an https server on a port of its own that says the same to everybody, for tests of
 * what is fetched from strangers. libmicrohttpd on a thread of its own; its certificate is for
 * "localhost", signed by itself, and trusted by whoever reads ca_file. */
#pragma once

#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct tls_double {
    struct MHD_Daemon *daemon;
    int port;
    char ca_file[60];
    pthread_mutex_t lock;
    /* Under the lock. */
    unsigned requested;
    unsigned status;
    const char *type;  /* NULL: none */
    const char *cache; /* Cache-Control; NULL: none */
    char body[4096];
};

/* Of nobody: it is here for all to read. */
static const char tls_double_key[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgE9k2IIU3uU4EOrrl\n"
    "soJZBCyigO2I7jzQQtDqokk0tXqhRANCAAQSx+Ty4BEG7QOCLw80U2U+2osTeDM3\n"
    "ddrQN1K1se/aX6Fw8y1UwN3SBCH2AY9E/vj0Id7JXdThwlnP7Qd2H+kp\n"
    "-----END PRIVATE KEY-----\n";

static const char tls_double_certificate[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBpTCCAUugAwIBAgIUPGxHtElfeUkPbaRL3H9KqtJkD1YwCgYIKoZIzj0EAwIw\n"
    "GTEXMBUGA1UEAwwOYXNhbmEtbWNwIHRlc3QwIBcNMjYxMTIzMTYyNTMzWhgPMjEy\n"
    "NjEwMzAxNjI1MzNaMBkxFzAVBgNVBAMMDmFzYW5hLW1jcCB0ZXN0MFkwEwYHKoZI\n"
    "zj0CAQYIKoZIzj0DAQcDQgAEEsfk8uARBu0Dgi8PNFNlPtqLE3gzN3Xa0DdStbHv\n"
    "2l+hcPMtVMDd0gQh9gGPRP749CHeyV3U4cJZz+0Hdh/pKaNvMG0wHQYDVR0OBBYE\n"
    "FNeYuz37kfQ2rLMJHNIrIY+24GF3MB8GA1UdIwQYMBaAFNeYuz37kfQ2rLMJHNIr\n"
    "IY+24GF3MBoGA1UdEQQTMBGCCWxvY2FsaG9zdIcEfwAAATAPBgNVHRMBAf8EBTAD\n"
    "AQH/MAoGCCqGSM49BAMCA0gAMEUCIQCJs+eBlTjz7m2VWiTBFl/h355hwScl0He+\n"
    "/I/tafZmtgIgQLKX/2rOjj+VBjNN88jjhmEFDSb48xEM43wKeowVxhE=\n"
    "-----END CERTIFICATE-----\n";

static inline enum MHD_Result tls_double_answer(void *ctx, struct MHD_Connection *c,
                                                const char *url, const char *method,
                                                const char *version, const char *data,
                                                size_t *data_size, void **con)
{
    struct tls_double *d = ctx;
    (void)url, (void)method, (void)version, (void)data, (void)data_size, (void)con;
    pthread_mutex_lock(&d->lock);
    d->requested++;
    struct MHD_Response *r =
        MHD_create_response_from_buffer(strlen(d->body), d->body, MHD_RESPMEM_MUST_COPY);
    if (d->type)
        MHD_add_response_header(r, "Content-Type", d->type);
    if (d->cache)
        MHD_add_response_header(r, "Cache-Control", d->cache);
    if (d->status == 302)
        MHD_add_response_header(r, "Location", "/elsewhere");
    enum MHD_Result result = MHD_queue_response(c, d->status, r);
    MHD_destroy_response(r);
    pthread_mutex_unlock(&d->lock);
    return result;
}

static inline bool tls_double_start(struct tls_double *d)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    *d = (struct tls_double){ .status = 200, .type = "application/json" };
    pthread_mutex_init(&d->lock, NULL);
    snprintf(d->ca_file, sizeof(d->ca_file), "/tmp/tls-double-XXXXXX");
    int fd = mkstemp(d->ca_file);
    if (fd < 0 || write(fd, tls_double_certificate, sizeof(tls_double_certificate) - 1) < 0)
        return false;
    close(fd);
    d->daemon = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_TLS, 0, NULL, NULL,
                                 tls_double_answer, d, MHD_OPTION_SOCK_ADDR, &at,
                                 MHD_OPTION_HTTPS_MEM_KEY, tls_double_key,
                                 MHD_OPTION_HTTPS_MEM_CERT, tls_double_certificate, MHD_OPTION_END);
    const union MHD_DaemonInfo *info =
        d->daemon ? MHD_get_daemon_info(d->daemon, MHD_DAEMON_INFO_BIND_PORT) : NULL;
    d->port = info ? info->port : 0;
    return d->port != 0;
}

static inline void tls_double_stop(struct tls_double *d)
{
    if (d->daemon)
        MHD_stop_daemon(d->daemon);
    unlink(d->ca_file);
    pthread_mutex_destroy(&d->lock);
}
