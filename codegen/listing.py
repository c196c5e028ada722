"""How a tool appears in a listing: its JSON Schemas and annotations."""

from __future__ import annotations

import json
from typing import Any

from .model import Param, Tool

TRUNCATED = {
    "type": "object",
    "properties": {
        "returned": {"type": "integer"},
        "reason": {"type": "string"},
        "next": {"type": "string"},
    },
}


def input_schema(tool: Tool) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {param.name: _property(param) for param in tool.params},
    }
    required = [param.name for param in tool.params if param.required]
    if required:
        schema["required"] = required
    schema["additionalProperties"] = False
    return schema


def modern_schema(tool: Tool) -> dict[str, Any]:
    """The input schema for revision 2026-07-28: it says which arguments are headers, too."""
    schema = input_schema(tool)
    for param in tool.headers:
        schema["properties"][param.name]["x-mcp-header"] = param.header
    return schema


def _property(param: Param) -> dict[str, Any]:
    form = dict(param.kind.listed)
    if param.values:
        form["enum"] = list(param.values)
    if param.min is not None:
        form["minimum"] = param.min
    if param.max is not None:
        form["maximum"] = param.max
    if param.default is not None:
        form["default"] = param.default
    if param.description:
        form["description"] = param.description
    return form


def output_schema(tool: Tool) -> dict[str, Any]:
    """Complete answers and cut ones. next_page may be null and unions are out: its type is open."""
    if tool.schema is not None:
        return tool.schema
    data: dict[str, Any] = {"type": "object"}
    if tool.extras:
        members = {"type": "array", "items": {"type": "object"}}
        data["properties"] = {extra.member: members for extra in tool.extras}
    properties: dict[str, Any] = {"data": data}
    if tool.requests and tool.operation.lists:
        properties["data"] = {"type": "array", "items": data}
        properties["next_page"] = {}
    if tool.sync:
        properties.update(sync={"type": "string"}, has_more={"type": "boolean"})
    properties["truncated"] = TRUNCATED
    return {"type": "object", "properties": properties, "required": ["data"]}


def annotations(tool: Tool) -> dict[str, Any]:
    return {
        "title": tool.title,
        "readOnlyHint": tool.effect == "read",
        "destructiveHint": tool.destructive,
        "idempotentHint": tool.idempotent,
        "openWorldHint": True,
    }


def entry(tool: Tool) -> dict[str, Any]:
    return {
        "name": tool.name,
        "title": tool.title,
        "description": tool.description,
        "inputSchema": input_schema(tool),
        "outputSchema": output_schema(tool),
        "annotations": annotations(tool),
    }


def snapshot(tool: Tool) -> dict[str, Any]:
    """What users of a tool rely on: the listing, what the modern revision's input schema has beside
    (RFC 7386), the default fields; and which of its changes have been told."""
    out = entry(tool)
    if tool.headers:
        headers = {param.name: {"x-mcp-header": param.header} for param in tool.headers}
        out["modernInputSchema"] = {"properties": headers}
    if tool.fields:
        out["fields"] = tool.fields
    if tool.history:
        out["history"] = list(tool.history)
    return out


def compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def size(tool: Tool) -> int:
    """Bytes of name, description and input schema: what every conversation pays for."""
    kept = {key: entry(tool)[key] for key in ("name", "description", "inputSchema")}
    return len(compact(kept).encode())
