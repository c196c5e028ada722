"""`codegen pack`: further tools as one file, which the program reads beside those compiled into it.

They are checked with the schema, by the same rules. The file says of each tool what its C would:
how arguments are read, and step by step what is sent. runtime/tool/pack.h reads it.
"""

from __future__ import annotations

import argparse
import dataclasses
import hashlib
import json
import os
import sys
from pathlib import Path
from typing import Any, Iterable, Optional

from . import listing, load, steps
from .check import check
from .kinds import KINDS
from .model import Extra, Model, Param, Tool
from .problems import Report
from .steps import If, Literal, Member, Open, Part, Query, Segment, Step
from .visible import Place, Route, Visible

FORMAT = 2  # runtime/tool/pack.c reads this one


class CannotPack(Exception):
    """Why there will be no file, in words."""


def version(model: Model) -> str:
    """Of what the tools are checked against. A program takes only packs that say the same."""
    against = [
        FORMAT,
        sorted(KINDS),
        sorted(toolset.name for toolset in model.toolsets),
        {name: dataclasses.asdict(one) for name, one in model.operations.items()},
    ]
    text = json.dumps(against, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def command(root: Path, args: argparse.Namespace) -> int:
    report = Report()
    try:
        text = pack(root, args.directory.resolve(), report, args.include_compiled)
        _write(args.output, text)
    except (CannotPack, OSError) as why:
        for problem in sorted(set(report.problems)):
            print(problem, file=sys.stderr)
        print(f"pack: {why}", file=sys.stderr)
        return 1
    print(f"wrote {args.output}")
    return 0


def pack(root: Path, folder: Path, report: Report, include_compiled: bool = False) -> str:
    """The text of the file. include_compiled: with the compiled tools that need no C, for tests."""
    source = load.load(root, report)
    if check(source, report) is None:
        raise CannotPack("the schema is not in order; nothing was written")
    more, unread = load.tools_in(folder, report)
    if not more and not unread and not include_compiled:
        raise CannotPack(f"{folder} holds no tools; they are <toolset>/<tool>.json there")
    model = check(_with(source, more, unread), report)
    if model is None:
        raise CannotPack("nothing was written")
    tools = [one for one in model.tools if one.file in more]
    for tool in tools:
        if tool.handler:
            raise CannotPack(
                f"{tool.file}: handler: hand-written C has to be compiled; add it to schema/tools"
            )
    if include_compiled:
        tools = [one for one in model.tools if not one.handler]
    return _text(model, tools)


def _with(source: load.Source, more: dict[str, Any], unread: Iterable[str]) -> load.Source:
    """As if the files were in schema/tools, listed behind the others of their toolset."""
    toolsets = [dict(raw, tools=list(raw["tools"])) for raw in source.toolsets]
    for file in sorted([*more, *unread]):
        folder, name = file.split("/")[-2:]
        for raw in toolsets:
            if raw["name"] == folder and name.removesuffix(".json") not in raw["tools"]:
                raw["tools"].append(name.removesuffix(".json"))
    return dataclasses.replace(
        source,
        toolsets=toolsets,
        tools={**source.tools, **more},
        unread=(*source.unread, *unread),
    )


def _write(path: Path, text: str) -> None:
    """In one step: a server may be reading it."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_text(text, encoding="utf-8")
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def _text(model: Model, tools: list[Tool]) -> str:
    """A line a tool, a kind of object and a request that names some."""
    parts = {"tools": [_row(tool) for tool in tools], **_visible(model.visible, tools)}
    members = ",".join(
        f'"{name}":[\n' + ",\n".join(listing.compact(row) for row in rows) + "\n]"
        for name, rows in parts.items()
    )
    return f'{{"format":{FORMAT},"schema":"{version(model)}",{members}}}\n'


def _visible(rules: Optional[Visible], tools: Iterable[Tool]) -> dict[str, list[Any]]:
    """For servers that hide workspaces: what the tools' requests name, and all kinds of objects,
    since one may belong to another."""
    if rules is None:
        return {"kinds": [], "routes": []}
    sent = {one.operation.name for tool in tools for one in (*tool.requests, *tool.extras)}
    kinds = [place.name for place in rules.places]
    return {
        "kinds": [_kind(place) for place in rules.places],
        "routes": [_route(one, kinds) for one in rules.routes if one.operation.name in sent],
    }


def _kind(place: Place) -> dict[str, Any]:
    way = place.way or "itself"
    return _told(
        name=place.name,
        way=way,
        path=place.path,
        at=place.at,
        fields=place.fields,
        withheld=place.withheld,
    )


def _route(route: Route, kinds: list[str]) -> dict[str, Any]:
    names = [[name, [kinds.index(one) for one in some]] for name, some in route.names]
    answers = {"answers": kinds.index(route.answers)} if route.answers else {}
    return {
        "method": route.operation.method,
        "path": route.operation.path,
        "names": names,
        **answers,
    }


def _row(tool: Tool) -> dict[str, Any]:
    limit = tool.limit if tool.more and not tool.at_most and not tool.sync else None
    said = _told(
        name=tool.name,
        title=tool.title,
        toolset=tool.toolset,
        description=tool.description,
        effect=tool.effect,
        idempotent=tool.idempotent,
        destructive=tool.destructive,
        paged=tool.paged,
        sync=tool.sync,
        more=tool.more,
        limit=_index(tool, limit) if limit else None,
        full_at=tool.at_most,
        input_schema=listing.input_schema(tool),
        output_schema=listing.output_schema(tool),
        headers=[{"name": param.header, "param": param.name} for param in tool.headers],
        modern_schema=listing.modern_schema(tool) if tool.headers else None,
        params=[_param(tool, param) for param in tool.params],
        rules=_rules(tool),
        method=tool.operation.method,
        extras=[_extra(tool, extra) for extra in tool.extras],
    )
    return {**said, "request": _steps(tool, steps.request(tool))}


def _told(**members: Any) -> dict[str, Any]:
    """Without what is not said."""
    return {name: value for name, value in members.items() if value not in (None, False, [])}


def _index(tool: Tool, param: Param) -> int:
    return tool.params.index(param)


def _param(tool: Tool, param: Param) -> dict[str, Any]:
    kind = param.kind
    said = _told(
        name=param.name,
        read=kind.reader.removeprefix("args_") + ("_task" if kind.flag == "ARG_HTML_TASK" else ""),
        required=param.required,
        nullable=param.nullable,
        aliases=[*param.spellings, *param.aliases],
        values="|".join(param.values) or None,
    )
    default = tool.fields if kind.name == "opt_fields" else param.default
    numbers = {"default": default, "min": param.min, "max": param.max}
    return {**said, **{name: value for name, value in numbers.items() if value is not None}}


def _rules(tool: Tool) -> list[dict[str, str]]:
    rules = tool.rules
    return [
        *(
            {"rule": rule, "names": ",".join(group)}
            for rule, groups in (
                ("exactly_one", rules.exactly_one_of),
                ("at_least_one", rules.at_least_one_of),
                ("at_most_one", rules.at_most_one_of),
            )
            for group in groups
        ),
        *(
            {"rule": "needs", "name": name, "names": ",".join(others)}
            for name, others in rules.needs
        ),
    ]


def _extra(tool: Tool, extra: Extra) -> dict[str, Any]:
    keep_member, keep_value = extra.keep or (None, None)
    flag = tool.param(extra.flag)
    assert flag
    said = _told(
        member=extra.member, keep_member=keep_member, keep_value=keep_value, more=extra.more
    )
    sent = _steps(tool, steps.extra(tool, extra))
    return {**said, "flag": _index(tool, flag), "request": sent}


def _steps(tool: Tool, some: Iterable[Step]) -> list[list[Any]]:
    return [_step(tool, step) for step in some]


def _step(tool: Tool, step: Step) -> list[Any]:
    """As runtime/tool/pack_steps.c reads it: the function's name without asana_, its arguments."""
    if isinstance(step, If):
        given, absent = ([_index(tool, one) for one in some] for some in (step.given, step.absent))
        return ["if", given, absent, _steps(tool, step.then), _steps(tool, step.otherwise)]
    if isinstance(step, Literal):
        return ["path", step.text]
    if isinstance(step, Segment):
        return ["path_arg", _index(tool, step.param)]
    if isinstance(step, Query):
        return _query(tool, step)
    if isinstance(step, Member):
        return [f"body_{step.writer}", step.name, _index(tool, step.param)]
    if isinstance(step, Part):
        return [f"form_{step.writer}", step.name, _index(tool, step.param)]
    if isinstance(step, Open):
        return [f"open_{step.kind}", step.name]
    return ["close"]


def _query(tool: Tool, step: Query) -> list[Any]:
    if isinstance(step.value, (int, str)):
        return ["query_text", step.name, str(step.value)]
    return [f"query_{step.value.kind.writer}", step.name, _index(tool, step.value)]
