"""What Asana answers in a bench, and what is asked of the servers: made up, the same in every run.

Ids of calls have ID's length and gids of tasks GID's, so that the load generator can put others in their places."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ID = "10000000"
GID = "1204000000000000"
GIDS = 64  # tasks, and as many projects, whose gids follow upon GID

NOTES = (
    "The launch needs a page, a mail to everybody on the waiting list and somebody who answers.\n"
    "- \"Early\" customers get theirs a day before: see the list in the project's brief.\n"
    "- Prices are final; the table below the fold is not.\n"
    "- Björn checks the German text, 宮本 the Japanese one – both until Thursday.\n\n"
) * 3


def named(gid: int, name: str, kind: str) -> dict[str, str]:
    return {"gid": f"12050000000{gid:05d}", "name": name, "resource_type": kind}


def task(gid: str) -> dict[str, Any]:
    """About 3 KB, as the fields that asana_get_task asks for come back."""
    people = [named(n, name, "user") for n, name in enumerate(("Ada Lovelace", "Björn Åkesson", "宮本 武蔵"))]
    fields = ("Priority", "Effort", "Team", "Stage", "Quarter", "Channel")
    return {
        "gid": gid,
        "name": "Prepare the launch of the autumn collection",
        "resource_type": "task",
        "resource_subtype": "default_task",
        "notes": NOTES,
        "completed": False,
        "completed_at": None,
        "assignee": people[0],
        "due_on": "2026-11-30",
        "due_at": None,
        "start_on": "2026-11-02",
        "start_at": None,
        "memberships": [
            {"project": named(100 + n, f"Project {n}", "project"), "section": named(200 + n, "In progress", "section")}
            for n in range(2)
        ],
        "parent": None,
        "num_subtasks": 4,
        "tags": [named(300 + n, f"tag-{n}", "tag") for n in range(3)],
        "custom_fields": [
            {"gid": f"1206000000000{n:03d}", "name": name, "display_value": f"{name} {n}"}
            for n, name in enumerate(fields)
        ],
        "dependencies": [named(400 + n, f"Before {n}", "task") for n in range(2)],
        "dependents": [named(500, "After", "task")],
        "followers": people,
        "created_by": people[1],
        "created_at": "2026-10-01T09:12:34.567Z",
        "modified_at": "2026-11-20T16:01:02.345Z",
        "permalink_url": f"https://app.asana.com/0/1204000000009999/{gid}",
    }


def listed(project: str) -> dict[str, Any]:
    """A page of 100 tasks of a project, about 60 KB."""
    tasks = [
        {
            "gid": f"12070000000{n:05d}",
            "name": f"Task {n}: \"{'what has to be done before the others can begin, ' * 5}\"",
            "completed": n % 3 == 0,
            "assignee": named(n % 7, "Björn Åkesson", "user"),
            "due_on": "2026-11-30",
            "due_at": None,
            "projects": [{"gid": project, "name": "The launch of the autumn collection"}],
            "permalink_url": f"https://app.asana.com/0/{project}/12070000000{n:05d}",
        }
        for n in range(100)
    ]
    return {"data": tasks, "next_page": None}


@dataclass(frozen=True)
class Call:
    """A tool call. Its name is the path under which nginx finds the recorded answer."""

    name: str
    tool: str
    arguments: dict[str, Any]
    modern: bool = False

    def request(self) -> str:
        params: dict[str, Any] = {"name": self.tool, "arguments": self.arguments}
        if self.modern:
            meta = "io.modelcontextprotocol/"
            params["_meta"] = {
                meta + "protocolVersion": "2026-07-28",
                meta + "clientCapabilities": {},
                meta + "clientInfo": {"name": "asana-mcp bench", "version": "1"},
            }
        asked = {"jsonrpc": "2.0", "id": int(ID), "method": "tools/call", "params": params}
        return compact(asked)


TASK = Call("task", "asana_get_task", {"task_id": GID})
LIST = Call("list", "asana_get_tasks", {"project": GID, "limit": 100})
MODERN = Call("modern", "asana_get_task", {"task_id": GID}, modern=True)
CALLS = (TASK, LIST, MODERN)


def compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def write(folder: Path) -> None:
    """The files of nginx in Asana's place, the stand-in's task, and the requests."""
    tasks, lists = folder / "tasks", folder / "lists"
    tasks.mkdir(parents=True)
    lists.mkdir()
    for n in range(GIDS):
        gid = str(int(GID) + n)
        (tasks / gid).write_text(compact({"data": task(gid)}), "utf-8")
        (lists / gid).write_text(compact(listed(gid)), "utf-8")
    for call in CALLS:
        (folder / f"{call.name}.request").write_text(call.request(), "utf-8")


def check_answer(call: Call, answer: Any) -> None:
    """Is it the right answer to the request as it stands, text and structured content both? AssertionError when not."""
    assert answer.get("id") == int(ID) and "error" not in answer, f"{call.tool}: {str(answer)[:500]}"
    result = answer["result"]
    assert not result.get("isError"), f"{call.tool}: {str(result)[:500]}"
    (content,) = result["content"]
    structured = result["structuredContent"]
    assert json.loads(content["text"]) == structured, f"{call.tool}: text and structured content differ"
    if call.tool == "asana_get_task":
        assert structured["data"] == task(GID), f"{call.tool}: not the task: {str(structured)[:500]}"
    else:
        assert structured["data"] == listed(GID)["data"], f"{call.tool}: not the list: {str(structured)[:500]}"
