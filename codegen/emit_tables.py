"""C tables over all tools: registry.c, and sandbox_ops.c with what Asana's document says."""

from __future__ import annotations

from .model import Model, Profile, Toolset
from .names import COLUMNS, NOTICE, block, c_string, c_text, lines
from .pack import version


def emit(model: Model) -> dict[str, str]:
    return {"registry.c": registry(model), "sandbox_ops.c": sandbox_ops(model)}


def registry(model: Model) -> str:
    return block(
        """
        /* $notice */
        #include "tool/tool.h"
        $includes

        #include <stdlib.h>
        #include <string.h>

        /* clang-format off */
        const struct tool *const tool_registry[] = {
        $tools
        };
        const size_t tool_registry_count = sizeof(tool_registry) / sizeof(*tool_registry);

        const struct toolset tool_toolsets[] = {
        $toolsets
        };
        const size_t tool_toolsets_count = sizeof(tool_toolsets) / sizeof(*tool_toolsets);

        $members
        const struct tool_profile tool_profiles[] = {
        $profiles
            { 0 },
        };

        const char tool_schema[] = "$version";

        static const struct tool *const by_name[] = {
        $by_name
        };
        /* clang-format on */

        static int compare(const void *name, const void *member)
        {
            const struct tool *const *tool = member;
            return strcmp(name, (*tool)->name);
        }

        const struct tool *tool_find(const char *name)
        {
            const size_t count = sizeof(by_name) / sizeof(*by_name);
            const struct tool *const *found = bsearch(name, by_name, count, sizeof(*by_name), compare);
            return found ? *found : NULL;
        }
        """,
        notice=NOTICE,
        version=version(model),
        includes="\n".join(
            f'#include "tools_{toolset.name}.h"'
            for toolset in sorted(model.toolsets, key=lambda one: one.name)
            if toolset.tools
        ),
        tools=lines(1, [f"&{tool.name}," for tool in model.tools]),
        toolsets=lines(1, [_toolset_row(toolset) for toolset in model.toolsets if toolset.tools]),
        members="\n".join(
            _table(f"static const char *const profile_{one.name}[]", _names(one))
            for one in model.profiles
            if one.tools is not None
        ),
        profiles=lines(1, [_profile_row(one) for one in model.profiles]),
        by_name=lines(1, [f"&{name}," for name in sorted(tool.name for tool in model.tools)]),
    )


def _names(profile: Profile) -> list[str]:
    return [*(c_string(name) for name in profile.tools or ()), "NULL"]


def _profile_row(profile: Profile) -> str:
    tools = f"profile_{profile.name}" if profile.tools is not None else "NULL"
    description = c_text([profile.description], 1).replace("\n    ", "\n  ")[4:]
    return f"{{ {c_string(profile.name)},\n  {description},\n  {tools} }},"


def _toolset_row(toolset: Toolset) -> str:
    head = f"{{ {c_string(toolset.name)}, {c_string(toolset.title)},"
    text = f"{head} {c_string(toolset.description)} }},"
    if 4 + len(text) <= COLUMNS:
        return text
    description = c_text([toolset.description], 1).replace("\n    ", "\n  ")[4:]
    return f"{head}\n  {description} }},"


def sandbox_ops(model: Model) -> str:
    tables = []
    rows = []
    for operation in model.sandbox:
        query = f"{operation.name}_query"
        names = [f'"{name}"' for name in sorted(operation.query)]
        tables.append(_table(f"static const char *const {query}[]", [*names, "NULL"]))
        body = "NULL"
        fields_of_body = operation.form if operation.form is not None else operation.body
        if fields_of_body is not None:
            body = f"{operation.name}_body"
            fields = [
                f'{{ "{name}", {"true" if about.get("read_only") else "false"} }}'
                for name, about in sorted(fields_of_body.items())
            ]
            tables.append(
                _table(
                    f"static const struct sandbox_body_field {body}[]", [*fields, "{ NULL, false }"]
                )
            )
        values = [
            f'"{operation.name}"',
            f'"{operation.method}"',
            f'"{operation.path}"',
            query,
            body,
            "false" if operation.form is None else "true",
        ]
        rows.append(_op_row(values))
    return block(
        """
        /* $notice */
        #include "sandbox/ops.h"

        /* clang-format off */

        $tables
        const struct sandbox_op sandbox_ops[] = {
        $rows
        };
        const size_t sandbox_ops_count = sizeof(sandbox_ops) / sizeof(*sandbox_ops);
        """,
        notice=NOTICE,
        tables="\n".join(tables),
        rows=lines(1, rows),
    )


def _table(head: str, items: list[str]) -> str:
    """On one line if it fits, else an item a line."""
    text = f"{head} = {{ {', '.join(items)} }};"
    if len(text) <= COLUMNS:
        return text + "\n"
    rows = "\n".join(f"    {item}," for item in items)
    return f"{head} = {{\n{rows}\n}};\n"


def _op_row(values: list[str]) -> str:
    text = f"{{ {', '.join(values)} }},"
    if 4 + len(text) <= COLUMNS:
        return text
    return "{ " + ", ".join(values[:3]) + ",\n  " + ", ".join(values[3:]) + " },"
