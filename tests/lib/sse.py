"""A client of server-sent events on a bare socket, with a thread that reads."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from typing import Any, Callable, Mapping, Optional

from lib import wire


@dataclass(frozen=True)
class Event:
    name: str
    data: str
    id: Optional[str] = None


class EventStream:
    """GETs a stream, or POSTs a body that is answered with one, and collects its events until close() or its end.

    With read=False nothing is read after the head and the first event: a client that does not keep up."""

    def __init__(
        self,
        port: int,
        path: str = "/sse",
        headers: Optional[Mapping[str, str]] = None,
        *,
        read: bool = True,
        receive_buffer: int = 0,
        method: str = "GET",
        body: wire.Body = None,
    ):
        self.connection = wire.Connection(port, receive_buffer=receive_buffer)
        asked = {"Accept": "text/event-stream", "Cache-Control": "no-cache", **(headers or {})}
        self.connection.send(wire.request_bytes(method, path, asked, body, port=port))
        self.head = self.connection.read_head()
        self.events: list[Event] = []
        self.comments: list[str] = []
        self.last_id: Optional[str] = None
        self.places: list[str] = []  # ids of events without data: they only say where the client is
        self.retries: list[int] = []
        self.ended = False
        self._changed = threading.Condition()
        self._text = b""
        self._thread: Optional[threading.Thread] = None
        if self.head.status != 200:
            raise AssertionError(f"{method} {path}: {self.head.status} {self.head.headers}")
        kind = (self.head.header("content-type") or "").split(";")[0]
        if kind != "text/event-stream":
            raise AssertionError(f"{method} {path}: answered as {kind!r}")
        self._chunked = (self.head.header("transfer-encoding") or "").lower() == "chunked"
        if read:
            self.resume()
        else:
            while not self.events:
                self._take(self._next_bytes())

    def resume(self) -> None:
        """Begins to read."""
        # A stream may be silent for long; close() wakes the reader.
        self.connection.socket.settimeout(None)
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def close(self) -> None:
        try:
            self.connection.socket.shutdown(2)
        except OSError:
            pass
        if self._thread is not None:
            self._thread.join()
        self.connection.close()

    def wait(self, condition: Callable[[list[Event]], Any], seconds: float = wire.PATIENCE) -> Any:
        """Waits until condition(events) is true and returns what it returned; fails at the stream's end or in time."""
        with self._changed:
            self._changed.wait_for(lambda: condition(self.events) or self.ended, seconds)
            found = condition(self.events)
            if not found:
                state = "ended" if self.ended else f"said nothing of the kind for {seconds:.0f} s"
                raise AssertionError(f"the stream {state}; events so far: {self.events[-3:]!r}")
            return found

    def wait_for_end(self, seconds: float = wire.PATIENCE) -> None:
        with self._changed:
            if not self._changed.wait_for(lambda: self.ended, seconds):
                raise AssertionError("the stream is still open")

    def endpoint(self) -> str:
        """The target of the POSTs, from the first event."""
        first = self.wait(lambda events: events[:1])[0]
        if first.name != "endpoint":
            raise AssertionError(f"the first event is {first!r}")
        target = first.data
        if "://" in target:
            target = "/" + target.split("://", 1)[1].split("/", 1)[1]
        return target

    def messages(self) -> list[Any]:
        with self._changed:
            return [json.loads(event.data) for event in self.events if event.name == "message"]

    def notification(self, method: str, seconds: float = wire.PATIENCE) -> Any:
        """The first notification or request of that method."""

        def look(events: list[Event]) -> Any:
            found = [json.loads(event.data) for event in events if event.name == "message"]
            return next((message for message in found if message.get("method") == method), None)

        return self.wait(look, seconds)

    def answer_to(self, id: Any, seconds: float = wire.PATIENCE) -> Any:
        """The JSON-RPC answer with that id."""

        def look(events: list[Event]) -> Any:
            for event in events:
                if event.name == "message":
                    message = json.loads(event.data)
                    if "method" not in message and message.get("id") == id and type(message.get("id")) is type(id):
                        return message
            return None

        return self.wait(look, seconds)

    def _next_bytes(self) -> bytes:
        if self._chunked:
            return self.connection.read_chunk()
        if not self.connection.buffer and not self.connection.receive():
            return b""
        data, self.connection.buffer = self.connection.buffer, b""
        return data

    def _read(self) -> None:
        try:
            while data := self._next_bytes():
                self._take(data)
        except (OSError, ValueError, wire.Cut):
            pass
        self.connection.close()
        with self._changed:
            self.ended = True
            self._changed.notify_all()

    def _take(self, data: bytes) -> None:
        """Adds what came to the text and takes the finished events out of it."""
        self._text += data
        *blocks, self._text = self._text.replace(b"\r\n", b"\n").split(b"\n\n")
        for block in blocks:
            name, lines, id = "message", [], None
            for line in block.decode("utf-8").split("\n"):
                if line.startswith(":"):
                    with self._changed:
                        self.comments.append(line[1:].strip())
                elif line.startswith("event:"):
                    name = line[6:].strip()
                elif line.startswith("data:"):
                    lines.append(line[5:].removeprefix(" "))
                elif line.startswith("id:"):
                    id = line[3:].strip()
                elif line.startswith("retry:"):
                    self.retries.append(int(line[6:]))
            with self._changed:
                if id is not None:
                    self.last_id = id
                if any(lines):
                    self.events.append(Event(name, "\n".join(lines), id))
                elif id is not None:
                    self.places.append(id)
                self._changed.notify_all()
