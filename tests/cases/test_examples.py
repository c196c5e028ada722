"""Runs the examples of the schema files, as the generator wrote them to generated/examples.json, against a stand-in for Asana."""

from __future__ import annotations

import json
import sys
import unittest
from pathlib import Path
from typing import Any
from urllib.parse import unquote

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE.parent))

from lib.asana import FakeAsana, Reply  # noqa: E402
from lib.mcp import StreamableSession, text_of  # noqa: E402
from lib.server import Server  # noqa: E402


class Examples(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls) -> None:
        cls.asana = FakeAsana()
        cls.server = Server(api_url=cls.asana.url)
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
        tool = self.tools[example["tool"]]
        lists = tool["outputSchema"]["properties"]["data"].get("type") == "array"
        self.asana.script(Reply(body={"data": [] if lists else {}}))
        result = self.session.call(example["tool"], example["args"])
        self.assertFalse(result.get("isError", False), text_of(result))
        seen = self.asana.requests()
        self.assertEqual(1, len(seen))
        expected = example["request"]
        self.assertEqual(expected["method"], seen[0].method)
        self.assertEqual(unquote(expected["path"]), seen[0].path)
        self.assertEqual({name: str(value) for name, value in (expected.get("query") or {}).items()}, dict(seen[0].query))
        body = expected.get("body")
        self.assertEqual(body if body is None or "data" in body else {"data": body}, seen[0].json())

    def test_each_tool_has_an_example_and_a_folder_of_cases(self) -> None:
        listed = set(self.tools)
        self.assertEqual(listed, {example["tool"] for example in self.examples})
        folders = {path.name for path in HERE.iterdir() if path.is_dir() and path.name.startswith("asana_")}
        self.assertEqual(listed, folders)


if __name__ == "__main__":
    unittest.main()
