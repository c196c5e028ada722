"""Is a file built of the right keywords, each holding the right kind of JSON value?

Only files that pass are turned into a model. A keyword that no emitter acts on is refused, so that
no schema can say what the decoder would not enforce.
"""

from __future__ import annotations

from typing import Any, Callable

from .kinds import KINDS, NULLABLE
from .model import TARGET_FORMS, parse_target
from .names import HEADER, HISTORY, NAME, repeated, suggest
from .problems import Report
from .prompts import COMPLETES

EFFECTS = ("read", "create", "update", "delete")
TOOL = {
    "$schema": str,
    "name": str,
    "title": str,
    "description": str,
    "effect": str,
    "operation": str,
    "request": str,
    "requests": list,
    "params": dict,
    "rules": dict,
    "result": dict,
    "examples": list,
    "handler": str,
    "additive": bool,
    "extras": dict,
    "hidden": bool,
    "history": list,
}
TOOL_NEEDS = ("name", "title", "description", "effect", "params", "examples")
REQUEST = {"when": str, "operation": str, "request": str, "to": str, "unless": list}
REQUEST_NEEDS = ("when", "operation", "request")
EXTRA = {
    "operation": str,
    "request": str,
    "as": str,
    "fields": str,
    "limit": int,
    "keep": dict,
    "more": str,
}
EXTRA_NEEDS = ("operation", "request", "as", "fields")
PARAM = {
    "type": str,
    "to": str,
    "instead": dict,
    "required": bool,
    "nullable": bool,
    "aliases": list,
    "description": str,
    "doc": str,
    "header": str,
    "default": None,
    "values": list,
    "min": int,
    "max": int,
}
INSTEAD = {"with": str, "to": str}
RULES = {"exactly_one_of": list, "at_most_one_of": list, "at_least_one_of": list, "needs": dict}
RESULT = {"fields": str, "more": str, "at_most": int, "sync": bool, "schema": dict}
EXAMPLE = {"say": str, "args": dict, "sends": dict}
SENDS = {"path": str, "query": dict, "body": dict, "form": dict}
PROMPT = {
    "$schema": str,
    "name": str,
    "title": str,
    "description": str,
    "arguments": list,
    "text": list,
}
PROMPT_NEEDS = ("name", "title", "description", "text")
ARGUMENT = {"name": str, "title": str, "description": str, "required": bool, "completes": str}
ARGUMENT_NEEDS = ("name", "title", "description")
TOOLSET = {"name": str, "title": str, "description": str, "tools": list}
PROFILE = {"name": str, "description": str, "tools": list}

WORDS = {
    dict: "an object",
    list: "a list",
    str: "a string",
    bool: "true or false",
    int: "a whole number",
}


def say(value: Any) -> str:
    if value is None:
        return "null"
    return {float: "a number", **WORDS}[type(value)]


class Shape:
    def __init__(self, report: Report, file: str) -> None:
        self.report = report
        self.file = file

    def add(self, place: str, key: str, /, **values: object) -> None:
        self.report.add(self.file, place, key, **values)

    def members(
        self, place: str, value: Any, known: dict[str, Any], needed: tuple[str, ...] = ()
    ) -> dict[str, Any]:
        """The members that are what they should be; the others are reported."""
        if not self.kind(place, value, dict):
            return {}
        lead = f"{place}." if place else ""
        fine = {}
        for name, member in value.items():
            if name not in known:
                self.add(place, "unknown_keyword", name=name, hint=suggest(name, known))
            elif known[name] is None or self.kind(lead + name, member, known[name]):
                fine[name] = member
        for name in needed:
            if name not in value:
                self.add(place, "missing_keyword", name=name)
        return fine

    def kind(self, place: str, value: Any, kind: type) -> bool:
        if type(value) is kind:
            return True
        self.add(place, "wrong_kind", expected=WORDS[kind], got=say(value))
        return False

    def strings(self, place: str, values: list[Any]) -> list[str]:
        if not values:
            self.add(place, "empty")
        fine = [
            value
            for number, value in enumerate(values)
            if self.kind(f"{place}[{number}]", value, str)
        ]
        for value in repeated(fine):
            self.add(place, "name_twice", name=value)
        return fine

    def text(self, place: str, text: str, sentence: bool) -> None:
        if not text:
            self.add(place, "empty")
        elif text != text.strip() or not text.isprintable():
            self.add(place, "not_plain")
        elif sentence and not text.endswith("."):
            self.add(place, "no_period")

    def name(self, place: str, name: str) -> None:
        if not NAME.match(name):
            self.add(place, "bad_name", name=name)

    def target(self, place: str, text: str) -> None:
        if parse_target(text) is None:
            self.add(place, "bad_target", expected=TARGET_FORMS, got=text)

    def each(self, place: str, values: list[Any], check: Callable[[str, Any], None]) -> None:
        for number, value in enumerate(values):
            check(f"{place}[{number}]", value)

    # one tool

    def tool(self, raw: Any) -> None:
        if not self.kind("", raw, dict):
            return
        tool = self.members("", raw, TOOL, TOOL_NEEDS)
        if "name" in tool:
            self.name("name", tool["name"])
        if "title" in tool:
            self.text("title", tool["title"], sentence=False)
        if "description" in tool:
            self.text("description", tool["description"], sentence=True)
        if "effect" in tool and tool["effect"] not in EFFECTS:
            self.add(
                "effect",
                "unknown_value",
                what="effect",
                got=tool["effect"],
                hint=suggest(tool["effect"], EFFECTS),
            )
        if "handler" in tool:
            self.name("handler", tool["handler"])
            if "extras" in tool:
                self.add("", "not_by_hand", keyword="extras")
        elif "operation" not in tool:
            self.add("", "handler_or_operation")
        if tool.get("hidden") is False:
            self.add("", "only_true", keyword="hidden")
        if "history" in tool:
            for number, line in enumerate(self.strings("history", tool["history"])):
                if not HISTORY.match(line):
                    self.add(f"history[{number}]", "bad_history", got=line)
        if tool.get("additive") is False:
            self.add("", "only_true", keyword="additive")
        elif "additive" in tool and tool.get("effect") != "update":
            self.add("", "additive_effect")
        if "operation" in tool and "request" not in tool:
            self.add("", "missing_keyword", name="request")
        if "operation" not in tool and ("request" in tool or "requests" in tool):
            self.add("", "missing_keyword", name="operation")
        self.each("requests", tool.get("requests", []), self.request)
        for name, about in tool.get("params", {}).items():
            self.name(f"params.{name}", name)
            self.param(f"params.{name}", about)
        self.rules(tool.get("rules", {}))
        for flag, about in tool.get("extras", {}).items():
            self.extra(f"extras.{flag}", about)
        self.result(tool.get("result", {}), "handler" in tool)
        if "examples" in tool and not tool["examples"]:
            self.add("examples", "no_example")
        self.each("examples", tool.get("examples", []), self.example)

    def request(self, place: str, raw: Any) -> None:
        request = self.members(place, raw, REQUEST, REQUEST_NEEDS)
        for keyword, other in (("to", "unless"), ("unless", "to")):
            if keyword in request and other not in raw:
                self.add(place, "missing_keyword", name=other)
        if "to" in request:
            self.target(f"{place}.to", request["to"])
        if "unless" in request:
            self.strings(f"{place}.unless", request["unless"])

    def extra(self, place: str, raw: Any) -> None:
        extra = self.members(place, raw, EXTRA, EXTRA_NEEDS)
        if "as" in extra:
            self.name(f"{place}.as", extra["as"])
        if "fields" in extra:
            self.text(f"{place}.fields", extra["fields"], sentence=False)
        if "more" in extra:
            self.text(f"{place}.more", extra["more"], sentence=True)
        if "keep" in extra:
            if len(extra["keep"]) != 1:
                self.add(f"{place}.keep", "keep_one")
            for name, value in extra["keep"].items():
                self.kind(f"{place}.keep.{name}", value, str)

    def result(self, raw: Any, by_hand: bool) -> None:
        result = self.members("result", raw, RESULT)
        if "fields" in result:
            self.text("result.fields", result["fields"], sentence=False)
        if "more" in result:
            self.text("result.more", result["more"], sentence=True)
        elif "at_most" in result or "sync" in result:
            self.add("result", "missing_keyword", name="more")
        if result.get("sync") is False:
            self.add("result", "only_true", keyword="sync")
        for keyword in ("more", "at_most", "sync"):
            if by_hand and keyword in result:
                self.add("result", "not_by_hand", keyword=keyword)
        if "schema" in result and not by_hand:
            self.add("result", "schema_without_handler")
        elif "schema" in result and result["schema"].get("type") != "object":
            self.add("result.schema", "schema_type")

    def param(self, place: str, raw: Any) -> None:
        param = self.members(place, raw, PARAM, ("type", "to"))
        kind = KINDS.get(param.get("type", ""))
        if "type" in param and kind is None:
            self.add(
                place,
                "unknown_value",
                what="type",
                got=param["type"],
                hint=suggest(param["type"], KINDS),
            )
        if "to" in param:
            self.target(f"{place}.to", param["to"])
        if "instead" in param:
            instead = self.members(f"{place}.instead", param["instead"], INSTEAD, ("with", "to"))
            if "to" in instead:
                self.target(f"{place}.instead.to", instead["to"])
        for keyword in ("required", "nullable"):
            if param.get(keyword) is False:
                self.add(place, "only_true", keyword=keyword)
        for keyword in ("description", "doc"):
            if param.get(keyword):
                self.text(f"{place}.{keyword}", param[keyword], sentence=True)
        if kind is None:
            return
        for keyword in ("default", "values", "min", "max"):
            if keyword in raw and keyword not in kind.keywords:
                self.add(place, "not_for_type", keyword=keyword, type=kind.name)
            elif keyword not in raw and keyword in kind.keywords and keyword != "default":
                self.add(place, "missing_keyword", name=keyword)
        if "nullable" in param and kind.name not in NULLABLE:
            self.add(place, "not_for_type", keyword="nullable", type=kind.name)
        if "required" in param and kind.name == "opt_fields":
            self.add(place, "not_for_type", keyword="required", type=kind.name)
        if "header" in param:
            if not kind.one_string:
                self.add(place, "not_for_type", keyword="header", type=kind.name)
            if not HEADER.match(param["header"]):
                self.add(f"{place}.header", "bad_header", name=param["header"])
        # An empty description says that the name speaks for itself; none at all was forgotten.
        if "description" not in raw and kind.described is None:
            self.add(place, "missing_keyword", name="description")
        self.strings_of(place, param, "values")
        self.strings_of(place, param, "aliases")

    def strings_of(self, place: str, param: dict[str, Any], keyword: str) -> None:
        if keyword in param:
            self.strings(f"{place}.{keyword}", param[keyword])

    def rules(self, raw: Any) -> None:
        rules = self.members("rules", raw, RULES)
        for rule in ("exactly_one_of", "at_most_one_of", "at_least_one_of"):
            for number, group in enumerate(rules.get(rule, [])):
                place = f"rules.{rule}[{number}]"
                if self.kind(place, group, list) and len(self.strings(place, group)) < 2:
                    self.add(place, "group_size")
        for name, others in rules.get("needs", {}).items():
            if self.kind(f"rules.needs.{name}", others, list):
                self.strings(f"rules.needs.{name}", others)

    def example(self, place: str, raw: Any) -> None:
        example = self.members(place, raw, EXAMPLE, ("say", "args"))
        if "say" in example:
            self.text(f"{place}.say", example["say"], sentence=False)
        if "sends" in example:
            self.members(f"{place}.sends", example["sends"], SENDS, ("path",))

    # one prompt

    def prompt(self, raw: Any) -> None:
        if not self.kind("", raw, dict):
            return
        prompt = self.members("", raw, PROMPT, PROMPT_NEEDS)
        self.named(prompt, "")
        names = []
        for number, value in enumerate(prompt.get("arguments", [])):
            place = f"arguments[{number}]"
            argument = self.members(place, value, ARGUMENT, ARGUMENT_NEEDS)
            self.named(argument, f"{place}.")
            if "name" in argument:
                names.append(argument["name"])
            if argument.get("required") is False:
                self.add(place, "only_true", keyword="required")
            if argument.get("completes", COMPLETES[0]) not in COMPLETES:
                got = argument["completes"]
                hint = suggest(got, COMPLETES)
                self.add(place, "unknown_value", what="completes", got=got, hint=hint)
        for name in repeated(names):
            self.add("arguments", "name_twice", name=name)
        if "arguments" in prompt and not prompt["arguments"]:
            self.add("arguments", "empty")
        if "text" in prompt and not prompt["text"]:
            self.add("text", "empty")
        for number, line in enumerate(prompt.get("text", [])):
            place = f"text[{number}]"
            if self.kind(place, line, str) and line:
                self.text(place, line.lstrip(" "), sentence=False)

    def named(self, raw: dict[str, Any], lead: str) -> None:
        if "name" in raw:
            self.name(f"{lead}name", raw["name"])
        if "title" in raw:
            self.text(f"{lead}title", raw["title"], sentence=False)
        if "description" in raw:
            self.text(f"{lead}description", raw["description"], sentence=True)

    # the other files

    def toolsets(self, raw: Any) -> None:
        if not self.kind("", raw, list):
            return
        names = []
        for number, value in enumerate(raw):
            toolset = self.members(f"[{number}]", value, TOOLSET, tuple(TOOLSET))
            if "name" in toolset:
                self.name(f"[{number}].name", toolset["name"])
                names.append(toolset["name"])
            if "title" in toolset:
                self.text(f"[{number}].title", toolset["title"], sentence=False)
            if "description" in toolset:
                self.text(f"[{number}].description", toolset["description"], sentence=True)
            if "tools" in toolset:
                self.strings(f"[{number}].tools", toolset["tools"])
        for name in repeated(names):
            self.add("", "name_twice", name=name)

    def profiles(self, raw: Any) -> None:
        if not self.kind("", raw, list):
            return
        names = []
        for number, value in enumerate(raw):
            profile = self.members(f"[{number}]", value, PROFILE, ("name", "description"))
            if "name" in profile:
                self.name(f"[{number}].name", profile["name"])
                names.append(profile["name"])
            if "description" in profile:
                self.text(f"[{number}].description", profile["description"], sentence=True)
            if "tools" in profile:
                self.strings(f"[{number}].tools", profile["tools"])
        for name in repeated(names):
            self.add("", "name_twice", name=name)

    def sandbox(self, raw: Any) -> None:
        known = {"about": str, "operations": list}
        found = self.members("", raw, known, ("operations",))
        if "operations" in found:
            self.strings("operations", found["operations"])
