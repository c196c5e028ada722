"""What the tests of the generator share: the fixture, scratch copies, mistakes to make there."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
FIXTURE = HERE / "fixture"
BAD = HERE / "bad"

sys.path.insert(0, str(ROOT))

from codegen.check import check  # noqa: E402
from codegen.load import load  # noqa: E402
from codegen.problems import Report  # noqa: E402


def codegen(*args: object, cwd: object = "/", seed: str = "0") -> subprocess.CompletedProcess[str]:
    """Runs the command line as a person would, from anywhere."""
    env = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "PYTHONHASHSEED": seed,
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    return subprocess.run(
        [sys.executable, "-m", "codegen", *map(str, args)],
        cwd=str(cwd),
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )


def scratch(folder: Path) -> Path:
    """A copy of the fixture that a test may spoil."""
    root = folder / "root"
    shutil.copytree(FIXTURE, root)
    return root


def project(case: unittest.TestCase) -> Path:
    """A copy of this project's schema and what is generated from it, as long as the test runs."""
    folder = tempfile.TemporaryDirectory()
    case.addCleanup(folder.cleanup)
    root = Path(folder.name)
    for name in ("schema", "generated"):
        shutil.copytree(ROOT / name, root / name)
    return root


def texts(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@dataclass(frozen=True)
class Mistake:
    """bad/<message>[--variant].json: what to spoil in the fixture, and the lines to come of it.

    `in` names the file. `merge` is an RFC 7386 patch for it, `text` all of its new text (in
    `encoding`), `copy` where a copy of it goes, and `delete` takes it away.
    """

    path: Path
    raw: dict[str, Any]

    @property
    def key(self) -> str:
        return self.path.stem.split("--")[0]

    @property
    def expected(self) -> list[str]:
        return self.raw["expect"]

    def make(self, root: Path) -> None:
        target = root / self.raw["in"]
        if "text" in self.raw:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(self.raw["text"], encoding=self.raw.get("encoding", "utf-8"))
        if "merge" in self.raw:
            value = merged(json.loads(target.read_text(encoding="utf-8")), self.raw["merge"])
            target.write_text(json.dumps(value), encoding="utf-8")
        if "copy" in self.raw:
            copy = root / self.raw["copy"]
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(target, copy)
        if self.raw.get("delete"):
            target.unlink()


def merged(value: Any, patch: Any) -> Any:
    if not isinstance(patch, dict):
        return patch
    out = dict(value) if isinstance(value, dict) else {}
    for name, inner in patch.items():
        if inner is None:
            out.pop(name, None)
        else:
            out[name] = merged(out.get(name), inner)
    return out


def mistakes() -> list[Mistake]:
    return [
        Mistake(path, json.loads(path.read_text(encoding="utf-8")))
        for path in sorted(BAD.glob("*.json"))
    ]


def problems(root: Path) -> Report:
    report = Report()
    check(load(root, report), report)
    return report
