"""docs/asana-mcp.1: the manual page, from what the program says of itself."""

from __future__ import annotations

import re
from typing import Iterator

from .docs import Program, Setting
from .model import Model
from .names import NOTICE

TOKEN = "ASANA_ACCESS_TOKEN"


def emit(model: Model) -> dict[str, str]:
    program = model.docs.program
    return {"docs/asana-mcp.1": "\n".join(_page(program)) + "\n"} if program else {}


def _page(program: Program) -> Iterator[str]:
    yield f'.\\" {NOTICE}'
    yield '.TH ASANA-MCP 1 "" "asana-mcp" "User Commands"'
    yield ".SH NAME"
    yield "asana-mcp \\- lets AI assistants work in Asana through the Model Context Protocol"
    yield ".SH SYNOPSIS"
    for number, command in enumerate(program.commands):
        yield ".br" if number else ".B asana-mcp"
        if number:
            yield ".B asana-mcp"
        yield _roff(f"{command.name} [OPTIONS] {command.operands}".strip())
    yield ".SH DESCRIPTION"
    yield "One program that serves Asana to AI assistants: over HTTP to many of them, on standard"
    yield "input and output to one. With an Asana of its own inside, it can be tried without an account."
    yield ".SH COMMANDS"
    for command in program.commands:
        yield f".SS {_roff(f'{command.name} {command.operands}'.strip())}"
        for paragraph in command.about.split("\n"):
            yield ".PP"
            yield _roff(paragraph)
        options = [one for one in program.of(command.name) if one.is_flag]
        if options:
            yield ".PP"
            names = ", ".join(f"\\fB{_roff('--' + one.name)}\\fR" for one in options)
            yield f"Options: {names}."
        yield from _examples(command.examples)
    yield ".SH OPTIONS"
    yield "An option of kind list may be repeated. Those that are on or off can be turned off with"
    yield "\\fB\\-\\-no\\-\\fR in front of the name."
    for one in program.settings:
        yield from _option(one)
    for flag, about in (("-h, --help", "Show help."), ("-V, --version", "Show the version.")):
        yield ".TP"
        yield f"\\fB{_roff(flag)}\\fR"
        yield about
    yield ".SH ENVIRONMENT"
    yield "Flags beat the environment, which beats the settings file."
    yield ".TP"
    yield f"\\fB{TOKEN}\\fR"
    yield "The Asana token that calls are made with where nobody signs in. Never a flag."
    for one in program.settings:
        if "environment" in one.sources:
            yield ".TP"
            yield f"\\fB{one.variable}\\fR"
            yield f"The same as {_where(one)}."
    yield ".SH FILES"
    yield "The settings file that \\fB\\-\\-config\\fR names has one \\fIkey = value\\fR a line; a list"
    yield "has commas, or repeats its key, and lines that begin with # are comments. Keys are options"
    yield "with _ for -."
    yield ".PP"
    yield "\\fISETTINGS.md\\fR, beside this page in the documentation, has the settings of a server in one table."
    yield ".SH EXIT STATUS"
    for code, about in (
        ("0", "It worked."),
        ("1", "It failed: the network, Asana, a file, or a tool that answered with an error."),
        ("2", "The command line, the environment or the settings file make no sense."),
    ):
        yield ".TP"
        yield f".B {code}"
        yield about


def _where(one: Setting) -> str:
    if one.is_flag:
        return f"\\fB{_roff('--' + one.name)}\\fR"
    return f"the key \\fB{one.key}\\fR of the settings file"


def _option(one: Setting) -> Iterator[str]:
    yield ".TP"
    name = f"--{one.name}" if one.is_flag else one.variable
    value = f" \\fI{_roff(one.metavar)}\\fR" if one.metavar else ""
    yield f"\\fB{_roff(name)}\\fR{value}"
    default = one.default("serve" if "serve" in one.commands else one.commands[0])
    text = one.help + (f" (default: {default})" if default else "") + "."
    yield _roff(text)
    yield _roff(f"For {', '.join(one.commands)}.")


def _examples(text: str) -> Iterator[str]:
    if not text:
        return
    yield ".PP"
    yield "Examples:"
    yield ".PP"
    yield ".nf"
    yield ".RS 4"
    for line in text.rstrip("\n").split("\n"):
        yield _roff(line)
    yield ".RE"
    yield ".fi"


def _roff(text: str) -> str:
    """Text as it is: no line of it is a request, and "-" is one that can be copied."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-")
    escaped = "".join(char if char.isascii() else f"\\[u{ord(char):04X}]" for char in escaped)
    return re.sub(r"\A([.'])", r"\\&\1", escaped)
