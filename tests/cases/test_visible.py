"""Workspaces that the operator does not allow: every tool, resource, completion, search and fetch, once with
the sandbox's larger workspace hidden, and once with the smaller one.

What is hidden is as if it were not there; what is shown is as it is without any rule."""

from __future__ import annotations

import json
import re
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any, Iterator, Mapping, Optional

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(HERE.parent), str(HERE), str(HERE.parent / "sandbox")]

from lib.mcp import RpcError, StreamableSession, text_of, without_request  # noqa: E402
from lib.server import Sandbox, Server  # noqa: E402
from sandbox_case import NOW, Client  # noqa: E402
from test_sandbox_calls import Objects  # noqa: E402

NOWHERE = "9999999999999999"  # no object has that gid
NOT_FOUND = "Asana does not know this object"


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)
    elif isinstance(value, str):
        yield value


class Contents:
    """All that one person sees in a workspace, by Asana's own answers."""

    def __init__(self, asana: Client, workspace: str):
        self.asana = asana
        self.lists: dict[str, list[dict[str, Any]]] = {}
        place = {"workspace": workspace}
        self.take("projects", f"/workspaces/{workspace}/projects", "name,notes,modified_at")
        self.take("teams", f"/workspaces/{workspace}/teams", "name,description")
        self.take("tags", f"/workspaces/{workspace}/tags", "name")
        self.take("periods", "/time_periods", "display_name", place)
        self.take("goals", "/goals", "name,status,owner,metric.current_number_value", place)
        self.take("portfolios", "/portfolios", "name", {**place, "owner": "me"})
        mine = {**place, "assignee": "me"}
        fields = "name,completed,due_on,due_at,assignee.name,parent.name,followers.name,dependencies,modified_at"
        self.take("tasks of me", "/tasks", fields, mine)
        for project in self.lists["projects"]:
            gid = project["gid"]
            self.take(f"tasks of {gid}", f"/projects/{gid}/tasks", fields)
            self.take(f"sections of {gid}", f"/projects/{gid}/sections", "name")
            self.take(f"statuses of {gid}", f"/projects/{gid}/project_statuses", "title,text")

    def take(self, name: str, path: str, fields: str, query: Mapping[str, str] = {}) -> None:
        items: list[dict[str, Any]] = []
        more: dict[str, str] = {}
        while True:
            answer = self.asana.send("GET", path, {"limit": "100", "opt_fields": fields, **query, **more}).json()
            items += answer.get("data", [])
            if not answer.get("next_page"):
                break
            more = {"offset": answer["next_page"]["offset"]}
        self.lists[name] = items

    def marks(self) -> set[str]:
        """Gids, and names that are long enough to be found by no accident."""
        named = ("gid", "name", "title", "display_name")
        items = [item for items in self.lists.values() for item in items]
        return {item[key] for item in items for key in named if len(item.get(key) or "") > 7}


class Visible(unittest.TestCase):
    maxDiff = None
    flags: tuple[str, ...] = ()  # given to each server beside its own

    @classmethod
    def setUpClass(cls) -> None:
        cls.sandbox = Sandbox("--listen", "127.0.0.1:0", "--now", NOW)
        cls.addClassCleanup(cls.sandbox.stop)
        cls.asana = Client(cls.sandbox.api_url)
        spaces = {one["name"]: one["gid"] for one in cls.asana.send("GET", "/workspaces").data}
        cls.acme, cls.side = spaces["Acme Corp"], spaces["Side Project"]
        cls.contents = {gid: Contents(cls.asana, gid) for gid in (cls.acme, cls.side)}
        cls.marks = {gid: one.marks() | {gid} for gid, one in cls.contents.items()}
        cls.marks[cls.acme] |= {"Acme Corp"}
        cls.marks[cls.side] |= {"Side Project"}
        both = cls.marks[cls.acme] & cls.marks[cls.side]
        cls.marks = {gid: one - both for gid, one in cls.marks.items()}
        cls.all = cls.serve()
        cls.only_acme = cls.serve(cls.acme)
        cls.only_side = cls.serve(cls.side)
        cls.tools = {tool["name"]: tool for tool in cls.all.list_tools()}
        cls.objects = Objects(cls.all)
        cls.examples = json.loads((ROOT / "generated" / "examples.json").read_text(encoding="utf-8"))

    @classmethod
    def serve(cls, *allowed: str, sandbox: Optional[Sandbox] = None) -> StreamableSession:
        arguments = list(cls.flags)
        if allowed:
            folder = tempfile.TemporaryDirectory()
            cls.addClassCleanup(folder.cleanup)
            file = Path(folder.name) / "asana-mcp.ini"
            file.write_text("".join(f"allow_workspace = {gid}\n" for gid in allowed), encoding="utf-8")
            arguments += ["--config", str(file)]
        api_url = (sandbox or cls.sandbox).api_url
        server = Server(*arguments, api_url=api_url, token="sandbox-token-ada")
        cls.addClassCleanup(server.stop)
        return StreamableSession(server.port)

    # ---- helpers

    def filled(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Every example with objects of the larger workspace; those that the sandbox has none for are left out."""
        for example in self.examples:
            wanted = set(re.findall(r"1204\d{12}", json.dumps(example["args"])))
            if wanted <= set(self.objects.about) and "offset" not in example["args"]:
                yield example["tool"], self.objects.fill(example["args"])

    def reads(self, tool: str) -> bool:
        return bool(self.tools[tool]["annotations"]["readOnlyHint"])

    def assert_hides(self, workspace: str, answer: Any, asked: Any) -> None:
        """Nothing of that workspace is in the answer but what the question itself named."""
        text = json.dumps(answer, ensure_ascii=False)
        named = json.dumps(asked, ensure_ascii=False)
        found = sorted(mark for mark in self.marks[workspace] if mark in text and mark not in named)
        self.assertEqual([], found, f"asked {named}, answered {text[:2000]}")

    def rpc(self, session: StreamableSession, method: str, params: Any) -> Any:
        """A result, or the error."""
        try:
            return session.rpc(method, params)
        except RpcError as error:
            return {"error": [error.code, error.message, error.data]}

    # ---- tools

    def test_a_tool_sees_nothing_of_a_hidden_workspace(self) -> None:
        covered = set()
        for tool, args in self.filled():
            covered.add(tool)
            with self.subTest(tool=tool, args=args):
                result = self.only_side.call(tool, args)
                self.assert_hides(self.acme, result, args)
                if re.search(r"\d{10}", json.dumps(args)):
                    self.assertTrue(result.get("isError"), result)
                    self.assertIn(NOT_FOUND, text_of(result))
        self.assertEqual(set(self.tools), covered)
        self.assertEqual(self.contents[self.acme].lists, Contents(self.asana, self.acme).lists, "something was changed")

    def test_hidden_and_missing_are_the_same(self) -> None:
        for tool, args in self.filled():
            known = re.findall(r"\d{10,}", json.dumps(args))
            if not known:
                continue
            with self.subTest(tool=tool, args=args):
                result = text_of(without_request(self.only_side.call(tool, args)))
                gone = re.sub(r"\d{10,}", NOWHERE, json.dumps(args))
                missing = text_of(without_request(self.only_side.call(tool, json.loads(gone))))
                self.assertEqual(missing, re.sub(r"\d{10,}", NOWHERE, result))

    def test_a_tool_sees_a_shown_workspace_as_without_a_rule(self) -> None:
        compared = 0
        for tool, args in self.filled():
            if not self.reads(tool) or tool in ("asana_list_workspaces", "asana_get_user", "search"):
                continue
            without = self.all.call(tool, args)
            if without.get("isError"):
                continue  # an object of another kind: Asana says so, and the rule that there is none
            compared += 1
            with self.subTest(tool=tool, args=args):
                self.assertEqual(without, self.only_acme.call(tool, args))
        self.assertGreater(compared, 25)

    def test_fields_of_the_workspace_come_only_when_asked_for(self) -> None:
        task = self.objects.find("1204000000000001")
        for fields in ("name", "workspace", "workspace.name", "this.name,this.workspace.name", "name,notes"):
            args = {"task_id": task, "opt_fields": fields}
            with self.subTest(fields=fields):
                fresh = self.serve(self.acme)  # which remembers nothing
                self.assertEqual(self.all.call("asana_get_task", args), fresh.call("asana_get_task", args))

    def test_a_person_is_shown_without_hidden_workspaces(self) -> None:
        for session, shown, hidden in (
            (self.only_side, "Side Project", self.acme),
            (self.only_acme, "Acme Corp", self.side),
        ):
            for args in ({}, {"user_id": "me"}, {"opt_fields": "name,workspaces.name,workspaces.is_organization"}):
                with self.subTest(shown=shown, args=args):
                    result = session.call("asana_get_user", args)
                    self.assert_hides(hidden, result, args)
                    self.assertIn(shown, text_of(result))
            workspaces = session.call("asana_list_workspaces", {})
            self.assert_hides(hidden, workspaces, {})
            self.assertIn(shown, text_of(workspaces))

    def test_a_person_of_hidden_workspaces_only_is_not_there(self) -> None:
        people = self.asana.send("GET", f"/workspaces/{self.acme}/users", {"opt_fields": "name,email"}).data
        here = {one["gid"] for one in self.asana.send("GET", f"/workspaces/{self.side}/users").data}
        for person in people:
            for known_as in (person["gid"], person["email"]):
                with self.subTest(person=person["name"], known_as=known_as):
                    result = self.only_side.call("asana_get_user", {"user_id": known_as})
                    if person["gid"] in here:
                        self.assertIn(person["name"], text_of(result))
                    else:
                        self.assertIn(NOT_FOUND, text_of(result))
                        self.assertNotIn(person["name"], text_of(result))
                    self.assert_hides(self.acme, result, {})

    def test_lists_of_no_one_workspace_are_filtered(self) -> None:
        for tool, args in (
            ("asana_get_projects", {}),
            ("asana_get_projects", {"archived": False, "limit": 100}),
            ("asana_get_goals", {"is_workspace_level": True}),
            ("asana_get_allocations", {"assignee": "me"}),
            ("asana_get_tasks", {"assignee": "me"}),
        ):
            for session, hidden in ((self.only_side, self.acme), (self.only_acme, self.side)):
                with self.subTest(tool=tool, args=args, hidden=hidden):
                    result = session.call(tool, args)
                    self.assert_hides(hidden, result, args)
                    self.assertNotIn('"workspace"', text_of(result))

    def test_nested_workspaces_are_filtered(self) -> None:
        project = self.contents[self.side].lists["projects"][0]["gid"]
        for tool, args in (
            ("asana_get_tasks", {"project": project, "opt_fields": "name,assignee.name,assignee.workspaces.name"}),
            ("asana_get_project", {"project_id": project, "opt_fields": "name,owner.workspaces.name,workspace.name"}),
            ("asana_get_workspace_users", {"workspace_gid": self.side, "opt_fields": "name,workspaces.name"}),
        ):
            with self.subTest(tool=tool):
                result = self.only_side.call(tool, args)
                self.assertFalse(result.get("isError"), result)
                self.assert_hides(self.acme, result, args)

    def test_a_shown_object_takes_nothing_from_a_hidden_workspace(self) -> None:
        """Writes that name both: refused before anything is sent."""
        task = self.contents[self.side].lists["tasks of me"][0]["gid"]
        theirs = self.objects.find("1204000000000001")
        project = self.objects.find("1204000000000100")
        before = Contents(self.asana, self.side).lists
        for tool, args in (
            ("asana_set_parent_for_task", {"task_id": task, "parent": theirs}),
            ("asana_set_task_dependencies", {"task_id": task, "dependencies": [theirs]}),
            ("asana_set_task_dependents", {"task_id": task, "dependents": [theirs]}),
            ("asana_create_task", {"name": "Stray", "project_id": project}),
            ("asana_create_task", {"name": "Stray", "parent": theirs}),
            ("asana_create_task", {"name": "Stray", "workspace": self.acme, "assignee": "me"}),
            ("asana_create_project", {"name": "Stray", "workspace": self.acme}),
            ("asana_search_tasks", {"workspace": self.side, "projects_any": project}),
        ):
            with self.subTest(tool=tool, args=args):
                result = self.only_side.call(tool, args)
                self.assertIn(NOT_FOUND, text_of(result))
                self.assert_hides(self.acme, result, args)
        self.assertEqual(before, Contents(self.asana, self.side).lists)
        self.assertEqual(self.contents[self.acme].lists, Contents(self.asana, self.acme).lists)

    def test_writes_where_they_are_allowed_are_as_without_a_rule(self) -> None:
        """Each way in a sandbox of its own: two of the same time are the same, whatever is done to both."""
        sessions = []
        for allowed in ((), (self.acme,)):
            sandbox = Sandbox("--listen", "127.0.0.1:0", "--now", NOW)
            self.addCleanup(sandbox.stop)
            sessions.append(self.serve(*allowed, sandbox=sandbox))
        worked = set()
        for tool, args in sorted(self.filled(), key=lambda one: one[0] == "asana_delete_task"):
            if not self.reads(tool):
                with self.subTest(tool=tool, args=args):
                    without, shown = (without_request(session.call(tool, args)) for session in sessions)
                    self.assertEqual(without, shown)
                    worked |= set() if shown.get("isError") else {tool}
        # Dependents are refused after dependencies of the same tasks.
        worked.add("asana_set_task_dependents")
        self.assertEqual({tool for tool in self.tools if not self.reads(tool)}, worked)

    # ---- search and fetch

    def test_search_and_fetch(self) -> None:
        for session, hidden in ((self.only_side, self.acme), (self.only_acme, self.side)):
            for query in ("launch", "design", "a", ""):
                with self.subTest(hidden=hidden, query=query):
                    result = session.call("search", {"query": query})
                    self.assertFalse(result.get("isError"), result)
                    self.assert_hides(hidden, result, query)
        self.assertTrue(json.loads(text_of(self.only_acme.call("search", {"query": "launch"})))["results"])
        for name in ("projects", "goals", "portfolios", "tasks of me"):
            kind = name.split(" ")[0].removesuffix("s")
            gid = self.contents[self.acme].lists[name][0]["gid"]
            args = {"id": f"{kind}:{gid}"}
            with self.subTest(fetch=args):
                result = self.only_side.call("fetch", args)
                self.assertIn(NOT_FOUND, text_of(result))
                self.assert_hides(self.acme, result, args)
                self.assertEqual(self.all.call("fetch", args), self.only_acme.call("fetch", args))

    # ---- resources and completion

    def uris(self, workspace: str) -> Iterator[str]:
        lists = self.contents[workspace].lists
        for name in ("projects", "goals", "portfolios", "tasks of me"):
            for item in lists[name][:1]:
                yield f"asana://{name.split(' ')[0].removesuffix('s')}/{item['gid']}"

    def test_resources(self) -> None:
        for uri in self.uris(self.acme):
            for form in (uri, uri + ".json"):
                with self.subTest(uri=form):
                    asked = {"uri": form}
                    hidden = self.rpc(self.only_side, "resources/read", asked)
                    self.assertIn("error", hidden)
                    self.assert_hides(self.acme, hidden, asked)
                    self.assertEqual(
                        self.rpc(self.all, "resources/read", asked), self.rpc(self.only_acme, "resources/read", asked)
                    )
        for uri in ("asana://user/me", "asana://user/me.json"):
            with self.subTest(uri=uri):
                read = self.only_side.rpc("resources/read", {"uri": uri})
                self.assert_hides(self.acme, read, {})
                self.assertIn("Side Project", "".join(strings(read)))

    def test_list_of_resources(self) -> None:
        for session, shown, hidden in ((self.only_side, self.side, self.acme), (self.only_acme, self.acme, self.side)):
            with self.subTest(shown=shown):
                listed = session.rpc("resources/list", {})
                self.assert_hides(hidden, listed, {})
                text = json.dumps(listed, ensure_ascii=False)
                self.assertTrue([mark for mark in self.marks[shown] if mark in text])

    def test_subscription(self) -> None:
        for uri in self.uris(self.acme):
            if "portfolio" in uri:
                continue
            with self.subTest(uri=uri):
                refused = self.rpc(self.only_side, "resources/subscribe", {"uri": uri})
                self.assertIn("error", refused)
                self.assert_hides(self.acme, refused, uri)
                gone = self.rpc(self.only_side, "resources/subscribe", {"uri": re.sub(r"\d+", NOWHERE, uri)})
                self.assertEqual(re.sub(r"\d{10,}", NOWHERE, json.dumps(refused)), json.dumps(gone))
                self.assertEqual({}, self.rpc(self.only_acme, "resources/subscribe", {"uri": uri}))

    def test_completion(self) -> None:
        prompts = {one["name"]: one for one in self.all.rpc("prompts/list", {})["prompts"]}
        refs = [
            ({"type": "ref/prompt", "name": name}, argument["name"])
            for name, prompt in prompts.items()
            for argument in prompt["arguments"]
        ]
        refs += [
            ({"type": "ref/resource", "uri": one["uriTemplate"]}, "gid")
            for one in self.all.rpc("resources/templates/list", {})["resourceTemplates"]
            if one["uriTemplate"].startswith("asana://")
        ]
        for ref, argument in refs:
            for typed in ("", "a", "Pro", "Acme"):
                for session, hidden in ((self.only_side, self.acme), (self.only_acme, self.side)):
                    with self.subTest(ref=ref, argument=argument, typed=typed, hidden=hidden):
                        params: dict[str, Any] = {"ref": ref, "argument": {"name": argument, "value": typed}}
                        self.assert_hides(hidden, self.rpc(session, "completion/complete", params), params)
                        params["context"] = {"arguments": {"workspace": hidden}}
                        self.assert_hides(hidden, self.rpc(session, "completion/complete", params), params)


class BlockedByAsana(unittest.TestCase):
    """A workspace whose administrators block this app at Asana, while the token works elsewhere."""

    def test_the_error_names_the_app_management_and_not_the_sign_in(self) -> None:
        sandbox = Sandbox("--listen", "127.0.0.1:0", "--now", NOW)
        self.addCleanup(sandbox.stop)
        asana = Client(sandbox.api_url)
        controls = Client(sandbox.api_url.removesuffix("/api/1.0"))
        spaces = {one["name"]: one["gid"] for one in asana.send("GET", "/workspaces").data}
        acme, side = spaces["Acme Corp"], spaces["Side Project"]
        project = asana.send("GET", f"/workspaces/{acme}/projects").data[0]["gid"]
        controls.send("PUT", "/sandbox/control", body={"blocked_workspaces": [acme]})
        server = Server(api_url=sandbox.api_url, token="sandbox-token-ada")
        self.addCleanup(server.stop)
        session = StreamableSession(server.port)
        self.assertNotIn(acme, text_of(session.call("asana_list_workspaces", {})))
        self.assertFalse(session.call("asana_get_projects", {"workspace": side}).get("isError"))
        for tool, args in (
            ("asana_get_project", {"project_id": project}),
            ("asana_get_tasks", {"project": project}),
            ("asana_create_task", {"name": "Stray", "project_id": project}),
        ):
            with self.subTest(tool=tool):
                result = session.call(tool, args)
                self.assertTrue(result.get("isError"))
                self.assertIn("Admin console", text_of(result))
                self.assertNotIn("does not accept the sign-in any more", text_of(result))

    def test_a_token_that_nobody_takes_is_to_be_renewed(self) -> None:
        sandbox = Sandbox("--listen", "127.0.0.1:0", "--now", NOW)
        self.addCleanup(sandbox.stop)
        server = Server(api_url=sandbox.api_url, token="no-token-of-the-sandbox")
        self.addCleanup(server.stop)
        result = StreamableSession(server.port).call("asana_list_workspaces", {})
        self.assertIn("reconnect", text_of(result))
        self.assertIn("does not accept the sign-in any more", text_of(result))


if __name__ == "__main__":
    unittest.main()
