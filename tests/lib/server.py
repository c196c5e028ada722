"""The program under test: starts it, waits until it says that it serves, and looks at how it ends.

The binary is $ASANA_MCP_BIN, else build/dev/asana-mcp. A server that does not exit with status 0 on
SIGTERM, or that a sanitizer complained about, fails the test that stops it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import threading
import unittest
from pathlib import Path
from typing import Callable, Mapping, Optional, Sequence, Union

ROOT = Path(__file__).resolve().parents[2]

# Generous, as the machine may be busy and the binary slow under sanitizers.
START_SECONDS = 60.0
STOP_SECONDS = 60.0

SANITIZER_REPORT = re.compile(
    r"ERROR: (Address|Leak)Sanitizer|WARNING: ThreadSanitizer|runtime error:|ERROR SUMMARY: [1-9]|Assertion .* failed"
)

# In a line of text or of JSON.
READY = re.compile(r'server\.ready\b.*\burl(?:=|":)"?(https?://[^\s"]+)"?[ ,]"?listen(?:=|":)"?https?://[^\s"]+:(\d+)')


def binary() -> str:
    return os.environ.get("ASANA_MCP_BIN") or str(ROOT / "build" / "dev" / "asana-mcp")


def fixtures() -> str:
    """The same program with the tools that the conformance suite calls: they talk before they answer."""
    return str(Path(binary()).with_name("asana-mcp-conformance"))


def clean_environment(extra: Optional[Mapping[str, str]] = None) -> dict[str, str]:
    """The environment without what would change the server's settings or send its requests through a proxy."""
    env = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("ASANA_MCP_", "ASANA_ACCESS")) and not name.lower().endswith("_proxy")
    }
    env.setdefault("ASAN_OPTIONS", "detect_leaks=1:strict_string_checks=1:detect_stack_use_after_return=1")
    env.setdefault("UBSAN_OPTIONS", "print_stacktrace=1")
    env.update(extra or {})
    return env


class Process:
    """A child whose standard error is collected line by line."""

    def __init__(self, command: Sequence[str], env: Mapping[str, str], pass_fds: Sequence[int] = ()):
        self.command = list(command)
        self.lines: list[str] = []
        self._changed = threading.Condition()
        self._ended = False
        self.child = subprocess.Popen(
            self.command,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=tuple(pass_fds),
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.child.stdout is not None
        for raw_line in self.child.stdout:
            with self._changed:
                self.lines.append(raw_line.decode("utf-8", "replace").rstrip("\n"))
                self._changed.notify_all()
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    @property
    def pid(self) -> int:
        return self.child.pid

    def output(self) -> str:
        with self._changed:
            return "\n".join(self.lines)

    def wait_for(self, pattern: Union[str, "re.Pattern[str]"], seconds: float = START_SECONDS, after: int = 0) -> "re.Match[str]":
        """The first line (after so many) in which the pattern is found; fails when the program ends or time is up before."""
        found: list["re.Match[str]"] = []

        def look() -> bool:
            for line in self.lines[after:]:
                match = re.search(pattern, line)
                if match:
                    found.append(match)
                    return True
            return self._ended

        with self._changed:
            self._changed.wait_for(look, timeout=seconds)
            text = "\n".join(self.lines)
        if not found:
            raise AssertionError(f"{' '.join(self.command)}: no line matched {pattern!r}; it wrote:\n{text}")
        return found[0]

    def stop(self, sign: Optional[int] = signal.SIGTERM) -> None:
        """Ends it and fails unless it went well; sign is None when it was told already."""
        if sign is not None and self.child.poll() is None:
            self.child.send_signal(sign)
        try:
            code = self.child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.child.send_signal(signal.SIGABRT)
            self.child.wait()
            self._finish()
            late = f"did not end within {STOP_SECONDS:.0f} s"
            raise AssertionError(f"{late}:\n{self.output()}") from None
        self._finish()
        report = SANITIZER_REPORT.search(self.output())
        if code != 0 or report:
            raise AssertionError(f"{' '.join(self.command)} ended with status {code}:\n{self.output()}")

    def _finish(self) -> None:
        self._reader.join(STOP_SECONDS)
        if self.child.stdout is not None:
            self.child.stdout.close()


class Server(Process):
    """`asana-mcp serve` on a port of the system's choice (or one that is kept for it), with an Asana at api_url or the embedded one."""

    def __init__(
        self,
        *arguments: str,
        api_url: Optional[str] = None,
        token: Optional[str] = "test-token-of-the-operator",
        workers: int = 1,
        env: Optional[Mapping[str, str]] = None,
        wrapper: Sequence[str] = (),
        program: Optional[str] = None,
        pass_fds: Sequence[int] = (),
        port: int = 0,
    ):
        command = [*wrapper, program or binary(), "serve", "--listen", f"127.0.0.1:{port}", "--workers", str(workers)]
        environment = clean_environment(env)
        if api_url is None:
            command.append("--sandbox")
        else:
            command += ["--api-url", api_url]
            if token is not None:
                environment["ASANA_ACCESS_TOKEN"] = token
        super().__init__([*command, *arguments], environment, pass_fds)
        try:
            ready = self.wait_for(READY, START_SECONDS)
        except AssertionError:
            self.child.kill()
            self.child.wait()
            self._finish()
            raise
        self.url = ready.group(1)
        self.port = int(ready.group(2))


class Sandbox(Process):
    """`asana-mcp sandbox`: the embedded Asana alone."""

    def __init__(self, *arguments: str, env: Optional[Mapping[str, str]] = None):
        super().__init__([binary(), "sandbox", *arguments], clean_environment(env))
        try:
            ready = self.wait_for(r"serves (http://[^\s]+:(\d+)/api/1\.0)")
        except AssertionError:
            self.child.kill()
            self.child.wait()
            self._finish()
            raise
        self.api_url = ready.group(1)
        self.port = int(ready.group(2))


class ServerCase(unittest.TestCase):
    """One server for all tests of a class; subclasses say which in start_server(). How it ends counts:
    a failure in tearDownClass is an error of the class."""

    server: Server

    @classmethod
    def start_server(cls) -> Server:
        return Server(workers=1)

    @classmethod
    def setUpClass(cls) -> None:
        cls.server = cls.start_server()

    @classmethod
    def tearDownClass(cls) -> None:
        cls.server.stop()

    def own_server(self, make: Callable[[], Server]) -> Server:
        """A server for this test only, stopped and looked at when it ends."""
        server = make()
        self.addCleanup(server.stop)
        return server
