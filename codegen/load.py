"""Reads schema/ into plain JSON values; knows nothing of what they mean."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Optional

from .problems import Report

TOOLSETS = "schema/toolsets.json"
PROFILES = "schema/profiles.json"
LOCK = "schema/asana.lock.json"
OVERRIDES = "schema/asana.overrides.json"
SANDBOX = "schema/sandbox.json"
VISIBLE = "schema/visible.json"
TOOLS = "schema/tools"
PROMPTS = "schema/prompts"
PAGES = "schema/pages"
SNAPSHOTS = "generated/snapshots"
CLIENTS = "schema/clients"
TROUBLES = "schema/troubles.json"
PROGRAM = "schema/program.json"
ANSWERS = "schema/answers.json"
PICTURE = "schema/architecture.json"
PLANS = "schema/plans.json"
SETTINGS = "schema/settings.json"

CURES = {
    TOOLSETS: "it lists the toolsets and their tools",
    LOCK: "make it with `python3 -m codegen lock SPEC`",
    SANDBOX: "it lists the operations of the sandbox",
}


@dataclass(frozen=True)
class Source:
    """The files that could be read; each tool and prompt file under its path, sorted."""

    toolsets: Any
    lock: Any
    sandbox: Any
    tools: dict[str, Any]
    prompts: dict[str, Any]
    pages: dict[str, str]  # texts of templates and style
    unread: tuple[str, ...] = ()  # tool files that are there and could not be read
    visible: Any = None  # when there is such a file
    profiles: Any = None  # likewise
    clients: dict[str, Any] = field(default_factory=dict)
    others: dict[str, Any] = field(default_factory=dict)  # under its path, those that are there
    snapshots: dict[str, Any] = field(default_factory=dict)  # by tool, as last generated


def load(root: Path, report: Report) -> Source:
    fixed = {name: _read(root, name, report) for name in (TOOLSETS, LOCK, SANDBOX)}
    tools, unread = _folder(root, TOOLS, "*/*.json", report)
    prompts, _ = _folder(root, PROMPTS, "*.json", report)
    clients, _ = _folder(root, CLIENTS, "*.json", report)
    others = {
        name: _read(root, name, report)
        for name in (TROUBLES, PROGRAM, ANSWERS, PICTURE, PLANS, SETTINGS)
        if (root / name).exists()
    }
    pages = _texts(root, PAGES, ("*.html", "*.css", "*.js"), report)
    visible = _read(root, VISIBLE, report) if (root / VISIBLE).exists() else None
    profiles = _read(root, PROFILES, report) if (root / PROFILES).exists() else None
    return Source(
        fixed[TOOLSETS],
        fixed[LOCK],
        fixed[SANDBOX],
        tools,
        prompts,
        pages,
        tuple(unread),
        visible,
        profiles,
        clients,
        others,
        _snapshots(root),
    )


def tools_in(folder: Path, report: Report) -> tuple[dict[str, Any], list[str]]:
    """A folder elsewhere that is laid out like schema/tools: its files, and those unread."""
    return _folder(folder.parent, folder.name, "*/*.json", report)


def _snapshots(root: Path) -> dict[str, Any]:
    """What of them cannot be read is as good as gone: it is generated again."""
    out = {}
    for path in sorted((root / SNAPSHOTS).glob("*.json")):
        try:
            out[path.stem] = json.loads(path.read_text(encoding="utf-8"))
        except ValueError:
            continue
    return out


def _folder(
    root: Path, folder: str, pattern: str, report: Report
) -> tuple[dict[str, Any], list[str]]:
    """What could be read, and the names of what could not."""
    values = {}
    unread = []
    for path in sorted((root / folder).glob(pattern)):
        name = path.relative_to(root).as_posix()
        value = _read(root, name, report)
        if value is None:
            unread.append(name)
        else:
            values[name] = value
    return values, unread


def _texts(
    root: Path, folder: str, patterns: tuple[str, ...], report: Report
) -> dict[str, str]:
    names = sorted(
        path.relative_to(root).as_posix()
        for pattern in patterns
        for path in (root / folder).glob(pattern)
    )
    read = {name: _text(root, name, report) for name in names}
    return {name: text for name, text in read.items() if text is not None}


def _text(root: Path, name: str, report: Report) -> Optional[str]:
    try:
        return (root / name).read_text(encoding="utf-8")
    except FileNotFoundError:
        report.add(name, "", "no_file", cure=CURES[name])
    except UnicodeDecodeError as wrong:
        report.add(name, "", "not_utf8", byte=wrong.start)
    return None


def _read(root: Path, name: str, report: Report) -> Optional[Any]:
    text = _text(root, name, report)
    if text is None:
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
