"""What nodes tell each other through Redis: nobody who reads there learns it, nobody who writes there is believed."""

from __future__ import annotations

import signal
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lib.mcp import SseSession, data_of, message  # noqa: E402
from lib.metrics import scrape  # noqa: E402
from lib.nodes import ADA, NodesCase  # noqa: E402
from lib.redis import Eavesdropper  # noqa: E402
from lib.server import Server  # noqa: E402

OLD, NEW, FOREIGN = ("cluster_secret = " + letter * 32 + "\n" for letter in "onf")


class Letters(NodesCase):
    def eavesdrop(self) -> Eavesdropper:
        ear = Eavesdropper(self.redis)
        self.addCleanup(ear.close)
        return ear

    def session(self, here: Server, there: Server) -> SseSession:
        """Opened at one node, and its messages go to another."""
        session = SseSession(here.port, ADA)
        self.addCleanup(session.close)
        session.port = there.port
        return session

    def refused(self, node: Server, reason: str) -> float:
        return scrape(node.port).get("asana_mcp_letters_refused_total", reason=reason)

    def test_who_listens_learns_nothing(self) -> None:
        ear = self.eavesdrop()
        session = self.session(*self.nodes)
        workspace = data_of(session.call("asana_list_workspaces"))[0]
        tasks = data_of(session.call("asana_search_tasks", {"workspace": workspace["gid"], "limit": 5, "opt_fields": "name,notes"}))
        self.assertTrue(tasks)
        heard = b"".join(channel + b" " + text for channel, text in ear.hear(6))
        self.assertGreater(len(heard), len(str(tasks)))  # all of the answers came by here
        for secret in [workspace["name"], session.endpoint.rsplit("=")[-1], "asana_search_tasks", "jsonrpc", *(task["name"] for task in tasks)]:
            self.assertNotIn(str(secret).encode(), heard)

    def test_what_was_recorded_counts_once(self) -> None:
        ear = self.eavesdrop()
        session = self.session(*self.nodes)
        session.rpc("ping")
        recorded = list(ear.hear(3))
        before = len(session.stream.messages())
        repeated = [self.refused(node, "repeated") for node in self.nodes]
        unopened = [self.refused(node, "unopened") for node in self.nodes]
        for channel, text in recorded:
            ear.publish(channel, text)
            for other, _ in recorded:
                if other != channel:
                    ear.publish(other, text)
            ear.publish(channel, text[:-1])
            ear.publish(channel, b"\2forged")
        self.soon(lambda: sum(self.refused(node, "repeated") for node in self.nodes) >= sum(repeated) + len(recorded))
        self.soon(lambda: sum(self.refused(node, "unopened") for node in self.nodes) >= sum(unopened) + 2 * len(recorded))
        session.rpc("ping")
        self.assertEqual(before + 1, len(session.stream.messages()))
        for node in self.nodes:
            lines = [line for line in node.lines if "bus.letters_refused" in line]
            self.assertLessEqual(len(lines), 2 * self.workers)  # one of each kind, however many came


class Secrets(NodesCase):
    """A cluster secret that is renewed while the nodes serve."""

    count = 0

    def node(self, settings: str) -> tuple[Server, Path]:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        file = Path(folder.name) / "settings.ini"
        file.write_text(settings, "utf-8")
        return self.own_node("--config", str(file)), file

    def talk(self, here: Server, there: Server) -> int:
        """What a message is answered that meets another node than its session's."""
        with SseSession(here.port, ADA) as session:
            session.port = there.port
            status = session.post(message("ping", None, 7)).status
            if status == 202:
                session.stream.answer_to(7)
            return status

    def renew(self, node: Server, file: Path, settings: str) -> None:
        seen = len(node.lines)
        file.write_text(settings, "utf-8")
        node.child.send_signal(signal.SIGHUP)
        self.soon(lambda: any("settings.reloaded" in line for line in node.lines[seen:]))

    def test_nodes_with_the_old_secret_and_the_new_one_understand_each_other(self) -> None:
        (first, first_file), (second, second_file) = self.node(OLD), self.node(OLD)
        self.assertEqual(202, self.talk(first, second))
        boxes = int(self.redis.ask("DBSIZE")[1:])
        self.renew(first, first_file, NEW)
        self.soon(lambda: int(self.redis.ask("DBSIZE")[1:]) > boxes)
        self.assertEqual(202, self.talk(first, second))
        started, _ = self.node(NEW)
        for here, there in ((started, first), (first, started), (started, second), (second, started)):
            self.assertEqual(202, self.talk(here, there))
        self.renew(second, second_file, NEW)
        self.assertEqual(202, self.talk(second, started))
        self.assertFalse([line for node in (first, second, started) for line in node.lines if "bus.disagreement" in line])

    def test_a_node_with_another_secret_is_not_heard(self) -> None:
        (own, _), (foreign, _) = self.node(OLD), self.node(FOREIGN)
        with SseSession(own.port, ADA) as session:
            session.port = foreign.port
            self.assertIn(session.post(message("ping", None, 7)).status, (404, 503))
            session.port = own.port
            session.rpc("ping")
        self.soon(lambda: any("bus.letters_refused" in line and "cluster_secret" in line for line in own.lines))


if __name__ == "__main__":
    unittest.main()
