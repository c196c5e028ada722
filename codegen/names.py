"""Names and strings on their way into C and Markdown, and the nearest name to a wrong one."""

from __future__ import annotations

import difflib
import re
import string
import textwrap
from collections import Counter
from typing import Iterable

NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
# The end of a header's name: a token (RFC 9110, section 5.6.2), as people write them.
HEADER = re.compile(r"[A-Za-z][A-Za-z0-9]*(-[A-Za-z0-9]+)*\Z")

# A line of a tool's history.
HISTORY = re.compile(r"\d{4}-(0[1-9]|1[0-2]): \S.*\.\Z")

# Words that a schema may use as a name and C may not.
RESERVED = frozenset(
    """auto break case char const continue default do double else enum extern float for goto if
    inline int long register restrict return short signed sizeof static struct switch typedef
    union unsigned void volatile while bool true false""".split()
)

COLUMNS = 100
NOTICE = "Generated from schema/ by `python3 -m codegen gen`; do not edit."


def c_name(name: str) -> str:
    return f"{name}_" if name in RESERVED else name


def c_string(text: str) -> str:
    """A C literal of the text, UTF-8 left as it is."""
    escaped = "".join(_escape(char) for char in text)
    return f'"{escaped}"'


def c_text(pieces: Iterable[str], indent: int) -> str:
    """Adjacent C literals: a new line for each piece, and where a piece would be too long."""
    lead = " " * (4 * indent)
    width = COLUMNS - len(lead) - len('"";')
    lines: list[str] = []
    for piece in pieces:
        for part in _wrap(piece, width):
            lines.append(f'{lead}"{part}"')
    return "\n".join(lines)


def suggest(got: str, known: Iterable[str]) -> str:
    """' (did you mean "x"?)', or nothing when no name is near."""
    near = difflib.get_close_matches(got, sorted(known), n=1, cutoff=0.6)
    return f' (did you mean "{near[0]}"?)' if near else ""


def repeated(names: Iterable[str]) -> list[str]:
    """Those that stand there more than once, sorted."""
    return sorted(name for name, times in Counter(names).items() if times > 1)


def block(text: str, **holes: object) -> str:
    """A block of C with $ holes; a line that is one empty hole goes away."""
    values = {name: str(value) for name, value in holes.items()}
    lines = []
    for line in textwrap.dedent(text).strip("\n").split("\n"):
        name = line.strip().removeprefix("$").strip("{}")
        if line.strip().startswith("$") and name in values and not values[name]:
            continue
        lines.append(string.Template(line).substitute(values))
    return "\n".join(lines) + "\n"


def lines(indent: int, statements: Iterable[str]) -> str:
    """The statements, one a line, indented; a statement may hold several lines."""
    lead = " " * (4 * indent)
    return "\n".join(
        lead + line if line else line for text in statements for line in text.split("\n")
    )


def _escape(char: str) -> str:
    if char in '"\\':
        return "\\" + char
    if char == "\n":
        return "\\n"
    if ord(char) < 32 or ord(char) == 127:
        return f"\\{ord(char):03o}"
    return char


def _wrap(piece: str, width: int) -> list[str]:
    """Cuts after a space or comma where there is one, never inside an escape."""
    parts: list[str] = []
    line: list[str] = []
    used = 0
    cut = 0
    for char in piece:
        escaped = _escape(char)
        if used + len(escaped) > width:
            at = cut or len(line)
            parts.append("".join(line[:at]))
            line = line[at:]
            used = sum(map(len, line))
            cut = 0
        line.append(escaped)
        used += len(escaped)
        if char in " ,":
            cut = len(line)
    parts.append("".join(line))
    return parts
