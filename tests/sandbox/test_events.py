"""GET /events: sync tokens, and what happens to tasks, projects and goals."""

from __future__ import annotations

import sys
import unittest
from pathlib import Path
from typing import Any, Optional

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from lib.server import Sandbox  # noqa: E402
from sandbox_case import Client, SandboxCase  # noqa: E402


class Stream:
    """One person's reading of what happens to one object."""

    def __init__(self, client: Client, resource: str):
        self.client = client
        self.resource = resource
        answer = client.get("/events", resource=resource)
        assert answer.status == 412, answer.body
        self.sync = str(answer.json()["sync"])

    def answer(self) -> Any:
        answer = self.client.get("/events", resource=self.resource, sync=self.sync)
        assert answer.status == 200, answer.body
        self.sync = str(answer.json()["sync"])
        return answer.json()

    def events(self) -> list[Any]:
        return list(self.answer()["data"])

    def told(self) -> set[tuple[str, str, Optional[str]]]:
        """What was done with which kind of object, and the field that changed."""
        return {
            (event["action"], event["resource"]["resource_type"], event["change"]["field"] if "change" in event else None)
            for event in self.events()
        }


class Events(SandboxCase):
    def task(self, **more: Any) -> str:
        return str(self.ok(self.ada.post("/tasks", {"name": "Watched", "workspace": self.acme, **more}), 201)["gid"])

    def test_the_first_answer_is_a_sync_token(self) -> None:
        task = self.task()
        for query in ({}, {"sync": "de4774f6915eae04714ca93bb2f5ee81"}):
            answer = self.ada.get("/events", resource=task, **query)
            self.assertEqual(412, answer.status)
            self.assertIn("Sync token invalid or too old", answer.error)
            self.assertEqual([], Stream(self.ada, task).events())
            fresh = self.ada.get("/events", resource=task, sync=answer.json()["sync"])
            self.assertEqual([200, [], False], [fresh.status, fresh.data, fresh.json()["has_more"]])

    def test_a_token_counts_for_its_object_and_person_only(self) -> None:
        task, other = self.task(), self.task(followers=["bjorn@acme.example"])
        mine = Stream(self.ada, other).sync
        self.assertEqual(412, self.ada.get("/events", resource=task, sync=mine).status)
        self.assertEqual(412, self.person("bjorn").get("/events", resource=other, sync=mine).status)
        self.assertEqual(200, self.ada.get("/events", resource=other, sync=mine).status)

    def test_a_task_changes(self) -> None:
        task = self.task()
        stream = Stream(self.ada, task)
        bjorn = self.find("user", "Björn")
        self.ok(self.ada.put(f"/tasks/{task}", {"assignee": bjorn}))
        (event,) = [event for event in stream.events() if event.get("change", {}).get("field") == "assignee"]
        self.assertEqual("changed", event["action"])
        self.assertEqual({"gid": task, "resource_type": "task", "name": "Watched"}, event["resource"])
        self.assertEqual("changed", event["change"]["action"])
        self.assertEqual(bjorn, event["change"]["new_value"]["gid"])
        self.assertEqual(self.ada.get("/users/me").data["gid"], event["user"]["gid"])
        self.assertIsNone(event["parent"])
        self.assertEqual("2026-11-23T12:00:00.000Z", event["created_at"])
        self.assertEqual([], stream.events())

    def test_what_is_not_changed_is_no_event(self) -> None:
        task = self.task(due_on="2026-12-01")
        stream = Stream(self.ada, task)
        self.ok(self.ada.put(f"/tasks/{task}", {"name": "Watched", "due_on": "2026-12-01", "completed": False}))
        self.assertEqual([], stream.events())

    def test_a_refused_change_is_no_event(self) -> None:
        task = self.task()
        stream = Stream(self.ada, task)
        self.refused(self.ada.put(f"/tasks/{task}", {"name": "Other", "due_on": "soon"}), 400, "due_on")
        self.assertEqual([], stream.events())

    def test_fields_followers_and_comments_of_a_task(self) -> None:
        task = self.task()
        stream = Stream(self.ada, task)
        self.ok(self.ada.put(f"/tasks/{task}", {"name": "New", "notes": "Text", "completed": True, "due_on": "2026-12-02"}))
        told = stream.told()
        for field in ("name", "notes", "completed", "due_on"):
            self.assertIn(("changed", "task", field), told)
        self.ok(self.ada.post(f"/tasks/{task}/addFollowers", {"followers": ["grace@acme.example"]}))
        self.assertIn(("changed", "task", "followers"), stream.told())
        story = self.ok(self.ada.post(f"/tasks/{task}/stories", {"text": "Hello"}), 201)["gid"]
        added = [event for event in stream.events() if event["resource"]["gid"] == story]
        self.assertEqual([("added", task)], [(event["action"], event["parent"]["gid"]) for event in added])
        self.ok(self.ada.delete(f"/stories/{story}"))
        self.assertEqual({("deleted", "story", None)}, stream.told())

    def test_a_project_hears_of_its_tasks(self) -> None:
        project = self.find("project", "Product Launch")
        stream = Stream(self.ada, project)
        task = self.task(projects=[project])
        added = [event for event in stream.events() if event["action"] == "added" and event["resource"]["gid"] == task]
        self.assertIn(project, [event["parent"]["gid"] for event in added])
        self.ok(self.ada.put(f"/tasks/{task}", {"completed": True}))
        self.assertIn(("changed", "task", "completed"), stream.told())
        self.ok(self.ada.post(f"/tasks/{task}/removeProject", {"project": project}))
        self.assertIn(("removed", "task", None), stream.told())
        self.ok(self.ada.put(f"/tasks/{task}", {"completed": False}))
        self.assertEqual(set(), stream.told())
        self.ok(self.ada.post(f"/tasks/{task}/addProject", {"project": project}))
        stream.events()
        self.ok(self.ada.delete(f"/tasks/{task}"))
        gone = stream.events()
        self.assertIn(("deleted", task), [(event["action"], event["resource"]["gid"]) for event in gone])
        self.assertNotIn("removed", [event["action"] for event in gone])

    def test_projects_goals_and_status_updates(self) -> None:
        project = self.find("project", "Marketing")
        stream = Stream(self.ada, project)
        self.ok(self.ada.put(f"/projects/{project}", {"notes": "Changed"}))
        self.assertEqual({("changed", "project", "notes")}, stream.told())
        self.ok(self.ada.post("/status_updates", {"parent": project, "text": "Fine", "status_type": "on_track"}), 201)
        self.assertEqual({("added", "status_update", None)}, stream.told())
        goal = self.ok(self.ada.post("/goals", {"name": "Goal", "workspace": self.acme}), 201)["gid"]
        heard = Stream(self.ada, goal)
        self.ok(self.ada.put(f"/goals/{goal}", {"due_on": "2027-01-31"}))
        self.assertEqual({("changed", "goal", "due_on")}, heard.told())

    def test_custom_fields_and_subtasks(self) -> None:
        project = self.find("project", "Product Launch")
        priority = self.find("custom_field", "Priority")
        option = self.ada.get(f"/custom_fields/{priority}").data["enum_options"][0]["gid"]
        task = self.task(projects=[project])
        stream = Stream(self.ada, task)
        self.ok(self.ada.put(f"/tasks/{task}", {"custom_fields": {priority: option}}))
        self.assertIn(("changed", "task", "custom_fields"), stream.told())
        step = self.ok(self.ada.post(f"/tasks/{task}/subtasks", {"name": "Step"}), 201)["gid"]
        self.assertIn((step, "added"), [(event["resource"]["gid"], event["action"]) for event in stream.events()])

    def test_at_most_a_hundred_at_a_time(self) -> None:
        task = self.task()
        stream = Stream(self.ada, task)
        for i in range(130):
            self.ok(self.ada.put(f"/tasks/{task}", {"completed": i % 2 == 0}))
        seen = 0
        sizes = []
        while True:
            answer = stream.answer()
            sizes.append(len(answer["data"]))
            seen += sum(event.get("change", {}).get("field") == "completed" for event in answer["data"])
            if not answer["has_more"]:
                break
        self.assertEqual(100, sizes[0])
        self.assertTrue(all(size == 100 for size in sizes[:-1]))
        self.assertEqual(130, seen)
        self.assertEqual([], stream.events())

    def test_fields_may_be_chosen(self) -> None:
        task = self.task()
        stream = Stream(self.ada, task)
        self.ok(self.ada.put(f"/tasks/{task}", {"name": "New"}))
        answer = self.ada.get("/events", resource=task, sync=stream.sync, opt_fields="action,resource.name")
        self.assertIn({"action": "changed", "resource": {"gid": task, "name": "New"}}, answer.data)

    def test_whose_events_there_are(self) -> None:
        self.refused(self.ada.get("/events"), 400, "resource: Missing input")
        self.refused(self.ada.get("/events", resource="x"), 400, "resource")
        self.refused(self.ada.get("/events", resource="999"), 404, "resource")
        self.refused(self.ada.get("/events", resource=self.acme), 400, "resource: Not a task, project or goal")
        self.refused(self.ada.get("/events", resource=self.find("portfolio", "Company priorities")), 400, "resource")
        private = self.task()
        self.refused(self.person("ines").get("/events", resource=private), 404, "resource")
        task = self.task()
        stream = Stream(self.ada, task)
        self.ok(self.ada.delete(f"/tasks/{task}"))
        self.refused(self.ada.get("/events", resource=task, sync=stream.sync), 404, "resource")


class Age(unittest.TestCase):
    def test_a_token_does_not_outlive_its_sandbox(self) -> None:
        sync = []
        for _ in range(2):
            sandbox = Sandbox("--listen", "127.0.0.1:0")
            self.addCleanup(sandbox.stop)
            ada = Client(sandbox.api_url)
            workspace = ada.get("/workspaces").data[0]["gid"]
            project = ada.get(f"/workspaces/{workspace}/typeahead", resource_type="project", query="Marketing").data[0]["gid"]
            sync.append(Stream(ada, project).sync)
        self.assertEqual(412, ada.get("/events", resource=project, sync=sync[0]).status)
        self.assertEqual(200, ada.get("/events", resource=project, sync=sync[1]).status)


if __name__ == "__main__":
    unittest.main()
