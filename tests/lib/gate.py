"""What lies between one node and Redis: passes everything on, until a test says what gets lost."""

from __future__ import annotations

import socket
import threading
from typing import Callable, Optional

# Of letters (runtime/bus/letter.h).
VERSION = 2


def channel(place: str) -> str:
    """Where that worker of a node, as session ids begin with it, listens."""
    return f"asana-mcp:bus{VERSION}:0:{place}"


class Gate:
    """A proxy for any number of connections; of subscriptions it knows which ones they are."""

    def __init__(self, port: int):
        self.target = port
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listener.getsockname()[1]
        self.deaf = False  # what is published does not arrive
        self.shut = False  # who subscribes gets no answer
        self.pattern: Optional[bytes] = None
        self.left = 0
        self.seen = threading.Event()
        self.then: Callable[[], bool] = lambda: True
        self.lock = threading.Lock()
        self.pairs: list[tuple[socket.socket, socket.socket]] = []
        self.subscribed: set[socket.socket] = set()
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def on_letter(self, place: str, number: int, then: Callable[[], bool]) -> None:
        """Calls then() once, before that letter of the next ones to a place goes on; False: it does not, and its
        connection ends."""
        self.seen.clear()
        self.then = then
        self.left = number
        name = channel(place)
        self.pattern = f"PUBLISH\r\n${len(name)}\r\n{name}\r\n".encode()

    def cut_subscriptions(self) -> None:
        """Those that there are; others may come."""
        with self.lock:
            for near, far in self.pairs:
                if near in self.subscribed:
                    self._end(near, far)

    def close(self) -> None:
        self.listener.close()
        with self.lock:
            for pair in self.pairs:
                self._end(*pair)

    @staticmethod
    def _end(*ends: socket.socket) -> None:
        for end in ends:
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(("127.0.0.1", self.target), 5)
            except OSError:
                near.close()
                continue
            for end in (near, far):
                end.settimeout(None)
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self.lock:
                self.pairs.append((near, far))
            threading.Thread(target=self._pass, args=(near, far, near), daemon=True).start()
            threading.Thread(target=self._pass, args=(far, near, near), daemon=True).start()

    def _may_pass(self, data: bytes, upwards: bool, near: socket.socket) -> bool:
        if not upwards:
            return not (self.deaf and near in self.subscribed)
        if b"SUBSCRIBE" in data:
            self.subscribed.add(near)
            return not self.shut
        if self.pattern is None or self.pattern not in data:
            return True
        self.left -= 1
        if self.left:
            return True
        self.pattern = None
        goes_on = self.then()
        self.seen.set()
        if not goes_on:
            self._end(near)
        return goes_on

    def _pass(self, source: socket.socket, target: socket.socket, near: socket.socket) -> None:
        try:
            while data := source.recv(1 << 16):
                if self._may_pass(data, source is near, near):
                    target.sendall(data)
        except OSError:
            pass
        self._end(source, target)
