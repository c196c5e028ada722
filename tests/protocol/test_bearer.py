"""--auth bearer: each caller's own Asana token, used for its calls and for nobody else's."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lib import wire  # noqa: E402
from lib.asana import FakeAsana, Reply, Request  # noqa: E402
from lib.mcp import (  # noqa: E402
    ACCEPT,
    SseSession,
    StreamableSession,
    data_of,
    initialize_params,
    message,
    text_of,
)
from lib.server import Server, ServerCase, binary, clean_environment  # noqa: E402

ADA = {"Authorization": "Bearer 2/1200000000000010/ada:0123456789abcdef"}
BOB = {"Authorization": "Bearer 2/1200000000000011/bob:fedcba9876543210"}
INITIALIZE = json.dumps(message("initialize", initialize_params("2025-11-25"), 1))
PING = json.dumps(message("ping", None, 1))
JSON = {"Content-Type": "application/json", "Accept": ACCEPT}


def who(request: Request) -> Reply:
    """Answers with the token that was used."""
    return Reply(body={"data": {"gid": "1", "token": request.token()}})


class Bearer(ServerCase):
    @classmethod
    def start_server(cls) -> Server:
        cls.asana = FakeAsana(who)
        return Server("--auth", "bearer", api_url=cls.asana.url, token=None, workers=2)

    @classmethod
    def tearDownClass(cls) -> None:
        super().tearDownClass()
        cls.asana.close()

    def setUp(self) -> None:
        self.asana.script(who)

    def test_without_a_token_everything_is_401_with_a_challenge(self) -> None:
        for method, target, body in (
            ("GET", "/sse", None),
            ("POST", "/mcp", INITIALIZE),
            ("DELETE", "/mcp", None),
            ("GET", "/mcp", None),
            ("POST", "/sse/message?sessionId=x", PING),
            ("POST", "/sse", PING),
            ("GET", "/nosuch", None),
        ):
            for headers in (
                {},
                {"Authorization": ""},
                {"Authorization": "Bearer"},
                {"Authorization": "Bearer "},
                {"Authorization": "Basic YWRhOnB3"},
                {"Authorization": "Bearer two words"},
                {"Authorization": 'Bearer "quoted"'},
            ):
                with self.subTest(method=method, target=target, headers=headers):
                    response = wire.request(self.server.port, method, target, {**JSON, **headers}, body)
                    self.assertEqual(401, response.status)
                    self.assertRegex(response.header("www-authenticate") or "", r"^Bearer\b")
        self.assertEqual([], self.asana.requests())

    def test_token_in_the_query_is_no_token(self) -> None:
        response = wire.request(self.server.port, "GET", "/sse?access_token=" + ADA["Authorization"][7:])
        self.assertEqual(401, response.status)

    def test_401_for_a_large_body_can_be_read(self) -> None:
        self.assertEqual(401, wire.request(self.server.port, "POST", "/mcp", JSON, b"x" * (1 << 19)).status)

    def test_scheme_is_read_in_any_case(self) -> None:
        headers = {**JSON, "authorization": "bearer " + ADA["Authorization"][7:]}
        self.assertEqual(200, wire.request(self.server.port, "POST", "/mcp", headers, INITIALIZE).status)

    def test_each_callers_token_is_used_for_its_own_calls(self) -> None:
        for kind in (StreamableSession, SseSession):
            ada, bob = kind(self.server.port, ADA), kind(self.server.port, BOB)
            for _ in range(3):
                for session, headers in ((ada, ADA), (bob, BOB)):
                    data = data_of(session.call("asana_get_user"))
                    self.assertEqual(headers["Authorization"][7:], data["token"])
            for session in (ada, bob):
                if isinstance(session, SseSession):
                    session.close()

    def test_anothers_streamable_session_is_404(self) -> None:
        session = StreamableSession(self.server.port, ADA)
        for method, body in (("POST", PING), ("DELETE", None)):
            headers = {**JSON, **BOB, "Mcp-Session-Id": session.session_id or ""}
            for _ in range(4):  # fresh connections, so that both workers are asked
                self.assertEqual(404, wire.request(self.server.port, method, "/mcp", headers, body).status)
        self.assertEqual({}, session.rpc("ping"))

    def test_anothers_sse_session_is_404_and_nothing_reaches_its_stream(self) -> None:
        with SseSession(self.server.port, ADA) as session:
            before = len(session.stream.messages())
            for _ in range(4):
                response = wire.request(self.server.port, "POST", session.endpoint, {**JSON, **BOB}, PING)
                self.assertEqual(404, response.status)
            session.rpc("ping")
            self.assertEqual(before + 1, len(session.stream.messages()))

    def test_token_that_asana_refuses_is_named_in_the_answer_but_not_shown(self) -> None:
        self.asana.script(Reply(status=401, body={"errors": [{"message": "Not Authorized"}]}))
        result = StreamableSession(self.server.port, ADA).call("asana_get_user")
        self.assertIs(True, result["isError"])
        self.assertNotIn("ada:0123456789abcdef", text_of(result))

    def test_tokens_never_reach_the_log(self) -> None:
        StreamableSession(self.server.port, ADA).call("asana_get_user")
        self.assertNotIn("ada:0123456789abcdef", self.server.output())

    def test_sandbox_people_are_different_callers(self) -> None:
        server = self.own_server(lambda: Server("--auth", "bearer"))
        server.wait_for(r"^Ask first")  # the end of the table of people
        people = [line for line in server.output().splitlines() if re.match(r"^  \S.* \S+@\S+ ", line)]
        tokens = [line.split()[-1] for line in people]
        self.assertGreaterEqual(len(tokens), 2)
        emails = set()
        for token in tokens[:3]:
            session = StreamableSession(server.port, {"Authorization": f"Bearer {token}"})
            emails.add(data_of(session.call("asana_get_user"))["email"])
        self.assertEqual(len(tokens[:3]), len(emails))


class Refused(unittest.TestCase):
    def test_operators_token_is_not_served_beyond_loopback(self) -> None:
        done = subprocess.run(
            [binary(), "serve", "--listen", "0.0.0.0:0", "--auth", "token"],
            env=clean_environment({"ASANA_ACCESS_TOKEN": "x"}),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
        )
        self.assertNotEqual(0, done.returncode)
        self.assertIn("loopback", done.stderr)


if __name__ == "__main__":
    unittest.main()
