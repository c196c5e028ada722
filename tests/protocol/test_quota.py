"""Asana's limits hold for a token, however many nodes send its requests: a stand-in for Asana counts them."""

from __future__ import annotations

import concurrent.futures
import os
import signal
import sys
import threading
import time
import unittest
from pathlib import Path
from typing import Any, Optional

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lib import wire  # noqa: E402
from lib.asana import FakeAsana, Reply, Request  # noqa: E402
from lib.mcp import ModernClient, answer_in  # noqa: E402
from lib.nodes import ADA, BEN, NodesCase  # noqa: E402
from lib.server import Server  # noqa: E402

READS, WRITES, SEARCHES = 50, 15, 60
CALLS = ("--max-calls-per-person", "1000")

READ = ("asana_get_task", {"task_id": "7"})
WRITE = ("asana_update_task", {"task_id": "7", "name": "Seven"})
SEARCH = ("asana_search_tasks", {"workspace": "1", "text": "seven"})


class Counter:
    """Answers when it is told to, and counts what is in flight: of each token, and by kind."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.open = threading.Event()
        self.now: dict[tuple[Optional[str], str], int] = {}
        self.most: dict[tuple[Optional[str], str], int] = {}
        self.searches = 0

    def __call__(self, request: Request) -> Reply:
        key = (request.token(), "read" if request.method == "GET" else "write")
        with self.changed:
            self.searches += request.path.endswith("/tasks/search")
            self.now[key] = self.now.get(key, 0) + 1
            self.most[key] = max(self.most.get(key, 0), self.now[key])
            self.changed.notify_all()
        self.open.wait(60)
        with self.changed:
            self.now[key] -= 1
            self.changed.notify_all()
        listed = request.path.endswith("/tasks/search")
        return Reply(body={"data": [] if listed else {"gid": "7", "name": "Seven"}})

    def in_flight(self, token: str, kind: str) -> int:
        with self.changed:
            return self.now.get((token, kind), 0)

    def most_of(self, token: str, kind: str) -> int:
        with self.changed:
            return self.most.get((token, kind), 0)


def token_of(headers: dict[str, str]) -> str:
    return headers["Authorization"][len("Bearer ") :]


class Quota(NodesCase):
    def setUp(self) -> None:
        self.counter = Counter()
        self.asana = FakeAsana(self.counter)
        self.addCleanup(self.asana.close)
        self.addCleanup(self.counter.open.set)
        self.pair = [self.own_node("--api-url", self.asana.url, *CALLS) for _ in range(2)]
        self.pool = concurrent.futures.ThreadPoolExecutor(260)
        self.addCleanup(self.pool.shutdown)

    def call(self, node: Server, who: dict[str, str], tool: tuple[str, dict[str, Any]]) -> bool:
        client = ModernClient(node.port, who)
        request = client.request("tools/call", {"name": tool[0], "arguments": tool[1]})
        mirrored = {"Mcp_Param_Workspace": tool[1].get("workspace")}
        response = client.post(request, **mirrored)
        answer = answer_in(response, request["id"])
        return response.status == 200 and not answer["result"].get("isError")

    def start(self, count: int, tool: tuple[str, dict[str, Any]], who: dict[str, str] = ADA, nodes: Any = None) -> list[Any]:
        among = nodes or self.pair
        return [self.pool.submit(self.call, among[n % len(among)], who, tool) for n in range(count)]

    def all_answered(self, calls: list[Any]) -> None:
        self.counter.open.set()
        self.assertEqual([True] * len(calls), [one.result(120) for one in calls])

    def test_reads_and_writes_in_flight_are_those_of_all_nodes(self) -> None:
        ada, ben = token_of(ADA), token_of(BEN)
        calls = self.start(200, READ)
        self.soon(lambda: self.counter.in_flight(ada, "read") == READS)
        calls += self.start(40, WRITE)
        self.soon(lambda: self.counter.in_flight(ada, "write") == WRITES)
        calls += self.start(5, READ, BEN)  # somebody else has limits of his own
        self.soon(lambda: self.counter.in_flight(ben, "read") == 5)
        self.all_answered(calls)
        self.assertEqual(READS, self.counter.most_of(ada, "read"))
        self.assertEqual(WRITES, self.counter.most_of(ada, "write"))

    def test_searches_are_those_of_all_nodes(self) -> None:
        self.counter.open.set()
        calls = self.start(80, SEARCH)
        self.soon(lambda: self.counter.searches == SEARCHES)
        # The rest wait for the minute to pass. Meanwhile the nodes talk to Redis several times.
        # What servers of an earlier test held ends first.
        self.soon(lambda: self.redis.ask("HLEN", self.key()) == ":2")
        done, _ = concurrent.futures.wait(calls, 3)
        self.assertEqual(SEARCHES, len(done))
        self.assertEqual(SEARCHES, self.counter.searches)
        for node in self.pair:
            self.kill(node)  # nobody waits for the others
        for one in calls:
            one.exception(30)

    def key(self) -> str:
        """The hash of the one token that is in use."""
        with wire.Connection(self.redis.port) as connection:
            connection.send(b"KEYS asana-mcp:quota:????????????????????????????????\r\n")
            count = int(connection.read_until(b"\r\n")[1:])
            self.assertGreaterEqual(count, 1)
            keys = []
            for _ in range(count):
                connection.read_until(b"\r\n")
                keys.append(connection.read_until(b"\r\n").decode())
        return keys[0]

    def keep_busy(self, nodes: list[Server], seconds: float) -> None:
        """Calls at those nodes, many at a time, for so long."""
        limit = time.monotonic() + seconds

        def go_on(node: Server) -> None:
            while time.monotonic() < limit:
                self.call(node, ADA, READ)

        for one in [self.pool.submit(go_on, node) for node in nodes for _ in range(80)]:
            one.result(60)

    def test_a_node_that_stood_still_does_not_use_what_others_have(self) -> None:
        self.counter.open.set()
        ada = token_of(ADA)
        sleeper, other = self.pair
        self.keep_busy(self.pair, 2)  # each has its part
        os.kill(sleeper.child.pid, signal.SIGSTOP)
        waiting = self.start(80, READ, nodes=[sleeper])
        self.counter.open.clear()
        rest = self.start(80, READ, nodes=[other])
        self.soon(lambda: self.counter.in_flight(ada, "read") == READS)
        os.kill(sleeper.child.pid, signal.SIGCONT)
        concurrent.futures.wait(waiting, 3)  # it sends what it may
        self.assertLessEqual(self.counter.in_flight(ada, "read"), READS)
        self.all_answered(waiting + rest)
        self.assertLessEqual(self.counter.most_of(ada, "read"), READS)

    def test_a_node_that_is_stopped_hands_its_part_back(self) -> None:
        self.counter.open.set()
        leaving, other = self.pair
        self.keep_busy(self.pair, 2)
        leaving.stop()
        self.counter.open.clear()
        stopped = time.monotonic()
        calls = self.start(80, READ, nodes=[other])
        self.soon(lambda: self.counter.in_flight(token_of(ADA), "read") == READS)
        self.assertLess(time.monotonic() - stopped, 3)  # before its lease would have ended
        self.all_answered(calls)

    def test_a_call_of_each_now_and_then_goes_through_at_once(self) -> None:
        self.counter.open.set()
        took = []
        for n in range(20):
            began = time.monotonic()
            self.assertTrue(self.call(self.pair[n % 2], ADA, READ))
            took.append(time.monotonic() - began)
        self.assertLess(sorted(took)[10], 0.5)

    def test_the_token_does_not_go_to_redis(self) -> None:
        self.counter.open.set()
        self.all_answered(self.start(4, READ))
        self.redis.ask("SAVE")
        self.assertNotIn(token_of(ADA).encode(), (self.redis.folder / "dump.rdb").read_bytes())
        logs = b"".join(path.read_bytes() for path in self.redis.folder.rglob("*.aof"))
        self.assertNotIn(token_of(ADA).encode(), logs)
        self.assertIn(b"asana-mcp:quota:", logs)


if __name__ == "__main__":
    unittest.main()
