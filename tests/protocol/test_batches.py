"""JSON-RPC batches: revision 2025-03-26 says servers must take them, no later revision has them."""

from __future__ import annotations

import json
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lib.asana import FakeAsana, Reply  # noqa: E402
from lib.mcp import SseSession, StreamableSession, initialize_params, message  # noqa: E402
from lib.server import ServerCase, Server  # noqa: E402

PINGS = [message("ping", None, 0), message("ping", None, "b"), message("notifications/initialized")]
MIXED = [
    message("tools/list", None, 11),
    message("tools/call", {"name": "asana_list_workspaces"}, 12),
    message("nonsense", None, 13),
    message("initialize", initialize_params("2025-03-26"), 14),
    {"jsonrpc": "1.0", "id": 15, "method": "ping"},
    17,
    message("notifications/cancelled", {"requestId": 99}),
]


class Batches(ServerCase):
    @classmethod
    def start_server(cls) -> Server:
        return Server("--sandbox", workers=2)

    def check_mixed(self, answers: list) -> None:
        by_id = {json.dumps(answer["id"]): answer for answer in answers}
        self.assertEqual({"11", "12", "13", "14", "15", "null"}, set(by_id))
        self.assertIn("tools", by_id["11"]["result"])
        self.assertIn("data", json.loads(by_id["12"]["result"]["content"][0]["text"]))
        self.assertEqual(-32601, by_id["13"]["error"]["code"])
        for id in ("14", "15", "null"):
            self.assertEqual(-32600, by_id[id]["error"]["code"])

    def test_requests_are_answered_together(self) -> None:
        session = StreamableSession(self.server.port, revision="2025-03-26")
        response = session.post(PINGS)
        self.assertEqual(200, response.status)
        answers = response.json()
        self.assertCountEqual([0, "b"], [answer["id"] for answer in answers])
        self.check_mixed(session.post(MIXED).json())

    def test_notifications_alone_get_202(self) -> None:
        session = StreamableSession(self.server.port, revision="2025-03-26")
        response = session.post([message("notifications/initialized"), message("notifications/initialized")])
        self.assertEqual((202, b""), (response.status, response.body))

    def test_what_is_no_batch_is_refused(self) -> None:
        session = StreamableSession(self.server.port, revision="2025-03-26")
        for body, code in (("[]", -32600), ("[", -32700), (json.dumps([PINGS[0]] * 101), -32600)):
            with self.subTest(body=body[:20]):
                response = session.post(body)
                self.assertEqual(400, response.status)
                self.assertEqual(code, response.json()["error"]["code"])

    def test_other_revisions_have_none(self) -> None:
        for revision in ("2024-11-05", "2025-06-18", "2025-11-25"):
            with self.subTest(revision=revision):
                response = StreamableSession(self.server.port, revision=revision).post(PINGS)
                self.assertEqual(400, response.status)
                self.assertEqual(-32600, response.json()["error"]["code"])

    def test_answers_that_are_too_large_together_are_an_error_that_says_so(self) -> None:
        asana = FakeAsana(Reply(body={"data": {"gid": "1", "name": "n" * 900_000}}))
        self.addCleanup(asana.close)
        server = self.own_server(lambda: Server(api_url=asana.url))
        session = StreamableSession(server.port, revision="2025-03-26")
        response = session.post([message("tools/call", {"name": "asana_get_user"}, id) for id in range(20)])
        self.assertEqual(500, response.status)
        error = response.json()["error"]
        self.assertEqual(-32603, error["code"])
        self.assertIn("fewer messages", error["message"])
        self.assertEqual({}, session.rpc("ping"))

    def test_answers_go_out_on_the_stream(self) -> None:
        with SseSession(self.server.port, revision="2025-03-26") as session:
            for _ in range(8):  # fresh connections, so that both workers get some
                self.assertEqual(202, session.post(MIXED).status)
                self.check_mixed([session.stream.answer_to(id) for id in (11, 12, 13, 14, 15, None)])


if __name__ == "__main__":
    unittest.main()
