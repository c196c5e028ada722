"""The machine that a bench runs on: which processors serve, which make the load, what the system says of a process."""

from __future__ import annotations

import contextlib
import os
import resource
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator, Mapping, Optional, Sequence

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
BUILT = ROOT / "build" / "load"

WARNINGS = ("-Wall", "-Wextra", "-Wshadow", "-Wconversion", "-Wvla", "-Wstrict-prototypes", "-Wmissing-prototypes")
PROGRAMS = {"generate": ("generate.c", "client.c", "response.c", "text.c"), "standin": ("standin.c", "text.c")}


@dataclass(frozen=True)
class Cores:
    """What is measured runs on serving, all the rest on loading."""

    serving: tuple[int, ...]
    loading: tuple[int, ...]


def cores(serving: int = 1) -> Cores:
    """The first processors serve. Of five and more, the first two make no load: two workers may serve on them."""
    there = sorted(os.sched_getaffinity(0))
    loading = there[2:5] if len(there) >= 5 else there[1:] or there
    return Cores(tuple(there[:serving]), tuple(loading))


def processors() -> int:
    return len(os.sched_getaffinity(0))


@contextlib.contextmanager
def pinned(on: Sequence[int]) -> Iterator[None]:
    """What is started meanwhile is bound to these processors from its first instruction."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, on)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def open_files() -> int:
    """Raises this process's ceiling, and with it that of what it starts, as far as it goes; returns it."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return most if most != resource.RLIM_INFINITY else 1 << 20


def program(name: str) -> str:
    """A program of this folder, compiled when its sources are newer."""
    sources = [HERE / source for source in PROGRAMS[name]]
    made = BUILT / name
    newest = max(path.stat().st_mtime for path in HERE.glob("*.[ch]"))
    if not made.is_file() or made.stat().st_mtime < newest:
        BUILT.mkdir(parents=True, exist_ok=True)
        compiler = shutil.which("gcc") or "cc"
        options = ["-std=gnu17", "-D_GNU_SOURCE", "-O2", "-g", *WARNINGS, "-Werror"]
        subprocess.run([compiler, *options, *map(str, sources), "-o", str(made)], check=True)
    return str(made)


class Child:
    """A process pinned to some processors. What it writes goes to a file, as a service's log does."""

    def __init__(
        self,
        command: Sequence[str],
        on: Sequence[int],
        log: Path,
        env: Optional[Mapping[str, str]] = None,
        **options: object,
    ):
        self.log = log
        self.command = list(command)
        # It must not outlive a bench that is killed.
        pinned = ["setpriv", "--pdeathsig", "TERM", "taskset", "-c", ",".join(map(str, on)), *command]
        with log.open("wb") as out:
            self.child = subprocess.Popen(
                pinned,
                env=dict(env) if env is not None else None,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                **options,  # type: ignore[call-overload]
            )

    @property
    def pid(self) -> int:
        return self.child.pid  # setpriv and taskset become the command

    def said(self) -> str:
        return self.log.read_text("utf-8", "replace")

    def stop(self) -> None:
        if self.child.poll() is None:
            self.child.terminate()
        try:
            self.child.wait(30)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()


def resident(pid: int) -> int:
    """Resident memory of a process in bytes."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise RuntimeError(f"process {pid} has no memory")


def thread_ticks(pid: int) -> dict[int, int]:
    """Processor time of each thread so far, in clock ticks."""
    ticks = {}
    for task in Path(f"/proc/{pid}/task").iterdir():
        fields = (task / "stat").read_text().rpartition(")")[2].split()
        ticks[int(task.name)] = int(fields[11]) + int(fields[12])
    return ticks


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
