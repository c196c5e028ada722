#include "redis/redis_link.h"

#include "base/clock.h"
#include "redis/redis_tls.h"

#include <fcntl.h>
#include <netdb.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The eyes on one descriptor. libuv lets go of it a turn after the connection has ended, when there
 * may be a next one. */
struct link_watch {
    uv_poll_t poll; /* first */
    struct redis_link *link;
    int wanted;
};

static void connect_next(struct redis_link *l);

/* The loop's things that point to the link. */
static void let_go(struct redis_link *l)
{
    if (--l->holds == 0 && l->state == LINK_CLOSED)
        l->duty->closed(l->ctx);
}

static void on_timer(uv_timer_t *timer);

static void arm(struct redis_link *l, uint64_t ms)
{
    uv_timer_start(&l->timer, on_timer, ms, 0);
    uv_unref((uv_handle_t *)&l->timer);
}

/* Half of it is random, so that those who lost the same Redis do not come back all at once. */
static void wait_for_next_try(struct redis_link *l)
{
    unsigned doublings = l->failures < 16 ? l->failures : 16;
    uint32_t ms = (uint32_t)LIMIT_REDIS_BACKOFF_MS << doublings;
    if (ms > LIMIT_REDIS_BACKOFF_MAX_MS)
        ms = LIMIT_REDIS_BACKOFF_MAX_MS;
    ms = ms / 2 + randombytes_uniform(ms / 2 + 1);
    l->failures++;
    l->state = LINK_WAITING;
    l->due_at = clock_ms() + ms;
    arm(l, ms);
}

static void fail(struct redis_link *l, const char *why)
{
    if (why != l->why)
        snprintf(l->why, sizeof(l->why), "%s", why);
    if (l->next < l->n_found && !l->refused)
        connect_next(l);
    else
        wait_for_next_try(l);
}

/* Watching, for hiredis. */

static void on_ready(uv_poll_t *poll, int status, int events)
{
    struct link_watch *w = (struct link_watch *)poll;
    struct redis_link *l = w->link;
    redisAsyncContext *ac = l->ac;
    if (l->ssl)
        redis_tls_prepare();
    /* An error of the descriptor: reading finds out which; what it does not find ends it, too. */
    if (status < 0) {
        redisAsyncHandleRead(ac);
        if (l->watch == w)
            link_drop(l, "the connection broke");
        return;
    }
    if (events & UV_READABLE) {
        l->heard_at = clock_ms();
        redisAsyncHandleRead(ac);
    }
    if (events & UV_WRITABLE && l->watch == w)
        redisAsyncHandleWrite(ac);
}

static void watch(struct redis_link *l, int more, int less)
{
    struct link_watch *w = l->watch;
    if (!w)
        return;
    int wanted = (w->wanted | more) & ~less;
    if (wanted == w->wanted)
        return;
    w->wanted = wanted;
    if (wanted == 0)
        uv_poll_stop(&w->poll);
    else
        uv_poll_start(&w->poll, wanted, on_ready);
    uv_unref((uv_handle_t *)&w->poll);
}

static void add_read(void *link)
{
    watch(link, UV_READABLE, 0);
}

static void del_read(void *link)
{
    watch(link, 0, UV_READABLE);
}

static void add_write(void *link)
{
    watch(link, UV_WRITABLE, 0);
}

static void del_write(void *link)
{
    watch(link, 0, UV_WRITABLE);
}

static void on_watch_closed(uv_handle_t *handle)
{
    struct link_watch *w = (struct link_watch *)handle;
    struct redis_link *l = w->link;
    free(w);
    let_go(l);
}

static void watch_end(struct redis_link *l)
{
    if (l->watch)
        uv_close((uv_handle_t *)&l->watch->poll, on_watch_closed);
    l->watch = NULL;
}

static bool watch_begin(struct redis_link *l)
{
    struct link_watch *w = calloc(1, sizeof(*w));
    if (!w)
        return false;
    w->link = l;
    if (uv_poll_init(l->loop, &w->poll, l->ac->c.fd) != 0) {
        free(w);
        return false;
    }
    uv_unref((uv_handle_t *)&w->poll);
    l->watch = w;
    l->holds++;
    return true;
}

static const char *silence(const struct redis_link *l)
{
    return l->ssl && !redis_tls_is_agreed(l->ssl)
               ? "it accepts connections, but does not answer to TLS; name its tls-port, or write "
                 "redis://"
               : "it accepts connections, but does not answer";
}

const char *link_why(const struct redis_link *l)
{
    if (!l->ac || l->dropped)
        return l->why;
    if (!l->ac->c.err)
        return l->state == LINK_GREETING && !l->failures ? silence(l) : l->why;
    const char *tls = l->ssl ? redis_tls_why(l->ssl, l->state == LINK_UP) : NULL;
    return tls ? tls : l->ac->c.errstr;
}

/* hiredis' last word about a connection, whatever ended it: all answers that were owed have been
 * called, the descriptor is about to be closed. */
static void on_ended(void *link)
{
    struct redis_link *l = link;
    bool was_up = l->state == LINK_UP;
    if (!l->dropped)
        snprintf(l->why, sizeof(l->why), "%s", l->ac->c.err ? link_why(l) : "the connection ended");
    watch_end(l);
    l->ac = NULL;
    l->ssl = NULL;
    l->owed = 0;
    l->greetings = 0;
    if (l->state == LINK_CLOSED)
        return;
    if (was_up) {
        l->down_at = clock_ms();
        l->next = l->n_found; /* what the name means now is for the resolver to say */
    }
    fail(l, l->why);
    if (was_up)
        l->duty->lost(l->ctx);
}

void link_drop(struct redis_link *l, const char *why)
{
    if (!l->ac || l->dropped)
        return;
    l->dropped = true;
    snprintf(l->why, sizeof(l->why), "%s", why);
    redisAsyncFree(l->ac); /* in a reply's callback: after it */
}

/* Greeting: who we are, and whether this is a Redis that works. */

/* A refusal that may be over at the next try. */
static bool passes(const redisReply *reply)
{
    static const char *const words[] = { "LOADING", "MASTERDOWN", "READONLY",
                                         "BUSY",    "OOM",        "ERR max" };
    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
        if (redis_says(reply, words[i]))
            return true;
    return false;
}

/* What came of one command of the greeting; false when the connection has been ended. */
static bool greeted(struct redis_link *l, const redisReply *reply)
{
    link_answered(l);
    if (!reply || l->dropped)
        return false;
    if (reply->type == REDIS_REPLY_ERROR) {
        l->refused = !passes(reply);
        link_drop(l, reply->str);
        return false;
    }
    return true;
}

static void greeted_well(struct redis_link *l)
{
    if (--l->greetings > 0)
        return;
    l->state = LINK_UP;
    l->failures = 0;
    l->refused = false;
    l->why[0] = '\0';
    arm(l, LIMIT_REDIS_BEAT_MS);
    l->duty->up(l->ctx);
}

static void on_greeted(struct redisAsyncContext *ac, void *reply, void *link)
{
    (void)ac;
    if (greeted(link, reply))
        greeted_well(link);
}

/* Who does not know AUTH repeats its arguments: the password, in what logs and people are told. */
static void on_let_in(struct redisAsyncContext *ac, void *data, void *link)
{
    const redisReply *reply = data;
    struct redis_link *l = link;
    if (reply && reply->type == REDIS_REPLY_ERROR && !passes(reply) &&
        !redis_says(reply, "WRONGPASS") && !redis_says(reply, "NOAUTH")) {
        link_answered(l);
        l->refused = true;
        link_drop(l, "it takes no password, or not in this way (AUTH is refused)");
        return;
    }
    on_greeted(ac, data, link);
}

/* One that cannot save what it holds says so to PING as to those who write; it still reads. */
static void on_pong(struct redisAsyncContext *ac, void *data, void *link)
{
    struct redis_link *l = link;
    const redisReply *reply = data;
    if (reply && redis_says(reply, "MISCONF")) {
        link_answered(l);
        greeted_well(l);
        return;
    }
    on_greeted(ac, data, link);
}

bool link_is_replica(const redisReply *reply)
{
    const redisReply *role =
        reply->type == REDIS_REPLY_ARRAY && reply->elements ? reply->element[0] : NULL;
    return role && role->type == REDIS_REPLY_STRING && strcmp(role->str, "master") != 0;
}

/* ["master", …], or a refusal to tell those who have not the right to know. */
static void on_role(struct redisAsyncContext *ac, void *data, void *link)
{
    struct redis_link *l = link;
    const redisReply *reply = data;
    (void)ac;
    if (reply && redis_says(reply, "NOPERM")) {
        link_answered(l);
        greeted_well(l);
        return;
    }
    if (!greeted(l, reply))
        return;
    if (link_is_replica(reply))
        link_drop(l, LINK_REPLICA);
    else
        greeted_well(l);
}

static void on_first(struct redisAsyncContext *ac, void *reply, void *link)
{
    struct redis_link *l = link;
    (void)ac;
    if (reply && !l->dropped)
        l->duty->first(l->ctx, reply);
    if (greeted(l, reply))
        greeted_well(l);
}

static void greet(struct redis_link *l)
{
    const struct redis_address *a = l->address;
    BUF_AUTO command;
    buf_init(&command, 4096);
    char db[16];
    snprintf(db, sizeof(db), "%d", a->db);
    struct slice password = { a->password.bytes, a->password.len };
    struct slice auth[] = { slice_of("AUTH"), slice_of(a->user), password };
    struct slice select[] = { slice_of("SELECT"), slice_of(db) };
    struct slice ping[] = { slice_of("PING") }; /* the first that is refused while it is loading */
    struct slice role[] = { slice_of("ROLE") };
    l->state = LINK_GREETING;
    l->greetings = 0;
    struct {
        bool wanted;
        const struct slice *argv;
        size_t argc;
        redisCallbackFn *fn;
    } steps[] = {
        { a->password.len && a->user[0], auth, 3, on_let_in },
        { a->password.len && !a->user[0], (struct slice[]){ auth[0], password }, 2, on_let_in },
        { a->db != 0, select, 2, on_greeted },
        { true, ping, 1, on_pong },
        { true, role, 1, on_role },
    };
    bool sent = true;
    for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
        if (!steps[i].wanted)
            continue;
        buf_reset(&command);
        link_format(&command, steps[i].argc, steps[i].argv);
        sent = sent && buf_ok(&command) && link_send(l, buf_slice(&command), steps[i].fn, l);
        l->greetings++;
    }
    if (l->first.len) {
        sent = sent && link_send(l, l->first, on_first, l);
        l->greetings++;
    }
    if (command.data)
        sodium_memzero(command.data, command.cap);
    if (!sent)
        link_drop(l, "out of memory");
}

static void on_connected(const redisAsyncContext *ac, int status)
{
    struct redis_link *l = ac->data;
    if (status != REDIS_OK)
        return;
    const struct redis_address *a = l->address;
    const char *why;
    if (a->tls && !(l->ssl = redis_tls_begin(a->trusted, &l->ac->c, a->host, &why)))
        link_drop(l, why);
    else
        greet(l);
}

/* Connecting. */

static void connect_next(struct redis_link *l)
{
    const char *to = l->address->path;
    l->dropped = false;
    l->state = LINK_CONNECTING;
    if (l->address->host[0])
        to = l->found[l->next++];
    redisAsyncContext *ac =
        l->address->host[0] ? redisAsyncConnect(to, l->address->port) : redisAsyncConnectUnix(to);
    if (!ac) {
        fail(l, "out of memory");
        return;
    }
    if (ac->err) {
        char why[LINK_WHY];
        snprintf(why, sizeof(why), "%s", ac->errstr);
        redisAsyncFree(ac);
        fail(l, why);
        return;
    }
    l->ac = ac;
    l->heard_at = clock_ms();
    fcntl(ac->c.fd, F_SETFD, FD_CLOEXEC);
    if (!watch_begin(l)) {
        l->ac = NULL;
        redisAsyncFree(ac);
        fail(l, "out of memory");
        return;
    }
    ac->data = ac->ev.data = l;
    ac->ev.addRead = add_read;
    ac->ev.delRead = del_read;
    ac->ev.addWrite = add_write;
    ac->ev.delWrite = del_write;
    ac->ev.cleanup = on_ended;
    redisAsyncSetConnectCallback(ac, on_connected);
    arm(l, LIMIT_REDIS_CONNECT_MS);
}

static void on_found(uv_getaddrinfo_t *lookup, int status, struct addrinfo *list)
{
    struct redis_link *l = lookup->data;
    l->n_found = l->next = 0;
    for (struct addrinfo *a = list; a && l->n_found < LINK_ADDRESSES; a = a->ai_next)
        if (getnameinfo(a->ai_addr, a->ai_addrlen, l->found[l->n_found], sizeof(*l->found), NULL, 0,
                        NI_NUMERICHOST) == 0)
            l->n_found++;
    uv_freeaddrinfo(list);
    if (l->state == LINK_CLOSED) {
        let_go(l);
        return;
    }
    l->holds--;
    if (l->n_found)
        connect_next(l);
    else
        fail(l, status < 0 ? uv_strerror(status) : "the name has no address");
}

static void begin(struct redis_link *l)
{
    if (!l->address->host[0]) {
        connect_next(l);
        return;
    }
    l->state = LINK_RESOLVING;
    l->lookup.data = l;
    const struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM };
    int code = uv_getaddrinfo(l->loop, &l->lookup, on_found, l->address->host, NULL, &hints);
    if (code == 0) {
        l->holds++;
    } else {
        l->n_found = l->next = 0;
        fail(l, uv_strerror(code));
    }
}

/* Nothing that a timer finds is due by its number alone: it is set once for several deadlines. */
static void on_timer(uv_timer_t *timer)
{
    struct redis_link *l = timer->data;
    uint64_t now = clock_ms();
    uint64_t quiet = now - l->heard_at;
    switch (l->state) {
    case LINK_WAITING:
        if (now < l->due_at)
            arm(l, l->due_at - now);
        else
            begin(l);
        break;
    case LINK_CONNECTING:
    case LINK_GREETING:
        link_drop(l, l->state == LINK_CONNECTING ? "connecting took too long" : silence(l));
        break;
    case LINK_UP:
        if (l->owed && quiet >= LIMIT_REDIS_SILENCE_MS) {
            link_drop(l, "it does not answer any more");
        } else if (l->owed) {
            arm(l, LIMIT_REDIS_SILENCE_MS - quiet);
        } else if (quiet >= LIMIT_REDIS_BEAT_MS) {
            arm(l, LIMIT_REDIS_SILENCE_MS);
            l->duty->beat(l->ctx);
        } else {
            arm(l, LIMIT_REDIS_BEAT_MS - quiet);
        }
        break;
    default:
        break;
    }
}

void link_init(struct redis_link *l, uv_loop_t *loop, const struct redis_address *address,
               const struct link_duty *duty, void *ctx)
{
    *l = (struct redis_link){ .loop = loop, .address = address, .duty = duty, .ctx = ctx };
    uv_timer_init(loop, &l->timer);
    uv_unref((uv_handle_t *)&l->timer);
    l->timer.data = l;
    l->holds = 1;
}

void link_start(struct redis_link *l)
{
    if (l->state != LINK_RESTING)
        return;
    l->down_at = clock_ms();
    snprintf(l->why, sizeof(l->why), "there is no connection yet");
    begin(l);
}

static void on_timer_closed(uv_handle_t *handle)
{
    let_go(handle->data);
}

void link_close(struct redis_link *l)
{
    if (l->state == LINK_RESOLVING)
        uv_cancel((uv_req_t *)&l->lookup);
    l->state = LINK_CLOSED;
    l->dropped = true;
    snprintf(l->why, sizeof(l->why), "closed");
    if (l->ac)
        redisAsyncFree(l->ac);
    uv_close((uv_handle_t *)&l->timer, on_timer_closed);
}

bool link_send(struct redis_link *l, struct slice command, redisCallbackFn *fn, void *data)
{
    if (!l->ac || l->dropped ||
        redisAsyncFormattedCommand(l->ac, fn, data, command.data, command.len) != REDIS_OK)
        return false;
    if (l->owed++ == 0) {
        l->heard_at = clock_ms();
        if (l->state == LINK_UP)
            arm(l, LIMIT_REDIS_SILENCE_MS);
    }
    return true;
}

void link_answered(struct redis_link *l)
{
    if (l->owed)
        l->owed--;
}

void link_format(struct buf *out, size_t argc, const struct slice *argv)
{
    buf_char(out, '*');
    buf_int(out, (int64_t)argc);
    for (size_t i = 0; i < argc; i++) {
        buf_str(out, "\r\n$");
        buf_int(out, (int64_t)argv[i].len);
        buf_str(out, "\r\n");
        buf_slice_put(out, argv[i]);
    }
    /* hiredis looks past the end of a SUBSCRIBE for its next channel. */
    buf_put(out, "\r\n", 3);
    if (buf_ok(out))
        out->len--;
}
