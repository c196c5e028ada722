"""A stand-in for an OpenTelemetry collector: takes traces as OTLP over HTTP in JSON, and refuses what is not of that form."""

from __future__ import annotations

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Callable, Mapping

from lib import wire

NANOS = re.compile(r"[1-9]\d{18}")


def value_of(value: Mapping[str, Any]) -> Any:
    """An AnyValue; 64-bit numbers are strings (proto3's JSON)."""
    ((kind, content),) = value.items()
    if kind == "stringValue" and isinstance(content, str):
        return content
    if kind == "intValue" and isinstance(content, str):
        return int(content)
    raise AssertionError(f"not an attribute's value: {value!r}")


def attributes_of(members: Any) -> dict[str, Any]:
    found = {}
    for member in members:
        if set(member) != {"key", "value"} or member["key"] in found:
            raise AssertionError(f"not an attribute, or there twice: {member!r}")
        found[member["key"]] = value_of(member["value"])
    return found


class Span:
    """One span that passed the checks of its form."""

    MEMBERS = {"traceId", "spanId", "parentSpanId", "traceState", "name", "kind", "startTimeUnixNano", "endTimeUnixNano", "attributes",
               "events", "status"}

    def __init__(self, told: Mapping[str, Any], resource: dict[str, Any]):
        if not set(told) <= self.MEMBERS:
            raise AssertionError(f"unknown members: {set(told) - self.MEMBERS}")
        for name, digits in (("traceId", 32), ("spanId", 16), ("parentSpanId", 16)):
            text = told.get(name, "1" * digits)
            if not re.fullmatch(rf"[0-9a-f]{{{digits}}}", text) or not int(text, 16):
                raise AssertionError(f"{name}: {text!r}")
        for name in ("startTimeUnixNano", "endTimeUnixNano"):
            if not NANOS.fullmatch(told[name]):
                raise AssertionError(f"{name}: {told[name]!r}")
        self.resource = resource
        self.trace: str = told["traceId"]
        self.id: str = told["spanId"]
        self.parent = told.get("parentSpanId")
        self.state = told.get("traceState")
        self.name: str = told["name"]
        self.kind: int = told["kind"]
        self.start, self.end = int(told["startTimeUnixNano"]), int(told["endTimeUnixNano"])
        self.attributes = attributes_of(told["attributes"])
        self.events = [(event["name"], attributes_of(event["attributes"])) for event in told["events"]]
        self.failed = told["status"].get("code") == 2
        if self.end < self.start or self.kind not in (1, 2, 3) or not self.name:
            raise AssertionError(f"not a span: {told!r}")


class Collector:
    """Serves on a loopback port of the system's choice until close(). Use as a context manager."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self.found: list[Span] = []
        self.faults: list[str] = []
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.bodies: list[bytes] = []
        self.status = 200
        self.retry_after: int | None = None
        self.hold = threading.Event()
        self.hold.set()
        collector = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                collector.hold.wait(wire.PATIENCE)
                collector.take(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
                answer = b"{}"
                try:
                    self.send_response(collector.status)
                    self.send_header("Content-Type", "application/json")
                    if collector.retry_after is not None:
                        self.send_header("Retry-After", str(collector.retry_after))
                    self.send_header("Content-Length", str(len(answer)))
                    self.end_headers()
                    self.wfile.write(answer)
                except OSError:  # nobody waited for it
                    self.close_connection = True

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def __enter__(self) -> "Collector":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.hold.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def take(self, path: str, headers: dict[str, str], body: bytes) -> None:
        spans, faults = [], []
        try:
            if headers.get("content-type") != "application/json":
                raise AssertionError(f"content type {headers.get('content-type')}")
            for resource_spans in json.loads(body)["resourceSpans"]:
                resource = attributes_of(resource_spans["resource"]["attributes"])
                for scope_spans in resource_spans["scopeSpans"]:
                    if scope_spans["scope"]["name"] != "asana-mcp":
                        raise AssertionError("no scope")
                    spans += [Span(told, resource) for told in scope_spans["spans"]]
        except (AssertionError, KeyError, TypeError, ValueError) as fault:
            faults.append(f"{fault!r} in {body[:2000]!r}")
        with self._changed:
            self.requests.append((path, headers))
            self.bodies.append(body)
            self.faults += faults
            if self.status == 200:
                self.found += spans
            self._changed.notify_all()

    def spans(self, count: int, among: Callable[[Span], bool] = lambda span: True, seconds: float = wire.PATIENCE) -> list[Span]:
        """At least so many of that kind, as soon as they are there."""

        def chosen() -> list[Span]:
            return [span for span in self.found if among(span)]

        with self._changed:
            enough = self._changed.wait_for(lambda: len(chosen()) >= count or self.faults, seconds)
            if self.faults:
                raise AssertionError(self.faults[0])
            if not enough:
                raise AssertionError(f"{len(chosen())} of {count} spans came; all: {[span.name for span in self.found]}")
            return chosen()

    def wait_for_requests(self, count: int, seconds: float = wire.PATIENCE) -> None:
        with self._changed:
            if not self._changed.wait_for(lambda: len(self.requests) >= count, seconds):
                raise AssertionError(f"{len(self.requests)} of {count} requests came")
