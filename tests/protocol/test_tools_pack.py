"""Further tools from a file (--tools-pack): listed, called, and read again on SIGHUP while the server runs."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import tempfile
import threading
import unittest
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from codegen import pack  # noqa: E402
from codegen.problems import Report  # noqa: E402
from lib import wire  # noqa: E402
from lib.asana import FakeAsana, Reply, Request  # noqa: E402
from lib.mcp import ModernClient, RpcError, StreamableSession, data_of  # noqa: E402
from lib.server import Server, binary, clean_environment  # noqa: E402

CHANGED = "notifications/tools/list_changed"
WORKERS = 4


def tag_tool(name: str) -> dict[str, Any]:
    """A tool that nobody compiled."""
    return {
        "name": name,
        "title": "Get a tag",
        "description": "Read one tag.",
        "effect": "read",
        "operation": "getTag",
        "request": "GET /tags/{tag_gid}",
        "params": {
            "tag_id": {"type": "gid", "to": "path:tag_gid", "required": True, "description": "Tag to read."},
            "opt_fields": {"type": "opt_fields", "to": "query:opt_fields"},
        },
        "result": {"fields": "name,color"},
        "examples": [{"say": "Which color?", "args": {"tag_id": "12"}, "sends": {"path": "/tags/12"}}],
    }


class ToolsPack(unittest.TestCase):
    texts: dict[str, str] = {}

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.file = self.folder / "further.pack"
        self.asana = FakeAsana(Reply(body={"data": {"gid": "12", "name": "red"}}))
        self.addCleanup(self.asana.close)

    @classmethod
    def text(cls, name: str) -> str:
        """The pack with a tool of that name, made once."""
        if name not in cls.texts:
            cls.texts[name] = cls.packed(tag_tool(name))
        return cls.texts[name]

    @classmethod
    def packed(cls, tool: dict[str, Any]) -> str:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "more" / "tasks" / f"{tool['name']}.json"
            path.parent.mkdir(parents=True)
            path.write_text(json.dumps(tool), encoding="utf-8")
            return pack.pack(ROOT, path.parents[1], Report())

    def write(self, text: str) -> None:
        self.file.write_text(text, encoding="utf-8")

    def serve(self, *flags: str) -> Server:
        server = Server("--tools-pack", str(self.file), *flags, api_url=self.asana.url, workers=WORKERS)
        self.addCleanup(server.stop)
        return server

    def names(self, server: Server) -> list[str]:
        return [tool["name"] for tool in StreamableSession(server.port).list_tools()]

    def renew(self, server: Server) -> None:
        """As an operator would; when this returns every worker has the new tools."""
        session = StreamableSession(server.port)
        stream = session.listen()
        self.addCleanup(stream.close)
        stream.wait(lambda _: stream.places)
        server.child.send_signal(signal.SIGHUP)
        stream.notification(CHANGED)

    def run_tools(self, *args: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [binary(), "tools", "--tools-pack", str(self.file), *args],
            env=clean_environment(),
            capture_output=True,
            text=True,
            check=False,
        )

    def test_it_is_listed_and_called_like_the_others(self) -> None:
        self.write(self.text("asana_get_tag"))
        server = self.serve()
        self.assertEqual("asana_get_tag", self.names(server)[-1])
        for _ in range(2 * WORKERS):
            answer = StreamableSession(server.port).call("asana_get_tag", {"tag": 12})
            self.assertEqual({"gid": "12", "name": "red"}, data_of(answer))
        (asked, *_) = self.asana.requests()
        self.assertEqual(("GET", "/tags/12", [("opt_fields", "name,color")]), (asked.method, asked.path, list(asked.query)))
        wrong = StreamableSession(server.port).call("asana_get_tag", {"tagg": "12"})
        self.assertIn('unknown argument "tagg" (did you mean "tag_id"?)', wrong["content"][0]["text"])
        self.assertIn("asana_get_tag", {tool["name"] for tool in ModernClient(server.port).rpc("tools/list")["tools"]})

    def test_it_can_be_disabled_and_is_no_tool_for_other_toolsets(self) -> None:
        self.write(self.text("asana_get_tag"))
        self.assertNotIn("asana_get_tag", self.names(self.serve("--disable", "asana_get_tag")))
        self.assertNotIn("asana_get_tag", self.names(self.serve("--toolsets", "goals")))
        with self.assertRaisesRegex(AssertionError, r'no tool is called \\?"asana_get_tog\\?" \(did you mean'):
            self.serve("--disable", "asana_get_tog")

    def test_where_workspaces_are_hidden_its_own_rules_say_what_it_names(self) -> None:
        """The compiled ones do not know the operation. A tag tells its workspace when it is read."""
        self.write(self.text("asana_get_tag"))
        places = {"12": "1", "13": "2"}

        def tag(request: Request) -> Reply:
            gid = request.path.split("/")[-1]
            return Reply(body={"data": {"gid": gid, "name": "red", "workspace": {"gid": places[gid]}}})

        self.asana.script(tag)
        session = StreamableSession(self.serve("--allow-workspace", "1").port)
        self.assertEqual({"gid": "12", "name": "red"}, data_of(session.call("asana_get_tag", {"tag_id": "12"})))
        hidden = session.call("asana_get_tag", {"tag_id": "13"})
        self.assertTrue(hidden["isError"])
        self.assertNotIn("red", hidden["content"][0]["text"])
        without = json.loads(self.text("asana_get_tag"))
        self.write(json.dumps({**without, "routes": []}))
        server = self.serve("--allow-workspace", "1")
        self.asana.script(tag)
        self.assertTrue(StreamableSession(server.port).call("asana_get_tag", {"tag_id": "12"})["isError"])
        self.assertEqual([], self.asana.requests())

    def test_the_page_and_what_web_pages_may_send_follow_the_tools(self) -> None:
        self.write(self.text("asana_get_tag"))
        server = self.serve("--allow-origin", "https://pages.example.com")
        self.assertIn("asana_get_tag", self.page(server))
        self.assertNotIn("mcp-param-tag", self.may_send(server))
        further = tag_tool("asana_read_tag")
        further["params"]["tag_id"]["header"] = "Tag"
        self.write(self.packed(further))
        self.renew(server)
        for _ in range(2 * WORKERS):
            page = self.page(server)
            self.assertIn("asana_read_tag", page)
            self.assertNotIn("asana_get_tag", page)
            self.assertIn("mcp-param-tag", self.may_send(server))

    def page(self, server: Server) -> list[str]:
        """The tools that it names."""
        return re.findall(r"<code>(asana_\w+)</code>", wire.request(server.port, "GET", "/").body.decode("utf-8"))

    def may_send(self, server: Server) -> list[str]:
        headers = {"Origin": "https://pages.example.com", "Access-Control-Request-Method": "POST"}
        allowed = wire.request(server.port, "OPTIONS", "/mcp", headers).header("access-control-allow-headers")
        return [name.strip().lower() for name in (allowed or "").split(",")]

    def test_a_new_file_is_read_on_sighup(self) -> None:
        self.write(self.text("asana_get_tag"))
        server = self.serve()
        self.write(self.text("asana_read_tag"))
        self.renew(server)
        for _ in range(2 * WORKERS):
            names = self.names(server)
            self.assertIn("asana_read_tag", names)
            self.assertNotIn("asana_get_tag", names)
        session = StreamableSession(server.port)
        self.assertEqual("red", data_of(session.call("asana_read_tag", {"id": "12"}))["name"])
        with self.assertRaisesRegex(RpcError, 'unknown tool .*"asana_read_tagg".*mean .*"asana_read_tag"'):
            session.call("asana_read_tagg", {"id": "12"})
        with self.assertRaisesRegex(RpcError, "unknown tool"):
            session.call("asana_get_tag", {"id": "12"})

    def test_a_bad_file_changes_nothing(self) -> None:
        self.write(self.text("asana_get_tag"))
        server = self.serve()
        whole = self.text("asana_get_tag")
        for bad, why in (
            (whole[:-20], "byte"),
            (whole.replace('"format":2', '"format":9'), "format 9"),
            (whole.replace('["path_arg",0]', '["path_arg",7]'), "asana_get_tag: request"),
        ):
            self.write(bad)
            server.child.send_signal(signal.SIGHUP)
            self.assertIn(str(self.file), server.wait_for(rf"settings\.not_reloaded.*{why}").string)
            self.assertIn("asana_get_tag", self.names(server))
        self.write(self.text("asana_read_tag"))
        self.renew(server)
        self.assertIn("asana_read_tag", self.names(server))

    def test_calls_under_way_end_with_what_they_began_with(self) -> None:
        asked, go_on = threading.Event(), threading.Event()
        self.addCleanup(go_on.set)

        def slow(_: Request) -> Reply:
            asked.set()
            go_on.wait()
            return Reply(body={"data": {"gid": "12", "name": "late"}})

        self.write(self.text("asana_get_tag"))
        server = self.serve()
        for name in ("asana_read_tag", "asana_get_tag"):  # what was read at the start stays until the end
            self.write(self.text(name))
            self.renew(server)
        self.asana.script(slow)
        answers: list[Any] = []

        def call() -> None:
            answers.append(StreamableSession(server.port).call("asana_get_tag", {"tag_id": "12"}))

        caller = threading.Thread(target=call)
        caller.start()
        self.assertTrue(asked.wait(60))
        for name in ("asana_read_tag", "asana_get_tag", "asana_read_tag"):
            self.write(self.text(name))
            self.renew(server)
        go_on.set()
        caller.join()
        self.assertEqual("late", data_of(answers[0])["name"])

    def test_the_command_line_knows_it(self) -> None:
        self.write(self.text("asana_get_tag"))
        done = self.run_tools("asana_get_tag")
        self.assertEqual(0, done.returncode, done.stderr)
        self.assertIn("asana_get_tag: Get a tag (tasks, read)", done.stdout)
        self.assertIn('did you mean "asana_get_tag"', self.run_tools("get_tag").stderr)
        self.write('{"format":2,"schema":"other","tools":[]}')
        done = self.run_tools()
        self.assertEqual(1, done.returncode)
        self.assertRegex(done.stderr, r"the tools of \S+further.pack: made of schema other, and this program is made of")
        self.file.unlink()
        self.assertIn("--tools-pack: cannot read", self.run_tools().stderr)


if __name__ == "__main__":
    unittest.main()
