"""A real redis-server for tests, on a port of its own, that can be stopped, paused and started again."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest
from pathlib import Path
from typing import Any, Optional, Union

from lib.certificate import Certificate

PATIENCE = 30.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Redis:
    """Keeps what it is told on disk (appendonly), in a folder that goes with close()."""

    def __init__(self, *flags: str):
        self.folder = Path(tempfile.mkdtemp(prefix="asana-mcp-redis-"))
        self.flags = flags
        self.child: Optional[subprocess.Popen[bytes]] = None
        for attempt in range(5):
            self.port = free_port()  # somebody else may take it before redis-server does
            if self.start():
                return
        self.close()
        raise AssertionError("redis-server does not start")

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> bool:
        """Again on the same port. False when it ended at once."""
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder)]
        command += ["--appendonly", "yes", "--save", "", *self.flags]
        self.child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        limit = time.monotonic() + PATIENCE
        while self.child.poll() is None and time.monotonic() < limit:
            if self.ask("PING") == "+PONG":
                return True
            time.sleep(0.01)
        self.stop(signal.SIGKILL)
        return False

    def ask(self, *words: str) -> str:
        """The first line of the answer to a command; empty when there is none."""
        text = f"*{len(words)}\r\n" + "".join(f"${len(word.encode())}\r\n{word}\r\n" for word in words)
        try:
            with socket.create_connection(("127.0.0.1", self.port), 5) as connection:
                connection.sendall(text.encode())
                return connection.recv(4096).decode("utf-8", "replace").split("\r\n")[0]
        except OSError:
            return ""

    def stop(self, sign: int = signal.SIGTERM) -> None:
        if self.child is not None:
            if self.child.poll() is None:
                self.child.send_signal(sign)
            self.child.wait()
        self.child = None

    def pause(self) -> None:
        assert self.child is not None
        os.kill(self.child.pid, signal.SIGSTOP)

    def resume(self) -> None:
        assert self.child is not None
        os.kill(self.child.pid, signal.SIGCONT)

    def close(self) -> None:
        if self.child is not None and self.child.poll() is None:
            self.child.send_signal(signal.SIGCONT)
        self.stop(signal.SIGKILL)
        shutil.rmtree(self.folder, ignore_errors=True)


class Eavesdropper:
    """Hears all that is published, and can publish it again: what somebody can do who has Redis' password."""

    def __init__(self, redis: Redis):
        self.socket = socket.create_connection(("127.0.0.1", redis.port), PATIENCE)
        self.file = self.socket.makefile("rb")
        self.redis = redis
        self.heard: list[tuple[bytes, bytes]] = []
        self.socket.sendall(b"PSUBSCRIBE asana-mcp:*\r\n")
        self._read()

    def _read(self) -> Union[int, bytes, list[Any]]:
        head = self.file.readline()
        if head[:1] == b"*":
            return [self._read() for _ in range(int(head[1:]))]
        if head[:1] == b"$":
            return self.file.read(int(head[1:]) + 2)[:-2]
        return int(head[1:]) if head[:1] == b":" else head

    def hear(self, count: int) -> list[tuple[bytes, bytes]]:
        """Waits until so many messages have come in all: (channel, text)."""
        while len(self.heard) < count:
            message = self._read()
            assert isinstance(message, list)
            if message[0] == b"pmessage":
                self.heard.append((message[2], message[3]))
        return self.heard

    def publish(self, channel: bytes, text: bytes) -> None:
        words = (b"PUBLISH", channel, text)
        command = b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words)
        with socket.create_connection(("127.0.0.1", self.redis.port), PATIENCE) as connection:
            connection.sendall(command)
            connection.recv(64)

    def close(self) -> None:
        self.file.close()
        self.socket.close()


def has_tls(program: str) -> bool:
    """Whether this build can speak TLS to Redis: Debian 12's hiredis cannot."""
    done = subprocess.run([program, "blocks", "--store", "rediss://host:x"], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    return "no TLS for Redis" not in done.stderr


def need_tls(program: str) -> None:
    """For setUpClass(): skips its tests in a build without."""
    if not has_tls(program):
        raise unittest.SkipTest("hiredis has no TLS here, so this build has none for Redis")


class TlsRedis(Redis):
    """The same, which is met with TLS; ask() goes to a plain port beside."""

    def __init__(self, certificate: Certificate, trusted: Path, *flags: str):
        self.tls_port = free_port()
        files = ["--tls-cert-file", str(certificate.cert), "--tls-key-file", str(certificate.key), "--tls-ca-cert-file", str(trusted)]
        super().__init__("--tls-port", str(self.tls_port), "--tls-auth-clients", "no", *files, *flags)

    @property
    def url(self) -> str:
        return f"rediss://localhost:{self.tls_port}/0"

    def show(self, certificate: Certificate) -> None:
        """Another one from now on."""
        answer = self.ask("CONFIG", "SET", "tls-cert-file", str(certificate.cert), "tls-key-file", str(certificate.key))
        assert answer == "+OK", answer
