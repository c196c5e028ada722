"""Three nodes on one Redis behind nginx, a crowd at work on all transports, and all that an operator fears: a node
killed, a node restarted, Redis paused, restarted, killed. Nobody is answered wrongly, nothing is done twice, no sign-in
is lost, and within seconds all is as it was."""

from __future__ import annotations

import collections
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time
import unittest
import urllib.parse
from pathlib import Path
from typing import Any, Mapping, Optional

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lib import wire  # noqa: E402
from lib.browser import Browser  # noqa: E402
from lib.crowd import Crowd, Party, Person  # noqa: E402
from lib.mcp import initialize_params, message  # noqa: E402
from lib.nodes import Balancer  # noqa: E402
from lib.redis import Redis  # noqa: E402
from lib.server import Sandbox, Server, binary, clean_environment  # noqa: E402
from lib.sign_in import ADA, APPLICATION, BJORN, CHLOE, DANIEL, Client, Tokens, control  # noqa: E402

NODES = 3
CLIENTS = int(os.environ.get("ASANA_MCP_CLUSTER_CLIENTS", "300"))
PAUSE = float(os.environ.get("ASANA_MCP_CLUSTER_PAUSE", "1.5"))  # between two calls of a client

ASANA_MS = 150  # what Asana takes to answer, so that calls are under way when something happens

# All calls succeed again so long after a disturbance has ended (five seconds it takes until whoever does not listen on
# Redis again is given up), and it counts as calm when none has failed for so long.
RECOVERY_SECONDS = 10.0
CALM_SECONDS = 2.5
# From the start of a process until it serves through the balancer.
IN_SERVICE_SECONDS = 1.0
# What the way over another node may cost at the median.
ADDED_MS = 2.0

# People, with their tokens at the sandbox: with these a test looks at Asana itself.
PEOPLE = {ADA: "sandbox-token-ada", BJORN: "sandbox-token-bjorn", CHLOE: "sandbox-token-chloe", DANIEL: "sandbox-token-daniel"}


def held_port() -> socket.socket:
    """A port that nobody else gets, and that a server can listen on all the same, again and again."""
    holder = socket.socket()
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    holder.bind(("127.0.0.1", 0))
    return holder


class Asana:
    """The sandbox, asked directly."""

    def __init__(self, sandbox: Sandbox):
        self.browser = Browser(sandbox.api_url)
        self.url = sandbox.api_url

    def ask(self, token: str, method: str, path: str, body: Any = None) -> Any:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        answer = self.browser.send(method, self.url + path, None if body is None else json.dumps({"data": body}), headers)
        if answer.status not in (200, 201):
            raise AssertionError(f"{method} {path}: {answer.status} {answer.text}")
        return answer.json()

    def names_in(self, token: str, project: str) -> "collections.Counter[str]":
        found: "collections.Counter[str]" = collections.Counter()
        offset: Optional[str] = None
        while True:
            query = {"project": project, "limit": "100", "opt_fields": "name", **({"offset": offset} if offset else {})}
            page = self.ask(token, "GET", "/tasks?" + urllib.parse.urlencode(query))
            found.update(one["name"] for one in page["data"])
            if not page.get("next_page"):
                return found
            offset = page["next_page"]["offset"]


class Grant:
    """A sign-in whose tokens are renewed now and then, as a client does; what was acknowledged must go on to work."""

    def __init__(self, url: str, person: str, resource: str):
        self.person, self.resource = person, resource
        self.client = Client(url, resource)
        self.tokens: Tokens = self.client.sign_in(Browser(url), person)
        self.renewals = 0

    def renew(self) -> str:
        """Empty when it went well, else why not."""
        try:
            answer = self.client.refresh(self.tokens)
        except OSError as error:  # http.client's among them
            return type(error).__name__
        if answer.status != 200:
            return f"{answer.status} {answer.text}"
        self.tokens = self.client.tokens(answer)
        self.renewals += 1
        return ""


class Cluster(unittest.TestCase):
    nodes: list[Server]

    @classmethod
    def setUpClass(cls) -> None:
        cls.redis = Redis("--appendfsync", "always", "--maxmemory-policy", "noeviction")
        cls.addClassCleanup(cls.redis.close)
        cls.held = [held_port() for _ in range(NODES + 1)]
        for holder in cls.held:
            cls.addClassCleanup(holder.close)
        *cls.ports, cls.front = [holder.getsockname()[1] for holder in cls.held]
        cls.url = f"http://127.0.0.1:{cls.front}"
        back = f"{cls.url}/oauth/callback"
        cls.sandbox = Sandbox("--listen", "127.0.0.1:0", "--client-id", "sandbox", "--redirect-uri", back, env=APPLICATION)
        cls.addClassCleanup(cls.sandbox.stop)
        cls.asana = Asana(cls.sandbox)
        cls.nodes = [cls.start_node(port) for port in cls.ports]
        cls.addClassCleanup(cls.stop_nodes)
        balancer = Balancer(cls.ports, cls.front)
        cls.addClassCleanup(balancer.close)

    @classmethod
    def start_node(cls, port: int) -> Server:
        arguments = ["--auth", "oauth", "--store", cls.redis.url, "--client-id", "sandbox", "--trusted-proxy", "127.0.0.1"]
        arguments += ["--oauth-url", cls.sandbox.api_url.replace("/api/1.0", "/-"), "--public-url", cls.url]
        return Server(*arguments, api_url=cls.sandbox.api_url, token=None, workers=2, env=APPLICATION, port=port)

    @classmethod
    def stop_nodes(cls) -> None:
        for node in cls.nodes:
            node.stop()

    # ---- the stage ----

    def person(self, name: str) -> Person:
        """Signed in for both endpoints, with a project and some tasks."""
        token = PEOPLE[name]
        workspace = self.asana.ask(token, "GET", "/workspaces")["data"][0]["gid"]
        team = self.asana.ask(token, "GET", f"/users/me/teams?organization={workspace}")["data"][0]["gid"]
        made = {"name": f"Of the crowd, {name}", "workspace": workspace, "team": team}
        project = self.asana.ask(token, "POST", "/projects", made)["data"]["gid"]
        tasks = {}
        for number in range(10):
            task = self.asana.ask(token, "POST", "/tasks", {"name": f"{name} {number}", "projects": [project]})["data"]
            tasks[task["gid"]] = task["name"]
        grants = {path: Grant(self.url, name, path) for path in ("/mcp", "/sse")}
        self.grants += grants.values()
        return Person(name, lambda path: grants[path].tokens.headers, tasks, project)

    def wait_for_calm(self, crowd: Crowd, since: float, what: str) -> None:
        """Until no call has failed for a while; not too long after the disturbance."""
        while True:
            now, last = time.monotonic(), crowd.last_failure(since)
            if now - last > CALM_SECONDS and crowd.since(now - CALM_SECONDS):
                break
            if last - since > RECOVERY_SECONDS:
                self.fail(f"{what}: calls fail {last - since:.1f} s later: {crowd.since(since + RECOVERY_SECONDS)}")
            time.sleep(0.05)
        print(f"  calm {max(last - since, 0):.1f} s after it", file=sys.stderr)

    def tell(self, crowd: Crowd, what: str, since: float) -> "collections.Counter[tuple[str, str]]":
        counts = crowd.since(since)
        good = sum(count for (_, why), count in counts.items() if not why)
        bad = {f"{kind}: {why}": count for (kind, why), count in sorted(counts.items()) if why}
        print(f"{what}: {good} calls went well, {sum(bad.values())} did not {bad or ''}", file=sys.stderr)
        return counts

    def restart(self, number: int) -> None:
        """Starts a node again and waits until it serves through the balancer."""
        port, began = self.ports[number], time.monotonic()
        self.nodes[number] = self.start_node(port)
        limit = began + 30
        while wire.request(port, "GET", "/readyz").status != 200 and time.monotonic() < limit:
            time.sleep(0.005)
        ready = time.monotonic() - began
        while wire.request(self.front, "GET", "/readyz").header("x-node") != f"127.0.0.1:{port}" and time.monotonic() < limit:
            pass
        took = time.monotonic() - began
        print(f"  ready after {ready:.2f} s, in service after {took:.2f} s", file=sys.stderr)
        self.assertLess(took, IN_SERVICE_SECONDS)

    # ---- what happens ----

    def kill_a_node(self) -> None:
        node = self.nodes[0]
        node.child.send_signal(signal.SIGKILL)
        node.child.wait()
        node._finish()
        time.sleep(1)  # so long it is away
        self.restart(0)

    def restart_a_node(self) -> None:
        self.nodes[1].stop()  # and fails unless it ended well
        self.restart(1)

    def pause_redis(self) -> None:
        self.redis.pause()
        time.sleep(5)
        self.redis.resume()

    def restart_redis(self) -> None:
        self.redis.stop()
        time.sleep(1)
        self.assertTrue(self.redis.start())

    def kill_redis(self) -> None:
        self.redis.stop(signal.SIGKILL)
        time.sleep(1)
        self.assertTrue(self.redis.start())

    def test_everything_at_once(self) -> None:
        self.grants: list[Grant] = []
        people = [self.person(name) for name in PEOPLE]
        renewed = [Grant(self.url, ADA, "/mcp"), Grant(self.url, BJORN, "/sse")]
        self.grants += renewed
        self.measure_the_way(people[0])

        control(self.sandbox.api_url, delay_ms=ASANA_MS)
        party = Party(self.front, people, CLIENTS, PAUSE)
        crowd = party.start()
        failed_renewals: "collections.Counter[str]" = collections.Counter()
        over = threading.Event()

        def renew() -> None:
            while not over.wait(0.3):
                for grant in renewed:
                    why = grant.renew()
                    if why:
                        failed_renewals[why] += 1

        renewer = threading.Thread(target=renew)
        renewer.start()
        try:
            began = time.monotonic()
            self.wait_for_calm(crowd, began, "coming")
            while len(crowd.ends) < CLIENTS:
                time.sleep(0.05)
            counts = self.tell(crowd, f"{CLIENTS} clients come", began)
            self.assertFalse([why for _, why in counts if why], "calls fail though nothing has happened")
            for what in (self.kill_a_node, self.restart_a_node, self.pause_redis, self.restart_redis, self.kill_redis):
                name = what.__name__.replace("_", " ")
                began = time.monotonic()
                print(name, file=sys.stderr)
                what()
                self.wait_for_calm(crowd, time.monotonic(), name)
                counts = self.tell(crowd, "  meanwhile", began)
                self.assertFalse(crowd.wrong)
                if what == self.restart_a_node:
                    # Whoever needs no session noticed nothing, and whatever was accepted has been answered. Only what the
                    # balancer sent over a kept connection when all was done is turned away; it has not begun.
                    self.assertFalse({(kind, why) for kind, why in counts
                                      if why not in ("", "refused 503") and (kind == "modern" or why != "refused 404")})
                    away = sum(count for (_, why), count in counts.items() if why == "refused 503")
                    self.assertLess(away, 0.03 * sum(counts.values()), "too many calls are turned away by a node that goes")
        finally:
            over.set()
            renewer.join()
            party.end()
        self.assertFalse(crowd.wrong)
        print(f"renewals: {[grant.renewals for grant in renewed]}, refused: {dict(failed_renewals)}", file=sys.stderr)

        self.nothing_is_done_twice(crowd, people)
        self.no_grant_is_lost()

    def nothing_is_done_twice(self, crowd: Crowd, people: list[Person]) -> None:
        found: "collections.Counter[str]" = collections.Counter()
        for person in people:
            found += self.asana.names_in(PEOPLE[person.name], person.project)
        mine = {name: count for name, count in found.items() if name in crowd.tried}
        print(f"{len(crowd.tried)} tasks were asked for, {len(crowd.made)} acknowledged, {len(mine)} made", file=sys.stderr)
        self.assertFalse({name: count for name, count in mine.items() if count != 1})
        self.assertFalse(crowd.made - set(mine), "acknowledged and not made")
        self.assertTrue(crowd.made)

    def no_grant_is_lost(self) -> None:
        for grant in self.grants:
            for port in self.ports:
                headers = {**grant.tokens.headers, "Host": f"127.0.0.1:{self.front}"}
                status = wire.request(port, "PUT", grant.resource, headers).status
                self.assertEqual(405, status, f"{grant.person}, {grant.resource}")  # 401 if it were not known
            self.assertEqual("", grant.renew())
        command = [binary(), "grants", "--json", "--store", self.redis.url]
        run = subprocess.run(command, env=clean_environment(), capture_output=True, text=True, timeout=60, check=True)
        listed = json.loads(run.stdout)
        self.assertEqual(len(self.grants), len(listed), run.stdout)

    # ---- the way over another node ----

    def measure_the_way(self, person: Person) -> None:
        """A message to a session's own node, and to another one: what the client waits for the answer on its stream."""
        headers = {**person.headers("/sse"), "Host": f"127.0.0.1:{self.front}", "Content-Type": "application/json"}
        stream = wire.Connection(self.ports[0])
        self.addCleanup(stream.close)
        stream.send(wire.request_bytes("GET", "/sse", {**headers, "Accept": "text/event-stream"}, port=self.ports[0]))
        self.assertEqual(200, stream.read_head().status)

        def data() -> str:
            while True:
                lines = stream.read_chunk().decode().split("\n")
                told = "".join(line[6:] for line in lines if line.startswith("data: "))
                if told:
                    return told

        address = data()
        address = "/" + address.split("/", 3)[3] if address.startswith("http") else address
        nodes = {port: wire.Connection(port) for port in self.ports[:2]}
        for connection in nodes.values():
            self.addCleanup(connection.close)

        def took(port: int, said: Mapping[str, Any]) -> float:
            began = time.perf_counter()
            nodes[port].send(wire.request_bytes("POST", address, headers, json.dumps(said), port=port))
            if "id" in said:
                answer = json.loads(data())
                self.assertEqual(said["id"], answer["id"])
            self.assertEqual(202, nodes[port].read_response().status)
            return (time.perf_counter() - began) * 1000

        took(self.ports[0], message("initialize", initialize_params("2025-06-18"), "hello"))
        took(self.ports[0], message("notifications/initialized"))
        times: dict[int, list[float]] = {port: [] for port in nodes}
        for turn in range(400):
            for port in nodes:
                times[port].append(took(port, message("ping", None, f"{port}.{turn}")))
        near, far = (statistics.median(times[port]) for port in nodes)
        print(f"\nto the session's own node {near:.2f} ms, to another one {far:.2f} ms at the median", file=sys.stderr)
        self.assertLess(far - near, ADDED_MS)


if __name__ == "__main__":
    unittest.main()
