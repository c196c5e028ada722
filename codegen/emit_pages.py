"""What becomes of the web pages: pages.h with what fills each of them, pages.c that writes them."""

from __future__ import annotations

from typing import Iterator, Optional

from .model import Model
from .names import NOTICE, block, c_name, c_text, lines
from .pages import Block, Hole, Nodes, Page, Site, Text, has_items, source_of

C_TYPES = {"text": "const char *", "maybe": "const char *", "flag": "bool "}


def emit(model: Model) -> dict[str, str]:
    site = model.site
    return {"pages.h": header(site), "pages.c": source(site)} if site else {}


def header(site: Site) -> str:
    head = block(
        """
        /* $notice */
        #pragma once

        #include "base/buf.h"

        #include <stdbool.h>
        #include <stddef.h>

        /* The pages' one style, as a Content-Security-Policy names it. */
        #define PAGE_STYLE_SOURCE "$style"

        /* Texts are UTF-8, are escaped on the way, and are there, but where NULL is mentioned. */
        """,
        notice=NOTICE,
        style=site.style_source,
    )
    own = [
        f'#define PAGE_{page.name.upper()}_{what}_SOURCE "{source_of(text)}"\n'
        for page in site.pages
        for what, text in (("STYLE", page.style), ("SCRIPT", page.script))
        if text
    ]
    if own:
        head += "/* What single pages have beside. */\n" + "".join(own)
    return "\n".join([head, *(_struct(page) for page in site.pages)])


def _struct(page: Page) -> str:
    parts = []
    for name, members in page.lists.items():
        parts.append(f"struct page_{page.name}_{name} {{\n{_members(members)}}};\n")
    lists = "".join(
        f"    const struct page_{page.name}_{name} *{c_name(name)};\n    size_t {name}_count;\n"
        for name in page.lists
    )
    parts.append(f"struct page_{page.name} {{\n{_members(page.members)}{lists}}};\n")
    parts.append(f"{_head(page)};\n")
    return "".join(parts)


def _members(members: dict[str, str]) -> str:
    maybe = ", ".join(c_name(name) for name, kind in members.items() if kind == "maybe")
    note = f"    /* NULL when there is none: {maybe} */\n" if maybe else ""
    return note + "".join(
        f"    {C_TYPES[kind]}{c_name(name)};\n" for name, kind in members.items()
    )


def _head(page: Page) -> str:
    return f"void page_{page.name}(struct buf *out, const struct page_{page.name} *p)"


def source(site: Site) -> str:
    head = block(
        """
        /* $notice */
        #include "pages.h"

        static void text(struct buf *out, const char *value)
        {
            buf_html_escaped(out, slice_of(value));
        }
        """,
        notice=NOTICE,
    )
    parts = [head]
    for name, nodes in (
        ("head", site.head),
        ("top", site.top),
        ("body", site.body),
        ("end", site.end),
    ):
        body = lines(1, _Writer(None).statements(nodes, 1))
        parts.append(f"static void layout_{name}({_parameters(nodes)})\n{{\n{body}\n}}\n")
    return "\n".join([*parts, *(_function(site, page) for page in site.pages)])


def _parameters(nodes: Nodes) -> str:
    return ", ".join(["struct buf *out", *(f"const char *{name}" for name in _holes(nodes))])


def _layout(name: str, nodes: Nodes) -> str:
    return f"layout_{name}({', '.join(['out', *(f'p->{hole}' for hole in _holes(nodes))])});"


def _holes(nodes: Nodes) -> list[str]:
    return sorted({c_name(node.name) for node in nodes if isinstance(node, Hole)})


def _function(site: Site, page: Page) -> str:
    writer = _Writer(page)
    body = [
        _layout("head", site.head),
        *writer.statements(page.title, 1),
        _layout("top", site.top),
        *(_element("style", page.style)),
        _layout("body", site.body),
        *writer.statements(page.content, 1),
        *(_element("script", page.script)),
        _layout("end", site.end),
    ]
    return f"/* {page.name}.html */\n{_head(page)}\n{{\n{lines(1, body)}\n}}\n"


def _element(name: str, text: str) -> Iterator[str]:
    if text:
        yield _literal(f"<{name}>{text}</{name}>", 1)


class _Writer:
    """page: whose struct p points to; None: names are parameters."""

    def __init__(self, page: Optional[Page]) -> None:
        self.page = page

    def statements(self, nodes: Nodes, depth: int) -> Iterator[str]:
        for node in nodes:
            if isinstance(node, Text):
                yield _literal(node.text, depth)
            elif isinstance(node, Hole):
                yield f"text(out, {self.value(node.name)});"
            else:
                yield from self.block(node, depth)

    def block(self, node: Block, depth: int) -> Iterator[str]:
        inner = list(self.statements(node.nodes, depth + 1))
        braces = has_items(node) or len(inner) > 1 or inner[0].startswith(("if", "for"))
        name = self.value(node.name)
        if has_items(node):
            assert self.page
            item = f"struct page_{self.page.name}_{node.name}"
            head = f"for (size_t i = 0; i < {name}_count; i++)"
            inner.insert(0, f"const {item} *item = &{name}[i];")
        else:
            counted = "_count" if self.page and node.name in self.page.lists else ""
            head = f"if ({'!' if node.absent else ''}{name}{counted})"
        yield head + (" {" if braces else "")
        yield lines(1, inner)
        if braces:
            yield "}"

    def value(self, name: str) -> str:
        if "." in name:
            return f"item->{c_name(name.split('.')[1])}"
        return f"p->{c_name(name)}" if self.page else c_name(name)


def _literal(text: str, depth: int) -> str:
    pieces = [f"{line}\n" for line in text.split("\n")]
    pieces[-1] = pieces[-1].removesuffix("\n")
    head = "buf_str(out, "
    literals = c_text([piece for piece in pieces if piece], depth + 4)
    margin = "\n" + " " * len(head)
    return head + margin.join(line.strip() for line in literals.split("\n")) + ");"
