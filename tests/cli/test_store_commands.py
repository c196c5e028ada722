"""The commands that look into a server's store, and what serve and doctor say of signing in.

The binary is named by ASANA_MCP_BIN, as in test_cli. Records that a sign-in would leave are written into the store's file directly.
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
import stat
import sys
import tempfile
import unittest
from typing import Dict, List, Optional

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from test_cli import CliTest, Running, closed_port, run, sandbox, serving  # noqa: E402

# enum store_table.
GRANTS, BLOCKS, REQUESTS, COUNTERS = 6, 9, 10, 11
APP_SECRET = "5ecre7c0ffee5ecre7c0ffee"
SIGN_IN = {"ASANA_MCP_CLIENT_ID": "1200", "ASANA_MCP_CLIENT_SECRET": APP_SECRET}


def signing_in(*args: str, env: Optional[Dict[str, str]] = None) -> Running:
    """A server with an application at an Asana that is never asked."""
    return Running("serve", "--listen", "127.0.0.1:0", "--workers", "1", *args, env={**SIGN_IN, **(env or {})},
                   ready=r"server\.ready url=(\S+)")


class StoreTest(CliTest):
    """A store that a server has made."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.path = os.path.join(self.folder, "state", "asana-mcp.db")
        self.url = "sqlite:" + self.path
        self.env = {"ASANA_MCP_STORE": self.url}
        with signing_in(env=self.env) as server:
            self.assertEqual(server.stop(), 0)

    def command(self, *args: str, code: int = 0) -> str:
        """Standard output; or standard error, when a failure is expected."""
        result = run(*args, env=self.env)
        self.assertEqual(result.returncode, code, result.stdout + result.stderr)
        return result.stderr if code else result.stdout

    def listed(self, *args: str) -> List[dict]:
        return json.loads(self.command(*args, "--json"))

    def put(self, table: int, key: str, value: dict, owner: str = "") -> None:
        self.sql("INSERT INTO record(kind, key, value, owner, version, expires_at) VALUES(?, ?, ?, ?, 1, 0)",
                 table, key.encode(), json.dumps(value, ensure_ascii=False).encode(), owner.encode())

    def sql(self, text: str, *values: object) -> list:
        db = sqlite3.connect(self.path, timeout=30)
        try:
            with db:
                return db.execute(text, values).fetchall()
        finally:
            db.close()

    def counter(self) -> int:
        rows = self.sql("SELECT value FROM record WHERE kind = ? AND key = ?", COUNTERS, b"changes")
        return int(rows[0][0]) if rows else 0


class BlockTest(StoreTest):
    def test_blocked_listed_and_unblocked(self) -> None:
        self.assertEqual(self.listed("blocks"), [])
        self.assertIn("Nobody and nothing is blocked", self.command("blocks"))
        client = "https://client.example/" + "x" * 600
        for number, (kind, id_) in enumerate([("person", "1201"), ("client", client), ("workspace", "1301")]):
            said = self.command("block", kind, id_, "--reason", "because " + kind)
            self.assertEqual(said, "%s %s is now blocked (in %s)\n" % (kind, id_, self.path))
            self.assertEqual(self.counter(), number + 1)
        found = {(b["kind"], b["id"], b["reason"], b["from"]) for b in self.listed("blocks")}
        self.assertEqual(found, {("person", "1201", "because person", "store"),
                                 ("client", client, "because client", "store"),
                                 ("workspace", "1301", "because workspace", "store")})
        self.assertRegex(self.command("blocks"),
                         r"(?m)^person +\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ  1201  because person$")
        for kind, id_ in [("person", "1201"), ("client", client), ("workspace", "1301")]:
            self.assertIn("is no longer blocked", self.command("unblock", kind, id_))
        self.assertEqual(self.listed("blocks"), [])
        self.assertEqual(self.counter(), 6)

    def test_a_second_block_keeps_the_reason_unless_it_has_one(self) -> None:
        self.command("block", "person", "1201", "--reason", "first")
        self.assertIn("is already blocked", self.command("block", "person", "1201"))
        self.assertEqual(self.listed("blocks")[0]["reason"], "first")
        self.command("block", "person", "1201", "--reason", "second")
        self.assertEqual([b["reason"] for b in self.listed("blocks")], ["second"])

    def test_while_a_server_runs(self) -> None:
        with signing_in(env=self.env) as server:
            self.command("block", "person", "1201")
            self.assertEqual(len(self.listed("blocks")), 1)
            self.command("unblock", "person", "1201")
            self.assertEqual(server.stop(), 0)

    def test_what_was_not_blocked(self) -> None:
        said = self.command("unblock", "person", "1201", code=1)
        self.assertIn("person 1201 was not blocked", said)

    def test_the_settings_blocks_are_listed_too(self) -> None:
        config = os.path.join(self.folder, "settings.ini")
        with open(config, "w", encoding="utf-8") as file:
            file.write("block_person = 1202\nblock_client = bad\nblock_workspace = 1302\nallow_workspace = 1303\n"
                       "allow_workspace = 1304\nstore = %s\n" % self.url)
        self.env = {}
        self.command("block", "person", "1201", "--config", config)
        found = [(b["kind"], b["id"], b["from"]) for b in self.listed("blocks", "--config", config)]
        self.assertEqual(found, [("person", "1202", "settings"), ("client", "bad", "settings"),
                                 ("workspace", "1302", "settings"), ("person", "1201", "store")])
        self.assertIn("Only these workspaces are allowed (settings): 1303, 1304\n",
                      self.command("blocks", "--config", config))

    def test_usage(self) -> None:
        for args, words in [
            (["block"], "block takes a kind and an id: asana-mcp block person|client|workspace ID"),
            (["block", "person"], "block takes a kind and an id"),
            (["unblock", "person", "1", "2"], "unblock takes a kind and an id"),
            (["block", "persn", "1"], 'expected person, client or workspace, got "persn" (did you mean "person"?)'),
            (["block", "person", "ana@example.com"], "expected the gid of a person"),
            (["block", "workspace", "Acme"], "expected the gid of a workspace"),
            (["block", "client", ""], "expected a client's id"),
            (["unblock", "person", "1", "--reason=x"], '--reason means nothing to "unblock"'),
            (["block", "person", "1", "--reason=" + "x" * 501], "--reason: expected at most 500 bytes"),
            (["revoke"], "revoke needs --person=GID"),
            (["revoke", "--person=ana"], "--person: expected a gid"),
            (["blocks", "now"], '"blocks" takes options only'),
        ]:
            with self.subTest(args):
                self.assert_usage(run(*args, env=self.env), words)

    def test_a_store_that_is_not_there_is_not_made(self) -> None:
        missing = os.path.join(self.folder, "missing.db")
        for args in [["block", "person", "1"], ["unblock", "person", "1"], ["blocks"], ["requests"], ["grants"],
                     ["revoke", "--person=1"]]:
            with self.subTest(args):
                result = run(*args, "--store", "sqlite:" + missing)
                self.assertEqual(result.returncode, 1)
                self.assertIn("there is no store at \"%s\"" % missing, result.stderr)
                self.assertFalse(os.path.exists(missing))
                result = run(*args, "--store", "sqlite::memory:")
                self.assertEqual(result.returncode, 1)
                self.assertIn("a store in memory is the running server's alone", result.stderr)


class RequestsTest(StoreTest):
    def setUp(self) -> None:
        super().setUp()
        self.fill()

    def fill(self) -> None:
        for at, name in [("2023-11-14T22:13:21.000Z", "Ana Ruiz"), ("2023-11-14T22:13:22.000Z", "Bo\x1b[2J\u202e")]:
            self.put(REQUESTS, at + ":x", {"person": "1201", "name": name, "email": "a@example.com",
                                               "client": "Claude", "message": "Please\nlet me in\x07", "at": at})

    def test_they_are_listed_and_cannot_play_with_the_terminal(self) -> None:
        said = self.command("requests")
        self.assertIn("2023-11-14T22:13:21.000Z  Ana Ruiz <a@example.com>\n"
                      "  with Claude\n"
                      "  Please\n"
                      "  let me in\n"
                      "  asana-mcp unblock person 1201\n", "\n".join(l.rstrip() for l in said.split("\n")))
        self.assertLess(said.index("Ana"), said.index("Bo"))
        self.assertIsNone(re.search("[\x00-\x09\x0b-\x1f\x7f\u202e]", said))

    def test_as_json_nothing_is_lost(self) -> None:
        first, second = self.listed("requests")
        self.assertEqual(first, {"at": "2023-11-14T22:13:21.000Z", "person": "1201", "name": "Ana Ruiz",
                                 "email": "a@example.com", "client": "Claude", "message": "Please\nlet me in\x07"})
        self.assertEqual(second["name"], "Bo\x1b[2J\u202e")

    def test_clear_deletes_what_was_listed(self) -> None:
        for number in range(40):  # more than one step deletes
            self.put(REQUESTS, "2024-%08d" % number, {"person": "1", "name": "n", "message": "m", "at": "2024"})
        self.assertEqual(len(self.listed("requests", "--clear")), 42)
        self.assertEqual(self.listed("requests"), [])
        self.assertIn("Nobody asks", self.command("requests"))


class GrantsTest(StoreTest):
    def setUp(self) -> None:
        super().setUp()
        self.fill()

    def fill(self) -> None:
        for key, gid in [("grant-a", "1201"), ("grant-b", "1201"), ("grant-c", "1202")]:
            self.put(GRANTS, key, {"client": "client-of-" + key, "client_name": "Claude", "redirect_uri": "http://127.0.0.1/",
                                   "audience": 3, "scopes": 3, "toolsets": 1, "person": gid, "name": "Ana", "email": "",
                                   "made_at": 1700000001, "used_at": 1700000002, "asana": "c2VhbGVk"},
                     "user:" + gid)

    def test_listed_by_person(self) -> None:
        self.assertEqual([g["person"] for g in self.listed("grants")], ["1201", "1201", "1202"])
        self.assertEqual(self.listed("grants", "--person=1202"), [
            {"person": "1202", "name": "Ana", "email": "", "client": "client-of-grant-c", "client_name": "Claude",
             "scope": "read write", "made_at": "2023-11-14T22:13:21Z", "used_at": "2023-11-14T22:13:22Z"}])
        self.assertIn("person 1202  Ana\n  client     client-of-grant-c\n", self.command("grants"))
        self.assertNotIn("c2VhbGVk", self.command("grants") + self.command("grants", "--json"))

    def test_revoked_by_person(self) -> None:
        self.assertIn("person 1201: 2 grants ended", self.command("revoke", "--person", "1201"))
        self.assertEqual([g["person"] for g in self.listed("grants")], ["1202"])
        self.assertEqual(self.counter(), 2)
        self.assertIn("0 grants ended", self.command("revoke", "--person", "1201"))


class SignInTest(CliTest):
    def test_the_sandbox_lets_people_sign_in_out_of_the_box(self) -> None:
        with tempfile.TemporaryDirectory() as state:
            with serving("--auth", "oauth", env={"XDG_STATE_HOME": state}) as running:
                url = running.ready()
                self.assertRegex(running.err[0], " auth=oauth ")
                self.assertEqual(running.stop(), 0)
                said = "\n".join(running.out)
            self.assertEqual(os.listdir(state), [], "its store is in memory")
        self.assertIn("claude mcp add --transport sse asana %s/sse\n" % url, said)
        self.assertIn("Each caller signs in as one of its people.", said)
        self.assertNotIn("Authorization", said)

    def test_the_redirect_url_is_told_and_the_store_made_for_its_owner_alone(self) -> None:
        with tempfile.TemporaryDirectory() as state:
            with signing_in("--public-url", "https://mcp.example.com/asana", env={"XDG_STATE_HOME": state}) as running:
                self.assertEqual(running.stop(), 0)
                said = "\n".join(running.out + running.err)
            path = os.path.join(state, "asana-mcp", "asana-mcp.db")
            self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o600)
        self.assertIn("\n    https://mcp.example.com/asana/oauth/callback", said)
        self.assertNotIn(APP_SECRET, said)

    def test_usage(self) -> None:
        for args, env, words in [
            (["--auth", "oauth"], {}, "--auth oauth needs an application of yours at Asana"),
            (["--client-id", "1200"], {}, "--client-id: the application's secret is missing"),
            (["--client-secret", APP_SECRET], SIGN_IN, "--client-secret is not an option"),
            (["--listen", "0.0.0.0:0"], SIGN_IN, "--listen: nobody can sign in over plain http"),
            (["--public-url", "http://mcp.example.com"], SIGN_IN, "--public-url: nobody can sign in over plain http"),
            (["--oauth-url", "http://mcp.example.com"], SIGN_IN, "--oauth-url: plain http would send Asana tokens"),
            (["--store", "redis://:%s@localhost:x" % APP_SECRET], SIGN_IN, "--store: expected a port"),
            (["--allow-redirect", "http://a.example/"], SIGN_IN, "--allow-redirect: "),
        ]:
            with self.subTest(args):
                result = run("serve", *args, env={"HOME": "/nonexistent", **env})
                self.assert_usage(result, words)
                self.assertNotIn(APP_SECRET, result.stderr)

    def test_a_store_that_cannot_be_opened_ends_it(self) -> None:
        result = run("serve", "--listen", "127.0.0.1:0", "--store", "sqlite:/dev/null/x.db", env=SIGN_IN)
        self.assertEqual(result.returncode, 1)
        self.assertEqual(result.stderr.count("\n"), 1, result.stderr)
        self.assertIn("/dev/null/x.db", result.stderr)


class DoctorSignInTest(CliTest):
    def assert_line(self, text: str, finding: str, what: str, words: str) -> None:
        self.assertRegex(text, r"(?m)^%s +%s +.*%s" % (finding, what, words))

    def test_the_sandbox_s(self) -> None:
        result = run("doctor", "--sandbox", "--auth=oauth", "--listen", "127.0.0.1:0")
        self.assertEqual(result.returncode, 0, result.stdout)
        self.assert_line(result.stdout, "ok", "oauth", "/-/oauth_token answers")
        self.assert_line(result.stdout, "ok", "store", "in memory")
        self.assert_line(result.stdout, "ok", "token", "each caller signs in")

    def test_a_hosted_one_and_no_secret_is_told(self) -> None:
        with tempfile.TemporaryDirectory() as folder, sandbox() as asana:
            config = os.path.join(folder, "settings.ini")
            with open(config, "w", encoding="utf-8") as file:
                file.write("client_id = 1200\nclient_secret = %s\nrequest_webhook = https://a.example/%s\n"
                           "[client Agent]\nid = agent\nsecret = %s\nredirect_uri = https://a.example/back\n"
                           % (APP_SECRET, APP_SECRET, APP_SECRET))
            os.chmod(config, 0o644)
            args = ["doctor", "--listen", "127.0.0.1:0", "--config", config, "--api-url", asana.ready(),
                    "--public-url", "https://mcp.example.com"]
            oauth = asana.ready().replace("/api/1.0", "/-")
            result = run(*args, "--oauth-url", oauth, env={"XDG_STATE_HOME": folder})
            self.assertEqual(result.returncode, 0, result.stdout)
            self.assert_line(result.stdout, "ok", "sign-in", "https://mcp.example.com/oauth/callback")
            self.assert_line(result.stdout, "ok", "store", "asana-mcp.db will be made")
            self.assertFalse(os.path.exists(os.path.join(folder, "asana-mcp")))
            self.assert_line(result.stdout, "warn", "settings", "holds secrets, and others")
            self.assertNotIn(APP_SECRET, result.stdout + result.stderr)
            os.chmod(config, 0o600)
            result = run(*args, "--oauth-url", asana.ready(), "--store", "sqlite:/dev/null/x.db")
            self.assertEqual(result.returncode, 1)
            self.assert_line(result.stdout, "fail", "oauth", "not as Asana's sign-in does")
            self.assert_line(result.stdout, "fail", "store", "cannot be made")
            self.assertNotIn("holds secrets", result.stdout)
            result = run(*args, "--oauth-url", "http://127.0.0.1:%d/-" % closed_port())
            self.assertEqual(result.returncode, 1)
            self.assertRegex(result.stdout, r"(?m)^fail +oauth +")


if __name__ == "__main__":
    unittest.main()
