"""Tools that are scaffolded: for every operation of Asana's, what is written passes check."""

from __future__ import annotations

import json
import re
import unittest
from dataclasses import replace

from support import ROOT, codegen, project

from codegen import jsontext, load, model, new, words
from codegen.check import check
from codegen.problems import Report
from codegen.sends import sent

OPERATIONS = 247

# With the name of a client and its separators before it, 64 characters are safe.
MOST_OF_NAME = 52


def ours() -> load.Source:
    report = Report()
    source = load.load(ROOT, report)
    assert not report.problems
    return source


def with_scaffold(source: load.Source, made: new.Scaffold) -> load.Source:
    """As if it had been written."""
    raw = {name: json.loads(text) for name, text in made.files.items()}
    tools = {name: one for name, one in raw.items() if name.startswith(f"{load.TOOLS}/")}
    return replace(
        source,
        tools={**source.tools, **tools},
        toolsets=raw[load.TOOLSETS],
        visible=raw.get(load.VISIBLE, source.visible),
    )


class Every(unittest.TestCase):
    """All operations, in a schema that has no tool yet."""

    maxDiff = None
    made: dict[str, new.Scaffold]

    @classmethod
    def setUpClass(cls) -> None:
        source = replace(ours(), tools={}, prompts={}, toolsets=[], profiles=None, snapshots={})
        cls.made = {}
        for operation in sorted(source.lock["operations"]):
            cls.made[operation] = new.new(source, operation)
            source = with_scaffold(source, cls.made[operation])
        cls.report = Report()
        cls.model = check(source, cls.report)
        cls.raw = {raw["operation"]: raw for raw in source.tools.values()}
        cls.source = source

    def test_each_passes_check(self) -> None:
        self.assertEqual([], sorted(set(map(str, self.report.problems))))
        self.assertIsNotNone(self.model)

    def test_their_number(self) -> None:
        self.assertEqual(OPERATIONS, len(self.made))
        self.assertEqual(OPERATIONS, len(self.raw))

    def test_a_form_is_sent_as_one(self) -> None:
        raw = self.raw["createAttachmentForObject"]
        self.assertEqual("asana_create_attachment_for_object", raw["name"])
        self.assertEqual({"type": "file", "to": "form:file"}, {k: raw["params"]["file"][k] for k in ("type", "to")})
        self.assertEqual({"exactly_one_of": [["file", "url"]], "needs": {"url": ["name"]}}, raw["rules"])
        self.assertEqual({"file", "parent"}, set(raw["examples"][0]["sends"]["form"]))

    def test_events_keep_their_token(self) -> None:
        for operation in ("getEvents", "getWorkspaceEvents"):
            raw = self.raw[operation]
            self.assertIs(True, raw["result"]["sync"])
            fresh = json.loads(self.made[operation].files[f"tests/cases/{raw['name']}/fresh.json"])
            self.assertEqual(412, fresh["reply"]["status"])

    def test_a_batch_may_do_the_worst_and_is_never_seen_through(self) -> None:
        raw = self.raw["createBatchRequest"]
        self.assertEqual("delete", raw["effect"])
        assert self.model and self.model.visible
        routes = [one.operation.name for one in self.model.visible.routes]
        self.assertNotIn("createBatchRequest", routes)
        self.assertIn("createAttachmentForObject", routes)
        (tool,) = [one for one in self.model.tools if one.name == raw["name"]]
        self.assertTrue(tool.destructive and not tool.idempotent)

    def test_names_are_those_of_v1_where_it_had_them(self) -> None:
        names = {operation: raw["name"] for operation, raw in self.raw.items()}
        for operation, name in (
            ("getTasksForProject", "asana_get_tasks_for_project"),
            ("getStoriesForTask", "asana_get_stories_for_task"),
            ("createStoryForTask", "asana_create_task_story"),
            ("createProjectStatusForProject", "asana_create_project_status"),
            ("addFollowersForTask", "asana_add_task_followers"),
            ("removeFollowerForTask", "asana_remove_task_followers"),
            ("getWorkspaces", "asana_list_workspaces"),
            ("addMembersForProject", "asana_add_project_members"),
            ("addFollowers", "asana_add_goal_followers"),
        ):
            self.assertEqual(name, names[operation])
        self.assertEqual(len(names), len(set(names.values())))
        self.assertLessEqual(max(map(len, names.values())), MOST_OF_NAME)

    def test_texts_are_sentences_in_our_words(self) -> None:
        for raw in self.raw.values():
            with self.subTest(raw["name"]):
                self.assertRegex(raw["description"], r"\A[A-Z][^\n]{8,300}\.\Z")
                self.assertRegex(raw["title"], r"\A[A-Z][^\n.]+\Z")
                text = f"{raw['title']} {raw['description']}"
                self.assertNotRegex(text, r"(?i:\ba) [aeio]|\ban [^aeioI]")

    def test_what_is_required_comes_first(self) -> None:
        for raw in self.raw.values():
            required = [bool(about.get("required")) for about in raw["params"].values()]
            self.assertEqual(sorted(required, reverse=True), required, raw["name"])

    def test_each_field_of_asana_can_be_sent(self) -> None:
        for name, operation in model.operations(self.source.lock).items():
            sent_as = {about["to"] for about in self.raw[name]["params"].values()}
            for field, about in (operation.body or {}).items():
                if not about.get("read_only") and field not in words.UNSENT:
                    self.assertIn(f"body:{field}", sent_as, name)
            for field in operation.form or {}:
                self.assertIn(f"form:{field}", sent_as, name)

    def test_cases_cover_each_argument_under_each_name(self) -> None:
        tools = {tool.name: tool for tool in self.model.tools}
        for operation, made in self.made.items():
            tool = tools[made.name]
            given: set[str] = set()
            for file, text in made.files.items():
                if not file.startswith("tests/"):
                    continue
                case = json.loads(text)
                for call in case.get("calls") or [case["call"]]:
                    given |= set(call)
                    got = sent(tool, call)
                    self.assertEqual(case["request"]["path"], got.path)
                    body = case["request"].get("body")
                    self.assertEqual(body, {"data": got.body} if got.body is not None else None)
                    self.assertEqual(case["request"].get("form"), got.form)
            for param in tool.params:
                if param.name not in ("limit", "offset", "opt_fields"):
                    self.assertLessEqual({param.name, *param.spellings}, given, operation)

    def test_effects_go_with_what_the_operation_does(self) -> None:
        effects = {operation: raw["effect"] for operation, raw in self.raw.items()}
        for operation, effect in (
            ("getTag", "read"),
            ("createTag", "create"),
            ("duplicateTask", "create"),
            ("addTagForTask", "update"),
            ("createGoalMetric", "update"),
            ("updateTag", "update"),
            ("deleteTag", "delete"),
        ):
            self.assertEqual(effect, effects[operation])
        self.assertTrue(self.raw["addTagForTask"]["additive"])
        self.assertNotIn("additive", self.raw["removeTagForTask"])

    def test_types_come_from_names_and_shapes(self) -> None:
        for operation, name, kind in (
            ("getTag", "tag_gid", "gid"),
            ("getUser", "user_gid", "user"),
            ("getTaskForCustomID", "custom_id", "string"),
            ("updateTask", "html_notes", "html<task>"),
            ("updateTask", "completed", "bool"),
            ("updateTask", "due_at", "datetime"),
            ("updateProject", "notes", "text"),
            ("createRate", "rate", "number"),
            ("createTimeTrackingEntry", "duration_minutes", "int"),
            ("createCustomField", "enum_options", "list<object>"),
            ("createCustomField", "input_restrictions", "list<string>"),
            ("addMembersForProject", "members", "csv<user>"),
            ("createTask", "tags", "list<gid>"),
            ("getTasks", "completed_since", "since"),
            ("searchProjectsForWorkspace", "owner_any", "csv<user>"),
            ("createWebhook", "target", "string"),
        ):
            with self.subTest(operation=operation, argument=name):
                self.assertEqual(kind, self.raw[operation]["params"][name]["type"])


class Command(unittest.TestCase):
    maxDiff = None

    def setUp(self) -> None:
        self.root = project(self)

    def run_new(self, code: int, *args: str) -> tuple[str, str]:
        done = codegen("--root", self.root, "new", *args)
        self.assertEqual(code, done.returncode, done.stderr)
        return done.stdout, done.stderr

    def test_it_writes_the_tool_its_place_and_its_cases(self) -> None:
        said, _ = self.run_new(0, "getCustomTypes")
        files = re.findall(r"^wrote (\S+)$", said, re.MULTILINE)
        self.assertIn("schema/tools/custom_fields/asana_get_custom_types.json", files)
        self.assertIn("tests/cases/asana_get_custom_types/plain.json", files)
        toolsets = json.loads((self.root / load.TOOLSETS).read_text())
        self.assertEqual("custom_fields", toolsets[-1]["name"])
        self.assertEqual(["asana_get_custom_types"], toolsets[-1]["tools"])
        self.assertIn("made the toolset custom_fields", said)
        done = codegen("--root", self.root, "gen")
        self.assertEqual((0, ""), (done.returncode, done.stderr))
        text = (self.root / "generated/docs/TOOLS.md").read_text()
        self.assertIn("### asana_get_custom_types", text)
        self.assertEqual(0, codegen("--root", self.root, "gen", "--check").returncode)

    def test_name_and_toolset_can_be_said(self) -> None:
        self.run_new(0, "getTag", "--name", "asana_read_tag", "--toolset", "tasks")
        raw = json.loads((self.root / "schema/tools/tasks/asana_read_tag.json").read_text())
        self.assertEqual("asana_read_tag", raw["name"])

    def test_an_operation_that_has_a_tool_is_refused(self) -> None:
        _, said = self.run_new(1, "getTask")
        self.assertIn("getTask has a tool: asana_get_task", said)
        _, said = self.run_new(1, "getTasksForTag")
        self.assertIn("asana_get_tasks sends it, when tag is given", said)

    def test_an_unknown_operation_is_refused_with_the_nearest(self) -> None:
        _, said = self.run_new(1, "getTagg")
        self.assertIn('no operation "getTagg" (did you mean "getTag"?)', said)

    def test_a_name_that_is_taken_broken_or_too_long_is_refused(self) -> None:
        for name, why in (
            ("asana_get_task", "is the name of schema/tools/tasks/asana_get_task.json"),
            ("Get-Tag", "lower-case letters"),
            ("asana_" + "x" * 60, "66 characters"),
        ):
            self.assertIn(why, self.run_new(1, "getTag", "--name", name)[1])
        self.assertIn("lower-case", self.run_new(1, "getTag", "--toolset", "../x")[1])

    def test_the_list_names_what_has_no_tool(self) -> None:
        said, _ = self.run_new(0, "--list", "webhook")
        self.assertEqual(5, len(said.splitlines()))
        self.assertRegex(said, r"(?m)^createWebhook +POST /webhooks$")
        whole = self.run_new(0, "--list")[0].splitlines()
        self.assertRegex("\n".join(whole), r"(?m)^createBatchRequest +POST /batch$")
        self.assertFalse([line for line in whole if line.startswith("getTask ")])

    def test_nothing_to_do_is_a_mistake_of_usage(self) -> None:
        self.assertIn("--list", self.run_new(2)[1])
        self.run_new(2, "getTag", "getTags", "--name", "asana_x")


class Text(unittest.TestCase):
    def test_our_files_are_written_as_it_would_write_them(self) -> None:
        """So that adding a tool changes the lines of that tool only."""
        text = (ROOT / load.TOOLSETS).read_text(encoding="utf-8")
        self.assertEqual(jsontext.pretty(json.loads(text), jsontext.TABLE), text)


if __name__ == "__main__":
    unittest.main()
