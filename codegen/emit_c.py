"""C of the tools, tools_<toolset>.[ch]: a struct, a decoder, a builder and a row for each."""

from __future__ import annotations

import re
import textwrap
from typing import Iterable, Optional

from . import listing
from .model import Model, Operation, Param, Request, Target, Tool, Toolset
from .names import COLUMNS, NOTICE, block, c_string, c_text, lines

INCLUDES = ("asana/req.h", "tool/args.h", "tool/tool.h")


def emit(model: Model) -> dict[str, str]:
    files = {}
    for toolset in model.toolsets:
        if toolset.tools:
            files[f"tools_{toolset.name}.h"] = header(toolset)
            files[f"tools_{toolset.name}.c"] = source(toolset)
    return files


# headers


def header(toolset: Toolset) -> str:
    return (
        block(
            """
            $about
             *
             * $notice */
            #pragma once

            $includes
            """,
            about=_comment(f"tools_{toolset.name}.h: {_lower(toolset.description)}"),
            notice=NOTICE,
            includes="\n".join(f'#include "{name}"' for name in INCLUDES),
        )
        + "".join("\n" + _declarations(tool) for tool in toolset.tools)
    )


def _comment(text: str) -> str:
    """The opening lines of a comment that goes on."""
    return "\n".join(textwrap.wrap(text, COLUMNS, initial_indent="/* ", subsequent_indent=" * "))


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _declarations(tool: Tool) -> str:
    return block(
        """
        struct ${name}_args {
        $members
        };
        bool ${name}_decode(struct args *a, void *into);
        $request
        $handle
        extern const struct tool $name;
        """,
        name=tool.name,
        members=lines(
            1, [f"{param.kind.member}{param.c_name};" for param in tool.params] or ["char none;"]
        ),
        request=_prototype(
            tool, "request", "const void *from, struct asana_req *r, struct err *err"
        )
        if tool.requests
        else "",
        handle=f"void {tool.handler}(struct call *call, const void *in);" if tool.handler else "",
    )


def _prototype(tool: Tool, suffix: str, arguments: str) -> str:
    return f"bool {tool.name}_{suffix}({arguments});"


# sources


def source(toolset: Toolset) -> str:
    return (
        block(
            """
            /* $notice */
            #include "tools_$name.h"
            """,
            notice=NOTICE,
            name=toolset.name,
        )
        + "".join("\n" + _tool(tool) for tool in toolset.tools)
    )


def _tool(tool: Tool) -> str:
    parts = [_heading(tool)]
    if tool.fields:
        parts[0] += _constant(f"{tool.name}_fields", [tool.fields]) + "\n"
    parts[0] += _decode(tool)
    if tool.requests:
        parts.append(_request(tool))
    parts.append(_row(tool))
    return "\n".join(parts)


def _heading(tool: Tool) -> str:
    if not tool.requests:
        return f"/* {tool.name}: by hand, {tool.handler}() */\n"
    sent = [f"{one.operation.method} {one.operation.path}" for one in tool.requests]
    for number, one in enumerate(tool.requests):
        if one.when:
            sent[number] += f" when {one.when} is given"
    return f"/* {tool.name}: {(', or' + chr(10) + ' * ').join(sent)} */\n"


def _constant(name: str, pieces: Iterable[str]) -> str:
    text = c_text(pieces, 1)
    head = f"static const char {name}[] ="
    if "\n" not in text and len(f"{head} {text.strip()};") <= COLUMNS:
        return f"{head} {text.strip()};\n"
    return f"{head}\n{text};\n"


def _decode(tool: Tool) -> str:
    aliases = [
        f'args_alias(a, "{alias}", "{param.name}");'
        for param in tool.params
        for alias in (*param.spellings, *param.aliases)
    ]
    readers = [_reader(tool, param) for param in tool.params]
    return block(
        """
        bool ${name}_decode(struct args *a, void *into)
        {
        $open
        $aliases
        $readers
        $rules
            return args_end(a);
        }
        """,
        name=tool.name,
        open=lines(1, [f"struct {tool.name}_args *in = into;"] if tool.params else ["(void)into;"]),
        aliases=lines(1, aliases),
        readers=lines(1, readers),
        rules=lines(1, _rule_calls(tool)),
    )


def _reader(tool: Tool, param: Param) -> str:
    kind = param.kind
    head = f"in->{param.c_name} = "
    arguments = ["a", f'"{param.name}"']
    if kind.name == "opt_fields":
        arguments.append(f"{tool.name}_fields" if tool.fields else "NULL")
    elif kind.name == "int" and param.default is not None:
        return _call(
            head, "args_int_or", [*arguments, str(param.default), str(param.min), str(param.max)]
        )
    else:
        arguments.append(_flags(param))
    if kind.name == "enum":
        arguments.append(c_string("|".join(param.values)))
    elif kind.name == "int":
        arguments += [str(param.min), str(param.max)]
    call = _call(head, kind.reader, arguments)
    return call if param.default is None else f"{call[:-1]} ?: {c_string(param.default)};"


def _flags(param: Param) -> str:
    flags = (
        ("ARG_REQUIRED", param.required),
        ("ARG_NULLABLE", param.nullable),
        (param.kind.flag, param.kind.flag),
    )
    return " | ".join(str(flag) for flag, is_set in flags if is_set) or "0"


def _rule_calls(tool: Tool) -> list[str]:
    rules = tool.rules
    calls = []
    for function, groups in (
        ("args_exactly_one", rules.exactly_one_of),
        ("args_at_least_one", rules.at_least_one_of),
        ("args_at_most_one", rules.at_most_one_of),
    ):
        calls += [_call("", function, ["a", c_string(",".join(group))]) for group in groups]
    calls += [
        _call("", "args_needs", ["a", f'"{name}"', c_string(",".join(others))])
        for name, others in rules.needs
    ]
    return calls


def _call(head: str, function: str, arguments: list[str]) -> str:
    """A call as a statement; a long one is broken between arguments and inside strings."""
    room = COLUMNS - 4
    whole = f"{head}{function}({', '.join(arguments)});"
    if len(whole) <= room:
        return whole
    if head and len(whole) - len(head) + 4 <= room:
        return f"{head.rstrip()}\n    {whole[len(head):]}"
    lead = f"{head}{function}("
    margin = "\n" + " " * len(lead)
    out = lead
    column = len(lead)
    for number, argument in enumerate(arguments):
        text = argument + (");" if number + 1 == len(arguments) else ",")
        gap = " " if number else ""
        if column + len(gap) + len(text) <= room:
            out += gap + text
            column += len(gap) + len(text)
            continue
        if head or len(text) <= room - len(lead):
            out += margin
            column = len(lead)
        else:
            out += gap
            column += len(gap)
        pieces = _pieces(text, room - column)
        out += ("\n" + " " * column).join(pieces)
        column += len(pieces[-1])
    return out


def _pieces(text: str, room: int) -> list[str]:
    """A literal that is a list of names, and what follows it, in pieces of that length."""
    pieces = []
    while len(text) > room:
        cut = max(text.rfind("|", 1, room - 1), text.rfind(",", 1, room - 1)) + 1
        pieces.append(text[:cut] + '"')
        text = '"' + text[cut:]
    return [*pieces, text]


# requests


def _request(tool: Tool) -> str:
    statements = [f"asana_req_init(r, ASANA_{tool.operation.method});", *_paths(tool)]
    for param in tool.params:
        if param.target.place == "query":
            statements.append(_query(param))
    statements += _body(tool)
    uses = any(param.target.place != "local" for param in tool.params)
    return block(
        """
        bool ${name}_request(const void *from, struct asana_req *r, struct err *err)
        {
        $open
        $statements
            return asana_req_end(r, err);
        }
        """,
        name=tool.name,
        open=lines(1, [f"const struct {tool.name}_args *in = from;"] if uses else ["(void)from;"]),
        statements=lines(1, statements),
    )


def _paths(tool: Tool) -> list[str]:
    first = _path(tool, tool.requests[0])
    others = tool.requests[1:]
    if not others:
        return first
    out = []
    for number, request in enumerate(others):
        when = tool.param(request.when or "")
        assert when
        out.append(f"{'} else ' if number else ''}if ({_given(when)}) {{")
        out += [f"    {line}" for line in _path(tool, request)]
    return [*out, "} else {", *(f"    {line}" for line in first), "}"]


def _path(tool: Tool, request: Request) -> list[str]:
    by_target = {param.target.name: param for param in tool.params if param.target.place == "path"}
    calls = []
    for part in re.split(r"({\w+})", request.operation.path):
        if part.startswith("{"):
            calls.append(f"asana_path_arg(r, in->{by_target[part.strip('{}')].c_name});")
        elif part:
            calls.append(f'asana_path(r, "{part}");')
    return calls


def _query(param: Param) -> str:
    return f'asana_query_{param.kind.writer}(r, "{param.target.name}", in->{param.c_name});'


def _given(param: Param) -> str:
    return (
        f"in->{param.c_name}.state != ARG_ABSENT" if param.kind.has_state else f"in->{param.c_name}"
    )


def _body(tool: Tool) -> list[str]:
    """In the order of the arguments; a nested object stands where its first argument does."""
    out: list[str] = []
    done: set[str] = set()
    for param in tool.params:
        for target in (param.target, param.instead.target if param.instead else None):
            if target is None or target.place != "body":
                continue
            if target.group is None:
                if not param.instead:
                    out.append(_member(tool.operation, param, target))
            elif target.group not in done:
                done.add(target.group)
                out += _group(tool, target)
    return out


def _group(tool: Tool, target: Target) -> list[str]:
    own = [param for param in tool.params if param.target.group == target.group]
    guests = [
        param
        for param in tool.params
        if param.instead and param.instead.target.group == target.group
    ]
    inside = [
        _member(
            tool.operation,
            param,
            param.instead.target if param in guests and param.instead else param.target,
        )
        for param in tool.params
        if param in own or param in guests
    ]
    kind = "item" if target.item else "object"
    opened = [f'asana_body_open_{kind}(r, "{target.name}");', *inside, "asana_body_close(r);"]
    if any(param.always for param in own):
        return opened
    condition = " || ".join(_given(param) for param in own)
    out = [f"if ({condition}) {{", *(f"    {line}" for line in opened)]
    outside = [_member(tool.operation, param, param.target) for param in guests]
    if outside:
        out += ["} else {", *(f"    {line}" for line in outside)]
    return [*out, "}"]


def _member(operation: Operation, param: Param, target: Target) -> str:
    writer = param.kind.writer
    if target.inner is None:
        asana = (operation.body or {})[target.name]
        if target.item:
            writer = "item"
        elif writer == "list" and asana["type"] == "string":
            writer = "csv"
    return f'asana_body_{writer}(r, "{target.inner or target.name}", in->{param.c_name});'


# table rows


def _row(tool: Tool) -> str:
    members = [
        ("name", c_string(tool.name)),
        ("title", c_string(tool.title)),
        ("toolset", c_string(tool.toolset)),
        ("description", "\n" + c_text([tool.description], 2)),
        ("effect", f"TOOL_{tool.effect.upper()}"),
        ("idempotent", "true" if tool.idempotent else None),
        ("paged", "true" if tool.paged else None),
        ("input_schema", "\n" + c_text(_schema_pieces(tool), 2)),
        ("output_schema", "\n" + c_text([listing.compact(listing.output_schema(tool))], 2)),
        ("args_size", f"sizeof(struct {tool.name}_args)"),
        ("decode", f"{tool.name}_decode"),
        ("request", f"{tool.name}_request" if tool.requests and not tool.handler else None),
        ("handle", tool.handler),
    ]
    rows = [_initializer(name, value) for name, value in members if value is not None]
    body = "\n".join(f"    {row}" for row in rows)
    return f"const struct tool {tool.name} = {{\n{body}\n}};\n"


def _initializer(name: str, value: str) -> str:
    """A text of several literals starts on its own line, unless all of them fit behind the name."""
    if not value.startswith("\n"):
        return f".{name} = {value},"
    literals = [line.strip() for line in value.strip().split("\n")]
    lead = f".{name} = "
    if max(map(len, literals)) + 4 + len(lead) + 1 <= COLUMNS:
        return lead + ("\n" + " " * (4 + len(lead))).join(literals) + ","
    return f".{name} ={value},"


def _schema_pieces(tool: Tool) -> list[str]:
    """The compact input schema, a piece for each property."""
    schema = listing.input_schema(tool)
    pieces = ['{"type":"object","properties":{']
    properties = list(schema["properties"].items())
    for number, (name, form) in enumerate(properties):
        comma = "," if number + 1 < len(properties) else ""
        pieces.append(f"{listing.compact(name)}:{listing.compact(form)}{comma}")
    rest = {key: value for key, value in schema.items() if key not in ("type", "properties")}
    pieces.append("}," + listing.compact(rest).removeprefix("{"))
    return pieces
