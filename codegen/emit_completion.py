"""completion/: what bash, zsh and fish complete after "asana-mcp", from the program's own words."""

from __future__ import annotations

import re
from typing import Iterator, Mapping

from .docs import Program, Setting
from .model import Model
from .names import NOTICE

FILES = ("config", "ca-file", "state", "file")
CHOICE = re.compile(r"[a-z]+(\|[a-z]+)+\Z")


def emit(model: Model) -> dict[str, str]:
    program = model.docs.program
    if not program:
        return {}
    operands = {
        "tools": [tool.name for tool in model.tools],
        "call": [tool.name for tool in model.tools],
        "connect": [one.name for one in model.clients],
        "block": ["person", "client", "workspace"],
        "unblock": ["person", "client", "workspace"],
        "help": [command.name for command in program.commands],
    }
    return {
        "completion/asana-mcp.bash": "\n".join(_bash(program, operands)) + "\n",
        "completion/asana-mcp.zsh": "\n".join(_zsh(program, operands)) + "\n",
        "completion/asana-mcp.fish": "\n".join(_fish(program, operands)) + "\n",
    }


def _flags(program: Program, command: str) -> list[Setting]:
    return [one for one in program.of(command) if one.is_flag]


def choices(one: Setting) -> list[str]:
    if CHOICE.match(one.metavar):
        return one.metavar.split("|")
    return ["error", "warn", "info", "debug"] if one.metavar == "LEVEL" else []


def _words(words: list[str]) -> str:
    return " ".join(words)


# bash


def _bash(program: Program, operands: Mapping[str, list[str]]) -> Iterator[str]:
    yield f"# {NOTICE}"
    yield "_asana_mcp() {"
    yield "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}"
    yield "    local command=${COMP_WORDS[1]} flags= words="
    yield "    case $before in"
    for one in program.settings:
        if one.is_flag and choices(one):
            yield f"        --{one.name}) COMPREPLY=($(compgen -W '{_words(choices(one))}' -- \"$word\")); return ;;"
    files = "|".join(f"--{name}" for name in FILES)
    yield f"        {files}) COMPREPLY=($(compgen -f -- \"$word\")); return ;;"
    yield "    esac"
    yield "    if ((COMP_CWORD == 1)) && [[ $word != -* ]]; then"
    names = [command.name for command in program.commands]
    yield f"        COMPREPLY=($(compgen -W '{_words(names)}' -- \"$word\"))"
    yield "        return"
    yield "    fi"
    yield "    case $command in"
    for command in program.commands:
        flags = ["--help", *(f"--{one.name}" for one in _flags(program, command.name))]
        first = f"{command.name} | -*" if command.name == "serve" else command.name
        yield f"        {first})"
        yield f"            flags='{_words(flags)}'"
        if command.name in operands:
            yield f"            words='{_words(operands[command.name])}'"
        yield "            ;;"
    yield "    esac"
    yield "    [[ $word == -* ]] && words=$flags"
    yield "    COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))"
    yield "}"
    yield "complete -F _asana_mcp asana-mcp"


# zsh


def _zsh(program: Program, operands: Mapping[str, list[str]]) -> Iterator[str]:
    yield "#compdef asana-mcp"
    yield f"# {NOTICE}"
    yield "_asana_mcp() {"
    yield "    local -a commands"
    yield "    commands=("
    for command in program.commands:
        yield f"        {_quoted(f'{command.name}:{command.summary}')}"
    yield "    )"
    yield "    if ((CURRENT == 2)) && [[ $words[2] != -* ]]; then"
    yield "        _describe command commands"
    yield "        return"
    yield "    fi"
    yield "    case $words[2] in"
    for command in program.commands:
        first = f"{command.name} | -*" if command.name == "serve" else command.name
        yield f"        {first})"
        yield "            _arguments \\"
        for one in _flags(program, command.name):
            yield f"                {_zsh_flag(one)} \\"
        if command.name in operands:
            yield f"                {_quoted(f'2: :({_words(operands[command.name])})')} \\"
        yield "                '--help[Show help]'"
        yield "            ;;"
    yield "    esac"
    yield "}"
    yield '_asana_mcp "$@"'


def _zsh_flag(one: Setting) -> str:
    about = one.help.replace("[", "(").replace("]", ")").replace(":", ",")
    many = "*" if one.kind == "list" else ""
    if one.kind == "bool":
        return _quoted(f"{many}--{one.name}[{about}]")
    action = f"({_words(choices(one))})" if choices(one) else "_files" if one.name in FILES else " "
    what = one.metavar.replace(":", "\\:").replace("|", " ")
    return _quoted(f"{many}--{one.name}[{about}]:{what}:{action}")


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


# fish


def _fish(program: Program, operands: Mapping[str, list[str]]) -> Iterator[str]:
    yield f"# {NOTICE}"
    yield "complete -c asana-mcp -f"
    yield "complete -c asana-mcp -n __fish_use_subcommand -s V -l version -d 'Show the version'"
    for command in program.commands:
        yield (
            f"complete -c asana-mcp -n __fish_use_subcommand -a {command.name}"
            f" -d {_fish_quoted(command.summary)}"
        )
    for name, words in operands.items():
        yield (
            f"complete -c asana-mcp -n '__fish_seen_subcommand_from {name}'"
            f" -a {_fish_quoted(_words(words))}"
        )
    for one in program.settings:
        if not one.is_flag:
            continue
        value = ""
        if one.kind != "bool":
            value = " -x"
            if choices(one):
                value = f" -x -a {_fish_quoted(_words(choices(one)))}"
            elif one.name in FILES:
                value = " -r -F"
        yield (
            f"complete -c asana-mcp -n '__fish_seen_subcommand_from {_words(list(one.commands))}'"
            f" -l {one.name}{value} -d {_fish_quoted(one.help)}"
        )


def _fish_quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
