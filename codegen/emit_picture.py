"""docs/architecture.svg: the README's picture, from schema/architecture.json."""

from __future__ import annotations

from html import escape
from typing import Any, Iterator, Mapping

from .model import Model
from .names import NOTICE

STYLE = """
    :root { color-scheme: light dark; }
    text { font: 13px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; fill: #1d1f2b; }
    .title { font-weight: 600; font-size: 15px; }
    .label { font-size: 12px; fill: #5b5e6d; }
    rect { rx: 10px; stroke: #8b8d9a; fill: #ffffff; }
    .layer rect { fill: #eef0fd; stroke: #3a4fc4; }
    .beside rect { fill: #f4f3f1; }
    .made rect { fill: #ffffff; stroke-dasharray: 5 4; }
    path { stroke: #5b5e6d; stroke-width: 1.5; fill: none; }
    marker path { fill: #5b5e6d; stroke: none; }
    @media (prefers-color-scheme: dark) {
      text { fill: #ecedf3; }
      .label { fill: #a9acbb; }
      rect { fill: #1d1f29; stroke: #777b8e; }
      .layer rect { fill: #262b4a; stroke: #a5b4ff; }
      .beside rect { fill: #242733; }
      .made rect { fill: #14151c; }
      path { stroke: #a9acbb; }
      marker path { fill: #a9acbb; }
    }
"""
HEAD = (
    '<marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8"'
    ' orient="auto-start-reverse"><path d="M0 0L8 4L0 8z"/></marker>'
)
LINE = 18


def emit(model: Model) -> dict[str, str]:
    picture = model.docs.picture
    return {"docs/architecture.svg": "\n".join(_svg(picture)) + "\n"} if picture else {}


def _svg(picture: Mapping[str, Any]) -> Iterator[str]:
    width, height = picture["width"], picture["height"]
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"'
        f' width="{width}" height="{height}" role="img" aria-labelledby="title">'
    )
    yield f"  <!-- {NOTICE} -->"
    yield f'  <title id="title">{escape(picture["title"])}</title>'
    yield f"  <style>{STYLE}  </style>"
    yield f"  <defs>{HEAD}</defs>"
    for box in picture["boxes"].values():
        yield from _box(box)
    for arrow in picture["arrows"]:
        yield from _arrow(picture["boxes"], arrow)
    yield "</svg>"


def _box(box: Mapping[str, Any]) -> Iterator[str]:
    (x, y), (width, height) = box["at"], box["size"]
    lines = box.get("lines", [])
    middle = x + width // 2
    first = y + (height - LINE * len(lines)) // 2 + 5
    yield f'  <g class="{box["kind"]}">'
    yield f'    <rect x="{x}" y="{y}" width="{width}" height="{height}"/>'
    yield _text(middle, first, "title", box["title"])
    for number, line in enumerate(lines, 1):
        yield _text(middle, first + LINE * number, "label", line)
    yield "  </g>"


def _text(x: int, y: int, kind: str, text: str) -> str:
    return f'    <text class="{kind}" x="{x}" y="{y}" text-anchor="middle">{escape(text)}</text>'


def _arrow(boxes: Mapping[str, Any], arrow: Mapping[str, Any]) -> Iterator[str]:
    """Straight across or down between facing sides, at the height that the two have in common."""
    from_, to = boxes[arrow["from"]], boxes[arrow["to"]]
    (x1, y1), (w1, h1) = from_["at"], from_["size"]
    (x2, y2), (w2, h2) = to["at"], to["size"]
    if x2 >= x1 + w1:
        y = (max(y1, y2) + min(y1 + h1, y2 + h2)) // 2
        start, end = (x1 + w1 + 2, y), (x2 - 2, y)
    else:
        x = (max(x1, x2) + min(x1 + w1, x2 + w2)) // 2
        start, end = (x, y1 + h1 + 2), (x, y2 - 2)
    both = ' marker-start="url(#head)"' if arrow.get("both") else ""
    yield (
        f'  <path d="M{start[0]} {start[1]}L{end[0]} {end[1]}" marker-end="url(#head)"{both}/>'
    )
    if "label" in arrow:
        yield _text((start[0] + end[0]) // 2, (start[1] + end[1]) // 2 - 8, "label", arrow["label"])
