"""Traces: from a client's traceparent through the call to Asana, and out to a collector."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import unittest
from pathlib import Path
from typing import Any, Optional
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lib import wire  # noqa: E402
from lib.asana import FakeAsana, Reply, refused_url  # noqa: E402
from lib.collector import Collector, Span  # noqa: E402
from lib.mcp import ModernClient, RpcError, SseSession, StreamableSession, data_of, message  # noqa: E402
from lib.server import Server, binary, clean_environment  # noqa: E402
from lib.sign_in import Client, SignInCase, SignInServer  # noqa: E402

TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
TRACEPARENT = f"00-{TRACE}-{PARENT}-01"
UNSAMPLED = f"00-{TRACE}-{PARENT}-00"
GET_TASK = {"name": "asana_get_task", "arguments": {"task_id": "1204"}}


class TracingCase(unittest.TestCase):
    def setUp(self) -> None:
        self.collector = Collector()
        self.addCleanup(self.collector.close)
        self.asana = FakeAsana()
        self.addCleanup(self.asana.close)

    def serve(self, *arguments: str, traced: bool = True, stop: bool = True, **options: Any) -> Server:
        flags = ("--otlp-endpoint", self.collector.url) if traced else ()
        server = Server(*flags, *arguments, api_url=self.asana.url, **options)
        if stop:
            self.addCleanup(server.stop)
        return server

    def sent(self, index: int = -1) -> list[str]:
        """The parts of the traceparent that Asana got."""
        return self.asana.requests()[index].headers["traceparent"].split("-")

    def of_trace(self, count: int, trace: str = TRACE) -> dict[str, Span]:
        return {span.name: span for span in self.collector.spans(count, lambda span: span.trace == trace)}

    def post(self, server: Server, headers: Optional[dict[str, str]] = None, **meta: str) -> wire.Response:
        client = ModernClient(server.port)
        request = client.request("tools/call", GET_TASK)
        request["params"]["_meta"].update(meta)
        return wire.request(server.port, "POST", "/mcp", {**client.headers_for(request), **(headers or {})}, json.dumps(request))


class Spans(TracingCase):
    def test_trace_of_the_client_goes_through_to_asana(self) -> None:
        server = self.serve("--log-level", "debug")
        self.asana.script(Reply(200, {"data": {"gid": "1204"}}, {"X-Request-Id": "asana-9"}))
        answered = self.post(server, {"traceparent": TRACEPARENT, "tracestate": "vendor=a,b=c"})
        self.assertEqual(200, answered.status)
        spans = self.of_trace(3)
        http, call, asana = spans["POST /mcp"], spans["tools/call asana_get_task"], spans["GET"]
        self.assertEqual([PARENT, http.id, call.id], [http.parent, call.parent, asana.parent])
        self.assertEqual(["00", TRACE, asana.id, "01"], self.sent())
        self.assertEqual("vendor=a,b=c", self.asana.requests()[0].headers["tracestate"])
        self.assertEqual(["vendor=a,b=c"] * 3, [span.state for span in (http, call, asana)])
        self.assertEqual([2, 2, 3], [http.kind, call.kind, asana.kind])
        self.assertTrue(http.start <= call.start <= asana.start <= asana.end <= call.end <= http.end)
        self.assertLess(abs(http.start / 1e9 - time.time()), 60)
        self.assertEqual([False] * 3, [span.failed for span in (http, call, asana)])
        id = answered.header("X-Request-Id")
        self.assertEqual({"http.request.method": "POST", "http.route": "/mcp", "url.scheme": "http", "url.path": "/mcp", "client.address": "127.0.0.1",
                          "asana_mcp.request_id": id, "http.response.status_code": 200}, http.attributes)
        self.assertEqual({"mcp.method.name": "tools/call", "mcp.protocol.version": "2026-07-28", "jsonrpc.request.id": "1",
                          "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "asana_get_task", "asana_mcp.request_id": id},
                         call.attributes)
        url = self.asana.url + "/tasks/1204"
        self.assertEqual({"http.request.method": "GET", "url.full": url, "server.address": "127.0.0.1", "server.port": urlsplit(url).port,
                          "http.response.status_code": 200, "asana.request_id": "asana-9"}, asana.attributes)
        self.assertEqual("asana-mcp", http.resource["service.name"])
        self.assertEqual(server.pid, http.resource["process.pid"])
        self.assertEqual("/v1/traces", self.collector.requests[0][0])

    def test_place_that_the_message_names_itself_counts_for_its_call(self) -> None:
        server = self.serve()
        other = "1" * 32
        self.post(server, {"traceparent": TRACEPARENT}, traceparent=f"00-{other}-{'2' * 16}-01", tracestate="m=1")
        call = self.of_trace(2, other)["tools/call asana_get_task"]
        self.assertEqual(("2" * 16, "m=1"), (call.parent, call.state))
        self.assertEqual(other, self.sent()[1])
        self.assertEqual({"POST /mcp"}, set(self.of_trace(1)))

    def test_request_without_a_trace_begins_one(self) -> None:
        server = self.serve(workers=2)
        for headers in ({}, {"traceparent": "00-nonsense"}, {"traceparent": f"00-{'0' * 32}-{PARENT}-01"},
                        {"traceparent": f"ff-{TRACE}-{PARENT}-01"}, {"traceparent": TRACEPARENT.upper()}):
            self.post(server, headers)
        roots = self.collector.spans(5, lambda span: span.parent is None)
        self.assertEqual(5, len({span.trace for span in roots}))
        self.assertEqual({"POST /mcp"}, {span.name for span in roots})
        self.collector.spans(15)
        self.assertNotIn(TRACE, {span.trace for span in self.collector.found})

    def test_future_version_is_read_as_far_as_it_is_known(self) -> None:
        server = self.serve()
        self.post(server, {"traceparent": f"cc-{TRACE}-{PARENT}-01-what-comes-later"})
        self.assertEqual(3, len(self.of_trace(3)))

    def test_unsampled_trace_is_passed_on_and_not_recorded(self) -> None:
        server = self.serve()
        self.post(server, {"traceparent": UNSAMPLED, "tracestate": "x=y"})
        self.assertEqual(UNSAMPLED, "-".join(self.sent()))
        self.assertEqual("x=y", self.asana.requests()[-1].headers["tracestate"])
        self.post(server, {"traceparent": f"00-{'3' * 32}-{PARENT}-01"})
        self.assertEqual(3, len(self.of_trace(3, "3" * 32)))
        self.assertEqual(3, len(self.collector.found))

    def test_retries_are_events(self) -> None:
        answers = iter([Reply(503), Reply(429, headers={"Retry-After": "1"}), Reply()])
        self.asana.script(lambda request: next(answers))
        server = self.serve()
        self.post(server, {"traceparent": TRACEPARENT})
        asana = self.of_trace(3)["GET"]
        self.assertEqual([("retry", 503), ("retry", 429)], [(name, told["http.response.status_code"]) for name, told in asana.events])
        self.assertEqual(1000, asana.events[1][1]["pause_ms"])
        self.assertEqual((2, 200, False), (asana.attributes["http.request.resend_count"], asana.attributes["http.response.status_code"], asana.failed))
        self.assertEqual({asana.id}, {request.headers["traceparent"].split("-")[2] for request in self.asana.requests()})

    def test_failures_are_failures(self) -> None:
        self.asana.script(Reply(403, {"errors": [{"message": "no"}]}))
        server = self.serve()
        self.post(server, {"traceparent": TRACEPARENT})
        spans = self.of_trace(3)
        self.assertEqual([True, True, False], [spans[name].failed for name in ("GET", "tools/call asana_get_task", "POST /mcp")])
        self.assertEqual(["403", "tool_error"], [spans[name].attributes["error.type"] for name in ("GET", "tools/call asana_get_task")])
        client = StreamableSession(server.port)
        with self.assertRaises(RpcError):
            client.rpc("tools/call", {"name": "no_such_tool"})
        (refused,) = self.collector.spans(1, lambda span: span.attributes.get("error.type") == "-32602")
        self.assertEqual("tools/call", refused.name)  # what a client writes is no name of ours

    def test_call_that_is_given_up_ends_its_spans(self) -> None:
        self.asana.script(Reply(hang=True))
        server = self.serve()
        client = ModernClient(server.port)
        request = client.request("tools/call", GET_TASK)
        connection = wire.Connection(server.port)
        headers = {**client.headers_for(request), "traceparent": TRACEPARENT}
        connection.send(wire.request_bytes("POST", "/mcp", headers, json.dumps(request), port=server.port))
        self.asana.wait_for_requests(1)
        connection.close()
        spans = self.of_trace(3)
        self.assertEqual(["cancelled", "cancelled"], [spans[name].attributes["error.type"] for name in ("GET", "tools/call asana_get_task")])

    def test_call_over_sse_stands_below_its_post(self) -> None:
        server = self.serve(workers=2)
        with SseSession(server.port) as session:
            response = session.post(message("tools/call", GET_TASK, 77), traceparent=TRACEPARENT)
            self.assertEqual(202, response.status)
            session.stream.answer_to(77)
            spans = self.of_trace(3)
        self.assertEqual(spans["POST /sse/message"].id, spans["tools/call asana_get_task"].parent)
        self.assertEqual(spans["GET"].id, self.sent()[2])
        stream = self.collector.spans(1, lambda span: span.name == "GET /sse")[0]  # at its end
        self.assertEqual(2, stream.kind)

    def test_probes_are_not_recorded_and_no_path_becomes_a_name(self) -> None:
        server = self.serve()
        for path in ("/healthz", "/readyz", "/a/secret?token=x"):
            wire.request(server.port, "GET", path)
        self.post(server, {"traceparent": TRACEPARENT})
        self.of_trace(3)
        names = {span.name for span in self.collector.found}
        self.assertEqual({"GET", "POST /mcp", "tools/call asana_get_task"}, names)
        self.assertNotIn("token=x", str([span.attributes for span in self.collector.found]))

    def test_what_waits_is_sent_when_the_server_stops(self) -> None:
        server = self.serve(stop=False)
        self.post(server, {"traceparent": TRACEPARENT})
        server.stop()
        self.assertEqual(3, len(self.of_trace(3, TRACE)))

    def test_stdio_is_traced_too(self) -> None:
        lines = [message("initialize", {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}, 1),
                 message("notifications/initialized"), message("tools/call", {**GET_TASK, "_meta": {"traceparent": TRACEPARENT}}, 2)]
        done = subprocess.run([binary(), "stdio", "--api-url", self.asana.url, "--otlp-endpoint", self.collector.url],
                              input="".join(json.dumps(line) + "\n" for line in lines), env=clean_environment({"ASANA_ACCESS_TOKEN": "t"}),
                              text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
        self.assertEqual(0, done.returncode, done.stderr)
        spans = self.of_trace(2)
        self.assertEqual(PARENT, spans["tools/call asana_get_task"].parent)
        self.assertEqual(spans["GET"].id, self.sent()[2])


class Off(TracingCase):
    def test_place_is_passed_on_as_it_came(self) -> None:
        server = self.serve(traced=False)
        self.post(server, {"traceparent": TRACEPARENT, "tracestate": "a=b"})
        self.assertEqual((TRACEPARENT, "a=b"), tuple(self.asana.requests()[-1].headers[name] for name in ("traceparent", "tracestate")))
        self.post(server, traceparent=UNSAMPLED)
        self.assertEqual(UNSAMPLED, "-".join(self.sent()))
        self.post(server)
        self.assertNotIn("traceparent", self.asana.requests()[-1].headers)
        self.post(server, {"traceparent": TRACEPARENT, "tracestate": "x" * 600})
        self.assertNotIn("tracestate", self.asana.requests()[-1].headers)
        self.assertEqual([], self.collector.requests)


class Settings(TracingCase):
    def traced(self, server: Server) -> None:
        self.post(server, {"traceparent": TRACEPARENT})
        self.assertEqual(3, len(self.of_trace(3)))

    def test_variables_of_opentelemetry_count(self) -> None:
        secret = "0123456789abcdef-of-the-collector"
        self.traced(self.serve("--log-level", "debug", traced=False, env={
            "OTEL_EXPORTER_OTLP_ENDPOINT": self.collector.url + "/", "OTEL_SERVICE_NAME": "asana at work",
            "OTEL_EXPORTER_OTLP_HEADERS": f"api-key={secret}, x-two=a%20b"}))
        path, headers = self.collector.requests[0]
        self.assertEqual(("/v1/traces", secret, "a b"), (path, headers["api-key"], headers["x-two"]))
        self.assertEqual("asana at work", self.collector.found[0].resource["service.name"])

    def test_address_of_the_traces_is_taken_as_it_is(self) -> None:
        self.traced(self.serve(traced=False, env={"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": self.collector.url + "/in/here",
                                                  "OTEL_EXPORTER_OTLP_ENDPOINT": refused_url()}))
        self.assertEqual("/in/here", self.collector.requests[0][0])

    def test_off_means_off(self) -> None:
        for more in ({"OTEL_SDK_DISABLED": "true"}, {"OTEL_TRACES_EXPORTER": "none"}):
            server = self.serve(traced=False, env={"OTEL_EXPORTER_OTLP_ENDPOINT": self.collector.url, **more})
            self.post(server, {"traceparent": TRACEPARENT})
            self.assertEqual(TRACEPARENT, "-".join(self.sent()))

    def test_sampler_is_for_traces_that_begin_here(self) -> None:
        server = self.serve(env={"OTEL_TRACES_SAMPLER": "parentbased_traceidratio", "OTEL_TRACES_SAMPLER_ARG": "0.25"}, workers=2)
        flags = []
        for _ in range(200):
            self.post(server)
            flags.append(self.sent()[3])
        self.assertTrue(20 < flags.count("01") < 85, flags.count("01"))
        self.traced(server)
        never = self.serve(env={"OTEL_TRACES_SAMPLER": "always_off"})
        self.post(never)
        self.assertEqual("00", self.sent()[3])

    def test_wrong_words_are_taught_and_show_no_secret(self) -> None:
        on = {"OTEL_EXPORTER_OTLP_ENDPOINT": self.collector.url}
        for env, said in (({"OTEL_EXPORTER_OTLP_ENDPOINT": "collector:4318"}, "OTEL_EXPORTER_OTLP_ENDPOINT"),
                          ({**on, "OTEL_TRACES_SAMPLER": "jaeger"}, "parentbased_traceidratio"),
                          ({**on, "OTEL_TRACES_SAMPLER": "traceidratio", "OTEL_TRACES_SAMPLER_ARG": "2"}, "from 0 to 1"),
                          ({**on, "OTEL_EXPORTER_OTLP_HEADERS": "key=hidden%0avalue"}, "percent-encoded"),
                          ({**on, "OTEL_EXPORTER_OTLP_HEADERS": "hidden"}, "percent-encoded")):
            with self.subTest(env):
                with self.assertRaises(AssertionError) as failure:
                    self.serve(traced=False, env=env)
                self.assertIn(said, str(failure.exception))
                self.assertNotIn("hidden", str(failure.exception))


class SigningIn(SignInCase):
    """What a sign-in does at Asana is in the trace of the request that it is done for."""

    @classmethod
    def start_server(cls) -> SignInServer:
        cls.collector = Collector()
        cls.addClassCleanup(cls.collector.close)
        return SignInServer("--otlp-endpoint", cls.collector.url, store=cls.folder / "store.db")

    def at_asana(self, place: str, within: str) -> Span:
        """The request to that place of Asana's that one with such a name waited for."""
        url = self.server.asana_url.replace("/api/1.0", "/-") + place
        (asked,) = self.collector.spans(1, lambda span: span.attributes.get("url.full") == url and span.name == "POST")
        (server,) = self.collector.spans(1, lambda span: span.id == asked.parent)
        self.assertEqual(within, server.name)
        self.assertEqual((3, asked.trace), (asked.kind, server.trace))
        self.assertTrue(server.start <= asked.start <= asked.end)
        self.assertEqual({"http.request.method": "POST", "url.full": url, "server.address": "127.0.0.1", "server.port": urlsplit(url).port,
                          "http.response.status_code": 200}, asked.attributes)
        self.collector.found.remove(asked)
        return asked

    def test_requests_of_a_sign_in_and_what_they_ask_asana(self) -> None:
        client = Client(self.server.url).register()
        self.control(oauth={"token_seconds": 50})  # that is refreshed before it is used
        tokens = client.sign_in(self.browser())
        self.control(oauth={"token_seconds": 3600})
        self.at_asana("/oauth_token", "GET /oauth/callback")
        data_of(StreamableSession(self.server.port, headers=tokens.headers).call("asana_get_user"))
        self.at_asana("/oauth_token", "POST /mcp")
        client.revoke(tokens.refresh)
        self.at_asana("/oauth_revoke", "POST /revoke")
        for name in ("POST /register", "GET /authorize", "GET /oauth/callback", "POST /token", "POST /revoke"):
            for span in self.collector.spans(1, lambda span: span.name == name):
                self.assertEqual((2, name.split()[1]), (span.kind, span.attributes["http.route"]))
        told = b"".join(self.collector.bodies).decode()
        for secret in (tokens.access, tokens.refresh, "client_secret", "code_verifier", "refresh_token"):
            self.assertNotIn(secret, told)


class Trouble(TracingCase):
    """A collector that fails costs spans and nothing else."""

    def test_collector_that_is_not_there(self) -> None:
        server = self.serve("--otlp-endpoint", refused_url().replace("/api/1.0", ""), traced=False)
        client = StreamableSession(server.port)
        for _ in range(3):
            data_of(client.call("asana_get_task", {"task_id": "1"}))
        server.wait_for("warn trace.failed status=0")

    def test_what_it_cannot_take_now_is_sent_again(self) -> None:
        for status in (429, 502, 503, 504):
            with self.subTest(status):
                self.collector.status, trace = status, f"{status}" + "5" * 29
                server = self.serve()
                self.post(server, {"traceparent": f"00-{trace}-{PARENT}-01"})
                server.wait_for(f"warn trace.failed status={status} spans=3 retry_ms=[1-9]")
                self.collector.status = 200
                self.of_trace(3, trace)
                server.wait_for("info trace.recovered")
                counted = wire.request(server.port, "GET", "/metrics").text()
                self.assertIn('asana_mcp_trace_spans_total{outcome="exported"} 3', counted)
                self.assertNotIn('asana_mcp_trace_spans_total{outcome="lost"} 3', counted)

    def test_collector_says_when_to_come_again(self) -> None:
        self.collector.status, self.collector.retry_after = 429, 4
        server = self.serve()
        began = time.monotonic()
        self.post(server, {"traceparent": TRACEPARENT})
        server.wait_for(r"warn trace.failed status=429 spans=3 retry_ms=4\d\d\d")
        self.collector.status = 200
        self.of_trace(3)
        self.assertGreaterEqual(time.monotonic() - began, 4)

    def test_a_refusal_is_for_good(self) -> None:
        for status in (400, 500):
            with self.subTest(status):
                self.collector.status = status
                server = self.serve()
                self.post(server, {"traceparent": TRACEPARENT})
                server.wait_for(f"warn trace.failed status={status} spans=3 retry_ms=0")
                self.assertIn('asana_mcp_trace_spans_total{outcome="lost"} 3', wire.request(server.port, "GET", "/metrics").text())

    def test_stopping_does_not_wait_for_the_next_try(self) -> None:
        self.collector.status, self.collector.retry_after = 503, 50
        server = self.serve(stop=False)
        self.post(server, {"traceparent": TRACEPARENT})
        server.wait_for("warn trace.failed status=503 spans=3")
        self.collector.status = 200
        began = time.monotonic()
        server.stop()
        self.assertLess(time.monotonic() - began, 20)
        self.assertEqual(3, len(self.of_trace(3)))

    def test_collector_that_refuses_and_comes_back(self) -> None:
        self.collector.status = 400
        server = self.serve()
        self.post(server, {"traceparent": TRACEPARENT})
        server.wait_for("warn trace.failed status=400 spans=3")
        self.collector.status = 200
        self.post(server, {"traceparent": f"00-{'5' * 32}-{PARENT}-01"})
        self.of_trace(3, "5" * 32)
        server.wait_for("warn trace.lost spans=3")
        counted = wire.request(server.port, "GET", "/metrics").text()
        for outcome in ("exported", "lost"):
            self.assertIn(f'asana_mcp_trace_spans_total{{outcome="{outcome}"}} 3', counted)

    def test_collector_that_hangs_holds_nobody_up(self) -> None:
        self.collector.hold.clear()
        server = self.serve(stop=False)
        client = ModernClient(server.port)
        with wire.Connection(server.port) as connection:
            for _ in range(1500):  # 2 spans each, more than may wait
                request = client.request("tools/list")
                connection.send(wire.request_bytes("POST", "/mcp", client.headers_for(request), json.dumps(request), port=server.port))
                self.assertEqual(200, connection.read_response().status)
        began = time.monotonic()
        server.stop()
        self.assertLess(time.monotonic() - began, 20)
        self.assertRegex(server.output(), r"trace\.lost spans=\d+")


if __name__ == "__main__":
    unittest.main()
