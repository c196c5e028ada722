"""What systemd gives a service and hears from it: a socket, states, and that it is alive."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import unittest
from pathlib import Path
from typing import Mapping, Optional

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lib import wire  # noqa: E402
from lib.asana import FakeAsana, Reply  # noqa: E402
from lib.mcp import SseSession, StreamableSession, data_of  # noqa: E402
from lib.server import Server, binary, clean_environment  # noqa: E402

WORKERS = 3
# As systemd does: the socket is descriptor 3, and the variables are for this process.
ACTIVATE = "import os, sys; os.dup2(int(sys.argv[1]), 3); os.environ['LISTEN_PID'] = str(os.getpid()); os.execv(sys.argv[2], sys.argv[2:])"


class Manager:
    """The service manager's end of NOTIFY_SOCKET."""

    def __init__(self, folder: Path):
        self.path = str(folder / "notify")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        self.socket.settimeout(wire.PATIENCE)

    def close(self) -> None:
        self.socket.close()

    def hear(self) -> dict[str, str]:
        lines = self.socket.recv(4096).decode("utf-8").split("\n")
        return dict(line.split("=", 1) for line in lines)

    def hear_of(self, state: str) -> dict[str, str]:
        while True:
            told = self.hear()
            if state in told:
                return told


class Systemd(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="asana-mcp-systemd-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.asana = FakeAsana(Reply(body={"data": {"gid": "12", "name": "a task"}}))
        self.addCleanup(self.asana.close)

    def activated(self, given: socket.socket, *flags: str, env: Optional[Mapping[str, str]] = None) -> Server:
        return Server(
            *flags, api_url=self.asana.url, workers=WORKERS, wrapper=[sys.executable, "-c", ACTIVATE, str(given.fileno())],
            env={"LISTEN_FDS": "1", **(env or {})}, pass_fds=[given.fileno()],
        )

    def test_workers_share_the_socket_that_was_given(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as given:
            server = self.activated(given)
            self.assertEqual(given.getsockname()[1], server.port)
            self.assertEqual(f"http://127.0.0.1:{server.port}", server.url)
            with SseSession(server.port) as sse:
                for caller in (sse, *(StreamableSession(server.port) for _ in range(4 * WORKERS))):
                    self.assertEqual("a task", data_of(caller.call("asana_get_task", {"task_id": "12"}))["name"])
            server.stop()

    def test_nobody_is_turned_away_while_it_is_restarted(self) -> None:
        with socket.create_server(("127.0.0.1", 0), backlog=64) as given:
            port = given.getsockname()[1]
            first = self.activated(given)
            self.assertEqual(200, wire.request(port, "GET", "/healthz").status)
            first.stop()
            with wire.Connection(port) as early:  # before there is anybody to accept
                early.send(wire.request_bytes("GET", "/", {}, port=port))
                second = self.activated(given)
                self.assertEqual(200, early.read_response().status)
            second.stop()

    def test_where_the_socket_listens_counts_for_the_rules(self) -> None:
        with socket.create_server(("0.0.0.0", 0)) as given:
            with self.assertRaisesRegex(AssertionError, "with --auth token everyone who reaches this server"):
                self.activated(given)

    def test_what_is_no_listening_socket_is_refused(self) -> None:
        with socket.socket() as idle, self.assertRaisesRegex(AssertionError, "descriptor 3 is no listening TCP socket"):
            self.activated(idle)
        with socket.create_server(("127.0.0.1", 0)) as given, self.assertRaisesRegex(AssertionError, "expected one socket"):
            self.activated(given, env={"LISTEN_FDS": "2"})

    def test_a_socket_for_another_process_is_none(self) -> None:
        server = Server(api_url=self.asana.url, env={"LISTEN_FDS": "1", "LISTEN_PID": "1"})
        self.assertEqual(200, wire.request(server.port, "GET", "/healthz").status)
        server.stop()

    @unittest.skipUnless(shutil.which("systemd-socket-activate"), "systemd-socket-activate is not installed")
    def test_systemd_socket_activate_starts_it(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        command = ["systemd-socket-activate", "-l", f"127.0.0.1:{port}", binary(), "serve", "--sandbox", "--workers", "2"]
        child = subprocess.Popen(command, env=clean_environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        try:
            assert child.stdout
            self.assertIn("Listening on", child.stdout.readline())
            self.assertEqual(200, wire.request(port, "GET", "/").status)
        finally:
            child.send_signal(signal.SIGTERM)
            output = child.communicate(timeout=60)[0]
        self.assertEqual(0, child.returncode, output)

    def test_states_are_told(self) -> None:
        manager = Manager(self.folder)
        self.addCleanup(manager.close)
        go_on = threading.Event()
        self.addCleanup(go_on.set)
        server = Server("--drain-seconds", "40", api_url=self.asana.url, env={"NOTIFY_SOCKET": manager.path})
        self.assertEqual({"READY": "1", "STATUS": f"serving at {server.url}"}, manager.hear())
        server.child.send_signal(signal.SIGHUP)
        reloading = manager.hear()
        self.assertEqual("1", reloading["RELOADING"])
        self.assertGreater(int(reloading["MONOTONIC_USEC"]), 0)
        self.assertEqual("1", manager.hear()["READY"])
        self.asana.script(Reply(body={"data": {"gid": "12"}}, gate=go_on))
        session = StreamableSession(server.port)
        caller = threading.Thread(target=lambda: session.call("asana_get_task", {"task_id": "12"}))
        caller.start()
        self.asana.wait_for_requests(1)
        server.child.send_signal(signal.SIGTERM)
        stopping = manager.hear()
        self.assertEqual("1", stopping["STOPPING"])
        self.assertGreaterEqual(int(stopping["EXTEND_TIMEOUT_USEC"]), 40_000_000)
        go_on.set()
        caller.join()
        server.stop(None)

    def test_an_abstract_address_is_told_too(self) -> None:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            name = f"asana-mcp-test-{self.folder.name}"
            manager.bind("\0" + name)
            manager.settimeout(wire.PATIENCE)
            server = Server(api_url=self.asana.url, env={"NOTIFY_SOCKET": "@" + name})
            self.assertTrue(manager.recv(4096).startswith(b"READY=1\n"))
            server.stop()

    def test_the_watchdog_hears_while_all_loops_turn(self) -> None:
        manager = Manager(self.folder)
        self.addCleanup(manager.close)
        server = Server(api_url=self.asana.url, workers=WORKERS, env={"NOTIFY_SOCKET": manager.path, "WATCHDOG_USEC": "100000"})
        for _ in range(5):
            manager.hear_of("WATCHDOG")
        server.stop()

    def test_without_a_watchdog_nothing_is_said(self) -> None:
        manager = Manager(self.folder)
        self.addCleanup(manager.close)
        env = {"NOTIFY_SOCKET": manager.path, "WATCHDOG_USEC": "1000", "WATCHDOG_PID": "1"}
        server = Server(api_url=self.asana.url, env=env)
        manager.hear_of("READY")
        server.child.send_signal(signal.SIGHUP)
        self.assertIn("RELOADING", manager.hear())
        server.stop()


if __name__ == "__main__":
    unittest.main()
