"""What becomes of the client recipes: clients.c, docs/CLIENTS.md and docs/clients/<name>.md."""

from __future__ import annotations

from typing import Collection, Iterator

from .clients import (
    EXAMPLE,
    FORMATS,
    GROUPS,
    PATHS,
    SYSTEMS,
    TRANSPORT_TITLES,
    TRANSPORTS,
    Client,
    Settings,
    Snippet,
    fill,
)
from .layout import initializer
from .markdown import EDITED, prose
from .model import Model
from .names import NOTICE, block, c_name, c_string, c_text

REGISTERS = {
    "dcr": "registers itself (dynamic client registration)",
    "cimd": "names a document that describes it (client id metadata document)",
    "static": "is a `[client NAME]` section of the server's settings file",
}


def emit(model: Model) -> dict[str, str]:
    if not model.clients:
        return {}
    files = {"clients.c": source(model.clients), "docs/CLIENTS.md": index_md(model)}
    for one in model.clients:
        files[f"docs/clients/{one.name}.md"] = client_md(one)
    return files


# C


def source(clients: tuple[Client, ...]) -> str:
    head = block(
        """
        /* $notice */
        #include "web/clients.h"

        #include <stddef.h>
        """,
        notice=NOTICE,
    )
    rows = "".join(_row(one) for one in clients)
    registry = f"const struct client client_registry[] = {{\n{rows}    {{ 0 }},\n}};\n"
    return "\n".join([head, *(_parts(one) for one in clients), registry])


def _c(one: Client) -> str:
    return c_name(one.name.replace("-", "_"))


def _parts(one: Client) -> str:
    stem = _c(one)
    out = [f"static const char *const {stem}_steps[] = {{\n"]
    out += [f"{c_text([step], 1)},\n" for step in one.steps]
    out.append("    NULL,\n};\n")
    if one.snippets:
        rows = "".join(map(_snippet, one.snippets))
        head = f"static const struct client_snippet {stem}_snippets[]"
        out.append(f"\n{head} = {{\n{rows}    {{ 0 }},\n}};\n")
    if one.settings:
        out.append(f"\n{_settings(stem, one.settings)}")
    return "".join(out)


def _bits(transports: Collection[str]) -> str:
    return " | ".join(f"1 << CLIENT_{name.upper()}" for name in TRANSPORTS if name in transports)


def _snippet(one: Snippet) -> str:
    fits = [name for name in TRANSPORTS if one.fits(name)]
    return _members(
        ("title", c_string(one.title)),
        ("format", f"CLIENT_{one.format.upper()}"),
        ("transports", _bits(fits)),
        ("bearer", "true" if one.bearer else ""),
        ("text", _text(one.text, 3)),
    )


def _text(text: str, indent: int) -> str:
    pieces = [f"{line}\n" for line in text.split("\n")]
    pieces[-1] = pieces[-1].removesuffix("\n")
    return "\n" + c_text(pieces, indent)


def _settings(stem: str, settings: Settings) -> str:
    at = ", ".join(map(c_string, settings.at))
    rows = [f"    .format = CLIENT_{settings.format.upper()},\n"]
    for system in ("linux", "macos"):
        if system in settings.files:
            rows.append(f"    .{system}_file = {c_string(settings.files[system])},\n")
    if settings.project:
        rows.append(f"    .project_file = {c_string(settings.project)},\n")
    rows.append(f"    .at = {stem}_at,\n")
    for member, bearer in (("entries", False), ("bearer_entries", True)):
        for transport in TRANSPORTS:
            if not settings.has(transport, bearer):
                continue
            text = _text(settings.entry_text(transport, bearer), 2)
            name = f"{member}[CLIENT_{transport.upper()}]"
            rows.append(f"    {initializer(name, text)}\n")
    return (
        f"static const char *const {stem}_at[] = {{ {at}, NULL }};\n\n"
        f"static const struct client_settings {stem}_settings = {{\n{''.join(rows)}}};\n"
    )


def _row(one: Client) -> str:
    stem = _c(one)
    return _members(
        ("name", c_string(one.name)),
        ("title", c_string(one.title)),
        ("group", c_string(GROUPS[one.group])),
        ("about", "\n" + c_text([one.about], 3)),
        ("docs", "\n" + c_text([one.docs], 3)),
        ("best", f"CLIENT_{one.transports[0].upper()}"),
        ("transports", _bits(one.transports)),
        ("signs_in", "true" if "oauth" in one.auth else ""),
        ("sends_bearer", "true" if "bearer" in one.auth else ""),
        ("from_outside", "true" if one.public else ""),
        ("steps", f"{stem}_steps"),
        ("snippets", f"{stem}_snippets" if one.snippets else ""),
        ("settings", f"&{stem}_settings" if one.settings else ""),
    )


def _members(*members: tuple[str, str]) -> str:
    rows = [initializer(name, value, 2) for name, value in members if value]
    return "    {\n" + "".join(f"        {row}\n" for row in rows) + "    },\n"


# documentation


def table(clients: tuple[Client, ...], folder: str) -> Iterator[str]:
    """One line a client; folder: where the pages are, seen from the table."""
    yield "| Client | Speaks | Signs in | In short |"
    yield "| --- | --- | --- | --- |"
    for one in clients:
        link = f"[{one.title}]({folder}/{one.name}.md)"
        speaks = ", ".join(TRANSPORT_TITLES[name] for name in one.transports)
        signs = "in the browser" if "oauth" in one.auth else "your program does"
        yield f"| {link} | {speaks} | {signs} | {_short(one)} |"


def _short(one: Client) -> str:
    """What fits in a cell: a command of one line, or where the entry goes."""
    told = next(one.recipes(one.transports[0], False))
    first, _, _ = fill(told.text, one.transports[0]).partition("\n")
    if told.format == "shell" and not first.endswith("\\"):
        return f"`{first}`".replace("|", "\\|")
    if one.settings and told.title == "Settings":
        where = one.settings.project or one.settings.files["linux"]
        return f"an entry in `{one.settings.files.get('linux', where)}`"
    if told.format == "text":
        return "paste the address"
    return "see there"


def index_md(model: Model) -> str:
    out = [
        "# Connect a client",
        "",
        EDITED,
        "",
        f"The pages below say `{EXAMPLE['base']}` where the address of your server goes. The",
        "landing page of a running server shows the same recipes with its own address, and so does",
        "`asana-mcp connect CLIENT`; with `--write` it puts the entry into the client's settings",
        "file, keeping everything that is there.",
        "",
        "| Client speaks | Address |",
        "| --- | --- |",
        f"| Streamable HTTP (all current clients) | `{EXAMPLE['base']}{PATHS['http']}` |",
        f"| HTTP+SSE (older clients, and what `mcp.asana.com/sse` was) | `{EXAMPLE['base']}{PATHS['sse']}` |",
        "| stdio (the client starts a program) | the command `asana-mcp stdio` |",
    ]
    for group, title in GROUPS.items():
        members = tuple(one for one in model.clients if one.group == group)
        if members:
            out += ["", f"## {title}", "", *table(members, "clients")]
    out += ["", "## Where people are sent back to", ""]
    out += [
        "After signing in, the browser goes to a redirect URI of the client's. A server allows these",
        "unless its operator narrows `--allow-redirect`; on the own machine any port will do.",
        "",
    ]
    for one in model.clients:
        if one.redirects:
            out.append(f"- {one.title}: " + ", ".join(f"`{uri}`" for uri in one.redirects))
    others = [one for one in model.clients if one.other_redirects]
    if others:
        out += ["", "These an operator allows first, with `--allow-redirect`:", ""]
        for one in others:
            out.append(f"- {one.title}: " + ", ".join(f"`{uri}`" for uri in one.other_redirects))
    if model.docs.troubles:
        out += ["", "## When something is wrong", "", *troubles(model)]
    return "\n".join(out) + "\n"


def troubles(model: Model) -> Iterator[str]:
    yield "| You see | What is behind it | What to do |"
    yield "| --- | --- | --- |"
    for one in model.docs.troubles:
        yield f"| {prose(one.see)} | {prose(one.why)} | {prose(one.do)} |"


def client_md(one: Client) -> str:
    out = [f"# {one.title}", "", EDITED, "", one.about, ""]
    speaks = ", ".join(
        f"{TRANSPORT_TITLES[name]}{' (best)' if number == 0 and len(one.transports) > 1 else ''}"
        for number, name in enumerate(one.transports)
    )
    out.append(f"- Speaks {speaks}.")
    if "oauth" in one.auth:
        how = "; or it ".join(REGISTERS[name] for name in one.registers)
        out.append(f"- Signs in in the browser. It {how}." if how else "- Signs in in the browser.")
    if "bearer" in one.auth:
        out.append("- Can send a token of the caller's own (a server with `--auth bearer`).")
    if one.public:
        out.append("- Its maker's computers call the server: https, reachable from the internet.")
    out.append(f"- Its own documentation: <{one.docs}>")
    out += ["", "## Steps", ""]
    out += [f"{number}. {prose(step)}" for number, step in enumerate(one.steps, 1)]
    out += _recipes(one)
    if one.settings:
        out += ["", "## The settings file", "", *_files(one, one.settings)]
    if one.redirects or one.other_redirects:
        out += ["", "## Where it has people sent back to", ""]
        out += [f"- `{uri}`" for uri in one.redirects]
        out += [f"- `{uri}`, which an operator allows first" for uri in one.other_redirects]
    if one.expect:
        out += ["", "## What to expect", "", *(f"- {prose(text)}" for text in one.expect)]
    if one.forget:
        out += ["", "## To make it forget the server", ""]
        out += [f"{number}. {prose(step)}" for number, step in enumerate(one.forget, 1)]
    if one.trouble:
        out += ["", "## When something is wrong", "", "| You see | What to do |", "| --- | --- |"]
        out += [f"| {prose(trouble.see)} | {prose(trouble.do)} |" for trouble in one.trouble]
    out += ["", "[All clients](../CLIENTS.md) · [All tools](../TOOLS.md)"]
    return "\n".join(out) + "\n"


def _recipes(one: Client) -> Iterator[str]:
    """Under a heading for each way; what two ways share is told once."""
    seen: set[str] = set()
    for bearer in (False, True):
        for transport in one.transports:
            told = [
                (snippet, fill(snippet.text, transport))
                for snippet in one.recipes(transport, bearer)
            ]
            told = [(snippet, text) for snippet, text in told if text not in seen]
            if not told or (bearer and (transport == "stdio" or one.only_bearer)):
                continue
            seen.update(text for _, text in told)
            token = ", with a token of your own" if bearer else ""
            yield ""
            yield f"## By {TRANSPORT_TITLES[transport]}{token}"
            for snippet, text in told:
                yield ""
                yield f"{_lead(one, snippet)}:"
                yield ""
                yield f"```{FORMATS[snippet.format]}"
                yield from text.split("\n")
                yield "```"


def _lead(one: Client, snippet: Snippet) -> str:
    if snippet.title != "Settings" or not one.settings:
        return prose(snippet.title)
    places = [one.settings.files.get("linux"), one.settings.project]
    return "In " + " or ".join(f"`{place}`" for place in places if place)


def _files(one: Client, settings: Settings) -> Iterator[str]:
    yield "| System | File |"
    yield "| --- | --- |"
    for system, title in SYSTEMS.items():
        if system in settings.files:
            yield f"| {title} | `{settings.files[system]}` |"
    if settings.project:
        yield f"| in a project | `{settings.project}` |"
    yield ""
    yield f"`asana-mcp connect {one.name} --url {EXAMPLE['base']} --write` puts the entry there. Everything else"
    yield "in the file stays as it is, a copy of the old file is kept beside it, and no token is written."
