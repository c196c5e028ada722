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
from codegen.shape import EXAMPLE, EXTRA, EXTRA_NEEDS, PARAM, REQUEST, REQUEST_NEEDS, RESULT
from codegen.shape import RULES, SENDS, TOOL, TOOL_NEEDS

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
OTHERS = ["search", "fetch"]
MOST_OF_ALL = 32768
MOST_OF_SEARCH = 4096

# As MCP has it: what may overwrite or delete; what adds once more when it is called again.
DESTRUCTIVE = """asana_update_goal asana_update_goal_metric asana_update_task
    asana_set_parent_for_task asana_delete_task asana_remove_task_followers""".split()
ONCE_MORE = """asana_create_goal asana_create_project_status asana_create_project asana_create_task
    asana_create_task_story""".split()
ADDITIVE = """asana_set_task_dependencies asana_set_task_dependents
    asana_add_task_followers""".split()

# Spellings that callers of V1 are known or likely to use.
SPELLINGS = {
    "asana_get_goal": "goal_id goal_gid goal gid id",
    "asana_get_parent_goals_for_goal": "goal_id goal_gid",
    "asana_update_goal": "goal_id goal_gid workspace workspace_gid team_id time_period_gid",
    "asana_update_goal_metric": "goal_id goal_gid current_number_value",
    "asana_create_goal": "workspace workspace_gid time_period time_period_gid team team_gid owner",
    "asana_get_goals": "workspace workspace_gid project_id task_gid team_id team_gid time_period",
    "asana_get_time_period": "time_period time_period_gid time_period_id",
    "asana_get_time_periods": "workspace workspace_gid workspace_id",
    "asana_get_allocations": "parent project_gid project assignee user_id workspace_gid",
    "asana_get_attachment": "attachment_gid attachment_id gid",
    "asana_get_attachments_for_object": "parent parent_gid task_id project_gid object_gid",
    "asana_get_portfolio": "portfolio_gid portfolio_id portfolio",
    "asana_get_portfolios": "workspace workspace_gid owner owner_gid",
    "asana_get_items_for_portfolio": "portfolio_gid portfolio_id",
    "asana_get_project": "project_id project_gid project",
    "asana_get_project_status": "project_status_gid project_status_id status_gid status_id",
    "asana_get_project_statuses": "project_gid project_id",
    "asana_create_project_status": "project_gid project_id",
    "asana_get_project_task_counts": "project_id project_gid",
    "asana_get_projects": "workspace workspace_gid team_gid",
    "asana_get_projects_for_team": "team_gid team_id team",
    "asana_get_projects_for_workspace": "workspace workspace_gid workspace_id",
    "asana_create_project": "workspace workspace_gid team team_id owner public privacy_setting",
    "asana_get_task": "task_id task_gid task gid",
    "asana_create_task": "project_id project_gid section_gid workspace_gid parent_id assignee_gid",
    "asana_set_task_dependencies": "task_id task_gid dependencies",
    "asana_set_task_dependents": "task_id task_gid dependents",
    "asana_set_parent_for_task": "task_id task_gid parent parent_gid insert_before insert_after",
    "asana_get_tasks": "project project_id project_gid section_id tag_gid user_task_list_gid",
    "asana_add_task_followers": "task_id task_gid followers",
    "asana_remove_task_followers": "task_id task_gid followers",
    "asana_get_teams_for_workspace": "workspace workspace_gid",
    "asana_get_teams_for_user": "user user_id user_gid organization organization_gid workspace_gid",
    "asana_get_user": "user_id user_gid user",
    "asana_get_team_users": "team_id team_gid team",
    "asana_get_workspace_users": "workspace workspace_gid workspace_id",
    "asana_search_tasks": "workspace workspace_gid workspace_id",
    "asana_typeahead_search": "workspace workspace_gid",
}


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
        ours = (*V1, *OTHERS)
        self.assertEqual([*ours], [tool.name for tool in tools() if tool.name in ours])

    def test_sizes(self) -> None:
        sizes = {tool.name: listing.size(tool) for tool in tools()}
        total = sum(sizes[name] for name in V1)
        search = sizes["asana_search_tasks"]
        print(f"\nlisting: {len(V1)} tools of V1, {total} bytes, asana_search_tasks {search}")
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
        cut = {"returned": 7, "reason": "too large", "next": "call again with limit 7"}
        for tool in tools():
            Draft202012Validator.check_schema(listing.output_schema(tool))
            if not tool.requests:
                continue
            valid = Draft202012Validator(listing.output_schema(tool)).is_valid
            data: Any = [{"gid": "1"}] if tool.operation.lists else {"gid": "1"}
            with self.subTest(tool=tool.name):
                for extra in tool.extras:
                    self.assertTrue(valid({"data": {**data, extra.member: [data]}}))
                    self.assertTrue(valid({"data": {**data, extra.member: []}, "truncated": cut}))
                    self.assertFalse(valid({"data": {**data, extra.member: "none"}}))
                self.assertTrue(valid({"data": data}))
                self.assertTrue(valid({"data": data, "truncated": cut}))
                if tool.operation.lists:
                    self.assertTrue(valid({"data": data, "next_page": None}))
                    self.assertTrue(valid({"data": data, "next_page": page, "truncated": cut}))
                self.assertFalse(valid({"next_page": None}))
                self.assertFalse(valid({"data": "text"}))

    def test_output_schemas_of_chatgpts_tools_take_what_it_asks_for(self) -> None:
        try:
            from jsonschema import Draft202012Validator
        except ImportError:
            self.skipTest("python3-jsonschema is not installed")
        found = {"id": "task:1", "title": "Launch", "url": "https://app.asana.com/0/0/1"}
        forms = {tool.name: listing.output_schema(tool) for tool in tools()}
        search = Draft202012Validator(forms["search"]).is_valid
        fetch = Draft202012Validator(forms["fetch"]).is_valid
        self.assertTrue(search({"results": [found]}))
        self.assertTrue(search({"results": []}))
        self.assertFalse(search({"results": [{"id": "task:1"}]}))
        self.assertFalse(search({"data": []}))
        self.assertTrue(fetch({**found, "text": "Go.", "metadata": {"due_on": "2026-01-01"}}))
        self.assertTrue(fetch({**found, "text": ""}))
        self.assertFalse(fetch(found))

    def test_annotations_say_what_a_tool_may_do(self) -> None:
        hints = {tool.name: listing.annotations(tool) for tool in tools()}
        for name in (*V1, *OTHERS):
            given = hints[name]
            with self.subTest(name):
                changes = name in (*DESTRUCTIVE, *ONCE_MORE, *ADDITIVE)
                self.assertEqual(
                    {
                        "title": given["title"],
                        "readOnlyHint": not changes,
                        "destructiveHint": name in DESTRUCTIVE,
                        "idempotentHint": name not in ONCE_MORE,
                        "openWorldHint": True,
                    },
                    given,
                )
        for tool in tools():
            self.assertEqual(tool.effect != "read", not hints[tool.name]["readOnlyHint"])

    def test_both_spellings_of_uncertain_names_are_taken(self) -> None:
        taken = {
            tool.name: {
                name
                for param in tool.params
                for name in (param.name, *param.spellings, *param.aliases)
            }
            for tool in tools()
        }
        for tool, names in SPELLINGS.items():
            with self.subTest(tool):
                self.assertEqual(set(), set(names.split()) - taken[tool])

    def test_every_list_says_how_to_get_the_rest(self) -> None:
        for tool in tools():
            if tool.requests and tool.operation.lists and "limit" in tool.operation.query:
                with self.subTest(tool.name):
                    self.assertTrue(tool.paged or tool.more)

    def test_arguments_of_examples_fit_the_listing(self) -> None:
        """But for null, which a listing without type unions cannot allow."""
        try:
            from jsonschema import Draft202012Validator
        except ImportError:
            self.skipTest("python3-jsonschema is not installed")
        for tool in tools():
            schema = listing.input_schema(tool)
            for example in tool.examples:
                args = {name: value for name, value in example.args.items() if value is not None}
                nulls = set(example.args) - set(args)
                required = [name for name in schema.get("required", ()) if name not in nulls]
                validator = Draft202012Validator({**schema, "required": required})
                with self.subTest(tool=tool.name, say=example.say):
                    self.assertEqual([], [error.message for error in validator.iter_errors(args)])

    def test_snapshots_are_the_listing(self) -> None:
        for tool in tools():
            text = (ROOT / f"generated/snapshots/{tool.name}.json").read_text(encoding="utf-8")
            self.assertEqual(listing.snapshot(tool), json.loads(text))

    def test_a_modern_client_is_told_which_arguments_are_headers_too(self) -> None:
        headers = {tool.name: {one.name: one.header for one in tool.headers} for tool in tools()}
        self.assertEqual(
            {"asana_search_tasks": {"workspace": "Workspace"}},
            {name: given for name, given in headers.items() if given},
        )
        tool = next(tool for tool in tools() if tool.name == "asana_search_tasks")
        plain, modern = listing.input_schema(tool), listing.modern_schema(tool)
        self.assertNotIn("x-mcp-header", json.dumps(plain))
        self.assertEqual("Workspace", modern["properties"]["workspace"].pop("x-mcp-header"))
        self.assertEqual(plain, modern)

    def test_the_c_tables_hold_the_listing(self) -> None:
        """Reads the texts back out of the C literals."""
        for tool in tools():
            source = (ROOT / f"generated/tools_{tool.toolset}.c").read_text(encoding="utf-8")
            row = source.split(f"const struct tool {tool.name} = {{")[1].split("\n};")[0]
            for member, expected in (
                ("more", tool.more),
                ("description", tool.description),
                ("input_schema", listing.compact(listing.input_schema(tool))),
                ("output_schema", listing.compact(listing.output_schema(tool))),
                (
                    "modern_schema",
                    listing.compact(listing.modern_schema(tool)) if tool.headers else None,
                ),
            ):
                if expected is None:
                    self.assertNotIn(f".{member} =", row)
                    continue
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
        self.assertEqual(set(REQUEST_NEEDS), set(top["requests"]["items"]["required"]))
        self.assertEqual(set(EXTRA), set(top["extras"]["additionalProperties"]["properties"]))
        self.assertEqual(set(EXTRA_NEEDS), set(top["extras"]["additionalProperties"]["required"]))
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
