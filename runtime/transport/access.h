/* access.h: the access log: one line of the log, "http.access", for each HTTP request that is over;
 * a stream of events is over when it is closed (--access-log).
 *
 *     info http.access request=5f0c… method=POST path=/mcp status=200 bytes=512 ms=43
 *         address=203.0.113.7 client="Claude" transport=streamable
 *
 * The path stands there without its query, which may hold what nobody else should read. One
 * worker's thread; a part of front.h. */
#pragma once

struct http_end;

void access_log(const struct http_end *end);
