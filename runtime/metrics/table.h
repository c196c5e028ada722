/* table.h: what this program counts: one row per metric, with all values that its labels can have.
 *
 * A new metric is a name in enum metric_id and a row in table.c; from then on it is on /metrics,
 * and metrics.h counts it. Labels never hold what comes from outside: whatever is not in the table
 * has a value of its own ("unknown", "other"). Units are Prometheus' base units. Constant data; any
 * thread. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum metric_id {
    METRIC_TOOL_CALLS,   /* tool, enum metric_call */
    METRIC_TOOL_SECONDS, /* tool, 0: answered with a result, 1: with an error */
    METRIC_REQUESTS,     /* method (the order of dispatch.c's, then any other), enum metric_end */
    METRIC_TRANSPORTED,  /* enum metric_transport, enum mcp_revision */
    METRIC_SESSIONS,     /* likewise; those that have sessions */
    METRIC_STREAMS,
    METRIC_CONNECTIONS,
    METRIC_HTTP_REQUESTS, /* enum http_method, the status' hundreds - 2 */
    METRIC_REFUSALS,      /* enum metric_refusal */
    METRIC_CALLS_QUEUED,
    METRIC_CALL_QUEUE_SECONDS,
    METRIC_ASANA_SECONDS, /* enum asana_method, enum metric_reply */
    METRIC_ASANA_IN_FLIGHT,
    METRIC_ASANA_RETRIES,       /* enum metric_retry */
    METRIC_ASANA_QUEUE_SECONDS, /* enum gate_kind */
    METRIC_ASANA_QUEUED,        /* enum gate_kind */
    METRIC_ASANA_CROWDED,       /* enum metric_crowded */
    METRIC_ASANA_REFRESHES,     /* enum metric_refresh */
    METRIC_SIGN_INS,            /* enum metric_sign_in */
    METRIC_TOKENS,              /* enum metric_grant, enum metric_token */
    METRIC_STORE_SECONDS,       /* enum store_outcome */
    METRIC_LETTERS_REFUSED,     /* enum envelope_fate without the first */
    METRIC_AUDIT_LOST,
    METRIC_SPANS, /* enum metric_span */
    METRIC_LOOP_LAG,
    METRIC_READY,
    METRIC_BUILD,
    METRIC_PROCESS_START,
    METRIC_PROCESS_CPU,
    METRIC_PROCESS_RESIDENT,
    METRIC_PROCESS_VIRTUAL,
    METRIC_PROCESS_FILES,
    METRIC_PROCESS_FILES_MAX,
    METRICS
};

/* How a tool call ended. */
enum metric_call {
    CALLED_OK,
    CALLED_FAILED,
    CALLED_INVALID,
    CALLED_NOT_FOUND,
    CALLED_INPUT,   /* with questions to the client */
    CALLED_LACKS,   /* the client cannot do what it needs */
    CALLED_REFUSED, /* it never ran: no such tool for this caller, or not with this sign-in */
    CALLED_CANCELLED,
    METRIC_CALLS
};

enum metric_span { SPANS_EXPORTED, SPANS_LOST, METRIC_SPAN_ENDS };

enum metric_end { ENDED_OK, ENDED_ERROR, ENDED_CANCELLED, METRIC_ENDS };

enum metric_transport { BY_STREAMABLE, BY_SSE, BY_MODERN, METRIC_TRANSPORTS };

/* Requests that were let in no further, or could not be served. */
enum metric_refusal {
    REFUSED_HOST,
    REFUSED_ORIGIN,
    REFUSED_CREDENTIALS, /* 401 */
    REFUSED_BLOCKED,     /* 403: by the operator */
    REFUSED_SCOPE,       /* 403: a sign-in for reading */
    REFUSED_MALFORMED,   /* 400, 406, 415, 505 */
    REFUSED_UNKNOWN,     /* 404: no such path, session or method */
    REFUSED_METHOD,      /* 405 */
    REFUSED_SIZE,        /* 413, 414, 431 */
    REFUSED_RATE,        /* 429 */
    REFUSED_BUSY,        /* 503 */
    REFUSED_QUEUE_FULL,  /* 429: too many calls wait */
    REFUSED_QUEUE_LATE,  /* 429: a call has waited for too long */
    METRIC_REFUSED
};

/* What came of one request to Asana. */
enum metric_reply {
    REPLY_2XX,
    REPLY_3XX,
    REPLY_4XX,
    REPLY_429,
    REPLY_5XX,
    REPLY_UNREACHABLE,
    REPLY_TIMED_OUT,
    REPLY_BROKEN,
    REPLY_TOO_LARGE,
    METRIC_REPLIES
};

enum metric_retry { RETRY_LIMITED, RETRY_FAULT, RETRY_TOKEN, METRIC_RETRIES };
enum metric_crowded { CROWDED_FULL, CROWDED_LATE, METRIC_CROWDED };
enum metric_refresh { REFRESH_OK, REFRESH_REFUSED, REFRESH_FAILED, METRIC_REFRESHES };

enum metric_sign_in {
    SIGN_IN_OK,
    SIGN_IN_DENIED,  /* by the person */
    SIGN_IN_BLOCKED, /* by the operator */
    SIGN_IN_FAILED,
    METRIC_SIGN_IN_ENDS
};

enum metric_grant { GRANT_CODE, GRANT_REFRESH, GRANT_UNKNOWN, METRIC_GRANTS };
enum metric_token { TOKEN_GIVEN, TOKEN_REFUSED, TOKEN_BUSY, METRIC_TOKEN_ENDS };

enum metric_kind {
    METRIC_COUNTER,
    METRIC_GAUGE,     /* goes up and down where it is counted */
    METRIC_HISTOGRAM, /* of microseconds */
    METRIC_TOTAL,     /* a counter … */
    METRIC_VALUE,     /* … and a gauge that are set when they are asked for */
};

struct metric_label {
    const char *name;          /* NULL: the metric has no such label */
    const char *const *values; /* NULL: names of tools */
    size_t count;
};

#define METRIC_LABELS 2

struct metric {
    enum metric_kind kind;
    const char *name; /* with the suffix _total of a counter */
    const char *help;
    struct metric_label labels[METRIC_LABELS];
    const uint32_t *bounds; /* of a histogram: microseconds, ascending */
    size_t bounds_count;
    bool by_worker; /* each worker by itself, not all together */
    bool sparse;    /* combinations that never happened are left out */
    bool seconds;   /* counted in microseconds, told in seconds, as histograms always are */
};

extern const struct metric metric_table[METRICS];
