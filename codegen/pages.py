"""The web pages of schema/pages, as frozen data: how their templates are read, and what is refused.

    {{name}}               text, escaped
    {{#name}}…{{/name}}    when the flag is set; when the text is there, if name is text inside; or
                           for each item of the list, if {{name.member}} is said inside
    {{^name}}…{{/name}}    when the flag is not set, or the text or list is not there

layout.html is around each page, with {{>title}} (the page's h1), {{>style}} and {{>content}}. A page
may say {{>forget}} (forget.py), and have a style of its own behind that of all and a script behind
its content: NAME.css, NAME.js.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from typing import Iterator, Optional, Union

from .problems import Report

FOLDER = "schema/pages"
LAYOUT = f"{FOLDER}/layout.html"
STYLE = f"{FOLDER}/style.css"
SLOTS = ("title", "style", "content")

NAME = r"[a-z][a-z0-9_]*"
TAG = re.compile(
    r"{{(?:(?P<sign>[#^/]?)(?P<name>" + NAME + r"(?:\." + NAME + r")?)"
    r"|>(?P<slot>" + NAME + r"))}}|(?P<stray>{{[^{}\n]*}}|{{|}})"
)
# A block's tag alone on its line leaves no line behind.
ALONE = re.compile(r"^({{[#^/][^{}]*}})\n", re.MULTILINE)
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
HEADING = re.compile(r"<h1[^>]*>(?P<text>.*?)</h1>", re.DOTALL)
ELEMENT = re.compile(r"<[^>]*>")
# What a page without script, and with one style of its own, has no use for.
ACTIVE = re.compile(
    r"<(?:script|style|link|img|iframe|object|embed|base)\b|\s(?:on[a-z]+|style|src|srcset)\s*="
    r"|javascript:|@import|url\(|</style",
    re.IGNORECASE,
)
VOID = ("br", "hr", "input", "meta", "wbr")


@dataclass(frozen=True)
class Text:
    text: str


@dataclass(frozen=True)
class Hole:
    name: str


@dataclass(frozen=True)
class Block:
    name: str
    absent: bool  # {{^name}}
    nodes: tuple["Node", ...]


Node = Union[Text, Hole, Block]
Nodes = tuple[Node, ...]


@dataclass(frozen=True)
class Page:
    name: str
    title: Nodes
    content: Nodes
    # What fills it: "text", "maybe" (text that may be absent) or "flag", by name.
    members: dict[str, str]
    lists: dict[str, dict[str, str]]
    # Its own; empty: none.
    style: str = ""
    script: str = ""


@dataclass(frozen=True)
class Site:
    """head, title, top (with the style), body, content, end: so a page is put together."""

    head: Nodes
    top: Nodes
    body: Nodes
    end: Nodes
    style: str
    pages: tuple[Page, ...]

    @property
    def style_source(self) -> str:
        return source_of(self.style)


def source_of(text: str) -> str:
    """A style or a script, as a Content-Security-Policy names it."""
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def site(files: dict[str, str], report: Report) -> Optional[Site]:
    """None when there are no pages, or some have mistakes."""
    if not files:
        return None
    known = len(report.problems)
    texts = {
        file: text if file.endswith(".js") else COMMENT.sub(_blank, text)
        for file, text in files.items()
    }
    for missing in [name for name in (LAYOUT, STYLE) if name not in texts]:
        report.add(missing, "", "no_file", cure="every page needs it")
    for file, text in texts.items():
        if file.endswith(".js"):
            _script_end(report, file, text)
            continue
        _active(report, file, text)
        if file.endswith(".html"):
            _tags(report, file, text)
            _places(report, file, text)
    style = _style(texts.pop(STYLE, ""))
    head, top, body, end = _layout(report, texts.pop(LAYOUT, ""), style)
    pages = []
    for file in [file for file in texts if file.endswith(".html")]:
        page = _page(report, file, texts.pop(file), (head, top, body, end))
        stem = file.removesuffix(".html")
        own = _style(texts.pop(f"{stem}.css", "")), _script(texts.pop(f"{stem}.js", ""))
        pages.append(replace(page, style=own[0], script=own[1]))
    for file in texts:
        report.add(file, "", "page_alone")
    if len(report.problems) > known:
        return None
    return Site(head, top, body, end, style, tuple(pages))


def _blank(comment: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", comment[0])


def _line(text: str, at: int) -> str:
    return f"line {text.count(chr(10), 0, at) + 1}"


def _active(report: Report, file: str, text: str) -> None:
    for found in ACTIVE.finditer(text):
        report.add(file, _line(text, found.start()), "page_active", got=found[0].strip())


def _compact(text: str) -> str:
    """Without indentation and empty lines."""
    stripped = (line.strip() for line in text.split("\n"))
    return ALONE.sub(r"\1", "".join(f"{line}\n" for line in stripped if line))


def _style(text: str) -> str:
    bare = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    return _compact(bare)


def _script(text: str) -> str:
    """Without lines that are comments, empty lines and indentation."""
    lines = (line.strip() for line in text.split("\n"))
    return "".join(f"{line}\n" for line in lines if line and not line.startswith("//"))


def _script_end(report: Report, file: str, text: str) -> None:
    for found in re.finditer(r"</script|<!--", text, re.IGNORECASE):
        report.add(file, _line(text, found.start()), "page_script", got=found[0])


def _layout(report: Report, text: str, style: str) -> tuple[Nodes, Nodes, Nodes, Nodes]:
    if not text:
        return (), (), (), ()
    found = list(TAG.finditer(text))
    slots = tuple(tag["slot"] for tag in found if tag["slot"])
    if slots != SLOTS or any(tag["sign"] for tag in found):
        report.add(LAYOUT, "", "page_slots")
        return (), (), (), ()
    head, _, rest = _compact(text).partition("{{>title}}")
    top, _, end = rest.partition("{{>content}}")
    before, _, after = top.partition("{{>style}}")
    element = Text(f"<style>{style}</style>")
    return _nodes(head), (*_nodes(before), element), _nodes(after), _nodes(end)


def _page(report: Report, file: str, text: str, layout: tuple[Nodes, ...]) -> Page:
    headings = list(HEADING.finditer(text))
    if len(headings) != 1:
        report.add(file, "", "page_heading", count=len(headings))
    _elements(report, file, text)
    nodes = _nodes(_compact(text))
    title = _nodes(ELEMENT.sub("", headings[0]["text"]).strip()) if headings else ()
    stem = file.split("/")[-1].removesuffix(".html")
    kinds = _Kinds(report, file)
    for part in (*layout, nodes):
        kinds.read(part, None, ())
    return Page(stem, title, nodes, *kinds.found())


# tags


def _tags(report: Report, file: str, text: str) -> None:
    open_: list[re.Match[str]] = []
    for found in TAG.finditer(text):
        place = _line(text, found.start())
        if found["stray"] or (found["slot"] and file != LAYOUT):
            report.add(file, place, "page_tag", got=found[0])
        elif found["sign"] == "/":
            if open_ and open_[-1]["name"] == found["name"]:
                open_.pop()
            else:
                report.add(file, place, "page_close", got=found[0])
        elif found["sign"]:
            open_.append(found)
    for found in open_:
        place = _line(text, found.start())
        report.add(file, place, "page_open", got=found[0], name=found["name"])


def _nodes(text: str) -> Nodes:
    """Of a text that is in order; of another, something."""
    stack: list[tuple[str, bool, list[Node]]] = [("", False, [])]
    at = 0
    for found in TAG.finditer(text):
        if found.start() > at:
            stack[-1][2].append(Text(text[at : found.start()]))
        at = found.end()
        if found["sign"] in ("#", "^"):
            stack.append((found["name"], found["sign"] == "^", []))
        elif found["sign"] and len(stack) > 1:
            name, absent, nodes = stack.pop()
            stack[-1][2].append(Block(name, absent, tuple(nodes)))
        elif found["name"] and not found["sign"]:
            stack[-1][2].append(Hole(found["name"]))
    if at < len(text):
        stack[-1][2].append(Text(text[at:]))
    return tuple(stack[0][2])


def has_items(block: Block) -> bool:
    """Whether it is repeated for each item of a list."""
    return any(name.startswith(f"{block.name}.") for name in _names(block.nodes))


# what the names stand for


def _names(nodes: Nodes) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, Hole):
            yield node.name
        elif isinstance(node, Block):
            yield node.name
            yield from _names(node.nodes)


class _Kinds:
    def __init__(self, report: Report, file: str) -> None:
        self.report = report
        self.file = file
        self.kinds: dict[str, set[str]] = {}

    def add(self, name: str, kind: str) -> None:
        self.kinds.setdefault(name, set()).add(kind)

    def read(self, nodes: Nodes, inside: Optional[str], there: tuple[str, ...]) -> None:
        """inside: the list that this is an item of; there: texts that are known to be there."""
        for node in nodes:
            if isinstance(node, Text):
                continue
            owner = node.name.split(".")[0] if "." in node.name else None
            if owner and owner != inside:
                self.report.add(self.file, "", "page_item", name=node.name, list=owner)
                continue
            if isinstance(node, Hole):
                self.add(node.name, "held" if node.name in there else "text")
                continue
            items = has_items(node)
            if items and inside:
                self.report.add(self.file, "", "page_nested", name=node.name)
                continue
            self.add(node.name, "list" if items else "^" if node.absent else "#")
            within = there if node.absent else (*there, node.name)
            self.read(node.nodes, node.name if items else inside, within)

    def kind(self, name: str, said: set[str]) -> str:
        """"^" goes with everything, so it says nothing."""
        if "list" in said:
            if said - {"list", "^", "#"}:
                self.report.add(self.file, "", "page_kinds", name=name)
            return "list"
        if "text" in said and said & {"#", "^"}:
            self.report.add(self.file, "", "page_maybe", name=name)
        if "held" in said:
            return "maybe"
        return "text" if "text" in said else "flag"

    def found(self) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
        kinds = {name: self.kind(name, said) for name, said in sorted(self.kinds.items())}
        lists: dict[str, dict[str, str]] = {
            name: {} for name, kind in kinds.items() if kind == "list"
        }
        for name, kind in kinds.items():
            if "." in name:
                owner, member = name.split(".")
                lists[owner][member] = kind
        plain = {
            name: kind for name, kind in kinds.items() if "." not in name and kind != "list"
        }
        return plain, lists


# HTML


class _Elements(HTMLParser):
    """Notes elements that are not closed, and ends of what is not open."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.stack: list[tuple[str, int]] = []
        self.wrong: list[tuple[int, str]] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in VOID:
            self.stack.append((tag, self.getpos()[0]))

    def handle_startendtag(self, tag: str, attrs: object) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        if self.stack and self.stack[-1][0] == tag:
            self.stack.pop()
        else:
            self.wrong.append((self.getpos()[0], f"</{tag}> closes nothing"))


def _elements(report: Report, file: str, text: str) -> None:
    parser = _Elements()
    parser.feed(TAG.sub("", text))
    parser.close()
    wrong = parser.wrong or [(line, f"<{tag}> is not closed") for tag, line in parser.stack]
    for line, reason in wrong:
        report.add(file, f"line {line}", "page_element", reason=reason)


def _places(report: Report, file: str, text: str) -> None:
    """Escaping makes a hole safe in text and between double quotes, and nowhere else."""
    state = "text"
    open_: list[tuple[str, str]] = []
    at = 0
    for found in TAG.finditer(text):
        for char in text[at : found.start()]:
            state = _next(state, char)
        at = found.end()
        place = _line(text, found.start())
        if found["sign"] == "/":
            if open_ and open_.pop()[1] != state:
                report.add(file, place, "page_split", got=found[0])
        elif found["sign"]:
            open_.append((found[0], state))
        elif found["name"] and state not in ("text", '"'):
            report.add(file, place, "page_place", got=found[0])


def _next(state: str, char: str) -> str:
    if state == "text":
        return "tag" if char == "<" else state
    if state == "tag":
        return "text" if char == ">" else char if char in "\"'" else state
    return "tag" if char == state else state
