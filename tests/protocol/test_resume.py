"""Clients that come back: a stream goes on where its client left it, at whichever worker that is."""

from __future__ import annotations

import sys
import unittest
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lib import schema, wire  # noqa: E402
from lib.mcp import StreamableSession, message  # noqa: E402
from lib.server import Server, ServerCase, fixtures  # noqa: E402
from lib.sse import EventStream  # noqa: E402

ROUNDS = 8  # fresh connections: all workers get some
CAN = {"elicitation": {}}


def question(id: Any) -> dict[str, Any]:
    """A call that says how far it is, asks the person, and waits."""
    return message(
        "tools/call",
        {"name": "test_elicitation", "arguments": {"message": f"Who are you, {id}?"}, "_meta": {"progressToken": id}},
        id,
    )


class Resume(ServerCase):
    @classmethod
    def start_server(cls) -> Server:
        return Server("--sandbox", "--drain-seconds", "0", workers=4, program=fixtures())

    def session(self, revision: str = schema.LATEST) -> StreamableSession:
        return StreamableSession(self.server.port, revision=revision, capabilities=CAN)

    def resume(self, session: StreamableSession, last: str) -> EventStream:
        stream = session.listen(last)
        self.addCleanup(stream.close)
        return stream

    def status(self, session: StreamableSession, last: str) -> int:
        headers = session.headers_now(Accept="text/event-stream", Last_Event_ID=last)
        with wire.Connection(self.server.port) as connection:
            connection.send(wire.request_bytes("GET", "/mcp", headers, port=self.server.port))
            return connection.read_head().status

    def answer(self, session: StreamableSession, asked: Any, name: str) -> None:
        content = {"username": name}
        session.tell({"jsonrpc": "2.0", "id": asked["id"], "result": {"action": "accept", "content": content}})

    def left(self, session: StreamableSession, id: Any) -> tuple[EventStream, Any]:
        """A call whose client has heard the question and hung up."""
        stream = session.stream(question(id))
        asked = stream.notification("elicitation/create")
        stream.close()
        return stream, asked

    def test_the_answer_comes_on_the_stream_that_goes_on(self) -> None:
        for revision in schema.REVISIONS[2:]:
            session = self.session(revision)
            for round in range(ROUNDS):
                with self.subTest(revision=revision, round=round):
                    stream, asked = self.left(session, round)
                    rest = self.resume(session, stream.last_id or "")
                    self.answer(session, asked, "Ada")
                    answer = rest.answer_to(round)
                    rest.wait_for_end()
                    self.assertIn("Ada", answer["result"]["content"][0]["text"])
                    self.assertEqual([answer], rest.messages())  # nothing that was heard already

    def test_an_answer_waits_for_its_client(self) -> None:
        session = self.session()
        for round in range(ROUNDS):
            stream, asked = self.left(session, round)
            self.answer(session, asked, f"name {round}")
            for _ in range(2):  # and may be heard again
                rest = self.resume(session, stream.last_id or "")
                self.assertIn(f"name {round}", str(rest.answer_to(round)))
                rest.wait_for_end()
            heard = self.resume(session, rest.events[-1].id or "")
            heard.wait_for_end()
            self.assertEqual([], heard.events)

    def test_what_was_missed_is_said_again_from_the_start(self) -> None:
        session = self.session()
        stream = session.stream(question(1))
        asked = stream.notification("elicitation/create")
        rest = self.resume(session, stream.places[0])
        self.assertEqual(asked, rest.notification("elicitation/create"))
        self.assertEqual(stream.events[0].id, rest.events[0].id)
        # The first connection has lost its stream to the second.
        stream.wait_for_end()
        third = self.resume(session, stream.places[0])
        rest.wait_for_end()
        self.answer(session, asked, "Ben")
        self.assertIn("Ben", str(third.answer_to(1)))
        self.assertEqual([1], [one["id"] for one in third.messages() if "result" in one])

    def test_only_its_own_stream_is_said_again(self) -> None:
        session = self.session()
        streams = [self.left(session, id) for id in range(6)]
        for id, (stream, asked) in enumerate(streams):
            self.answer(session, asked, f"name {id}")
        for id, (stream, _) in enumerate(streams):
            rest = self.resume(session, stream.last_id or "")
            rest.wait_for_end()
            self.assertEqual([id], [one["id"] for one in rest.messages()])
            self.assertIn(f"name {id}", str(rest.messages()))

    def test_a_client_that_is_sent_away_comes_back_for_the_answer(self) -> None:
        session = self.session()
        for round in range(ROUNDS):
            stream = session.stream(message("tools/call", {"name": "test_reconnection"}, round))
            stream.wait_for_end()
            self.assertEqual([], stream.events)
            self.assertEqual(1, len(stream.retries))
            rest = self.resume(session, stream.last_id or "")
            schema.check_answer(rest.answer_to(round), method="tools/call")
            rest.wait_for_end()

    def test_clients_that_do_not_know_that_are_not_sent_away(self) -> None:
        for revision in schema.REVISIONS[1:3]:
            response = self.session(revision).post(message("tools/call", {"name": "test_reconnection"}, 3))
            self.assertEqual((200, "application/json"), (response.status, response.header("content-type")))
        response = self.session().post(message("tools/call", {"name": "test_reconnection"}, 3), Accept="application/json")
        self.assertIn("result", response.json())

    def test_a_listening_stream_goes_on_under_its_name(self) -> None:
        session = self.session()
        for _ in range(ROUNDS):
            stream = session.listen()
            stream.wait(lambda _: stream.places)
            stream.close()
            again = self.resume(session, stream.places[0])
            again.wait(lambda _: again.places)
            self.assertEqual(stream.places, again.places)

    def test_a_listening_stream_that_is_forgotten_is_a_new_one(self) -> None:
        session = self.session()
        stream = self.resume(session, "5-3")
        stream.wait(lambda _: stream.places)
        self.assertNotEqual("5-0", stream.places[0])

    def test_streams_that_are_not_there_are_404(self) -> None:
        session, other = self.session(), self.session()
        stream, _ = self.left(session, 1)
        name, number = (stream.last_id or "").split("-")
        for last in (f"{name}-{int(number, 16) + 1:x}", f"{name}-ffffffff", "fffffffffffffffe-1", "2-1"):
            with self.subTest(last=last):
                self.assertEqual(404, self.status(session, last))
        # Another session's is none, whoever asks.
        self.assertEqual(404, self.status(other, stream.last_id or ""))
        self.assertEqual(200, self.status(session, stream.last_id or ""))

    def test_another_callers_stream_is_404(self) -> None:
        server = self.own_server(lambda: Server("--sandbox", "--auth", "bearer", "--drain-seconds", "0", workers=4, program=fixtures()))
        ada = StreamableSession(server.port, {"Authorization": "Bearer sandbox-token-ada"}, capabilities=CAN)
        ben = StreamableSession(server.port, {"Authorization": "Bearer sandbox-token-ben"}, capabilities=CAN)
        stream = ada.stream(question(1))
        asked = stream.notification("elicitation/create")
        stream.close()
        for session in (ben.session_id, ada.session_id):
            headers = ben.headers_now(
                Accept="text/event-stream", Last_Event_ID=stream.places[0], Mcp_Session_Id=session or ""
            )
            for _ in range(4):
                self.assertEqual(404, wire.request(server.port, "GET", "/mcp", headers).status)
        rest = ada.listen(stream.places[0])
        self.addCleanup(rest.close)
        self.assertEqual(asked, rest.notification("elicitation/create"))

    def test_a_cancelled_call_leaves_nothing_to_wait_for(self) -> None:
        session = self.session()
        for round in range(ROUNDS):
            stream, _ = self.left(session, round)
            rest = self.resume(session, stream.last_id or "")
            session.tell(message("notifications/cancelled", {"requestId": round}))
            rest.wait_for_end()
            self.assertEqual([], rest.messages())

    def test_delete_forgets_everything(self) -> None:
        session = self.session()
        stream, asked = self.left(session, 1)
        self.assertEqual(204, wire.request(self.server.port, "DELETE", "/mcp", session.headers_now()).status)
        self.assertEqual(404, self.status(session, stream.last_id or ""))

    def test_clients_that_come_and_go_harm_nobody(self) -> None:
        session = self.session()
        stream, asked = self.left(session, 1)
        for number in range(40):
            again = session.listen(stream.places[0] if number % 2 else None)
            if number % 3:
                again.wait(lambda _: again.places)
            again.close()
        rest = self.resume(session, stream.last_id or "")
        self.answer(session, asked, "Ada")
        self.assertIn("Ada", str(rest.answer_to(1)))

    def test_only_so_much_is_kept(self) -> None:
        session = self.session()
        first, asked = self.left(session, "first")
        for number in range(40):  # more streams than a session has
            self.left(session, number)
        self.assertEqual(404, self.status(session, first.last_id or ""))
        self.answer(session, asked, "Ada")
        self.assertEqual({}, session.rpc("ping"))


if __name__ == "__main__":
    unittest.main()
