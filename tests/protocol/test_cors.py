"""Web pages as clients: preflights and shared answers, for allowed origins only (WHATWG Fetch, CORS protocol)."""

from __future__ import annotations

import json
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lib import wire  # noqa: E402
from lib.mcp import ACCEPT, initialize_params, message  # noqa: E402
from lib.server import Server, ServerCase  # noqa: E402

PAGE = "https://tools.example.com"
INITIALIZE = json.dumps(message("initialize", initialize_params("2025-11-25"), 1))


class Pages(ServerCase):
    @classmethod
    def start_server(cls) -> Server:
        return Server("--sandbox", "--allow-origin", PAGE, "--auth", "bearer")

    def preflight(self, path: str, origin: str) -> wire.Response:
        headers = {
            "Origin": origin,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,content-type,mcp-session-id",
        }
        return wire.request(self.server.port, "OPTIONS", path, headers)

    def test_preflight_of_an_allowed_page_is_answered_without_credentials(self) -> None:
        for path in ("/mcp", "/sse", "/sse/message"):
            with self.subTest(path=path):
                response = self.preflight(path, PAGE)
                self.assertEqual(204, response.status)
                self.assertEqual(PAGE, response.header("Access-Control-Allow-Origin"))
                self.assertIn("POST", response.header("Access-Control-Allow-Methods") or "")
                allowed = (response.header("Access-Control-Allow-Headers") or "").lower()
                for name in ("authorization", "content-type", "mcp-session-id", "mcp-protocol-version", "last-event-id"):
                    self.assertIn(name, allowed)
                for name in ("accept", "mcp-method", "mcp-name", "mcp-param-workspace"):
                    self.assertIn(name, allowed.split(", "))
                self.assertEqual("Origin", response.header("Vary"))
                self.assertIsNone(response.header("Access-Control-Allow-Credentials"))

    def test_another_page_is_refused_and_learns_nothing(self) -> None:
        response = self.preflight("/mcp", "https://evil.example.com")
        self.assertEqual(403, response.status)
        self.assertIsNone(response.header("Access-Control-Allow-Origin"))

    def test_answers_and_refusals_can_be_read_by_the_page(self) -> None:
        headers = {"Origin": PAGE, "Content-Type": "application/json", "Accept": ACCEPT}
        refused = wire.request(self.server.port, "POST", "/mcp", headers, INITIALIZE)
        self.assertEqual(401, refused.status)
        headers["Authorization"] = "Bearer sandbox-token-ada"
        answered = wire.request(self.server.port, "POST", "/mcp", headers, INITIALIZE)
        self.assertEqual(200, answered.status)
        for response in (refused, answered):
            self.assertEqual(PAGE, response.header("Access-Control-Allow-Origin"))
            exposed = response.header("Access-Control-Expose-Headers") or ""
            self.assertIn("Mcp-Session-Id", exposed)
            self.assertIn("WWW-Authenticate", exposed)

    def test_stream_can_be_read_by_the_page(self) -> None:
        with wire.Connection(self.server.port) as connection:
            headers = {"Origin": PAGE, "Authorization": "Bearer sandbox-token-ada", "Accept": "text/event-stream"}
            connection.send(wire.request_bytes("GET", "/sse", headers, port=self.server.port))
            head = connection.read_head()
            self.assertEqual(200, head.status)
            self.assertEqual(PAGE, head.header("Access-Control-Allow-Origin"))

    def test_other_programs_get_no_cors_headers(self) -> None:
        response = wire.request(self.server.port, "GET", "/healthz")
        self.assertIsNone(response.header("Access-Control-Allow-Origin"))

    def test_options_without_a_page_is_no_preflight(self) -> None:
        self.assertEqual(401, wire.request(self.server.port, "OPTIONS", "/mcp").status)


if __name__ == "__main__":
    unittest.main()
