"""What people do to a tool most often is one line of its file and shows in few of generated/."""

from __future__ import annotations

import difflib
import shutil
import unittest

from support import ROOT, codegen, project, texts

GOALS = "schema/tools/goals"
TIMES = "schema/tools/time_periods"


class Edits(unittest.TestCase):
    maxDiff = None

    def setUp(self) -> None:
        self.root = project(self)
        shutil.copy(ROOT / "README.md", self.root)
        self.before = texts(self.root / "generated")

    def edit(self, file: str, old: str, new: str) -> set[str]:
        """Puts new in the place of old: a line changes, or comes. Which files of generated/ change,
        without the documentation (the landing page is some of it)."""
        path = self.root / file
        text = path.read_text(encoding="utf-8")
        self.assertEqual(1, text.count(old), f"{file}: {old}")
        self.assertLessEqual(new.count("\n") - old.count("\n"), 1)
        path.write_text(text.replace(old, new), encoding="utf-8")
        done = codegen("--root", self.root, "gen")
        self.assertEqual((0, ""), (done.returncode, done.stderr))
        files = {line.split(" ", 1)[1] for line in done.stdout.splitlines()}
        self.assertIn("docs/TOOLS.md", files)
        code = {name for name in files if name.endswith((".c", ".h", ".json"))}
        return code - {"pages.c"}

    def added(self, file: str) -> list[str]:
        """Lines that the file of generated/ has now and had not."""
        now = (self.root / "generated" / file).read_text(encoding="utf-8")
        diff = difflib.ndiff(self.before[file].splitlines(), now.splitlines())
        return [line[2:].strip() for line in diff if line.startswith("+ ")]

    def test_a_description(self) -> None:
        files = self.edit(f"{GOALS}/asana_get_goal.json", "Read one goal:", "Show one goal:")
        self.assertEqual({"tools_goals.c", "snapshots/asana_get_goal.json"}, files)
        self.assertEqual(1, len(self.added("snapshots/asana_get_goal.json")))

    def test_a_parameter(self) -> None:
        line = '    "opt_fields": { "type": "opt_fields"'
        liked = '    "liked": { "type": "bool", "to": "body:liked", "description": "By you." },\n'
        files = self.edit(f"{GOALS}/asana_create_goal.json", line, liked + line)
        self.assertEqual(
            {"tools_goals.c", "tools_goals.h", "snapshots/asana_create_goal.json"}, files
        )
        self.assertEqual(["struct arg_bool liked;"], self.added("tools_goals.h"))
        self.assertIn('in->liked = args_bool(a, "liked", 0);', self.added("tools_goals.c"))
        self.assertIn('asana_body_bool(r, "liked", in->liked);', self.added("tools_goals.c"))

    def test_an_alias(self) -> None:
        old = '"to": "path:goal_gid", "required": true, "description": ""'
        files = self.edit(f"{GOALS}/asana_get_goal.json", old, old + ', "aliases": ["objective"]')
        self.assertEqual({"tools_goals.c"}, files)
        self.assertEqual(
            ['args_alias(a, "objective", "goal_gid");'], self.added("tools_goals.c")
        )

    def test_a_rule(self) -> None:
        line = '  "result": {'
        rule = '  "rules": { "needs": { "end_on": ["start_on"] } },\n'
        files = self.edit(f"{TIMES}/asana_get_time_periods.json", line, rule + line)
        self.assertEqual({"tools_time_periods.c"}, files)
        self.assertEqual(
            ['args_needs(a, "end_on", "start_on");'], self.added("tools_time_periods.c")
        )

    def test_a_default_field(self) -> None:
        file = f"{TIMES}/asana_get_time_period.json"
        files = self.edit(file, '"fields": "', '"fields": "parent,')
        self.assertEqual(
            {"tools_time_periods.c", "snapshots/asana_get_time_period.json", "examples.json"},
            files,
        )

    def test_hiding_a_tool(self) -> None:
        line = '  "effect": "read",\n'
        file = "schema/tools/attachments/asana_get_attachment.json"
        files = self.edit(file, line, line + '  "hidden": true,\n')
        self.assertEqual(
            {"registry.c", "snapshots/asana_get_attachment.json", "examples.json"}, files
        )
        self.assertEqual([], self.added("registry.c"))

    def test_an_edit_that_makes_no_sense_says_so_and_writes_nothing(self) -> None:
        for old, new, said in (
            ("goal_gid}", "goal_gi}", 'the lock says "GET /goals/{goal_gid}"'),
            ('"type": "gid"', '"type": "gidd"', '(did you mean "gid"?)'),
            ('"fields": "name,', '"fields": "nam,', '(did you mean "name"?)'),
            ('"path:goal_gid"', '"path:goal"', 'no argument is sent as "path:goal_gid"'),
            ("latest status update.", "latest status update", "must end with a period"),
        ):
            path = self.root / f"{GOALS}/asana_get_goal.json"
            text = path.read_text(encoding="utf-8")
            self.assertEqual(1, text.count(old), old)
            path.write_text(text.replace(old, new), encoding="utf-8")
            done = codegen("--root", self.root, "gen")
            self.assertEqual((1, ""), (done.returncode, done.stdout))
            self.assertIn(said, done.stderr)
            path.write_text(text, encoding="utf-8")
        self.assertEqual(self.before, texts(self.root / "generated"))


if __name__ == "__main__":
    unittest.main()
