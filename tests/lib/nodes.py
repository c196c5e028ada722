"""Several nodes of one server: processes that have nothing in common but a Redis and an Asana, and a balancer
that sends each connection to the next of them."""

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
from typing import Optional, Sequence

from lib import wire
from lib.redis import Redis
from lib.server import Sandbox, Server

ADA = {"Authorization": "Bearer sandbox-token-ada"}
BEN = {"Authorization": "Bearer sandbox-token-jakub"}

# So many connections meet every worker, as far as chance goes.
MANY = 20

NGINX = """
daemon off; worker_processes 1; {user} pid {folder}/pid; error_log {folder}/error.log warn;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    upstream nodes {{ {nodes} keepalive 64; }}
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://nodes;
            add_header X-Node $upstream_addr always;
            proxy_connect_timeout 2s;
            proxy_http_version 1.1;
            proxy_set_header Host $http_host;
            proxy_set_header Connection "";
            proxy_buffering off;
            proxy_read_timeout 1h;
            proxy_next_upstream error timeout;
        }}
    }}
}}
"""


class Balancer:
    """nginx without stickiness."""

    def __init__(self, ports: Sequence[int], port: int = 0):
        self.folder = Path(tempfile.mkdtemp(prefix="asana-mcp-nginx-"))
        with socket.socket() as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(("127.0.0.1", port))
            listener.listen(1024)
            self.port: int = listener.getsockname()[1]
            user = "user root;" if os.getuid() == 0 else ""
            nodes = " ".join(f"server 127.0.0.1:{port} max_fails=0;" for port in ports)
            (self.folder / "conf").write_text(NGINX.format(folder=self.folder, user=user, port=self.port, nodes=nodes), "utf-8")
            command = [shutil.which("nginx") or "/usr/sbin/nginx", "-p", str(self.folder), "-c", str(self.folder / "conf")]
            # It takes over a socket that is bound already, as after an upgrade: so the system chooses the port.
            env = {**os.environ, "NGINX": f"{listener.fileno()};"}
            self.child = subprocess.Popen(
                [*command, "-e", str(self.folder / "error.log")], env=env, pass_fds=(listener.fileno(),)
            )

        limit = time.monotonic() + wire.PATIENCE
        while not self.passes_on():
            if self.child.poll() is not None or time.monotonic() > limit:
                said = (self.folder / "error.log").read_text("utf-8")
                self.close()
                raise AssertionError(f"nginx does not serve:\n{said}")
            time.sleep(0.01)

    def passes_on(self) -> bool:
        try:
            return wire.request(self.port, "GET", "/healthz").status == 200
        except (OSError, wire.Cut):
            return False

    def close(self) -> None:
        self.child.terminate()
        self.child.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


class NodesCase(unittest.TestCase):
    """One Redis, one sandbox and some nodes for all tests of a class."""

    count = 2
    workers = 2
    program: Optional[str] = None
    redis: Redis
    sandbox: Sandbox
    nodes: list[Server]

    @classmethod
    def start_node(cls, *flags: str) -> Server:
        arguments = ["--auth", "bearer", "--store", cls.redis.url, *flags]
        return Server(*arguments, api_url=cls.sandbox.api_url, token=None, workers=cls.workers, program=cls.program)

    @classmethod
    def start_sandbox(cls) -> Sandbox:
        return Sandbox("--listen", "127.0.0.1:0")

    @classmethod
    def start_redis(cls) -> Redis:
        return Redis()

    @classmethod
    def setUpClass(cls) -> None:
        cls.redis = cls.start_redis()
        cls.addClassCleanup(cls.redis.close)
        cls.sandbox = cls.start_sandbox()
        cls.addClassCleanup(cls.sandbox.stop)
        cls.nodes = []
        for _ in range(cls.count):
            node = cls.start_node()
            cls.addClassCleanup(node.stop)
            cls.nodes.append(node)

    def setUp(self) -> None:
        """A test before may have taken Redis away: each worker comes back in its own time."""
        for node in self.nodes:
            self.soon(lambda: {wire.request(node.port, "GET", "/readyz").text().strip() for _ in range(MANY)} == {"ok"})

    def own_node(self, *flags: str) -> Server:
        """One more, for this test; it may be killed."""
        node = self.start_node(*flags)
        self.addCleanup(self.end, node)
        return node

    def end(self, node: Server) -> None:
        if node.child.poll() is None:
            node.stop()
        else:
            node._finish()

    def kill(self, node: Server) -> None:
        node.child.send_signal(signal.SIGKILL)
        node.child.wait()

    def balance(self, *nodes: Server) -> int:
        balancer = Balancer([node.port for node in nodes])
        self.addCleanup(balancer.close)
        return balancer.port

    def port(self, turn: int) -> int:
        return self.nodes[turn % len(self.nodes)].port

    def soon(self, look: object, seconds: float = wire.PATIENCE) -> None:
        """Waits until look() is true."""
        assert callable(look)
        limit = time.monotonic() + seconds
        while not look():
            if time.monotonic() > limit:
                raise AssertionError(f"not so within {seconds:.0f} s")
            time.sleep(0.02)
