"""The digest of Asana's OpenAPI document that every tool is checked against.

`digest(spec, overrides)` keeps of each operation what a request needs to be right: method, path,
parameters, body fields, fields that may be asked for, scopes. What the document's prose knows and
its schemas do not is merged in from schema/asana.overrides.json, so that the lock can be made again
from a newer document at any time.
"""

from __future__ import annotations

import json
from typing import Any, Iterator

PLACES = ("params", "query", "body", "form")
METHODS = ("get", "post", "put", "delete", "patch")
# Members of next_page, which the document lists among the fields of every paged answer.
PAGE_FIELDS = {"offset", "path", "uri"}


class LockError(Exception):
    """The document or the overrides are not what the digest expects."""


def digest(spec: dict[str, Any], overrides: dict[str, Any]) -> dict[str, Any]:
    reader = _Reader(spec)
    field_sets: dict[str, list[str]] = {}
    operations: dict[str, Any] = {}
    for method, path, item, operation in sorted(
        reader.operations(), key=lambda found: found[3]["operationId"]
    ):
        operations[operation["operationId"]] = reader.operation(
            method, path, item, operation, field_sets
        )
    for name, patch in overrides.get("operations", {}).items():
        if name not in operations:
            raise LockError(f"overrides: the document has no operation {name}")
        _merge(operations[name], patch, name)
    for name, fields in overrides.get("field_sets", {}).items():
        if name not in field_sets:
            raise LockError(f"overrides: the document has no fields of {name}")
        field_sets[name] = sorted({*field_sets[name], *fields})
    return {
        "source": {
            "title": spec["info"]["title"],
            "version": spec["info"]["version"],
            "operations": len(operations),
        },
        "operations": dict(sorted(operations.items())),
        "field_sets": dict(sorted(field_sets.items())),
    }


def write(lock: dict[str, Any]) -> str:
    """A parameter, body field or answer field a line, so that a diff reads like a change log."""
    lines = ["{", f'  "source": {_flat(lock["source"])},', '  "operations": {']
    operations = list(lock["operations"].items())
    for number, (name, operation) in enumerate(operations):
        lines.append(f"    {_flat(name)}: {{")
        members = list(operation.items())
        for position, (key, value) in enumerate(members):
            comma = "," if position + 1 < len(members) else ""
            if key in PLACES and value:
                lines.append(f'      "{key}": {{')
                rows = [f"        {_flat(field)}: {_flat(about)}" for field, about in value.items()]
                lines.append(",\n".join(rows))
                lines.append(f"      }}{comma}")
            else:
                lines.append(f'      "{key}": {_flat(value)}{comma}')
        lines.append("    }" + ("," if number + 1 < len(operations) else ""))
    lines += ["  },", '  "field_sets": {']
    sets = list(lock["field_sets"].items())
    for number, (name, fields) in enumerate(sets):
        lines.append(f"    {_flat(name)}: [")
        lines.append(",\n".join(f"      {_flat(field)}" for field in fields))
        lines.append("    ]" + ("," if number + 1 < len(sets) else ""))
    lines += ["  }", "}", ""]
    return "\n".join(lines)


def _flat(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _merge(operation: dict[str, Any], patch: dict[str, Any], name: str) -> None:
    for place, fields in patch.items():
        if place not in PLACES:
            raise LockError(f"overrides: {name}.{place}: expected one of {', '.join(PLACES)}")
        target = dict(operation.get(place) or {})
        for field, about in fields.items():
            target[field] = {**target.get(field, {}), **about}
            for key in [key for key, value in about.items() if value is None]:
                del target[field][key]
        operation[place] = dict(sorted(target.items()))


class _Reader:
    def __init__(self, spec: dict[str, Any]) -> None:
        self.spec = spec

    def operations(self) -> Iterator[tuple[str, str, dict[str, Any], dict[str, Any]]]:
        for path, item in self.spec["paths"].items():
            for method in METHODS:
                if method in item:
                    yield method.upper(), path, item, item[method]

    def resolve(self, value: dict[str, Any]) -> dict[str, Any]:
        seen = 0
        while "$ref" in value:
            target: Any = self.spec
            for step in value["$ref"].removeprefix("#/").split("/"):
                target = target[step]
            value = target
            seen += 1
            if seen > 20:
                raise LockError("a $ref refers to itself")
        return value

    def operation(
        self,
        method: str,
        path: str,
        item: dict[str, Any],
        operation: dict[str, Any],
        field_sets: dict[str, list[str]],
    ) -> dict[str, Any]:
        out: dict[str, Any] = {"method": method, "path": path}
        params: dict[str, Any] = {}
        query: dict[str, Any] = {}
        fields: list[str] | None = None
        for raw in [*item.get("parameters", []), *operation.get("parameters", [])]:
            param = self.resolve(raw)
            if param["name"] == "opt_fields":
                items = param.get("schema", {}).get("items", {})
                named = set(items.get("enum", param.get("example", [])))
                fields = sorted(named - PAGE_FIELDS)
                query["opt_fields"] = {"type": "array"}
                continue
            about = self.value(param.get("schema", {}))
            if param.get("required") and param["in"] == "query":
                about["required"] = True
            if param["in"] == "path":
                params[param["name"]] = about
            elif param["in"] == "query":
                query[param["name"]] = about
        out["params"] = dict(sorted(params.items()))
        out["query"] = dict(sorted(query.items()))
        if "requestBody" in operation:
            out.update(self.body(self.resolve(operation["requestBody"])))
        status, returns = self.answer(operation["responses"])
        out["status"] = status
        out["returns"] = returns
        out["paged"] = "offset" in query and returns.startswith("[")
        out["scopes"] = sorted(
            scope
            for way in operation.get("security", self.spec.get("security", []))
            for scope in way.get("oauth2", [])
        )
        if fields is not None:
            out["fields"] = _field_set(field_sets, returns, operation["operationId"], fields)
        return out

    def body(self, body: dict[str, Any]) -> dict[str, Any]:
        """"body", the members of "data", or "form", the fields of a form; "body" is None when it is
        something else."""
        content = body["content"]
        if "application/json" in content:
            whole = self.resolve(content["application/json"]["schema"])
            return {"body": self.fields(whole.get("properties", {}).get("data", {}))}
        if "multipart/form-data" in content:
            return {"form": self.fields(content["multipart/form-data"]["schema"])}
        return {"body": None}

    def fields(self, schema: dict[str, Any]) -> dict[str, Any]:
        properties, required = self.members(schema)
        out = {}
        for name, one in properties.items():
            about = self.value(one)
            if name in required:
                about["required"] = True
            out[name] = about
        return dict(sorted(out.items()))

    def members(self, schema: dict[str, Any]) -> tuple[dict[str, Any], set[str]]:
        schema = self.resolve(schema)
        properties: dict[str, Any] = {}
        required: set[str] = set(schema.get("required", []))
        for part in [*schema.get("allOf", []), *schema.get("oneOf", [])[:1]]:
            inner, needed = self.members(part)
            properties.update(inner)
            required |= needed
        properties.update(schema.get("properties", {}))
        return properties, required

    def value(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Type, format, items, enum, nullable and read_only; parts of an allOf are read as one."""
        merged: dict[str, Any] = {}
        self._collect(schema, merged)
        about: dict[str, Any] = {"type": merged.get("type", "object")}
        if "format" in merged and merged["format"] in ("date", "date-time", "binary"):
            about["format"] = merged["format"]
        if about["type"] == "array":
            about["items"] = self.value(merged.get("items", {"type": "string"}))["type"]
        elif "enum" in merged:
            about["enum"] = [value for value in merged["enum"] if value is not None]
        for key, name in (("minimum", "min"), ("maximum", "max")):
            if key in merged:
                about[name] = merged[key]
        if merged.get("nullable") or None in merged.get("enum", []):
            about["nullable"] = True
        if merged.get("readOnly"):
            about["read_only"] = True
        return about

    def _collect(self, schema: dict[str, Any], merged: dict[str, Any]) -> None:
        schema = self.resolve(schema)
        for part in [
            *schema.get("allOf", []),
            *schema.get("oneOf", [])[:1],
            *schema.get("anyOf", [])[:1],
        ]:
            self._collect(part, merged)
        merged.update(schema)

    def answer(self, responses: dict[str, Any]) -> tuple[int, str]:
        """Success status, and what "data" is: "Task" or "[Task]"; "" when it holds nothing."""
        status = min(int(code) for code in responses if code.startswith("2"))
        content = (
            self.resolve(responses[str(status)]).get("content", {}).get("application/json", {})
        )
        raw = content.get("schema", {})
        schema = self.resolve(raw)
        data = schema.get("properties", {}).get("data", {})
        if data.get("type") == "array":
            return status, f"[{_title(data.get('items', {}))}]"
        return status, _title(data)


def _title(schema: dict[str, Any]) -> str:
    name = schema.get("$ref", "").rsplit("/", 1)[-1]
    return name.removesuffix("Response").removesuffix("Compact")


def _field_set(
    field_sets: dict[str, list[str]], returns: str, operation: str, fields: list[str]
) -> str:
    """Operations that answer with the same resource share one list of fields."""
    name = returns.strip("[]") or operation
    if field_sets.setdefault(name, fields) == fields:
        return name
    name = f"{name}:{operation}"
    field_sets[name] = fields
    return name
