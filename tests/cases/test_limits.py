"""Asana's limits per token as the server keeps them, and slow answers: many calls in, a stand-in for Asana behind.

Calls go over SSE, where a call that the server has taken is told by 202. Whatever it would send at once is
sent before a later call of somebody else has come back: that call is the fence after which a test counts."""

from __future__ import annotations

import sys
import threading
import unittest
from collections import Counter
from pathlib import Path
from typing import Any, Optional

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lib.asana import FakeAsana, Reply, Request  # noqa: E402
from lib.mcp import SseSession, data_of, message, text_of  # noqa: E402
from lib.server import Server  # noqa: E402

READS = 50
WRITES = 15
SEARCHES = 60

# Longest wait for what has to happen; reached only when something is broken.
PATIENCE = 60.0

ADA = "2/1200000000000010/ada"
BOB = "2/1200000000000011/bob"

TASK = {"gid": "1200000000000701", "resource_type": "task", "name": "Write the brief"}
READ = ("asana_get_task", {"task_id": TASK["gid"]})
WRITE = ("asana_create_task_story", {"task_id": TASK["gid"], "text": "Done."})
SEARCH = ("asana_search_tasks", {"workspace": "1200000000000001"})


class HeldAsana:
    """Keeps Ada's requests until they are let go, and knows how many it has had at once. Bob's pass."""

    def __init__(self, held: bool = True) -> None:
        self._changed = threading.Condition()
        self._open = not held
        self._may_go = 0
        self._inside: Counter[str] = Counter()
        self.most: Counter[str] = Counter()  # of each method at once
        self.seen: Counter[str] = Counter()  # of each method
        self.double = FakeAsana(self._answer)

    def _answer(self, request: Request) -> Reply:
        reply = Reply(body={"data": [] if request.path.endswith("/search") else TASK})
        if request.token() != ADA:
            return reply
        method = request.method
        with self._changed:
            self.seen[method] += 1
            self._inside[method] += 1
            self.most[method] = max(self.most[method], self._inside[method])
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._open or self._may_go > 0, PATIENCE)
            self._may_go -= not self._open
            self._inside[method] -= 1
        return reply

    def wait_for(self, method: str, count: int) -> None:
        with self._changed:
            if not self._changed.wait_for(lambda: self.seen[method] >= count, PATIENCE):
                raise AssertionError(f"Asana got {self.seen[method]} of {count} requests: {method}")

    def let_go(self, count: Optional[int] = None) -> None:
        """So many requests, or all from now on."""
        with self._changed:
            self._open = self._open or count is None
            self._may_go += count or 0
            self._changed.notify_all()


class Limits(unittest.TestCase):
    def begin(self, held: bool = True, deadline: int = 300) -> None:
        """A server with two workers, Ada and Bob; Asana is let go before the server ends."""
        self.asana = HeldAsana(held)
        self.addCleanup(self.asana.double.close)
        options = ("--auth", "bearer", "--deadline-seconds", str(deadline))
        self.server = Server(*options, api_url=self.asana.double.url, token=None, workers=2)
        self.addCleanup(self.server.stop)
        self.addCleanup(self.asana.let_go)
        self.ada = self.session(ADA)
        self.bob = self.session(BOB)

    def session(self, token: str) -> SseSession:
        session = SseSession(self.server.port, {"Authorization": f"Bearer {token}"})
        self.addCleanup(session.close)
        return session

    def ask(self, call: tuple[str, Any], ids: range) -> None:
        """Ada's calls; returns when the server has taken them."""
        for id in ids:
            self.ada.tell(message("tools/call", {"name": call[0], "arguments": call[1]}, id))

    def answer(self, id: int) -> dict[str, Any]:
        return self.ada.stream.answer_to(id)["result"]

    def fence(self) -> None:
        for call in (READ, WRITE, SEARCH) * 2:
            data_of(self.bob.call(*call))

    def test_no_more_than_50_reads_of_a_token_are_in_flight(self) -> None:
        self.begin()
        ids = range(1000, 1000 + READS + 20)
        self.ask(READ, ids)
        self.asana.wait_for("GET", READS)
        self.fence()
        self.assertEqual(READS, self.asana.seen["GET"])
        self.asana.let_go(3)
        self.asana.wait_for("GET", READS + 3)
        self.fence()
        self.assertEqual(READS + 3, self.asana.seen["GET"], "each answer makes room for one")
        self.asana.let_go()
        for id in ids:
            self.assertEqual(TASK, data_of(self.answer(id)))
        self.assertEqual(READS, self.asana.most["GET"])
        self.assertEqual(len(ids), self.asana.seen["GET"], "each was sent once")

    def test_no_more_than_15_writes_of_a_token_are_in_flight(self) -> None:
        self.begin()
        ids = range(1000, 1000 + WRITES + 10)
        self.ask(WRITE, ids)
        self.asana.wait_for("POST", WRITES)
        self.fence()
        self.assertEqual(WRITES, self.asana.seen["POST"])
        self.ask(READ, range(2000, 2001))
        self.asana.wait_for("GET", 1)  # reads have places of their own
        self.asana.let_go()
        for id in ids:
            self.assertEqual(TASK, data_of(self.answer(id)))
        self.assertEqual(WRITES, self.asana.most["POST"])
        self.assertEqual(len(ids), self.asana.seen["POST"], "each was sent once")

    def test_the_61st_search_of_a_minute_waits_and_holds_up_nothing_else(self) -> None:
        self.begin(held=False)
        ids = range(1000, 1000 + SEARCHES + 5)
        self.ask(SEARCH, ids)
        for id in ids[:1]:
            data_of(self.answer(id))
        self.asana.wait_for("GET", SEARCHES)
        self.fence()
        self.assertEqual(SEARCHES, self.asana.seen["GET"])
        self.assertEqual(TASK, data_of(self.ada.call(*READ)))
        self.assertEqual(SEARCHES + 1, self.asana.seen["GET"])

    def test_a_search_that_would_wait_too_long_says_so(self) -> None:
        self.begin(held=False, deadline=1)
        self.ask(SEARCH, range(1000, 1000 + SEARCHES))
        self.asana.wait_for("GET", SEARCHES)
        result = self.ada.call(*SEARCH)
        self.assertIs(True, result.get("isError"))
        self.assertRegex(text_of(result).lower(), "wait|limit|again")
        self.assertEqual(SEARCHES, self.asana.seen["GET"])

    def test_a_slow_answer_arrives_and_other_calls_go_on_meanwhile(self) -> None:
        self.begin()
        self.ask(READ, range(1000, 1001))
        self.asana.wait_for("GET", 1)
        self.fence()
        self.assertEqual({}, self.ada.rpc("ping"))
        self.assertTrue(self.ada.list_tools())
        self.assertTrue(self.ada.call("asana_get_task", {})["isError"])
        self.asana.let_go()
        self.assertEqual(TASK, data_of(self.answer(1000)))


class Cut(unittest.TestCase):
    def test_a_write_whose_connection_breaks_is_sent_once(self) -> None:
        """Also on a connection that was in use before, where libcurl would like to try again by itself."""
        with FakeAsana(Reply(body={"data": TASK})) as asana:
            server = Server(api_url=asana.url)
            self.addCleanup(server.stop)
            with SseSession(server.port) as session:
                data_of(session.call(*WRITE))
                for broken in (Reply(raw=b""), Reply(body={"data": TASK}, cut=5)):
                    asana.script(broken)
                    result = session.call(*WRITE)
                    self.assertIs(True, result.get("isError"))
                    self.assertIn("may or may not have been made", text_of(result))
                    self.assertEqual(["POST"], [one.method for one in asana.requests()])


if __name__ == "__main__":
    unittest.main()
