"""The recipes of schema/clients, as frozen data: how each client is connected to this server.

A text may hold {url} (the address of the transport, ending in /mcp or /sse), {base} (the server's
address), {name} (what the client is to call the server) and {program} (where asana-mcp is).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Iterator, Mapping, Optional

TRANSPORTS = ("http", "sse", "stdio")
TRANSPORT_TITLES = {"http": "Streamable HTTP", "sse": "SSE", "stdio": "stdio"}
AUTHS = ("oauth", "bearer")
REGISTERS = ("dcr", "cimd", "static")
GROUPS = {
    "assistant": "Assistants",
    "editor": "Editors",
    "terminal": "In the terminal",
    "api": "Programming interfaces",
    "platform": "Platforms",
    "bridge": "Bridges and tools",
}
# What a snippet is written in, and how Markdown calls it.
FORMATS = {
    "text": "text",
    "shell": "sh",
    "json": "json",
    "jsonc": "jsonc",
    "toml": "toml",
    "ini": "ini",
    "python": "python",
}
SYSTEMS = {"linux": "Linux", "macos": "macOS", "windows": "Windows"}
HOLES = ("url", "base", "name", "program")
HOLE = re.compile(r"(?<![$\\])\{([a-z]+)\}")

# What stands in for the holes in the documentation.
EXAMPLE = {"base": "https://mcp.example.com", "name": "asana", "program": "asana-mcp"}
PATHS = {"http": "/mcp", "sse": "/sse", "stdio": ""}


@dataclass(frozen=True)
class Snippet:
    title: str
    format: str
    transport: Optional[str]  # None: goes with each that has an address
    bearer: bool  # the caller sends a token of their own
    text: str

    def fits(self, transport: str) -> bool:
        return self.transport == transport or (self.transport is None and transport != "stdio")


@dataclass(frozen=True)
class Settings:
    """A file of the client's that lists servers, and the entry for ours."""

    format: str  # json, jsonc, toml
    files: Mapping[str, str]  # by system; ~ is the home folder
    project: Optional[str]  # relative to a project's folder
    at: tuple[str, ...]  # names of the objects that the entry is in
    entries: Mapping[str, Any]  # by transport
    bearer: Mapping[str, Any]  # by transport: added when the caller sends a token of their own

    def has(self, transport: str, bearer: bool) -> bool:
        return transport in (self.bearer if bearer else self.entries)

    def entry(self, transport: str, bearer: bool) -> Any:
        entry = self.entries[transport]
        return _joined(entry, self.bearer[transport]) if bearer else entry

    def entry_text(self, transport: str, bearer: bool) -> str:
        entry = self.entry(transport, bearer)
        return toml_members(entry) if self.format == "toml" else _json(entry)

    def text(self, transport: str, bearer: bool) -> str:
        """A file with nothing but the entry."""
        entry = self.entry(transport, bearer)
        if self.format == "toml":
            return f"[{'.'.join([*self.at, '{name}'])}]\n{toml_members(entry)}"
        value = {"{name}": entry}
        for name in reversed(self.at):
            value = {name: value}
        return _json(value)


@dataclass(frozen=True)
class Trouble:
    see: str
    do: str


@dataclass(frozen=True)
class Client:
    file: str
    name: str
    title: str
    group: str
    order: int
    about: str
    docs: str
    transports: tuple[str, ...]  # the recommended one first
    auth: tuple[str, ...]
    registers: tuple[str, ...]
    public: bool  # its own computers call the server
    redirects: tuple[str, ...]  # allowed unless an operator narrows it
    other_redirects: tuple[str, ...]  # an operator must allow them
    steps: tuple[str, ...]
    snippets: tuple[Snippet, ...]
    settings: Optional[Settings]
    also: tuple[Snippet, ...]  # for older versions and special cases
    expect: tuple[str, ...]
    forget: tuple[str, ...]  # how a person makes it forget a server
    trouble: tuple[Trouble, ...]

    @property
    def only_bearer(self) -> bool:
        return "oauth" not in self.auth

    def recipes(self, transport: str, bearer: bool) -> Iterator[Snippet]:
        """What to run or to write, the shortest way first."""
        for snippet in self.snippets:
            if snippet.fits(transport) and (snippet.bearer == bearer or self.only_bearer):
                yield snippet
        settings = self.settings
        if settings and settings.has(transport, bearer):
            yield Snippet(
                "Settings", settings.format, transport, bearer, settings.text(transport, bearer)
            )
        yield from (one for one in self.also if one.fits(transport) and one.bearer == bearer)


def client(file: str, raw: dict[str, Any]) -> Client:
    return Client(
        file=file,
        name=raw["name"],
        title=raw["title"],
        group=raw["group"],
        order=raw["order"],
        about=raw["about"],
        docs=raw["docs"],
        transports=tuple(raw["transports"]),
        auth=tuple(raw["auth"]),
        registers=tuple(raw.get("registers", ())),
        public=raw.get("public", False),
        redirects=tuple(raw.get("redirects", ())),
        other_redirects=tuple(raw.get("other_redirects", ())),
        steps=tuple(raw["steps"]),
        snippets=tuple(map(_snippet, raw.get("snippets", ()))),
        settings=_settings(raw["settings"]) if "settings" in raw else None,
        also=tuple(map(_snippet, raw.get("also", ()))),
        expect=tuple(raw.get("expect", ())),
        forget=tuple(raw.get("forget", ())),
        trouble=tuple(Trouble(**one) for one in raw.get("trouble", ())),
    )


def _snippet(raw: dict[str, Any]) -> Snippet:
    bearer = raw.get("auth") == "bearer"
    text = "\n".join(raw["text"])
    return Snippet(raw["title"], raw["format"], raw.get("transport"), bearer, text)


def _settings(raw: dict[str, Any]) -> Settings:
    return Settings(
        format=raw["format"],
        files=raw["files"],
        project=raw.get("project"),
        at=tuple(raw["at"]),
        entries=raw["entries"],
        bearer=raw.get("bearer", {}),
    )


def fill(text: str, transport: str) -> str:
    """The text as the documentation shows it."""
    values = {**EXAMPLE, "url": EXAMPLE["base"] + PATHS[transport]}
    return HOLE.sub(lambda found: values.get(found[1], found[0]), text)


def toml_members(entry: Mapping[str, Any]) -> str:
    return "\n".join(f"{name} = {json.dumps(value)}" for name, value in entry.items())


def without_comments(text: str) -> str:
    """JSON with comments and trailing commas, as plain JSON."""
    string = r'"(?:[^"\\\n]|\\.)*"'
    bare = re.sub(
        rf"({string})|//[^\n]*|/\*.*?\*/", lambda found: found[1] or " ", text, flags=re.DOTALL
    )
    return re.sub(rf"({string})|,(?=\s*[}}\]])", lambda found: found[1] or "", bare)


def _json(value: Any, lead: str = "") -> str:
    """As people write it: objects over several lines, lists on one."""
    if not isinstance(value, dict) or not value:
        return json.dumps(value, ensure_ascii=False)
    inner = lead + "  "
    rows = [
        f"{inner}{json.dumps(name, ensure_ascii=False)}: {_json(member, inner)}"
        for name, member in value.items()
    ]
    return "{\n" + ",\n".join(rows) + f"\n{lead}}}"


def _joined(entry: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """Lists go on; everything else is one or the other's."""
    out = dict(entry)
    for name, value in more.items():
        out[name] = [*out[name], *value] if name in out and isinstance(value, list) else value
    return out
