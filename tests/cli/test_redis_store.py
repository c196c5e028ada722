"""A real Redis as the store: the same commands as on a file, what serve and doctor make of it, and moving from one to the other.

The binary is named by ASANA_MCP_BIN, as in test_cli.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import sys
import tempfile
import time
import unittest
import urllib.error
import urllib.request
from pathlib import Path
from typing import Tuple

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import test_store_commands as commands  # noqa: E402
from lib.redis import Redis  # noqa: E402
from test_cli import PATIENCE, CliTest, closed_port, run, serving  # noqa: E402

PASSWORD = "sw0rdfish"
# A table of the store (runtime/store/store.h).
SESSIONS, NODES = 12, 13


def put(redis: Redis, table: int, key: str, value: str, owner: str = "") -> None:
    redis.ask("SET", "asana-mcp:format", "1")
    redis.ask("HSET", "asana-mcp:r:%d:%s" % (table, key), "v", value, "o", owner, "n", "1", "x", "0")
    redis.ask("ZADD", "asana-mcp:t:%d" % table, "0", key)
    if owner:
        redis.ask("ZADD", "asana-mcp:o:%d:%s" % (table, owner), "0", key)


class OnRedis(CliTest):
    """In place of StoreTest's file."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.redis = Redis()
        self.addCleanup(self.redis.close)
        self.path = self.url = self.redis.url
        self.env = {"ASANA_MCP_STORE": self.url}

    def put(self, table: int, key: str, value: dict, owner: str = "") -> None:
        put(self.redis, table, key, json.dumps(value, ensure_ascii=False), owner)

    def counter(self) -> int:
        # ask() has the first line only, which is the number when nothing is added to it.
        return int(self.redis.ask("HINCRBY", "asana-mcp:r:%d:changes" % commands.COUNTERS, "v", "0")[1:])


class RedisBlockTest(OnRedis, commands.BlockTest):
    pass


class RedisRequestsTest(OnRedis, commands.RequestsTest):
    def setUp(self) -> None:
        super().setUp()
        self.fill()


class RedisGrantsTest(OnRedis, commands.GrantsTest):
    def setUp(self) -> None:
        super().setUp()
        self.fill()


class RedisSessionsTest(OnRedis):
    def connections(self) -> int:
        """That were ever made to this Redis, this one among them."""
        with socket.create_connection(("127.0.0.1", self.redis.port), PATIENCE) as connection:
            connection.sendall(b"INFO stats\r\n")
            said = connection.recv(65536).decode()
        return int(said.split("total_connections_received:")[1].split("\r\n")[0])

    def cost(self, count: int) -> int:
        """What one listing of so many takes."""
        for number in range(count):
            gid = "120456789012%04d" % number
            self.put(commands.GRANTS, "grant-%d" % number, {
                "client": "c", "client_name": "Claude", "redirect_uri": "http://127.0.0.1/", "audience": 3, "scopes": 3, "toolsets": 1,
                "person": gid, "name": "Person %d" % number, "email": "", "made_at": 1, "used_at": 2, "asana": "c2VhbGVk",
            })
            self.put(SESSIONS, "session-%d" % number, {
                "person": gid, "grant": "grant-%d" % number, "client": "tests", "transport": "sse", "revision": "2024-11-05",
                "node": "0a0b0c0d", "since": 1, "used": 2,
            })
        before = self.connections()
        result = run("sessions", "--json", env=self.env)
        after = self.connections()
        self.assert_good(result)
        names = {one["name"] for one in json.loads(result.stdout)}
        self.assertEqual(names, {"Person %d" % number for number in range(count)})
        return after - before

    def test_many_cost_no_more_connections_than_one(self) -> None:
        self.put(NODES, "0a0b0c0d", {"host": "here", "version": "0", "pid": 1, "since": 1})
        self.assertEqual(self.cost(1), self.cost(40))


def answer(url: str) -> Tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


class ServeTest(CliTest):
    def until_ready(self, url: str, wanted: int) -> str:
        limit = time.monotonic() + PATIENCE
        while True:
            status, text = answer(url + "/readyz")
            if status == wanted:
                return text
            self.assertLess(time.monotonic(), limit, text)
            time.sleep(0.05)

    def test_in_every_way_of_signing_in(self) -> None:
        redis = Redis()
        self.addCleanup(redis.close)
        for auth in ["oauth", "bearer", "token"]:
            with self.subTest(auth), serving("--auth", auth, "--store", redis.url) as running:
                self.until_ready(running.ready(), 200)
                self.assertEqual(running.stop(), 0)
        self.assert_usage(run("serve", "--auth", "bearer", "--store", "sqlite:x.db"), "add --auth oauth")

    def test_it_starts_without_redis_says_so_and_goes_on_when_it_is_there(self) -> None:
        redis = Redis()
        self.addCleanup(redis.close)
        redis.stop(signal.SIGKILL)
        with serving("--auth", "oauth", "--workers", "1", "--store", redis.url) as running:
            self.assertIn("store: it does not answer", self.until_ready(running.ready(), 503))
            self.assertTrue(redis.start())
            self.until_ready(running.ready(), 200)
            self.assertEqual(running.stop(), 0)
            self.assertRegex("\n".join(running.err), "store.unreachable .*Connection refused")

    def test_it_ends_when_waiting_would_be_in_vain(self) -> None:
        redis = Redis()
        self.addCleanup(redis.close)
        redis.ask("CONFIG", "SET", "requirepass", PASSWORD)
        result = run("serve", "--sandbox", "--auth=oauth", "--listen=127.0.0.1:0", "--store", redis.url)
        self.assertEqual(result.returncode, 1)
        self.assertIn("neither this user nor this password", result.stderr)

    def test_a_password_is_never_told(self) -> None:
        redis = Redis()
        self.addCleanup(redis.close)
        redis.ask("CONFIG", "SET", "requirepass", PASSWORD)
        url = "redis://:%s@127.0.0.1:%d" % (PASSWORD, redis.port)
        with serving("--auth=oauth", env={"ASANA_MCP_STORE": url, "ASANA_MCP_LOG_LEVEL": "debug"}) as running:
            self.until_ready(running.ready(), 200)
            redis.stop(signal.SIGKILL)
            run("blocks", env={"ASANA_MCP_STORE": url})
            self.assertEqual(running.stop(), 0)
            self.assertNotIn(PASSWORD, "\n".join(running.out + running.err))
        with serving("--auth=oauth", "--store", url) as running:
            self.assertIn("store.password_in_flag", "\n".join(running.err))
            self.assertEqual(running.stop(), 0)
            self.assertNotIn(PASSWORD, "\n".join(running.out + running.err))


class DoctorTest(CliTest):
    def doctor(self, url: str, *flags: str) -> str:
        result = run("doctor", "--sandbox", "--auth=oauth", "--listen=127.0.0.1:0", *flags, env={"ASANA_MCP_STORE": url})
        self.assertNotIn(PASSWORD, result.stdout + result.stderr)
        return "exit %d\n%s" % (result.returncode, result.stdout)

    def test_what_it_finds(self) -> None:
        redis = Redis()
        self.addCleanup(redis.close)
        said = self.doctor(redis.url)
        self.assertRegex(said, r"exit 0\n[\s\S]*\nok +store +redis://127\.0\.0\.1:%d/0 answers \(Redis \d" % redis.port)
        self.assertRegex(said, r"\nok +store +.*keeps a log \(appendfsync everysec\)")
        redis.ask("CONFIG", "SET", "maxmemory-policy", "allkeys-lru")
        redis.ask("CONFIG", "SET", "appendfsync", "no")
        said = self.doctor(redis.url, "--auth=bearer")
        self.assertRegex(said, r"exit 0\n[\s\S]*\nwarn +store +.*set maxmemory-policy noeviction \(it is allkeys-lru\)")
        self.assertRegex(said, r"\nwarn +store +.*set appendfsync everysec")
        redis.ask("CONFIG", "SET", "appendonly", "no")
        self.assertRegex(self.doctor(redis.url), r"\nwarn +store +.*set appendonly yes")
        redis.ask("CONFIG", "SET", "requirepass", PASSWORD)
        self.assertRegex(self.doctor(redis.url), r"exit 1\n[\s\S]*\nfail +store +.*neither this user nor this password")
        good = "redis://:%s@127.0.0.1:%d" % (PASSWORD, redis.port)
        self.assertRegex(self.doctor(good), r"exit 0\n")

    def test_one_that_is_not_there(self) -> None:
        said = self.doctor("redis://:%s@127.0.0.1:%d" % (PASSWORD, closed_port()))
        self.assertRegex(said, r"exit 1\n[\s\S]*\nfail +store +.*Connection refused")


class MigrateTest(CliTest):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = "sqlite:" + os.path.join(folder.name, "store.db")
        self.redis = Redis()
        self.addCleanup(self.redis.close)
        with commands.signing_in("--store", self.file) as server:
            self.assertEqual(server.stop(), 0)

    def sql(self, text: str, *values: object) -> list:
        db = sqlite3.connect(self.file[len("sqlite:"):])
        try:
            with db:
                return db.execute(text, values).fetchall()
        finally:
            db.close()

    def contents(self) -> list:
        return self.sql("SELECT kind, key, value, owner, expires_at FROM record ORDER BY kind, key")

    def fill(self, count: int) -> None:
        for number in range(count):
            # Keys and values of any bytes, some with an owner, some that expire, one that has.
            self.sql("INSERT INTO record(kind, key, value, owner, version, expires_at) VALUES(?, ?, ?, ?, ?, ?)",
                     1 + number % 12, b"\x00\xff%05d" % number, os.urandom(number % 3000),
                     b"user:\x00%d" % (number % 7) if number % 3 else b"", number + 1,
                     (0, 4000000000)[number % 2])
        self.sql("INSERT INTO record(kind, key, value, owner, version, expires_at) VALUES(4, x'61', x'62', x'', 1, 5)")

    def test_there_and_back_nothing_is_lost(self) -> None:
        self.fill(2500)
        before = self.contents()
        result = run("store", "migrate", self.file, self.redis.url)
        self.assert_good(result)
        self.assertRegex(result.stdout, r"From sqlite:.*store\.db to redis://127\.0\.0\.1:%d/0\n" % self.redis.port)
        self.assertRegex(result.stdout, r"\n +208  grants\n")
        # Who is connected is true of the servers that run now.
        self.assertRegex(result.stdout, r"\n +2292  records, and both hold the same\n")
        self.assertEqual(self.contents(), before, "what it comes from is left as it is")
        back = self.file + ".back"
        self.assert_good(run("store", "migrate", self.redis.url, "--store", back))
        self.file = back
        self.assertEqual(self.contents(), [row for row in before if row[4] != 5 and row[0] != SESSIONS])

    def test_what_is_there_is_not_mixed_with_what_comes(self) -> None:
        self.fill(3)
        put(self.redis, 6, "k", "v")
        result = run("store", "migrate", self.file, self.redis.url)
        self.assertEqual(result.returncode, 1)
        self.assertIn("is not empty: it holds 1 records", result.stderr)
        self.assertEqual(self.redis.ask("ZCARD", "asana-mcp:t:6"), ":1")
        self.assertEqual(run("store", "migrate", self.redis.url, self.file).returncode, 1)

    def test_a_redis_that_is_full_is_told_with_what_to_do(self) -> None:
        self.fill(200)
        self.redis.ask("SET", "asana-mcp:format", "1")
        self.redis.ask("CONFIG", "SET", "maxmemory", "1")
        result = run("store", "migrate", self.file, self.redis.url)
        self.assertEqual(result.returncode, 1)
        self.assertIn("OOM", result.stderr)
        self.assertIn("empty it before the next try", result.stderr)

    def test_a_redis_that_is_not_there(self) -> None:
        result = run("store", "migrate", self.file, "redis://:%s@127.0.0.1:%d" % (PASSWORD, closed_port()))
        self.assertEqual(result.returncode, 1)
        self.assertIn("Connection refused", result.stderr)
        self.assertNotIn(PASSWORD, result.stderr)

    def test_usage(self) -> None:
        missing = self.file + ".missing"
        for args, words in [
            ([], "asana-mcp store migrate FROM [TO]"),
            (["move", "a", "b"], "asana-mcp store migrate FROM [TO]"),
            (["migrate"], "migrate takes two stores"),
            (["migrate", "a", "b", "c"], "migrate takes two stores"),
            (["migrate", self.file], "where to?"),
            (["migrate", self.file, self.redis.url, "--store", self.redis.url], "give one of them"),
            (["migrate", self.file, self.file], "the same store"),
            (["migrate", missing, self.redis.url], "there is no store at"),
            (["migrate", "mysql:x", self.redis.url], "expected sqlite: and the name of a file"),
            (["migrate", self.file, "redis://"], "the host is missing"),
            (["migrate", self.file, "sqlite::memory:"], "in memory"),
        ]:
            with self.subTest(args):
                self.assert_usage(run("store", *args), words)
        self.assertFalse(os.path.exists(missing[len("sqlite:"):]))


if __name__ == "__main__":
    unittest.main()
