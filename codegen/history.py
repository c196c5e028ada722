"""A tool that changes under the feet of those who use it must say so.

The committed snapshot of a tool is what its users know. A change of it that can break a prompt or a
program is refused until the tool's file names the thing in a line of "history" that the snapshot
does not have yet: the line goes into the new snapshot, and the next change needs a line of its own.
"""

from __future__ import annotations

import re
from typing import Any, Iterator

from . import listing
from .model import Tool
from .problems import Report


def check_history(report: Report, tool: Tool, old: Any) -> None:
    """old: the committed snapshot, or None when there is none."""
    if not isinstance(old, dict):
        return
    new = listing.snapshot(tool)
    said = [line for line in tool.history if line not in old.get("history", ())]
    for name, what in breaks(old, new, tool):
        word = re.compile(rf"(?<![\w.]){re.escape(name)}(?!\w|\.\w)")
        if not any(word.search(line) for line in said):
            report.add(tool.file, "history", "unsaid", name=name, what=what)


def breaks(old: dict[str, Any], new: dict[str, Any], tool: Tool) -> Iterator[tuple[str, str]]:
    """What is named, and in words what happened to it, in the order of the old snapshot."""
    yield from _arguments(old.get("inputSchema", {}), new["inputSchema"], tool)
    yield from _answer(old.get("outputSchema", {}), new["outputSchema"], "")
    kept = new.get("fields", "").split(",")
    for name in filter(None, old.get("fields", "").split(",")):
        if name not in kept:
            yield name, f'answers came with "{name}", and no longer do'
    was, now = old.get("annotations", {}), new["annotations"]
    if was.get("readOnlyHint") and not now["readOnlyHint"]:
        yield tool.name, "it only read, and now it changes data"


def _arguments(old: dict[str, Any], new: dict[str, Any], tool: Tool) -> Iterator[tuple[str, str]]:
    there = new["properties"]
    taken = {name for param in tool.params for name in (*param.aliases, *param.spellings)}
    for name, form in old.get("properties", {}).items():
        if name in there:
            yield from _form(name, form, there[name])
        elif name not in taken:
            yield name, f'the argument "{name}" is gone'
    for name in new.get("required", ()):
        if name not in old.get("required", ()):
            yield name, f'the argument "{name}" is required, and was not'


def _form(name: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[tuple[str, str]]:
    was, now = _type(old), _type(new)
    if was != now:
        yield name, f'the argument "{name}" was {was} and is {now}'
        return
    if "enum" in new:
        values = [value for value in old.get("enum", ()) if value not in new["enum"]]
        if values:
            yield name, f'the argument "{name}" no longer takes {", ".join(values)}'
        elif "enum" not in old:
            yield name, f'the argument "{name}" took anything, and takes certain values only'
    for keyword, narrower in (("minimum", lambda a, b: b > a), ("maximum", lambda a, b: b < a)):
        if keyword in new and (keyword not in old or narrower(old[keyword], new[keyword])):
            yield name, f'the argument "{name}" has a {keyword} of {new[keyword]} now'


def _answer(old: dict[str, Any], new: dict[str, Any], lead: str) -> Iterator[tuple[str, str]]:
    for name, form in old.get("properties", {}).items():
        path = f"{lead}{name}"
        if name not in new.get("properties", {}):
            yield path, f'"{path}" is gone from the answer'
            continue
        now = new["properties"][name]
        if _type(form) != _type(now):
            yield path, f'"{path}" of the answer was {_type(form)} and is {_type(now)}'
        else:
            yield from _answer(form, now, f"{path}.")
            yield from _answer(form.get("items", {}), now.get("items", {}), f"{path}.")


def _type(form: dict[str, Any]) -> str:
    if form.get("type") == "array":
        return f"a list of {form.get('items', {}).get('type', 'anything')}s"
    return str(form.get("type", "anything"))
