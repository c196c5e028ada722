"""Reads schema/ into plain JSON values; knows nothing of what they mean."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Optional

from .problems import Report

TOOLSETS = "schema/toolsets.json"
LOCK = "schema/asana.lock.json"
OVERRIDES = "schema/asana.overrides.json"
SANDBOX = "schema/sandbox.json"
TOOLS = "schema/tools"

CURES = {
    TOOLSETS: "it lists the toolsets and their tools",
    LOCK: "make it with `python3 -m codegen lock SPEC`",
    SANDBOX: "it lists the operations of the sandbox",
}


@dataclass(frozen=True)
class Source:
    """The files that could be read; each tool file under its path, sorted."""

    toolsets: Any
    lock: Any
    sandbox: Any
    tools: dict[str, Any]
    unread: tuple[str, ...] = ()  # tool files that are there and could not be read


def load(root: Path, report: Report) -> Source:
    fixed = {name: _read(root, name, report) for name in (TOOLSETS, LOCK, SANDBOX)}
    tools = {}
    unread = []
    for path in sorted((root / TOOLS).glob("*/*.json")):
        name = path.relative_to(root).as_posix()
        value = _read(root, name, report)
        if value is None:
            unread.append(name)
        else:
            tools[name] = value
    return Source(fixed[TOOLSETS], fixed[LOCK], fixed[SANDBOX], tools, tuple(unread))


def _read(root: Path, name: str, report: Report) -> Optional[Any]:
    try:
        text = (root / name).read_text(encoding="utf-8")
    except FileNotFoundError:
        report.add(name, "", "no_file", cure=CURES[name])
        return None
    except UnicodeDecodeError as wrong:
        report.add(name, "", "not_utf8", byte=wrong.start)
        return None
    repeated: list[str] = []

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        seen: dict[str, Any] = {}
        for key, value in pairs:
            if key in seen:
                repeated.append(key)
            seen[key] = value
        return seen

    try:
        value = json.loads(text, object_pairs_hook=members)
    except json.JSONDecodeError as wrong:
        report.add(
            name, "", "syntax", line=wrong.lineno, column=wrong.colno, reason=wrong.msg.lower()
        )
        return None
    for key in repeated:
        report.add(name, "", "duplicate_key", name=key)
    return value
