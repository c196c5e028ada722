"""A client that does not read its stream: bounded, then closed with a line in the log, and nobody else is slower for it."""

from __future__ import annotations

import json
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lib import wire  # noqa: E402
from lib.asana import FakeAsana, Reply  # noqa: E402
from lib.mcp import SseSession, data_of, initialize_params, message  # noqa: E402
from lib.server import Server  # noqa: E402
from lib.sse import EventStream  # noqa: E402

# More than the server queues (4 MiB) and what the kernel's socket buffers may hold beside. A list of that size would be cut.
ANSWER = {"data": {"gid": "1", "name": "n" * 900_000}}
ENOUGH = 60


class SlowReader(unittest.TestCase):
    def setUp(self) -> None:
        self.asana = FakeAsana(Reply(body=ANSWER))
        self.addCleanup(self.asana.close)
        self.server = Server(api_url=self.asana.url, workers=2)
        self.addCleanup(self.server.stop)

    def post(self, endpoint: str, body: object) -> int:
        headers = {"Content-Type": "application/json"}
        return wire.request(self.server.port, "POST", endpoint, headers, json.dumps(body)).status

    def test_reader_that_never_reads_is_closed_and_others_go_on(self) -> None:
        # A small window, so that what is sent waits with the server.
        lazy = EventStream(self.server.port, read=False, receive_buffer=4096)
        self.addCleanup(lazy.close)
        endpoint = lazy.endpoint()
        self.assertEqual(202, self.post(endpoint, message("initialize", initialize_params("2025-11-25"), 1)))
        with SseSession(self.server.port) as busy:
            status = 202
            sent = 0
            while status == 202 and sent < ENOUGH:
                sent += 1
                call = {"name": "asana_get_user", "arguments": {}}
                status = self.post(endpoint, message("tools/call", call, sent + 1))
                self.assertEqual(ANSWER["data"], data_of(busy.call("asana_get_user")))
            self.server.wait_for(r"sse\.closed\b.*why=slow_reader")
            self.assertEqual(404, self.post(endpoint, message("ping", None, 1000)))
            self.assertEqual({}, busy.rpc("ping"))

    def test_reader_that_comes_back_in_time_gets_everything(self) -> None:
        lazy = EventStream(self.server.port, read=False, receive_buffer=4096)
        self.addCleanup(lazy.close)
        endpoint = lazy.endpoint()
        self.post(endpoint, message("initialize", initialize_params("2025-11-25"), 1))
        self.post(endpoint, message("tools/call", {"name": "asana_get_user"}, 2))
        self.asana.wait_for_requests(1)
        lazy.resume()
        self.assertEqual(ANSWER["data"], data_of(lazy.answer_to(2)["result"]))


if __name__ == "__main__":
    unittest.main()
