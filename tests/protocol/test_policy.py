"""What the operator's settings leave of the tools: levels, profiles, policies for people, clients and workspaces; what a
request narrows for itself; and that `policy explain` says what the server does."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lib import wire  # noqa: E402
from lib.mcp import ModernClient, RpcError, SseSession, StreamableSession, data_of  # noqa: E402
from lib.server import Server, ServerCase, binary, clean_environment  # noqa: E402
from lib.sign_in import ADA, BJORN, REDIRECT, Client, SignInCase, SignInServer, Tokens  # noqa: E402

CLIENT_POLICY = "The administrator of this server does not allow this here (policy \"readers\")"


def in_sandbox(tool: str, **arguments: Any) -> Any:
    """What the sandbox answers: its gids are the same at every start."""
    done = subprocess.run([binary(), "call", "--sandbox", tool, json.dumps(arguments)], capture_output=True, text=True, env=clean_environment())
    if done.returncode:
        raise AssertionError(done.stdout + done.stderr)
    return json.loads(done.stdout)["data"]


def names(session: Any) -> set[str]:
    return {tool["name"] for tool in session.rpc("tools/list", {})["tools"]}


class Places(ServerCase):
    """A policy for a workspace, without signing in."""

    @classmethod
    def start_server(cls) -> Server:
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        workspaces = in_sandbox("asana_list_workspaces")
        cls.limited, cls.free = workspaces[0]["gid"], workspaces[1]["gid"]
        file = Path(cls.folder.name) / "settings.ini"
        file.write_text(f"[policy look]\nworkspace = {cls.limited}\nlevels = read\n[policy goals]\nworkspace = {cls.limited}\ntoolsets = tasks, projects, users\n")
        return Server("--config", str(file), token=None)

    def test_only_reading_in_that_workspace(self) -> None:
        session = StreamableSession(self.server.port)
        self.assertIn("asana_create_task", names(session))
        task = {"name": "From a policy's test", "assignee": "me"}
        refused = session.rpc("tools/call", {"name": "asana_create_task", "arguments": {**task, "workspace": self.limited}})
        self.assertTrue(refused["isError"])
        self.assertIn("(policy \"look\")", refused["content"][0]["text"])
        made = data_of(session.call("asana_create_task", {**task, "workspace": self.free}))
        self.assertTrue(made["gid"])
        changed = session.rpc("tools/call", {"name": "asana_update_task", "arguments": {"task_id": made["gid"], "name": "Changed"}})
        self.assertFalse(changed.get("isError"), changed)
        found = data_of(session.call("asana_get_tasks", {"assignee": "me", "workspace": self.limited}))
        self.assertTrue(found)
        refused = session.rpc("tools/call", {"name": "asana_update_task", "arguments": {"task_id": found[0]["gid"], "name": "Changed"}})
        self.assertTrue(refused["isError"])
        self.assertIn("(policy \"look\")", refused["content"][0]["text"])
        self.assertEqual(found[0]["name"], data_of(session.call("asana_get_task", {"task_id": found[0]["gid"]}))["name"])

    def test_a_toolset_that_is_left_out_there(self) -> None:
        session = StreamableSession(self.server.port)
        refused = session.rpc("tools/call", {"name": "asana_get_goals", "arguments": {"workspace": self.limited}})
        self.assertTrue(refused["isError"])
        self.assertIn("(policy \"goals\")", refused["content"][0]["text"])

    def test_what_explain_says(self) -> None:
        for tool, workspace, code in (
            ("asana_create_task", self.limited, 1), ("asana_create_task", self.free, 0), ("asana_get_task", self.limited, 0), ("asana_get_goals", self.limited, 1),
        ):
            with self.subTest(tool, workspace=workspace):
                done = subprocess.run([binary(), "policy", "explain", "--tool", tool, "--workspace", workspace, "--config", str(Path(self.folder.name) / "settings.ini")],
                                      capture_output=True, text=True, env=clean_environment({"ASANA_ACCESS_TOKEN": "x"}))
                self.assertEqual(code, done.returncode, done.stdout + done.stderr)

    def test_a_request_narrows_for_itself(self) -> None:
        whole = names(StreamableSession(self.server.port))
        for query, headers, left in (
            ("?profile=search", {}, {"search", "fetch"}),
            ("", {"X-MCP-Profile": "search"}, {"search", "fetch"}),
            ("?profile=search", {"X-MCP-Profile": "all"}, {"search", "fetch"}),
            ("?toolsets=workspaces,typeahead", {}, {"asana_list_workspaces", "asana_typeahead_search"}),
            ("?toolsets=workspaces,typeahead", {"X-MCP-Toolsets": "typeahead,tasks"}, {"asana_typeahead_search"}),
            ("?toolsets=goals&read_only=1", {}, {"asana_get_goals", "asana_get_goal", "asana_get_parent_goals_for_goal"}),
            ("?toolsets=goals", {"X-MCP-Readonly": "true"}, {"asana_get_goals", "asana_get_goal", "asana_get_parent_goals_for_goal"}),
            ("?read_only=0", {"X-MCP-Readonly": "false"}, whole),
        ):
            with self.subTest(query, headers=headers):
                self.assertEqual(left, names(StreamableSession(self.server.port, headers, path="/mcp" + query)))
                if not headers:
                    session = SseSession(self.server.port, path="/sse" + query)
                    self.addCleanup(session.close)
                    self.assertEqual(left, names(session))
        self.assertEqual(400, wire.request(self.server.port, "POST", "/mcp?profile=serach", {"Content-Type": "application/json"}, "{}").status)

    def test_what_is_narrowed_away_cannot_be_called(self) -> None:
        session = StreamableSession(self.server.port, {}, path="/mcp?profile=search")
        with self.assertRaises(RpcError):
            session.call("asana_list_workspaces", {})


class Levels(ServerCase):
    @classmethod
    def start_server(cls) -> Server:
        return Server("--levels=read,update", "--profile=everyday", token=None)

    def test_the_listing(self) -> None:
        left = names(ModernClient(self.server.port))
        self.assertIn("asana_update_task", left)
        self.assertFalse(left & {"asana_create_task", "asana_delete_task", "asana_get_goals", "search"})
        page = wire.request(self.server.port, "GET", "/").text()
        self.assertIn("asana_update_task", page)
        self.assertNotIn("asana_create_task", page)


class People(SignInCase):
    """Policies for people and clients, who are known by signing in."""

    @classmethod
    def start_server(cls) -> SignInServer:
        workspace = in_sandbox("asana_list_workspaces")[0]["gid"]
        cls.ada = next(user["gid"] for user in in_sandbox("asana_get_workspace_users", workspace_gid=workspace) if user["name"] == ADA)
        return SignInServer(store=cls.folder / "store.db", settings=(
            f"[client Reader]\nid = reader\nredirect_uri = {REDIRECT}\n"
            "[policy readers]\nclient = reader\nlevels = read\n"
            f"[policy ada]\nperson = {cls.ada}\ndisable = asana_delete_task\n"
        ))

    def of(self, tokens: Tokens) -> set[str]:
        return names(StreamableSession(self.server.port, tokens.headers))

    def test_a_client(self) -> None:
        reader = Client(self.server.url)
        reader.client_id = "reader"
        tokens = reader.sign_in(person=BJORN)
        self.assertFalse(self.of(tokens) & {"asana_create_task", "asana_delete_task"})
        with self.assertRaises(RpcError) as refused:
            StreamableSession(self.server.port, tokens.headers).call("asana_create_task", {"name": "x"})
        self.assertIn(CLIENT_POLICY, str(refused.exception))
        self.assertIn("asana_create_task", self.of(self.client().sign_in(person=BJORN)))

    def test_a_person(self) -> None:
        tokens = self.client().sign_in(person=ADA)
        self.assertIn("asana_create_task", self.of(tokens))
        self.assertNotIn("asana_delete_task", self.of(tokens))
        for tool, code in (("asana_delete_task", 1), ("asana_create_task", 0)):
            done = subprocess.run([binary(), "policy", "explain", "--user", self.ada, "--tool", tool, "--config", str(self.server.store.with_suffix(".ini")),
                                   "--store", f"sqlite:{self.server.store}", "--auth", "oauth"], capture_output=True, text=True, env=clean_environment())
            self.assertEqual(code, done.returncode, done.stdout + done.stderr)
            self.assertIn("the sign-in of ", done.stdout)


if __name__ == "__main__":
    unittest.main()
