#include "cli/until.h"

#include <errno.h>
#include <signal.h>
#include <time.h>

static sigset_t waited_for(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    return set;
}

void until_prepare(bool renews)
{
    sigset_t set = waited_for();
    if (renews)
        sigaddset(&set, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
}

/* A signal that is not blocked is not waited for, it does what it always does. */
enum until until_stopped(unsigned tick_ms)
{
    const struct timespec tick = { .tv_sec = tick_ms / 1000,
                                   .tv_nsec = (long)(tick_ms % 1000) * 1000000 };
    sigset_t set = waited_for();
    sigset_t blocked;
    int which;
    pthread_sigmask(SIG_BLOCK, NULL, &blocked);
    if (sigismember(&blocked, SIGHUP))
        sigaddset(&set, SIGHUP);
    while ((which = tick_ms ? sigtimedwait(&set, NULL, &tick) : sigwaitinfo(&set, NULL)) < 0)
        if (errno == EAGAIN)
            return UNTIL_TICK;
    if (which == SIGHUP)
        return UNTIL_RENEW;
    /* A second one ends the program, also where a shell has it ignored in the background. */
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
    return UNTIL_STOP;
}
