"""The settings file of the package: each line that is commented out is one that the program takes; and so are the lines that the
operator's guide shows."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lib import wire  # noqa: E402
from lib.server import ROOT, Server, binary, clean_environment  # noqa: E402

EXAMPLE = ROOT / "runtime" / "deploy" / "asana-mcp.ini"
GUIDE = ROOT / "runtime" / "deploy" / "HOSTING.md"
# "#key = value" and "#[section]"; a comment has a space behind its "#".
LINE = re.compile(r"^#(?=[a-z\[])")


def all_of_it() -> str:
    """The example with every line in force, and a secret for the dots in it."""
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    return "\n".join(LINE.sub("", line) for line in lines).replace("…", "the-secret-of-the-application-or-of-all-nodes") + "\n"


class ExampleSettings(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def put(self, text: str) -> str:
        path = self.folder / "asana-mcp.ini"
        path.write_text(text, encoding="utf-8")
        return str(path)

    def settings_are_taken(self, text: str) -> None:
        command = [binary(), "doctor", "--sandbox", "--config", self.put(text)]
        done = subprocess.run(command, env=clean_environment(), capture_output=True, text=True, timeout=60, check=False)
        self.assertRegex(done.stdout, r"(?m)^ok +settings ", done.stdout)

    def test_it_has_lines_to_take(self) -> None:
        lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
        self.assertGreater(sum(1 for line in lines if LINE.match(line)), 8)

    def test_doctor_takes_it_as_it_is_and_with_every_line(self) -> None:
        self.settings_are_taken(EXAMPLE.read_text(encoding="utf-8"))
        self.settings_are_taken(all_of_it())

    def test_doctor_takes_the_lines_of_the_guide(self) -> None:
        guide = GUIDE.read_text(encoding="utf-8")
        blocks = [block for block in re.findall(r"(?ms)^```ini\n(.*?)^```$", guide) if "[Socket]" not in block]
        self.assertTrue(blocks)
        for block in blocks:
            self.settings_are_taken("client_id = 1204\nclient_secret = x\n" + block)
        rows = re.findall(r"(?m)^\| `((?:levels|profile|toolsets|disable) = [^`]*)` ", guide)
        self.assertEqual(len(rows), 4)
        self.settings_are_taken("\n".join(rows) + "\n")

    def test_doctor_would_see_a_wrong_line(self) -> None:
        with self.assertRaises(AssertionError):
            self.settings_are_taken(all_of_it().replace("levels = read, create, update", "levels = read, write"))

    def test_serve_takes_every_line(self) -> None:
        # Places of this machine instead of an installed one's.
        places = {
            "ASANA_MCP_STORE": f"sqlite:{self.folder}/asana-mcp.db",
            "ASANA_MCP_AUDIT_LOG": str(self.folder / "audit.log"),
            "ASANA_MCP_METRICS_LISTEN": "127.0.0.1:0",
        }
        server = Server("--config", self.put(all_of_it()), token=None, env=places)
        self.addCleanup(server.stop)
        answer = wire.request(server.port, "GET", "/", {"Host": "mcp.example.com"})
        self.assertEqual(answer.status, 200)


if __name__ == "__main__":
    unittest.main()
