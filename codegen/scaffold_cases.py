"""The first cases of a scaffolded tool: plain, all arguments, every name of each argument."""

from __future__ import annotations

import json
from typing import Any, Iterator

from . import words
from .model import Tool
from .sends import Wrong, sent

# Every tool's, in the cases that all tools share.
SHARED = ("limit", "offset", "opt_fields")
# Types whose examples are by name first.
VALUED = ("string", "number", "object", "date", "list<gid>", "list<object>")


def text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def value(operation: str, name: str, raw: dict[str, Any]) -> Any:
    """An example of an argument: raw is what the tool's file says of it."""
    kind = raw["type"]
    field = raw["to"].split(":", 1)[1]
    if kind == "enum":
        return raw["values"][0]
    if kind in VALUED and name in words.VALUES:
        return words.VALUES[name]
    if kind == "int":
        return min(max(raw["min"], 30), raw["max"])
    if kind in ("gid", "csv<gid>", "list<gid>"):
        gid = words.GIDS.get(words.kinds(operation, field)[0], words.OTHER_GID)
        return [gid] if kind == "list<gid>" else gid
    return words.BY_TYPE_VALUES[kind]


def cases(tool: Tool) -> Iterator[tuple[str, dict[str, Any]]]:
    args = dict(tool.examples[0].args)
    yield "plain", _case(tool, {"call": args})
    if tool.sync:
        yield "fresh", _fresh(tool, args)
    done = set(args)
    left = [param.name for param in tool.params if param.name not in (*args, *SHARED)]
    number = 1
    while left:
        full = _together(tool, args, left)
        yield ("all" if number == 1 else f"all_{number}"), _case(tool, {"call": full})
        number += 1
        done |= set(full)
        left = [name for name in left if name not in done]
    for param in tool.params:
        if param.spellings:
            call = args if param.name in args else _together(tool, args, [param.name])
            calls = [
                {(other if name == param.name else name): one for name, one in call.items()}
                for other in param.spellings
            ]
            yield f"{param.name}_aliases", _case(tool, {"calls": calls})


def _fresh(tool: Tool, args: dict[str, Any]) -> dict[str, Any]:
    """Without a token that Asana knows: none of what has happened, and a new token."""
    case = _case(tool, {"call": args})
    said = {"errors": [{"message": "Sync token invalid or too old."}], "sync": "sync-1"}
    cut = {"returned": 0, "reason": ["no events"], "next": ["sync"]}
    answer = {"data": [], "next_page": None, "beside": {"sync": "sync-1"}, "truncated": cut}
    return {**case, "reply": {"status": 412, "body": said}, "answer": answer}


def _together(tool: Tool, base: dict[str, Any], names: list[str]) -> dict[str, Any]:
    """As many of the named arguments as may be given together, the first of them surely."""
    first = names[0]
    args = {**base, first: _value(tool, first)}
    for one, others in tool.rules.needs:
        if one == first:
            args[others[0]] = _value(tool, others[0])
    if not _fine(tool, args):
        optional = [name for name in base if not _always(tool, name)]
        args = {name: one for name, one in args.items() if name == first or name not in optional}
    for name in names[1:]:
        more = {**args, name: _value(tool, name)}
        if _fine(tool, more):
            args = more
    return {param.name: args[param.name] for param in tool.params if param.name in args}


def _always(tool: Tool, name: str) -> bool:
    param = tool.param(name)
    return param is not None and param.always


def _fine(tool: Tool, args: dict[str, Any]) -> bool:
    try:
        sent(tool, args)
    except Wrong:
        return False
    return True


def _value(tool: Tool, name: str) -> Any:
    param = tool.param(name)
    assert param is not None
    about = {
        "type": param.kind.name,
        "to": param.target.text,
        "values": list(param.values),
        "min": param.min,
        "max": param.max,
    }
    return value(tool.operation.name, name, about)


def _case(tool: Tool, call: dict[str, Any]) -> dict[str, Any]:
    got = sent(tool, call["call"] if "call" in call else call["calls"][0])
    query = dict(got.query)
    if tool.fields and query.get("opt_fields") == tool.fields:
        query["opt_fields"] = "@fields"
    if tool.limit and "limit" in query and query["limit"] == str(tool.limit.default):
        query["limit"] = "@default"
    request: dict[str, Any] = {"method": got.method, "path": got.path, "query": query}
    if got.body is not None:
        request["body"] = {"data": got.body}
    if got.form is not None:
        request["form"] = got.form
    data = reply(tool)
    body: dict[str, Any] = {"data": data}
    answer: dict[str, Any] = {"data": data}
    if tool.sync:
        body.update(sync="sync-2", has_more=False)
        answer.update(next_page=None, beside={"sync": "sync-2", "has_more": False})
    if tool.paged:
        body["next_page"] = answer["next_page"] = None
    return {**call, "request": request, "reply": {"body": body}, "answer": answer}



def reply(tool: Tool) -> Any:
    """The least that Asana would answer with."""
    returns = tool.operation.returns.strip("[]")
    if returns in ("", "Empty"):
        return {}
    record = {
        "gid": words.OTHER_GID,
        "resource_type": words.split(returns).replace(" ", "_"),
    }
    return [record] if tool.operation.lists else record
