"""POST /mcp: legacy Streamable HTTP with sessions (2025-03-26 to 2025-11-25)."""

from __future__ import annotations

import json
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lib import schema, wire  # noqa: E402
from lib.mcp import ACCEPT, StreamableSession, data_of, initialize_params, message  # noqa: E402
from lib.server import ServerCase  # noqa: E402


class Streamable(ServerCase):
    def post(self, body: object, **extra: str) -> wire.Response:
        headers = {"Content-Type": "application/json", "Accept": ACCEPT}
        headers.update({name.replace("_", "-"): value for name, value in extra.items()})
        data = body if isinstance(body, (bytes, str)) else json.dumps(body)
        return wire.request(self.server.port, "POST", "/mcp", headers, data)

    def test_initialize_gives_a_session_of_visible_ascii(self) -> None:
        session = StreamableSession(self.server.port)
        self.assertRegex(session.session_id or "", r"^[!-~]{32,}$")

    def test_answers_are_json(self) -> None:
        session = StreamableSession(self.server.port)
        response = session.post(message("ping", None, 4))
        self.assertEqual(200, response.status)
        self.assertEqual("application/json", (response.header("content-type") or "").split(";")[0])
        self.assertEqual({"jsonrpc": "2.0", "id": 4, "result": {}}, response.json())

    def test_call(self) -> None:
        session = StreamableSession(self.server.port)
        self.assertIn("name", data_of(session.call("asana_get_user")))

    def test_notifications_and_responses_get_202_without_a_body(self) -> None:
        session = StreamableSession(self.server.port)
        for body in (
            message("notifications/cancelled", {"requestId": 99}),
            message("notifications/unheard-of"),
            {"jsonrpc": "2.0", "id": 5, "result": {}},
            {"jsonrpc": "2.0", "id": "x", "error": {"code": -1, "message": "no"}},
        ):
            with self.subTest(body=body):
                response = session.post(body)
                self.assertEqual((202, b""), (response.status, response.body))

    def test_missing_session_is_400(self) -> None:
        for body in (message("tools/list", {}, 1), message("tools/call", {"name": "asana_get_user"}, 1)):
            self.assertEqual(400, self.post(body).status)

    def test_unknown_session_is_404(self) -> None:
        for session in ("nosuch", "0" * 34, "ff" + "0" * 32, "a" * 4000):
            with self.subTest(session=session[:40]):
                self.assertEqual(404, self.post(message("ping", None, 1), Mcp_Session_Id=session).status)

    def test_delete_ends_the_session(self) -> None:
        session = StreamableSession(self.server.port)
        headers = {"Mcp-Session-Id": session.session_id or ""}
        self.assertIn(wire.request(self.server.port, "DELETE", "/mcp", headers).status, (200, 202, 204))
        self.assertEqual(404, session.post(message("ping", None, 1)).status)
        self.assertEqual(404, wire.request(self.server.port, "DELETE", "/mcp", headers).status)

    def test_get_and_delete_without_a_session_are_405(self) -> None:
        for method in ("GET", "DELETE"):
            response = wire.request(self.server.port, method, "/mcp", {"Accept": "text/event-stream"})
            self.assertEqual((405, "POST"), (response.status, response.header("allow")))

    def test_session_headers_that_contradict_each_other_are_refused(self) -> None:
        one, other = (StreamableSession(self.server.port).session_id or "" for _ in range(2))
        body = json.dumps(message("ping", None, 1))
        for ids, status in (((one, one), 200), ((one, other), 400), ((one, ""), 400)):
            with self.subTest(ids=ids):
                head = f"POST /mcp HTTP/1.1\r\nHost: 127.0.0.1:{self.server.port}\r\nContent-Length: {len(body)}\r\n"
                head += "".join(f"Mcp-Session-Id: {id}\r\n" for id in ids)
                response = wire.raw(self.server.port, f"{head}\r\n{body}".encode())
                self.assertEqual(status, response.status)

    def test_unsupported_protocol_version_header_is_400(self) -> None:
        session = StreamableSession(self.server.port)
        for version in ("1999-01-01", "latest", "2025-11-26"):
            with self.subTest(version=version):
                self.assertEqual(400, session.post(message("ping", None, 1), MCP_Protocol_Version=version).status)

    def test_absent_protocol_version_header_is_taken(self) -> None:
        session = StreamableSession(self.server.port)
        response = self.post(message("ping", None, 1), Mcp_Session_Id=session.session_id or "")
        self.assertEqual(200, response.status)

    def test_session_cannot_be_used_as_an_sse_session(self) -> None:
        session = StreamableSession(self.server.port)
        response = wire.request(
            self.server.port,
            "POST",
            f"/sse/message?sessionId={session.session_id}",
            {"Content-Type": "application/json"},
            json.dumps(message("ping", None, 1)),
        )
        self.assertEqual(404, response.status)

    def test_any_accept_header_is_taken(self) -> None:
        for accept in ("*/*", "application/json", ACCEPT):
            with self.subTest(accept=accept):
                response = self.post(message("initialize", initialize_params("2025-11-25"), 1), Accept=accept)
                self.assertEqual(200, response.status)

    def test_two_sessions_do_not_share_a_revision(self) -> None:
        old = StreamableSession(self.server.port, revision="2025-03-26")
        new = StreamableSession(self.server.port, revision="2025-11-25")
        self.assertNotIn("structuredContent", old.call("asana_get_user"))
        self.assertIn("structuredContent", new.call("asana_get_user"))
        self.assertEqual("2025-03-26", old.revision)

    def test_many_sessions_at_once(self) -> None:
        sessions = [StreamableSession(self.server.port) for _ in range(50)]
        self.assertEqual(50, len({session.session_id for session in sessions}))
        for session in sessions:
            self.assertEqual({}, session.rpc("ping"))

    def test_tools_list_of_every_revision_conforms(self) -> None:
        for revision in schema.REVISIONS:
            session = StreamableSession(self.server.port, revision=revision)
            self.assertTrue(session.list_tools())


if __name__ == "__main__":
    unittest.main()
