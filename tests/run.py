#!/usr/bin/env python3
"""Runs the stages of the test suite: builds what they need, prints one line a stage and the counts.

`./dev test` installs what is missing and then calls this. The last line is `N passed, N failed`, with
`, N skipped` behind it when tests were skipped; the exit status is 0 only when nothing failed."""

from __future__ import annotations

import argparse
import concurrent.futures
import importlib.util
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import unittest
import xml.etree.ElementTree
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable, Optional, Sequence

TESTS = Path(__file__).resolve().parent
ROOT = TESTS.parent
BUILD = ROOT / "build"

# One module or program that takes longer hangs.
MODULE_SECONDS = 900

# Unit tests in which several threads meet; the tsan stage runs those of them that exist.
THREADED = ("afar", "ask", "base_audit", "base_log", "begin", "call_queue", "gate", "mailbox", "metrics", "quota", "ready", "route", "sandbox", "server", "session", "store")

# And the modules of tests/protocol that have several workers.
SPREAD = ("batches", "blocks", "call_queue", "cancel", "logs", "metrics", "modern_http", "nodes", "nodes_sign_in", "questions", "quota", "resume", "sign_in", "sign_in_people", "streams", "tools_pack",
          "tracing", "workers")


@dataclass
class Counts:
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    output: list[str] = field(default_factory=list)  # what a reader needs to see of the failures

    def add(self, other: "Counts") -> None:
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped
        self.output += other.output

    def text(self) -> str:
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        return f"{self.passed} passed, {self.failed} failed{skipped}"


def failure(text: str) -> Counts:
    return Counts(failed=1, output=[text])


@dataclass(frozen=True)
class Stage:
    name: str
    about: str
    run: Callable[[], Counts]
    presets: Sequence[str] = ("dev",)


def run_command(
    command: Sequence[str], env: Optional[dict[str, str]] = None, seconds: float = MODULE_SECONDS
) -> tuple[int, str]:
    """Exit status and merged output; a command that takes too long is killed and counts as failed."""
    try:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=seconds,
        )
    except subprocess.TimeoutExpired as late:
        said = (late.output or b"").decode("utf-8", "replace")
        return 124, f"{said}\n{' '.join(command)}: killed after {seconds:.0f} s"
    return done.returncode, done.stdout.decode("utf-8", "replace")


# Building


def build(preset: str) -> Optional[str]:
    """Configures and builds a preset; None when it went well, else what was said."""
    configure = ["cmake", "--preset", preset]
    code, text = run_command(configure)
    if code != 0:
        code, text = run_command([*configure, "--fresh"])  # a folder that another checkout or CMake left behind
    if code == 0:
        # Of the build for threads only what is tested with it.
        units = (f"test_{name}" for name in THREADED)
        targets = ["--target", "asana-mcp", "asana-mcp-conformance", *units] if preset == "tsan" else []
        code, text = run_command(["cmake", "--build", "--preset", preset, *targets], seconds=3600)
    return None if code == 0 else f"build/{preset} did not build:\n{text}"


# Unit tests in C


def ctest(preset: str, only: Optional[str] = None) -> Counts:
    """Runs CTest and counts CUnit's tests, or a program that has no such summary as one."""
    with tempfile.TemporaryDirectory() as scratch:
        report = Path(scratch) / "ctest.xml"
        command = ["ctest", "--test-dir", str(BUILD / preset), "--output-on-failure", "--no-tests=error"]
        command += ["-j", str(os.cpu_count() or 1), "--timeout", "300", "--output-junit", str(report)]
        if only:
            command += ["-R", only]
        code, text = run_command(command, sanitizer_environment())
        counts = Counts()
        if report.is_file():
            for case in xml.etree.ElementTree.parse(report).getroot().iter("testcase"):
                counts.add(count_ctest(case))
        if code != 0:
            counts.output.append(text)
            counts.failed = counts.failed or 1
        return counts


def count_ctest(case: xml.etree.ElementTree.Element) -> Counts:
    status = case.get("status")
    if status in ("notrun", "disabled"):
        return Counts(skipped=1)
    said = case.findtext("system-out") or ""
    # CUnit's summary: Type, Total, Ran, Passed, Failed, Inactive.
    summary = re.search(r"^\s*tests\s+(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s+(\d+)", said, re.MULTILINE)
    if summary:
        counts = Counts(int(summary[3]), int(summary[4]), int(summary[5]))
    else:
        counts = Counts(passed=1 if status == "run" else 0)
    if status != "run":
        counts.failed = counts.failed or 1
    return counts


def sanitizer_environment() -> dict[str, str]:
    env = {"UBSAN_OPTIONS": "print_stacktrace=1"}
    env["ASAN_OPTIONS"] = "detect_leaks=1:strict_string_checks=1:detect_stack_use_after_return=1"
    env["TSAN_OPTIONS"] = "halt_on_error=0:second_deadlock_stack=1"
    return env


# Python's unittest, a process for each module


class Result(unittest.TextTestResult):
    """Counts tests, a test with failing subtests as one, and failing class set-ups and tear-downs as one each."""

    def __init__(self, *args: object, **kwargs: object):
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.passed = 0

    def addSuccess(self, test: unittest.TestCase) -> None:
        super().addSuccess(test)
        self.passed += 1

    def addExpectedFailure(self, test: unittest.TestCase, err: object) -> None:
        super().addExpectedFailure(test, err)  # type: ignore[arg-type]
        self.passed += 1

    def failed(self) -> int:
        tests = {getattr(test, "test_case", test).id() for test, _ in [*self.failures, *self.errors]}
        return len(tests) + len(self.unexpectedSuccesses)


def run_module(path: Path, report: Path) -> int:
    """In a process of its own: runs one file's tests and writes their counts."""
    for place in (TESTS, ROOT, path.parent):
        sys.path.insert(0, str(place))
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    suite = unittest.defaultTestLoader.loadTestsFromModule(module)
    runner = unittest.TextTestRunner(resultclass=Result, verbosity=1)
    result = runner.run(suite)
    assert isinstance(result, Result)
    report.write_text(json.dumps([result.passed, result.failed(), len(result.skipped)]), encoding="utf-8")
    return 0 if result.wasSuccessful() else 1


def module_in_process(path: Path, env: dict[str, str]) -> Counts:
    with tempfile.TemporaryDirectory() as scratch:
        report = Path(scratch) / "counts.json"
        command = [sys.executable, str(TESTS / "run.py"), "--module", str(path), "--report", str(report)]
        code, text = run_command(command, env)
        shown = f"{path.relative_to(ROOT)}:\n{text}"
        if not report.is_file():
            return failure(shown)
        counts = Counts(*json.loads(report.read_text(encoding="utf-8")))
        if code != 0:
            counts.failed = counts.failed or 1
        if counts.failed:
            counts.output.append(shown)
        if not counts.passed + counts.failed + counts.skipped:
            return failure(f"{path.relative_to(ROOT)}: no tests in it")
        return counts


def modules(folder: str, *, program: Optional[Path] = None, only: Sequence[str] = ("*",)) -> Counts:
    """Runs the modules of a folder of tests, as many at a time as there are processors."""
    paths = sorted(path for name in only for path in (TESTS / folder).glob(f"test_{name}.py"))
    if not paths:
        return failure(f"tests/{folder}: no test modules")
    env = sanitizer_environment()
    env["ASANA_MCP_BIN"] = str(program or BUILD / "dev" / "asana-mcp")
    counts = Counts()
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for done in pool.map(lambda path: module_in_process(path, env), paths):
            counts.add(done)
    return counts


# With the official clients, and the official suite


def npm() -> tuple[str, Path]:
    """Node, and the folder of the packages that tests/e2e pins."""
    sys.path.insert(0, str(TESTS))
    from lib import node

    packages = node.install()
    return node.node(), packages


def end_to_end() -> Counts:
    try:
        node, packages = npm()
        from lib.node import chromium

        browser = chromium()
    except RuntimeError as error:
        return failure(str(error))
    env = sanitizer_environment()
    env["ASANA_MCP_BIN"] = str(BUILD / "dev" / "asana-mcp")
    env["ASANA_MCP_NPM"] = str(packages)
    env["ASANA_MCP_CHROMIUM"] = browser
    files = sorted(str(path) for path in (TESTS / "e2e").glob("*.test.mjs"))
    # A test that failed may leave something open: --test-force-exit ends its file all the same.
    options = ["--test", "--test-force-exit", "--test-reporter=tap", f"--test-concurrency={len(files)}"]
    code, text = run_command([node, *options, *files], env)
    counts = Counts(*(count_in_tap(text, name) for name in ("pass", "fail", "skipped")))
    counts.failed += count_in_tap(text, "cancelled")
    if code != 0 or counts.failed or not counts.passed:
        counts.failed = counts.failed or 1
        counts.output.append(text)
    return counts


def conformance() -> Counts:
    """Each scenario is a test. Both revisions meet the same server at the same time."""
    sys.path.insert(0, str(TESTS))
    from lib import conformance as suite, server

    try:
        node, packages = npm()
        program = str(BUILD / "dev" / "asana-mcp-conformance")
        running = server.Server("--auth", "token", workers=2, env=sanitizer_environment(), program=program)
    except (RuntimeError, AssertionError) as error:
        return failure(str(error))
    counts = Counts()
    with concurrent.futures.ThreadPoolExecutor(len(suite.REQUIRED)) as pool:
        runs = {
            revision: pool.submit(suite.run, node, packages, f"{running.url}/mcp", revision)
            for revision in suite.REQUIRED
        }
        for revision, done in runs.items():
            try:
                scenarios = done.result()
            except RuntimeError as error:
                counts.add(failure(str(error)))
                continue
            for name, complaints in scenarios.items():
                counts.add(Counts(failed=1) if complaints else Counts(passed=1))
                counts.output += [f"conformance, {revision}, {name}: {complaint}" for complaint in complaints]
    try:
        running.stop()
    except AssertionError as error:
        counts.add(failure(str(error)))
    counts.add(authorization(node, packages))
    return counts


def authorization(node: str, packages: Path) -> Counts:
    """What the suite asks of an authorization server, of the program itself."""
    from lib import conformance as suite, sign_in

    os.environ["ASANA_MCP_BIN"] = str(BUILD / "dev" / "asana-mcp")
    counts = Counts()
    with tempfile.TemporaryDirectory() as scratch:
        try:
            running = sign_in.SignInServer(store=Path(scratch) / "store.db", env=sanitizer_environment())
            scenarios = suite.authorize(node, packages, running.url)
            running.stop()
        except (RuntimeError, AssertionError) as error:
            return failure(f"conformance, authorization: {error}")
    for name, complaints in scenarios.items():
        counts.add(Counts(failed=1) if complaints else Counts(passed=1))
        counts.output += [f"conformance, {name}: {complaint}" for complaint in complaints]
    return counts


def count_in_tap(text: str, name: str) -> int:
    found = re.search(rf"^# {name} (\d+)$", text, re.MULTILINE)
    return int(found[1]) if found else 0


# Other builds


def thread_sanitizer() -> Counts:
    counts = ctest("tsan", rf"^test_({'|'.join(THREADED)})$")
    counts.add(modules("protocol", program=BUILD / "tsan" / "asana-mcp", only=SPREAD))
    return counts


def leaks() -> Counts:
    return modules("leaks", program=BUILD / "release" / "asana-mcp")


def deploy() -> Counts:
    return modules("deploy", program=BUILD / "release" / "asana-mcp")


def cluster() -> Counts:
    return modules("cluster", program=BUILD / "release" / "asana-mcp")


def speed() -> Counts:
    return modules("load", program=BUILD / "release" / "asana-mcp")


STAGES = (
    Stage("unit", "C modules, and the corpora of the fuzz targets, under ASan and UBSan", lambda: ctest("dev")),
    Stage("codegen", "the generator, and that generated/ is fresh", lambda: modules("codegen"), presets=()),
    Stage("scaffold", "new tools from Asana's operations: written, built, called", lambda: modules("scaffold"), presets=()),
    Stage("sandbox", "the embedded Asana", lambda: modules("sandbox")),
    Stage("cases", "each tool: the call, what Asana must see, its reply, the answer", lambda: modules("cases")),
    Stage("protocol", "MCP over HTTP+SSE and Streamable HTTP, good input and bad", lambda: modules("protocol")),
    Stage("cli", "the command line, and stdio", lambda: modules("cli")),
    Stage("conformance", "the official suite, on a build with its fixtures", conformance),
    Stage("e2e", "the official clients at work in the embedded Asana", end_to_end),
    Stage("deploy", "the Debian package in a root of its own; nginx and Caddy in front", deploy, presets=("release",)),
    Stage("cluster", "three nodes on Redis behind nginx, all that is killed meanwhile, and a crowd", cluster, presets=("release",)),
    Stage("tsan", "several workers under ThreadSanitizer", thread_sanitizer, presets=("tsan",)),
    Stage("leaks", "a session of calls under valgrind", leaks, presets=("release",)),
    Stage("speed", "a quick bench: processor time, memory and start beside nginx", speed, presets=("release",)),
)


def run_stage(stage: Stage, built: dict[str, Optional[str]]) -> Counts:
    for preset in stage.presets:
        if preset not in built:
            started = time.monotonic()
            built[preset] = build(preset)
            print(f"{'build ' + preset:<14} {time.monotonic() - started:6.1f} s", flush=True)
        trouble = built[preset]
        if trouble is not None:
            return failure(trouble)
    return stage.run()


def main() -> int:
    names = [stage.name for stage in STAGES]
    parser = argparse.ArgumentParser(prog="./dev test", description="Runs the tests, or some stages of them.")
    parser.add_argument("stages", metavar="STAGE", nargs="*", help=", ".join(names))
    parser.add_argument("--list", action="store_true", help="list the stages")
    parser.add_argument("--module", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--report", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.module:
        return run_module(options.module.resolve(), options.report)
    if options.list:
        for stage in STAGES:
            print(f"{stage.name:<12} {stage.about}")
        return 0
    for name in options.stages:
        if name not in names:
            parser.error(f"no stage {name!r}; there are {', '.join(names)}")

    total = Counts()
    built: dict[str, Optional[str]] = {}
    for stage in STAGES:
        if options.stages and stage.name not in options.stages:
            continue
        started = time.monotonic()
        counts = run_stage(stage, built)
        for text in counts.output:
            print(text.rstrip(), flush=True)
        print(f"{stage.name:<14} {time.monotonic() - started:6.1f} s  {counts.text()}", flush=True)
        total.add(counts)
    print(total.text(), flush=True)
    return 1 if total.failed or not total.passed else 0


if __name__ == "__main__":
    sys.exit(main())
