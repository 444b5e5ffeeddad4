"""Two nodes on one PostgreSQL and one Redis: what a visitor notices of it. `python -m benchmarks.nodes` is the long form."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Iterator

import httpx
import pytest

from benchmarks.nodes import (
    QUESTIONS,
    Client,
    Nodes,
    compare,
    conversations,
    left_of,
    recorded,
    two_nodes,
    undisturbed,
    walk,
)


@pytest.fixture(scope="module")
def nodes() -> Iterator[Nodes]:
    """Both are ready."""
    with two_nodes() as running:
        yield running


async def test_a_dialogue_goes_on_at_the_other_node_at_every_turn(nodes: Nodes) -> None:
    """As on one node alone, a request included, which is opened once."""
    expected = await undisturbed(nodes)

    talks = await conversations(nodes, range(4), 2)

    losses = compare(nodes, talks, expected)
    assert not losses, losses
    assert [talk.unanswered for talk in talks.values() if not isinstance(talk, BaseException)] == [{}] * 4
    assert any(json.loads(reply)[2] for reply in expected[0][-1]), "the script opened no request"


async def test_one_message_at_both_nodes_at_once_is_answered_once(nodes: Nodes) -> None:
    """Both say the same."""
    client = Client(nodes.urls)
    talk = await client.begin()
    message = {"text": "do you sell my personal data?", "message_id": uuid.uuid4().hex}

    async with httpx.AsyncClient(timeout=60, trust_env=False, headers={"Authorization": f"Bearer {talk.token}"}) as http:
        path = f"/api/conversations/{talk.id}/messages"
        answers = await asyncio.gather(*(http.post(f"{url}{path}", json=message) for url in nodes.urls * 3))

    assert {answer.status_code for answer in answers} == {200}
    assert all(answer.json() == answers[0].json() for answer in answers)
    assert recorded(nodes.database, [talk.id]) == {talk.id: (1, 1, 0)}
    await client.close()


async def test_what_one_node_forgets_is_nowhere(nodes: Nodes) -> None:
    """No table and no file of either node says what was said, or in which conversation."""
    client, other = Client(nodes.urls[:1]), Client(nodes.urls[1:])
    talk = await walk(client, [*QUESTIONS, "do you keep xylophonic music"], 1)
    assert left_of(nodes, talk.id)
    assert left_of(nodes, "xylophonic")

    await other.call("DELETE", f"/api/conversations/{talk.id}", None, talk)

    assert left_of(nodes, talk.id) == []
    assert left_of(nodes, "xylophonic") == []
    await client.close()
    await other.close()
