"""Each mistake in a schema has a file in bad/, and its line."""

from __future__ import annotations

import tempfile
import unittest
from pathlib import Path

from support import FIXTURE, codegen, mistakes, problems, scratch

from codegen.problems import MESSAGES


class Bad(unittest.TestCase):
    maxDiff = None

    def test_each_mistake_gets_its_lines(self) -> None:
        for mistake in mistakes():
            with self.subTest(mistake.path.name), tempfile.TemporaryDirectory() as folder:
                root = scratch(Path(folder))
                mistake.make(root)
                report = problems(root)
                self.assertEqual(mistake.expected, sorted(set(map(str, report.problems))))
                self.assertIn(mistake.key, {problem.key for problem in report.problems})

    def test_each_message_has_a_mistake(self) -> None:
        self.assertEqual(set(MESSAGES), {mistake.key for mistake in mistakes()})

    def test_each_line_is_one_line_that_names_its_file(self) -> None:
        for mistake in mistakes():
            for line in mistake.expected:
                self.assertRegex(line, r"\Aschema/[a-z/_.]+\.(json|html|css|js): [^\n]+\Z")

    def test_the_fixture_has_none(self) -> None:
        self.assertEqual([], problems(FIXTURE).problems)

    def test_all_mistakes_are_reported_and_nothing_is_written(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            root = scratch(Path(folder))
            before = (root / "generated/registry.c").stat().st_mtime_ns
            spoiled = [
                one
                for one in mistakes()
                if one.path.stem in ("no_period", "unknown_value", "enum_value")
            ]
            for mistake in spoiled:
                mistake.make(root)
            for command in ("check", "gen"):
                done = codegen("--root", root, command)
                self.assertEqual(1, done.returncode)
                self.assertEqual("", done.stdout)
                self.assertEqual(
                    sorted(line for mistake in spoiled for line in mistake.expected),
                    done.stderr.splitlines(),
                )
            self.assertEqual(before, (root / "generated/registry.c").stat().st_mtime_ns)


if __name__ == "__main__":
    unittest.main()
