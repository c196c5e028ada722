"""What an operator reads: the log as text and as JSON, ids of requests, the access log, the audit log; and that none
of it holds a secret."""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import signal
import sys
import tempfile
import time
import unittest
import urllib.parse
from pathlib import Path
from typing import Any, Callable, Iterator

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lib import wire  # noqa: E402
from lib.asana import FakeAsana, Reply, Request  # noqa: E402
from lib.browser import query_of  # noqa: E402
from lib.collector import Collector  # noqa: E402
from lib.mcp import ModernClient, RpcError, SseSession, StreamableSession, data_of, message, text_of  # noqa: E402
from lib.server import Server  # noqa: E402
from lib.sign_in import ADA, APPLICATION, BJORN, Client, SignInCase, SignInServer, allow, at_asana  # noqa: E402

ID = "X-Request-Id"
TASK = "1204000000000001"


def until(look: Callable[[], Any], seconds: float = wire.PATIENCE) -> Any:
    """What look() gives as soon as it is something."""
    limit = time.monotonic() + seconds
    while True:
        found = look()
        if found or time.monotonic() > limit:
            if not found:
                raise AssertionError("it did not happen in time")
            return found
        time.sleep(0.01)


def json_lines(text: str) -> list[dict[str, Any]]:
    """Those lines that are objects; what the program prints for people is not."""
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


def pairs(line: str) -> dict[str, str]:
    """Those of a line in the form key=value."""
    found = {}
    for name, quoted, plain in re.findall(r' ([a-z_]+)=(?:("(?:[^"\\]|\\.)*")|(\S*))', line):
        found[name] = json.loads(quoted) if quoted else plain
    return found


class FolderCase(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="asana-mcp-logs-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def serve(self, *arguments: str, script: Any = None, **options: Any) -> tuple[Server, FakeAsana]:
        asana = FakeAsana(script or Reply())
        self.addCleanup(asana.close)
        server = Server(*arguments, api_url=asana.url, **options)
        self.addCleanup(server.stop)
        return server, asana


class Lines(FolderCase):
    def test_json_lines_are_objects_and_carry_the_id_that_the_client_got(self) -> None:
        server, _ = self.serve("--log-format", "json", "--log-level", "debug", "--access-log")
        client = StreamableSession(server.port)
        client.initialize()
        response = client.post(message("tools/call", {"name": "asana_get_task", "arguments": {"task_id": TASK}}, 7))
        asked = response.header(ID)
        self.assertRegex(asked or "", r"^[0-9a-f]{16}$")

        def mine() -> list[dict[str, Any]]:
            return [line for line in json_lines(server.output()) if line.get("request") == asked]

        until(lambda: any(line["event"] == "http.access" for line in mine()))
        by_event = {line["event"]: line for line in mine()}
        self.assertEqual(("ok", "asana_get_task", 200), tuple(by_event["tool.called"][key] for key in ("outcome", "tool", "asana_status")))
        access = by_event["http.access"]
        self.assertEqual(("POST", "/mcp", 200, len(response.body), "127.0.0.1", "asana-mcp tests/1", "streamable"),
                         tuple(access[key] for key in ("method", "path", "status", "bytes", "address", "client", "transport")))
        self.assertIsInstance(access["ms"], int)
        for line in json_lines(server.output()):
            self.assertRegex(line["time"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
            self.assertIn(line["level"], ("error", "warn", "info", "debug"))

    def test_text_lines_say_the_same(self) -> None:
        server, _ = self.serve("--access-log")
        client = StreamableSession(server.port)
        client.initialize()
        response = client.post(message("tools/call", {"name": "asana_get_task", "arguments": {"task_id": TASK}}, 7))
        line = server.wait_for(f"info http.access request={response.header(ID)} .*").group(0)
        told = pairs(line)
        self.assertEqual(("POST", "/mcp", "200", str(len(response.body)), "asana-mcp tests/1"),
                         tuple(told[key] for key in ("method", "path", "status", "bytes", "client")))
        server.wait_for(f"info tool.called request={response.header(ID)} tool=asana_get_task outcome=ok")

    def test_every_answer_has_an_id_of_its_own(self) -> None:
        server, _ = self.serve()
        ids = [wire.request(server.port, method, path).header(ID) for method, path in
               (("GET", "/healthz"), ("GET", "/nowhere"), ("POST", "/healthz"), ("GET", "/mcp"), ("DELETE", "/mcp"))]
        ids.append(wire.request(server.port, "GET", "/", {"Host": "evil.example"}).header(ID))
        ids.append(wire.request(server.port, "POST", "/mcp", body="x" * (2 << 20)).header(ID))
        self.assertNotIn(None, ids)
        self.assertEqual(len(ids), len(set(ids)))

    def test_id_of_a_request_is_taken_from_a_trusted_proxy_alone(self) -> None:
        server, _ = self.serve("--trusted-proxy", "127.0.0.1", "--access-log")
        for given, taken in (("7f3c-AB.12_x", True), ("a" * 64, True), ("a" * 65, False), ("two words", False), ("x\"y", False), ("", False)):
            with self.subTest(given):
                answered = wire.request(server.port, "GET", "/healthz", {ID: given}).header(ID)
                self.assertEqual(taken, answered == given)
        server.wait_for("http.access request=7f3c-AB.12_x method=GET path=/healthz")
        distant, _ = self.serve("--trusted-proxy", "10.1.2.3")
        self.assertNotEqual("7f3c", wire.request(distant.port, "GET", "/healthz", {ID: "7f3c"}).header(ID))
        alone, _ = self.serve()
        self.assertNotEqual("7f3c", wire.request(alone.port, "GET", "/healthz", {ID: "7f3c"}).header(ID))

    def test_failures_name_the_request_to_the_person(self) -> None:
        server, _ = self.serve(script=lambda request: Reply(500, {"errors": [{"message": "oops"}]}, {ID: "asana-77"}))
        client = StreamableSession(server.port)
        client.initialize()
        response = client.post(message("tools/call", {"name": "asana_update_task", "arguments": {"task_id": TASK, "name": "x"}}, 7))
        result = response.json()["result"]
        self.assertTrue(result["isError"])
        self.assertTrue(text_of(result).endswith(f" [request {response.header(ID)}]"), text_of(result))
        server.wait_for(f"tool.called request={response.header(ID)} .* asana_request=asana-77")
        response = client.post(message("resources/read", {"uri": f"asana://task/{TASK}"}, 8))
        self.assertEqual({"request_id": response.header(ID)}, response.json()["error"]["data"])

    def test_call_of_a_stream_keeps_the_id_of_its_post(self) -> None:
        server, _ = self.serve(script=Reply(404, {"errors": [{"message": "no such task"}]}), workers=3)
        with SseSession(server.port) as session:
            for number in range(100, 106):
                response = session.post(message("tools/call", {"name": "asana_get_task", "arguments": {"task_id": TASK}}, number))
                result = session.stream.answer_to(number)["result"]
                self.assertIn(f"[request {response.header(ID)}]", text_of(result))
                server.wait_for(f"tool.called request={response.header(ID)} ")

    def test_calls_at_the_same_time_keep_their_ids_apart(self) -> None:
        server, asana = self.serve(script=lambda request: Reply(404 if request.path.endswith("9") else 200, {"data": {}, "errors": []}), workers=2)
        session = ModernClient(server.port)
        answers = [session.post(session.request("tools/call", {"name": "asana_get_task", "arguments": {"task_id": f"12{n}{9 if n % 2 else 8}"}}))
                   for n in range(20)]
        for n, response in enumerate(answers):
            outcome = "not_found" if n % 2 else "ok"
            server.wait_for(f"tool.called request={response.header(ID)} tool=asana_get_task outcome={outcome} ")

    def refuse(self, server: Server, request: bytes) -> int:
        with wire.Connection(server.port) as connection:
            connection.send(request.replace(b"HOST", b"Host: 127.0.0.1:%d" % server.port))
            return connection.read_head().status

    def refusals(self, server: Server) -> dict[str, int]:
        text = wire.request(server.port, "GET", "/metrics").text()
        return {reason: int(n) for reason, n in re.findall(r'asana_mcp_refusals_total\{reason="(\w+)"\} (\d+)', text)}

    def test_what_the_http_library_refuses_is_counted_and_logged(self) -> None:
        for status, reason, named, request in (
            (431, "too_large", True, b"GET /healthz HTTP/1.1\r\nHOST\r\nX: " + b"x" * 60000 + b"\r\n\r\n"),
            (414, "too_large", False, b"GET /" + b"x" * 60000 + b" HTTP/1.1\r\nHOST\r\n\r\n"),
            (413, "too_large", True, b"POST /mcp HTTP/1.1\r\nHOST\r\nContent-Length: 99999999999999999999999\r\n\r\n"),
            (400, "malformed", True, b"GET /healthz HTTP/1.1\r\n\r\n"),
            (400, "malformed", True, b"GET /healthz HTTP/1.1\r\nHOST\r\nno colon\r\n\r\n"),
            (400, "malformed", False, b"GET /healthz FTP/1.0\r\nHOST\r\n\r\n"),
            (505, "malformed", False, b"GET /healthz HTTP/9.9\r\nHOST\r\n\r\n"),
        ):
            with self.subTest(status=status, request=request[:60]):
                server, _ = self.serve()
                self.assertEqual(status, self.refuse(server, request))
                server.wait_for(f"info http.refused status={status} " + ("address=127.0.0.1" if named else "requests=1"))
                self.assertEqual({reason: 1}, {reason: n for reason, n in self.refusals(server).items() if n})
                server.stop()
                self.assertEqual(1, server.output().count("http.refused"))

    def test_a_request_that_breaks_on_its_way_is_told_with_its_id(self) -> None:
        server, _ = self.serve("--access-log")
        self.assertEqual(400, self.refuse(server, b"POST /mcp HTTP/1.1\r\nHOST\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"))
        id = pairs(server.wait_for("info http.refused request=.* status=400 address=127.0.0.1").group(0))["request"]
        server.wait_for(f"info http.access request={id} method=POST path=/mcp status=400")

    def test_a_flood_of_refused_requests_is_summed_up(self) -> None:
        server, _ = self.serve(workers=1)
        for _ in range(300):
            self.refuse(server, b"GET /healthz HTTP/1.1\r\n\r\n")
        until(lambda: self.refusals(server).get("malformed") == 300)
        server.stop()
        lines = [pairs(line) for line in server.output().splitlines() if "http.refused" in line]
        self.assertEqual(300, sum(int(line.get("requests", 1)) for line in lines))
        self.assertLess(len(lines), 100)

    def test_who_connects_and_leaves_was_not_refused(self) -> None:
        server, _ = self.serve()
        for begun in (b"", b"GET /healthz HTTP/1.1\r\nHost: x\r\n"):
            with wire.Connection(server.port) as connection:
                connection.send(begun)
        self.assertEqual(200, wire.request(server.port, "GET", "/healthz").status)
        self.assertFalse(self.refusals(server).get("malformed"))
        server.stop()
        self.assertNotIn("http.refused", server.output())

    def test_access_log_is_off_unless_asked_for(self) -> None:
        server, _ = self.serve()
        self.assertEqual(200, wire.request(server.port, "GET", "/healthz").status)
        StreamableSession(server.port).call("asana_get_task", {"task_id": TASK})
        server.wait_for("tool.called")
        self.assertNotIn("http.access", server.output())

    def test_stream_is_logged_at_its_end_with_its_bytes(self) -> None:
        server, _ = self.serve("--access-log")
        with SseSession(server.port) as session:
            session.call("asana_get_task", {"task_id": TASK})
            server.wait_for("http.access .*path=/sse/message status=202")
            self.assertNotIn("path=/sse ", server.output())
        told = pairs(server.wait_for("http.access .*path=/sse .*").group(0))
        self.assertEqual(("200", "sse"), (told["status"], told["transport"]))
        self.assertGreater(int(told["bytes"]), 200)

    def test_no_query_and_no_forged_line_in_the_access_log(self) -> None:
        server, _ = self.serve("--access-log")
        wire.request(server.port, "GET", "/sse/message?sessionId=geheim")
        wire.request(server.port, "GET", "/a%0A2026-01-01T00:00:00.000Z%20error%20forged%20x=1")
        told = server.wait_for(r'http.access .*path="/a\\n2026')
        self.assertNotIn("geheim", server.output())
        self.assertFalse([line for line in server.lines if "error forged" in line and "http.access" not in line])
        self.assertTrue(told)

    def test_bytes_that_are_no_text_leave_the_lines_whole(self) -> None:
        server, _ = self.serve("--access-log", "--log-format", "json")
        wire.request(server.port, "GET", "/%ff%fe%22%0d" + "x" * 5000)
        wire.request(server.port, "GET", "/healthz")
        until(lambda: "/healthz" in server.output())
        paths = [line.get("path") for line in json_lines(server.output()) if line["event"] == "http.access"]
        self.assertEqual(2, len(paths))
        cut = [line for line in json_lines(server.output()) if line.get("cut")]
        self.assertEqual(1, len(cut))  # the long path did not fit and is left out

    def test_wrong_words_are_taught(self) -> None:
        for arguments, said in ((("--log-format", "xml"), "expected text or json"),
                                (("--audit-arguments",), "--audit-log"),
                                (("--audit-log", str(self.folder / "no" / "such" / "file")), "cannot be opened")):
            with self.subTest(arguments):
                with self.assertRaises(AssertionError) as failure:
                    Server(*arguments)
                self.assertIn(said, str(failure.exception))


class Audit(FolderCase):
    def setUp(self) -> None:
        super().setUp()
        self.file = self.folder / "audit.log"

    def lines(self, **wanted: Any) -> list[dict[str, Any]]:
        if not self.file.exists():
            return []
        text = self.file.read_text(encoding="utf-8")
        return [line for line in map(json.loads, text.splitlines()) if all(line.get(key) == value for key, value in wanted.items())]

    def line(self, **wanted: Any) -> dict[str, Any]:
        return until(lambda: self.lines(**wanted))[0]

    def audited(self, *arguments: str, **options: Any) -> tuple[Server, FakeAsana]:
        return self.serve("--audit-log", str(self.file), *arguments, **options)

    def test_call_is_told_with_its_objects_and_without_its_arguments(self) -> None:
        server, _ = self.audited(script=lambda request: Reply(200, {"data": {"gid": "77", "name": "x"}}, {ID: "asana-5"}))
        client = StreamableSession(server.port)
        client.initialize()
        response = client.post(message("tools/call", {"name": "asana_update_task", "arguments": {
            "task_id": 1204, "name": "a name that nobody should read", "assignee": "1205"}}, 1))
        line = self.line(event="tool.called")
        self.assertEqual(response.header(ID), line.pop("request"))
        self.assertRegex(line.pop("time"), r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
        self.assertIsInstance(line.pop("ms"), int)
        self.assertEqual({"event": "tool.called", "address": "127.0.0.1", "client_name": "asana-mcp tests/1", "tool": "asana_update_task",
                          "effect": "update", "objects": ["1204", "1205"], "outcome": "ok", "asana_status": 200, "asana_request": "asana-5"}, line)
        client.call("asana_create_task", {"name": "y", "parent": "1201"})
        line = self.line(tool="asana_create_task")
        self.assertEqual((["1201"], "77"), (line["objects"], line["made"]))
        client.call("asana_add_task_followers", {"task_id": "1204", "followers": ["me", "1208", "ann@example.com"]})
        self.assertEqual(["1204", "1208"], self.line(tool="asana_add_task_followers")["objects"])
        text = self.file.read_text(encoding="utf-8")
        for hidden in ("nobody should read", "ann@example.com"):
            self.assertNotIn(hidden, text)
        self.assertEqual(0o640, self.file.stat().st_mode & 0o777 | 0o040)

    def test_outcomes(self) -> None:
        def answer(request: Request) -> Reply:
            status = {"/tasks/404": 404, "/tasks/403": 403, "/tasks/500": 500}.get(request.path, 200)
            return Reply(status, {"errors": [{"message": "no"}]} if status != 200 else {"data": {}})

        server, _ = self.audited("--read-only", "--disable", "asana_get_goals", script=answer)
        client = StreamableSession(server.port)
        client.initialize()
        for task, error, status in (("404", "not_found", 404), ("403", "failed", 403)):
            client.call("asana_get_task", {"task_id": task})
            line = self.line(outcome="error", error=error)
            self.assertEqual((status, [task]), (line["asana_status"], line["objects"]))
        client.call("asana_get_task", {"task_id": "x y"})
        self.assertNotIn("asana_status", self.line(outcome="error", error="arguments"))
        for tool, error in (("asana_delete_task", "hidden"), ("asana_get_goals", "unknown_tool"), ("no_such_tool", "unknown_tool")):
            with self.assertRaises(RpcError):
                client.call(tool, {"task_id": "1"})
            self.assertEqual("refused", self.line(tool=tool)["outcome"])
            self.assertEqual(error, self.line(tool=tool)["error"])

    def test_cancelled_call_is_told(self) -> None:
        server, asana = self.audited(script=Reply(hang=True))
        client = ModernClient(server.port)
        request = client.request("tools/call", {"name": "asana_get_task", "arguments": {"task_id": TASK}})
        connection = wire.Connection(server.port)
        connection.send(wire.request_bytes("POST", "/mcp", client.headers_for(request), json.dumps(request), port=server.port))
        asana.wait_for_requests(1)
        connection.close()
        self.assertEqual([TASK], self.line(outcome="cancelled")["objects"])

    def test_arguments_are_told_when_asked_for_up_to_a_limit(self) -> None:
        server, _ = self.audited("--audit-arguments")
        client = StreamableSession(server.port)
        client.call("asana_update_task", {"task_id": TASK, "notes": "grüße \"x\""})
        self.assertEqual({"task_id": TASK, "notes": "grüße \"x\""}, self.line(event="tool.called")["arguments"])
        client.call("asana_create_task", {"name": "ü" * 30000, "workspace": "1201"})
        told = self.line(tool="asana_create_task")["arguments"]
        self.assertIsInstance(told, str)
        self.assertTrue(told.startswith('{"name":"üüü'))
        self.assertLess(len(told.encode()), 8192)

    def test_many_objects_are_cut(self) -> None:
        server, _ = self.audited()
        StreamableSession(server.port).call("asana_add_task_followers", {"task_id": "1", "followers": [str(n) for n in range(100, 200)]})
        line = self.line(event="tool.called")
        self.assertEqual((64, True), (len(line["objects"]), line["objects_cut"]))

    def test_file_is_opened_again_on_sighup(self) -> None:
        server, _ = self.audited()
        client = StreamableSession(server.port)
        client.call("asana_get_task", {"task_id": "1"})
        self.line(objects=["1"])
        old = self.folder / "audit.log.1"
        self.file.rename(old)
        client.call("asana_get_task", {"task_id": "2"})
        until(lambda: '"2"' in old.read_text(encoding="utf-8"))
        os.kill(server.pid, signal.SIGHUP)
        server.wait_for("audit.reopened")
        client.call("asana_get_task", {"task_id": "3"})
        self.line(objects=["3"])
        self.assertNotIn('"3"', old.read_text(encoding="utf-8"))

    def test_full_disk_is_told_and_does_not_stop_anybody(self) -> None:
        link = self.folder / "link"
        link.symlink_to("/dev/full")
        server, _ = self.serve("--audit-log", str(link))
        client = StreamableSession(server.port)
        for _ in range(3):
            data_of(client.call("asana_get_task", {"task_id": "1"}))
        server.wait_for("error audit.failed file=.* why=\"No space left on device\"")
        self.assertEqual(1, sum("audit.failed" in line for line in server.output().splitlines()))
        until(lambda: "\nasana_mcp_audit_lines_lost_total 3\n" in wire.request(server.port, "GET", "/metrics").text())
        link.unlink()
        link.symlink_to(self.file)
        os.kill(server.pid, signal.SIGHUP)
        server.wait_for("audit.reopened")
        data_of(client.call("asana_get_task", {"task_id": "2"}))
        self.assertEqual(3, self.line(event="audit.lost")["lines"])
        self.line(objects=["2"])
        self.assertIn("\nasana_mcp_audit_lines_lost_total 3\n", wire.request(server.port, "GET", "/metrics").text())

    def test_dash_is_standard_error(self) -> None:
        server, _ = self.serve("--audit-log", "-")
        StreamableSession(server.port).call("asana_get_task", {"task_id": "1"})
        line = json.loads(server.wait_for(r'^\{.*"event":"tool.called".*').group(0))
        self.assertEqual("ok", line["outcome"])

    def test_every_line_of_many_workers_arrives_whole(self) -> None:
        server, _ = self.audited(workers=3)
        sessions = [StreamableSession(server.port) for _ in range(4)]
        for session in sessions:
            session.initialize()
        for number in range(40):
            sessions[number % 4].call("asana_get_task", {"task_id": str(1000 + number)})
        until(lambda: len(self.lines(event="tool.called")) == 40)
        self.assertEqual({str(1000 + n) for n in range(40)}, {line["objects"][0] for line in self.lines()})


def forms_of(secret: str) -> Iterator[str]:
    """As it is, in an address, in JSON, and in base64 wherever it may begin in what was encoded."""
    yield from {secret, urllib.parse.quote(secret, safe=""), urllib.parse.quote_plus(secret), json.dumps(secret)[1:-1]}
    raw = secret.encode()
    for skip in range(3):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            text = encode(b"x" * skip + raw).decode().rstrip("=")
            whole = text[4 if skip else 0 : len(text) - (2 if (skip + len(raw)) % 3 else 0)]
            if len(whole) >= 12:
                yield whole


class SignIns(SignInCase):
    """Everything on, at level debug; who signs in, what they do, and no secret anywhere."""

    log_format = "text"

    @classmethod
    def start_server(cls) -> SignInServer:
        cls.relay = cls.start_relay()
        cls.audit = cls.folder / "audit.log"
        cls.collector = Collector()
        cls.addClassCleanup(cls.collector.close)
        return SignInServer("--otlp-endpoint", cls.collector.url, "--log-level", "debug", "--log-format", cls.log_format, "--access-log", "--audit-log", str(cls.audit),
                            "--audit-arguments", store=cls.folder / "store.db", asana=cls.relay)

    def audited(self, **wanted: Any) -> list[dict[str, Any]]:
        lines = map(json.loads, self.audit.read_text(encoding="utf-8").splitlines())
        return [line for line in lines if all(line.get(key) == value for key, value in wanted.items())]

    def test_error_page_names_its_request(self) -> None:
        response = self.get("/oauth/callback?state=none")
        self.assertGreaterEqual(response.status, 400)
        self.assertIn(f"<code>{response.header(ID)}</code>", response.text())

    def test_sign_in_and_its_end_are_told(self) -> None:
        client, browser = self.client(), self.browser()
        tokens = client.sign_in(browser)
        session = StreamableSession(self.server.port, tokens.headers)
        person = data_of(session.call("asana_get_user", {"user_id": "me"}))["gid"]
        who = {"person": person, "client": client.client_id, "client_name": "Client of a test"}
        made = until(lambda: self.audited(event="grant.made", **who))[0]
        self.assertEqual("read write", made["scopes"])
        self.assertTrue(self.audited(event="client.registered", client=client.client_id))
        self.assertTrue(self.audited(event="sign_in", **who))
        called = until(lambda: self.audited(event="tool.called", **who))[0]
        self.assertEqual((made["grant"], "asana_get_user", "read"), (called["grant"], called["tool"], called["effect"]))
        client.revoke(tokens.refresh)
        ended = until(lambda: self.audited(event="grant.ended", **who))[0]
        self.assertEqual((made["grant"], "the client revoked it"), (ended["grant"], ended["why"]))

    def test_reader_who_wants_to_write_is_told(self) -> None:
        client = self.client()
        tokens = client.sign_in(self.browser(), BJORN, access="read")
        session = StreamableSession(self.server.port, tokens.headers)
        session.initialize()
        response = session.post(message("tools/call", {"name": "asana_delete_task", "arguments": {"task_id": "1"}}, 3))
        self.assertEqual(403, response.status)
        line = until(lambda: self.audited(outcome="refused", client=client.client_id))[0]
        self.assertEqual(("asana_delete_task", "scope", response.header(ID)), (line["tool"], line["error"], line["request"]))

    def test_blocks_of_the_command_line_are_told_in_the_same_file(self) -> None:
        arguments = ("--audit-log", str(self.audit))
        client = self.client()
        tokens = client.sign_in(self.browser())
        self.command("block", "client", client.client_id or "", "--reason", "too curious", *arguments)
        self.assertEqual("too curious", self.audited(event="blocked", id=client.client_id)[0]["reason"])
        self.soon(lambda: self.get("/mcp", tokens.headers).status, 403)
        line = until(lambda: self.audited(event="request.refused", client=client.client_id))[0]
        self.assertEqual(("refused", "blocked"), (line["outcome"], line["error"]))
        self.command("unblock", "client", client.client_id or "", *arguments)
        self.assertTrue(self.audited(event="unblocked", id=client.client_id))
        self.command("revoke", "--person", line["person"], *arguments)
        self.assertTrue(self.audited(event="grant.ended", why="the operator revoked it", person=line["person"]))

    def test_command_that_only_looks_makes_no_file(self) -> None:
        path = self.folder / "looked.log"
        self.command("grants", "--audit-log", str(path))
        self.assertFalse(path.exists())

    def test_what_a_client_makes_up_names_no_span_of_sign_in(self) -> None:
        for line in (b"GET /.well-known/%ff%fe", b"GET /register/made-up", b"\xff\xfe /register"):
            wire.raw(self.server.port, line + b" HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        self.get("/.well-known/oauth-authorization-server")
        self.collector.spans(1, lambda span: span.attributes.get("url.path") == "/.well-known/oauth-authorization-server")
        named = self.collector.spans(2, lambda span: "http.route" in span.attributes)
        self.assertEqual([], [span.name for span in named if "\ufffd" in span.name or "made-up" in span.name])
        self.collector.spans(2, lambda span: span.name == "GET /.well-known/")
        self.collector.spans(1, lambda span: span.name == "GET /register/")

    def test_no_output_holds_a_secret(self) -> None:
        secrets: set[str] = set()
        pages: list[str] = []
        for method, person in (("none", ADA), ("client_secret_post", BJORN), ("client_secret_basic", ADA)):
            client, browser = Client(self.server.url).register(token_endpoint_auth_method=method), self.browser()
            tokens = client.sign_in(browser, person)
            other = Client(self.server.url, "/sse").register()
            session = StreamableSession(self.server.port, tokens.headers)
            session.call("asana_get_user", {"user_id": "me"})
            pages += [text_of(session.call("asana_get_task", {"task_id": "99"})), text_of(session.call("asana_get_task", {"x": 1}))]
            with SseSession(self.server.port, other.sign_in(browser, person).headers) as stream:
                stream.call("asana_list_workspaces")
            renewed = client.tokens(client.refresh(tokens))
            lost = client.code(browser, person)
            pages.append(client.exchange(*lost, code_verifier="y" * 43).text)
            pages.append(client.refresh(tokens.access).text)
            second = client.sign_in(browser, person)
            client.revoke(second.refresh)
            for sent in (second.access, renewed.refresh, lost[0]):
                refused = self.get("/mcp", {"Authorization": f"Bearer {sent}"})
                pages.append(refused.text() + str(refused.headers))
            # In places where a client must not put them.
            self.get(f"/mcp?access_token={renewed.access}&code={lost[0]}")
            self.get(f"/sse/message?sessionId={renewed.access}", {"Authorization": f"Bearer {renewed.access}"})
            under_way = client.attempt(prompt="consent")
            page = browser.get(under_way.url).page
            back = at_asana(browser, allow(browser, page), person)
            secrets |= {query_of(back)["state"], query_of(back)["code"], under_way.state, lost[0], renewed.access}
            wrong = browser.get(back.replace(query_of(back)["state"], "0" * 22))
            pages.append(wrong.text)
            secrets |= client.secrets | other.secrets | {cookie.value for cookie in browser.cookies.values() if not cookie.value.isdigit()}
            secrets |= {text.split("=", 1)[1].split(";")[0] for text in browser.set_cookies}
            secrets |= {page.form.hidden["csrf"], page.form.hidden["flow"]}
        self.assertGreaterEqual(len(self.relay.secrets), 12)
        secrets |= self.relay.secrets | {APPLICATION["ASANA_MCP_CLIENT_SECRET"]}
        secrets = {secret for secret in secrets if len(secret) >= 12}
        self.assertGreater(len(secrets), 40)
        until(lambda: "Client of a test" in self.server.output() and self.audited(event="tool.called"))
        self.collector.spans(1, lambda span: span.name == "GET /oauth/callback")
        self.collector.spans(9, lambda span: span.name.startswith("tools/call"))
        places = {"the log": self.server.output(), "the audit log": self.audit.read_text(encoding="utf-8"), "an answer": "\n".join(pages),
                  "a span": b"".join(self.collector.bodies).decode("utf-8")}
        for secret in secrets:
            for form in forms_of(secret):
                for name, content in places.items():
                    self.assertFalse(form in content, f"{name} holds {form[:6]}… ({len(form)} characters)")


class JsonSignIns(SignIns):
    log_format = "json"

    def test_every_line_is_an_object(self) -> None:
        self.client().sign_in(self.browser())
        logged = [line for line in self.server.output().splitlines() if '"event"' in line]
        self.assertGreater(len(logged), 3)
        for line in logged:
            json.loads(line)


if __name__ == "__main__":
    unittest.main()
