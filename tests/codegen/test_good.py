"""Good schemas: what is made of the fixture, and that making it disturbs nothing else."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from support import FIXTURE, ROOT, codegen, scratch, texts

FLAGS = """-std=gnu17 -D_GNU_SOURCE -fsyntax-only -Wall -Wextra -Wshadow -Wconversion -Wvla
    -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Werror""".split()


class Good(unittest.TestCase):
    maxDiff = None

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = scratch(Path(folder.name))
        self.generated = self.root / "generated"

    def gen(self, *args: str, seed: str = "0") -> list[str]:
        done = codegen("--root", self.root, "gen", *args, seed=seed)
        self.assertEqual((0, ""), (done.returncode, done.stderr))
        return done.stdout.splitlines()

    def test_the_goldens_are_what_is_generated(self) -> None:
        golden = texts(FIXTURE / "generated")
        for path in self.generated.rglob("*.*"):
            path.unlink()
        made = self.gen()
        self.assertEqual([f"made {name}" for name in sorted(golden)], made)
        self.assertEqual(golden, texts(self.generated))

    def test_a_second_run_touches_nothing(self) -> None:
        before = {path: path.stat().st_mtime_ns for path in self.generated.rglob("*")}
        self.assertEqual([], self.gen())
        self.assertEqual(
            before, {path: path.stat().st_mtime_ns for path in self.generated.rglob("*")}
        )

    def test_only_what_changed_is_written(self) -> None:
        tool = self.root / "schema/tools/things/delete_thing.json"
        tool.write_text(tool.read_text().replace("Delete a thing.", "Delete a thing for good."))
        before = (self.generated / "registry.c").stat().st_mtime_ns
        self.assertEqual(
            [
                "changed docs/TOOLS.md",
                "changed snapshots/delete_thing.json",
                "changed tools_things.c",
            ],
            self.gen(),
        )
        self.assertEqual(before, (self.generated / "registry.c").stat().st_mtime_ns)

    def test_what_nobody_generates_any_more_is_removed(self) -> None:
        (self.generated / "tools_gone.c").write_text("int gone;\n")
        self.assertEqual(["removed tools_gone.c"], self.gen())
        self.assertFalse((self.generated / "tools_gone.c").exists())

    def test_the_order_of_hashes_does_not_show(self) -> None:
        seen = []
        for seed in ("1", "4321"):
            for path in self.generated.rglob("*.*"):
                path.unlink()
            self.gen(seed=seed)
            seen.append(texts(self.generated))
        self.assertEqual(seen[0], seen[1])

    def test_check_names_what_is_not_fresh(self) -> None:
        self.assertEqual([], self.gen("--check"))
        (self.generated / "registry.c").write_text("/* by hand */\n")
        (self.generated / "examples.json").unlink()
        (self.generated / "old.c").write_text("")
        done = codegen("--root", self.root, "gen", "--check")
        self.assertEqual(1, done.returncode)
        for line in ("made examples.json", "removed old.c", "changed registry.c"):
            self.assertIn(f"generated/ is not fresh: {line}\n", done.stderr)
        self.assertEqual("/* by hand */\n", (self.generated / "registry.c").read_text())

    def test_the_goldens_compile(self) -> None:
        compile_all(self, FIXTURE / "generated")

    def test_the_goldens_are_formatted(self) -> None:
        formatted(self, FIXTURE / "generated")

    def test_example_sends_what_the_builder_would(self) -> None:
        rows = json.loads((FIXTURE / "generated/examples.json").read_text())
        mine = next(row for row in rows if row["say"] == "Mine")
        self.assertEqual(
            {
                "method": "GET",
                "path": "/things",
                "query": {"owner": "me", "since": "now", "limit": "20"},
                "body": None,
            },
            mine["request"],
        )

    def test_example_sends_another_request_unless_a_filter_is_given(self) -> None:
        rows = json.loads((FIXTURE / "generated/examples.json").read_text())
        paths = {row["say"]: row["request"]["path"] for row in rows if row["request"]}
        self.assertEqual("/boxes/7/things", paths["All in the box"])
        self.assertEqual("/things", paths["Mine in the box"])

    def test_example_names_the_extras_that_its_flags_ask_for(self) -> None:
        made = json.loads((FIXTURE / "generated/examples.json").read_text())
        rows = {row["say"]: row for row in made}
        self.assertNotIn("extras", rows["Show it"])
        self.assertEqual(
            [
                {
                    "method": "GET",
                    "path": "/things/12/parts",
                    "query": {"limit": "50", "opt_fields": "name,done"},
                    "body": None,
                }
            ],
            rows["Show it with its parts, and without those who watch"]["extras"],
        )

    def test_example_of_a_handler_has_no_request(self) -> None:
        rows = json.loads((FIXTURE / "generated/examples.json").read_text())
        fetch = next(row for row in rows if row["tool"] == "fetch")
        self.assertIsNone(fetch["request"])

    def test_what_is_only_documentation_is_not_listed(self) -> None:
        said = "From list_things"
        self.assertIn(said, (FIXTURE / "generated/docs/TOOLS.md").read_text())
        self.assertNotIn(said, (FIXTURE / "generated/tools_things.c").read_text())
        self.assertNotIn(said, (FIXTURE / "generated/snapshots/get_thing.json").read_text())


class Ours(unittest.TestCase):
    maxDiff = None

    def test_generated_is_fresh(self) -> None:
        done = codegen("gen", "--check")
        self.assertEqual((0, ""), (done.returncode, done.stderr))

    def test_generated_compiles(self) -> None:
        compile_all(self, ROOT / "generated")

    def test_generated_is_formatted(self) -> None:
        formatted(self, ROOT / "generated")


def compile_all(test: unittest.TestCase, folder: Path) -> None:
    files = sorted(folder.glob("*.c"))
    test.assertTrue(files)
    command = ["gcc", *FLAGS, f"-I{ROOT / 'runtime'}", f"-I{folder}", *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    test.assertEqual((0, ""), (done.returncode, done.stderr))


def formatted(test: unittest.TestCase, folder: Path) -> None:
    """As clang-format has it, so that `./dev fmt` and the generator never undo each other."""
    program = shutil.which("clang-format")
    if program is None:
        test.skipTest("clang-format is not installed")
    files = sorted(map(str, folder.glob("*.[ch]")))
    style = f"--style=file:{ROOT / '.clang-format'}"
    command = [program, style, "--dry-run", "-Werror", *files]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    test.assertEqual((0, ""), (done.returncode, done.stderr))


if __name__ == "__main__":
    unittest.main()
