"""What must not work: each way in which somebody could get what is not theirs, or a client could do it wrong."""

from __future__ import annotations

import contextlib
import json
import re
import sqlite3
import sys
import time
import unittest
import urllib.parse
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from lib import wire  # noqa: E402
from lib.browser import Browser, query_of  # noqa: E402
from lib.mcp import StreamableSession, data_of  # noqa: E402
from lib.sign_in import (  # noqa: E402
    ACCESS, ADA, APPLICATION, BJORN, CODES, COUNTERS, FLOWS, REFRESH, Client, SignInCase, SignInServer, allow, at_asana, challenge_of,
)


class Authorize(SignInCase):
    def test_unknown_client_gets_the_page_that_says_what_to_do(self) -> None:
        client = Client(self.server.url)
        for id in ("AAAAAAAAAAAAAAAA", "x", "client", "a" * 3000, "' OR 1=1", "\u00e9"):
            client.client_id = id
            page = self.error_page(self.browser().get(client.attempt().url), 400, "")
            for said in ("Claude", "Cursor", self.server.url):
                self.assertIn(said, page.words)

    def test_mistakes_about_client_or_redirect_send_nobody_anywhere(self) -> None:
        client = self.client()
        registered = client.redirect_uri
        for changes in (
            {"client_id": None}, {"client_id": ""}, {"redirect_uri": None}, {"redirect_uri": ""},
            {"redirect_uri": "https://evil.example/callback"},
            {"redirect_uri": registered + "/"}, {"redirect_uri": registered + "x"}, {"redirect_uri": registered + "?a=b"},
            {"redirect_uri": registered + "#f"}, {"redirect_uri": registered.replace("http:", "https:")},
            {"redirect_uri": registered.replace("127.0.0.1", "localhost")},
            {"redirect_uri": registered.replace("127.0.0.1", "[::1]")},
            {"redirect_uri": "http://127.0.0.1.evil.example:4711/callback"},
            {"redirect_uri": "http://127.0.0.1:4711@evil.example/callback"},
            {"redirect_uri": "http://evil.example\\@127.0.0.1:4711/callback"},
            {"redirect_uri": registered + "/../callback"}, {"redirect_uri": registered + "\r\nX: y"},
            {"redirect_uri": "javascript:alert(1)"}, {"redirect_uri": [registered, registered]}, {"client_id": [client.client_id, "x"]},
        ):
            with self.subTest(**changes):
                self.error_page(self.browser().get(client.attempt(**changes).url), 400, "")

    def test_port_is_free_on_loopback_only(self) -> None:
        loopback = self.client(redirect_uri="http://127.0.0.1/callback")
        for uri in ("http://127.0.0.1:1/callback", "http://127.0.0.1:65535/callback"):
            self.assertEqual(200, self.browser().get(loopback.attempt(redirect_uri=uri).url).status)
        named = self.client(redirect_uri="http://localhost/callback")
        self.assertEqual(200, self.browser().get(named.attempt(redirect_uri="http://localhost:8123/callback").url).status)
        hosted = self.client(redirect_uri="https://claude.ai/api/mcp/auth_callback")
        self.assertEqual(200, self.browser().get(hosted.attempt().url).status)
        self.error_page(self.browser().get(hosted.attempt(redirect_uri="https://claude.ai:444/api/mcp/auth_callback").url), 400, "")

    def test_other_mistakes_are_told_to_the_client(self) -> None:
        client = self.client()
        plain = challenge_of("x" * 43)
        for changes, error in (
            ({"response_type": None}, "invalid_request"), ({"response_type": "token"}, "unsupported_response_type"),
            ({"code_challenge": None}, "invalid_request"), ({"code_challenge": ""}, "invalid_request"),
            ({"code_challenge": "short"}, "invalid_request"), ({"code_challenge": "=" * 43}, "invalid_request"),
            ({"code_challenge_method": None}, "invalid_request"), ({"code_challenge_method": "plain"}, "invalid_request"),
            ({"code_challenge_method": "s256"}, "invalid_request"), ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
            ({"code_challenge": [plain, plain]}, "invalid_request"), ({"scope": ["read", "write"]}, "invalid_request"),
            ({"resource": "https://other.example/mcp"}, "invalid_target"), ({"resource": self.server.url + "/other"}, "invalid_target"),
            ({"resource": [f"{self.server.url}/mcp", "https://other.example"]}, "invalid_target"),
            ({"prompt": "none"}, "interaction_required"),
        ):
            with self.subTest(**changes):
                attempt = client.attempt(**changes)
                told = client.arrival(attempt, self.browser().get(attempt.url))
                self.assertEqual(error, told["error"])
                self.assertTrue(told["error_description"])
                self.assertNotIn("code", told)

    def test_state_that_is_too_long_is_refused_and_a_long_one_comes_back_whole(self) -> None:
        client, browser = self.client(), self.browser()
        attempt = client.attempt(state="s" * 4097)
        self.assertEqual("invalid_request", query_of(browser.get(attempt.url).location)["error"])
        attempt = client.attempt(state="%&=" * 1000)
        back = at_asana(browser, allow(browser, browser.get(attempt.url).page))
        self.assertEqual("%&=" * 1000, query_of(browser.get(back).location)["state"])

    def test_text_of_strangers_is_text(self) -> None:
        name = "<b>\"Claude\"</b> '&amp; <script>alert(1)</script>"
        client = Client(self.server.url).register(client_name=name, client_uri="javascript:alert(1)")
        answer = self.browser().get(client.attempt().url)
        self.page_is_safe(answer)
        self.assertIn(name, answer.page.words)
        self.assertFalse([value for _, value in answer.page.attributes if "javascript:" in value])


class Consent(SignInCase):
    """The page that stands between a client and Asana, and the way back."""

    def setUp(self) -> None:
        self.mine = self.client()
        self.me = self.browser()
        self.attempt = self.mine.attempt()

    def open(self) -> Any:
        return self.me.get(self.attempt.url).page

    def test_asana_is_not_asked_and_nothing_is_kept_before_the_answer(self) -> None:
        answer = self.me.get(self.attempt.url)
        self.assertEqual((200, None), (answer.status, answer.headers["Location"]))
        self.assertNotIn("oauth_authorize", answer.text)

    def test_cookie_is_for_this_server_and_not_for_scripts(self) -> None:
        self.me.get(self.attempt.url)
        back = at_asana(self.me, allow(self.me, self.open()))
        self.me.get(back)
        ours = [cookie for cookie in self.me.set_cookies if cookie.startswith("asana-mcp-")]
        self.assertGreaterEqual(len(ours), 3)
        for cookie in ours:
            self.assertRegex(cookie, rf"^asana-mcp-(flow-[\w-]{{8}}|session)-{self.server.port}=[\w.~-]*; Path=/; Max-Age=\d+; HttpOnly; SameSite=Lax$")

    def test_cookie_on_https_is_bound_to_the_host(self) -> None:
        server = SignInServer("--public-url", "https://host.example", store=self.folder / "https.db")
        self.addCleanup(server.stop)
        host = {"Host": "host.example"}
        made = wire.request(server.port, "POST", "/register", {**host, "Content-Type": "application/json"},
                            json.dumps({"redirect_uris": ["http://localhost/cb"], "token_endpoint_auth_method": "none"})).json()
        asked = urllib.parse.urlencode({"client_id": made["client_id"], "redirect_uri": "http://localhost/cb", "response_type": "code",
                                        "code_challenge": "a" * 43, "code_challenge_method": "S256"})
        response = wire.request(server.port, "GET", f"/authorize?{asked}", host)
        self.assertEqual(200, response.status)
        self.assertRegex(response.header("set-cookie") or "", r"^__Host-asana-mcp-flow-[\w-]{8}=[^;]+; Path=/; Max-Age=600; HttpOnly; SameSite=Lax; Secure$")

    def test_form_that_another_page_sends_is_refused(self) -> None:
        page = self.open()
        hidden = page.form.hidden
        stranger = Client(self.server.url).register()
        other = Browser(self.server.url).get(stranger.attempt().url).page.form.hidden
        own = self.me.get(self.mine.attempt().url).page.form.hidden
        for changes, headers, browser, status in (
            ({"csrf": None}, {}, self.me, 403), ({"csrf": "x"}, {}, self.me, 403), ({"csrf": other["csrf"]}, {}, self.me, 403),
            ({"csrf": own["csrf"]}, {}, self.me, 403),  # of this browser, but of another sign-in
            ({}, {"Origin": "https://evil.example"}, self.me, 403), ({}, {"Origin": "null"}, self.me, 403),
            ({}, {"Content-Type": "text/plain"}, self.me, 403), ({}, {"Content-Type": "application/json"}, self.me, 403),
            ({}, {}, self.browser(), 400),  # without the cookie
            ({"flow": other["flow"], "csrf": other["csrf"]}, {}, self.me, 400),  # somebody else's
            ({"flow": None}, {}, self.me, 400), ({"flow": "A" * len(hidden["flow"])}, {}, self.me, 400),
        ):
            with self.subTest(changes=changes, headers=headers):
                self.error_page(allow(browser, page, headers=headers, **changes), status, "")
        self.assertEqual(303, allow(self.me, page).status)

    def test_answer_must_be_one_that_the_page_offers(self) -> None:
        page = self.open()
        for changes in ({"access": "admin"}, {"access": None}, {"area": "everything"}):
            with self.subTest(**changes):
                answer = self.me.submit(page, **{"access": "write", **changes, "action": "allow"})
                self.error_page(answer, 400, "not what the page offers")
        again = allow(self.me, page, areas=[])
        self.assertEqual((400, None), (again.status, again.headers["Location"]))
        self.assertIn("Choose at least one area", again.page.words)

    def test_reading_cannot_become_writing_on_the_way(self) -> None:
        attempt = self.mine.attempt(scope="read")
        page = self.me.get(attempt.url).page
        self.assertEqual(["read"], [choice.value for choice in page.form.choices("access")])
        answer = self.me.submit(page, access="write", action="allow")
        told = self.mine.arrival(attempt, self.me.get(at_asana(self.me, answer)))
        self.assertEqual("read", self.mine.exchange(told["code"], attempt).json()["scope"])

    def test_page_that_is_old_is_refused(self) -> None:
        page = self.open()
        self.age(FLOWS, 601)
        self.error_page(allow(self.me, page), 400, "too old")

    def test_back_from_asana_only_in_the_browser_that_left_and_only_once(self) -> None:
        back = at_asana(self.me, allow(self.me, self.open()))
        self.error_page(self.browser().get(back), 400, "did not begin in this browser")
        # Another browser in which a sign-in is under way, too.
        other = self.browser()
        at_asana(other, allow(other, other.get(self.mine.attempt().url).page), BJORN)
        self.error_page(other.get(back), 400, "did not begin in this browser")
        kept = dict(self.me.cookies)
        told = self.mine.arrival(self.attempt, self.me.get(back))
        self.error_page(self.me.get(back), 400, "")
        self.me.cookies = kept  # nor with the cookie that it took away
        self.error_page(self.me.get(back), 400, "This sign-in is over")
        self.assertEqual(200, self.mine.exchange(told["code"], self.attempt).status)

    def test_forged_states_lead_nowhere(self) -> None:
        back = at_asana(self.me, allow(self.me, self.open()))
        fields = query_of(back)
        where = back.split("?")[0]
        state = fields["state"]
        for forged in ("", "x", state[:-1], state[:-1] + ("A" if state[-1] != "A" else "B"), state.swapcase(), "A" * len(state), self.attempt.state):
            with self.subTest(forged):
                self.error_page(self.me.get(f"{where}?{urllib.parse.urlencode({**fields, 'state': forged})}"), 400, "")
        self.error_page(self.me.get(f"{where}?code={fields['code']}"), 400, "")
        self.error_page(self.me.get(f"{back}&state={state}"), 400, "")
        self.error_page(self.me.get(where), 400, "")
        self.assertIn("code", self.mine.arrival(self.attempt, self.me.get(back)))

    def test_state_that_is_old_is_refused(self) -> None:
        back = at_asana(self.me, allow(self.me, self.open()))
        self.age(FLOWS, 601)
        self.error_page(self.me.get(back), 400, "longer than ten minutes")

    def test_state_of_the_page_is_not_the_one_of_the_way_back(self) -> None:
        page = self.open()
        self.error_page(self.me.get(f"/oauth/callback?code=x&state={page.form.hidden['flow']}"), 400, "")

    def test_code_that_asana_never_gave_ends_the_attempt(self) -> None:
        back = at_asana(self.me, allow(self.me, self.open()))
        forged = f"{back.split('?')[0]}?{urllib.parse.urlencode({**query_of(back), 'code': '0/1:forged'})}"
        self.assertEqual("server_error", self.mine.arrival(self.attempt, self.me.get(forged))["error"])

    def test_account_is_closed_to_other_pages_and_other_people(self) -> None:
        self.mine.sign_in(self.me)
        other = self.browser()
        bjorns = self.client()
        bjorns.sign_in(other, BJORN)
        page = self.me.get("/account").page
        form = page.form_with("action", "revoke_all")
        theirs = other.get("/account").page
        grant = next(form.hidden["grant"] for form in theirs.forms if "grant" in form.hidden)
        for browser, changes, headers in (
            (self.me, {"csrf": None}, {}), (self.me, {"csrf": theirs.forms[0].hidden["csrf"]}, {}), (self.browser(), {}, {}),
            (other, {}, {}), (self.me, {}, {"Origin": "https://evil.example"}),
        ):
            self.error_page(browser.submit(page, form, headers=headers, action="revoke_all", **changes), 403, "did not come from our page")
        self.error_page(self.browser().submit(self.browser().get("/account").page, action="sign_in", csrf="x"), 403, "")
        # Somebody else's grant is not theirs to end, though they know its name.
        self.me.submit(page, page.form_with("action", "sign_out"), action="revoke", grant=grant)
        self.assertEqual(1, sum("grant" in form.hidden for form in other.get("/account").page.forms))


class Codes(SignInCase):
    def fresh(self, **changes: Any) -> tuple[Client, str, Any]:
        client = self.client(**changes)
        return (client, *client.code(self.browser()))

    def test_code_goes_to_nobody_else_and_for_nothing_else(self) -> None:
        for changes, error, said in (
            ({"code_verifier": "x" * 43}, "invalid_grant", "code_verifier"), ({"code_verifier": None}, "invalid_grant", "code_verifier"),
            ({"code_verifier": ""}, "invalid_grant", "code_verifier"),
            ({"redirect_uri": "http://127.0.0.1:4712/callback"}, "invalid_grant", "redirect_uri"),
            ({"redirect_uri": "https://evil.example/"}, "invalid_grant", "redirect_uri"),
        ):
            with self.subTest(**changes):
                client, code, attempt = self.fresh()
                self.refused(client.exchange(code, attempt, **changes), error, said)
                # Whoever guesses has one guess.
                self.refused(client.exchange(code, attempt), "invalid_grant")

    def test_challenge_itself_is_no_verifier(self) -> None:
        client, code, attempt = self.fresh()
        self.refused(client.exchange(code, attempt, code_verifier=challenge_of(attempt.verifier)), "invalid_grant", "code_verifier")

    def test_replayed_code_ends_what_it_gave(self) -> None:
        client, code, attempt = self.fresh()
        tokens = client.tokens(client.exchange(code, attempt))
        self.assertEqual(200, StreamableSession(self.server.port, tokens.headers).post({"jsonrpc": "2.0", "id": 5, "method": "ping"}).status)
        self.refused(client.exchange(code, attempt), "invalid_grant", "used before")
        self.soon_unauthorized(tokens.headers)
        self.refused(client.refresh(tokens), "invalid_grant")

    def test_stolen_code_is_worth_nothing_to_another_client(self) -> None:
        client, code, attempt = self.fresh()
        thief = self.client()
        self.refused(thief.exchange(code, attempt), "invalid_grant", "another client")
        self.refused(client.exchange(code, attempt), "invalid_grant")

    def test_code_is_for_the_resource_that_was_asked_for(self) -> None:
        for resource in (f"{self.server.url}/sse", self.server.url, "https://other.example/mcp", "nonsense"):
            with self.subTest(resource):
                client, code, attempt = self.fresh()
                self.refused(client.exchange(code, attempt, resource=resource), "invalid_target", "resource")

    def test_code_lives_a_minute(self) -> None:
        client, code, attempt = self.fresh()
        self.age(CODES, 61)
        self.refused(client.exchange(code, attempt), "invalid_grant", "older than a minute")
        client, code, attempt = self.fresh()
        self.age(CODES, 50)
        self.assertEqual(200, client.exchange(code, attempt).status)

    def test_code_is_no_refresh_token_and_the_other_way_round(self) -> None:
        client, code, attempt = self.fresh()
        self.refused(client.refresh(code), "invalid_grant")
        self.unauthorized(wire.request(self.server.port, "GET", "/mcp", {"Authorization": f"Bearer {code}"}))
        tokens = client.tokens(client.exchange(code, attempt))
        self.refused(client.exchange(tokens.refresh, attempt), "invalid_grant")
        self.refused(client.refresh(tokens.access), "invalid_grant")
        self.unauthorized(wire.request(self.server.port, "GET", "/mcp", {"Authorization": f"Bearer {tokens.refresh}"}))

    def test_unknown_client_is_told_to_register_again(self) -> None:
        client, code, attempt = self.fresh()
        for id in ("AAAAAAAAAAAAAAAA", "", None, "x" * 3000):
            answer = client.exchange(code, attempt, client_id=id)
            self.refused(answer, "invalid_client", status=401)
        self.assertEqual(200, client.exchange(code, attempt).status)

    def test_secret_must_be_shown_and_be_right(self) -> None:
        client = Client(self.server.url).register(token_endpoint_auth_method="client_secret_post")
        code, attempt = client.code(self.browser())
        for changes in ({"client_secret": None}, {"client_secret": "wrong"}, {"client_secret": (client.client_secret or "") + "x"}):
            self.refused(client.exchange(code, attempt, **changes), "invalid_client", status=401)
        tokens = client.tokens(client.exchange(code, attempt))
        self.refused(client.refresh(tokens, client_secret=None), "invalid_client", status=401)
        self.refused(client.revoke(tokens.refresh, client_secret="wrong"), "invalid_client", status=401)
        self.assertEqual(200, client.refresh(tokens).status)

    def test_request_is_one_form_by_post(self) -> None:
        client, code, attempt = self.fresh()
        browser = self.browser()
        for path in ("/token", "/revoke"):
            got = browser.get(f"{path}?client_id={client.client_id}&code={code}")
            self.assertEqual((405, "POST"), (got.status, got.headers["Allow"]))
            self.refused(browser.send("POST", path, json.dumps({"code": code}), {"Content-Type": "application/json"}), "invalid_request")
        fields = {"grant_type": "authorization_code", "client_id": client.client_id, "code": [code, code], "code_verifier": attempt.verifier}
        self.refused(browser.post("/token", fields), "invalid_request")
        for grant_type, error in (("password", "unsupported_grant_type"), ("client_credentials", "unsupported_grant_type"), (None, "invalid_request")):
            self.refused(client.exchange(code, attempt, grant_type=grant_type), error)
        self.assertEqual(200, client.exchange(code, attempt).status)


class TokensOfOurs(SignInCase):
    def test_token_is_for_its_endpoint_alone(self) -> None:
        sse = Client(self.server.url, "/sse").sign_in(self.browser())
        mcp = Client(self.server.url, "/mcp").sign_in(self.browser())
        self.unauthorized(wire.request(self.server.port, "POST", "/mcp", {**sse.headers, "Content-Type": "application/json"}, "{}"))
        self.assertEqual(401, self.status("GET", "/sse", mcp.headers))
        self.unauthorized(self.get("/sse", mcp.headers), "/sse")
        self.unauthorized(wire.request(self.server.port, "POST", "/sse/message?sessionId=00", mcp.headers, "{}"), "/sse")

    def test_refresh_does_not_reach_further(self) -> None:
        client = self.client(scope="read")
        tokens = client.sign_in(self.browser())
        self.refused(client.refresh(tokens, resource=f"{self.server.url}/sse"), "invalid_target")
        self.refused(client.refresh(tokens, scope="read write"), "invalid_scope")
        self.refused(client.refresh(tokens, scope="everything"), "invalid_scope")
        self.assertEqual("read", client.tokens(client.refresh(tokens)).scope)

    def test_refresh_may_ask_for_less_and_keeps_what_was_allowed(self) -> None:
        client = self.client()
        less = client.tokens(client.refresh(client.sign_in(self.browser()), scope="read"))
        self.assertEqual("read", less.scope)
        self.assertEqual("read write", client.tokens(client.refresh(less)).scope)

    def test_expired_token_is_401_and_can_be_refreshed(self) -> None:
        client = self.client()
        tokens = client.sign_in(self.browser())
        self.age(ACCESS, 3601)
        self.unauthorized(self.get("/mcp", tokens.headers))
        renewed = client.tokens(client.refresh(tokens))
        self.assertEqual(ADA, data_of(StreamableSession(self.server.port, renewed.headers).call("asana_get_user", {"user_id": "me"}))["name"])

    def test_expired_refresh_token_is_refused(self) -> None:
        client = self.client()
        tokens = client.sign_in(self.browser())
        self.age(REFRESH, 90 * 24 * 3600 + 1)
        self.refused(client.refresh(tokens), "invalid_grant", "expired")

    def test_lost_answer_is_given_again_within_the_grace(self) -> None:
        client = self.client()
        tokens = client.sign_in(self.browser())
        lost = client.tokens(client.refresh(tokens))
        found = client.tokens(client.refresh(tokens))
        self.assertNotEqual(lost.refresh, found.refresh)
        self.assertEqual(200, client.refresh(found).status)
        # Whoever has the one that was thought lost is not the one who came again.
        self.refused(client.refresh(lost), "invalid_grant", "used before")
        self.soon_unauthorized(found.headers)

    def test_grace_ends_when_the_successor_is_used(self) -> None:
        client = self.client()
        tokens = client.sign_in(self.browser())
        second = client.tokens(client.refresh(tokens))
        third = client.tokens(client.refresh(second))
        self.refused(client.refresh(tokens), "invalid_grant", "used before")
        self.refused(client.refresh(third), "invalid_grant")
        self.soon_unauthorized(third.headers)

    def test_grace_ends_after_half_a_minute(self) -> None:
        client = self.client()
        tokens = client.sign_in(self.browser())
        second = client.tokens(client.refresh(tokens))
        self.age(REFRESH, 32)
        self.refused(client.refresh(tokens), "invalid_grant", "used before")
        self.refused(client.refresh(second), "invalid_grant")

    def test_refresh_token_of_another_client_ends_the_grant(self) -> None:
        client, thief = self.client(), self.client()
        tokens = client.sign_in(self.browser())
        self.refused(thief.refresh(tokens), "invalid_grant", "another client")
        self.refused(client.refresh(tokens), "invalid_grant")
        self.soon_unauthorized(tokens.headers)

    def test_revoking_either_token_ends_both(self) -> None:
        client = self.client()
        for hint in (None, "access_token", "refresh_token", "nonsense"):
            for which in ("access", "refresh"):
                with self.subTest(hint=hint, which=which):
                    tokens = client.sign_in(self.browser())
                    self.assertEqual(200, client.revoke(getattr(tokens, which), token_type_hint=hint).status)
                    self.soon_unauthorized(tokens.headers)
                    self.refused(client.refresh(tokens), "invalid_grant")
                    self.assertEqual(200, client.revoke(getattr(tokens, which)).status)
        self.assertEqual(200, client.revoke("never-seen").status)

    def test_another_client_cannot_revoke(self) -> None:
        client, stranger = self.client(), self.client()
        tokens = client.sign_in(self.browser())
        for token in (tokens.access, tokens.refresh):
            stranger.revoke(token)
        self.refused(stranger.revoke(tokens.refresh, client_id="AAAAAAAAAAAAAAAA"), "invalid_client", status=401)
        self.refused(client.post("/revoke"), "invalid_request")
        self.assertEqual(200, client.refresh(tokens).status)


class Registration(SignInCase):
    def test_redirects_that_are_not_allowed_are_named(self) -> None:
        client = Client(self.server.url)
        bad = ["https://evil.example/callback", "http://192.168.1.1/callback", "http://127.0.0.1.evil.example/", "javascript:alert(1)",
               "https://claude.ai.evil.example/api/mcp/auth_callback", "https://claude.ai/api/mcp/auth_callback/../x", "data:text/html,x"]
        for uri in bad:
            with self.subTest(uri):
                answer = client.ask_to_register(redirect_uris=[client.redirect_uri, uri])
                self.refused(answer, "invalid_redirect_uri")
                self.assertIn(answer.json().get("disallowed_uris", [uri]), [[uri]])
        self.assertEqual(bad[:1], client.ask_to_register(redirect_uris=bad[:1]).json()["disallowed_uris"])

    def test_known_clients_may_register_as_their_pages_say(self) -> None:
        """schema/clients: redirects are allowed by default, other_redirects only by an operator."""
        client = Client(self.server.url)
        for path in sorted((ROOT / "schema/clients").glob("*.json")):
            raw = json.loads(path.read_text(encoding="utf-8"))
            for keyword, status in (("redirects", 201), ("other_redirects", 400)):
                for uri in raw.get(keyword, []):
                    with self.subTest(path.stem, uri=uri):
                        uri = uri.replace(":PORT", ":49152")
                        answer = client.ask_to_register(redirect_uris=[re.sub(r"/[A-Z]+$", "/a1b2", uri)])
                        self.assertEqual(status, answer.status, answer.text)

    def test_known_clients_may_register(self) -> None:
        for uri in ("https://claude.ai/api/mcp/auth_callback", "https://claude.com/api/mcp/auth_callback", "cursor://anysphere.cursor-mcp/oauth/callback",
                    "https://vscode.dev/redirect", "https://insiders.vscode.dev/redirect", "http://127.0.0.1:33418/", "http://localhost:33418",
                    "https://chatgpt.com/connector_platform_oauth_redirect", "http://[::1]:9/cb"):
            with self.subTest(uri):
                self.assertEqual(201, Client(self.server.url).ask_to_register(redirect_uris=[uri]).status)

    def test_metadata_that_cannot_be_used_is_refused(self) -> None:
        client = Client(self.server.url)
        for changes, error in (
            ({"redirect_uris": None}, "invalid_redirect_uri"), ({"redirect_uris": []}, "invalid_redirect_uri"), ({"redirect_uris": [5]}, "invalid_redirect_uri"),
            ({"redirect_uris": "http://localhost/"}, "invalid_redirect_uri"), ({"client_name": 5}, "invalid_client_metadata"),
            ({"token_endpoint_auth_method": "private_key_jwt"}, "invalid_client_metadata"), ({"grant_types": ["password"]}, "invalid_client_metadata"),
            ({"response_types": ["token"]}, "invalid_client_metadata"), ({"redirect_uris": [f"http://localhost/{n}" for n in range(30)]}, "invalid_redirect_uri"),
        ):
            with self.subTest(**changes):
                self.refused(client.ask_to_register(**changes), error)
        for body in ("", "[]", "no json", '"x"', "{" * 200):
            self.refused(self.browser().send("POST", "/register", body, {"Content-Type": "application/json"}), "invalid_client_metadata")


class Floods(SignInCase):
    """Rates are counted in whole hours and minutes, so that counting may begin anew in the middle of a test."""

    def test_registrations(self) -> None:
        client = Client(self.server.url)
        made = 0
        while (answer := client.ask_to_register()).status == 201:
            made += 1
            self.assertLess(made, 121)
        self.assertEqual(429, answer.status)
        self.assertGreaterEqual(made, 60)
        self.assertGreater(int(answer.headers["Retry-After"]), 0)
        self.assertLessEqual(int(answer.headers["Retry-After"]), 3600)
        self.assertTrue(answer.json()["error_description"])
        # A mistake is told all the same.
        self.assertEqual(400, client.ask_to_register(redirect_uris=["https://evil.example/"]).status)


class FloodsOfPages(SignInCase):
    def test_sign_ins_and_answers(self) -> None:
        client, browser = self.client(), self.browser()
        page, account = browser.get(client.attempt().url).page, browser.get("/account").page
        self.count_up(600)
        for answer in (browser.get(client.attempt().url), allow(browser, page), browser.submit(account, action="sign_in")):
            self.error_page(answer, 429, "Too many requests")

    def count_up(self, to: int) -> None:
        """As if there had been so many from here, in this minute and the next."""
        minute = int(time.time()) // 60
        with contextlib.closing(sqlite3.connect(self.server.store, timeout=wire.PATIENCE)) as db, db:
            for window in (minute, minute + 1):
                db.execute("INSERT OR REPLACE INTO record(kind, key, value, owner, version, expires_at) VALUES (?, ?, ?, x'', 1, ?)",
                           (COUNTERS, f"rate:page:127.0.0.1:{window}".encode(), str(to).encode(), (window + 1) * 60))


class Secrets(SignInCase):
    """A copy of the store, and the logs, are worth nothing."""

    @classmethod
    def start_server(cls) -> SignInServer:
        cls.relay = cls.start_relay()
        return SignInServer("--log-level", "debug", store=cls.folder / "store.db", asana=cls.relay)

    def test_store_and_logs_hold_no_secret(self) -> None:
        secrets: set[str] = set()
        for method, person in (("none", ADA), ("client_secret_post", BJORN), ("client_secret_basic", ADA)):
            client, browser = Client(self.server.url).register(token_endpoint_auth_method=method), self.browser()
            tokens = client.sign_in(browser, person)
            StreamableSession(self.server.port, tokens.headers).call("asana_get_user", {"user_id": "me"})
            renewed = client.tokens(client.refresh(tokens))
            lost = client.code(browser, person)
            self.refused(client.exchange(*lost, code_verifier="y" * 43), "invalid_grant")
            unused = client.code(browser, person)
            second = client.sign_in(browser, person)
            client.revoke(second.refresh)
            self.get("/mcp", {"Authorization": f"Bearer {second.access}"})
            under_way = client.attempt(prompt="consent")
            page = browser.get(under_way.url).page
            back = at_asana(browser, allow(browser, page), person)
            secrets |= client.secrets | {cookie.value for cookie in browser.cookies.values() if not cookie.value.isdigit()}
            secrets |= {text.split("=", 1)[1].split(";")[0] for text in browser.set_cookies} | {query_of(back)["state"], query_of(back)["code"]}
            secrets |= {page.form.hidden["csrf"], page.form.hidden["flow"], unused[0], renewed.access}
        asanas = set(self.relay.secrets)
        self.assertGreaterEqual(len(asanas), 12)
        secrets |= asanas | {APPLICATION["ASANA_MCP_CLIENT_SECRET"]}
        secrets = {secret for secret in secrets if len(secret) >= 12}
        self.assertGreater(len(secrets), 40)
        places = {str(file): file.read_bytes() for file in self.folder.iterdir()}
        self.assertIn("store.db-wal", "".join(places))
        places["the log"] = self.server.output().encode()
        self.assertIn(b"Client of a test", places["the log"])
        self.assertTrue(any(b"Client of a test" in content for name, content in places.items() if "store.db" in name))
        for secret in secrets:
            # As it is, or as it stands in an address or in JSON.
            for form in {secret, urllib.parse.quote(secret, safe=""), json.dumps(secret)[1:-1]}:
                for name, content in places.items():
                    self.assertFalse(form.encode() in content, f"{name} holds {form[:6]}… ({len(form)} characters)")


if __name__ == "__main__":
    unittest.main()
