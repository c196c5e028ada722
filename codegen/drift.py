"""What a newer document of Asana's means for the tools: which break, and what is new.

Two locks are compared in words; whether a tool breaks is not decided here, but by checking the
schema against the new lock, with its own lines.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Iterator, Optional

from . import load, lock, model
from .check import check
from .model import Operation, Tool
from .names import suggest
from .problems import Report

PLACES = ("path", "query", "body", "form")


@dataclass
class News:
    """Of one tool, or of a file of the schema that is none."""

    about: str
    said: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)  # lines of check

    def lines(self) -> Iterator[str]:
        yield f"{self.about}: {'breaks' if self.broken else 'works as before'}"
        yield from (f"    {line}" for line in self.said)
        yield from (f"    fix {line}" for line in self.broken)


def command(root: Path, args: argparse.Namespace) -> int:
    """`codegen drift`: 0 when every tool still works, 1 when one breaks, 2 without a comparison."""
    report = Report()
    source = load.load(root, report)
    if check(replace(source, snapshots={}), report) is None:
        for problem in sorted(set(report.problems)):
            print(problem, file=sys.stderr)
        print("drift: the schema has mistakes already; mend them first", file=sys.stderr)
        return 2
    try:
        document = json.loads(args.spec.read_text(encoding="utf-8"))
        overrides = json.loads((root / load.OVERRIDES).read_text(encoding="utf-8"))
        new, lost = _digest(document, overrides)
    except (OSError, ValueError, lock.LockError) as wrong:
        print(f"drift: {wrong}", file=sys.stderr)
        return 2
    except (KeyError, TypeError, AttributeError) as wrong:
        why = f"{type(wrong).__name__} {wrong}"
        print(f"drift: {args.spec} is not an OpenAPI 3 document: {why}", file=sys.stderr)
        return 2
    news = [*lost, *drift(source, new)]
    broken = [one for one in news if one.broken]
    for one in news:
        print("\n".join(one.lines()))
    for line in operations(source, new):
        print(line)
    if broken:
        print(f"{args.spec.name} breaks something: renew the lock with it, then mend the files.")
        return 1
    print("Every tool works as before." if news else "Nothing changed for any tool.")
    return 0


def _digest(document: Any, overrides: dict[str, Any]) -> tuple[dict[str, Any], list[News]]:
    """The new lock; overrides of what is no longer there are left out, and told."""
    plain = lock.digest(document, {})
    lost = News(load.OVERRIDES)
    kept: dict[str, Any] = {}
    for part in ("operations", "field_sets"):
        kept[part] = {}
        for name, patch in overrides.get(part, {}).items():
            if name in plain[part]:
                kept[part][name] = patch
            else:
                lost.broken.append(f"{part}.{name}: the document has none; take it away")
    return lock.digest(document, kept), [lost] if lost.broken else []


def drift(source: load.Source, new: dict[str, Any]) -> list[News]:
    """Tools by name, then other files of the schema; only those of which there is something."""
    report = Report()
    check(replace(source, lock=new, snapshots={}), report)
    broken: dict[str, list[str]] = {}
    for problem in sorted(set(report.problems)):
        broken.setdefault(problem.file, []).append(str(problem))
    old_ops, new_ops = model.operations(source.lock), model.operations(new)
    out = []
    for file, raw in sorted(source.tools.items(), key=lambda one: one[1]["name"]):
        tool = model.tool(file, raw, old_ops)
        said = list(_tool(tool, old_ops, new_ops))
        if said or file in broken:
            out.append(News(tool.name, said, broken.pop(file, [])))
    return out + [News(file, [], lines) for file, lines in sorted(broken.items())]


def operations(source: load.Source, new: dict[str, Any]) -> Iterator[str]:
    """Operations that came, and those that went and no tool misses."""
    old_ops, new_ops = model.operations(source.lock), model.operations(new)
    used = {
        one.operation.name
        for file, raw in source.tools.items()
        for tool in [model.tool(file, raw, old_ops)]
        for one in (*tool.requests, *tool.extras)
    }
    renamed = {_same_request(one, new_ops) for one in old_ops.values() if one.name not in new_ops}
    for name in sorted(set(new_ops) - set(old_ops)):
        if name not in renamed:
            one = new_ops[name]
            line = f"new operation {name}: {one.method} {one.path}, no tool covers it"
            yield f"{line} (python3 -m codegen new {name})"
    for name in sorted(set(old_ops) - set(new_ops) - used):
        other = _same_request(old_ops[name], new_ops)
        yield f"operation {name} is " + (f"called {other} now" if other else "gone; no tool had it")


def _same_request(operation: Operation, known: dict[str, Operation]) -> Optional[str]:
    """The operation that has its method and path, whatever the names in braces."""

    def form(one: Operation) -> tuple[str, str]:
        return one.method, re.sub(r"{\w+}", "{}", one.path)

    found = [name for name, one in sorted(known.items()) if form(one) == form(operation)]
    return found[0] if found else None


def _tool(
    tool: Tool, old_ops: dict[str, Operation], new_ops: dict[str, Operation]
) -> Iterator[str]:
    seen: set[str] = set()
    for one in (*tool.requests, *tool.extras):
        old = one.operation
        if old.name in seen:
            continue
        seen.add(old.name)
        new = new_ops.get(old.name)
        if new is None:
            other = _same_request(old, new_ops)
            if other is None:
                near = suggest(old.name, set(new_ops) - set(old_ops))
                yield f"{old.name} is gone: {old.method} {old.path}{near}"
                continue
            yield f"{old.name} is called {other} now"
            new = new_ops[other]
        for line in _operation(tool, old, new):
            yield f"{old.name}: {line}"


def _operation(tool: Tool, old: Operation, new: Operation) -> Iterator[str]:
    if (old.method, old.path) != (new.method, new.path):
        yield f"was {old.method} {old.path}, is {new.method} {new.path}"
    targets = [param.target for param in tool.params]
    targets += [param.instead.target for param in tool.params if param.instead]
    for place in PLACES:
        sent = {target.name for target in targets if target.place == place}
        yield from _place(place, sent, old.takes(place), new.takes(place))
    if old.returns != new.returns and old.lists != new.lists:
        yield f"answered with {_answer(old)}, answers with {_answer(new)}"
    if old.paged != new.paged:
        yield "answers in pages now" if new.paged else "no longer answers in pages"
    yield from _fields(tool, old.fields, new.fields)
    if old.scopes != new.scopes:
        yield f"needs the scopes {', '.join(new.scopes) or '(none)'}, needed" + (
            f" {', '.join(old.scopes) or 'none'}"
        )


def _answer(operation: Operation) -> str:
    return "a list" if operation.lists else "one object"


def _place(
    place: str, sent: set[str], old: dict[str, Any], new: dict[str, Any]
) -> Iterator[str]:
    came = [name for name in new if name not in old and not new[name].get("read_only")]
    for name in sorted(sent):
        known = f"{name}.*" if f"{name}.*" in old else name
        if known in old and known not in new:
            alike = [one for one in came if _form(new[one]) == _form(old[known])]
            near = suggest(name, alike)
            if not near and len(alike) == 1:
                near = f' (did it become "{alike[0]}"?)'
            yield f'{place} "{name}" is gone{near}'
        elif known in old:
            for change in _changes(old[known], new[known]):
                yield f'{place} "{name}" {change}'
    for name in sorted(came):
        need = "new and required" if new[name].get("required") else "new"
        yield f'{place} "{name}" is {need} ({_form(new[name])})'
    for name in sorted(set(old) & set(new) - sent):
        if new[name].get("required") and not old[name].get("required"):
            yield f'{place} "{name}" is required now'


def _changes(old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
    if _form(old) != _form(new):
        yield f"was {_form(old)}, is {_form(new)}"
    if new.get("required") and not old.get("required"):
        yield "is required now"
    if new.get("read_only") and not old.get("read_only"):
        yield "can no longer be written"
    if old.get("nullable") and not new.get("nullable"):
        yield "no longer takes null"
    was, now = old.get("enum"), new.get("enum")
    if now and not was:
        yield f"takes only {', '.join(now)} now"
    elif was and now:
        gone = [value for value in was if value not in now]
        came = [value for value in now if value not in was]
        if gone:
            yield f"no longer takes {', '.join(gone)}"
        if came:
            yield f"takes {', '.join(came)}, too"
    for key, word in (("min", "at least"), ("max", "at most")):
        if new.get(key) is not None and new.get(key) != old.get(key):
            yield f"takes {word} {new[key]} now"


def _form(about: dict[str, Any]) -> str:
    if about["type"] == "array":
        return f"a list of {about.get('items', 'string')}s"
    return f"{about['type']} ({about['format']})" if "format" in about else about["type"]


def _fields(
    tool: Tool, old: Optional[tuple[str, ...]], new: Optional[tuple[str, ...]]
) -> Iterator[str]:
    used = set((tool.fields or "").split(","))
    used |= {name for extra in tool.extras for name in extra.fields.split(",")}
    was, now = set(old or ()), set(new or ())
    gone = sorted(used & (was - now))
    if gone:
        yield f"answers without {', '.join(gone)}"
    if now - was:
        yield f"new fields: {', '.join(sorted(now - was))}"
