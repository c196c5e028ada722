"""C of the requests that a tool sends: its builder, and those of its extras."""

from __future__ import annotations

import re

from .layout import builder_head, if_head, statement
from .model import Extra, Operation, Param, Request, Target, Tool
from .names import block, c_string, lines


def request(tool: Tool) -> str:
    statements = [f"asana_req_init(r, ASANA_{tool.operation.method});", *_paths(tool)]
    elsewhere = [one.when for one in tool.requests if one.to]  # written beside its path
    for param in tool.params:
        if param.target.place == "query" and param.name not in elsewhere:
            statements.append(_query(param))
    statements += _body(tool)
    uses = any(param.target.place != "local" for param in tool.params)
    return block(
        """
        $head
        {
        $open
        $statements
            return asana_req_end(r, err);
        }
        """,
        head=builder_head(f"bool {tool.name}_request(", ")"),
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
        out.append(if_head(_condition(tool, request), "} else " if number else ""))
        out += [f"    {line}" for line in _path(tool, request)]
        if request.to:
            when = tool.param(request.when or "")
            assert when
            first.append(_query(when))
    return [*out, "} else {", *(f"    {line}" for line in first), "}"]


def _condition(tool: Tool, request: Request) -> str:
    when = tool.param(request.when or "")
    without = [tool.param(name) for name in request.unless]
    assert when
    return " && ".join([_given(when), *(_absent(param) for param in without if param)])


def _path(tool: Tool, request: Request) -> list[str]:
    targets = [(request.target(param), param) for param in tool.params]
    by_name = {target.name: param for target, param in targets if target.place == "path"}
    return _path_calls(request.operation, by_name)


def _path_calls(operation: Operation, by_name: dict[str, Param]) -> list[str]:
    calls = []
    for part in re.split(r"({\w+})", operation.path):
        if part.startswith("{"):
            calls.append(f"asana_path_arg(r, in->{by_name[part.strip('{}')].c_name});")
        elif part:
            calls.append(f'asana_path(r, "{part}");')
    return calls


def _query(param: Param) -> str:
    return f'asana_query_{param.kind.writer}(r, "{param.target.name}", in->{param.c_name});'


def _given(param: Param) -> str:
    return (
        f"in->{param.c_name}.state != ARG_ABSENT" if param.kind.has_state else f"in->{param.c_name}"
    )


def _absent(param: Param) -> str:
    return (
        f"in->{param.c_name}.state == ARG_ABSENT"
        if param.kind.has_state
        else f"!in->{param.c_name}"
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


def extra_request(tool: Tool, extra: Extra) -> str:
    by_name = {param.target.name: param for param in tool.params if param.target.place == "path"}
    flag = tool.param(extra.flag)
    assert flag
    statements = ["asana_req_init(r, ASANA_GET);", *_path_calls(extra.operation, by_name)]
    if extra.limit is not None:
        statements.append(
            f'asana_query_int(r, "limit", (struct arg_int){{ ARG_VALUE, {extra.limit} }});'
        )
    fields = c_string(extra.fields)
    statements.append(statement("", "asana_query_str", ["r", '"opt_fields"', fields]))
    return block(
        """
        /* $flag: $method $path */
        static bool ${name}_wanted(const void *from)
        {
            const struct ${tool}_args *in = from;
            return in->$given.value;
        }

        $head
        {
            const struct ${tool}_args *in = from;
        $statements
            return asana_req_end(r, err);
        }
        """,
        tool=tool.name,
        name=f"{tool.name}_{extra.member}",
        flag=extra.flag,
        given=flag.c_name,
        method=extra.operation.method,
        path=extra.operation.path,
        head=builder_head(f"static bool {tool.name}_{extra.member}_request(", ")"),
        statements=lines(1, statements),
    )
