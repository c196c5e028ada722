#include "transport/sight.h"

#include "mcp/hub.h"
#include "tool/visible.h"

static bool hides(void *policy)
{
    return policy_hides(policy);
}

static bool shows(void *policy, const char *workspace_gid)
{
    return policy_shows(policy, workspace_gid);
}

bool sight_open(struct sight *s, uv_loop_t *loop, const struct policy_options *options,
                struct mcp_env *env, void (*changed)(void *ctx), void *ctx, struct err *err)
{
    *s = (struct sight){ 0 };
    if (!options)
        return true;
    if (!policy_open(loop, options, changed, ctx, &s->policy, err))
        return false;
    s->visible =
        visible_new(&(struct visible_policy){ .ctx = s->policy, .hides = hides, .shows = shows },
                    &visible_rules);
    if (!s->visible)
        return err_set(err, ERR_MEMORY, "out of memory");
    env->visible = s->visible;
    hub_set_visible(env->hub, s->visible);
    return true;
}

void sight_close(struct sight *s)
{
    policy_close(s->policy);
    visible_free(s->visible);
    *s = (struct sight){ 0 };
}
