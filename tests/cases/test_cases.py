"""Runs the cases of tests/cases: a tool's call, the request that Asana must see, Asana's reply, the answer.

A case is a JSON file in the folder of its tool:
  why      optional: a remark for the reader
  call     the tool's arguments; null: none at all. Or "calls": several that must all do the same
  request  {"method", "path", "query": {name: value}, "body"} exactly as Asana must see it, or null when
           nothing may be sent. A query value "@fields" means the default fields of the tool's schema and
           "@default" the default of that argument there (left out when the schema has none)
  reply    what Asana answers: "status" (200), "headers", "body" (JSON), or instead of that "text", "raw"
           (the whole answer as Latin-1), "megabytes" (of records); "cut" (bytes of the body before the
           connection breaks), "gzip", "chunked", "content_type"
  answer   {"data", "next_page"} of a success ("next_page" only compared when named), or {"error": [texts
           that must be in the message]}; "without": texts that must not be in it

The cases in every_tool/ have no call and no request: they run with the plain case of each tool. Their
answer may be "plain": the plain case's reply with these changes, and its answer."""

from __future__ import annotations

import json
import sys
import unittest
from collections import Counter
from pathlib import Path
from typing import Any, Iterator, Optional

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE.parent))

from lib import schema  # noqa: E402
from lib.asana import FakeAsana, Reply, Request  # noqa: E402
from lib.mcp import StreamableSession, text_of  # noqa: E402
from lib.server import Server  # noqa: E402

EVERY = "every_tool"
TOKEN = "the-operators-asana-token"

# A GET may be asked again when the connection broke or Asana said that the fault is its own.
MOST_ATTEMPTS = 4

# The members that a successful answer may have (DESIGN.md, decision 7).
MEMBERS = {"data", "next_page", "truncated"}


def load(path: Path) -> dict[str, Any]:
    case = json.loads(path.read_text(encoding="utf-8"))
    unknown = set(case) - {"why", "call", "calls", "request", "reply", "answer"}
    if unknown:
        raise ValueError(f"{path}: unknown members {sorted(unknown)}")
    return case


def tool_file(tool: str) -> dict[str, Any]:
    found = list((ROOT / "schema" / "tools").glob(f"*/{tool}.json"))
    if len(found) != 1:
        raise ValueError(f"schema/tools has {len(found)} files for {tool}")
    return json.loads(found[0].read_text(encoding="utf-8"))


def expected_query(tool: str, query: dict[str, str]) -> dict[str, str]:
    """With the symbols filled in from the tool's schema."""
    filled = {}
    for name, value in query.items():
        if value == "@fields":
            value = tool_file(tool).get("result", {}).get("fields")
        elif value == "@default":
            value = tool_file(tool)["params"].get(name, {}).get("default")
        if value is not None:
            filled[name] = str(value)
    return filled


def reply_of(case: Optional[dict[str, Any]]) -> Reply:
    about = dict(case or {})
    body: Any = about.pop("body", {"data": {}})
    if "text" in about:
        body = about.pop("text").encode("utf-8")
    if "megabytes" in about:
        record = {"gid": "1200000000000701", "resource_type": "task", "name": "n" * 1000}
        body = {"data": [record] * (about.pop("megabytes") * 1000)}
    raw = about.pop("raw", None)
    return Reply(body=body, raw=None if raw is None else raw.encode("latin-1"), **about)


def names_in(folder: Path) -> Iterator[Path]:
    yield from sorted(folder.glob("*.json"))


class Cases(unittest.TestCase):
    """One test for each case; the methods are added below."""

    maxDiff = None

    @classmethod
    def setUpClass(cls) -> None:
        cls.asana = FakeAsana()
        cls.server = Server(api_url=cls.asana.url, token=TOKEN)
        cls.session = StreamableSession(cls.server.port)
        cls.tools = {tool["name"]: tool for tool in cls.session.list_tools()}

    @classmethod
    def tearDownClass(cls) -> None:
        # The server first: it may still be waiting for this Asana.
        cls.server.stop()
        cls.asana.close()

    def run_case(self, tool: str, case: dict[str, Any]) -> None:
        calls = case["calls"] if "calls" in case else [case["call"]]
        for call in calls:
            with self.subTest(call=json.dumps(call, ensure_ascii=False)):
                self.run_call(tool, call, case)

    def run_call(self, tool: str, call: Any, case: dict[str, Any]) -> None:
        self.asana.script(reply_of(case.get("reply")))
        params: dict[str, Any] = {"name": tool}
        if call is not None:
            params["arguments"] = call
        result = self.session.rpc("tools/call", params)
        self.check_requests(tool, case["request"], self.asana.requests())
        self.check_answer(tool, result, case["answer"])

    def check_requests(self, tool: str, expected: Optional[dict[str, Any]], seen: list[Request]) -> None:
        if expected is None:
            self.assertEqual([], [f"{one.method} {one.target}" for one in seen], "nothing may be sent")
            return
        self.assertTrue(seen, "nothing was sent to Asana")
        most = MOST_ATTEMPTS if expected["method"] == "GET" else 1
        self.assertLessEqual(len(seen), most, "sent too often")
        for one in seen:
            self.assertEqual(f"{expected['method']} {expected['path']}", f"{one.method} {one.path}")
            repeated = [name for name, count in Counter(name for name, _ in one.query).items() if count > 1]
            self.assertEqual([], repeated, "query parameters sent twice")
            self.assertEqual(expected_query(tool, expected["query"]), dict(one.query))
            self.assertEqual(expected.get("body"), one.json())
            self.assertEqual(TOKEN, one.token())
            if one.body:
                self.assertEqual("application/json", one.headers.get("content-type", "").split(";")[0])

    def check_answer(self, tool: str, result: dict[str, Any], expected: dict[str, Any]) -> None:
        text = text_of(result)
        for part in expected.get("without", []):
            self.assertNotIn(part, text)
        if "error" in expected:
            self.assertIs(True, result.get("isError"), f"expected an error, got {text[:500]}")
            for part in expected["error"]:
                self.assertIn(part.lower(), text.lower())
            self.assertNotIn(TOKEN, text)
            self.assertLess(len(text), 4000)
            return
        self.assertFalse(result.get("isError", False), f"the tool failed: {text[:500]}")
        answer = json.loads(text)
        self.assertLessEqual(set(answer), MEMBERS)
        self.assertEqual(expected["data"], answer["data"])
        if "next_page" in expected:
            self.assertIn("next_page", answer)
            self.assertEqual(expected["next_page"], answer["next_page"])
        self.assertEqual(answer, result["structuredContent"])
        schema.check_json(self.tools[tool]["outputSchema"], result["structuredContent"], f"{tool}: structuredContent")


def add_test(name: str, tool: str, case: dict[str, Any]) -> None:
    def test(self: Cases) -> None:
        self.run_case(tool, case)

    test.__name__ = test.__qualname__ = f"test_{name}"
    test.__doc__ = None
    setattr(Cases, test.__name__, test)


def add_cases() -> None:
    everywhere = {path.stem: load(path) for path in names_in(HERE / EVERY)}
    for folder in sorted(HERE.iterdir()):
        if not folder.is_dir() or folder.name in (EVERY, "__pycache__"):
            continue
        for path in names_in(folder):
            add_test(f"{folder.name}__{path.stem}", folder.name, load(path))
        plain = load(folder / "plain.json")
        for name, shared in everywhere.items():
            case = {"call": plain["call"], "request": plain["request"], **shared}
            if shared["answer"] == "plain":
                case.update(reply={**plain["reply"], **shared["reply"]}, answer=plain["answer"])
            add_test(f"{folder.name}__{EVERY}__{name}", folder.name, case)


add_cases()

if __name__ == "__main__":
    unittest.main()
