"""`asana-mcp connect`: what it prints, and what it does to files that belong to other programs.

Runs the binary named by the environment variable ASANA_MCP_BIN (default: that of the dev preset).
"""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT))

from codegen.clients import without_comments  # noqa: E402

BIN = os.environ.get("ASANA_MCP_BIN") or str(ROOT / "build/dev/asana-mcp")
PATIENCE = 60
URL = "https://mcp.example.com"


class Connect(unittest.TestCase):
    maxDiff = None

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.home = Path(folder.name)

    def run_it(self, *args: str) -> "subprocess.CompletedProcess[str]":
        env = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("ASANA_", "XDG_"))
        }
        env["HOME"] = str(self.home)
        return subprocess.run(
            [BIN, "connect", *args],
            cwd=self.home,
            env=env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=PATIENCE,
        )

    def told(self, *args: str) -> str:
        done = self.run_it(*args)
        self.assertEqual(0, done.returncode, done.stderr)
        return done.stdout

    def refused(self, code: int, words: str, *args: str) -> None:
        done = self.run_it(*args)
        self.assertEqual((code, ""), (done.returncode, done.stdout), done.stderr)
        self.assertRegex(done.stderr, r"\Aasana-mcp: [^\n]+\n\Z")
        self.assertIn(words, done.stderr)

    def write(self, client: str, *args: str) -> str:
        done = self.run_it(client, "--url", URL, "--write", *args)
        self.assertEqual((0, ""), (done.returncode, done.stdout), done.stderr)
        return done.stderr

    def put(self, name: str, text: str, newline: str = "") -> Path:
        path = self.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline=newline)
        return path

    def becomes(self, before: str, after: str, client: str = "cursor", *args: str) -> None:
        """The file's bytes, the copy's, and that doing it again does nothing."""
        path = self.put("settings", before)
        self.write(client, "--file", str(path), *args)
        self.assertEqual(after, path.read_bytes().decode())
        self.assertEqual(before, (self.home / "settings.backup").read_bytes().decode())
        self.assertIn("already; nothing to write", self.write(client, "--file", str(path), *args))
        self.assertEqual(after, path.read_bytes().decode())
        self.assertEqual(["settings", "settings.backup"], sorted(os.listdir(self.home)))

    def stays(self, text: str, words: str, client: str = "cursor", *args: str) -> None:
        path = self.put("settings", text)
        self.refused(1, words, client, "--url", URL, "--write", "--file", str(path), *args)
        self.assertEqual(text, path.read_bytes().decode())
        self.assertEqual(["settings"], os.listdir(self.home))


class Printed(Connect):
    def test_without_a_client_all_are_listed(self) -> None:
        told = self.told()
        for path in (ROOT / "schema/clients").glob("*.json"):
            name = json.loads(path.read_text(encoding="utf-8"))["name"]
            self.assertRegex(told, rf"(?m)^  {name} +\S")

    def test_each_client_is_told_for_each_of_its_transports(self) -> None:
        addresses = {"http": f"{URL}/mcp", "sse": f"{URL}/sse", "stdio": "stdio"}
        for path in sorted((ROOT / "schema/clients").glob("*.json")):
            raw = json.loads(path.read_text(encoding="utf-8"))
            for transport in raw["transports"]:
                with self.subTest(raw["name"], transport=transport):
                    told = self.told(raw["name"], "--url", URL, "--transport", transport)
                    self.assertIn(addresses[transport], told)
                    self.assertNotRegex(told, r"\{(url|base|name|program)\}")

    def test_the_settings_alone_can_become_a_file(self) -> None:
        entry = json.loads(self.told("cursor", "--url", URL))
        self.assertEqual({"mcpServers": {"asana": {"url": f"{URL}/mcp"}}}, entry)

    def test_the_address_is_that_of_the_server_these_settings_describe(self) -> None:
        self.assertIn(" http://127.0.0.1:8000/mcp", self.told("claude-code"))
        self.assertIn(" http://127.0.0.1:9000/mcp", self.told("claude-code", "--listen", "0.0.0.0:9000"))
        self.put("settings.ini", f"listen = 0.0.0.0:80\npublic_url = {URL}/asana\n")
        told = self.told("claude-code", "--config", "settings.ini")
        self.assertIn(f" {URL}/asana/mcp", told)

    def test_an_address_may_name_its_transport(self) -> None:
        self.assertIn(f"sse asana {URL}/sse", self.told("claude-code", "--url", f"{URL}/sse"))
        self.assertIn(f"http asana {URL}/mcp", self.told("claude_code", "--url", f"{URL}/mcp/"))

    def test_callers_with_tokens_of_their_own_name_a_variable(self) -> None:
        entry = json.loads(self.told("cursor", "--url", URL, "--auth", "bearer"))
        headers = entry["mcpServers"]["asana"]["headers"]
        self.assertEqual({"Authorization": "Bearer ${env:ASANA_ACCESS_TOKEN}"}, headers)
        self.refused(2, "mcp-remote", "zed", "--url", URL, "--auth", "bearer")

    def test_a_client_from_outside_cannot_reach_loopback(self) -> None:
        self.assertIn("internet can reach", self.run_it("claude").stderr)
        self.assertNotIn("internet can reach", self.run_it("claude", "--url", URL).stderr)

    def test_what_makes_no_sense_is_refused(self) -> None:
        self.refused(2, 'did you mean "cursor"?', "cursr")
        self.refused(2, "it speaks http, stdio", "zed", "--transport", "sse")
        self.refused(2, "expected http, sse or stdio", "zed", "--transport", "tcp")
        self.refused(2, "letters, digits", "zed", "--name", "a b")
        self.refused(2, "treats specially", "claude-code", "--url", "https://h/$(reboot)")
        self.refused(2, "no settings file", "claude", "--url", URL, "--write")
        self.refused(2, "add --url", "zed", "--listen", "127.0.0.1:0")
        self.refused(2, "takes one client", "zed", "cursor")


class WrittenJson(Connect):
    def test_a_missing_file_is_made_for_its_owner_alone(self) -> None:
        self.write("cursor")
        path = self.home / ".cursor/mcp.json"
        self.assertEqual(
            '{\n  "mcpServers": {\n    "asana": {\n      "url": "https://mcp.example.com/mcp"\n'
            "    }\n  }\n}\n",
            path.read_text(),
        )
        self.assertEqual(0o600, stat.S_IMODE(path.stat().st_mode))
        self.assertEqual(0o700, stat.S_IMODE(path.parent.stat().st_mode))

    def test_an_empty_file_becomes_a_whole_one(self) -> None:
        for text in ("", "\n", "// nothing yet\n", "\ufeff"):
            with self.subTest(text):
                path = self.put("x.json", text)
                self.write("cursor", "--file", str(path))
                after = path.read_bytes().decode()
                self.assertTrue(after.startswith(text))
                plain = json.loads(without_comments(after.removeprefix("\ufeff")))
                self.assertIn("asana", plain["mcpServers"])

    def test_comments_order_and_trailing_commas_stay(self) -> None:
        self.becomes(
            "{\n"
            "\t// my servers\n"
            '\t"z": [1, 2,], /* odd */\n'
            '\t"mcpServers": {\n'
            '\t\t"github": {"url": "https://api.githubcopilot.com/mcp/"}, // keep\n'
            "\t\t// the last word\n"
            "\t},\n"
            '\t"a": "\\u0041 // no comment"\n'
            "}\n",
            "{\n"
            "\t// my servers\n"
            '\t"z": [1, 2,], /* odd */\n'
            '\t"mcpServers": {\n'
            '\t\t"github": {"url": "https://api.githubcopilot.com/mcp/"}, // keep\n'
            "\t\t// the last word\n"
            '\t\t"asana": {\n'
            '\t\t\t"url": "https://mcp.example.com/mcp"\n'
            "\t\t},\n"
            "\t},\n"
            '\t"a": "\\u0041 // no comment"\n'
            "}\n",
        )

    def test_a_comment_behind_the_last_member_stays_there(self) -> None:
        self.becomes(
            '{\n    "mcpServers": {\n        "x": {} // mine\n    }\n}',
            '{\n    "mcpServers": {\n        "x": {}, // mine\n        "asana": {\n'
            '            "url": "https://mcp.example.com/mcp"\n        }\n    }\n}',
        )

    def test_line_ends_and_byte_order_mark_stay(self) -> None:
        self.becomes(
            '\ufeff{\r\n  "mcpServers": {\r\n  }\r\n}\r\n',
            '\ufeff{\r\n  "mcpServers": {\r\n    "asana": {\r\n'
            '      "url": "https://mcp.example.com/mcp"\r\n    }\r\n  }\r\n}\r\n',
        )

    def test_one_line_stays_one_line(self) -> None:
        self.becomes(
            '{"a":1,"mcpServers":{"x":{"url":"y"}}}',
            '{"a":1,"mcpServers":{"x":{"url":"y"}, "asana": '
            '{"type": "http", "url": "https://mcp.example.com/mcp"}}}',
            "other",
        )
        self.becomes_one('{"mcpServers":{}}\n', '{"mcpServers":{"asana": {"url": "%s/mcp"}}}\n')
        self.becomes_one('{"a": [],}', '{"a": [], "mcpServers": {"asana": {"url": "%s/mcp"}},}')

    def becomes_one(self, before: str, after: str) -> None:
        path = self.put("one.json", before)
        self.write("cursor", "--file", str(path))
        self.assertEqual(after % URL, path.read_text())

    def test_objects_on_the_way_are_made(self) -> None:
        self.becomes(
            '{\n  "theme": "dark"\n}\n',
            '{\n  "theme": "dark",\n  "mcp": {\n    "servers": {\n      "asana": {\n'
            '        "type": "remote",\n        "url": "https://mcp.example.com/mcp"\n'
            "      }\n    }\n  }\n}\n",
            "opencode",
        )

    def test_what_people_added_to_the_entry_stays(self) -> None:
        self.becomes(
            '{ "servers": {\n    "asana": {\n      // moved from the old one\n'
            '      "url": "https://mcp.asana.com/sse", "type": "sse",\n'
            '      "disabled": false\n    }\n} }\n',
            '{ "servers": {\n    "asana": {\n      // moved from the old one\n'
            '      "url": "https://mcp.example.com/mcp", "type": "http",\n'
            '      "disabled": false\n    }\n} }\n',
            "vscode",
        )

    def test_headers_go_beside_those_that_are_there(self) -> None:
        path = self.put(
            "x.json", '{"mcpServers": {"asana": {"url": "u", "headers": {"X-Team": "a"}}}}'
        )
        self.write("cursor", "--file", str(path), "--auth", "bearer")
        entry = json.loads(path.read_text())["mcpServers"]["asana"]
        self.assertEqual({"X-Team", "Authorization"}, set(entry["headers"]))
        self.assertEqual(f"{URL}/mcp", entry["url"])

    def test_another_name_is_another_entry(self) -> None:
        path = self.put("x.json", '{\n  "mcpServers": {\n    "asana": {"command": "x"}\n  }\n}\n')
        self.write("cursor", "--file", str(path), "--name", "asana-work")
        servers = json.loads(path.read_text())["mcpServers"]
        self.assertEqual(["asana", "asana-work"], list(servers))

    def test_a_server_of_another_kind_is_left_alone(self) -> None:
        self.stays('{"mcpServers": {"asana": {"command": "npx"}}}', '"command"')

    def test_what_does_not_parse_is_left_alone(self) -> None:
        wrong = {
            '{"mcpServers": {': "line 1",
            '{\n  "a": 1\n  "b": 2\n}': "line 3",
            "{'a': 1}": "in quotes",
            '{"a": tru}': "expected a value",
            '{"a": "x\ny"}': "not closed",
            '{"a": 01}': "expected a value",
            '{"a": 1} {': "behind the end",
            "{ /* ": "not closed",
            "[]": "expected an object",
            '{"mcpServers": []}': "is no object",
            '{"mcpServers": {}, "mcpServers": {}}': "twice",
            '{"mcpServers": {"asana": 1, "\\u0061sana": 2}}': "twice",
            "{" + '"a": {' * 100: "too many levels",
        }
        for text, words in wrong.items():
            with self.subTest(text):
                self.stays(text, words)

    def test_what_is_not_utf8_is_left_alone(self) -> None:
        path = self.home / "x.json"
        path.write_bytes(b'{"a": "\xff"}')
        self.refused(1, "not UTF-8", "cursor", "--url", URL, "--write", "--file", str(path))

    def test_the_folder_for_settings_may_be_elsewhere(self) -> None:
        done = subprocess.run(
            [BIN, "connect", "zed", "--url", URL, "--write"],
            env={"HOME": str(self.home), "XDG_CONFIG_HOME": str(self.home / "conf")},
            capture_output=True,
            encoding="utf-8",
            timeout=PATIENCE,
        )
        self.assertEqual(0, done.returncode, done.stderr)
        self.assertTrue((self.home / "conf/zed/settings.json").is_file())


class WrittenToml(Connect):
    def test_a_table_goes_to_the_end(self) -> None:
        self.becomes(
            'model = "gpt-5" # fast\n\n[mcp_servers.github]\nurl = "x"',
            'model = "gpt-5" # fast\n\n[mcp_servers.github]\nurl = "x"\n\n'
            '[mcp_servers.asana]\nurl = "https://mcp.example.com/mcp"\n',
            "codex",
        )

    def test_line_ends_stay(self) -> None:
        self.becomes(
            'a = 1\r\n',
            'a = 1\r\n\r\n[mcp_servers.asana]\r\nurl = "https://mcp.example.com/mcp"\r\n',
            "codex",
        )

    def test_the_table_that_is_there_is_kept(self) -> None:
        self.becomes(
            '[mcp_servers."asana"] # old\n  url = "https://mcp.asana.com/sse" # gone\n'
            "enabled = true\n\n[mcp_servers.asana.env]\nA = 'b'\n\n[x]\nurl = \"\"\"\n[y]\n\"\"\"\n",
            '[mcp_servers."asana"] # old\n  url = "https://mcp.example.com/mcp" # gone\n'
            'enabled = true\nbearer_token_env_var = "ASANA_ACCESS_TOKEN"\n\n'
            "[mcp_servers.asana.env]\nA = 'b'\n\n[x]\nurl = \"\"\"\n[y]\n\"\"\"\n",
            "codex",
            "--auth",
            "bearer",
        )

    def test_other_forms_and_other_kinds_are_left_alone(self) -> None:
        for text, words in {
            'mcp_servers = { asana = { url = "x" } }\n': "only people edit",
            'mcp_servers.asana.url = "x"\n': "only people edit",
            '[mcp_servers]\nasana = { url = "x" }\n': "only people edit",
            "[[mcp_servers.asana]]\n": "only people edit",
            '[mcp_servers.asana]\ncommand = "npx"\n': '"command"',
            "[a\n": 'expected "]"',
            "a = \n": "line 1: expected a value",
            'a = "b\n': "not closed",
            "a = [1, 2\n": "expected",
            "hello\n": "name = value",
            "a = 1 b = 2\n": "end of the line",
        }.items():
            with self.subTest(text):
                self.stays(text, words, "codex")

    def test_what_is_usual_in_such_files_is_understood(self) -> None:
        text = (
            "# comment\na.b.\"c d\" = 1_000\nt = 2026-11-23 09:00:00Z\nf = -1.5e3\n"
            "list = [\n  'x', # one\n  \"y\",\n]\nin = { a = [1, {b = 2}], c = '''\n]'''}\n[[rows]]\n"
            "k = true\n"
        )
        path = self.put("c.toml", text)
        self.write("codex", "--file", str(path))
        self.assertTrue(path.read_text().startswith(text + "\n[mcp_servers.asana]\n"))


class Files(Connect):
    ENTRY = '{"mcpServers": {}}\n'

    def test_a_link_stays_a_link_and_the_mode_stays(self) -> None:
        real = self.put("dotfiles/mcp.json", self.ENTRY)
        real.chmod(0o640)
        link = self.home / ".cursor/mcp.json"
        link.parent.mkdir()
        link.symlink_to(real)
        said = self.write("cursor")
        self.assertTrue(link.is_symlink())
        self.assertIn("asana", real.read_text())
        self.assertEqual(0o640, stat.S_IMODE(real.stat().st_mode))
        self.assertIn(str(self.home / "dotfiles/mcp.json.backup"), said)

    def test_a_link_to_nowhere_and_a_folder_are_left_alone(self) -> None:
        link = self.home / "x.json"
        link.symlink_to(self.home / "gone/x.json")
        self.refused(1, "x.json", "cursor", "--url", URL, "--write", "--file", str(link))
        self.assertTrue(link.is_symlink())
        (self.home / "folder").mkdir()
        self.refused(1, "no file", "cursor", "--url", URL, "--write", "--file", "folder")

    def test_a_read_only_file_is_left_alone_even_by_root(self) -> None:
        path = self.put("x.json", self.ENTRY)
        path.chmod(0o444)
        self.refused(1, "read-only", "cursor", "--url", URL, "--write", "--file", str(path))
        self.assertEqual(self.ENTRY, path.read_text())

    def test_no_backup_is_overwritten(self) -> None:
        path = self.put("x.json", self.ENTRY)
        self.put("x.json.backup", "precious")
        self.write("cursor", "--file", str(path))
        self.assertEqual("precious", (self.home / "x.json.backup").read_text())
        self.assertEqual(self.ENTRY, (self.home / "x.json.backup-2").read_text())

    def test_no_token_is_written(self) -> None:
        path = self.put("x.json", self.ENTRY)
        env = {**os.environ, "ASANA_ACCESS_TOKEN": "1/123:secret", "HOME": str(self.home)}
        for auth in ("bearer", "token"):
            subprocess.run(
                [BIN, "connect", "cursor", "--auth", auth, "--write", "--file", str(path)],
                env=env,
                check=True,
                capture_output=True,
                timeout=PATIENCE,
            )
        self.assertNotIn("secret", path.read_text())


if __name__ == "__main__":
    unittest.main()
