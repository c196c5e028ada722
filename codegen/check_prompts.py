"""Do a prompt's placeholders have arguments, and the tools that it names exist and take theirs?"""

from __future__ import annotations

import json
from typing import Optional

from . import prompts, sends
from .check_lock import known_fields
from .model import Tool
from .names import suggest
from .problems import Report
from .prompts import Call, Prompt, Token

# Bytes of a text: every use of the prompt pays for it.
LONGEST = 2048


def check_prompt(report: Report, prompt: Prompt, tools: dict[str, Optional[Tool]]) -> None:
    """tools: all there are by name; None for one with mistakes of its own."""
    stem = prompt.file.split("/")[-1].removesuffix(".json")
    if prompt.name != stem:
        report.add(prompt.file, "name", "file_name", name=prompt.name)
    size = len(prompt.text.encode())
    if size > LONGEST:
        report.add(prompt.file, "text", "prompt_long", size=size, most=LONGEST)
    _placeholders(report, prompt)
    for line, name in prompts.mentions(prompt):
        if name not in tools:
            report.add(prompt.file, _place(line), "no_tool", name=name, hint=suggest(name, tools))
            continue
        tool = tools[name]
        if tool is not None and tool.hidden:
            report.add(prompt.file, _place(line), "hidden_tool", name=name)
    for call in prompts.calls(prompt):
        _call(report, prompt, call, tools)


def _place(line: int) -> str:
    return f"text[{line}]"


def _placeholders(report: Report, prompt: Prompt) -> None:
    used = set()
    parts: list[Token] = []  # that are open
    for token in prompts.tokens(prompt):
        place = _place(token.line)
        if token.part:
            used.add(token.part)
            if parts:
                report.add(prompt.file, place, "part_nested")
            parts.append(token)
            _part(report, prompt, token)
        elif token.close and parts:
            parts.pop()
        elif token.hole:
            used.add(token.hole)
            _hole(report, prompt, token, parts)
        else:
            report.add(prompt.file, place, "prompt_stray", got=token.text)
    for part in parts:
        report.add(prompt.file, _place(part.line), "part_open", got=part.text.strip())
    for number, argument in enumerate(prompt.arguments):
        if argument.name not in used:
            report.add(prompt.file, f"arguments[{number}]", "argument_unused", name=argument.name)


def _unknown(report: Report, prompt: Prompt, place: str, name: str) -> None:
    names = [argument.name for argument in prompt.arguments]
    report.add(prompt.file, place, "unknown_param", name=name, hint=suggest(name, names))


def _part(report: Report, prompt: Prompt, token: Token) -> None:
    assert token.part
    argument = prompt.argument(token.part)
    if argument is None:
        _unknown(report, prompt, _place(token.line), token.part)
    elif argument.required:
        report.add(prompt.file, _place(token.line), "part_always", name=token.part)


def _hole(report: Report, prompt: Prompt, token: Token, parts: list[Token]) -> None:
    assert token.hole
    argument = prompt.argument(token.hole)
    if argument is None:
        _unknown(report, prompt, _place(token.line), token.hole)
    elif not argument.required and token.hole not in [one.part for one in parts if not one.absent]:
        report.add(prompt.file, _place(token.line), "hole_maybe", name=token.hole)


def _call(report: Report, prompt: Prompt, call: Call, tools: dict[str, Optional[Tool]]) -> None:
    place = _place(call.line)
    if call.tool not in tools:
        if not call.tool.startswith("asana_"):  # else it has been reported as a mention
            hint = suggest(call.tool, tools)
            report.add(prompt.file, place, "no_tool", name=call.tool, hint=hint)
        return
    tool = tools[call.tool]
    if tool is None:
        return
    if tool.hidden and not call.tool.startswith("asana_"):
        report.add(prompt.file, place, "hidden_tool", name=call.tool)
    if call.broken:
        report.add(prompt.file, place, "call_unread", tool=tool.name)
        return
    for name, value in call.arguments:
        param = tool.param(name)
        if param is None:
            hint = suggest(name, [param.name for param in tool.params])
            report.add(prompt.file, place, "call_unknown", tool=tool.name, name=name, hint=hint)
            continue
        try:
            literal = json.loads(value or "")
        except ValueError:
            continue  # a word or a placeholder that stands for a value
        try:
            sends.read(param, literal)
        except sends.Wrong as wrong:
            text = f"{name}: {wrong.values['reason']}"
            report.add(prompt.file, place, "call_value", tool=tool.name, reason=text)
            continue
        if param.kind.name == "opt_fields" and tool.requests:
            known_fields(report, prompt.file, place, tool.operation, str(literal))
    given = [name for name, _ in call.arguments]
    for param in tool.params:
        if param.required and param.name not in given:
            report.add(prompt.file, place, "call_needs", tool=tool.name, name=param.name)
    try:
        sends.rules(tool, dict.fromkeys(given))
    except sends.Wrong as wrong:
        reason = wrong.values["reason"]
        report.add(prompt.file, place, "call_value", tool=tool.name, reason=reason)
