"""JSON as people write it in schema/: what fits into a line stands on it."""

from __future__ import annotations

import json
from typing import Any

WIDTH = 120  # of a tool file
TABLE = 100  # of the files that list things


def pretty(value: Any, width: int = WIDTH) -> str:
    return _value(value, 0, 0, 0, width) + "\n"


def _value(value: Any, depth: int, lead: int, tail: int, width: int) -> str:
    """lead and tail: how much of the line stands before and behind it."""
    flat = _flat(value)
    whole = not isinstance(value, (dict, list)) or not value
    if whole or (depth and lead + len(flat) + tail <= width):
        return flat
    margin = "  " * (depth + 1)
    if isinstance(value, dict):
        members = [(f"{_flat(key)}: ", inner) for key, inner in value.items()]
        opening, closing = "{}"
    else:
        members = [("", inner) for inner in value]
        opening, closing = "[]"
    rows = []
    for number, (key, inner) in enumerate(members):
        comma = int(number + 1 < len(members))
        text = _value(inner, depth + 1, len(margin) + len(key), comma, width)
        rows.append(margin + key + text)
    return f"{opening}\n" + ",\n".join(rows) + f"\n{'  ' * depth}{closing}"


def _flat(value: Any) -> str:
    if isinstance(value, dict) and value:
        return "{ " + ", ".join(f"{_flat(key)}: {_flat(one)}" for key, one in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flat, value)) + "]"
    return json.dumps(value, ensure_ascii=False)
