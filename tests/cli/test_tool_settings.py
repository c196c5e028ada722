"""Sections [tool NAME] of the settings file: what an operator wants otherwise about one tool."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import unittest
from pathlib import Path
from typing import Any

PROGRAM = os.environ["ASANA_MCP_BIN"]
PATIENCE = 60.0


class Sections(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = Path(folder.name) / "settings.ini"

    def ask(self, settings: str, *requests: tuple[str, dict[str, Any]]) -> list[Any]:
        """The answers of a session over stdio in the sandbox."""
        self.file.write_text(settings, encoding="utf-8")
        start = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
        lines = [{"jsonrpc": "2.0", "id": n, "method": method, "params": params} for n, (method, params) in enumerate([("initialize", start), *requests])]
        command = [PROGRAM, "stdio", "--sandbox", "--config", str(self.file), "--log-level", "error"]
        done = subprocess.run(command, input="".join(json.dumps(line) + "\n" for line in lines), capture_output=True, text=True, timeout=PATIENCE)
        self.assertEqual(0, done.returncode, done.stderr)
        answers = {answer["id"]: answer for answer in map(json.loads, done.stdout.splitlines())}
        return [answers[n] for n in range(1, len(lines))]

    def names(self, settings: str) -> list[str]:
        (listing,) = self.ask(settings, ("tools/list", {}))
        return [tool["name"] for tool in listing["result"]["tools"]]

    def refused(self, settings: str, said: str) -> None:
        self.file.write_text(settings, encoding="utf-8")
        done = subprocess.run([PROGRAM, "stdio", "--sandbox", "--config", str(self.file)], input="", capture_output=True, text=True, timeout=PATIENCE)
        self.assertNotEqual(0, done.returncode)
        self.assertIn(said, done.stderr)

    def test_description_is_replaced_in_its_place(self) -> None:
        plain = self.names("")
        settings = "[tool asana_get_task]\ndescription = Ours: ask for money with custom fields.\n"
        (listing,) = self.ask(settings, ("tools/list", {}))
        tools = listing["result"]["tools"]
        self.assertEqual(plain, [tool["name"] for tool in tools])
        (mine,) = [tool for tool in tools if tool["name"] == "asana_get_task"]
        self.assertEqual("Ours: ask for money with custom fields.", mine["description"])
        self.assertTrue(mine["inputSchema"]["properties"])

    def test_hidden_tool_is_not_listed_and_not_called(self) -> None:
        settings = "[tool asana_delete_task]\nhidden = yes\n"
        listing, call = self.ask(settings, ("tools/list", {}), ("tools/call", {"name": "asana_delete_task", "arguments": {"task_id": "1"}}))
        self.assertEqual(45, len(listing["result"]["tools"]))
        self.assertEqual(-32602, call["error"]["code"])
        self.assertIn("asana_delete_task", self.names("[tool asana_delete_task]\nhidden = no\n"))

    def test_fields_are_asked_for_unless_the_call_names_some(self) -> None:
        settings = "[tool asana_get_user]\nfields = name\n"
        own, plain, other = (
            self.ask(text, ("tools/call", {"name": "asana_get_user", "arguments": arguments}))[0]["result"]["structuredContent"]["data"]
            for text, arguments in ((settings, {}), ("", {}), (settings, {"opt_fields": "email"}))
        )
        self.assertEqual({"gid", "name"}, set(own))
        self.assertGreater(len(plain), 2)
        self.assertEqual({"gid", "email"}, set(other))

    def test_mistakes_are_told_with_their_place(self) -> None:
        self.refused("[tool asana_get_tsk]\nhidden = yes\n", 'settings.ini:2: hidden: no tool is called "asana_get_tsk" (did you mean "asana_get_task"?)')
        self.refused("[tool asana_delete_task]\nfields = name\n", "asana_delete_task does not take opt_fields")
        self.refused("[tool asana_get_task]\nfields = name; drop\n", "expected Asana's field names")
        self.refused("[tool asana_get_task]\nhidden = maybe\n", "expected true or false")
        self.refused("[tool asana_get_task]\ndescripton = x\n", 'did you mean "description"?')
        self.refused("[tool asana_get_task]\ndescription = a\ndescription = b\n", "given a second time")
        self.refused("[tools asana_get_task]\nhidden = yes\n", "[tool NAME]")


if __name__ == "__main__":
    unittest.main()
