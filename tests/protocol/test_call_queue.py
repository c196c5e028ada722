"""Calls for which there is no place wait their turn: whatever the transport, with bounds, and whoever floods waits for themselves."""

from __future__ import annotations

import json
import signal
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

from lib import metrics, wire  # noqa: E402
from lib.asana import FakeAsana, Reply, Request  # noqa: E402
from lib.mcp import ModernClient, SseSession, StreamableSession, data_of, message  # noqa: E402
from lib.server import Server  # noqa: E402

WORKERS = 3
TOOL = "asana_get_task"
ARGUMENTS = {"task_id": "12"}
CALL = {"name": TOOL, "arguments": ARGUMENTS}


def person(name: str) -> dict[str, str]:
    return {"Authorization": f"Bearer 1/{name}"}


class Later:
    """What a function returns on a thread of its own."""

    def __init__(self, run: Callable[[], Any]):
        self._got: list[Any] = []
        self._run = run
        self._thread = threading.Thread(target=self._keep, daemon=True)
        self._thread.start()

    def _keep(self) -> None:
        try:
            self._got.append(self._run())
        except Exception as error:  # for result()
            self._got.append(error)

    def result(self) -> Any:
        self._thread.join(wire.PATIENCE)
        if not self._got:
            raise AssertionError("no answer came")
        if isinstance(self._got[0], Exception):
            raise self._got[0]
        return self._got[0]


class Queue(unittest.TestCase):
    """One place for all, which Asana keeps taken until the test says so."""

    def setUp(self) -> None:
        self.go_on = threading.Event()
        self.asana = FakeAsana(lambda _: Reply(body={"data": {"gid": "12", "name": "slow"}}, gate=self.go_on))
        self.addCleanup(self.asana.close)
        self.addCleanup(self.go_on.set)
        self.began = 0

    def serve(self, *flags: str, auth: str = "bearer", seconds: int = 600) -> Server:
        token = None if auth == "bearer" else "token-of-all"
        limits = ("--max-calls", "1", "--queue-seconds", str(seconds))  # nobody leaves because time is up, unless that is the test
        self.server = Server("--auth", auth, *limits, *flags, api_url=self.asana.url, token=token, workers=WORKERS)
        self.addCleanup(self.server.stop)
        self.addCleanup(self.go_on.set)
        return self.server

    def post(self, name: str) -> Later:
        client = ModernClient(self.server.port, person(name))
        return Later(lambda: client.post(client.request("tools/call", CALL)))

    def occupy(self) -> Later:
        """A call that has the place when this returns."""
        call = self.post("occupant")
        self.asana.wait_for_requests(1)
        return call

    def occupy_and_wait(self) -> tuple[Later, Later]:
        first, late = self.occupy(), self.post("late")
        self.until_queued(1)
        return first, late

    def queued(self) -> float:
        return metrics.scrape(self.server.port).get("asana_mcp_calls_queued")

    def until_queued(self, count: int) -> None:
        limit = time.monotonic() + wire.PATIENCE
        while self.queued() != count:
            self.assertLess(time.monotonic(), limit, f"{self.queued():.0f} calls wait, not {count}")

    def refused(self, reason: str) -> float:
        return metrics.scrape(self.server.port).get("asana_mcp_refusals_total", reason=reason)

    def too_many(self, response: wire.Response, retry_after: str, said: str) -> None:
        self.assertEqual((429, retry_after), (response.status, response.header("retry-after")))
        error = response.json()["error"]
        self.assertEqual(-32000, error["code"])
        self.assertIn(said, error["message"])

    def test_a_call_that_finds_no_place_waits_on_every_transport(self) -> None:
        port = self.serve().port
        sse, streamable = SseSession(port, person("sse")), StreamableSession(port, person("streamable"))
        old, oldest = StreamableSession(port, person("old"), revision="2025-03-26"), SseSession(port, person("oldest"), revision="2025-03-26")
        self.addCleanup(sse.close)
        self.addCleanup(oldest.close)
        first = self.occupy()
        batch = [message("tools/call", CALL, "a"), message("ping", {}, "p"), message("tools/call", CALL, "b")]
        calls = [Later(lambda client=client: client.call(TOOL, ARGUMENTS)) for client in (sse, streamable)]
        calls.append(Later(lambda: ModernClient(port, person("modern")).rpc("tools/call", CALL)))
        array = Later(lambda: old.post(batch).json())
        oldest.tell(batch)  # is accepted at once, and answered on the stream
        self.until_queued(7)
        self.assertTrue(streamable.list_tools())  # that is no call of Asana's
        self.assertEqual(1, len(self.asana.requests()))
        self.go_on.set()
        self.assertEqual(200, first.result().status)
        for call in calls:
            self.assertEqual("slow", data_of(call.result())["name"])
        self.assertEqual({"a", "b", "p"}, {answer["id"] for answer in array.result() if "result" in answer})
        for id in ("a", "b", "p"):
            self.assertIn("result", oldest.stream.answer_to(id))
        self.assertEqual(8, len(self.asana.requests()))
        self.assertEqual(0, self.queued())
        self.assertEqual(7, metrics.scrape(port).get("asana_mcp_call_queue_seconds_count"))

    def test_who_is_cancelled_or_hangs_up_leaves_at_once_and_never_reaches_asana(self) -> None:
        port = self.serve().port
        sse, streamable = SseSession(port, person("sse")), StreamableSession(port, person("streamable"))
        old, modern = StreamableSession(port, person("old"), revision="2025-03-26"), ModernClient(port, person("modern"))
        self.addCleanup(sse.close)
        first = self.occupy()
        cancelled = [Later(lambda s=session: s.post(message("tools/call", CALL, "c"))) for session in (sse, streamable)]
        request = modern.request("tools/call", CALL)
        requests = [
            ("/mcp", modern.headers_for(request), request),
            ("/mcp", {"Content-Type": "application/json", "Accept": "application/json, text/event-stream", **streamable.headers_now()}, message("tools/call", CALL, "h")),
            ("/mcp", {"Content-Type": "application/json", "Accept": "application/json", **old.headers_now()}, [message("tools/call", CALL, "i"), message("tools/call", CALL, "j")]),
        ]
        open_ones = [wire.Connection(port) for _ in requests]
        for connection, (path, headers, body) in zip(open_ones, requests):
            connection.send(wire.request_bytes("POST", path, headers, json.dumps(body), port=port))
        self.until_queued(6)
        for session in (sse, streamable):
            session.tell(message("notifications/cancelled", {"requestId": "c"}))
        self.assertEqual([202, 202], [call.result().status for call in cancelled])
        self.until_queued(4)
        for connection in open_ones:
            connection.close()
        self.until_queued(0)
        self.go_on.set()
        first.result()
        self.assertEqual("slow", data_of(modern.rpc("tools/call", CALL))["name"])
        self.assertEqual(2, len(self.asana.requests()))

    def test_the_queue_is_bounded_for_each_person_and_in_all(self) -> None:
        port = self.serve("--max-queued-calls", "3", "--max-queued-calls-per-person", "2").port
        first = self.occupy()
        alice = ModernClient(port, person("alice"))
        calls = [self.post("alice") for _ in range(2)]
        self.until_queued(2)
        self.too_many(alice.post(alice.request("tools/call", CALL)), "1", "you have too many calls waiting already")
        calls.append(self.post("bob"))
        self.until_queued(3)
        calls.append(self.post("carol"))  # one of alice's makes room for it
        limit = time.monotonic() + wire.PATIENCE
        while self.refused("queue_full") < 2:
            self.assertLess(time.monotonic(), limit)
        self.assertEqual(3, self.queued())
        self.go_on.set()
        of_alice = sorted((call.result() for call in calls[:2]), key=lambda response: response.status)
        self.assertEqual(200, of_alice[0].status)
        self.too_many(of_alice[1], "1", "too many calls wait already")
        self.assertEqual([200] * 3, [call.result().status for call in (first, *calls[2:])])
        self.assertEqual(0, self.refused("too_many"))

    def test_a_call_that_waits_for_too_long_has_not_begun(self) -> None:
        port = self.serve(seconds=1).port
        first = self.occupy()
        modern, old = ModernClient(port, person("modern")), StreamableSession(port, person("old"), revision="2025-03-26")
        batch = Later(lambda: old.post([message("tools/call", CALL, "a"), message("ping", {}, "p")]).json())
        self.too_many(modern.post(modern.request("tools/call", CALL)), "5", "has not begun")
        answers = {answer["id"]: answer for answer in batch.result()}
        self.assertIn("has not begun", answers["a"]["error"]["message"])
        self.assertEqual({}, answers["p"]["result"])
        self.assertEqual(2, self.refused("queue_timeout"))
        self.assertEqual(0, self.queued())
        self.go_on.set()
        first.result()
        self.assertEqual(1, len(self.asana.requests()))

    def test_a_server_that_stops_lets_those_that_wait_go_in_turn(self) -> None:
        self.serve("--drain-seconds", "20")
        first, late = self.occupy_and_wait()
        self.server.child.send_signal(signal.SIGTERM)
        self.server.wait_for(r"server\.stopping")
        self.go_on.set()
        self.assertEqual([200, 200], [first.result().status, late.result().status])
        self.server.stop(None)

    def test_a_server_that_stops_at_once_says_that_they_have_not_begun(self) -> None:
        self.serve("--drain-seconds", "0")
        first, late = self.occupy_and_wait()
        self.server.child.send_signal(signal.SIGTERM)
        refused = late.result()
        self.assertEqual((503, "1"), (refused.status, refused.header("retry-after")))
        self.assertIn("has not begun: call again", refused.json()["error"]["message"])
        self.assertIn("look first whether it was done", first.result().json()["error"]["message"])
        self.server.stop(None)
        self.assertEqual(1, len(self.asana.requests()))

    def test_without_people_to_tell_apart_all_have_one_line(self) -> None:
        port = self.serve("--max-queued-calls", "2", "--max-queued-calls-per-person", "1", auth="token").port
        sessions = [StreamableSession(port) for _ in range(3)]
        calls = [Later(lambda s=session: s.call(TOOL, ARGUMENTS)) for session in sessions]
        self.until_queued(2)
        late = StreamableSession(port)
        self.too_many(late.post(message("tools/call", CALL, 1)), "1", "too many calls wait already")
        self.go_on.set()
        for call in calls:
            self.assertEqual("slow", data_of(call.result())["name"])


class Fairness(unittest.TestCase):
    """All places are taken by one person, who has many more calls waiting; the others call now and then, each one at a time.

    Asana takes LATENCY for each, and PLACES run at once: so one comes free every LATENCY / PLACES. Who is in turn waits
    for one of each of the OTHERS and of the flood, about LATENCY * (OTHERS + 1) / PLACES at worst; who is in line
    waits for the flood's FLOOD."""

    LATENCY = 0.1
    PLACES = 4
    OTHERS = 6
    CALLS = 8
    FLOOD = 120
    FACTOR = 4

    def setUp(self) -> None:
        self.asana = FakeAsana(self.answer)
        self.addCleanup(self.asana.close)

    def answer(self, _: Request) -> Reply:
        time.sleep(self.LATENCY)  # so long Asana takes
        return Reply(body={"data": {"gid": "12", "name": "a task"}})

    def one(self, port: int, name: str) -> list[float]:
        client, took = ModernClient(port, person(name)), []
        for _ in range(self.CALLS):
            began = time.monotonic()
            self.assertEqual("a task", data_of(client.rpc("tools/call", CALL))["name"])
            took.append(time.monotonic() - began)
        return took

    def p95(self, port: int) -> float:
        """Of all calls of all others together; every one of them is answered."""
        people = [Later(lambda name=f"person-{n}": self.one(port, name)) for n in range(self.OTHERS)]
        took = [seconds for each in people for seconds in each.result()]
        return statistics.quantiles(took, n=20)[-1]

    def test_who_floods_waits_for_themselves(self) -> None:
        server = Server(
            "--auth", "bearer", "--max-calls", str(self.PLACES), "--max-queued-calls-per-person", "1000", api_url=self.asana.url, token=None, workers=WORKERS,
        )
        self.addCleanup(server.stop)
        alone = self.p95(server.port)
        flood = subprocess.Popen(
            [sys.executable, str(TESTS / "lib" / "flood.py"), str(server.port), "1/alice", str(self.FLOOD)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        assert flood.stdout
        self.addCleanup(flood.stdout.close)
        self.assertEqual("flooding\n", flood.stdout.readline())
        limit = time.monotonic() + wire.PATIENCE
        while metrics.scrape(server.port).get("asana_mcp_calls_queued") < self.FLOOD - self.PLACES:
            self.assertLess(time.monotonic(), limit)
        among = self.p95(server.port)
        counts = json.loads(flood.communicate(timeout=wire.PATIENCE)[0])
        self.assertGreater(counts["200"], 0)  # who floods is served, too
        in_line = self.LATENCY * self.FLOOD / self.PLACES
        self.assertGreater(in_line, 2 * self.FACTOR * alone, "the machine is too slow to tell")
        self.assertLess(among, self.FACTOR * alone)


if __name__ == "__main__":
    unittest.main()
