"""Walks every operation of the sandbox and holds each answer against the response schemas of Asana's OpenAPI document: no member it
does not know, none of another type, and with opt_fields every field it knows of."""

from __future__ import annotations

import json
import sys
import unittest
from pathlib import Path
from typing import Any

import jsonschema

sys.path.insert(0, str(Path(__file__).resolve().parent))

from sandbox_case import SandboxCase  # noqa: E402

DOCUMENT = json.loads((Path(__file__).resolve().parents[1] / "data" / "asana_responses.json").read_text(encoding="utf-8"))
OPERATIONS: dict[str, Any] = DOCUMENT["operations"]

# Its description says that it may be null, its schema does not.
EVENT = DOCUMENT["schemas"]["EventResponse"]["properties"]
EVENT["parent"] = {"anyOf": [EVENT["parent"], {"type": "null"}]}

# Left out of an answer where they do not apply, as Asana does.
CONDITIONAL = {
    "Task": {"approval_status", "external"},
    "CustomField": {"date_value", "enum_options", "enum_value", "multi_enum_values", "number_value", "people_value", "text_value",
                    "precision", "format", "currency_code", "custom_label", "custom_label_position", "reference_value",
                    "html_text_value", "display_value"},
    "Event": {"change"},
}


def full_form(schema: Any) -> Any:
    """Lists are of compact objects; whoever names fields may get each field of the full ones."""
    if isinstance(schema, dict):
        if "$ref" in schema:
            full = schema["$ref"].replace("Compact", "Response")
            return {"$ref": full} if full.rsplit("/", 1)[-1] in DOCUMENT["schemas"] else schema
        return {key: full_form(value) for key, value in schema.items()}
    if isinstance(schema, list):
        return [full_form(item) for item in schema]
    return schema


class OpenApi(SandboxCase):
    walked: set[str] = set()

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.walked = set()

    def check(self, operation: str, answer: Any, schema: Any) -> None:
        whole = {**schema, "schemas": DOCUMENT["schemas"]}
        validator = jsonschema.Draft7Validator(whole, format_checker=jsonschema.FormatChecker())
        errors = sorted(validator.iter_errors(answer), key=lambda error: list(map(str, error.absolute_path)))
        if errors:
            deepest = jsonschema.exceptions.best_match(errors)
            where = "/".join(str(part) for part in deepest.absolute_path)
            self.fail(f"{operation}: {where}: {deepest.message[:400]}")

    def walk(self, operation: str, path: str = "", body: Any = None, fields: bool = True, empty: bool = False, **query: Any) -> Any:
        """Asks twice: as it is, and with every field that opt_fields may name."""
        spec = OPERATIONS[operation]
        self.walked.add(operation)
        path = path or spec["path"]
        pattern = [part for part in spec["path"].split("/")]
        self.assertEqual(len(pattern), len(path.split("/")), operation)
        payload = None if body is None else {"data": body}
        answer = self.ada.send(spec["method"], path, query, payload)
        self.assertEqual(spec["status"], answer.status, (operation, answer.body[:500]))
        self.assertEqual("application/json; charset=UTF-8", answer.headers["Content-Type"])
        self.check(operation, answer.data, spec["data"])
        if isinstance(answer.data, list) and not empty:
            self.assertTrue(answer.data, f"{operation}: nothing to look at")
        if fields and spec["opt_fields"]:
            self.walk_fields(operation, path, payload, query)
        return answer.data

    def walk_fields(self, operation: str, path: str, payload: Any, query: dict[str, Any]) -> None:
        spec = OPERATIONS[operation]
        named = [name for name in spec["opt_fields"] if name != "path" and name != "uri"]
        answer = self.ada.send(spec["method"], path, {**query, "opt_fields": ",".join(named)}, payload)
        self.assertEqual(spec["status"], answer.status, (operation, answer.body[:500]))
        self.check(operation + " with opt_fields", answer.data, full_form(spec["data"]))
        top = {name for name in named if "." not in name}
        rows = answer.data if isinstance(answer.data, list) else [answer.data]
        conditional = set().union(*CONDITIONAL.values())
        for row in rows:
            if operation in ("getStory", "getStoriesForTask", "createStoryForTask"):
                self.assertLessEqual({"created_at", "created_by", "text", "type", "html_text", "source", "target"}, set(row))
                continue
            known = top if operation != "getItemsForPortfolio" or row.get("resource_type") != "portfolio" else {"name"}
            self.assertEqual(set(), known - set(row) - conditional, f"{operation}: fields that the sandbox does not know")

    def test_every_operation_answers_as_the_document_says(self) -> None:
        acme = self.acme
        me = self.ada.get("/users/me").data["gid"]
        launch = self.find("project", "Product Launch")
        marketing = self.find("project", "Marketing")
        task = self.find("task", "Finish the billing integration")
        brief = self.find("task", "Brief the sales team")
        day = self.find("task", "Launch day")
        team = self.find("team", "Product")
        tag = self.find("tag", "urgent")
        section = self.ada.get(f"/projects/{launch}/sections").data[0]["gid"]
        everything = [
            ("getWorkspaces", "", {}), ("getWorkspace", f"/workspaces/{acme}", {}),
            ("getUsersForWorkspace", f"/workspaces/{acme}/users", {}), ("getTeamsForWorkspace", f"/workspaces/{acme}/teams", {}),
            ("getProjectsForWorkspace", f"/workspaces/{acme}/projects", {}), ("getTagsForWorkspace", f"/workspaces/{acme}/tags", {}),
            ("searchTasksForWorkspace", f"/workspaces/{acme}/tasks/search", {"text": "the"}),
            ("typeaheadForWorkspace", f"/workspaces/{acme}/typeahead", {"resource_type": "team"}),
            ("getUsers", "", {"workspace": acme}), ("getUser", "/users/me", {}),
            ("getTeamsForUser", "/users/me/teams", {"organization": acme}),
            ("getUserTaskListForUser", "/users/me/user_task_list", {"workspace": acme}),
            ("getTeam", f"/teams/{team}", {}), ("getUsersForTeam", f"/teams/{team}/users", {}),
            ("getProjectsForTeam", f"/teams/{team}/projects", {}),
            ("getProjects", "", {"workspace": acme}), ("getProject", f"/projects/{launch}", {}),
            ("getSectionsForProject", f"/projects/{launch}/sections", {}), ("getSection", f"/sections/{section}", {}),
            ("getTasksForSection", f"/sections/{section}/tasks", {}), ("getTasksForProject", f"/projects/{launch}/tasks", {}),
            ("getTaskCountsForProject", f"/projects/{launch}/task_counts", {}),
            ("getProjectStatusesForProject", f"/projects/{launch}/project_statuses", {}),
            ("getStatusesForObject", "", {"parent": launch}),
            ("getTasks", "", {"project": marketing}), ("getTask", f"/tasks/{task}", {}), ("getTask", f"/tasks/{day}", {}),
            ("getSubtasksForTask", f"/tasks/{task}/subtasks", {}), ("getStoriesForTask", f"/tasks/{task}/stories", {}),
            ("getTags", "", {}), ("getTag", f"/tags/{tag}", {}), ("getTasksForTag", f"/tags/{tag}/tasks", {}),
            ("getAttachmentsForObject", "", {"parent": brief}),
            ("getGoals", "", {"workspace": acme}), ("getPortfolios", "", {"workspace": acme, "owner": "me"}),
            ("getTimePeriods", "", {"workspace": acme}), ("getAllocations", "", {"parent": launch}),
        ]
        for operation, path, query in everything:
            with self.subTest(operation):
                self.walk(operation, path, **query)
        self.walk_found(me, launch)

    def walk_found(self, me: str, launch: str) -> None:
        """What is reached by gids of other answers."""
        acme = self.acme
        status = self.ada.get(f"/projects/{launch}/project_statuses").data[0]["gid"]
        mine = self.ada.get("/users/me/user_task_list", workspace=acme).data["gid"]
        goals = {goal["name"]: goal["gid"] for goal in self.ada.get("/goals", workspace=acme).data}
        portfolio = self.find("portfolio", "Company priorities")
        story = self.ada.get(f"/tasks/{self.find('task', 'Launch day')}/stories").data[-1]["gid"]
        attachment = self.ada.get("/attachments", parent=self.find("task", "Brief the sales team")).data[0]["gid"]
        period = self.ada.get("/time_periods", workspace=acme).data[1]["gid"]
        for name in ("Priority", "Effort", "Next step", "Channels", "Go-live date", "Reviewers"):
            with self.subTest(f"getCustomField {name}"):
                self.walk("getCustomField", f"/custom_fields/{self.find('custom_field', name)}")
        found = [
            ("getProjectStatus", f"/project_statuses/{status}"), ("getStatus", f"/status_updates/{status}"),
            ("getUserTaskList", f"/user_task_lists/{mine}"), ("getTasksForUserTaskList", f"/user_task_lists/{mine}/tasks"),
            ("getGoal", f"/goals/{goals['Turn 25% of trials into customers']}"),
            ("getGoal", f"/goals/{goals['A calm on-call rotation']}"),
            ("getParentGoalsForGoal", f"/goals/{goals['Talk to 40 customers']}/parentGoals"),
            ("getPortfolio", f"/portfolios/{portfolio}"), ("getStory", f"/stories/{story}"),
            ("getAttachment", f"/attachments/{attachment}"), ("getTimePeriod", f"/time_periods/{period}"),
        ]
        for operation, path in found:
            with self.subTest(operation):
                self.walk(operation, path)
        with self.subTest("getItemsForPortfolio"):
            spec = OPERATIONS["getItemsForPortfolio"]
            self.walked.add("getItemsForPortfolio")
            self.check("getItemsForPortfolio", self.ok(self.ada.get(f"/portfolios/{portfolio}/items")), spec["data"])
        self.walk_writes(launch, goals)

    def walk_writes(self, launch: str, goals: dict[str, str]) -> None:
        sync = self.ada.get("/events", resource=launch).json()["sync"]
        team = self.find("team", "Product")
        priority = self.find("custom_field", "Priority")
        option = self.ada.get(f"/custom_fields/{priority}").data["enum_options"][0]["gid"]
        section = self.ada.get(f"/projects/{launch}/sections").data[1]["gid"]
        task = self.walk("createTask", body={
            "name": "Walk", "projects": [launch], "assignee": "me", "due_on": "2026-12-01", "custom_fields": {priority: option},
            "followers": ["bjorn@acme.example"]})["gid"]
        other = self.walk("createSubtaskForTask", f"/tasks/{task}/subtasks", body={"name": "Step"})["gid"]
        self.walk("updateTask", f"/tasks/{task}", body={"completed": True, "resource_subtype": "approval"})
        self.walk("addFollowersForTask", f"/tasks/{task}/addFollowers", body={"followers": ["grace@acme.example"]})
        self.walk("removeFollowerForTask", f"/tasks/{task}/removeFollowers", body={"followers": ["grace@acme.example"]})
        self.walk("addDependenciesForTask", f"/tasks/{task}/addDependencies", body={"dependencies": [other]})
        self.walk("removeDependenciesForTask", f"/tasks/{task}/removeDependencies", body={"dependencies": [other]})
        self.walk("addDependentsForTask", f"/tasks/{task}/addDependents", body={"dependents": [other]})
        self.walk("removeDependentsForTask", f"/tasks/{task}/removeDependents", body={"dependents": [other]})
        self.walk("setParentForTask", f"/tasks/{other}/setParent", body={"parent": None})
        self.walk("addProjectForTask", f"/tasks/{other}/addProject", body={"project": launch})
        self.walk("addTaskForSection", f"/sections/{section}/addTask", body={"task": other})
        self.walk("removeProjectForTask", f"/tasks/{other}/removeProject", body={"project": launch})
        story = self.walk("createStoryForTask", f"/tasks/{task}/stories", body={"html_text": "<body><em>x</em></body>"})["gid"]
        self.walk("getStoriesForTask", f"/tasks/{task}/stories")
        self.walk("deleteStory", f"/stories/{story}", fields=False)
        self.walk("deleteTask", f"/tasks/{task}", fields=False)
        self.walk("createProjectStatusForProject", f"/projects/{launch}/project_statuses", body={"text": "Fine", "color": "green"})
        status = self.walk("createStatusForObject", body={"parent": launch, "text": "Fine", "status_type": "on_hold"})["gid"]
        self.walk("deleteStatus", f"/status_updates/{status}", fields=False)
        project = self.walk("createProject", body={"name": "New", "workspace": self.acme, "team": team, "color": "light-red"})["gid"]
        self.walk("updateProject", f"/projects/{project}", body={"notes": "Changed"})
        self.walk("deleteProject", f"/projects/{project}", fields=False)
        goal = self.walk("createGoal", body={"name": "New", "workspace": self.acme, "due_on": "2027-01-31"})["gid"]
        self.walk("updateGoal", f"/goals/{goal}", body={"notes": "Changed"})
        metric = goals["Turn 25% of trials into customers"]
        self.walk("updateGoalMetric", f"/goals/{metric}/setMetricCurrentValue", body={"current_number_value": 0.22})
        self.walk("getEvents", resource=launch, sync=sync)
        self.assertEqual(set(OPERATIONS), self.walked)


if __name__ == "__main__":
    unittest.main()
