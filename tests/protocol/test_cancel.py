"""notifications/cancelled: dropped down to the transfer from Asana, on every transport and from any worker."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lib.asana import SilentAsana  # noqa: E402
from lib.mcp import SseSession, StreamableSession, initialize_params, message  # noqa: E402
from lib.server import Server, binary, clean_environment  # noqa: E402

PATIENCE = 30


def slow_call(id: object) -> dict:
    return message("tools/call", {"name": "asana_get_user", "arguments": {"user_id": "1"}}, id)


def cancel(id: object) -> dict:
    return message("notifications/cancelled", {"requestId": id, "reason": "the user changed their mind"})


class Cancellation(unittest.TestCase):
    def setUp(self) -> None:
        self.asana = SilentAsana()
        self.addCleanup(self.asana.close)

    def server(self, *arguments: str) -> Server:
        server = Server(*arguments, api_url=self.asana.url, workers=2)
        self.addCleanup(server.stop)
        return server

    def assert_given_up(self) -> None:
        self.assertTrue(self.asana.given_up.acquire(timeout=PATIENCE), "the request to Asana still runs")

    def test_over_sse_nothing_is_answered(self) -> None:
        with SseSession(self.server().port) as session:
            for round, id in enumerate((50, "fifty", 51, 52)):  # fresh connections reach both workers
                session.tell(slow_call(id))
                self.asana.wait_for_requests(round + 1)
                session.tell(cancel(id))
                self.assert_given_up()
            self.assertEqual({}, session.rpc("ping"))
            answered = [m.get("id") for m in session.stream.messages()]
            self.assertFalse({50, 51, 52, "fifty"} & set(answered))

    def test_over_streamable_http_the_post_ends_without_an_answer(self) -> None:
        session = StreamableSession(self.server().port)
        responses = []
        waiting = threading.Thread(target=lambda: responses.append(session.post(slow_call(7))))
        waiting.start()
        self.asana.wait_for_requests(1)
        session.tell(cancel(8))  # another one
        session.tell(cancel("7"))  # not the same id
        session.tell(cancel(7))
        self.assert_given_up()
        waiting.join(PATIENCE)
        self.assertEqual([(202, b"")], [(response.status, response.body) for response in responses])
        self.assertEqual({}, session.rpc("ping"))

    def test_cancelling_what_is_not_there_does_nothing(self) -> None:
        session = StreamableSession(self.server().port)
        for params in ({"requestId": 99}, {"requestId": None}, {}, None):
            session.tell(message("notifications/cancelled", params))
        self.assertIn("Ada", json.dumps(session.call("asana_get_user")))

    def test_nobody_cancels_for_another(self) -> None:
        server = self.server("--auth", "bearer")
        ada = StreamableSession(server.port, {"Authorization": "Bearer ada"})
        threading.Thread(target=lambda: ada.post(slow_call(7)), daemon=True).start()
        self.asana.wait_for_requests(1)
        mallory = StreamableSession(server.port, {"Authorization": "Bearer mallory"})
        mallory.tell(cancel(7))
        mallory.session_id = ada.session_id
        self.assertEqual(404, mallory.post(cancel(7)).status)
        self.assertEqual({}, ada.rpc("ping"))
        self.assertFalse(self.asana.given_up.acquire(blocking=False))
        ada.tell(cancel(7))
        self.assert_given_up()

    def test_over_stdio(self) -> None:
        child = subprocess.Popen(
            [binary(), "stdio", "--api-url", self.asana.url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=clean_environment({"ASANA_ACCESS_TOKEN": "token"}),
        )
        assert child.stdin and child.stdout
        lines = [message("initialize", initialize_params("2025-11-25"), 1), slow_call(2)]
        child.stdin.write("".join(json.dumps(line) + "\n" for line in lines))
        child.stdin.flush()
        self.asana.wait_for_requests(1)
        output, _ = child.communicate("".join(json.dumps(line) + "\n" for line in (cancel(2), message("ping", None, 3))), PATIENCE)
        self.assert_given_up()
        self.assertEqual([1, 3], [json.loads(line)["id"] for line in output.splitlines()])
        self.assertEqual(0, child.returncode)


if __name__ == "__main__":
    unittest.main()
