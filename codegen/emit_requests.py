"""C of the requests that a tool sends: its builder, and those of its extras."""

from __future__ import annotations

from typing import Iterable

from . import steps
from .layout import builder_head, if_head, statement
from .model import Extra, Param, Tool
from .names import block, c_string, lines
from .steps import If, Literal, Member, Open, Part, Query, Segment, Step


def request(tool: Tool) -> str:
    statements = [
        f"asana_req_init(r, ASANA_{tool.operation.method});",
        *_statements(steps.request(tool)),
    ]
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


def _statements(some: Iterable[Step]) -> list[str]:
    return [line for step in some for line in _statement(step)]


def _statement(step: Step) -> list[str]:
    if isinstance(step, If):
        return _if(step, "")
    if isinstance(step, Literal):
        return [f'asana_path(r, "{step.text}");']
    if isinstance(step, Segment):
        return [f"asana_path_arg(r, in->{step.param.c_name});"]
    if isinstance(step, Query):
        return [_query(step)]
    if isinstance(step, Member):
        return [f'asana_body_{step.writer}(r, "{step.name}", in->{step.param.c_name});']
    if isinstance(step, Part):
        return [f'asana_form_{step.writer}(r, "{step.name}", in->{step.param.c_name});']
    if isinstance(step, Open):
        return [f'asana_body_open_{step.kind}(r, "{step.name}");']
    return ["asana_body_close(r);"]


def _query(step: Query) -> str:
    if isinstance(step.value, int):
        value = f"(struct arg_int){{ ARG_VALUE, {step.value} }}"
        return f'asana_query_int(r, "{step.name}", {value});'
    if isinstance(step.value, str):
        return statement("", "asana_query_str", ["r", f'"{step.name}"', c_string(step.value)])
    return f'asana_query_{step.value.kind.writer}(r, "{step.name}", in->{step.value.c_name});'


def _if(step: If, lead: str) -> list[str]:
    out = [if_head(_condition(step), lead), *_indented(step.then)]
    if len(step.otherwise) == 1 and isinstance(step.otherwise[0], If):
        return out + _if(step.otherwise[0], "} else ")
    if step.otherwise:
        out += ["} else {", *_indented(step.otherwise)]
    return [*out, "}"]


def _indented(some: Iterable[Step]) -> list[str]:
    return [f"    {line}" for line in _statements(some)]


def _condition(step: If) -> str:
    given = " || ".join(_given(param) for param in step.given)
    return " && ".join([given, *(_absent(param) for param in step.absent)])


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


def extra_request(tool: Tool, extra: Extra) -> str:
    flag = tool.param(extra.flag)
    assert flag
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
        statements=lines(
            1, ["asana_req_init(r, ASANA_GET);", *_statements(steps.extra(tool, extra))]
        ),
    )
