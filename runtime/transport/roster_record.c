#include "transport/roster.h"

#include "base/json.h"

static void put_text(struct buf *b, const char *key, const char *value)
{
    buf_str(b, b->len ? "," : "{");
    buf_json_string(b, slice_of(key));
    buf_char(b, ':');
    buf_json_string(b, slice_of(value));
}

static void put_number(struct buf *b, const char *key, int64_t value)
{
    buf_char(b, ',');
    buf_json_string(b, slice_of(key));
    buf_char(b, ':');
    buf_int(b, value);
}

static const char *get_text(const cJSON *root, const char *key)
{
    const char *text = json_get_string(root, key);
    return text ? text : "";
}

static int64_t get_number(const cJSON *root, const char *key)
{
    const cJSON *n = json_get(root, key);
    bool whole = cJSON_IsNumber(n) && n->valuedouble > -9e15 && n->valuedouble < 9e15;
    return whole ? (int64_t)n->valuedouble : 0;
}

void session_record_write(const struct session_record *s, struct buf *out)
{
    put_text(out, "person", s->person);
    put_text(out, "grant", s->grant);
    put_text(out, "client", s->client);
    put_text(out, "transport", s->transport);
    put_text(out, "revision", s->revision);
    put_text(out, "node", s->node);
    put_number(out, "since", s->since);
    put_number(out, "used", s->used);
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
                                    .since = get_number(root, "since"),
                                    .used = get_number(root, "used") };
    return out->id;
}

void node_record_write(const struct node_record *n, struct buf *out)
{
    put_text(out, "host", n->host);
    put_text(out, "version", n->version);
    put_number(out, "pid", n->pid);
    put_number(out, "since", n->since);
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
                                 .pid = get_number(root, "pid"),
                                 .since = get_number(root, "since") };
    return out->name;
}
