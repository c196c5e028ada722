"""Signing in at a server of several nodes: whichever node a request meets, it knows the person; and what is left of
that while Redis is away."""

from __future__ import annotations

import json
import subprocess
import sys
import unittest
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lib import wire  # noqa: E402
from lib.browser import Browser  # noqa: E402
from lib.mcp import SseSession, StreamableSession, data_of  # noqa: E402
from lib.nodes import Balancer, NodesCase  # noqa: E402
from lib.redis import free_port  # noqa: E402
from lib.server import Sandbox, Server, binary, clean_environment  # noqa: E402
from lib.sign_in import ADA, APPLICATION, BJORN, CHLOE, DANIEL, SOON, Client, SignInCase, SignInServer, Tokens  # noqa: E402

CALLBACK = "http://127.0.0.1:{port}/oauth/callback"


class SignedIn(NodesCase):
    """Two nodes under one address, that of a balancer."""

    @classmethod
    def start_node(cls, *flags: str) -> Server:
        arguments = ["--auth", "oauth", "--store", cls.redis.url, "--client-id", "sandbox", *flags]
        arguments += ["--oauth-url", cls.sandbox.api_url.replace("/api/1.0", "/-"), "--public-url", cls.url]
        return Server(*arguments, api_url=cls.sandbox.api_url, token=None, workers=cls.workers, env=APPLICATION)

    @classmethod
    def start_sandbox(cls) -> Sandbox:
        redirect = CALLBACK.format(port=cls.balanced)
        return Sandbox("--listen", "127.0.0.1:0", "--client-id", "sandbox", "--redirect-uri", redirect, env=APPLICATION)

    @classmethod
    def setUpClass(cls) -> None:
        cls.balanced = free_port()
        cls.url = f"http://127.0.0.1:{cls.balanced}"
        super().setUpClass()
        balancer = Balancer([node.port for node in cls.nodes], cls.balanced)
        cls.addClassCleanup(balancer.close)

    def sign_in(self, person: str = ADA, resource: str = "/mcp") -> tuple[Client, Tokens]:
        client = Client(self.url, resource)
        return client, client.sign_in(Browser(self.url), person)

    def who(self, port: int, tokens: Tokens) -> str:
        return str(data_of(StreamableSession(port, self.headers(tokens)).call("asana_get_user"))["name"])

    def headers(self, tokens: Tokens) -> dict[str, str]:
        return {**tokens.headers, "Host": f"127.0.0.1:{self.balanced}"}

    def status(self, port: int, tokens: Tokens) -> int:
        return wire.request(port, "PUT", "/mcp", self.headers(tokens)).status

    def sessions(self, *flags: str) -> list[dict[str, Any]]:
        command = [binary(), "sessions", "--json", "--store", self.redis.url, *flags]
        run = subprocess.run(command, env=clean_environment(), capture_output=True, text=True, timeout=60, check=True)
        found = json.loads(run.stdout)
        assert isinstance(found, list)
        return found

    def test_every_step_may_meet_another_node(self) -> None:
        for person in (ADA, BJORN):
            client, tokens = self.sign_in(person)
            for port in [node.port for node in self.nodes] * 2:
                self.assertEqual(person, self.who(port, tokens))
            renewed = client.tokens(client.refresh(tokens))
            for node in self.nodes:
                self.assertEqual(person, self.who(node.port, renewed))

    def test_a_stream_here_and_its_messages_there(self) -> None:
        _, tokens = self.sign_in(resource="/sse")
        with SseSession(self.nodes[0].port, self.headers(tokens)) as session:
            session.port = self.nodes[1].port
            self.assertEqual(ADA, data_of(session.call("asana_get_user"))["name"])

    def test_what_ends_at_one_node_ends_at_all(self) -> None:
        client, tokens = self.sign_in()
        sessions = [StreamableSession(node.port, self.headers(tokens)) for node in self.nodes]
        streams = [session.listen() for session in sessions]
        for stream in streams:
            self.addCleanup(stream.close)
        self.assertEqual(200, client.revoke(tokens.refresh or "").status)
        for stream in streams:
            stream.wait_for_end(SOON)
        for node in self.nodes:
            self.soon(lambda: self.status(node.port, tokens) == 401, SOON)

    def test_the_operator_sees_who_is_connected(self) -> None:
        _, tokens = self.sign_in(CHLOE)
        session = StreamableSession(self.nodes[0].port, self.headers(tokens))
        _, others = self.sign_in(DANIEL, "/sse")
        with SseSession(self.nodes[1].port, self.headers(others)) as stream:
            self.soon(lambda: {DANIEL, CHLOE} <= {one["name"] for one in self.sessions()})
            mine = next(one for one in self.sessions() if one["name"] == CHLOE)
            self.assertEqual("streamable", mine["transport"])
            self.assertEqual("Client of a test", mine["client_name"])
            self.assertRegex(mine["software"], r"^asana-mcp tests")
            hers = next(one for one in self.sessions() if one["name"] == DANIEL and one["transport"] == "sse")
            self.assertNotEqual(mine["node"], hers["node"])
            self.assertEqual([mine], [one for one in self.sessions("--person", mine["person"])])
            text = json.dumps(self.sessions())
            for secret in (tokens.access, others.access, session.session_id or "", stream.endpoint[-32:]):
                self.assertNotIn(secret, text)
        self.soon(lambda: DANIEL not in {one["name"] for one in self.sessions() if one["transport"] == "sse"})
        wire.request(self.nodes[0].port, "DELETE", "/mcp", session.headers_now())
        self.soon(lambda: mine["person"] not in {one["person"] for one in self.sessions()})

    def test_sessions_of_a_dead_node_are_not_shown(self) -> None:
        node = self.own_node()
        _, tokens = self.sign_in(BJORN, "/sse")
        session = SseSession(node.port, self.headers(tokens))
        self.addCleanup(session.close)
        names = {one["node"] for one in self.sessions()}
        self.soon(lambda: {one["node"] for one in self.sessions() if one["transport"] == "sse"} - names)
        (name,) = {one["node"] for one in self.sessions() if one["transport"] == "sse"} - names
        self.kill(node)
        self.soon(lambda: name not in {one["node"] for one in self.sessions()}, 30)

    def test_known_people_work_on_while_redis_is_away(self) -> None:
        client, tokens = self.sign_in()
        _, unseen = self.sign_in(BJORN)
        sessions = [SseSession(node.port, self.headers(self.sign_in(resource="/sse")[1])) for node in self.nodes]
        streamable = [StreamableSession(node.port, self.headers(tokens)) for node in self.nodes]
        # Each worker of each node gets to know the token, as each connection may meet another one.
        for session in streamable:
            for _ in range(40):
                session.rpc("ping")
        port = self.nodes[0].port
        self.redis.stop()
        for session in streamable:
            for _ in range(10):
                self.assertEqual(ADA, data_of(session.call("asana_get_user"))["name"])
        refused = wire.request(port, "PUT", "/mcp", self.headers(unseen))
        self.assertEqual(503, refused.status)
        self.assertTrue(refused.header("retry-after"))
        refused = wire.request(
            port,
            "POST",
            "/token",
            {"Content-Type": "application/x-www-form-urlencoded", "Host": f"127.0.0.1:{self.balanced}"},
            f"grant_type=refresh_token&refresh_token={tokens.refresh}&client_id={client.client_id}",
        )
        self.assertEqual(503, refused.status)
        self.assertTrue(refused.header("retry-after"))
        self.assertTrue(self.redis.start())
        for node in self.nodes:  # each of their workers comes back in its own time
            self.soon(lambda: {self.status(node.port, unseen) for _ in range(20)} == {405}, 15)
        self.assertEqual(BJORN, self.who(port, unseen))
        renewed = client.tokens(client.refresh(tokens))  # nothing that was acknowledged is lost
        self.assertEqual(ADA, self.who(self.nodes[1].port, renewed))
        for session in sessions:
            self.assertFalse(session.stream.ended)
            session.close()

    def test_what_was_revoked_stays_so_while_redis_is_away(self) -> None:
        client, tokens = self.sign_in()
        for node in self.nodes:
            for _ in range(20):
                self.assertEqual(405, self.status(node.port, tokens))
        self.assertEqual(200, client.revoke(tokens.refresh or "").status)
        for node in self.nodes:
            self.soon(lambda: {self.status(node.port, tokens) for _ in range(20)} == {401}, SOON)
        self.redis.stop()
        try:
            for node in self.nodes:
                for _ in range(20):
                    self.assertIn(self.status(node.port, tokens), (401, 503))
        finally:
            self.assertTrue(self.redis.start())
        for node in self.nodes:
            self.soon(lambda: self.status(node.port, tokens) == 401, 15)


class Alone(SignInCase):
    """A single node with a file of its own."""

    @classmethod
    def start_server(cls) -> SignInServer:
        return SignInServer(store=cls.folder / "store.db")

    def test_the_operator_sees_who_is_connected(self) -> None:
        tokens = self.client("/sse").sign_in(self.browser(), ADA)
        self.assertIn("Nobody is connected", self.command("sessions"))
        with SseSession(self.server.port, tokens.headers):
            self.soon(lambda: ADA in self.command("sessions"), True)
            said = self.command("sessions")
            self.assertRegex(said, r"(?m)^person \d+  Ada Lindqvist <.*>$")
            self.assertRegex(said, r"(?m)^  transport  HTTP\+SSE, 20\d\d-\d\d-\d\d$")
            self.assertNotIn(tokens.access, said)
        self.soon(lambda: ADA in self.command("sessions"), False)


if __name__ == "__main__":
    unittest.main()
