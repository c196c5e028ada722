"""The official conformance suite, run against a server: which scenarios a revision requires, and how each went.

The suite writes a file of checks for each scenario; its own words on the console are only shown when it breaks."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import tempfile
import threading
from pathlib import Path
from typing import Any, Iterator

PACKAGE = Path("@modelcontextprotocol") / "conformance"
RUN_SECONDS = 300

# As many scenarios as a revision requires of a server; the suite's own list must not shrink unseen.
REQUIRED = {"2025-11-25": 30, "2026-07-28": 37}

# Run by the suite without counting them; they count here.
UNSCORED = {
    "2025-11-25": ("server-session-lifecycle", "server-sse-polling", "json-schema-2020-12"),
    "2026-07-28": ("http-header-validation", "http-custom-header-server-validation", "json-schema-2020-12"),
}

# Of an authorization server.
AUTHORIZATION = ("authorization-server-metadata-endpoint", "authorization-code-grant")

# Warnings count as failures but for these.
ACCEPTED_WARNINGS = {
    # It answers a question that nobody has asked: the call is the first one, and has no requestState. An answer counts
    # only when its question did, or a client could confirm for the person before the person was asked.
    "sep-2322-ignore-unexpected-params",
}


def required(package: Path, revision: str) -> list[str]:
    """What the suite's list for that revision names under `server:`."""
    text = (package / "requirements" / f"{revision}.yaml").read_text(encoding="utf-8")
    section = re.search(r"^server:\n((?:[ #].*\n|\n)*)", text, re.MULTILINE)
    names = re.findall(r"^ +- ([\w-]+)", section[1], re.MULTILINE) if section else []
    if len(names) != REQUIRED[revision]:
        raise RuntimeError(f"{revision}: {len(names)} scenarios are required, expected {REQUIRED[revision]}")
    return names


def complaints(checks: list[dict[str, Any]]) -> Iterator[str]:
    """What went wrong in a scenario."""
    if not any(check["status"] == "SUCCESS" for check in checks):
        if not any(check["id"] in ACCEPTED_WARNINGS for check in checks):
            yield "nothing was checked"
    for check in checks:
        bad = check["status"] == "FAILURE" or (check["status"] == "WARNING" and check["id"] not in ACCEPTED_WARNINGS)
        if bad:
            yield f"{check['id']}: {str(check.get('errorMessage') or check['description'])[:2000]}"


def run(node: str, packages: Path, url: str, revision: str) -> dict[str, list[str]]:
    """The complaints about each scenario, none for one that passed. Raises RuntimeError when the suite breaks."""
    package = packages / "node_modules" / PACKAGE
    wanted = [*required(package, revision), *UNSCORED[revision]]
    with tempfile.TemporaryDirectory() as scratch:
        suite = [node, str(package / "dist" / "index.js"), "server"]
        try:
            done = subprocess.run(
                [*suite, "--url", url, "--requirements", revision, "--output-dir", scratch],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=RUN_SECONDS,
            )
        except subprocess.TimeoutExpired as late:
            raise RuntimeError(f"{revision}: the suite did not end:\n{(late.output or b'').decode()}") from None
        results: dict[str, list[str]] = {}
        for path in Path(scratch).glob("server-*/checks.json"):
            # server-NAME-2026-01-31T23-59-59-999Z
            name = re.sub(r"-\d{4}-\d\d-\d\dT[\d-]+Z$", "", path.parent.name)[len("server-") :]
            results[name] = list(complaints(json.loads(path.read_text(encoding="utf-8"))))
    if not results:
        raise RuntimeError(f"{revision}: the suite ended with {done.returncode}:\n{done.stdout.decode()}")
    return {name: results.get(name, ["was not run"]) for name in wanted}


def authorize(node: str, packages: Path, url: str) -> dict[str, list[str]]:
    """The complaints about each scenario for authorization servers; the person whom the suite waits for is played here."""
    from lib.browser import Browser
    from lib.sign_in import Client, allow, at_asana

    with socket.create_server(("127.0.0.1", 0)) as free:  # the suite listens there for the code
        port = free.getsockname()[1]
    redirect = f"http://127.0.0.1:{port}/callback"
    client = Client(url, redirect_uri=redirect).register()
    assert client.client_id
    with tempfile.TemporaryDirectory() as scratch:
        command = [node, str(packages / "node_modules" / PACKAGE / "dist" / "index.js"), "authorization", "--url", url]
        command += ["--client-id", client.client_id, "--resource", f"{url}/mcp", "-p", str(port), "--output-dir", scratch]
        with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as child:
            late = threading.Timer(RUN_SECONDS, child.kill)
            late.start()
            said = ""
            try:
                assert child.stdout
                for line in child.stdout:
                    said += line
                    found = re.search(rf"{re.escape(url)}/authorize\S+", line)
                    if found:
                        browser = Browser(url)
                        browser.get(browser.get(at_asana(browser, allow(browser, browser.get(found[0]).page))).location)
                child.wait()
            finally:
                late.cancel()
                child.kill()
        results = {}
        for path in Path(scratch).glob("**/checks.json"):
            name = re.sub(r"-\d{4}-\d\d-\d\dT[\d-]+Z$", "", path.parent.name)[len("authorization-server-") :]
            results[name] = list(complaints(json.loads(path.read_text(encoding="utf-8"))))
    found_all = {name: results.get(name, [f"was not run; the suite said:\n{said}"]) for name in AUTHORIZATION}
    if child.returncode != 0:
        found_all[AUTHORIZATION[-1]].append(f"the suite ended with {child.returncode}:\n{said}")
    return found_all
