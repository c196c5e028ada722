"""The cases and examples once more, with all tools that need no hand-written C read from a pack: what
the compiled ones send and answer, the packed ones do, too."""

from __future__ import annotations

import json
import sys
import tempfile
import unittest
from pathlib import Path

import test_cases
import test_examples
import test_visible
from test_cases import load_tests  # noqa: F401

ROOT = test_cases.ROOT
sys.path.insert(0, str(ROOT))

from codegen import pack  # noqa: E402
from codegen.problems import Report  # noqa: E402


class Packed:
    """Makes the pack before the servers start."""

    @classmethod
    def setUpClass(cls) -> None:
        cls.folder = tempfile.TemporaryDirectory()
        file = Path(cls.folder.name) / "all.pack"
        (Path(cls.folder.name) / "more").mkdir()
        file.write_text(
            pack.pack(ROOT, Path(cls.folder.name) / "more", Report(), include_compiled=True), encoding="utf-8"
        )
        cls.packed = [tool["name"] for tool in json.loads(file.read_text(encoding="utf-8"))["tools"]]
        cls.flags = ("--tools-pack", str(file))
        super().setUpClass()

    @classmethod
    def tearDownClass(cls) -> None:
        try:
            super().tearDownClass()
        finally:
            cls.folder.cleanup()

    def test_packed_tools_are_listed_in_the_places_of_the_compiled_ones(self) -> None:
        self.assertGreater(len(self.packed), 40)
        self.assertEqual(sorted(self.packed), sorted(name for name in self.tools if name in set(self.packed)))
        # Those with a body of their own cannot be packed, and are the last ones.
        self.assertEqual(["search", "fetch"], list(self.tools)[-2:])
        self.assertEqual(len(set(self.tools)), len(self.tools))


class PackedCases(Packed, test_cases.Cases):
    pass


class PackedExamples(Packed, test_examples.Examples):
    pass


class PackedVisible(Packed, test_visible.Visible):
    """By the rules for hidden workspaces that the pack brings, and not by the compiled ones."""


if __name__ == "__main__":
    unittest.main()
