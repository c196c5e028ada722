"""The sandbox's OAuth: its page, its tokens, and each rule of Asana's that it plays."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import sys
import tempfile
import unittest
import urllib.parse
from pathlib import Path
from typing import Any, Mapping, Optional

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from lib.browser import Answer, Browser, Page, form  # noqa: E402
from lib.server import Sandbox  # noqa: E402
from sandbox_case import Client, SandboxCase  # noqa: E402

SECRET = "secret of the application: 100% +&=é"
BASIC = "Basic " + base64.b64encode(f"sandbox:{urllib.parse.quote_plus(SECRET)}".encode()).decode()
CALLBACK = "http://127.0.0.1:4711/oauth/callback"
VERIFIER = "v" * 43
STATE = "state with spaces & <signs>\"'"
PATIENCE = 60.0
EXPIRED = "The bearer token has expired. If you have a refresh token"


def challenge_of(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


ASK: Mapping[str, Optional[str]] = {
    "client_id": "sandbox",
    "redirect_uri": CALLBACK,
    "response_type": "code",
    "state": STATE,
    "code_challenge": challenge_of(VERIFIER),
    "code_challenge_method": "S256",
}


class SandboxPage(Page):
    """The sandbox's page: one form, with everybody in it."""

    @property
    def people(self) -> dict[str, str]:
        return {choice.label: choice.value for choice in self.form.choices("person")}

    @property
    def chosen(self) -> list[str]:
        return self.form.checked("person")


class SandboxBrowser(Browser):
    """At one sandbox."""

    def __init__(self, port: int, cookies: Optional[Mapping[str, str]] = None):
        super().__init__(f"http://127.0.0.1:{port}", cookies)

    def ask(self, **changes: Optional[str]) -> Answer:
        return self.get("/-/oauth_authorize?" + form({**ASK, **changes}))

    def decide(self, page: SandboxPage, person: Optional[str] = "Ada Lindqvist", decision: Optional[str] = "allow", **changes: Optional[str]) -> Answer:
        chosen = page.people.get(person, person) if person else None
        return self.submit(page, person=chosen, decision=decision, **changes)


def sent_back(answer: Answer) -> dict[str, str]:
    """The parameters that the application gets with the redirect."""
    where = answer.headers["Location"]
    assert where.startswith(CALLBACK + "?"), where
    pairs = urllib.parse.parse_qsl(urllib.parse.urlsplit(where).query, strict_parsing=True)
    assert len(dict(pairs)) == len(pairs), where
    return dict(pairs)


class OAuthCase(SandboxCase):
    arguments: tuple[str, ...] = ()

    @classmethod
    def start(cls, *arguments: str) -> Sandbox:
        return Sandbox("--listen", "127.0.0.1:0", *arguments, env={"ASANA_MCP_CLIENT_SECRET": SECRET})

    @classmethod
    def setUpClass(cls) -> None:
        cls.sandbox = cls.start("--now", cls.now, *cls.arguments)
        cls.ada = cls.person("ada")
        cls.acme, cls.side = (place["gid"] for place in cls.ada.get("/workspaces").data)

    def setUp(self) -> None:
        self.browser = SandboxBrowser(self.sandbox.port)
        self.controls = Client(self.sandbox.api_url.replace("/api/1.0", ""), token=None)
        self.addCleanup(self.controls.delete, "/sandbox/control")

    def control(self, **oauth: Any) -> Any:
        answer = self.controls.send("PUT", "/sandbox/control", body={"oauth": oauth})
        self.assertEqual(200, answer.status, answer.body)
        return answer.json()["oauth"]

    def page(self, **changes: Optional[str]) -> SandboxPage:
        answer = self.browser.ask(**changes)
        self.assertEqual(200, answer.status, answer.body)
        return SandboxPage(answer)

    def code(self, person: str = "Ada Lindqvist", **changes: Optional[str]) -> str:
        answer = self.browser.decide(self.page(**changes), person)
        self.assertEqual(303, answer.status, answer.body)
        return sent_back(answer)["code"]

    def token(self, endpoint: str = "token", headers: Optional[Mapping[str, str]] = None, **fields: Optional[str]) -> Answer:
        whole = {"client_id": "sandbox", "client_secret": SECRET, **fields}
        return SandboxBrowser(self.sandbox.port).send("POST", f"/-/oauth_{endpoint}", form(whole), headers)

    def exchange(self, code: str, **changes: Optional[str]) -> Answer:
        fields = {"grant_type": "authorization_code", "redirect_uri": CALLBACK, "code": code, "code_verifier": VERIFIER}
        return self.token(**{**fields, **changes})

    def sign_in(self, person: str = "Ada Lindqvist", **changes: Optional[str]) -> Any:
        answer = self.exchange(self.code(person, **changes))
        self.assertEqual(200, answer.status, answer.body)
        return answer.json()

    def refresh(self, refresh_token: str) -> Answer:
        return self.token(grant_type="refresh_token", refresh_token=refresh_token)

    def api(self, token: str) -> Client:
        return Client(self.sandbox.api_url, token)

    def refused_with(self, answer: Answer, error: str, text: str, status: int = 400) -> None:
        self.assertEqual((status, error), (answer.status, answer.json()["error"]), answer.body)
        self.assertIn(text, answer.json()["error_description"])
        self.assertEqual("no-store", answer.headers["Cache-Control"])


class Authorize(OAuthCase):
    def test_page_has_a_form_with_everybody_and_needs_no_script(self) -> None:
        answer = self.browser.ask()
        page = SandboxPage(answer)
        self.assertEqual("text/html; charset=UTF-8", answer.headers["Content-Type"])
        self.assertIn("Ada Lindqvist", page.people)
        people = self.ada.get("/users", workspace=self.acme).data
        self.assertLessEqual({person["gid"] for person in people}, set(page.people.values()))
        self.assertEqual(1, len(page.chosen))
        self.assertEqual([("decision", "allow"), ("decision", "deny")], page.form.buttons)
        self.assertEqual({**ASK, "scope": "default"}, {name: value for name, value in page.form.hidden.items() if name != "csrf"})
        for tag in ("script", "img", "link", "iframe"):
            self.assertNotIn(tag, page.tags)

    def test_page_cannot_be_framed_stored_or_made_to_load_anything(self) -> None:
        answer = self.browser.ask()
        policy = answer.headers["Content-Security-Policy"]
        style = re.search(r"<style>(.*?)</style>", answer.body.decode(), re.S)
        assert style
        digest = base64.b64encode(hashlib.sha256(style.group(1).encode()).digest()).decode()
        self.assertEqual(f"default-src 'none'; style-src 'sha256-{digest}'; frame-ancestors 'none'; base-uri 'none'", policy)
        self.assertEqual("DENY", answer.headers["X-Frame-Options"])
        self.assertEqual("no-store", answer.headers["Cache-Control"])
        self.assertEqual("no-referrer", answer.headers["Referrer-Policy"])
        self.assertEqual("nosniff", answer.headers["X-Content-Type-Options"])
        cookie = answer.headers["Set-Cookie"]
        self.assertRegex(cookie, rf"^sandbox_asana_{self.sandbox.port}=[0-9a-f]{{32}}; Path=/-; HttpOnly; SameSite=Lax$")

    def test_allow_sends_a_code_and_the_state_back(self) -> None:
        answer = self.browser.decide(self.page())
        self.assertEqual(303, answer.status, answer.body)
        self.assertEqual({"code", "state"}, set(sent_back(answer)))
        self.assertEqual(STATE, sent_back(answer)["state"])
        self.assertEqual("no-store", answer.headers["Cache-Control"])

    def test_deny_sends_access_denied_and_needs_no_person(self) -> None:
        answer = self.browser.decide(self.page(), person=None, decision="deny")
        self.assertEqual(303, answer.status, answer.body)
        self.assertEqual(("access_denied", STATE), (sent_back(answer)["error"], sent_back(answer)["state"]))
        self.assertNotIn("code", sent_back(answer))

    def test_redirect_uri_with_a_query_keeps_it(self) -> None:
        answer = self.browser.decide(self.page(redirect_uri=CALLBACK + "?a=b%20c"))
        self.assertTrue(answer.headers["Location"].startswith(CALLBACK + "?a=b%20c&code="))
        self.assertEqual({"a", "code", "state"}, set(sent_back(answer)))

    def test_wrong_client_or_redirect_uri_sends_nobody_anywhere(self) -> None:
        for changes, said in (
            ({"client_id": "other"}, "client_id"),
            ({"client_id": None}, "client_id"),
            ({"client_id": ""}, "client_id"),
            ({"redirect_uri": None}, "redirect_uri"),
            ({"redirect_uri": "https://evil.example/oauth/callback"}, "redirect_uri"),
            ({"redirect_uri": "http://evil.example:4711/oauth/callback"}, "redirect_uri"),
            ({"redirect_uri": "https://127.0.0.1/callback"}, "redirect_uri"),
            ({"redirect_uri": "http://127.0.0.1.evil.example/callback"}, "redirect_uri"),
            ({"redirect_uri": "http://localhost@evil.example/"}, "redirect_uri"),
            ({"redirect_uri": "http://evil.example@localhost/"}, "redirect_uri"),
            ({"redirect_uri": "http://evil.example\\@localhost/"}, "redirect_uri"),
            ({"redirect_uri": "http://localhost/#fragment"}, "redirect_uri"),
            ({"redirect_uri": "http://localhost/\r\nSet-Cookie: a=b"}, "redirect_uri"),
            ({"redirect_uri": "javascript://127.0.0.1/%0aalert(1)"}, "redirect_uri"),
            ({"redirect_uri": "http://localhost/" + "x" * 2000}, "redirect_uri"),
        ):
            with self.subTest(**changes):
                answer = self.browser.ask(**changes)
                self.assertEqual((400, "text/plain; charset=UTF-8"), (answer.status, answer.headers["Content-Type"]))
                self.assertIn(said, answer.body.decode())
                self.assertIsNone(answer.headers["Location"])
                # Not by way of the form either.
                page = self.page()
                posted = self.browser.decide(page, **changes)
                self.assertEqual((400, None), (posted.status, posted.headers["Location"]))
        doubled = self.browser.send("GET", "/-/oauth_authorize?" + form(ASK) + "&" + form({"redirect_uri": "http://localhost/x"}))
        self.assertEqual((400, None), (doubled.status, doubled.headers["Location"]))

    def test_loopback_of_any_port_and_name_is_taken(self) -> None:
        for uri in ("http://localhost:1/cb", "http://[::1]:65535/", "http://127.0.0.1/"):
            with self.subTest(uri):
                answer = self.browser.decide(self.page(redirect_uri=uri))
                self.assertTrue(answer.headers["Location"].startswith(uri + "?code="), answer.headers["Location"])

    def test_other_mistakes_are_told_to_the_application(self) -> None:
        for changes, error, said in (
            ({"state": None}, "invalid_request", "state"),
            ({"state": ""}, "invalid_request", "state"),
            ({"state": "é"}, "invalid_request", "state"),
            ({"state": "a\nb"}, "invalid_request", "state"),
            ({"state": "x" * 4097}, "invalid_request", "state"),
            ({"response_type": None}, "invalid_request", "response_type"),
            ({"response_type": "token"}, "unsupported_response_type", "response_type"),
            ({"response_type": "code id_token"}, "unsupported_response_type", "response_type"),
            ({"scope": "default everything"}, "invalid_scope", "forbidden_scopes"),
            ({"scope": "tasks:read"}, "invalid_scope", "forbidden_scopes"),
            ({"code_challenge_method": "plain"}, "invalid_request", "S256"),
            ({"code_challenge_method": None}, "invalid_request", "S256"),
            ({"code_challenge": None}, "invalid_request", "code_challenge"),
            ({"code_challenge": "short"}, "invalid_request", "code_challenge"),
            ({"code_challenge": "=" * 43}, "invalid_request", "code_challenge"),
            ({"code_challenge": "a" * 44}, "invalid_request", "code_challenge"),
        ):
            with self.subTest(**changes):
                page = self.page()
                for status, answer in ((302, self.browser.ask(**changes)), (303, self.browser.decide(page, **changes))):
                    self.assertEqual(status, answer.status, answer.body)
                    told = sent_back(answer)
                    self.assertEqual(error, told["error"])
                    self.assertIn(said, told["error_description"])
                    self.assertEqual(None if "state" in changes else STATE, told.get("state"))
                    self.assertNotIn("code", told)
        doubled = self.browser.send("GET", "/-/oauth_authorize?" + form(ASK) + "&scope=default&scope=openid")
        self.assertEqual("invalid_request", sent_back(doubled)["error"])

    def test_longest_state_comes_back_whole(self) -> None:
        state = "%" * 4096
        self.assertEqual(state, sent_back(self.browser.decide(self.page(state=state)))["state"])

    def test_form_of_another_browser_is_refused(self) -> None:
        theirs = SandboxBrowser(self.sandbox.port)
        page = SandboxPage(theirs.ask())
        self.browser.ask()
        for browser, changes in (
            (self.browser, {}),
            (SandboxBrowser(self.sandbox.port), {}),
            (theirs, {"csrf": None}),
            (theirs, {"csrf": "0" * 32}),
            (SandboxBrowser(self.sandbox.port, {f"sandbox_asana_{self.sandbox.port}": "0" * 32}), {}),
        ):
            with self.subTest(**changes):
                answer = browser.decide(page, **changes)
                self.assertEqual((403, None), (answer.status, answer.headers["Location"]), answer.body)
        self.assertEqual(303, theirs.decide(page).status)

    def test_nobody_is_signed_in_without_a_choice(self) -> None:
        page = self.page()
        for changes in ({"person": None}, {"person": "12"}, {"person": "me"}, {"decision": None}, {"decision": "maybe"}):
            with self.subTest(**changes):
                answer = self.browser.decide(page, **changes)
                self.assertEqual((400, None), (answer.status, answer.headers["Location"]), answer.body)

    def test_person_is_remembered_by_browser_and_another_can_be_taken(self) -> None:
        self.code("Björn Sæther")
        page = self.page()
        self.assertEqual([page.people["Björn Sæther"]], page.chosen)
        self.assertIsNone(self.browser.ask().headers["Set-Cookie"])
        self.code("Ada Lindqvist")
        self.assertEqual([page.people["Ada Lindqvist"]], self.page().chosen)
        # Denying is no signing in.
        self.browser.decide(self.page(), "Björn Sæther", "deny")
        self.assertEqual([page.people["Ada Lindqvist"]], self.page().chosen)

    def test_several_sign_ins_at_once_in_one_browser(self) -> None:
        first, second = self.page(state="first"), self.page(state="second", redirect_uri="http://localhost:9/cb")
        self.assertEqual("first", sent_back(self.browser.decide(first))["state"])
        self.assertIn("state=second", self.browser.decide(second).headers["Location"])

    def test_what_is_no_form_or_no_such_method_is_refused(self) -> None:
        page = self.page()
        whole = form({**page.form.hidden, "person": page.chosen[0], "decision": "allow"})
        for body, headers in ((whole, {"Content-Type": "text/plain"}), (whole, {"Content-Type": "application/json"}),
                              (whole, {"Content-Type": "application/x-www-form-urlencodedX"}), (whole + "&a=%zz", {}), (whole + "&a=%4", {}),
                              (whole + "&a=%00", {}), ("&".join([whole, *(f"a{i}=" for i in range(64))]), {})):
            with self.subTest(headers=headers, body=body[-6:]):
                answer = self.browser.send("POST", page.form.action, body, headers)
                self.assertEqual((400, None), (answer.status, answer.headers["Location"]))
        self.assertEqual(303, self.browser.send("POST", page.form.action, whole, {"Content-Type": "Application/X-www-form-urlencoded; charset=UTF-8"}).status)
        refused = self.browser.send("PUT", page.form.action, whole)
        self.assertEqual((405, "GET, POST"), (refused.status, refused.headers["Allow"]))

    def test_page_shows_text_as_text(self) -> None:
        answer = self.browser.ask(state="\"><script>alert(1)</script>")
        self.assertNotIn("<script>", answer.text)
        self.assertEqual("\"><script>alert(1)</script>", answer.page.form.hidden["state"])


class Registered(OAuthCase):
    """Redirect URIs that were registered are matched exactly; another client id."""

    arguments = ("--client-id", "app <1>", "--redirect-uri", CALLBACK, "--redirect-uri", "https://mcp.example.com/cb", "--token-seconds", "7")

    def test_only_these_redirect_uris(self) -> None:
        for uri, status in ((CALLBACK, 200), ("https://mcp.example.com/cb", 200), ("http://127.0.0.1:4712/oauth/callback", 400),
                            (CALLBACK + "/", 400), (CALLBACK + "?a", 400), ("https://mcp.example.com/CB", 400)):
            with self.subTest(uri):
                self.assertEqual(status, self.browser.ask(client_id="app <1>", redirect_uri=uri).status)

    def test_client_id_and_lifetime(self) -> None:
        self.assertEqual(400, self.browser.ask().status)
        code = self.code(client_id="app <1>")
        self.refused_with(self.exchange(code), "invalid_client", "", 401)
        answer = self.exchange(code, client_id="app <1>").json()
        self.assertEqual(7, answer["expires_in"])
        self.ok(self.api(answer["access_token"]).get("/users/me"))

    def test_control_changes_the_lifetime_and_gives_it_back(self) -> None:
        self.assertEqual(40, self.control(token_seconds=40)["token_seconds"])
        code = self.code(client_id="app <1>")
        self.assertEqual(40, self.exchange(code, client_id="app <1>").json()["expires_in"])
        self.controls.delete("/sandbox/control")
        code = self.code(client_id="app <1>")
        self.assertEqual(7, self.exchange(code, client_id="app <1>").json()["expires_in"])


class Token(OAuthCase):
    def test_exchange_answers_tokens_and_the_person(self) -> None:
        answer = self.exchange(self.code("Björn Sæther"))
        self.assertEqual("application/json; charset=UTF-8", answer.headers["Content-Type"])
        self.assertEqual("no-store", answer.headers["Cache-Control"])
        got = answer.json()
        self.assertEqual(["access_token", "data", "expires_in", "refresh_token", "token_type"], sorted(got))
        self.assertEqual(("bearer", 3600), (got["token_type"], got["expires_in"]))
        me = self.ok(self.api(got["access_token"]).get("/users/me"))
        self.assertEqual("Björn Sæther", me["name"])
        self.assertEqual({"id": me["gid"], "gid": me["gid"], "name": me["name"], "email": me["email"]}, got["data"])

    def test_fixed_tokens_go_on_working(self) -> None:
        self.sign_in()
        self.ok(self.ada.get("/users/me"))

    def test_code_is_good_once(self) -> None:
        code = self.code()
        first = self.exchange(code).json()
        self.refused_with(self.exchange(code), "invalid_grant", "`code` provided was invalid")
        self.ok(self.api(first["access_token"]).get("/users/me"))

    def test_code_is_used_up_by_a_failed_exchange(self) -> None:
        code = self.code()
        self.refused_with(self.exchange(code, code_verifier="w" * 43), "invalid_grant", "code_verifier")
        self.refused_with(self.exchange(code), "invalid_grant", "`code` provided was invalid")

    def test_another_client_does_not_use_up_the_code(self) -> None:
        code = self.code()
        self.refused_with(self.exchange(code, client_secret="wrong"), "invalid_client", "", 401)
        self.assertEqual(200, self.exchange(code).status)

    def test_code_expires(self) -> None:
        code = self.code()
        self.control(expire=True)
        self.refused_with(self.exchange(code), "invalid_grant", "`code` provided was invalid")

    def test_exchange_must_fit_what_was_asked(self) -> None:
        for changes, error, said in (
            ({"redirect_uri": CALLBACK + "/"}, "invalid_grant", "redirect_uri"),
            ({"redirect_uri": None}, "invalid_request", "redirect_uri"),
            ({"code": None}, "invalid_request", "code"),
            ({"code": "0/12:00"}, "invalid_grant", "code"),
            ({"code_verifier": None}, "invalid_request", "code_verifier"),
            ({"code_verifier": challenge_of(VERIFIER)}, "invalid_grant", "code_verifier"),
            ({"code_verifier": "v" * 42}, "invalid_grant", "code_verifier"),
            ({"grant_type": None}, "invalid_request", "grant_type"),
            ({"grant_type": "password"}, "unsupported_grant_type", "grant_type"),
            ({"grant_type": "refresh_token"}, "invalid_request", "refresh_token"),
        ):
            with self.subTest(**changes):
                self.refused_with(self.exchange(**{"code": self.code(), **changes}), error, said)

    def test_verifier_has_its_lengths(self) -> None:
        for length, status in ((42, 400), (43, 200), (128, 200), (129, 400)):
            with self.subTest(length):
                code = self.code(code_challenge=challenge_of("x" * length))
                self.assertEqual(status, self.exchange(code, code_verifier="x" * length).status)

    def test_without_pkce_as_asana_allows(self) -> None:
        plain = {"code_challenge": None, "code_challenge_method": None}
        self.assertEqual(200, self.exchange(self.code(**plain), code_verifier=None).status)
        self.refused_with(self.exchange(self.code(**plain)), "invalid_request", "no `code_challenge`")

    def test_client_must_show_its_secret(self) -> None:
        code = self.code()
        wrong = base64.b64encode(b"sandbox:wrong").decode()
        alone = {"client_id": None, "client_secret": None}
        for changes, headers, error, status in (
            ({"client_secret": None}, {}, "invalid_request", 400),
            ({"client_id": None}, {}, "invalid_request", 400),
            ({"client_secret": "wrong"}, {}, "invalid_client", 401),
            ({"client_secret": SECRET + "x"}, {}, "invalid_client", 401),
            ({"client_id": "other"}, {}, "invalid_client", 401),
            (alone, {"Authorization": f"Basic {wrong}"}, "invalid_client", 401),
            (alone, {"Authorization": "Basic !!!"}, "invalid_client", 401),
            (alone, {"Authorization": "Basic c2FuZGJveA=="}, "invalid_client", 401),
            (alone, {"Authorization": "Bearer sandbox-token-ada"}, "invalid_client", 401),
            ({"client_id": "other", "client_secret": None}, {"Authorization": BASIC}, "invalid_client", 401),
            ({}, {"Authorization": BASIC}, "invalid_request", 400),
        ):
            with self.subTest(changes=changes, headers=headers):
                refused = self.exchange(code, **changes, headers=headers)  # type: ignore[arg-type]
                self.refused_with(refused, error, "", status)
                self.assertEqual(status == 401, refused.headers["WWW-Authenticate"] is not None)
        self.assertEqual(200, self.exchange(code, **alone, headers={"Authorization": BASIC}).status)  # type: ignore[arg-type]

    def test_request_is_a_form_by_post(self) -> None:
        browser = SandboxBrowser(self.sandbox.port)
        for endpoint in ("token", "revoke"):
            got = browser.send("GET", f"/-/oauth_{endpoint}?" + form({"client_id": "sandbox", "client_secret": SECRET}))
            self.assertEqual((405, "POST"), (got.status, got.headers["Allow"]))
            body = json.dumps({"client_id": "sandbox", "client_secret": SECRET, "token": "x"})
            refused = browser.send("POST", f"/-/oauth_{endpoint}", body, {"Content-Type": "application/json"})
            self.refused_with(refused, "invalid_request", "form-urlencoded")
        doubled = browser.send("POST", "/-/oauth_token", form({"client_id": "sandbox", "client_secret": SECRET}) + "&code=a&code=b")
        self.refused_with(doubled, "invalid_request", "once")
        # Parameters in the query are none.
        query = browser.send("POST", "/-/oauth_token?" + form({"client_id": "sandbox", "client_secret": SECRET}), "grant_type=refresh_token")
        self.refused_with(query, "invalid_request", "client_id")

    def test_refresh_gives_a_new_access_token_and_keeps_the_refresh_token(self) -> None:
        first = self.sign_in("Björn Sæther")
        for _ in range(2):
            answer = self.refresh(first["refresh_token"])
            self.assertEqual(200, answer.status, answer.body)
            self.assertNotIn("refresh_token", answer.json())
            self.assertEqual(first["data"], answer.json()["data"])
            self.assertNotEqual(first["access_token"], answer.json()["access_token"])
            self.ok(self.api(answer.json()["access_token"]).get("/users/me"))
        self.ok(self.api(first["access_token"]).get("/users/me"))

    def test_refresh_token_is_no_access_token_and_the_other_way_round(self) -> None:
        tokens = self.sign_in()
        self.refused(self.api(tokens["refresh_token"]).get("/users/me"), 401, "Not Authorized")
        self.refused_with(self.refresh(tokens["access_token"]), "invalid_grant", "refresh_token")
        self.refused_with(self.refresh("sandbox-token-ada"), "invalid_grant", "refresh_token")

    def test_expired_access_token_is_told_as_asana_does(self) -> None:
        tokens = self.sign_in(scope="default openid")
        shown = self.control(expire=True)
        self.assertFalse(shown["expire"])
        self.refused(self.api(tokens["access_token"]).get("/users/me"), 401, EXPIRED)
        self.refused(self.api(tokens["access_token"]).get("/openid_connect/userinfo"), 401, EXPIRED)
        # Whatever was expired, what comes after is not.
        renewed = self.refresh(tokens["refresh_token"]).json()["access_token"]
        self.ok(self.api(renewed).get("/users/me"))
        self.refused(self.api("1/12:00").get("/users/me"), 401, "Not Authorized")

    def test_refresh_can_be_refused_for_a_while(self) -> None:
        tokens = self.sign_in()
        self.assertTrue(self.control(refuse_refresh=True)["refuse_refresh"])
        self.refused_with(self.refresh(tokens["refresh_token"]), "invalid_grant", "refresh_token")
        self.controls.delete("/sandbox/control")
        self.assertEqual(200, self.refresh(tokens["refresh_token"]).status)

    def test_down_is_503_everywhere_but_in_the_api(self) -> None:
        tokens = self.sign_in()
        self.control(down=True)
        for answer in (self.browser.ask(), self.refresh(tokens["refresh_token"]), self.token("revoke", token=tokens["refresh_token"])):
            self.assertEqual((503, "text/plain; charset=UTF-8"), (answer.status, answer.headers["Content-Type"]))
        self.ok(self.api(tokens["access_token"]).get("/users/me"))
        self.controls.delete("/sandbox/control")
        self.assertEqual(200, self.refresh(tokens["refresh_token"]).status)

    def test_faults_can_meet_oauth(self) -> None:
        tokens = self.sign_in()
        fault = {"method": "POST", "path": "/-/oauth_token", "status": 502, "body": "<h1>bad gateway</h1>"}
        self.controls.send("PUT", "/sandbox/control", body={"faults": [fault]})
        self.assertEqual(502, self.refresh(tokens["refresh_token"]).status)
        self.assertEqual(200, self.refresh(tokens["refresh_token"]).status)

    def test_limits_do_not_count_oauth_and_hold_for_each_of_its_tokens(self) -> None:
        first, second = self.sign_in(), self.sign_in()
        self.controls.send("PUT", "/sandbox/control", body={"rate_limits": {"requests_per_minute": 1}})
        for tokens in (first, second):
            self.assertEqual([200, 429], [self.api(tokens["access_token"]).get("/users/me").status for _ in range(2)])
            for _ in range(2):
                answer = self.token(client_id=None, client_secret=None, grant_type="refresh_token",
                                    refresh_token=tokens["refresh_token"], headers={"Authorization": BASIC})  # type: ignore[arg-type]
                self.assertEqual(200, answer.status, answer.body)

    def test_mistakes_in_control_are_named(self) -> None:
        for wanted, said in (
            (5, "oauth: expected an object"),
            ({"refuse": True}, "oauth.refuse: unknown member"),
            ({"token_second": 5}, 'oauth.token_second: unknown member (did you mean "token_seconds"?)'),
            ({"token_seconds": -1}, "oauth.token_seconds: expected a whole number from 0"),
            ({"down": 1}, "oauth.down: expected true or false"),
            ({"expire": "yes"}, "oauth.expire: expected true or false"),
        ):
            with self.subTest(wanted=wanted):
                self.refused(self.controls.send("PUT", "/sandbox/control", body={"oauth": wanted}), 400, said)

    def test_blocked_workspace_is_missing_for_its_tokens_too(self) -> None:
        client = self.api(self.sign_in()["access_token"])
        self.controls.send("PUT", "/sandbox/control", body={"blocked_workspaces": [self.acme]})
        self.assertEqual([self.side], [place["gid"] for place in self.ok(client.get("/workspaces"))])
        self.refused(client.get(f"/workspaces/{self.acme}"), 401, "Not Authorized")


class Revoke(OAuthCase):
    def test_revoked_refresh_token_takes_its_access_tokens_along(self) -> None:
        mine, other = self.sign_in(), self.sign_in()
        renewed = self.refresh(mine["refresh_token"]).json()["access_token"]
        answer = self.token("revoke", token=mine["refresh_token"])
        self.assertEqual((200, {}), (answer.status, answer.json()))
        for token in (mine["access_token"], renewed):
            self.refused(self.api(token).get("/users/me"), 401, "Not Authorized")
        self.refused_with(self.refresh(mine["refresh_token"]), "invalid_grant", "refresh_token")
        # The same person's other sign-in is none of its business.
        self.ok(self.api(other["access_token"]).get("/users/me"))

    def test_unknown_token_is_revoked_too(self) -> None:
        tokens = self.sign_in()
        for _ in range(2):
            self.assertEqual(200, self.token("revoke", token=tokens["refresh_token"]).status)
        self.assertEqual(200, self.token("revoke", token="never seen").status)

    def test_bearer_token_is_refused_and_stays(self) -> None:
        tokens = self.sign_in()
        for token in (tokens["access_token"], "sandbox-token-ada"):
            self.refused_with(self.token("revoke", token=token), "invalid_request", "refresh token")
            self.ok(self.api(token).get("/users/me"))
        self.control(expire=True)
        self.refused_with(self.token("revoke", token=tokens["access_token"]), "invalid_request", "refresh token")

    def test_client_must_be_known(self) -> None:
        tokens = self.sign_in()
        self.refused_with(self.token("revoke", token=tokens["refresh_token"], client_secret="wrong"), "invalid_client", "", 401)
        self.refused_with(self.token("revoke", token=tokens["refresh_token"], client_secret=None), "invalid_request", "client_secret")
        self.refused_with(self.token("revoke"), "invalid_request", "token")
        self.ok(self.api(tokens["access_token"]).get("/users/me"))


class Userinfo(OAuthCase):
    def test_scope_says_what_it_tells(self) -> None:
        for scope, told in (("openid", ["sub"]), ("openid email", ["email", "sub"]), ("default openid email profile", ["email", "name", "sub"])):
            with self.subTest(scope):
                tokens = self.sign_in("Björn Sæther", scope=scope)
                answer = self.api(tokens["access_token"]).get("/openid_connect/userinfo")
                self.assertEqual(200, answer.status, answer.body)
                self.assertEqual(told, sorted(answer.json()))
                self.assertEqual(tokens["data"]["gid"], answer.json()["sub"])

    def test_without_openid_or_token_it_tells_nothing(self) -> None:
        path = "/openid_connect/userinfo"
        self.refused(self.api(self.sign_in()["access_token"]).get(path), 403, "openid")
        self.refused(self.ada.get(path), 403, "openid")
        self.refused(self.api("nobody").get(path), 401, "Not Authorized")
        self.refused(Client(self.sandbox.api_url, None).get(path), 401, "Not Authorized")
        self.refused(self.ada.post(path, {}), 404, "No matching route")


class Restart(OAuthCase):
    def test_state_file_keeps_people_signed_in(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            state = ("--state", str(Path(folder) / "state.db"))
            kept = type(self).sandbox
            try:
                type(self).sandbox = first = self.start(*state)
                self.browser = SandboxBrowser(first.port)
                tokens = self.sign_in("Björn Sæther")
                unused = self.code()
                gone = self.sign_in()
                self.token("revoke", token=gone["refresh_token"])
                first.stop()
                type(self).sandbox = second = self.start(*state)
                self.addCleanup(second.stop)
                self.assertEqual("Björn Sæther", self.ok(self.api(tokens["access_token"]).get("/users/me"))["name"])
                self.assertEqual(200, self.refresh(tokens["refresh_token"]).status)
                self.assertEqual(200, self.exchange(unused).status)
                self.refused_with(self.refresh(gone["refresh_token"]), "invalid_grant", "refresh_token")
            finally:
                type(self).sandbox = kept

    def test_secrets_meet_no_output(self) -> None:
        own = self.start("--log-level", "debug")
        kept = type(self).sandbox
        try:
            type(self).sandbox = own
            self.browser = SandboxBrowser(own.port)
            code = self.code()
            tokens = self.exchange(code).json()
            self.exchange(code)
            self.token("revoke", token=tokens["access_token"])
            self.refresh("2/12:unknown")
            own.stop()
        finally:
            type(self).sandbox = kept
        for secret in (SECRET, code, tokens["access_token"], tokens["refresh_token"], "2/12:unknown", VERIFIER):
            self.assertNotIn(secret, own.output())


class CommandLine(unittest.TestCase):
    def test_made_secret_is_shown_and_works(self) -> None:
        sandbox = Sandbox("--listen", "127.0.0.1:0")
        self.addCleanup(sandbox.stop)
        secret = sandbox.wait_for(r"client secret  ([0-9a-f]{48})$").group(1)
        self.assertRegex(sandbox.output(), rf"endpoints      http://127\.0\.0\.1:{sandbox.port}/-/oauth_authorize, ")
        fields = {"client_id": "sandbox", "client_secret": secret, "token": "x"}
        self.assertEqual(200, SandboxBrowser(sandbox.port).send("POST", "/-/oauth_revoke", form(fields)).status)

    def refused(self, said: str, *arguments: str) -> None:
        with self.assertRaises(AssertionError) as caught:
            Sandbox("--listen", "127.0.0.1:0", *arguments)
        self.assertIn(said, str(caught.exception))

    def test_mistakes_are_named(self) -> None:
        self.refused("--client-secret is not an option: flags can be seen by every user of this machine; set the environment variable "
                     "ASANA_MCP_CLIENT_SECRET instead", "--client-secret", "x")
        self.refused("--token-seconds: expected a number from 1 to 86400", "--token-seconds", "0")
        self.refused('"/callback" is no redirect URI', "--redirect-uri", "/callback")
        self.refused('"https://a/#b" is no redirect URI', "--redirect-uri", "https://a/#b")


if __name__ == "__main__":
    unittest.main()
