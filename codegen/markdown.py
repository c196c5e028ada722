"""What the emitters of Markdown share."""

from __future__ import annotations

EDITED = "Made from `schema/` by `python3 -m codegen gen`; do not edit."


def prose(text: str) -> str:
    """Text that Markdown is to show as it is; what stands between backquotes needs no help."""
    parts = text.split("`")
    parts[::2] = [part.replace("<", "&lt;") for part in parts[::2]]
    return "`".join(parts).replace("|", "\\|")
