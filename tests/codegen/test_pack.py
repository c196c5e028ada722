"""Packs of further tools: what goes in, and what is said of what cannot."""

from __future__ import annotations

import json
import shutil
import tempfile
import unittest
from pathlib import Path
from typing import Any, Callable

from support import codegen, merged, mistakes, scratch

from codegen import pack
from codegen.problems import Report

GET = "schema/tools/things/get_thing.json"


class Pack(unittest.TestCase):
    maxDiff = None

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.home = Path(folder.name)
        self.root = scratch(self.home)
        self.more = self.home / "more"
        self.file = self.home / "further.pack"

    def put(self, name: str, change: Callable[[dict[str, Any]], None] = lambda raw: None) -> None:
        """A copy of get_thing under another name."""
        raw = json.loads((self.root / GET).read_text(encoding="utf-8"))
        raw["name"] = name
        change(raw)
        path = self.more / "things" / f"{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(raw), encoding="utf-8")

    def pack(self, *args: str) -> tuple[int, list[str]]:
        done = codegen("--root", self.root, "pack", self.more, "-o", self.file, *args)
        return done.returncode, done.stderr.splitlines()

    def packed(self) -> list[dict[str, Any]]:
        return json.loads(self.file.read_text(encoding="utf-8"))["tools"]

    def test_only_the_further_tools_are_in_it(self) -> None:
        self.put("read_thing")
        self.put("secret_thing", lambda raw: raw.update(hidden=True))
        self.assertEqual((0, []), self.pack())
        (tool,) = self.packed()
        self.assertEqual("read_thing", tool["name"])
        self.assertEqual("things", tool["toolset"])
        self.assertEqual([["path", "/things/"], ["path_arg", 0], ["query_str", "opt_fields", 3]], tool["request"])
        names = [param["name"] for param in tool["params"]]
        self.assertEqual(["thing_id", "with_parts", "with_watchers", "opt_fields"], names)
        self.assertEqual("name,owner.email", tool["params"][3]["default"])
        self.assertEqual(["query_text", "limit", "50"], tool["extras"][0]["request"][3])

    def test_same_schema_same_bytes(self) -> None:
        for name in ("c_thing", "a_thing", "b_thing"):
            self.put(name)
        self.pack()
        first = self.file.read_bytes()
        elsewhere = self.home / "elsewhere"
        shutil.copytree(self.more, elsewhere)
        done = codegen("--root", self.root, "pack", elsewhere, "-o", self.file, seed="7")
        self.assertEqual(0, done.returncode, done.stderr)
        self.assertEqual(first, self.file.read_bytes())
        self.assertEqual(["a_thing", "b_thing", "c_thing"], [tool["name"] for tool in self.packed()])

    def test_it_says_the_schema_that_the_program_says(self) -> None:
        self.put("read_thing")
        self.pack()
        schema = json.loads(self.file.read_text(encoding="utf-8"))["schema"]
        registry = (self.root / "generated/registry.c").read_text(encoding="utf-8")
        self.assertIn(f'const char tool_schema[] = "{schema}";', registry)

    def test_another_document_of_asana_is_another_schema(self) -> None:
        self.put("read_thing")
        self.pack()
        before = self.file.read_text(encoding="utf-8")
        path = self.root / "schema/asana.lock.json"
        lock = json.loads(path.read_text(encoding="utf-8"))
        lock["operations"]["getThing"]["scopes"] = ["things:peek"]
        path.write_text(json.dumps(lock), encoding="utf-8")
        self.assertEqual((0, []), self.pack())
        self.assertNotEqual(before, self.file.read_text(encoding="utf-8"))

    def test_mistakes_get_the_lines_of_check(self) -> None:
        """Those that are made in get_thing and told of that file alone; a new tool has no history."""
        file = "more/things/read_thing.json"
        made = 0
        for mistake in mistakes():
            alone = all(line.startswith(f"{GET}: ") for line in mistake.expected)
            if mistake.raw["in"] != GET or "merge" not in mistake.raw or not alone:
                continue
            if mistake.key in ("file_name", "unsaid"):
                continue
            with self.subTest(mistake.path.name):
                shutil.rmtree(self.more, ignore_errors=True)
                change = mistake.raw["merge"]
                self.put("read_thing", lambda raw: self.spoil(raw, change))
                report = Report()
                with self.assertRaises(pack.CannotPack):
                    pack.pack(self.root, self.more, report)
                said = set(map(str, report.problems))
                self.assertEqual({line.replace(GET, file) for line in mistake.expected}, said)
                made += 1
        self.assertGreater(made, 10)

    def spoil(self, raw: dict[str, Any], change: Any) -> None:
        spoiled = merged(raw, change)
        raw.clear()
        raw.update(spoiled)

    def test_a_name_that_is_taken(self) -> None:
        self.put("get_thing")
        code, said = self.pack()
        self.assertEqual(1, code)
        self.assertIn(f'{GET}: the tool "get_thing" is in more/things/get_thing.json too', said)

    def test_a_toolset_that_is_unknown(self) -> None:
        self.put("read_thing")
        (self.more / "things").rename(self.more / "thinks")
        code, said = self.pack()
        self.assertEqual(1, code)
        self.assertIn(
            'more/thinks/read_thing.json: there is no toolset "thinks" in schema/toolsets.json'
            ' (did you mean "things"?)',
            said,
        )

    def test_a_handler_has_to_be_compiled(self) -> None:
        raw = json.loads((self.root / "schema/tools/odd/fetch.json").read_text(encoding="utf-8"))
        raw["name"] = "fetch_more"
        path = self.more / "odd/fetch_more.json"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(raw), encoding="utf-8")
        line = "pack: more/odd/fetch_more.json: handler: hand-written C has to be compiled; add it to schema/tools"
        self.assertEqual((1, [line]), self.pack())

    def test_a_folder_without_tools(self) -> None:
        self.more.mkdir()
        code, said = self.pack()
        self.assertEqual(1, code)
        self.assertEqual([f"pack: {self.more.resolve()} holds no tools; they are <toolset>/<tool>.json there"], said)

    def test_a_bad_folder_leaves_the_old_file(self) -> None:
        self.put("read_thing")
        self.pack()
        before = self.file.read_bytes()
        self.put("read_other", lambda raw: raw.update(title=""))
        self.assertEqual(1, self.pack()[0])
        self.assertEqual(before, self.file.read_bytes())
        self.assertEqual({"further.pack", "more", "root"}, {path.name for path in self.home.iterdir()})


if __name__ == "__main__":
    unittest.main()
