"""HTTP+SSE, the transport of 2024-11-05: one stream of events, and POSTs to the endpoint that it announces."""

from __future__ import annotations

import json
import re
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lib import schema, wire  # noqa: E402
from lib.mcp import SseSession, data_of, initialize_params, message  # noqa: E402
from lib.server import Server, ServerCase  # noqa: E402
from lib.sse import EventStream  # noqa: E402


class Stream(ServerCase):
    def stream(self) -> EventStream:
        made = EventStream(self.server.port)
        self.addCleanup(made.close)
        return made

    def session(self, **options: object) -> SseSession:
        made = SseSession(self.server.port, **options)  # type: ignore[arg-type]
        self.addCleanup(made.close)
        return made

    def test_stream_begins_with_the_endpoint(self) -> None:
        stream = self.stream()
        self.assertEqual("text/event-stream", (stream.head.header("content-type") or "").split(";")[0])
        self.assertIn("no-cache", stream.head.header("cache-control") or "")
        self.assertRegex(stream.endpoint(), r"^/sse/message\?sessionId=[!-~]{20,}$")

    def test_endpoints_differ_and_cannot_be_guessed(self) -> None:
        ids = {re.sub(r"^.*=", "", self.stream().endpoint()) for _ in range(5)}
        self.assertEqual(5, len(ids))
        self.assertTrue(all(len(one) >= 32 for one in ids))

    def test_post_gets_202_and_the_answer_comes_as_message_event(self) -> None:
        session = self.session(start=False)
        response = session.post(message("initialize", initialize_params("2024-11-05"), 1))
        self.assertEqual(202, response.status)
        answer = session.stream.answer_to(1)
        schema.check_answer(answer, revision="2024-11-05", method="initialize")
        self.assertEqual({"endpoint", "message"}, {event.name for event in session.stream.events})

    def test_each_answer_is_one_line_of_data(self) -> None:
        session = self.session()
        session.list_tools()
        for event in session.stream.events:
            self.assertNotIn("\n", event.data)

    def test_calls_one_after_another_and_all_at_once(self) -> None:
        session = self.session()
        self.assertTrue(data_of(session.call("asana_list_workspaces")))
        for number in range(100, 130):
            session.tell(message("tools/call", {"name": "asana_get_user", "arguments": {}}, number))
        for number in range(100, 130):
            answer = session.stream.answer_to(number)
            schema.check_answer(answer, method="tools/call")
            self.assertTrue(data_of(answer["result"])["name"])

    def test_calls_on_one_kept_connection(self) -> None:
        session = self.session()
        with wire.Connection(self.server.port) as connection:
            for number in (7, 8, 9):
                body = json.dumps(message("ping", None, number))
                connection.send(
                    wire.request_bytes(
                        "POST", session.endpoint, {"Content-Type": "application/json"}, body, port=self.server.port
                    )
                )
                self.assertEqual(202, connection.read_response().status)
                self.assertEqual({}, session.stream.answer_to(number)["result"])

    def test_pipelined_posts_are_both_answered(self) -> None:
        session = self.session()
        posts = b"".join(
            wire.request_bytes(
                "POST",
                session.endpoint,
                {"Content-Type": "application/json"},
                json.dumps(message("tools/call", {"name": "asana_get_user", "arguments": {}}, number)),
                port=self.server.port,
            )
            for number in (21, 22, 23)
        )
        with wire.Connection(self.server.port) as connection:
            connection.send(posts)
            self.assertEqual([202, 202, 202], [connection.read_response().status for _ in range(3)])
        for number in (21, 22, 23):
            session.stream.answer_to(number)

    def test_notification_gets_202_and_no_message(self) -> None:
        session = self.session()
        before = len(session.stream.messages())
        session.tell(message("notifications/whatever", {"x": 1}))
        session.rpc("ping")
        self.assertEqual(before + 1, len(session.stream.messages()))

    def test_every_revision_is_spoken_on_this_transport(self) -> None:
        for revision in schema.REVISIONS:
            with self.subTest(revision=revision):
                session = self.session(revision=revision)
                self.assertEqual(revision, session.revision)
                response = session.post(message("ping", None, 5), MCP_Protocol_Version=revision)
                self.assertEqual(202, response.status)
                session.stream.answer_to(5)

    def test_post_to_sse_is_405_and_allows_get(self) -> None:
        response = self.post("/sse")
        self.assertEqual(405, response.status)
        self.assertIn("GET", response.header("allow") or "")

    def test_get_of_the_message_endpoint_is_405_and_allows_post(self) -> None:
        response = wire.request(self.server.port, "GET", self.stream().endpoint())
        self.assertEqual(405, response.status)
        self.assertIn("POST", response.header("allow") or "")

    def test_unknown_session_is_404(self) -> None:
        known = self.stream().endpoint()
        wrong_end = known[:-1] + ("0" if known[-1] != "0" else "1")
        for target in (
            "/sse/message?sessionId=nosuch",
            "/sse/message?sessionId=" + "0" * 34,
            "/sse/message?sessionId=" + "f" * 34,
            "/sse/message?sessionId=" + "a" * 3000,
            wrong_end,
        ):
            with self.subTest(target=target[:80]):
                self.assertEqual(404, self.post(target).status)

    def test_missing_session_is_400(self) -> None:
        for target in ("/sse/message", "/sse/message?sessionId="):
            self.assertEqual(400, self.post(target).status)

    def test_post_for_a_session_whose_stream_is_gone_is_404(self) -> None:
        session = self.session()
        session.close()
        # The server learns of it from the closed socket, at once but on its own thread.
        for _ in range(400):
            if self.post(session.endpoint).status == 404:
                return
        self.fail("the session outlives its stream")

    def test_post_for_a_session_whose_client_was_reset_is_404(self) -> None:
        stream = EventStream(self.server.port, read=False)
        target = stream.endpoint()
        stream.connection.reset()
        for _ in range(400):
            if self.post(target).status == 404:
                return
        self.fail("the session outlives its stream")

    def test_client_that_hangs_up_in_the_middle_of_a_call_harms_nobody(self) -> None:
        for number in range(20):
            session = SseSession(self.server.port)
            session.tell(message("tools/call", {"name": "asana_get_user", "arguments": {}}, number))
            session.close()
        self.assertTrue(data_of(self.session().call("asana_get_user")))

    def test_call_before_initialize_is_refused(self) -> None:
        session = self.session(start=False)
        session.post(message("tools/list", {}, 3))
        self.assertIn("error", session.stream.answer_to(3))

    def test_ping_before_initialize_is_answered(self) -> None:
        session = self.session(start=False)
        session.post(message("ping", None, 3))
        self.assertEqual({}, session.stream.answer_to(3)["result"])

    def post(self, target: str) -> wire.Response:
        body = json.dumps(message("ping", None, 1))
        return wire.request(self.server.port, "POST", target, {"Content-Type": "application/json"}, body)


class End(unittest.TestCase):
    def test_streams_end_when_the_server_stops(self) -> None:
        server = Server(workers=2)
        streams = [EventStream(server.port) for _ in range(8)]
        for stream in streams:
            stream.endpoint()
        server.stop()
        for stream in streams:
            stream.wait_for_end()
            stream.close()


if __name__ == "__main__":
    unittest.main()
