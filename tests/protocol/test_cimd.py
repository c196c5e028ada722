"""Clients that are described by a document of their own (Client ID Metadata Documents): fetched with care, or not at all."""

from __future__ import annotations

import http.server
import json
import ssl
import subprocess
import sys
import threading
import unittest
from pathlib import Path
from typing import Any, Callable, Optional

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lib.mcp import StreamableSession, data_of  # noqa: E402
from lib.sign_in import ADA, Client, SignInCase, SignInServer  # noqa: E402

REDIRECT = "http://127.0.0.1/callback"


class Host:
    """A web server with a certificate; pages says what is at each path."""

    def __init__(self, certificate: Path, key: Path):
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.pages: dict[str, Callable[[], tuple[int, dict[str, str], bytes]]] = {}
        host = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                host.requests.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
                status, headers, body = host.pages.get(self.path, lambda: (404, {}, b""))()
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                try:
                    self.wfile.write(body)
                except OSError:
                    pass  # whoever asked has read enough

            def log_message(self, *_: Any) -> None:
                pass

        class Quiet(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_: Any) -> None:
                pass  # a client that does not trust the certificate

        self.server = Quiet(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        self.port = int(self.server.server_address[1])
        self.url = f"https://localhost:{self.port}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def describe(self, path: str, headers: Optional[dict[str, str]] = None, status: int = 200, **changes: Any) -> str:
        """Puts a document at that path; its address."""
        document = {"client_id": self.url + path, "client_name": "Described client", "redirect_uris": [REDIRECT], **changes}
        body = json.dumps({name: value for name, value in document.items() if value is not None}).encode()
        self.pages[path] = lambda: (status, {"Content-Type": "application/json", **(headers or {})}, body)
        return self.url + path

    def asked_for(self, path: str) -> int:
        return sum(asked == path for asked, _ in self.requests)


def certificate(folder: Path) -> tuple[Path, Path]:
    """Of localhost and 127.0.0.1, signed by itself."""
    made, key = folder / "certificate.pem", folder / "key.pem"
    names = "subjectAltName=DNS:localhost,DNS:localhost.,IP:127.0.0.1"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                    "-subj", "/CN=localhost", "-addext", names, "-keyout", str(key), "-out", str(made)],
                   check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return made, key


class HostCase(SignInCase):
    host: Host

    @classmethod
    def start_server(cls) -> SignInServer:
        made, key = certificate(cls.folder)
        cls.host = Host(made, key)
        cls.addClassCleanup(cls.host.close)
        return SignInServer(*cls.arguments(made), store=cls.folder / "store.db", workers=2)

    @classmethod
    def arguments(cls, ca_file: Path) -> tuple[str, ...]:
        return ("--ca-file", str(ca_file), "--cimd-allow", f"localhost:{cls.host.port}")

    def described(self, id: str) -> Client:
        client = Client(self.server.url, redirect_uri="http://127.0.0.1:4711/callback")
        client.client_id = id
        return client

    def refused_page(self, id: str, said: str = "cannot be") -> None:
        self.error_page(self.browser().get(self.described(id).attempt().url), 400, said)


class Allowed(HostCase):
    def test_signs_in_without_registering(self) -> None:
        client, browser = self.described(self.host.describe("/client.json")), self.browser()
        page = browser.get(client.attempt().url)
        self.page_is_safe(page)
        # Who it is can be told only by where it is described; addresses on one's own machine are anybody's.
        for said in ("Described client", f"localhost:{self.host.port}/client.json", "127.0.0.1", "any program that runs here can pretend to be it"):
            self.assertIn(said, page.page.words)
        tokens = client.sign_in(browser)
        self.assertEqual(ADA, data_of(StreamableSession(self.server.port, tokens.headers).call("asana_get_user", {}))["name"])
        renewed = client.tokens(client.refresh(tokens))
        self.assertEqual(200, client.revoke(renewed.refresh).status)
        headers = next(headers for path, headers in self.host.requests if path == "/client.json")
        self.assertNotIn("cookie", headers)
        self.assertNotIn("authorization", headers)

    def test_client_on_ones_own_machine_is_asked_for_every_time(self) -> None:
        client, browser = self.described(self.host.describe("/again.json")), self.browser()
        client.sign_in(browser)
        self.assertEqual(200, browser.get(client.attempt().url).status)

    def test_document_is_kept_as_long_as_it_says(self) -> None:
        for headers, times in (({"Cache-Control": "max-age=600"}, 1), ({}, 1), ({"Cache-Control": "no-store"}, 3), ({"Cache-Control": "max-age=0"}, 3)):
            with self.subTest(headers=headers):
                path = f"/kept-{len(self.host.requests)}.json"
                client = self.described(self.host.describe(path, headers))
                for _ in range(3):
                    self.assertEqual(200, self.browser().get(client.attempt().url).status)
                self.assertEqual(times, self.host.asked_for(path))

    def test_redirect_must_be_one_of_the_documents_and_allowed_here(self) -> None:
        client = self.described(self.host.describe("/redirects.json", redirect_uris=["http://127.0.0.1/callback", "https://evil.example/callback"]))
        for uri in ("http://127.0.0.1:1/other", "https://evil.example/callback", "https://claude.ai/api/mcp/auth_callback"):
            self.error_page(self.browser().get(client.attempt(redirect_uri=uri).url), 400, "Nothing was sent anywhere")
        self.assertEqual(200, self.browser().get(client.attempt(redirect_uri="http://127.0.0.1:1/callback").url).status)


class Documents(HostCase):
    """Each document costs a look-up, and there are not many a minute for one address."""

    def test_documents_that_cannot_be_used(self) -> None:
        host = self.host
        for path, made in (
            ("/other-id.json", {"client_id": host.url + "/client.json"}), ("/no-id.json", {"client_id": None}), ("/no-name.json", {"client_name": None}),
            ("/no-redirects.json", {"redirect_uris": None}), ("/none.json", {"redirect_uris": []}), ("/html.json", {"headers": {"Content-Type": "text/html"}}),
            ("/gone.json", {"status": 404}), ("/error.json", {"status": 500}), ("/secret.json", {"token_endpoint_auth_method": "client_secret_post"}),
            ("/long.json", {"padding": "x" * 70000}),
        ):
            with self.subTest(path):
                self.refused_page(host.describe(path, **made))
                self.assertEqual(1, host.asked_for(path))
        for path, body in (("/array.json", b"[]"), ("/text.json", b"no json"), ("/empty.json", b"")):
            host.pages[path] = lambda body=body: (200, {"Content-Type": "application/json"}, body)
            self.refused_page(host.url + path)

    def test_redirects_are_not_followed(self) -> None:
        target = self.host.describe("/target.json", client_id=self.host.url + "/moved.json")
        self.host.pages["/moved.json"] = lambda: (302, {"Location": target}, b"")
        self.refused_page(self.host.url + "/moved.json")
        self.assertEqual(0, self.host.asked_for("/target.json"))


class Strange(HostCase):
    def test_addresses_that_are_no_document(self) -> None:
        before = len(self.host.requests)
        for id in (f"http://localhost:{self.host.port}/client.json", self.host.url, self.host.url + "/", self.host.url + "/../client.json",
                   self.host.url + "/client.json#x", f"https://user@localhost:{self.host.port}/client.json", self.host.url + "/a b"):
            with self.subTest(id):
                self.error_page(self.browser().get(self.described(id).attempt().url), 400, "")
        self.assertEqual(before, len(self.host.requests))

    def test_token_endpoint_does_not_take_them_either(self) -> None:
        client = self.described("https://10.0.0.1/client.json")
        answer = client.post("/token", grant_type="authorization_code", code="x", code_verifier="x" * 43)
        self.refused(answer, "invalid_client", status=401)

    def test_look_ups_are_limited(self) -> None:
        pages = [self.browser().get(self.described(f"{self.host.url}/flood-{number}.json").attempt().url) for number in range(41)]
        said = [page.page.words for page in pages]
        self.assertTrue(any("Too many clients" in words for words in said))
        # At most twenty in a minute, and the minute may have ended meanwhile.
        self.assertLessEqual(sum("/flood-" in path for path, _ in self.host.requests), 40)


class Default(HostCase):
    """Without --cimd-allow, whatever is not public is refused where the connection is made."""

    @classmethod
    def arguments(cls, ca_file: Path) -> tuple[str, ...]:
        return ("--ca-file", str(ca_file))

    def test_private_addresses_are_never_connected_to(self) -> None:
        self.host.describe("/client.json")
        port = self.host.port
        for host in ("localhost", "127.0.0.1", "127.1", "2130706433", "0x7f.1", "0", "0.0.0.0", "[::1]", "[::ffff:127.0.0.1]", "[::]",
                     "10.0.0.1", "192.168.0.1", "172.16.0.1", "169.254.169.254", "100.64.0.1", "[fe80::1]", "[fd00::1]", "[64:ff9b::7f00:1]"):
            with self.subTest(host):
                self.refused_page(f"https://{host}:{port}/client.json", "the address is not a public one")
        self.assertEqual([], self.host.requests)


class OtherPort(HostCase):
    """What is allowed is one port of one host."""

    @classmethod
    def arguments(cls, ca_file: Path) -> tuple[str, ...]:
        return ("--ca-file", str(ca_file), "--cimd-allow", f"localhost:{cls.host.port + 1}")

    def test_another_port_of_the_host_is_not_allowed(self) -> None:
        self.refused_page(self.host.describe("/client.json"))
        self.assertEqual([], self.host.requests)


class Untrusted(HostCase):
    @classmethod
    def arguments(cls, ca_file: Path) -> tuple[str, ...]:
        return ("--cimd-allow", f"localhost:{cls.host.port}")

    def test_certificate_of_an_unknown_authority_is_refused(self) -> None:
        self.refused_page(self.host.describe("/client.json"))
        self.assertEqual([], self.host.requests)


if __name__ == "__main__":
    unittest.main()
