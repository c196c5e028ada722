"""What an operator's monitoring sees: /metrics, where it is served, and what moves it."""

from __future__ import annotations

import re
import sqlite3
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path
from typing import Any, Callable, Mapping

import yaml

sys.path[:0] = [str(Path(__file__).resolve().parents[2]), str(Path(__file__).resolve().parents[1])]

from lib import metrics, wire  # noqa: E402
from lib.asana import FakeAsana, Reply, refused_url  # noqa: E402
from lib.browser import Browser  # noqa: E402
from lib.mcp import ACCEPT, ModernClient, RpcError, SseSession, StreamableSession, message  # noqa: E402
from lib.metrics import BadMetrics, Metrics  # noqa: E402
from lib.server import Server, ServerCase  # noqa: E402
from lib.sign_in import ADA, SignInServer, allow, at_asana, run  # noqa: E402
from lib.sign_in import Client as SignInClient  # noqa: E402
import test_tools_pack  # noqa: E402

PATIENCE = 30.0
JSON = {"Content-Type": "application/json", "Accept": ACCEPT}
CALLS = "asana_mcp_tool_calls_total"
SECONDS = "asana_mcp_tool_call_duration_seconds"
ASANA = "asana_mcp_asana_request_duration_seconds_count"
TASK = {"data": {"gid": "1", "name": "Write", "resource_type": "task"}}


def monitored(*arguments: str, **options: Any) -> tuple[Server, int]:
    """A server with an address for its metrics, and that address' port."""
    server = Server("--metrics-listen", "127.0.0.1:0", *arguments, **options)
    return server, monitor_of(server)


def monitor_of(server: Server) -> int:
    return int(server.wait_for(r"metrics\.ready host=127\.0\.0\.1 port=(\d+)").group(1))


class Reader(unittest.TestCase):
    """The tests' own reader refuses what it should."""

    GOOD = (
        "# HELP a_seconds How long.\n# TYPE a_seconds histogram\n"
        'a_seconds_bucket{x="1\\n\\"\\\\",le="0.5"} 1\na_seconds_bucket{x="1\\n\\"\\\\",le="+Inf"} 2\n'
        'a_seconds_sum{x="1\\n\\"\\\\"} 1.5\na_seconds_count{x="1\\n\\"\\\\"} 2\n'
        "# HELP b_total Things.\n# TYPE b_total counter\nb_total 3\n"
    )

    def test_what_is_right_is_read(self) -> None:
        read = metrics.parse(self.GOOD)
        self.assertEqual(3, read.get("b_total"))
        self.assertEqual(2, read.get("a_seconds_count", x='1\n"\\'))

    def test_what_is_wrong_is_refused(self) -> None:
        for old, new in (
            ("b_total 3\n", "b_total 3"),
            ("b_total 3\n", "b_total -3\n"),
            ("b_total 3\n", "b_total 3\nb_total 3\n"),
            ("b_total 3\n", "c_total 3\n"),
            ("b_total 3\n", 'b_total{a="1",a="2"} 3\n'),
            ("b_total 3\n", 'b_total{a="\\t"} 3\n'),
            ("b_total 3\n", "b_total NaN\n"),
            ("b_total 3\n", "b_total 3 \n"),
            ("# TYPE b_total counter\n", ""),
            ("# HELP b_total Things.\n", ""),
            ("b_total", "b"),
            ('le="+Inf"} 2', 'le="+Inf"} 0'),
            ('le="+Inf"} 2', 'le="0.7"} 2'),
            ("_count{x=\"1\\n\\\"\\\\\"} 2", "_count{x=\"1\\n\\\"\\\\\"} 1"),
            ("a_seconds_sum{", "a_seconds_total{"),
        ):
            with self.subTest(new=new), self.assertRaises(BadMetrics):
                changed = self.GOOD.replace(old, new)
                self.assertNotEqual(self.GOOD, changed)
                metrics.parse(changed)


class Where(unittest.TestCase):
    def serve(self, *arguments: str, **options: Any) -> Server:
        server = Server(*arguments, **options)
        self.addCleanup(server.stop)
        return server

    def test_a_server_that_only_this_machine_reaches_has_them_on_its_own_address(self) -> None:
        for arguments in ((), ("--public-url", "http://localhost:8000")):
            server = self.serve(*arguments)
            self.assertEqual(1, metrics.scrape(server.port).get("asana_mcp_ready"))
            foreign = metrics.fetch(server.port, {"Host": "rebound.example.com"})
            self.assertEqual(403, foreign.status)
            self.assertEqual(405, wire.request(server.port, "DELETE", "/metrics").status)

    def test_a_hosted_one_shows_them_to_nobody_there(self) -> None:
        server = self.serve("--auth", "bearer", "--public-url", "https://mcp.example.com", api_url=refused_url(), token=None)
        for headers in ({}, {"Authorization": "Bearer 1/2:3"}, {"Host": "mcp.example.com"}):
            answer = metrics.fetch(server.port, headers)
            self.assertEqual(404, answer.status)
            self.assertNotIn(b"asana_mcp_", answer.body)
        self.assertIn("--metrics-listen", metrics.fetch(server.port).text())

    def test_an_address_of_their_own_serves_nothing_else(self) -> None:
        server, port = monitored()
        self.addCleanup(server.stop)
        self.assertEqual(404, metrics.fetch(server.port).status)
        self.assertEqual(200, metrics.fetch(port, {"Host": "node-7.monitoring"}).status)
        for path in ("/healthz", "/readyz"):
            for asked in (port, server.port):
                self.assertEqual("ok\n", wire.request(asked, "GET", path).text())
        head = wire.request(port, "HEAD", "/metrics")
        self.assertEqual((200, b""), (head.status, head.body))
        for method, path, status in (("POST", "/metrics", 405), ("GET", "/", 404), ("GET", "/mcp", 404), ("POST", "/mcp", 404)):
            self.assertEqual(status, wire.request(port, method, path, JSON, None if method == "GET" else "{}").status)

    def test_openmetrics_for_who_asks_for_it(self) -> None:
        server, port = monitored()
        self.addCleanup(server.stop)
        asks = "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.2"
        answer = metrics.fetch(port, {"Accept": asks})
        self.assertEqual(metrics.OPEN, answer.header("content-type"))
        spoken = metrics.parse(answer.text(), open_metrics=True)
        self.assertEqual("counter", spoken.families["asana_mcp_tool_calls"].kind)
        plain = metrics.scrape(port)
        self.assertEqual(
            {name.removesuffix("_total") for name in plain.families}, {name.removesuffix("_total") for name in spoken.families}
        )

    def test_what_the_process_is(self) -> None:
        before = time.time()
        server, port = monitored(workers=3)
        self.addCleanup(server.stop)
        seen = metrics.scrape(port)
        self.assertLess(abs(seen.get("process_start_time_seconds") - before), 60)
        status = Path(f"/proc/{server.pid}/status").read_text()
        resident = 1024 * int(status.split("VmRSS:")[1].split()[0])
        self.assertLess(abs(seen.get("process_resident_memory_bytes") - resident), resident / 2)
        self.assertGreater(seen.get("process_virtual_memory_bytes"), seen.get("process_resident_memory_bytes"))
        self.assertGreater(seen.get("process_cpu_seconds_total"), 0)
        self.assertLess(10, seen.get("process_open_fds"))
        self.assertLess(seen.get("process_open_fds"), seen.get("process_max_fds"))
        self.assertEqual(1, seen.get("asana_mcp_build_info"))
        self.assertEqual(seen.get("process_start_time_seconds"), metrics.scrape(port).get("process_start_time_seconds"))
        lag = seen.families["asana_mcp_event_loop_lag_seconds"]
        self.assertEqual({"0", "1", "2"}, {dict(labels)["worker"] for _, labels in lag.samples})


class MonitoredCase(ServerCase):
    """A server before an Asana that does what a test says; each test looks at what has changed since it began."""

    asana: FakeAsana
    monitor: int

    @classmethod
    def start_server(cls) -> Server:
        cls.asana = FakeAsana(Reply(body=TASK))
        server, cls.monitor = monitored(api_url=cls.asana.url, workers=2)
        return server

    @classmethod
    def tearDownClass(cls) -> None:
        super().tearDownClass()
        cls.asana.close()

    def setUp(self) -> None:
        self.asana.script(Reply(body=TASK))
        self.before = metrics.scrape(self.monitor)

    def moved(self, name: str, **labels: str) -> float:
        return metrics.scrape(self.monitor).get(name, **labels) - self.before.get(name, **labels)

    def soon(self, wanted: float, name: str, **labels: str) -> None:
        """What is counted on the way out may be counted a moment after the answer."""
        limit = time.monotonic() + PATIENCE
        while (found := self.moved(name, **labels)) != wanted:
            if time.monotonic() > limit:
                self.fail(f"{name}{labels} moved by {found}, expected {wanted}")

    def soon_is(self, wanted: Callable[[Metrics], bool]) -> Metrics:
        limit = time.monotonic() + PATIENCE
        while not wanted(seen := metrics.scrape(self.monitor)):
            if time.monotonic() > limit:
                self.fail("it did not come to that")
        return seen


class Counting(MonitoredCase):
    def test_calls_by_tool_and_end(self) -> None:
        session = StreamableSession(self.server.port)
        replies: list[tuple[Reply, Mapping[str, Any], str]] = [
            (Reply(body=TASK), {"task_id": "1"}, "ok"),
            (Reply(status=403, body={"errors": [{"message": "no"}]}), {"task_id": "1"}, "tool_error"),
            (Reply(status=404, body={"errors": [{"message": "no"}]}), {"task_id": "1"}, "not_found"),
            (Reply(body=TASK), {"task_id": "1", "nonsense": 1}, "invalid"),
        ]
        for reply, arguments, outcome in replies:
            with self.subTest(outcome=outcome):
                self.asana.script(reply)
                session.call("asana_get_task", arguments)
                self.soon(1, CALLS, tool="asana_get_task", outcome=outcome)
        self.soon(4, CALLS, tool="asana_get_task")
        self.assertEqual(1, self.moved(SECONDS + "_count", tool="asana_get_task", status="ok"))
        self.assertEqual(3, self.moved(SECONDS + "_count", tool="asana_get_task", status="error"))
        self.assertEqual(4, self.moved("asana_mcp_requests_total", method="tools/call", outcome="ok"))
        for status, count in (("2xx", 1), ("4xx", 2), ("5xx", 0)):
            self.assertEqual(count, self.moved(ASANA, method="GET", status=status))

    def test_what_never_ran_is_refused(self) -> None:
        session = StreamableSession(self.server.port)
        for name in ("asana_nonsense", 'a"\\\n', ""):
            with self.assertRaises(RpcError):
                session.call(name)
        self.soon(3, CALLS, tool="unknown", outcome="refused")
        self.assertEqual(3, self.moved("asana_mcp_requests_total", method="tools/call", outcome="error"))
        with self.assertRaises(RpcError):
            session.rpc("no/such/method")
        self.soon(1, "asana_mcp_requests_total", method="unknown", outcome="error")

    def test_a_cancelled_call(self) -> None:
        self.asana.script(Reply(hang=True))
        session = SseSession(self.server.port)
        session.tell(message("tools/call", {"name": "asana_get_task", "arguments": {"task_id": "1"}}, "slow"))
        self.soon(1, "asana_mcp_asana_requests_in_flight")
        session.tell(message("notifications/cancelled", {"requestId": "slow"}))
        self.soon(1, CALLS, tool="asana_get_task", outcome="cancelled")
        self.soon(0, "asana_mcp_asana_requests_in_flight")
        self.assertEqual(1, self.moved("asana_mcp_requests_total", method="tools/call", outcome="cancelled"))
        self.assertEqual(0, self.moved(SECONDS + "_count"))
        session.stream.close()

    def test_time_is_the_time_that_it_took(self) -> None:
        gate = threading.Event()
        self.asana.script(Reply(body=TASK, gate=gate))
        session = StreamableSession(self.server.port)
        caller = threading.Thread(target=session.call, args=("asana_get_task", {"task_id": "1"}))
        began = time.monotonic()
        caller.start()
        self.soon(1, "asana_mcp_asana_requests_in_flight")
        while time.monotonic() - began < 0.3:
            metrics.scrape(self.monitor)
        gate.set()
        caller.join()
        took = time.monotonic() - began
        for name in (SECONDS, "asana_mcp_asana_request_duration_seconds"):
            self.soon(1, name + "_count")
            self.assertTrue(0.1 < self.moved(name + "_sum") < took + 0.01, f"{self.moved(name + '_sum')} of {took}")
            self.assertEqual(0, self.moved(name + "_bucket", le="0.1"))

    def test_sessions_and_requests_by_transport_and_revision(self) -> None:
        sessions = "asana_mcp_sessions"
        streamable = [StreamableSession(self.server.port, revision="2025-06-18") for _ in range(3)]
        sse = [SseSession(self.server.port, revision="2024-11-05") for _ in range(2)]
        raw = SseSession(self.server.port, start=False)  # open, but not initialized
        self.soon(3, sessions, transport="streamable", revision="2025-06-18")
        self.soon(2, sessions, transport="sse", revision="2024-11-05")
        self.assertEqual(5, self.moved(sessions))
        self.soon(3, "asana_mcp_open_streams")
        for session in (*streamable, *sse):
            session.rpc("logging/setLevel", {"level": "error"})  # changes the peer, not the count
            session.rpc("ping")
        ModernClient(self.server.port).rpc("server/discover")
        requests = "asana_mcp_transport_requests_total"
        self.soon(6, requests, transport="streamable", revision="2025-06-18")
        self.soon(4, requests, transport="sse", revision="2024-11-05")
        self.soon(1, requests, transport="modern", revision="2026-07-28")
        self.assertEqual(5, self.moved(sessions))
        wire.request(self.server.port, "DELETE", "/mcp", streamable[0].headers_now())
        for session in (*sse, raw):
            session.stream.close()
        self.soon(2, sessions)
        self.soon(0, "asana_mcp_open_streams")

    def test_connections(self) -> None:
        before = self.before.get("asana_mcp_connections")
        kept = [wire.Connection(self.server.port) for _ in range(5)]
        for connection in kept:
            connection.send(wire.request_bytes("GET", "/healthz", {}, port=self.server.port))
            connection.read_response()
        self.soon_is(lambda seen: seen.get("asana_mcp_connections") >= before + 4)
        for connection in kept:
            connection.close()
        self.soon_is(lambda seen: seen.get("asana_mcp_connections") <= 2)

    def test_refusals_by_reason(self) -> None:
        port = self.server.port
        for reason, make in (
            ("host", lambda: wire.request(port, "GET", "/sse", {"Host": "evil.example.com"})),
            ("origin", lambda: wire.request(port, "POST", "/mcp", {**JSON, "Origin": "https://evil.example.com"}, "{}")),
            ("malformed", lambda: wire.request(port, "POST", "/mcp", JSON, "{")),
            ("not_found", lambda: wire.request(port, "GET", "/nosuch")),
            ("method", lambda: wire.request(port, "PUT", "/mcp", JSON, "{}")),
            ("too_large", lambda: wire.request(port, "POST", "/mcp", JSON, b"x" * ((1 << 20) + 1))),
        ):
            with self.subTest(reason=reason):
                self.before = metrics.scrape(self.monitor)
                answer = make()
                self.soon(1, "asana_mcp_refusals_total", reason=reason)
                self.assertEqual(1, self.moved("asana_mcp_refusals_total"))
                self.assertGreaterEqual(answer.status, 400)
                self.soon(1, "asana_mcp_http_requests_total", status="4xx")

    def test_requests_that_are_sent_again(self) -> None:
        session = StreamableSession(self.server.port)
        for reason, status, first in (
            ("rate_limit", "429", Reply(status=429, body={"errors": []}, headers={"Retry-After": "0"})),
            ("fault", "5xx", Reply(status=503, body=b"")),
            ("fault", "broken", Reply(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")),
        ):
            with self.subTest(status=status):
                self.before = metrics.scrape(self.monitor)
                replies = [first]
                self.asana.script(lambda _: replies.pop() if replies else Reply(body=TASK))
                session.call("asana_get_task", {"task_id": "1"})
                self.soon(1, "asana_mcp_asana_retries_total", reason=reason)
                self.assertEqual(1, self.moved(ASANA, status=status))
                self.assertEqual(1, self.moved(ASANA, status="2xx"))
                self.soon(1, CALLS, outcome="ok")

    def test_the_line_for_asanas_limits(self) -> None:
        gate = threading.Event()
        self.asana.script(Reply(body=TASK, gate=gate))
        session = SseSession(self.server.port)
        for number in range(60):
            session.tell(message("tools/call", {"name": "asana_get_task", "arguments": {"task_id": "1"}}, number))
        self.soon(10, "asana_mcp_asana_queued", line="read")
        self.assertEqual(50, self.moved("asana_mcp_asana_requests_in_flight"))
        session.tell(message("notifications/cancelled", {"requestId": 59}))
        self.soon(9, "asana_mcp_asana_queued")
        gate.set()
        self.soon(59, CALLS, outcome="ok")
        self.soon(0, "asana_mcp_asana_queued")
        self.assertEqual(10, self.moved("asana_mcp_asana_queue_seconds_count", line="read"))
        self.assertEqual(0, self.moved("asana_mcp_asana_queue_seconds_count", line="write"))
        session.stream.close()

    def test_hostile_names_make_no_series(self) -> None:
        session = StreamableSession(self.server.port)
        port = self.server.port

        def attack(number: int) -> None:
            for make in (
                lambda: session.call(f"tool_{number}"),
                lambda: session.rpc(f"method/{number}"),
                lambda: session.rpc("tools/call", {"name": number}),
                lambda: session.rpc("resources/read", {"uri": f"asana://nonsense/{number}"}),
            ):
                with self.assertRaises(RpcError):
                    make()
            for method, path, headers in (
                (f"METHOD{number}", "/mcp", {}),
                ("GET", f"/path/{number}", {}),
                ("GET", "/", {"Host": f"host-{number}.example.com"}),
                ("POST", "/mcp", {"Origin": f"https://{number}.example.com"}),
                ("POST", "/mcp", {**JSON, "MCP-Protocol-Version": f"2099-01-{number}"}),
            ):
                wire.request(port, method, path, headers, "{}" if method == "POST" else None)

        attack(0)
        series = set(metrics.scrape(self.monitor).series())
        size = len(metrics.fetch(self.monitor).body)
        for number in range(1, 40):
            attack(number)
        seen = metrics.scrape(self.monitor)
        self.assertEqual(set(), set(seen.series()) - series)
        self.assertLess(len(metrics.fetch(self.monitor).body), size + 2000)
        self.assertEqual(80, self.moved(CALLS, tool="unknown", outcome="refused"))


class Unreachable(unittest.TestCase):
    def test_an_asana_that_is_not_there(self) -> None:
        server, port = monitored(api_url=refused_url())
        self.addCleanup(server.stop)
        StreamableSession(server.port).call("asana_get_task", {"task_id": "1"})
        seen = metrics.scrape(port)
        self.assertEqual(4, seen.get(ASANA, status="unreachable"))
        self.assertEqual(3, seen.get("asana_mcp_asana_retries_total", reason="fault"))
        self.assertEqual(1, seen.get(CALLS, outcome="tool_error"))


class SigningIn(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.store = Path(folder.name) / "store.db"
        self.server = SignInServer("--metrics-listen", "127.0.0.1:0", store=self.store)
        self.addCleanup(self.server.stop)
        self.monitor = monitor_of(self.server)

    def get(self, name: str, **labels: str) -> float:
        return metrics.scrape(self.monitor).get(name, **labels)

    def test_sign_ins_tokens_and_steps_of_the_store(self) -> None:
        client = SignInClient(self.server.url)
        tokens = client.sign_in()
        self.assertEqual(1, self.get("asana_mcp_sign_ins_total"))
        self.assertEqual(1, self.get("asana_mcp_sign_ins_total", outcome="ok"))
        granted = "asana_mcp_token_requests_total"
        self.assertEqual(1, self.get(granted, grant="authorization_code", outcome="ok"))
        client.refresh(tokens)
        self.assertEqual(1, self.get(granted, grant="refresh_token", outcome="ok"))
        client.refresh("nonsense")
        client.post("/token", grant_type="nonsense")
        self.assertEqual(1, self.get(granted, grant="refresh_token", outcome="refused"))
        self.assertEqual(1, self.get(granted, grant="unknown", outcome="refused"))
        client.revoke("nonsense")
        self.assertEqual(4, self.get(granted))
        steps = "asana_mcp_store_step_duration_seconds"
        self.assertGreater(self.get(steps + "_count", outcome="done"), 5)
        self.assertGreater(self.get(steps + "_sum", outcome="done"), 0)
        refused = wire.request(self.server.port, "POST", "/mcp", JSON, "{}")
        self.assertEqual(401, refused.status)
        self.assertEqual(1, self.get("asana_mcp_refusals_total", reason="credentials"))

    def test_a_person_who_declines(self) -> None:
        client = SignInClient(self.server.url).register()
        browser = Browser(self.server.url)
        attempt = client.attempt()
        answer = allow(browser, browser.get(attempt.url).page)
        back = at_asana(browser, answer, ADA, decision="deny")
        self.assertEqual("access_denied", client.arrival(attempt, browser.get(back))["error"])
        self.assertEqual(1, self.get("asana_mcp_sign_ins_total", outcome="denied"))
        self.assertEqual(1, self.get("asana_mcp_sign_ins_total"))

    def test_who_may_not(self) -> None:
        client = SignInClient(self.server.url)
        tokens = client.sign_in(access="read")
        session = StreamableSession(self.server.port, headers=tokens.headers)
        call = message("tools/call", {"name": "asana_create_task", "arguments": {"name": "x"}}, 1)
        self.assertEqual(403, session.post(call).status)
        self.assertEqual(1, self.get("asana_mcp_refusals_total", reason="scope"))
        run("block", "client", str(client.client_id), "--store", f"sqlite:{self.store}")
        limit = time.monotonic() + PATIENCE
        while self.get("asana_mcp_refusals_total", reason="blocked") == 0:
            session.post(message("ping", None, 2))
            self.assertLess(time.monotonic(), limit)
        browser = Browser(self.server.url)
        answer = allow(browser, browser.get(client.attempt().url).page)
        self.assertEqual(403, browser.get(at_asana(browser, answer)).status)
        self.assertEqual(1, self.get("asana_mcp_sign_ins_total", outcome="blocked"))

    def test_refreshes_at_asana(self) -> None:
        server = SignInServer("--metrics-listen", "127.0.0.1:0", "--token-seconds", "30", store=self.store.with_name("other.db"))
        self.addCleanup(server.stop)
        tokens = SignInClient(server.url).sign_in()
        StreamableSession(server.port, headers=tokens.headers).call("asana_list_workspaces")
        seen = metrics.scrape(monitor_of(server))
        refreshed = seen.get("asana_mcp_asana_token_refreshes_total", outcome="ok")
        self.assertGreaterEqual(refreshed, 1)
        self.assertEqual(refreshed, seen.get("asana_mcp_asana_token_refreshes_total"))

    def test_readyz_says_that_the_store_does_not_answer(self) -> None:
        port = self.server.port
        with sqlite3.connect(self.store) as database:
            tables = [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            for table in tables:
                database.execute(f"ALTER TABLE {table} RENAME TO {table}_away")
        self.until("degraded")
        answer = wire.request(port, "GET", "/readyz", {"Host": "any.example.com"})
        self.assertEqual(200, answer.status)  # people whose sign-ins are known go on
        self.assertIn("store: it does not answer", answer.text())
        self.assertNotIn(str(self.store), answer.text())
        self.assertEqual(1, self.get("asana_mcp_ready"))
        self.assertGreater(self.get("asana_mcp_store_step_duration_seconds_count", outcome="down"), 0)
        self.assertEqual(200, wire.request(port, "GET", "/healthz").status)
        with sqlite3.connect(self.store) as database:
            for table in tables:
                database.execute(f"ALTER TABLE {table}_away RENAME TO {table}")
        self.until("ok")

    def until(self, said: str) -> None:
        """Until the worker with the monitoring's address says so, and the others do."""
        limit = time.monotonic() + PATIENCE
        in_a_row = 0
        while in_a_row < 20:
            both = {wire.request(port, "GET", "/readyz").text().split("\n")[0] for port in (self.monitor, self.server.port)}
            in_a_row = in_a_row + 1 if both == {said} else 0
            if time.monotonic() > limit:
                self.fail(f"/readyz says {both}, expected {said}")


class Alerts(unittest.TestCase):
    """runtime/deploy/prometheus-alerts.yml speaks of metrics, labels and values that there are."""

    FUNCTIONS = {"sum", "by", "rate", "histogram_quantile"}

    def test_every_alert_is_about_what_is_served(self) -> None:
        root = Path(__file__).resolve().parents[2]
        table = (root / "runtime/metrics/table.c").read_text(encoding="utf-8")
        rules = yaml.safe_load((root / "runtime/deploy/prometheus-alerts.yml").read_text(encoding="utf-8"))
        server, port = monitored()
        self.addCleanup(server.stop)
        families = metrics.scrape(port).families
        names = {name + suffix for name, family in families.items() for suffix in metrics.SUFFIXES[family.kind]} | {"up"}
        labels = set(re.findall(r'LABEL\("(\w+)"', table)) | {"instance", "job", "le", "worker"}
        (group,) = rules["groups"]
        seen = [rule["alert"] for rule in group["rules"]]
        self.assertEqual(sorted(set(seen)), sorted(seen))
        for rule in group["rules"]:
            with self.subTest(alert=rule["alert"]):
                self.assertEqual({"alert", "expr", "for", "labels", "annotations"}, set(rule))
                self.assertRegex(rule["for"], r"^\d+m$")
                self.assertIn(rule["labels"]["severity"], ("page", "ticket"))
                self.assertEqual({"summary", "description"}, set(rule["annotations"]))
                for label, values in re.findall(r'(\w+)=~?"([^"]+)"', rule["expr"]):
                    self.assertIn(label, labels)
                    for value in [] if label == "job" else values.split("|"):
                        self.assertIn(f'"{value}"', table)
                bare = re.sub(r"\{[^}]*\}|\[\w+\]|\bby \([^)]*\)", " ", rule["expr"])
                words = set(re.findall(r"[a-zA-Z_]\w*", bare)) - self.FUNCTIONS
                self.assertTrue(words)
                self.assertEqual(set(), words - names)
                self.assertEqual(rule["expr"].count("("), rule["expr"].count(")"))
                for label in re.findall(r"\$labels\.(\w+)", str(rule["annotations"])):
                    self.assertIn(label, labels)


class PackedTools(unittest.TestCase):
    def test_tools_of_a_file_are_counted_by_name(self) -> None:
        with tempfile.TemporaryDirectory() as folder, FakeAsana(Reply(body={"data": {"gid": "12"}})) as asana:
            file = Path(folder) / "further.pack"
            file.write_text(test_tools_pack.ToolsPack.text("acme_get_tag"), encoding="utf-8")
            server, port = monitored("--tools-pack", str(file), api_url=asana.url)
            self.addCleanup(server.stop)
            StreamableSession(server.port).call("acme_get_tag", {"tag_id": "12"})
            self.assertEqual(1, metrics.scrape(port).get(CALLS, tool="acme_get_tag", outcome="ok"))


if __name__ == "__main__":
    unittest.main()
