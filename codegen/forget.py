"""{{>forget}} in a web page: how each client is made to forget a connection, from schema/clients."""

from __future__ import annotations

import html
import re
from typing import Iterable

from .clients import Client

SLOT = "{{>forget}}"


def put(pages: dict[str, str], clients: Iterable[Client]) -> dict[str, str]:
    """The pages with what stands for the slot, on its line; those without one stay as they are."""
    recipes = "".join(_recipe(one) for one in clients if one.forget)
    return {name: text.replace(SLOT, recipes) for name, text in pages.items()}


def _recipe(one: Client) -> str:
    steps = "".join(f"<li>{_text(step)}</li>" for step in one.forget)
    summary = f"<summary>{_text(one.title)} <small>{_text(one.about)}</small></summary>"
    return f"<details>{summary}<ol>{steps}</ol></details>"


def _text(text: str) -> str:
    """What stands between backquotes is code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text, quote=False))
