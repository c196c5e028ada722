"""The answers in TOOLS.md, the manual page and the completions are what the program says now."""

from __future__ import annotations

import json
import subprocess
import sys
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE.parent))
sys.path.insert(0, str(HERE))

import answers  # noqa: E402
from lib.server import binary, clean_environment  # noqa: E402


class Answers(unittest.TestCase):
    maxDiff = None

    def test_the_record_is_fresh(self) -> None:
        recorded = json.loads(answers.FILE.read_text(encoding="utf-8"))
        self.assertEqual(recorded, answers.record(), "run ./dev docs")

    def test_each_tool_shows_an_answer(self) -> None:
        """But those whose request the sandbox does not know: there are none as yet."""
        told = (ROOT / "generated/docs/TOOLS.md").read_text(encoding="utf-8")
        recorded = json.loads(answers.FILE.read_text(encoding="utf-8"))
        self.assertEqual(len(recorded), told.count("\nAnswer"), "run ./dev docs")
        self.assertGreaterEqual(len(recorded), 46)

    def test_the_words_of_the_command_line_are_fresh(self) -> None:
        done = subprocess.run(
            [binary(), "help", "--json"],
            env=clean_environment(),
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            check=True,
        )
        recorded = (ROOT / "schema/program.json").read_text(encoding="utf-8")
        self.assertEqual(recorded, done.stdout, "run ./dev docs")


if __name__ == "__main__":
    unittest.main()
