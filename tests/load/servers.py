"""The servers of a bench: asana-mcp, nginx as a proxy, the official SDK's server, and what stands in Asana's place."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import socket
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Mapping, Optional, Sequence

import data
import machine
from machine import Child

sys.path.insert(0, str(machine.HERE.parent))

from lib import node, server as under_test  # noqa: E402

START_SECONDS = 30.0

NGINX = """
daemon off; master_process on; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log warn;
{user}
events {{ worker_connections 40000; }}  # more than there will be: it drops idle ones when they get scarce
http {{
    default_type application/json;
    access_log {access_log};
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    keepalive_requests 1000000000; keepalive_timeout 1h; tcp_nodelay on;
    {before}
    server {{
        listen 127.0.0.1:{port} backlog=4096;
        location = /status {{ stub_status; access_log off; }}
        {inside}
    }}
}}
"""

# Static files in Asana's place.
ASANA = """
        location ~ ^/api/1\\.0/tasks/(\\d+)$ {{ alias {data}/tasks/$1; }}
        location = /api/1.0/tasks {{ rewrite ^ /lists/$arg_project last; }}
        location /lists/ {{ internal; alias {data}/lists/; }}
"""

# Keep-alive on both sides; answers of any length in the bench fit the buffers, events go through at once.
PROXY_BEFORE = """
    upstream answers {{ server 127.0.0.1:{upstream}; keepalive 512; keepalive_requests 1000000000; }}
    proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $http_host;
    proxy_buffer_size 16k; proxy_buffers 16 16k; proxy_busy_buffers_size 64k; proxy_max_temp_file_size 0;
    proxy_read_timeout 1h;
"""
PROXY = """
        location / { proxy_pass http://answers; }
        location = /sse { proxy_pass http://answers; proxy_buffering off; }
"""


def get(port: int, path: str) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path)
        return connection.getresponse().read().decode("utf-8")
    finally:
        connection.close()


@dataclass
class Running:
    """A server at work: what is measured is process pid. Use as a context manager."""

    name: str
    child: Child
    port: int
    pid: int

    def __enter__(self) -> "Running":
        return self

    def __exit__(self, *_: object) -> None:
        self.child.stop()


def wait_for(child: Child, pattern: str) -> "re.Match[str]":
    """A line in what the child has written."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        found = re.search(pattern, child.said(), re.MULTILINE)
        if found:
            return found
        if child.child.poll() is not None:
            break
        time.sleep(0.002)
    child.stop()
    raise RuntimeError(f"{' '.join(child.command)} does not start:\n{child.said()[-2000:]}")


def start_nginx(
    name: str, folder: Path, on: Sequence[int], inside: str, before: str = "", log: bool = False
) -> Running:
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    folder.mkdir(parents=True)
    # It takes over a socket that is bound already, as after an upgrade: so the system chooses the port.
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", 0))
        listener.listen(4096)
        port = listener.getsockname()[1]
        config = NGINX.format(
            folder=folder,
            user="user root;" if os.getuid() == 0 else "",
            access_log=folder / "access.log" if log else "off",
            port=port,
            before=before,
            inside=inside,
        )
        (folder / "conf").write_text(config, "utf-8")
        env = {**os.environ, "NGINX": f"{listener.fileno()};"}
        command = [program, "-p", str(folder), "-c", str(folder / "conf"), "-e", str(folder / "error.log")]
        child = Child(command, on, folder / "out", env, pass_fds=(listener.fileno(),))
    until = time.monotonic() + START_SECONDS
    while child.child.poll() is None and time.monotonic() < until:
        workers = machine.children(child.pid)
        if workers:
            return Running(name, child, port, workers[0])
        time.sleep(0.002)
    child.stop()
    errors = folder / "error.log"
    raise RuntimeError(f"nginx does not start:\n{child.said()}{errors.read_text() if errors.is_file() else ''}")


def start_asana(folder: Path, files: Path, on: Sequence[int]) -> Running:
    """nginx with the static answers in Asana's place."""
    return start_nginx("upstream", folder, on, ASANA.format(data=files))


def start_proxy(folder: Path, upstream: int, on: Sequence[int]) -> Running:
    return start_nginx("nginx", folder, on, PROXY, PROXY_BEFORE.format(upstream=upstream), log=True)


def start_standin(folder: Path, on: Sequence[int], *arguments: str) -> Running:
    folder.mkdir(parents=True)
    command = [machine.program("standin"), "--id", data.ID, "--gid", data.GID, *arguments]
    child = Child(command, on, folder / "out")
    return Running("standin", child, int(wait_for(child, r"^port (\d+)$")[1]), child.pid)


def server_environment(folder: Path) -> dict[str, str]:
    state = {"HOME": str(folder), "XDG_STATE_HOME": str(folder)}
    return under_test.clean_environment({**os.environ, **state})


def server_command(program: str, upstream: int, workers: int = 1) -> list[str]:
    """As it would be run in production: signed in by bearer token, with every limit and its log. More calls at once are let
    in than the 2,000 that a server allows without being told, because the largest load has 4,096."""
    api = f"http://127.0.0.1:{upstream}/api/1.0"
    options = ["--listen", "127.0.0.1:0", "--auth", "bearer", "--api-url", api, "--workers", str(workers), "--max-calls", "6000"]
    return [program, "serve", *options]


SERVER_READY = r"server\.ready\b.*\burl=\"?http://[^\s\"]+:(\d+)"


def start_server(
    program: str, folder: Path, upstream: int, on: Sequence[int], workers: int = 1, wrapper: Sequence[str] = ()
) -> Running:
    folder.mkdir(parents=True)
    command = [*wrapper, *server_command(program, upstream, workers)]
    child = Child(command, on, folder / "log", server_environment(folder))
    return Running("asana-mcp", child, int(wait_for(child, SERVER_READY)[1]), child.pid)


SDK_READY = r"^port (\d+)$"


def sdk_command(upstream: int) -> list[str]:
    return [node.node(), str(machine.HERE / "sdk.mjs"), f"http://127.0.0.1:{upstream}/api/1.0"]


def sdk_environment() -> dict[str, str]:
    return {**os.environ, "ASANA_MCP_NPM": str(node.folder())}


def has_sdk() -> bool:
    return node.ready()


def start_sdk(folder: Path, upstream: int, on: Sequence[int]) -> Running:
    folder.mkdir(parents=True)
    child = Child(sdk_command(upstream), on, folder / "log", sdk_environment())
    return Running("TS SDK", child, int(wait_for(child, SDK_READY)[1]), child.pid)


# One call by hand: what the load generator will expect


class Plain:
    """A client that speaks just enough to make one call or a listing."""

    HEADERS = {
        "Accept": "application/json, text/event-stream",
        "Content-Type": "application/json",
        "Authorization": "Bearer 2/1204/12049:by-hand",
    }

    def __init__(self, port: int):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.headers = dict(self.HEADERS)

    def post(self, body: str, extra: Optional[Mapping[str, str]] = None) -> str:
        self.connection.request("POST", "/mcp", body.encode("utf-8"), {**self.headers, **(extra or {})})
        response = self.connection.getresponse()
        text = response.read().decode("utf-8")
        if response.status not in (200, 202):
            raise RuntimeError(f"POST /mcp: {response.status} {text[:500]}")
        session = response.getheader("mcp-session-id")
        if session:
            self.headers.update({"Mcp-Session-Id": session, "MCP-Protocol-Version": "2025-11-25"})
        return text

    def initialize(self) -> None:
        client = {"name": "asana-mcp bench", "version": "1"}
        params = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": client}
        self.post(data.compact({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params}))
        self.post(data.compact({"jsonrpc": "2.0", "method": "notifications/initialized"}))

    def list_tools(self) -> Any:
        return json.loads(self.post(data.compact({"jsonrpc": "2.0", "id": 2, "method": "tools/list"})))

    def call(self, call: data.Call) -> str:
        if not call.modern:
            return self.post(call.request())
        mirror = {"MCP-Protocol-Version": "2026-07-28", "Mcp-Method": "tools/call", "Mcp-Name": call.tool}
        return self.post(call.request(), mirror)

    def close(self) -> None:
        self.connection.close()


def record(running: Running, call: data.Call, path: Path) -> Path:
    """Makes the call once, looks closely at the answer, and keeps it as what is expected of all others."""
    client = Plain(running.port)
    try:
        if not call.modern:
            client.initialize()
        text = client.call(call)
    finally:
        client.close()
    data.check_answer(call, json.loads(text))
    path.write_text(text, "utf-8")
    return path
