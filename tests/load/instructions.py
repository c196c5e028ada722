"""How many instructions one call takes through the whole program: counted by valgrind, so that no other load on the
machine changes it. It depends on the compiler and the libraries: instructions.json has a count for each system."""

from __future__ import annotations

import json
import platform
import re
from pathlib import Path
from typing import Optional

import data
import machine
import measure
import servers

RECORD = machine.HERE / "instructions.json"
CALLS = 100
# What may be added to the recorded count.
BOUND = 0.15


def system() -> str:
    """Such as debian-12-x86_64."""
    said = {}
    for line in Path("/etc/os-release").read_text().splitlines():
        name, _, value = line.partition("=")
        said[name] = value.strip('"')
    return "-".join((said.get("ID", "linux"), said.get("VERSION_ID", "0"), platform.machine()))


def count(bench: measure.Bench, calls: int) -> int:
    """Instructions of a server from its start to its end, with so many calls over one connection between."""
    folder = bench.new_folder()
    out = f"--callgrind-out-file={folder / 'callgrind'}"
    wrapper = ["valgrind", "--tool=callgrind", out]
    expect = bench.expected(data.TASK)
    with servers.start_server(
        bench.program, folder, bench.asana.port, bench.cores.serving, wrapper=wrapper
    ) as running:
        got = bench.generate(running, "streamable", data.TASK, 1, expect, calls=calls)
        if got["answered"] != calls:
            raise RuntimeError(f"{calls} calls were asked for, {got['answered']} made")
    found = re.search(r"Collected : (\d+)", running.child.said())
    if not found:
        raise RuntimeError(f"valgrind says no count:\n{running.child.said()[-2000:]}")
    return int(found[1])


def one_call(bench: measure.Bench) -> int:
    """The difference that so many more calls make, for each of them."""
    return (count(bench, 2 * CALLS) - count(bench, CALLS)) // CALLS


def recorded() -> Optional[int]:
    """None on a system that nobody has recorded yet."""
    found = json.loads(RECORD.read_text("utf-8")).get(system()) if RECORD.is_file() else None
    return int(found) if found is not None else None


def record(instructions: int) -> None:
    known = json.loads(RECORD.read_text("utf-8")) if RECORD.is_file() else {}
    known[system()] = instructions
    RECORD.write_text(json.dumps(known, indent=2, sort_keys=True) + "\n", "utf-8")
