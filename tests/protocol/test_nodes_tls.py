"""Two nodes whose Redis is met with TLS: what goes over plain Redis goes over it, and comes back when Redis does."""

from __future__ import annotations

import signal
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lib import wire  # noqa: E402
from lib.certificate import Authority  # noqa: E402
from lib.mcp import SseSession, data_of  # noqa: E402
from lib.nodes import ADA, NodesCase  # noqa: E402
from lib.redis import TlsRedis, need_tls  # noqa: E402
from lib.server import Server, binary  # noqa: E402


class NodesOverTls(NodesCase):
    @classmethod
    def setUpClass(cls) -> None:
        need_tls(binary())
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.authority = Authority(Path(folder.name))
        super().setUpClass()

    @classmethod
    def start_redis(cls) -> TlsRedis:
        # The plain port is for the test alone.
        return TlsRedis(cls.authority.issue("redis"), cls.authority.cert)

    @classmethod
    def start_node(cls, *flags: str) -> Server:
        return super().start_node("--redis-ca", str(cls.authority.cert), *flags)

    def name(self, session: SseSession) -> Any:
        return data_of(session.call("asana_get_user"))["name"]

    def sessions(self) -> list[SseSession]:
        """At each node, with their messages to the other."""
        found = []
        for node in range(2):
            session = SseSession(self.port(node), ADA)
            self.addCleanup(session.close)
            session.port = self.port(node + 1)
            found.append(session)
        return found

    def test_messages_reach_the_other_node(self) -> None:
        for session in self.sessions():
            for _ in range(20):
                self.assertEqual("Ada Lindqvist", self.name(session))

    def test_redis_killed_and_started_again(self) -> None:
        sessions = self.sessions()
        self.redis.stop(signal.SIGKILL)
        self.soon(lambda: wire.request(self.port(0), "GET", "/readyz").text().strip() != "ok")
        self.assertTrue(self.redis.start())
        self.setUp()
        for session in sessions:
            self.assertEqual("Ada Lindqvist", self.name(session))


if __name__ == "__main__":
    unittest.main()
