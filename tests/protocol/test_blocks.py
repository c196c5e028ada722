"""The operator keeps a person, a client or a workspace out of a running server, and lets them in again."""

from __future__ import annotations

import json
import sys
import time
import unittest
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lib import wire  # noqa: E402
from lib.browser import Answer, Browser  # noqa: E402
from lib.mcp import ModernClient, SseSession, StreamableSession, data_of, message  # noqa: E402
from lib.sign_in import ADA, BJORN, CHLOE, DANIEL, MANY, SOON, Client, SignInCase, SignInServer, Tokens, allow, at_asana  # noqa: E402

PERSON_SAID = "The administrator of this server has blocked your Asana account here"
CLIENT_SAID = "The administrator of this server has blocked this assistant"


class Blocks(SignInCase):
    @classmethod
    def start_server(cls) -> SignInServer:
        return SignInServer(store=cls.folder / "store.db", workers=4)

    def me(self, tokens: Tokens) -> str:
        return str(data_of(StreamableSession(self.server.port, tokens.headers).call("asana_get_user", {}))["gid"])

    def block(self, kind: str, id: str, *more: str) -> None:
        self.command("block", kind, id, *more)
        self.addCleanup(self.command, "unblock", kind, id)

    def unblock(self, kind: str, id: str) -> None:
        self.command("unblock", kind, id)
        self._cleanups = [one for one in self._cleanups if one[1][-3:] != ("unblock", kind, id)]

    def statuses(self, tokens: Tokens, path: str = "/mcp") -> set[int]:
        return {wire.request(self.server.port, "PUT", path, tokens.headers).status for _ in range(MANY)}

    def streams(self, sse: Tokens, mcp: Tokens) -> list[Any]:
        """One of each kind, open."""
        legacy = SseSession(self.server.port, sse.headers)
        self.addCleanup(legacy.close)
        listening = StreamableSession(self.server.port, mcp.headers).listen()
        modern = ModernClient(self.server.port, mcp.headers)
        subscribed = modern.stream(modern.request("subscriptions/listen", {"notifications": {"toolsListChanged": True}}))
        subscribed.notification("notifications/subscriptions/acknowledged")
        for stream in (listening, subscribed):
            self.addCleanup(stream.close)
        return [legacy.stream, listening, subscribed]

    def ends(self, streams: list[Any], since: float) -> None:
        for stream in streams:
            stream.wait_for_end(SOON)
        # "Within a second" on a machine that has nothing else to do.
        self.assertLess(time.monotonic() - since, SOON)

    def refusals(self, tokens: Tokens, said: str) -> None:
        self.soon(lambda: self.statuses(tokens), {403})
        for method, path, body in (("GET", "/mcp", None), ("POST", "/mcp", json.dumps(message("ping", None, 1))), ("DELETE", "/mcp", None)):
            response = wire.request(self.server.port, method, path, tokens.headers, body)
            self.assertEqual(403, response.status)
            self.assertIn(said, response.text())
            # No challenge: signing in again would not help.
            self.assertIsNone(response.header("www-authenticate"))

    def blocked_page(self, client: Client, browser: Browser, person: str, said: str) -> Answer:
        attempt = client.attempt()
        answer = browser.get(attempt.url)
        if answer.status == 200:
            answer = allow(browser, answer.page)
        page = browser.get(at_asana(browser, answer, person))
        self.error_page(page, 403, said)
        self.assertIn(person, page.page.words)
        return page

    def test_person(self) -> None:
        client, sse, browser = self.client(), self.client("/sse"), self.browser()
        mine, other = client.sign_in(browser, BJORN), client.sign_in(self.browser(), ADA)
        person = self.me(mine)
        streams = self.streams(sse.sign_in(browser, BJORN), mine)
        others = self.streams(sse.sign_in(self.browser(), ADA), other)
        before = time.monotonic()
        self.block("person", person, "--reason", "left the company")
        self.ends(streams, before)
        self.refusals(mine, PERSON_SAID)
        self.assertFalse([stream for stream in others if stream.ended])
        self.assertTrue(self.me(other))
        listed = json.loads(self.command("blocks", "--json"))
        self.assertIn((person, "person", "left the company"), [(one["id"], one["kind"], one.get("reason")) for one in listed])

        page = self.blocked_page(client, browser, BJORN, PERSON_SAID)
        message = "Please let me in: <b>tomorrow</b> & \"today\"\u2026"
        sent = browser.submit(page.page, message=message)
        self.assertEqual(200, sent.status, sent.text[-800:])
        self.page_is_safe(sent)
        asked = json.loads(self.command("requests", "--json"))
        self.assertEqual([(person, BJORN, "Client of a test", message)], [(one["person"], one["name"], one["client"], one["message"]) for one in asked])
        self.assertIn(f"asana-mcp unblock person {person}", self.command("requests"))
        # Sent once; a second click sends nothing.
        self.error_page(browser.submit(page.page, message="again"), 400, "too old")
        self.assertEqual(1, len(json.loads(self.command("requests", "--json"))))

        self.unblock("person", person)
        self.soon(lambda: 403 in self.statuses(mine), False)
        self.assertEqual(person, self.me(mine))
        self.assertEqual(person, self.me(client.sign_in(browser, BJORN)))
        self.command("requests", "--clear")

    def test_request_is_taken_only_from_its_page_and_not_too_often(self) -> None:
        client, browser = self.client(), self.browser()
        person = self.me(client.sign_in(browser, CHLOE))
        self.block("person", person)
        self.soon(lambda: {self.browser_is_blocked(client) for _ in range(6)}, {True})
        page = self.blocked_page(client, browser, CHLOE, PERSON_SAID).page
        for sender, changes, headers in (
            (browser, {"csrf": None}, {}), (browser, {"csrf": "x"}, {}), (browser, {"flow": None}, {}), (self.browser(), {}, {}),
            (browser, {}, {"Origin": "https://evil.example"}), (browser, {}, {"Content-Type": "text/plain"}),
        ):
            self.error_page(sender.submit(page, headers=headers, message="x", **changes), 403, "did not come from our page")
        self.assertEqual(200, browser.submit(page, message="1").status)
        statuses = [browser.submit(self.blocked_page(client, browser, CHLOE, PERSON_SAID).page, message="again").status for _ in range(3)]
        self.assertEqual([200, 200, 429], statuses)
        self.assertEqual(3, len(json.loads(self.command("requests", "--json"))))
        self.command("requests", "--clear")
        self.assertEqual([], json.loads(self.command("requests", "--json")))

    def browser_is_blocked(self, client: Client) -> bool:
        browser = self.browser()
        answer = browser.get(at_asana(browser, allow(browser, browser.get(client.attempt().url).page), CHLOE))
        return answer.status == 403

    def test_client(self) -> None:
        client, other, sse = self.client(), self.client(), self.client("/sse")
        client.resource = None  # for both endpoints
        browser = self.browser()
        mine, others = client.sign_in(browser), other.sign_in(browser)
        streams = self.streams(mine, mine)
        assert client.client_id
        before = time.monotonic()
        self.block("client", client.client_id)
        self.ends(streams, before)
        self.refusals(mine, CLIENT_SAID)
        self.assertTrue(self.me(others))
        self.assertTrue(sse.sign_in(self.browser()))
        self.blocked_page(client, self.browser(), ADA, CLIENT_SAID)
        self.unblock("client", client.client_id)
        self.soon(lambda: 403 in self.statuses(mine), False)
        self.assertTrue(self.me(mine))

    def test_workspace(self) -> None:
        tokens = self.client().sign_in(self.browser())
        session = StreamableSession(self.server.port, tokens.headers)

        def seen() -> list[str]:
            return [one["gid"] for one in data_of(session.call("asana_list_workspaces"))]

        before = seen()
        self.assertGreater(len(before), 1)
        hidden, *left = before
        task = data_of(session.call("asana_create_task", {"name": "Hidden", "workspace": hidden, "assignee": "me"}))["gid"]
        self.block("workspace", hidden)
        self.soon(lambda: {tuple(seen()) for _ in range(20)}, {tuple(left)})
        for name, arguments in (("asana_get_task", {"task_id": task}), ("asana_update_task", {"task_id": task, "name": "x"}), ("fetch", {"id": task}),
                                ("asana_get_projects", {"workspace": hidden})):
            with self.subTest(name):
                result = session.call(name, arguments)
                self.assertTrue(result.get("isError"), result)
                self.assertNotIn("Hidden", json.dumps(result))
        self.unblock("workspace", hidden)
        self.soon(lambda: {tuple(seen()) for _ in range(20)}, {tuple(before)})
        self.assertEqual("Hidden", data_of(session.call("asana_get_task", {"task_id": task}))["name"])

    def test_revoke_signs_a_person_out_everywhere(self) -> None:
        client, browser = self.client(), self.browser()
        client.resource = None
        mine, other = client.sign_in(browser, DANIEL), client.sign_in(self.browser(), ADA)
        person = self.me(mine)
        streams, others = self.streams(mine, mine), self.streams(other, other)
        self.assertIn(person, self.command("grants"))
        before = time.monotonic()
        self.assertIn("ended", self.command("revoke", f"--person={person}"))
        self.ends(streams, before)
        self.soon_unauthorized(mine.headers)
        self.refused(client.refresh(mine), "invalid_grant")
        self.assertFalse([stream for stream in others if stream.ended])
        self.assertTrue(self.me(other))
        self.assertNotIn(person, self.command("grants"))
        # Not blocked: they may come again.
        self.assertEqual(person, self.me(client.sign_in(browser, DANIEL)))


class Settings(SignInCase):
    """The same from the settings, from the start."""

    @classmethod
    def start_server(cls) -> SignInServer:
        first = SignInServer(store=cls.folder / "first.db")
        tokens = Client(first.url).sign_in(Browser(first.url), BJORN)
        session = StreamableSession(first.port, tokens.headers)
        cls.person = data_of(session.call("asana_get_user"))["gid"]
        cls.workspaces = [one["gid"] for one in data_of(session.call("asana_list_workspaces"))]
        first.stop()
        return SignInServer(store=cls.folder / "store.db", settings=f"block_person = {cls.person}\nallow_workspace = {cls.workspaces[0]}\n")

    def test_blocked_person_does_not_get_in(self) -> None:
        client, browser = self.client(), self.browser()
        page = browser.get(at_asana(browser, allow(browser, browser.get(client.attempt().url).page), BJORN))
        self.error_page(page, 403, PERSON_SAID)
        self.assertIn(self.person, self.command("blocks", "--config", str(self.folder / "store.ini")))

    def test_others_see_what_is_allowed(self) -> None:
        session = StreamableSession(self.server.port, self.client().sign_in(self.browser()).headers)
        self.assertEqual(self.workspaces[:1], [one["gid"] for one in data_of(session.call("asana_list_workspaces"))])


class OnlySome(SignInCase):
    """A server for one workspace, and people of another."""

    @classmethod
    def start_server(cls) -> SignInServer:
        first = SignInServer(store=cls.folder / "first.db")
        places: dict[str, set[str]] = {}
        for person in (ADA, BJORN, CHLOE, DANIEL):
            tokens = Client(first.url).sign_in(Browser(first.url), person)
            session = StreamableSession(first.port, tokens.headers)
            places[person] = {one["gid"] for one in data_of(session.call("asana_list_workspaces"))}
        first.stop()
        cls.workspace, cls.inside, cls.outside = next(
            (place, inside, outside)
            for inside, theirs in places.items()
            for place in sorted(theirs)
            for outside, others in places.items()
            if place not in others
        )
        return SignInServer(store=cls.folder / "store.db", settings=f"allow_workspace = {cls.workspace}\n")

    def test_who_is_in_none_of_them_is_turned_away(self) -> None:
        client, browser = self.client(), self.browser()
        page = browser.get(at_asana(browser, allow(browser, browser.get(client.attempt().url).page), self.outside))
        self.error_page(page, 403, "None of your workspaces")
        self.assertIn(self.outside, page.page.words)

    def test_who_is_in_one_comes_in_and_sees_only_that(self) -> None:
        session = StreamableSession(self.server.port, self.client().sign_in(self.browser(), self.inside).headers)
        self.assertEqual([self.workspace], [one["gid"] for one in data_of(session.call("asana_list_workspaces"))])


class BehindProxy(SignInCase):
    """Rates count who sends, not the proxy that passes it on."""

    @classmethod
    def start_server(cls) -> SignInServer:
        return SignInServer(store=cls.folder / "store.db", settings="trusted_proxy = 127.0.0.0/8\n")

    def register(self, sender: str) -> int:
        wish = json.dumps({"redirect_uris": ["http://localhost/callback"], "token_endpoint_auth_method": "none"})
        headers = {"Content-Type": "application/json", "X-Forwarded-For": f"203.0.113.250, {sender}"}
        return wire.request(self.server.port, "POST", "/register", headers, wish).status

    def test_each_sender_has_a_rate_of_their_own(self) -> None:
        for _ in range(121):  # an hour may begin in between
            if self.register("198.51.100.1") != 201:
                break
        self.assertEqual(429, self.register("198.51.100.1"))
        self.assertEqual(201, self.register("198.51.100.2"))


if __name__ == "__main__":
    unittest.main()
