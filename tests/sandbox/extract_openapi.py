#!/usr/bin/env python3
"""Cuts what the tests of the sandbox need out of Asana's OpenAPI document: the responses of the operations in schema/asana.lock.json
that the sandbox's table (generated/sandbox_ops.c) names, as JSON Schema that refuses unknown members.

    python3 tests/sandbox/extract_openapi.py asana_oas.json > tests/data/asana_responses.json

OpenAPI 3.0's `nullable` becomes a null type; `allOf` is merged into one object, so that "additionalProperties": false can be said;
descriptions and examples are left out."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]

# Members that Asana's prose describes and its document does not list.
EXTRA_MEMBERS = {"GoalMetricBase": {"can_manage": {"type": "boolean"}}}


class Extract:
    def __init__(self, document: dict[str, Any]):
        self.document = document
        self.schemas = document["components"]["schemas"]
        self.out: dict[str, Any] = {}

    def resolve(self, schema: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in schema:
            place: Any = self.document
            for part in schema["$ref"].lstrip("#/").split("/"):
                place = place[part]
            schema = place
        return schema

    def members(self, schema: dict[str, Any]) -> dict[str, Any]:
        schema = self.resolve(schema)
        found: dict[str, Any] = {}
        for part in schema.get("allOf", []):
            found.update(self.members(part))
        found.update(schema.get("properties", {}))
        return found

    def nullable(self, schema: dict[str, Any]) -> bool:
        if schema.get("nullable"):
            return True
        return any("$ref" not in part and self.nullable(part) for part in schema.get("allOf", []))

    def named(self, schema: dict[str, Any]) -> str:
        """The component that a schema is, or that it extends by nothing but being nullable or read-only; or ""."""
        if "$ref" in schema:
            return str(schema["$ref"].rsplit("/", 1)[-1])
        parts = schema.get("allOf", [])
        references = [part for part in parts if "$ref" in part]
        if len(references) == 1 and not any(self.members(part) for part in parts if "$ref" not in part) and not schema.get("properties"):
            return self.named(references[0])
        return ""

    def convert(self, schema: dict[str, Any]) -> dict[str, Any]:
        name = self.named(schema)
        if name:
            self.component(name)
            whole: dict[str, Any] = {"$ref": f"#/schemas/{name}"}
            nullable = self.nullable(schema) or self.nullable(self.schemas[name])
            return {"anyOf": [whole, {"type": "null"}]} if nullable else whole
        return self.plain(schema)

    def component(self, name: str) -> None:
        if name in self.out:
            return
        self.out[name] = {}
        self.out[name] = self.plain(self.schemas[name], EXTRA_MEMBERS.get(name, {}))

    def plain(self, schema: dict[str, Any], extra: dict[str, Any] = {}) -> dict[str, Any]:
        schema = self.resolve(schema)
        members = self.members(schema)
        if members:
            result: dict[str, Any] = {
                "type": "object",
                "properties": {key: self.convert(value) for key, value in sorted({**members, **extra}.items())},
                "additionalProperties": False,
            }
        elif schema.get("type") == "array":
            result = {"type": "array", "items": self.convert(schema["items"])}
        else:
            result = {key: schema[key] for key in ("type", "enum", "format") if key in schema}
        if self.nullable(schema) and "type" in result:
            result["type"] = [result["type"], "null"]
            if "enum" in result:
                result["enum"] = [value for value in result["enum"] if value is not None] + [None]
        return result

    def operation(self, path: str, method: str, operation: dict[str, Any], shared: list[dict[str, Any]]) -> dict[str, Any]:
        status, response = next((code, body) for code, body in operation["responses"].items() if code.startswith("2"))
        schema = self.resolve(response)["content"]["application/json"]["schema"]
        data = self.members(schema)["data"]
        fields: list[str] = []
        for parameter in map(self.resolve, [*shared, *operation.get("parameters", [])]):
            if parameter["name"] == "opt_fields":
                fields = parameter["schema"]["items"]["enum"]
        return {
            "method": method.upper(),
            "path": path,
            "status": int(status),
            "data": self.convert(data),
            "opt_fields": [name for name in fields if name not in ("offset", "path", "uri")],
        }

    def run(self, wanted: set[str]) -> dict[str, Any]:
        operations = {}
        for path, methods in self.document["paths"].items():
            shared = methods.get("parameters", [])
            for method, operation in methods.items():
                if isinstance(operation, dict) and operation.get("operationId") in wanted:
                    operations[operation["operationId"]] = self.operation(path, method, operation, shared)
        # Lists ask for more with opt_fields than their compact schema names: keep the full form of each beside it.
        for name in list(self.out):
            full = re.sub(r"Compact$", "Response", name)
            if full in self.schemas:
                self.component(full)
        return {"operations": dict(sorted(operations.items())), "schemas": dict(sorted(self.out.items()))}


def main() -> int:
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    document = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    table = (ROOT / "generated" / "sandbox_ops.c").read_text(encoding="utf-8")
    wanted = set(re.findall(r'^    \{ "(\w+)", "(?:GET|POST|PUT|DELETE)"', table, re.M))
    json.dump(Extract(document).run(wanted), sys.stdout, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
