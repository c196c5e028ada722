"""Is the schema right? Every mistake is reported; a model comes back only when there is none."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, Optional

from . import forget, load, model, pages, prompts, sends, visible
from .check_clients import check_clients
from .check_docs import check_docs
from .check_lock import check_lock
from .check_prompts import check_prompt
from .history import check_history
from .model import Model, Operation, Param, Profile, Tool, Toolset
from .names import suggest
from .problems import Report
from .shape import Shape


def check(source: load.Source, report: Report) -> Optional[Model]:
    known: dict[str, Operation] = {}
    if source.lock is not None:
        try:
            known = model.operations(source.lock)
        except (KeyError, TypeError, AttributeError):
            report.add(load.LOCK, "", "bad_lock")
    if source.toolsets is not None:
        Shape(report, load.TOOLSETS).toolsets(source.toolsets)
    if source.sandbox is not None:
        Shape(report, load.SANDBOX).sandbox(source.sandbox)
    tools: dict[str, Tool] = {}
    for file, raw in source.tools.items():
        Shape(report, file).tool(raw)
        if report.in_file(file) or not known:
            continue
        tool = model.tool(file, raw, known)
        tools[file] = tool
        _names(report, tool)
        _params(report, tool)
        _rules(report, tool)
        check_lock(report, tool, raw, known)
        if not report.in_file(file) and not tool.handler:
            _examples(report, tool)
        if not report.in_file(file) and not tool.hidden:
            check_history(report, tool, source.snapshots.get(tool.name))
    told = _prompts(report, source, tools)
    recipes = check_clients(report, source.clients)
    docs = check_docs(report, source.others, known)
    site = pages.site(forget.put(source.pages, recipes), report)
    if not report.in_file(load.TOOLSETS):
        _registry(report, source)
    if not report.in_file(load.SANDBOX):
        for number, name in enumerate(source.sandbox["operations"]):
            if known and name not in known:
                place = f"operations[{number}]"
                report.add(
                    load.SANDBOX, place, "unknown_operation", name=name, hint=suggest(name, known)
                )
    profiles = _profiles(report, source, tools)
    placed = visible.visible(source.visible, tools.values(), known, report)
    if report.problems:
        return None
    return replace(
        _model(source, tools, told, site, known),
        visible=placed,
        clients=recipes,
        docs=docs,
        profiles=profiles,
    )


def _profiles(
    report: Report, source: load.Source, tools: dict[str, Tool]
) -> tuple[Profile, ...]:
    if source.profiles is None:
        return ()
    Shape(report, load.PROFILES).profiles(source.profiles)
    if report.in_file(load.PROFILES):
        return ()
    there = [_folder_and_stem(file)[1] for file in [*source.tools, *source.unread]]
    for number, raw in enumerate(source.profiles):
        for name in raw.get("tools", []):
            if name not in there:
                place = f"[{number}].tools"
                report.add(
                    load.PROFILES, place, "no_tool_file", name=name, hint=suggest(name, there)
                )
    return tuple(
        Profile(raw["name"], raw["description"], tuple(raw["tools"]) if "tools" in raw else None)
        for raw in source.profiles
    )


def _prompts(
    report: Report, source: load.Source, tools: dict[str, Tool]
) -> tuple[prompts.Prompt, ...]:
    known: dict[str, Optional[Tool]] = {
        _folder_and_stem(file)[1]: None for file in [*source.tools, *source.unread]
    }
    for file, tool in tools.items():
        known[_folder_and_stem(file)[1]] = None if report.in_file(file) else tool
    out = []
    for file, raw in source.prompts.items():
        Shape(report, file).prompt(raw)
        if report.in_file(file):
            continue
        prompt = prompts.prompt(file, raw)
        check_prompt(report, prompt, known)
        out.append(prompt)
    return tuple(out)


def _model(
    source: load.Source,
    tools: dict[str, Tool],
    told: tuple[prompts.Prompt, ...],
    site: Optional[pages.Site],
    known: dict[str, Operation],
) -> Model:
    by_name = {tool.name: tool for tool in tools.values()}
    toolsets = tuple(
        Toolset(
            name=raw["name"],
            title=raw["title"],
            description=raw["description"],
            tools=tuple(by_name[name] for name in raw["tools"] if not by_name[name].hidden),
            compiled=tuple(by_name[name] for name in raw["tools"]),
        )
        for raw in source.toolsets
    )
    used = {
        one.operation.name for tool in tools.values() for one in (*tool.requests, *tool.extras)
    }
    sandbox = sorted(
        (known[name] for name in used | set(source.sandbox["operations"])),
        key=lambda operation: (operation.path, operation.method),
    )
    return Model(toolsets, told, site, known, tuple(sandbox))


def _registry(report: Report, source: load.Source) -> None:
    """Toolsets, their tools and the files must agree."""
    listed = {raw["name"]: raw["tools"] for raw in source.toolsets}
    files: dict[str, str] = {}
    for file in sorted([*source.tools, *source.unread]):
        folder, stem = _folder_and_stem(file)
        if folder not in listed:
            report.add(file, "", "folder", name=folder, hint=suggest(folder, listed))
        elif stem not in listed[folder]:
            report.add(file, "", "unlisted", toolset=folder)
        if stem in files:
            report.add(file, "", "tool_twice", name=stem, other=files[stem])
        files[stem] = file
    present = {_folder_and_stem(file) for file in [*source.tools, *source.unread]}
    for number, raw in enumerate(source.toolsets):
        here = [stem for folder, stem in present if folder == raw["name"]]
        for name in raw["tools"]:
            if name not in here:
                place = f"[{number}].tools"
                report.add(
                    load.TOOLSETS, place, "no_tool_file", name=name, hint=suggest(name, here)
                )


def _folder_and_stem(file: str) -> tuple[str, str]:
    folder, name = file.split("/")[-2:]
    return folder, name.removesuffix(".json")


def _names(report: Report, tool: Tool) -> None:
    _, stem = _folder_and_stem(tool.file)
    if tool.name != stem:
        report.add(tool.file, "name", "file_name", name=tool.name)
    owner = {param.name: param.name for param in tool.params}
    for param in tool.params:
        place = f"params.{param.name}.aliases"
        for alias in param.aliases:
            if alias in owner and owner[alias] == alias:
                report.add(tool.file, place, "alias_is_name", alias=alias)
            elif alias in owner:
                report.add(tool.file, place, "alias_twice", alias=alias, other=owner[alias])
            elif alias in _plain_spellings(param):
                report.add(tool.file, place, "alias_derived", alias=alias)
            owner.setdefault(alias, param.name)


def _plain_spellings(param: Param) -> tuple[str, ...]:
    return model.spellings(param.name) if param.kind.name in ("gid", "user") else ()


def _params(report: Report, tool: Tool) -> None:
    for param in tool.params:
        place = f"params.{param.name}"
        if param.default is not None:
            for keyword, set_ in (("required", param.required), ("nullable", param.nullable)):
                if set_:
                    report.add(tool.file, place, "default_and", keyword=keyword)
            try:
                sends.read(param, param.default)
            except sends.Wrong as wrong:
                report.add(tool.file, f"{place}.default", "bad_default", **wrong.values)
        if param.min is not None and param.max is not None and param.min > param.max:
            report.add(tool.file, place, "min_over_max", min=param.min, max=param.max)
        if param.instead:
            _instead(report, tool, param)
    _headers(report, tool)


def _headers(report: Report, tool: Tool) -> None:
    """Names of headers know no case."""
    owner: dict[str, str] = {}
    for param in tool.headers:
        name = str(param.header)
        other = owner.setdefault(name.lower(), param.name)
        if other != param.name:
            place = f"params.{param.name}.header"
            report.add(tool.file, place, "header_twice", name=name, other=other)


def _instead(report: Report, tool: Tool, param: Param) -> None:
    """The object that the argument goes into instead is opened by the other argument."""
    assert param.instead
    place = f"params.{param.name}.instead"
    other = tool.param(param.instead.given)
    if other is None:
        _unknown(report, tool, f"{place}.with", param.instead.given)
        return
    group = param.instead.target.group
    if group is None:
        report.add(tool.file, f"{place}.to", "instead_flat", got=param.instead.target.text)
    elif other.target.group != group:
        report.add(tool.file, place, "instead_group", name=other.name, group=f"body:{group}")


def _unknown(report: Report, tool: Tool, place: str, name: str) -> None:
    names = [param.name for param in tool.params]
    report.add(tool.file, place, "unknown_param", name=name, hint=suggest(name, names))


def _rules(report: Report, tool: Tool) -> None:
    for rule in ("exactly_one_of", "at_most_one_of", "at_least_one_of"):
        for number, group in enumerate(getattr(tool.rules, rule)):
            for name in group:
                _rule_name(report, tool, f"rules.{rule}[{number}]", name)
    for name, others in tool.rules.needs:
        place = f"rules.needs.{name}"
        param = tool.param(name)
        if param is None:
            _unknown(report, tool, place, name)
        for other in others:
            if other == name:
                report.add(tool.file, place, "needs_itself", name=name)
            else:
                _rule_name(report, tool, place, other, may_be_null=True)


def _rule_name(
    report: Report, tool: Tool, place: str, name: str, may_be_null: bool = False
) -> None:
    param = tool.param(name)
    if param is None:
        _unknown(report, tool, place, name)
    elif param.always and not (may_be_null and param.nullable):
        report.add(tool.file, place, "rule_on_required", name=name)


def _examples(report: Report, tool: Tool) -> None:
    for number, example in enumerate(tool.examples):
        place = f"examples[{number}]"
        try:
            got = sends.sent(tool, example.args)
        except sends.Wrong as wrong:
            inner = f"{place}.args" + (f".{wrong.place}" if wrong.place else "")
            report.add(tool.file, inner, wrong.key, **wrong.values)
            continue
        if example.sends is None:
            continue
        actual = {
            "path": got.path,
            "query": got.asked,
            "body": got.body or {},
            "form": got.form or {},
        }
        for key in actual:
            expected: Any = example.sends.get(key, {})
            if expected != actual[key]:
                report.add(
                    tool.file,
                    f"{place}.sends.{key}",
                    "example_sends",
                    expected=json.dumps(expected, ensure_ascii=False),
                    got=json.dumps(actual[key], ensure_ascii=False),
                )
