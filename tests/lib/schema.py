"""Validates the server's messages with the JSON Schema of the protocol revision that was negotiated."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any, Optional

import jsonschema

REVISIONS = ("2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25")
LATEST = REVISIONS[-1]
MODERN = "2026-07-28"

FOLDER = Path(__file__).resolve().parents[1] / "data" / "mcp-schema"

# What answers which method.
RESULT_OF = {
    "initialize": "InitializeResult",
    "ping": "EmptyResult",
    "tools/list": "ListToolsResult",
    "tools/call": "CallToolResult",
    "resources/list": "ListResourcesResult",
    "resources/templates/list": "ListResourceTemplatesResult",
    "resources/read": "ReadResourceResult",
    "prompts/list": "ListPromptsResult",
    "prompts/get": "GetPromptResult",
    "completion/complete": "CompleteResult",
    "resources/subscribe": "EmptyResult",
    "resources/unsubscribe": "EmptyResult",
    "logging/setLevel": "EmptyResult",
    "server/discover": "DiscoverResult",
    "subscriptions/listen": "SubscriptionsListenResult",
}


@functools.lru_cache(maxsize=None)
def _document(revision: str) -> dict[str, Any]:
    return json.loads((FOLDER / f"{revision}.json").read_text(encoding="utf-8"))


@functools.lru_cache(maxsize=None)
def _validator(revision: str, name: str) -> Any:
    document = _document(revision)
    place = "definitions" if "definitions" in document else "$defs"
    if name not in document[place]:
        raise KeyError(f"{revision} knows no {name}")
    schema = {"$schema": document["$schema"], "$ref": f"#/{place}/{name}", place: document[place]}
    return jsonschema.validators.validator_for(schema)(schema)


def _check(revision: str, name: str, value: Any) -> None:
    errors = sorted(_validator(revision, name).iter_errors(value), key=str)
    if errors:
        where = "/".join(str(part) for part in errors[0].absolute_path)
        raise AssertionError(f"not a {name} of {revision} at /{where}: {errors[0].message[:500]}")


def check_answer(message: Any, *, revision: str = LATEST, method: Optional[str] = None) -> None:
    """Fails unless the message is a JSON-RPC answer of that revision, and its result one to that method."""
    if not isinstance(message, dict):
        raise AssertionError(f"not a JSON-RPC answer: {message!r}")
    envelope = dict(message)
    # The schemas know only strings and integers. An answer to what could not be read has null, and
    # any other number comes back as it was given.
    if not isinstance(envelope.get("id", 0), (str, int)):
        envelope["id"] = 0
    latest = revision in (LATEST, MODERN)
    if "error" in message:
        _check(revision, "JSONRPCErrorResponse" if latest else "JSONRPCError", envelope)
        if set(message) - {"jsonrpc", "id", "error"}:
            raise AssertionError(f"an error answer with other members: {sorted(message)}")
        return
    _check(revision, "JSONRPCResultResponse" if latest else "JSONRPCResponse", envelope)
    if set(message) - {"jsonrpc", "id", "result"}:
        raise AssertionError(f"a result with other members: {sorted(message)}")
    if revision == MODERN and message["result"].get("resultType") == "input_required":
        _check(revision, "InputRequiredResult", message["result"])
    elif method in RESULT_OF:
        _check(revision, RESULT_OF[method], message["result"])


def check_message(message: Any, *, revision: str = LATEST) -> None:
    """Fails unless the message is a notification or request that a server of that revision may send."""
    if "id" in message:
        _check(revision, "JSONRPCRequest", message)
        _check(revision, "ServerRequest", message)
        return
    _check(revision, "JSONRPCNotification", message)
    _check(revision, "ServerNotification", message)


def check_json(schema: Any, value: Any, what: str) -> None:
    """Fails unless value conforms to a tool's own schema (2020-12 where it does not say)."""
    kind = jsonschema.validators.validator_for(schema, default=jsonschema.Draft202012Validator)
    kind.check_schema(schema)
    errors = sorted(kind(schema).iter_errors(value), key=str)
    if errors:
        where = "/".join(str(part) for part in errors[0].absolute_path)
        raise AssertionError(f"{what}: does not conform at /{where}: {errors[0].message[:500]}")
