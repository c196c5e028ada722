"""A Redis that is there and does not do its work (full, without its replicas, a replica, another password): who is known
goes on, who has to be written down is told to come back, and nothing has to be restarted."""

from __future__ import annotations

import sys
import time
import unittest
from pathlib import Path
from typing import Any, Callable

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lib import wire  # noqa: E402
from lib.browser import Browser  # noqa: E402
from lib.mcp import SseSession, StreamableSession, data_of  # noqa: E402
from lib.nodes import MANY  # noqa: E402
from lib.redis import Redis  # noqa: E402
from lib.server import Server, ServerCase  # noqa: E402
from lib.sign_in import ADA, SOON, Client  # noqa: E402

USER = ("ACL", "SETUSER", "node", "on", "resetpass", "~*", "&*", "+@all")


class Faults(ServerCase):
    redis: Redis

    @classmethod
    def start_server(cls) -> Server:
        cls.redis = Redis()
        cls.addClassCleanup(cls.redis.close)
        cls.redis.ask(*USER, ">right")
        url = cls.redis.url.replace("//", "//node:right@")
        return Server("--auth", "oauth", token=None, workers=2, env={"ASANA_MCP_STORE": url})

    def soon(self, look: Callable[[], Any], wanted: Any) -> None:
        limit = time.monotonic() + SOON
        while (found := look()) != wanted:
            self.assertLess(time.monotonic(), limit, f"still {found!r}")
            time.sleep(0.02)

    def ready(self) -> set[str]:
        return {wire.request(self.server.port, "GET", "/readyz").text().strip() for _ in range(MANY)}

    def told_to_come_back(self, answer: Any) -> None:
        self.assertEqual(503, answer.status, answer.text)
        self.assertTrue(answer.headers["Retry-After"])

    def through(self, fault: tuple[str, ...], cure: tuple[str, ...], *more: str) -> None:
        self.soon(self.ready, {"ok"})
        client = Client(self.server.url).register()
        tokens = client.sign_in(Browser(self.server.url), ADA)
        session = StreamableSession(self.server.port, tokens.headers)
        stream = SseSession(self.server.port, Client(self.server.url, "/sse").sign_in(Browser(self.server.url), ADA).headers)
        self.addCleanup(stream.close)
        for _ in range(MANY):  # each worker gets to know the token
            session.rpc("ping")
        self.addCleanup(self.redis.ask, *cure)
        self.assertEqual("+OK", self.redis.ask(*fault))
        if more:
            self.redis.ask(*more)
        self.told_to_come_back(client.refresh(tokens))
        self.told_to_come_back(client.ask_to_register())
        for _ in range(MANY):
            self.assertEqual(ADA, data_of(session.call("asana_get_user"))["name"])
        self.assertFalse(stream.stream.ended)
        self.assertEqual("+OK", self.redis.ask(*cure))
        self.soon(self.ready, {"ok"})
        self.soon(lambda: client.ask_to_register().status, 201)
        client.tokens(client.refresh(tokens))  # what was not acknowledged was not done

    def test_full(self) -> None:
        self.through(("CONFIG", "SET", "maxmemory", "1"), ("CONFIG", "SET", "maxmemory", "0"))

    def test_without_its_replicas(self) -> None:
        self.through(("CONFIG", "SET", "min-replicas-to-write", "1"), ("CONFIG", "SET", "min-replicas-to-write", "0"))

    def test_a_replica(self) -> None:
        self.through(("REPLICAOF", "127.0.0.1", "1"), ("REPLICAOF", "NO", "ONE"))

    def test_another_password(self) -> None:
        self.through((*USER, ">other"), (*USER, ">right"), "CLIENT", "KILL", "USER", "node")


if __name__ == "__main__":
    unittest.main()
