#include "asana/req.h"

#include "base/secret.h"

#include <stdio.h>
#include <string.h>

/* RFC 7578. A boundary that nobody can guess cannot stand in a file. */
static const char boundary_lead[] = "asana-mcp-";
static const char line_end[] = "\r\n";

static void begin_part(struct asana_req *r, const char *name)
{
    r->misuse |= r->has_data || r->method == ASANA_GET || r->method == ASANA_DELETE;
    if (!r->boundary[0]) {
        memcpy(r->boundary, boundary_lead, sizeof(boundary_lead));
        secret_random_hex(r->boundary + sizeof(boundary_lead) - 1, ASANA_BOUNDARY_BYTES);
    }
    buf_str(&r->body, "--");
    buf_str(&r->body, r->boundary);
    buf_str(&r->body, "\r\nContent-Disposition: form-data; name=\"");
    buf_str(&r->body, name);
    buf_char(&r->body, '"');
}

void asana_form_str(struct asana_req *r, const char *name, const char *value)
{
    if (!value)
        return;
    r->misuse |= value == arg_null;
    begin_part(r, name);
    buf_str(&r->body, "\r\n\r\n");
    buf_str(&r->body, value);
    buf_str(&r->body, line_end);
}

void asana_form_bool(struct asana_req *r, const char *name, struct arg_bool value)
{
    if (value.state == ARG_VALUE)
        asana_form_str(r, name, value.value ? "true" : "false");
}

static bool is_plain(const char *file)
{
    for (const char *p = file; *p; p++)
        if (*p < ' ' || *p > '~' || strchr("\"%\\", *p))
            return false;
    return true;
}

/* Asana wants other names than plain ones URL-encoded, in both parameters (its document of
 * POST /attachments). */
static void put_file_name(struct buf *b, const char *file)
{
    buf_str(b, "; filename=\"");
    if (is_plain(file)) {
        buf_str(b, file);
        buf_char(b, '"');
        return;
    }
    buf_url_encoded(b, slice_of(file));
    buf_str(b, "\"; filename*=UTF-8''");
    buf_url_encoded(b, slice_of(file));
}

void asana_form_file(struct asana_req *r, const char *name, const struct arg_file *value)
{
    if (!value)
        return;
    begin_part(r, name);
    put_file_name(&r->body, value->name);
    buf_str(&r->body, "\r\nContent-Type: ");
    buf_str(&r->body, value->text ? "text/plain; charset=utf-8" : "application/octet-stream");
    buf_str(&r->body, "\r\n\r\n");
    buf_put(&r->body, value->bytes, value->len);
    buf_str(&r->body, line_end);
}

void asana_form_end(struct asana_req *r)
{
    buf_str(&r->body, "--");
    buf_str(&r->body, r->boundary);
    buf_str(&r->body, "--\r\n");
}

/* ---- reading what was written here ---- */

bool asana_form_next(const struct asana_req *r, size_t *at, struct slice *name, struct slice *value)
{
    char end[sizeof(r->boundary) + 4];
    struct slice rest = { r->body.data + *at, r->body.len - *at };
    struct slice head;
    if (!r->boundary[0] || !rest.len)
        return false;
    snprintf(end, sizeof(end), "\r\n--%s", r->boundary);
    if (!slice_until(&rest, "; name=\"", &head) || !slice_until(&rest, "\"", name) ||
        !slice_until(&rest, "\r\n\r\n", &head) || !slice_until(&rest, end, value))
        return false;
    *at = (size_t)(rest.data - r->body.data);
    return true;
}
