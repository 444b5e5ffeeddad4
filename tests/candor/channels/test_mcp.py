"""The MCP server: other assistants read the policies, in the policy's own words, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from mcp import Client
from mcp.types import CallToolResult, TextContent

from candor.channels.mcp import mcp_server
from candor.conversations.ask import KnowledgeReplies
from candor.conversations.responses import Responses
from knowledge.catalogue import PolicyCatalogue
from tests.fakes import small_answers


def replies_of(catalogue: PolicyCatalogue, answer_from: float = 0.0) -> KnowledgeReplies:
    answers = small_answers(catalogue, answer_from=answer_from, unsure_from=0.9 * answer_from)
    return KnowledgeReplies(answers, Responses(), catalogue)


async def call(mapped: PolicyCatalogue, tool: str, **arguments: Any) -> CallToolResult:
    async with Client(mcp_server(replies_of(mapped), "https://privacy.example.org/")) as client:
        return await client.call_tool(tool, arguments)


def data(result: CallToolResult) -> Any:
    assert not result.is_error, result.content
    return result.structured_content


def said(result: CallToolResult) -> str:
    assert result.is_error
    (content,) = result.content
    assert isinstance(content, TextContent)
    return content.text


async def test_every_tool_only_reads_and_says_what_it_does(mapped: PolicyCatalogue) -> None:
    """Nothing can be opened, changed or kept through it."""
    async with Client(mcp_server(replies_of(mapped))) as client:
        tools = (await client.list_tools()).tools

    assert {tool.name for tool in tools} == {"list_companies", "ask", "compare", "quote", "glance", "changes"}
    assert all(tool.annotations and tool.annotations.read_only_hint and tool.description for tool in tools)


async def test_the_companies_come_with_the_address_of_their_policy(mapped: PolicyCatalogue) -> None:
    """Under the public address."""
    companies = data(await call(mapped, "list_companies"))["result"]

    assert {one["id"] for one in companies} == set(mapped.companies)
    assert all(one["policy_url"].startswith(f"https://privacy.example.org/policies/{one['id']}/") for one in companies)


async def test_companies_are_found_by_name(mapped: PolicyCatalogue) -> None:
    """Ten thousand of them are no list that anybody reads."""
    found = data(await call(mapped, "list_companies", name="Glob"))["result"]

    assert [one["id"] for one in found] == ["globex"]


async def test_an_answer_quotes_the_policy_word_for_word_and_links_to_it(mapped: PolicyCatalogue) -> None:
    """And the quote can be looked up again."""
    answer = data(await call(mapped, "ask", question="never sell personal data", company="acme"))

    best = answer["citations"][0]
    document = mapped.document("acme", best["version"])
    assert document.text[best["start"] : best["end"]] == best["quote"]
    assert best["url"] == f"https://privacy.example.org/policies/acme/{best['version']}#c{best['start']}-{best['end']}"
    again = data(await call(mapped, "quote", company="acme", version=best["version"], start=best["start"], end=best["end"]))
    assert again["quote"] == best["quote"]


async def test_silence_stays_silence(catalogue: PolicyCatalogue) -> None:
    """Another assistant is told that nothing was found, with nothing to quote."""
    async with Client(mcp_server(replies_of(catalogue, answer_from=0.95))) as client:
        answer = data(await client.call_tool("ask", {"question": "do you keep zebras", "company": "acme"}))

    assert (answer["kind"], answer["citations"]) == ("not_in_policy", [])


async def test_a_glance_and_changes_are_those_of_the_pages(mapped: PolicyCatalogue) -> None:
    """With the version that they speak of."""
    version = mapped.current_version("acme")

    assert data(await call(mapped, "glance", company="acme"))["version"] == version
    assert data(await call(mapped, "changes", company="acme"))["new"] == version


@pytest.mark.parametrize(
    ("tool", "arguments", "cure"),
    [
        ("ask", {"question": "do you sell it?", "company": "nobody"}, "known: acme"),
        ("ask", {"question": "  ", "company": "acme"}, "1 to 4000 characters"),
        ("ask", {"question": "x" * 4001, "company": "acme"}, "1 to 4000 characters"),
        ("compare", {"question": "do you sell it?"}, "name at least two"),
        ("glance", {"company": "acme", "version": "1999-01-01"}, "has no version"),
        ("changes", {"company": "acme", "new": "1999-01-01"}, "no version"),
        ("quote", {"company": "acme", "version": "CURRENT", "start": 5, "end": 5}, "characters"),
        ("quote", {"company": "acme", "version": "CURRENT", "start": 0, "end": 5000}, "at most 4000"),
    ],
)
async def test_what_cannot_be_done_is_said_with_the_cure(
    mapped: PolicyCatalogue, tool: str, arguments: dict[str, Any], cure: str
) -> None:
    """In the error's own words, which name the cure, and never as a trace."""
    current = mapped.current_version("acme")

    text = said(await call(mapped, tool, **{key: current if value == "CURRENT" else value for key, value in arguments.items()}))

    assert cure in text
    assert "Traceback" not in text
