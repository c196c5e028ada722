"""What the documentation is made from beside tools, prompts and clients, as frozen data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Mapping, Optional


@dataclass(frozen=True)
class Command:
    name: str
    operands: str
    summary: str
    about: str
    examples: str


@dataclass(frozen=True)
class Setting:
    name: str  # the flag without its dashes
    kind: str  # value, bool, list
    metavar: str
    help: str
    defaults: Mapping[str, str]  # by command; "" is all others
    commands: tuple[str, ...]
    sources: tuple[str, ...]  # of flag, environment, file
    variable: str
    key: str

    @property
    def is_flag(self) -> bool:
        return "flag" in self.sources

    def default(self, command: str) -> Optional[str]:
        return self.defaults.get(command, self.defaults.get(""))


@dataclass(frozen=True)
class Program:
    """The words of the command line, as the program itself tells them (asana-mcp help --json)."""

    commands: tuple[Command, ...]
    settings: tuple[Setting, ...]

    def of(self, command: str) -> tuple[Setting, ...]:
        return tuple(one for one in self.settings if command in one.commands)


@dataclass(frozen=True)
class Layout:
    """How the settings of a server are shown, by their names."""

    groups: tuple[tuple[str, tuple[str, ...]], ...] = ()  # title, members
    readme: tuple[str, ...] = ()  # what most operators set


@dataclass(frozen=True)
class Trouble:
    see: str
    why: str
    do: str


@dataclass(frozen=True)
class Docs:
    troubles: tuple[Trouble, ...] = ()
    program: Optional[Program] = None
    settings: Layout = Layout()
    # What the sandbox answers to the first example of a tool: {"args", "answer", "more"}.
    answers: Optional[Mapping[str, Any]] = None
    picture: Optional[Mapping[str, Any]] = None
    paid: frozenset[str] = frozenset()  # operations that want a paid plan


def program(raw: Any) -> Program:
    """KeyError or TypeError when it is something else."""
    return Program(
        tuple(Command(**one) for one in raw["commands"]),
        tuple(
            Setting(
                **{**one, "commands": tuple(one["commands"]), "sources": tuple(one["sources"])}
            )
            for one in raw["settings"]
        ),
    )
