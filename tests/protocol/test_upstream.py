"""Asana at its worst: refusing, silent, slow, cut off, too large. Each call gets its answer in time, and others go on."""

from __future__ import annotations

import os
import re
import sys
import threading
import time
import unittest
import zlib
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lib.asana import FakeAsana, Reply, refused_url  # noqa: E402
from lib.mcp import SseSession, StreamableSession, data_of, message, text_of  # noqa: E402
from lib.server import Server, ServerCase  # noqa: E402

OK = Reply(body={"data": {"gid": "1", "name": "Ada"}})


def gzip_bomb() -> bytes:
    """Two megabytes that are two gigabytes: blocks that stand for themselves can be repeated."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    head = deflate.compress(b'{"data":"') + deflate.flush(zlib.Z_FULL_FLUSH)
    block = deflate.compress(b"0" * (16 << 20)) + deflate.flush(zlib.Z_FULL_FLUSH)
    return head + block * 128


class Bomb(unittest.TestCase):
    """A small answer that is large unpacked is given up where it gets too large, however long that takes this machine:
    what counts is the processor's time and the memory."""

    def spent(self, server: Server) -> tuple[float, int]:
        """Seconds of the processor so far, and the most memory so far in bytes."""
        words = Path(f"/proc/{server.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        (peak,) = re.findall(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{server.pid}/status").read_text(encoding="ascii"))
        return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK"), int(peak) << 10

    def test_gzip_bomb_is_an_error(self) -> None:
        body = gzip_bomb()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: {len(body)}\r\n\r\n"
        with FakeAsana(OK) as asana:
            server = Server("--deadline-seconds", "60", api_url=asana.url)
            self.addCleanup(server.stop)
            session = StreamableSession(server.port)
            data_of(session.call("asana_get_user"))
            asana.script(Reply(raw=head.encode() + body))
            seconds, memory = self.spent(server)
            result = session.call("asana_get_user")
            self.assertIs(True, result.get("isError"))
            self.assertIn("large", text_of(result).lower())
            after_seconds, after_memory = self.spent(server)
        self.assertLess(after_seconds - seconds, 1, "to unpack all of it takes several")
        self.assertLess(after_memory - memory, 100 << 20)


class Upstream(ServerCase):
    """A server whose patience with Asana is one second."""

    @classmethod
    def start_server(cls) -> Server:
        cls.asana = FakeAsana(OK)
        return Server("--deadline-seconds", "1", api_url=cls.asana.url)

    @classmethod
    def tearDownClass(cls) -> None:
        super().tearDownClass()
        cls.asana.close()

    def setUp(self) -> None:
        self.asana.script(OK)
        self.session = StreamableSession(self.server.port)

    def error(self, reply: Reply, tool: str = "asana_get_user", **arguments: object) -> str:
        self.asana.script(reply)
        started = time.monotonic()
        result = self.session.call(tool, arguments)
        self.assertLess(time.monotonic() - started, 20, "the answer came late")
        self.assertIs(True, result.get("isError"), text_of(result)[:500])
        return text_of(result)

    def test_asana_that_never_answers(self) -> None:
        self.assertRegex(self.error(Reply(hang=True)), r"(?i)1 s|second|in time|timed out")

    def test_write_that_asana_never_answers_is_sent_once(self) -> None:
        self.error(Reply(hang=True), "asana_create_task", name="x", project_id="1")
        self.assertEqual(1, len(self.asana.requests()))

    def test_asana_that_stops_in_the_middle_of_its_answer(self) -> None:
        self.error(Reply(body={"data": {"name": "x" * 1000}}, cut=20, stall=True))

    def test_write_whose_connection_breaks_is_sent_once(self) -> None:
        self.error(Reply(raw=b""), "asana_create_task", name="x", project_id="1")
        self.assertEqual(1, len(self.asana.requests()))

    def test_write_on_a_kept_connection_that_died_is_sent_once(self) -> None:
        # libcurl may repeat a request on a reused connection that it finds dead.
        for _ in range(5):
            self.asana.script(OK)
            self.session.call("asana_get_user")
            self.error(Reply(raw=b""), "asana_create_task", name="x", project_id="1")
            self.assertEqual(1, len(self.asana.requests()))

    def test_idle_connections_that_asana_closed_do_not_matter(self) -> None:
        for _ in range(5):
            self.assertTrue(data_of(self.session.call("asana_get_user")))
            self.asana.hang_up()

    def test_connection_is_kept_for_the_next_call(self) -> None:
        self.session.call("asana_get_user")
        before = self.asana.accepted()
        for _ in range(10):
            self.session.call("asana_get_user")
        self.assertEqual(before, self.asana.accepted())

    def test_answer_of_ten_megabytes_is_an_error(self) -> None:
        self.assertIn("large", self.error(Reply(body={"data": ["x" * 1000] * 10000})).lower())

    def test_endless_answer_is_an_error(self) -> None:
        reply = Reply(raw=b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n" + b"[" * (12 << 20))
        self.assertIn("large", self.error(reply).lower())

    def test_endless_header_is_an_error(self) -> None:
        self.error(Reply(raw=b"HTTP/1.1 200 OK\r\nX: " + b"x" * (4 << 20) + b"\r\n\r\n{}"))

    def test_redirect_is_not_followed(self) -> None:
        # A token must not travel to where a redirect points.
        elsewhere = FakeAsana(OK)
        self.addCleanup(elsewhere.close)
        self.error(Reply(status=302, headers={"Location": elsewhere.url + "/users/me"}, body=b""))
        self.assertEqual([], elsewhere.requests())

    def test_large_object_arrives_whole(self) -> None:
        data = {"gid": "1", "name": "ü" * 100_000}
        self.asana.script(Reply(body={"data": data}, chunked=True, gzip=True))
        self.assertEqual(data, data_of(self.session.call("asana_get_user")))

    def test_larger_object_is_refused_with_advice(self) -> None:
        self.asana.script(Reply(body={"data": {"gid": "1", "name": "ü" * 800_000}}))
        result = self.session.call("asana_get_user")
        self.assertIs(True, result["isError"])
        self.assertIn("opt_fields", result["content"][0]["text"])

    def test_list_of_two_megabytes_is_cut_and_says_so(self) -> None:
        data = [{"gid": str(number), "name": "ü" * 100} for number in range(8000)]
        self.asana.script(Reply(body={"data": data, "next_page": None}, chunked=True, gzip=True))
        answer = self.session.call("asana_list_workspaces")["structuredContent"]
        returned = answer["truncated"]["returned"]
        self.assertEqual(data[:returned], answer["data"])
        self.assertLess(100, returned)
        self.assertIsNone(answer["next_page"])
        self.assertIn("limit", answer["truncated"]["next"])

    def test_slow_call_does_not_hold_up_others(self) -> None:
        self.asana.script(lambda request: Reply(hang=True) if request.path == "/users/1" else OK)
        with SseSession(self.server.port) as session:
            session.tell(message("tools/call", {"name": "asana_get_user", "arguments": {"user_id": "1"}}, 50))
            for _ in range(20):
                self.assertEqual("Ada", data_of(session.call("asana_get_user"))["name"])
            self.assertIs(True, session.stream.answer_to(50)["result"]["isError"])

    def test_many_calls_wait_side_by_side(self) -> None:
        gate = threading.Event()
        self.addCleanup(gate.set)
        self.asana.script(Reply(body={"data": {"gid": "1"}}, gate=gate))
        with SseSession(self.server.port) as session:
            for number in range(100, 120):
                session.tell(message("tools/call", {"name": "asana_get_user"}, number))
            # They are all at Asana before one of them is answered.
            self.asana.wait_for_requests(20)
            gate.set()
            for number in range(100, 120):
                self.assertEqual({"gid": "1"}, data_of(session.stream.answer_to(number)["result"]))

    def test_client_that_left_does_not_stop_its_call(self) -> None:
        # A legacy disconnect is not a cancellation.
        gate = threading.Event()
        self.addCleanup(gate.set)
        self.asana.script(Reply(status=201, body={"data": {}}, gate=gate))
        session = SseSession(self.server.port)
        arguments = {"name": "x", "project_id": "1"}
        session.tell(message("tools/call", {"name": "asana_create_task", "arguments": arguments}, 5))
        self.asana.wait_for_requests(1)
        session.close()
        gate.set()
        self.asana.script(OK)
        self.assertTrue(data_of(self.session.call("asana_get_user")))


class Patient(unittest.TestCase):
    """Servers of their own."""

    def test_asana_that_refuses_connections(self) -> None:
        server = Server(api_url=refused_url())
        self.addCleanup(server.stop)
        result = StreamableSession(server.port).call("asana_get_user")
        self.assertIs(True, result["isError"])
        self.assertRegex(text_of(result), r"(?i)reach|connect")

    def test_server_stops_in_time_while_calls_wait(self) -> None:
        with FakeAsana(Reply(hang=True)) as asana:
            server = Server(api_url=asana.url, workers=2)
            sessions = [SseSession(server.port) for _ in range(4)]
            for session in sessions:
                session.tell(message("tools/call", {"name": "asana_get_user"}, 5))
            asana.wait_for_requests(4)
            started = time.monotonic()
            server.stop()
            self.assertLess(time.monotonic() - started, 30)
            for session in sessions:
                session.close()

    def test_pings_are_answered_while_a_call_waits(self) -> None:
        gate = threading.Event()
        with FakeAsana(Reply(body={"data": {"gid": "1"}}, gate=gate)) as asana:
            server = Server(api_url=asana.url)
            self.addCleanup(server.stop)
            with SseSession(server.port) as session:
                session.tell(message("tools/call", {"name": "asana_get_user"}, "slow"))
                asana.wait_for_requests(1)
                for _ in range(20):
                    session.rpc("ping")
                gate.set()
                self.assertEqual({"gid": "1"}, data_of(session.stream.answer_to("slow")["result"]))


if __name__ == "__main__":
    unittest.main()
