"""docs/SETTINGS.md: every setting of a server, and the README's table of those that most set."""

from __future__ import annotations

from typing import Iterator

from .docs import Layout, Program, Setting
from .markdown import EDITED, prose
from .model import Model

COMMAND = "serve"
REST = "More"


def emit(model: Model) -> dict[str, str]:
    if not model.docs.program:
        return {}
    return {"docs/SETTINGS.md": "\n".join(_page(model.docs.program, model.docs.settings)) + "\n"}


def readme(program: Program, layout: Layout) -> Iterator[str]:
    """The rows of the README; all there are when nobody says which."""
    known = program.of(COMMAND)
    by_name = {one.name: one for one in known}
    yield "| Setting | Meaning | Default |"
    yield "| --- | --- | --- |"
    for one in [by_name[name] for name in layout.readme] or known:
        yield f"| {_spelling(one)} | {prose(one.help)} | {prose(_default(one))} |"


def _page(program: Program, layout: Layout) -> Iterator[str]:
    yield "# Settings"
    yield ""
    yield EDITED
    yield ""
    yield f"What `asana-mcp {COMMAND}` takes, and `asana-mcp doctor` checks. A setting has one name in three"
    yield "spellings: a flag, a variable of the environment, a key of the file that `--config` names, where a"
    yield "list has commas, or repeats its key. Flags beat the environment, which beats the file. What may"
    yield "be turned on is turned off with `--no-` in front of its name. The [manual page](asana-mcp.1) has"
    yield "the other commands."
    for title, members in _groups(program, layout):
        yield ""
        yield f"## {title}"
        yield ""
        yield "| Flag | Environment | File | Meaning | Default |"
        yield "| --- | --- | --- | --- | --- |"
        for one in members:
            yield f"| {_flag(one)} | {_variable(one)} | {_key(one)} | {prose(one.help)} | {prose(_default(one))} |"


def _groups(program: Program, layout: Layout) -> Iterator[tuple[str, list[Setting]]]:
    """Those with members; a setting that no group names is in the last."""
    left = {one.name: one for one in program.of(COMMAND)}
    for title, names in layout.groups:
        members = [left.pop(name) for name in names if name in left]
        if members:
            yield title, members
    if left:
        yield REST, list(left.values())


def _default(one: Setting) -> str:
    return one.default(COMMAND) or ("off" if one.kind == "bool" else "none")


def _spelling(one: Setting) -> str:
    return _flag(one) if one.is_flag else _code(one.variable)


def _flag(one: Setting) -> str:
    value = f" {one.metavar}" if one.metavar else ""
    return _code(f"--{one.name}{value}") if one.is_flag else ""


def _variable(one: Setting) -> str:
    return _code(one.variable) if "environment" in one.sources else ""


def _key(one: Setting) -> str:
    return _code(one.key) if "file" in one.sources else ""


def _code(text: str) -> str:
    return f"`{text}`".replace("|", "\\|")
