"""Signing in: a server with `--auth oauth`, and an MCP client that does with it what the specification says,
step by step, so that a test can do any of the steps wrong."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import http.client
import json
import re
import secrets
import shutil
import sqlite3
import subprocess
import tempfile
import time
import urllib.parse
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Mapping, Optional, Sequence, Union

from lib import wire
from lib.asana import FakeAsana, Reply, Request
from lib.browser import Answer, Browser, Page, form, query_of
from lib.server import Sandbox, Server, ServerCase, binary, clean_environment

# What the application is registered with at a sandbox that outlives the server.
SECRET = "secret-of-the-application-at-asana"
APPLICATION = {"ASANA_MCP_CLIENT_SECRET": SECRET}

# Where a client of the test is sent back to: nobody listens there, the browser stops before it.
REDIRECT = "http://127.0.0.1:4711/callback"

# A change reaches every worker within a second; a test machine may be busy.
SOON = 10.0
# So many connections meet every worker, as far as chance goes.
MANY = 40

# Tables of the store (runtime/store/store.h).
FLOWS, CODES, ACCESS, REFRESH, GRANTS, COUNTERS = 2, 3, 4, 5, 6, 11

ADA, BJORN, CHLOE, DANIEL = "Ada Lindqvist", "Björn Sæther", "Chloé Dubois", "Daniel Okafor"


def challenge_of(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def parameters_of(challenge: str) -> dict[str, str]:
    """Those of a WWW-Authenticate header with the scheme Bearer."""
    scheme, _, rest = challenge.partition(" ")
    if scheme != "Bearer":
        raise AssertionError(f"not a challenge of Bearer: {challenge!r}")
    found: dict[str, str] = {}
    for part in filter(None, rest.split(", ")):
        name, _, value = part.partition("=")
        if len(value) < 2 or value[0] != '"' or value[-1] != '"':
            raise AssertionError(f"{name} is not quoted: {challenge!r}")
        found[name] = value[1:-1]
    return found


@dataclass(frozen=True)
class Tokens:
    access: str
    refresh: str
    scope: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.access}"}


@dataclass(frozen=True)
class Attempt:
    """One request of a client at /authorize."""

    url: str
    verifier: str
    state: str
    redirect_uri: str
    resource: Optional[str]


class Refused(AssertionError):
    """The client was sent an error instead of a code."""

    def __init__(self, told: Mapping[str, str]):
        super().__init__(str(dict(told)))
        self.told = told


def allow(browser: Browser, page: Page, access: Optional[str] = "write", areas: Optional[Sequence[str]] = None, **changes: Any) -> Answer:
    """Presses Allow on the consent page; areas None leaves them as they stand."""
    if access and access not in [choice.value for choice in page.form.choices("access")]:
        access = "read"
    chosen: dict[str, Any] = {"access": access, **({} if areas is None else {"area": list(areas)})}
    return browser.submit(page, **{**chosen, "action": "allow", **changes})


def at_asana(browser: Browser, answer: Answer, person: str = ADA, decision: str = "allow") -> str:
    """Signs in on the sandbox's page, to which the answer sends the browser; where that sends it back to."""
    page = browser.get(answer.location).page
    people = {choice.label: choice.value for choice in page.form.choices("person")}
    return browser.submit(page, person=people[person], decision=decision).location


class Client:
    """An MCP client; every secret that it gets is in .secrets."""

    def __init__(self, url: str, resource: str = "/mcp", redirect_uri: str = REDIRECT, scope: Optional[str] = None):
        self.url = url
        self.resource: Optional[str] = url + resource
        self.redirect_uri = redirect_uri
        self.scope = scope
        self.client_id: Optional[str] = None
        self.client_secret: Optional[str] = None
        self.secrets: set[str] = set()

    def ask_to_register(self, **changes: Any) -> Answer:
        metadata = {
            "client_name": "Client of a test",
            "redirect_uris": [self.redirect_uri],
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"],
            "token_endpoint_auth_method": "none",
            **changes,
        }
        body = json.dumps({name: value for name, value in metadata.items() if value is not None})
        return Browser(self.url).send("POST", "/register", body, {"Content-Type": "application/json"})

    def register(self, **changes: Any) -> "Client":
        answer = self.ask_to_register(**changes)
        if answer.status != 201:
            raise AssertionError(f"/register: {answer.status} {answer.text}")
        self.client_id = answer.json()["client_id"]
        self.client_secret = answer.json().get("client_secret")
        self.keep(self.client_secret)
        return self

    def keep(self, *texts: Optional[str]) -> None:
        self.secrets.update(text for text in texts if text)

    def attempt(self, **changes: Union[str, list[str], None]) -> Attempt:
        """A new request for /authorize; changes None leave a parameter out."""
        verifier, state = secrets.token_urlsafe(32), secrets.token_urlsafe(16)
        self.keep(verifier)
        asked: dict[str, Any] = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "state": state,
            "scope": self.scope,
            "resource": self.resource,
            "code_challenge": challenge_of(verifier),
            "code_challenge_method": "S256",
            **changes,
        }
        return Attempt(f"{self.url}/authorize?{form(asked)}", verifier, state, asked["redirect_uri"], asked["resource"])

    def arrival(self, attempt: Attempt, answer: Answer) -> dict[str, str]:
        """What the client hears when the browser comes back to it; its checks are made."""
        where = answer.location
        if not where.startswith(attempt.redirect_uri + ("&" if "?" in attempt.redirect_uri else "?")):
            raise AssertionError(f"expected to come back to {attempt.redirect_uri}, came to {where}")
        told = query_of(where)
        if told.get("state") != attempt.state or told.get("iss") != self.url:
            raise AssertionError(f"state or iss is not right: {where}")
        self.keep(told.get("code"))
        return told

    def code(
        self,
        browser: Browser,
        person: str = ADA,
        access: Optional[str] = "write",
        areas: Optional[Sequence[str]] = None,
        attempt: Optional[Attempt] = None,
    ) -> tuple[str, Attempt]:
        """Signs in up to the code. Whatever is not asked is not answered: a remembered consent, for one."""
        attempt = attempt or self.attempt()
        answer = browser.get(attempt.url)
        if answer.status == 200:
            answer = allow(browser, answer.page, access, areas)
        back = at_asana(browser, answer, person)
        self.keep(query_of(back).get("code"))
        answer = browser.get(back)
        if answer.status == 200:  # it was somebody else who allowed it before
            answer = allow(browser, answer.page, access, areas)
        told = self.arrival(attempt, answer)
        if "code" not in told:
            raise Refused(told)
        return told["code"], attempt

    def post(self, path: str, headers: Optional[Mapping[str, str]] = None, **fields: Optional[str]) -> Answer:
        """A form to the token or revocation endpoint, with what the client is known by."""
        known = {"client_id": self.client_id, "client_secret": self.client_secret}
        answer = Browser(self.url).post(path, {**known, **fields}, headers)
        if answer.status == 200 and path == "/token":
            self.keep(answer.json()["access_token"], answer.json()["refresh_token"])
        return answer

    def exchange(self, code: str, attempt: Attempt, **changes: Optional[str]) -> Answer:
        fields = {
            "grant_type": "authorization_code",
            "code": code,
            "code_verifier": attempt.verifier,
            "redirect_uri": attempt.redirect_uri,
            "resource": attempt.resource,
        }
        return self.post("/token", **{**fields, **changes})

    def refresh(self, tokens: Union[Tokens, str], **changes: Optional[str]) -> Answer:
        token = tokens if isinstance(tokens, str) else tokens.refresh
        return self.post("/token", **{"grant_type": "refresh_token", "refresh_token": token, "resource": self.resource, **changes})

    def revoke(self, token: str, **changes: Optional[str]) -> Answer:
        return self.post("/revoke", **{"token": token, **changes})

    def tokens(self, answer: Answer) -> Tokens:
        if answer.status != 200:
            raise AssertionError(f"/token: {answer.status} {answer.text}")
        given = answer.json()
        return Tokens(given["access_token"], given["refresh_token"], given["scope"])

    def sign_in(self, browser: Optional[Browser] = None, person: str = ADA, access: Optional[str] = "write",
                areas: Optional[Sequence[str]] = None, attempt: Optional[Attempt] = None) -> Tokens:
        """All of it, from nothing if need be."""
        if self.client_id is None:
            self.register()
        return self.tokens(self.exchange(*self.code(browser or Browser(self.url), person, access, areas, attempt)))


class SignInServer(Server):
    """`serve --auth oauth` with its store in a file. asana: a sandbox (or what stands before it) that goes on
    when this server stops; without it the embedded one is used."""

    def __init__(
        self,
        *arguments: str,
        store: Path,
        asana: Union[Sandbox, "Relay", None] = None,
        workers: int = 2,
        settings: Optional[str] = None,
        env: Optional[Mapping[str, str]] = None,
    ):
        command = ["--auth", "oauth", "--store", f"sqlite:{store}"]
        environment = dict(env or {})
        if settings is not None:
            file = store.with_suffix(".ini")
            file.write_text(settings, encoding="utf-8")
            command += ["--config", str(file)]
        if asana is not None:
            command += ["--client-id", "sandbox", "--oauth-url", asana.api_url.replace("/api/1.0", "/-")]
            environment.update(APPLICATION)
        super().__init__(*command, *arguments, api_url=asana.api_url if asana else None, token=None, workers=workers, env=environment)
        self.store = store
        self.asana_url = asana.api_url if asana else self.wait_for(r"The sandbox answers as Asana at (\S+)").group(1)
        self._wait_until_ready(MANY)

    def _wait_until_ready(self, times: int) -> None:
        """Each worker reads the blocks before it lets anybody in; each connection may meet another one."""
        limit = time.monotonic() + wire.PATIENCE
        in_a_row = 0
        while in_a_row < times:
            status = wire.request(self.port, "GET", "/readyz").status
            in_a_row = in_a_row + 1 if status == 200 else 0
            if time.monotonic() > limit:
                raise AssertionError(f"/readyz still says {status}")

    def control(self, **wanted: Any) -> Any:
        """Sets the sandbox's control, or turns all off; what is set now."""
        return control(self.asana_url, **wanted)


def control(api_url: str, **wanted: Any) -> Any:
    url = api_url.replace("/api/1.0", "/sandbox/control")
    method, body = ("PUT", json.dumps(wanted)) if wanted else ("DELETE", None)
    answer = Browser().send(method, url, body, {"Content-Type": "application/json"})
    if answer.status != 200:
        raise AssertionError(f"{method} {url}: {answer.status} {answer.text}")
    return answer.json()


class Relay:
    """Stands before a sandbox and remembers what passes: requests for tokens, and the tokens."""

    def __init__(self, sandbox: Sandbox):
        self.sandbox = sandbox
        self.front = FakeAsana(self._pass_on)
        self.api_url = self.front.url
        self.token_requests: list[dict[str, str]] = []
        self.secrets: set[str] = set()

    def close(self) -> None:
        self.front.close()

    def refreshes(self) -> int:
        return sum(asked.get("grant_type") == "refresh_token" for asked in self.token_requests)

    def _pass_on(self, request: Request) -> Reply:
        connection = http.client.HTTPConnection("127.0.0.1", self.sandbox.port, timeout=wire.PATIENCE)
        hop = ("host", "connection", "content-length", "accept-encoding", "transfer-encoding")
        headers = {name: value for name, value in request.headers.items() if name not in hop}
        try:
            connection.request(request.method, request.target, request.body or None, headers)
            answer = connection.getresponse()
            body = answer.read()
        finally:
            connection.close()
        if request.target.startswith("/-/oauth_token"):
            asked = dict(urllib.parse.parse_qsl(request.body.decode()))
            self.token_requests.append(asked)
            told = json.loads(body) if answer.status == 200 else {}
            both = (asked.get(name) or told.get(name) for name in ("code", "code_verifier", "access_token", "refresh_token"))
            self.secrets.update(text for text in both if text)
        kept = {name: value for name, value in answer.headers.items() if name.lower() in ("location", "set-cookie", "retry-after", "referrer-policy")}
        return Reply(status=answer.status, body=body, headers=kept, content_type=answer.headers["Content-Type"] or "text/plain")


class SignInCase(ServerCase):
    """One server with a store of its own for all tests of a class."""

    server: SignInServer
    folder: Path

    @classmethod
    def start_server(cls) -> SignInServer:
        return SignInServer(store=cls.folder / "store.db")

    @classmethod
    def setUpClass(cls) -> None:
        cls.folder = Path(tempfile.mkdtemp(prefix="asana-mcp-sign-in-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        super().setUpClass()

    @classmethod
    def start_relay(cls) -> Relay:
        """A sandbox for this class alone, behind a relay; both end with the class."""
        sandbox = Sandbox("--listen", "127.0.0.1:0", env=APPLICATION)
        cls.addClassCleanup(sandbox.stop)
        relay = Relay(sandbox)
        cls.addClassCleanup(relay.close)
        return relay

    def client(self, resource: str = "/mcp", **options: Any) -> Client:
        return Client(self.server.url, resource, **options).register()

    def browser(self) -> Browser:
        return Browser(self.server.url)

    def get(self, path: str, headers: Optional[Mapping[str, str]] = None) -> wire.Response:
        return wire.request(self.server.port, "GET", path, headers)

    def status(self, method: str, path: str, headers: Mapping[str, str], body: Optional[str] = None) -> int:
        """Of an answer whose body may be a stream that does not end."""
        with wire.Connection(self.server.port) as connection:
            connection.send(wire.request_bytes(method, path, headers, body, port=self.server.port))
            return connection.read_head().status

    def control(self, **wanted: Any) -> None:
        self.server.control(**wanted)
        self.addCleanup(self.server.control)

    def command(self, *arguments: str, store: Optional[Path] = None) -> str:
        """What `asana-mcp COMMAND …` says, with the server's store."""
        return run(*arguments, "--store", f"sqlite:{store or self.server.store}")

    def age(self, table: int, seconds: int) -> None:
        """Makes all records of a table older, as if so much time had passed: expiry, and times in them."""
        with contextlib.closing(sqlite3.connect(self.server.store, timeout=wire.PATIENCE)) as db, db:
            for row, value in db.execute("SELECT id, value FROM record WHERE kind = ?", (table,)).fetchall():
                if table != FLOWS:  # those are sealed
                    older = re.sub(rb'"(used_at|made_at)":([1-9][0-9]*)', lambda m: b'"%s":%d' % (m[1], int(m[2]) - seconds), value)
                    db.execute("UPDATE record SET value = ? WHERE id = ?", (older, row))
            db.execute("UPDATE record SET expires_at = expires_at - ? WHERE kind = ?", (seconds, table))

    # ---- what must be so ----

    def refused(self, answer: Answer, error: str, said: str = "", status: int = 400) -> None:
        """An error of the token, revocation or registration endpoint."""
        self.assertEqual((status, error), (answer.status, answer.json().get("error")), answer.text)
        self.assertIn(said, answer.json()["error_description"])
        self.assertEqual("no-store", answer.headers["Cache-Control"])

    def page_is_safe(self, answer: Answer) -> None:
        """It is in no frame, runs and loads nothing, and is kept nowhere (also where there is a redirect)."""
        policy = dict((part.strip() + " ").split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";"))
        self.assertEqual(("'none'", "'none'"), (policy["default-src"].strip(), policy["frame-ancestors"].strip()))
        self.assertEqual("DENY", answer.headers["X-Frame-Options"])
        self.assertEqual("no-store", answer.headers["Cache-Control"])
        self.assertIsNone(answer.headers["Access-Control-Allow-Origin"])
        self.assertNotIn("script-src", policy)
        self.assertNotIn("unsafe", answer.headers["Content-Security-Policy"])
        if answer.status in (302, 303):
            self.assertEqual("no-referrer", answer.headers["Referrer-Policy"])
            return
        self.assertEqual("text/html; charset=utf-8", answer.headers["Content-Type"])
        self.assertIn(answer.headers["Referrer-Policy"], ("same-origin", "no-referrer"))
        self.assertEqual("nosniff", answer.headers["X-Content-Type-Options"])
        page = answer.page
        self.assertFalse({"script", "iframe", "object", "embed", "img", "link", "base"} & set(page.tags))
        self.assertFalse([name for name, _ in page.attributes if name.startswith("on") or name in ("src", "style")])

    def error_page(self, answer: Answer, status: int, said: str) -> Page:
        self.assertEqual(status, answer.status, answer.text[-1500:])
        self.assertIsNone(answer.headers["Location"])
        self.page_is_safe(answer)
        self.assertIn(said, answer.page.words)
        return answer.page

    def soon(self, look: Callable[[], Any], *within: Any) -> None:
        """Asks again until the answer is one of these: workers hear of a change within a second."""
        limit = time.monotonic() + SOON
        while True:
            found = look()
            if found in within:
                return
            if time.monotonic() > limit:
                self.fail(f"still {found!r} after {SOON} s, expected {within!r}")

    def soon_unauthorized(self, headers: Mapping[str, str], path: str = "/mcp") -> None:
        """No worker takes the token any more."""
        self.soon(lambda: {wire.request(self.server.port, "PUT", path, headers).status for _ in range(MANY)}, {401})
        self.unauthorized(wire.request(self.server.port, "PUT", path, headers), path)

    def unauthorized(self, response: wire.Response, path: str = "/mcp", error: Optional[str] = "invalid_token") -> None:
        """A 401 from which a client finds the way to sign in."""
        self.assertEqual(401, response.status, response.body[:500])
        told = parameters_of(response.header("www-authenticate") or "")
        behind = path if path in ("/mcp", "/sse") else ""
        self.assertEqual(f"{self.server.url}/.well-known/oauth-protected-resource{behind}", told["resource_metadata"])
        self.assertEqual("read write", told["scope"])
        self.assertEqual(error, told.get("error"))


def run(*arguments: str, status: int = 0) -> str:
    """What a command of the program prints."""
    done = subprocess.run([binary(), *arguments], env=clean_environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=wire.PATIENCE * 2, check=False)
    text = done.stdout.decode("utf-8", "replace")
    if done.returncode != status:
        raise AssertionError(f"{' '.join(arguments)}: status {done.returncode}:\n{text}")
    return text
