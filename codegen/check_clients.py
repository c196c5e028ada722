"""Is a client's recipe right? Its keywords, its texts, and that each snippet can be pasted."""

from __future__ import annotations

import ast
import json
import re
import shlex
from typing import Any, Optional

from . import clients, redirects
from .clients import AUTHS, FORMATS, GROUPS, HOLE, HOLES, REGISTERS, SYSTEMS, TRANSPORTS, Client
from .names import suggest
from .problems import Report
from .shape import Shape

CLIENT = {
    "$schema": str,
    "name": str,
    "title": str,
    "group": str,
    "order": int,
    "about": str,
    "docs": str,
    "transports": list,
    "auth": list,
    "registers": list,
    "public": bool,
    "redirects": list,
    "other_redirects": list,
    "steps": list,
    "snippets": list,
    "settings": dict,
    "also": list,
    "expect": list,
    "forget": list,
    "trouble": list,
}
CLIENT_NEEDS = ("name", "title", "group", "order", "about", "docs", "transports", "auth", "steps")
SNIPPET = {"title": str, "format": str, "transport": str, "auth": str, "text": list}
SNIPPET_NEEDS = ("title", "format", "text")
SETTINGS = {
    "format": str,
    "files": dict,
    "project": str,
    "at": list,
    "entries": dict,
    "bearer": dict,
}
SETTINGS_NEEDS = ("format", "files", "at", "entries")
SETTINGS_FORMATS = ("json", "jsonc", "toml")
TROUBLE = {"see": str, "do": str}

NAME = re.compile(r"[a-z]+(-[a-z0-9]+)*\Z")
URI = re.compile(r"[a-z][a-z0-9.+-]*://[^\s/]+/[^\s]*\Z")
# A name of a variable stands where a token goes: $NAME, ${NAME}, ${env:NAME}, {env:NAME}.
TOKEN = re.compile(r"(?:Bearer |authorization(?:_token)?\"?: ?\"?)(?P<what>[^\s\"']+)")


def check_clients(report: Report, files: dict[str, Any]) -> tuple[Client, ...]:
    """In the order in which they are shown; only those without mistakes."""
    found = []
    for file, raw in files.items():
        shape = Shape(report, file)
        if shape.kind("", raw, dict):
            _client(shape, raw)
        if report.in_file(file):
            continue
        one = clients.client(file, raw)
        _texts(report, one)
        found.append(one)
    owner: dict[int, Client] = {}
    for one in found:
        first = owner.setdefault(one.order, one)
        if first is not one:
            report.add(one.file, "order", "client_order", order=one.order, other=first.file)
    return tuple(sorted(found, key=lambda one: one.order))


def _client(shape: Shape, raw: dict[str, Any]) -> None:
    fine = shape.members("", raw, CLIENT, CLIENT_NEEDS)
    name = fine.get("name")
    if name is not None:
        if not NAME.match(name):
            shape.add("name", "client_name", name=name)
        elif shape.file.split("/")[-1] != f"{name.replace('-', '_')}.json":
            shape.add("name", "file_name", name=name.replace("-", "_"))
    for keyword, sentence in (("title", False), ("about", True), ("docs", False)):
        if keyword in fine:
            shape.text(keyword, fine[keyword], sentence)
    if "docs" in fine and not fine["docs"].startswith("https://"):
        shape.add("docs", "client_uri", got=fine["docs"])
    if "group" in fine:
        _one_of(shape, "group", fine["group"], GROUPS, "group")
    for keyword, known in (("transports", TRANSPORTS), ("auth", AUTHS), ("registers", REGISTERS)):
        if keyword in fine:
            for number, value in enumerate(shape.strings(keyword, fine[keyword])):
                _one_of(shape, f"{keyword}[{number}]", value, known, keyword.rstrip("s"))
    for keyword in ("redirects", "other_redirects"):
        if keyword in fine:
            for number, uri in enumerate(shape.strings(keyword, fine[keyword])):
                if not URI.match(uri):
                    shape.add(f"{keyword}[{number}]", "client_uri", got=uri)
                elif keyword == "redirects" and redirects.pattern(uri) is None:
                    shape.add(f"{keyword}[{number}]", "client_redirect", got=uri)
    for keyword in ("steps", "expect", "forget"):
        if keyword in fine:
            for number, text in enumerate(shape.strings(keyword, fine[keyword])):
                shape.text(f"{keyword}[{number}]", text, sentence=True)
    if fine.get("public") is False:
        shape.add("", "only_true", keyword="public")
    for keyword in ("snippets", "also"):
        shape.each(keyword, fine.get(keyword, []), lambda at, one: _snippet(shape, at, one))
    if "settings" in fine:
        _settings(shape, fine["settings"])
    shape.each("trouble", fine.get("trouble", []), lambda at, one: _trouble(shape, at, one))


def _one_of(shape: Shape, place: str, got: str, known: Any, what: str) -> None:
    if got not in known:
        shape.add(place, "unknown_value", what=what, got=got, hint=suggest(got, known))


def _trouble(shape: Shape, place: str, raw: Any) -> None:
    fine = shape.members(place, raw, TROUBLE, tuple(TROUBLE))
    for keyword, text in fine.items():
        shape.text(f"{place}.{keyword}", text, sentence=keyword == "do")


def _snippet(shape: Shape, place: str, raw: Any) -> None:
    fine = shape.members(place, raw, SNIPPET, SNIPPET_NEEDS)
    if "title" in fine:
        shape.text(f"{place}.title", fine["title"], sentence=False)
    if "format" in fine:
        _one_of(shape, f"{place}.format", fine["format"], FORMATS, "format")
    if "transport" in fine:
        _one_of(shape, f"{place}.transport", fine["transport"], TRANSPORTS, "transport")
    if "auth" in fine:
        _one_of(shape, f"{place}.auth", fine["auth"], ("bearer",), "auth")
    if "text" in fine:
        if not fine["text"]:
            shape.add(f"{place}.text", "empty")
        for number, line in enumerate(fine["text"]):
            shape.kind(f"{place}.text[{number}]", line, str)


def _settings(shape: Shape, raw: Any) -> None:
    fine = shape.members("settings", raw, SETTINGS, SETTINGS_NEEDS)
    if "format" in fine:
        _one_of(shape, "settings.format", fine["format"], SETTINGS_FORMATS, "format")
    for system, path in fine.get("files", {}).items():
        _one_of(shape, f"settings.files.{system}", system, SYSTEMS, "system")
        shape.kind(f"settings.files.{system}", path, str)
    if not fine.get("files", True) and "project" not in fine:
        shape.add("settings.files", "client_nowhere")
    if "at" in fine:
        shape.strings("settings.at", fine["at"])
    for keyword, known in (("entries", TRANSPORTS), ("bearer", fine.get("entries", {}))):
        for transport, entry in fine.get(keyword, {}).items():
            _one_of(shape, f"settings.{keyword}.{transport}", transport, known, "transport")
            shape.kind(f"settings.{keyword}.{transport}", entry, dict)


# what the texts say


def _texts(report: Report, one: Client) -> None:
    for keyword in ("snippets", "also"):
        for number, snippet in enumerate(getattr(one, keyword)):
            _text(report, one, f"{keyword}[{number}].text", snippet)
    for transport in one.transports:
        for bearer in (False, True):
            told = list(one.recipes(transport, bearer))
            if not told and not bearer:
                report.add(one.file, "transports", "client_untold", transport=transport)
            for snippet in told:
                if snippet not in (*one.snippets, *one.also):
                    _text(report, one, f"settings.entries.{transport}", snippet)
    named = {transport for snippet in one.snippets for transport in [snippet.transport]}
    for transport in sorted({*named, *(one.settings.entries if one.settings else ())} - {None}):
        if transport not in one.transports:
            report.add(one.file, "transports", "client_unlisted", transport=transport)
    told_bearer = one.only_bearer or any(
        snippet.bearer for at in one.transports for snippet in one.recipes(at, True)
    )
    if "bearer" in one.auth and not told_bearer and not one.public:
        report.add(one.file, "auth", "client_bearer")


def _text(report: Report, one: Client, place: str, snippet: clients.Snippet) -> None:
    for found in HOLE.finditer(snippet.text):
        if found[1] not in HOLES:
            hint = suggest(found[1], HOLES)
            report.add(one.file, place, "client_hole", name=found[1], hint=hint)
    wanted = ("program",) if snippet.transport == "stdio" else ("url", "base")
    if not any(f"{{{name}}}" in snippet.text for name in wanted):
        report.add(one.file, place, "client_address", name=wanted[0])
    for found in TOKEN.finditer(snippet.text):
        if not re.match(r"[$'{\\]|os\.", found["what"]):
            report.add(one.file, place, "client_secret", got=found["what"])
    reason = unreadable(snippet.format, clients.fill(snippet.text, snippet.transport or "http"))
    if reason:
        report.add(one.file, place, "client_snippet", format=snippet.format, reason=reason)


def unreadable(format_: str, text: str) -> Optional[str]:
    """Why the text is not of this format, if it is not."""
    try:
        if format_ == "json":
            json.loads(text)
        elif format_ == "jsonc":
            json.loads(clients.without_comments(text))
        elif format_ == "python":
            ast.parse(text)
        elif format_ == "shell":
            shlex.split(text.replace("\\\n", " "))
        elif format_ in ("toml", "ini"):
            return _lines(format_, text)
    except json.JSONDecodeError as wrong:
        return f"line {wrong.lineno}, {wrong.msg.lower()}"
    except SyntaxError as wrong:
        return f"line {wrong.lineno}, {str(wrong.msg).lower()}"
    except ValueError as wrong:
        return str(wrong).lower()
    return None


HEADER = re.compile(r"\[[A-Za-z0-9_.\" -]+\]\Z")
PAIR = re.compile(r"(?P<name>[A-Za-z0-9_-]+) = (?P<value>.+)\Z")


def _lines(format_: str, text: str) -> Optional[str]:
    """The part of TOML and INI that recipes need: tables, and values that are written as in JSON."""
    for number, line in enumerate(text.split("\n"), 1):
        if not line or line.startswith("#") or HEADER.match(line):
            continue
        pair = PAIR.match(line)
        if not pair:
            return f'line {number}, expected [table] or name = value, got "{line}"'
        if format_ == "toml":
            try:
                value = json.loads(pair["value"])
            except ValueError:
                return f"line {number}, the value is not written as in JSON"
            if value is None or isinstance(value, dict):
                return f"line {number}, expected a text, a number, true, false or a list"
    return None
