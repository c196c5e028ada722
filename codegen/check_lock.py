"""Would Asana understand what a tool sends? Compares it with the lock."""

from __future__ import annotations

import re
from typing import Any

from .kinds import fits
from .model import Extra, Operation, Param, Request, Target, Tool
from .names import repeated, suggest
from .problems import Report

# Of every object in an answer, listed by no operation.
ALWAYS_FIELDS = ("gid", "resource_type")
METHODS = {
    "GET": ("read",),
    "DELETE": ("delete",),
    "POST": ("create", "update", "delete"),
    "PUT": ("update",),
}


def check_lock(
    report: Report, tool: Tool, raw: dict[str, Any], known: dict[str, Operation]
) -> None:
    before = len(report.problems)
    for place, one in _requests(raw):
        lead = f"{place}." if place else ""
        operation = known.get(one["operation"])
        if operation is None:
            hint = suggest(one["operation"], known)
            report.add(
                tool.file, f"{lead}operation", "unknown_operation", name=one["operation"], hint=hint
            )
        elif one["request"] != f"{operation.method} {operation.path}":
            expected = f"{operation.method} {operation.path}"
            report.add(
                tool.file, f"{lead}request", "request", expected=expected, got=one["request"]
            )
        elif tool.effect not in METHODS[operation.method]:
            report.add(
                tool.file, "effect", "effect_method", effect=tool.effect, method=operation.method
            )
        elif operation.upload:
            report.add(tool.file, f"{lead}operation", "upload", operation=operation.name)
    for flag, one in raw.get("extras", {}).items():
        _extra_request(report, tool, f"extras.{flag}", one, known)
    if len(report.problems) > before:
        return
    for param in tool.params:
        _param(report, tool, param)
    _same_targets(report, tool)
    for number, request in enumerate(tool.requests):
        place = f"requests[{number - 1}]" if number else ""
        _complete(report, tool, request, place)
        if number:
            _variant(report, tool, request, place)
    for name in repeated(request.when for request in tool.requests if request.when):
        report.add(tool.file, "requests", "name_twice", name=name)
    for extra in tool.extras:
        _extra(report, tool, extra)
    for name in repeated(extra.member for extra in tool.extras):
        report.add(tool.file, "extras", "name_twice", name=name)
    _fields(report, tool)
    if tool.requests and not tool.handler:
        _more(report, tool)


def _requests(raw: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    first = [("", raw)] if "operation" in raw else []
    return first + [
        (f"requests[{number}]", one) for number, one in enumerate(raw.get("requests", []))
    ]


def _takers(tool: Tool, target: Target) -> list[Operation]:
    return [
        request.operation for request in tool.requests if request.operation.find(target) is not None
    ]


def _param(report: Report, tool: Tool, param: Param) -> None:
    place = f"params.{param.name}"
    if param.target.place == "local":
        if not tool.handler and param.name not in [extra.flag for extra in tool.extras]:
            report.add(tool.file, place, "local_without_handler")
        return
    _target(report, tool, param, f"{place}.to", param.target)
    if param.target.place == "query" and param.target.name == "limit" and param.default is None:
        report.add(tool.file, place, "limit_default")
    if param.target.text == "paging:offset" and param.kind.name != "offset":
        report.add(tool.file, place, "offset_type")
    if param.instead:
        _target(report, tool, param, f"{place}.instead.to", param.instead.target)


def _target(report: Report, tool: Tool, param: Param, place: str, target: Target) -> None:
    takers = _takers(tool, target)
    whens = [request.when for request in tool.requests]
    if takers and takers[0] is not tool.operation and param.name not in whens:
        takers = []  # the first request would drop it
    if not takers:
        if not tool.requests:
            report.add(tool.file, place, "local_only")
            return
        operation = tool.operation
        if param.paging and not operation.paged:
            report.add(tool.file, place, "unpaged", operation=operation.name)
            return
        report.add(
            tool.file,
            place,
            "unknown_target",
            operation=operation.name,
            place=target.place,
            name=target.name,
            hint=suggest(target.name, operation.takes(target.place)),
        )
        return
    for operation in takers:
        before = len(report.problems)
        if param.paging and not operation.paged:
            report.add(tool.file, place, "unpaged", operation=operation.name)
        _value(report, tool, param, place, target, operation.find(target) or {}, operation)
        if len(report.problems) > before:
            return


def _value(
    report: Report,
    tool: Tool,
    param: Param,
    place: str,
    target: Target,
    asana: dict[str, Any],
    operation: Operation,
) -> None:
    def add(where: str, key: str, **values: object) -> None:
        report.add(tool.file, where, key, **values)

    here = f"params.{param.name}"
    if asana.get("read_only"):
        add(place, "read_only", name=target.name)
        return
    if target.inner is not None:
        members = asana.get("members", {})
        shape = "array" if target.item else "object"
        if asana["type"] != shape or target.inner not in members:
            add(
                place,
                "unknown_target",
                operation=operation.name,
                place="body",
                name=target.text.removeprefix("body:"),
                hint=suggest(target.inner, members),
            )
            return
        asana = {"type": members[target.inner]}
    named = (param.kind.name == "opt_fields") == (target.text == "query:opt_fields")
    if not named or not fits(param.kind, target.place, asana, target.item and target.inner is None):
        add(place, "type_target", type=param.kind.name, target=target.text, asana=_words(asana))
        return
    values = asana.get("enum")
    if values and param.kind.name != "enum":
        add(here, "enum_wanted", values="|".join(values))
    for number, value in enumerate(param.values):
        if values and value not in values:
            add(f"{here}.values[{number}]", "enum_value", value=value, values="|".join(values))
    if param.nullable and target.place in ("path", "form"):
        add(here, "null_in_path", place=target.place)
    elif param.nullable and not asana.get("nullable"):
        add(here, "null_refused")
    for keyword, over in (
        ("min", lambda mine, its: mine < its),
        ("max", lambda mine, its: mine > its),
    ):
        mine, its = getattr(param, keyword), asana.get(keyword)
        if mine is not None and its is not None and over(mine, its):
            add(here, "beyond", keyword=keyword, value=mine, limit=its)


def _words(asana: dict[str, Any]) -> str:
    if asana["type"] == "array":
        return f"a list of {asana.get('items', 'string')}s"
    return f"{asana['type']} ({asana['format']})" if "format" in asana else asana["type"]


def _same_targets(report: Report, tool: Tool) -> None:
    seen: dict[str, str] = {}
    for param in tool.params:
        places = [(f"params.{param.name}.to", param.target)]
        if param.instead:
            places.append((f"params.{param.name}.instead.to", param.instead.target))
        for place, target in places:
            where = target.text.replace("paging:", "query:")
            if target.place == "local":
                continue
            if where in seen:
                report.add(tool.file, place, "same_target", other=seen[where])
            seen.setdefault(where, param.name)


def _complete(report: Report, tool: Tool, request: Request, where: str) -> None:
    """Is everything there that the operation cannot do without?"""
    operation = request.operation
    targets = [(request.target(param), param) for param in tool.params]
    sent = {(target.place, target.name): param for target, param in targets}
    for name in re.findall(r"{(\w+)}", operation.path):
        param = sent.get(("path", name))
        if param is None:
            report.add(tool.file, where, "path_unsent", name=name)
        elif not param.always and param.name != request.when:
            report.add(tool.file, f"params.{param.name}", "optional_path")
    for place in ("query", "body", "form"):
        for name, about in operation.takes(place).items():
            param = sent.get((place, name))
            if about.get("required") and (param is None or not param.always):
                report.add(tool.file, where, "required_unsent", target=f"{place}:{name}")
    if operation.paged:
        for name in sorted({"limit", "offset"} & set(operation.query)):
            param = sent.get(("query", name))
            if param is None or not param.paging:
                report.add(tool.file, where, "page_unsent", operation=operation.name, name=name)
    if "opt_fields" in operation.query and ("query", "opt_fields") not in sent:
        report.add(tool.file, where, "fields_unsent", operation=operation.name)


def _variant(report: Report, tool: Tool, request: Request, place: str) -> None:
    """Another request than the first, taken when an argument is given."""
    operation, first = request.operation, tool.operation
    if operation.method != first.method:
        report.add(
            tool.file,
            place,
            "variant_method",
            operation=operation.name,
            got=operation.method,
            expected=first.method,
        )
    when = tool.param(request.when or "")
    if when is None:
        names = [param.name for param in tool.params]
        hint = suggest(request.when or "", names)
        report.add(tool.file, f"{place}.when", "unknown_param", name=request.when, hint=hint)
        return
    target = request.target(when)
    if target.place != "path" or operation.find(target) is None:
        report.add(
            tool.file, f"{place}.when", "when_unsent", name=when.name, operation=operation.name
        )
    if request.unless and first.find(when.target) is None:
        report.add(
            tool.file,
            f"{place}.unless",
            "unless_dropped",
            operation=first.name,
            name=when.name,
            place=when.target.place,
            target=when.target.name,
        )
    for name in request.unless:
        if tool.param(name) is None:
            names = [param.name for param in tool.params]
            hint = suggest(name, names)
            report.add(tool.file, f"{place}.unless", "unknown_param", name=name, hint=hint)
    for param in tool.params:
        if param in (when, *map(tool.param, request.unless)) or param.target.place == "local":
            continue
        if operation.find(param.target) is not None:
            continue
        if not tool.rules.exclude(param.name, when.name):
            report.add(
                tool.file,
                place,
                "dropped",
                operation=operation.name,
                param=param.name,
                when=when.name,
            )


def _fields(report: Report, tool: Tool) -> None:
    if tool.fields is None:
        return
    if not tool.requests:
        report.add(tool.file, "result.fields", "fields_of_nothing")
    for request in tool.requests:
        known_fields(report, tool.file, "result.fields", request.operation, tool.fields)


def known_fields(
    report: Report, file: str, place: str, operation: Operation, fields: str
) -> None:
    """Would Asana answer with these?"""
    if operation.fields is None:
        report.add(file, place, "no_fields", operation=operation.name)
        return
    for name in fields.split(","):
        parent, _, last = name.rpartition(".")
        always = last in ALWAYS_FIELDS and (not parent or parent in operation.fields)
        if name not in operation.fields and not always:
            hint = suggest(name, operation.fields)
            report.add(
                file, place, "unknown_field", operation=operation.name, name=name, hint=hint
            )


def _more(report: Report, tool: Tool) -> None:
    """A list must not end in silence."""
    operation = tool.operation
    if tool.sync and not any(param.target.text == "query:sync" for param in tool.params):
        report.add(tool.file, "result.sync", "sync_unsent")
    limited = tool.limit is not None and tool.limit.always
    if tool.more is None:
        if operation.lists and not operation.paged and limited:
            report.add(tool.file, "result", "more_missing", operation=operation.name)
    elif not operation.lists:
        report.add(tool.file, "result.more", "no_list", operation=operation.name)
    elif tool.sync:
        pass  # Asana says has_more
    elif tool.at_most is None and operation.paged:
        report.add(tool.file, "result.more", "more_on_paged", operation=operation.name)
    elif tool.at_most is None and not limited:
        report.add(tool.file, "result.more", "more_unlimited")


def _extra_request(
    report: Report, tool: Tool, place: str, raw: dict[str, Any], known: dict[str, Operation]
) -> None:
    name = raw["operation"]
    operation = known.get(name)
    if operation is None:
        hint = suggest(name, known)
        report.add(tool.file, f"{place}.operation", "unknown_operation", name=name, hint=hint)
        return
    expected = f"{operation.method} {operation.path}"
    if raw["request"] != expected:
        report.add(tool.file, f"{place}.request", "request", expected=expected, got=raw["request"])
    if operation.method != "GET":
        report.add(
            tool.file, f"{place}.operation", "extra_method", operation=name, method=operation.method
        )


def _extra(report: Report, tool: Tool, extra: Extra) -> None:
    operation = extra.operation
    place = f"extras.{extra.flag}"

    def add(where: str, key: str, **values: object) -> None:
        report.add(tool.file, where, key, **values)

    flag = tool.param(extra.flag)
    if flag is None:
        names = [param.name for param in tool.params]
        add("extras", "unknown_param", name=extra.flag, hint=suggest(extra.flag, names))
    elif flag.kind.name != "bool" or flag.target.place != "local":
        add(place, "extra_flag", name=flag.name)
    if tool.operation.lists:
        add(place, "extra_of_list", operation=tool.operation.name)
    elif extra.member in (tool.operation.fields or ()):
        add(f"{place}.as", "extra_taken", operation=tool.operation.name, name=extra.member)
    sent = [param.target for param in tool.params if param.always]
    for name in re.findall(r"{(\w+)}", operation.path):
        if f"path:{name}" not in [target.text for target in sent]:
            add(place, "path_unsent", name=name)
    for name, about in operation.query.items():
        if about.get("required"):
            add(place, "required_unsent", target=f"query:{name}")
    for keyword in ("limit", "more"):
        given = getattr(extra, keyword) is not None
        if operation.paged and not given:
            add(place, "missing_keyword", name=keyword)
        elif given and not operation.paged:
            add(f"{place}.{keyword}", "unpaged", operation=operation.name)
    most = operation.query.get("limit", {}).get("max")
    if extra.limit is not None and most is not None and not 0 < extra.limit <= most:
        add(f"{place}.limit", "beyond", keyword="limit", value=extra.limit, limit=most)
    known_fields(report, tool.file, f"{place}.fields", operation, extra.fields)
    if extra.keep and not operation.lists:
        add(f"{place}.keep", "no_list", operation=operation.name)
    elif extra.keep and extra.keep[0] not in extra.fields.split(","):
        add(f"{place}.keep", "keep_unasked", name=extra.keep[0])
