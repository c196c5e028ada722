#!/usr/bin/env python3
"""Records what the sandbox answers to the first example of each tool: schema/answers.json.

`./dev docs` runs this; test_answers.py proves that the record is what the program answers now. The
sandbox's clock stands still and each call has a sandbox of its own, so the answers are always the
same. They name objects as the examples do; of long lists the first records are kept.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE.parent))
sys.path.insert(0, str(HERE))

from lib.mcp import StreamableSession  # noqa: E402
from lib.server import Server, binary, clean_environment  # noqa: E402
from test_sandbox_calls import NOW, PATIENCE, Objects, tried  # noqa: E402

FILE = ROOT / "schema/answers.json"
RECORDS = 2  # of a list
TEXT = 240  # characters of a text
PORT = re.compile(r"(?<=//127\.0\.0\.1:)\d+")


def record() -> dict[str, Any]:
    server = Server("--now", NOW)
    try:
        session = StreamableSession(server.port)
        objects = Objects(session)
        examples: dict[str, Any] = {}
        for one in json.loads((ROOT / "generated/examples.json").read_text(encoding="utf-8")):
            examples.setdefault(one["tool"], one["args"])
        return {tool: _answer(tool, examples[tool], objects) for tool in tried(examples)}
    finally:
        server.stop()


def _answer(tool: str, args: Any, objects: Objects) -> dict[str, Any]:
    filled = objects.fill(args)
    done = subprocess.run(
        [binary(), "call", "--sandbox", "--now", NOW, tool, json.dumps(filled)],
        env=clean_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"{tool} {filled}: {done.stderr}")
    text = PORT.sub("8001", done.stdout)
    for name, gid in objects.found.items():
        text = text.replace(gid, name)
    answer = json.loads(text)
    more = 0
    for member in ("data", "results"):
        if isinstance(answer.get(member), list):
            more = max(0, len(answer[member]) - RECORDS)
            answer[member] = answer[member][:RECORDS]
    return {"args": args, "answer": _short(answer), "more": more}


def _short(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _short(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_short(member) for member in value]
    if isinstance(value, str) and len(value) > TEXT:
        return value[:TEXT].rstrip() + " …"
    return value


def text(answers: dict[str, Any]) -> str:
    return json.dumps(answers, ensure_ascii=False, indent=1) + "\n"


def main() -> int:
    fresh = text(record())
    if not FILE.exists() or FILE.read_text(encoding="utf-8") != fresh:
        FILE.write_text(fresh, encoding="utf-8")
        print(f"changed {FILE.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
