"""Signing in, from a bare 401 to a revoked token, with everything that a client reads on its way."""

from __future__ import annotations

import base64
import concurrent.futures
import json
import sys
import unittest
import urllib.parse
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lib import wire  # noqa: E402
from lib.browser import query_of  # noqa: E402
from lib.mcp import ModernClient, SseSession, StreamableSession, data_of, initialize_params, message  # noqa: E402
from lib.server import Sandbox  # noqa: E402
from lib.sign_in import ADA, APPLICATION, BJORN, Client, SignInCase, SignInServer, allow, at_asana, control, parameters_of  # noqa: E402

WEB_PAGE = "https://inspector.example"


class Challenge(SignInCase):
    """Whoever comes without a token learns how to get one, before anything else about the request is looked at."""

    def test_every_request_without_a_token_gets_the_same_401(self) -> None:
        for method, path in (
            ("GET", "/mcp"), ("POST", "/mcp"), ("DELETE", "/mcp"), ("PUT", "/mcp"), ("GET", "/sse"), ("POST", "/sse"),
            ("POST", "/sse/message?sessionId=00x"), ("GET", "/sse/message"), ("GET", "/nothing"), ("POST", "/mcp/more"), ("GET", "/sse/../mcp"),
        ):
            for headers, body in (({}, None), ({"Content-Type": "text/plain", "MCP-Protocol-Version": "1999-01-01"}, "no json"),
                                  ({"Mcp-Session-Id": "00000000", "Accept": "image/png"}, None)):
                with self.subTest(method=method, path=path, body=body):
                    response = wire.request(self.server.port, method, path, headers, body)
                    at = path.split("?")[0]
                    base = "/mcp" if at.startswith("/mcp") else "/sse" if at.startswith("/sse") else at
                    self.unauthorized(response, base, error=None)

    def test_token_that_is_none_of_ours_is_named_invalid(self) -> None:
        for token in ("asana-token", "1/1204:abc", "x" * 5000, "sandbox-token-ada"):
            with self.subTest(token[:20]):
                self.unauthorized(self.get("/mcp", {"Authorization": f"Bearer {token}"}))

    def test_credentials_of_another_kind_are_none(self) -> None:
        for value in ("Basic dXNlcjpwYXNz", "Bearer", "Bearer ", "token abc"):
            with self.subTest(value):
                response = self.get("/mcp", {"Authorization": value})
                self.assertEqual(401, response.status)
                self.assertIn("resource_metadata", parameters_of(response.header("www-authenticate") or ""))

    def test_token_in_the_address_is_no_token(self) -> None:
        tokens = self.client().sign_in(self.browser())
        for name in ("access_token", "token", "bearer_token"):
            self.unauthorized(self.get(f"/mcp?{name}={tokens.access}"), error=None)

    def test_two_tokens_are_none(self) -> None:
        tokens = self.client().sign_in(self.browser())
        with wire.Connection(self.server.port) as connection:
            twice = f"Authorization: Bearer {tokens.access}\r\n" * 2
            connection.send(f"POST /mcp HTTP/1.1\r\nHost: 127.0.0.1:{self.server.port}\r\n{twice}Content-Length: 0\r\n\r\n".encode())
            self.assertEqual(400, connection.read_response().status)

    def test_health_needs_no_token(self) -> None:
        for path in ("/healthz", "/readyz"):
            self.assertEqual(200, self.get(path).status)


class Discovery(SignInCase):
    def document(self, path: str) -> Any:
        response = self.get(path, {"MCP-Protocol-Version": "2025-11-25"})
        self.assertEqual((200, "application/json"), (response.status, (response.header("content-type") or "").split(";")[0]), path)
        return response.json()

    def test_each_resource_has_a_document_of_its_own(self) -> None:
        for path in ("", "/mcp", "/sse"):
            with self.subTest(path):
                document = self.document(f"/.well-known/oauth-protected-resource{path}")
                self.assertEqual(self.server.url + path, document["resource"])
                self.assertEqual([self.server.url], document["authorization_servers"])
                self.assertEqual(["read", "write"], document["scopes_supported"])
                self.assertEqual(["header"], document["bearer_methods_supported"])
                self.assertTrue(document["resource_name"])
        self.assertEqual(404, self.get("/.well-known/oauth-protected-resource/other").status)

    def test_both_forms_of_the_servers_document_name_the_issuer_byte_for_byte(self) -> None:
        documents = [self.document(f"/.well-known/{name}") for name in ("oauth-authorization-server", "openid-configuration")]
        for document in documents:
            self.assertEqual(self.server.url, document["issuer"])
            for member, path in (("authorization_endpoint", "/authorize"), ("token_endpoint", "/token"),
                                 ("registration_endpoint", "/register"), ("revocation_endpoint", "/revoke")):
                self.assertEqual(self.server.url + path, document[member])
            self.assertEqual(["S256"], document["code_challenge_methods_supported"])
            self.assertEqual(["code"], document["response_types_supported"])
            self.assertEqual({"authorization_code", "refresh_token"}, set(document["grant_types_supported"]))
            self.assertEqual({"none", "client_secret_basic", "client_secret_post"}, set(document["token_endpoint_auth_methods_supported"]))
            self.assertIs(True, document["authorization_response_iss_parameter_supported"])
            self.assertIs(True, document["client_id_metadata_document_supported"])
        self.assertEqual(documents[0], documents[1])

    def test_issuer_with_a_path_has_its_documents_in_every_place_that_clients_try(self) -> None:
        issuer = "https://host.example/asana"
        server = SignInServer("--public-url", issuer, store=self.folder / "path.db")
        self.addCleanup(server.stop)

        def get(path: str) -> wire.Response:
            return wire.request(server.port, "GET", path, {"Host": "host.example"})

        for path in ("/.well-known/oauth-authorization-server/asana", "/.well-known/openid-configuration/asana"):
            self.assertEqual(issuer, get(path).json()["issuer"])
            self.assertEqual(f"{issuer}/token", get(path).json()["token_endpoint"])
        resource = get("/.well-known/oauth-protected-resource/asana/mcp").json()
        self.assertEqual((f"{issuer}/mcp", [issuer]), (resource["resource"], resource["authorization_servers"]))
        told = parameters_of(get("/mcp").header("www-authenticate") or "")
        self.assertEqual("https://host.example/.well-known/oauth-protected-resource/asana/mcp", told["resource_metadata"])


class Pages(SignInCase):
    """What programs in web pages of other origins may use, and what not."""

    shared = ("/token", "/register", "/revoke", "/.well-known/oauth-authorization-server", "/.well-known/openid-configuration",
              "/.well-known/oauth-protected-resource/mcp")
    own = ("/authorize", "/account", "/oauth/callback", "/access-request")

    def send(self, method: str, path: str, **headers: str) -> wire.Response:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return wire.request(self.server.port, method, path, {"Origin": WEB_PAGE, **given}, "" if method == "POST" else None)

    def test_shared_endpoints_answer_pages_of_any_origin(self) -> None:
        for path in self.shared:
            with self.subTest(path):
                preflight = self.send("OPTIONS", path, Access_Control_Request_Method="POST",
                                      Access_Control_Request_Headers="content-type, authorization, mcp-protocol-version")
                self.assertEqual(204, preflight.status)
                self.assertIn(preflight.header("access-control-allow-origin"), (WEB_PAGE, "*"))
                for name in ("POST", "GET"):
                    self.assertIn(name, preflight.header("access-control-allow-methods") or "")
                allowed = (preflight.header("access-control-allow-headers") or "").lower()
                for name in ("content-type", "authorization", "mcp-protocol-version"):
                    self.assertIn(name, allowed)
                response = self.send("GET" if "well-known" in path else "POST", path)
                self.assertIn(response.header("access-control-allow-origin"), (WEB_PAGE, "*"))
                self.assertIsNone(response.header("access-control-allow-credentials"))

    def test_pages_for_people_are_for_no_other_page(self) -> None:
        for path in self.own:
            with self.subTest(path):
                for method in ("GET", "POST", "OPTIONS"):
                    response = self.send(method, path, Access_Control_Request_Method="POST")
                    self.assertIsNone(response.header("access-control-allow-origin"), method)
                    self.assertNotIn(response.status, (204, 303), method)

    def test_mcp_itself_stays_closed_to_unknown_origins(self) -> None:
        for path in ("/mcp", "/sse"):
            self.assertEqual(403, self.send("GET", path).status)
            self.assertEqual(403, self.send("OPTIONS", path, Access_Control_Request_Method="POST").status)

    def test_a_page_of_an_allowed_origin_can_read_the_challenge(self) -> None:
        server = SignInServer("--allow-origin", WEB_PAGE, store=self.folder / "origin.db")
        self.addCleanup(server.stop)
        response = wire.request(server.port, "GET", "/mcp", {"Origin": WEB_PAGE})
        self.assertEqual((401, WEB_PAGE), (response.status, response.header("access-control-allow-origin")))
        self.assertIn("www-authenticate", (response.header("access-control-expose-headers") or "").lower())


class Journey(SignInCase):
    """All of it, in the order in which clients do it."""

    def walk(self, path: str) -> tuple[Client, Any]:
        """From nothing to tokens, reading only what the server says."""
        challenge = parameters_of(self.get(path).header("www-authenticate") or "")
        resource = self.get(urllib.parse.urlsplit(challenge["resource_metadata"]).path).json()
        issuer = resource["authorization_servers"][0]
        metadata = self.get("/.well-known/oauth-authorization-server").json()
        self.assertEqual((self.server.url + path, issuer), (resource["resource"], metadata["issuer"]))
        client = Client(issuer, path, scope=challenge["scope"]).register()
        browser = self.browser()
        attempt = client.attempt()

        consent = browser.get(attempt.url)
        self.assertEqual(200, consent.status, consent.text)
        self.page_is_safe(consent)
        for shown in ("Client of a test", "127.0.0.1", attempt.redirect_uri):
            self.assertIn(shown, consent.page.words)
        self.assertEqual(["write"], consent.page.form.checked("access"))

        to_asana = allow(browser, consent.page)
        self.page_is_safe(to_asana)
        asked = query_of(to_asana.location)
        self.assertTrue(to_asana.location.startswith(self.server.asana_url.replace("/api/1.0", "/-/oauth_authorize?")))
        self.assertEqual(("code", "default", "S256", f"{self.server.url}/oauth/callback"),
                         (asked["response_type"], asked["scope"], asked["code_challenge_method"], asked["redirect_uri"]))
        self.assertNotIn(attempt.state, to_asana.location)

        back = browser.get(at_asana(browser, to_asana))
        self.page_is_safe(back)
        told = client.arrival(attempt, back)
        self.assertEqual({"code", "state", "iss"}, set(told))
        answer = client.exchange(told["code"], attempt)
        self.assertEqual("no-store", answer.headers["Cache-Control"])
        given = answer.json()
        self.assertEqual({"access_token", "refresh_token", "token_type", "expires_in", "scope"}, set(given))
        self.assertEqual(("bearer", 3600, "read write"), (given["token_type"].lower(), given["expires_in"], given["scope"]))
        return client, client.tokens(answer)

    def works(self, session: Any) -> None:
        """The sign-in's person is who works."""
        self.assertEqual(ADA, data_of(session.call("asana_get_user", {"user_id": "me"}))["name"])

    def ends(self, client: Client, tokens: Any, path: str) -> None:
        """Refresh, then revoke; each leaves nothing of what was before."""
        renewed = client.tokens(client.refresh(tokens))
        self.assertNotEqual({tokens.access, tokens.refresh}, {renewed.access, renewed.refresh})
        # Where nothing is, whoever is known is told so, and need not sign in again.
        for nothing in ("/nothing", path + "x", path + "/"):
            self.assertEqual(404, self.get(nothing, renewed.headers).status, nothing)
        answer = client.revoke(renewed.refresh)
        self.assertEqual(200, answer.status, answer.text)
        for token in (tokens, renewed):
            self.soon_unauthorized(token.headers, path)
            self.refused(client.refresh(token), "invalid_grant")

    def test_over_streamable_http(self) -> None:
        client, tokens = self.walk("/mcp")
        session = StreamableSession(self.server.port, tokens.headers)
        self.assertGreaterEqual(len(session.list_tools()), 44)
        self.works(session)
        self.ends(client, tokens, "/mcp")

    def test_over_sse(self) -> None:
        client, tokens = self.walk("/sse")
        with SseSession(self.server.port, tokens.headers) as session:
            self.assertGreaterEqual(len(session.list_tools()), 44)
            self.works(session)
            # Only the token lets anybody write to it, whatever the session's id says.
            stranger = wire.request(self.server.port, "POST", session.endpoint, {"Content-Type": "application/json"}, "{}")
            self.unauthorized(stranger, "/sse", error=None)
            self.ends(client, tokens, "/sse")
            session.stream.wait_for_end()

    def test_in_the_modern_revision(self) -> None:
        client, tokens = self.walk("/mcp")
        modern = ModernClient(self.server.port, tokens.headers)
        modern.rpc("server/discover")
        self.assertGreaterEqual(len(modern.rpc("tools/list")["tools"]), 44)
        self.assertEqual(ADA, data_of(modern.rpc("tools/call", {"name": "asana_get_user", "arguments": {"user_id": "me"}}))["name"])
        self.ends(client, tokens, "/mcp")

    def test_several_attempts_of_one_client_at_once(self) -> None:
        client, browser = self.client(), self.browser()
        attempts = [client.attempt() for _ in range(4)]
        pages = [browser.get(attempt.url).page for attempt in attempts]
        backs = [at_asana(browser, allow(browser, page), person) for page, person in zip(pages, (ADA, BJORN, BJORN, ADA))]
        names = []
        for attempt, back in reversed(list(zip(attempts, backs))):
            told = client.arrival(attempt, browser.get(back))
            tokens = client.tokens(client.exchange(told["code"], attempt))
            names.append(data_of(StreamableSession(self.server.port, tokens.headers).call("asana_get_user", {"user_id": "me"}))["name"])
        self.assertEqual([ADA, BJORN, BJORN, ADA], names)

    def test_token_without_resource_is_for_every_endpoint(self) -> None:
        # Clients from before RFC 8707.
        client = self.client()
        client.resource = None
        tokens = client.sign_in(self.browser())
        self.works(StreamableSession(self.server.port, tokens.headers))
        with SseSession(self.server.port, tokens.headers) as session:
            self.works(session)

    def test_resource_may_be_written_in_other_ways(self) -> None:
        host = self.server.url.split("://")[1]
        for resource in (f"HTTP://{host}/mcp", self.server.url, self.server.url + "/"):
            with self.subTest(resource):
                client = self.client()
                client.resource = resource
                self.works(StreamableSession(self.server.port, client.sign_in(self.browser()).headers))

    def test_redirect_uri_keeps_its_query(self) -> None:
        client = self.client(redirect_uri="http://localhost:1234/cb?a=b%20c")
        browser, attempt = self.browser(), client.attempt()
        told = client.arrival(attempt, browser.get(at_asana(browser, allow(browser, browser.get(attempt.url).page))))
        self.assertEqual("b c", told["a"])
        self.assertEqual(200, client.exchange(told["code"], attempt).status)

    def test_app_with_a_scheme_of_its_own_gets_a_page_that_leads_there(self) -> None:
        uri = "cursor://anysphere.cursor-mcp/oauth/callback"
        client, browser = self.client(redirect_uri=uri), self.browser()
        attempt = client.attempt()
        answer = browser.get(at_asana(browser, allow(browser, browser.get(attempt.url).page)))
        self.assertEqual(200, answer.status)
        self.page_is_safe(answer)
        link = next(link for link in answer.page.links if link.startswith(uri))
        self.assertEqual(f"0;url={link}", answer.headers["Refresh"])
        told = query_of(link)
        self.assertEqual((attempt.state, self.server.url), (told["state"], told["iss"]))
        self.assertEqual(200, client.exchange(told["code"], attempt).status)

    def test_client_with_a_secret_shows_it_in_either_way(self) -> None:
        for method in ("client_secret_basic", "client_secret_post"):
            with self.subTest(method):
                client = Client(self.server.url).register(token_endpoint_auth_method=method)
                assert client.client_secret
                code, attempt = client.code(self.browser())
                if method == "client_secret_post":
                    answer = client.exchange(code, attempt)
                else:
                    both = base64.b64encode(f"{client.client_id}:{client.client_secret}".encode()).decode()
                    answer = client.exchange(code, attempt, client_id=None, client_secret=None, headers={"Authorization": f"Basic {both}"})  # type: ignore[arg-type]
                self.assertEqual(200, answer.status, answer.text)

    def test_cancel_tells_the_client_and_asana_is_never_asked(self) -> None:
        client, browser = self.client(), self.browser()
        attempt = client.attempt()
        told = client.arrival(attempt, browser.submit(browser.get(attempt.url).page, action="cancel"))
        self.assertEqual("access_denied", told["error"])
        self.assertNotIn("code", told)

    def test_no_at_asana_tells_the_client(self) -> None:
        client, browser = self.client(), self.browser()
        attempt = client.attempt()
        back = at_asana(browser, allow(browser, browser.get(attempt.url).page), decision="deny")
        self.assertEqual("access_denied", client.arrival(attempt, browser.get(back))["error"])

    def test_account_page_shows_the_assistant_and_disconnects_it(self) -> None:
        client, browser = self.client(), self.browser()
        tokens = client.sign_in(browser)
        account = browser.get("/account")
        self.page_is_safe(account)
        for shown in (ADA, "Client of a test", "Read and change"):
            self.assertIn(shown, account.page.words)
        with SseSession(self.server.port, Client(self.server.url, "/sse").sign_in(self.browser(), BJORN).headers) as other:
            mine = SseSession(self.server.port, client.tokens(client.exchange(*client.code(browser, attempt=client.attempt(resource=f"{self.server.url}/sse")))).headers)
            self.addCleanup(mine.close)
            done = browser.follow(browser.submit(browser.get("/account").page, browser.get("/account").page.form_with("action", "revoke_all"), action="revoke_all"))
            self.assertIn("No assistant is connected", done.page.words)
            mine.stream.wait_for_end(5)
            self.soon_unauthorized(tokens.headers)
            self.assertEqual(BJORN, data_of(other.call("asana_get_user", {"user_id": "me"}))["name"])

    def test_account_signs_in_by_itself(self) -> None:
        browser = self.browser()
        page = browser.get("/account")
        self.page_is_safe(page)
        back = at_asana(browser, browser.submit(page.page, action="sign_in"), BJORN)
        account = browser.follow(browser.get(back))
        self.assertEqual(200, account.status)
        self.assertIn(BJORN, account.page.words)
        out = browser.follow(browser.submit(account.page, account.page.form_with("action", "sign_out"), action="sign_out"))
        self.assertIn("You are signed out", out.page.words)
        self.assertNotIn(BJORN, browser.get("/account").page.words)


class Registration(SignInCase):
    def test_answer_has_what_was_sent_and_what_was_made(self) -> None:
        sent = {"client_uri": "https://example.com/app", "scope": "read write", "software_id": "an-id", "software_version": "1.2",
                "application_type": "native", "unknown": {"a": 1}}
        answer = Client(self.server.url).ask_to_register(**sent)
        self.assertEqual((201, "no-store"), (answer.status, answer.headers["Cache-Control"]))
        made = answer.json()
        for name in ("client_uri", "scope", "software_id", "software_version", "application_type"):
            self.assertEqual(sent[name], made[name])
        self.assertRegex(made["client_id"], r"^[A-Za-z0-9]{16}$")
        self.assertEqual(("none", ["code"], "Client of a test"), (made["token_endpoint_auth_method"], made["response_types"], made["client_name"]))
        self.assertNotIn("client_secret", made)
        shown = self.get(made["registration_client_uri"]).json()
        self.assertEqual(made["client_id"], shown["client_id"])
        self.assertNotIn("client_secret", shown)

    def test_without_a_method_a_secret_is_made(self) -> None:
        made = Client(self.server.url).ask_to_register(token_endpoint_auth_method=None).json()
        self.assertEqual("client_secret_basic", made["token_endpoint_auth_method"])
        self.assertTrue(made["client_secret"])
        self.assertEqual(0, made["client_secret_expires_at"])
        self.assertNotIn("client_secret", self.get(made["registration_client_uri"]).json())


class Settings(SignInCase):
    """What the operator writes into the settings file."""

    @classmethod
    def start_server(cls) -> SignInServer:
        settings = "[client Known App]\nid = known-app\nsecret = a-secret-of-forty-characters-0123456789abcdef\n" \
                   "redirect_uri = http://127.0.0.1/callback\n"
        return SignInServer("--allow-redirect", "https://app.example/*", store=cls.folder / "store.db", settings=settings)

    def test_client_of_the_settings_need_not_register(self) -> None:
        client, browser = Client(self.server.url), self.browser()
        client.client_id, client.client_secret = "known-app", "a-secret-of-forty-characters-0123456789abcdef"
        self.assertIn("Known App", browser.get(client.attempt().url).page.words)
        code, attempt = client.code(browser)
        self.refused(client.exchange(code, attempt, client_secret="wrong"), "invalid_client", status=401)
        self.assertEqual(200, client.exchange(code, attempt).status)

    def test_list_of_redirects_is_replaced(self) -> None:
        client = Client(self.server.url)
        answer = client.ask_to_register()
        self.refused(answer, "invalid_redirect_uri")
        self.assertEqual([client.redirect_uri], answer.json()["disallowed_uris"])
        self.assertEqual(201, client.ask_to_register(redirect_uris=["https://app.example/cb"]).status)
        mixed = client.ask_to_register(redirect_uris=["https://app.example/cb", "https://evil.example/cb"])
        self.assertEqual(["https://evil.example/cb"], mixed.json()["disallowed_uris"])


class Restart(SignInCase):
    @classmethod
    def start_server(cls) -> SignInServer:
        cls.asana = Sandbox("--listen", "127.0.0.1:0", env=APPLICATION)
        cls.addClassCleanup(cls.asana.stop)
        return cls.again()

    @classmethod
    def again(cls, *arguments: str) -> SignInServer:
        return SignInServer(*arguments, store=cls.folder / "store.db", asana=cls.asana)

    def test_everything_but_open_sessions_survives(self) -> None:
        client, browser = self.client(), self.browser()
        tokens, spare = client.sign_in(browser), client.sign_in(browser)
        code, attempt = client.code(browser)
        open_before = StreamableSession(self.server.port, tokens.headers)
        sse_before = SseSession(self.server.port, Client(self.server.url, "/sse").sign_in(self.browser()).headers)
        self.addCleanup(sse_before.close)
        port = self.server.port
        self.server.stop()
        type(self).server = self.again("--listen", f"127.0.0.1:{port}")
        # Everybody's addresses are as before, so that nothing but the process is new.
        self.assertEqual(port, self.server.port)
        gone = open_before.post(message("tools/list", {}, 9))
        self.assertEqual(404, gone.status, gone.body)
        told = sse_before.post(message("tools/list", {}, 9))
        self.assertEqual(404, told.status, told.body)
        self.assertEqual(ADA, data_of(StreamableSession(port, tokens.headers).call("asana_get_user", {"user_id": "me"}))["name"])
        self.assertEqual(200, client.refresh(spare).status)
        self.assertEqual(200, client.exchange(code, attempt).status)
        # The browser is still known, and what was allowed in it is allowed.
        self.assertEqual(303, browser.get(client.attempt().url).status)
        self.assertIn("Client of a test", browser.get("/account").page.words)

    def test_sign_in_that_is_under_way_goes_on(self) -> None:
        client, browser = self.client(), self.browser()
        attempt = client.attempt()
        page = browser.get(attempt.url).page
        port = self.server.port
        self.server.stop()
        type(self).server = self.again("--listen", f"127.0.0.1:{port}")
        back = at_asana(browser, allow(browser, page))
        self.server.stop()
        type(self).server = self.again("--listen", f"127.0.0.1:{port}")
        told = client.arrival(attempt, browser.get(back))
        self.assertEqual(200, client.exchange(told["code"], attempt).status)


class AsanasToken(SignInCase):
    """Asana's token behind ours: refreshed once, lost, or out of reach."""

    @classmethod
    def start_server(cls) -> SignInServer:
        cls.relay = cls.start_relay()
        return SignInServer(store=cls.folder / "store.db", asana=cls.relay, workers=4)

    def control(self, **wanted: Any) -> None:
        control(self.relay.sandbox.api_url, **wanted)
        self.addCleanup(control, self.relay.sandbox.api_url)

    def whoami(self, tokens: Any) -> str:
        return str(data_of(StreamableSession(self.server.port, tokens.headers).call("asana_get_user", {"user_id": "me"}))["name"])

    def test_expired_token_is_refreshed_once_for_all_workers(self) -> None:
        client = self.client()
        other = client.sign_in(self.browser(), BJORN)
        with concurrent.futures.ThreadPoolExecutor(24) as pool:
            for round in range(3):
                tokens = client.sign_in(self.browser())
                sessions = [StreamableSession(self.server.port, tokens.headers) for _ in range(12)]
                before = self.relay.refreshes()
                self.control(oauth={"expire": True})
                jobs = [pool.submit(session.call, "asana_get_user", {"user_id": "me"}) for session in sessions]
                jobs += [pool.submit(ModernClient(self.server.port, tokens.headers).rpc, "tools/call",
                                     {"name": "asana_get_user", "arguments": {"user_id": "me"}}) for _ in range(24)]
                for job in jobs:
                    self.assertEqual(ADA, data_of(job.result())["name"])
                self.assertEqual(1, self.relay.refreshes() - before, f"round {round}")
        # The other person's is another grant, and is refreshed when it is used.
        before = self.relay.refreshes()
        self.assertEqual(BJORN, self.whoami(other))
        self.assertEqual(1, self.relay.refreshes() - before)

    def test_token_that_expires_soon_is_refreshed_before_it_is_used(self) -> None:
        self.control(oauth={"token_seconds": 50})
        tokens = self.client().sign_in(self.browser())
        self.control(oauth={"token_seconds": 3600})
        before = self.relay.refreshes()
        self.assertEqual(ADA, self.whoami(tokens))
        self.assertEqual(1, self.relay.refreshes() - before)
        self.assertEqual(ADA, self.whoami(tokens))
        self.assertEqual(1, self.relay.refreshes() - before)

    def test_refused_refresh_ends_the_grant_with_a_clear_401(self) -> None:
        client, browser = self.client(), self.browser()
        tokens, sibling = client.sign_in(browser), client.sign_in(self.browser(), BJORN)
        session = StreamableSession(self.server.port, tokens.headers)
        with SseSession(self.server.port, client.tokens(client.exchange(*client.code(browser, attempt=client.attempt(resource=None)))).headers):
            self.control(oauth={"expire": True, "refuse_refresh": True})
            result = session.call("asana_get_user", {"user_id": "me"})
            self.assertTrue(result["isError"])
            self.assertIn("sign in again", json.dumps(result).lower())
        self.soon_unauthorized(tokens.headers)
        self.unauthorized(session.post(message("tools/list", {}, 77)))
        self.refused(client.refresh(tokens), "invalid_grant")
        self.assertNotIn(tokens.access, self.server.output())
        control(self.relay.sandbox.api_url)
        self.assertEqual(BJORN, self.whoami(sibling))

    def test_asana_that_is_down_is_503_and_nothing_is_lost(self) -> None:
        self.control(oauth={"token_seconds": 1})
        tokens = self.client().sign_in(self.browser())
        self.control(oauth={"down": True})
        asked: list[wire.Response] = []

        def ask() -> int:
            body = json.dumps(message("initialize", initialize_params("2025-06-18"), 1))
            headers = {**tokens.headers, "Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
            asked.append(wire.request(self.server.port, "POST", "/mcp", headers, body))
            return asked[-1].status

        # Its token is good for a second, and nobody is turned away before that.
        self.soon(ask, 503)
        self.assertLessEqual({answer.status for answer in asked}, {200, 503})
        self.assertGreater(int(asked[-1].header("retry-after") or 0), 0)
        self.assertIsNone(asked[-1].header("www-authenticate"))
        control(self.relay.sandbox.api_url)
        self.assertEqual(ADA, self.whoami(tokens))

    def test_sign_in_while_asana_is_down_says_so_to_the_client(self) -> None:
        client, browser = self.client(), self.browser()
        attempt = client.attempt()
        back = at_asana(browser, allow(browser, browser.get(attempt.url).page))
        self.control(oauth={"down": True})
        self.assertEqual("temporarily_unavailable", client.arrival(attempt, browser.get(back))["error"])


if __name__ == "__main__":
    unittest.main()
