"""docs/llms.txt: what a model that looks for this server's documentation reads first (llmstxt.org)."""

from __future__ import annotations

from typing import Iterator

from .clients import GROUPS
from .model import Model


def emit(model: Model) -> dict[str, str]:
    return {"docs/llms.txt": "\n".join(_lines(model)) + "\n"} if model.clients else {}


def _lines(model: Model) -> Iterator[str]:
    count = len(model.tools)
    yield "# asana-mcp"
    yield ""
    yield f"> One program that lets AI assistants work in Asana through the Model Context Protocol: {count} tools,"
    yield "> over Streamable HTTP (/mcp), HTTP+SSE (/sse) and stdio, with the names and arguments of the server"
    yield "> that was at https://mcp.asana.com/sse until August 2026. Hosted by whoever wants to."
    yield ""
    yield "Answers are one JSON object: `data`, on lists `next_page` (null at the end), and `truncated` when"
    yield "something was cut. Ids are strings of digits (gids). `me` is the person who is signed in."
    yield "Names are found with asana_typeahead_search; asana_list_workspaces is where to begin."
    yield ""
    yield "## Documentation"
    yield ""
    yield "- [Tools](TOOLS.md): every tool: when to use it, arguments, the request it sends, an answer"
    if model.prompts:
        yield "- [Prompts](PROMPTS.md): what a client offers as commands"
    yield "- [Clients](CLIENTS.md): how each client is connected, and what to do when it is not"
    if model.docs.program:
        yield "- [Settings](SETTINGS.md): what an operator can set: flags, environment, file"
        yield "- [Manual page](asana-mcp.1): commands, options, environment"
    for toolset in model.toolsets:
        if toolset.tools:
            yield ""
            yield f"## Tools: {toolset.title}"
            yield ""
            for tool in toolset.tools:
                yield f"- [{tool.name}](TOOLS.md#{tool.name}): {tool.title}"
    for group, title in GROUPS.items():
        members = [one for one in model.clients if one.group == group]
        if members:
            yield ""
            yield f"## Clients: {title}"
            yield ""
            yield from (f"- [{one.title}](clients/{one.name}.md): {one.about}" for one in members)
