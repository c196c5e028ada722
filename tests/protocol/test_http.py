"""The HTTP around the protocol: limits, Host and Origin, methods and paths, and requests that are none."""

from __future__ import annotations

import json
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lib import wire  # noqa: E402
from lib.mcp import ACCEPT, SseSession, StreamableSession, initialize_params, message  # noqa: E402
from lib.server import Server, ServerCase, binary, clean_environment  # noqa: E402
from lib.sse import EventStream  # noqa: E402

JSON = {"Content-Type": "application/json", "Accept": ACCEPT}
INITIALIZE = json.dumps(message("initialize", initialize_params("2025-11-25"), 1))


class Limits(ServerCase):
    def tearDown(self) -> None:
        # Whatever was sent, the server goes on.
        self.assertEqual({}, StreamableSession(self.server.port).rpc("ping"))

    def test_large_body_gets_413_that_the_client_can_read(self) -> None:
        for size in ((1 << 20) + 1, 5 << 20):
            for chunked in (False, True):
                for target in ("/mcp", self.endpoint()):
                    with self.subTest(size=size, chunked=chunked, target=target[:12]):
                        response = wire.request(self.server.port, "POST", target, JSON, b"x" * size, chunked=chunked)
                        self.assertEqual(413, response.status)

    def test_announced_body_is_refused_before_it_is_sent(self) -> None:
        with wire.Connection(self.server.port) as connection:
            headers = {**JSON, "Content-Length": str(1 << 40), "Expect": "100-continue"}
            connection.send(wire.request_bytes("POST", "/mcp", headers, port=self.server.port))
            self.assertEqual(413, connection.read_response().status)

    def test_body_is_sent_after_100_continue(self) -> None:
        with wire.Connection(self.server.port) as connection:
            headers = {**JSON, "Content-Length": str(len(INITIALIZE)), "Expect": "100-continue"}
            connection.send(wire.request_bytes("POST", "/mcp", headers, port=self.server.port))
            self.assertEqual(100, connection.read_head().status)
            connection.send(INITIALIZE.encode())
            self.assertEqual(200, connection.read_response().status)

    def test_large_headers_get_431(self) -> None:
        for headers in (
            {"X-Long": "x" * 40000},
            {f"X-Header-{number}": "x" * 100 for number in range(400)},
        ):
            with self.subTest(headers=len(headers)):
                response = wire.request(self.server.port, "POST", "/mcp", {**JSON, **headers}, INITIALIZE)
                self.assertEqual(431, response.status)

    def test_long_request_line_is_refused(self) -> None:
        response = wire.request(self.server.port, "GET", "/sse?x=" + "x" * 40000)
        self.assertIn(response.status, (414, 431))

    def test_body_in_many_small_pieces_is_put_together(self) -> None:
        with wire.Connection(self.server.port) as connection:
            data = wire.request_bytes("POST", "/mcp", JSON, INITIALIZE, port=self.server.port)
            for byte in range(len(data)):
                connection.send(data[byte : byte + 1])
            self.assertEqual(200, connection.read_response().status)

    def test_requests_that_are_no_http_are_refused(self) -> None:
        for data in (b"hello", b"GET", b"GET / FOO/1.1", b"GET / HTTP/9.9", b"GET / HTTP/1.1\r\nno header at all"):
            with self.subTest(data=data):
                with wire.Connection(self.server.port) as connection:
                    connection.send(data + b"\r\n\r\n")
                    answer = connection.read_to_end()
                    self.assertRegex(answer, rb"^(HTTP/1\.. [45]|$)")

    def test_clients_that_leave_in_the_middle_harm_nobody(self) -> None:
        whole = wire.request_bytes("POST", "/mcp", JSON, INITIALIZE, port=self.server.port)
        for data in (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"\0" * 100, b"", whole[:20], whole[:-1]):
            for end in ("close", "reset"):
                connection = wire.Connection(self.server.port)
                connection.send(data)
                getattr(connection, end)()

    def test_two_framings_of_a_body_are_not_taken_as_two_requests(self) -> None:
        headers = {"Content-Length": "4", "Transfer-Encoding": "chunked"}
        smuggled = wire.request_bytes("POST", "/mcp", headers, port=self.server.port)
        with wire.Connection(self.server.port) as connection:
            connection.send(smuggled + b"0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            self.assertGreaterEqual(connection.read_response().status, 400)

    def endpoint(self) -> str:
        stream = EventStream(self.server.port)
        self.addCleanup(stream.close)
        return stream.endpoint()


class HostAndOrigin(ServerCase):
    @classmethod
    def start_server(cls) -> Server:
        return Server("--allow-origin", "https://app.example")

    def status(self, method: str, target: str, **extra: str) -> int:
        body = INITIALIZE if method == "POST" else None
        headers = {**JSON, **extra}
        if method == "GET":
            # A stream's head is enough.
            with wire.Connection(self.server.port) as connection:
                connection.send(wire.request_bytes(method, target, headers, body, port=self.server.port))
                return connection.read_head().status
        return wire.request(self.server.port, method, target, headers, body).status

    def test_foreign_hosts_are_refused(self) -> None:
        port = self.server.port
        for host in (
            "evil.example",
            f"evil.example:{port}",
            f"127.0.0.1.evil.example:{port}",
            "localhost.evil.example",
            "10.0.0.1",
            "",
        ):
            for method, target in (
                ("POST", "/mcp"),
                ("GET", "/sse"),
                ("POST", "/sse/message?sessionId=x"),
                ("DELETE", "/mcp"),
            ):
                with self.subTest(host=host, target=target):
                    self.assertEqual(403, self.status(method, target, Host=host))

    def test_own_hosts_are_taken(self) -> None:
        for name in ("127.0.0.1", "localhost", "LOCALHOST"):
            host = f"{name}:{self.server.port}"
            for method, target in (("POST", "/mcp"), ("GET", "/sse")):
                with self.subTest(host=host, target=target):
                    self.assertEqual(200, self.status(method, target, Host=host))

    def test_request_without_host_is_refused(self) -> None:
        response = wire.raw(
            self.server.port,
            b"POST /mcp HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
            % (len(INITIALIZE), INITIALIZE.encode()),
        )
        self.assertIn(response.status, (400, 403))

    def test_foreign_origins_are_refused(self) -> None:
        port = self.server.port
        for origin in (
            "http://evil.example",
            "null",
            "https://app.example.evil.example",
            "http://app.example",
            f"http://127.0.0.1.evil.example:{port}",
            "http://127.0.0.1:1",
            "http://127.0.0.1",
            "",
        ):
            for method, target in (("POST", "/mcp"), ("GET", "/sse")):
                with self.subTest(origin=origin, target=target):
                    self.assertEqual(403, self.status(method, target, Origin=origin))

    def test_own_and_allowed_origins_are_taken(self) -> None:
        port = self.server.port
        for origin, host in (
            (f"http://127.0.0.1:{port}", f"127.0.0.1:{port}"),
            (f"http://localhost:{port}", f"localhost:{port}"),
            ("https://app.example", f"127.0.0.1:{port}"),
        ):
            for method, target in (("POST", "/mcp"), ("GET", "/sse")):
                with self.subTest(origin=origin, target=target):
                    self.assertEqual(200, self.status(method, target, Origin=origin, Host=host))

    def test_host_is_checked_before_path_and_method(self) -> None:
        self.assertEqual(403, self.status("GET", "/nosuch", Host="evil.example"))
        self.assertEqual(403, self.status("PUT", "/mcp", Host="evil.example"))


class Paths(ServerCase):
    def status(self, method: str, target: str) -> wire.Response:
        if method in ("POST", "PUT"):
            return wire.request(self.server.port, method, target, JSON, "{}")
        return wire.request(self.server.port, method, target)

    def test_unknown_paths_are_404(self) -> None:
        for target in ("/nosuch", "/mcp/x", "/sse/", "/MCP", "/%2e%2e/etc/passwd", "//mcp"):
            with self.subTest(target=target):
                self.assertIn(self.status("GET", target).status, (400, 404))

    def test_wrong_methods_are_405_and_say_what_is_allowed(self) -> None:
        for method, target in (
            ("PUT", "/mcp"),
            ("PATCH", "/mcp"),
            ("PUT", "/sse"),
            ("DELETE", "/sse"),
            ("PUT", "/sse/message"),
        ):
            with self.subTest(method=method, target=target):
                response = self.status(method, target)
                self.assertEqual(405, response.status)
                self.assertTrue(response.header("allow"))

    def test_health(self) -> None:
        for target in ("/healthz", "/readyz"):
            response = wire.request(self.server.port, "GET", target, {"Host": "anything.example"})
            self.assertEqual(200, response.status)

    def test_query_of_mcp_is_tolerated(self) -> None:
        response = wire.request(self.server.port, "POST", "/mcp?utm=1", JSON, INITIALIZE)
        self.assertEqual(200, response.status)


class TakenPort(ServerCase):
    def test_second_server_on_a_taken_port_says_so_in_one_line(self) -> None:
        done = subprocess.run(
            [binary(), "serve", "--sandbox", "--workers", "2", "--listen", f"127.0.0.1:{self.server.port}"],
            env=clean_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
        )
        self.assertNotEqual(0, done.returncode)
        self.assertEqual(1, len(done.stderr.strip().splitlines()), done.stderr)
        self.assertIn(str(self.server.port), done.stderr)
        with SseSession(self.server.port) as session:
            self.assertEqual({}, session.rpc("ping"))


if __name__ == "__main__":
    unittest.main()
