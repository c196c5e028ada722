"""HTTP/1.1 over a bare socket, so that tests can send what no client library would and see every byte that comes back."""

from __future__ import annotations

import json
import socket
import ssl
from dataclasses import dataclass, field
from typing import Any, Mapping, Optional, Union

# Generous: only a hang runs into it, and a server under sanitizers on a busy machine is slow.
PATIENCE = 30.0

Body = Union[bytes, str, None]


class Cut(AssertionError):
    """The peer closed the connection before the message was complete."""


@dataclass
class Response:
    status: int
    reason: str
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""

    def header(self, name: str) -> Optional[str]:
        """The first header of that name, in any case; None when there is none."""
        for key, value in self.headers:
            if key.lower() == name.lower():
                return value
        return None

    def json(self) -> Any:
        return json.loads(self.body)

    def text(self) -> str:
        return self.body.decode("utf-8")


class TlsPort(int):
    """A port whose connections speak TLS; for all that takes a port."""

    def __new__(cls, port: int, context: ssl.SSLContext) -> "TlsPort":
        self = super().__new__(cls, port)
        self.context = context
        return self

    context: ssl.SSLContext


class Connection:
    """One TCP connection with a read buffer. Use as a context manager."""

    def __init__(self, port: int, host: str = "127.0.0.1", *, receive_buffer: int = 0, timeout: float = PATIENCE):
        self.host, self.port = host, port
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(timeout)
        try:
            self.socket.connect((host, port))
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if isinstance(port, TlsPort):
                self.socket = port.context.wrap_socket(self.socket, server_hostname=host)
        except OSError:
            self.socket.close()
            raise
        self.buffer = b""

    def __enter__(self) -> "Connection":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.socket.close()

    def reset(self) -> None:
        """Closes with a TCP reset, as a client that died does."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        self.socket.close()

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def receive(self) -> bool:
        """Reads once into the buffer; False at the end of the stream."""
        chunk = self.socket.recv(65536)
        self.buffer += chunk
        return bool(chunk)

    def read_until(self, mark: bytes) -> bytes:
        while mark not in self.buffer:
            if not self.receive():
                raise Cut(f"connection closed while waiting for {mark!r}, had {self.buffer[:400]!r}")
        head, self.buffer = self.buffer.split(mark, 1)
        return head

    def read_exactly(self, count: int) -> bytes:
        while len(self.buffer) < count:
            if not self.receive():
                raise Cut(f"connection closed after {len(self.buffer)} of {count} bytes")
        data, self.buffer = self.buffer[:count], self.buffer[count:]
        return data

    def read_to_end(self) -> bytes:
        while self.receive():
            pass
        data, self.buffer = self.buffer, b""
        return data

    def read_head(self) -> Response:
        head = self.read_until(b"\r\n\r\n").decode("latin-1")
        first, *rest = head.split("\r\n")
        version, status, *reason = first.split(" ", 2)
        if not version.startswith("HTTP/1."):
            raise AssertionError(f"not an HTTP status line: {first!r}")
        headers = []
        for line in rest:
            name, _, value = line.partition(":")
            headers.append((name, value.strip()))
        return Response(int(status), reason[0] if reason else "", headers)

    def read_chunk(self) -> bytes:
        """One chunk of a chunked body; empty at its end."""
        size = int(self.read_until(b"\r\n").split(b";")[0], 16)
        data = self.read_exactly(size)
        if self.read_exactly(2) != b"\r\n":
            raise AssertionError("a chunk does not end in CRLF")
        return data

    def read_response(self, *, head_only: bool = False) -> Response:
        """One whole answer, by its own account of where it ends; interim 100s are passed over."""
        response = self.read_head()
        while response.status == 100:
            response = self.read_head()
        if head_only or response.status in (204, 304):
            return response
        length = response.header("content-length")
        if (response.header("transfer-encoding") or "").lower() == "chunked":
            parts = []
            while part := self.read_chunk():
                parts.append(part)
            response.body = b"".join(parts)
        elif length is not None:
            response.body = self.read_exactly(int(length))
        else:
            response.body = self.read_to_end()
        return response


def request_bytes(
    method: str,
    target: str,
    headers: Mapping[str, str],
    body: Body = None,
    *,
    port: int,
    chunked: bool = False,
) -> bytes:
    """The bytes of one request. Host and the body's framing are added unless the headers name them."""
    if isinstance(body, str):
        body = body.encode("utf-8")
    given = {name.lower() for name in headers}
    lines = [f"{method} {target} HTTP/1.1"]
    if "host" not in given:
        lines.append(f"Host: 127.0.0.1:{port}")
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if chunked:
        lines.append("Transfer-Encoding: chunked")
    elif body is not None and "content-length" not in given:
        lines.append(f"Content-Length: {len(body)}")
    head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
    if not chunked:
        return head + (body or b"")
    parts = [head]
    for start in range(0, len(body or b""), 16384):
        piece = (body or b"")[start : start + 16384]
        parts.append(b"%x\r\n%s\r\n" % (len(piece), piece))
    parts.append(b"0\r\n\r\n")
    return b"".join(parts)


def request(
    port: int,
    method: str,
    target: str,
    headers: Optional[Mapping[str, str]] = None,
    body: Body = None,
    *,
    chunked: bool = False,
) -> Response:
    """Sends one request on a fresh connection and reads its whole answer."""
    with Connection(port) as connection:
        connection.send(request_bytes(method, target, headers or {}, body, port=port, chunked=chunked))
        return connection.read_response(head_only=method == "HEAD")


def raw(port: int, data: bytes) -> Response:
    """Sends bytes as they are on a fresh connection and reads the answer."""
    with Connection(port) as connection:
        connection.send(data)
        return connection.read_response()
