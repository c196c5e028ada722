"""Search with every filter, and typeahead."""

from __future__ import annotations

import sys
import unittest
from pathlib import Path
from typing import Callable

sys.path.insert(0, str(Path(__file__).resolve().parent))

from sandbox_case import SandboxCase  # noqa: E402

FIELDS = ("name,assignee.name,followers.name,created_by.gid,assigned_by.gid,projects.name,projects.team.name,memberships.section.name,tags.name,due_on,due_at,start_on,"
          "created_at,modified_at,completed,completed_at,parent.name,resource_subtype,notes,dependencies,num_likes,likes.user.name,custom_fields.name,"
          "custom_fields.display_value,custom_fields.number_value,custom_fields.enum_value.gid,custom_fields.text_value,custom_fields.date_value")


class Search(SandboxCase):
    """Each filter is compared with the same condition over everything that Ada can see."""

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        launch = cls.find(cls("run"), "project", "Product Launch")
        fields = {s["custom_field"]["name"]: s["custom_field"]["gid"] for s in cls.ada.get(f"/projects/{launch}").data["custom_field_settings"]}
        cls.ada.post("/tasks", {"name": "Résumé of the Über-Plan", "notes": "Straße und Fluß", "projects": [launch], "due_at": "2026-12-10T15:00:00Z",
                                "start_on": "2026-12-08", "liked": True, "custom_fields": {
                                    fields["Next step"]: "Call the agency", fields["Go-live date"]: {"date": "2026-12-15"}, fields["Effort"]: 13}})
        cls.all = cls.everything()

    def runTest(self) -> None:
        """For the instance that setUpClass borrows find() from."""

    @classmethod
    def everything(cls) -> list[dict]:
        found: list[dict] = []
        for project in cls.ada.get(f"/workspaces/{cls.acme}/projects").data:
            found += cls.ada.get("/tasks", project=project["gid"], opt_fields=FIELDS).data
        for task in list(found):
            if cls.ada.get(f"/tasks/{task['gid']}", opt_fields="num_subtasks").data["num_subtasks"]:
                found += cls.ada.get(f"/tasks/{task['gid']}/subtasks", opt_fields=FIELDS).data
        return found

    def search(self, **filters: object) -> list[dict]:
        return self.ok(self.ada.get(f"/workspaces/{self.acme}/tasks/search", **{k.replace("__", "."): v for k, v in filters.items()}))

    def same(self, condition: Callable[[dict], object], **filters: object) -> set[str]:
        """What search finds is what the condition leaves; looked at from both ends, as search gives at most 100 and has no offset."""
        wanted = {task["gid"] for task in self.all if condition(task)}
        self.assertLess(len(wanted), 200, "the test would not see what lies in the middle")
        found = {row["gid"] for ascending in ("true", "false") for row in self.search(**filters, sort_by="created_at", sort_ascending=ascending)}
        self.assertEqual(wanted, found & {task["gid"] for task in self.all}, filters)
        self.assertTrue(wanted, f"{filters}: nothing to find")
        self.assertLess(len(wanted), len(self.all), f"{filters}: nothing to leave out")
        return found

    def gid(self, name: str) -> str:
        return str(self.ada.get(f"/users/{name}@acme.example").data["gid"])

    def test_people(self) -> None:
        bjorn = self.gid("bjorn")
        self.same(lambda t: (t["assignee"] or {}).get("name") == "Ada Lindqvist", assignee__any="me")
        self.same(lambda t: (t["assignee"] or {}).get("name") in ("Ada Lindqvist", "Björn Sæther"), assignee__any=f"me,{bjorn}")
        self.same(lambda t: (t["assignee"] or {}).get("name") not in ("Ada Lindqvist", "Björn Sæther"), assignee__not=f"me,{bjorn}")
        self.same(lambda t: "Björn Sæther" in [p["name"] for p in t["followers"]], followers__any=bjorn)
        self.same(lambda t: "Björn Sæther" not in [p["name"] for p in t["followers"]], followers__not="bjorn@acme.example")
        daniel = self.gid("daniel")
        self.same(lambda t: t["created_by"]["gid"] == daniel, created_by__any=daniel)
        self.same(lambda t: t["created_by"]["gid"] != daniel, created_by__not=daniel)
        self.same(lambda t: (t["assigned_by"] or {}).get("gid") == daniel, assigned_by__any=daniel)
        self.same(lambda t: (t["assigned_by"] or {}).get("gid") != daniel, assigned_by__not=daniel)
        self.same(lambda t: "Ada Lindqvist" not in [like["user"]["name"] for like in t["likes"]], liked_by__not="me")
        commented = {t["gid"] for t in self.all if any(s["type"] == "comment" and s["created_by"]["gid"] == daniel
                     for s in self.ada.get(f"/tasks/{t['gid']}/stories", opt_fields="type,created_by").data)}
        self.same(lambda t: t["gid"] not in commented, commented_on_by__not=daniel)

    def test_places(self) -> None:
        launch, planning = self.find("project", "Product Launch"), self.find("project", "Q2 Planning")
        names = lambda t: {p["name"] for p in t["projects"]}  # noqa: E731
        self.same(lambda t: names(t) & {"Product Launch", "Q2 Planning"}, projects__any=f"{launch},{planning}")
        self.same(lambda t: not names(t) & {"Product Launch", "Q2 Planning"}, projects__not=f"{launch},{planning}")
        both = self.ok(self.ada.post("/tasks", {"name": "in both", "projects": [launch, planning]}), 201)["gid"]
        self.assertEqual([both], [t["gid"] for t in self.search(projects__all=f"{launch},{planning}")])
        self.ada.delete(f"/tasks/{both}")
        sections = {s["name"]: s["gid"] for s in self.ada.get(f"/projects/{launch}/sections").data}
        section = lambda t: {m["section"]["name"] for m in t["memberships"]}  # noqa: E731
        self.same(lambda t: "Launch week" in section(t), sections__any=sections["Launch week"])
        self.same(lambda t: "Launch week" not in section(t), sections__not=sections["Launch week"])
        self.same(lambda t: "Launch week" in section(t), sections__all=sections["Launch week"])
        # Both together are the union.
        self.same(lambda t: "Launch week" in section(t) or "Q2 Planning" in names(t), projects__any=planning, sections__any=sections["Launch week"])
        urgent, customer = self.find("tag", "urgent"), self.find("tag", "customer")
        tags = lambda t: {tag["name"] for tag in t["tags"]}  # noqa: E731
        self.same(lambda t: tags(t) & {"urgent", "customer"}, tags__any=f"{urgent},{customer}")
        self.same(lambda t: not tags(t) & {"urgent", "customer"}, tags__not=f"{urgent},{customer}")
        self.same(lambda t: "urgent" in tags(t), tags__all=urgent)
        self.assertEqual([], self.search(tags__all=f"{urgent},{customer}"))
        team = self.find("team", "Design")
        self.same(lambda t: "Design" in {(p["team"] or {}).get("name") for p in t["projects"]}, teams__any=team)
        portfolio = self.find("portfolio", "Customer-facing work")
        self.same(lambda t: names(t) & {"Website Redesign", "Mobile App"}, portfolios__any=portfolio)
        for name in ("projects.any", "sections.not", "tags.all", "teams.any", "portfolios.any", "assignee.any"):
            self.refused(self.ada.get(f"/workspaces/{self.acme}/tasks/search", **{name: "123"}), 404, f"{name}: Unknown object: 123")

    def test_days_and_times(self) -> None:
        day = lambda t, key: (t[key] or "")[:10]  # noqa: E731
        self.same(lambda t: t["due_on"] and t["due_on"] < "2026-11-30", due_on__before="2026-11-30")
        self.same(lambda t: t["due_on"] and t["due_on"] > "2026-11-24", due_on__after="2026-11-24")
        self.same(lambda t: t["due_on"] == "2026-11-27", due_on="2026-11-27")
        self.same(lambda t: t["due_on"] is None, due_on="null")
        self.same(lambda t: t["start_on"], start_on__after="2026-12-07")
        self.same(lambda t: t["start_on"], start_on__before="2026-12-09")
        self.same(lambda t: t["start_on"], start_on="2026-12-08")
        self.same(lambda t: not t["start_on"], start_on="null")
        self.same(lambda t: t["due_at"], due_at__after="2026-12-10T14:59:00Z")
        self.same(lambda t: t["due_at"], due_at__before="2026-12-10T15:01:00Z")
        self.same(lambda t: day(t, "created_at") > "2026-11-05", created_on__after="2026-11-05")
        self.same(lambda t: day(t, "created_at") < "2026-11-05", created_on__before="2026-11-05")
        self.same(lambda t: day(t, "created_at") == "2026-11-05", created_on="2026-11-05")
        self.same(lambda t: t["created_at"] > "2026-11-05T12", created_at__after="2026-11-05T12:00:00Z")
        self.same(lambda t: t["created_at"] < "2026-11-05T12", created_at__before="2026-11-05T12:00:00Z")
        self.same(lambda t: t["completed_at"] and day(t, "completed_at") > "2026-11-15", completed_on__after="2026-11-15")
        self.same(lambda t: t["completed_at"] and day(t, "completed_at") < "2026-11-15", completed_on__before="2026-11-15")
        self.same(lambda t: not t["completed_at"], completed_on="null")
        self.same(lambda t: t["completed_at"] and t["completed_at"] > "2026-11-15T16", completed_at__after="2026-11-15T16:00:00Z")
        self.same(lambda t: t["completed_at"] and t["completed_at"] < "2026-11-15T16", completed_at__before="2026-11-15T16:00:00Z")
        self.same(lambda t: day(t, "modified_at") > "2026-11-15", modified_on__after="2026-11-15")
        self.same(lambda t: day(t, "modified_at") < "2026-11-15", modified_on__before="2026-11-15")
        self.same(lambda t: t["modified_at"] > "2026-11-15T16", modified_at__after="2026-11-15T16:00:00Z")
        self.same(lambda t: t["modified_at"] < "2026-11-15T16", modified_at__before="2026-11-15T16:00:00Z")
        for name, value in (("due_on", "soon"), ("due_on.before", "2026-13-01"), ("modified_at.after", "noon")):
            self.refused(self.ada.get(f"/workspaces/{self.acme}/tasks/search", **{name: value}), 400, f"{name}: ")

    def test_flags_and_types(self) -> None:
        done = {t["gid"] for t in self.all if t["completed"]}
        blocked = {t["gid"] for t in self.all if any(d["gid"] not in done for d in t["dependencies"])}
        blocking = {d["gid"] for t in self.all if t["gid"] not in done for d in t["dependencies"] if d["gid"] not in done}
        filed = {t["gid"] for t in self.all if self.ada.get("/attachments", parent=t["gid"]).data}
        for flag, those in (("completed", done), ("is_subtask", {t["gid"] for t in self.all if t["parent"]}), ("is_blocked", blocked),
                            ("is_blocking", blocking), ("has_attachment", filed)):
            self.same(lambda t: t["gid"] in those, **{flag: "true"})
            self.same(lambda t: t["gid"] not in those, **{flag: "false"})
        for subtype in ("default_task", "milestone", "approval"):
            self.same(lambda t: t["resource_subtype"] == subtype, resource_subtype=subtype)
        self.refused(self.ada.get(f"/workspaces/{self.acme}/tasks/search", completed="yes"), 400, "completed: ")
        self.refused(self.ada.get(f"/workspaces/{self.acme}/tasks/search", resource_subtype="epic"), 400, "resource_subtype: ")

    def test_text_is_all_words_in_name_or_notes_without_case_and_accents(self) -> None:
        names = lambda text: [t["name"] for t in self.search(text=text)]  # noqa: E731
        for text in ("resume uber", "RÉSUMÉ", "strasse fluss", "plan resume", "über-plan"):
            self.assertEqual(["Résumé of the Über-Plan"], names(text), text)
        self.assertEqual([], names("resume nowhere"))
        self.assertEqual(["Relocation package for Łódź"], names("lodz"))

    def test_custom_fields(self) -> None:
        field = lambda t, name: next((f for f in t["custom_fields"] if f["name"] == name), {})  # noqa: E731
        gid = {name: self.find("custom_field", name) for name in ("Priority", "Effort", "Next step", "Go-live date")}
        high = self.ada.get(f"/custom_fields/{gid['Priority']}").data["enum_options"][0]["gid"]

        def same(condition: Callable[[dict], object], name: str, op: str, value: str) -> None:
            self.same(condition, **{f"custom_fields.{gid[name]}.{op}": value})

        same(lambda t: (field(t, "Priority").get("enum_value") or {}).get("gid") == high, "Priority", "value", high)
        same(lambda t: field(t, "Effort").get("display_value"), "Effort", "is_set", "true")
        same(lambda t: not field(t, "Effort").get("display_value"), "Effort", "is_set", "false")
        same(lambda t: (field(t, "Effort").get("number_value") or 0) > 2, "Effort", "greater_than", "2")
        same(lambda t: 0 < (field(t, "Effort").get("number_value") or 0) < 2, "Effort", "less_than", "2")
        same(lambda t: field(t, "Effort").get("number_value") == 13, "Effort", "value", "13")
        for op, value in (("value", "Call the agency"), ("starts_with", "call"), ("ends_with", "AGENCY"), ("contains", "the")):
            same(lambda t: field(t, "Next step").get("text_value"), "Next step", op, value)
        for op, value in (("before", "2026-12-16"), ("after", "2026-12-14"), ("value", "2026-12-15")):
            same(lambda t: field(t, "Go-live date").get("date_value"), "Go-live date", op, value)
        path = f"/workspaces/{self.acme}/tasks/search"
        self.refused(self.ada.get(path, **{f"custom_fields.{gid['Effort']}.contains": "1"}), 400, "Not an operation for a field of type number")
        self.refused(self.ada.get(path, **{"custom_fields.123.value": "1"}), 404, "custom_field: Unknown object: 123")
        self.refused(self.ada.get(path, **{"custom_fields.123": "1"}), 400, "custom_fields.GID.OPERATION")

    def test_filters_narrow_together(self) -> None:
        self.same(lambda t: (t["assignee"] or {}).get("name") == "Ada Lindqvist" and not t["completed"] and "2026-11-22" < (t["due_on"] or "") < "2026-11-30",
                  assignee__any="me", completed="false", due_on__after="2026-11-22", due_on__before="2026-11-30")

    def test_order_and_limit(self) -> None:
        key = {"due_date": "due_on", "created_at": "created_at", "completed_at": "completed_at", "modified_at": "modified_at", "likes": "num_likes"}
        for order, field in key.items():
            for ascending in ("true", "false"):
                rows = self.search(sort_by=order, sort_ascending=ascending, completed="true", opt_fields=field)
                values = [row[field] for row in rows if row[field] is not None]
                self.assertEqual(sorted(values, reverse=ascending == "false"), values, order)
        newest = [row["modified_at"] for row in self.search(opt_fields="modified_at")]
        self.assertEqual(sorted(newest, reverse=True), newest)
        answer = self.ada.get(f"/workspaces/{self.acme}/tasks/search", limit=3).json()
        self.assertEqual((3, ["data"]), (len(answer["data"]), list(answer)))
        self.assertEqual(100, len(self.search()))
        self.refused(self.ada.get(f"/workspaces/{self.acme}/tasks/search", sort_by="colour"), 400, "sort_by: ")
        self.refused(self.ada.get(f"/workspaces/{self.acme}/tasks/search", offset="x"), 400, "offset: Unknown query parameter")

    def test_free_workspace_is_402(self) -> None:
        self.refused(self.ada.get(f"/workspaces/{self.side}/tasks/search", text="x"), 402, "Payment Required")


class Typeahead(SandboxCase):
    def names(self, kind: str, query: str = "", **more: object) -> list[str]:
        return [row["name"] for row in self.ok(self.ada.get(f"/workspaces/{self.acme}/typeahead", resource_type=kind, query=query, **more))]

    def test_beginning_of_the_name_then_of_a_word_then_inside(self) -> None:
        self.assertEqual("Launch day", self.names("task", "launch")[0])
        ranks = [0 if n.lower().startswith("launch") else 1 if " launch" in n.lower() else 2 for n in self.names("task", "launch", count=100)]
        self.assertEqual(sorted(ranks), ranks)
        self.assertIn("Retrospective of the launch", self.names("task", "laun", count=100))
        self.assertIn("Backend engineer (C, databases)", self.names("task", "ackend", count=100))

    def test_accents_and_case_do_not_matter(self) -> None:
        self.assertEqual(["Chloé Dubois"], self.names("user", "CHLOE"))
        self.assertEqual(["Jakub Łukaszewicz"], self.names("user", "lukasz"))
        self.assertEqual(["田中 浩 (Hiroshi Tanaka)"], self.names("user", "田中"))

    def test_people_are_found_by_address_too(self) -> None:
        self.assertEqual(["Björn Sæther"], self.names("user", "bjorn@acme"))

    def test_empty_query_gives_the_nearest(self) -> None:
        self.assertEqual("Ada Lindqvist", self.names("user")[0])
        self.assertEqual(20, len(self.names("task")))
        self.assertEqual(5, len(self.names("task", count=5)))
        self.assertEqual("Brand Refresh", self.names("project")[-1], "what is archived comes last")

    def test_every_type_answers(self) -> None:
        for kind in ("user", "project", "task", "tag", "team", "custom_field", "portfolio", "goal"):
            rows = self.ok(self.ada.get(f"/workspaces/{self.acme}/typeahead", resource_type=kind))
            self.assertTrue(rows, kind)
            self.assertEqual(kind, rows[0]["resource_type"])
        self.assertEqual([], self.names("project_template"))

    def test_type_is_needed_and_known(self) -> None:
        path = f"/workspaces/{self.acme}/typeahead"
        self.refused(self.ada.get(path, query="x"), 400, "resource_type: Missing input")
        self.refused(self.ada.get(path, resource_type="projects"), 400, "resource_type: ")
        self.refused(self.ada.get(path, resource_type="task", count=101), 400, "count: ")


if __name__ == "__main__":
    unittest.main()
