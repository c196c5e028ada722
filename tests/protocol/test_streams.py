"""Streams of legacy sessions: answers that become streams, and GET streams for what the server says by itself."""

from __future__ import annotations

import json
import sys
import unittest
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lib import schema, wire  # noqa: E402
from lib.mcp import ModernClient, SseSession, StreamableSession, message  # noqa: E402
from lib.server import Server, ServerCase, fixtures  # noqa: E402
from lib.sse import EventStream  # noqa: E402

STREAMS = 32  # LIMIT_SESSION_STREAMS
STREAMABLE = schema.REVISIONS[1:]


def progress(id: Any) -> dict[str, Any]:
    return message("tools/call", {"name": "test_tool_with_progress", "_meta": {"progressToken": f"token of {id}"}}, id)


class TalkingCase(ServerCase):
    @classmethod
    def start_server(cls) -> Server:
        return Server("--sandbox", workers=4, program=fixtures())

    def listen(self, session: StreamableSession) -> EventStream:
        stream = session.listen()
        self.addCleanup(stream.close)
        return stream


class Answers(TalkingCase):
    def check(self, messages: list[Any], id: Any, revision: str) -> None:
        *before, answer = messages
        self.assertEqual([0, 50, 100], [one["params"]["progress"] for one in before])
        for one in before:
            self.assertEqual(f"token of {id}", one["params"]["progressToken"])
            schema.check_message(one, revision=revision)
        self.assertEqual(id, answer["id"])
        schema.check_answer(answer, revision=revision, method="tools/call")

    def test_what_is_said_before_the_answer_makes_a_stream(self) -> None:
        for revision in STREAMABLE:
            with self.subTest(revision=revision):
                session = StreamableSession(self.server.port, revision=revision)
                stream = session.stream(progress(77))
                stream.wait_for_end()
                self.check(stream.messages(), 77, revision)
                ids = [event.id for event in stream.events]
                self.assertEqual(4, len(set(ids)))
                # Clients of older revisions stumble over events without data.
                self.assertEqual(1 if revision == schema.LATEST else 0, len(stream.places))
                self.assertFalse(set(stream.places) & set(ids))

    def test_without_such_words_it_is_json(self) -> None:
        session = StreamableSession(self.server.port)
        for body in (message("tools/call", {"name": "test_tool_with_progress"}, 5), message("ping", None, 6)):
            self.assertEqual("application/json", session.post(body).header("content-type"))

    def test_only_clients_that_take_events_get_a_stream(self) -> None:
        session = StreamableSession(self.server.port)
        for accept, kind in (
            ("application/json", "application/json"),
            ("application/json, text/html", "application/json"),
            ("text/event-stream-not", "application/json"),
            ("xtext/event-stream", "application/json"),
            ("", "application/json"),
            ("text/event-stream", "text/event-stream"),
            ("*/*", "text/event-stream"),
            ("text/*", "text/event-stream"),
            ("application/json;q=1.0 , TEXT/Event-Stream ; q=0.5", "text/event-stream"),
            ("application/json,text/event-stream;charset=utf-8", "text/event-stream"),
        ):
            with self.subTest(accept=accept):
                response = session.post(progress(1), Accept=accept)
                self.assertEqual((200, kind), (response.status, response.header("content-type")))
                self.assertIn(b"executed successfully", response.body)

    def test_many_at_once_keep_apart(self) -> None:
        session = StreamableSession(self.server.port)
        streams = [session.stream(progress(number)) for number in range(20)]
        for number, stream in enumerate(streams):
            stream.wait_for_end()
            self.check(stream.messages(), number, schema.LATEST)
        self.assertEqual(20 * 4, len({event.id for stream in streams for event in stream.events}))

    def test_on_http_sse_everything_goes_out_on_the_one_stream_in_order(self) -> None:
        for revision in schema.REVISIONS:
            with self.subTest(revision=revision), SseSession(self.server.port, revision=revision) as session:
                for id in range(100, 108):  # fresh connections reach all workers
                    session.tell(progress(id))
                for id in range(100, 108):
                    session.stream.answer_to(id)
                said = session.stream.messages()
                for id in range(100, 108):
                    mine = [one for one in said if one.get("id") == id or f"token of {id}" in json.dumps(one)]
                    self.check(mine, id, revision)

    def test_a_stream_that_is_cancelled_ends_without_an_answer(self) -> None:
        session = StreamableSession(self.server.port, capabilities={"elicitation": {}})
        for id in (40, "forty", 41, 42):
            call = message("tools/call", {"name": "test_elicitation", "arguments": {"message": "Well?"}}, id)
            stream = session.stream(call)
            stream.notification("elicitation/create")
            session.tell(message("notifications/cancelled", {"requestId": id}))
            stream.wait_for_end()
            self.assertEqual(1, len(stream.messages()))
        self.assertEqual({}, session.rpc("ping"))


class Listening(TalkingCase):
    def status(self, session: StreamableSession, method: str = "GET", **extra: str) -> int:
        headers = {"Accept": "text/event-stream", **session.headers_now(**extra)}
        headers = {name: value for name, value in headers.items() if value != "none"}
        with wire.Connection(self.server.port) as connection:
            connection.send(wire.request_bytes(method, "/mcp", headers, port=self.server.port))
            return connection.read_head().status

    def test_several_streams_are_open_at_once(self) -> None:
        for revision in STREAMABLE:
            session = StreamableSession(self.server.port, revision=revision)
            streams = [self.listen(session) for _ in range(6)]
            if revision == schema.LATEST:
                for stream in streams:
                    stream.wait(lambda _: stream.places)
                self.assertEqual(6, len({stream.places[0] for stream in streams}))
            self.assertEqual({}, session.rpc("ping"))
            for stream in streams:
                self.assertFalse(stream.ended)
                self.assertEqual([], stream.events)

    def test_what_cannot_listen_is_refused(self) -> None:
        session = StreamableSession(self.server.port)
        self.assertEqual(406, self.status(session, Accept="application/json"))
        self.assertEqual(404, self.status(session, Mcp_Session_Id="0" * 34))
        self.assertEqual(404, self.status(session, Mcp_Session_Id="f" * 34))
        self.assertEqual(404, self.status(session, Mcp_Session_Id="short"))
        self.assertEqual(405, self.status(session, Mcp_Session_Id="none"))
        self.assertEqual(405, self.status(session, MCP_Protocol_Version="1999-01-01"))
        for malformed in ("x", "-", "1-", "-1", "1-1-1", "1" * 17 + "-1", "1-" + "1" * 9, "A-1", "1-1 ", "0x1-1"):
            with self.subTest(malformed=malformed):
                self.assertIn(self.status(session, Last_Event_ID=malformed), (400, 404))
        self.assertEqual(200, self.status(session))
        head = f"GET /mcp HTTP/1.1\r\nHost: 127.0.0.1:{self.server.port}\r\nMcp-Session-Id: {session.session_id}\r\n"
        twice = f"{head}Last-Event-ID: 1-1\r\nLast-Event-ID: 1-2\r\n\r\n"
        with wire.Connection(self.server.port) as connection:
            connection.send(twice.encode())
            self.assertEqual(400, connection.read_head().status)

    def test_delete_ends_the_streams(self) -> None:
        for _ in range(4):
            session = StreamableSession(self.server.port)
            streams = [self.listen(session) for _ in range(4)]
            self.assertEqual(204, self.status(session, "DELETE"))
            for stream in streams:
                stream.wait_for_end()
            self.assertEqual(404, self.status(session))

    def test_streams_have_a_ceiling_and_leave_room_when_they_end(self) -> None:
        session = StreamableSession(self.server.port)
        streams = [self.listen(session) for _ in range(STREAMS)]
        for stream in streams:
            stream.wait(lambda _: stream.places)
        self.assertEqual(503, self.status(session))
        streams[3].close()
        for _ in range(400):  # the server learns of it at once, but on its own thread
            if self.status(session) == 200:
                return
        self.fail("a closed stream still counts")

    def test_nobody_listens_to_another_callers_session(self) -> None:
        server = self.own_server(lambda: Server("--sandbox", "--auth", "bearer", workers=4, program=fixtures()))
        ada = StreamableSession(server.port, {"Authorization": "Bearer sandbox-token-ada"})
        headers = ada.headers_now(Authorization="Bearer sandbox-token-ben", Accept="text/event-stream")
        for _ in range(6):
            self.assertEqual(404, wire.request(server.port, "GET", "/mcp", headers).status)
            self.assertEqual(404, wire.request(server.port, "DELETE", "/mcp", headers).status)
        self.assertEqual({}, ada.rpc("ping"))

    def test_streams_end_when_the_server_stops(self) -> None:
        server = Server("--sandbox", workers=4, program=fixtures())
        session = StreamableSession(server.port, capabilities={"elicitation": {}})
        call = message("tools/call", {"name": "test_elicitation", "arguments": {"message": "Well?"}}, 1)
        streams = [session.listen() for _ in range(8)] + [session.stream(call)]
        streams[-1].notification("elicitation/create")
        server.stop()
        for stream in streams:
            stream.wait_for_end()
            stream.close()


CHANGED = "notifications/tools/list_changed"


class Announcements(TalkingCase):
    """What the server says by itself reaches every client once, wherever it listens."""

    def change(self) -> None:
        """Makes the server say that the list of tools has changed."""
        StreamableSession(self.server.port).call("test_trigger_tool_change")

    def heard(self, stream: EventStream) -> int:
        for one in stream.messages():
            if "method" in one:
                schema.check_message(one)
        return [one.get("method") for one in stream.messages()].count(CHANGED)

    def test_every_session_and_subscription_hears_it(self) -> None:
        sessions = [StreamableSession(self.server.port) for _ in range(12)]
        streams = [self.listen(session) for session in sessions]
        for stream in streams:
            stream.wait(lambda _: stream.places)
        old = [SseSession(self.server.port, revision=revision) for revision in schema.REVISIONS for _ in range(3)]
        client = ModernClient(self.server.port)
        for _ in range(6):
            request = client.request("subscriptions/listen", {"notifications": {"toolsListChanged": True}})
            streams.append(client.stream(request))
            self.addCleanup(streams[-1].close)
            streams[-1].wait(lambda events: events)
        self.change()
        for stream in streams + [session.stream for session in old]:
            stream.notification(CHANGED)
        for stream in streams[:12]:
            self.assertEqual(1, self.heard(stream))
        for session in old:
            self.assertEqual(1, self.heard(session.stream))
            session.close()

    def test_only_one_of_a_sessions_streams_says_it(self) -> None:
        session = StreamableSession(self.server.port)
        streams = [self.listen(session) for _ in range(5)]
        for stream in streams:
            stream.wait(lambda _: stream.places)
        for count in range(1, 4):
            self.change()
            probe = StreamableSession(self.server.port)  # hears of it as late as the others
            self.assertEqual({}, probe.rpc("ping"))
            for _ in range(400):
                if sum(self.heard(stream) for stream in streams) >= count:
                    break
                probe.rpc("ping")
            self.assertEqual(count, sum(self.heard(stream) for stream in streams))

    def test_it_waits_for_a_session_that_does_not_listen(self) -> None:
        for again in (False, True):
            session = StreamableSession(self.server.port)
            last = None
            if again:
                first = session.listen()
                first.wait(lambda _: first.places)
                first.close()
                # The server has noticed when the stream can be opened anew under its name.
                last = first.places[0]
            self.change()
            stream = session.listen(last)
            self.addCleanup(stream.close)
            stream.notification(CHANGED)
            self.assertEqual(1, self.heard(stream))

    def test_who_is_not_initialized_hears_nothing(self) -> None:
        stream = EventStream(self.server.port)
        self.addCleanup(stream.close)
        stream.endpoint()
        with SseSession(self.server.port) as session:
            self.change()
            session.stream.notification(CHANGED)
        self.assertEqual(1, len(stream.events))

    def test_a_changed_task_is_told_to_who_watches_it_and_silence_is_no_end(self) -> None:
        session = StreamableSession(self.server.port)
        stream = self.listen(session)
        old = SseSession(self.server.port)
        self.addCleanup(old.close)
        workspace = json.loads(session.call("asana_list_workspaces")["content"][0]["text"])["data"][0]["gid"]
        task = json.loads(
            session.call("asana_create_task", {"name": "Watched", "workspace": workspace, "assignee": "me"})["content"][0]["text"]
        )["data"]["gid"]
        uri = f"asana://task/{task}"
        client = ModernClient(self.server.port)
        request = client.request("subscriptions/listen", {"notifications": {"resourceSubscriptions": [uri]}})
        modern = client.stream(request)
        self.addCleanup(modern.close)
        modern.wait(lambda events: events)
        for legacy in (session, old):
            self.assertEqual({}, legacy.rpc("resources/subscribe", {"uri": uri}))
        session.call("asana_update_task", {"task_id": task, "name": "Changed"})
        for one in (stream, old.stream, modern):
            told = one.notification("notifications/resources/updated")
            self.assertEqual(uri, told["params"]["uri"])
        schema.check_message(told, revision=schema.MODERN)
        for legacy in (session, old):
            self.assertEqual({}, legacy.rpc("resources/unsubscribe", {"uri": uri}))
        # Streams that are silent for some time show that they live.
        for one in (stream, old.stream, modern):
            one.wait(lambda _: one.comments)


if __name__ == "__main__":
    unittest.main()
