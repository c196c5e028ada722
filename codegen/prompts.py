"""What the prompts are, as frozen data, and how their texts are read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Iterator, Optional

# What runtime/mcp/completion.c can complete.
COMPLETES = ("goal", "portfolio", "project", "tag", "task", "team", "user", "workspace")

TOKEN = re.compile(
    r"\[\[(?P<absent>!?)(?P<part>[a-z][a-z0-9_]*): ?"
    r"|(?P<close>\]\])"
    r"|{(?P<hole>[a-z][a-z0-9_]*)}"
    r"|(?P<stray>[{}]|\[\[)"
)
CALL = re.compile(r"\b(?P<call>[a-z][a-z0-9_]*)\((?P<arguments>[^()]*)\)")
ARGUMENT = re.compile(
    r"\s*(?P<name>[a-z][a-z0-9_]*)\s*(?:=\s*(?P<value>\"[^\"]*\"|[^,\s]+)\s*)?(?:,|\Z)"
)
MENTION = re.compile(r"\basana_\w+")


@dataclass(frozen=True)
class Argument:
    name: str
    title: str
    description: str
    required: bool = False
    completes: Optional[str] = None


@dataclass(frozen=True)
class Prompt:
    file: str
    name: str
    title: str
    description: str
    arguments: tuple[Argument, ...]
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def argument(self, name: str) -> Optional[Argument]:
        return next((one for one in self.arguments if one.name == name), None)

    def entry(self) -> dict[str, Any]:
        """As prompts/list has it."""
        arguments = []
        for one in self.arguments:
            about: dict[str, Any] = {"name": one.name, "title": one.title}
            about["description"] = one.description
            if one.required:
                about["required"] = True
            arguments.append(about)
        return {
            "name": self.name,
            "title": self.title,
            "description": self.description,
            "arguments": arguments,
        }


@dataclass(frozen=True)
class Token:
    """One piece of a text that is not plain: a placeholder, either end of a part, or a mistake."""

    line: int
    text: str
    hole: Optional[str] = None
    part: Optional[str] = None  # the argument that a part opened here depends on
    absent: bool = False  # the part is there when the argument is not
    close: bool = False


@dataclass(frozen=True)
class Call:
    """A tool called by the text, name(argument, argument=value)."""

    line: int
    tool: str
    arguments: tuple[tuple[str, Optional[str]], ...]
    broken: bool  # what is between the parentheses cannot be read


def tokens(prompt: Prompt) -> Iterator[Token]:
    for number, line in enumerate(prompt.lines):
        for found in TOKEN.finditer(line):
            yield Token(
                number,
                found[0],
                found["hole"],
                found["part"],
                found["absent"] == "!",
                found["close"] is not None,
            )


def calls(prompt: Prompt) -> Iterator[Call]:
    for number, line in enumerate(prompt.lines):
        for found in CALL.finditer(line):
            arguments = []
            at = 0
            inside = found["arguments"]
            while at < len(inside):
                one = ARGUMENT.match(inside, at)
                if not one:
                    break
                arguments.append((one["name"], one["value"]))
                at = one.end()
            yield Call(number, found["call"], tuple(arguments), at < len(inside))


def mentions(prompt: Prompt) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(prompt.lines):
        for found in MENTION.finditer(line):
            yield number, found[0]


def prompt(file: str, raw: dict[str, Any]) -> Prompt:
    """From a file whose shape is in order."""
    return Prompt(
        file=file,
        name=raw["name"],
        title=raw["title"],
        description=raw["description"],
        arguments=tuple(
            Argument(
                name=one["name"],
                title=one["title"],
                description=one["description"],
                required=one.get("required", False),
                completes=one.get("completes"),
            )
            for one in raw.get("arguments", ())
        ),
        lines=tuple(raw["text"]),
    )
