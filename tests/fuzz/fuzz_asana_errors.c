/* Any answer must be explained within its ceilings, in valid UTF-8, on one line.
 *
 * Input: outcome, method, status (two bytes), flags, length of the detail; then the detail, then
 * the body. */
#include "asana/errors.h"

#include "base/json.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Advice of ours around at most 2,000 bytes of theirs. */
#define TEXT_MAX 3000

static void check_text(struct slice text)
{
    if (text.len == 0 || text.len > TEXT_MAX)
        abort();
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.data[i] < ' ' || text.data[i] == 0x7f)
            abort();
    /* The scanner of JSON knows valid UTF-8. */
    BUF_AUTO quoted;
    buf_init(&quoted, 4 * TEXT_MAX);
    buf_json_string(&quoted, text);
    if (!buf_ok(&quoted) || !json_check(buf_slice(&quoted), NULL))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 6)
        return 0;
    json_init();
    size_t detail_len = data[5] < size - 6 ? data[5] : size - 6;
    char detail[256] = { 0 };
    memcpy(detail, data + 6, detail_len);
    size_t body_len = size - 6 - detail_len;
    char *body = malloc(body_len ? body_len : 1); /* of its own, so that reading past it is seen */
    if (!body)
        return 0;
    memcpy(body, data + 6 + detail_len, body_len);
    struct asana_answer a = {
        .outcome = (enum asana_outcome)(data[0] % (ASANA_TOO_LARGE + 1)),
        .method = (enum asana_method)(data[1] % (ASANA_DELETE + 1)),
        .status = (data[2] | data[3] << 8) % 1000,
        .sent = data[4] & 1,
        .json = data[4] & 2,
        .retry_after = data[4] & 4 ? data[4] >> 3 : -1,
        .body = { body, body_len },
        .request_id = "",
        .detail = data[4] & 8 ? NULL : detail,
        .elapsed_ms = (unsigned)data[5] * 1000,
    };
    if (!asana_answer_ok(&a)) {
        BUF_AUTO out;
        buf_init(&out, 1 << 16);
        asana_answer_explain(&a, data[4] & 16 ? "asana_search_tasks" : NULL, &out);
        if (!buf_ok(&out))
            abort();
        check_text(buf_slice(&out));
    }
    free(body);
    return 0;
}
