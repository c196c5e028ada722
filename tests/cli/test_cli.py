"""The program as people at a terminal meet it: help, errors, exit codes, and each command.

Runs the binary named by the environment variable ASANA_MCP_BIN (default: that of the dev preset). Nothing here needs the network: Asana
is the embedded sandbox, a loopback double, or a closed port.
"""

from __future__ import annotations

import http.server
import json
import os
import pty
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.error
import urllib.request
from typing import Dict, List, Optional

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BIN = os.environ.get("ASANA_MCP_BIN") or os.path.join(ROOT, "build", "dev", "asana-mcp")
# Longest wait for anything; reached only when something is broken.
PATIENCE = 60
SECRET = "1/1207777777:5ecre7c0ffee5ecre7c0ffee"
COMMANDS = ["serve", "stdio", "sandbox", "tools", "call", "doctor", "connect", "block", "unblock", "blocks", "requests", "sessions", "grants",
            "revoke", "store", "help"]


def environment(extra: Optional[Dict[str, str]] = None) -> Dict[str, str]:
    """The caller's, without settings of ours, so that every test says what it needs."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("ASANA_") and "proxy" not in k.lower()}
    env.update(extra or {})
    return env


def run(*args: str, stdin: str = "", env: Optional[Dict[str, str]] = None) -> subprocess.CompletedProcess:
    return subprocess.run([BIN, *args], input=stdin, env=environment(env), timeout=PATIENCE,
                          capture_output=True, text=True, encoding="utf-8")


class Running:
    """A command that goes on until it is stopped. Output arrives in .out and .err, line by line."""

    def __init__(self, *args: str, ready: str, env: Optional[Dict[str, str]] = None) -> None:
        self.out: List[str] = []
        self.err: List[str] = []
        self._ready = re.compile(ready)
        self._match: Optional[re.Match] = None
        self._found = threading.Event()
        self.process = subprocess.Popen([BIN, *args], env=environment(env), stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                        encoding="utf-8")
        self._threads = [
            threading.Thread(target=self._read, args=(self.process.stdout, self.out)),
            threading.Thread(target=self._read, args=(self.process.stderr, self.err)),
        ]
        for thread in self._threads:
            thread.start()

    def _read(self, pipe, lines: List[str]) -> None:
        for line in pipe:
            lines.append(line.rstrip("\n"))
            match = self._ready.search(line)
            if match and not self._match:
                self._match = match
                self._found.set()
        self._found.set()
        pipe.close()

    def __enter__(self) -> "Running":
        self._found.wait(PATIENCE)
        if not self._match:
            self.__exit__()
            raise AssertionError("not ready: %r %r" % (self.out, self.err))
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for thread in self._threads:
            thread.join()

    def ready(self, group: int = 1) -> str:
        assert self._match
        return self._match.group(group)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """The exit code."""
        self.process.send_signal(how)
        code = self.process.wait(PATIENCE)
        for thread in self._threads:
            thread.join()
        return code


def serving(*args: str, env: Optional[Dict[str, str]] = None) -> Running:
    return Running("serve", "--sandbox", "--listen", "127.0.0.1:0", *args, env=env,
                   ready=r"server\.ready url=(\S+)")


def sandbox(*args: str) -> Running:
    # The table of people follows; its last line is the one after which everything is printed.
    return Running("sandbox", "--listen", "127.0.0.1:0", *args, ready=r"asana-mcp: sandbox serves (\S+)")


def people(lines: List[str]) -> Dict[str, str]:
    """E-mail address to token, from a printed table."""
    found = {}
    for line in lines:
        match = re.match(r"  (\S.*?)  +(\S+@\S+)  +(\S+)$", line)
        if match:
            found[match.group(2)] = match.group(3)
    return found


def all_people() -> Dict[str, str]:
    with sandbox() as running:
        running.stop()
        return people(running.out)


class CliTest(unittest.TestCase):
    def assert_usage(self, result: subprocess.CompletedProcess, words: str) -> None:
        """Exit code 2, one line on standard error, nothing on standard output."""
        self.assertEqual(result.returncode, 2, result.stderr)
        self.assertEqual(result.stdout, "")
        self.assertTrue(result.stderr.startswith("asana-mcp: "), result.stderr)
        self.assertEqual(result.stderr.count("\n"), 1, result.stderr)
        self.assertIn(words, result.stderr)

    def assert_good(self, result: subprocess.CompletedProcess) -> None:
        self.assertEqual(result.returncode, 0, result.stderr)


class HelpTest(CliTest):
    def test_program_help_names_every_command(self) -> None:
        results = [run("--help"), run("-h"), run("help")]
        for result in results:
            self.assert_good(result)
            self.assertEqual(result.stderr, "")
            self.assertEqual(result.stdout, results[0].stdout)
        for command in COMMANDS:
            self.assertRegex(results[0].stdout, r"(?m)^  %s +\S" % command)
        for part in ["Usage: asana-mcp [COMMAND] [OPTIONS]", "Options:", "Settings:", "Examples:"]:
            self.assertIn(part, results[0].stdout)

    def test_each_command_has_help_in_three_ways(self) -> None:
        for command in COMMANDS:
            with self.subTest(command):
                results = [run(command, "--help"), run(command, "-h"), run("help", command)]
                for result in results:
                    self.assert_good(result)
                    self.assertEqual(result.stdout, results[0].stdout)
                self.assertIn("Usage: asana-mcp %s" % command, results[0].stdout)

    def test_help_needs_no_token_and_no_valid_settings(self) -> None:
        self.assert_good(run("serve", "--workers=many", "--help", env={"ASANA_MCP_CONFIG": "/nonexistent"}))

    def test_help_fits_80_columns(self) -> None:
        for args in [["--help"], *[["help", command] for command in COMMANDS]]:
            for line in run(*args).stdout.splitlines():
                self.assertLessEqual(len(line), 80, line)
                self.assertEqual(line, line.rstrip())

    def test_what_options_do_stands_in_one_column(self) -> None:
        for line in run("serve", "--help").stdout.splitlines():
            option = re.match(r"(  --\S+(?: \S+)?  +)\S", line)
            if option:
                self.assertEqual(len(option.group(1)), 28, line)

    def test_version(self) -> None:
        for flag in ["--version", "-V"]:
            result = run(flag)
            self.assert_good(result)
            self.assertRegex(result.stdout, r"^asana-mcp \d+\.\d+\.\d+\n")


class UsageTest(CliTest):
    def test_usage_errors_are_one_line_and_exit_2(self) -> None:
        for args, words in [
            (["srve"], 'unknown command "srve" (did you mean "serve"?)'),
            (["zzzzzz"], 'unknown command "zzzzzz"; see asana-mcp --help'),
            (["help", "tool"], 'did you mean "tools"?'),
            (["serve", "--lisen", "x"], "unknown option --lisen (did you mean --listen?)"),
            (["serve", "now"], '"serve" takes options only, got "now"'),
            (["--sandbox", "call"], "the command comes first: asana-mcp call"),
            (["serve", "--listen"], "--listen needs a value"),
            (["serve", "--sandbox", "--listen", "nonsense"], "--listen: "),
            (["serve", "--auth", "oauth"], "--auth oauth needs an application of yours at Asana"),
            (["serve"], "no Asana token"),
            ([], "no Asana token"),
            (["stdio"], "no Asana token"),
            (["call", "asana_list_workspaces"], "no Asana token"),
            (["serve", "--api-url", "http://asana.example", "--sandbox"], "--api-url"),
            (["sandbox", "--listen", "0.0.0.0:0"], "loopback only"),
            (["sandbox", "--state"], "--state needs a value: --state=FILE"),
            (["call", "--state", "x.db", "asana_list_workspaces"], "--state keeps the sandbox's data; add --sandbox"),
            (["call", "--sandbox"], "call needs the name of a tool"),
            (["call", "--sandbox", "asana_get_usr"], 'did you mean "asana_get_user"?'),
            (["call", "--sandbox", "get_user"], 'did you mean "asana_get_user"?'),
            (["call", "--sandbox", "asana_get_user", '{"user_id": nope}'], "byte 13"),
            (["call", "--sandbox", "asana_get_user", "[1]"], "expected a JSON object"),
            (["call", "--sandbox", "asana_get_user", "{}", "{}"], "nothing may follow the JSON"),
            (["call", "--sandbox", "asana_get_user", "me"], "expected a JSON object or NAME=VALUE pairs"),
            (["call", "--sandbox", "asana_get_user", "user_id=me", "user_id=1"], "user_id: given twice"),
            (["call", "--sandbox", "asana_get_user", "user_id:={"], "user_id: "),
            (["tools", "asana_get_usr"], 'did you mean "asana_get_user"?'),
            (["tools", "--sizes", "--json"], "exclude each other"),
            (["serve", "--sandbox", "--otlp-sample", "2"], "--otlp-sample: expected a number from 0 to 1"),
            (["tools", "--workers=2"], '--workers means nothing to "tools"'),
        ]:
            with self.subTest(args):
                self.assert_usage(run(*args), words)

    def test_a_bad_settings_file_names_its_line(self) -> None:
        with tempfile.NamedTemporaryFile("w", suffix=".ini") as file:
            file.write("# ours\nsandbox = yes\nworker = 2\n")
            file.flush()
            self.assert_usage(run("serve", "--config", file.name),
                              '%s:3: unknown key "worker" (did you mean "workers"?)' % file.name)

    def test_a_reader_that_has_seen_enough_is_no_failure(self) -> None:
        # Less and more than what the C library buffers.
        for args in [["--help"], ["tools", "--json"]]:
            with self.subTest(args):
                process = subprocess.Popen([BIN, *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                           env=environment())
                assert process.stdout
                process.stdout.close()  # before or after it has written: neither matters
                _, err = process.communicate(timeout=PATIENCE)
                self.assertEqual((process.returncode, err), (0, b""))

    def test_output_that_cannot_be_written_is_a_failure(self) -> None:
        for args in [["--help"], ["--version"], ["tools", "--json"], ["call", "--sandbox", "asana_list_workspaces"]]:
            with self.subTest(args), open("/dev/full", "w", encoding="utf-8") as full:
                result = subprocess.run([BIN, *args], stdout=full, stderr=subprocess.PIPE, text=True,
                                        env=environment(), timeout=PATIENCE, check=False)
                self.assertEqual(result.returncode, 1)
                self.assertIn("cannot write to standard output", result.stderr)


    def test_closed_standard_streams_are_not_taken_by_others(self) -> None:
        """What the server opens first would be written into, as if it were its log."""
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            port = s.getsockname()[1]
        process = subprocess.Popen(["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh", BIN, "serve", "--auth", "bearer", "--listen", "127.0.0.1:%d" % port],
                                   env=environment())
        try:
            limit = time.monotonic() + PATIENCE
            while True:
                try:
                    socket.create_connection(("127.0.0.1", port)).close()
                    break
                except OSError:
                    self.assertIsNone(process.poll())
                    self.assertLess(time.monotonic(), limit)
                    time.sleep(0.02)
            self.assertEqual({os.readlink("/proc/%d/fd/%d" % (process.pid, fd)) for fd in range(3)}, {"/dev/null"})
        finally:
            process.kill()
            process.wait()


class ToolsTest(CliTest):
    def listing(self) -> List[dict]:
        result = run("tools", "--json")
        self.assert_good(result)
        return json.loads(result.stdout)["tools"]

    def test_the_table_names_every_tool(self) -> None:
        result = run("tools")
        self.assert_good(result)
        listing = self.listing()
        self.assertTrue(listing)
        for tool in listing:
            self.assertRegex(result.stdout, r"(?m)^  %s +(read|create|update|delete) +%s$" %
                             (tool["name"], re.escape(tool["title"])))

    def test_one_tool_is_described_with_its_arguments(self) -> None:
        for tool in self.listing():
            with self.subTest(tool["name"]):
                result = run("tools", tool["name"])
                self.assert_good(result)
                self.assertIn(tool["description"].split()[0], result.stdout)
                for name, schema in tool["inputSchema"].get("properties", {}).items():
                    required = name in tool["inputSchema"].get("required", [])
                    self.assertRegex(result.stdout,
                                     r"(?m)^  %s \([^)]*?%s\)$" % (name, "; required" if required else ""))
                for line in result.stdout.splitlines()[2:]:
                    if not line.startswith("  asana-mcp call"):
                        if " " in line.strip():  # a word that is longer stands alone
                            self.assertLessEqual(len(line), 80, line)

    def test_sizes_count_the_compact_json(self) -> None:
        result = run("tools", "--sizes")
        self.assert_good(result)
        sizes = dict(line.split() for line in result.stdout.splitlines()[1:])
        total = 0
        for tool in self.listing():
            shown = {key: tool[key] for key in ["name", "description", "inputSchema"]}
            size = len(json.dumps(shown, separators=(",", ":"), ensure_ascii=False).encode())
            self.assertEqual(int(sizes[tool["name"]]), size, tool["name"])
            total += size
        self.assertEqual(int(sizes["total"]), total)


class CallTest(CliTest):
    def test_json_pairs_and_standard_input_are_the_same_call(self) -> None:
        results = [
            run("call", "--sandbox", "asana_get_user", '{"user_id": "me"}'),
            run("call", "--sandbox", "asana_get_user", "user_id=me"),
            run("call", "--sandbox", "asana_get_user", 'user_id:="me"'),
            run("call", "asana_get_user", "-", "--sandbox", stdin='{"user_id": "me"}\n'),
        ]
        for result in results:
            self.assert_good(result)
            self.assertEqual(result.stderr, "")
            self.assertEqual(result.stdout.count("\n"), 1, "compact when not on a terminal")
            self.assertEqual(result.stdout, results[0].stdout)
        self.assertIn("gid", json.loads(results[0].stdout)["data"])

    def test_a_call_without_arguments(self) -> None:
        result = run("call", "--sandbox", "asana_list_workspaces")
        self.assert_good(result)
        self.assertTrue(json.loads(result.stdout)["data"])

    def test_pairs_take_the_type_of_the_schema(self) -> None:
        workspaces = json.loads(run("call", "--sandbox", "asana_list_workspaces").stdout)["data"]
        result = run("call", "--sandbox", "asana_get_projects", "workspace=" + workspaces[0]["gid"], "limit=1",
                     "archived=false")
        self.assert_good(result)
        self.assertEqual(len(json.loads(result.stdout)["data"]), 1)

    def test_a_tool_error_is_text_on_stderr_and_exit_1(self) -> None:
        for pairs, words in [(["task_id=1", "tsk=1"], "tsk"), ([], "task_id"), (["task_id=424242424242"], "404")]:
            with self.subTest(pairs):
                result = run("call", "--sandbox", "asana_get_task", *pairs)
                self.assertEqual(result.returncode, 1, result.stderr)
                self.assertEqual(result.stdout, "")
                self.assertIn(words, result.stderr)

    def test_a_person_of_the_sandbox_is_chosen_by_token(self) -> None:
        tokens = all_people()
        self.assertGreater(len(tokens), 1)
        for email, token in tokens.items():
            result = run("call", "--sandbox", "asana_get_user", "user_id=me", "opt_fields=email",
                         env={"ASANA_ACCESS_TOKEN": token})
            self.assert_good(result)
            self.assertEqual(json.loads(result.stdout)["data"]["email"], email)

    def test_a_real_token_does_not_spoil_the_sandbox(self) -> None:
        result = run("call", "--sandbox", "asana_get_user", "user_id=me", env={"ASANA_ACCESS_TOKEN": SECRET})
        self.assert_good(result)

    def test_a_closed_port_is_a_tool_error(self) -> None:
        result = run("call", "--api-url", "http://127.0.0.1:%d/api/1.0" % closed_port(), "asana_list_workspaces",
                     env={"ASANA_ACCESS_TOKEN": SECRET})
        self.assertEqual(result.returncode, 1)
        self.assertIn("could not be reached", result.stderr)

    def test_a_terminal_gets_indented_json(self) -> None:
        try:
            main, side = pty.openpty()
        except OSError as error:
            self.skipTest(f"no terminal can be had here: {error}")
        try:
            process = subprocess.Popen([BIN, "call", "--sandbox", "asana_get_user", "user_id=me"], stdout=side,
                                       stderr=subprocess.PIPE, env=environment())
            os.close(side)
            text = b""
            while True:
                try:
                    piece = os.read(main, 65536)
                except OSError:  # how a terminal says that its other end is gone
                    break
                if not piece:
                    break
                text += piece
            _, err = process.communicate(timeout=PATIENCE)
        finally:
            os.close(main)
        self.assertEqual(process.returncode, 0, err)
        shown = text.decode().replace("\r\n", "\n")
        self.assertIn('{\n  "data": {\n    "gid": "', shown)
        compact = run("call", "--sandbox", "asana_get_user", "user_id=me").stdout
        self.assertEqual(json.loads(shown), json.loads(compact))


def closed_port() -> int:
    """A port that nobody listens on: the system chose it, and it is free again."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class ServeTest(CliTest):
    def test_readiness_is_the_first_line_on_stderr(self) -> None:
        with serving() as running:
            self.assertRegex(running.err[0], r"^\S+ info server\.ready url=http://127\.0\.0\.1:\d+ ")
            with urllib.request.urlopen(running.ready() + "/healthz", timeout=PATIENCE) as answer:
                self.assertEqual(answer.status, 200)
            self.assertEqual(running.stop(), 0)

    def test_it_says_how_to_connect(self) -> None:
        with serving() as running:
            url = running.ready()
            self.assertEqual(running.stop(), 0)
            said = "\n".join(running.out)
        self.assertIn("claude mcp add --transport sse asana %s/sse" % url, said)
        self.assertIn("%s/mcp" % url, said)
        self.assertIn("curl -N %s/sse" % url, said)
        snippet = next(line for line in running.out if "mcpServers" in line)
        self.assertEqual(json.loads(snippet)["mcpServers"]["asana"], {"type": "sse", "url": url + "/sse"})
        self.assertGreater(len(people(running.out)), 1)

    def test_sigint_stops_it_too(self) -> None:
        with serving() as running:
            self.assertEqual(running.stop(signal.SIGINT), 0)

    def test_an_open_stream_does_not_keep_it(self) -> None:
        with serving() as running:
            with urllib.request.urlopen(running.ready() + "/sse", timeout=PATIENCE) as stream:
                self.assertEqual(stream.readline().strip(), b"event: endpoint")
                self.assertEqual(running.stop(), 0)

    @unittest.skipUnless(shutil.which("curl"), "curl is not installed")
    def test_the_printed_curl_works_as_printed(self) -> None:
        for auth in ["token", "bearer"]:
            with self.subTest(auth), serving("--auth", auth) as running:
                # Everything is printed at once; the people come last.
                while not any("Ask first" in line for line in list(running.out)):
                    self.assertIsNone(running.process.poll())
                text = "\n".join(running.out)
                command = re.search(r"(?ms)^  (curl \S+/mcp.*?)\n\n", text)
                assert command
                token = next(iter(people(running.out).values()))
                result = subprocess.run(["sh", "-c", command.group(1).replace("curl ", "curl -sS ", 1)],
                                        env=environment({"ASANA_ACCESS_TOKEN": token}), timeout=PATIENCE,
                                        capture_output=True, text=True, check=False)
                self.assertEqual(result.returncode, 0, result.stderr)
                self.assertIn('"serverInfo"', result.stdout)
                self.assertEqual(running.stop(), 0)

    def test_a_taken_port_is_one_line(self) -> None:
        with serving() as running:
            where = running.ready()[len("http://"):]
            for command in [["serve", "--sandbox"], ["sandbox"]]:
                result = run(*command, "--listen", where)
                self.assertEqual(result.returncode, 1)
                self.assertEqual(result.stdout, "")
                self.assertEqual(result.stderr,
                                 "asana-mcp: %s is already in use; stop the other server or choose "
                                 "another address with --listen\n" % where)
            result = run("serve", "--sandbox", "--listen", "127.0.0.1:0", "--metrics-listen", where)
            self.assertEqual(result.returncode, 1)
            self.assertIn(where + " is already in use", result.stderr)
            self.assertIn("with --metrics-listen", result.stderr)

    def test_metrics_have_an_address_of_their_own(self) -> None:
        for given in [["--metrics-listen", "127.0.0.1:8000"], ["--metrics-listen=localhost:9464", "--listen=:9464"]]:
            result = run("serve", "--sandbox", *given)
            self.assertEqual(result.returncode, 2, result.stderr)
            self.assertIn("--metrics-listen", result.stderr)
            self.assertIn("is where the server itself is", result.stderr)
        result = run("serve", "--sandbox", env={"ASANA_MCP_METRICS_LISTEN": "9464"})
        self.assertEqual(result.returncode, 2)
        self.assertIn("ASANA_MCP_METRICS_LISTEN: \"9464\": expected ADDRESS:PORT", result.stderr)


class SandboxTest(CliTest):
    def test_it_answers_as_asana(self) -> None:
        tokens = all_people()
        with sandbox("--now", "2026-11-23T09:00:00Z") as running:
            for email, token in tokens.items():
                request = urllib.request.Request(running.ready() + "/users/me?opt_fields=email",
                                                 headers={"Authorization": "Bearer " + token})
                with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                    self.assertEqual(json.load(answer)["data"]["email"], email)
            with self.assertRaises(urllib.error.HTTPError) as refused:
                urllib.request.urlopen(running.ready() + "/users/me", timeout=PATIENCE)
            self.assertEqual(refused.exception.code, 401)
            refused.exception.close()
            self.assertEqual(running.stop(), 0)

    def test_state_is_kept_wherever_the_sandbox_is(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            state = os.path.join(folder, "state.db")
            # One process after the other, by flag, environment and settings file.
            made = self.result("call", "--sandbox", "--state", state, "asana_create_task", "name=kept", "assignee=me",
                               "workspace=" + self.result("call", "--sandbox", "--state", state, "asana_list_workspaces")[0]["gid"])
            find = ["call", "asana_get_task", "task_id=" + made["gid"]]
            config = os.path.join(folder, "settings.ini")
            with open(config, "w") as file:
                file.write("sandbox = yes\nstate = %s\n" % state)
            self.assertEqual(self.result(*find, "--sandbox", env={"ASANA_MCP_STATE": state})["name"], "kept")
            self.assertEqual(self.result(*find, "--config", config)["name"], "kept")
            self.assertEqual(run(*find, "--sandbox").returncode, 1)
            with serving("--state", state) as running:
                running.ready()
                refused = run("call", "--sandbox", "--state", state, "asana_list_workspaces")
                self.assertEqual((refused.returncode, refused.stdout), (1, ""))
                self.assertEqual(refused.stderr, "asana-mcp: sandbox: %s is in use by another process\n" % state)
                self.assertEqual(running.stop(), 0)
            self.assertEqual(self.result(*find, "--config", config)["name"], "kept")

    def result(self, *args: str, env: Optional[Dict[str, str]] = None):
        answer = run(*args, env=env)
        self.assertEqual(answer.returncode, 0, answer.stderr)
        return json.loads(answer.stdout)["data"]


class StdioTest(CliTest):
    def test_only_answers_appear_on_stdout(self) -> None:
        hello = {"jsonrpc": "2.0", "id": 1, "method": "initialize",
                 "params": {"protocolVersion": "2025-06-18", "capabilities": {},
                            "clientInfo": {"name": "test", "version": "1"}}}
        result = run("stdio", "--sandbox", stdin=json.dumps(hello) + "\n")
        self.assert_good(result)
        self.assertEqual(result.stdout.count("\n"), 1)
        self.assertEqual(json.loads(result.stdout)["id"], 1)

    def talk(self, *messages: dict, flags: tuple = ()) -> List[dict]:
        """All that comes back, to the end of the process."""
        text = "".join(json.dumps({"jsonrpc": "2.0", **m}) + "\n" for m in messages)
        result = run("stdio", "--sandbox", "--now", "2026-11-23T09:00:00Z", *flags, stdin=text)
        self.assert_good(result)
        return [json.loads(line) for line in result.stdout.splitlines()]

    def modern(self, id_: int, method: str, capabilities: Optional[dict] = None, **params: object) -> dict:
        meta = {"io.modelcontextprotocol/protocolVersion": "2026-07-28",
                "io.modelcontextprotocol/clientCapabilities": capabilities or {}}
        return {"id": id_, "method": method, "params": {"_meta": meta, **params}}

    def test_both_eras_in_one_process(self) -> None:
        hello = {"id": 2, "method": "initialize", "params": {"protocolVersion": "2025-11-25", "capabilities": {}}}
        first, second, third = self.talk(self.modern(1, "server/discover"), hello, self.modern(3, "tools/list"))
        self.assertIn("2026-07-28", first["result"]["supportedVersions"])
        self.assertEqual(second["result"]["protocolVersion"], "2025-11-25")
        self.assertEqual(third["result"]["resultType"], "complete")

    def test_confirm_says_which_tools_ask_first(self) -> None:
        def asks(tool: str, arguments: dict, *flags: str) -> bool:
            call = self.modern(1, "tools/call", {"elicitation": {}}, name=tool, arguments=arguments)
            (answer,) = self.talk(call, flags=flags)
            return answer["result"]["resultType"] == "input_required"

        delete = ("asana_delete_task", {"task_id": "12345678901"})
        create = ("asana_create_task", {"name": "x", "assignee": "me", "workspace": "12345678901"})
        read = ("asana_get_task", {"task_id": "12345678901"})
        self.assertEqual([asks(*t) for t in (delete, create, read)], [True, False, False])
        self.assertEqual([asks(*t, "--confirm=writes") for t in (delete, create, read)], [True, True, False])
        self.assertEqual([asks(*t, "--confirm=never") for t in (delete, create, read)], [False, False, False])

    def test_subscriptions_end_with_the_input(self) -> None:
        listen = self.modern(7, "subscriptions/listen", notifications={"promptsListChanged": True})
        ack, end, cancelled = self.talk(listen)
        self.assertEqual(ack["method"], "notifications/subscriptions/acknowledged")
        self.assertEqual((end["id"], end["result"]["resultType"]), (7, "complete"))
        self.assertEqual((cancelled["method"], cancelled["params"]["requestId"]), ("notifications/cancelled", 7))

    def test_input_that_does_not_block_is_waited_for(self) -> None:
        """Node and others share descriptors that they have made non-blocking."""
        read_end, write_end = os.pipe()
        os.set_blocking(read_end, False)
        process = subprocess.Popen([BIN, "stdio", "--sandbox"], env=environment(), stdin=read_end,
                                   stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        os.close(read_end)
        try:
            for number in (1, 2):  # when the first answer is here, the reader has found nothing more
                os.write(write_end, b'{"jsonrpc":"2.0","id":%d,"method":"ping"}\n' % number)
                self.assertEqual(json.loads(process.stdout.readline()),
                                 {"jsonrpc": "2.0", "id": number, "result": {}})
            os.close(write_end)
            self.assertEqual(process.stdout.read(), "")
            self.assertEqual(process.wait(PATIENCE), 0)
        finally:
            process.kill()
            process.wait()
            process.stdout.close()


class Double(http.server.BaseHTTPRequestHandler):
    """Something that is not Asana."""

    def do_GET(self) -> None:  # noqa: N802 (the name is the library's)
        body = b"<html>It works!</html>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


class DoctorTest(CliTest):
    def doctor(self, *args: str, env: Optional[Dict[str, str]] = None) -> subprocess.CompletedProcess:
        return run("doctor", "--listen", "127.0.0.1:0", *args, env=env)

    def assert_line(self, result: subprocess.CompletedProcess, finding: str, what: str, words: str) -> None:
        self.assertRegex(result.stdout, r"(?m)^%s +%s +.*%s" % (finding, what, words))

    def test_all_is_well_in_the_sandbox(self) -> None:
        result = self.doctor("--sandbox")
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        self.assertNotRegex(result.stdout, r"(?m)^fail")
        self.assert_line(result, "ok", "listen", "can be opened")
        self.assert_line(result, "ok", "asana", "answers")
        self.assert_line(result, "ok", "token", "calls are made as .+ <.+@.+>")
        self.assert_line(result, "ok", "workspace", "search works")
        self.assert_line(result, "warn", "workspace", "no search, its plan has none")

    def test_each_value_and_where_it_comes_from(self) -> None:
        with tempfile.NamedTemporaryFile("w", suffix=".ini") as file:
            file.write("deadline_seconds = 7\n")
            file.flush()
            result = self.doctor("--sandbox", "--workers=3", "--config", file.name,
                                 env={"ASANA_MCP_LOG_LEVEL": "error"})
            self.assertRegex(result.stdout, r"workers +3 \(--workers\)")
            self.assertRegex(result.stdout, r"deadline-seconds +7 \(%s:1: deadline_seconds\)" %
                             re.escape(file.name))
            self.assertRegex(result.stdout, r"log-level +error \(ASANA_MCP_LOG_LEVEL\)")
            self.assertRegex(result.stdout, r"api-url +\S+ \(default\)")
            self.assertRegex(result.stdout, r"Asana token +not set")
            self.assert_line(result, "ok", "settings", "read ")

    def test_a_refused_token(self) -> None:
        with sandbox() as running:
            result = self.doctor("--api-url", running.ready(), env={"ASANA_ACCESS_TOKEN": SECRET})
        self.assertEqual(result.returncode, 1)
        self.assert_line(result, "ok", "asana", "answers")
        self.assert_line(result, "fail", "token", "does not accept it .401.")
        self.assertRegex(result.stdout, r"Asana token +set ")
        self.assertNotIn(SECRET, result.stdout + result.stderr)

    def test_no_token(self) -> None:
        with sandbox() as running:
            result = self.doctor("--api-url", running.ready())
        self.assertEqual(result.returncode, 1)
        self.assert_line(result, "fail", "settings", "no Asana token")
        self.assert_line(result, "ok", "asana", "answers")

    def test_bearer_needs_no_token(self) -> None:
        with sandbox() as running:
            result = self.doctor("--api-url", running.ready(), "--auth=bearer")
        self.assertEqual(result.returncode, 0, result.stdout)
        self.assert_line(result, "ok", "token", "each caller sends")

    def test_nobody_there(self) -> None:
        result = self.doctor("--api-url", "http://127.0.0.1:%d" % closed_port(),
                             env={"ASANA_ACCESS_TOKEN": SECRET})
        self.assertEqual(result.returncode, 1)
        self.assert_line(result, "fail", "asana", "could not be reached")
        self.assertNotIn(SECRET, result.stdout + result.stderr)

    def test_somebody_else_there(self) -> None:
        with http.server.HTTPServer(("127.0.0.1", 0), Double) as server:
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            try:
                result = self.doctor("--api-url", "http://127.0.0.1:%d/api/1.0" % server.server_port,
                                     env={"ASANA_ACCESS_TOKEN": SECRET})
            finally:
                server.shutdown()
                thread.join()
        self.assertEqual(result.returncode, 1)
        self.assert_line(result, "fail", "asana", "not as Asana's API does .200.: check --api-url")

    def test_a_taken_port(self) -> None:
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            s.listen()
            result = run("doctor", "--sandbox", "--listen", "127.0.0.1:%d" % s.getsockname()[1])
        self.assertEqual(result.returncode, 1)
        self.assert_line(result, "fail", "listen", "is already in use")

    def test_bad_settings_are_findings(self) -> None:
        result = self.doctor("--sandbox", env={"ASANA_MCP_WORKERS": "many"})
        self.assertEqual(result.returncode, 1)
        self.assert_line(result, "fail", "settings", "ASANA_MCP_WORKERS: expected a number")

    def test_a_misspelt_variable_is_a_warning(self) -> None:
        result = self.doctor("--sandbox", env={"ASANA_MCP_WORKER": "2"})
        self.assertEqual(result.returncode, 0, result.stdout)
        self.assert_line(result, "warn", "settings", "did you mean ASANA_MCP_WORKERS")


class SecretTest(CliTest):
    def test_no_secret_is_ever_printed(self) -> None:
        nobody = "http://127.0.0.1:%d/api/1.0" % closed_port()
        for args in [
            ["--help"],
            ["serve", "--api-url", nobody, "--listen", "127.0.0.1"],
            ["serve", "--access-token=" + SECRET],
            ["serve", "--access-token", SECRET],
            ["serve", "--auth", SECRET],
            ["serve", "--auth=" + SECRET],
            ["serve", "--api-url", "https://me:%s@asana.example" % SECRET.replace("/", "")],
            ["call", "--api-url", nobody, "asana_list_workspaces", "--log-level=debug"],
            ["call", "--sandbox", "asana_list_workspaces", "--log-level=debug"],
            ["doctor", "--api-url", nobody, "--listen", "127.0.0.1:0", "--log-level=debug"],
            ["doctor", "--sandbox", "--listen", "127.0.0.1:0", "--log-level=debug"],
        ]:
            with self.subTest(args):
                result = run(*args, env={"ASANA_ACCESS_TOKEN": SECRET})
                said = result.stdout + result.stderr
                self.assertNotIn(SECRET, said)
                self.assertNotIn(SECRET.replace("/", ""), said)

    def test_a_server_prints_none(self) -> None:
        nobody = "http://127.0.0.1:%d/api/1.0" % closed_port()
        with Running("serve", "--api-url", nobody, "--listen", "127.0.0.1:0", "--log-level=debug",
                     ready=r"server\.ready url=(\S+)", env={"ASANA_ACCESS_TOKEN": SECRET}) as running:
            self.assertEqual(running.stop(), 0)
            said = "\n".join(running.out + running.err)
        self.assertNotIn(SECRET, said)
        with serving(env={"ASANA_ACCESS_TOKEN": SECRET}) as running:
            self.assertEqual(running.stop(), 0)
            said = "\n".join(running.out + running.err)
        self.assertIn("is not a token of the sandbox", said)
        self.assertNotIn(SECRET, said)

    def test_a_broken_token_is_refused_unseen(self) -> None:
        result = run("serve", env={"ASANA_ACCESS_TOKEN": "hunter2 hunter3"})
        self.assert_usage(result, "character 8 is no part of a token")
        self.assertNotIn("hunter", result.stderr)


if __name__ == "__main__":
    unittest.main()
