"""Runs the cases of tests/cases: a tool's call, the request that Asana must see, Asana's reply, the answer.

A case is a JSON file in the folder of its tool:
  why      optional: a remark for the reader
  call     the tool's arguments; null: none at all. Or "calls": several that must all do the same
  request  {"method", "path", "query": {name: value}, "body"} exactly as Asana must see it, or null when
           nothing may be sent. Instead of "body" a "form": its parts, a file as {"name", "text" or
           "base64"}. A query value "@fields" means the default fields of the tool's schema and
           "@default" the default of that argument there (left out when the schema has none)
  asks     for a tool that sends several requests, instead of request and reply: a list of requests as
           above ("method" may be left out: GET), each with its "reply". They may come in any order; all of
           them must come, unless the answer is an error, and nothing else
  reply    what Asana answers: "status" (200), "headers", "body" (JSON), or instead of that "text", "raw"
           (the whole answer as Latin-1), "megabytes" (of records of 1 kB), "records": [how many, bytes of
           each one's name]; "cut" (bytes of the body before the connection breaks), "gzip", "chunked",
           "content_type". "then": the reply to the same request from the second time on
  times    how often each request is sent; without it a GET may be repeated, anything else may not
  deadline the server's --deadline-seconds, when it is not the usual one
  answer   {"data", "next_page", "truncated"} of a success ("next_page" only compared when named; "beside"
           holds what else there must be; "data" may
           be "first N": of the reply's records; in "truncated" a list means texts that must be in it), or
           {"error": [texts that must be in the message]}, or {"whole": …} the whole JSON of an answer that
           has no "data", or {"holds": {member: [texts that must be in it]}}; "without": texts that must not
           be in it

The cases in the folders every_… have no call and no request: they run with the plain case of each tool
that SHARED says. They may have
  adds     arguments that are added to the plain call; or a list of such: calls that must all do the same
  query    query parameters that are added to those of the plain case's request
Their answer may be "plain", or have that as its "data": the plain case's. The reply is then the plain
case's with these changes, "members" being put beside its data."""

from __future__ import annotations

import base64
import json
import sys
import unittest
from collections import Counter
from pathlib import Path
from typing import Any, Callable, Iterator, Optional

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE.parent))

from lib import schema  # noqa: E402
from lib.asana import FakeAsana, Reply, Request  # noqa: E402
from lib.lanes import InLanes  # noqa: E402
from lib.mcp import StreamableSession, text_of  # noqa: E402
from lib.server import Server  # noqa: E402

TOKEN = "the-operators-asana-token"

# A GET may be asked again when the connection broke or Asana said that the fault is its own.
MOST_ATTEMPTS = 4

# Long enough for a busy machine; cases in which the server would wait for better times say less.
USUAL_DEADLINE = 60

CALLS_PER_TOKEN = 15

# Cases at a time: most of them wait for a server that waits before it asks Asana again.
LANES = 4

# The members that a successful answer may have.
MEMBERS = {"data", "next_page", "truncated"}


MEMBERS_OF_A_CASE = {"why", "call", "calls", "request", "asks", "reply", "times", "deadline", "answer"}
MEMBERS_OF_A_SHARED_CASE = {"adds", "query"}

# The folders of cases that several tools share, and which tools those are, by schema file and plain case.
SHARED: dict[str, Callable[[dict[str, Any], dict[str, Any]], bool]] = {
    "every_tool": lambda tool, plain: True,
    "every_read": lambda tool, plain: tool["effect"] == "read",
    "every_write": lambda tool, plain: tool["effect"] != "read",
    "every_limit": lambda tool, plain: "limit" in tool["params"],
    "every_offset": lambda tool, plain: "offset" in tool["params"],
    "every_opt_fields": lambda tool, plain: "opt_fields" in tool["params"],
}


def load(path: Path) -> dict[str, Any]:
    case = json.loads(path.read_text(encoding="utf-8"))
    unknown = set(case) - MEMBERS_OF_A_CASE - (MEMBERS_OF_A_SHARED_CASE if path.parent.name in SHARED else set())
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


def records(count: int, length: int) -> list[dict[str, Any]]:
    return [{"gid": "1200000000000701", "resource_type": "task", "name": "n" * length}] * count


def reply_of(case: Optional[dict[str, Any]]) -> Reply:
    about = dict(case or {})
    body: Any = about.pop("body", {"data": {}})
    if "text" in about:
        body = about.pop("text").encode("utf-8")
    if "megabytes" in about:
        body = {"data": records(about.pop("megabytes") * 1000, 1000)}
    if "records" in about:
        body = {"data": records(*about.pop("records"))}
    body = {**body, **about.pop("members")} if "members" in about else body
    about.pop("then", None)
    raw = about.pop("raw", None)
    return Reply(body=body, raw=None if raw is None else raw.encode("latin-1"), **about)


def form_of(request: dict[str, Any]) -> Optional[dict[str, Any]]:
    """As lib.asana reads it: files by their bytes."""
    if "form" not in request:
        return None
    parts = dict(request["form"])
    for name, part in parts.items():
        if isinstance(part, dict) and "text" in part:
            parts[name] = {"name": part["name"], "base64": base64.b64encode(part["text"].encode()).decode()}
    return parts


def is_asked(tool: str, ask: dict[str, Any], seen: Request) -> bool:
    wanted = (ask.get("method", "GET"), ask["path"], expected_query(tool, ask["query"]), ask.get("body"))
    return wanted == (seen.method, seen.path, dict(seen.query), seen.json())


class Replies:
    """What a case's Asana answers: one reply to everything, or to each request of "asks" its own."""

    def __init__(self, tool: str, case: dict[str, Any]):
        self.tool = tool
        self.case = case
        self.seen: Counter[str] = Counter()

    def __call__(self, seen: Request) -> Reply:
        reply = self.find(seen)
        if reply is None:
            return Reply(status=400, body={"errors": [{"message": "this request is not in the case"}]})
        self.seen[seen.target] += 1
        return reply_of(reply["then"] if self.seen[seen.target] > 1 and "then" in reply else reply)

    def find(self, seen: Request) -> Optional[dict[str, Any]]:
        if "asks" not in self.case:
            return self.case.get("reply", {})
        return next((ask.get("reply", {}) for ask in self.case["asks"] if is_asked(self.tool, ask, seen)), None)


def names_in(folder: Path) -> Iterator[Path]:
    yield from sorted(folder.glob("*.json"))


class Lane:
    """An Asana and its servers, for one call at a time."""

    def __init__(self, flags: tuple[str, ...]):
        self.flags = flags
        self.asana = FakeAsana()
        self.servers: dict[int, Server] = {}
        self.sessions: dict[tuple[int, str], StreamableSession] = {}
        self.calls = 0

    def token(self) -> str:
        """Another one every few calls: a token has 60 searches a minute, and the server keeps to that."""
        return f"{TOKEN}-{self.calls // CALLS_PER_TOKEN}"

    def session_with(self, deadline: int) -> StreamableSession:
        """With the server of that deadline, which is started when a case first needs it."""
        token = self.token()
        if deadline not in self.servers:
            options = ("--auth", "bearer", "--deadline-seconds", str(deadline), *self.flags)
            self.servers[deadline] = Server(*options, api_url=self.asana.url, token=None)
        if (deadline, token) not in self.sessions:
            headers = {"Authorization": f"Bearer {token}"}
            self.sessions[deadline, token] = StreamableSession(self.servers[deadline].port, headers)
        return self.sessions[deadline, token]

    def close(self) -> None:
        # The servers first: they may still be waiting for this Asana.
        try:
            for server in self.servers.values():
                server.stop()
        finally:
            self.asana.close()


class Cases(unittest.TestCase):
    """One test for each case; the methods are added below."""

    maxDiff = None
    flags: tuple[str, ...] = ()  # given to each server beside its own
    lanes: list[Lane] = []

    @classmethod
    def setUpClass(cls) -> None:
        cls.lanes = [Lane(cls.flags) for _ in range(LANES)]
        for lane in cls.lanes:
            cls.addClassCleanup(lane.close)
        cls.tools = {tool["name"]: tool for tool in cls.lanes[0].session_with(USUAL_DEADLINE).list_tools()}

    def setUp(self) -> None:
        self.lane: Lane = getattr(self, "lane", self.lanes[0])

    def run_case(self, tool: str, case: dict[str, Any]) -> None:
        calls = case["calls"] if "calls" in case else [case["call"]]
        for call in calls:
            with self.subTest(call=json.dumps(call, ensure_ascii=False)):
                self.run_call(tool, call, case)

    def run_call(self, tool: str, call: Any, case: dict[str, Any]) -> None:
        asks = case.get("asks")
        asana = self.lane.asana
        asana.script(Replies(tool, case))
        params: dict[str, Any] = {"name": tool}
        if call is not None:
            params["arguments"] = call
        self.lane.calls += 1
        result = self.lane.session_with(case.get("deadline", USUAL_DEADLINE)).rpc("tools/call", params)
        if asks is None:
            self.check_requests(tool, case["request"], asana.requests(), case.get("times"))
        else:
            asana.settle()  # a call that failed did not wait for all that it asked
            self.check_asks(tool, asks, asana.requests(), all_of_them="error" not in case["answer"])
        self.check_answer(tool, result, case)

    def check_requests(
        self, tool: str, expected: Optional[dict[str, Any]], seen: list[Request], times: Optional[int]
    ) -> None:
        if expected is None:
            self.assertEqual([], [f"{one.method} {one.target}" for one in seen], "nothing may be sent")
            return
        self.assertTrue(seen, "nothing was sent to Asana")
        most = times or (MOST_ATTEMPTS if expected["method"] == "GET" else 1)
        self.assertLessEqual(len(seen), most, "sent too often")
        self.assertEqual(times or len(seen), len(seen), "how often it was sent")
        for one in seen:
            self.assertEqual(f"{expected['method']} {expected['path']}", f"{one.method} {one.path}")
            repeated = [name for name, count in Counter(name for name, _ in one.query).items() if count > 1]
            self.assertEqual([], repeated, "query parameters sent twice")
            self.assertEqual(expected_query(tool, expected["query"]), dict(one.query))
            self.assertEqual(self.lane.token(), one.token())
            self.assertEqual(form_of(expected), one.form())
            if one.form() is None:
                self.assertEqual(expected.get("body"), one.json())
            if one.body and one.form() is None:
                self.assertEqual("application/json", one.headers.get("content-type", "").split(";")[0])

    def check_asks(self, tool: str, asks: list[dict[str, Any]], seen: list[Request], all_of_them: bool) -> None:
        times = [sum(is_asked(tool, ask, one) for one in seen) for ask in asks]
        strangers = [one.target for one in seen if not any(is_asked(tool, ask, one) for ask in asks)]
        self.assertEqual([], strangers, "requests that are not in the case")
        if all_of_them:
            missing = [ask["path"] + str(ask["query"]) for ask, count in zip(asks, times) if not count]
            self.assertEqual([], missing, "requests that were not sent")
        for ask, count in zip(asks, times):
            self.assertLessEqual(count, MOST_ATTEMPTS if ask.get("method", "GET") == "GET" else 1, "sent too often")
        for one in seen:
            self.assertEqual(len(dict(one.query)), len(one.query), "a query parameter was sent twice")
            self.assertEqual(self.lane.token(), one.token())

    def check_answer(self, tool: str, result: dict[str, Any], case: dict[str, Any]) -> None:
        text = text_of(result)
        expected = case["answer"]
        for part in expected.get("without", []):
            self.assertNotIn(part, text)
        if "error" in expected:
            self.assertIs(True, result.get("isError"), f"expected an error, got {text[:500]}")
            self.assertNotIn("structuredContent", result)
            for part in expected["error"]:
                self.assertIn(part.lower(), text.lower())
            self.assertNotIn(TOKEN, text)
            self.assertLess(len(text), 4000)
            return
        self.assertFalse(result.get("isError", False), f"the tool failed: {text[:500]}")
        answer = json.loads(text)
        if "whole" in expected:
            self.assertEqual(expected["whole"], answer)
        elif "holds" in expected:
            for member, parts in expected["holds"].items():
                for part in parts:
                    self.assertIn(part, str(answer[member]))
        else:
            beside = expected.get("beside", {})
            self.assertLessEqual(set(answer), MEMBERS | set(beside))
            self.assertEqual(beside, {name: answer.get(name) for name in beside})
            self.check_data(expected["data"], answer["data"], case.get("reply"))
            self.check_truncated(expected.get("truncated"), answer.get("truncated"))
        if "next_page" in expected:
            self.assertIn("next_page", answer)
            self.assertEqual(expected["next_page"], answer["next_page"])
        self.assertEqual(answer, result["structuredContent"])
        schema.check_json(self.tools[tool]["outputSchema"], result["structuredContent"], f"{tool}: structuredContent")


    def check_data(self, expected: Any, data: Any, reply: Optional[dict[str, Any]]) -> None:
        if isinstance(expected, str) and expected.startswith("first "):
            first = reply_of(reply).body["data"][: int(expected[len("first ") :])]
            self.assertEqual(len(first), len(data))
            self.assertTrue(first == data, "not the first records of the reply")
            return
        self.assertEqual(expected, data)

    def check_truncated(self, expected: Optional[dict[str, Any]], truncated: Optional[dict[str, Any]]) -> None:
        """Whoever gets a whole list is not told otherwise."""
        if expected is None or truncated is None:
            self.assertEqual(expected, truncated)
            return
        self.assertEqual(set(expected), set(truncated))
        for name, value in expected.items():
            if not isinstance(value, list):
                self.assertEqual(value, truncated[name])
                continue
            for part in value:
                self.assertIn(part.lower(), truncated[name].lower())


def add_test(name: str, tool: str, case: dict[str, Any]) -> None:
    def test(self: Cases) -> None:
        self.run_case(tool, case)

    test.__name__ = test.__qualname__ = f"test_{name}"
    test.__doc__ = None
    setattr(Cases, test.__name__, test)


def with_shared(plain: dict[str, Any], shared: dict[str, Any]) -> dict[str, Any]:
    """A shared case with the call and the requests of a tool's plain case; each gets the shared reply."""
    answer = shared["answer"]
    as_plain = answer == "plain" or answer.get("data") == "plain"

    def reply(own: dict[str, Any]) -> dict[str, Any]:
        changes = dict(shared.get("reply", {}))
        if changes.get("then") == "plain":
            changes["then"] = own.get("reply", {})
        return {**own.get("reply", {}), **changes} if as_plain and "then" not in changes else changes

    case = {**plain, **shared, "reply": reply(plain)}
    if as_plain:
        named = {} if answer == "plain" else {**answer, "data": plain["answer"]["data"]}
        case["answer"] = {**plain["answer"], **named}
    if "asks" in plain:
        case["asks"] = [{**ask, "reply": reply(ask)} for ask in plain["asks"]]
    adds = case.pop("adds", {})
    case["calls"] = [{**plain["call"], **more} for more in (adds if isinstance(adds, list) else [adds])]
    query = case.pop("query", {})
    if query:
        case["request"] = {**plain["request"], "query": {**plain["request"]["query"], **query}}
    return case


def add_cases() -> None:
    everywhere = {name: [(path.stem, load(path)) for path in names_in(HERE / name)] for name in SHARED}
    for folder in sorted(HERE.iterdir()):
        if not folder.is_dir() or folder.name in SHARED or folder.name == "__pycache__":
            continue
        for path in names_in(folder):
            add_test(f"{folder.name}__{path.stem}", folder.name, load(path))
        if tool_file(folder.name).get("hidden"):
            continue
        about = tool_file(folder.name)
        plain = load(folder / "plain.json")
        for name, cases in everywhere.items():
            for stem, shared in cases:
                if SHARED[name](about, plain):
                    add_test(f"{folder.name}__{name}__{stem}", folder.name, with_shared(plain, shared))


add_cases()


def load_tests(_loader: unittest.TestLoader, tests: unittest.TestSuite, _pattern: Optional[str]) -> unittest.TestSuite:
    return InLanes(tests)


if __name__ == "__main__":
    unittest.main()
