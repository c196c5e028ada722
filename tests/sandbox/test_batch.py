"""POST /batch: several requests in one, each as if it had come by itself."""

from __future__ import annotations

import sys
import unittest
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sandbox_case import SandboxCase  # noqa: E402


class Batch(SandboxCase):
    def batch(self, *actions: dict[str, Any]) -> Any:
        return self.ada.post("/batch", {"actions": list(actions)})

    def test_each_succeeds_or_fails_for_itself(self) -> None:
        task = {"name": "From a batch", "workspace": self.acme, "assignee": "me"}
        answer = self.batch(
            {"method": "post", "relative_path": "/tasks", "data": task},
            {"method": "get", "relative_path": "/tasks/12"},
            {"method": "get", "relative_path": "/users/me", "options": {"fields": ["name", "email"]}},
            {"method": "get", "relative_path": "/tasks", "data": {"assignee": "me", "workspace": self.acme}, "options": {"limit": 2}},
        )
        self.assertEqual(200, answer.status)
        made, missing, me, tasks = answer.data
        self.assertEqual([201, 404, 200, 200], [one["status_code"] for one in answer.data])
        self.assertEqual("From a batch", made["body"]["data"]["name"])
        self.assertIn(made["body"]["data"]["gid"], made["headers"]["location"])
        self.assertIn("Unknown object", missing["body"]["errors"][0]["message"])
        self.assertEqual({"gid", "name", "email"}, set(me["body"]["data"]))
        self.assertEqual(2, len(tasks["body"]["data"]))
        self.assertTrue(tasks["body"]["next_page"])
        read = self.ada.get(f"/tasks/{made['body']['data']['gid']}")
        self.assertEqual("From a batch", read.data["name"])
        gone = self.batch({"method": "delete", "relative_path": f"/tasks/{read.data['gid']}"})
        self.assertEqual([200], [one["status_code"] for one in gone.data])
        self.assertEqual(404, self.ada.get(f"/tasks/{read.data['gid']}").status)

    def test_what_is_no_batch_is_refused_whole(self) -> None:
        fine = {"method": "post", "relative_path": "/tasks", "data": {"name": "Never", "workspace": self.acme}}
        for actions, why in (
            ([], "1 to 10"),
            ([fine] * 11, "1 to 10"),
            ([fine, {"method": "get"}], "relative_path"),
            ([fine, {"method": "get", "relative_path": "/tasks?limit=1"}], "without a query"),
            ([fine, {"method": "post", "relative_path": "/batch", "data": {"actions": []}}], "cannot be in a batch"),
            ([fine, {"method": "post", "relative_path": "/attachments", "data": {}}], "cannot be in a batch"),
        ):
            with self.subTest(why):
                self.refused(self.batch(*actions), 400, why)
        names = [one["name"] for one in self.ada.get("/tasks", assignee="me", workspace=self.acme).data]
        self.assertNotIn("Never", names)


if __name__ == "__main__":
    unittest.main()
