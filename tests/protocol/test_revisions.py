"""What each revision of the protocol negotiates and may carry."""

from __future__ import annotations

import json
import re
import sys
import unittest
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lib import schema  # noqa: E402
from lib.mcp import RpcError, SseSession, StreamableSession, text_of  # noqa: E402
from lib.server import ServerCase  # noqa: E402

# What came with which revision, on a tool of tools/list.
SINCE = {"annotations": "2025-03-26", "title": "2025-06-18", "outputSchema": "2025-06-18"}


class Revisions(ServerCase):
    def session(self, revision: str) -> StreamableSession:
        return StreamableSession(self.server.port, revision=revision)

    def test_known_revision_is_echoed_and_others_get_the_latest(self) -> None:
        for revision in schema.REVISIONS:
            self.assertEqual(revision, self.session(revision).revision)
        for unknown in ("2099-01-01", "1.0", "", "2025-11-25 "):
            with self.subTest(unknown=unknown):
                self.assertEqual(schema.LATEST, self.session(unknown).revision)

    def test_initialize_names_the_server_and_its_tools(self) -> None:
        for revision in schema.REVISIONS:
            result = self.session(revision).initialized
            self.assertEqual("asana-mcp", result["serverInfo"]["name"])
            self.assertTrue(result["serverInfo"]["version"])
            capabilities = {"tools", "resources", "prompts", "logging"}
            if revision >= "2025-03-26":
                capabilities.add("completions")
            self.assertEqual(capabilities, set(result["capabilities"]))

    def test_title_of_the_server_is_for_revisions_that_know_it(self) -> None:
        for revision in ("2024-11-05", "2025-03-26"):
            self.assertNotIn("title", self.session(revision).initialized["serverInfo"])

    def test_fields_of_a_tool_come_with_their_revision(self) -> None:
        for revision in schema.REVISIONS:
            for tool in self.session(revision).list_tools():
                for name, since in SINCE.items():
                    with self.subTest(revision=revision, tool=tool["name"], field=name):
                        self.assertEqual(revision >= since, name in tool)

    def test_structured_content_comes_with_its_revision(self) -> None:
        for revision in schema.REVISIONS:
            result = self.session(revision).call("asana_list_workspaces")
            with self.subTest(revision=revision):
                if revision >= "2025-06-18":
                    self.assertEqual(json.loads(text_of(result)), result["structuredContent"])
                else:
                    self.assertNotIn("structuredContent", result)

    def test_listing_is_the_same_in_every_session_and_transport(self) -> None:
        listing = self.session(schema.LATEST).list_tools()
        self.assertEqual(listing, self.session(schema.LATEST).list_tools())
        with SseSession(self.server.port) as session:
            self.assertEqual(listing, session.list_tools())

    def test_unknown_cursor_is_refused(self) -> None:
        with self.assertRaises(RpcError) as raised:
            self.session(schema.LATEST).rpc("tools/list", {"cursor": "bogus"})
        self.assertEqual(-32602, raised.exception.code)


class Listing(ServerCase):
    def tools(self) -> list[dict[str, Any]]:
        return StreamableSession(self.server.port).list_tools()

    def test_names_are_ones_that_every_client_takes(self) -> None:
        for tool in self.tools():
            self.assertRegex(tool["name"], r"^[a-z][a-z0-9_]{0,63}$")
            self.assertTrue(tool["description"].rstrip().endswith("."), tool["name"])

    def test_schemas_are_plain_objects(self) -> None:
        for tool in self.tools():
            with self.subTest(tool=tool["name"]):
                schema.check_json(tool["inputSchema"], _sample(tool), "the required arguments")
                self.assertEqual("object", tool["inputSchema"]["type"])
                self.assertEqual("object", tool["outputSchema"]["type"])
                self.assertIs(False, tool["inputSchema"].get("additionalProperties"))
                for name in tool["inputSchema"].get("properties", {}):
                    self.assertRegex(name, r"^[a-z][a-z0-9_]*$")
                text = json.dumps(tool["inputSchema"])
                self.assertIsNone(re.search(r'"(anyOf|oneOf|allOf|\$ref)":', text), "some assistants refuse these")
                self.assertIsNone(re.search(r'"type": ?\[', text), "some assistants refuse unions of types")

    def test_annotations_tell_reads_from_writes(self) -> None:
        for tool in self.tools():
            reads = re.match(r"asana_(get|list|search|typeahead)|search$|fetch$", tool["name"]) is not None
            with self.subTest(tool=tool["name"]):
                self.assertIs(reads, tool["annotations"]["readOnlyHint"])
                if tool["name"] == "asana_delete_task":
                    self.assertIs(True, tool["annotations"]["destructiveHint"])

    def test_search_stays_small(self) -> None:
        for tool in self.tools():
            if tool["name"] == "asana_search_tasks":
                shown = {name: tool[name] for name in ("name", "description", "inputSchema")}
                self.assertLessEqual(len(json.dumps(shown, separators=(",", ":")).encode()), 4096)
                return
        self.fail("asana_search_tasks is not listed")


def _sample(tool: dict[str, Any]) -> dict[str, Any]:
    """Arguments with only what is required, each a value that its schema names or a gid."""
    properties = tool["inputSchema"].get("properties", {})
    required = tool["inputSchema"].get("required", [])
    samples = {"string": "1200000000000001", "number": 1.5, "array": ["1200000000000001"], "boolean": True}
    return {name: properties[name].get("enum", [samples[properties[name]["type"]]])[0] for name in required}


if __name__ == "__main__":
    unittest.main()
