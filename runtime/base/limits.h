/* limits.h: every ceiling on what input can grow, in one place. Sizes are bytes unless the name
 * says so. */
#pragma once

/* Text of one error or refusal. */
#define LIMIT_ERR_TEXT 1024

/* One JSON text: how deep objects and arrays may nest. */
#define LIMIT_JSON_DEPTH 64

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
/* Connections of one worker. */
#define LIMIT_HTTP_CONNECTIONS 12000

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

/* Messages of one JSON-RPC batch, and their answers together. */
#define LIMIT_BATCH 100
#define LIMIT_BATCH_ANSWER (16u << 20)

/* Sessions per worker. */
#define LIMIT_SESSIONS 20000
/* Minutes without a message before a Streamable HTTP session is dropped. */
#define LIMIT_SESSION_IDLE_MINUTES 60

/* One answer of Asana's, decompressed. */
#define LIMIT_ASANA_BODY (8u << 20)
/* Query string plus path of one request to Asana. */
#define LIMIT_ASANA_URL (32u << 10)
/* Body of one request to Asana. */
#define LIMIT_ASANA_REQUEST_BODY (1u << 20)

/* Lists in one result are cut at a record boundary when they are longer than this: more fills a
 * model's context for nothing. */
#define LIMIT_RESULT (200u << 10)
/* One result text, whatever is in it; with its structured form it has to fit LIMIT_STREAM_QUEUE. */
#define LIMIT_RESULT_TEXT (1u << 20)

/* One line on standard input of the stdio transport. */
#define LIMIT_STDIO_LINE (4u << 20)

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
