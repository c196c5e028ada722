"""A stand-in for Asana that answers what a test tells it to, byte for byte, and remembers what it was asked.

A test gives it a script: a Reply for every request, or a function from request to Reply. Replies can
also misbehave: break off in the middle, never come, come when the test says so, be no HTTP at all."""

from __future__ import annotations

import base64
import email
import gzip
import http.client
import json
import socket
import threading
from dataclasses import dataclass, field
from typing import Any, Callable, Mapping, Optional, Union
from urllib.parse import parse_qsl, unquote, urlsplit


@dataclass(frozen=True)
class Request:
    method: str
    path: str  # below the API's base, percent-decoded
    target: str  # the request line's target as sent
    query: list[tuple[str, str]]
    headers: dict[str, str]  # names in lower case
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body) if self.body else None

    def form(self) -> Optional[dict[str, Any]]:
        """The parts of a form: texts, and files as {"name", "base64"}; None when the body is no form."""
        kind = self.headers.get("content-type", "")
        if not kind.startswith("multipart/form-data"):
            return None
        whole = email.message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + self.body)
        parts: dict[str, Any] = {}
        for part in whole.get_payload():
            name = part.get_param("name", header="content-disposition")
            content = part.get_payload(decode=True)
            file = part.get_param("filename", header="content-disposition")
            if file is None:
                parts[name] = content.decode()
            else:
                # As Asana's document has it: the name is URL-encoded unless it is plain.
                file = file[2] if isinstance(file, tuple) else file
                parts[name] = {"name": unquote(file), "base64": base64.b64encode(content).decode()}
        return parts

    def token(self) -> Optional[str]:
        value = self.headers.get("authorization", "")
        return value[len("Bearer ") :] if value.startswith("Bearer ") else None


@dataclass
class Reply:
    """What to answer. body: anything but bytes is sent as JSON."""

    status: int = 200
    body: Any = field(default_factory=lambda: {"data": {}})
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json; charset=UTF-8"
    gzip: bool = False
    chunked: bool = False
    raw: Optional[bytes] = None  # instead of everything above: these bytes, then the connection is closed
    cut: Optional[int] = None  # send only so many bytes of the body, then close
    stall: bool = False  # with cut: do not close, but send nothing more
    hang: bool = False  # never answer
    gate: Optional[threading.Event] = None  # answer when it is set

    def payload(self) -> bytes:
        data = self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode("utf-8")
        return gzip.compress(data) if self.gzip else data


Script = Union[Reply, Callable[[Request], Reply]]


class FakeAsana:
    """Serves on a loopback port of the system's choice until close(). Use as a context manager."""

    BASE = "/api/1.0"

    def __init__(self, script: Optional[Script] = None):
        self._lock = threading.Condition()
        self._script: Script = script or Reply()
        self._requests: list[Request] = []
        self._open: set[socket.socket] = set()
        self._accepted = 0
        self._last_peer: Any = None
        self._closing = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port: int = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}{self.BASE}"
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def __enter__(self) -> "FakeAsana":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._closing.set()
        # Wakes the accept: closing the descriptor alone would not.
        try:
            self._listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self._listener.close()
        self.hang_up()
        self._thread.join()

    def script(self, script: Script) -> None:
        """What to answer from now on; forgets what was asked so far."""
        with self._lock:
            self._script = script
            self._requests = []

    def requests(self) -> list[Request]:
        with self._lock:
            return list(self._requests)

    def wait_for_requests(self, count: int, seconds: float = 30.0) -> list[Request]:
        with self._lock:
            if not self._lock.wait_for(lambda: len(self._requests) >= count, seconds):
                raise AssertionError(f"Asana got {len(self._requests)} of {count} requests")
            return list(self._requests)

    def accepted(self) -> int:
        """Connections made so far."""
        with self._lock:
            return self._accepted

    def hang_up(self) -> None:
        """Closes every open connection."""
        with self._lock:
            open_now = list(self._open)
        for connection in open_now:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def settle(self) -> None:
        """Hangs up, and returns when all that was sent before is recorded, also what nobody waits for."""
        with socket.create_connection(("127.0.0.1", self.port)) as last:
            with self._lock:
                # Connections are accepted in their order.
                self._lock.wait_for(lambda: self._last_peer == last.getsockname(), 30)
            self.hang_up()
        with self._lock:
            if not self._lock.wait_for(lambda: not self._open, 30):
                raise AssertionError("Asana's connections do not end")

    def _accept(self) -> None:
        while not self._closing.is_set():
            try:
                connection, peer = self._listener.accept()
            except OSError:
                return
            with self._lock:
                self._open.add(connection)
                self._accepted += 1
                self._last_peer = peer
                self._lock.notify_all()
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        stream = connection.makefile("rb")
        try:
            while not self._closing.is_set():
                request = self._read(stream)
                if request is None or not self._answer(connection, request):
                    return
        except (OSError, ValueError):
            return
        finally:
            with self._lock:
                self._open.discard(connection)
                self._lock.notify_all()
            stream.close()
            connection.close()

    def _read(self, stream: Any) -> Optional[Request]:
        first = stream.readline(1 << 20)
        if not first.strip():
            return None
        method, target, _ = first.decode("latin-1").rstrip("\r\n").split(" ", 2)
        headers: dict[str, str] = {}
        while line := stream.readline(1 << 20).decode("latin-1").rstrip("\r\n"):
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        body = b""
        if headers.get("transfer-encoding", "").lower() == "chunked":
            while size := int(stream.readline().split(b";")[0], 16):
                body += stream.read(size)
                stream.readline()
            stream.readline()
        elif "content-length" in headers:
            body = stream.read(int(headers["content-length"]))
        parts = urlsplit(target)
        path = parts.path[len(self.BASE) :] if parts.path.startswith(self.BASE) else parts.path
        return Request(
            method,
            unquote(path),
            target,
            parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)),
            headers,
            body,
        )

    @staticmethod
    def _wait_for_hang_up(connection: socket.socket) -> None:
        """Until the client gives up, or close()."""
        while connection.recv(4096):
            pass

    def _answer(self, connection: socket.socket, request: Request) -> bool:
        """Answers one request; False when the connection is to be closed."""
        with self._lock:
            self._requests.append(request)
            script = self._script
            self._lock.notify_all()
        reply = script(request) if callable(script) else script
        if reply.hang:
            self._wait_for_hang_up(connection)
            return False
        if reply.gate is not None and not reply.gate.wait(60):
            return False
        if reply.raw is not None:
            connection.sendall(reply.raw)
            return False
        payload = reply.payload()
        lines = [f"HTTP/1.1 {reply.status} {http.client.responses.get(reply.status, 'Unknown')}"]
        if reply.content_type:
            lines.append(f"Content-Type: {reply.content_type}")
        if reply.gzip:
            lines.append("Content-Encoding: gzip")
        lines.append("Transfer-Encoding: chunked" if reply.chunked else f"Content-Length: {len(payload)}")
        lines += [f"{name}: {value}" for name, value in reply.headers.items()]
        head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
        if reply.cut is not None:
            if reply.chunked:
                connection.sendall(head + b"%x\r\n%s" % (len(payload), payload[: reply.cut]))
            else:
                connection.sendall(head + payload[: reply.cut])
            if reply.stall:
                self._wait_for_hang_up(connection)
            return False
        if reply.chunked:
            connection.sendall(head + b"%x\r\n%s\r\n0\r\n\r\n" % (len(payload), payload))
        else:
            connection.sendall(head + payload)
        return True


class SilentAsana(FakeAsana):
    """Never answers for user 1; tells when such a request has been given up."""

    def __init__(self) -> None:
        self.given_up = threading.Semaphore(0)
        super().__init__(self.reply)

    @staticmethod
    def reply(request: Request) -> Reply:
        return Reply(hang=True) if request.path == "/users/1" else Reply(body={"data": {"gid": "2", "name": "Ada"}})

    def _wait_for_hang_up(self, connection: socket.socket) -> None:  # type: ignore[override]
        super()._wait_for_hang_up(connection)
        self.given_up.release()


def refused_url() -> str:
    """An API base on which nobody listens: the port was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return f"http://127.0.0.1:{probe.getsockname()[1]}{FakeAsana.BASE}"
