/* redis_script.h: what Redis does for one step, as a Lua script: Redis runs it as a whole, and
 * nobody else's commands meanwhile. */
#pragma once

/* The format of what the script keeps; a Redis that holds a newer one is refused. */
#define REDIS_FORMAT "1"
#define REDIS_FORMAT_KEY "asana-mcp:format"

/* ARGV: now, LIMIT_STORE_PAGE, LIMIT_STORE_SLACK, then the operations of the step, each its letter
 * and what it takes:
 *
 *     G table key                           T table key         D table key
 *     A table key value owner expires_at    P the same          R the same, version
 *     C table key by owner expires_at       L table owner after limit
 *     S limit: deletes what has expired
 *
 * Answers [1, answer…], an answer for each: of G and T nothing or value, owner, version,
 * expires_at; of A, P and R the version; of D nothing; of C number and version ("0": nothing was
 * written); of L 1 when there is more, else 0, then key, value, owner, version, expires_at of each;
 * of S 1 or 0, likewise. [0, i]: the condition of operation i (from 0) did not hold. [-1, format]:
 * not our format.
 *
 * What is kept, all names beginning with "asana-mcp:" (a user of Redis' access lists needs
 * ~asana-mcp:* and the commands named here):
 *
 *     r:<table>:<key>    a hash: v value, o owner, n version, x expires_at
 *     t:<table>          the keys of the table, sorted by their bytes
 *     o:<table>:<owner>  those of one owner
 *     x                  what expires when: score expires_at, "<table>:<bytes of
 * owner>:<owner><key>" version            the last one; it only rises format
 *
 * Redis deletes a record LIMIT_STORE_SLACK seconds after it has expired if nobody else has: the
 * caller's clock decides what has expired, as it does with every engine, and only the time that
 * remains goes to Redis, so that its clock does not matter. */
extern const char redis_script[];
