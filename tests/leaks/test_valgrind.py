"""A session of calls on every transport under valgrind: nothing lost, nothing read before it was written.

The other stages run under AddressSanitizer, which also looks for leaks; this is the optimised program, as people run it."""

from __future__ import annotations

import json
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lib.asana import FakeAsana, Reply  # noqa: E402
from lib.mcp import RpcError, SseSession, StreamableSession, data_of, initialize_params, message  # noqa: E402
from lib.server import Server, binary, clean_environment  # noqa: E402

VALGRIND = (
    "valgrind",
    "--quiet",
    "--leak-check=full",
    "--show-leak-kinds=definite,indirect",
    "--errors-for-leak-kinds=definite,indirect",
    "--error-exitcode=99",
    "--child-silent-after-fork=yes",
)


class Leaks(unittest.TestCase):
    def server(self, **options: object) -> Server:
        made = Server(wrapper=VALGRIND, workers=2, **options)  # type: ignore[arg-type]
        # Its exit status is 99 when valgrind has something to say.
        self.addCleanup(made.stop)
        return made

    def test_a_session_of_calls_in_the_sandbox(self) -> None:
        server = self.server()
        streamable = StreamableSession(server.port)
        with SseSession(server.port) as sse:
            for session in (sse, streamable):
                session.list_tools()
                workspace = data_of(session.call("asana_list_workspaces"))[0]["gid"]
                found = {"workspace_gid": workspace, "resource_type": "project", "query": "Marketing"}
                project = data_of(session.call("asana_typeahead_search", found))[0]["gid"]
                made = data_of(session.call("asana_create_task", {"name": "Leak?", "project_id": project}))
                task = {"task_id": made["gid"]}
                session.call("asana_update_task", {**task, "completed": True})
                session.call("asana_create_task_story", {**task, "text": "No."})
                session.call("asana_get_stories_for_task", task)
                session.call("asana_search_tasks", {"workspace": workspace, "text": "leak"})
                session.call("asana_delete_task", task)
                self.assertIs(True, session.call("asana_get_task", task)["isError"])
                self.assertIs(True, session.call("asana_get_task", {"task": "x"})["isError"])
                with self.assertRaises(RpcError):
                    session.call("asana_get_nothing")
                session.post("{")
            abandoned = SseSession(server.port)
            abandoned.tell(message("tools/call", {"name": "asana_get_user"}, 9))
            abandoned.stream.connection.reset()

    def test_calls_that_go_wrong_and_calls_cut_off_by_the_end(self) -> None:
        with FakeAsana() as asana:
            server = self.server(api_url=asana.url)
            with SseSession(server.port) as session:
                for reply in (
                    Reply(status=400, body={"errors": [{"message": "no"}]}),
                    Reply(status=404, body=b"<html>", content_type="text/html"),
                    Reply(raw=b""),
                    Reply(body={"data": {}}, cut=3),
                    Reply(body=b'{"data":' + b"[" * 100),
                    Reply(body={"data": ["x" * 1000] * 9000}),
                ):
                    asana.script(reply)
                    self.assertIs(True, session.call("asana_delete_task", {"task_id": "1"})["isError"])
                asana.script(Reply(hang=True))
                session.tell(message("tools/call", {"name": "asana_get_user"}, 99))
                asana.wait_for_requests(1)
                server.stop()

    def test_stdio(self) -> None:
        lines = [
            message("initialize", initialize_params("2025-11-25"), 1),
            message("notifications/initialized"),
            message("tools/list", {}, 2),
            message("tools/call", {"name": "asana_list_workspaces"}, 3),
            message("tools/call", {"name": "asana_get_task", "arguments": {"task_id": []}}, 4),
        ]
        done = subprocess.run(
            [*VALGRIND, binary(), "stdio", "--sandbox"],
            env=clean_environment(),
            input="".join(json.dumps(line) + "\n" for line in lines) + "{\n",
            capture_output=True,
            text=True,
            timeout=120,
        )
        self.assertEqual(0, done.returncode, done.stderr)
        self.assertEqual(5, len(done.stdout.splitlines()), done.stdout)


if __name__ == "__main__":
    unittest.main()
