"""POST /mcp of revision 2026-07-28: stateless, with headers that repeat what the body says."""

from __future__ import annotations

import base64
import json
import sys
import unittest
from pathlib import Path
from typing import Any, Optional

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lib import schema, wire  # noqa: E402
from lib.asana import SilentAsana  # noqa: E402
from lib.mcp import ACCEPT, META, ModernClient, StreamableSession, data_of, initialize_params, message  # noqa: E402
from lib.server import Server, ServerCase, fixtures  # noqa: E402

PARSE, INVALID, NO_METHOD, PARAMS = -32700, -32600, -32601, -32602
MISMATCH, UNSUPPORTED = -32020, -32022


class ModernCase(ServerCase):
    @classmethod
    def start_server(cls) -> Server:
        return Server("--sandbox", workers=4, program=fixtures())

    def setUp(self) -> None:
        self.client = ModernClient(self.server.port)

    def tearDown(self) -> None:
        self.assertEqual(["2026-07-28"], self.client.rpc("server/discover")["supportedVersions"])

    def check_refused(self, response: wire.Response, status: int, code: int, id: Any) -> dict[str, Any]:
        self.assertEqual(status, response.status, response.body[:300])
        self.assertEqual("application/json", (response.header("content-type") or "").split(";")[0])
        answer = response.json()
        schema.check_answer(answer, revision=schema.MODERN)
        self.assertEqual((code, id), (answer["error"]["code"], answer["id"]), answer)
        return answer["error"]

    def raw(self, body: object, *headers: tuple[str, str]) -> wire.Response:
        """A request with these headers in this order, also twice."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        lines = [f"{name}: {value}" for name, value in headers]
        head = f"POST /mcp HTTP/1.1\r\nHost: 127.0.0.1:{self.server.port}\r\nContent-Type: application/json\r\n"
        head += f"Accept: {ACCEPT}\r\nContent-Length: {len(data)}\r\n" + "".join(line + "\r\n" for line in lines)
        return wire.raw(self.server.port, head.encode("latin-1") + b"\r\n" + data)


def encoded(text: str) -> str:
    return f"=?base64?{base64.b64encode(text.encode()).decode()}?="


class Requests(ModernCase):
    def test_every_list_and_a_call(self) -> None:
        for method in ("server/discover", "tools/list", "prompts/list", "resources/list", "resources/templates/list"):
            with self.subTest(method=method):
                result = self.client.rpc(method)
                self.assertGreaterEqual(result["ttlMs"], 0)
                self.assertIn(result["cacheScope"], ("public", "private"))
                self.assertEqual("complete", result["resultType"])
        result = self.client.rpc("tools/call", {"name": "asana_get_user"})
        self.assertIn("name", data_of(result))

    def test_no_session_is_made_and_none_is_looked_at(self) -> None:
        for extra in ({}, {"Mcp_Session_Id": "0" * 34}, {"Mcp_Session_Id": ""}, {"Last_Event_ID": "1-1"}):
            response = self.client.post(self.client.request("tools/list"), **extra)
            self.assertEqual(200, response.status)
            self.assertIsNone(response.header("mcp-session-id"))

    def test_ids_come_back_as_they_are(self) -> None:
        for id in (0, "0", 12345678901234567890, "ü \" \\"):
            response = self.client.post(self.client.request("tools/list", id=id))
            self.assertEqual(id, response.json()["id"])

    def test_what_is_wrong_with_the_question_is_answered_with_200(self) -> None:
        for method, params in (
            ("tools/call", {"name": "asana_nosuch"}),
            ("tools/list", {"cursor": "nosuch"}),
            ("prompts/get", {"name": "nosuch"}),
        ):
            with self.subTest(method=method):
                request = self.client.request(method, params)
                self.check_refused(self.client.post(request), 200, PARAMS, request["id"])

    def test_unknown_and_removed_methods_are_404(self) -> None:
        for method in (
            "nosuch",
            "initialize",
            "ping",
            "logging/setLevel",
            "resources/subscribe",
            "resources/unsubscribe",
        ):
            with self.subTest(method=method):
                request = self.client.request(method, initialize_params("2025-11-25") if method == "initialize" else None)
                self.check_refused(self.client.post(request), 404, NO_METHOD, request["id"])

    def test_text_that_is_no_message_is_400(self) -> None:
        deep = b'{"jsonrpc":"2.0","id":1,"method":"x","params":' + b"[" * 5000 + b"]" * 5000 + b"}"
        for body in (b"{", b"", b"\xff\xfe", b'{"jsonrpc":"2.0","id":1,"method":"\xc3"}', b'{"a":"\\u0000"}', deep):
            with self.subTest(body=body[:40]):
                response = self.raw(body, ("MCP-Protocol-Version", schema.MODERN), ("Mcp-Method", "x"))
                self.check_refused(response, 400, PARSE, None)
        for body, id in ((b"1", None), (b'{"id":7,"method":"x"}', 7), (b'{"jsonrpc":"2.0","id":null,"method":"x"}', None)):
            with self.subTest(body=body):
                response = self.raw(body, ("MCP-Protocol-Version", schema.MODERN), ("Mcp-Method", "x"))
                self.check_refused(response, 400, INVALID, id)

    def test_batches_and_responses_are_refused(self) -> None:
        version = ("MCP-Protocol-Version", schema.MODERN)
        self.check_refused(self.raw([self.client.request("tools/list")], version), 400, INVALID, None)
        response = self.raw({"jsonrpc": "2.0", "id": 5, "result": {}}, version)
        self.check_refused(response, 400, INVALID, 5)

    def test_notifications_get_202(self) -> None:
        for extra in ((), (("Mcp-Method", "notifications/cancelled"),)):
            response = self.raw(
                message("notifications/cancelled", {"requestId": 1}), ("MCP-Protocol-Version", schema.MODERN), *extra
            )
            self.assertEqual((202, b""), (response.status, response.body))

    def test_get_and_delete_are_405(self) -> None:
        legacy = StreamableSession(self.server.port)
        for headers in (
            {},
            {"MCP-Protocol-Version": schema.MODERN},
            {"MCP-Protocol-Version": schema.MODERN, "Mcp-Session-Id": legacy.session_id or ""},
        ):
            for method in ("GET", "DELETE"):
                with self.subTest(method=method, headers=headers):
                    headers["Accept"] = "text/event-stream"
                    response = wire.request(self.server.port, method, "/mcp", headers)
                    self.assertEqual((405, "POST"), (response.status, response.header("allow")))
        self.assertEqual({}, legacy.rpc("ping"))


class Meta(ModernCase):
    def test_missing_members_are_400_and_invalid_params(self) -> None:
        for member in ("protocolVersion", "clientCapabilities"):
            with self.subTest(member=member):
                request = self.client.request("tools/list")
                del request["params"]["_meta"][META + member]
                self.check_refused(self.client.post(request), 400, PARAMS, request["id"])
        for broken in (message("tools/list", None, 5), message("tools/list", {}, 5), message("tools/list", {"_meta": 1}, 5)):
            self.check_refused(self.client.post(broken), 400, PARAMS, 5)

    def test_client_info_may_be_missing(self) -> None:
        request = self.client.request("tools/list")
        del request["params"]["_meta"][META + "clientInfo"]
        self.assertEqual(200, self.client.post(request).status)

    def test_wrong_members_are_400(self) -> None:
        for member, value in (("clientCapabilities", []), ("clientCapabilities", None), ("logLevel", "loud")):
            with self.subTest(member=member):
                request = self.client.request("tools/list", {"_meta": {META + member: value}})
                self.check_refused(self.client.post(request), 400, PARAMS, request["id"])

    def test_another_version_than_the_header_says_is_a_mismatch(self) -> None:
        for version in ("2025-11-25", "2099-01-01", "2026-07-28 "):
            with self.subTest(version=version):
                request = self.client.request("tools/list", {"_meta": {META + "protocolVersion": version}})
                self.check_refused(self.client.post(request), 400, MISMATCH, request["id"])

    def test_an_unknown_version_is_told_the_known_ones(self) -> None:
        for version in ("2099-01-01", "latest"):
            request = self.client.request("tools/list", {"_meta": {META + "protocolVersion": version}})
            response = self.client.post(request, MCP_Protocol_Version=version)
            error = self.check_refused(response, 400, UNSUPPORTED, request["id"])
            self.assertEqual({"supported": ["2026-07-28"], "requested": version}, error["data"])


class Headers(ModernCase):
    def call(self, name: str = "asana_get_user", **arguments: object) -> dict[str, Any]:
        return self.client.request("tools/call", {"name": name, "arguments": arguments})

    def check_mismatch(self, request: dict[str, Any], **changed: Optional[str]) -> None:
        self.check_refused(self.client.post(request, **changed), 400, MISMATCH, request["id"])

    def test_missing_ones_are_refused(self) -> None:
        for name in ("MCP_Protocol_Version", "Mcp_Method", "Mcp_Name"):
            with self.subTest(name=name):
                self.check_mismatch(self.call(), **{name: None})
        for method, params in (("prompts/get", {"name": "weekly_review"}), ("resources/read", {"uri": "asana://task/1"})):
            self.check_mismatch(self.client.request(method, params), Mcp_Name=None)

    def test_others_than_the_body_says_are_refused(self) -> None:
        self.check_mismatch(self.call(), Mcp_Method="tools/list")
        self.check_mismatch(self.call(), Mcp_Method="Tools/Call")
        self.check_mismatch(self.call(), Mcp_Method=encoded("tools/call"))
        for name in ("asana_get_task", "Asana_Get_User", "", "asana_get_user2", "asana_get_use", encoded("asana_get_task")):
            with self.subTest(name=name):
                self.check_mismatch(self.call(), Mcp_Name=name)

    def test_names_in_any_case_and_white_space_around_values(self) -> None:
        request = self.call()
        response = self.raw(
            request,
            ("mcp-protocol-VERSION", f"  {schema.MODERN} \t"),
            ("MCP-METHOD", " tools/call  "),
            ("mCP-nAME", "\tasana_get_user "),
        )
        self.assertEqual(200, response.status, response.body)

    def test_encoded_names_are_decoded(self) -> None:
        self.assertEqual(200, self.client.post(self.call(), Mcp_Name=encoded("asana_get_user")).status)
        request = self.client.request("resources/read", {"uri": "asana://task/ü"})
        self.assertEqual(200, self.client.post(request, Mcp_Name=encoded("asana://task/ü")).status)

    def test_what_is_no_strict_base64_is_refused(self) -> None:
        good = base64.b64encode(b"asana_get_user").decode()  # ends in padding
        self.assertTrue(good.endswith("="))
        for bad in (
            good.rstrip("="),
            good + "=",
            good[:4] + " " + good[4:],
            good[:4] + "!" + good[4:],
            good.replace("=", "") + "-=",
            "",
            good[:-2] + chr(ord(good[-2]) + 1) + "=",  # bits that mean nothing are set
        ):
            with self.subTest(bad=bad):
                self.check_mismatch(self.call(), Mcp_Name=f"=?base64?{bad}?=")
        self.check_mismatch(self.call(), Mcp_Name=f"=?BASE64?{good}?=")

    def test_bytes_that_no_header_may_hold_are_refused(self) -> None:
        request = self.client.request("resources/read", {"uri": "asana://task/ü"})
        self.check_mismatch(request, Mcp_Name="asana://task/ü".encode().decode("latin-1"))

    def test_the_same_twice_is_taken_and_a_contradiction_is_not(self) -> None:
        request = self.call()
        plain = [("MCP-Protocol-Version", schema.MODERN), ("Mcp-Method", "tools/call"), ("Mcp-Name", "asana_get_user")]
        self.assertEqual(200, self.raw(request, *plain, *plain).status)
        for name, value in (
            ("MCP-Protocol-Version", "2025-11-25"),
            ("Mcp-Method", "tools/list"),
            ("Mcp-Name", "asana_get_task"),
            ("Mcp-Name", encoded("asana_get_task")),
        ):
            for headers in ([*plain, (name, value)], [(name, value), *plain]):
                with self.subTest(name=name, first=headers[0]):
                    self.check_refused(self.raw(request, *headers), 400, MISMATCH, request["id"])

    def test_oversized_ones_are_refused(self) -> None:
        self.check_mismatch(self.call(), Mcp_Name="x" * 9000)
        self.assertEqual(431, self.client.post(self.call(), Mcp_Name="x" * 40000).status)

    def test_an_argument_is_repeated_in_its_header(self) -> None:
        gid = self.workspace()
        taken = [("workspace", gid, gid), ("workspace", gid, encoded(gid)), ("workspace", int(gid), gid)]
        taken += [("workspace", int(gid), gid + ".0"), ("workspace", None, None)]
        for param, value, header in taken:
            with self.subTest(value=value, header=header):
                request = self.call("asana_search_tasks", **{param: value, "text": "a"})
                response = self.client.post(request, Mcp_Param_Workspace=header)
                self.assertEqual(200, response.status, response.body[:300])
        response = self.client.post(self.call("asana_search_tasks", text="a"))
        self.assertEqual(200, response.status)
        refused = [(gid, None), (gid, gid + "0"), (gid, ""), (None, gid), (int(gid), "x"), (int(gid), gid + "x")]
        refused += [(gid, "=?base64?" + gid + "*?=")]
        for value, header in refused:
            with self.subTest(value=value, header=header):
                self.check_mismatch(
                    self.call("asana_search_tasks", workspace=value, text="a"), Mcp_Param_Workspace=header
                )

    def workspace(self) -> str:
        return str(data_of(self.client.rpc("tools/call", {"name": "asana_list_workspaces"}))[0]["gid"])

    def test_headers_of_no_argument_are_passed_over(self) -> None:
        self.assertEqual(200, self.client.post(self.call(), Mcp_Param_Nosuch="x").status)


class Eras(ModernCase):
    """Which era serves a request is decided by its version header and its _meta, by nothing else."""

    def test_legacy_requests_are_served_as_such(self) -> None:
        for version in (None, "2025-03-26", "2025-06-18", "2025-11-25"):
            with self.subTest(version=version):
                headers = {"Content-Type": "application/json", "Accept": ACCEPT, "Mcp-Method": "initialize"}
                if version:
                    headers["MCP-Protocol-Version"] = version
                body = json.dumps(message("initialize", initialize_params("2025-11-25"), 1))
                response = wire.request(self.server.port, "POST", "/mcp", headers, body)
                self.assertEqual(200, response.status)
                self.assertIsNotNone(response.header("mcp-session-id"))

    def test_a_legacy_session_and_modern_requests_do_not_meet(self) -> None:
        legacy = StreamableSession(self.server.port)
        response = legacy.post(message("ping", None, 1), Mcp_Method="ping", Mcp_Name="x")
        self.assertEqual(200, response.status)
        response = legacy.post(message("ping", None, 1), MCP_Protocol_Version=schema.MODERN)
        self.check_refused(response, 400, PARAMS, 1)
        request = self.client.request("tools/list")
        response = legacy.post(request)  # modern _meta, legacy header
        self.check_refused(response, 400, MISMATCH, request["id"])

    def test_an_unknown_header_without_meta_is_a_modern_mistake(self) -> None:
        for version in ("1999-01-01", "2025-11-26", "latest", ""):
            with self.subTest(version=version):
                response = self.client.post(message("tools/list", {}, 3), MCP_Protocol_Version=version)
                self.check_refused(response, 400, PARAMS, 3)


class Streams(ModernCase):
    def progress(self) -> dict[str, Any]:
        return self.client.request("tools/call", {"name": "test_tool_with_progress", "_meta": {"progressToken": "p"}})

    def test_what_is_said_before_the_answer_makes_a_stream(self) -> None:
        request = self.progress()
        stream = self.client.stream(request)
        answer = stream.answer_to(request["id"])
        stream.wait_for_end()
        schema.check_answer(answer, revision=schema.MODERN, method="tools/call")
        self.assertEqual("no", stream.head.header("x-accel-buffering"))
        *before, last = stream.messages()
        self.assertEqual(answer, last)
        self.assertEqual([0, 50, 100], [one["params"]["progress"] for one in before])
        for one in before:
            schema.check_message(one, revision=schema.MODERN)
        # Nothing can be heard again, so nothing has an id.
        self.assertEqual([None] * 4 + [None], [event.id for event in stream.events] + [stream.last_id])

    def test_a_client_that_takes_no_events_gets_the_answer_only(self) -> None:
        response = self.client.post(self.progress(), Accept="application/json")
        self.assertEqual(200, response.status)
        self.assertEqual("application/json", response.header("content-type"))
        schema.check_answer(response.json(), revision=schema.MODERN, method="tools/call")

    def test_listening_begins_with_the_acknowledgement(self) -> None:
        for wanted in ({"toolsListChanged": True}, {"promptsListChanged": True, "resourcesListChanged": True}, {}):
            request = self.client.request("subscriptions/listen", {"notifications": wanted})
            stream = self.client.stream(request)
            self.addCleanup(stream.close)
            stream.wait(lambda events: events)
            first = stream.messages()[0]
            schema.check_message(first, revision=schema.MODERN)
            self.assertEqual("notifications/subscriptions/acknowledged", first["method"])
            self.assertEqual(wanted, first["params"]["notifications"])
            self.assertEqual(request["id"], first["params"]["_meta"][META + "subscriptionId"])

    def test_listening_ends_with_a_result_when_the_server_stops(self) -> None:
        server = Server("--sandbox", workers=2, program=fixtures())
        client = ModernClient(server.port)
        streams = []
        for _ in range(6):
            request = client.request("subscriptions/listen", {"notifications": {"toolsListChanged": True}})
            streams.append((request["id"], client.stream(request)))
            streams[-1][1].wait(lambda events: events)
        server.stop()
        for id, stream in streams:
            stream.wait_for_end()
            answer = stream.messages()[-1]
            schema.check_answer(answer, revision=schema.MODERN, method="subscriptions/listen")
            self.assertEqual((id, id), (answer["id"], answer["result"]["_meta"][META + "subscriptionId"]))
            stream.close()

    def test_clients_that_come_and_go_harm_nobody(self) -> None:
        for number in range(30):
            request = self.client.request("subscriptions/listen", {"notifications": {"toolsListChanged": True}})
            connection = wire.Connection(self.server.port)
            headers = self.client.headers_for(request)
            connection.send(
                wire.request_bytes("POST", "/mcp", headers, json.dumps(request), port=self.server.port)
            )
            if number % 3:
                connection.read_head()
            connection.reset() if number % 2 else connection.close()


class HangUp(unittest.TestCase):
    def setUp(self) -> None:
        self.asana = SilentAsana()
        self.addCleanup(self.asana.close)
        self.server = Server(api_url=self.asana.url, workers=2)
        self.addCleanup(self.server.stop)

    def send(self, headers: dict[str, str], request: dict[str, Any]) -> wire.Connection:
        connection = wire.Connection(self.server.port)
        connection.send(wire.request_bytes("POST", "/mcp", headers, json.dumps(request), port=self.server.port))
        return connection

    def test_a_modern_client_that_hangs_up_has_cancelled(self) -> None:
        client = ModernClient(self.server.port)
        for round, end in enumerate(("close", "reset", "close", "reset")):
            request = client.request("tools/call", {"name": "asana_get_user", "arguments": {"user_id": "1"}})
            connection = self.send(client.headers_for(request), request)
            self.asana.wait_for_requests(round + 1)
            getattr(connection, end)()
            self.assertTrue(self.asana.given_up.acquire(timeout=wire.PATIENCE), "the request to Asana still runs")
        self.assertEqual("Ada", data_of(client.rpc("tools/call", {"name": "asana_get_user"}))["name"])

    def test_a_legacy_client_that_hangs_up_has_not(self) -> None:
        legacy = StreamableSession(self.server.port)
        request = message("tools/call", {"name": "asana_get_user", "arguments": {"user_id": "1"}}, 9)
        headers = {"Content-Type": "application/json", "Accept": ACCEPT, **legacy.headers_now()}
        connection = self.send(headers, request)
        self.asana.wait_for_requests(1)
        connection.close()
        # Whatever notices a hang-up has done so when later requests have been answered by both workers.
        for _ in range(20):
            self.assertEqual("Ada", data_of(legacy.call("asana_get_user"))["name"])
        self.assertFalse(self.asana.given_up.acquire(blocking=False))
        legacy.tell(message("notifications/cancelled", {"requestId": 9}))
        self.assertTrue(self.asana.given_up.acquire(timeout=wire.PATIENCE))


if __name__ == "__main__":
    unittest.main()
