"""The digest of Asana's OpenAPI document."""

from __future__ import annotations

import copy
import json
import tempfile
import unittest
from pathlib import Path

from support import FIXTURE, ROOT, codegen

from codegen import lock


class Lock(unittest.TestCase):
    maxDiff = None

    def setUp(self) -> None:
        self.spec = json.loads((FIXTURE / "spec.json").read_text())
        self.overrides = json.loads((FIXTURE / "schema/asana.overrides.json").read_text())

    def test_the_golden_is_what_is_digested(self) -> None:
        text = lock.write(lock.digest(self.spec, self.overrides))
        self.assertEqual((FIXTURE / "schema/asana.lock.json").read_text(), text)

    def test_parts_of_an_all_of_are_read_as_one(self) -> None:
        body = lock.digest(self.spec, {})["operations"]["createThing"]["body"]
        self.assertEqual({"type": "string", "nullable": True}, body["owner"])
        self.assertEqual({"type": "object", "read_only": True}, body["made_by"])
        self.assertEqual({"type": "string", "required": True}, body["name"])

    def test_null_in_an_enum_means_nullable(self) -> None:
        body = lock.digest(self.spec, {})["operations"]["createThing"]["body"]
        self.assertEqual(
            {"type": "string", "enum": ["red", "green"], "nullable": True}, body["color"]
        )

    def test_members_of_next_page_are_no_fields(self) -> None:
        digest = lock.digest(self.spec, {})
        self.assertEqual("Thing", digest["operations"]["getThings"]["fields"])
        self.assertEqual(
            ["done", "due_on", "name", "notes", "owner", "owner.name"],
            digest["field_sets"]["Thing"],
        )

    def test_an_override_adds_changes_and_removes(self) -> None:
        patch = {
            "operations": {
                "updateThing": {"body": {"made_by": {"read_only": None}, "tag": {"type": "string"}}}
            },
            "field_sets": {"Thing": ["owner.email"]},
        }
        digest = lock.digest(self.spec, patch)
        body = digest["operations"]["updateThing"]["body"]
        self.assertEqual({"type": "object"}, body["made_by"])
        self.assertEqual({"type": "string"}, body["tag"])
        self.assertIn("owner.email", digest["field_sets"]["Thing"])

    def test_an_override_of_nothing_is_refused(self) -> None:
        for patch in (
            {"operations": {"getThink": {}}},
            {"operations": {"getThing": {"head": {"x": {}}}}},
            {"field_sets": {"Think": ["x"]}},
        ):
            with self.subTest(patch), self.assertRaises(lock.LockError):
                lock.digest(self.spec, patch)

    def test_only_a_list_comes_in_pages(self) -> None:
        offset = {"$ref": "#/components/parameters/offset"}
        self.spec["paths"]["/things"]["post"]["parameters"].append(offset)
        operations = lock.digest(self.spec, {})["operations"]
        self.assertTrue(operations["getThings"]["paged"])
        self.assertFalse(operations["createThing"]["paged"])

    def test_a_reference_to_itself_is_refused(self) -> None:
        spec = copy.deepcopy(self.spec)
        spec["components"]["parameters"]["limit"] = {"$ref": "#/components/parameters/limit"}
        with self.assertRaises(lock.LockError):
            lock.digest(spec, {})

    def test_the_command_writes_once_and_says_what_is_no_document(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            out = Path(name) / "lock.json"
            command = ("--root", FIXTURE, "lock", FIXTURE / "spec.json", "-o", out)
            self.assertEqual(f"wrote {out}\n", codegen(*command).stdout)
            self.assertEqual((FIXTURE / "schema/asana.lock.json").read_text(), out.read_text())
            self.assertEqual("", codegen(*command).stdout)
            wrong = Path(name) / "wrong.json"
            for text in ("{}", "[]", "{", '{"info": {}, "paths": {"/x": {"get": {}}}}'):
                wrong.write_text(text)
                done = codegen("--root", FIXTURE, "lock", wrong, "-o", out)
                self.assertEqual((1, ""), (done.returncode, done.stdout))
                self.assertRegex(done.stderr, r"\Alock: [^\n]+\n\Z")

    def test_ours_knows_what_only_the_prose_says(self) -> None:
        operations = json.loads((ROOT / "schema/asana.lock.json").read_text())["operations"]
        self.assertEqual(247, len(operations))
        search = operations["searchTasksForWorkspace"]["query"]
        self.assertEqual(100, search["limit"]["max"])
        self.assertIn("custom_fields.*", search)
        self.assertTrue(operations["setParentForTask"]["body"]["parent"]["nullable"])
        self.assertNotIn("read_only", operations["createTask"]["body"]["memberships"])
        self.assertIn("tag", operations["getTasks"]["query"])


if __name__ == "__main__":
    unittest.main()
