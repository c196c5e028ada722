"""Tasks: making, changing, placing, linking and deleting them, and the stories that this writes."""

from __future__ import annotations

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from sandbox_case import NOW, SandboxCase  # noqa: E402

NOW_MS = NOW.replace("Z", ".000Z")


class TaskCase(SandboxCase):
    def new(self, **fields: object) -> str:
        return str(self.ok(self.ada.post("/tasks", {"workspace": self.acme, "name": "new", **fields}), 201)["gid"])

    def put(self, task: str, **fields: object) -> dict:
        return self.ok(self.ada.put(f"/tasks/{task}", fields))

    def stories(self, task: str) -> list[dict]:
        return self.ok(self.ada.get(f"/tasks/{task}/stories", opt_fields="type,resource_subtype,text,old_name,new_name,old_dates,new_dates,assignee.name,"
                                    "follower.name,old_section.name,new_section.name,project.name,dependency.name,new_enum_value.name,"
                                    "old_number_value,new_number_value,new_text_value,custom_field.name,new_approval_status"))

    def last(self, task: str) -> dict:
        return self.stories(task)[-1]


class Creating(TaskCase):
    def test_workspace_comes_from_project_or_parent(self) -> None:
        launch = self.find("project", "Product Launch")
        for fields in ({"projects": [launch]}, {"parent": self.find("task", "Launch day")}):
            self.assertEqual(self.acme, self.ok(self.ada.post("/tasks", {"name": "x", **fields}), 201)["workspace"]["gid"])
        self.refused(self.ada.post("/tasks", {"name": "x"}), 400, "workspace, parent, projects")
        self.refused(self.ada.post("/tasks", {"name": "x", "projects": [launch], "workspace": self.side}), 400, "projects: ")

    def test_without_section_it_goes_to_the_end_of_the_first(self) -> None:
        launch = self.find("project", "Product Launch")
        task = self.ok(self.ada.post("/tasks", {"name": "x", "projects": [launch]}), 201)
        self.assertEqual("Preparation", task["memberships"][0]["section"]["name"])
        section = self.ada.get(f"/projects/{launch}/sections").data[0]["gid"]
        self.assertEqual(task["gid"], self.ada.get(f"/sections/{section}/tasks").data[-1]["gid"])
        self.assertEqual(f"https://app.asana.com/0/{launch}/{task['gid']}", task["permalink_url"])

    def test_memberships_put_it_into_a_section(self) -> None:
        launch = self.find("project", "Product Launch")
        sections = self.ada.get(f"/projects/{launch}/sections").data
        task = self.ok(self.ada.post("/tasks", {"name": "x", "memberships": [{"project": launch, "section": sections[2]["gid"]}]}), 201)
        self.assertEqual("Launch week", task["memberships"][0]["section"]["name"])
        other = self.ada.get(f"/projects/{self.find('project', 'Marketing')}/sections").data[0]["gid"]
        self.refused(self.ada.post("/tasks", {"memberships": [{"project": launch, "section": other}]}), 400, "is not in project")

    def test_creator_and_assignee_follow(self) -> None:
        task = self.ok(self.ada.post("/tasks", {"name": "x", "workspace": self.acme, "assignee": "grace@acme.example", "followers": ["me"]}), 201)
        self.assertEqual({"Ada Lindqvist", "Grace Kim"}, {person["name"] for person in task["followers"]})
        self.assertEqual("Ada Lindqvist", self.ada.get(f"/tasks/{task['gid']}", opt_fields="assigned_by.name").data["assigned_by"]["name"])

    def test_assignee_must_be_a_member_of_the_workspace(self) -> None:
        self.refused(self.ada.post("/tasks", {"name": "x", "workspace": self.side, "assignee": "emre@acme.example"}), 400, "assignee: Not a user in the workspace")

    def test_defaults(self) -> None:
        task = self.ok(self.ada.post("/tasks", {"workspace": self.acme}), 201)
        self.assertEqual(("", False, "default_task", None, NOW_MS), (task["name"], task["completed"], task["resource_subtype"], task["assignee"], task["created_at"]))

    def test_gids_rise_and_have_16_digits(self) -> None:
        gids = [self.new() for _ in range(5)]
        self.assertEqual(sorted(gids), gids)
        self.assertTrue(all(len(gid) == 16 for gid in gids))


class Changing(TaskCase):
    def test_only_what_is_given_changes_and_null_clears(self) -> None:
        task = self.new(notes="keep", due_on="2026-12-01", assignee="me")
        self.assertEqual(("keep", "2026-12-01"), tuple(self.put(task, name="other")[k] for k in ("notes", "due_on")))
        cleared = self.put(task, due_on=None, assignee=None)
        self.assertEqual((None, None, "other"), (cleared["due_on"], cleared["assignee"], cleared["name"]))

    def test_completion_sets_time_and_person(self) -> None:
        task = self.new()
        done = self.put(task, completed=True)
        self.assertEqual((NOW_MS, "Ada Lindqvist"), (done["completed_at"], done["completed_by"]["name"]))
        self.assertEqual("marked_complete", self.last(task)["resource_subtype"])
        again = self.put(task, completed=False)
        self.assertEqual((None, None), (again["completed_at"], again["completed_by"]))

    def test_due_time_gives_the_day_and_a_day_drops_the_time(self) -> None:
        task = self.new()
        self.assertEqual("2026-12-02", self.put(task, due_at="2026-12-02T23:30:00Z")["due_on"])
        self.assertEqual("2026-12-03", self.put(task, due_at="2026-12-02T23:30:00-01:00")["due_on"])
        changed = self.put(task, due_on="2026-12-05")
        self.assertEqual(("2026-12-05", None), (changed["due_on"], changed["due_at"]))
        self.refused(self.ada.put(f"/tasks/{task}", {"due_on": "2026-12-05", "due_at": "2026-12-05T10:00:00Z"}), 400, "due_on and due_at")

    def test_start_needs_due_in_the_same_request(self) -> None:
        task = self.new(due_on="2026-12-05")
        self.refused(self.ada.put(f"/tasks/{task}", {"start_on": "2026-12-01"}), 400, "You must provide 'due_on' or 'due_at' when setting 'start_on'.")
        self.refused(self.ada.put(f"/tasks/{task}", {"start_on": "2026-12-09", "due_on": "2026-12-05"}), 400, "start_on: ")
        self.refused(self.ada.put(f"/tasks/{task}", {"start_at": "2026-12-01T10:00:00Z", "due_on": "2026-12-05"}), 400, "due_at")
        self.assertEqual("2026-12-01", self.put(task, start_on="2026-12-01", due_on="2026-12-05")["start_on"])
        self.assertIsNone(self.put(task, due_on=None)["start_on"])

    def test_approval_status_and_completed_say_the_same(self) -> None:
        task = self.new(resource_subtype="approval")
        self.assertEqual("pending", self.ada.get(f"/tasks/{task}").data["approval_status"])
        self.assertTrue(self.put(task, approval_status="rejected")["completed"])
        self.assertEqual("pending", self.put(task, completed=False)["approval_status"])
        self.assertEqual("approved", self.put(task, completed=True)["approval_status"])
        self.assertFalse(self.put(task, approval_status="pending")["completed"])
        self.refused(self.ada.put(f"/tasks/{self.new()}", {"approval_status": "approved"}), 400, "approval_status: ")

    def test_workspace_is_fixed_and_lists_have_their_own_routes(self) -> None:
        task = self.new()
        self.refused(self.ada.put(f"/tasks/{task}", {"workspace": self.side}), 400, "workspace: ")
        for field in ("followers", "projects", "tags", "memberships"):
            self.refused(self.ada.put(f"/tasks/{task}", {field: []}), 400, f"{field}: ")
        self.refused(self.ada.put(f"/tasks/{task}", {"name": "x", "custom_type": "1"}), 400, "custom_type: The sandbox can't set this")

    def test_likes_and_external_ids(self) -> None:
        task = self.new(external={"gid": "ext-7", "data": "x"})
        self.assertEqual(1, self.put(task, liked=True)["num_likes"])
        self.assertEqual(0, self.put(task, liked=False)["num_likes"])
        self.assertEqual(task, self.ada.get("/tasks/external:ext-7").data["gid"])


class Texts(TaskCase):
    def both(self, task: str) -> tuple:
        got = self.ada.get(f"/tasks/{task}", opt_fields="notes,html_notes").data
        return got["notes"], got["html_notes"]

    def test_plain_and_rich_text_stay_in_step(self) -> None:
        task = self.new(notes="a < b & c\nsecond")
        self.assertEqual(("a < b & c\nsecond", "<body>a &lt; b &amp; c\nsecond</body>"), self.both(task))
        self.put(task, html_notes="<body><h1>Title</h1><strong>x</strong> &amp; y<ul><li>one</li><li>two</li></ul></body>")
        self.assertEqual("Title\nx & y\n• one\n• two", self.both(task)[0])

    def test_mention_is_filled_in(self) -> None:
        grace = self.ada.get("/users/grace@acme.example").data["gid"]
        task = self.new(html_notes=f'<body>Ask <a data-asana-gid="{grace}"/></body>')
        plain, rich = self.both(task)
        self.assertEqual("Ask @Grace Kim", plain)
        self.assertIn('data-asana-type="user"', rich)
        self.assertIn("@Grace Kim</a>", rich)
        self.assertEqual(rich, self.both(self.new(html_notes=rich))[1].replace('data-asana-dynamic="false"', 'data-asana-dynamic="true"'))

    def test_what_is_no_rich_text_is_refused(self) -> None:
        for html in ("plain", "<body>", "<body><p>x</p></body>", "<body>a & b</body>", "<body><em>x</strong></body>", "<body/>x", "<div>x</div>",
                     '<body><em class="x">y</em></body>', "<body><a>x</a></body>", '<body><a onclick="x" href="y">z</a></body>', "<body></body>text",
                     '<body><a data-asana-gid="1"/></body>', "<body><body></body></body>", "<body>" + "<em>" * 40 + "</em>" * 40 + "</body>"):
            self.refused(self.ada.post("/tasks", {"workspace": self.acme, "html_notes": html}), 400, "XML is invalid")
        self.refused(self.ada.post("/tasks", {"workspace": self.acme, "html_notes": "<body/>", "notes": "x"}), 400, "Only one of")

    def test_comments_have_no_headings(self) -> None:
        task = self.new()
        self.refused(self.ada.post(f"/tasks/{task}/stories", {"html_text": "<body><h1>x</h1></body>"}), 400, "<h1>")


class Stories(TaskCase):
    def test_changes_write_stories_oldest_first(self) -> None:
        launch = self.find("project", "Product Launch")
        task = self.new(name="before", projects=[launch], assignee="me")
        self.assertEqual(["added_to_project", "assigned"], [s["resource_subtype"] for s in self.stories(task)])
        self.put(task, name="after")
        story = self.last(task)
        self.assertEqual(("system", "name_changed", "before", "after"), (story["type"], story["resource_subtype"], story["old_name"], story["new_name"]))
        self.put(task, due_on="2026-12-24")
        story = self.last(task)
        self.assertEqual(("due_date_changed", "2026-12-24", None), (story["resource_subtype"], story["new_dates"]["due_on"], story["old_dates"]["due_on"]))
        self.assertIn("December 24", story["text"])
        self.put(task, assignee=None)
        self.assertEqual(("unassigned", "Ada Lindqvist"), (self.last(task)["resource_subtype"], self.last(task)["assignee"]["name"]))
        self.put(task, notes="more")
        self.assertEqual("notes_changed", self.last(task)["resource_subtype"])
        count = len(self.stories(task))
        self.put(task, name="after", notes="more")
        self.assertEqual(count, len(self.stories(task)), "a change that changes nothing is no story")

    def test_comment_moves_the_task_and_adds_a_follower(self) -> None:
        task = self.find("task", "Crash when a photo is shared twice")
        got = self.ok(self.ada.post(f"/tasks/{task}/stories", {"text": "I see it <too>"}, opt_fields="text,html_text,type,created_by.name,resource_subtype"), 201)
        self.assertEqual(("I see it <too>", "<body>I see it &lt;too&gt;</body>", "comment", "comment_added"),
                         (got["text"], got["html_text"], got["type"], got["resource_subtype"]))
        after = self.ada.get(f"/tasks/{task}").data
        self.assertEqual(NOW_MS, after["modified_at"])
        self.assertIn("Ada Lindqvist", [person["name"] for person in after["followers"]])

    def test_comment_needs_one_text(self) -> None:
        task = self.new()
        for body, text in (({}, "text: Missing input"), ({"text": "  "}, "text: Missing input"), ({"text": "a", "html_text": "<body>a</body>"}, "Only one of")):
            self.refused(self.ada.post(f"/tasks/{task}/stories", body), 400, text)
        self.ok(self.ada.post(f"/tasks/{task}/stories", {"sticker_name": "trophy"}), 201)

    def test_only_ones_own_comments_can_be_deleted(self) -> None:
        task = self.find("task", "Launch day")
        foreign = next(s for s in self.stories(task) if s["text"].startswith("Date confirmed"))["gid"]
        self.refused(self.ada.delete(f"/stories/{foreign}"), 403, "own comments")


class Listing(TaskCase):
    def names(self, **query: str) -> list[str]:
        return [row["name"] for row in self.ok(self.ada.get("/tasks", opt_fields="name", **query))]

    def test_exactly_one_context(self) -> None:
        project = self.find("project", "Marketing")
        section = self.ada.get(f"/projects/{project}/sections").data[0]["gid"]
        self.refused(self.ada.get("/tasks"), 400, "project, tag, section, or assignee")
        self.refused(self.ada.get("/tasks", project=project, section=section), 400, "exactly one")
        self.refused(self.ada.get("/tasks", project=project, workspace=self.acme), 400, "exactly one")
        self.refused(self.ada.get("/tasks", assignee="me"), 400, "workspace: Missing input")
        self.refused(self.ada.get("/tasks", workspace=self.acme), 400, "assignee: Missing input")

    def test_project_lists_by_section_then_place(self) -> None:
        project = self.find("project", "Q2 Planning")
        by_section = [t["gid"] for s in self.ada.get(f"/projects/{project}/sections").data for t in self.ada.get("/tasks", section=s["gid"]).data]
        self.assertEqual(by_section, [t["gid"] for t in self.ada.get("/tasks", project=project).data])

    def test_completed_since(self) -> None:
        project = self.find("project", "Q2 Planning")
        everything = self.ada.get("/tasks", project=project, opt_fields="name,completed,completed_at").data
        open_ones = {t["name"] for t in everything if not t["completed"]}
        self.assertEqual(open_ones, set(self.names(project=project, completed_since="now")))
        recent = {t["name"] for t in everything if not t["completed"] or t["completed_at"] >= "2026-11-16"}
        self.assertEqual(recent, set(self.names(project=project, completed_since="2026-11-16T00:00:00Z")))
        self.assertLess(open_ones, recent)
        self.assertLess(recent, {t["name"] for t in everything})
        self.refused(self.ada.get("/tasks", project=project, completed_since="yesterday"), 400, "completed_since: ")

    def test_modified_since(self) -> None:
        project = self.find("project", "Mobile App")
        task = self.ada.get("/tasks", project=project).data[3]
        self.assertEqual([], self.names(project=project, modified_since=NOW))
        self.ada.post(f"/tasks/{task['gid']}/stories", {"text": "x"})
        self.assertEqual([task["name"]], self.names(project=project, modified_since=NOW))

    def test_tag_and_user_task_list(self) -> None:
        tag = self.find("tag", "urgent")
        self.assertEqual(3, len(self.names(tag=tag)))
        self.assertEqual(3, len(self.ada.get(f"/tags/{tag}/tasks").data))
        mine = self.ada.get("/users/me/user_task_list", workspace=self.acme).data["gid"]
        listed = {t["gid"] for t in self.ada.get(f"/user_task_lists/{mine}/tasks").data}
        self.assertEqual({t["gid"] for t in self.ada.get("/tasks", assignee="me", workspace=self.acme).data}, listed)


class Links(TaskCase):
    def test_subtasks_move_without_cycles(self) -> None:
        top, step, leaf = self.new(name="top"), self.new(name="step"), self.new(name="leaf")
        self.ok(self.ada.post(f"/tasks/{step}/setParent", {"parent": top}))
        self.ok(self.ada.post(f"/tasks/{leaf}/setParent", {"parent": step}))
        self.assertEqual("added_to_task", self.last(leaf)["resource_subtype"])
        for below in (top, step, leaf):
            self.refused(self.ada.post(f"/tasks/{top}/setParent", {"parent": below}), 400, "parent: ")
        self.refused(self.ada.post(f"/tasks/{leaf}/setParent", {}), 400, "parent: Missing input")
        self.assertEqual(1, self.ada.get(f"/tasks/{top}", opt_fields="num_subtasks").data["num_subtasks"])
        self.assertIsNone(self.ok(self.ada.post(f"/tasks/{step}/setParent", {"parent": None}))["parent"])

    def test_subtasks_take_their_place(self) -> None:
        top = self.new()
        a, b, c = (self.ok(self.ada.post(f"/tasks/{top}/subtasks", {"name": n}), 201)["gid"] for n in "abc")

        def order() -> list[str]:
            return [t["gid"] for t in self.ada.get(f"/tasks/{top}/subtasks").data]

        self.assertEqual([a, b, c], order())
        self.ok(self.ada.post(f"/tasks/{c}/setParent", {"parent": top, "insert_before": b}))
        self.assertEqual([a, c, b], order())
        self.ok(self.ada.post(f"/tasks/{a}/setParent", {"parent": top, "insert_after": c}))
        self.assertEqual([c, a, b], order())
        self.ok(self.ada.post(f"/tasks/{b}/setParent", {"parent": top, "insert_after": None}))
        self.assertEqual([b, c, a], order())
        self.ok(self.ada.post(f"/tasks/{b}/setParent", {"parent": top, "insert_before": None}))
        self.assertEqual([c, a, b], order())
        self.refused(self.ada.post(f"/tasks/{b}/setParent", {"parent": top, "insert_before": a, "insert_after": c}), 400, "Only one of")
        self.refused(self.ada.post(f"/tasks/{b}/setParent", {"parent": top, "insert_before": top}), 400, "Not a subtask")

    def test_dependencies_are_one_relation_seen_from_two_sides(self) -> None:
        first, second, third = self.new(name="first"), self.new(name="second"), self.new(name="third")
        self.assertEqual({}, self.ok(self.ada.post(f"/tasks/{second}/addDependencies", {"dependencies": [first]})))
        self.ok(self.ada.post(f"/tasks/{second}/addDependencies", {"dependencies": [first]}))
        self.ok(self.ada.post(f"/tasks/{second}/addDependents", {"dependents": [third]}))
        got = self.ada.get(f"/tasks/{second}", opt_fields="dependencies,dependents").data
        self.assertEqual(([first], [third]), tuple([t["gid"] for t in got[k]] for k in ("dependencies", "dependents")))
        self.assertEqual({"gid", "resource_type"}, set(got["dependencies"][0]))
        for task, needs in ((first, first), (first, second), (first, third)):
            self.refused(self.ada.post(f"/tasks/{task}/addDependencies", {"dependencies": [needs]}), 400, "depend")
        self.ok(self.ada.post(f"/tasks/{second}/removeDependencies", {"dependencies": [first]}))
        self.assertEqual([], self.ada.get(f"/tasks/{second}", opt_fields="dependencies").data["dependencies"])

    def test_at_most_thirty_links(self) -> None:
        hub = self.new()
        others = [self.new() for _ in range(31)]
        self.ok(self.ada.post(f"/tasks/{hub}/addDependencies", {"dependencies": others[:20]}))
        self.ok(self.ada.post(f"/tasks/{hub}/addDependents", {"dependents": others[20:30]}))
        self.refused(self.ada.post(f"/tasks/{hub}/addDependents", {"dependents": [others[30]]}), 400, "at most 30")

    def test_dependencies_need_a_paid_plan(self) -> None:
        a, b = (self.ok(self.ada.post("/tasks", {"workspace": self.side}), 201)["gid"] for _ in "ab")
        self.refused(self.ada.post(f"/tasks/{a}/addDependencies", {"dependencies": [b]}), 402, "Payment Required")

    def test_followers_come_and_go(self) -> None:
        task = self.new()
        got = self.ok(self.ada.post(f"/tasks/{task}/addFollowers", {"followers": ["emre@acme.example", "me"]}))
        self.assertEqual({"Ada Lindqvist", "Emre Yılmaz"}, {p["name"] for p in got["followers"]})
        self.assertEqual(("follower_added", "Emre Yılmaz"), (self.last(task)["resource_subtype"], self.last(task)["follower"]["name"]))
        got = self.ok(self.ada.post(f"/tasks/{task}/removeFollowers", {"followers": ["emre@acme.example", "grace@acme.example"]}))
        self.assertEqual(["Ada Lindqvist"], [p["name"] for p in got["followers"]])
        self.refused(self.ada.post(f"/tasks/{task}/addFollowers", {}), 400, "followers: Missing input")

    def test_section_changes(self) -> None:
        launch = self.find("project", "Product Launch")
        sections = self.ada.get(f"/projects/{launch}/sections").data
        task = self.new(projects=[launch])
        self.ok(self.ada.post(f"/sections/{sections[3]['gid']}/addTask", {"task": task}))
        story = self.last(task)
        self.assertEqual(("section_changed", "Preparation", "After launch"), (story["resource_subtype"], story["old_section"]["name"], story["new_section"]["name"]))
        self.ok(self.ada.post(f"/tasks/{task}/removeProject", {"project": launch}))
        self.assertEqual([], self.ada.get(f"/tasks/{task}").data["memberships"])

    def test_deletion_takes_subtasks_without_a_project_along(self) -> None:
        marketing = self.find("project", "Marketing")
        top = self.new()
        lone = self.ok(self.ada.post(f"/tasks/{top}/subtasks", {"name": "lone"}), 201)["gid"]
        placed = self.ok(self.ada.post(f"/tasks/{top}/subtasks", {"name": "placed", "projects": [marketing]}), 201)["gid"]
        other = self.new()
        self.ok(self.ada.post(f"/tasks/{other}/addDependencies", {"dependencies": [top]}))
        self.ok(self.ada.delete(f"/tasks/{top}"))
        self.refused(self.ada.get(f"/tasks/{lone}"), 404, "Unknown object")
        self.assertIsNone(self.ok(self.ada.get(f"/tasks/{placed}"))["parent"])
        self.assertEqual([], self.ada.get(f"/tasks/{other}", opt_fields="dependencies").data["dependencies"])


class CustomFields(TaskCase):
    def setUp(self) -> None:
        self.launch = self.find("project", "Product Launch")
        self.fields = {s["custom_field"]["name"]: s["custom_field"] for s in self.ada.get(f"/projects/{self.launch}").data["custom_field_settings"]}
        self.task = self.new(projects=[self.launch])

    def set(self, name: str, value: object) -> dict:
        got = self.put(self.task, custom_fields={self.fields[name]["gid"]: value})
        return next(f for f in got["custom_fields"] if f["name"] == name)

    def test_task_has_the_fields_of_its_projects(self) -> None:
        self.assertEqual(set(self.fields), {f["name"] for f in self.ada.get(f"/tasks/{self.task}").data["custom_fields"]})
        self.assertEqual([], self.ada.get(f"/tasks/{self.new()}").data["custom_fields"])

    def test_every_type_is_set_and_cleared(self) -> None:
        high = self.fields["Priority"]["enum_options"][0]
        grace = self.ada.get("/users/grace@acme.example").data["gid"]
        for name, value, member, expected, shown in (
            ("Priority", high["gid"], "enum_value", high, "High"), ("Effort", 2.5, "number_value", 2.5, "2.5 days"),
            ("Next step", "Call them", "text_value", "Call them", "Call them"),
            ("Go-live date", {"date": "2026-12-24"}, "date_value", {"date": "2026-12-24", "date_time": None}, "2026-12-24T00:00:00.000Z"),
        ):
            got = self.set(name, value)
            self.assertEqual((expected, shown), (got[member], got["display_value"]), name)
            story = self.last(self.task)
            self.assertEqual((f"{got['type']}_custom_field_changed", name), (story["resource_subtype"], story["custom_field"]["name"]))
            got = self.set(name, None)
            self.assertEqual((None, None), (got[member], got["display_value"]), name)
        got = self.set("Reviewers", [grace])
        self.assertEqual((["Grace Kim"], "Grace Kim"), ([p["name"] for p in got["people_value"]], got["display_value"]))
        self.assertEqual([], self.set("Reviewers", [])["people_value"])

    def test_multi_enum_replaces(self) -> None:
        marketing = self.find("project", "Marketing")
        channels = self.find("custom_field", "Channels")
        blog, mail, social, _ = (o["gid"] for o in self.ada.get(f"/custom_fields/{channels}").data["enum_options"])
        task = self.new(projects=[marketing], custom_fields={channels: [blog, mail]})
        got = self.put(task, custom_fields={channels: [social, blog]})
        value = next(f for f in got["custom_fields"] if f["name"] == "Channels")
        self.assertEqual((["Social media", "Blog"], "Social media, Blog"), ([o["name"] for o in value["multi_enum_values"]], value["display_value"]))

    def test_values_must_fit(self) -> None:
        channels = self.find("custom_field", "Channels")
        for gid, value, text in ((self.fields["Effort"]["gid"], "many", "a number"), (self.fields["Next step"]["gid"], 5, "a string"),
                                 (self.fields["Priority"]["gid"], "123", "enum_value: Unknown object: 123"), (self.fields["Priority"]["gid"], "High", "Not a recognized ID"),
                                 (self.fields["Go-live date"]["gid"], "soon", "YYYY-MM-DD"), (self.fields["Reviewers"]["gid"], "me", "array"),
                                 (channels, [], f"Custom field with ID {channels} is not on given object"), ("abc", 1, "Not a recognized ID")):
            self.refused(self.ada.put(f"/tasks/{self.task}", {"custom_fields": {gid: value}}), 400, text)


if __name__ == "__main__":
    unittest.main()
