"""What a bench measures. Each sample has servers of its own: nothing of one sample is in the next."""

from __future__ import annotations

import contextlib
import json
import re
import statistics
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Callable, Iterator, Optional, Sequence

import data
import machine
import servers

OURS, NGINX, SDK = "asana-mcp", "nginx", "TS SDK"

# More rounds are taken, up to so many, while the ratio's spread is wider than this share of it.
ROUNDS, ROUNDS_MOST, SPREAD = 3, 5, 0.15

# Seconds until V8 has compiled what a call runs through.
SDK_WARMUP = 4.0

IDLE_SESSIONS = 9900
SLOW_CALLS = 4096
SLOW_WARMUP = 2.0  # seconds until each of them has made several, and nothing is new any more


@dataclass(frozen=True)
class Load:
    """A closed loop of so many calls at a time."""

    name: str
    mode: str  # of the load generator
    call: data.Call
    connections: int
    sdk: bool = False  # the official SDK's server is measured, too
    goal: Optional[float] = None  # CPU of a call, nginx's = 1
    goal_p99: Optional[float] = None


LOADS = (
    Load("streamable, 16", "streamable", data.TASK, 16, sdk=True, goal=2.0),
    Load("streamable, 64", "streamable", data.TASK, 64, sdk=True, goal=2.0),
    Load("streamable, 256", "streamable", data.TASK, 256, sdk=True, goal=2.0, goal_p99=2.0),
    Load("HTTP+SSE, 16", "sse", data.TASK, 16, sdk=True, goal=2.0),
    Load("HTTP+SSE, 64", "sse", data.TASK, 64, sdk=True, goal=2.0),
    Load("HTTP+SSE, 256", "sse", data.TASK, 256, sdk=True, goal=2.0),
    Load("2026-07-28, 64", "modern", data.MODERN, 64),
    Load("60 KB list, 64", "streamable", data.LIST, 64, goal=4.0),
)
QUICK = tuple(load for load in LOADS if load.name in ("streamable, 64", "HTTP+SSE, 64"))


@dataclass
class Sample:
    cpu_us: float  # of the server, a call
    calls: float  # a second
    p50_ms: float
    p99_ms: float
    resident: int  # bytes, under load
    opened: int  # connections upstream


@dataclass
class Series:
    """The samples of one load, server by server, in rounds."""

    samples: dict[str, list[Sample]] = field(default_factory=dict)

    def median(self, server: str, name: str) -> float:
        return statistics.median(getattr(sample, name) for sample in self.samples[server])

    def ratios(self, server: str, name: str) -> list[float]:
        """To nginx in the same round: what disturbs one probably disturbed the other."""
        pairs = zip(self.samples[server], self.samples[NGINX])
        return [getattr(ours, name) / getattr(nginx, name) for ours, nginx in pairs]

    def ratio(self, server: str, name: str) -> float:
        return statistics.median(self.ratios(server, name))

    def least_ratio(self, server: str, name: str) -> float:
        """Between the least disturbed samples of both: for limits that a busy machine must not break."""
        least = {who: min(getattr(sample, name) for sample in self.samples[who]) for who in (server, NGINX)}
        return float(least[server] / least[NGINX])

    def spread(self) -> float:
        ratios = self.ratios(OURS, "cpu_us")
        return (max(ratios) - min(ratios)) / statistics.median(ratios)

    def as_json(self) -> dict[str, Any]:
        names = ("cpu_us", "calls", "p50_ms", "p99_ms", "resident", "opened")
        table: dict[str, Any] = {}
        for server in self.samples:
            table[server] = {name: round(self.median(server, name), 3) for name in names}
            table[server]["cpu_ratio"] = round(self.ratio(server, "cpu_us"), 3)
            table[server]["p99_ratio"] = round(self.ratio(server, "p99_ms"), 3)
        return table


class Bench:
    """A scratch folder with the data, and Asana's stand-in, which stays up. Use as a context manager."""

    def __init__(self, program: str, seconds: float = 3.0, warmup: float = 0.7, say: Callable[[str], None] = print):
        self.program = program
        self.seconds, self.warmup = seconds, warmup
        self.say = say
        self.files_most = machine.open_files()
        self.cores = machine.cores()
        self._scratch = tempfile.TemporaryDirectory(prefix="asana-mcp-bench-")
        self.folder = Path(self._scratch.name)
        self._number = 0
        self._expected: dict[str, Path] = {}

    def __enter__(self) -> "Bench":
        data.write(self.folder / "data")
        self.asana = servers.start_asana(self.new_folder(), self.folder / "data", self.cores.loading)
        return self

    def __exit__(self, *_: object) -> None:
        self.asana.child.stop()
        self._scratch.cleanup()

    def new_folder(self) -> Path:
        self._number += 1
        return self.folder / str(self._number)

    # Servers

    def server(self, upstream: Optional[int] = None, workers: int = 1, on: Sequence[int] = ()) -> servers.Running:
        port = upstream or self.asana.port
        return servers.start_server(self.program, self.new_folder(), port, on or self.cores.serving, workers)

    @contextlib.contextmanager
    def proxy(self, call: data.Call) -> Iterator[tuple[servers.Running, servers.Running]]:
        """nginx, and what it stands before: a program that gives our answers."""
        answer = f"/mcp={self.expected(call)}"
        with servers.start_standin(self.new_folder(), self.cores.loading, "--answer", answer) as standin:
            with servers.start_proxy(self.new_folder(), standin.port, self.cores.serving) as running:
                yield running, standin

    def late_asana(self, milliseconds: int) -> servers.Running:
        task = str(self.folder / "data" / "tasks" / data.GID)
        options = ("--task", task, "--delay", str(milliseconds))
        return servers.start_standin(self.new_folder(), self.cores.loading, *options)

    def expected(self, call: data.Call) -> Path:
        """Our answer to a call."""
        if call.name not in self._expected:
            with self.server() as running:
                path = self.folder / f"{call.name}.answer"
                self._expected[call.name] = servers.record(running, call, path)
        return self._expected[call.name]

    # Loads

    def generator(self, running: servers.Running, mode: str, connections: int, *more: str) -> list[str]:
        path = "/sse" if mode in ("sse", "idle") else "/mcp"
        command = ["taskset", "-c", ",".join(map(str, self.cores.loading)), machine.program("generate")]
        command += ["--mode", mode, "--port", str(running.port), "--path", path, "--connections", str(connections)]
        return [*command, *more]

    def call_options(self, call: data.Call, expect: Path) -> list[str]:
        request = self.folder / "data" / f"{call.name}.request"
        options = ["--tool", call.tool, "--request", str(request), "--expect", str(expect)]
        return [*options, "--id", data.ID, "--gid", data.GID, "--gids", str(data.GIDS)]

    def generate(
        self,
        running: servers.Running,
        mode: str,
        call: data.Call,
        connections: int,
        expect: Path,
        calls: int = 0,  # 0: for the bench's seconds, after warming up
        warmup: float = 0.0,
    ) -> dict[str, Any]:
        options = [*self.call_options(call, expect), "--pid", str(running.pid)]
        if calls:
            options += ["--calls", str(calls)]
        else:
            options += ["--seconds", str(self.seconds), "--warmup", str(warmup)]
        command = self.generator(running, mode, connections, *options)
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"{running.name}, {mode}, {call.name}, {connections} at a time: {done.stderr[:4000]}")
        return dict(json.loads(done.stdout))

    def sample_of(self, running: servers.Running, load: Load, expect: Path, opened: Callable[[], int]) -> Sample:
        before = opened()
        warmup = SDK_WARMUP if running.name == SDK else self.warmup
        got = self.generate(running, load.mode, load.call, load.connections, expect, warmup=warmup)
        return Sample(
            cpu_us=got["cpu_seconds"] * 1e6 / got["calls"],
            calls=got["calls"] / got["seconds"],
            p50_ms=got["p50_us"] / 1000,
            p99_ms=got["p99_us"] / 1000,
            resident=got["resident"],
            opened=opened() - before - 1,  # opened() itself came over one
        )

    def asana_opened(self) -> int:
        return int(servers.get(self.asana.port, "/status").split("requests")[1].split()[0])

    def sample(self, server: str, load: Load) -> Sample:
        if server == NGINX:
            with self.proxy(load.call) as (running, standin):
                accepted = lambda: int(servers.get(standin.port, "/accepted"))  # noqa: E731
                return self.sample_of(running, load, self.expected(load.call), accepted)
        if server == SDK:
            with servers.start_sdk(self.new_folder(), self.asana.port, self.cores.serving) as running:
                answer = servers.record(running, load.call, self.folder / "sdk.answer")
                return self.sample_of(running, load, answer, self.asana_opened)
        with self.server() as running:
            return self.sample_of(running, load, self.expected(load.call), self.asana_opened)

    def add_round(self, series: Series, load: Load) -> None:
        for name, samples in series.samples.items():
            samples.append(self.sample(name, load))

    def series(self, load: Load, sdk: bool) -> Series:
        series = Series({name: [] for name in (OURS, NGINX, SDK) if name != SDK or (sdk and load.sdk)})
        for number in range(ROUNDS_MOST):
            if number >= ROUNDS and series.spread() <= SPREAD:
                break
            self.add_round(series, load)
        shown = ", ".join(f"{ratio:.2f}" for ratio in series.ratios(OURS, "cpu_us"))
        self.say(f"{load.name}: CPU of a call, nginx = 1: {shown}")
        return series

    # Memory

    def idle_bytes(self, running: servers.Running, sessions: int) -> float:
        """Resident bytes that each of so many idle event streams costs."""
        before = machine.resident(running.pid)
        command = self.generator(running, "idle", sessions)
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdin is not None and child.stdout is not None
            if child.stdout.readline() != "idle\n":
                raise RuntimeError(f"{running.name}: {sessions} idle sessions could not be opened")
            after = machine.resident(running.pid)
            child.stdin.close()
            if "open" not in child.stdout.readline():
                raise RuntimeError(f"{running.name}: idle sessions were closed")
        return (after - before) / sessions

    def idle(self, sessions: int, server: str = OURS) -> float:
        if server == NGINX:
            with self.proxy(data.TASK) as (running, _):
                return self.idle_bytes(running, sessions)
        with self.server() as running:
            each = self.idle_bytes(running, sessions)
            self.send_long_headers(running)
            return each

    @staticmethod
    def send_long_headers(running: servers.Running) -> None:
        """Memory must not be saved on what requests may carry."""
        client = servers.Plain(running.port)
        try:
            client.headers["X-Long"] = "x" * (8 << 10)
            client.initialize()
        finally:
            client.close()

    def growth(self, calls: int = 1_000_000, first: int = 10_000) -> tuple[int, int]:
        """Resident bytes after the first calls, and after all of them."""
        expect = self.expected(data.TASK)
        with self.server() as running:
            begun = self.generate(running, "streamable", data.TASK, 64, expect, calls=first)
            ended = self.generate(running, "streamable", data.TASK, 64, expect, calls=calls - first)
        return begun["resident"], ended["resident"]

    # Other numbers

    def start(self, server: str = OURS, times: int = 9) -> tuple[float, int]:
        """Milliseconds from the start of the process to the first tools/list, and resident bytes then; medians."""
        starts = [self.start_once(server) for _ in range(times)]
        return statistics.median(spent for spent, _ in starts), int(statistics.median(size for _, size in starts))

    def start_once(self, server: str) -> tuple[float, int]:
        folder = self.new_folder()
        folder.mkdir()
        if server == SDK:
            command, env, ready = servers.sdk_command(self.asana.port), servers.sdk_environment(), servers.SDK_READY
        else:
            command, ready = servers.server_command(self.program, self.asana.port), servers.SERVER_READY
            env = servers.server_environment(folder)
        with machine.pinned(self.cores.serving):
            begun = time.monotonic()
            started = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        with started as child:
            assert child.stdout is not None
            try:
                found = None
                while not found:
                    line = child.stdout.readline()
                    if not line:
                        raise RuntimeError(f"{server} does not start")
                    found = re.search(ready, line)
                client = servers.Plain(int(found[1]))
                client.initialize()
                if not client.list_tools()["result"]["tools"]:
                    raise RuntimeError(f"{server} lists no tools")
                spent = (time.monotonic() - begun) * 1000
                client.close()
                return spent, machine.resident(child.pid)
            finally:
                child.terminate()
                child.stdout.read()

    def slow(self, calls: int = SLOW_CALLS) -> tuple[float, float]:
        """With so many under way on an Asana that takes 50 ms, those of 256 on one that answers at once = 1: calls a
        second, and CPU of a call. All are answered, else it fails."""
        load = Load("at once", "streamable", data.TASK, 256)
        expect = self.expected(data.TASK)
        rates, costs = [], []
        for _ in range(ROUNDS):
            at_once = self.sample(OURS, load)
            with self.late_asana(50) as asana, self.server(asana.port) as running:
                got = self.generate(running, "streamable", data.TASK, calls, expect, warmup=SLOW_WARMUP)
            rates.append(got["calls"] / got["seconds"] / at_once.calls)
            costs.append(got["cpu_seconds"] * 1e6 / got["calls"] / at_once.cpu_us)
        return statistics.median(rates), statistics.median(costs)

    def workers(self) -> tuple[float, float, float]:
        """Two workers beside one on the same processor: CPU of a call, one's = 1; and what the one that did less had of
        the processor time, and of the sessions."""
        load = Load("workers", "streamable", data.TASK, 256)
        ratios, times, sessions = [], [], []
        for _ in range(ROUNDS):
            one = self.sample(OURS, load)
            with self.server(workers=2) as running:
                before = machine.thread_ticks(running.pid)
                two = self.sample_of(running, load, self.expected(load.call), self.asana_opened)
                after = machine.thread_ticks(running.pid)
                opened = re.findall(r" session\.opened .*\bworker=(\d+)", running.child.said())
            spent = sorted((after[thread] - before.get(thread, 0) for thread in after), reverse=True)[:2]
            ratios.append(two.cpu_us / one.cpu_us)
            times.append(spent[-1] / sum(spent))
            sessions.append(min(opened.count("0"), opened.count("1")) / len(opened))
        return statistics.median(ratios), statistics.median(times), statistics.median(sessions)

    def more_workers(self) -> Optional[float]:
        """Calls a second of two workers on two processors, one's on one = 1. None where there are not five."""
        if machine.processors() < 5:
            return None
        load = Load("more workers", "streamable", data.TASK, 256)
        one, two = [], []
        for _ in range(ROUNDS):
            one.append(self.sample(OURS, load).calls)
            with self.server(workers=2, on=machine.cores(2).serving) as running:
                two.append(self.sample_of(running, load, self.expected(load.call), self.asana_opened).calls)
        return statistics.median(two) / statistics.median(one)
