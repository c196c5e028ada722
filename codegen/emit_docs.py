"""For people and tests: docs/TOOLS.md, snapshots/<tool>.json and examples.json."""

from __future__ import annotations

import json
from typing import Any, Iterator

from . import listing
from .docs import Docs
from .markdown import EDITED
from .model import Model, Param, Tool
from .sends import Sent, sent

FAILURES = """## When a call fails

A call that fails answers with `isError` and one text: what happened, and what to try next.

| What | What to do |
| --- | --- |
| an argument is unknown, missing, or of the wrong form | the text names it, says what is expected, and the nearest name; nothing was sent |
| 400 from Asana | the text has Asana's own words, which name the field |
| 401 | the token ended or was withdrawn: connect again |
| 402 | Asana wants a paid plan for this |
| 403 | you may not do this in Asana, or an administrator has blocked it |
| 404 | there is no such object, or you cannot see it; `asana_typeahead_search` finds it by its name |
| 429 | Asana's limit was hit and waiting for it would take too long: try again after the time that the text tells |
| 5xx, no answer | Asana has trouble. A read has been repeated already; a write never is: look whether it was done |""".split("\n")

EFFECTS = {
    "read": "reads",
    "create": "creates",
    "update": "changes",
    "delete": "deletes",
}


def emit(model: Model) -> dict[str, str]:
    files = {"docs/TOOLS.md": tools_md(model), "examples.json": examples(model)}
    for tool in model.tools:
        files[f"snapshots/{tool.name}.json"] = _json(listing.snapshot(tool), sort=True)
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
    said = {"method": got.method, "path": got.path, "query": got.query, "body": got.body}
    return said if got.form is None else {**said, "form": got.form}


def tools_md(model: Model) -> str:
    out = ["# Tools", "", EDITED, ""]
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
        "",
        "Examples are what a person says, the arguments, the request that Asana gets, and, for the",
        "first of each tool, what the sandbox answers.",
        "",
        *FAILURES,
    ]
    for toolset in model.toolsets:
        if toolset.tools:
            out += ["", f"## {toolset.title}"]
            for tool in toolset.tools:
                out += ["", *_tool(tool, model.docs)]
    return "\n".join(out) + "\n"


def _tool(tool: Tool, docs: Docs) -> Iterator[str]:
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
    for line in tool.history:
        yield f"- Changed {_prose(line)}"
    if tool.sync:
        yield "- Answers `sync`, the token for the next call, and `has_more`. A token that is missing or too"
        yield "  old (Asana's 412) is answered with no events and a new one."
    if tool.more:
        yield f"- When there may be more: {_prose(tool.more)}"
    yield from _needs(tool, docs)
    if tool.params:
        yield ""
        yield "| argument | takes | sent as | about |"
        yield "| --- | --- | --- | --- |"
        for param in tool.params:
            cells = (_argument(param), _takes(param), _sent_as(param), _about(param))
            yield f"| {' | '.join(cells)} |"
    for number, example in enumerate(tool.examples):
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
            for one in (got, *got.extras):
                if one is not got:
                    yield ""
                yield from _http(one)
            yield "```"
        if number == 0:
            yield from _answer(docs, tool.name, example.args)


def _needs(tool: Tool, docs: Docs) -> Iterator[str]:
    """What the operator's app must be allowed, what the workspace must pay, what else may fail."""
    operations = [one.operation for one in (*tool.requests, *tool.extras)]
    if not operations:
        return
    scopes = sorted({scope for operation in operations for scope in operation.scopes})
    if all(operation.scopes for operation in operations):
        yield f"- Scopes of Asana's that it needs: {', '.join(f'`{scope}`' for scope in scopes)}."
    else:
        yield "- Asana has no scope of its own for this: it needs full access (`default`)."
    if any(operation.name in docs.paid for operation in operations):
        yield "- Wants a paid Asana plan; without one it fails with 402."
    named = [param.name for param in tool.params if param.target.place == "path"]
    if named:
        yield f"- Fails with 404 when you cannot see what {_names(tuple(named), 'or')} names."


def _answer(docs: Docs, tool: str, args: Any) -> Iterator[str]:
    """What the sandbox says, when it was asked this."""
    told = (docs.answers or {}).get(tool)
    if not told or told["args"] != args:
        return
    more = f" ({told['more']} more left out)" if told["more"] else ""
    yield ""
    yield f"Answer{more}:"
    yield ""
    yield "```json"
    yield from compact(told["answer"])
    yield "```"


def compact(value: Any, width: int = 96) -> list[str]:
    """JSON for people: what fits on a line stands on one."""
    whole = json.dumps(value, ensure_ascii=False)
    if len(whole) <= width or not isinstance(value, (dict, list)) or not value:
        return [whole]
    open_, close = "{}" if isinstance(value, dict) else "[]"
    lines = [open_]
    members = list(value.items()) if isinstance(value, dict) else [(None, one) for one in value]
    for number, (name, member) in enumerate(members):
        lead = f"{json.dumps(name, ensure_ascii=False)}: " if name is not None else ""
        inner = compact(member, width - 2 - len(lead))
        inner[0] = lead + inner[0]
        inner[-1] += "," if number + 1 < len(members) else ""
        lines += [f"  {line}" for line in inner]
    return [*lines, close]


def _http(got: Sent) -> Iterator[str]:
    """The request, without the default fields and the default limit."""
    query = "&".join(f"{name}={value}" for name, value in got.asked.items())
    yield f"{got.method} {got.path}" + (f"?{query}" if query else "")
    if got.body is not None:
        yield ""
        yield json.dumps({"data": got.body}, ensure_ascii=False)
    if got.form is not None:
        yield "Content-Type: multipart/form-data"
        yield ""
        for name, value in got.form.items():
            yield f"{name}={value}" if isinstance(value, str) else f"{name}=@{value['name']}"


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
