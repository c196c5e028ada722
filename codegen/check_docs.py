"""Are the other sources of the documentation in order?"""

from __future__ import annotations

from typing import Any, Collection, Optional

from . import docs
from .docs import Docs
from .load import ANSWERS, PICTURE, PLANS, PROGRAM, SETTINGS, TROUBLES
from .names import suggest
from .problems import Report
from .shape import Shape

TROUBLE = {"see": str, "why": str, "do": str}
PICTURE_PARTS = {
    "about": str,
    "title": str,
    "width": int,
    "height": int,
    "boxes": dict,
    "arrows": list,
}
BOX = {"at": list, "size": list, "title": str, "lines": list, "kind": str}
ARROW = {"from": str, "to": str, "label": str, "both": bool}
SETTINGS_PARTS = {"about": str, "groups": list, "readme": list}
GROUP = {"title": str, "settings": list}
KINDS = ("outside", "layer", "beside", "made")


def check_docs(report: Report, files: dict[str, Any], operations: Collection[str]) -> Docs:
    """operations: those that Asana has. What is missing or wrong is left out."""
    troubles = files.get(TROUBLES)
    picture = files.get(PICTURE)
    if troubles is not None:
        _troubles(Shape(report, TROUBLES), troubles)
    if picture is not None:
        _picture(Shape(report, PICTURE), picture)
    plans = files.get(PLANS)
    if plans is not None:
        _plans(Shape(report, PLANS), plans, operations)
    program = _kept(report, PROGRAM, files.get(PROGRAM), docs.program)
    settings = files.get(SETTINGS)
    if settings is not None:
        _settings(Shape(report, SETTINGS), settings, program)
    return Docs(
        troubles=_kept(report, TROUBLES, troubles, _as_troubles),
        program=program,
        settings=_kept(report, SETTINGS, settings, _as_layout) or docs.Layout(),
        answers=_kept(report, ANSWERS, files.get(ANSWERS), _as_answers),
        picture=_kept(report, PICTURE, picture, dict),
        paid=_kept(report, PLANS, plans, _as_paid) or frozenset(),
    )


def _kept(report: Report, file: str, raw: Any, make: Any) -> Any:
    if raw is None or report.in_file(file):
        return () if file == TROUBLES else None
    try:
        return make(raw)
    except (KeyError, TypeError, AttributeError):
        report.add(file, "", "recorded")
        return None


def _as_troubles(raw: Any) -> tuple[docs.Trouble, ...]:
    return tuple(docs.Trouble(**one) for one in raw)


def _as_paid(raw: Any) -> frozenset[str]:
    return frozenset(raw["operations"])


def _as_answers(raw: Any) -> dict[str, Any]:
    keys = ("args", "answer", "more")
    return {name: {key: one[key] for key in keys} for name, one in raw.items()}


def _as_layout(raw: Any) -> docs.Layout:
    return docs.Layout(
        tuple((one["title"], tuple(one["settings"])) for one in raw["groups"]),
        tuple(raw["readme"]),
    )


def _troubles(shape: Shape, raw: Any) -> None:
    if not shape.kind("", raw, list):
        return
    for number, value in enumerate(raw):
        place = f"[{number}]"
        fine = shape.members(place, value, TROUBLE, tuple(TROUBLE))
        if "see" in fine:
            shape.text(f"{place}.see", fine["see"], sentence=False)
        if fine.get("why"):
            shape.text(f"{place}.why", fine["why"], sentence=True)
        if "do" in fine:
            shape.text(f"{place}.do", fine["do"], sentence=True)


def _picture(shape: Shape, raw: Any) -> None:
    fine = shape.members("", raw, PICTURE_PARTS, ("title", "width", "height", "boxes", "arrows"))
    boxes = fine.get("boxes", {})
    for name, value in boxes.items():
        place = f"boxes.{name}"
        box = shape.members(place, value, BOX, ("at", "size", "title", "kind"))
        for keyword in ("at", "size"):
            for number, one in enumerate(box.get(keyword, [])):
                shape.kind(f"{place}.{keyword}[{number}]", one, int)
        if "kind" in box and box["kind"] not in KINDS:
            hint = suggest(box["kind"], KINDS)
            shape.add(f"{place}.kind", "unknown_value", what="kind", got=box["kind"], hint=hint)
    for number, value in enumerate(fine.get("arrows", [])):
        place = f"arrows[{number}]"
        arrow = shape.members(place, value, ARROW, ("from", "to"))
        for keyword in ("from", "to"):
            if keyword in arrow and arrow[keyword] not in boxes:
                name = arrow[keyword]
                hint = suggest(name, boxes)
                shape.add(f"{place}.{keyword}", "picture_box", name=name, hint=hint)


def _plans(shape: Shape, raw: Any, operations: Collection[str]) -> None:
    fine = shape.members("", raw, {"about": str, "operations": list}, ("operations",))
    for number, name in enumerate(shape.strings("operations", fine.get("operations", ["getTask"]))):
        if operations and name not in operations:
            hint = suggest(name, operations)
            shape.add(f"operations[{number}]", "unknown_operation", name=name, hint=hint)


def _settings(shape: Shape, raw: Any, program: Optional[docs.Program]) -> None:
    """Each name is a setting of a server, and in one group at most."""
    fine = shape.members("", raw, SETTINGS_PARTS, ("groups", "readme"))
    grouped: set[str] = set()
    for number, value in enumerate(fine.get("groups", [])):
        place = f"groups[{number}]"
        group = shape.members(place, value, GROUP, tuple(GROUP))
        if "title" in group:
            shape.text(f"{place}.title", group["title"], sentence=False)
        if "settings" in group:
            names = _names(shape, f"{place}.settings", group["settings"], program)
            for name in sorted(grouped.intersection(names)):
                shape.add(f"{place}.settings", "name_twice", name=name)
            grouped.update(names)
    if "readme" in fine:
        _names(shape, "readme", fine["readme"], program)


def _names(shape: Shape, place: str, raw: list[Any], program: Optional[docs.Program]) -> list[str]:
    names = shape.strings(place, raw)
    known = [one.name for one in program.of("serve")] if program else names
    for name in names:
        if name not in known:
            shape.add(place, "no_setting", name=name, hint=suggest(name, known))
    return names
