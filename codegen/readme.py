"""README.md is written by hand but for what stands between <!-- x --> and <!-- /x -->."""

from __future__ import annotations

import re
from typing import Iterator

from . import emit_clients, emit_settings
from .clients import Client
from .model import Model

FILE = "README.md"
PEOPLE = ("assistant", "editor", "terminal")  # groups of clients


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
        out["settings"] = list(emit_settings.readme(model.docs.program, model.docs.settings))
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
