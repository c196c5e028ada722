"""The file of a new tool, from what the lock says of an operation and words.py of the rest."""

from __future__ import annotations

import re
from typing import Any, Iterator

from . import load, scaffold_cases, words
from .model import Operation

VERBS = """get create update delete add remove duplicate search insert instantiate set approve
    reject""".split()
PARSED = re.compile(rf"({'|'.join(VERBS)})([A-Z]\w*?)(?:(?:For|On)([A-Z]\w*))?\Z")
ADDS_ONCE_MORE = ("create", "duplicate", "instantiate", "projectSave", "trigger")


def tool_name(operation: Operation) -> str:
    """As V1 has them: get_stories_for_task, but create_task_story and add_task_followers."""
    stem = words.split(operation.name)
    found = PARSED.match(operation.name)
    if operation.name in words.NAMES:
        stem = words.NAMES[operation.name]
    elif found and found[3] and found[1] in ("add", "remove", "create"):
        things, of = words.split(found[2]), words.split(found[3])
        stem = f"{found[1]} {things}" if things.startswith(of) else f"{found[1]} {of} {things}"
    return f"asana_{stem.replace(' ', '_')}"


class Writer:
    """One operation's: title, description, arguments, rules, default fields, an example."""

    def __init__(self, source: load.Source, operation: Operation) -> None:
        self.operation = operation
        self.tools = {
            raw["operation"]: raw["name"]
            for raw in source.tools.values()
            if "operation" in raw and not raw.get("hidden")
        }
        found = PARSED.match(operation.name)
        self.verb = found[1] if found else ""
        self.things = words.noun(words.split(found[2])) if found else ""
        self.of = words.noun(words.split(found[3])) if found and found[3] else ""
        if self.verb in ("add", "remove"):
            self.things = self.things.removesuffix(" setting")
        self.thing = words.singular(self.things)
        if found and not self.of and self.verb in ("add", "remove"):
            self.of = words.noun(words.split(words.singular(operation.path.split("/")[1])))

    def tool(self, name: str) -> dict[str, Any]:
        operation = self.operation
        title, description = self.said()
        raw: dict[str, Any] = {
            "$schema": "../../tool.schema.json",
            "name": name,
            "title": title,
            "description": description,
            "effect": self.effect(),
        }
        if raw["effect"] == "update" and self.verb == "add":
            raw["additive"] = True
        raw["operation"] = operation.name
        raw["request"] = f"{operation.method} {operation.path}"
        raw["params"] = dict(self.params())
        rules = self.rules(raw["params"])
        if rules:
            raw["rules"] = rules
        result = self.result()
        if result:
            raw["result"] = result
        raw["examples"] = [{"say": self.say(), "args": self.args(raw)}]
        return raw

    def result(self) -> dict[str, Any]:
        out: dict[str, Any] = {}
        fields = self.fields()
        if fields:
            out["fields"] = ",".join(fields)
        if self.operation.lists and "sync" in self.operation.query:
            out["sync"] = True
            out["more"] = words.MORE_EVENTS
        return out

    def effect(self) -> str:
        if self.operation.name in words.EFFECTS:
            return words.EFFECTS[self.operation.name]
        if self.operation.method != "POST":
            return {"GET": "read", "PUT": "update", "DELETE": "delete"}[self.operation.method]
        sets = self.operation.name == "createGoalMetric"
        once_more = self.operation.name.startswith(ADDS_ONCE_MORE) and not sets
        return "create" if once_more else "update"

    # texts

    def said(self) -> tuple[str, str]:
        if self.operation.name in words.SAID:
            return words.SAID[self.operation.name]
        if not self.verb:
            plain = words.split(self.operation.name).capitalize()
            return plain, f"{plain}."
        return getattr(self, f"said_{self.verb}", self.said_otherwise)()

    def said_get(self) -> tuple[str, str]:
        of = self.a_parent
        if self.operation.lists:
            title = f"List {of}'s {self.things}" if of else f"List {self.things}"
            text = f"List the {self.things} of {of}." if of else f"List {self.things}."
            return title, text + self.filters() + self.neighbour("get", "To read one use")
        title = f"Get {of}'s {self.thing}" if of else f"Get {self.a_thing}"
        text = f"Read the {self.thing} of {of}" if of else f"Read one {self.thing}"
        return title, text + self.shown() + self.neighbour("list", "To find one use")

    def said_create(self) -> tuple[str, str]:
        title = f"Create {self.a_thing}" + (f" for {self.a_parent}" if self.of else "")
        seen = self.neighbour("list", "To see those that are there use")
        return title, f"{title}.{seen or self.neighbour('update', 'To change one use')}"

    def said_update(self) -> tuple[str, str]:
        what = self.a_thing + (f" of {self.a_parent}" if self.of else "")
        return f"Update {what}", f"Change {what}; only what is given changes." + self.cleared()

    def said_delete(self) -> tuple[str, str]:
        text = f"Delete {self.a_thing}; ask the user before."
        return f"Delete {self.a_thing}", text + self.neighbour("update", "To change it use")

    def said_duplicate(self) -> tuple[str, str]:
        text = f"Copy {self.a_thing} under a new name."
        return f"Duplicate {self.a_thing}", f"{text} {words.BACKGROUND}"

    def said_search(self) -> tuple[str, str]:
        text = f"Find {self.things} of {self.a_parent}."
        return f"Search {self.things}", text + self.filters()

    def said_add(self) -> tuple[str, str]:
        title = f"Add {self.some_things} to {self.a_parent}"
        return title, f"{title}; what is there stays."

    def said_remove(self) -> tuple[str, str]:
        title = f"Remove {self.some_things} from {self.a_parent}"
        return title, f"{title}; the rest stays."

    def said_otherwise(self) -> tuple[str, str]:
        inside = f" of {self.a_parent}" if self.of else ""
        title = f"{self.verb.capitalize()} {self.a_thing}{inside}"
        return title, f"{title}."

    @property
    def a_thing(self) -> str:
        return words.a(self.thing)

    @property
    def some_things(self) -> str:
        return self.things if self.things != self.thing else self.a_thing

    @property
    def a_parent(self) -> str:
        return words.a(self.of) if self.of else ""

    def filters(self) -> str:
        plain = [
            name.replace("_", " ").replace(".", " ")
            for name, about in self.operation.query.items()
            if name not in (*words.UNSENT, "limit", "offset", "opt_fields")
            and not about.get("required")
        ]
        return f" Narrow it by {_joined(plain[:5], 'or')}." if plain else ""

    def shown(self) -> str:
        plain = [
            name.removesuffix(".name").replace("_", " ").replace(".", " ")
            for name in self.fields()
            if not name.endswith(("_url", "_at"))
        ]
        return f": {_joined(plain[:6], 'and')}." if plain else "."

    def cleared(self) -> str:
        names = [name for name, raw in self.params() if raw.get("nullable")]
        return f" null clears {_joined(names, 'and')}." if names else ""

    def neighbour(self, what: str, lead: str) -> str:
        """Another tool for the same things, where there is one."""
        folder = self.operation.path.split("/{")[0]
        for operation, name in sorted(self.tools.items()):
            plain = words.split(operation)
            reads = plain.startswith("get")
            same = words.noun(plain.split(" ", 1)[-1].split(" for ")[0])
            if what == "get" and reads and same == self.thing:
                return f" {lead} {name}."
            lists = reads and same != self.thing and words.singular(same) == self.thing
            if what == "list" and lists:
                return f" {lead} {name}."
            if what == plain.split(" ")[0] and same == self.thing and folder:
                return f" {lead} {name}."
        return ""

    def say(self) -> str:
        """What a person would say."""
        if self.operation.name in words.SAID or not self.verb:
            return self.said()[0]
        if self.verb == "get" and self.operation.lists:
            have = f"does this {self.of} have" if self.of else "are there"
            return f"Which {self.things} {have}"
        if self.verb == "get":
            return f"Show me this {self.of or self.thing}" + (f"'s {self.thing}" if self.of else "")
        if self.verb == "create":
            return f"Create {words.a(self.thing)}" + (f" for this {self.of}" if self.of else "")
        return re.sub(r"\ban? ", "this ", self.said()[0])

    # arguments

    def params(self) -> Iterator[tuple[str, dict[str, Any]]]:
        operation = self.operation
        found: list[tuple[str, dict[str, Any]]] = []
        for name in re.findall(r"{(\w+)}", operation.path):
            found.append(self.param("path", name, operation.params[name]))
        for place in ("query", "body", "form"):
            for name, about in operation.takes(place).items():
                paging = name in ("limit", "offset")
                if name == "opt_fields" or (paging and place == "query"):
                    continue
                if name in words.UNSENT and not about.get("required"):
                    continue
                if not about.get("read_only"):
                    found.append(self.param(place, name, about))
        names = [name for name, _ in found]
        first = [one for one in found if one[1].get("required")]
        named = [one for one in found if one[0] == "name" and one not in first]
        yield from first + named + [one for one in found if one not in first + named]
        if operation.paged and "limit" in operation.query:
            about = operation.query["limit"]
            yield "limit", {
                "type": "int",
                "to": "paging:limit",
                "min": about.get("min", 1),
                "max": about.get("max", 100),
                "default": 50,
                "description": "",
            }
        if operation.paged:
            yield "offset", {"type": "offset", "to": "paging:offset"}
        if "opt_fields" in operation.query and "opt_fields" not in names:
            yield "opt_fields", {"type": "opt_fields", "to": "query:opt_fields"}

    def param(
        self, place: str, field_name: str, asana: dict[str, Any]
    ) -> tuple[str, dict[str, Any]]:
        field_name = field_name.removesuffix(".*")
        name = field_name.replace(".", "_")
        kind = self.kind(place, field_name, asana)
        raw: dict[str, Any] = {"type": kind, "to": f"{place}:{field_name}"}
        if place == "path" or asana.get("required"):
            raw["required"] = True
        clears = self.operation.method == "PUT" or raw.get("required")
        if asana.get("nullable") and place == "body" and clears and not kind.startswith("list"):
            raw["nullable"] = True
        if kind == "enum":
            raw["values"] = asana["enum"]
        if kind == "int":
            raw["min"], raw["max"] = asana.get("min", 0), asana.get("max", 1000000)
        by_name = kind not in ("enum", "bool") and place != "path"
        text = words.ABOUT.get(field_name, "") if by_name else ""
        text = text or (words.BY_TYPE.get(kind, "") if place != "path" or kind == "user" else "")
        if text and raw.get("nullable"):
            text = text[:-1] + (", or null." if "," in text else " or null.")
        raw["description"] = text
        return name, raw

    def kind(self, place: str, name: str, asana: dict[str, Any]) -> str:
        shape = asana["type"]
        if shape == "array":
            return self.kind_of_list(place, name, asana)
        if shape == "object" and place == "query":
            return "field_filters"
        if shape != "string":
            return {"boolean": "bool", "integer": "int"}.get(shape, shape)
        if asana.get("enum"):
            return "enum"
        if name == "completed_since":
            return "since"  # Asana takes "now" here
        if "format" in asana:
            return {"date": "date", "date-time": "datetime", "binary": "file"}[asana["format"]]
        said = words.BY_OPERATION.get((self.operation.name, name))
        if said:
            return said
        if name.startswith("html_"):
            of_task = name == "html_notes" and self.thing in ("task", "subtask")
            return "html<task>" if of_task else "html"
        base, _, way = name.partition(".")
        if way in ("any", "not", "all") and (base in words.PEOPLE | words.PEOPLE_LISTS):
            return "csv<user>"
        if way in ("any", "not", "all"):
            return "csv<gid>"
        if name in words.PEOPLE_LISTS:
            return "csv<user>"
        if name in words.PEOPLE:
            return "user"
        if name in words.TEXTS and place == "body":
            return "text"
        return "string" if name in words.WORDS else "gid"

    def kind_of_list(self, place: str, name: str, asana: dict[str, Any]) -> str:
        if asana.get("items") == "object":
            return "list<object>"
        if name in words.PEOPLE_LISTS:
            return "list<user>"
        if name in words.WORD_LISTS:
            return "list<string>"
        return "csv<gid>" if place == "query" else "list<gid>"

    def rules(self, params: dict[str, Any]) -> dict[str, Any]:
        free = {name for name, raw in params.items() if not raw.get("required")}
        out: dict[str, Any] = {}
        if self.operation.method == "PUT":
            body = [name for name in params if params[name]["to"].startswith("body:")]
            if len(body) > 1 and set(body) <= free:
                out["at_least_one_of"] = [body]
        exactly = [list(pair) for pair in words.EXACTLY if set(pair) <= free]
        if exactly:
            out["exactly_one_of"] = exactly
        either = [list(pair) for pair in words.EITHER if set(pair) <= free]
        if either:
            out["at_most_one_of"] = either
        if self.operation.method == "POST":
            needs = {one: [other] for one, other in words.NEEDS if {one, other} <= free}
            if needs:
                out["needs"] = needs
        return out

    def args(self, raw: dict[str, Any]) -> dict[str, Any]:
        """Of the example: what is required, and one thing to change or filter by."""
        params = raw["params"]
        args = {
            name: scaffold_cases.value(self.operation.name, name, about)
            for name, about in params.items()
            if about.get("required")
        }
        optional = [
            name for name, about in params.items() if about["to"].startswith(("body:", "form:"))
        ]
        free = [name for name in optional if not params[name].get("required")]
        choice = [pair[0] for pair in words.EXACTLY if set(pair) <= set(free)]
        for name in choice:
            args[name] = scaffold_cases.value(self.operation.name, name, params[name])
        if self.operation.method in ("POST", "PUT") and not set(args) & set(optional):
            liked = [name for name in optional if name in words.LIKED] or optional
            for name in liked[:1]:
                args[name] = scaffold_cases.value(self.operation.name, name, params[name])
        return args

    def fields(self) -> list[str]:
        known = self.operation.fields or ()
        most = words.LIST_FIELDS if self.operation.lists else words.ONE_FIELDS
        return [name for name in words.FIELDS if name in known][:most]


def _joined(names: list[str], last: str) -> str:
    return f"{', '.join(names[:-1])} {last} {names[-1]}" if len(names) > 1 else "".join(names)
