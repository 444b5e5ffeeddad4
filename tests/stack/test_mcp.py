"""`candor mcp`, as another assistant starts it, over the policies that are served here."""

from __future__ import annotations

import sys

from mcp import Client, StdioServerParameters

from candor.settings import ROOT


async def test_another_assistant_asks_and_cites() -> None:
    """Nothing but the protocol stands on standard output, and the quote comes with its address."""
    command = StdioServerParameters(command=sys.executable, args=["-m", "candor", "mcp"], cwd=ROOT)

    async with Client(command) as client:
        tools = {tool.name for tool in (await client.list_tools()).tools}
        answer = await client.call_tool("ask", {"question": "do you sell my data?", "company": "clevra"})

    assert {"list_companies", "ask", "compare", "quote", "glance", "changes"} == tools
    assert answer.structured_content is not None
    assert answer.structured_content["citations"][0]["url"].startswith("/policies/clevra/")
