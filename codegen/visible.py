"""Which objects a request names, and where each kind of object tells its workspace."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Iterable, Optional

from .load import VISIBLE
from .model import Operation, Tool
from .names import suggest
from .problems import Report

WAYS = ("in", "among", "under", "list")
GIDS = ("gid", "list<gid>", "csv<gid>")
JSON = {str: "string", dict: "object", list: "array"}


@dataclass(frozen=True)
class Place:
    """A kind of object: how it tells (one of WAYS, or "" for a workspace itself), and where."""

    name: str
    way: str
    at: Optional[str]
    path: Optional[str]
    withheld: Optional[str]

    @property
    def fields(self) -> Optional[str]:
        if self.way == "under":
            return f"{self.at}.resource_type,{self.at}.workspace.gid"
        if self.way == "list":
            return "gid"
        return f"{self.at}.gid" if self.at else None


@dataclass(frozen=True)
class Route:
    operation: Operation
    names: tuple[tuple[str, tuple[str, ...]], ...]  # of arguments, and the kinds they may name
    answers: Optional[str]


@dataclass(frozen=True)
class Visible:
    places: tuple[Place, ...]
    routes: tuple[Route, ...]


def visible(
    raw: Any, tools: Iterable[Tool], known: dict[str, Operation], report: Report
) -> Optional[Visible]:
    """None when there is no such file, or nothing can be made of it."""
    if raw is None or not known or not _shape(raw, report):
        return None
    reader = _Reader(raw, known, report)
    reader.check_names()
    used = {name: known[name] for name in raw["also"] if name in known}
    for tool in tools:
        used.update(
            {one.operation.name: one.operation for one in (*tool.requests, *tool.extras)}
        )
        reader.check_tool(tool)
    routes = sorted(
        (one for name, one in used.items() if name not in raw["never"]), 
        key=lambda operation: (operation.path, operation.method),
    )
    return Visible(
        tuple(_place(name, about) for name, about in sorted(raw["kinds"].items())),
        tuple(reader.route(operation) for operation in routes),
    )


def _place(name: str, about: dict[str, str]) -> Place:
    way = next((one for one in WAYS if one in about), "")
    path = about["list"] if way == "list" else about.get("path")
    return Place(
        name, way, None if way == "list" else about.get(way), path, about.get("withheld")
    )


def _shape(raw: Any, report: Report) -> bool:
    wanted = {
        "about": str,
        "kinds": dict,
        "names": dict,
        "operations": dict,
        "also": list,
        "never": list,
    }
    for name, kind in wanted.items():
        value = raw.get(name) if isinstance(raw, dict) else None
        if not isinstance(value, kind):
            report.add(VISIBLE, name, "visible_shape", what=JSON[kind])
    if report.in_file(VISIBLE):
        return False
    for name, about in raw["kinds"].items():
        ways = [one for one in WAYS if isinstance(about, dict) and one in about]
        texts = isinstance(about, dict) and all(isinstance(one, str) for one in about.values())
        if not texts or len(ways) > 1 or not set(about) <= {*WAYS, "path", "withheld"}:
            report.add(VISIBLE, f"kinds.{name}", "visible_kind")
    return not report.in_file(VISIBLE)


def kinds(raw: dict[str, Any], operation: Operation, name: str) -> tuple[str, ...]:
    """What an argument of that name may name, as visible.json says; empty when it does not."""
    said = raw["operations"].get(operation.name, {})
    if name in said:
        return _several(said[name])
    # "memberships.section" is a member of a member, "projects.any" a way to filter.
    outer, _, inner = name.partition(".")
    member = inner if inner and outer in (operation.body or {}) else outer
    stem = re.sub(r"_gid\Z", "", member)
    for one in (stem, stem.removesuffix("s")):
        if one in raw["names"]:
            return (raw["names"][one],)
        if one in raw["kinds"]:
            return (one,)
    return ()


class _Reader:
    def __init__(self, raw: dict[str, Any], known: dict[str, Operation], report: Report) -> None:
        self.raw = raw
        self.known = known
        self.report = report

    def check_names(self) -> None:
        operations = self.raw["operations"]
        for place, name in [
            *((f"operations.{name}", name) for name in operations),
            *((f"also[{number}]", name) for number, name in enumerate(self.raw["also"])),
            *((f"never[{number}]", name) for number, name in enumerate(self.raw["never"])),
        ]:
            if name not in self.known:
                hint = suggest(name, self.known)
                self.report.add(VISIBLE, place, "unknown_operation", name=name, hint=hint)
        for number, name in enumerate(self.raw["never"]):
            if name in self.raw["also"]:
                self.report.add(VISIBLE, f"never[{number}]", "never_also")
        said = [(f"names.{name}", kind) for name, kind in self.raw["names"].items()]
        for operation, names in operations.items():
            said += [(f"operations.{operation}.{name}", kind) for name, kind in names.items()]
        for place, kinds in said:
            for kind in _several(kinds):
                if kind not in self.raw["kinds"]:
                    hint = suggest(kind, self.raw["kinds"])
                    self.report.add(VISIBLE, place, "no_such_kind", name=kind, hint=hint)

    def check_tool(self, tool: Tool) -> None:
        """A gid whose kind nobody knows would pass unseen."""
        if self.report.in_file(tool.file):
            return
        for request in tool.requests:
            if request.operation.name in self.raw["never"]:
                continue
            for param in tool.params:
                target = request.target(param)
                if param.kind.name not in GIDS or target.place == "local":
                    continue
                name = ".".join(filter(None, (target.name, target.inner)))
                takes = request.operation.takes(target.place)
                if target.name in takes and not self.kinds(request.operation, name):
                    self.report.add(
                        VISIBLE,
                        f"operations.{request.operation.name}",
                        "unplaced",
                        name=name,
                        tool=tool.name,
                    )

    def kinds(self, operation: Operation, name: str) -> tuple[str, ...]:
        return kinds(self.raw, operation, name)

    def route(self, operation: Operation) -> Route:
        body = {
            name: one for name, one in (operation.body or {}).items() if not one.get("read_only")
        }
        form = operation.form or {}
        inner = [
            f"{name}.{member}" for name, one in body.items() for member in one.get("members", {})
        ]
        names = {
            name: self.kinds(operation, name)
            for name in [*operation.params, *sorted([*operation.query, *body, *inner, *form])]
        }
        for name in operation.params:
            if not names[name]:
                place = f"operations.{operation.name}"
                self.report.add(VISIBLE, place, "unplaced", name=name, tool=operation.path)
        returns = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", operation.returns.strip("[]")).lower()
        return Route(
            operation,
            tuple((name, kinds) for name, kinds in names.items() if kinds),
            returns if operation.method == "GET" and returns in self.raw["kinds"] else None,
        )


def _several(kinds: Any) -> tuple[str, ...]:
    return tuple(kinds) if isinstance(kinds, list) else (kinds,)
