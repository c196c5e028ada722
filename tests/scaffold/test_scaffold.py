"""Tools for operations of every kind, scaffolded into a copy of the repository, built, listed and called.

What Asana's document knows of the operations stands in Asana's place (lib/openapi.py): a request that Asana would not
understand is an error of the test. No C is written and no file is edited after `codegen new` wrote it."""

from __future__ import annotations

import base64
import json
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE.parent))

from lib.asana import FakeAsana, Reply  # noqa: E402
from lib.mcp import StreamableSession, text_of  # noqa: E402
from lib.openapi import OpenApi  # noqa: E402
from lib.server import Server, clean_environment  # noqa: E402

# What the copy needs to be generated, built and tested.
COPIED = """CMakeLists.txt CMakePresets.json README.md codegen dev generated runtime schema tests""".split()

# Lists (in pages, whole, by filters, of a list of people), single objects, everything that can be created and
# changed (bodies with lists, objects, lists of objects, words, dates, numbers, nothing at all), deletions, actions,
# a form with a file, a batch, events since a token.
OPERATIONS = """getTags getTagsForTask getCustomFieldSettingsForTeam getBudgets getAccessRequests getMemberships
    getAuditLogEvents getTimeTrackingEntries searchProjectsForWorkspace getReactionsOnObject getFavoritesForUser
    getOooEntries getRoles getWorkspaceMembershipsForUser
    getTag getSection getJob getUserForWorkspace getTaskForCustomID getUserTaskListForUser getMembership
    createTag createWebhook createCustomField createBudget createRate createSectionForProject createSubtaskForTask
    createStatusForObject createTimeTrackingEntry createRole createResourceExport createAllocation createOooEntry
    duplicateProject instantiateProject createProjectBrief createEnumOptionForCustomField
    addMembersForProject addTagForTask addTaskForSection addItemForPortfolio addCustomFieldSettingForProject
    removeMembersForProject removeTagForTask approveAccessRequest insertSectionForProject triggerRule createGoalMetric
    updateProject updateTag updateSection updateCustomField updatePortfolio updateWebhook updateStory updateUser
    deleteTag deleteProject deleteSection deleteStory deleteWebhook deleteTimeTrackingEntry
    createAttachmentForObject createBatchRequest getEvents getWorkspaceEvents""".split()

# Building the program on a busy machine.
PATIENCE = 900

HINTS = ("destructiveHint", "idempotentHint")
METHODS = ("GET", "POST", "PUT", "DELETE")


def run(command: list[str], root: Path, **env: str) -> str:
    done = subprocess.run(
        command,
        cwd=root,
        env={**clean_environment(), "PYTHONDONTWRITEBYTECODE": "1", **env},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=PATIENCE,
    )
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(command)[:200]}: exit {done.returncode}\n{done.stdout[-8000:]}")
    return done.stdout


class Scaffold(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls) -> None:
        cls.scratch = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.scratch.cleanup)
        cls.root = Path(cls.scratch.name) / "asana-mcp"
        cls.root.mkdir()
        for name in COPIED:
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, cls.root / name, ignore=shutil.ignore_patterns("__pycache__", "corpus"))
            else:
                shutil.copy(ROOT / name, cls.root / name)
        cls.before = {path.stem for path in (cls.root / "schema/tools").glob("*/*.json")}
        cls.hand_written = cls.sources()
        run([sys.executable, "-m", "codegen", "new", *OPERATIONS], cls.root)
        run([sys.executable, "-m", "codegen", "check"], cls.root)
        run([sys.executable, "-m", "codegen", "gen"], cls.root)
        cls.files = {
            raw["operation"]: raw
            for raw in map(load, sorted((cls.root / "schema/tools").glob("*/*.json")))
            if raw["name"] not in cls.before
        }
        cls.program = cls.build()
        cls.asana = FakeAsana()
        cls.addClassCleanup(cls.asana.close)
        cls.server = Server(api_url=cls.asana.url, program=str(cls.program))
        cls.session = StreamableSession(cls.server.port)
        cls.listed = {tool["name"]: tool for tool in cls.session.list_tools()}

    @classmethod
    def tearDownClass(cls) -> None:
        cls.server.stop()

    @classmethod
    def sources(cls) -> dict[str, bytes]:
        return {str(path): path.read_bytes() for path in sorted((cls.root / "runtime").rglob("*.[ch]"))}

    @classmethod
    def build(cls) -> Path:
        """Quickly: it is called a few hundred times, and the other stages look for faults of the C."""
        folder = Path(cls.scratch.name) / "build"
        options = ["-G", "Ninja", "-DCMAKE_BUILD_TYPE=None", "-DCMAKE_C_FLAGS=-O0", "-DASANA_MCP_TESTS=OFF"]
        run(["cmake", "-S", str(cls.root), "-B", str(folder), *options], cls.root)
        run(["cmake", "--build", str(folder), "--target", "asana-mcp"], cls.root)
        return folder / "asana-mcp"

    def test_every_kind_of_operation_is_among_them(self) -> None:
        self.assertEqual(set(OPERATIONS), set(self.files))
        kinds = [raw["request"].split(" ")[0] for raw in self.files.values()]
        for method in METHODS:
            self.assertGreaterEqual(kinds.count(method), 6, method)
        types = {param["type"] for raw in self.files.values() for param in raw["params"].values()}
        self.assertLessEqual({"list<object>", "list<string>", "list<gid>", "csv<user>", "object", "enum", "file"}, types)

    def test_no_c_was_written_by_hand(self) -> None:
        self.assertEqual(self.hand_written, self.sources())

    def test_each_is_listed(self) -> None:
        for operation, raw in self.files.items():
            with self.subTest(operation):
                self.assertIn(raw["name"], self.listed)
                self.assertEqual(raw["title"], self.listed[raw["name"]]["title"])

    def test_each_is_documented(self) -> None:
        text = (self.root / "generated/docs/TOOLS.md").read_text(encoding="utf-8")
        for operation, raw in self.files.items():
            self.assertIn(f"### {raw['name']}\n", text)

    def test_each_call_is_one_that_asana_understands(self) -> None:
        """With the arguments of each example and of each case."""
        for operation, raw in self.files.items():
            calls = [example["args"] for example in raw["examples"]]
            for path in sorted((self.root / "tests/cases" / raw["name"]).glob("*.json")):
                case = load(path)
                calls += case["calls"] if "calls" in case else [case["call"]]
            self.assertGreater(len(calls), 1, operation)
            for args in calls:
                with self.subTest(tool=raw["name"], args=json.dumps(args)):
                    double = OpenApi(self.root / "schema/asana.lock.json")
                    self.asana.script(double)
                    result = self.session.call(raw["name"], args)
                    self.assertFalse(result.get("isError", False), text_of(result))
                    self.assertEqual([operation], double.seen)

    def test_files_arrive_as_they_are(self) -> None:
        """Bytes, names that Asana wants encoded; and a POST is on the wire once, also when it breaks."""
        name = self.files["createAttachmentForObject"]["name"]
        content = bytes(range(256)) * 40 + b"\r\n--asana-mcp-"
        file = {"name": "résumé 1.pdf", "base64": base64.b64encode(content).decode()}
        self.asana.script(OpenApi(self.root / "schema/asana.lock.json"))
        result = self.session.call(name, {"parent": "12", "file": file})
        self.assertFalse(result.get("isError", False), text_of(result))
        (request,) = self.asana.requests()
        self.assertEqual({"parent": "12", "file": file}, request.form())
        self.assertIn(b'filename="r%C3%A9sum%C3%A9%201.pdf"; filename*=UTF-8\'\'r%C3%A9sum%C3%A9%201.pdf', request.body)
        self.asana.script(Reply(raw=b""))
        self.assertIs(True, self.session.call(name, {"parent": "12", "file": file}).get("isError"))
        self.assertEqual(1, len(self.asana.requests()))
        for wrong, why in (
            ({"name": "a", "base64": "=("}, "RFC 4648"),
            ({"name": "a/b", "text": ""}, "name alone"),
            ({"name": "a"}, "either as"),
            ({"name": "a", "text": "b", "type": "c"}, "no member of a file"),
        ):
            self.asana.script(OpenApi(self.root / "schema/asana.lock.json"))
            self.assertIn(why, text_of(self.session.call(name, {"parent": "12", "file": wrong})))
            self.assertEqual([], self.asana.requests())

    def test_events_never_end_in_silence(self) -> None:
        name = self.files["getEvents"]["name"]
        args = {"resource": "12", "sync": "old"}
        records = [{"gid": "1", "type": "task", "text": "n" * 3000}] * 100
        for body, returned in (({"data": records[:2], "has_more": True}, 2), ({"data": records, "has_more": False}, None)):
            self.asana.script(Reply(body={**body, "sync": "next"}))
            answer = json.loads(text_of(self.session.call(name, args)))
            self.assertEqual("next", answer["sync"])
            self.assertEqual(returned or len(answer["data"]), answer["truncated"]["returned"])
            self.assertIn("sync", answer["truncated"]["next"])
        self.assertLess(len(answer["data"]), 100)
        self.asana.script(Reply(status=412, body={"errors": [{"message": "no token"}]}))
        self.assertIs(True, self.session.call(name, args).get("isError"))

    def test_a_batch_is_kept_from_who_may_only_read_and_where_workspaces_are_hidden(self) -> None:
        name = self.files["createBatchRequest"]["name"]
        reads = StreamableSession(self.server.port, path="/mcp?read_only=1")
        self.assertNotIn(name, [tool["name"] for tool in reads.list_tools()])
        self.assertEqual((True, False), tuple(self.listed[name]["annotations"][one] for one in HINTS))
        hiding = Server("--block-workspace", "77", api_url=self.asana.url, program=str(self.program))
        self.addCleanup(hiding.stop)
        self.asana.script(OpenApi(self.root / "schema/asana.lock.json"))
        example = self.files["createBatchRequest"]["examples"][0]["args"]
        self.assertIs(True, StreamableSession(hiding.port).call(name, example).get("isError"))
        self.assertEqual([], self.asana.requests())

    def test_the_sandbox_answers_what_has_a_form_a_token_or_requests_inside(self) -> None:
        names = {operation: raw["name"] for operation, raw in self.files.items()}
        server = Server("--sandbox", program=str(self.program))
        self.addCleanup(server.stop)
        session = StreamableSession(server.port)

        def ask(tool: str, args: Any) -> Any:
            result = session.call(tool, args)
            self.assertFalse(result.get("isError", False), text_of(result))
            return json.loads(text_of(result))

        workspace = ask("asana_list_workspaces", {})["data"][0]["gid"]
        task = ask("asana_create_task", {"name": "A task", "workspace": workspace, "assignee": "me"})["data"]["gid"]
        first = ask(names["getEvents"], {"resource": task})
        self.assertEqual(([], 0), (first["data"], first["truncated"]["returned"]))
        file = {"name": "draft.txt", "text": "The draft is ready."}
        attached = ask(names["createAttachmentForObject"], {"parent": task, "file": file, "opt_fields": "name,size"})
        self.assertEqual(("draft.txt", 19), (attached["data"]["name"], attached["data"]["size"]))
        action = {"method": "put", "relative_path": f"/tasks/{task}", "data": {"name": "Renamed"}}
        self.assertEqual([200], [one["status_code"] for one in ask(names["createBatchRequest"], {"actions": [action]})["data"]])
        events = ask(names["getEvents"], {"resource": task, "sync": first["sync"]})
        self.assertIn("changed", [one["action"] for one in events["data"]])
        self.assertEqual((False, None), (events["has_more"], events.get("truncated")))
        self.assertNotEqual(first["sync"], events["sync"])

    def test_a_wrong_call_is_not_sent(self) -> None:
        for raw in self.files.values():
            with self.subTest(raw["name"]):
                self.asana.script(OpenApi(self.root / "schema/asana.lock.json"))
                result = self.session.call(raw["name"], {**raw["examples"][0]["args"], "opt_felds": "name"})
                self.assertIs(True, result.get("isError"))
                self.assertEqual([], self.asana.requests())

    def test_the_command_line_calls_them(self) -> None:
        for operation in ("getTag", "createWebhook", "updateSection", "deleteStory"):
            raw = self.files[operation]
            self.asana.script(OpenApi(self.root / "schema/asana.lock.json"))
            args = json.dumps(raw["examples"][0]["args"])
            done = subprocess.run(
                [self.program, "call", "--api-url", self.asana.url, raw["name"], args],
                env=clean_environment({"ASANA_ACCESS_TOKEN": "t"}),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                encoding="utf-8",
                timeout=PATIENCE,
            )
            self.assertEqual(0, done.returncode, done.stderr)
            self.assertIn("data", json.loads(done.stdout))

    def test_the_suite_takes_them(self) -> None:
        """The tests that look at all tools, in the copy; the cases of the new tools, and for a tool of each method those
        that all tools share."""
        only = [part for raw in self.files.values() for part in ("-k", f"*.test_{raw['name']}__[!e]*")]
        for method in METHODS:
            raw = next(raw for raw in self.files.values() if raw["request"].startswith(method))
            only += ["-k", f"*.test_{raw['name']}__every_*"]
        for folder, module in (("codegen", "test_listing"), ("cases", "test_examples"), ("cases", "test_cases")):
            command = [sys.executable, "-m", "unittest", module, *(only if module == "test_cases" else [])]
            with self.subTest(module):
                said = run(command, self.root / "tests" / folder, ASANA_MCP_BIN=str(self.program))
                ran = re.search(r"^Ran (\d+) tests", said, re.MULTILINE)
                assert ran, said
                self.assertGreater(int(ran[1]), len(self.files) if module == "test_cases" else 2)


class Double(unittest.TestCase):
    """The stand-in refuses, or nothing above would prove anything."""

    def setUp(self) -> None:
        self.double = OpenApi(ROOT / "schema/asana.lock.json")

    def status(self, method: str, target: str, body: Any = None) -> int:
        from lib.asana import Request
        from urllib.parse import parse_qsl, urlsplit

        parts = urlsplit(target)
        data = b"" if body is None else json.dumps(body).encode()
        return self.double(Request(method, parts.path, target, parse_qsl(parts.query), {}, data)).status

    def test_what_asana_understands_is_taken(self) -> None:
        self.assertEqual(200, self.status("GET", "/tags/12?opt_fields=name"))
        self.assertEqual(200, self.status("GET", "/tags?limit=50&workspace=1"))
        self.assertEqual(200, self.status("PUT", "/tags/1", {"data": {"name": "x", "color": None}}))
        self.assertEqual(["getTag", "getTags", "updateTag"], self.double.seen)

    def test_what_asana_does_not_understand_is_refused(self) -> None:
        for method, target, body, status in (
            ("GET", "/tugs/12", None, 404),
            ("PATCH", "/tags/12", None, 404),
            ("GET", "/tags/12?fields=name", None, 400),
            ("GET", "/tags?limit=500", None, 400),
            ("GET", "/tags", None, 400),
            ("GET", "/tags/12", {"data": {}}, 400),
            ("PUT", "/tags/12", {"name": "x"}, 400),
            ("PUT", "/tags/12", {"data": {"nam": "x"}}, 400),
            ("PUT", "/tags/12", {"data": {"name": 5}}, 400),
            ("PUT", "/tags/12", {"data": {"permalink_url": "x"}}, 400),
            ("PUT", "/tags/12", {"data": {"color": "loud"}}, 400),
            ("POST", "/webhooks", {"data": {"resource": "1"}}, 400),
            ("PUT", "/projects/12", {"data": {"due_on": "soon"}}, 400),
            ("PUT", "/projects/12", {"data": {"archived": "yes"}}, 400),
        ):
            with self.subTest(target=target, body=body):
                self.assertEqual(status, self.status(method, target, body))


def load(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


if __name__ == "__main__":
    unittest.main()
