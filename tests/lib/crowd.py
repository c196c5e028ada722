"""Hundreds of MCP clients in one process, over every transport, that work on while servers come and go.

Each client behaves as a real one does: it calls, comes back with a new session on 404 or when its stream ends, and
waits as long as Retry-After says. It knows what each of its calls must be answered with. What went wrong is of two
kinds: a call that failed cleanly (a status that says so, a connection that was closed), which is counted, and what must
never be (somebody else's answer, half of one, two of them, none at all), which is kept in Crowd.wrong."""

from __future__ import annotations

import asyncio
import collections
import json
import random
import threading
import time
from dataclasses import dataclass, field
from typing import Any, Awaitable, Callable, Mapping, Optional, Sequence

from lib.mcp import ACCEPT, initialize_params, message
from lib.mcp import ModernClient
from lib.wire import request_bytes

# Whoever is not answered by then hangs.
DEADLINE = 30.0
# Statuses of a call that failed as it should.
CLEAN = (404, 429, 502, 503, 504)
# And the errors for a call that ran at a node which is gone, or whose answer was lost on the way between two nodes.
UNKNOWN = "look before you ask again"
LEGACY = "2025-06-18"


class Closed(Exception):
    """The connection was refused, or ended before the answer was complete."""


class Refused(Exception):
    """A status that is no success."""

    def __init__(self, status: int, retry_after: float):
        super().__init__(str(status))
        self.status, self.retry_after = status, retry_after


@dataclass
class Head:
    status: int
    headers: Mapping[str, str]


class Exchange:
    """One request on a connection of its own."""

    def __init__(self, port: int):
        self.port = port
        self.writer: Optional[asyncio.StreamWriter] = None

    async def ask(self, method: str, path: str, headers: Mapping[str, str], body: Optional[str] = None) -> Head:
        try:
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
            self.writer.write(request_bytes(method, path, headers, body, port=self.port))
            lines = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        except (OSError, asyncio.IncompleteReadError):
            raise Closed("before the head") from None
        pairs = (line.partition(":") for line in lines[1:] if line)
        self.head = Head(int(lines[0].split(" ")[1]), {name.lower(): value.strip() for name, _, value in pairs})
        return self.head

    async def piece(self) -> bytes:
        """The next chunk of the body; empty at its end."""
        try:
            size = int((await self.reader.readuntil(b"\r\n")).split(b";")[0], 16)
            data = await self.reader.readexactly(size + 2)
        except (OSError, asyncio.IncompleteReadError):
            raise Closed("in the body") from None
        return data[:-2]

    async def body(self) -> bytes:
        if self.head.headers.get("transfer-encoding") == "chunked":
            whole = b""
            while piece := await self.piece():
                whole += piece
            return whole
        try:
            return await self.reader.readexactly(int(self.head.headers.get("content-length", "0")))
        except (OSError, asyncio.IncompleteReadError):
            raise Closed("in the body") from None

    def close(self) -> None:
        if self.writer is not None:
            self.writer.transport.abort()


def events_in(text: str) -> list[tuple[str, str]]:
    """(name, data) of each event in complete blocks."""
    found = []
    for block in filter(None, text.replace("\r\n", "\n").split("\n\n")):
        fields = [line.partition(":")[::2] for line in block.split("\n") if not line.startswith(":")]
        data = "\n".join(value[1:] if value.startswith(" ") else value for name, value in fields if name == "data")
        if data:
            found.append((next((value.strip() for name, value in fields if name == "event"), "message"), data))
    return found


@dataclass(frozen=True)
class Person:
    """Whom clients act for, and what that person's calls are about."""

    name: str
    headers: Callable[[str], Mapping[str, str]]  # by path: the token that was given for it
    tasks: Mapping[str, str]  # gid to name
    project: str  # where new tasks go


@dataclass
class Crowd:
    port: int
    began: float = field(default_factory=time.monotonic)
    over: bool = False
    # Of each call: when it ended, its transport, and "" or why it failed.
    ends: list[tuple[float, str, str]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    made: set[str] = field(default_factory=set)  # names of tasks whose making was acknowledged
    tried: set[str] = field(default_factory=set)
    sessions: int = 0
    retries: int = 0

    def note(self, kind: str, why: str = "") -> None:
        self.ends.append((time.monotonic(), kind, why))

    def blame(self, guest: "Guest", what: str) -> None:
        self.wrong.append(f"{time.monotonic() - self.began:.1f} s, {guest.label}: {what}")

    def since(self, when: float, until: float = float("inf")) -> "collections.Counter[tuple[str, str]]":
        """How often each transport's calls ended in which way, in this time."""
        return collections.Counter((kind, why) for at, kind, why in list(self.ends) if when <= at < until)

    def last_failure(self, when: float) -> float:
        """When a call failed for the last time since then; when, if none has."""
        for at, _, why in reversed(self.ends):
            if at < when:
                break
            if why:
                return at
        return when


class Guest:
    """One client; subclasses say how a message travels."""

    kind = ""
    path = "/mcp"

    def __init__(self, crowd: Crowd, number: int, person: Person, pause: float):
        self.crowd, self.person, self.pause = crowd, person, pause
        self.label = f"{self.kind}-{number}"
        self.dice = random.Random(number)
        self.turns = 0
        self.headers = {**person.headers(self.path), "Content-Type": "application/json", "Accept": ACCEPT}

    async def run(self) -> None:
        await asyncio.sleep(self.dice.random() * 2 * self.pause)
        while not self.crowd.over:
            try:
                await self.come()
                self.crowd.sessions += 1
                while not self.crowd.over:
                    await self.turn()
                    await asyncio.sleep(self.pause * self.dice.uniform(0.5, 1.5))
            except (Closed, Refused) as end:
                again = end.retry_after if isinstance(end, Refused) else 0
                await asyncio.sleep(again or self.dice.uniform(0.05, 0.25))
            finally:
                self.leave()

    async def turn(self) -> None:
        """A call, and whether its answer is the right one. Closed or Refused when the session is no more."""
        self.turns += 1
        id = f"{self.label}.{self.turns}"
        task = self.dice.choice(list(self.person.tasks))
        tool, arguments, expected = self.dice.choices(
            (
                ("asana_get_task", {"task_id": task, "opt_fields": "name"}, {"gid": task, "name": self.person.tasks[task]}),
                ("asana_get_user", {}, {"name": self.person.name}),
                ("asana_create_task", {"name": id, "project_id": self.person.project}, {"name": id}),
            ),
            (6, 2, 1),
        )[0]
        if tool == "asana_create_task":
            self.crowd.tried.add(id)
        call = message("tools/call", {"name": tool, "arguments": arguments}, id)
        try:
            answer = await self.within(self.exchange(call), f"{tool} {id}")
        except (Closed, Refused) as end:
            if isinstance(end, Refused) and end.status not in CLEAN:
                self.crowd.blame(self, f"{tool} was answered with status {end.status}")
            self.crowd.note(self.kind, f"{type(end).__name__.lower()} {end}")
            if isinstance(end, Refused) and end.status != 404:  # the session is still there
                await asyncio.sleep(end.retry_after)
                return
            raise
        if self.right(answer, id, tool, expected):
            self.crowd.note(self.kind)
            if tool == "asana_create_task":
                self.crowd.made.add(id)

    async def within(self, work: Awaitable[Any], what: str) -> Any:
        try:
            return await asyncio.wait_for(work, DEADLINE)
        except asyncio.TimeoutError:
            self.crowd.blame(self, f"{what}: no answer within {DEADLINE:.0f} s")
            raise Closed("by the client") from None

    def right(self, answer: Mapping[str, Any], id: str, tool: str, expected: Mapping[str, str]) -> bool:
        """Whether it is an answer to this call, and the one to give. An error is a call that failed."""
        if answer.get("jsonrpc") != "2.0" or answer.get("id") != id:
            self.crowd.blame(self, f"{id} {tool}: got {json.dumps(answer)[:300]}")
            return False
        if "error" in answer or answer["result"].get("isError"):
            said = answer["error"]["message"] if "error" in answer else answer["result"]["content"][0]["text"]
            if UNKNOWN not in said:
                self.crowd.blame(self, f"{id} {tool}: {said}")
            self.crowd.note(self.kind, "error: nobody knows")
            return False
        got = json.loads(answer["result"]["content"][0]["text"])["data"]
        if any(got.get(name) != value for name, value in expected.items()):
            self.crowd.blame(self, f"{id} {tool}: expected {expected}, got {json.dumps(got)[:300]}")
            return False
        return True

    async def post(self, path: str, headers: Mapping[str, str], body: Any) -> tuple[Head, bytes]:
        """Refused, unless it was accepted."""
        exchange = Exchange(self.crowd.port)
        try:
            head = await exchange.ask("POST", path, headers, json.dumps(body))
            said = await exchange.body()
        finally:
            exchange.close()
        if head.status >= 300:
            raise Refused(head.status, float(head.headers.get("retry-after", "0")))
        return head, said

    async def come(self) -> None:
        """Opens a session, where the transport has them."""

    async def exchange(self, call: Mapping[str, Any]) -> Any:
        raise NotImplementedError

    def leave(self) -> None:
        """Lets go of what come() opened."""

    def answer_in(self, head: Head, said: bytes, id: Any) -> Any:
        """The answer in a body of either kind."""
        if head.headers.get("content-type", "").startswith("text/event-stream"):
            for _, data in events_in(said.decode()):
                found = json.loads(data)
                if "id" in found and "method" not in found:
                    return found
            raise Closed("before the answer")
        return json.loads(said)


class Modern(Guest):
    """2026-07-28: no sessions."""

    kind = "modern"

    def __init__(self, crowd: Crowd, number: int, person: Person, pause: float):
        super().__init__(crowd, number, person, pause)
        self.client = ModernClient(crowd.port, person.headers(self.path))

    async def exchange(self, call: Mapping[str, Any]) -> Any:
        request = self.client.request(call["method"], call["params"], call["id"])
        head, said = await self.post(self.path, self.client.headers_for(request), request)
        return self.answer_in(head, said, call["id"])


class Streamable(Guest):
    """Legacy Streamable HTTP: a session; every other client also has the listening stream open."""

    kind = "streamable"
    listening: Optional[Exchange] = None

    async def come(self) -> None:
        first = message("initialize", initialize_params(LEGACY), "hello")
        head, _ = await self.within(self.post(self.path, self.headers, first), "initialize")
        self.known = {**self.headers, "Mcp-Session-Id": head.headers["mcp-session-id"], "MCP-Protocol-Version": LEGACY}
        await self.within(self.post(self.path, self.known, message("notifications/initialized")), "initialized")
        if self.dice.random() < 0.5:
            self.listening = Exchange(self.crowd.port)
            head = await self.within(self.listening.ask("GET", self.path, {**self.known, "Accept": "text/event-stream"}), "GET")
            if head.status != 200:
                raise Refused(head.status, float(head.headers.get("retry-after", "0")))

    async def exchange(self, call: Mapping[str, Any]) -> Any:
        return self.answer_in(*await self.post(self.path, self.known, call), call["id"])

    def leave(self) -> None:
        if self.listening is not None:
            self.listening.close()
        self.listening = None


class Sse(Guest):
    """HTTP+SSE: answers come on the stream, to whichever node a message was sent."""

    kind = "sse"
    path = "/sse"
    stream: Optional[Exchange] = None
    reader: Optional["asyncio.Task[None]"] = None

    async def come(self) -> None:
        self.waiting: dict[str, "asyncio.Future[Any]"] = {}
        self.given_up: set[str] = set()  # whose answer may come yet
        self.endpoint: "asyncio.Future[str]" = asyncio.get_running_loop().create_future()
        self.endpoint.add_done_callback(lambda done: done.cancelled() or done.exception())
        self.stream = Exchange(self.crowd.port)
        head = await self.within(self.stream.ask("GET", self.path, {**self.headers, "Accept": "text/event-stream"}), "GET /sse")
        if head.status != 200:
            raise Refused(head.status, float(head.headers.get("retry-after", "0")))
        self.reader = asyncio.ensure_future(self.read(self.stream))
        where = await self.within(self.endpoint, "endpoint")
        self.address = "/" + where.split("/", 3)[3] if where.startswith("http") else where
        await self.within(self.exchange(message("initialize", initialize_params(LEGACY), "hello")), "initialize")
        await self.within(self.post(self.address, self.headers, message("notifications/initialized")), "initialized")

    async def read(self, stream: Exchange) -> None:
        text = b""
        try:
            while piece := await stream.piece():
                text += piece
                whole, mark, text = text.rpartition(b"\n\n") if b"\n\n" in text else (b"", b"", text)
                for name, data in events_in(whole.decode()):
                    self.take(name, data)
        except Closed:
            pass
        gone = Closed("with its stream")
        for each in [self.endpoint, *self.waiting.values()]:
            if not each.done():
                each.set_exception(gone)

    def take(self, name: str, data: str) -> None:
        if name == "endpoint":
            self.endpoint.set_result(data)
            return
        said = json.loads(data)
        if "id" not in said or "method" in said:
            return
        future = self.waiting.pop(said["id"], None)
        if future is not None and not future.done():
            future.set_result(said)
        elif said["id"] in self.given_up:
            self.given_up.discard(said["id"])
        else:
            self.crowd.blame(self, f"nobody asked for {data[:300]}")

    async def turn(self) -> None:
        assert self.reader is not None
        if self.reader.done():
            raise Closed("between calls")
        await super().turn()

    async def exchange(self, call: Mapping[str, Any]) -> Any:
        id = call["id"]
        answer = self.waiting[id] = asyncio.get_running_loop().create_future()
        answer.add_done_callback(lambda done: done.cancelled() or done.exception())
        try:
            await self.post(self.address, self.headers, call)
        except (Closed, Refused) as end:
            # Of a gateway's 502 or 504, and of a connection that was lost, nobody knows whether it was carried out.
            if self.waiting.pop(id, None) is not None and not (isinstance(end, Refused) and end.status in (404, 429, 503)):
                self.given_up.add(id)
            raise
        return await answer

    def leave(self) -> None:
        if self.reader is not None:
            self.reader.cancel()
        if self.stream is not None:
            self.stream.close()
        self.reader = self.stream = None


KINDS: Sequence[type[Guest]] = (Sse, Streamable, Modern)


class Party:
    """A crowd at work on a thread of its own, from start() to end()."""

    def __init__(self, port: int, people: Sequence[Person], count: int, pause: float):
        self.crowd = Crowd(port)
        self.guests = [KINDS[n % len(KINDS)](self.crowd, n, people[n // len(KINDS) % len(people)], pause) for n in range(count)]
        self.trouble: list[BaseException] = []
        self.thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        try:
            asyncio.run(self._all())
        except BaseException as error:  # the thread that waits for it raises it
            self.trouble.append(error)

    async def _all(self) -> None:
        await asyncio.gather(*(guest.run() for guest in self.guests))

    def start(self) -> Crowd:
        self.thread.start()
        return self.crowd

    def end(self) -> None:
        """Lets every client finish its turn."""
        self.crowd.over = True
        self.thread.join(2 * DEADLINE)
        if self.thread.is_alive():
            self.crowd.wrong.append("clients do not come to an end")
        if self.trouble:
            raise self.trouble[0]
