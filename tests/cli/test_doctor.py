"""What doctor finds outside the settings: the store, the public address with its certificate, the clock, addresses that are taken."""

from __future__ import annotations

import http.server
import socket
import sqlite3
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path
from typing import Any, Iterator, Mapping, Optional
from contextlib import contextmanager

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lib.server import binary, clean_environment  # noqa: E402

PATIENCE = 60.0
TOKEN = {"ASANA_ACCESS_TOKEN": "1/2:token-of-a-test"}


def doctor(*arguments: str, env: Optional[Mapping[str, str]] = None) -> "subprocess.CompletedProcess[str]":
    command = [binary(), "doctor", "--listen", "127.0.0.1:0", *arguments]
    return subprocess.run(command, env=clean_environment(env), capture_output=True, text=True, timeout=PATIENCE, check=False)


@contextmanager
def serving(seconds_off: int = 0, status: int = 200, body: bytes = b"ok\n", tls: Optional[tuple[Path, Path]] = None) -> Iterator[int]:
    """An HTTP server that answers everything the same way, with a clock of its own; its port."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # noqa: N802 (the name is the library's)
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def date_time_string(self, timestamp: Optional[float] = None) -> str:
            return super().date_time_string(int(time.time() + seconds_off))

        def log_message(self, *_: Any) -> None:
            pass

    class Quiet(http.server.ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: Any) -> None:
            pass  # a client that does not trust the certificate

    server = Quiet(("127.0.0.1", 0), Handler)
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*tls)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def certificate(folder: Path, days: int, names: str = "IP:127.0.0.1") -> tuple[Path, Path]:
    """Signed by itself."""
    made, key = folder / f"certificate-{days}.pem", folder / f"key-{days}.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-days", str(days), "-subj", "/CN=test", "-addext", f"subjectAltName={names}", "-keyout", str(key), "-out", str(made)],
                   check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return made, key


class DoctorCase(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def line(self, result: "subprocess.CompletedProcess[str]", finding: str, what: str, words: str) -> None:
        self.assertRegex(result.stdout, rf"(?m)^{finding} +{what} +.*{words}")


class Clock(DoctorCase):
    def finding(self, seconds_off: int) -> "subprocess.CompletedProcess[str]":
        with serving(seconds_off) as port:
            return doctor("--api-url", f"http://127.0.0.1:{port}/api/1.0", env=TOKEN)

    def test_a_clock_like_asanas(self) -> None:
        self.line(self.finding(0), "ok", "clock", "as Asana's")
        self.line(self.finding(20), "ok", "clock", "as Asana's")

    def test_a_clock_that_is_off(self) -> None:
        self.line(self.finding(3600), "warn", "clock", r"it is 3(59\d|600) seconds behind Asana's.*too late.*NTP")
        self.line(self.finding(-40), "warn", "clock", r"it is (39|4\d) seconds ahead of Asana's.*too early")

    def test_none_to_compare_with(self) -> None:
        self.assertNotIn("clock", doctor("--sandbox").stdout)


class PublicAddress(DoctorCase):
    def finding(self, port: int, *arguments: str, host: str = "127.0.0.1") -> "subprocess.CompletedProcess[str]":
        return doctor("--sandbox", "--auth", "bearer", "--public-url", f"https://{host}:{port}", *arguments)

    def test_a_good_certificate(self) -> None:
        pair = certificate(self.folder, 40)
        with serving(tls=pair) as port:
            result = self.finding(port, "--ca-file", str(pair[0]))
        until = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 40 * 86400))
        self.line(result, "ok", "tls", rf"good for (39|40) days \(until {until}\)")
        self.line(result, "ok", "public-url", "a server runs behind it")
        self.assertEqual(0, result.returncode, result.stdout)

    def test_one_that_ends_soon(self) -> None:
        pair = certificate(self.folder, 5)
        with serving(tls=pair) as port:
            result = self.finding(port, "--ca-file", str(pair[0]))
        self.line(result, "warn", "tls", r"ends in [45] days")
        self.assertEqual(0, result.returncode, result.stdout)

    def test_one_that_nobody_trusts(self) -> None:
        for names, trusted in (("IP:127.0.0.1", False), ("DNS:elsewhere.example.com", True)):
            pair = certificate(self.folder, 40, names)
            with serving(tls=pair) as port:
                result = self.finding(port, *(["--ca-file", str(pair[0])] if trusted else []))
            self.line(result, "fail", "tls", "clients will not trust the certificate")
            self.assertEqual(1, result.returncode, result.stdout)

    def test_what_answers_there(self) -> None:
        pair = certificate(self.folder, 40)
        for status, body, said in (
            (502, b"bad gateway", r"no server behind it \(502\)"),
            (404, b"ok\n", r"not as this server does \(/healthz: 404\)"),
            (200, b"It works!", r"not as this server does \(/healthz: 200\)"),
        ):
            with serving(status=status, body=body, tls=pair) as port:
                result = self.finding(port, "--ca-file", str(pair[0]))
            self.line(result, "warn", "public-url", said)
            self.assertEqual(0, result.returncode, result.stdout)

    def test_nobody_there(self) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))  # and does not listen
            result = self.finding(taken.getsockname()[1])
        self.line(result, "warn", "public-url", "cannot be reached from here")
        self.assertNotRegex(result.stdout, r"(?m)^\w+ +tls")


class Store(DoctorCase):
    def setUp(self) -> None:
        super().setUp()
        self.store = self.folder / "state" / "store.db"

    def finding(self) -> "subprocess.CompletedProcess[str]":
        return doctor("--sandbox", "--auth", "oauth", "--store", f"sqlite:{self.store}")

    def make(self) -> None:
        """By the command that looks into it; `serve` makes it alike."""
        self.store.parent.mkdir()
        with sqlite3.connect(self.store):
            pass
        self.finding()

    def test_one_that_is_not_there_is_not_made(self) -> None:
        self.line(self.finding(), "ok", "store", "will be made")
        self.assertFalse(self.store.parent.exists())

    def test_one_that_is_there_is_written_and_read(self) -> None:
        self.make()
        self.store.chmod(0o600)
        result = self.finding()
        self.line(result, "ok", "store", r"can be read and written \(\d+\.\d ms\)")
        self.assertEqual(0, result.returncode, result.stdout)
        self.assertNotRegex(result.stdout, "(?m)^warn +store")
        with sqlite3.connect(self.store) as database:
            left = [row for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
                    for row in database.execute(f"SELECT * FROM {table}") if b"doctor" in row or "doctor" in row]
        self.assertEqual([], left)

    def test_one_that_others_can_open(self) -> None:
        self.make()
        self.store.chmod(0o640)
        self.line(self.finding(), "warn", "store", "open to others than its owner")

    def test_one_that_cannot_be_used(self) -> None:
        self.make()
        with sqlite3.connect(self.store) as database:
            database.execute("CREATE TRIGGER full BEFORE INSERT ON record BEGIN SELECT RAISE(ABORT, 'the disk is full'); END")
        result = self.finding()
        self.line(result, "fail", "store", "cannot be used: .*the disk is full")
        self.assertEqual(1, result.returncode)

    def test_one_of_something_else(self) -> None:
        self.store.parent.mkdir()
        self.store.write_text("a letter to my aunt, and longer than a header of SQLite's " * 20, encoding="utf-8")
        result = self.finding()
        self.line(result, "fail", "store", "")
        self.assertEqual(1, result.returncode)


class Metrics(DoctorCase):
    def test_an_address_that_is_free_and_one_that_is_not(self) -> None:
        self.line(doctor("--sandbox", "--metrics-listen", "127.0.0.1:0"), "ok", "metrics", "127.0.0.1:0 can be opened")
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            result = doctor("--sandbox", "--metrics-listen", f"127.0.0.1:{taken.getsockname()[1]}")
        self.line(result, "fail", "metrics", "is already in use.*with --metrics-listen")
        self.assertEqual(1, result.returncode)
        self.assertNotRegex(doctor("--sandbox").stdout, r"(?m)^\w+ +metrics ")


class AuditLog(unittest.TestCase):
    def test_a_file_that_can_be_written_is_not_made(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "audit.log"
            self.assertIn(f"ok    audit-log   {path} can be written", doctor("--sandbox", "--audit-log", str(path)).stdout)
            self.assertFalse(path.exists())

    def test_one_that_cannot_fails(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "nobody" / "audit.log"
            done = doctor("--sandbox", "--audit-log", str(path))
        self.assertIn(f"fail  audit-log   {path} cannot be written: No such file or directory", done.stdout)
        self.assertEqual(done.returncode, 1)


if __name__ == "__main__":
    unittest.main()
