"""Somebody who calls on many connections at once and without a pause, whatever the answers: run as a process of its own
with PORT TOKEN CONNECTIONS on the command line, until its standard input ends. Prints how often it got each status."""

from __future__ import annotations

import asyncio
import collections
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lib.mcp import ModernClient  # noqa: E402
from lib.wire import request_bytes  # noqa: E402


async def one(port: int, request: bytes, counts: "collections.Counter[int]") -> None:
    while True:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            while True:
                writer.write(request)
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
                length = int(head.split("content-length:")[1].split("\r\n")[0])
                await reader.readexactly(length)
                counts[int(head.split(" ")[1])] += 1
        except (OSError, asyncio.IncompleteReadError):
            counts[0] += 1


async def flood(port: int, token: str, connections: int) -> None:
    client = ModernClient(port, {"Authorization": f"Bearer {token}"})
    call = client.request("tools/call", {"name": "asana_get_task", "arguments": {"task_id": "12"}})
    request = request_bytes("POST", "/mcp", client.headers_for(call), json.dumps(call), port=port)
    counts: "collections.Counter[int]" = collections.Counter()
    tasks = [asyncio.ensure_future(one(port, request, counts)) for _ in range(connections)]
    loop = asyncio.get_running_loop()
    print("flooding", flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    print(json.dumps(counts))


if __name__ == "__main__":
    asyncio.run(flood(int(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
