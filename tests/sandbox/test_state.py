"""What is kept in a state file, and files that are none."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any, Optional

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from lib.server import SANITIZER_REPORT, START_SECONDS, Sandbox, binary, clean_environment  # noqa: E402
from sandbox_case import Client  # noqa: E402


class State(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.path = self.folder / "state.db"

    def sandbox(self) -> Sandbox:
        return Sandbox("--listen", "127.0.0.1:0", "--state", str(self.path))

    def made(self) -> None:
        """A state file with nothing but the sample data."""
        self.sandbox().stop()

    def refused(self, text: str, path: Optional[Path] = None) -> None:
        """Starting with the file fails at once, says why in one line, and leaves the file as it is."""
        path = path or self.path
        before = path.read_bytes() if path.is_file() else None
        command = [binary(), "sandbox", "--listen", "127.0.0.1:0", "--state", str(path)]
        result = subprocess.run(command, env=clean_environment(), capture_output=True, text=True, timeout=START_SECONDS)
        self.assertEqual(1, result.returncode, result.stderr)
        self.assertEqual("", result.stdout)
        self.assertEqual(1, len(result.stderr.strip().splitlines()), result.stderr)
        self.assertIn(str(path), result.stderr)
        self.assertIn(text, result.stderr)
        self.assertIsNone(SANITIZER_REPORT.search(result.stderr))
        if before is not None:
            self.assertEqual(before, path.read_bytes())

    def make_task(self, sandbox: Sandbox, name: str) -> Any:
        client = Client(sandbox.api_url)
        answer = client.post("/tasks", {"name": name, "workspace": client.get("/workspaces").data[0]["gid"]})
        self.assertEqual(201, answer.status, answer.body)
        return answer.data

    def assert_task(self, sandbox: Sandbox, task: Any) -> None:
        again = Client(sandbox.api_url).get(f"/tasks/{task['gid']}")
        self.assertEqual(200, again.status, again.body)
        self.assertEqual({**task, "modified_at": None}, {**again.data, "modified_at": None})

    def test_what_was_made_is_there_after_a_restart(self) -> None:
        first = self.sandbox()
        task = self.make_task(first, "kept")
        deleted = self.make_task(first, "deleted")
        Client(first.api_url).delete(f"/tasks/{deleted['gid']}")
        first.stop()
        self.assertEqual(["state.db"], os.listdir(self.folder))
        second = self.sandbox()
        self.addCleanup(second.stop)
        self.assert_task(second, task)
        self.assertEqual(404, Client(second.api_url).get(f"/tasks/{deleted['gid']}").status)
        # Sample data is made once.
        projects = Client(second.api_url).get("/projects").data
        self.assertEqual(1, sum(project["name"] == "Marketing" for project in projects))
        self.assertGreater(int(self.make_task(second, "newer")["gid"]), int(deleted["gid"]))

    def test_sandbox_that_is_killed_loses_nothing(self) -> None:
        first = self.sandbox()
        task = self.make_task(first, "kept")
        first.child.send_signal(signal.SIGKILL)
        first.child.wait()
        first._finish()
        second = self.sandbox()
        self.addCleanup(second.stop)
        self.assert_task(second, task)

    def test_control_is_not_kept(self) -> None:
        first = self.sandbox()
        controls = Client(first.api_url.replace("/api/1.0", ""), token=None)
        acme = Client(first.api_url).get("/workspaces").data[0]["gid"]
        controls.send("PUT", "/sandbox/control", body={"search_lag_ms": 1000, "blocked_workspaces": [acme], "delay_ms": 1})
        first.stop()
        second = self.sandbox()
        self.addCleanup(second.stop)
        self.assertEqual(2, len(Client(second.api_url).get("/workspaces").data))
        self.assertEqual(0, Client(second.api_url.replace("/api/1.0", "")).get("/sandbox/control").json()["delay_ms"])

    def test_second_sandbox_on_the_same_file_is_refused(self) -> None:
        first = self.sandbox()
        self.addCleanup(first.stop)
        command = [binary(), "sandbox", "--listen", "127.0.0.1:0", "--state", str(self.path)]
        result = subprocess.run(command, env=clean_environment(), capture_output=True, text=True, timeout=START_SECONDS)
        self.assertEqual(1, result.returncode, result.stderr)
        self.assertIn(f"{self.path} is in use by another process", result.stderr)
        self.make_task(first, "still at work")

    def test_file_of_another_version_is_refused(self) -> None:
        self.made()
        self.change("PRAGMA user_version = 9")
        self.refused("was written by another version of the sandbox (its tables are of version 9, expected")

    def change(self, sql: str) -> None:
        database = sqlite3.connect(self.path)
        database.executescript(sql)
        database.close()

    def test_database_of_another_program_is_refused(self) -> None:
        self.change("CREATE TABLE theirs(x); INSERT INTO theirs VALUES(1)")
        self.refused("is a database of another program")
        self.change("PRAGMA user_version = 1")
        self.refused("is a database of another program")

    def test_file_that_is_no_database_is_refused(self) -> None:
        self.path.write_bytes(b"this is a shopping list\n" * 100)
        self.refused("is not a state file of the sandbox")

    def test_damaged_file_is_refused(self) -> None:
        self.made()
        whole = self.path.read_bytes()
        self.path.write_bytes(whole[: len(whole) // 2 // 4096 * 4096])
        self.refused("is damaged; remove it to begin anew")
        self.path.write_bytes(whole[:4096] + b"\xff" * 8192 + whole[12288:])
        self.refused("is damaged; remove it to begin anew")

    def test_place_where_no_file_can_be_is_refused(self) -> None:
        self.refused("unable to open database file", self.folder / "nowhere" / "state.db")
        self.refused("unable to open database file", self.folder)

    def test_file_that_is_empty_is_filled(self) -> None:
        self.path.touch()
        self.made()
        self.assertGreater(self.path.stat().st_size, 100000)

    @unittest.skipIf(os.geteuid() == 0, "root may write everywhere")
    def test_file_that_cannot_be_written_is_refused(self) -> None:
        self.made()
        self.path.chmod(0o400)
        self.refused("cannot be written")


if __name__ == "__main__":
    unittest.main()
