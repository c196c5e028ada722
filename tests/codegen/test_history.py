"""Changes that can break who relies on a tool are told; hidden tools are seen nowhere."""

from __future__ import annotations

import json
import tempfile
import unittest
from pathlib import Path
from typing import Any

from support import codegen, merged, problems, scratch, texts

TOOL = "schema/tools/things/update_thing.json"
WITHOUT_SIZE = {
    "params": {"size": None},
    "rules": {"at_least_one_of": [["owner", "due_on", "due_at", "html_notes"]]},
}
LINE = "2026-11: size is gone, because things have none."


class Scratch(unittest.TestCase):
    maxDiff = None

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = scratch(Path(folder.name))

    def merge(self, patch: dict[str, Any], file: str = TOOL) -> None:
        path = self.root / file
        path.write_text(json.dumps(merged(json.loads(path.read_text()), patch)))

    def gen(self, code: int = 0, *args: str) -> str:
        done = codegen("--root", self.root, "gen", *args)
        self.assertEqual(code, done.returncode, done.stderr)
        return done.stderr if code else done.stdout

    def snapshot(self, tool: str = "update_thing") -> Any:
        return json.loads((self.root / f"generated/snapshots/{tool}.json").read_text())


class History(Scratch):
    def test_an_untold_change_is_not_generated(self) -> None:
        before = texts(self.root / "generated")
        self.merge(WITHOUT_SIZE)
        for args in ((), ("--check",)):
            said = self.gen(1, *args)
            self.assertIn('the argument "size" is gone', said)
            self.assertIn('"YYYY-MM: size …, because …."', said)
        self.assertEqual(before, texts(self.root / "generated"))

    def test_a_told_change_is_generated_and_the_line_is_kept(self) -> None:
        self.merge({**WITHOUT_SIZE, "history": [LINE]})
        self.assertIn("changed snapshots/update_thing.json", self.gen())
        self.assertEqual([LINE], self.snapshot()["history"])
        self.assertNotIn("size", self.snapshot()["inputSchema"]["properties"])
        self.assertIn(f"- Changed {LINE}", (self.root / "generated/docs/TOOLS.md").read_text())
        self.assertEqual("", self.gen(0, "--check"))

    def test_the_next_change_needs_a_line_of_its_own(self) -> None:
        self.merge({**WITHOUT_SIZE, "history": [LINE]})
        self.gen()
        size = {"type": "int", "to": "body:size", "min": 0, "max": 40, "description": ""}
        self.merge({"params": {"size": size}})
        self.gen()
        self.merge(WITHOUT_SIZE)
        self.assertIn('"size" is gone', self.gen(1))
        self.merge({"history": [LINE, LINE.replace("2026-11", "2026-12")]})
        self.gen()

    def test_a_line_about_something_else_is_not_enough(self) -> None:
        self.merge({**WITHOUT_SIZE, "history": ["2026-11: oversize is gone, because size.x was."]})
        self.assertIn('"size" is gone', self.gen(1))

    def test_an_old_name_that_is_still_taken_breaks_nothing(self) -> None:
        about = {"type": "int", "to": "body:size", "min": 0, "max": 40, "description": ""}
        fields = ["owner", "due_on", "due_at", "html_notes", "height"]
        rules = {"at_least_one_of": [fields]}
        self.merge({"params": {"size": None, "height": about}, "rules": rules})
        self.assertIn('"size" is gone', self.gen(1))
        self.merge({"params": {"height": {"aliases": ["size"]}}})
        self.gen()

    def test_what_widens_needs_no_line(self) -> None:
        self.merge({"result": {"fields": "name,done"}})
        self.merge({"title": "Alter a thing"})
        self.gen()
        color = {"params": {"color": {"values": ["green", "red"]}}}
        self.merge(color, "schema/tools/things/create_thing.json")
        self.gen()

    def test_a_tool_that_only_read_and_now_writes_says_so(self) -> None:
        snapshot = self.root / "generated/snapshots/update_thing.json"
        old = json.loads(snapshot.read_text())
        old["annotations"]["readOnlyHint"] = True
        snapshot.write_text(json.dumps(old))
        self.assertIn("it only read", self.gen(1))
        self.merge({"history": ["2026-11: update_thing changes things, because it always did."]})
        self.gen()

    def test_a_snapshot_that_is_gone_or_spoiled_is_made_again(self) -> None:
        self.merge(WITHOUT_SIZE)
        for spoil in ("", "{", "[]"):
            (self.root / "generated/snapshots/update_thing.json").write_text(spoil)
            self.assertEqual([], problems(self.root).problems)


class Hidden(Scratch):
    def test_a_hidden_tool_is_seen_nowhere_and_still_compiled(self) -> None:
        file = "schema/tools/things/delete_thing.json"
        self.merge({"hidden": True}, file)
        done = self.gen().splitlines()
        for line in (
            "changed docs/TOOLS.md",
            "changed examples.json",
            "changed registry.c",
            "removed snapshots/delete_thing.json",
        ):
            self.assertIn(line, done)
        self.assertNotIn("changed tools_things.c", done)
        for name, text in texts(self.root / "generated").items():
            if name not in ("tools_things.c", "tools_things.h"):
                self.assertNotIn("delete_thing", text, name)

    def test_a_hidden_tool_is_still_checked(self) -> None:
        file = "schema/tools/things/delete_thing.json"
        self.merge({"hidden": True, "operation": "deleteThink"}, file)
        self.assertIn("deleteThink", self.gen(1))

    def test_a_toolset_of_hidden_tools_is_not_listed(self) -> None:
        for name in ("export_thing", "fetch", "tidy_up"):
            self.merge({"hidden": True}, f"schema/tools/odd/{name}.json")
        for path in (self.root / "schema/prompts").glob("*.json"):
            path.unlink()
        self.gen()
        registry = (self.root / "generated/registry.c").read_text()
        self.assertNotIn("odd", registry)
        self.assertTrue((self.root / "generated/tools_odd.c").exists())


if __name__ == "__main__":
    unittest.main()
