#include "mcp/work.h"

#include "base/clock.h"
#include "metrics/metrics.h"

static unsigned counted_tool(const struct mcp_work *w)
{
    return mcp_catalog_tool_counted(w->catalog ? w->catalog : w->env->catalog, w->tool);
}

void work_measure_call(const struct mcp_work *w, enum call_outcome outcome)
{
    static const enum metric_call ends[] = {
        [CALL_DONE] = CALLED_OK,
        [CALL_MEMBERS] = CALLED_OK,
        [CALL_FAILED] = CALLED_FAILED,
        [CALL_INVALID] = CALLED_INVALID,
        [CALL_NOT_FOUND] = CALLED_NOT_FOUND,
        [CALL_INPUT] = CALLED_INPUT,
        [CALL_LACKS] = CALLED_LACKS,
    };
    if (!w->tool)
        return;
    unsigned tool = counted_tool(w);
    enum metric_call end = ends[outcome];
    metrics_count(METRIC_TOOL_CALLS, tool, end);
    metrics_observe(METRIC_TOOL_SECONDS, tool, end != CALLED_OK && end != CALLED_INPUT,
                    1000 * (clock_ms() - w->started_ms));
}

void work_measure_end(const struct mcp_work *w, size_t method, enum metric_end end)
{
    if (w->message.kind != RPC_REQUEST)
        return;
    metrics_count(METRIC_REQUESTS, (unsigned)method, end);
    if (!w->method || w->method->run != run_tools_call)
        return;
    if (!w->call)
        metrics_count(METRIC_TOOL_CALLS, counted_tool(w), CALLED_REFUSED);
    else if (end == ENDED_CANCELLED)
        metrics_count(METRIC_TOOL_CALLS, counted_tool(w), CALLED_CANCELLED);
}
