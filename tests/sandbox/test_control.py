"""The sandbox as a difficult Asana: what /sandbox/control makes of it."""

from __future__ import annotations

import http.client
import json
import sys
import time
import unittest
import urllib.parse
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, Mapping

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from sandbox_case import Answer, Client, SandboxCase  # noqa: E402

PATIENCE = 60.0
# No test lives so long: what is delayed by it waits until the test says so.
FOREVER_MS = 600000

OFF: Mapping[str, Any] = {
    "delay_ms": 0,
    "faults": [],
    "rate_limits": {
        "requests_per_minute": 0,
        "searches_per_minute": 0,
        "concurrent_reads": 0,
        "concurrent_writes": 0,
        "minute_ms": 60000,
    },
    "search_lag_ms": 0,
    "blocked_workspaces": [],
    "oauth": {"token_seconds": 0, "refuse_refresh": False, "down": False, "expire": False},
}


class ControlCase(SandboxCase):
    def setUp(self) -> None:
        self.controls = Client(self.sandbox.api_url.replace("/api/1.0", ""), token=None)
        self.addCleanup(self.controls.delete, "/sandbox/control")

    def control(self, **wanted: Any) -> Any:
        answer = self.controls.send("PUT", "/sandbox/control", body=wanted)
        self.assertEqual(200, answer.status, answer.body)
        return answer.json()

    def control_now(self) -> Any:
        return self.controls.get("/sandbox/control").json()

    def until(self, what: str, count: int) -> None:
        deadline = time.monotonic() + PATIENCE
        while self.control_now()[what] != count:
            self.assertLess(time.monotonic(), deadline, f"{what} never was {count}: {self.control_now()}")

    def project(self) -> str:
        return self.find("project", "Marketing")

    def tasks_named(self, name: str) -> list[str]:
        found = self.ok(self.ada.get(f"/workspaces/{self.acme}/tasks/search", text=name, opt_fields="name"))
        return [task["name"] for task in found]


class Route(ControlCase):
    def test_all_is_off_until_it_is_set_and_again_after_delete(self) -> None:
        quiet = {key: value for key, value in self.control_now().items() if key not in ("requests", "waiting")}
        self.assertEqual(OFF, quiet)
        self.assertEqual(5, self.control(delay_ms=5, search_lag_ms=7)["delay_ms"])
        # Replaced, not added to.
        self.assertEqual(0, self.control(search_lag_ms=7)["delay_ms"])
        cleared = self.controls.delete("/sandbox/control")
        self.assertEqual(200, cleared.status)
        self.assertEqual(0, cleared.json()["search_lag_ms"])

    def test_what_is_shown_may_be_put_back(self) -> None:
        shown = self.control(
            delay_ms=1,
            faults=[
                {"method": "GET", "path": "/tasks", "nth": 3, "times": 2, "status": 503, "retry_after": 0, "body": "é\"", "content_type": "text/x"},
                {"cut": "before"},
                {"status": 200, "cut": "middle"},
            ],
            rate_limits={"requests_per_minute": 9, "minute_ms": 1000},
            search_lag_ms=3,
            blocked_workspaces=[self.side],
            oauth={"token_seconds": 8, "refuse_refresh": True, "down": True},
        )
        self.assertEqual(3, len(shown["faults"]))
        self.assertEqual(shown, self.control(**shown))

    def test_mistakes_are_named_and_change_nothing(self) -> None:
        self.control(delay_ms=1)
        for wanted, said in (
            ({"delay": 5}, 'delay: unknown member (did you mean "delay_ms"?)'),
            ({"zebra": 5}, "zebra: unknown member"),
            ({"delay_ms": -1}, "delay_ms: expected a whole number from 0 to 600000"),
            ({"delay_ms": 1.5}, "delay_ms: expected a whole number"),
            ({"delay_ms": "5"}, "delay_ms: expected a whole number"),
            ({"faults": {}}, "faults: expected an array of objects"),
            ({"faults": [{"status": 500}, {"status": 500, "retry-after": 1}]}, 'faults[1].retry-after: unknown member (did you mean "retry_after"?)'),
            ({"faults": [{}]}, "faults[0].status: expected a status or cut"),
            ({"faults": [{"status": 99}]}, "faults[0].status: expected a whole number from 200 to 599"),
            ({"faults": [{"status": 500, "nth": 0}]}, "faults[0].nth: expected a whole number from 1"),
            ({"faults": [{"status": 500, "path": "tasks"}]}, "faults[0].path: expected the beginning of a path"),
            ({"faults": [{"cut": "after"}]}, 'faults[0].cut: expected "before" or "middle"'),
            ({"faults": [{"cut": "before", "status": 500}]}, "faults[0].cut: expected no status"),
            ({"faults": [{"cut": "middle", "body": "x"}]}, "faults[0].status: expected a status beside"),
            ({"faults": [{"status": 500, "content_type": "a\r\nb: c"}]}, "faults[0].content_type: expected a media type"),
            ({"faults": [{"status": 500}] * 101}, "faults: expected at most 100"),
            ({"rate_limits": {"concurrent_read": 1}}, 'rate_limits.concurrent_read: unknown member (did you mean "concurrent_reads"?)'),
            ({"rate_limits": 5}, "rate_limits: expected an object"),
            ({"blocked_workspaces": [12]}, "blocked_workspaces: expected an array of gids"),
            ({"blocked_workspaces": ["12"]}, "blocked_workspaces: no workspace has the gid 12"),
        ):
            with self.subTest(wanted=str(wanted)[:80]):
                self.refused(self.controls.send("PUT", "/sandbox/control", body=wanted), 400, said)
        for raw in (b"", b"{", b"[]", b"null", b'{"delay_ms": 1} x'):
            with self.subTest(raw=raw):
                self.assertEqual(400, self.controls.send("PUT", "/sandbox/control", raw=raw).status)
        self.assertEqual(1, self.control_now()["delay_ms"])

    def test_other_methods_are_told_which_there_are(self) -> None:
        answer = self.controls.send("POST", "/sandbox/control", body={})
        self.assertEqual(405, answer.status)
        self.assertEqual("GET, PUT, DELETE", answer.headers["Allow"])

    def test_requests_are_counted(self) -> None:
        self.control()
        self.ada.get("/users/me")
        self.ada.get("/nowhere")
        self.assertEqual(2, self.control_now()["requests"])


class Delay(ControlCase):
    def test_every_answer_comes_later_and_they_wait_side_by_side(self) -> None:
        self.control(delay_ms=40)
        began = time.monotonic()
        self.ok(self.ada.get("/users/me"))
        self.assertGreaterEqual(time.monotonic() - began, 0.04)
        self.control(delay_ms=FOREVER_MS)
        with ThreadPoolExecutor(8) as pool:
            answers = [pool.submit(self.ada.get, path) for path in ["/users/me", "/nowhere"] * 4]
            self.until("waiting", 8)
            self.controls.delete("/sandbox/control")
            self.assertEqual([200, 404] * 4, [answer.result().status for answer in answers])
        self.assertEqual(0, self.control_now()["waiting"])

    def test_work_is_done_before_the_wait(self) -> None:
        self.control(delay_ms=FOREVER_MS)
        with ThreadPoolExecutor(1) as pool:
            made = pool.submit(self.ada.post, "/tasks", {"name": "made while waiting", "workspace": self.acme})
            self.until("waiting", 1)
            self.controls.delete("/sandbox/control")
            task = self.ok(made.result(), 201)["gid"]
        self.assertEqual("made while waiting", self.ok(self.ada.get(f"/tasks/{task}"))["name"])

    def test_sandbox_that_is_stopped_answers_who_waits(self) -> None:
        own = type(self.sandbox)("--listen", "127.0.0.1:0")
        client = Client(own.api_url)
        controls = Client(own.api_url.replace("/api/1.0", ""), token=None)
        controls.send("PUT", "/sandbox/control", body={"delay_ms": FOREVER_MS})
        with ThreadPoolExecutor(1) as pool:
            answer = pool.submit(client.get, "/users/me")
            while controls.get("/sandbox/control").json()["waiting"] != 1:
                pass
            own.stop()
            self.assertEqual(200, answer.result().status)

    def test_caller_who_hangs_up_while_waiting_does_no_harm(self) -> None:
        self.control(delay_ms=FOREVER_MS)
        host = urllib.parse.urlsplit(self.sandbox.api_url).netloc
        connection = http.client.HTTPConnection(host, timeout=PATIENCE)
        connection.request("GET", "/api/1.0/users/me", headers={"Authorization": "Bearer sandbox-token-ada"})
        self.until("waiting", 1)
        connection.close()
        self.controls.delete("/sandbox/control")
        self.ok(self.ada.get("/users/me"))


class Faults(ControlCase):
    def raw(self, method: str, path: str, body: Any = None) -> http.client.HTTPResponse:
        """The answer before its body is read, on a connection of its own."""
        host = urllib.parse.urlsplit(self.sandbox.api_url).netloc
        connection = http.client.HTTPConnection(host, timeout=PATIENCE)
        self.addCleanup(connection.close)
        headers = {"Authorization": "Bearer sandbox-token-ada", "Content-Type": "application/json"}
        connection.request(method, "/api/1.0" + path, None if body is None else json.dumps(body), headers)
        return connection.getresponse()

    def statuses(self, *paths: str) -> list[int]:
        return [self.ada.get(path).status for path in paths]

    def test_nth_request_that_fits_is_refused_and_then_all_is_well(self) -> None:
        self.control(faults=[{"path": "/users", "nth": 2, "status": 503}])
        self.assertEqual([200, 200, 503, 200], self.statuses("/users/me", "/workspaces", "/users/me", "/users/me"))
        self.assertEqual([], self.control_now()["faults"])

    def test_several_in_a_row(self) -> None:
        self.control(faults=[{"nth": 2, "times": 3, "status": 502}])
        self.assertEqual([200, 502], self.statuses("/users/me", "/users/me"))
        left = self.control_now()["faults"]
        self.assertEqual([(1, 2)], [(fault["nth"], fault["times"]) for fault in left])
        self.assertEqual([502, 502, 200], self.statuses("/users/me", "/users/me", "/users/me"))

    def test_method_and_path_choose(self) -> None:
        self.control(faults=[{"method": "POST", "path": "/tasks", "status": 500}])
        self.ok(self.ada.get("/tasks", project=self.project()))
        refused = self.ada.post("/tasks", {"name": "never made", "workspace": self.acme})
        self.assertEqual(500, refused.status)
        self.assertIn("phrase", refused.json()["errors"][0])
        self.assertEqual([], self.tasks_named("never made"))

    def test_two_faults_count_each_for_itself(self) -> None:
        self.control(faults=[{"nth": 1, "status": 500}, {"nth": 2, "status": 501}])
        self.assertEqual([500, 501, 200], self.statuses("/users/me", "/users/me", "/users/me"))

    def test_status_header_and_body_as_told(self) -> None:
        self.control(faults=[{"status": 429, "retry_after": 7}, {"status": 502, "nth": 2, "body": "<h1>no</h1>"},
                             {"status": 200, "nth": 3, "body": "{", "content_type": "application/json"}, {"status": 204, "nth": 4}])
        first = self.ada.get("/users/me")
        self.assertEqual((429, "7"), (first.status, first.headers["Retry-After"]))
        self.assertTrue(first.error)
        second = self.ada.get("/users/me")
        self.assertEqual((502, b"<h1>no</h1>", "text/html; charset=UTF-8"), (second.status, second.body, second.headers["Content-Type"]))
        self.assertIsNone(second.headers["Retry-After"])
        third = self.ada.get("/users/me")
        self.assertEqual((200, b"{", "application/json"), (third.status, third.body, third.headers["Content-Type"]))
        self.assertEqual((204, b""), (self.ada.get("/users/me").status, b""))

    def test_connection_cut_before_the_answer_with_the_work_done(self) -> None:
        self.control(faults=[{"method": "POST", "cut": "before"}])
        with self.assertRaises((http.client.RemoteDisconnected, ConnectionError)):
            self.raw("POST", "/tasks", {"data": {"name": "made and cut off", "workspace": self.acme}})
        self.assertEqual(["made and cut off"], self.tasks_named("made and cut off"))

    def test_connection_cut_in_the_middle_of_the_answer(self) -> None:
        whole = len(self.raw("GET", "/users/me").read())
        for fault, status in (({"cut": "middle"}, 200), ({"cut": "middle", "status": 503, "body": "x" * 100000}, 503)):
            with self.subTest(status=status):
                self.control(faults=[fault])
                answer = self.raw("GET", "/users/me")
                self.assertEqual(status, answer.status)
                promised = int(answer.headers["Content-Length"])
                self.assertEqual(whole if status == 200 else 100000, promised)
                with self.assertRaises(http.client.IncompleteRead) as caught:
                    answer.read()
                self.assertEqual(promised // 2, len(caught.exception.partial))

    def test_cut_after_a_delay(self) -> None:
        self.control(delay_ms=20, faults=[{"cut": "before"}, {"cut": "middle", "nth": 2}])
        with self.assertRaises((http.client.RemoteDisconnected, ConnectionError)):
            self.raw("GET", "/users/me")
        with self.assertRaises(http.client.IncompleteRead):
            self.raw("GET", "/users/me").read()
        self.ok(self.ada.get("/users/me"))


class Limits(ControlCase):
    def too_many(self, answer: Answer) -> int:
        self.refused(answer, 429, "too many requests")
        return int(answer.headers["Retry-After"])

    def test_requests_of_a_minute_for_each_token(self) -> None:
        self.control(rate_limits={"requests_per_minute": 3})
        for _ in range(3):
            self.ok(self.ada.get("/users/me"))
        wait = self.too_many(self.ada.get("/users/me"))
        self.assertTrue(0 < wait <= 60, wait)
        self.ok(self.person("bjorn").get("/users/me"))
        # Nobody is told who has no token.
        self.assertEqual(401, Client(self.sandbox.api_url, None).get("/users/me").status)

    def test_next_minute_is_a_new_one(self) -> None:
        self.control(rate_limits={"requests_per_minute": 1, "minute_ms": 100})
        deadline = time.monotonic() + PATIENCE
        self.ok(self.ada.get("/users/me"))
        while (answer := self.ada.get("/users/me")).status != 200:
            self.assertEqual(1, self.too_many(answer))
            self.assertLess(time.monotonic(), deadline)

    def test_searches_have_a_minute_of_their_own(self) -> None:
        self.control(rate_limits={"searches_per_minute": 60})
        statuses = [self.ada.get(f"/workspaces/{self.acme}/tasks/search", completed="false", limit=1).status for _ in range(61)]
        self.assertEqual([200] * 60 + [429], statuses)
        self.ok(self.ada.get("/users/me"))

    def flood(self, count: int, send: Any) -> list[Answer]:
        """So many at the same time; all of them are in before the first is answered."""
        with ThreadPoolExecutor(count) as pool:
            answers: list["Future[Answer]"] = [pool.submit(send) for _ in range(count)]
            self.until("waiting", count)
            self.controls.delete("/sandbox/control")
            return [answer.result() for answer in answers]

    def test_reads_and_writes_at_the_same_time(self) -> None:
        self.control(delay_ms=FOREVER_MS, rate_limits={"concurrent_reads": 5, "concurrent_writes": 2})
        answers = self.flood(8, lambda: self.ada.get("/users/me"))
        self.assertEqual([200] * 5 + [429] * 3, sorted(answer.status for answer in answers))
        waits = [self.too_many(answer) for answer in answers if answer.status == 429]
        self.assertEqual([FOREVER_MS // 1000] * 3, waits)
        self.control(delay_ms=FOREVER_MS, rate_limits={"concurrent_reads": 5, "concurrent_writes": 2})
        made = self.flood(6, lambda: self.ada.post("/tasks", {"name": "crowd", "workspace": self.acme}))
        self.assertEqual([201] * 2 + [429] * 4, sorted(answer.status for answer in made))
        self.assertEqual(["crowd"] * 2, self.tasks_named("crowd"))

    def test_places_are_free_again_when_answers_are_out(self) -> None:
        self.control(delay_ms=5, rate_limits={"concurrent_reads": 1})
        for _ in range(3):
            self.ok(self.ada.get("/users/me"))
        self.control(faults=[{"cut": "before"}], rate_limits={"concurrent_reads": 1})
        with self.assertRaises((http.client.RemoteDisconnected, ConnectionError)):
            self.ada.get("/users/me")
        self.ok(self.ada.get("/users/me"))

    def test_refused_requests_do_not_use_up_faults(self) -> None:
        self.control(rate_limits={"requests_per_minute": 1}, faults=[{"nth": 2, "status": 500}])
        self.ok(self.ada.get("/users/me"))
        self.too_many(self.ada.get("/users/me"))
        self.assertEqual(1, len(self.control_now()["faults"]))


class SearchLag(ControlCase):
    def test_search_finds_tasks_as_they_were(self) -> None:
        renamed = self.ok(self.ada.post("/tasks", {"name": "quince before", "workspace": self.acme}), 201)["gid"]
        self.control(search_lag_ms=FOREVER_MS)
        self.ok(self.ada.post("/tasks", {"name": "quince new", "workspace": self.acme}), 201)
        self.ok(self.ada.put(f"/tasks/{renamed}", {"name": "medlar after", "completed": True}))
        self.ok(self.ada.put(f"/tasks/{renamed}", {"name": "medlar later"}))
        search = f"/workspaces/{self.acme}/tasks/search"
        found = self.ok(self.ada.get(search, text="quince", completed="false"))
        self.assertEqual([renamed], [task["gid"] for task in found])
        self.assertEqual([], self.tasks_named("medlar"))
        # Everything else is up to date.
        self.assertEqual("medlar later", self.ok(self.ada.get(f"/tasks/{renamed}"))["name"])
        self.assertTrue(self.ok(self.ada.get(f"/workspaces/{self.acme}/typeahead", resource_type="task", query="quince new")))
        self.control()
        self.assertEqual(["quince new"], self.tasks_named("quince"))
        self.assertEqual(["medlar later"], self.tasks_named("medlar"))

    def test_index_catches_up(self) -> None:
        self.control(search_lag_ms=50)
        began = time.monotonic()
        self.ok(self.ada.post("/tasks", {"name": "persimmon", "workspace": self.acme}), 201)
        while not self.tasks_named("persimmon"):
            self.assertLess(time.monotonic() - began, PATIENCE)
        self.assertGreaterEqual(time.monotonic() - began, 0.05)

    def test_refused_change_and_deleted_task_leave_no_trace(self) -> None:
        gone = self.ok(self.ada.post("/tasks", {"name": "sorb apple", "workspace": self.acme}), 201)["gid"]
        self.control(search_lag_ms=FOREVER_MS)
        self.refused(self.ada.put(f"/tasks/{gone}", {"name": "sorb pear", "assignee": "nobody"}), 400, "assignee")
        self.assertEqual(["sorb apple"], self.tasks_named("sorb"))
        self.ok(self.ada.put(f"/tasks/{gone}", {"name": "sorb plum"}))
        self.ok(self.ada.delete(f"/tasks/{gone}"))
        self.assertEqual([], self.tasks_named("sorb"))


class Blocked(ControlCase):
    def test_workspace_that_blocked_the_app_is_gone_from_lists_and_refuses(self) -> None:
        project = self.project()
        task = self.ok(self.ada.get("/tasks", project=project, limit=1))[0]["gid"]
        story = self.ok(self.ada.post(f"/tasks/{task}/stories", {"text": "hello"}), 201)["gid"]
        section = self.ok(self.ada.get(f"/projects/{project}/sections"))[0]["gid"]
        team = self.ok(self.ada.get(f"/workspaces/{self.acme}/teams"))[0]["gid"]
        goal = self.ok(self.ada.get("/goals", workspace=self.acme))[0]["gid"]
        self.control(blocked_workspaces=[self.acme])
        self.assertEqual([self.side], [place["gid"] for place in self.ok(self.ada.get("/workspaces"))])
        me = self.ok(self.ada.get("/users/me"))
        self.assertEqual([self.side], [place["gid"] for place in me["workspaces"]])
        for path in (
            f"/workspaces/{self.acme}", f"/workspaces/{self.acme}/projects", f"/projects/{project}", f"/tasks/{task}", f"/stories/{story}",
            f"/sections/{section}", f"/teams/{team}", f"/goals/{goal}", f"/tasks/{task}/stories", f"/projects/{project}/tasks",
            f"/attachments?parent={task}", f"/tasks?project={project}", f"/status_updates?parent={project}",
            f"/workspaces/{self.acme}/tasks/search?text=x", f"/tasks?assignee=me&workspace={self.acme}",
        ):
            with self.subTest(path=path):
                bare, _, query = path.partition("?")
                self.refused(self.ada.get(bare, **dict(urllib.parse.parse_qsl(query))), 401, "Not Authorized")
        self.refused(self.ada.put(f"/tasks/{task}", {"name": "x"}), 401, "Not Authorized")
        self.refused(self.ada.post("/tasks", {"name": "x", "workspace": self.acme}), 401, "Not Authorized")
        side = {project["workspace"]["gid"] for project in self.ok(self.ada.get("/projects", opt_fields="workspace"))}
        self.assertEqual({self.side}, side)
        self.refused(self.ada.get("/tasks/1"), 404, "Unknown object")
        self.control()
        self.ok(self.ada.get(f"/tasks/{task}"))

    def test_everything_may_be_blocked(self) -> None:
        self.control(blocked_workspaces=[self.acme, self.side])
        self.assertEqual([], self.ok(self.ada.get("/workspaces")))
        self.assertEqual([], self.ok(self.ada.get("/users/me"))["workspaces"])

    def test_what_nobody_may_see_stays_unknown(self) -> None:
        stranger = self.person("hiroshi")
        self.refused(stranger.get(f"/workspaces/{self.side}"), 404, "Unknown object")
        self.control(blocked_workspaces=[self.side])
        self.refused(stranger.get(f"/workspaces/{self.side}"), 404, "Unknown object")
        self.refused(self.ada.get(f"/workspaces/{self.side}"), 401, "Not Authorized")


class Answers(ControlCase):
    def test_location_leads_to_what_was_made(self) -> None:
        project = self.project()
        task = self.ada.post("/tasks", {"name": "x", "workspace": self.acme})
        gid = self.ok(task, 201)["gid"]
        made = {
            "/tasks/": task,
            "/stories/": self.ada.post(f"/tasks/{gid}/stories", {"text": "x"}),
            "/project_statuses/": self.ada.post(f"/projects/{project}/project_statuses", {"text": "x", "color": "green"}),
            "/status_updates/": self.ada.post("/status_updates", {"text": "x", "status_type": "on_track", "parent": project}),
            "/goals/": self.ada.post("/goals", {"name": "x", "workspace": self.acme}),
            "/projects/": self.ada.post("/projects", {"name": "x", "workspace": self.acme, "team": self.find("team", "Marketing")}),
        }
        for kind, answer in made.items():
            with self.subTest(kind=kind):
                made_gid = self.ok(answer, 201)["gid"]
                self.assertEqual(f"{self.sandbox.api_url}{kind}{made_gid}", answer.headers["Location"])
                path = answer.headers["Location"][len(self.sandbox.api_url):]
                self.assertEqual(made_gid, self.ok(self.ada.get(path))["gid"])
        self.assertIsNone(self.ada.get(f"/tasks/{gid}").headers["Location"])
        self.assertIsNone(self.ada.post("/tasks", {"name": "x"}).headers["Location"])

    def test_long_urls_are_read(self) -> None:
        search = f"/workspaces/{self.acme}/tasks/search"
        for length in (16000, 32600):
            with self.subTest(length=length):
                self.assertEqual([], self.ok(self.ada.get(search, text="x" * length)))
        many = ",".join([self.project()] * 300)
        self.assertTrue(self.ok(self.ada.get(search, **{"projects.any": many})))


if __name__ == "__main__":
    unittest.main()
