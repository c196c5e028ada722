"""What the builder of a request does, step by step: the one thing that its C and the pack say."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Union

from .model import Extra, Operation, Param, Request, Target, Tool


@dataclass(frozen=True)
class Literal:
    """A part of the path as it stands."""

    text: str


@dataclass(frozen=True)
class Segment:
    """A part of the path that is an argument."""

    param: Param


@dataclass(frozen=True)
class Query:
    name: str
    value: Union[Param, int, str]


@dataclass(frozen=True)
class Member:
    """Of the body, or of what is open there; writer is one of the asana_body_ functions."""

    writer: str
    name: str
    param: Param


@dataclass(frozen=True)
class Part:
    """Of a form; writer is one of the asana_form_ functions."""

    writer: str
    name: str
    param: Param


@dataclass(frozen=True)
class Open:
    kind: str  # "object" or "item"
    name: str


@dataclass(frozen=True)
class Close:
    pass


@dataclass(frozen=True)
class If:
    """When one of these is given and none of those."""

    given: tuple[Param, ...]
    absent: tuple[Param, ...]
    then: tuple[Step, ...]
    otherwise: tuple[Step, ...] = ()


Step = Union[Literal, Segment, Query, Member, Part, Open, Close, If]


def request(tool: Tool) -> tuple[Step, ...]:
    elsewhere = [one.when for one in tool.requests if one.to]  # written beside its path
    query = [
        Query(param.target.name, param)
        for param in tool.params
        if param.target.place == "query" and param.name not in elsewhere
    ]
    parts = [
        Part(param.kind.writer, param.target.name, param)
        for param in tool.params
        if param.target.place == "form"
    ]
    return (*_paths(tool), *query, *_body(tool), *parts)


def extra(tool: Tool, about: Extra) -> tuple[Step, ...]:
    by_name = {param.target.name: param for param in tool.params if param.target.place == "path"}
    limit = [Query("limit", about.limit)] if about.limit is not None else []
    return (*_path_steps(about.operation, by_name), *limit, Query("opt_fields", about.fields))


def _paths(tool: Tool) -> list[Step]:
    """The requests with a condition one after the other, then the first one."""
    out = _path(tool, tool.requests[0])
    moved = [_when(tool, one) for one in tool.requests if one.to]
    out += [Query(when.target.name, when) for (when,) in moved]
    for one in reversed(tool.requests[1:]):
        absent = tuple(param for name in one.unless for param in _named(tool, name))
        out = [If(_when(tool, one), absent, tuple(_path(tool, one)), tuple(out))]
    return out


def _when(tool: Tool, one: Request) -> tuple[Param, ...]:
    return _named(tool, one.when or "")


def _named(tool: Tool, name: str) -> tuple[Param, ...]:
    param = tool.param(name)
    assert param
    return (param,)


def _path(tool: Tool, one: Request) -> list[Step]:
    targets = [(one.target(param), param) for param in tool.params]
    by_name = {target.name: param for target, param in targets if target.place == "path"}
    return _path_steps(one.operation, by_name)


def _path_steps(operation: Operation, by_name: dict[str, Param]) -> list[Step]:
    return [
        Segment(by_name[part.strip("{}")]) if part.startswith("{") else Literal(part)
        for part in re.split(r"({\w+})", operation.path)
        if part
    ]


def _body(tool: Tool) -> list[Step]:
    """In the order of the arguments; a nested object stands where its first argument does."""
    out: list[Step] = []
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


def _group(tool: Tool, target: Target) -> list[Step]:
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
    opened = (Open("item" if target.item else "object", target.name), *inside, Close())
    if any(param.always for param in own):
        return list(opened)
    outside = tuple(_member(tool.operation, param, param.target) for param in guests)
    return [If(tuple(own), (), opened, outside)]


def _member(operation: Operation, param: Param, target: Target) -> Member:
    writer = param.kind.writer
    if target.inner is None:
        asana = (operation.body or {})[target.name]
        if target.item:
            writer = "item"
        elif writer == "list" and asana["type"] == "string":
            writer = "csv"
    return Member(writer, target.inner or target.name, param)
