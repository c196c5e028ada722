"""MCP clients for tests: over POST /mcp, and over HTTP+SSE. Every answer is validated with the schema of its revision."""

from __future__ import annotations

import json
import re
from typing import Any, Mapping, Optional

from lib import schema, wire
from lib.sse import EventStream

ACCEPT = "application/json, text/event-stream"
META = "io.modelcontextprotocol/"


class RpcError(Exception):
    """The server answered with a JSON-RPC error."""

    def __init__(self, error: Mapping[str, Any]):
        super().__init__(f"{error.get('code')}: {error.get('message')}")
        self.code = error.get("code")
        self.message = str(error.get("message"))
        self.data = error.get("data")


def text_of(result: Mapping[str, Any]) -> str:
    """The text of a tool's result: its one content item."""
    content = result["content"]
    if len(content) != 1 or content[0]["type"] != "text":
        raise AssertionError(f"expected one text item, got {content!r}")
    return str(content[0]["text"])


def without_request(result: Mapping[str, Any]) -> Any:
    """The result without the id of its request, which is another one each time."""
    return json.loads(re.sub(r" \[request [\w.-]+\]", "", json.dumps(result)))


def data_of(result: Mapping[str, Any]) -> Any:
    """What a successful call answered: the "data" of its JSON text."""
    if result.get("isError"):
        raise AssertionError(f"the tool answered with an error: {text_of(result)}")
    return json.loads(text_of(result))["data"]


def message(method: str, params: Any = None, id: Any = None) -> dict[str, Any]:
    """A JSON-RPC request, or a notification when id is None."""
    made: dict[str, Any] = {"jsonrpc": "2.0"}
    if id is not None:
        made["id"] = id
    made["method"] = method
    if params is not None:
        made["params"] = params
    return made


def initialize_params(revision: str, capabilities: Optional[Mapping[str, Any]] = None) -> dict[str, Any]:
    return {
        "protocolVersion": revision,
        "capabilities": dict(capabilities or {}),
        "clientInfo": {"name": "asana-mcp tests", "version": "1"},
    }


class Session:
    """What both transports share; subclasses say how a message travels."""

    def __init__(
        self,
        port: int,
        headers: Optional[Mapping[str, str]] = None,
        revision: str = schema.LATEST,
        capabilities: Optional[Mapping[str, Any]] = None,
    ):
        self.port = port
        self.headers = dict(headers or {})
        self.capabilities = capabilities
        self.asked_revision = revision
        self.revision = revision
        self.server_info: dict[str, Any] = {}
        self._last_id = 0

    def exchange(self, request: Mapping[str, Any]) -> Any:
        """Sends a request and returns the JSON-RPC answer to it."""
        raise NotImplementedError

    def tell(self, notification: Mapping[str, Any]) -> None:
        raise NotImplementedError

    def next_id(self) -> int:
        self._last_id += 1
        return self._last_id

    def rpc(self, method: str, params: Any = None) -> Any:
        """The result of a method; RpcError when it is an error."""
        request = message(method, params, self.next_id())
        answer = self.exchange(request)
        revision = self.revision
        if method == "initialize" and "result" in answer:
            revision = answer["result"].get("protocolVersion", revision)
        schema.check_answer(answer, revision=revision, method=method)
        if answer.get("id") != request["id"]:
            raise AssertionError(f"asked with id {request['id']}, answered with {answer.get('id')!r}")
        if "error" in answer:
            raise RpcError(answer["error"])
        return answer["result"]

    def initialize(self) -> Any:
        result = self.rpc("initialize", initialize_params(self.asked_revision, self.capabilities))
        self.revision = result["protocolVersion"]
        self.server_info = result["serverInfo"]
        self.tell(message("notifications/initialized"))
        return result

    def list_tools(self) -> list[dict[str, Any]]:
        tools: list[dict[str, Any]] = []
        cursor: Optional[str] = None
        while True:
            result = self.rpc("tools/list", {"cursor": cursor} if cursor else {})
            tools += result["tools"]
            cursor = result.get("nextCursor")
            if not cursor:
                return tools

    def call(self, tool: str, arguments: Optional[Mapping[str, Any]] = None) -> dict[str, Any]:
        """The result of tools/call, whether the tool succeeded or not."""
        result = self.rpc("tools/call", {"name": tool, "arguments": arguments or {}})
        assert isinstance(result, dict)
        return result


class StreamableSession(Session):
    """POST /mcp, initialized on creation."""

    def __init__(
        self,
        port: int,
        headers: Optional[Mapping[str, str]] = None,
        revision: str = schema.LATEST,
        path: str = "/mcp",
        capabilities: Optional[Mapping[str, Any]] = None,
    ):
        super().__init__(port, headers, revision, capabilities)
        self.path = path
        self.session_id: Optional[str] = None
        self.initialized = self.initialize()

    def headers_now(self, **extra: str) -> dict[str, str]:
        headers = dict(self.headers)
        if self.session_id is not None:
            headers["Mcp-Session-Id"] = self.session_id
            headers["MCP-Protocol-Version"] = self.revision
        headers.update({name.replace("_", "-"): value for name, value in extra.items()})
        return headers

    def post(self, body: Any, **extra: str) -> wire.Response:
        """Sends a message with this session's headers; extra headers by name with _ for -."""
        headers = {"Content-Type": "application/json", "Accept": ACCEPT, **self.headers_now(**extra)}
        data = body if isinstance(body, (bytes, str)) else json.dumps(body)
        return wire.request(self.port, "POST", self.path, headers, data)

    def stream(self, body: Any, **extra: str) -> EventStream:
        """Posts a request that is answered with a stream."""
        headers = {"Content-Type": "application/json", "Accept": ACCEPT, **self.headers_now(**extra)}
        return EventStream(self.port, self.path, headers, method="POST", body=json.dumps(body))

    def listen(self, last: Optional[str] = None) -> EventStream:
        """GETs a stream, or the rest of one."""
        extra = {"Last_Event_ID": last} if last is not None else {}
        return EventStream(self.port, self.path, self.headers_now(**extra))

    def exchange(self, request: Mapping[str, Any]) -> Any:
        response = self.post(request)
        if response.status != 200:
            raise AssertionError(f"POST {self.path}: {response.status} {response.body[:500]!r}")
        if request["method"] == "initialize":
            self.session_id = response.header("mcp-session-id")
        return answer_in(response, request["id"])

    def tell(self, notification: Mapping[str, Any]) -> None:
        response = self.post(notification)
        if response.status != 202 or response.body:
            raise AssertionError(f"a notification got {response.status} {response.body[:500]!r}")


def answer_in(response: wire.Response, id: Any) -> Any:
    """The JSON-RPC answer in a response, which is JSON or a stream of events."""
    kind = (response.header("content-type") or "").split(";")[0].strip()
    if kind == "application/json":
        return response.json()
    if kind != "text/event-stream":
        raise AssertionError(f"answered as {kind!r}: {response.body[:500]!r}")
    for block in response.text().replace("\r\n", "\n").split("\n\n"):
        data = "\n".join(line[5:].lstrip(" ") for line in block.split("\n") if line.startswith("data:"))
        if data:
            found = json.loads(data)
            if found.get("id") == id:
                return found
    raise AssertionError(f"no answer to {id!r} in the stream {response.body[:500]!r}")


class ModernClient:
    """POST /mcp in revision 2026-07-28: every request says everything itself."""

    def __init__(
        self,
        port: int,
        headers: Optional[Mapping[str, str]] = None,
        capabilities: Optional[Mapping[str, Any]] = None,
    ):
        self.port = port
        self.headers = dict(headers or {})
        self.capabilities = dict(capabilities or {})
        self._last_id = 0

    def request(self, method: str, params: Optional[Mapping[str, Any]] = None, id: Any = None) -> dict[str, Any]:
        """A request with all that belongs in _meta; members of params win."""
        if id is None:
            self._last_id += 1
            id = self._last_id
        meta: dict[str, Any] = {
            META + "protocolVersion": schema.MODERN,
            META + "clientCapabilities": self.capabilities,
            META + "clientInfo": {"name": "asana-mcp tests", "version": "1"},
        }
        given = dict(params or {})
        meta.update(given.pop("_meta", {}))
        return message(method, {**given, "_meta": meta}, id)

    def headers_for(self, request: Mapping[str, Any], **changed: Optional[str]) -> dict[str, str]:
        """What mirrors the request; changed: headers by name with _ for -, None leaves one out."""
        headers = {
            "Content-Type": "application/json",
            "Accept": ACCEPT,
            "MCP-Protocol-Version": schema.MODERN,
            "Mcp-Method": request["method"],
        }
        params = request.get("params", {})
        if request["method"] in ("tools/call", "prompts/get") and isinstance(params.get("name"), str):
            headers["Mcp-Name"] = params["name"]
        if request["method"] == "resources/read" and isinstance(params.get("uri"), str):
            headers["Mcp-Name"] = params["uri"]
        headers.update(self.headers)
        given = {name.replace("_", "-").lower(): value for name, value in changed.items()}
        headers = {name: value for name, value in headers.items() if name.lower() not in given}
        headers.update({name: value for name, value in given.items() if value is not None})
        return headers

    def post(self, request: Any, **changed: Optional[str]) -> wire.Response:
        headers = self.headers_for(request, **changed)
        return wire.request(self.port, "POST", "/mcp", headers, json.dumps(request))

    def stream(self, request: Any, **changed: Optional[str]) -> EventStream:
        """Posts a request that is answered with a stream."""
        headers = self.headers_for(request, **changed)
        return EventStream(self.port, "/mcp", headers, method="POST", body=json.dumps(request))

    def rpc(self, method: str, params: Optional[Mapping[str, Any]] = None) -> Any:
        request = self.request(method, params)
        response = self.post(request)
        answer = answer_in(response, request["id"])
        schema.check_answer(answer, revision=schema.MODERN, method=method)
        if "error" in answer:
            raise RpcError(answer["error"])
        if response.status != 200:
            raise AssertionError(f"{method}: a result with status {response.status}")
        return answer["result"]


class SseSession(Session):
    """GET /sse and POSTs to the endpoint that it announces, each on a fresh connection; initialized on creation."""

    def __init__(
        self,
        port: int,
        headers: Optional[Mapping[str, str]] = None,
        revision: str = schema.LATEST,
        path: str = "/sse",
        start: bool = True,
        capabilities: Optional[Mapping[str, Any]] = None,
    ):
        super().__init__(port, headers, revision, capabilities)
        self.stream = EventStream(port, path, self.headers)
        self.endpoint = self.stream.endpoint()
        if start:
            self.initialized = self.initialize()

    def __enter__(self) -> "SseSession":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.stream.close()

    def post(self, body: Any, **extra: str) -> wire.Response:
        headers = {"Content-Type": "application/json", **self.headers}
        headers.update({name.replace("_", "-"): value for name, value in extra.items()})
        data = body if isinstance(body, (bytes, str)) else json.dumps(body)
        return wire.request(self.port, "POST", self.endpoint, headers, data)

    def exchange(self, request: Mapping[str, Any]) -> Any:
        self.tell(request)
        return self.stream.answer_to(request["id"])

    def tell(self, notification: Mapping[str, Any]) -> None:
        response = self.post(notification)
        if response.status != 202:
            raise AssertionError(f"POST {self.endpoint}: {response.status} {response.body[:500]!r}")
