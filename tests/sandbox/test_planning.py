"""Projects, status updates, people, teams; goals, portfolios, time periods, allocations, files; and what the seed promises."""

from __future__ import annotations

import datetime
import sys
import unittest
import urllib.request
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from sandbox_case import NOW, Answer, Client, SandboxCase  # noqa: E402
from lib.server import Sandbox  # noqa: E402


class Projects(SandboxCase):
    def test_new_project_has_a_section_an_owner_and_a_team(self) -> None:
        team = self.find("team", "Product")
        self.refused(self.ada.post("/projects", {"name": "x", "workspace": self.acme}), 400, "team: Missing input")
        self.refused(self.ada.post("/projects", {"workspace": self.side}), 400, "name: Missing input")
        self.refused(self.ada.post("/projects", {"name": "x"}), 400, "workspace: Missing input")
        got = self.ok(self.ada.post("/projects", {"name": "x", "team": team, "followers": "bjorn@acme.example,grace@acme.example", "due_on": "2027-01-31",
                                                  "privacy_setting": "private", "color": "dark-blue"}), 201)
        self.assertEqual(("Ada Lindqvist", self.acme, "private", False, "2027-01-31", "2027-01-31"),
                         (got["owner"]["name"], got["workspace"]["gid"], got["privacy_setting"], got["public"], got["due_on"], got["due_date"]))
        self.assertEqual({"Ada Lindqvist", "Björn Sæther", "Grace Kim"}, {p["name"] for p in got["followers"]})
        self.assertEqual(["Untitled section"], [s["name"] for s in self.ada.get(f"/projects/{got['gid']}/sections").data])
        self.ok(self.person("bjorn").get(f"/projects/{got['gid']}"))
        self.refused(self.person("emre").get(f"/projects/{got['gid']}"), 404, "Unknown object")
        self.ok(self.ada.post("/projects", {"name": "x", "workspace": self.side}), 201)
        self.refused(self.ada.post("/projects", {"name": "x", "workspace": self.side, "followers": ["me"]}), 400, "followers: Value is not a string")

    def test_archived_filter(self) -> None:
        listed = lambda **q: {p["name"] for p in self.ada.get("/projects", workspace=self.acme, **q).data}  # noqa: E731
        self.assertEqual({"Brand Refresh"}, listed(archived="true"))
        self.assertNotIn("Brand Refresh", listed(archived="false"))
        self.assertLess(listed(archived="true"), listed())
        team = self.find("team", "Design")
        self.assertEqual(["Website Redesign", "Brand Refresh"], [p["name"] for p in self.ada.get(f"/teams/{team}/projects").data])

    def test_task_counts_only_when_asked(self) -> None:
        planning = self.find("project", "Q2 Planning")
        self.assertEqual({}, self.ada.get(f"/projects/{planning}/task_counts").data)
        got = self.ada.get(f"/projects/{planning}/task_counts", opt_fields="num_tasks,num_incomplete_tasks,num_completed_tasks,num_milestones,num_completed_milestones,num_incomplete_milestones").data
        tasks = self.ada.get("/tasks", project=planning, opt_fields="completed,resource_subtype").data
        milestones = [t for t in tasks if t["resource_subtype"] == "milestone"]
        self.assertEqual((len(tasks), sum(t["completed"] for t in tasks), len(milestones), sum(t["completed"] for t in milestones)),
                         (got["num_tasks"], got["num_completed_tasks"], got["num_milestones"], got["num_completed_milestones"]))
        self.assertEqual(got["num_tasks"], got["num_incomplete_tasks"] + got["num_completed_tasks"])

    def test_status_updates_newest_first_and_current(self) -> None:
        planning = self.find("project", "Q2 Planning")
        before = self.ada.get(f"/projects/{planning}/project_statuses", opt_fields="created_at,color,title").data
        self.assertEqual(sorted((s["created_at"] for s in before), reverse=True), [s["created_at"] for s in before])
        self.assertEqual("yellow", before[0]["color"])
        new = self.ok(self.ada.post(f"/projects/{planning}/project_statuses", {"title": "Slipping", "html_text": "<body><strong>Two</strong> weeks</body>", "color": "red"}), 201)
        self.assertEqual(("Two weeks", "red", "Ada Lindqvist", NOW.replace("Z", ".000Z")), (new["text"], new["color"], new["author"]["name"], new["created_at"]))
        project = self.ada.get(f"/projects/{planning}").data
        self.assertEqual((new["gid"], new["gid"], "red"), (project["current_status"]["gid"], project["current_status_update"]["gid"], project["current_status"]["color"]))
        self.assertEqual("off_track", self.ada.get(f"/status_updates/{new['gid']}").data["status_type"])
        for body, text in (({"text": "x"}, "color: Missing input"), ({"color": "green"}, "text: Missing input"), ({"color": "pink", "text": "x"}, "color: "),
                           ({"color": "green", "text": "x", "html_text": "<body/>"}, "Only one of")):
            self.refused(self.ada.post(f"/projects/{planning}/project_statuses", body), 400, text)

    def test_people_and_teams(self) -> None:
        users = [u["name"] for u in self.ada.get(f"/workspaces/{self.acme}/users").data]
        self.assertEqual((10, sorted(users)), (len(users), users))
        team = self.find("team", "Marketing")
        self.assertEqual(["Ada Lindqvist", "Chloé Dubois", "Grace Kim", "Inés Álvarez"], [u["name"] for u in self.ada.get(f"/teams/{team}/users").data])
        self.refused(self.ada.get(f"/teams/{team}/users", limit=5), 400, "limit: Unknown query parameter")
        mine = [t["name"] for t in self.ada.get("/users/me/teams", organization=self.acme).data]
        self.assertEqual(["Design", "Marketing", "Product"], mine)
        self.refused(self.ada.get("/users/me/teams"), 400, "organization: Missing input")


class Planning(SandboxCase):
    def goal(self, name: str) -> str:
        return next(g["gid"] for g in self.ada.get("/goals", workspace=self.acme).data if g["name"] == name)

    def test_goals_by_context(self) -> None:
        names = lambda **q: {g["name"] for g in self.ok(self.ada.get("/goals", **q))}  # noqa: E731
        self.assertLessEqual({"Talk to 40 customers", "A calm on-call rotation"}, names(workspace=self.acme))
        self.assertEqual({"Grow yearly revenue to 12 million"}, names(workspace=self.acme, is_workspace_level="true"))
        self.assertEqual({"Launch the new version", "Talk to 40 customers"}, names(team=self.find("team", "Product")))
        self.assertEqual({"Launch the new version"}, names(project=self.find("project", "Product Launch")))
        period = next(p["gid"] for p in self.ada.get("/time_periods", workspace=self.acme, opt_fields="display_name").data if p["display_name"] == "Q4 FY2026")
        self.assertEqual(3, len(names(workspace=self.acme, time_periods=period)))
        self.refused(self.ada.get("/goals"), 400, "workspace: Missing input")
        self.refused(self.ada.get("/goals", workspace=self.acme, team=self.find("team", "Product")), 400, "Only one of")
        self.refused(self.ada.get("/goals", workspace=self.side), 402, "Payment Required")
        self.refused(self.ada.get("/goals", team=self.find("team", "Product"), is_workspace_level="true"), 400, "is_workspace_level: ")

    def test_metric(self) -> None:
        goal = self.goal("Turn 25% of trials into customers")
        got = self.ok(self.ada.post(f"/goals/{goal}/setMetricCurrentValue", {"current_number_value": 0.2345}))["metric"]
        self.assertEqual((0.2345, "23.5%"), (got["current_number_value"], got["current_display_value"]))
        self.refused(self.ada.post(f"/goals/{self.goal('A calm on-call rotation')}/setMetricCurrentValue", {"current_number_value": 1}), 400, "no metric")
        self.refused(self.ada.post(f"/goals/{self.goal('Launch the new version')}/setMetricCurrentValue", {"current_number_value": 1}), 400, "computed")
        self.refused(self.ada.post(f"/goals/{goal}/setMetricCurrentValue", {"current_number_value": "1"}), 400, "current_number_value: ")
        self.refused(self.ada.put(f"/goals/{self.goal('A calm on-call rotation')}", {"status": "green"}), 400, "status: ")
        self.assertEqual("red", self.ok(self.ada.put(f"/goals/{goal}", {"status": "red"}))["status"])
        self.assertIsNone(self.ok(self.ada.put(f"/goals/{goal}", {"status": None}))["status"])

    def test_goal_takes_its_dates_from_the_time_period(self) -> None:
        period = self.ada.get("/time_periods", workspace=self.acme, start_on="2026-12-01", end_on="2026-12-31", opt_fields="period,start_on,end_on").data
        self.assertEqual({"FY", "H2", "Q4"}, {p["period"] for p in period})
        quarter = next(p for p in period if p["period"] == "Q4")
        got = self.ok(self.ada.post("/goals", {"name": "x", "workspace": self.acme, "time_period": quarter["gid"], "owner": "grace@acme.example"}), 201)
        self.assertEqual((quarter["start_on"], quarter["end_on"], "Grace Kim"), (got["start_on"], got["due_on"], got["owner"]["name"]))
        got = self.ok(self.ada.put(f"/goals/{got['gid']}", {"time_period": None, "start_on": None, "due_on": "2027-02-01", "html_notes": "<body>y</body>"}))
        self.assertEqual((None, None, "2027-02-01", "y"), (got["time_period"], got["start_on"], got["due_on"], got["notes"]))
        self.refused(self.ada.post("/goals", {"name": "x", "workspace": self.acme, "start_on": "2027-01-01"}), 400, "due_on")
        self.refused(self.ada.post("/goals", {"name": "x"}), 400, "workspace: Missing input")
        self.refused(self.ada.post("/goals", {"name": "x", "workspace": self.acme, "status": "green"}), 400, "status: ")

    def test_parents(self) -> None:
        names = lambda name: [g["name"] for g in self.ada.get(f"/goals/{self.goal(name)}/parentGoals").data]  # noqa: E731
        self.assertEqual(["Launch the new version"], names("Talk to 40 customers"))
        self.assertEqual([], names("A calm on-call rotation"))

    def test_portfolios_are_ones_own_and_nest(self) -> None:
        mine = {p["name"]: p["gid"] for p in self.ada.get("/portfolios", workspace=self.acme, owner="me").data}
        self.assertEqual({"Customer-facing work", "Company priorities"}, set(mine))
        self.refused(self.ada.get("/portfolios", workspace=self.acme, owner="fatima@acme.example"), 403, "owner: ")
        items = self.ada.get(f"/portfolios/{mine['Company priorities']}/items").data
        self.assertEqual([("project", "Product Launch"), ("project", "Q2 Planning"), ("project", "Marketing"), ("portfolio", "Customer-facing work")],
                         [(i["resource_type"], i["name"]) for i in items])

    def test_allocations(self) -> None:
        launch = self.find("project", "Product Launch")
        starts = [a["start_date"] for a in self.ada.get("/allocations", parent=launch).data]
        self.assertEqual((3, sorted(starts)), (len(starts), starts))
        mine = self.ada.get("/allocations", assignee="me", workspace=self.acme).data
        self.assertEqual(2, len(mine))
        self.assertEqual({"type": "percent", "value": 30}, mine[0]["effort"])
        self.refused(self.ada.get("/allocations"), 400, "parent: Missing input")
        self.refused(self.ada.get("/allocations", assignee="me", workspace=self.side), 402, "Payment Required")

    def test_attachments_can_be_downloaded_until_their_link_expires(self) -> None:
        task = self.find("task", "Brief the sales team")
        files = self.ada.get("/attachments", parent=task, opt_fields="name,download_url,size,parent.name").data
        self.assertEqual(["main-messages.txt", "questions & answers.txt"], [f["name"] for f in files])
        open_url = self.ada.opener.open
        with open_url(files[0]["download_url"], timeout=60) as answer:
            self.assertEqual(files[0]["size"], len(answer.read()))
        late = files[0]["download_url"].partition("?")[0] + "?until=1"
        for url, status in ((late, 403), (late.replace(files[0]["gid"], "1"), 404)):
            with self.assertRaises(urllib.request.HTTPError) as refused:
                open_url(url, timeout=60)
            self.assertEqual(status, refused.exception.code)
            refused.exception.close()
        self.refused(self.ada.get("/attachments"), 400, "parent: Missing input")
        self.refused(self.ada.get("/attachments", parent="12"), 404, "parent: Unknown object")


    def upload(self, parts: dict[str, Any], boundary: str = "xX") -> Answer:
        """A file is (name, bytes)."""
        body = b""
        for name, value in parts.items():
            file, content = value if isinstance(value, tuple) else (None, str(value).encode())
            more = f'; filename="{file}"\r\nContent-Type: application/octet-stream' if file else ""
            body += f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'.encode() + content + b"\r\n"
        body += f"--{boundary}--\r\n".encode()
        return self.ada.send("POST", "/attachments", {"opt_fields": "name,size,parent,resource_subtype,download_url"}, raw=body,
                             content_type=f"multipart/form-data; boundary={boundary}")

    def test_files_and_links_are_attached(self) -> None:
        task = self.find("task", "Brief the sales team")
        content = bytes(range(256)) + b"\r\n--x"
        made = self.upload({"parent": task, "file": ("r%C3%A9sum%C3%A9.pdf", content)})
        self.assertEqual(200, made.status, made.json())
        self.assertEqual(("résumé.pdf", len(content), "asana"), tuple(made.data[one] for one in ("name", "size", "resource_subtype")))
        with self.ada.opener.open(made.data["download_url"], timeout=60) as answer:
            self.assertEqual(content, answer.read())
        link = self.upload({"parent": task, "resource_subtype": "external", "name": "Plan", "url": "https://example.com/plan"})
        self.assertEqual("https://example.com/plan", link.data["download_url"])
        names = [one["name"] for one in self.ada.get("/attachments", parent=task).data]
        self.assertLessEqual({"résumé.pdf", "Plan"}, set(names))
        self.refused(self.upload({"file": ("a", b"")}), 400, "parent: Missing input")
        self.refused(self.upload({"parent": "12", "file": ("a", b"")}), 404, "parent: Unknown object")
        self.refused(self.upload({"parent": task}), 400, "file: Missing input")
        self.refused(self.upload({"parent": task, "resource_subtype": "external", "name": "x"}), 400, "url: Missing input")
        self.refused(self.upload({"parent": task, "file": ("a", b""), "odd": "1"}), 400, "odd")
        self.refused(self.ada.post("/attachments", {"parent": task}), 400, "expected multipart/form-data")
        self.refused(self.ada.send("POST", "/attachments", raw=b"--x\r\n", content_type="multipart/form-data; boundary=x"), 400, "expected multipart")


class Seed(unittest.TestCase):
    """Whatever the day is, the same questions have good answers."""

    def start(self, now: str) -> Client:
        sandbox = Sandbox("--listen", "127.0.0.1:0", "--now", now)
        self.addCleanup(sandbox.stop)
        return Client(sandbox.api_url)

    def test_this_week_has_work_on_every_weekday(self) -> None:
        monday = datetime.date(2026, 11, 23)
        for day in range(7):
            today = monday + datetime.timedelta(days=day)
            ada = self.start(f"{today}T09:30:00Z")
            acme = ada.get("/workspaces").data[0]["gid"]
            mine = ada.get(f"/workspaces/{acme}/tasks/search", **{"assignee.any": "me", "completed": "false", "opt_fields": "due_on"}).data
            this_week = [t for t in mine if str(monday) <= (t["due_on"] or "") <= str(monday + datetime.timedelta(days=6))]
            self.assertGreaterEqual(len(this_week), 5, today)
            self.assertTrue(any((t["due_on"] or "9") < str(monday) for t in mine), "something is overdue")
            self.assertTrue(any((t["due_on"] or "0") > str(monday + datetime.timedelta(days=6)) for t in mine), "something comes later")

    def test_same_clock_gives_the_same_world(self) -> None:
        def world(ada: Client) -> list:
            acme = ada.get("/workspaces").data[0]["gid"]
            projects = ada.get("/projects", workspace=acme).data
            return [projects, [ada.get("/tasks", project=p["gid"], opt_fields="name,due_on,assignee.name,custom_fields.display_value,modified_at").data for p in projects]]

        self.assertEqual(world(self.start(NOW)), world(self.start(NOW)))

    def test_there_is_enough_of_everything(self) -> None:
        ada = self.start(NOW)
        acme = ada.get("/workspaces").data[0]["gid"]
        projects = ada.get("/projects", workspace=acme).data
        self.assertLessEqual({"Marketing", "Product Launch", "Q2 Planning"}, {p["name"] for p in projects})
        self.assertGreaterEqual(len(projects), 8)
        self.assertGreaterEqual(sum(len(ada.get("/tasks", project=p["gid"]).data) for p in projects), 110)
        for name in ("Product Launch", "Q2 Planning"):
            project = next(p["gid"] for p in projects if p["name"] == name)
            self.assertGreaterEqual(len({s["color"] for s in ada.get(f"/projects/{project}/project_statuses", opt_fields="color").data}), 2)

    def test_real_clock_works_too(self) -> None:
        sandbox = Sandbox("--listen", "127.0.0.1:0")
        self.addCleanup(sandbox.stop)
        ada = Client(sandbox.api_url)
        acme = ada.get("/workspaces").data[0]["gid"]
        made = ada.post("/tasks", {"workspace": acme, "name": "now"}).data["created_at"]
        self.assertLess(abs(datetime.datetime.fromisoformat(made.replace("Z", "+00:00")) - datetime.datetime.now(datetime.timezone.utc)), datetime.timedelta(minutes=5))


if __name__ == "__main__":
    unittest.main()
