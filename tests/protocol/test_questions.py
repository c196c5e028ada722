"""Questions of the server in legacy revisions: only the client that was asked can answer them, from any worker."""

from __future__ import annotations

import sys
import unittest
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lib import schema  # noqa: E402
from lib.mcp import ModernClient, RpcError, SseSession, StreamableSession, message  # noqa: E402
from lib.server import Server, ServerCase, fixtures  # noqa: E402

ROUNDS = 8  # fresh connections: all workers get some
CAN = {"elicitation": {}, "sampling": {}}


def question(id: Any, name: str = "test_elicitation") -> dict[str, Any]:
    argument = "prompt" if name == "test_sampling" else "message"
    return message("tools/call", {"name": name, "arguments": {argument: "Who are you?"}}, id)


def accept(id: Any, name: str) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": id, "result": {"action": "accept", "content": {"username": name}}}


class Questions(ServerCase):
    @classmethod
    def start_server(cls) -> Server:
        return Server("--sandbox", workers=4, program=fixtures())

    def test_asked_and_answered_over_streamable_http(self) -> None:
        for revision in schema.REVISIONS[2:]:
            session = StreamableSession(self.server.port, revision=revision, capabilities=CAN)
            for round in range(ROUNDS):
                with self.subTest(revision=revision, round=round):
                    stream = session.stream(question(round))
                    asked = stream.notification("elicitation/create")
                    schema.check_message(asked, revision=revision)
                    session.tell(accept(asked["id"], f"name {round}"))
                    answer = stream.answer_to(round)
                    schema.check_answer(answer, revision=revision, method="tools/call")
                    self.assertIn(f"name {round}", str(answer))
                    stream.wait_for_end()

    def test_asked_and_answered_over_http_sse(self) -> None:
        for revision in schema.REVISIONS[2:]:
            with SseSession(self.server.port, revision=revision, capabilities=CAN) as session:
                for round in range(100, 100 + ROUNDS):
                    seen = len(session.stream.events)
                    session.tell(question(round))
                    session.stream.wait(lambda events: len(events) > seen)
                    asked = session.stream.messages()[-1]
                    schema.check_message(asked, revision=revision)
                    session.tell(accept(asked["id"], f"name {round}"))
                    self.assertIn(f"name {round}", str(session.stream.answer_to(round)))

    def test_sampling_is_asked_in_every_revision(self) -> None:
        for revision in schema.REVISIONS[1:]:
            session = StreamableSession(self.server.port, revision=revision, capabilities=CAN)
            stream = session.stream(question(1, "test_sampling"))
            asked = stream.notification("sampling/createMessage")
            schema.check_message(asked, revision=revision)
            content = {"type": "text", "text": "Said so"}
            result = {"role": "assistant", "content": content, "model": "m"}
            session.tell({"jsonrpc": "2.0", "id": asked["id"], "result": result})
            self.assertIn("Said so", str(stream.answer_to(1)))

    def test_refusals_and_errors_are_answers(self) -> None:
        session = StreamableSession(self.server.port, capabilities=CAN)
        for said in (
            {"result": {"action": "decline"}},
            {"result": {"action": "cancel"}},
            {"result": {}},
            {"error": {"code": -1, "message": "no"}},
        ):
            with self.subTest(said=said):
                stream = session.stream(question(3))
                asked = stream.notification("elicitation/create")
                session.tell({"jsonrpc": "2.0", "id": asked["id"], **said})
                schema.check_answer(stream.answer_to(3), method="tools/call")

    def test_answers_that_fit_no_question_do_nothing(self) -> None:
        session = StreamableSession(self.server.port, capabilities=CAN)
        other = StreamableSession(self.server.port, capabilities=CAN)
        for round in range(ROUNDS):
            stream = session.stream(question(round))
            asked = stream.notification("elicitation/create")["id"]
            for id in (0, "", "x", 10**30, str(asked) + "1", str(asked)[:-1], "ff-1", -1, 1.5):
                session.tell(accept(id, "nobody"))
            other.tell(accept(asked, "somebody else"))  # the right id in another session
            self.assertEqual([], [one for one in stream.messages() if "result" in one])
            session.tell(accept(asked, "Ada"))
            self.assertIn("Ada", str(stream.answer_to(round)))
            session.tell(accept(asked, "Ada again"))
        self.assertEqual({}, session.rpc("ping"))

    def test_another_caller_cannot_answer(self) -> None:
        server = self.own_server(lambda: Server("--sandbox", "--auth", "bearer", workers=4, program=fixtures()))
        ada = StreamableSession(server.port, {"Authorization": "Bearer sandbox-token-ada"}, capabilities=CAN)
        ben = StreamableSession(server.port, {"Authorization": "Bearer sandbox-token-ben"}, capabilities=CAN)
        stream = ada.stream(question(1))
        asked = stream.notification("elicitation/create")["id"]
        ben.tell(accept(asked, "Ben"))
        for _ in range(4):
            answer = ben.post(accept(asked, "Ben"), Mcp_Session_Id=ada.session_id or "")
            self.assertEqual(404, answer.status)
        ada.tell(accept(asked, "Ada"))
        self.assertIn("Ada", str(stream.answer_to(1)))

    def test_the_same_id_twice_is_asked_twice(self) -> None:
        session = StreamableSession(self.server.port, capabilities=CAN)
        streams = [session.stream(question(7)) for _ in range(4)]
        asked = [stream.notification("elicitation/create")["id"] for stream in streams]
        self.assertEqual(4, len(set(asked)))
        for number in (2, 0, 3, 1):
            session.tell(accept(asked[number], f"name {number}"))
            self.assertIn(f"name {number}", str(streams[number].answer_to(7)))

    def test_who_cannot_be_asked_is_not(self) -> None:
        silent = StreamableSession(self.server.port)
        asked = StreamableSession(self.server.port, capabilities=CAN)
        for response in (silent.post(question(1)), asked.post(question(1), Accept="application/json")):
            self.assertEqual((200, "application/json"), (response.status, response.header("content-type")))
            schema.check_answer(response.json(), method="tools/call")

    def test_a_cancelled_question_takes_no_answer(self) -> None:
        session = StreamableSession(self.server.port, capabilities=CAN)
        for round in range(ROUNDS):
            stream = session.stream(question(round))
            asked = stream.notification("elicitation/create")["id"]
            session.tell(message("notifications/cancelled", {"requestId": round}))
            session.tell(accept(asked, "late"))
            stream.wait_for_end()
            self.assertEqual(1, len(stream.messages()))


STATE = "test_input_required_result_request_state"
CONFIRMED = {"confirm": {"action": "accept", "content": {"ok": True}}}


class States(ServerCase):
    """Revision 2026-07-28: questions end the call, and the client keeps its state until it asks again."""

    @classmethod
    def start_server(cls) -> Server:
        return Server("--sandbox", "--auth", "bearer", workers=4, program=fixtures())

    def client(self, person: str = "ada") -> ModernClient:
        headers = {"Authorization": f"Bearer sandbox-token-{person}"}
        return ModernClient(self.server.port, headers, {"elicitation": {}})

    def asked(self, client: ModernClient, name: str = STATE) -> dict[str, Any]:
        result: dict[str, Any] = client.rpc("tools/call", {"name": name})
        self.assertEqual("input_required", result["resultType"])
        return result

    def again(self, client: ModernClient, state: Any, name: str = STATE, **more: Any) -> Any:
        return client.rpc("tools/call", {"name": name, "inputResponses": CONFIRMED, "requestState": state, **more})

    def test_the_answer_may_come_to_any_worker(self) -> None:
        client = self.client()
        for _ in range(ROUNDS):
            result = self.again(client, self.asked(client)["requestState"])
            self.assertEqual("complete", result["resultType"])
            self.assertIn("state-ok", str(result))

    def test_state_of_another_is_refused(self) -> None:
        state = self.asked(self.client())["requestState"]
        with self.assertRaises(RpcError) as raised:
            self.again(self.client("ben"), state)
        self.assertEqual(-32602, raised.exception.code)
        self.assertIn("state-ok", str(self.again(self.client(), state)))

    def test_state_of_another_question_is_refused(self) -> None:
        client = self.client()
        state = self.asked(client)["requestState"]
        for name, arguments in (("test_input_required_result_tampered_state", {}), (STATE, {"x": 1})):
            with self.assertRaises(RpcError):
                self.again(client, state, name, arguments=arguments)

    def test_changed_and_made_up_state_is_refused(self) -> None:
        client = self.client()
        state = self.asked(client)["requestState"]
        flipped = ("B" if state[30] == "A" else "A").join((state[:30], state[31:]))
        for bad in (flipped, state[:-4], state + "AAAA", "", "x", "A" * 200, state + "=", 7, {}, [state]):
            with self.subTest(bad=str(bad)[:20]):
                with self.assertRaises(RpcError) as raised:
                    self.again(client, bad)
                self.assertEqual(-32602, raised.exception.code)

    def test_who_cannot_be_asked_gets_no_question(self) -> None:
        client = ModernClient(self.server.port, {"Authorization": "Bearer sandbox-token-ada"})
        request = client.request("tools/call", {"name": STATE})
        answer = client.post(request)
        self.assertEqual((400, -32021), (answer.status, answer.json()["error"]["code"]))
        self.assertEqual({}, answer.json()["error"]["data"]["requiredCapabilities"]["elicitation"])


if __name__ == "__main__":
    unittest.main()
