#!/usr/bin/env python3
"""Makes the goldens again: the fixture's lock and generated/, and the lines that bad/ expects.

Read the diff before you commit it.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from support import FIXTURE, codegen, mistakes, problems, scratch


def main() -> int:
    for snapshot in (FIXTURE / "generated/snapshots").glob("*.json"):
        snapshot.unlink()  # nobody relies on the fixture, so its changes need no history
    for command in (("lock", FIXTURE / "spec.json"), ("gen",)):
        done = codegen("--root", FIXTURE, *command)
        print(done.stdout + done.stderr, end="")
        if done.returncode:
            return done.returncode
    for mistake in mistakes():
        with tempfile.TemporaryDirectory() as folder:
            root = scratch(Path(folder))
            mistake.make(root)
            lines = sorted(set(map(str, problems(root).problems)))
        if lines != mistake.raw.get("expect"):
            text = json.dumps({**mistake.raw, "expect": lines}, ensure_ascii=False, indent=2)
            mistake.path.write_text(text + "\n", encoding="utf-8")
            print(f"changed bad/{mistake.path.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
