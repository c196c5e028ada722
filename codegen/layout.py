"""How C is broken into lines: as clang-format would have it, so that nothing need be formatted."""

from __future__ import annotations

from .names import COLUMNS

BUILDER_ARGUMENTS = ("const void *from", "struct asana_req *r", "struct err *err")


def statement(head: str, function: str, arguments: list[str]) -> str:
    """A call as a statement; a long one is broken between arguments and inside strings."""
    room = COLUMNS - 4
    whole = f"{head}{function}({', '.join(arguments)});"
    if len(whole) <= room:
        return whole
    if head and len(whole) - len(head) + 4 <= room:
        return f"{head.rstrip()}\n    {whole[len(head):]}"
    lead = f"{head}{function}("
    margin = "\n" + " " * len(lead)
    out = lead
    column = len(lead)
    for number, argument in enumerate(arguments):
        text = argument + (");" if number + 1 == len(arguments) else ",")
        gap = " " if number else ""
        if column + len(gap) + len(text) <= room:
            out += gap + text
            column += len(gap) + len(text)
            continue
        if head or len(text) <= room - len(lead):
            out += margin
            column = len(lead)
        else:
            out += gap
            column += len(gap)
        pieces = _pieces(text, room - column)
        out += ("\n" + " " * column).join(pieces)
        column += len(pieces[-1])
    return out


def _pieces(text: str, room: int) -> list[str]:
    """A literal that is a list of names, and what follows it, in pieces of that length."""
    pieces = []
    while len(text) > room:
        cut = max(text.rfind("|", 1, room - 1), text.rfind(",", 1, room - 1)) + 1
        if cut == 0:
            break  # one name that is too long
        pieces.append(text[:cut] + '"')
        text = '"' + text[cut:]
    return [*pieces, text]


def if_head(condition: str, lead: str) -> str:
    """A condition that is too long goes on under itself, after an operator."""
    head = f"{lead}if ("
    rows = [head]
    for part in f"{condition}) {{".replace("&& ", "&&\n").split("\n"):
        gap = " " if rows[-1].endswith("&&") else ""
        if len(rows[-1] + gap + part) <= COLUMNS - 4:
            rows[-1] += gap + part
        else:
            rows.append(" " * len(head) + part)
    return "\n".join(rows)


def builder_head(head: str, tail: str) -> str:
    """The head of a request builder; what does not fit goes under the first argument."""
    rows = [head]
    for number, argument in enumerate(BUILDER_ARGUMENTS):
        last = number + 1 == len(BUILDER_ARGUMENTS)
        text = argument + (tail if last else ",")
        gap = " " if number else ""
        if len(rows[-1] + gap + text) <= COLUMNS:
            rows[-1] += gap + text
        else:
            rows.append(" " * len(head) + text)
    return "\n".join(rows)


def initializer(name: str, value: str, indent: int = 1) -> str:
    """A text of several literals starts on its own line, unless all of them fit behind the name."""
    margin = 4 * indent
    if not value.startswith("\n"):
        return f".{name} = {value},"
    literals = [line.strip() for line in value.strip().split("\n")]
    lead = f".{name} = "
    longest = max(*map(len, literals), len(literals[-1]) + 1)  # a comma behind the last
    if longest + margin + len(lead) <= COLUMNS:
        return lead + ("\n" + " " * (margin + len(lead))).join(literals) + ","
    return f".{name} ={value},"
