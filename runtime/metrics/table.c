#include "metrics/table.h"

#include "base/limits.h"

#define LIST(...)         \
    (const char *const[]) \
    {                     \
        __VA_ARGS__       \
    }
#define COUNT(...) (sizeof(LIST(__VA_ARGS__)) / sizeof(const char *))
#define LABEL(label, ...)                              \
    {                                                  \
        (label), LIST(__VA_ARGS__), COUNT(__VA_ARGS__) \
    }
#define TOOL                             \
    {                                    \
        "tool", NULL, LIMIT_METRIC_TOOLS \
    }
#define NUMBERS(...)   \
    (const uint32_t[]) \
    {                  \
        __VA_ARGS__    \
    }
#define BOUNDS(...) \
    .bounds = NUMBERS(__VA_ARGS__), .bounds_count = sizeof(NUMBERS(__VA_ARGS__)) / sizeof(uint32_t)

#define TRANSPORT LABEL("transport", "streamable", "sse", "modern")
#define LEGACY "2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"
#define REVISION LABEL("revision", LEGACY, "2026-07-28")
#define METHOD                                                                                   \
    LABEL("method", "tools/call", "tools/list", "initialize", "ping", "server/discover",         \
          "resources/list", "resources/templates/list", "resources/read", "resources/subscribe", \
          "resources/unsubscribe", "subscriptions/listen", "prompts/list", "prompts/get",        \
          "completion/complete", "logging/setLevel", "unknown")

const struct metric metric_table[METRICS] = {
    [METRIC_TOOL_CALLS] = { METRIC_COUNTER,
                            "asana_mcp_tool_calls_total",
                            "Tool calls by how they ended.",
                            { TOOL, LABEL("outcome", "ok", "tool_error", "invalid", "not_found",
                                          "input_required", "capability", "refused", "cancelled") },
                            .sparse = true },
    [METRIC_TOOL_SECONDS] = { METRIC_HISTOGRAM,
                              "asana_mcp_tool_call_duration_seconds",
                              "Time from a tool call's arrival to its answer.",
                              { TOOL, LABEL("status", "ok", "error") },
                              BOUNDS(10000, 50000, 100000, 250000, 500000, 1000000, 2500000,
                                     10000000, 30000000),
                              .sparse = true },
    [METRIC_REQUESTS] = { METRIC_COUNTER,
                          "asana_mcp_requests_total",
                          "JSON-RPC requests by method; a tool that failed is an answer, too.",
                          { METHOD, LABEL("outcome", "ok", "error", "cancelled") } },
    [METRIC_TRANSPORTED] = { METRIC_COUNTER,
                             "asana_mcp_transport_requests_total",
                             "JSON-RPC requests of initialized clients by transport and revision.",
                             { TRANSPORT, REVISION },
                             .sparse = true },
    [METRIC_SESSIONS] = { METRIC_GAUGE,
                          "asana_mcp_sessions",
                          "Sessions that are initialized; the modern transport has none.",
                          { LABEL("transport", "streamable", "sse"), LABEL("revision", LEGACY) } },
    [METRIC_STREAMS] = { METRIC_GAUGE, "asana_mcp_open_streams",
                         "Responses of server-sent events that are open." },
    [METRIC_CONNECTIONS] = { METRIC_GAUGE, "asana_mcp_connections",
                             "HTTP connections that are open." },
    [METRIC_HTTP_REQUESTS] = { METRIC_COUNTER,
                               "asana_mcp_http_requests_total",
                               "HTTP requests that were answered, streams when they begin.",
                               { LABEL("method", "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS",
                                       "other"),
                                 LABEL("status", "2xx", "3xx", "4xx", "5xx") } },
    [METRIC_REFUSALS] = { METRIC_COUNTER,
                          "asana_mcp_refusals_total",
                          "HTTP requests that were refused.",
                          { LABEL("reason", "host", "origin", "credentials", "blocked", "scope",
                                  "malformed", "not_found", "method", "too_large", "too_many",
                                  "busy", "queue_full", "queue_timeout") } },
    [METRIC_CALLS_QUEUED] = { METRIC_GAUGE, "asana_mcp_calls_queued",
                              "Calls that wait for a place (--max-calls)." },
    [METRIC_CALL_QUEUE_SECONDS] = { METRIC_HISTOGRAM, "asana_mcp_call_queue_seconds",
                                    "Time that calls waited for a place, until they began, were "
                                    "refused or left; those that did not have to wait are not in "
                                    "it.",
                                    BOUNDS(5000, 25000, 100000, 500000, 1000000, 5000000, 15000000,
                                           60000000) },
    [METRIC_ASANA_SECONDS] = { METRIC_HISTOGRAM,
                               "asana_mcp_asana_request_duration_seconds",
                               "Time that Asana took for one request, each attempt by itself.",
                               { LABEL("method", "GET", "POST", "PUT", "DELETE"),
                                 LABEL("status", "2xx", "3xx", "4xx", "429", "5xx", "unreachable",
                                       "timed_out", "broken", "too_large") },
                               BOUNDS(50000, 100000, 250000, 500000, 1000000, 2500000, 5000000,
                                      10000000, 30000000),
                               .sparse = true },
    [METRIC_ASANA_IN_FLIGHT] = { METRIC_GAUGE, "asana_mcp_asana_requests_in_flight",
                                 "Requests that Asana has not answered yet." },
    [METRIC_ASANA_RETRIES] = { METRIC_COUNTER,
                               "asana_mcp_asana_retries_total",
                               "Requests to Asana that are sent again: after a 429, after a "
                               "passing fault, with a fresh token.",
                               { LABEL("reason", "rate_limit", "fault", "token") } },
    [METRIC_ASANA_QUEUE_SECONDS] = { METRIC_HISTOGRAM,
                                     "asana_mcp_asana_queue_seconds",
                                     "Time that requests stood in line for Asana's limits; those "
                                     "that did not have to are not in it.",
                                     { LABEL("line", "read", "write", "search") },
                                     BOUNDS(50000, 250000, 1000000, 5000000, 15000000, 30000000) },
    [METRIC_ASANA_QUEUED] = { METRIC_GAUGE,
                              "asana_mcp_asana_queued",
                              "Requests that stand in line for Asana's limits.",
                              { LABEL("line", "read", "write", "search") } },
    [METRIC_ASANA_CROWDED] = { METRIC_COUNTER,
                               "asana_mcp_asana_queue_refusals_total",
                               "Requests that were given up before they were sent: the line was "
                               "full, or their turn did not come in time.",
                               { LABEL("reason", "full", "late") } },
    [METRIC_ASANA_REFRESHES] = { METRIC_COUNTER,
                                 "asana_mcp_asana_token_refreshes_total",
                                 "Refreshes of people's tokens at Asana.",
                                 { LABEL("outcome", "ok", "refused", "failed") } },
    [METRIC_SIGN_INS] = { METRIC_COUNTER,
                          "asana_mcp_sign_ins_total",
                          "Sign-ins that came to an end in the browser.",
                          { LABEL("outcome", "ok", "denied", "blocked", "failed") } },
    [METRIC_TOKENS] = { METRIC_COUNTER,
                        "asana_mcp_token_requests_total",
                        "Requests of clients for tokens of this server.",
                        { LABEL("grant", "authorization_code", "refresh_token", "unknown"),
                          LABEL("outcome", "ok", "refused", "busy") } },
    [METRIC_STORE_SECONDS] = { METRIC_HISTOGRAM,
                               "asana_mcp_store_step_duration_seconds",
                               "Time from handing a step to the store to its answer.",
                               { LABEL("outcome", "done", "conflict", "down") },
                               BOUNDS(500, 1000, 5000, 10000, 50000, 100000, 500000, 1000000,
                                      5000000) },
    [METRIC_LETTERS_REFUSED] = { METRIC_COUNTER,
                                 "asana_mcp_letters_refused_total",
                                 "Letters from other nodes that were ignored: sealed with another "
                                 "key, come again, no letters at all, or memory was short.",
                                 { LABEL("reason", "unopened", "repeated", "malformed",
                                         "no_memory") } },
    [METRIC_AUDIT_LOST] = { METRIC_TOTAL, "asana_mcp_audit_lines_lost_total",
                            "Lines of the audit log that the disk did not take." },
    [METRIC_SPANS] = { METRIC_COUNTER,
                       "asana_mcp_trace_spans_total",
                       "Spans that the collector of traces took, and those that it did not or that "
                       "did not fit the queue.",
                       { LABEL("outcome", "exported", "lost") } },
    [METRIC_LOOP_LAG] = { METRIC_HISTOGRAM, "asana_mcp_event_loop_lag_seconds",
                          "How late each worker's event loop runs what is due, looked at twice a "
                          "second.",
                          BOUNDS(5000, 10000, 25000, 50000, 100000, 250000, 1000000),
                          .by_worker = true },
    [METRIC_READY] = { METRIC_VALUE, "asana_mcp_ready",
                       "1 while /readyz of the worker that was asked says so, else 0." },
    [METRIC_BUILD] = { METRIC_VALUE,
                       "asana_mcp_build_info",
                       "The program's version; always 1.",
                       { LABEL("version", ASANA_MCP_VERSION) } },
    /* As all of Prometheus' client libraries name them. */
    [METRIC_PROCESS_START] = { METRIC_VALUE, "process_start_time_seconds",
                               "When the process started, in seconds since 1970.",
                               .seconds = true },
    [METRIC_PROCESS_CPU] = { METRIC_TOTAL, "process_cpu_seconds_total",
                             "Processor time of the process, user and system.", .seconds = true },
    [METRIC_PROCESS_RESIDENT] = { METRIC_VALUE, "process_resident_memory_bytes",
                                  "Memory that is resident." },
    [METRIC_PROCESS_VIRTUAL] = { METRIC_VALUE, "process_virtual_memory_bytes",
                                 "Memory that is mapped." },
    [METRIC_PROCESS_FILES] = { METRIC_VALUE, "process_open_fds", "File descriptors in use." },
    [METRIC_PROCESS_FILES_MAX] = { METRIC_VALUE, "process_max_fds",
                                   "File descriptors that the process may use." },
};
