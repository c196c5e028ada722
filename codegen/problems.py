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
    "file_name": 'it is called "{name}", so its file must be {name}.json',
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
    "bad_header": '"{name}" must be letters and digits, in words joined by hyphens',
    # arguments among themselves
    "alias_is_name": 'the alias "{alias}" is an argument of its own',
    "alias_twice": 'the alias "{alias}" is taken by {other}',
    "alias_derived": 'the alias "{alias}" is accepted anyway; leave it out',
    "default_and": 'cannot be both "{keyword}" and have a default',
    "bad_default": "{reason}",
    "header_twice": 'the header "{name}" is sent for {other} too',
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
    "upload": "{operation} takes neither JSON nor a form; leave the operation out and let a handler"
    " send it",
    "type_target": 'type "{type}" cannot be sent as {target}, which is {asana}',
    "enum_wanted": 'Asana takes only {values} here; the type must be "enum"',
    "enum_value": 'Asana does not take "{value}" here, only {values}',
    "null_refused": "Asana does not take null here",
    "null_in_path": "null cannot be sent in a {place}",
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
    "sync_unsent": 'an argument must be sent as "query:sync": it is the token to go on from',
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
    # history
    "bad_history": 'expected "YYYY-MM: what changed, and why.", got "{got}"',
    "unsaid": "{what}, which breaks who relies on it; keep it (an old name as an alias), or say so"
    ' in one more line: "YYYY-MM: {name} …, because …."',
    # prompts
    "prompt_long": "is {size} bytes long; every use costs that, so the most is {most}",
    "prompt_stray": 'expected {{name}}, [[name: …]] or [[!name: …]], got "{got}"',
    "part_open": '"{got}" is not closed by "]]"',
    "part_nested": "a part cannot be inside another; close the first one before",
    "part_always": '"{name}" is required, so it is always there; leave the [[ ]] out',
    "hole_maybe": '"{name}" can be left out; write it as [[{name}: … {{{name}}} …]]',
    "argument_unused": 'the text never says {{{name}}}; use the argument or leave it out',
    "no_tool": 'there is no tool "{name}"{hint}',
    "hidden_tool": 'the tool "{name}" is hidden, so nobody can call it',
    "call_unread": "{tool}(…) takes name or name=value, separated by commas",
    "call_unknown": '{tool} takes no "{name}"{hint}',
    "call_value": "{tool}: {reason}",
    "call_needs": '{tool} needs "{name}"; name it between the parentheses',
    # hidden workspaces
    "visible_shape": "must be of type {what}",
    "visible_kind": "expected path and withheld, and one of in, among, under and list at most",
    "no_such_kind": '"{name}" is none of the kinds{hint}',
    "never_also": "cannot be among both: nobody sees what it names",
    "unplaced": 'say what kind of object "{name}" is, which {tool} names',
    # pages
    "page_tag": 'expected {{{{name}}}}, {{{{#name}}}}, {{{{^name}}}} or {{{{/name}}}}, got "{got}"',
    "page_open": '"{got}" is not closed by "{{{{/{name}}}}}"',
    "page_close": '"{got}" does not close what was opened last',
    "page_item": '"{name}" is of an item; it belongs inside {{{{#{list}}}}}',
    "page_nested": 'the list "{name}" cannot be inside another list',
    "page_kinds": '"{name}" is a list in one place and a text in another',
    "page_maybe": '"{name}" can be left out; write it inside {{{{#{name}}}}} only',
    "page_place": '"{got}" is safe only in text and between double quotes',
    "page_split": '"{got}" must stand in the same tag or text as its beginning',
    "page_element": "{reason}",
    "page_heading": "needs exactly one <h1>, which is the title too, and has {count}",
    "page_slots": "needs {{{{>title}}}}, {{{{>style}}}}, {{{{>content}}}} in this order, and no blocks",
    "page_script": '"{got}" ends or hides the script; write it in another way',
    "page_alone": "belongs to no page; name it like the page that it is for",
    "page_active": '"{got}" needs script, a second style or another file; our pages do without',
    # clients
    "client_name": '"{name}" must be lower-case words joined by hyphens',
    "client_order": "{order} is taken by {other}",
    "client_uri": 'expected an address like https://host/path, got "{got}"',
    "client_redirect": "no server allows {got} by default: https, http on the own machine or a scheme"
    " of its own, of which only the last part of a longer path may be a word in capitals",
    "client_nowhere": 'names no file; say where it is in "files" or "project"',
    "client_untold": 'no snippet and no entry says how to connect by "{transport}"',
    "client_unlisted": '"{transport}" is told below; list it here, too',
    "client_bearer": 'no snippet sends a token; add one with "auth": "bearer", or "settings.bearer"',
    "client_hole": 'there is no "{{{name}}}"{hint}',
    "client_address": "says no address; write {{{name}}} where it goes",
    "client_secret": '"{got}" looks like a token; name a variable of the environment instead',
    "client_snippet": "is not {format}: {reason}",
    # other sources of the documentation
    "recorded": "is not what `./dev docs` writes; make it again",
    "no_setting": '`asana-mcp serve` takes no setting "{name}"{hint}',
    "picture_box": 'there is no box "{name}"{hint}',
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
