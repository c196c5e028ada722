"""The proxies' examples, as they are written: event streams arrive at once, and long headers pass."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path
from typing import Sequence

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lib import wire  # noqa: E402
from lib.mcp import ModernClient, SseSession, StreamableSession, data_of  # noqa: E402
from lib.server import ROOT, Server, ServerCase  # noqa: E402

DEPLOY = ROOT / "runtime" / "deploy"
NAME = "mcp.example.com"
HEADERS = {"Host": NAME}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Proxied:
    """What holds behind any of them."""

    folder: Path

    port: int

    @classmethod
    def start_server(cls) -> Server:
        return Server("--public-url", f"https://{NAME}", "--trusted-proxy", "127.0.0.1", "--auth", "bearer", token=None, workers=2)

    @classmethod
    def start_proxy(cls, command: Sequence[str], port: int, **more: str) -> None:
        cls.port = port
        log = (cls.folder / "proxy.log").open("wb")
        cls.addClassCleanup(log.close)
        child = subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, **more})
        cls.addClassCleanup(child.wait, 30)
        cls.addClassCleanup(child.terminate)
        limit = time.monotonic() + 60
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                return
            except OSError:
                if child.poll() is not None or time.monotonic() > limit:
                    raise AssertionError((cls.folder / "proxy.log").read_text()) from None
                time.sleep(0.02)

    @classmethod
    def setUpClass(cls) -> None:
        scratch = tempfile.TemporaryDirectory()
        cls.addClassCleanup(scratch.cleanup)
        cls.folder = Path(scratch.name)
        super().setUpClass()
        token = cls.server.wait_for(r"Ada Lindqvist\b.*?(\S+)$")[1]
        cls.headers = {**HEADERS, "Authorization": f"Bearer {token}"}

    def test_calls_and_events(self) -> None:
        with SseSession(self.port, self.headers) as sse:
            self.assertTrue(data_of(sse.call("asana_list_workspaces", {})))
            # The stream stays open and each event comes while it is.
            started = time.monotonic()
            for _ in range(20):
                sse.rpc("ping")
            self.assertLess(time.monotonic() - started, 10)
        legacy = StreamableSession(self.port, self.headers)
        self.assertTrue(data_of(legacy.call("asana_list_workspaces", {})))
        listening = ModernClient(self.port, self.headers)
        stream = listening.stream(listening.request("subscriptions/listen", {"notifications": {"toolsListChanged": True}}))
        self.addCleanup(stream.close)
        stream.notification("notifications/subscriptions/acknowledged")

    def test_long_headers_and_the_sender(self) -> None:
        long = {**self.headers, "X-Long": "x" * 7000}
        self.assertEqual(200, wire.request(self.port, "GET", "/healthz", long).status)
        self.assertEqual(401, wire.request(self.port, "POST", "/mcp", HEADERS, "{}").status)


class Nginx(Proxied, ServerCase):
    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        port = free_port()
        key, certificate = cls.folder / "key.pem", cls.folder / "cert.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", f"/CN={NAME}",
                        "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
        site = (DEPLOY / "nginx.conf").read_text()
        tls_port = free_port()
        site = site.replace("127.0.0.1:8000", f"127.0.0.1:{cls.server.port}").replace("listen 443 ssl http2;", f"listen 127.0.0.1:{tls_port} ssl http2; listen 127.0.0.1:{port};")
        site = site.replace(f"/etc/letsencrypt/live/{NAME}/fullchain.pem", str(certificate)).replace(f"/etc/letsencrypt/live/{NAME}/privkey.pem", str(key))
        whole = f"daemon off; pid {cls.folder}/pid; error_log stderr;\n{'user root;' if os.getuid() == 0 else ''}\nevents {{}}\nhttp {{\naccess_log off;\n"
        whole += "".join(f"{kind}_temp_path {cls.folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        (cls.folder / "nginx.conf").write_text(whole + site + "}\n")
        cls.tls_port = tls_port
        cls.start_proxy([shutil.which("nginx") or "/usr/sbin/nginx", "-c", str(cls.folder / "nginx.conf"), "-e", "stderr"], port)

    def test_over_tls(self) -> None:
        answer = subprocess.run(["curl", "-sSk", "--resolve", f"{NAME}:{self.tls_port}:127.0.0.1", f"https://{NAME}:{self.tls_port}/readyz"], capture_output=True, text=True)
        self.assertEqual("ok", answer.stdout.strip().splitlines()[0], answer.stderr)


class Caddy(Proxied, ServerCase):
    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        port = free_port()
        text = (DEPLOY / "Caddyfile").read_text().replace("127.0.0.1:8000", f"127.0.0.1:{cls.server.port}")
        text = text.replace(f"\n{NAME} {{", f"\n{{\n\tadmin off\n\tauto_https off\n}}\n\nhttp://{NAME}:{port} {{\n\tbind 127.0.0.1")
        (cls.folder / "Caddyfile").write_text(text)
        cls.start_proxy(["caddy", "run", "--config", str(cls.folder / "Caddyfile"), "--adapter", "caddyfile"], port, HOME=str(cls.folder), XDG_DATA_HOME=str(cls.folder), XDG_CONFIG_HOME=str(cls.folder))


if __name__ == "__main__":
    unittest.main()
