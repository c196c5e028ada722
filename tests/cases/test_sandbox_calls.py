"""`asana-mcp call` with the first example of each tool, each in a sandbox of its own.

What the gids of the examples stand for in the sandbox is in sandbox_args.json."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import unittest
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE.parent))

from lib import schema  # noqa: E402
from lib.mcp import StreamableSession, data_of  # noqa: E402
from lib.server import SANITIZER_REPORT, Server, binary, clean_environment  # noqa: E402

# Sandboxes of the same time are the same: what is found in one is in the others.
NOW = "2026-11-23T12:00:00Z"

# An object, as the examples name it.
NAMED = re.compile(r"1204\d{12}|[a-z]+@example\.com")
# And one of a kind that no tool finds in the sandbox.
STRANGE = "1205000000000001"

# Longest wait for one call; reached only when something is broken.
PATIENCE = 120


class Objects:
    """The sandbox's objects behind the examples' gids, found with tools."""

    def __init__(self, session: StreamableSession):
        self.session = session
        self.about = json.loads((HERE / "sandbox_args.json").read_text(encoding="utf-8"))["objects"]
        self.found: dict[str, str] = {}

    def find(self, name: str) -> str:
        if name not in self.found:
            about = self.about[name]
            records = data_of(self.session.call(about["tool"], self.fill(about["args"])))
            told = {key: about[key] for key in ("name", "text") if key in about}
            of_that_name = [one for one in records if all(one[key] == value for key, value in told.items())]
            if not of_that_name:
                raise AssertionError(f"the sandbox has no {about['is']} for {name}: {records!r}")
            self.found[name] = of_that_name[0][about.get("member", "gid")]
        return self.found[name]

    def fill(self, args: Any) -> Any:
        """The arguments with the sandbox's objects for the examples'."""
        if isinstance(args, dict):
            return {name: self.fill(value) for name, value in args.items()}
        if isinstance(args, list):
            return [self.fill(value) for value in args]
        return NAMED.sub(lambda named: self.find(named[0]), args) if isinstance(args, str) else args


def in_sandbox() -> set[str]:
    """The tools whose requests the sandbox answers: for some of Asana's operations it says that it has them not."""
    routes = set(re.findall(r'{ "(\w+)", sb_\w+ }', (ROOT / "runtime/sandbox/routes.c").read_text(encoding="utf-8")))
    tools = {}
    for path in (ROOT / "schema/tools").glob("*/*.json"):
        raw = json.loads(path.read_text(encoding="utf-8"))
        tools[raw["name"]] = [one["operation"] for one in (raw, *raw.get("requests", [])) if "operation" in one]
    return {name for name, operations in tools.items() if set(operations) <= routes}


def tried(examples: dict[str, Any]) -> list[str]:
    """The tools whose first example, given by name, the sandbox can answer."""
    return sorted(name for name in in_sandbox() & set(examples) if STRANGE not in json.dumps(examples[name]))


class SandboxCalls(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls) -> None:
        cls.server = Server("--now", NOW)
        cls.session = StreamableSession(cls.server.port)
        cls.tools = {tool["name"]: tool for tool in cls.session.list_tools()}
        cls.objects = Objects(cls.session)
        cls.examples: dict[str, Any] = {}
        for example in json.loads((ROOT / "generated" / "examples.json").read_text(encoding="utf-8")):
            cls.examples.setdefault(example["tool"], example["args"])

    @classmethod
    def tearDownClass(cls) -> None:
        cls.server.stop()

    def call(self, tool: str, args: Any) -> "subprocess.CompletedProcess[str]":
        command = [binary(), "call", "--sandbox", "--now", NOW, tool, json.dumps(args)]
        return subprocess.run(
            command,
            env=clean_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=PATIENCE,
        )

    def test_first_example_of_each_tool_works(self) -> None:
        for tool in tried(self.examples):
            about = self.tools[tool]
            with self.subTest(tool=tool):
                args = self.objects.fill(self.examples[tool])
                done = self.call(tool, args)
                self.assertEqual(0, done.returncode, f"{args}: {done.stderr}")
                self.assertIsNone(SANITIZER_REPORT.search(done.stderr), done.stderr)
                answer = json.loads(done.stdout)
                schema.check_json(about["outputSchema"], answer, f"{tool}: answer")

    def test_the_lists_are_not_empty(self) -> None:
        """Else the first examples would show little."""
        empty = []
        for tool in tried(self.examples):
            about = self.tools[tool]
            if about["outputSchema"]["properties"].get("data", {}).get("type") == "array":
                answer = json.loads(self.call(tool, self.objects.fill(self.examples[tool])).stdout)
                empty += [] if answer["data"] else [tool]
        self.assertEqual([], empty)

    def test_the_sandbox_has_what_the_tools_of_v1_send(self) -> None:
        """Those of V1, search and fetch: all that is tried above."""
        self.assertGreaterEqual(len(tried(self.examples)), 46)

    def test_an_unknown_object_is_an_error_of_the_tool(self) -> None:
        done = self.call("asana_get_task", {"task_id": "1204000000000001"})
        self.assertEqual(1, done.returncode)
        self.assertEqual("", done.stdout)
        self.assertIn("404", done.stderr)


if __name__ == "__main__":
    unittest.main()
