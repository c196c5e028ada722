/* fault.h: answers that go wrong on purpose: which requests meet one, and which one.
 *
 * Pure; any one thread. Texts are borrowed. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum sb_cut {
    SB_CUT_NOT,
    SB_CUT_BEFORE, /* the connection ends before any byte of the answer */
    SB_CUT_MIDDLE, /* … in the middle of its body */
};

struct sb_fault {
    const char *method; /* NULL: any */
    const char *path;   /* what the path begins with, after the version; NULL: any */
    unsigned nth;       /* the fault is met from the n-th request on that fits; 1 is the next */
    unsigned times;     /* by so many of them */
    unsigned status;    /* 0: the request is performed and answered as ever */
    int retry_after;    /* seconds; -1: no such header */
    const char *body;   /* instead of the errors body; NULL: that one */
    const char *type;   /* of the body; NULL: the usual one */
    enum sb_cut cut;
};

#define SB_FAULTS_MAX 100

struct sb_faults {
    struct sb_fault list[SB_FAULTS_MAX];
    size_t count;
};

/* Counts the request with every fault that it fits. True when it meets one (of several the first),
 * which is copied to *out; faults that were met as often as they should be leave the list. */
bool sb_faults_meet(struct sb_faults *f, const char *method, const char *path,
                    struct sb_fault *out);
