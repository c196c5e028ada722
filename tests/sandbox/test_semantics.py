"""What every route shares: signing in, refusals, pages, opt_fields, and who may see what."""

from __future__ import annotations

import sys
import unittest
from pathlib import Path
from urllib.parse import parse_qsl

sys.path.insert(0, str(Path(__file__).resolve().parent))

from sandbox_case import Client, SandboxCase  # noqa: E402


class Refusals(SandboxCase):
    def test_without_a_known_token_everything_is_401(self) -> None:
        for token in (None, "", "sandbox-token-nobody"):
            self.refused(Client(self.sandbox.api_url, token).get("/users/me"), 401, "Not Authorized")

    def test_unknown_route_and_wrong_method_have_no_route(self) -> None:
        for method, path in (("GET", "/nothing"), ("PUT", "/workspaces"), ("DELETE", "/users/me"), ("GET", "/tasks/1/2/3"), ("GET", "/tasks/")):
            self.refused(self.ada.send(method, path), 404, "No matching route for request")

    def test_unknown_query_parameter_is_named(self) -> None:
        self.refused(self.ada.get("/tasks", project="1", projekt="1"), 400, "projekt: Unknown query parameter")

    def test_body_must_be_json_with_data(self) -> None:
        for raw, text in ((b"", "empty"), (b"{", "invalid JSON"), (b"[]", "data: Missing input"), (b'{"name":"x"}', "data: Missing input"),
                          (b'{"data":[]}', "data: Missing input"), (b'{"data":{},"x":1}', "x: Unknown member")):
            self.refused(self.ada.send("POST", "/tasks", raw=raw), 400, text)

    def test_unknown_and_read_only_fields_are_named(self) -> None:
        self.refused(self.ada.post("/tasks", {"naem": "x"}), 400, "naem: Unknown field")
        self.refused(self.ada.post("/tasks", {"created_at": "x"}), 400, "created_at: Cannot write this property")

    def test_gids_are_digits_of_something_one_can_see(self) -> None:
        self.refused(self.ada.get("/tasks/abc"), 400, "task: Not a recognized ID: abc")
        self.refused(self.ada.get("/tasks/0"), 400, "task: Not a recognized ID: 0")
        self.refused(self.ada.get("/tasks/99999999999999999999"), 400, "task: Not a recognized ID")
        self.refused(self.ada.get("/tasks/123"), 404, "task: Unknown object: 123")
        self.refused(self.ada.get(f"/tasks/{self.acme}"), 400, f"task: Not a task: {self.acme}")

    def test_wrong_types_of_values_are_named(self) -> None:
        for field, value in (("name", 5), ("completed", "yes"), ("due_on", "tomorrow"), ("due_on", "2026-02-30"), ("due_at", "2026-02-03"),
                             ("followers", "me"), ("followers", [1]), ("custom_fields", []), ("resource_subtype", "epic"), ("assignee", 12)):
            answer = self.ada.post("/tasks", {"workspace": self.acme, field: value})
            self.refused(answer, 400, f"{field}: ")

    def test_refused_write_leaves_nothing_behind(self) -> None:
        before = len(self.ada.get(f"/workspaces/{self.acme}/tasks/search", text="half written").data)
        self.refused(self.ada.post("/tasks", {"workspace": self.acme, "name": "half written", "assignee": "nobody@acme.example"}), 404, "assignee")
        self.assertEqual(before, len(self.ada.get(f"/workspaces/{self.acme}/tasks/search", text="half written").data))

    def test_creation_is_201_and_deletion_answers_an_empty_object(self) -> None:
        task = self.ok(self.ada.post("/tasks", {"workspace": self.acme, "name": "x"}), 201)["gid"]
        self.assertEqual({}, self.ok(self.ada.delete(f"/tasks/{task}")))
        self.refused(self.ada.get(f"/tasks/{task}"), 404, "Unknown object")


class Pages(SandboxCase):
    def walk(self, path: str, limit: int, **query: str) -> list[str]:
        seen: list[str] = []
        offset: dict[str, str] = {}
        while True:
            answer = self.ada.get(path, limit=limit, **query, **offset).json()
            self.assertLessEqual(len(answer["data"]), limit)
            seen += [row["gid"] for row in answer["data"]]
            self.assertLess(len(seen), 1000, "the pages go in a circle")
            if answer["next_page"] is None:
                return seen
            page = answer["next_page"]
            self.assertEqual({"offset", "path", "uri"}, set(page))
            self.assertEqual(self.sandbox.api_url + page["path"], page["uri"])
            offset = {"offset": page["offset"]}

    def test_pages_together_are_the_whole_list(self) -> None:
        project = self.find("project", "Marketing")
        whole = [row["gid"] for row in self.ada.get("/tasks", project=project).data]
        for limit in (1, 7, len(whole), 100):
            self.assertEqual(whole, self.walk("/tasks", limit, project=project))

    def test_next_page_is_there_only_with_limit(self) -> None:
        self.assertNotIn("next_page", self.ada.get("/workspaces").json())
        self.assertIsNone(self.ada.get("/workspaces", limit=100).json()["next_page"])

    def test_next_pages_path_leads_there(self) -> None:
        first = self.ada.get(f"/workspaces/{self.acme}/projects", limit=2, opt_fields="name,owner.name").json()
        path, _, query = first["next_page"]["path"].partition("?")
        second = self.ada.send("GET", path, dict(parse_qsl(query)))
        self.assertEqual(2, len(self.ok(second)))
        self.assertEqual({"gid", "name", "owner"}, set(second.data[0]))

    def test_limit_is_1_to_100(self) -> None:
        for limit in ("0", "101", "-1", "x", "", "1.5"):
            self.refused(self.ada.get("/workspaces", limit=limit), 400, "limit: ")

    def test_offset_belongs_to_its_query_and_its_reader(self) -> None:
        project = self.find("project", "Marketing")
        offset = self.ada.get("/tasks", project=project, limit=2).json()["next_page"]["offset"]
        other = self.find("project", "Product Launch")
        for answer in (self.ada.get("/tasks", project=other, limit=2, offset=offset),
                       self.ada.get("/tasks", project=project, limit=2, offset=offset[:-1] + ("0" if offset[-1] != "0" else "1")),
                       self.ada.get("/tasks", project=project, limit=2, offset="abc"),
                       self.ada.get("/tasks", project=project, limit=2, offset="." * 200),
                       self.person("grace").get("/tasks", project=project, limit=2, offset=offset)):
            self.refused(answer, 400, "offset: Your pagination token is invalid.")
        self.ok(self.ada.get("/tasks", project=project, limit=5, offset=offset))

    def test_list_goes_on_where_it_was_after_a_deletion(self) -> None:
        project = self.ok(self.ada.post("/projects", {"name": "Pages", "workspace": self.side}), 201)["gid"]
        tasks = [self.ok(self.ada.post("/tasks", {"projects": [project], "name": str(i)}), 201)["gid"] for i in range(5)]
        for gone in (tasks[0], tasks[1]):
            offset = self.ada.get("/tasks", project=project, limit=2).json()["next_page"]["offset"]
            rest = [t for t in tasks if t != gone]
            last = self.ada.get("/tasks", project=project, limit=2).data[-1]["gid"]
            self.ada.delete(f"/tasks/{gone}")
            page = [row["gid"] for row in self.ada.get("/tasks", project=project, limit=9, offset=offset).data]
            self.assertEqual(tasks[tasks.index(last) + 1:], page)
            tasks = rest


class Fields(SandboxCase):
    def test_lists_are_compact_and_single_objects_full(self) -> None:
        project = self.find("project", "Q2 Planning")
        self.assertEqual({"gid", "resource_type", "name"}, set(self.ada.get("/projects", workspace=self.acme).data[0]))
        full = self.ada.get(f"/projects/{project}").data
        self.assertIn("notes", full)
        self.assertNotIn("html_notes", full)
        self.assertEqual({"gid", "resource_type", "name"}, set(full["owner"]))

    def test_named_fields_replace_the_default_ones(self) -> None:
        project = self.find("project", "Q2 Planning")
        self.assertEqual({"gid", "html_notes"}, set(self.ada.get(f"/projects/{project}", opt_fields="html_notes").data))
        self.assertEqual({"gid"}, set(self.ada.get(f"/projects/{project}", opt_fields="nonsense").data))

    def test_paths_groups_and_this(self) -> None:
        task = self.find("task", "Launch day")
        got = self.ada.get(f"/tasks/{task}", opt_fields="this.name, (assignee|followers).email,memberships.(section|project).name").data
        self.assertEqual({"gid", "name", "assignee", "followers", "memberships"}, set(got))
        self.assertEqual({"gid", "email"}, set(got["followers"][0]))
        self.assertEqual({"section", "project"}, set(got["memberships"][0]))
        self.assertEqual({"gid", "name"}, set(got["memberships"][0]["section"]))

    def test_deep_paths_through_other_objects(self) -> None:
        task = self.find("task", "Questions and answers")
        got = self.ada.get(f"/tasks/{task}", opt_fields="parent.projects.owner.email").data
        self.assertEqual("daniel@acme.example", got["parent"]["projects"][0]["owner"]["email"])

    def test_object_named_without_fields_is_compact(self) -> None:
        task = self.find("task", "Questions and answers")
        self.assertEqual({"gid", "resource_type", "name", "resource_subtype"}, set(self.ada.get(f"/tasks/{task}", opt_fields="parent").data["parent"]))

    def test_custom_fields_named_without_fields_are_whole(self) -> None:
        rows = self.ada.get("/tasks", project=self.find("project", "Product Launch"), opt_fields="name,custom_fields").data
        row = next(row for row in rows if row["name"] == "Finish the billing integration")
        effort = next(f for f in row["custom_fields"] if f["name"] == "Effort")
        self.assertEqual(("3.0 days", 1, "custom"), (effort["display_value"], effort["precision"], effort["format"]))

    def test_broken_lists_are_refused(self) -> None:
        for text in ("(a", "a)", "a..b", "a.", "(a|b", "a b", "x" * 10 + ".y" * 40, ",".join(f"{i:03x}" for i in range(2100))):
            self.refused(self.ada.get("/workspaces", opt_fields=text), 400, "opt_fields: ")

    def test_writes_take_them_too(self) -> None:
        got = self.ok(self.ada.post("/tasks", {"workspace": self.acme, "name": "x"}, opt_fields="name"), 201)
        self.assertEqual({"gid", "name"}, set(got))


class Access(SandboxCase):
    def test_private_project_and_its_tasks_do_not_exist_for_others(self) -> None:
        chloe = self.person("chloe")
        project = self.find("project", "Board Preparation", chloe)
        task = chloe.get("/tasks", project=project).data[0]["gid"]
        self.refused(self.ada.get(f"/projects/{project}"), 404, f"project: Unknown object: {project}")
        self.refused(self.ada.get(f"/tasks/{task}"), 404, f"task: Unknown object: {task}")
        self.refused(self.ada.post(f"/tasks/{task}/stories", {"text": "x"}), 404, "Unknown object")
        self.refused(self.ada.get("/tasks", project=project), 404, "Unknown object")
        section = chloe.get(f"/projects/{project}/sections").data[0]["gid"]
        self.refused(self.ada.get(f"/sections/{section}/tasks"), 404, "Unknown object")
        status = chloe.get(f"/projects/{project}/project_statuses").data[0]["gid"]
        self.refused(self.ada.get(f"/project_statuses/{status}"), 404, "Unknown object")
        self.assertNotIn(project, [row["gid"] for row in self.ada.get("/projects", workspace=self.acme).data])
        self.assertEqual([], self.ada.get(f"/workspaces/{self.acme}/typeahead", resource_type="project", query="Board").data)
        self.assertEqual([], self.ada.get(f"/workspaces/{self.acme}/tasks/search", text="financial summary").data)
        self.assertEqual(1, len(chloe.get(f"/workspaces/{self.acme}/tasks/search", text="financial summary").data))

    def test_workspace_is_for_its_members(self) -> None:
        emre = self.person("emre")
        self.assertEqual([self.acme], [place["gid"] for place in emre.get("/workspaces").data])
        garden = self.find("project", "Garden Shed", workspace=self.side)
        self.refused(emre.get(f"/workspaces/{self.side}"), 404, "workspace: Unknown object")
        self.refused(emre.get(f"/projects/{garden}"), 404, "project: Unknown object")
        self.refused(emre.post("/tasks", {"workspace": self.side, "name": "x"}), 404, "workspace: Unknown object")

    def test_task_without_project_is_its_peoples_own(self) -> None:
        task = self.ok(self.ada.post("/tasks", {"workspace": self.acme, "name": "my own", "followers": ["bjorn@acme.example"]}), 201)["gid"]
        step = self.ok(self.ada.post(f"/tasks/{task}/subtasks", {"name": "step"}), 201)["gid"]
        self.ok(self.person("bjorn").get(f"/tasks/{task}"))
        self.ok(self.person("bjorn").get(f"/tasks/{step}"))
        self.refused(self.person("grace").get(f"/tasks/{task}"), 404, "Unknown object")
        self.refused(self.person("grace").get(f"/tasks/{step}"), 404, "Unknown object")

    def test_users_are_me_an_address_or_a_gid(self) -> None:
        me = self.ada.get("/users/me").data
        self.assertEqual(me, self.ada.get("/users/ADA@acme.example").data)
        self.assertEqual(me, self.ada.get(f"/users/{me['gid']}").data)
        self.refused(self.ada.get("/users/nobody@acme.example"), 404, "user: Unknown object")
        self.refused(self.ada.get("/users/someone"), 400, "user: Not a recognized ID")
        self.assertEqual([self.acme], [w["gid"] for w in self.person("emre").get("/users/ada@acme.example").data["workspaces"]])


if __name__ == "__main__":
    unittest.main()
