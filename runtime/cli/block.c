/* block.c: the commands block, unblock and blocks. */
#include "base/arena.h"
#include "base/audit.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "cli/commands.h"
#include "cli/nearest.h"
#include "cli/store_at.h"
#include "cli/text.h"
#include "cli/values.h"
#include "policy/blocks.h"
#include "policy/changes.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Who is meant; 0, or an exit code after a complaint. */
static int read_target(const struct settings *s, struct block *out)
{
    const char *command = vocabulary_commands[s->command].name;
    if (s->operand_count != 2)
        return complain(EXIT_USAGE,
                        "%s takes a kind and an id: asana-mcp %s person|client|workspace ID",
                        command, command);
    const char *kind = s->operands[0], *id = s->operands[1];
    out->kind = block_kind_find(kind);
    if (out->kind == BLOCK_KINDS) {
        const char *known[BLOCK_KINDS];
        for (enum block_kind k = 0; k < BLOCK_KINDS; k++)
            known[k] = block_kind_name(k);
        char hint[NEAREST_HINT];
        return complain(EXIT_USAGE, "expected person, client or workspace, got \"%.60s\"%s", kind,
                        nearest_hint(nearest_name(kind, known, BLOCK_KINDS), "", hint));
    }
    if (out->kind != BLOCK_CLIENT && !value_is_gid(id))
        return complain(
            EXIT_USAGE, "expected the gid of a %s, digits like 1204567890123456, got \"%.60s\"%s",
            kind, id,
            out->kind == BLOCK_PERSON ? "; asana-mcp grants lists people with theirs" : "");
    if (!*id || strlen(id) > LIMIT_CLIENT_ID || !utf8_valid(slice_of(id)))
        return complain(EXIT_USAGE, "expected a client's id, of at most %d bytes", LIMIT_CLIENT_ID);
    out->id = id;
    return 0;
}

static bool count_one(void *ctx, const struct store_record *record)
{
    size_t *count = ctx;
    (void)record;
    return ++*count < LIMIT_BLOCKS;
}

/* Servers refuse a list that is too long, so none is made. */
static bool has_room(struct store *store, struct err *err)
{
    size_t count = 0;
    if (!store_at_each(store, STORE_BLOCKS, NULL, count_one, &count, err))
        return false;
    return count < LIMIT_BLOCKS ||
           err_set(err, ERR_LIMIT, "%d blocks are the most; unblock some first", LIMIT_BLOCKS);
}

/* One that is there already stays as it is, unless there is a new reason. */
static bool put_block(struct store *store, const struct block *b, size_t *before, struct err *err)
{
    char key[LIMIT_STORE_KEY + 1];
    BUF_AUTO value = { .max = LIMIT_STORE_VALUE };
    struct store_op ops[2];
    block_key(b->kind, b->id, key);
    block_write(b, &value);
    if (!buf_ok(&value))
        return err_set(err, ERR_MEMORY, "out of memory");
    ops[0] = (struct store_op){ .verb = STORE_GET, .table = STORE_BLOCKS, .key = slice_of(key) };
    if (!store_at_run(store, ops, 1, before, err))
        return false;
    if (*before && !*b->reason)
        return true;
    ops[0].verb = STORE_PUT;
    ops[0].value = buf_slice(&value);
    changes_count(&ops[1]);
    return store_at_run(store, ops, 2, NULL, err);
}

int command_block(const struct settings *s)
{
    struct block block = { .reason = s->reason ? s->reason : "", .at = clock_wall_ms() / 1000 };
    struct err err = { 0 };
    struct store *store;
    size_t before;
    int code = read_target(s, &block);
    if (code)
        return code;
    if (!store_at_open(s, &store, &err))
        return complain(EXIT_FAILED, "%s", err.text);
    bool ok = has_room(store, &err) && put_block(store, &block, &before, &err);
    store_close(store);
    if (!ok)
        return complain(EXIT_FAILED, "%s", err.text);
    const char *kind = block_kind_name(block.kind);
    AUDIT("blocked", LOG_STR("kind", kind), LOG_STR("id", block.id),
          LOG_STR("reason", block.reason), LOG_INT("operator_uid", getuid()));
    printf("%s %s is %sblocked (in %s)\n", kind, block.id, before ? "already " : "now ",
           store_at_path(s));
    return 0;
}

int command_unblock(const struct settings *s)
{
    struct block block = { 0 };
    struct err err = { 0 };
    struct store *store;
    size_t before;
    char key[LIMIT_STORE_KEY + 1];
    int code = read_target(s, &block);
    if (code)
        return code;
    if (!store_at_open(s, &store, &err))
        return complain(EXIT_FAILED, "%s", err.text);
    block_key(block.kind, block.id, key);
    struct store_op ops[2] = {
        { .verb = STORE_TAKE, .table = STORE_BLOCKS, .key = slice_of(key) },
    };
    changes_count(&ops[1]);
    bool ok = store_at_run(store, ops, 2, &before, &err);
    store_close(store);
    if (!ok)
        return complain(EXIT_FAILED, "%s", err.text);
    const char *kind = block_kind_name(block.kind);
    if (!before)
        return complain(EXIT_FAILED,
                        "%s %.200s was not blocked (in %s); asana-mcp blocks lists what is", kind,
                        block.id, store_at_path(s));
    AUDIT("unblocked", LOG_STR("kind", kind), LOG_STR("id", block.id),
          LOG_INT("operator_uid", getuid()));
    printf("%s %s is no longer blocked (in %s)\n", kind, block.id, store_at_path(s));
    return 0;
}

/* ---- the list ---- */

struct listing {
    struct arena *arena; /* of one record */
    bool json;
    size_t count;
};

/* at is 0 for those of the settings, which have stood there since who knows when. */
static void print_block(struct listing *l, const struct block *b)
{
    char at[CLOCK_TEXT] = "settings";
    l->count++;
    if (b->at)
        text_time(b->at, at);
    if (!l->json) {
        const char *id = text_shown(l->arena, b->id, false);
        const char *reason = text_shown(l->arena, b->reason, false);
        printf("%-9s  %-20s  %s%s%s\n", block_kind_name(b->kind), at, id ? id : "",
               *b->reason ? "  " : "", reason ? reason : "");
        return;
    }
    BUF_AUTO text = { .max = LIMIT_STORE_VALUE };
    if (l->count > 1)
        putchar(',');
    buf_json_text(&text, "kind", block_kind_name(b->kind));
    buf_json_text(&text, "id", b->id);
    buf_json_text(&text, "from", b->at ? "store" : "settings");
    if (b->at) {
        buf_json_text(&text, "at", at);
        buf_json_text(&text, "reason", b->reason);
    }
    buf_char(&text, '}');
    fwrite(text.data, 1, text.len, stdout);
}

static bool print_record(void *ctx, const struct store_record *record)
{
    struct listing *l = ctx;
    struct block block;
    arena_reset(l->arena);
    if (block_read(l->arena, record, &block))
        print_block(l, &block);
    return true;
}

static void print_settings(struct listing *l, enum block_kind kind, const char *const *ids)
{
    for (; *ids; ids++) {
        arena_reset(l->arena);
        print_block(l, &(struct block){ .kind = kind, .id = *ids, .reason = "" });
    }
}

int command_blocks(const struct settings *s)
{
    struct listing l = { .arena = arena_new(1 << 20), .json = s->json };
    struct err err = { 0 };
    struct store *store = NULL;
    if (!l.arena)
        return complain(EXIT_FAILED, "out of memory");
    bool ok = store_at_open(s, &store, &err);
    if (ok) {
        if (s->json)
            putchar('[');
        print_settings(&l, BLOCK_PERSON, s->block_people);
        print_settings(&l, BLOCK_CLIENT, s->block_clients);
        print_settings(&l, BLOCK_WORKSPACE, s->block_workspaces);
        ok = store_at_each(store, STORE_BLOCKS, NULL, print_record, &l, &err);
        if (s->json)
            puts("]");
        else if (ok && !l.count)
            printf("Nobody and nothing is blocked (in %s).\n", store_at_path(s));
        if (!s->json && s->allow_workspaces[0])
            printf("Only these workspaces are allowed (settings): %s\n",
                   settings_text(s, SETTING_ALLOW_WORKSPACE));
    }
    store_close(store);
    arena_free(l.arena);
    return ok ? 0 : complain(EXIT_FAILED, "%s", err.text);
}
