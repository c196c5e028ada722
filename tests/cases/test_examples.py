"""Runs the examples of the schema files, as the generator wrote them to generated/examples.json, against a stand-in for Asana."""

from __future__ import annotations

import json
import re
import sys
import unittest
from pathlib import Path
from typing import Any
from urllib.parse import unquote

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE.parent))

from lib.asana import FakeAsana, Reply, Request  # noqa: E402
from lib.mcp import StreamableSession, text_of  # noqa: E402
from lib.server import Server  # noqa: E402
from test_cases import form_of  # noqa: E402


class Examples(unittest.TestCase):
    maxDiff = None
    flags: tuple[str, ...] = ()

    @classmethod
    def setUpClass(cls) -> None:
        cls.asana = FakeAsana()
        cls.server = Server(*cls.flags, api_url=cls.asana.url)
        cls.session = StreamableSession(cls.server.port)
        cls.tools = {tool["name"]: tool for tool in cls.session.list_tools()}
        cls.examples = json.loads((ROOT / "generated" / "examples.json").read_text(encoding="utf-8"))

    @classmethod
    def tearDownClass(cls) -> None:
        cls.server.stop()
        cls.asana.close()

    def test_each_example_sends_what_it_says(self) -> None:
        for example in self.examples:
            with self.subTest(tool=example["tool"], say=example["say"]):
                self.check(example)

    def check(self, example: dict[str, Any]) -> None:
        schema = self.tools[example["tool"]]["outputSchema"]["properties"].get("data", {})
        asked = example["request"]

        def reply(seen: Request) -> Reply:
            if asked is not None and seen.path == unquote(asked["path"]):
                return Reply(body={"data": [] if schema.get("type") == "array" else {}})
            # What extras and handlers ask for: an object where the path ends with its gid, or else a list.
            return Reply(body={"data": {} if re.search(r"/(\d+|task_counts)$", seen.path) else []})

        self.asana.script(reply)
        result = self.session.call(example["tool"], example["args"])
        self.assertFalse(result.get("isError", False), text_of(result))
        seen = sorted(self.asana.requests(), key=lambda one: one.path)
        if asked is None:  # by a handler; tests/cases/<tool>/ says what it sends
            self.assertTrue(seen)
            return
        wanted = sorted([asked, *example.get("extras", [])], key=lambda one: unquote(one["path"]))
        lines = [f"{one['method']} {unquote(one['path'])}" for one in wanted]
        self.assertEqual(lines, [f"{one.method} {one.path}" for one in seen])
        for expected, sent in zip(wanted, seen):
            query = {name: str(value) for name, value in (expected.get("query") or {}).items()}
            self.assertEqual(query, dict(sent.query))
            self.assertEqual(form_of(expected), sent.form())
            if sent.form() is not None:
                continue
            body = expected.get("body")
            self.assertEqual(body if body is None or "data" in body else {"data": body}, sent.json())

    def test_each_tool_has_an_example_and_a_folder_of_cases(self) -> None:
        listed = set(self.tools)
        self.assertEqual(listed, {example["tool"] for example in self.examples})
        folders = {path.name for path in HERE.iterdir() if path.is_dir() and not path.name.startswith(("every_", "__"))}
        files = (ROOT / "schema" / "tools").glob("*/*.json")
        folders -= {path.stem for path in files if json.loads(path.read_text(encoding="utf-8")).get("hidden")}
        self.assertEqual(listed, folders)

    def test_each_argument_is_in_a_case_under_each_of_its_names(self) -> None:
        """limit, offset and opt_fields are in the cases that several tools share."""
        for path in sorted((ROOT / "schema" / "tools").glob("*/*.json")):
            tool = path.stem
            raw = json.loads(path.read_text(encoding="utf-8"))
            with self.subTest(tool=tool):
                names = set(raw["params"]) - {"limit", "offset", "opt_fields"}
                names |= aliases_of(tool)
                self.assertEqual([], sorted(names - arguments_in_cases(tool)))


def aliases_of(tool: str) -> set[str]:
    """The spellings that the tool's decoder takes besides the listed ones."""
    for path in (ROOT / "generated").glob("tools_*.c"):
        decoder = re.search(rf"^bool {tool}_decode\(.*?^}}", path.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
        if decoder:
            return set(re.findall(r'args_alias\(a, "(\w+)"', decoder[0]))
    raise AssertionError(f"no decoder of {tool}")


def arguments_in_cases(tool: str) -> set[str]:
    """The arguments of the calls that succeed in the tool's own cases."""
    found: set[str] = set()
    for path in (HERE / tool).glob("*.json"):
        case = json.loads(path.read_text(encoding="utf-8"))
        if "error" not in case["answer"]:
            for call in case.get("calls") or [case["call"]]:
                found |= set(call or {})
    return found


if __name__ == "__main__":
    unittest.main()
