"""Everything that can be wrong with a schema, in one table.

Each message has its file in tests/codegen/bad/; a new message needs one, or the tests fail.
"""

from __future__ import annotations

from dataclasses import dataclass

MESSAGES = {
    # JSON and files
    "syntax": "line {line}, column {column}: {reason}",
    "duplicate_key": 'the key "{name}" is given twice',
    "not_utf8": "is not UTF-8 at byte {byte}",
    "no_file": "there is no such file; {cure}",
    "file_name": 'the tool is called "{name}", so its file must be {name}.json',
    "folder": 'there is no toolset "{name}" in schema/toolsets.json{hint}',
    "unlisted": 'schema/toolsets.json does not list it in the toolset "{toolset}"',
    "no_tool_file": 'there is no file for the tool "{name}"{hint}',
    "tool_twice": 'the tool "{name}" is in {other} too',
    # shape
    "unknown_keyword": 'unknown keyword "{name}"{hint}',
    "missing_keyword": 'missing "{name}"',
    "wrong_kind": "expected {expected}, got {got}",
    "unknown_value": 'unknown {what} "{got}"{hint}',
    "bad_name": '"{name}" must be lower-case letters, digits and underscores',
    "empty": "must not be empty",
    "not_plain": "must be one line without spaces around it",
    "no_period": "must end with a period",
    "not_for_type": '"{keyword}" is not enforced for type "{type}"',
    "not_by_hand": '"{keyword}" is not acted on for a tool with a "handler"',
    "additive_effect": '"additive" is said only of effect "update"',
    "schema_without_handler": 'only a "handler" answers in another form than Asana',
    "schema_type": 'every answer is an object; the "type" must be "object"',
    "keep_one": "needs one member and its value",
    "only_true": '"{keyword}" is either true or left out',
    "bad_target": 'expected {expected}, got "{got}"',
    "handler_or_operation": 'needs an "operation", or a "handler" that does without',
    # arguments among themselves
    "alias_is_name": 'the alias "{alias}" is an argument of its own',
    "alias_twice": 'the alias "{alias}" is taken by {other}',
    "alias_derived": 'the alias "{alias}" is accepted anyway; leave it out',
    "default_and": 'cannot be both "{keyword}" and have a default',
    "bad_default": "{reason}",
    "min_over_max": "min {min} is over max {max}",
    "group_size": "needs two names or more",
    "name_twice": '"{name}" is named twice',
    "unknown_param": 'there is no argument "{name}"{hint}',
    "rule_on_required": '"{name}" is in every call, so the rule makes no sense',
    "needs_itself": '"{name}" cannot need itself',
    "instead_flat": 'expected body:x.y or body:x[].y, got "{got}"',
    "instead_group": '"{name}" must be sent into the same {group} for "instead" to depend on it',
    "same_target": "{other} is sent there too",
    # against the lock
    "unknown_operation": 'Asana has no operation "{name}"{hint}',
    "request": 'the lock says "{expected}", got "{got}"',
    "effect_method": 'effect "{effect}" does not go with {method}',
    "unknown_target": '{operation} takes no {place} "{name}"{hint}',
    "read_only": "Asana answers with {name}, it cannot be sent",
    "upload": "{operation} takes an upload; leave the operation out and let a handler send it",
    "type_target": 'type "{type}" cannot be sent as {target}, which is {asana}',
    "enum_wanted": 'Asana takes only {values} here; the type must be "enum"',
    "enum_value": 'Asana does not take "{value}" here, only {values}',
    "null_refused": "Asana does not take null here",
    "null_in_path": "null cannot be sent in a path",
    "optional_path": 'what is sent in the path must be "required" or have a default',
    "beyond": "{keyword} {value} is beyond Asana's {limit}",
    "path_unsent": 'no argument is sent as "path:{name}"',
    "required_unsent": 'Asana requires {target}; a "required" argument or a default must send it',
    "bad_lock": "is not what `python3 -m codegen lock SPEC` writes; make it again",
    "limit_default": "needs a default: a list is never asked for without a limit",
    "offset_type": 'the type must be "offset"',
    "unpaged": "{operation} does not answer in pages",
    "page_unsent": '{operation} answers in pages; an argument must be sent as "paging:{name}"',
    "no_list": "{operation} does not answer with a list",
    "more_on_paged": "{operation} answers in pages, and next_page says how to go on",
    "more_unlimited": 'needs an "int" argument "limit" or "count" with a default, or "at_most"',
    "more_missing": '{operation} answers with one page; say in "more" how to get the rest',
    "fields_unsent": '{operation} takes opt_fields; add the argument "opt_fields"',
    "no_fields": "{operation} takes no opt_fields",
    "fields_of_nothing": "a tool without an operation has no default fields",
    "unknown_field": '{operation} answers without "{name}"{hint}',
    "local_only": "a tool without an operation sends nothing; use local:x",
    "local_without_handler": 'only a "handler" or an extra can use a local argument',
    "when_unsent": '"{name}" must be sent in the path of {operation}',
    "variant_method": "{operation} is a {got}, the tool's other request a {expected}",
    "unless_dropped": '{operation} gets "{name}" then, and takes no {place} "{target}"',
    "extra_method": "{operation} is a {method}; an extra can only be a GET",
    "extra_flag": '"{name}" must be of type "bool" and sent as local:x',
    "extra_of_list": "{operation} answers with a list, which has no room for another member",
    "extra_taken": '{operation} answers with "{name}" already',
    "keep_unasked": '"{name}" must be among the "fields"',
    "dropped": '{operation} does not take "{param}"; add a rule that refuses it with "{when}"',
    # examples
    "no_example": "needs an example or more",
    "example_unknown": 'there is no argument "{name}"{hint}',
    "example_missing": 'the argument "{name}" is required',
    "example_value": "{reason}",
    "example_rule": "{reason}",
    "example_sends": "expected {expected}, the tool sends {got}",
}


@dataclass(frozen=True, order=True)
class Problem:
    file: str
    place: str
    key: str
    text: str

    def __str__(self) -> str:
        return ": ".join(part for part in (self.file, self.place, self.text) if part)


class Report:
    """Collects problems of one file at a time."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def add(self, file: str, place: str, key: str, /, **values: object) -> None:
        self.problems.append(Problem(file, place, key, MESSAGES[key].format(**values)))

    def in_file(self, file: str) -> bool:
        return any(problem.file == file for problem in self.problems)
