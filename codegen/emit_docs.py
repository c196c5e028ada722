"""For people and tests: docs/TOOLS.md, snapshots/<tool>.json and examples.json."""

from __future__ import annotations

import json
from typing import Any, Iterator

from . import listing
from .model import Model, Param, Tool
from .sends import Sent, sent

EFFECTS = {
    "read": "reads",
    "create": "creates",
    "update": "changes",
    "delete": "deletes",
}


def emit(model: Model) -> dict[str, str]:
    files = {"docs/TOOLS.md": tools_md(model), "examples.json": examples(model)}
    for tool in model.tools:
        files[f"snapshots/{tool.name}.json"] = _json(listing.entry(tool), sort=True)
    return files


def _json(value: Any, sort: bool = False) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2, sort_keys=sort) + "\n"


def examples(model: Model) -> str:
    """What each example must make Asana see; a body is what stands in "data", else null.

    What a handler sends is not known here: its request is null. `extras` are the further requests
    that the arguments ask for, in no order.
    """
    rows = []
    for tool in model.tools:
        for example in tool.examples:
            row: dict[str, Any] = {"tool": tool.name, "say": example.say, "args": example.args}
            row["request"] = None
            if tool.requests and not tool.handler:
                got = sent(tool, example.args)
                row["request"] = _request(got)
                if got.extras:
                    row["extras"] = [_request(extra) for extra in got.extras]
            rows.append(row)
    return _json(rows)


def _request(got: Sent) -> dict[str, Any]:
    return {"method": got.method, "path": got.path, "query": got.query, "body": got.body}


def tools_md(model: Model) -> str:
    out = ["# Tools", "", "Made from `schema/` by `python3 -m codegen gen`; do not edit.", ""]
    for toolset in model.toolsets:
        if toolset.tools:
            out.append(f"- **{toolset.title}** (`{toolset.name}`): {toolset.description}")
            out += [f"  - [`{tool.name}`](#{tool.name}): {tool.title}" for tool in toolset.tools]
    out += [
        "",
        "Every tool answers one JSON object: `data`, on lists `next_page` (null at the end), and",
        "`truncated` only when the answer had to be cut. Where an argument takes null, null clears,",
        "or asks for what has none; elsewhere it is as good as leaving the argument out. Taken too:",
        "numbers for gids, lists for comma lists, comma lists for lists, JSON strings for objects.",
    ]
    for toolset in model.toolsets:
        if toolset.tools:
            out += ["", f"## {toolset.title}"]
            for tool in toolset.tools:
                out += ["", *_tool(tool)]
    return "\n".join(out) + "\n"


def _tool(tool: Tool) -> Iterator[str]:
    yield f"### {tool.name}"
    yield ""
    yield f"**{tool.title}.** {_prose(tool.description)}"
    yield ""
    for request in tool.requests:
        when = f", when `{request.when}` is given" if request.when else ""
        when += f" without {_names(request.unless, 'and')}" if request.unless else ""
        yield f"- Sends `{request.operation.method} {request.operation.path}`{when}."
    for extra in tool.extras:
        keep = f", only those of {extra.keep[0]} {extra.keep[1]}" if extra.keep else ""
        sends = f"{extra.operation.method} {extra.operation.path}"
        yield f"- With `{extra.flag}` also sends `{sends}`"
        yield f"  and answers `data.{extra.member}` with `{extra.fields}`{keep}."
    paged = " Answers in pages." if tool.paged else ""
    effect = "adds to" if tool.additive else EFFECTS[tool.effect]
    yield f"- {effect.capitalize()} data.{paged}"
    yield from _rules(tool)
    if tool.fields:
        yield f"- Without `opt_fields` answers with `{tool.fields}`."
    if tool.more:
        yield f"- When there may be more: {_prose(tool.more)}"
    if tool.params:
        yield ""
        yield "| argument | takes | sent as | about |"
        yield "| --- | --- | --- | --- |"
        for param in tool.params:
            cells = (_argument(param), _takes(param), _sent_as(param), _about(param))
            yield f"| {' | '.join(cells)} |"
    for example in tool.examples:
        yield ""
        yield f"> {_prose(example.say)}"
        yield ""
        yield "```json"
        yield json.dumps(example.args, ensure_ascii=False)
        yield "```"
        if tool.requests and not tool.handler:
            yield ""
            yield "```http"
            got = sent(tool, example.args)
            for number, one in enumerate((got, *got.extras)):
                if number:
                    yield ""
                yield from _http(one)
            yield "```"


def _http(got: Sent) -> Iterator[str]:
    """The request, without the default fields and the default limit."""
    query = "&".join(f"{name}={value}" for name, value in got.asked.items())
    yield f"{got.method} {got.path}" + (f"?{query}" if query else "")
    if got.body is not None:
        yield ""
        yield json.dumps({"data": got.body}, ensure_ascii=False)


def _prose(text: str) -> str:
    """Text that Markdown is to show as it is."""
    return text.replace("<", "&lt;").replace("|", "\\|")


def _rules(tool: Tool) -> Iterator[str]:
    words = (
        ("Exactly one of", tool.rules.exactly_one_of),
        ("At least one of", tool.rules.at_least_one_of),
        ("At most one of", tool.rules.at_most_one_of),
    )
    for word, groups in words:
        for group in groups:
            yield f"- {word} {_names(group, 'and' if word.startswith('At most') else 'or')}."
    for name, others in tool.rules.needs:
        yield f"- `{name}` needs {_names(others, 'or')}."


def _names(names: tuple[str, ...], word: str) -> str:
    quoted = [f"`{name}`" for name in names]
    return f"{', '.join(quoted[:-1])} {word} {quoted[-1]}" if len(quoted) > 1 else quoted[0]


def _argument(param: Param) -> str:
    return f"`{param.name}`" + (" **required**" if param.required else "")


def _takes(param: Param) -> str:
    text = param.kind.expected
    if param.values:
        text += " " + ", ".join(f"`{value}`" for value in param.values)
    if param.min is not None:
        text += f" {param.min} to {param.max}"
    if param.default is not None:
        text += f"; `{param.default}` when left out"
    return text + ("; null" if param.nullable else "")


def _sent_as(param: Param) -> str:
    place = param.target.text.split(":", 1)[1]
    text = "—" if param.target.place == "local" else f"{param.target.place} `{place}`"
    if param.instead:
        text += f", with `{param.instead.given}` `{param.instead.target.text.split(':', 1)[1]}`"
    return text


def _about(param: Param) -> str:
    also = [f"`{name}`" for name in (*param.spellings, *param.aliases)]
    said = [_prose(text) for text in (param.description, param.doc) if text]
    return " ".join(said + ([f"Also: {', '.join(also)}."] if also else []))
