"""C of the tools, tools_<toolset>.[ch]: a struct, a decoder, a builder and a row for each."""

from __future__ import annotations

import textwrap
from typing import Any, Iterable, Optional

from . import listing
from .emit_requests import extra_request, request
from .layout import builder_head, initializer, statement
from .model import Model, Param, Tool, Toolset
from .names import COLUMNS, NOTICE, block, c_string, c_text, lines

INCLUDES = ("asana/req.h", "tool/args.h", "tool/tool.h")


def emit(model: Model) -> dict[str, str]:
    files = {}
    for toolset in model.toolsets:
        if toolset.compiled:
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
        + "".join("\n" + _declarations(tool) for tool in toolset.compiled)
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
        request=builder_head(f"bool {tool.name}_request(", ");") if tool.requests else "",
        handle=f"void {tool.handler}(struct call *call, const void *in);" if tool.handler else "",
    )


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
        + "".join("\n" + _tool(tool) for tool in toolset.compiled)
    )


def _tool(tool: Tool) -> str:
    parts = [_heading(tool)]
    if tool.fields:
        parts[0] += _constant(f"{tool.name}_fields", [tool.fields]) + "\n"
    parts[0] += _decode(tool)
    if tool.requests:
        parts.append(request(tool))
    parts += [extra_request(tool, extra) for extra in tool.extras]
    if tool.extras:
        parts.append(_extras(tool))
    if tool.headers:
        parts.append(_headers(tool))
    parts.append(_row(tool))
    return "\n".join(parts)


def _heading(tool: Tool) -> str:
    if not tool.requests:
        return f"/* {tool.name}: by hand, {tool.handler}() */\n"
    sent = [f"{one.operation.method} {one.operation.path}" for one in tool.requests]
    for number, one in enumerate(tool.requests):
        if one.when:
            sent[number] += f" when {one.when} is given"
        if one.unless:
            sent[number] += f" without {' and '.join(one.unless)}"
    rows: list[str] = []
    for number, text in enumerate(sent):
        lead = " * " if number else f"/* {tool.name}: "
        tail = " */" if number + 1 == len(sent) else ", or"
        rows += textwrap.wrap(
            text + tail,
            COLUMNS,
            initial_indent=lead,
            subsequent_indent=" * ",
            break_long_words=False,
            break_on_hyphens=False,
        )
    return "\n".join(rows) + "\n"


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
        return statement(
            head, "args_int_or", [*arguments, str(param.default), str(param.min), str(param.max)]
        )
    else:
        arguments.append(_flags(param))
    if kind.name == "enum":
        arguments.append(c_string("|".join(param.values)))
    elif kind.name == "int":
        arguments += [str(param.min), str(param.max)]
    call = statement(head, kind.reader, arguments)
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
        calls += [statement("", function, ["a", c_string(",".join(group))]) for group in groups]
    calls += [
        statement("", "args_needs", ["a", f'"{name}"', c_string(",".join(others))])
        for name, others in rules.needs
    ]
    return calls


# table rows


def _extras(tool: Tool) -> str:
    rows = []
    for extra in tool.extras:
        name, value = extra.keep or (None, None)
        members = (
            ("member", c_string(extra.member)),
            ("keep_member", name and c_string(name)),
            ("keep_value", value and c_string(value)),
            ("more", "\n" + c_text([extra.more], 3) if extra.more else None),
            ("wanted", f"{tool.name}_{extra.member}_wanted"),
            ("request", f"{tool.name}_{extra.member}_request"),
        )
        inner = [initializer(key, text, 2) for key, text in members if text]
        rows.append("    {\n" + "\n".join(f"        {row}" for row in inner) + "\n    },\n")
    head = f"static const struct tool_extra {tool.name}_extras[]"
    return f"{head} = {{\n{''.join(rows)}    {{ 0 }},\n}};\n"


def _headers(tool: Tool) -> str:
    rows = [f'{{ "{param.header}", "{param.name}" }}' for param in tool.headers]
    rows = "".join(f"    {row},\n" for row in [*rows, "{ 0 }"])
    return f"static const struct tool_header {tool.name}_headers[] = {{\n{rows}}};\n"


def _modern_schema(tool: Tool) -> Optional[str]:
    if not tool.headers:
        return None
    return "\n" + c_text(_schema_pieces(listing.modern_schema(tool)), 2)


def _row(tool: Tool) -> str:
    members = [
        ("name", c_string(tool.name)),
        ("title", c_string(tool.title)),
        ("toolset", c_string(tool.toolset)),
        ("description", "\n" + c_text([tool.description], 2)),
        ("effect", f"TOOL_{tool.effect.upper()}"),
        ("idempotent", "true" if tool.idempotent else None),
        ("destructive", "true" if tool.destructive else None),
        ("paged", "true" if tool.paged else None),
        ("sync", "true" if tool.sync else None),
        ("more", "\n" + c_text([tool.more], 2) if tool.more else None),
        ("limit_at", _limit_at(tool)),
        ("full_at", str(tool.at_most) if tool.at_most else None),
        ("input_schema", "\n" + c_text(_schema_pieces(listing.input_schema(tool)), 2)),
        ("headers", f"{tool.name}_headers" if tool.headers else None),
        ("modern_schema", _modern_schema(tool)),
        ("output_schema", "\n" + c_text([listing.compact(listing.output_schema(tool))], 2)),
        ("args_size", f"sizeof(struct {tool.name}_args)"),
        ("decode", f"{tool.name}_decode"),
        ("request", f"{tool.name}_request" if tool.requests and not tool.handler else None),
        ("extras", f"{tool.name}_extras" if tool.extras else None),
        ("handle", tool.handler),
    ]
    rows = [initializer(name, value) for name, value in members if value is not None]
    body = "\n".join(f"    {row}" for row in rows)
    return f"const struct tool {tool.name} = {{\n{body}\n}};\n"


def _limit_at(tool: Tool) -> Optional[str]:
    if not tool.more or tool.at_most or tool.sync or not tool.limit:
        return None
    return f"offsetof(struct {tool.name}_args, {tool.limit.c_name})"


def _schema_pieces(schema: dict[str, Any]) -> list[str]:
    """A compact input schema, a piece for each property."""
    pieces = ['{"type":"object","properties":{']
    properties = list(schema["properties"].items())
    for number, (name, form) in enumerate(properties):
        comma = "," if number + 1 < len(properties) else ""
        pieces.append(f"{listing.compact(name)}:{listing.compact(form)}{comma}")
    rest = {key: value for key, value in schema.items() if key not in ("type", "properties")}
    pieces.append("}," + listing.compact(rest).removeprefix("{"))
    return pieces
