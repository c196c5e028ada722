#include "suites.h"
#include "worker/mailbox.h"

#include <pthread.h>
#include <stdlib.h>

#define SENDERS 4
#define EACH 10000

struct note {
    struct mail mail;
    int sender;
    int number;
};

struct receiver {
    uv_loop_t loop;
    struct mailbox box;
    int next[SENDERS]; /* the number expected of each sender */
    int received;
    int disordered;
    int stop_after; /* messages; 0: never */
};

static int dropped; /* the receiver's thread only */

static void drop(struct mail *m)
{
    dropped++;
    free(m);
}

static void take(void *arg, struct mail *m)
{
    struct receiver *r = arg;
    struct note *n = (struct note *)m;
    r->received++;
    r->disordered += n->number != r->next[n->sender];
    r->next[n->sender] = n->number + 1;
    if (r->received == r->stop_after)
        mailbox_stop(&r->box);
    free(n);
}

static struct note *note_new(int sender, int number)
{
    struct note *n = malloc(sizeof(*n));
    *n = (struct note){ .mail = { .run = take, .drop = drop }, .sender = sender, .number = number };
    return n;
}

static void open_box(struct receiver *r)
{
    *r = (struct receiver){ .received = 0 };
    dropped = 0;
    uv_loop_init(&r->loop);
    CU_ASSERT_TRUE_FATAL(mailbox_open(&r->box, &r->loop, r));
}

static void close_box(struct receiver *r)
{
    mailbox_close(&r->box);
    uv_run(&r->loop, UV_RUN_DEFAULT);
    CU_ASSERT_EQUAL(uv_loop_close(&r->loop), 0);
}

struct sender {
    struct receiver *to;
    int name;
    pthread_t thread;
};

static void *send_all(void *arg)
{
    struct sender *s = arg;
    for (int i = 0; i < EACH; i++)
        mailbox_post(&s->to->box, &note_new(s->name, i)->mail);
    return NULL;
}

static void send_from_threads(struct receiver *r, struct sender senders[SENDERS])
{
    for (int i = 0; i < SENDERS; i++) {
        senders[i] = (struct sender){ .to = r, .name = i };
        pthread_create(&senders[i].thread, NULL, send_all, &senders[i]);
    }
}

static void every_message_arrives_and_those_of_one_sender_in_order(void)
{
    struct receiver r;
    struct sender senders[SENDERS];
    open_box(&r);
    send_from_threads(&r, senders);
    while (r.received < SENDERS * EACH)
        uv_run(&r.loop, UV_RUN_ONCE); /* sleeps until it is woken: a lost wake-up hangs here */
    for (int i = 0; i < SENDERS; i++)
        pthread_join(senders[i].thread, NULL);
    CU_ASSERT_EQUAL(r.disordered, 0);
    CU_ASSERT_EQUAL(dropped, 0);
    close_box(&r);
}

static void after_stop_messages_are_dropped_as_they_come(void)
{
    struct receiver r;
    struct sender senders[SENDERS];
    open_box(&r);
    r.stop_after = 1000; /* in the middle of a batch */
    send_from_threads(&r, senders);
    while (r.received + dropped < SENDERS * EACH)
        uv_run(&r.loop, UV_RUN_ONCE);
    for (int i = 0; i < SENDERS; i++)
        pthread_join(senders[i].thread, NULL);
    CU_ASSERT_EQUAL(r.received, 1000);
    CU_ASSERT_EQUAL(dropped, SENDERS * EACH - 1000);
    close_box(&r);
}

static void what_was_not_read_is_dropped_at_close(void)
{
    struct receiver r;
    open_box(&r);
    for (int i = 0; i < 10; i++)
        mailbox_post(&r.box, &note_new(0, i)->mail);
    close_box(&r);
    CU_ASSERT_EQUAL(r.received, 0);
    CU_ASSERT_EQUAL(dropped, 10);
}

static void answer(void *arg, struct mail *m)
{
    struct receiver *r = arg;
    struct note *n = (struct note *)m;
    if (n->number++ < 100)
        mailbox_post(&r->box, m); /* a message may be sent on as it is */
    else
        take(arg, m);
}

static void a_message_may_be_posted_again_by_its_receiver(void)
{
    struct receiver r;
    open_box(&r);
    struct note *n = note_new(0, 0);
    n->mail.run = answer;
    mailbox_post(&r.box, &n->mail);
    while (!r.received)
        uv_run(&r.loop, UV_RUN_ONCE);
    CU_ASSERT_EQUAL(r.next[0], 102);
    close_box(&r);
}

#define ADD(suite, test) CU_add_test(suite, #test, test)

int main(void)
{
    if (CU_initialize_registry() != CUE_SUCCESS)
        return 2;
    CU_pSuite suite = CU_add_suite("mailbox", NULL, NULL);
    ADD(suite, every_message_arrives_and_those_of_one_sender_in_order);
    ADD(suite, after_stop_messages_are_dropped_as_they_come);
    ADD(suite, what_was_not_read_is_dropped_at_close);
    ADD(suite, a_message_may_be_posted_again_by_its_receiver);
    return run_suites();
}
