"""SIGHUP: settings are read again while the server serves; sessions stay, a bad file changes nothing."""

from __future__ import annotations

import json
import secrets
import signal
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path
from typing import Any, Callable

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lib import wire  # noqa: E402
from lib.asana import FakeAsana, Reply, Request  # noqa: E402
from lib.collector import Collector  # noqa: E402
from lib.mcp import ModernClient, SseSession, StreamableSession, data_of, message  # noqa: E402
from lib.server import Process, Server  # noqa: E402
from lib.sign_in import MANY, SignInCase, SignInServer  # noqa: E402

CHANGED = "notifications/tools/list_changed"
WORKERS = 3


class Reload(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = Path(folder.name) / "settings.ini"
        self.asana = FakeAsana(Reply(body={"data": {"gid": "12", "name": "a task"}}))
        self.addCleanup(self.asana.close)

    def serve(self, settings: str, *flags: str) -> Server:
        self.file.write_text(settings, encoding="utf-8")
        server = Server("--config", str(self.file), *flags, api_url=self.asana.url, workers=WORKERS)
        self.addCleanup(server.stop)
        return server

    def reload(self, server: Process, settings: str, said: str = r"settings\.reloaded") -> str:
        """What the log says of it; workers take it a moment later."""
        self.file.write_text(settings, encoding="utf-8")
        return reload(server, said)

    def soon(self, look: Callable[[], Any]) -> None:
        """Each worker takes it for itself, and each connection may meet another one."""
        limit = time.monotonic() + wire.PATIENCE
        in_a_row = 0
        while in_a_row < 4 * WORKERS:
            in_a_row = in_a_row + 1 if look() else 0
            if time.monotonic() > limit:
                raise AssertionError("it is not so")

    def names(self, server: Server) -> set[str]:
        return {tool["name"] for tool in StreamableSession(server.port).list_tools()}

    def test_tools_change_under_open_sessions_which_hear_of_it(self) -> None:
        server = self.serve("log_level = info\n")
        sse, streamable, modern = SseSession(server.port), StreamableSession(server.port), ModernClient(server.port)
        self.addCleanup(sse.close)
        listening = streamable.listen()
        self.addCleanup(listening.close)
        listening.wait(lambda _: listening.places)
        subscription = modern.stream(modern.request("subscriptions/listen", {"notifications": {"toolsListChanged": True}}))
        self.addCleanup(subscription.close)
        subscription.notification("notifications/subscriptions/acknowledged")
        self.reload(server, "read_only = yes\n[tool asana_get_task]\ndescription = Ours.\n")
        for stream in (sse.stream, listening, subscription):
            stream.notification(CHANGED)
        for lists in (sse.list_tools(), streamable.list_tools(), modern.rpc("tools/list")["tools"]):
            tools = {tool["name"]: tool for tool in lists}
            self.assertNotIn("asana_create_task", tools)
            self.assertEqual("Ours.", tools["asana_get_task"]["description"])
        self.assertEqual("a task", data_of(sse.call("asana_get_task", {"task_id": "12"}))["name"])
        self.assertNotIn("asana_create_task", wire.request(server.port, "GET", "/").text())

    def test_nobody_is_told_when_the_tools_are_as_they_were(self) -> None:
        server = self.serve("")
        sse = SseSession(server.port)
        self.addCleanup(sse.close)
        self.reload(server, "confirm = never\nallow_origin = https://a.example\n")
        self.reload(server, "disable = asana_get_task\n")
        sse.stream.notification(CHANGED)
        told = [m for m in sse.stream.messages() if m.get("method") == CHANGED]
        self.assertEqual(1, len(told))

    def test_what_can_change_does(self) -> None:
        server = self.serve("deadline_seconds = 1\n")

        def may_come(origin: str) -> bool:
            return wire.request(server.port, "GET", "/", {"Origin": origin}).status == 200

        self.assertFalse(may_come("https://a.example"))
        self.reload(server, "allow_origin = https://a.example\nlog_level = debug\ntoolsets = goals\ndeadline_seconds = 60\n")
        self.soon(lambda: may_come("https://a.example"))
        self.assertIn("asana_get_goal", self.names(server))
        self.assertNotIn("asana_get_task", self.names(server))
        listening = StreamableSession(server.port).listen()
        self.addCleanup(listening.close)
        server.wait_for(r" debug listener\.opened")
        self.reload(server, "")
        self.soon(lambda: not may_come("https://a.example") and "asana_get_task" in self.names(server))

    def test_log_changes_its_form_and_its_level(self) -> None:
        server = self.serve("")
        self.reload(server, "log_format = json\nlog_level = debug\naccess_log = yes\n", r'"event":"settings\.reloaded"')
        self.soon(lambda: wire.request(server.port, "GET", "/healthz").status == 200)
        server.wait_for(r'"event":"http\.access"')
        self.assertNotIn("needs_restart", server.output())

    def test_audit_log_comes_goes_and_moves(self) -> None:
        one, two = self.file.with_name("one.log"), self.file.with_name("two.log")
        server = self.serve("")
        session = StreamableSession(server.port)

        def call(number: str) -> None:
            self.assertEqual("a task", data_of(session.call("asana_get_task", {"task_id": number}))["name"])

        def lines(path: Path) -> list[dict[str, Any]]:
            return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]

        call("1")
        self.reload(server, f"audit_log = {one}\n")
        call("2")
        self.reload(server, f"audit_log = {two}\naudit_arguments = yes\n")
        call("3")
        wrong = f"audit_log = {self.file.with_name('no')}/such.log\n"
        self.assertIn("error", self.reload(server, wrong, r"settings\.not_reloaded.*such\.log cannot be opened"))
        call("4")
        self.reload(server, "")
        call("5")
        server.stop()
        self.assertEqual([["2"]], [line["objects"] for line in lines(one)])
        self.assertNotIn("arguments", lines(one)[0])
        self.assertEqual([["3"], ["4"]], [line["objects"] for line in lines(two)])
        self.assertEqual({"task_id": "3"}, lines(two)[0]["arguments"])
        self.assertNotIn("needs_restart", server.output())

    def test_traces_come_go_and_move(self) -> None:
        one, two = Collector(), Collector()
        self.addCleanup(one.close)
        self.addCleanup(two.close)
        server = self.serve("")
        client = ModernClient(server.port)

        def trace(sampled: bool = True) -> str:
            """The number of one that Asana was asked under; "" for none."""
            head = {"traceparent": f"00-{secrets.token_hex(16)}-{'1' * 16}-01"} if sampled else {}
            request = client.request("tools/call", {"name": "asana_get_task", "arguments": {"task_id": "1"}})
            wire.request(server.port, "POST", "/mcp", {**client.headers_for(request), **head}, json.dumps(request))
            return self.asana.requests()[-1].headers.get("traceparent", "")

        def arrives(collector: Collector) -> bool:
            number = trace().split("-")[1]
            try:
                return bool(collector.spans(3, lambda span: span.trace == number, seconds=3))
            except AssertionError:
                return False

        self.reload(server, f"otlp_endpoint = {one.url}\notlp_headers = api-key=first-secret\n")
        self.soon(lambda: "-".join(trace().split("-")[2:]) not in ("", f"{'1' * 16}-01"))
        self.assertTrue(arrives(one))
        self.assertEqual("first-secret", one.requests[-1][1]["api-key"])
        self.reload(server, f"otlp_endpoint = {two.url}\notlp_headers = api-key=second-secret\notlp_sample = 0\n")
        self.soon(lambda: trace(False).endswith("-00"))
        self.assertTrue(arrives(two))
        self.assertEqual("second-secret", two.requests[-1][1]["api-key"])
        self.reload(server, f"otlp_endpoint = {two.url}\notlp_headers = hidden\n", r"settings\.not_reloaded.*otlp_headers")
        self.reload(server, f"otlp_endpoint = {two.url}\notlp_sample = 2\n", r"settings\.not_reloaded.*otlp_sample.*from 0 to 1")
        self.assertTrue(arrives(two))
        self.reload(server, "")
        self.soon(lambda: trace(False) == "")
        server.stop()
        for word in ("needs_restart", "first-secret", "second-secret", "hidden"):
            self.assertNotIn(word, server.output())

    def test_what_cannot_is_named(self) -> None:
        server = self.serve("")
        self.reload(server, "ca_file = /etc/hosts\ndisable = asana_get_task\n", r"settings\.needs_restart.*setting=ca-file")
        self.soon(lambda: "asana_get_task" not in self.names(server))  # the rest counts

    def test_a_bad_file_changes_nothing_and_says_why(self) -> None:
        server = self.serve("disable = asana_get_task\n")
        for bad, why in (
            ("toolsets = goals\nno_such_key = 1\n", r":2: .*no_such_key"),
            ("toolsets = nonsense\n", "no toolset is called"),
            ("[tool asana_get_tusk]\nhidden = yes\n", "asana_get_tusk"),
            ("auth = oauth\n", "--client-id"),
        ):
            self.assertIn("error", self.reload(server, bad, rf"settings\.not_reloaded.*{why}"))
            names = self.names(server)
            self.assertIn("asana_create_task", names)
            self.assertNotIn("asana_get_task", names)
        self.file.unlink()
        reload(server, r"settings\.not_reloaded.*settings\.ini")
        self.reload(server, "")
        self.soon(lambda: "asana_get_task" in self.names(server))

    def test_without_a_file_the_signal_does_no_harm(self) -> None:
        server = Server(api_url=self.asana.url, workers=1)
        self.addCleanup(server.stop)
        reload(server)
        self.assertIn("asana_get_task", self.names(server))

    def test_calls_go_on_while_settings_come_and_go(self) -> None:
        go_on = threading.Event()
        self.addCleanup(go_on.set)
        asked = threading.Event()

        def slow(_: Request) -> Reply:
            asked.set()
            return Reply(body={"data": {"gid": "12", "name": "late"}}, gate=go_on)

        server = self.serve("[tool asana_get_task]\nfields = name\n")
        self.asana.script(slow)
        answers: list[Any] = []
        session = StreamableSession(server.port)
        caller = threading.Thread(target=lambda: answers.append(session.call("asana_get_task", {"task_id": "12"})))
        caller.start()
        self.assertTrue(asked.wait(wire.PATIENCE))
        for turn in range(10):
            self.reload(server, f"[tool asana_get_task]\nfields = name\ndescription = Number {turn}.\n")
        self.reload(server, "disable = asana_get_task\n")
        go_on.set()
        caller.join()
        self.assertEqual("late", data_of(answers[0])["name"])


class ReloadWithSignIn(SignInCase):
    @classmethod
    def start_server(cls) -> SignInServer:
        return SignInServer(store=cls.folder / "store.db", settings="", workers=WORKERS)

    def reload(self, settings: str) -> None:
        self.server.store.with_suffix(".ini").write_text(settings, encoding="utf-8")
        reload(self.server)

    def tearDown(self) -> None:
        self.reload("")

    def test_a_blocked_person_is_out_and_back(self) -> None:
        headers = self.client().sign_in().headers
        session = StreamableSession(self.server.port, headers)
        ping = message("ping", None, 9)
        stream = session.listen()
        self.addCleanup(stream.close)
        stream.wait(lambda _: stream.places)
        person = data_of(session.call("asana_get_user", {"user_id": "me"}))["gid"]
        self.reload(f"block_person = {person}\n")
        self.soon(lambda: {session.post(ping).status for _ in range(MANY)}, {403})
        stream.wait_for_end()
        self.reload("")
        self.soon(lambda: {wire.request(self.server.port, "PUT", "/mcp", headers).status for _ in range(MANY)}, {405})

    def test_clients_and_redirects_come_and_go(self) -> None:
        client = self.client()
        client.redirect_uri = "https://new.example/back"

        self.assertEqual(400, client.ask_to_register().status)
        self.reload("allow_redirect = known\nallow_redirect = https://new.example/back\n")
        self.soon(lambda: client.ask_to_register().status, 201)
        self.reload("")
        self.soon(lambda: client.ask_to_register().status, 400)

    def test_an_assistant_of_the_settings_appears(self) -> None:
        target = "/authorize?client_id=ours&redirect_uri=https%3A%2F%2Fa.example%2Fback&response_type=code" \
                 "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256&state=1"
        self.assertEqual(400, self.get(target).status)
        self.reload("[client Ours]\nid = ours\nredirect_uri = https://a.example/back\n")
        self.soon(lambda: self.get(target).status, 200)
        self.reload("")
        self.soon(lambda: self.get(target).status, 400)


def reload(server: Process, said: str = r"settings\.reloaded") -> str:
    """Sends the signal and waits for what it makes the log say anew."""
    before = len(server.lines)
    server.child.send_signal(signal.SIGHUP)
    return server.wait_for(said, after=before).string


if __name__ == "__main__":
    unittest.main()
