"""What a newer document means for the tools, said in words."""

from __future__ import annotations

import copy
import json
import tempfile
import unittest
from pathlib import Path
from typing import Any

from support import FIXTURE, codegen

UPDATE = "schema/tools/things/update_thing.json"


class Drift(unittest.TestCase):
    maxDiff = None

    def setUp(self) -> None:
        self.spec = json.loads((FIXTURE / "spec.json").read_text())
        self.paths = self.spec["paths"]
        self.schemas = self.spec["components"]["schemas"]
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.newer = Path(folder.name) / "newer.json"

    def drift(self, code: int, seed: str = "0") -> list[str]:
        self.newer.write_text(json.dumps(self.spec))
        done = codegen("--root", FIXTURE, "drift", self.newer, seed=seed)
        self.assertEqual((code, ""), (done.returncode, done.stderr), done.stdout)
        return done.stdout.splitlines()

    def base(self, name: str) -> dict[str, Any]:
        return self.schemas["ThingBase"]["properties"][name]

    def of(self, tool: str, lines: list[str]) -> list[str]:
        """The head of the tool, and what is said of it."""
        start = next(at for at, line in enumerate(lines) if line.startswith(f"{tool}:"))
        end = start + 1
        while end < len(lines) and lines[end].startswith(" "):
            end += 1
        return [line.strip() for line in lines[start:end]]

    def test_the_same_document_changes_nothing(self) -> None:
        self.assertEqual(["Nothing changed for any tool."], self.drift(0))

    def test_an_operation_that_is_gone(self) -> None:
        del self.paths["/things/{thing_gid}"]["delete"]
        self.assertEqual(
            [
                "delete_thing: breaks",
                "deleteThing is gone: DELETE /things/{thing_gid}",
                "fix schema/tools/things/delete_thing.json: operation: Asana has no operation"
                ' "deleteThing" (did you mean "getThing"?)',
            ],
            self.of("delete_thing", self.drift(1)),
        )

    def test_an_operation_under_another_name_is_found_by_its_request(self) -> None:
        self.paths["/things/{thing_gid}"]["delete"]["operationId"] = "removeThing"
        lines = self.drift(1)
        self.assertIn("deleteThing is called removeThing now", self.of("delete_thing", lines))
        self.assertFalse([line for line in lines if line.startswith("new operation")])

    def test_another_path_and_another_name_in_it(self) -> None:
        item = self.paths.pop("/things/{thing_gid}/watchers")
        item["parameters"][0] = {"name": "it", "in": "path", "schema": {"type": "string"}}
        self.paths["/objects/{it}/watchers"] = item
        said = self.of("list_watchers", self.drift(1))
        self.assertEqual("list_watchers: breaks", said[0])
        self.assertIn(
            "getWatchersForThing: was GET /things/{thing_gid}/watchers, is GET"
            " /objects/{it}/watchers",
            said,
        )
        self.assertIn('getWatchersForThing: path "thing_gid" is gone (did it become "it"?)', said)

    def test_a_parameter_that_is_renamed(self) -> None:
        query = self.paths["/things"]["get"]["parameters"]
        next(one for one in query if one.get("name") == "owner")["name"] = "owners"
        said = self.of("list_things", self.drift(1))
        self.assertIn('getThings: query "owner" is gone (did you mean "owners"?)', said)
        self.assertIn('getThings: query "owners" is new (string)', said)

    def test_a_parameter_that_is_required_from_now_on(self) -> None:
        new = {"name": "room", "in": "query", "required": True, "schema": {"type": "string"}}
        self.paths["/things"]["get"]["parameters"].append(new)
        said = self.of("list_things", self.drift(1))
        self.assertIn('getThings: query "room" is new and required (string)', said)
        self.assertTrue(any("Asana requires query:room" in line for line in said), said)

    def test_fields_of_the_body(self) -> None:
        self.base("size")["type"] = "string"
        self.base("due_on").pop("nullable")
        self.base("html_notes")["readOnly"] = True
        self.schemas["ThingBase"]["properties"].pop("due_at")
        self.schemas["ThingBase"]["properties"]["height"] = {"type": "integer"}
        said = self.of("update_thing", self.drift(1))
        for line in (
            'updateThing: body "due_at" is gone',
            'updateThing: body "due_on" no longer takes null',
            'updateThing: body "html_notes" can no longer be written',
            'updateThing: body "size" was integer, is string',
            'updateThing: body "height" is new (integer)',
        ):
            self.assertIn(line, said)
        self.assertTrue(any(line.startswith(f"fix {UPDATE}: params.size.to: ") for line in said))

    def test_values_that_go_and_come(self) -> None:
        self.base("color")["enum"] = ["green", "blue", None]
        said = self.of("create_thing", self.drift(1))
        self.assertIn('createThing: body "color" no longer takes red', said)
        self.assertIn('createThing: body "color" takes blue, too', said)

    def test_fields_to_ask_for(self) -> None:
        fields = self.paths["/things/{thing_gid}"]["put"]["parameters"][0]["schema"]["items"]
        fields["enum"] = [name for name in fields["enum"] if name != "name"] + ["mood"]
        said = self.of("update_thing", self.drift(1))
        self.assertIn("updateThing: answers without name", said)
        self.assertIn("updateThing: new fields: mood", said)

    def test_what_is_only_new_breaks_nothing(self) -> None:
        self.schemas["ThingBase"]["properties"]["height"] = {"type": "integer"}
        self.base("color")["enum"].insert(0, "blue")
        new = copy.deepcopy(self.paths["/things/{thing_gid}"]["get"])
        new["operationId"] = "getLid"
        parameters = self.paths["/things/{thing_gid}"]["parameters"]
        self.paths["/lids/{thing_gid}"] = {"get": new, "parameters": parameters}
        lines = self.drift(0)
        self.assertIn("update_thing: works as before", lines)
        self.assertIn(
            "new operation getLid: GET /lids/{thing_gid}, no tool covers it"
            " (python3 -m codegen new getLid)",
            lines,
        )
        self.assertEqual("Every tool works as before.", lines[-1])

    def test_pages_lists_and_scopes(self) -> None:
        watchers = self.paths["/things/{thing_gid}/watchers"]
        watchers["parameters"] += [
            {"$ref": "#/components/parameters/limit"},
            {"$ref": "#/components/parameters/offset"},
        ]
        self.paths["/things"]["get"]["security"] = [{"oauth2": ["things:list"]}]
        lines = self.drift(1)
        self.assertIn("getWatchersForThing: answers in pages now", self.of("list_watchers", lines))
        self.assertIn(
            "getThings: needs the scopes things:list, needed things:read",
            self.of("list_things", lines),
        )

    def test_an_override_of_what_is_gone(self) -> None:
        overrides = json.loads((FIXTURE / "schema/asana.overrides.json").read_text())
        name = sorted(overrides["operations"])[0]
        for item in self.paths.values():
            for method in list(item):
                if method != "parameters" and item[method]["operationId"] == name:
                    del item[method]
        said = self.of("schema/asana.overrides.json", self.drift(1))
        self.assertIn(f"fix operations.{name}: the document has none; take it away", said)

    def test_the_order_is_always_the_same(self) -> None:
        self.test_fields_of_the_body()
        self.assertEqual(self.drift(1, seed="1"), self.drift(1, seed="4321"))
        heads = [line for line in self.drift(1) if line.endswith((": breaks", "as before"))]
        self.assertEqual(sorted(heads), heads)

    def test_what_is_no_document(self) -> None:
        for text in ("{", "[]", '{"paths": {}}'):
            self.newer.write_text(text)
            done = codegen("--root", FIXTURE, "drift", self.newer)
            self.assertEqual((2, ""), (done.returncode, done.stdout))
            self.assertRegex(done.stderr, r"\Adrift: [^\n]+\n\Z")


if __name__ == "__main__":
    unittest.main()
