"""What clients see of our tools: names, order, sizes, and forms that every assistant can read."""

from __future__ import annotations

import json
import re
import unittest
from typing import Any, Iterator

from support import ROOT, problems

from codegen import listing
from codegen.check import check
from codegen.kinds import KINDS
from codegen.load import load
from codegen.model import Tool
from codegen.problems import Report
from codegen.shape import EXAMPLE, PARAM, REQUEST, RESULT, RULES, SENDS, TOOL, TOOL_NEEDS

V1 = """asana_get_allocations asana_get_attachment asana_get_attachments_for_object asana_get_goals
    asana_get_goal asana_create_goal asana_get_parent_goals_for_goal asana_update_goal
    asana_update_goal_metric asana_get_portfolio asana_get_portfolios
    asana_get_items_for_portfolio asana_get_project asana_get_project_sections
    asana_get_projects asana_get_project_status asana_get_project_statuses
    asana_create_project_status asana_get_project_task_counts asana_get_projects_for_team
    asana_get_projects_for_workspace asana_create_project asana_search_tasks asana_get_task
    asana_create_task asana_update_task asana_get_stories_for_task asana_create_task_story
    asana_set_task_dependencies asana_set_task_dependents asana_set_parent_for_task
    asana_get_tasks asana_delete_task asana_add_task_followers asana_remove_task_followers
    asana_get_teams_for_workspace asana_get_teams_for_user asana_get_time_period
    asana_get_time_periods asana_typeahead_search asana_get_user asana_get_team_users
    asana_get_workspace_users asana_list_workspaces""".split()
MOST_OF_ALL = 32768
MOST_OF_SEARCH = 4096


def tools() -> tuple[Tool, ...]:
    report = Report()
    model = check(load(ROOT, report), report)
    assert model, list(map(str, report.problems))
    return model.tools


def schemas(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from schemas(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from schemas(inner)


class Listing(unittest.TestCase):
    maxDiff = None

    def test_our_schema_has_no_mistakes(self) -> None:
        self.assertEqual([], list(map(str, problems(ROOT).problems)))

    def test_tools_are_listed_in_the_order_of_v1(self) -> None:
        names = [tool.name for tool in tools() if tool.name.startswith("asana_")]
        self.assertEqual([name for name in V1 if name in names], names)

    def test_sizes(self) -> None:
        sizes = {tool.name: listing.size(tool) for tool in tools()}
        total = sum(sizes.values())
        search = sizes["asana_search_tasks"]
        print(f"\nlisting: {len(sizes)} tools, {total} bytes, asana_search_tasks {search}")
        self.assertLessEqual(total, MOST_OF_ALL)
        self.assertLessEqual(search, MOST_OF_SEARCH)

    def test_forms_are_plain(self) -> None:
        for tool in tools():
            entry = listing.entry(tool)
            for form in schemas([entry["inputSchema"], entry["outputSchema"]]):
                with self.subTest(tool=tool.name):
                    self.assertFalse(
                        {"anyOf", "oneOf", "allOf", "not", "$schema", "$ref"} & set(form)
                    )
                    self.assertNotIsInstance(form.get("type"), list)
            self.assertEqual("object", entry["outputSchema"]["type"])
            for name in entry["inputSchema"]["properties"]:
                self.assertRegex(name, r"\A[a-z][a-z0-9_]*\Z")

    def test_output_schema_takes_complete_and_cut_answers(self) -> None:
        try:
            from jsonschema import Draft202012Validator
        except ImportError:
            self.skipTest("python3-jsonschema is not installed")
        page = {"offset": "abc", "path": "/x", "uri": "https://x"}
        cut = {"returned": 7, "reason": "too large", "next": {"offset": "abc"}}
        for tool in tools():
            valid = Draft202012Validator(listing.output_schema(tool)).is_valid
            data: Any = [{"gid": "1"}] if tool.operation.lists else {"gid": "1"}
            with self.subTest(tool=tool.name):
                self.assertTrue(valid({"data": data}))
                self.assertTrue(valid({"data": data, "truncated": cut}))
                if tool.operation.lists:
                    self.assertTrue(valid({"data": data, "next_page": None}))
                    self.assertTrue(valid({"data": data, "next_page": page, "truncated": cut}))
                self.assertFalse(valid({"next_page": None}))
                self.assertFalse(valid({"data": "text"}))

    def test_arguments_of_examples_fit_the_listing(self) -> None:
        """But for null, which a listing without type unions cannot allow."""
        try:
            from jsonschema import Draft202012Validator
        except ImportError:
            self.skipTest("python3-jsonschema is not installed")
        for tool in tools():
            validator = Draft202012Validator(listing.input_schema(tool))
            for example in tool.examples:
                args = {name: value for name, value in example.args.items() if value is not None}
                with self.subTest(tool=tool.name, say=example.say):
                    self.assertEqual([], [error.message for error in validator.iter_errors(args)])

    def test_snapshots_are_the_listing(self) -> None:
        for tool in tools():
            text = (ROOT / f"generated/snapshots/{tool.name}.json").read_text(encoding="utf-8")
            self.assertEqual(listing.entry(tool), json.loads(text))

    def test_the_c_tables_hold_the_listing(self) -> None:
        """Reads the texts back out of the C literals."""
        for tool in tools():
            source = (ROOT / f"generated/tools_{tool.toolset}.c").read_text(encoding="utf-8")
            row = source.split(f"const struct tool {tool.name} = {{")[1].split("\n};")[0]
            for member, expected in (
                ("description", tool.description),
                ("input_schema", listing.compact(listing.input_schema(tool))),
                ("output_schema", listing.compact(listing.output_schema(tool))),
            ):
                literals = re.search(rf'\.{member} =((?:\s*"(?:[^"\\]|\\.)*")+),', row)
                assert literals, (tool.name, member)
                parts = re.findall(r'"((?:[^"\\]|\\.)*)"', literals[1])
                text = "".join(re.sub(r"\\(.)", r"\1", part) for part in parts)
                self.assertEqual(expected, text, (tool.name, member))

    def test_first_call_advice_is_given(self) -> None:
        said = {tool.name: tool.description for tool in tools()}
        for name, words in (
            ("asana_list_workspaces", ("first", "never be guessed")),
            ("asana_typeahead_search", ("before any other tool", "never guess")),
            (
                "asana_search_tasks",
                ('assignee_any="me"', "projects_any with sections_any is the union"),
            ),
        ):
            for word in words:
                self.assertIn(word, said[name])


class EditorSchema(unittest.TestCase):
    """schema/tool.schema.json is for editors; it must know what the generator knows."""

    def setUp(self) -> None:
        self.schema = json.loads((ROOT / "schema/tool.schema.json").read_text(encoding="utf-8"))

    def test_it_has_the_same_keywords(self) -> None:
        top, param = self.schema["properties"], self.schema["$defs"]["param"]["properties"]
        example = top["examples"]["items"]["properties"]
        self.assertEqual(set(TOOL), set(top))
        self.assertEqual(set(TOOL_NEEDS), set(self.schema["required"]))
        self.assertEqual(set(PARAM), set(param))
        self.assertEqual(set(RULES), set(top["rules"]["properties"]))
        self.assertEqual(set(RESULT), set(top["result"]["properties"]))
        self.assertEqual(set(REQUEST), set(top["requests"]["items"]["properties"]))
        self.assertEqual(set(EXAMPLE), set(example))
        self.assertEqual(set(SENDS), set(example["sends"]["properties"]))
        self.assertEqual(list(KINDS), param["type"]["enum"])

    def test_it_accepts_our_tools(self) -> None:
        try:
            from jsonschema import Draft202012Validator
        except ImportError:
            self.skipTest("python3-jsonschema is not installed")
        Draft202012Validator.check_schema(self.schema)
        validator = Draft202012Validator(self.schema)
        for file, raw in load(ROOT, Report()).tools.items():
            with self.subTest(file):
                self.assertEqual([], [error.message for error in validator.iter_errors(raw)])


if __name__ == "__main__":
    unittest.main()
