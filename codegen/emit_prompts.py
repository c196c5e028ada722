"""What becomes of the prompts: prompts.c, docs/PROMPTS.md, snapshots/prompts/<prompt>.json."""

from __future__ import annotations

import json
from typing import Iterator

from .layout import initializer
from .model import Model
from .names import NOTICE, block, c_string, c_text
from .prompts import Argument, Prompt


def emit(model: Model) -> dict[str, str]:
    files = {"prompts.c": source(model), "docs/PROMPTS.md": prompts_md(model)}
    for prompt in model.prompts:
        whole = {**prompt.entry(), "text": list(prompt.lines)}
        text = json.dumps(whole, ensure_ascii=False, indent=2, sort_keys=True)
        files[f"snapshots/prompts/{prompt.name}.json"] = text + "\n"
    return files


# C


def source(model: Model) -> str:
    parts = [_arguments(prompt) for prompt in model.prompts if prompt.arguments]
    rows = "".join(_row(prompt) for prompt in model.prompts)
    registry = "const struct prompt prompt_registry[] = {\n" + rows + "    { 0 },\n};\n"
    head = block(
        """
        /* $notice */
        #include "mcp/prompts.h"
        """,
        notice=NOTICE,
    )
    return "\n".join([head, *parts, registry])


def _arguments(prompt: Prompt) -> str:
    rows = "".join(_argument(argument) for argument in prompt.arguments)
    head = f"static const struct prompt_argument {prompt.name}_arguments[]"
    return f"{head} = {{\n{rows}    {{ 0 }},\n}};\n"


def _argument(argument: Argument) -> str:
    return _members(
        ("name", c_string(argument.name)),
        ("title", c_string(argument.title)),
        ("description", "\n" + c_text([argument.description], 3)),
        ("required", "true" if argument.required else ""),
        ("completes", c_string(argument.completes) if argument.completes else ""),
    )


def _row(prompt: Prompt) -> str:
    pieces = [f"{line}\n" for line in prompt.lines[:-1]] + [prompt.lines[-1]]
    return _members(
        ("name", c_string(prompt.name)),
        ("title", c_string(prompt.title)),
        ("description", "\n" + c_text([prompt.description], 3)),
        ("arguments", f"{prompt.name}_arguments" if prompt.arguments else ""),
        ("text", "\n" + c_text(pieces, 3)),
    )


def _members(*members: tuple[str, str]) -> str:
    rows = [initializer(name, value, 2) for name, value in members if value]
    return "    {\n" + "".join(f"        {row}\n" for row in rows) + "    },\n"


# documentation


def prompts_md(model: Model) -> str:
    out = ["# Prompts", "", "Made from `schema/` by `python3 -m codegen gen`; do not edit.", ""]
    out += [f"- [`{prompt.name}`](#{prompt.name}): {prompt.title}" for prompt in model.prompts]
    out += [
        "",
        "A client offers them as commands or in a menu. Where an argument means something in Asana",
        "its name or its gid will do, and the client can complete it while it is typed. Each prompt",
        "puts one message before the model: below, `{name}` is where an argument goes, as a quoted",
        "string; `[[name: …]]` is said only when that argument is given, `[[!name: …]]` only when",
        "it is not.",
    ]
    for prompt in model.prompts:
        out += ["", *_prompt(prompt)]
    return "\n".join(out) + "\n"


def _prompt(prompt: Prompt) -> Iterator[str]:
    yield f"## {prompt.name}"
    yield ""
    yield f"**{prompt.title}.** {_prose(prompt.description)}"
    if prompt.arguments:
        yield ""
        yield "| argument | about | completed from |"
        yield "| --- | --- | --- |"
    for argument in prompt.arguments:
        name = f"`{argument.name}`" + (" **required**" if argument.required else "")
        completed = f"{argument.completes}s" if argument.completes else "—"
        yield f"| {name} | {_prose(argument.description)} | {completed} |"
    yield ""
    yield "```text"
    yield prompt.text
    yield "```"


def _prose(text: str) -> str:
    """Text that Markdown is to show as it is."""
    return text.replace("<", "&lt;").replace("|", "\\|")
