"""A new tool from an operation of the lock: its file, its place in the toolsets, its first cases.

What is written passes `check`. It is a beginning: whoever wanted the tool reads the texts again,
takes away arguments that nobody needs, and says when to choose it over its neighbours.
"""

from __future__ import annotations

import argparse
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Optional

from . import jsontext, load, model, scaffold, scaffold_cases, sends, visible, words
from .check import check
from .model import Operation, Tool
from .names import NAME, suggest
from .problems import Report

# Clients prefix a tool's name with their own; together they allow 64 characters.
MOST_OF_NAME = 52
MOST_KINDS = 4
NEXT = """Read the tool file again: when is it chosen over its neighbours, which arguments does
nobody need? Then `./dev docs`, which generates and builds, and `./dev test codegen cases`."""


class CannotWrite(Exception):
    """Why there will be no such tool, in words."""


@dataclass
class Scaffold:
    """What is to be written; each text under its path."""

    name: str
    files: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def new(
    source: load.Source, wanted: str, name: Optional[str] = None, toolset: Optional[str] = None
) -> Scaffold:
    known = model.operations(source.lock)
    if wanted not in known:
        raise CannotWrite(f'Asana has no operation "{wanted}"{suggest(wanted, known)}')
    taken = users(source)
    if wanted in taken:
        raise CannotWrite(f"{wanted} has a tool: {taken[wanted]}")
    operation = known[wanted]
    name = name or scaffold.tool_name(operation)
    _check_name(source, operation, name)
    folder = toolset or _toolset(operation, source)
    if not NAME.match(folder):
        raise CannotWrite(f'"{folder}" must be lower-case letters, digits and underscores')
    raw = scaffold.Writer(source, operation).tool(name)
    file = f"{load.TOOLS}/{folder}/{name}.json"
    made = model.tool(file, raw, known)
    _example(raw, made)
    made = model.tool(file, raw, known)
    out = Scaffold(name)
    out.files[file] = jsontext.pretty(raw)
    out.files[load.TOOLSETS] = jsontext.pretty(_listed(source, name, folder, out), jsontext.TABLE)
    if source.visible is not None:
        placed = _placed(source, made, known, out)
        if placed is not source.visible:
            out.files[load.VISIBLE] = jsontext.pretty(placed, jsontext.TABLE)
    for case, value in scaffold_cases.cases(made):
        out.files[f"tests/cases/{name}/{case}.json"] = scaffold_cases.text(value)
    return out


def command(root: Path, args: argparse.Namespace) -> int:
    """`codegen new`: one line per file that is written, then what to do with them."""
    report = Report()
    source = load.load(root, report)
    if source.lock is None or source.toolsets is None:
        for problem in sorted(set(report.problems)):
            print(problem, file=sys.stderr)
        return 1
    if args.list is not None:
        print("\n".join(without_tool(source, args.list)))
        return 0
    if not args.operations or (args.name and len(args.operations) > 1):
        print("new: give one operationId, or --list to see them", file=sys.stderr)
        return 2
    for operation in args.operations:
        try:
            made = new(load.load(root, Report()), operation, args.name, args.toolset)
        except CannotWrite as why:
            print(f"new: {why}", file=sys.stderr)
            return 1
        write(root, made)
        for line in [*(f"wrote {name}" for name in made.files), *made.notes]:
            print(line)
    report = Report()
    check(load.load(root, report), report)
    for problem in sorted(set(report.problems)):
        print(problem, file=sys.stderr)
    print(NEXT)
    return 1 if report.problems else 0


def write(root: Path, made: Scaffold) -> None:
    for name, text in made.files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def users(source: load.Source) -> dict[str, str]:
    """Operations that tools are made for, and which."""
    out: dict[str, str] = {}
    for file, raw in source.tools.items():
        for number, one in enumerate([raw, *raw.get("requests", [])]):
            if "operation" in one:
                when = f", when {one['when']} is given" if number else ""
                out.setdefault(one["operation"], f"{raw['name']} sends it{when} ({file})")
    return out


def without_tool(source: load.Source, word: str = "") -> list[str]:
    """Lines: operationId, request."""
    taken = users(source)
    out = []
    for name, operation in sorted(model.operations(source.lock).items()):
        request = f"{operation.method} {operation.path}"
        if name in taken or word.lower() not in f"{name} {request}".lower():
            continue
        out.append(f"{name:<50} {request}")
    return out


def _check_name(source: load.Source, operation: Operation, name: str) -> None:
    if not NAME.match(name):
        raise CannotWrite(f'"{name}" must be lower-case letters, digits and underscores')
    if len(name) > MOST_OF_NAME:
        raise CannotWrite(
            f"{name} has {len(name)} characters, at most {MOST_OF_NAME} are safe with every"
            " client; give a shorter one with --name"
        )
    for file in (*source.tools, *source.unread):
        if Path(file).stem == name:
            raise CannotWrite(f"{name} is the name of {file}; give another one with --name")


def _toolset(operation: Operation, source: load.Source) -> str:
    """By what the path ends with, else by what it begins with."""
    there = [raw["name"] for raw in source.toolsets]
    folders = [part for part in operation.path.split("/") if part and "{" not in part]
    ends = folders[-1] if operation.method == "GET" or len(folders) == 1 else folders[0]
    for one in (ends, folders[0]):
        found = words.TOOLSETS.get(one, one)
        if found in there or found in words.NEW_TOOLSETS:
            return found
    return folders[0]


def _listed(source: load.Source, name: str, folder: str, out: Scaffold) -> Any:
    """The toolsets with the tool at the end of its own."""
    toolsets = [dict(raw) for raw in source.toolsets]
    for raw in toolsets:
        if raw["name"] == folder:
            raw["tools"] = [*raw["tools"], name]
            return toolsets
    plain = words.split(folder).capitalize()
    title, about = words.NEW_TOOLSETS.get(folder, (plain, f"{plain} of Asana."))
    toolsets.append({"name": folder, "title": title, "description": about, "tools": [name]})
    out.notes.append(f"made the toolset {folder}: {about}")
    return toolsets


def _placed(
    source: load.Source, tool: Tool, known: dict[str, Operation], out: Scaffold
) -> Any:
    """visible.json with every kind of object that the tool's request names."""
    raw = source.visible
    operation = tool.operation
    names = list(operation.params)
    for param in tool.params:
        if param.kind.name in visible.GIDS and param.target.place != "path":
            names.append(param.target.name)
    for name in names:
        if visible.kinds(raw, operation, name):
            continue
        stem = re.sub(r"_gid\Z", "", name.split(".")[0])
        kinds = words.kinds(operation.name, name)
        raw = {**raw, "kinds": dict(raw["kinds"]), "operations": dict(raw["operations"])}
        for kind in kinds[:MOST_KINDS]:
            _place_kind(raw["kinds"], kind, known, out)
        if kinds != [words.singular(stem)]:
            said = raw["operations"].get(operation.name, {})
            one = kinds[0] if len(kinds) == 1 else kinds[:MOST_KINDS]
            raw["operations"][operation.name] = {**said, name: one}
    if raw is not source.visible:
        first = next(iter(source.visible["kinds"]))
        rest = sorted(kind for kind in raw["kinds"] if kind != first)
        raw["kinds"] = {kind: raw["kinds"][kind] for kind in [first, *rest]}
        raw["operations"] = dict(sorted(raw["operations"].items()))
    return raw


def _place_kind(
    kinds: dict[str, Any], kind: str, known: dict[str, Operation], out: Scaffold
) -> None:
    """Where an object of the kind tells its workspace: in its own fields, or above it."""
    if kind in kinds:
        return
    if kind in words.PLACES:
        kinds[kind] = words.PLACES[kind]
        return
    one = re.compile(rf"/\w+/{{{kind}_gid}}\Z")
    reads = [op for op in known.values() if op.method == "GET" and one.match(op.path)]
    if reads:
        path = reads[0].path.split("{")[0]
        parents = {name.split(".")[0] for name in reads[0].fields or ()}
        for way, member in (
            ("in", "workspace"),
            ("in", "organization"),
            *(("under", one) for one in ("parent", "project", "task", "portfolio", "team")),
            *(("under", one) for one in ("supported_goal", "resource")),
        ):
            if member in parents and member != kind:
                kinds[kind] = {"path": path, way: member}
                return
    kinds[kind] = {"under": "parent"}
    plain = words.noun(words.split(kind))
    out.notes.append(
        f"schema/visible.json: {words.a(plain)} does not tell its workspace, so calls that name one"
        " are refused while an operator hides workspaces"
    )


def _example(raw: dict[str, Any], made: Tool) -> None:
    """What the first example sends, now that the tool is there to say it."""
    example = raw["examples"][0]
    got = sends.sent(made, example["args"])
    example["sends"] = {"path": got.path}
    if got.asked:
        example["sends"]["query"] = got.asked
    if got.body:
        example["sends"]["body"] = got.body
    if got.form:
        example["sends"]["form"] = got.form
