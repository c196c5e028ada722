#include "mcp/resource_events.h"

#include "base/json.h"

bool resource_events_ask(const char *gid, const char *sync, struct asana_req *r, struct err *err)
{
    asana_req_init(r, ASANA_GET);
    asana_path(r, "/events");
    asana_query_str(r, "resource", gid);
    asana_query_str(r, "sync", sync && *sync ? sync : NULL);
    asana_query_str(r, "opt_fields", "action");
    return asana_req_end(r, err);
}

bool resource_events_read(const struct asana_answer *answer, struct arena *arena,
                          struct resource_events *out)
{
    bool anew = answer->status == 412;
    if (answer->outcome != ASANA_ANSWERED || (answer->status != 200 && !anew))
        return false;
    const cJSON *body = json_parse(arena, answer->body, NULL);
    const char *sync = json_get_string(body, "sync");
    const cJSON *events = json_get(body, "data");
    if (!sync || !*sync)
        return false;
    *out = (struct resource_events){
        .sync = sync,
        .anew = anew,
        .any = cJSON_IsArray(events) && events->child,
        .more = cJSON_IsTrue(json_get(body, "has_more")),
    };
    return true;
}
