#!/usr/bin/env python3
"""Measures the server beside nginx and the official SDK, and prints a table: `./dev bench`. See README.md here."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from pathlib import Path
from typing import Any, Optional, Sequence

sys.path.insert(0, str(Path(__file__).resolve().parent))

import instructions  # noqa: E402
import machine  # noqa: E402
import measure  # noqa: E402
import servers  # noqa: E402
from measure import NGINX, OURS, SDK  # noqa: E402

# Name, goal (as verdict() takes it), unit; in the order of the table.
NUMBERS: tuple[tuple[str, Optional[float], str], ...] = (
    ("resident bytes of an idle SSE session", 9000, "B"),
    ("the same, nginx proxying it", None, "B"),
    ("resident at start", 8 * 1024, "KB"),
    ("resident at start, TS SDK", None, "KB"),
    ("start to first tools/list", 10, "ms"),
    ("start to first tools/list, TS SDK", None, "ms"),
    ("instructions of a call", None, ""),
    ("two workers: CPU of a call, one worker's = 1", 1.1, "×"),
    ("two workers: smaller share of the processor time", -35, "%"),
    ("two workers: smaller share of the sessions", -35, "%"),
    ("two workers: calls a second, one worker's = 1", -1.8, "×"),
    ("4,096 under way, 50 ms each: calls/s, 256 at once = 1", -0.9, "×"),
    ("4,096 under way, 50 ms each: CPU of a call, likewise", None, "×"),
    ("memory grown from 10,000 to 1,000,000 calls", 1024, "KB"),
)


def say(text: str) -> None:
    print(f"bench: {text}", file=sys.stderr, flush=True)


def run_loads(bench: measure.Bench, loads: Sequence[measure.Load], sdk: bool) -> dict[str, Any]:
    return {load.name: bench.series(load, sdk).as_json() for load in loads}


def run_numbers(bench: measure.Bench, quick: bool, long: bool, sdk: bool) -> dict[str, float]:
    """What is not a load, by the names of NUMBERS; what is left out has no entry."""
    numbers: dict[str, float] = {}
    fits = min(measure.IDLE_SESSIONS, (bench.files_most - 200) // 2)
    idle = 1000 if quick else fits
    say(f"{idle} idle sessions")
    if not quick and fits < measure.IDLE_SESSIONS:
        say(f"instead of {measure.IDLE_SESSIONS}: this system allows {bench.files_most} open files")
    numbers["resident bytes of an idle SSE session"] = bench.idle(idle)
    if not quick:
        numbers["the same, nginx proxying it"] = bench.idle(idle, NGINX)
    say("starting")
    spent, resident = bench.start()
    numbers["resident at start"], numbers["start to first tools/list"] = resident / 1024, spent
    if sdk and not quick:
        spent, resident = bench.start(SDK, times=3)
        numbers["resident at start, TS SDK"], numbers["start to first tools/list, TS SDK"] = resident / 1024, spent
    if quick:
        return numbers
    say("counting instructions")
    numbers["instructions of a call"] = instructions.one_call(bench)
    say("two workers")
    ratio, time, sessions = bench.workers()
    numbers["two workers: CPU of a call, one worker's = 1"] = ratio
    numbers["two workers: smaller share of the processor time"] = time * 100
    numbers["two workers: smaller share of the sessions"] = sessions * 100
    more = bench.more_workers()
    if more is None:
        say("two workers on processors of their own: skipped, fewer than five processors")
    else:
        numbers["two workers: calls a second, one worker's = 1"] = more
    say(f"{measure.SLOW_CALLS} calls under way")
    rate, cost = bench.slow()
    numbers["4,096 under way, 50 ms each: calls/s, 256 at once = 1"] = rate
    numbers["4,096 under way, 50 ms each: CPU of a call, likewise"] = cost
    if long:
        say("a million calls")
        first, last = bench.growth()
        numbers["memory grown from 10,000 to 1,000,000 calls"] = (last - first) / 1024
    return numbers


# The table


def verdict(value: float, goal: Optional[float]) -> str:
    """A goal below zero is the least, one above it the most."""
    if goal is None:
        return ""
    met = value >= -goal if goal < 0 else value <= goal
    return f"{'≥' if goal < 0 else '≤'} {abs(goal):g}{'' if met else '  no'}"


def change(new: float, old: Optional[float]) -> str:
    return f"{(new / old - 1) * 100:+.0f} %" if old else ""


def print_loads(loads: dict[str, Any], old: dict[str, Any]) -> None:
    row = "{:<16} {:<10} {:>9} {:>8} {:>7}  {:<10} {:>8} {:>8} {:>8} {:>8}  {:<10} {:>8} {:>7}"
    heads = ("load", "server", "µs a call", "nginx=1", "before", "goal", "calls/s", "p50 ms", "p99 ms", "nginx=1")
    print(row.format(*heads, "goal", "resident", "opened"))
    goals = {load.name: load for load in measure.LOADS}
    for name, servers_of in loads.items():
        for server, got in servers_of.items():
            ours = server == OURS
            before = old.get(name, {}).get(server, {}).get("cpu_ratio") if ours else None
            print(
                row.format(
                    name if ours else "",
                    server,
                    f"{got['cpu_us']:.1f}",
                    f"{got['cpu_ratio']:.2f}",
                    change(got["cpu_ratio"], before),
                    verdict(got["cpu_ratio"], goals[name].goal) if ours else "",
                    f"{got['calls']:.0f}",
                    f"{got['p50_ms']:.2f}",
                    f"{got['p99_ms']:.2f}",
                    f"{got['p99_ratio']:.2f}",
                    verdict(got["p99_ratio"], goals[name].goal_p99) if ours else "",
                    f"{got['resident'] / 2**20:.1f} MB",
                    f"{got['opened']:.0f}",
                ),
                flush=True,
            )


def print_numbers(numbers: dict[str, float], old: dict[str, float]) -> None:
    print()
    for name, goal, unit in NUMBERS:
        if name in numbers:
            value = numbers[name]
            shown = f"{value:,.2f}" if abs(value) < 100 else f"{value:,.0f}"
            print(f"{name:<56} {shown:>10} {unit:<3} {change(value, old.get(name)):>7}  {verdict(value, goal)}")


def main() -> int:
    parser = argparse.ArgumentParser(prog="./dev bench", description="Measures the server beside nginx.")
    parser.add_argument("--quick", action="store_true", help="two loads, start and memory: under a minute")
    parser.add_argument("--long", action="store_true", help="also a million calls")
    parser.add_argument("--against", type=Path, metavar="FILE", help="compare with the results of another build")
    parser.add_argument("--json", type=Path, metavar="FILE", help="where results go (default: build/load/bench.json)")
    parser.add_argument("--record", action="store_true", help="count the instructions of a call, for the test")
    parser.add_argument("--program", metavar="FILE", help="the server (default: build/release/asana-mcp)")
    options = parser.parse_args()
    old = json.loads(options.against.read_text("utf-8")) if options.against else {}
    program = options.program or str(machine.ROOT / "build" / "release" / "asana-mcp")
    seconds, warmup = (1.0, 0.4) if options.quick else (3.0, 0.7)
    with measure.Bench(program, seconds, warmup, say) as bench:
        if options.record:
            counted = instructions.one_call(bench)
            instructions.record(counted)
            print(f"{instructions.system()}: {counted} instructions of a call, recorded")
            return 0
        if bench.cores.serving == bench.cores.loading:
            say("one processor: server and load share it")
        sdk = servers.has_sdk() and not options.quick
        if not sdk and not options.quick:
            say("without the official SDK: its packages are not installed (./dev test e2e installs them)")
        loads = run_loads(bench, measure.QUICK if options.quick else measure.LOADS, sdk)
        print_loads(loads, old.get("loads", {}))
        numbers = run_numbers(bench, options.quick, options.long, sdk)
    print_numbers(numbers, old.get("numbers", {}))
    result = {"system": instructions.system(), "kernel": platform.release(), "loads": loads, "numbers": numbers}
    target = options.json or machine.BUILT / "bench.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n", "utf-8")
    say(f"results are in {os.path.relpath(target)}")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (RuntimeError, AssertionError, OSError) as error:
        sys.exit(f"bench: {error}")
