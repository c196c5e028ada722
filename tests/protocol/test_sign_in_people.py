"""What each person's sign-in shows and allows, what is remembered of it, and that nobody gets at anybody else's."""

from __future__ import annotations

import concurrent.futures
import json
import random
import sys
import unittest
from pathlib import Path
from typing import Any, Optional

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lib import wire  # noqa: E402
from lib.browser import Browser  # noqa: E402
from lib.mcp import ModernClient, RpcError, SseSession, StreamableSession, data_of, message  # noqa: E402
from lib.sign_in import (  # noqa: E402
    ADA, BJORN, CHLOE, DANIEL, Client, SignInCase, SignInServer, Tokens, allow, at_asana, parameters_of,
)

PEOPLE = (ADA, BJORN, CHLOE, DANIEL)
CAN_ANSWER = {"elicitation": {}}


class Session:
    """One way to talk, whichever it is: the names of its tools, and a call that gives what came of it."""

    def __init__(self, kind: str, port: int, tokens: Tokens, query: str = ""):
        self.kind = kind
        if kind == "sse":
            self.legacy: Any = SseSession(port, tokens.headers, path="/sse" + query)
        elif kind == "streamable":
            self.legacy = StreamableSession(port, tokens.headers, path="/mcp" + query)
        else:
            self.modern = ModernClient(port, tokens.headers)

    def close(self) -> None:
        if self.kind == "sse":
            self.legacy.close()

    def rpc(self, method: str, params: Any = None) -> Any:
        return self.modern.rpc(method, params) if self.kind == "modern" else self.legacy.rpc(method, params)

    def tools(self) -> set[str]:
        return {tool["name"] for tool in self.rpc("tools/list", {})["tools"]}

    def call(self, name: str, arguments: Any) -> Any:
        return self.rpc("tools/call", {"name": name, "arguments": arguments})

    def post(self, method: str, params: Any) -> wire.Response:
        """The bare answer to a request."""
        if self.kind == "modern":
            return self.modern.post(self.modern.request(method, params))
        return self.legacy.post(message(method, params, 4711))


KINDS = {"sse": "/sse", "streamable": "/mcp", "modern": "/mcp"}


class People(SignInCase):
    def session(self, kind: str, tokens: Tokens, query: str = "", port: Optional[int] = None) -> Session:
        made = Session(kind, port or self.server.port, tokens, query)
        self.addCleanup(made.close)
        return made

    def refused_for_scope(self, session: Session, name: str, arguments: Any) -> None:
        response = session.post("tools/call", {"name": name, "arguments": arguments})
        self.assertEqual(403, response.status, response.body[:300])
        told = parameters_of(response.header("www-authenticate") or "")
        self.assertEqual(("insufficient_scope", "read write"), (told["error"], told["scope"]))
        self.assertTrue(told["resource_metadata"].endswith("/.well-known/oauth-protected-resource" + KINDS[session.kind]))


class StepUp(People):
    task = {"name": "A task of a test", "workspace": "", "assignee": "me"}

    def arguments(self, session: Session) -> dict[str, str]:
        return {**self.task, "workspace": data_of(session.call("asana_list_workspaces", {}))[0]["gid"]}

    def test_reading_sign_in_shows_all_and_asks_for_more_when_it_is_needed(self) -> None:
        for kind, path in KINDS.items():
            with self.subTest(kind):
                client, browser = self.client(path, scope="read"), self.browser()
                tokens = client.sign_in(browser, access="read")
                self.assertEqual("read", tokens.scope)
                session = self.session(kind, tokens)
                self.assertIn("asana_create_task", session.tools())
                arguments = self.arguments(session)
                self.refused_for_scope(session, "asana_create_task", arguments)
                self.refused_for_scope(session, "asana_delete_task", {"task_id": "1"})
                # It goes on reading, and signs in again with what the challenge says.
                self.assertIn("asana_get_task", session.tools())
                client.scope = "read write"
                wider = client.sign_in(browser)
                self.assertEqual("read write", wider.scope)
                made = data_of(self.session(kind, wider).call("asana_create_task", arguments))
                self.assertEqual("A task of a test", made["name"])
                # The old one stays what it is.
                self.refused_for_scope(session, "asana_create_task", arguments)

    def test_person_may_allow_less_than_was_asked(self) -> None:
        client = self.client(scope="read write")
        tokens = client.sign_in(self.browser(), access="read")
        self.assertEqual("read", tokens.scope)
        session = self.session("streamable", tokens)
        self.refused_for_scope(session, "asana_create_task", self.arguments(session))
        self.assertEqual("read", client.tokens(client.refresh(tokens)).scope)

    def test_unknown_tool_is_no_question_of_scope(self) -> None:
        session = self.session("streamable", self.client(scope="read").sign_in(self.browser(), access="read"))
        with self.assertRaises(RpcError):
            session.call("asana_no_such_tool", {})

    def test_narrowed_token_is_held_to_it(self) -> None:
        client = self.client()
        narrow = client.tokens(client.refresh(client.sign_in(self.browser()), scope="read"))
        session = self.session("streamable", narrow)
        self.refused_for_scope(session, "asana_create_task", self.arguments(session))

    def test_batch_may_not_write_either(self) -> None:
        tokens = self.client(scope="read").sign_in(self.browser(), access="read")
        session = StreamableSession(self.server.port, tokens.headers, revision="2025-03-26")
        workspace = data_of(session.call("asana_list_workspaces"))[0]["gid"]
        batch = [message("tools/call", {"name": "asana_create_task", "arguments": {**self.task, "name": "Batch", "workspace": workspace}}, 1),
                 message("tools/call", {"name": "asana_get_user", "arguments": {}}, 2)]
        response = session.post(batch)
        self.assertNotIn(b'\\"name\\": \\"Batch\\"', response.body)
        found = session.call("asana_typeahead_search", {"workspace_gid": workspace, "resource_type": "task", "query": "Batch"})
        self.assertNotIn("Batch", [task["name"] for task in data_of(found)])


class Toolsets(People):
    def test_what_the_person_chose_is_what_is_there(self) -> None:
        for kind, path in KINDS.items():
            with self.subTest(kind):
                tokens = self.client(path).sign_in(self.browser(), areas=["users", "workspaces"])
                session = self.session(kind, tokens)
                names = session.tools()
                self.assertIn("asana_get_user", names)
                self.assertIn("asana_list_workspaces", names)
                for hidden in ("asana_get_task", "asana_get_project", "asana_create_goal"):
                    self.assertNotIn(hidden, names)
                self.hidden(session, "asana_get_task", {"task_id": "1"})
                self.assertEqual(ADA, data_of(session.call("asana_get_user", {}))["name"])

    def hidden(self, session: Session, name: str, arguments: Any) -> None:
        """It is as if there were no such tool."""
        response = session.post("tools/call", {"name": name, "arguments": arguments})
        if response.status == 202:  # HTTP+SSE: the answer comes on the stream
            answer = session.legacy.stream.answer_to(4711)
        else:
            answer = response.json()
        self.assertEqual(-32602, answer["error"]["code"], answer)

    def test_address_narrows_and_never_widens(self) -> None:
        all_of_it = self.client().sign_in(self.browser())
        users = self.client().sign_in(self.browser(), areas=["users"])
        whole = self.session("streamable", all_of_it).tools()
        narrowed = self.session("streamable", all_of_it, "?toolsets=users,tasks").tools()
        self.assertTrue(narrowed < whole)
        self.assertIn("asana_create_task", narrowed)
        reading = self.session("streamable", all_of_it, "?toolsets=users,tasks&read_only=1").tools()
        self.assertTrue(reading < narrowed)
        self.assertNotIn("asana_create_task", reading)
        self.assertNotIn("asana_create_task", self.session("streamable", all_of_it, "?read_only=1").tools())
        # What was not allowed stays so, whatever the address says.
        only = self.session("streamable", users).tools()
        self.assertEqual(only, self.session("streamable", users, "?toolsets=users,tasks,projects").tools())
        self.assertEqual(only, self.session("streamable", users, "?read_only=0").tools() & only)
        self.assertNotIn("asana_get_task", self.session("streamable", users, "?toolsets=tasks").tools())
        response = wire.request(self.server.port, "POST", "/mcp?toolsets=nonsense", {**all_of_it.headers, "Content-Type": "application/json"}, "{}")
        self.assertEqual(400, response.status)

    def test_sse_session_keeps_what_its_address_said(self) -> None:
        tokens = self.client("/sse").sign_in(self.browser())
        session = self.session("sse", tokens, "?toolsets=users&read_only=1")
        self.assertNotIn("asana_get_task", session.tools())
        # Not even with another address for the messages.
        session.legacy.endpoint += "&toolsets=tasks"
        self.assertNotIn("asana_get_task", session.tools())

    def test_operators_flags_bind_everybody(self) -> None:
        server = SignInServer("--toolsets", "users,tasks", "--read-only", "--disable", "asana_get_tasks", store=self.folder / "flags.db")
        self.addCleanup(server.stop)
        tokens = Client(server.url).sign_in(Browser(server.url))
        for query in ("", "?toolsets=users,tasks,projects", "?read_only=0"):
            names = self.session("streamable", tokens, query, server.port).tools()
            self.assertIn("asana_get_task", names, query)
            for hidden in ("asana_create_task", "asana_get_tasks", "asana_get_project"):
                self.assertNotIn(hidden, names, query)
        for tool in ("asana_create_task", "asana_get_tasks", "asana_get_project"):
            with self.assertRaises(RpcError):
                self.session("streamable", tokens, "", server.port).call(tool, {})


class Remembered(People):
    """A consent is asked for once, and again whenever anything is different."""

    def asked(self, browser: Browser, client: Client, **changes: Any) -> bool:
        """Whether /authorize shows the page, rather than going on to Asana."""
        answer = browser.get(client.attempt(**changes).url)
        self.assertIn(answer.status, (200, 303), answer.text[-500:])
        if answer.status == 303:
            self.assertTrue(answer.location.startswith(self.server.asana_url.replace("/api/1.0", "/-/")), answer.location)
        return answer.status == 200

    def test_same_again_is_not_asked(self) -> None:
        client, browser = self.client(), self.browser()
        self.assertTrue(self.asked(browser, client))
        first = client.sign_in(browser, areas=["users", "tasks"])
        self.assertFalse(self.asked(browser, client))
        second = client.sign_in(browser)
        self.assertNotEqual(first.access, second.access)
        self.assertEqual(self.session("streamable", first).tools(), self.session("streamable", second).tools())

    def test_anything_else_is_asked(self) -> None:
        client, browser = self.client(redirect_uri="http://127.0.0.1/callback"), self.browser()
        client.sign_in(browser)
        self.assertFalse(self.asked(browser, client))
        self.assertTrue(self.asked(self.browser(), client), "another browser")
        self.assertTrue(self.asked(browser, self.client()), "another client with the same name")
        self.assertTrue(self.asked(browser, client, redirect_uri="http://127.0.0.1:99/callback"), "another redirect URI")
        self.assertTrue(self.asked(browser, client, prompt="consent"), "prompt=consent")
        reading = self.client(scope="read")
        reading.sign_in(browser, access="read")
        self.assertFalse(self.asked(browser, reading))
        self.assertTrue(self.asked(browser, reading, scope="read write"), "more rights")

    def test_less_than_was_allowed_is_not_more_than_was_asked(self) -> None:
        client, browser = self.client(), self.browser()
        client.sign_in(browser)
        self.assertEqual("read", client.sign_in(browser, attempt=client.attempt(scope="read")).scope)

    def test_refusing_or_leaving_is_remembered_by_nobody(self) -> None:
        client, browser = self.client(), self.browser()
        page = browser.get(client.attempt().url).page
        browser.submit(page, action="cancel")
        self.assertTrue(self.asked(browser, client))
        allow(browser, browser.get(client.attempt().url).page)  # Asana's page is closed then
        self.assertTrue(self.asked(browser, client))
        back = at_asana(browser, allow(browser, browser.get(client.attempt().url).page), decision="deny")
        browser.get(back)
        self.assertTrue(self.asked(browser, client))

    def test_another_person_at_asana_is_asked_for_themselves(self) -> None:
        client, browser = self.client(), self.browser()
        client.sign_in(browser, ADA)
        attempt = client.attempt()
        answer = browser.get(attempt.url)
        self.assertEqual(303, answer.status)
        page = browser.get(at_asana(browser, answer, BJORN))
        self.assertEqual(200, page.status)
        self.page_is_safe(page)
        self.assertIn(BJORN, page.page.words)
        self.error_page(self.browser().submit(page.page, action="allow", access="write"), 400, "")
        told = client.arrival(attempt, allow(browser, page.page))
        tokens = client.tokens(client.exchange(told["code"], attempt))
        self.assertEqual(BJORN, data_of(self.session("streamable", tokens).call("asana_get_user", {}))["name"])

    def test_another_person_who_says_no_gives_nothing(self) -> None:
        client, browser = self.client(), self.browser()
        client.sign_in(browser, ADA)
        attempt = client.attempt()
        page = browser.get(at_asana(browser, browser.get(attempt.url), BJORN))
        self.assertEqual("access_denied", client.arrival(attempt, browser.submit(page.page, action="cancel"))["error"])
        self.error_page(allow(browser, page.page), 400, "too old")

    def test_disconnecting_forgets_it(self) -> None:
        client, browser = self.client(), self.browser()
        client.sign_in(browser)
        account = browser.get("/account").page
        browser.submit(account, account.form_with("action", "revoke_all"), action="revoke_all")
        self.assertTrue(self.asked(browser, client))

    def test_signing_out_forgets_who_it_was(self) -> None:
        client, browser = self.client(), self.browser()
        client.sign_in(browser)
        kept = dict(browser.cookies)
        account = browser.get("/account").page
        browser.submit(account, account.form_with("action", "sign_out"), action="sign_out")
        self.assertTrue(self.asked(browser, client))
        browser.cookies = kept  # whoever copied the cookie has nothing
        self.assertTrue(self.asked(browser, client))

    def test_session_cookie_is_new_at_every_sign_in(self) -> None:
        client, browser = self.client(), self.browser()
        client.sign_in(browser)
        name = f"asana-mcp-session-{self.server.port}"
        before = browser.cookies[name]
        client.sign_in(browser)
        self.assertNotEqual(before, browser.cookies[name])
        old = Browser(self.server.url, {name: before.value})
        self.assertTrue(self.asked(old, client))
        self.assertNotIn(ADA, old.get("/account").page.words)


class Others(People):
    """Ids and names of somebody else's things open nothing."""

    @classmethod
    def start_server(cls) -> SignInServer:
        return SignInServer(store=cls.folder / "store.db", workers=4)

    def both(self, path: str = "/mcp") -> tuple[Tokens, Tokens]:
        return self.client(path).sign_in(self.browser(), ADA), self.client(path).sign_in(self.browser(), BJORN)

    def test_session_of_another_person(self) -> None:
        ada, bjorn = self.both()
        session = StreamableSession(self.server.port, ada.headers)
        stolen = session.headers_now(Authorization=bjorn.headers["Authorization"], Accept="application/json, text/event-stream", Content_Type="application/json")
        for _ in range(8):  # each worker
            for method, body in (("POST", json.dumps(message("tools/list", {}, 1))), ("GET", None), ("DELETE", None)):
                self.assertEqual(404, self.status(method, "/mcp", stolen, body))
        self.assertEqual(ADA, data_of(session.call("asana_get_user", {}))["name"])

    def test_session_of_another_sign_in_of_the_same_person(self) -> None:
        client = self.client()
        first, second = client.sign_in(self.browser()), client.sign_in(self.browser())
        session = StreamableSession(self.server.port, first.headers)
        response = session.post(message("ping", None, 1), Authorization=second.headers["Authorization"])
        self.assertIn(response.status, (200, 404))
        # A refreshed token is the same sign-in.
        renewed = client.tokens(client.refresh(first))
        self.assertEqual(200, session.post(message("ping", None, 2), Authorization=renewed.headers["Authorization"]).status)

    def test_sse_session_of_another_person(self) -> None:
        ada, bjorn = self.both("/sse")
        with SseSession(self.server.port, ada.headers) as session:
            for _ in range(8):
                response = session.post(message("tools/list", {}, 1), Authorization=bjorn.headers["Authorization"])
                self.assertEqual(404, response.status)
            self.assertEqual({}, session.rpc("ping"))

    def test_question_of_another_person(self) -> None:
        ada, bjorn = self.both()
        mine = StreamableSession(self.server.port, ada.headers, capabilities=CAN_ANSWER)
        theirs = StreamableSession(self.server.port, bjorn.headers, capabilities=CAN_ANSWER)
        workspace = data_of(mine.call("asana_list_workspaces"))[0]["gid"]
        task = data_of(mine.call("asana_create_task", {"name": "Mine", "workspace": workspace, "assignee": "me"}))["gid"]
        stream = mine.stream(message("tools/call", {"name": "asana_delete_task", "arguments": {"task_id": task}}, 9))
        asked = stream.notification("elicitation/create")
        yes = {"jsonrpc": "2.0", "id": asked["id"], "result": {"action": "accept", "content": {"confirm": True, "confirmed": True}}}
        for _ in range(8):
            theirs.tell(yes)
            self.assertEqual(404, theirs.post(yes, Mcp_Session_Id=mine.session_id or "").status)
        self.assertEqual([], [one for one in stream.messages() if "result" in one])
        mine.tell({"jsonrpc": "2.0", "id": asked["id"], "result": {"action": "decline"}})
        stream.answer_to(9)
        self.assertEqual("Mine", data_of(mine.call("asana_get_task", {"task_id": task}))["name"])

    def test_request_state_of_another_person(self) -> None:
        ada, bjorn = self.both()
        mine, theirs = (ModernClient(self.server.port, tokens.headers, {"elicitation": {"form": {}}}) for tokens in (ada, bjorn))
        workspace = data_of(mine.rpc("tools/call", {"name": "asana_list_workspaces", "arguments": {}}))[0]["gid"]
        made = mine.rpc("tools/call", {"name": "asana_create_task", "arguments": {"name": "Mine too", "workspace": workspace, "assignee": "me"}})
        call = {"name": "asana_delete_task", "arguments": {"task_id": data_of(made)["gid"]}}
        asked = mine.rpc("tools/call", call)
        self.assertEqual("input_required", asked["resultType"])
        answers = {id: {"action": "accept", "content": {"confirm": True}} for id in asked["inputRequests"]}
        with self.assertRaises(RpcError) as refused:
            theirs.rpc("tools/call", {**call, "inputResponses": answers, "requestState": asked["requestState"]})
        self.assertIn("requestState", refused.exception.message)
        self.assertEqual("Mine too", data_of(mine.rpc("tools/call", {"name": "asana_get_task", "arguments": call["arguments"]}))["name"])

    def test_subscription_of_another_person_is_not_heard_or_ended(self) -> None:
        ada, bjorn = self.both()
        mine, theirs = (ModernClient(self.server.port, tokens.headers) for tokens in (ada, bjorn))
        listening = mine.request("subscriptions/listen", {"notifications": {"toolsListChanged": True}}, id="the-same-id")
        stream = mine.stream(listening)
        stream.notification("notifications/subscriptions/acknowledged")
        other = theirs.stream(theirs.request("subscriptions/listen", {"notifications": {"toolsListChanged": True}}, id="the-same-id"))
        other.notification("notifications/subscriptions/acknowledged")
        theirs.post(message("notifications/cancelled", {"requestId": "the-same-id"}))
        other.close()
        self.assertFalse(stream.ended)
        stream.close()

    def test_events_of_another_persons_stream_are_not_given_again(self) -> None:
        ada, bjorn = self.both()
        mine = StreamableSession(self.server.port, ada.headers)
        stream = mine.listen()
        self.addCleanup(stream.close)
        stream.wait(lambda _: stream.places)
        theirs = StreamableSession(self.server.port, bjorn.headers)
        for _ in range(8):
            headers = {**theirs.headers_now(Accept="text/event-stream"), "Mcp-Session-Id": mine.session_id or "", "Last-Event-ID": stream.places[0]}
            self.assertEqual(404, self.status("GET", "/mcp", headers))


class Crowd(People):
    @classmethod
    def start_server(cls) -> SignInServer:
        return SignInServer(store=cls.folder / "store.db", workers=4)

    def test_hundreds_of_calls_of_several_people_never_mix(self) -> None:
        tokens = {(person, path): self.client(path).sign_in(self.browser(), person) for person in PEOPLE for path in ("/sse", "/mcp")}
        sessions = [(person, self.session(kind, tokens[person, path])) for person in PEOPLE for kind, path in KINDS.items() for _ in range(2)]
        gids = {person: data_of(session.call("asana_get_user", {}))["gid"] for person, session in sessions}
        self.assertEqual(len(PEOPLE), len(set(gids.values())))
        workspace = data_of(sessions[0][1].call("asana_list_workspaces", {}))[0]["gid"]

        def work(person: str, session: Session, seed: int) -> int:
            choice = random.Random(seed)
            for number in range(16):
                me = data_of(session.call("asana_get_user", {"user_id": "me"}))
                self.assertEqual((person, gids[person]), (me["name"], me["gid"]))
                if choice.random() < 0.4:
                    name = f"{person} {session.kind} {seed} {number}"
                    made = data_of(session.call("asana_create_task", {"name": name, "workspace": workspace, "assignee": "me"}))
                    task = data_of(session.call("asana_get_task", {"task_id": made["gid"], "opt_fields": "name,assignee.name,created_by.name"}))
                    self.assertEqual((name, person, person), (task["name"], task["assignee"]["name"], task["created_by"]["name"]))
            return 16

        with concurrent.futures.ThreadPoolExecutor(len(sessions)) as pool:
            jobs = [pool.submit(work, person, session, seed) for seed, (person, session) in enumerate(sessions)]
            self.assertEqual(16 * len(sessions), sum(job.result() for job in jobs))

    def test_answers_go_to_whoever_asked_though_ids_are_the_same(self) -> None:
        tokens = {person: self.client("/sse").sign_in(self.browser(), person) for person in PEOPLE}
        sessions = [(person, SseSession(self.server.port, tokens[person].headers)) for person in PEOPLE for _ in range(2)]
        for _, session in sessions:
            self.addCleanup(session.close)

        def ask(job: tuple[int, SseSession]) -> None:
            job[1].tell(message("tools/call", {"name": "asana_get_user", "arguments": {}}, job[0]))

        jobs = [(1000 + number, session) for number in range(12) for _, session in sessions]
        random.Random(7).shuffle(jobs)
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            list(pool.map(ask, jobs))
        for person, session in sessions:
            for number in range(12):
                self.assertEqual(person, data_of(session.stream.answer_to(1000 + number)["result"])["name"])
            self.assertEqual(12, sum(one.get("id", 0) is not None and one.get("id", 0) >= 1000 for one in session.stream.messages() if "result" in one))


if __name__ == "__main__":
    unittest.main()
