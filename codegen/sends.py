"""What a call sends to Asana: the generated decoder and builder, in Python, for the examples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Optional

from .kinds import Refused
from .model import Extra, Param, Target, Tool
from .names import suggest

NULL = object()  # null for an argument that it clears


class Wrong(Exception):
    """An argument that the decoder would refuse: the message of problems.py and its values."""

    def __init__(self, key: str, place: str, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.place = place
        self.values = values


@dataclass(frozen=True)
class Sent:
    """As Asana reads it: path and query without percent-encoding."""

    method: str
    path: str
    query: dict[str, str]
    body: Optional[dict[str, Any]]  # the members of "data"
    form: Optional[dict[str, Any]]  # the parts of a form; a file is {"name", "text" or "base64"}
    asked: dict[str, str]  # the query without what the caller did not ask for
    extras: tuple[Sent, ...] = ()


def sent(tool: Tool, args: dict[str, Any]) -> Sent:
    values, given = _decode(tool, args)
    request = next(
        (
            one
            for one in tool.requests
            if one.when in values and not any(name in values for name in one.unless)
        ),
        tool.requests[0],
    )
    path = request.operation.path
    query: dict[str, str] = {}
    asked: dict[str, str] = {}
    body: dict[str, Any] = {}
    form: dict[str, Any] = {}
    for param in tool.params:
        if param.name not in values:
            continue
        value = values[param.name]
        target = request.target(param)
        if param.instead and param.instead.given in values:
            target = param.instead.target
        if target.place == "path":
            path = path.replace("{" + target.name + "}", value)
        elif target.place == "query":
            written = _query(param, target, value)
            query.update(written)
            if param.name in given:
                asked.update(written)
        elif target.place == "form":
            form[target.name] = value if param.kind.writer == "file" else _plain(value)
        elif target.place == "body":
            _put(body, param, target, value, request.operation.body or {})
    takes_form = request.operation.form is not None
    takes_body = request.operation.method in ("POST", "PUT") and not takes_form
    return Sent(
        request.operation.method,
        path,
        query,
        body if takes_body else None,
        form if takes_form else None,
        asked,
        tuple(_extra(tool, extra, values) for extra in tool.extras if values.get(extra.flag)),
    )


def _extra(tool: Tool, extra: Extra, values: dict[str, Any]) -> Sent:
    path = extra.operation.path
    for param in tool.params:
        if param.target.place == "path" and param.name in values:
            path = path.replace("{" + param.target.name + "}", values[param.name])
    query = {"opt_fields": extra.fields}
    if extra.limit is not None:
        query = {"limit": str(extra.limit), **query}
    return Sent(extra.operation.method, path, query, None, None, {})


def _decode(tool: Tool, args: dict[str, Any]) -> tuple[dict[str, Any], set[str]]:
    """Values by argument name, and the names that the caller gave."""
    names = {param.name: param.name for param in tool.params}
    for param in tool.params:
        names.update({alias: param.name for alias in (*param.spellings, *param.aliases)})
    raw: dict[str, Any] = {}
    for name, value in args.items():
        if name not in names:
            raise Wrong("example_unknown", name, name=name, hint=suggest(name, names))
        raw[names[name]] = value
    values: dict[str, Any] = {}
    for param in tool.params:
        if param.name in raw and (raw[param.name] is not None or param.nullable):
            values[param.name] = NULL if raw[param.name] is None else read(param, raw[param.name])
        elif param.required:
            raise Wrong("example_missing", "", name=param.name)
        elif param.default is not None:
            values[param.name] = param.default
        elif param.kind.name == "opt_fields" and tool.fields:
            values[param.name] = tool.fields
    given = {name for name in raw if name in values}
    rules(tool, values)
    return values, given


def read(param: Param, value: Any) -> Any:
    try:
        result = param.kind.read(value)
        if param.values and result not in param.values:
            raise Refused(f'expected one of {", ".join(param.values)}, got "{result}"')
        if param.min is not None and param.max is not None and not param.min <= result <= param.max:
            raise Refused(f"expected {param.min} to {param.max}, got {result}")
    except Refused as refused:
        raise Wrong("example_value", param.name, reason=str(refused)) from None
    return result


def rules(tool: Tool, values: dict[str, Any]) -> None:
    """Raises when the arguments that have these values cannot be given together."""

    def fail(reason: str) -> None:
        raise Wrong("example_rule", "", reason=reason)

    def with_value(name: str) -> bool:
        return values.get(name, NULL) is not NULL

    for group in tool.rules.exactly_one_of:
        if sum(map(with_value, group)) != 1:
            fail(f"expected exactly one of {', '.join(group)}")
    for group in tool.rules.at_most_one_of:
        if sum(map(with_value, group)) > 1:
            fail(f"expected at most one of {', '.join(group)}")
    for group in tool.rules.at_least_one_of:
        if not any(name in values for name in group):
            fail(f"expected at least one of {', '.join(group)}")
    for name, others in tool.rules.needs:
        if with_value(name) and not any(map(with_value, others)):
            fail(f"{name} needs {' or '.join(others)}")


def _plain(value: Any) -> str:
    if value is NULL or value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ",".join(map(_plain, value))
    return str(value)


def _query(param: Param, target: Target, value: Any) -> dict[str, str]:
    if param.kind.writer == "map":
        return {f"{target.name}.{key}": _plain(inner) for key, inner in value.items()}
    return {target.name: _plain(value)}


def _put(
    body: dict[str, Any], param: Param, target: Target, value: Any, fields: dict[str, Any]
) -> None:
    if value is NULL:
        value = None
    elif param.kind.writer == "list" and fields.get(target.name, {}).get("type") == "string":
        value = ",".join(value)
    if target.inner is None:
        body[target.name] = [value] if target.item else value
    elif target.item:
        body.setdefault(target.name, [{}])[0][target.inner] = value
    else:
        body.setdefault(target.name, {})[target.inner] = value
