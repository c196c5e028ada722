#include "cli/until.h"

#include <signal.h>

static sigset_t stopping(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    return set;
}

void until_prepare(void)
{
    sigset_t set = stopping();
    pthread_sigmask(SIG_BLOCK, &set, NULL);
}

void until_stopped(void)
{
    sigset_t set = stopping();
    int which;
    while (sigwait(&set, &which) != 0)
        continue;
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}
