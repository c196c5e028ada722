"""What the tools are, as frozen data: the one thing that the emitters read."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Optional

from .clients import Client
from .docs import Docs
from .kinds import KINDS, Kind
from .names import c_name
from .pages import Site
from .prompts import Prompt

if TYPE_CHECKING:
    from .visible import Visible

TARGET = re.compile(
    r"(?:(?P<place>path|query|form|local):(?P<name>[a-z][a-z0-9_.]*)"
    r"|(?P<paging>paging):(?P<page>limit|offset)"
    r"|(?P<body>body):(?P<field>[a-z][a-z0-9_]*)(?P<item>\[\])?(?:\.(?P<inner>[a-z][a-z0-9_]*))?)\Z"
)
TARGET_FORMS = (
    "path:x, query:x, body:x, body:x[], body:x.y, body:x[].y, form:x, paging:limit, paging:offset "
    "or local:x"
)


@dataclass(frozen=True)
class Target:
    """Where an argument goes. `body:x[].y` is name x, item, inner y; `body:x[]` has no inner."""

    text: str
    place: str
    name: str
    item: bool = False
    inner: Optional[str] = None

    @property
    def group(self) -> Optional[str]:
        """The nested object of the body that this is sent into: "x" or "x[]"."""
        if self.inner is None:
            return None
        return self.name + ("[]" if self.item else "")


def parse_target(text: str) -> Optional[Target]:
    found = TARGET.match(text)
    if not found:
        return None
    if found["place"]:
        return Target(text, found["place"], found["name"])
    if found["paging"]:
        return Target(text, "query", found["page"])
    return Target(text, "body", found["field"], bool(found["item"]), found["inner"])


@dataclass(frozen=True)
class Instead:
    """Another target for an argument while a second argument is given."""

    given: str
    target: Target


@dataclass(frozen=True)
class Param:
    name: str
    kind: Kind
    target: Target
    description: str
    required: bool = False
    nullable: bool = False
    default: Any = None
    values: tuple[str, ...] = ()
    min: Optional[int] = None
    max: Optional[int] = None
    aliases: tuple[str, ...] = ()  # as written in the schema
    spellings: tuple[str, ...] = ()  # derived
    instead: Optional[Instead] = None
    doc: Optional[str] = None  # said in TOOLS.md only
    header: Optional[str] = None  # of the modern revision's Mcp-Param-… header

    @property
    def c_name(self) -> str:
        return c_name(self.name)

    @property
    def always(self) -> bool:
        """Is there a value in every call?"""
        return self.required or self.default is not None

    @property
    def paging(self) -> bool:
        return self.target.text.startswith("paging:")


@dataclass(frozen=True)
class Rules:
    exactly_one_of: tuple[tuple[str, ...], ...] = ()
    at_most_one_of: tuple[tuple[str, ...], ...] = ()
    at_least_one_of: tuple[tuple[str, ...], ...] = ()
    needs: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def exclude(self, one: str, other: str) -> bool:
        """Can the two never be given together?"""
        groups = (*self.exactly_one_of, *self.at_most_one_of)

        def apart(first: str, second: str) -> bool:
            return any({first, second} <= set(group) for group in groups)

        return apart(one, other) or any(
            name == one and all(apart(need, other) for need in others)
            for name, others in self.needs
        )


@dataclass(frozen=True)
class Operation:
    """One operation of the lock."""

    name: str
    method: str
    path: str
    params: dict[str, Any]
    query: dict[str, Any]
    body: Optional[dict[str, Any]]  # None: takes no JSON body
    form: Optional[dict[str, Any]]  # None: takes no form (multipart/form-data)
    upload: bool  # takes a body that is neither
    returns: str
    paged: bool
    scopes: tuple[str, ...]
    fields: Optional[tuple[str, ...]]  # None: takes no opt_fields

    @property
    def lists(self) -> bool:
        return self.returns.startswith("[")

    def takes(self, place: str) -> dict[str, Any]:
        """What may be sent in the path, the query, the body or a form."""
        return {
            "path": self.params,
            "query": self.query,
            "body": self.body or {},
            "form": self.form or {},
        }[place]

    def find(self, target: Target) -> Optional[dict[str, Any]]:
        """What the lock says of the parameter or top-level field."""
        known = self.takes(target.place)
        if target.place == "query" and f"{target.name}.*" in known:
            return known[f"{target.name}.*"]
        return known.get(target.name)


@dataclass(frozen=True)
class Request:
    """One request a tool may send: the first without `when`, others when that argument is given."""

    operation: Operation
    when: Optional[str] = None
    to: Optional[Target] = None  # where that argument goes here
    unless: tuple[str, ...] = ()  # with one of these the request is not sent after all

    def target(self, param: Param) -> Target:
        return self.to if self.to is not None and param.name == self.when else param.target


@dataclass(frozen=True)
class Extra:
    """A further GET for a flag; its data becomes a member of the answer's."""

    flag: str
    operation: Operation
    member: str
    fields: str
    limit: Optional[int]
    keep: Optional[tuple[str, str]]  # only items in which this member is this string
    more: Optional[str]


@dataclass(frozen=True)
class Example:
    say: str
    args: dict[str, Any]
    sends: Optional[dict[str, Any]]


@dataclass(frozen=True)
class Tool:
    file: str
    name: str
    title: str
    toolset: str
    description: str
    effect: str
    requests: tuple[Request, ...]  # empty only for a handler
    params: tuple[Param, ...]
    rules: Rules
    fields: Optional[str]
    examples: tuple[Example, ...]
    handler: Optional[str] = None
    additive: bool = False
    more: Optional[str] = None
    at_most: Optional[int] = None
    sync: bool = False  # answers what changed since a token, and the next token
    schema: Optional[dict[str, Any]] = None  # of a handler's answer
    extras: tuple[Extra, ...] = ()
    hidden: bool = False  # neither listed nor callable
    history: tuple[str, ...] = ()  # of changes that can break who uses it

    @property
    def operation(self) -> Operation:
        return self.requests[0].operation

    @property
    def idempotent(self) -> bool:
        """What is deleted by a POST may be anything."""
        by_post = bool(self.requests) and self.operation.method == "POST"
        return self.effect != "create" and not (self.effect == "delete" and by_post)

    @property
    def destructive(self) -> bool:
        """As MCP has it: may do more than add."""
        return self.effect == "delete" or (self.effect == "update" and not self.additive)

    @property
    def limit(self) -> Optional[Param]:
        """The argument that says how many items to answer with."""
        found = (self.param(name) for name in ("limit", "count"))
        return next((one for one in found if one and one.kind.name == "int"), None)

    @property
    def headers(self) -> tuple[Param, ...]:
        """Arguments that a modern client sends as a header, too."""
        return tuple(param for param in self.params if param.header)

    @property
    def paged(self) -> bool:
        return bool(self.requests) and self.operation.paged

    def param(self, name: str) -> Optional[Param]:
        return next((param for param in self.params if param.name == name), None)


@dataclass(frozen=True)
class Toolset:
    name: str
    title: str
    description: str
    tools: tuple[Tool, ...]  # without the hidden ones
    compiled: tuple[Tool, ...]  # with them: a hand-written body may need their arguments


@dataclass(frozen=True)
class Profile:
    """A choice of tools for one purpose; without tools, all of them."""

    name: str
    description: str
    tools: Optional[tuple[str, ...]]


@dataclass(frozen=True)
class Model:
    toolsets: tuple[Toolset, ...]
    prompts: tuple[Prompt, ...]
    site: Optional[Site]
    operations: dict[str, Operation]
    sandbox: tuple[Operation, ...]
    visible: Optional[Visible] = None
    clients: tuple[Client, ...] = ()  # in the order in which they are shown
    docs: Docs = Docs()
    profiles: tuple[Profile, ...] = ()

    @property
    def tools(self) -> tuple[Tool, ...]:
        """In the order of listing."""
        return tuple(tool for toolset in self.toolsets for tool in toolset.tools)


def operations(lock: dict[str, Any]) -> dict[str, Operation]:
    sets = lock["field_sets"]
    return {
        name: Operation(
            name=name,
            method=raw["method"],
            path=raw["path"],
            params=raw["params"],
            query=raw["query"],
            body=raw.get("body"),
            form=raw.get("form"),
            upload="body" in raw and raw["body"] is None,
            returns=raw["returns"],
            paged=raw["paged"],
            scopes=tuple(raw["scopes"]),
            fields=tuple(sets[raw["fields"]]) if "fields" in raw else None,
        )
        for name, raw in lock["operations"].items()
    }


def tool(file: str, raw: dict[str, Any], known: dict[str, Operation]) -> Tool:
    """From a file whose shape is in order; requests to unknown operations are left out."""
    sent = [raw, *raw.get("requests", [])] if "operation" in raw else []
    params = tuple(_param(name, about) for name, about in raw["params"].items())
    rules = raw.get("rules", {})
    result = raw.get("result", {})
    return Tool(
        file=file,
        name=raw["name"],
        title=raw["title"],
        toolset=file.split("/")[-2],
        description=raw["description"],
        effect=raw["effect"],
        requests=tuple(
            Request(
                known[one["operation"]],
                one.get("when"),
                parse_target(one["to"]) if "to" in one else None,
                tuple(one.get("unless", ())),
            )
            for one in sent
            if one["operation"] in known
        ),
        params=_with_spellings(raw["name"], params),
        rules=Rules(
            *(
                tuple(tuple(group) for group in rules.get(rule, []))
                for rule in ("exactly_one_of", "at_most_one_of", "at_least_one_of")
            ),
            needs=tuple((name, tuple(others)) for name, others in rules.get("needs", {}).items()),
        ),
        fields=result.get("fields"),
        examples=tuple(
            Example(one["say"], one["args"], one.get("sends")) for one in raw["examples"]
        ),
        handler=raw.get("handler"),
        additive=raw.get("additive", False),
        more=result.get("more"),
        at_most=result.get("at_most"),
        sync=result.get("sync", False),
        schema=result.get("schema"),
        extras=tuple(
            Extra(
                flag=flag,
                operation=known[one["operation"]],
                member=one["as"],
                fields=one["fields"],
                limit=one.get("limit"),
                keep=next(iter(one.get("keep", {}).items()), None),
                more=one.get("more"),
            )
            for flag, one in raw.get("extras", {}).items()
            if one["operation"] in known
        ),
        hidden=raw.get("hidden", False),
        history=tuple(raw.get("history", ())),
    )


def _param(name: str, raw: dict[str, Any]) -> Param:
    kind = KINDS[raw["type"]]
    target = parse_target(raw["to"])
    assert target is not None
    instead = None
    if "instead" in raw:
        other = parse_target(raw["instead"]["to"])
        assert other is not None
        instead = Instead(raw["instead"]["with"], other)
    description = raw.get("description")
    if description is None:
        description = kind.described or ""
    return Param(
        name=name,
        kind=kind,
        target=target,
        description=description,
        required=raw.get("required", False),
        nullable=raw.get("nullable", False),
        default=raw.get("default"),
        values=tuple(raw.get("values", ())),
        min=raw.get("min"),
        max=raw.get("max"),
        aliases=tuple(raw.get("aliases", ())),
        instead=instead,
        doc=raw.get("doc"),
        header=raw.get("header"),
    )


def spellings(name: str) -> tuple[str, ...]:
    """How people write the name of a gid: x, x_id, x_gid."""
    stem = _stem(name)
    return tuple(one for one in (stem, f"{stem}_id", f"{stem}_gid") if one != name)


def _stem(name: str) -> str:
    return re.sub(r"_g?id\Z", "", name)


def _with_spellings(tool: str, params: tuple[Param, ...]) -> tuple[Param, ...]:
    """Adds the derived spellings that mean one argument only."""
    derived = {
        param.name: spellings(param.name) for param in params if param.kind.name in ("gid", "user")
    }
    in_path = [param for param in params if param.target.place == "path" and param.always]
    if len(in_path) == 1 and f"_{_stem(in_path[0].name)}_" in f"_{tool}_":
        derived[in_path[0].name] += ("gid", "id")  # of what the tool is named for
    taken = {param.name for param in params} | {
        alias for param in params for alias in param.aliases
    }
    everything = [spelling for group in derived.values() for spelling in group]
    return tuple(
        replace(
            param,
            spellings=tuple(
                spelling
                for spelling in derived.get(param.name, ())
                if everything.count(spelling) == 1 and spelling not in taken
            ),
        )
        for param in params
    )
