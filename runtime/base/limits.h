/* limits.h: every ceiling on what input can grow, in one place. Sizes are bytes unless the name
 * says so. */
#pragma once

/* Text of one error or refusal. */
#define LIMIT_ERR_TEXT 1024

/* One JSON text: how deep objects and arrays may nest. */
#define LIMIT_JSON_DEPTH 64

/* What a thread keeps of the memory that requests gave back (piece.h). */
#define LIMIT_PIECES_KEPT (16u << 20)
/* One tool call's memory: arguments, request, and what shaping the answer takes. */
#define LIMIT_CALL_ARENA (32u << 20)
/* Members of one call's arguments; the largest tool takes about 60. */
#define LIMIT_CALL_ARGS 160
/* Items of one list argument. */
#define LIMIT_LIST_ITEMS 500

/* One HTTP request to us. A body over the ceiling is read and thrown away up to HTTP_DISCARD, so
 * that the client reads our 413 instead of a reset connection. */
#define LIMIT_HTTP_BODY (1u << 20)
#define LIMIT_HTTP_DISCARD (16u << 20)
/* libmicrohttpd's memory for one connection: it bounds request line and headers (431 past it). */
#define LIMIT_HTTP_CONNECTION (16u << 10)
/* Seconds without a byte before a connection that no call is using is closed. */
#define LIMIT_HTTP_IDLE_SECONDS 75
/* What --max-connections and --max-calls may be at most; --max-queued-calls has the same most. */
#define LIMIT_HTTP_CONNECTIONS 1000000
#define LIMIT_CALLS 100000
/* Seconds that a call may wait for its turn (--queue-seconds). */
#define LIMIT_QUEUE_SECONDS 600
/* Refusals of a worker that wait to be given (transport/later.h). */
#define LIMIT_LATER 1000

/* A certificate with its chain, or a key; seconds that a connection may take until its first
 * request has begun (TLS included). */
#define LIMIT_TLS_FILE (256u << 10)
#define LIMIT_HTTP_FIRST_SECONDS 20

/* Going (transport/drain.h): balancers' probes that are told before the door closes, how long
 * whoever came in just then may take to ask, and what has been said to reach its readers. */
#define LIMIT_DRAIN_PROBES 3
#define LIMIT_DRAIN_FRESH_MS 500
#define LIMIT_DRAIN_FLUSH_MS 2000

/* The id of one request, ours or a trusted proxy's. */
#define LIMIT_REQUEST_ID 64

/* The audit log: bytes of lines that wait for the disk, one line, the objects that it names, and
 * the arguments in it (--audit-arguments). */
#define LIMIT_AUDIT_QUEUE (8u << 20)
#define LIMIT_AUDIT_LINE (16u << 10)
#define LIMIT_AUDIT_OBJECTS 64
#define LIMIT_AUDIT_ARGUMENTS (8u << 10)

/* Tracing: a tracestate that is passed on; a span's name, its attributes and its events; spans of a
 * worker that wait to be exported, as bytes and in number; milliseconds that they wait, that an
 * export may take, and the last one when the server stops; how often an export is tried, and the
 * longest pause between two tries, also where the collector asks for one. */
#define LIMIT_TRACE_STATE 512
#define LIMIT_SPAN_NAME 128
#define LIMIT_SPAN_TEXT 4096
#define LIMIT_TRACE_QUEUE (2u << 20)
#define LIMIT_TRACE_SPANS 2048
#define LIMIT_TRACE_WAIT_MS 1000
#define LIMIT_TRACE_EXPORT_MS 10000
#define LIMIT_TRACE_LAST_MS 1500
#define LIMIT_TRACE_TRIES 6
#define LIMIT_TRACE_PAUSE_MS 60000

/* Requests that libmicrohttpd refuses: lines of the log for single ones, and milliseconds after
 * which the others are summed up and there may be as many again. */
#define LIMIT_REFUSED_LINES 10
#define LIMIT_REFUSED_WAIT_MS 1000

/* Bytes that may wait on one event stream for a reader that does not read. */
#define LIMIT_STREAM_QUEUE (4u << 20)

/* Event loops of one process. */
#define LIMIT_WORKERS 64

/* What Asana allows one token (developers.asana.com/docs/rate-limits), and how many of its requests
 * may wait per worker. */
#define LIMIT_GATE_READS 50
#define LIMIT_GATE_WRITES 15
#define LIMIT_GATE_SEARCHES 60 /* a minute */
#define LIMIT_GATE_WAITING 1000
/* Tokens in use at once, per worker; idle ones are forgotten. */
#define LIMIT_GATE_TOKENS 10000

/* Sharing them between nodes (worker/quota.h), milliseconds: that what was lent counts without a
 * word from its node, and how much earlier that node ends it, so that what is in flight then may
 * end, too; between two words about a token that
 * is in use, and about one that wants more than it has; that an answer may take; without use until
 * nothing is kept. How many of each a node uses that nobody lends anything; and how much more is
 * asked for than is used. */
#define LIMIT_QUOTA_LEASE_MS 5000
#define LIMIT_QUOTA_MARGIN_MS 1000
#define LIMIT_QUOTA_CALM_MS 1000
#define LIMIT_QUOTA_HUNGRY_MS 100
#define LIMIT_QUOTA_ANSWER_MS 1000
#define LIMIT_QUOTA_IDLE_MS 5000
#define LIMIT_QUOTA_SPARE 1
#define LIMIT_QUOTA_MORE_READS 10
#define LIMIT_QUOTA_MORE_WRITES 5
#define LIMIT_QUOTA_MORE_SEARCHES 12

/* Between nodes: one letter; milliseconds that one waits for a Redis that is away, that a question
 * waits for its answer, after which whoever does not listen after an interruption is gone, that a
 * worker which stops waits until Redis has its last letters, and that one waits for somebody whose
 * subscription alone was lost; bytes of letters that wait so, and for how many places; nodes that
 * one worker looks after; and what a session's owner remembers of other nodes: requests that run
 * there, and places that watch resources for it. Senders whose last letter a worker remembers, so
 * that none counts twice; milliseconds by which nodes' clocks may differ; and between two lines in
 * the log about letters that were refused. */
#define LIMIT_BUS_LETTER (12u << 20)
#define LIMIT_BUS_SENDERS 1024
#define LIMIT_BUS_CLOCKS_MS 60000
#define LIMIT_BUS_COMPLAINT_MS 60000
#define LIMIT_BUS_POST_MS 10000
#define LIMIT_BUS_ANSWER_MS 3000
#define LIMIT_BUS_SETTLE_MS 5000
#define LIMIT_BUS_PART_MS 2000
#define LIMIT_BUS_RETURN_MS 2000
#define LIMIT_BUS_HELD (16u << 20)
#define LIMIT_BUS_ABSENT 64
#define LIMIT_BUS_NODES 256
#define LIMIT_AFAR_REQUESTS 1000
#define LIMIT_AFAR_WATCHERS 16
/* After so long the owner of a session asks whether a request of it still runs at another node. */
#define LIMIT_AFAR_PATIENCE_MS 2000
/* Requests that one worker asked another node to remember and did not run, until that node has
 * confirmed that it has forgotten them. */
#define LIMIT_BEGIN_WITHDRAWN 10000

/* What the store says of sessions and nodes: seconds after which a session that is used is told of
 * again, after which one that rests is, and that a record lives; seconds between two signs of life
 * of a node, and that one counts: where nodes share a store, and where there is one alone. */
#define LIMIT_ROSTER_USED_SECONDS 60
#define LIMIT_ROSTER_REST_SECONDS 1800
#define LIMIT_ROSTER_SECONDS 5400
#define LIMIT_NODE_BEAT_SECONDS 5
#define LIMIT_NODE_SECONDS 15
#define LIMIT_LONE_BEAT_SECONDS 60
#define LIMIT_LONE_SECONDS 150

/* Messages of one JSON-RPC batch, and their answers together. */
#define LIMIT_BATCH 100
#define LIMIT_BATCH_ANSWER (16u << 20)

/* Sessions per worker. */
#define LIMIT_SESSIONS 20000
/* Minutes without a message before a Streamable HTTP session is dropped. */
#define LIMIT_SESSION_IDLE_MINUTES 60
/* Streams of one Streamable HTTP session that are open or may be resumed. */
#define LIMIT_SESSION_STREAMS 32
/* What is kept of them for clients that come back: bytes and messages of one session, minutes, and
 * bytes of all sessions of a worker. One answer fits (LIMIT_STREAM_QUEUE). */
#define LIMIT_REPLAY_BYTES (4u << 20)
#define LIMIT_REPLAY_MESSAGES 256
#define LIMIT_REPLAY_MINUTES 5
#define LIMIT_REPLAY_WORKER (256u << 20)
/* One header that names a value of the body ("Value Encoding"). */
#define LIMIT_MIRROR_VALUE (8u << 10)

/* Entries of one page of a list of ours. */
#define LIMIT_LIST_PAGE 200

/* How long a client may keep the state of a call that asked it something (requestState). */
#define LIMIT_REQUEST_STATE_SECONDS 600
/* How long the client has to answer a question of ours. */
#define LIMIT_QUESTION_SECONDS 600
/* Notifications about the progress of one call, a second. */
#define LIMIT_PROGRESS_PER_SECOND 10

/* Requests to Asana under way at once, per worker; the others wait. Over HTTP/1.1 each has a
 * connection of its own. */
#define LIMIT_ASANA_AT_ONCE 1024
/* One answer of Asana's, decompressed. */
#define LIMIT_ASANA_BODY (8u << 20)
/* Query string plus path of one request to Asana. */
#define LIMIT_ASANA_URL (32u << 10)
/* After Asana took a token, a 401 for it means something else than a lost sign-in. */
#define LIMIT_ASANA_ACCEPTED_SECONDS 600
/* Body of one request to Asana. */
#define LIMIT_ASANA_REQUEST_BODY (1u << 20)
/* A file that one call uploads; with the rest of its form it fits the body above. What comes to us
 * has base64 in JSON, so that LIMIT_HTTP_BODY allows some 768 KB of it. */
#define LIMIT_UPLOAD (1000u << 10)
#define LIMIT_UPLOAD_NAME 255

/* What a call keeps with its client between two rounds of questions, and one question whether a
 * tool may run. */
#define LIMIT_CALL_STATE (64u << 10)
#define LIMIT_CONFIRM_TEXT 4096

/* Lists in one result are cut at a record boundary when they are longer than this: more fills a
 * model's context for nothing. */
#define LIMIT_RESULT (200u << 10)
/* One result text, whatever is in it; with its structured form it has to fit LIMIT_STREAM_QUEUE. */
#define LIMIT_RESULT_TEXT (1u << 20)

/* One line on standard input of the stdio transport. */
#define LIMIT_STDIO_LINE (4u << 20)
/* Its messages that wait for their answers. */
#define LIMIT_STDIO_RUNNING 1000

/* One search: workspaces looked into, results of each kind there, results in all. */
#define LIMIT_SEARCH_WORKSPACES 10
#define LIMIT_SEARCH_PER_KIND 20
#define LIMIT_SEARCH_RESULTS 50

/* One document: what a person wrote in one place, and all comments together; one name; items of one
 * list; pages of a task's history that are read for its comments, and the comments shown. */
#define LIMIT_DOCUMENT_TEXT (64u << 10)
#define LIMIT_DOCUMENT_NAME 500
#define LIMIT_DOCUMENT_ITEMS 100
#define LIMIT_DOCUMENT_PAGES 5
#define LIMIT_DOCUMENT_COMMENTS 50

/* One form that a browser or an OAuth client posts: its fields. */
#define LIMIT_FORM_FIELDS 64

/* OAuth clients: what one registers (bytes; addresses), and the document that describes one. */
#define LIMIT_CLIENT_ID 2048
#define LIMIT_CLIENT_NAME 100
#define LIMIT_CLIENT_REDIRECTS 20
#define LIMIT_CLIENT_REDIRECT 2048
#define LIMIT_CLIENT_DOCUMENT (64u << 10)
/* Registrations an hour, of one address and of all; clients' documents fetched a minute, likewise.
 */
#define LIMIT_REGISTER_ADDRESS 60
#define LIMIT_REGISTER_ALL 3000
#define LIMIT_DOCUMENT_ADDRESS 20
#define LIMIT_DOCUMENT_ALL 300
/* Seconds that an unused registration lives, a used one after its last use, and a client's document
 * that does not say, at least, and at most. */
#define LIMIT_CLIENT_UNUSED (24 * 60 * 60)
#define LIMIT_CLIENT_USED (400 * 24 * 60 * 60)
#define LIMIT_DOCUMENT_FRESH 300
#define LIMIT_DOCUMENT_FRESH_MAX (24 * 60 * 60)
/* Seconds that live: an authorization code; an access token; a grant that nobody took a token of,
 * and one since its last refresh; a used refresh token whose answer may have been lost. */
#define LIMIT_CODE_SECONDS 60
#define LIMIT_ACCESS_SECONDS 3600
#define LIMIT_GRANT_UNTAKEN 600
#define LIMIT_GRANT_IDLE (90 * 24 * 60 * 60)
#define LIMIT_REFRESH_GRACE 30
/* Sign-in in a browser: seconds that one may take, that a browser stays signed in, and that a
 * consent is remembered; the state of a client's request; sign-ins and answers to pages a minute,
 * of one address and of all; one page. */
#define LIMIT_FLOW_SECONDS 600
#define LIMIT_BROWSER_SECONDS (30L * 24 * 60 * 60)
#define LIMIT_CONSENT_SECONDS (90L * 24 * 60 * 60)
#define LIMIT_FLOW_STATE 4096
#define LIMIT_FLOWS_ADDRESS 600
#define LIMIT_FLOWS_ALL 6000
#define LIMIT_PAGE (512u << 10)
/* Requests of blocked people to the operator: bytes of a message, requests an hour of one person
 * and of all, and seconds that one is kept. */
#define LIMIT_REQUEST_MESSAGE 1000
#define LIMIT_REQUESTS_PERSON 3
#define LIMIT_REQUESTS_ALL 200
#define LIMIT_REQUEST_SECONDS (90L * 24 * 60 * 60)
/* Grants shown to one person. */
#define LIMIT_GRANTS_LISTED 200
/* Access tokens that a worker remembers, and for how many seconds without asking the store again.
 */
#define LIMIT_TOKENS_SEEN 10000
#define LIMIT_TOKEN_SEEN_SECONDS 60
/* While the store cannot be asked, a known token counts for so many seconds since it was read, and
 * the server says for so long that it is ready. */
#define LIMIT_STORE_AWAY_SECONDS 600
/* Asana's token is refreshed so many seconds before it expires; somebody else's refresh is waited
 * for so long. */
#define LIMIT_RENEW_EARLY 60
#define LIMIT_RENEW_WAIT 20

/* Resources: a URI; one object's JSON (Markdown has the document's limits); of resources/list, the
 * workspaces of one page, and the objects of each kind in each of them. */
#define LIMIT_RESOURCE_URI 200
#define LIMIT_RESOURCE_JSON (200u << 10)
#define LIMIT_RESOURCE_WORKSPACES 3
#define LIMIT_RESOURCE_ITEMS 20

/* Watching Asana: objects of one listener; objects per worker; places in Asana's streams of events
 * that are kept after the last listener, and for how long; the answer to one poll, and polls in a
 * row while there are more events. */
#define LIMIT_HUB_WATCHES 20
#define LIMIT_HUB_WATCHED 2000
#define LIMIT_HUB_KEPT 1000
#define LIMIT_HUB_KEPT_MINUTES 30
#define LIMIT_HUB_ANSWER (1u << 20)
#define LIMIT_HUB_PAGES 20
/* Milliseconds between two polls of one object: while it changes, and when it does not, or when
 * Asana fails. */
#define LIMIT_HUB_POLL_MS 10000
#define LIMIT_HUB_SLOW_POLL_MS 60000

/* The store: one key or owner, one value, the operations of one step, the records of one list, and
 * the bytes after which a list ends early (its answer says that there is more). */
#define LIMIT_STORE_KEY 256
#define LIMIT_STORE_VALUE (64u << 10)
#define LIMIT_STORE_OPS 16
#define LIMIT_STORE_LIST 1000
#define LIMIT_STORE_PAGE (1u << 20)
/* Steps that wait for the engine, their bytes together, and how long one waits before it is told
 * that the store is down; steps that share one transaction; expired records deleted at a time, and
 * after how many writing steps. */
#define LIMIT_STORE_QUEUE 4096
#define LIMIT_STORE_QUEUE_BYTES (32u << 20)
#define LIMIT_STORE_DEADLINE_MS 5000
#define LIMIT_STORE_BATCH 64
#define LIMIT_STORE_SWEEP 500
#define LIMIT_STORE_SWEEP_EVERY 256

/* Seconds after its expiry when Redis deletes a record that nobody has swept: the nodes' clocks may
 * differ by as much. */
#define LIMIT_STORE_SLACK 600

/* Redis, each loop's connection: commands under way and their bytes together; milliseconds that
 * connecting may take, that a command waits while there is no connection, that Redis may be silent
 * when it owes an answer, and after which an idle connection is tried; the first and the longest
 * time between two tries to connect. */
#define LIMIT_REDIS_COMMANDS 8192
#define LIMIT_REDIS_BYTES (64u << 20)
#define LIMIT_REDIS_CONNECT_MS 3000
#define LIMIT_REDIS_GRACE_MS 2000
#define LIMIT_REDIS_SILENCE_MS 3000
#define LIMIT_REDIS_BEAT_MS 10000
#define LIMIT_REDIS_BACKOFF_MS 50
#define LIMIT_REDIS_BACKOFF_MAX_MS 1000
/* And after which one in use is asked again whether it is still the master. */
#define LIMIT_REDIS_ROLE_MS 2000

/* What the operator blocks (`asana-mcp block`), and one reason; milliseconds between two looks at
 * the counter that tells of a change. */
#define LIMIT_BLOCKS 20000
#define LIMIT_BLOCK_REASON 500
#define LIMIT_POLICY_POLL_MS 500

/* Hidden workspaces: an object's id that is looked up, ids whose workspace one worker remembers and
 * for how long, objects that lead from one to its workspace; and where only lists tell: workspaces
 * looked into, and pages of each. */
#define LIMIT_VISIBLE_ID 255
#define LIMIT_VISIBLE_KEPT 4096
#define LIMIT_VISIBLE_SECONDS 300
#define LIMIT_VISIBLE_STEPS 6
#define LIMIT_VISIBLE_PLACES 20
#define LIMIT_VISIBLE_PAGES 10

/* Metrics: tools that are counted by name, the text of all of them, and connections to the
 * operator's own address. */
#define LIMIT_METRIC_TOOLS 1000
#define LIMIT_METRICS_TEXT (8u << 20)
#define LIMIT_METRICS_CONNECTIONS 64
/* Milliseconds without a turn after which a worker's event loop counts as stuck. */
#define LIMIT_PULSE_STUCK_MS 5000

/* A file of further tools: its bytes, what it takes in memory, and the tools in it. */
#define LIMIT_PACK_FILE (4u << 20)
#define LIMIT_PACK_ARENA (64u << 20)
#define LIMIT_PACK_TOOLS 500

/* One argument of a prompt. */
#define LIMIT_PROMPT_VALUE (8u << 10)

/* Completions: values in one answer (the protocol's most), what a person may have typed, lists that
 * one worker keeps for how long, and how long one may be to be kept. */
#define LIMIT_COMPLETION_VALUES 100
#define LIMIT_COMPLETION_TYPED 200
#define LIMIT_COMPLETION_LISTS 1000
#define LIMIT_COMPLETION_LIST (32u << 10)
#define LIMIT_COMPLETION_SECONDS 60
#define LIMIT_COMPLETION_ANSWER_SECONDS 10 /* to wait for Asana: somebody is typing */

/* A client's settings file that "connect --write" edits. */
#define LIMIT_CONNECT_FILE (8u << 20)
