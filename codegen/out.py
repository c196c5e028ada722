"""Puts emitted texts where they belong: writes what changed, deletes what nobody emits any more."""

from __future__ import annotations

from pathlib import Path


def stale(folder: Path, files: dict[str, str]) -> list[str]:
    """What write() would do: "made x", "changed x", "removed x", sorted by file."""
    found = []
    for name, text in files.items():
        path = folder / name
        if not path.exists():
            found.append((name, f"made {name}"))
        elif path.read_bytes() != text.encode():
            found.append((name, f"changed {name}"))
    found += [(name, f"removed {name}") for name in _present(folder) if name not in files]
    return [line for _, line in sorted(found)]


def write(folder: Path, files: dict[str, str]) -> list[str]:
    """A file that is as emitted keeps its time stamp, so nothing is compiled for nothing."""
    done = stale(folder, files)
    for line in done:
        verb, _, name = line.partition(" ")
        path = folder / name
        if verb == "removed":
            path.unlink()
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(files[name].encode())
    return done


def _present(folder: Path) -> list[str]:
    return [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
