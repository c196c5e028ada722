#include "transport/roster.h"

#include "base/json.h"

static const char *get_text(const cJSON *root, const char *key)
{
    const char *text = json_get_string(root, key);
    return text ? text : "";
}

void session_record_write(const struct session_record *s, struct buf *out)
{
    buf_json_text(out, "person", s->person);
    buf_json_text(out, "grant", s->grant);
    buf_json_text(out, "client", s->client);
    buf_json_text(out, "transport", s->transport);
    buf_json_text(out, "revision", s->revision);
    buf_json_text(out, "node", s->node);
    buf_json_int(out, "since", s->since);
    buf_json_int(out, "used", s->used);
    buf_char(out, '}');
}

bool session_record_read(struct arena *arena, const struct store_record *record,
                         struct session_record *out)
{
    struct err err;
    const cJSON *root = json_parse(arena, record->value, &err);
    if (!cJSON_IsObject(root))
        return false;
    *out = (struct session_record){ .id = arena_strndup(arena, record->key.data, record->key.len),
                                    .person = get_text(root, "person"),
                                    .grant = get_text(root, "grant"),
                                    .client = get_text(root, "client"),
                                    .transport = get_text(root, "transport"),
                                    .revision = get_text(root, "revision"),
                                    .node = get_text(root, "node"),
                                    .since = json_get_int(root, "since"),
                                    .used = json_get_int(root, "used") };
    return out->id;
}

void node_record_write(const struct node_record *n, struct buf *out)
{
    buf_json_text(out, "host", n->host);
    buf_json_text(out, "version", n->version);
    buf_json_int(out, "pid", n->pid);
    buf_json_int(out, "since", n->since);
    buf_char(out, '}');
}

bool node_record_read(struct arena *arena, const struct store_record *record,
                      struct node_record *out)
{
    struct err err;
    const cJSON *root = json_parse(arena, record->value, &err);
    if (!cJSON_IsObject(root))
        return false;
    *out = (struct node_record){ .name = arena_strndup(arena, record->key.data, record->key.len),
                                 .host = get_text(root, "host"),
                                 .version = get_text(root, "version"),
                                 .pid = json_get_int(root, "pid"),
                                 .since = json_get_int(root, "since") };
    return out->name;
}
