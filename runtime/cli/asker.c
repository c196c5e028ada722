#include "cli/asker.h"

bool asker_open(struct asker *a, const struct asana_client_options *options, struct err *err)
{
    if (uv_loop_init(&a->loop) != 0)
        return err_set(err, ERR_IO, "no event loop: the system is short of descriptors or memory");
    if (asana_asker_open(&a->asana, &a->loop, NULL, options, err))
        return true;
    uv_run(&a->loop, UV_RUN_DEFAULT);
    uv_loop_close(&a->loop);
    return false;
}

void asker_close(struct asker *a)
{
    asana_asker_close(&a->asana);
    uv_run(&a->loop, UV_RUN_DEFAULT);
    uv_loop_close(&a->loop);
}

void asker_wait(struct asker *a, const bool *done)
{
    while (!*done && uv_run(&a->loop, UV_RUN_ONCE) != 0)
        continue;
}
