"""C of visible.c: what requests name, and where objects tell their workspace."""

from __future__ import annotations

from typing import Optional

from .model import Model
from .names import COLUMNS, NOTICE, block, c_string, lines
from .visible import Place, Route

WAYS = {"": "ITSELF", "in": "IN", "among": "AMONG", "under": "UNDER", "list": "LISTED"}


def emit(model: Model) -> dict[str, str]:
    if model.visible is None:
        return {}
    places, routes = model.visible.places, model.visible.routes
    return {
        "visible.c": block(
            """
            /* $notice */
            #include "tool/visible_rules.h"

            /* clang-format off */

            $kinds

            $names
            static const struct visible_kind *const kinds[] = {
            $all
                NULL,
            };

            static const struct visible_route routes[] = {
            $routes
            };

            const struct visible_rules visible_rules = {
                kinds, routes, sizeof(routes) / sizeof(*routes)
            };
            """,
            notice=NOTICE,
            kinds="\n".join(_kind(place) for place in places),
            names="\n".join(_names(route) for route in routes),
            all=lines(1, [f"&{place.name}_kind," for place in places]),
            routes=lines(1, [_route(route) for route in routes]),
        )
    }


def _text(text: Optional[str]) -> str:
    return c_string(text) if text is not None else "NULL"


def _kind(place: Place) -> str:
    values = [c_string(place.name), f"VISIBLE_{WAYS[place.way]}"]
    values += [_text(one) for one in (place.path, place.at, place.fields, place.withheld)]
    text = f"static const struct visible_kind {place.name}_kind = {{ {', '.join(values)} }};"
    if len(text) <= COLUMNS:
        return text
    head, tail = text.split(" = ", 1)
    return f"{head} =\n    {tail}"


def _names(route: Route) -> str:
    rows = [
        f"{{ {c_string(name)}, {{ {', '.join(f'&{kind}_kind' for kind in kinds)} }} }},"
        for name, kinds in route.names
    ]
    return block(
        """
        static const struct visible_name ${operation}_names[] = {
        $rows
            { NULL, { NULL } },
        };
        """,
        operation=route.operation.name,
        rows=lines(1, rows),
    )


def _route(route: Route) -> str:
    answers = f"&{route.answers}_kind" if route.answers else "NULL"
    names = f"{route.operation.name}_names"
    head = f"{{ ASANA_{route.operation.method}, {c_string(route.operation.path)},"
    text = f"{head} {names}, {answers} }},"
    return text if 4 + len(text) <= COLUMNS else f"{head}\n  {names}, {answers} }},"
