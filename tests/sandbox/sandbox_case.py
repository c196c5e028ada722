"""The sandbox on a port of its own, and a client that speaks its JSON."""

from __future__ import annotations

import json
import sys
import unittest
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any, Mapping, Optional

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lib.server import Sandbox  # noqa: E402

# A Monday noon; whoever needs another day starts a sandbox of their own.
NOW = "2026-11-23T12:00:00Z"


class Answer:
    def __init__(self, status: int, headers: Mapping[str, str], body: bytes):
        self.status = status
        self.headers = headers
        self.body = body

    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def data(self) -> Any:
        return self.json()["data"]

    @property
    def error(self) -> str:
        return str(self.json()["errors"][0]["message"])


class Client:
    """One person's requests. Requests go through no proxy."""

    def __init__(self, api_url: str, token: Optional[str] = "sandbox-token-ada"):
        self.api_url = api_url
        self.token = token
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def send(self, method: str, path: str, query: Optional[Mapping[str, Any]] = None, body: Any = None, raw: Optional[bytes] = None,
             content_type: str = "application/json") -> Answer:
        url = self.api_url + urllib.parse.quote(path)
        if query:
            url += "?" + urllib.parse.urlencode({key: str(value) for key, value in query.items()})
        content = raw if raw is not None else None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(url, data=content, method=method)
        if self.token is not None:
            request.add_header("Authorization", f"Bearer {self.token}")
        if content is not None:
            request.add_header("Content-Type", content_type)
        try:
            with self.opener.open(request, timeout=60) as answer:
                return Answer(answer.status, answer.headers, answer.read())
        except urllib.error.HTTPError as refused:
            with refused:
                return Answer(refused.code, refused.headers, refused.read())

    def get(self, path: str, **query: Any) -> Answer:
        return self.send("GET", path, query)

    def post(self, path: str, data: Any, **query: Any) -> Answer:
        return self.send("POST", path, query, {"data": data})

    def put(self, path: str, data: Any, **query: Any) -> Answer:
        return self.send("PUT", path, query, {"data": data})

    def delete(self, path: str) -> Answer:
        return self.send("DELETE", path)


class SandboxCase(unittest.TestCase):
    """One sandbox for all tests of a class; what they change they must not need unchanged."""

    now = NOW
    sandbox: Sandbox
    ada: Client
    acme: str
    side: str

    @classmethod
    def setUpClass(cls) -> None:
        cls.sandbox = Sandbox("--listen", "127.0.0.1:0", "--now", cls.now)
        cls.ada = cls.person("ada")
        cls.acme, cls.side = (place["gid"] for place in cls.ada.get("/workspaces").data)

    @classmethod
    def tearDownClass(cls) -> None:
        cls.sandbox.stop()

    @classmethod
    def person(cls, name: str) -> Client:
        return Client(cls.sandbox.api_url, f"sandbox-token-{name}")

    def find(self, kind: str, name: str, client: Optional[Client] = None, workspace: Optional[str] = None) -> str:
        """The gid of what typeahead finds first under a name."""
        found = (client or self.ada).get(f"/workspaces/{workspace or self.acme}/typeahead", resource_type=kind, query=name).data
        self.assertTrue(found, f"no {kind} named {name}")
        return str(found[0]["gid"])

    def ok(self, answer: Answer, status: int = 200) -> Any:
        self.assertEqual(status, answer.status, answer.body[:600])
        return answer.data

    def refused(self, answer: Answer, status: int, text: str) -> None:
        self.assertEqual(status, answer.status, answer.body[:600])
        self.assertIn(text, answer.error)
        self.assertEqual(["help", "message"], sorted(answer.json()["errors"][0]))
