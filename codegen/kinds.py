"""The closed list of argument types.

Each has one reader in runtime/tool/args.h, one form in a listing, and the shapes of Asana's
parameters that it may be sent as. `read` does in Python what the reader does in C, for the examples
of a schema.
"""

from __future__ import annotations

import datetime
import json
import re
from dataclasses import dataclass
from functools import partial
from typing import Any, Callable, Optional

GID = re.compile(r"[0-9]+\Z")
MAIL = re.compile(r"[^@\s,]+@[^@\s,]+\Z")
DATE = re.compile(r"\d{4}-\d{2}-\d{2}\Z")
TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})\Z")
FILTERS = """value is_set starts_with ends_with contains less_than greater_than before
    after""".split()
EXACT = 2**53


class Refused(Exception):
    """A value that the reader would not take; the text says what was expected."""


@dataclass(frozen=True)
class Kind:
    name: str
    member: str  # how the args struct holds it
    reader: str
    listed: dict[str, Any]
    writer: str  # str, bool, int, num, list, json, map or file: which writer of req.h sends it
    read: Callable[[Any], Any]
    expected: str  # for people, in TOOLS.md
    keywords: frozenset[str] = frozenset()
    flag: Optional[str] = None  # given to the reader always
    described: Optional[str] = None  # said of every argument of this type unless it says better

    @property
    def has_state(self) -> bool:
        """Absent and present are told apart by a state, not by a NULL."""
        return self.writer in ("bool", "int", "num")

    @property
    def one_string(self) -> bool:
        """A client sends one string, of which nothing is read as a list."""
        return self.name in ("string", "gid", "ref", "user", "date", "datetime", "enum")


def _string(value: Any) -> str:
    if not isinstance(value, str):
        raise Refused(f"expected a string, got {json.dumps(value)}")
    return value


def _line(value: Any) -> str:
    if "\n" in _string(value):
        raise Refused("expected one line")
    return value


def _html(value: Any) -> str:
    if not re.fullmatch(r"<body>.*</body>", _string(value), re.DOTALL):
        raise Refused("expected rich text in one <body>")
    return value


def _gid(value: Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value < EXACT:
        return str(value)
    if not isinstance(value, str) or not GID.match(value):
        raise Refused(f"expected a gid (digits), got {json.dumps(value)}")
    return value


def _ref(value: Any) -> str:
    return _gid(value) if isinstance(value, int) else _line(value)


def _word(value: Any) -> str:
    if not _line(value).strip():
        raise Refused("expected a word")
    return value.strip()


def _user(value: Any) -> str:
    if isinstance(value, str) and (value == "me" or MAIL.match(value)):
        return value
    try:
        return _gid(value)
    except Refused:
        raise Refused(f'expected a gid, "me" or an e-mail, got {json.dumps(value)}') from None


def _date(value: Any) -> str:
    try:
        if DATE.match(_string(value)):
            datetime.date.fromisoformat(value)
            return value
    except ValueError:
        pass
    raise Refused(f"expected YYYY-MM-DD, got {json.dumps(value)}")


def _datetime(value: Any) -> str:
    if not TIME.match(_string(value)):
        raise Refused(f"expected ISO 8601 with zone, got {json.dumps(value)}")
    return value


def _since(value: Any) -> str:
    return value if value == "now" else _datetime(value)


def _fields(value: Any) -> str:
    return ",".join(_items(value, _string))


def _bool(value: Any) -> bool:
    if value in ("true", "false"):
        return value == "true"
    if not isinstance(value, bool):
        raise Refused(f"expected true or false, got {json.dumps(value)}")
    return value


def _int(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise Refused(f"expected a whole number, got {json.dumps(value)}")
    return value


def _number(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise Refused(f"expected a number, got {json.dumps(value)}")
    return value


def _items(value: Any, each: Callable[[Any], str]) -> list[str]:
    if isinstance(value, str):
        value = [part.strip() for part in value.split(",")]
    elif not isinstance(value, list):
        value = [value]
    if not value:
        raise Refused("expected one item or more")
    return [each(item) for item in value]


def _object(value: Any) -> dict[str, Any]:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            pass
    if not isinstance(value, dict):
        raise Refused(f"expected an object, got {json.dumps(value)}")
    return value


def _objects(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            pass
    if not isinstance(value, list) or not value:
        raise Refused(f"expected a list of objects, got {json.dumps(value)}")
    for item in value:
        if not isinstance(item, dict):
            raise Refused(f"expected objects in the list, got {json.dumps(item)}")
    return value


def _filters(value: Any) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, inner in _object(value).items():
        if isinstance(inner, dict):
            flat.update({f"{key}.{operator}": plain for operator, plain in inner.items()})
        else:
            flat[key] = inner
    for key in flat:
        gid, _, operator = key.partition(".")
        if not GID.match(gid) or operator not in FILTERS:
            raise Refused(f'expected "GID.operator" as key, got {json.dumps(key)}')
    return flat


def _file(value: Any) -> dict[str, str]:
    file = _object(value)
    content = [name for name in ("text", "base64") if name in file]
    if set(file) != {"name", *content} or len(content) != 1:
        raise Refused('expected a file: {"name", "text"} or {"name", "base64"}')
    if not _line(file["name"]) or set(file["name"]) & set("/\\"):
        raise Refused(f'expected the name of a file, got {json.dumps(file["name"])}')
    _string(file[content[0]])
    return file


STRING = {"type": "string"}
OBJECT = {"type": "object"}
TEXT = "const char *"
BOOL = "struct arg_bool "
INT = "struct arg_int "
NUM = "struct arg_num "
LIST = "const struct arg_list *"
JSON = "const cJSON *"
PEOPLE = "users: gid, `me` or e-mail"

GIDS = partial(_items, each=_gid)
USERS = partial(_items, each=_user)
WORDS = partial(_items, each=_word)
ARRAY = {"type": "array", "items": STRING}
OBJECTS = {"type": "array", "items": OBJECT}
FILE = {
    "type": "object",
    "properties": {"name": STRING, "text": STRING, "base64": STRING},
    "required": ["name"],
    "additionalProperties": False,
}
MAYBE = frozenset({"default"})
CHOICE = frozenset({"default", "values"})
RANGE = frozenset({"default", "min", "max"})

_ALL = (
    Kind("string", TEXT, "args_string", STRING, "str", _line, "text, one line", MAYBE),
    Kind("text", TEXT, "args_text", STRING, "str", _string, "text"),
    Kind("html", TEXT, "args_html", STRING, "str", _html, "rich text in one `<body>`"),
    Kind(
        "html<task>",
        TEXT,
        "args_html",
        STRING,
        "str",
        _html,
        "rich text of a task in one `<body>`",
        flag="ARG_HTML_TASK",
    ),
    Kind("gid", TEXT, "args_gid", STRING, "str", _gid, "gid"),
    Kind("ref", TEXT, "args_ref", STRING, "str", _ref, "gid, typed id or link"),
    Kind("user", TEXT, "args_user", STRING, "str", _user, "user: gid, `me` or e-mail", MAYBE),
    Kind("date", TEXT, "args_date", STRING, "str", _date, "date `YYYY-MM-DD`"),
    Kind("datetime", TEXT, "args_datetime", STRING, "str", _datetime, "time, ISO 8601 with zone"),
    Kind("since", TEXT, "args_since", STRING, "str", _since, "time, ISO 8601 with zone, or `now`"),
    Kind("enum", TEXT, "args_enum", STRING, "str", _string, "one of", CHOICE),
    Kind(
        "offset",
        TEXT,
        "args_offset",
        STRING,
        "str",
        _string,
        "page token",
        described="next_page.offset of the page before.",
    ),
    Kind(
        "opt_fields",
        TEXT,
        "args_fields",
        STRING,
        "str",
        _fields,
        "comma list of field names",
        described="Comma list of fields to answer with.",
    ),
    Kind("bool", BOOL, "args_bool", {"type": "boolean"}, "bool", _bool, "true or false"),
    Kind("int", INT, "args_int", {"type": "integer"}, "int", _int, "whole number", RANGE),
    Kind("number", NUM, "args_number", {"type": "number"}, "num", _number, "number"),
    Kind("csv<gid>", LIST, "args_gids", STRING, "list", GIDS, "comma list of gids"),
    Kind("csv<user>", LIST, "args_users", STRING, "list", USERS, f"comma list of {PEOPLE}"),
    Kind("list<gid>", LIST, "args_gids", ARRAY, "list", GIDS, "list of gids"),
    Kind("list<user>", LIST, "args_users", ARRAY, "list", USERS, f"list of {PEOPLE}"),
    Kind("list<string>", LIST, "args_words", ARRAY, "list", WORDS, "list of words"),
    Kind("object", JSON, "args_object", OBJECT, "json", _object, "object"),
    Kind("list<object>", JSON, "args_objects", OBJECTS, "json", _objects, "list of objects"),
    Kind(
        "field_filters",
        JSON,
        "args_field_filters",
        OBJECT,
        "map",
        _filters,
        "object of custom-field filters",
    ),
    Kind(
        "file",
        "const struct arg_file *",
        "args_file",
        FILE,
        "file",
        _file,
        "file: `name`, and `text` or `base64`",
        described="name, and its content as text or base64.",
    ),
)

KINDS = {kind.name: kind for kind in _ALL}
# What a part of a form can be.
FORM_WRITERS = ("str", "bool", "file")
# Readers that can tell null from absent, and so can clear.
NULLABLE = frozenset(
    """string text html html<task> gid user date datetime enum bool int number object""".split()
)


def fits(kind: Kind, place: str, asana: dict[str, Any], item: bool) -> bool:
    """May such an argument be sent where the lock has this? item: as the one item of a list."""
    shape = asana["type"]
    if place == "form" and kind.writer not in FORM_WRITERS:
        return False
    if kind.writer == "file":
        return place == "form" and asana.get("format") == "binary"
    if item:
        return kind.writer == "str" and shape == "array" and asana.get("items") == "string"
    written = kind.writer
    if written == "str":
        if kind.name == "opt_fields":
            return shape in ("array", "string")
        if shape != "string":
            return False
        form = asana.get("format")
        if kind.name == "date":
            return form == "date"
        if kind.name in ("datetime", "since"):
            return form == "date-time" or (kind.name == "since" and form is None)
        return form is None
    if written == "bool":
        return shape == "boolean"
    if written == "int":
        return shape == "integer"
    if written == "num":
        return place == "body" and shape in ("number", "integer")
    if written == "list":
        return place in ("query", "body") and (
            shape == "string" or (shape == "array" and asana.get("items") == "string")
        )
    if written == "json":
        if kind.name == "list<object>":
            return place == "body" and shape == "array" and asana.get("items") == "object"
        return place == "body" and shape == "object"
    return place == "query" and shape == "object"
