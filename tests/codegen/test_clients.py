"""The recipes for clients, and the documentation that is made of them: can it be used as it is?"""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
import unittest
import xml.etree.ElementTree
from pathlib import Path
from typing import Iterator

import jsonschema
from support import FIXTURE, ROOT

from codegen import clients, emit_completion, readme, redirects
from codegen.check import check
from codegen.check_clients import CLIENT, CLIENT_NEEDS, SETTINGS, SNIPPET, unreadable
from codegen.clients import TRANSPORTS, Client, Snippet, fill, without_comments
from codegen.load import load
from codegen.model import Model
from codegen.problems import Report

try:
    import tomllib
except ImportError:  # Python before 3.11
    tomllib = None  # type: ignore[assignment]

DOCS = ROOT / "generated/docs"
PROMISED = """claude claude-desktop claude-code cursor vscode windsurf chatgpt codex gemini-cli
    opencode mcp-remote inspector openai-api anthropic-api azure-api-management""".split()
LINK = re.compile(r"\[[^\]]*\]\((?P<to>[^)\s]+)\)")
HEADING = re.compile(r"^#+ (?P<text>.+)$", re.MULTILINE)
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


def model(root: Path = ROOT) -> Model:
    report = Report()
    found = check(load(root, report), report)
    assert found, list(map(str, report.problems))
    return found


def snippets() -> Iterator[tuple[Client, Snippet, str]]:
    """Each recipe of each client, filled in for each transport."""
    for one in model().clients:
        for transport in one.transports:
            for bearer in (False, True):
                for snippet in one.recipes(transport, bearer):
                    yield one, snippet, fill(snippet.text, transport)


class Recipes(unittest.TestCase):
    maxDiff = None

    def test_the_promised_ones_are_there(self) -> None:
        self.assertEqual([], sorted(set(PROMISED) - {one.name for one in model().clients}))

    def test_editors_are_told_the_same_keywords(self) -> None:
        schema = json.loads((ROOT / "schema/client.schema.json").read_text(encoding="utf-8"))
        self.assertEqual(set(CLIENT), set(schema["properties"]))
        self.assertEqual(list(CLIENT_NEEDS), schema["required"])
        self.assertEqual(set(SNIPPET), set(schema["$defs"]["snippet"]["properties"]))
        self.assertEqual(set(SETTINGS), set(schema["properties"]["settings"]["properties"]))
        for name, known in (("format", clients.FORMATS), ("transport", TRANSPORTS)):
            values = {**schema["$defs"]["snippet"]["properties"], "transport": schema["$defs"]["transport"]}
            self.assertEqual(list(known), values[name]["enum"])
        self.assertEqual(list(clients.GROUPS), schema["properties"]["group"]["enum"])
        for root in (ROOT, FIXTURE):
            for path in sorted((root / "schema/clients").glob("*.json")):
                with self.subTest(path.name):
                    jsonschema.validate(json.loads(path.read_text(encoding="utf-8")), schema)

    def test_each_snippet_is_of_its_format(self) -> None:
        for one, snippet, text in snippets():
            with self.subTest(one.name, title=snippet.title, transport=snippet.transport):
                self.assertNotRegex(text, r"(?<![$\\])\{(url|base|name|program)\}")
                if snippet.format == "json":
                    json.loads(text)
                elif snippet.format == "jsonc":
                    json.loads(without_comments(text))
                elif snippet.format == "toml" and tomllib:
                    tomllib.loads(text)
                elif snippet.format == "python":
                    ast.parse(text)
                elif snippet.format == "shell":
                    done = subprocess.run(["sh", "-n"], input=text, capture_output=True, text=True, check=False)
                    self.assertEqual((0, ""), (done.returncode, done.stderr))
                self.assertIsNone(unreadable(snippet.format, text))

    def test_requests_to_programming_interfaces_send_json(self) -> None:
        """What the shell hands to curl, with the token that it puts in."""
        for one, snippet, text in snippets():
            if one.group != "api" or snippet.format != "shell":
                continue
            with self.subTest(one.name):
                script = "curl() { for last; do :; done; printf %s \"$last\"; }\n" + text
                done = subprocess.run(
                    ["sh", "-c", script],
                    env={"ASANA_MCP_TOKEN": "t0k", "PATH": "/usr/bin:/bin"},
                    capture_output=True,
                    text=True,
                    check=True,
                )
                self.assertIn("t0k", json.dumps(json.loads(done.stdout)))

    def test_only_those_redirects_are_allowed_that_are_said_to_be(self) -> None:
        source = (ROOT / "generated/redirects.c").read_text(encoding="utf-8")
        known = re.findall(r'^    "([^"]+)"', source, re.MULTILINE)
        self.assertEqual(redirects.patterns(model().clients), known)
        self.assertEqual(1, sum(one.startswith("http:") for one in known))
        for one in model().clients:
            for uri in one.other_redirects:
                with self.subTest(one.name, uri=uri):
                    self.assertNotIn(redirects.pattern(uri), known)

    def test_patterns_say_no_more_than_they_have_to(self) -> None:
        for uri, pattern in (
            ("http://localhost:PORT/callback", "http://loopback/*"),
            ("http://127.0.0.1/", "http://loopback/*"),
            ("http://localhost.example/callback", None),
            ("http://one.example/callback", None),
            ("https://one.example/callback", "https://one.example/callback"),
            ("https://one.example/in/ID", "https://one.example/in/*"),
            ("https://one.example/ID", None),
            ("https://one.example/ID/in", None),
            ("https://HOST/in", None),
            ("https://one.example/in?to=ID", None),
            ("one://two/in", "one://two/in"),
            ("one://two/ID", None),
        ):
            with self.subTest(uri):
                self.assertEqual(pattern, redirects.pattern(uri))

    def test_settings_of_toml_are_flat(self) -> None:
        """As connect --write edits them: one name and value a line."""
        for one in model().clients:
            if one.settings and one.settings.format == "toml":
                for transport in one.settings.entries:
                    entry = one.settings.entry(transport, False)
                    self.assertFalse([v for v in entry.values() if isinstance(v, dict) or v is None])


class Documents(unittest.TestCase):
    maxDiff = None

    def test_links_lead_somewhere(self) -> None:
        files = [*DOCS.rglob("*.md"), DOCS / "llms.txt", ROOT / "README.md"]
        self.assertGreater(len(files), 20)
        for path in files:
            text = FENCE.sub("", path.read_text(encoding="utf-8"))
            for found in LINK.finditer(text):
                to, _, anchor = found["to"].partition("#")
                if re.match(r"[a-z]+:", to):
                    continue
                with self.subTest(path.name, to=found["to"]):
                    target = (path.parent / to).resolve() if to else path
                    self.assertTrue(target.exists())
                    if anchor:
                        self.assertIn(anchor, anchors(target))

    def test_each_client_and_each_tool_is_in_the_indexes(self) -> None:
        found = model()
        index = (DOCS / "CLIENTS.md").read_text(encoding="utf-8")
        first = (DOCS / "llms.txt").read_text(encoding="utf-8")
        for one in found.clients:
            self.assertIn(f"(clients/{one.name}.md)", index)
            self.assertIn(f"(clients/{one.name}.md)", first)
        for tool in found.tools:
            self.assertIn(f"(TOOLS.md#{tool.name})", first)

    def test_each_setting_of_a_server_has_one_row(self) -> None:
        text = (DOCS / "SETTINGS.md").read_text(encoding="utf-8")
        program = model().docs.program
        assert program
        for one in program.of("serve"):
            with self.subTest(one.name):
                self.assertEqual(1, text.count(f"| `{one.variable}` |"))

    def test_the_readme_holds_what_is_made(self) -> None:
        text = (ROOT / "README.md").read_text(encoding="utf-8")
        for name in ("clients", "settings", "troubles"):
            with self.subTest(name):
                self.assertEqual(1, text.count(f"<!-- {name} -->\n"))
                self.assertEqual(1, text.count(f"<!-- /{name} -->\n"))
        self.assertEqual(text, readme.filled(text, model()))

    def test_only_what_stands_between_marks_is_replaced(self) -> None:
        found = model(FIXTURE)
        before = "a\n<!-- settings -->\nold\n<!-- /settings -->\nb <!-- clients -->\n"
        after = readme.filled(before, found)
        self.assertRegex(after, r"\Aa\n<!-- settings -->\n\| Setting (.|\n)*\|\n<!-- /settings -->\nb ")
        self.assertTrue(after.endswith("b <!-- clients -->\n"))
        self.assertNotIn("old", after)

    def test_the_pictures_are_xml(self) -> None:
        for root in (ROOT, FIXTURE):
            path = root / "generated/docs/architecture.svg"
            tree = xml.etree.ElementTree.parse(path)
            self.assertTrue(tree.getroot().tag.endswith("svg"))

    @unittest.skipUnless(shutil.which("groff"), "groff is not installed")
    def test_the_manual_page_has_no_warnings(self) -> None:
        for root in (ROOT, FIXTURE):
            page = root / "generated/docs/asana-mcp.1"
            done = subprocess.run(
                ["groff", "-man", "-ww", "-Tutf8", str(page)], capture_output=True, check=False
            )
            self.assertEqual((0, b""), (done.returncode, done.stderr))

    def test_the_manual_page_has_every_word(self) -> None:
        text = (DOCS / "asana-mcp.1").read_text(encoding="utf-8").replace("\\-", "-")
        program = model().docs.program
        assert program
        for command in program.commands:
            self.assertIn(f".SS {command.name}", text)
        for one in program.settings:
            self.assertIn(f"--{one.name}" if one.is_flag else one.variable, text)


def anchors(path: Path) -> list[str]:
    """As GitHub names headings."""
    text = FENCE.sub("", path.read_text(encoding="utf-8"))
    return [
        re.sub(r"[^\w\- ]", "", found["text"].lower()).replace(" ", "-")
        for found in HEADING.finditer(text)
    ]


class Completion(unittest.TestCase):
    maxDiff = None

    def complete(self, *words: str) -> list[str]:
        script = (
            'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _asana_mcp;'
            ' printf "%s\\n" "${COMPREPLY[@]}"'
        )
        file = ROOT / "generated/completion/asana-mcp.bash"
        done = subprocess.run(
            ["bash", "-c", script, "bash", str(file), "asana-mcp", *words],
            capture_output=True,
            text=True,
            check=False,
        )
        self.assertEqual("", done.stderr)
        return done.stdout.split()

    @unittest.skipUnless(shutil.which("bash"), "bash is not installed")
    def test_bash_completes_commands_flags_values_and_operands(self) -> None:
        self.assertEqual(["connect"], self.complete("conn"))
        self.assertEqual(["cursor"], self.complete("connect", "curs"))
        self.assertEqual(["asana_update_goal", "asana_update_goal_metric"], self.complete("call", "asana_update_g"))
        self.assertEqual(["--write"], self.complete("connect", "cursor", "--wr"))
        self.assertEqual(["http", "sse", "stdio"], self.complete("connect", "cursor", "--transport", ""))
        self.assertEqual(["--public-url"], self.complete("--publ"))

    @unittest.skipUnless(shutil.which("zsh"), "zsh is not installed")
    def test_zsh_reads_its_completion(self) -> None:
        file = ROOT / "generated/completion/asana-mcp.zsh"
        done = subprocess.run(["zsh", "-n", str(file)], capture_output=True, check=False)
        self.assertEqual((0, b""), (done.returncode, done.stderr))

    def test_values_to_choose_from_are_those_of_the_metavar(self) -> None:
        program = model().docs.program
        assert program
        found = {one.name: emit_completion.choices(one) for one in program.settings}
        self.assertEqual(["oauth", "bearer", "token"], found["auth"])
        self.assertEqual([], found["listen"])


if __name__ == "__main__":
    unittest.main()
