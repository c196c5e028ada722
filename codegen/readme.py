"""README.md is written by hand but for what stands between <!-- x --> and <!-- /x -->."""

from __future__ import annotations

import re
from typing import Iterator

from . import emit_clients
from .clients import Client
from .docs import Program, Setting
from .markdown import prose
from .model import Model

FILE = "README.md"
PEOPLE = ("assistant", "editor", "terminal")  # groups of clients
GROUPS = (
    ("Where it is", "listen public-url trusted-proxy allow-origin workers config log-level".split()),
    (
        "Who calls",
        """auth client-id client-secret oauth-url oauth-scope store allow-redirect cimd-allow
        request-webhook""".split(),
    ),
    (
        "What they may do",
        """toolsets read-only disable confirm allow-workspace block-workspace block-client
        block-person""".split(),
    ),
    ("Asana, or the sandbox", "api-url ca-file deadline-seconds sandbox now state token-seconds".split()),
)


def filled(text: str, model: Model) -> str:
    """With the sections as they are now; a text without marks stays as it is."""
    for name, lines in sections(model).items():
        body = "\n".join(lines)
        mark = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
        text = mark.sub(lambda found: f"{found[1]}{body}\n{found[2]}", text)
    return text


def sections(model: Model) -> dict[str, list[str]]:
    out: dict[str, list[str]] = {}
    if model.clients:
        out["clients"] = list(clients(model.clients))
    if model.docs.program:
        out["settings"] = list(settings(model.docs.program))
    if model.docs.troubles:
        out["troubles"] = list(emit_clients.troubles(model))
    return out


def clients(known: tuple[Client, ...]) -> Iterator[str]:
    """Those that people use, and where the others are."""
    folder = "generated/docs/clients"
    yield from emit_clients.table(tuple(one for one in known if one.group in PEOPLE), folder)
    others = [f"[{one.title}]({folder}/{one.name}.md)" for one in known if one.group not in PEOPLE]
    if others:
        yield ""
        yield f"Also: {', '.join(others)}."


def settings(program: Program) -> Iterator[str]:
    known = {one.name: one for one in program.of("serve")}
    grouped = [(title, [known.pop(name) for name in names if name in known]) for title, names in GROUPS]
    if known:
        grouped.append(("More", list(known.values())))
    yield "| Setting | Meaning | Default |"
    yield "| --- | --- | --- |"
    for title, members in grouped:
        if members:
            yield f"| **{title}** | | |"
        for one in members:
            default = one.default("serve") or ("off" if one.kind == "bool" else "none")
            yield f"| {_spelling(one)} | {prose(one.help)} | {prose(default)} |"


def _spelling(one: Setting) -> str:
    name = f"--{one.name}" if one.is_flag else one.variable
    value = f" {one.metavar}" if one.metavar and one.is_flag else ""
    return f"`{name}{value}`".replace("|", "\\|")
