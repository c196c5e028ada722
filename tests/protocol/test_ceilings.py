"""Ceilings: what is too much is refused in words, and whoever floods slows only themselves."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import threading
import time
import unittest
from pathlib import Path
from typing import Any, Callable

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS))

from lib import wire  # noqa: E402
from lib.asana import FakeAsana, Reply, Request  # noqa: E402
from lib.mcp import ModernClient, SseSession, StreamableSession, data_of, message  # noqa: E402
from lib.server import Server  # noqa: E402

WORKERS = 2
CALL = {"name": "asana_get_task", "arguments": {"task_id": "12"}}
ALICE, BOB = {"Authorization": "Bearer 1/alice"}, {"Authorization": "Bearer 1/bob"}


class Ceilings(unittest.TestCase):
    def setUp(self) -> None:
        self.go_on = threading.Event()
        self.asana = FakeAsana(lambda _: Reply(body={"data": {"gid": "12", "name": "slow"}}, gate=self.go_on))
        self.addCleanup(self.asana.close)
        self.addCleanup(self.go_on.set)
        self.threads: list[threading.Thread] = []

    def serve(self, *flags: str) -> Server:
        server = Server("--auth", "bearer", *flags, api_url=self.asana.url, token=None, workers=WORKERS)
        self.addCleanup(server.stop)
        self.addCleanup(self.end_calls)
        return server

    def end_calls(self) -> None:
        self.go_on.set()
        while self.threads:
            self.threads.pop().join()

    def begin(self, call: Callable[[], Any]) -> None:
        """A call that waits for Asana when this returns."""
        running = len(self.asana.requests())
        self.threads.append(threading.Thread(target=call))
        self.threads[-1].start()
        self.asana.wait_for_requests(running + 1)

    def too_many(self, response: wire.Response, said: str) -> None:
        self.assertEqual((429, "1"), (response.status, response.header("retry-after")))
        error = response.json()["error"]
        self.assertEqual(-32000, error["code"])
        self.assertIn(said, error["message"])

    def test_connections_in_all(self) -> None:
        server = self.serve("--max-connections", "4")
        kept = [wire.Connection(server.port) for _ in range(4)]
        for one in kept:
            one.send(wire.request_bytes("GET", "/healthz", {}, port=server.port))
            self.assertEqual(200, one.read_response().status)
        with wire.Connection(server.port) as late:
            late.send(wire.request_bytes("GET", "/healthz", {}, port=server.port))
            refused = late.read_response()
            self.assertEqual((503, "5", "close"), (refused.status, refused.header("retry-after"), refused.header("connection")))
            self.assertFalse(late.receive())
        server.wait_for(r"connections\.full ceiling=max-connections")
        closed = [wire.Connection(server.port) for _ in range(40)]  # more than can be told
        self.assertTrue(any(not one.receive() for one in closed[-1:]))
        for one in [*closed, *kept]:
            one.close()
        limit = time.monotonic() + wire.PATIENCE
        while True:
            try:
                if wire.request(server.port, "GET", "/healthz").status == 200:
                    return
            except (OSError, wire.Cut):
                pass
            self.assertLess(time.monotonic(), limit)

    def test_a_session_too_many_takes_the_place_of_the_one_that_rested_longest(self) -> None:
        server = Server("--auth", "bearer", "--max-sessions-per-person", "3", api_url=self.asana.url, token=None, workers=1)
        self.addCleanup(server.stop)
        sessions = [StreamableSession(server.port, ALICE) for _ in range(3)]
        other = StreamableSession(server.port, BOB)
        sessions[0].rpc("ping")  # now the second one rested longest
        sessions.append(StreamableSession(server.port, ALICE))
        statuses = [session.post(message("ping", {}, 9)).status for session in sessions]
        self.assertEqual([200, 404, 200, 200], statuses)
        self.assertEqual({}, other.rpc("ping"))

    def test_sessions_with_open_streams_are_not_taken_away(self) -> None:
        server = self.serve("--max-sessions-per-person", "3")
        sessions = [SseSession(server.port, ALICE) for _ in range(3)]
        refused = wire.request(server.port, "GET", "/sse", ALICE)
        self.assertEqual((429, "5"), (refused.status, refused.header("retry-after")))
        refused = wire.request(
            server.port, "POST", "/mcp", {**ALICE, "Content-Type": "application/json", "Accept": "application/json, text/event-stream"},
            json.dumps(message("initialize", {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}, 1)),
        )
        self.assertEqual(429, refused.status)
        with SseSession(server.port, BOB):
            pass
        sessions.pop().close()
        server.wait_for(r"sse\.closed")
        sessions.append(SseSession(server.port, ALICE))
        for session in sessions:
            self.assertEqual({}, session.rpc("ping"))
            session.close()

    def test_calls_of_one_person(self) -> None:
        server = self.serve("--max-calls-per-person", "2")
        sse, streamable, modern = SseSession(server.port, ALICE), StreamableSession(server.port, ALICE), ModernClient(server.port, ALICE)
        self.addCleanup(sse.close)
        old = StreamableSession(server.port, ALICE, revision="2025-03-26")
        for session in (sse, streamable):
            self.begin(lambda session=session: session.call("asana_get_task", {"task_id": "12"}))
        call = message("tools/call", CALL, "late")
        for response in (streamable.post(call), sse.post(call), modern.post(modern.request("tools/call", CALL, "late"))):
            self.too_many(response, "you have too many calls running")
        batch = old.post([call, message("ping", {}, "p")]).json()
        self.assertEqual({"late": -32000, "p": None}, {answer["id"]: answer.get("error", {}).get("code") for answer in batch})
        self.assertTrue(streamable.list_tools())  # that is no call of Asana's
        self.begin(lambda: StreamableSession(server.port, BOB).call("asana_get_task", {"task_id": "12"}))
        self.end_calls()
        for caller in (sse, streamable):
            self.assertEqual("slow", data_of(caller.call("asana_get_task", {"task_id": "12"}))["name"])

    def test_the_last_quarter_of_all_calls_is_for_those_who_have_few(self) -> None:
        server = self.serve("--max-calls", "8", "--max-queued-calls", "0")
        alice, bob = ModernClient(server.port, ALICE), ModernClient(server.port, BOB)
        for _ in range(6):
            self.begin(lambda: alice.rpc("tools/call", CALL))
        self.too_many(alice.post(alice.request("tools/call", CALL)), "this server has too many calls running")
        for _ in range(2):
            self.begin(lambda: bob.rpc("tools/call", CALL))
        self.too_many(bob.post(bob.request("tools/call", CALL)), "this server has too many calls running")
        self.end_calls()
        self.assertEqual("slow", data_of(bob.rpc("tools/call", CALL))["name"])

    def test_a_cancelled_call_gives_its_place_back(self) -> None:
        server = self.serve("--max-calls-per-person", "1")
        modern = ModernClient(server.port, ALICE)
        for n in range(3):
            request = modern.request("tools/call", CALL)
            with wire.Connection(server.port) as connection:
                connection.send(wire.request_bytes("POST", "/mcp", modern.headers_for(request), json.dumps(request), port=server.port))
                self.asana.wait_for_requests(n + 1)
            lines = 0
            while lines <= n:
                lines = sum("request.abandoned" in line for line in server.output().split("\n"))
        self.go_on.set()
        self.assertEqual("slow", data_of(modern.rpc("tools/call", CALL))["name"])

    def test_without_people_to_tell_apart_only_all_calls_count(self) -> None:
        server = Server("--max-calls-per-person", "1", "--max-sessions-per-person", "1", api_url=self.asana.url, workers=1)
        self.addCleanup(server.stop)
        self.addCleanup(self.end_calls)
        sessions = [StreamableSession(server.port) for _ in range(3)]
        for session in sessions:
            self.begin(lambda session=session: session.call("asana_get_task", {"task_id": "12"}))


class Fairness(unittest.TestCase):
    """One person floods with hundreds of calls at once; another one works as always."""

    LATENCY = 0.05
    CALLS = 40
    FACTOR = 2

    def setUp(self) -> None:
        self.asana = FakeAsana(self.answer)
        self.addCleanup(self.asana.close)

    def answer(self, _: Request) -> Reply:
        time.sleep(self.LATENCY)  # so long Asana takes
        return Reply(body={"data": {"gid": "12", "name": "a task"}})

    def median(self, client: ModernClient) -> float:
        took = []
        for _ in range(self.CALLS):
            began = time.monotonic()
            client.rpc("tools/call", CALL)
            took.append(time.monotonic() - began)
        return statistics.median(took)

    def test_who_floods_slows_only_themselves(self) -> None:
        server = Server("--auth", "bearer", api_url=self.asana.url, token=None, workers=WORKERS)
        self.addCleanup(server.stop)
        bob = ModernClient(server.port, BOB)
        alone = self.median(bob)
        flood = subprocess.Popen(
            [sys.executable, str(TESTS / "lib" / "flood.py"), str(server.port), "1/alice", "300"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        assert flood.stdout
        self.assertEqual("flooding\n", flood.stdout.readline())
        self.asana.wait_for_requests(self.CALLS + 200)
        among = self.median(bob)
        counts = json.loads(flood.communicate(timeout=wire.PATIENCE)[0])
        self.assertGreater(counts["429"], 0)
        self.assertEqual({"200", "429"}, set(counts))
        self.assertLess(among, self.FACTOR * alone)


if __name__ == "__main__":
    unittest.main()
