"""https without a proxy: --tls-cert and --tls-key, read again on SIGHUP."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import unittest
import warnings
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lib import certificate, wire  # noqa: E402
from lib.asana import FakeAsana, Reply  # noqa: E402
from lib.mcp import ModernClient, SseSession, StreamableSession, data_of  # noqa: E402
from lib.server import Server, binary, clean_environment  # noqa: E402

WORKERS = 2


def fields(context: ssl.SSLContext, port: int) -> dict[str, str]:
    """The subject of the certificate that is shown."""
    with wire.Connection(wire.TlsPort(port, context)) as connection:
        shown = connection.socket.getpeercert()  # type: ignore[attr-defined]
    return {name: value for part in shown["subject"] for name, value in part}


def processor_ticks(pid: int) -> int:
    text = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return int(text[11]) + int(text[12])


class Tls(unittest.TestCase):
    folder: Path
    first: certificate.Certificate
    second: certificate.Certificate

    @classmethod
    def setUpClass(cls) -> None:
        cls.folder = Path(tempfile.mkdtemp(prefix="asana-mcp-tls-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.first = certificate.make(cls.folder, "first")
        cls.second = certificate.make(cls.folder, "second", curve=None)

    def setUp(self) -> None:
        self.asana = FakeAsana(Reply(body={"data": {"gid": "12", "name": "secret enough"}}))
        self.addCleanup(self.asana.close)

    def serve(self, *flags: str, shown: "certificate.Certificate | None" = None) -> Server:
        server = Server(*(shown or self.first).flags(), *flags, api_url=self.asana.url, workers=WORKERS)
        self.addCleanup(server.stop)
        self.assertEqual(f"https://127.0.0.1:{server.port}", server.url)
        return server

    def port(self, server: Server) -> wire.TlsPort:
        return wire.TlsPort(server.port, self.first.context())

    def test_all_transports_work(self) -> None:
        server = self.serve()
        port = self.port(server)
        with SseSession(port) as sse:
            for caller in (sse, StreamableSession(port)):
                self.assertEqual("secret enough", data_of(caller.call("asana_get_task", {"task_id": "12"}))["name"])
        self.assertEqual("secret enough", data_of(ModernClient(port).rpc("tools/call", {"name": "asana_get_task", "arguments": {"task_id": "1"}}))["name"])
        server.wait_for(r"sse\.closed .*why=client")

    def test_a_large_answer_arrives_whole(self) -> None:
        notes = "x" * 190_000
        self.asana.script(Reply(body={"data": {"gid": "12", "notes": notes}}))
        port = self.port(self.serve())
        with SseSession(port) as sse:
            for caller in (sse, StreamableSession(port)):
                self.assertEqual(notes, data_of(caller.call("asana_get_task", {"task_id": "12"}))["notes"])

    def test_who_hangs_up_in_the_middle_of_a_call_is_noticed(self) -> None:
        self.asana.script(Reply(hang=True))
        server = self.serve()
        modern = ModernClient(self.port(server))
        request = modern.request("tools/call", {"name": "asana_get_task", "arguments": {"task_id": "1"}})
        with wire.Connection(self.port(server)) as connection:
            connection.send(wire.request_bytes("POST", "/mcp", modern.headers_for(request), json.dumps(request), port=server.port))
            self.asana.wait_for_requests(1)
        server.wait_for(r"request\.abandoned")

    def test_old_versions_and_plain_http_are_refused(self) -> None:
        server = self.serve()
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            context = self.first.context()
            context.minimum_version = context.maximum_version = version
            self.assertEqual(200, wire.request(wire.TlsPort(server.port, context), "GET", "/healthz").status)
        context = self.first.context()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
        context.set_ciphers("ALL:@SECLEVEL=0")
        with self.assertRaises(ssl.SSLError):
            wire.request(wire.TlsPort(server.port, context), "GET", "/healthz")
        with self.assertRaises((wire.Cut, OSError, ValueError)):
            wire.request(server.port, "GET", "/healthz")

    def test_handshakes_that_stop_cost_nothing_and_hinder_nobody(self) -> None:
        server = self.serve()
        port = self.port(server)
        stuck = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(8)]
        try:
            for one in stuck:
                one.send(b"\x16\x03\x01\x02\x00\x01\x00")  # the beginning of a ClientHello
            before, began = processor_ticks(server.pid), time.monotonic()
            while time.monotonic() - began < 2:
                self.assertEqual(200, wire.request(port, "GET", "/healthz").status)
                time.sleep(0.25)
            ticks = processor_ticks(server.pid) - before
            self.assertLess(ticks / os.sysconf("SC_CLK_TCK"), 0.7, "seconds of processor time in two")
        finally:
            for one in stuck:
                one.close()

    def test_a_new_certificate_is_shown_after_sighup(self) -> None:
        current = certificate.Certificate(self.folder / "current.pem", self.folder / "current.key")
        both = self.first.context()
        both.load_verify_locations(str(self.second.cert))

        def install(one: certificate.Certificate, key: "certificate.Certificate | None" = None) -> None:
            shutil.copy(one.cert, current.cert)
            shutil.copy((key or one).key, current.key)

        install(self.first)
        server = self.serve(shown=current)
        sse = SseSession(wire.TlsPort(server.port, both))
        self.addCleanup(sse.close)
        self.assertEqual("first", fields(both, server.port)["commonName"])

        install(self.second, key=self.first)
        server.child.send_signal(signal.SIGHUP)
        server.wait_for(r"settings\.not_reloaded.*does not belong to the certificate")
        self.assertEqual("first", fields(both, server.port)["commonName"])

        install(self.second)
        server.child.send_signal(signal.SIGHUP)
        server.wait_for(r"settings\.reloaded")
        limit = time.monotonic() + wire.PATIENCE
        while {fields(both, server.port)["commonName"] for _ in range(8 * WORKERS)} != {"second"}:
            self.assertLess(time.monotonic(), limit)
        self.assertEqual("secret enough", data_of(sse.call("asana_get_task", {"task_id": "12"}))["name"])
        self.assertFalse(sse.stream.ended)

    def run_program(self, command: str, *flags: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [binary(), command, "--listen", "127.0.0.1:0", "--sandbox", *flags],
            env=clean_environment(), capture_output=True, text=True, check=False, timeout=60,
        )

    def test_what_cannot_be_used_is_said_at_start_and_by_doctor(self) -> None:
        expired = certificate.expired(self.folder)
        encrypted = self.folder / "encrypted.key"
        subprocess.run(["openssl", "pkey", "-aes256", "-passout", "pass:x", "-in", str(self.first.key), "-out", str(encrypted)], check=True)
        for cert, key, said in (
            (self.first.cert, self.second.key, "does not belong to the certificate"),
            (expired.cert, expired.key, "expired"),
            (self.first.cert, encrypted, "is encrypted"),
            (self.first.key, self.first.key, "holds no chain of certificates"),
            (self.first.cert, self.first.cert, "holds no private key"),
        ):
            for command in ("serve", "doctor"):
                with self.subTest(said=said, command=command):
                    done = self.run_program(command, "--tls-cert", str(cert), "--tls-key", str(key))
                    self.assertEqual(1, done.returncode)
                    self.assertIn(said, done.stderr if command == "serve" else done.stdout)
        alone = self.run_program("serve", "--tls-cert", str(self.first.cert))
        self.assertEqual(2, alone.returncode)
        self.assertIn("--tls-cert needs --tls-key with it", alone.stderr)

    def test_doctor_tells_days_names_and_open_keys(self) -> None:
        good = self.run_program("doctor", *self.first.flags())
        self.assertRegex(good.stdout, r"ok +tls +.*valid for (89|90) more days")
        soon = certificate.make(self.folder, "soon", days=5)
        soon.key.chmod(0o644)
        told = self.run_program("doctor", *soon.flags(), "--public-url", "https://mcp.example.com").stdout
        for line in (r"warn +tls +every user of this machine can read", r"warn +tls +.*is not for mcp\.example\.com", r"warn +tls +.*valid for [45] more days"):
            self.assertRegex(told, line)

    def test_signing_in_is_told_the_https_address(self) -> None:
        server = Server(*self.first.flags(), "--auth", "oauth", token=None, workers=WORKERS)
        self.addCleanup(server.stop)
        port = self.port(server)
        told = wire.request(port, "GET", "/.well-known/oauth-authorization-server").json()
        self.assertEqual(f"https://127.0.0.1:{server.port}", told["issuer"])


if __name__ == "__main__":
    unittest.main()
