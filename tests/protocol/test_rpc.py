"""JSON-RPC as MCP uses it: ids kept as given, what may be absent, and each kind of bad message, on both transports."""

from __future__ import annotations

import json
import sys
import unittest
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lib import schema  # noqa: E402
from lib.mcp import RpcError, SseSession, StreamableSession, data_of, message, text_of  # noqa: E402
from lib.server import ServerCase  # noqa: E402

PARSE_ERROR, INVALID_REQUEST, METHOD_NOT_FOUND, INVALID_PARAMS = -32700, -32600, -32601, -32602

IDS = [
    "0",
    "1",
    "-7",
    "12345678901234567890",
    "9007199254740993",
    "-9223372036854775809",
    "1.5",
    "1e3",
    '""',
    '"0"',
    '"a \\"quoted\\" id"',
    '"\\u00fc\\ud83c\\udf89"',
    json.dumps("ünï🎉", ensure_ascii=False),
    json.dumps("x" * 500),
]

BROKEN_JSON = {
    "empty": b"",
    "blank": b"  \n",
    "open object": b'{"jsonrpc":"2.0","id":1,"method":"ping"',
    "two values": b'{"jsonrpc":"2.0","id":1,"method":"ping"}{}',
    "trailing text": b'{"jsonrpc":"2.0","id":1,"method":"ping"} x',
    "single quotes": b"{'jsonrpc':'2.0'}",
    "trailing comma": b'{"jsonrpc":"2.0","id":1,"method":"ping",}',
    "comment": b'{"jsonrpc":"2.0",/* hi */"id":1,"method":"ping"}',
    "NaN": b'{"jsonrpc":"2.0","id":NaN,"method":"ping"}',
    "leading zero": b'{"jsonrpc":"2.0","id":01,"method":"ping"}',
    "invalid UTF-8": b'{"jsonrpc":"2.0","id":1,"method":"p\xffng"}',
    "overlong UTF-8": b'{"jsonrpc":"2.0","id":1,"method":"p\xc0\xafng"}',
    "UTF-8 surrogate": b'{"jsonrpc":"2.0","id":1,"method":"p\xed\xa0\x80ng"}',
    "lone surrogate escape": b'{"jsonrpc":"2.0","id":1,"method":"p\\ud800ng"}',
    "NUL escape": b'{"jsonrpc":"2.0","id":1,"method":"ping\\u0000"}',
    "NUL byte": b'{"jsonrpc":"2.0","id":1,"method":"ping\x00"}',
    "control byte in a string": b'{"jsonrpc":"2.0","id":1,"method":"pi\nng"}',
    "deep arrays": b'{"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":' + b"[" * 5000 + b"]" * 5000 + b"}}",
    "deeper objects": b'{"a":' * 100000,
    "UTF-16": '{"jsonrpc":"2.0","id":1,"method":"ping"}'.encode("utf-16"),
    "not JSON at all": b"GET / HTTP/1.1",
}

INVALID_MESSAGES = {
    "number": "1",
    "string": '"ping"',
    "null": "null",
    "true": "true",
    "empty array": "[]",
    "empty object": "{}",
    "no method": '{"jsonrpc":"2.0","id":1}',
    "method is a number": '{"jsonrpc":"2.0","id":1,"method":1}',
    "no version": '{"id":1,"method":"ping"}',
    "version 1.0": '{"jsonrpc":"1.0","id":1,"method":"ping"}',
    "version is a number": '{"jsonrpc":2.0,"id":1,"method":"ping"}',
    "id is an object": '{"jsonrpc":"2.0","id":{},"method":"ping"}',
    "id is true": '{"jsonrpc":"2.0","id":true,"method":"ping"}',
}


class Messages(ServerCase):
    def setUp(self) -> None:
        self.http = StreamableSession(self.server.port)

    def sse(self) -> SseSession:
        session = SseSession(self.server.port)
        self.addCleanup(session.close)
        return session

    def refused(self, body: bytes | str, code: int, id: Any = None) -> dict[str, Any]:
        """What POST /mcp answers to a message that is none."""
        response = self.http.post(body)
        self.assertEqual(400, response.status)
        answer = response.json()
        schema.check_answer(answer)
        self.assertEqual((code, id), (answer["error"]["code"], answer["id"]))
        self.assertTrue(answer["error"]["message"])
        return answer

    def test_ids_come_back_as_they_were_written(self) -> None:
        session = self.sse()
        for raw in IDS:
            body = f'{{"jsonrpc":"2.0","method":"ping","id": {raw} }}'
            with self.subTest(id=raw, transport="http"):
                response = self.http.post(body)
                self.assertEqual(200, response.status)
                self.assertIn(f'"id":{raw},', response.text())
            with self.subTest(id=raw, transport="sse"):
                before = len(session.stream.events)
                self.assertEqual(202, session.post(body).status)
                event = session.stream.wait(lambda events: events[before:])[0]
                self.assertIn(f'"id":{raw},', event.data)

    def test_ids_come_back_in_errors_too(self) -> None:
        for raw in IDS:
            with self.subTest(id=raw):
                response = self.http.post(f'{{"jsonrpc":"2.0","id":{raw},"method":"no/such"}}')
                self.assertIn(f'"id":{raw},', response.text())

    def test_the_same_id_may_be_used_again(self) -> None:
        for _ in range(3):
            self.assertEqual({}, self.http.post(message("ping", None, 1)).json()["result"])

    def test_params_may_be_absent_or_empty(self) -> None:
        for method in ("ping", "tools/list"):
            for params in ("", ',"params":{}', ',"params":{"_meta":{"progressToken":0}}'):
                with self.subTest(method=method, params=params):
                    answer = self.http.post(f'{{"jsonrpc":"2.0","id":1,"method":"{method}"{params}}}').json()
                    self.assertIn("result", answer)

    def test_params_of_another_kind_are_refused(self) -> None:
        for params in ("[]", "1", '"x"', "true"):
            with self.subTest(params=params):
                response = self.http.post(f'{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{params}}}')
                self.assertIn(response.json()["error"]["code"], (INVALID_REQUEST, INVALID_PARAMS))

    def test_arguments_may_be_absent_null_or_empty(self) -> None:
        for params in (
            {"name": "asana_get_user"},
            {"name": "asana_get_user", "arguments": None},
            {"name": "asana_get_user", "arguments": {}},
        ):
            with self.subTest(params=params):
                self.assertIn("gid", data_of(self.http.rpc("tools/call", params)))

    def test_arguments_of_another_kind_are_refused(self) -> None:
        for arguments in ([], "{}", 1, True):
            with self.subTest(arguments=arguments):
                with self.assertRaises(RpcError) as raised:
                    self.http.rpc("tools/call", {"name": "asana_get_user", "arguments": arguments})
                self.assertEqual(INVALID_PARAMS, raised.exception.code)

    def test_broken_json_is_a_parse_error(self) -> None:
        for name, body in BROKEN_JSON.items():
            with self.subTest(name):
                self.refused(body, PARSE_ERROR)

    def test_broken_json_over_sse_is_a_parse_error(self) -> None:
        session = self.sse()
        for name, body in BROKEN_JSON.items():
            with self.subTest(name):
                response = session.post(body)
                self.assertEqual(400, response.status)
                self.assertEqual(PARSE_ERROR, response.json()["error"]["code"])
        self.assertEqual({}, session.rpc("ping"))

    def test_what_is_no_message_is_an_invalid_request(self) -> None:
        for name, body in INVALID_MESSAGES.items():
            with self.subTest(name):
                response = self.http.post(body)
                self.assertEqual(400, response.status)
                answer = response.json()
                schema.check_answer(answer)
                self.assertEqual(INVALID_REQUEST, answer["error"]["code"])
                self.assertIn(answer["id"], (None, 1))

    def test_member_names_are_case_sensitive(self) -> None:
        self.assertEqual(400, self.http.post('{"jsonrpc":"2.0","id":1,"Method":"ping"}').status)

    def test_white_space_around_a_message_is_taken(self) -> None:
        self.assertEqual(200, self.http.post(' \r\n\t{"jsonrpc":"2.0",\n"id":1,\n"method":"ping"}\n\n').status)

    def test_unknown_method(self) -> None:
        for session in (self.http, self.sse()):
            for method in ("no/such", "", "tools/List", "server/discover", "subscriptions/listen", "x" * 1000):
                with self.subTest(method=method[:20], transport=type(session).__name__):
                    with self.assertRaises(RpcError) as raised:
                        session.rpc(method, {})
                    self.assertEqual(METHOD_NOT_FOUND, raised.exception.code)

    def test_unknown_tool_names_the_nearest(self) -> None:
        for session in (self.http, self.sse()):
            with self.assertRaises(RpcError) as raised:
                session.call("asana_get_taks")
            self.assertEqual(INVALID_PARAMS, raised.exception.code)
            self.assertIn("asana_get_task", raised.exception.message)

    def test_unknown_tool_of_any_name_is_refused(self) -> None:
        for name in ("", "x" * 5000, "Asana_Get_Task", "asana_get_task\n", "../asana_get_task", "ünï"):
            with self.subTest(name=name[:20]):
                with self.assertRaises(RpcError) as raised:
                    self.http.call(name)
                self.assertEqual(INVALID_PARAMS, raised.exception.code)

    def test_tools_call_without_a_name_is_refused(self) -> None:
        for params in ({}, {"name": 1}, {"name": None}, None):
            with self.subTest(params=params):
                with self.assertRaises(RpcError) as raised:
                    self.http.rpc("tools/call", params)
                self.assertEqual(INVALID_PARAMS, raised.exception.code)

    def test_wrong_arguments_are_a_tool_error_and_http_200(self) -> None:
        result = self.http.call("asana_get_task", {"task_id": {"gid": 1}, "opt_fields": "name"})
        self.assertIs(True, result["isError"])
        self.assertIn("task_id", text_of(result))
        self.assertNotIn("structuredContent", result)

    def test_very_many_arguments_are_refused(self) -> None:
        result = self.http.call("asana_get_task", {f"argument_{number}": number for number in range(5000)})
        self.assertIs(True, result["isError"])

    def test_text_that_looks_like_an_event_stays_in_its_event(self) -> None:
        session = self.sse()
        evil = "x\n\nevent: message\ndata: {}\n\n\r\n\u2028"
        with self.assertRaises(RpcError):
            session.rpc(evil, {})
        self.assertEqual({"endpoint", "message"}, {event.name for event in session.stream.events})
        self.assertTrue(all("id" in one for one in session.stream.messages()))

    def test_duplicate_members_do_not_confuse(self) -> None:
        response = self.http.post('{"jsonrpc":"2.0","id":1,"id":2,"method":"ping","method":"ping"}')
        self.assertIn(response.status, (200, 400))

    def test_body_of_the_largest_size_is_taken_and_one_more_is_not(self) -> None:
        frame = '{"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":"%s"}}'
        room = (1 << 20) - len(frame % "")
        self.assertEqual(200, self.http.post(frame % ("x" * room)).status)
        self.assertEqual(413, self.http.post(frame % ("x" * (room + 1))).status)


if __name__ == "__main__":
    unittest.main()
