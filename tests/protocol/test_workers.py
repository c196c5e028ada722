"""Two workers on one port: a session belongs to one of them, a POST may arrive at either, and the answer finds its stream."""

from __future__ import annotations

import concurrent.futures
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lib import wire  # noqa: E402
from lib.asana import FakeAsana, Reply, Request  # noqa: E402
from lib.mcp import SseSession, StreamableSession, data_of, message  # noqa: E402
from lib.server import Server, ServerCase  # noqa: E402

SESSIONS = 24
CALLS = 12


def echo(request: Request) -> Reply:
    """Answers with the user that was asked for, so that a mixed-up answer shows."""
    return Reply(body={"data": {"gid": request.path.rsplit("/", 1)[1]}})


class Workers(ServerCase):
    @classmethod
    def start_server(cls) -> Server:
        cls.asana = FakeAsana(echo)
        return Server(api_url=cls.asana.url, workers=2)

    @classmethod
    def tearDownClass(cls) -> None:
        super().tearDownClass()
        cls.asana.close()

    def in_parallel(self, jobs: list) -> list:
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            return [done.result() for done in [pool.submit(job) for job in jobs]]

    def test_streams_are_spread_over_the_workers(self) -> None:
        sessions = [SseSession(self.server.port) for _ in range(SESSIONS)]
        # A session's id names its worker in its first two digits.
        owners = {session.endpoint.split("sessionId=")[1][:2] for session in sessions}
        for session in sessions:
            session.close()
        self.assertEqual({"00", "01"}, owners)

    def test_answers_reach_the_stream_they_belong_to(self) -> None:
        sessions = self.in_parallel([lambda: SseSession(self.server.port)] * SESSIONS)

        def work(number: int) -> None:
            session = sessions[number]
            for call in range(CALLS):
                user = str(number * 1000 + call + 1)
                # The same ids in every session, so that only the session tells them apart.
                params = {"name": "asana_get_user", "arguments": {"user_id": user}}
                session.tell(message("tools/call", params, 100 + call))
            for call in range(CALLS):
                answer = session.stream.answer_to(100 + call)
                self.assertEqual(str(number * 1000 + call + 1), data_of(answer["result"])["gid"])
            self.assertEqual(1 + CALLS, len(session.stream.messages()))

        self.in_parallel([lambda number=number: work(number) for number in range(SESSIONS)])
        for session in sessions:
            session.close()

    def test_streamable_sessions_are_known_to_both_workers(self) -> None:
        sessions = self.in_parallel([lambda: StreamableSession(self.server.port)] * SESSIONS)
        self.assertEqual({"00", "01"}, {(session.session_id or "")[:2] for session in sessions})

        def work(number: int) -> None:
            for call in range(CALLS):
                user = str(number * 1000 + call + 1)
                self.assertEqual(user, data_of(sessions[number].call("asana_get_user", {"user_id": user}))["gid"])

        self.in_parallel([lambda number=number: work(number) for number in range(SESSIONS)])

    def test_deleted_session_is_gone_for_both_workers(self) -> None:
        for _ in range(6):
            session = StreamableSession(self.server.port)
            self.assertEqual(200, session.post(message("ping", None, 1)).status)
            self.delete(session)
            self.assertEqual({404}, {session.post(message("ping", None, 1)).status for _ in range(6)})

    def test_closing_streams_while_calls_run_harms_nobody(self) -> None:
        def come_and_go(number: int) -> None:
            session = SseSession(self.server.port)
            for call in range(4):
                params = {"name": "asana_get_user", "arguments": {"user_id": "7"}}
                session.tell(message("tools/call", params, call))
            session.close()

        with SseSession(self.server.port) as steady:
            self.in_parallel([lambda number=number: come_and_go(number) for number in range(40)])
            self.assertEqual("9", data_of(steady.call("asana_get_user", {"user_id": "9"}))["gid"])

    def delete(self, session: StreamableSession) -> None:
        headers = {"Mcp-Session-Id": session.session_id or ""}
        self.assertEqual(204, wire.request(self.server.port, "DELETE", "/mcp", headers).status)


class Sandboxed(unittest.TestCase):
    def test_embedded_asana_serves_two_workers(self) -> None:
        server = Server(workers=2)
        self.addCleanup(server.stop)
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            sessions = list(pool.map(lambda _: SseSession(server.port), range(8)))
            names = list(pool.map(lambda session: data_of(session.call("asana_get_user"))["name"], sessions * 4))
        for session in sessions:
            session.close()
        self.assertEqual(1, len(set(names)))


if __name__ == "__main__":
    unittest.main()
