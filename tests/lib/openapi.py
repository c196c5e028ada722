"""A stand-in for Asana that knows every operation of Asana's document, by its digest schema/asana.lock.json.

It refuses what Asana would not understand (another path, an unknown query parameter, a field that is none or of
another type, something required that is missing) and answers the rest with the least that is valid."""

from __future__ import annotations

import datetime
import json
import re
from pathlib import Path
from typing import Any, Iterator, Optional

from lib.asana import Reply, Request

GID = "1205000000000001"
# Objects and lists of objects go into a body as JSON; what is in them the digest does not say.
TYPES = {"string": str, "boolean": bool, "integer": int, "number": (int, float), "array": list, "object": dict}


class OpenApi:
    """A script for lib.asana.FakeAsana; `seen` names the operations that were asked, in order."""

    def __init__(self, lock: Path):
        self.operations: dict[str, dict[str, Any]] = json.loads(lock.read_text(encoding="utf-8"))["operations"]
        self.seen: list[str] = []

    def __call__(self, request: Request) -> Reply:
        name = self.find(request)
        if name is None:
            return refusal(404, [f"No matching route for {request.method} {request.path}"])
        self.seen.append(name)
        complaints = list(self.complaints(self.operations[name], request))
        if complaints:
            return refusal(400, complaints)
        operation = self.operations[name]
        return Reply(status=operation["status"], body=answer(operation))

    def find(self, request: Request) -> Optional[str]:
        """Of two paths that fit, the one with fewer names in braces."""
        found = [
            name
            for name, operation in self.operations.items()
            if operation["method"] == request.method
            and re.fullmatch(re.sub(r"{\w+}", "[^/]+", operation["path"]), request.path)
        ]
        return min(found, key=lambda name: self.operations[name]["path"].count("{"), default=None)

    def complaints(self, operation: dict[str, Any], request: Request) -> Iterator[str]:
        known = operation["query"]
        given = dict(request.query)
        if len(given) != len(request.query):
            yield "a query parameter is given twice"
        for name, value in given.items():
            wild = f"{name.split('.')[0]}.*"
            if name not in known and wild not in known:
                yield f"{name}: unknown query parameter"
            elif name in known and not fits_text(known[name], value):
                yield f"{name}: {value!r} is not {known[name]}"
        yield from (f"{name}: missing" for name, about in known.items() if about.get("required") and name not in given)
        if "offset" in known and operation["method"] == "GET" and "limit" not in given:
            yield "limit: a list in pages is asked for without one"
        if request.method in ("GET", "DELETE"):
            if request.body:
                yield "a body, which is not read"
            return
        if "form" in operation:
            yield from self.complaints_of_form(operation["form"], request)
            return
        body = request.json()
        if not isinstance(body, dict) or set(body) != {"data"} or not isinstance(body["data"], dict):
            yield 'the body must be {"data": {…}}'
            return
        fields = operation.get("body") or {}
        for name, value in body["data"].items():
            if name not in fields:
                yield f"{name}: unknown field"
            elif fields[name].get("read_only"):
                yield f"{name}: cannot be written"
            elif not fits_json(fields[name], value):
                yield f"{name}: {value!r} is not {fields[name]}"
        missing = [name for name, about in fields.items() if about.get("required") and name not in body["data"]]
        yield from (f"{name}: missing" for name in missing)


    def complaints_of_form(self, fields: dict[str, Any], request: Request) -> Iterator[str]:
        form = request.form()
        if form is None:
            yield "the body must be multipart/form-data"
            return
        for name, value in form.items():
            if name not in fields:
                yield f"{name}: unknown part"
            elif (fields[name].get("format") == "binary") != isinstance(value, dict):
                yield f"{name}: a file where none is expected, or none where one is"
            elif not isinstance(value, dict) and not fits_text(fields[name], value):
                yield f"{name}: {value!r} is not {fields[name]}"
        yield from (f"{name}: missing" for name, about in fields.items() if about.get("required") and name not in form)


def refusal(status: int, complaints: list[str]) -> Reply:
    return Reply(status=status, body={"errors": [{"message": complaint} for complaint in complaints]})


def fits_text(about: dict[str, Any], value: str) -> bool:
    """A query parameter: its text."""
    if about["type"] == "integer":
        return value.isdigit() and about.get("min", 0) <= int(value) <= about.get("max", int(value))
    if about["type"] == "boolean":
        return value in ("true", "false")
    return bool(value) and fits_string(about, value)


def fits_json(about: dict[str, Any], value: Any) -> bool:
    if value is None:
        return bool(about.get("nullable"))
    if about["type"] != "boolean" and isinstance(value, bool):
        return False
    if not isinstance(value, TYPES[about["type"]]):
        return False
    if about["type"] == "array":
        return all(isinstance(item, TYPES[about.get("items", "string")]) for item in value)
    return about["type"] != "string" or fits_string(about, value)


def fits_string(about: dict[str, Any], value: str) -> bool:
    if "enum" in about and value not in about["enum"]:
        return False
    try:
        if about.get("format") == "date":
            datetime.date.fromisoformat(value)
        elif about.get("format") == "date-time":
            datetime.datetime.fromisoformat(value.replace("Z", "+00:00"))
    except ValueError:
        return False
    return True


def answer(operation: dict[str, Any]) -> dict[str, Any]:
    returns = operation["returns"].strip("[]")
    if returns in ("", "Empty"):
        return {"data": {}}
    record = {"gid": GID, "resource_type": re.sub(r"(?<=[a-z])(?=[A-Z])", "_", returns).lower()}
    if operation["returns"].startswith("["):
        return {"data": [record], "next_page": None} if operation["paged"] else {"data": [record]}
    return {"data": record}
