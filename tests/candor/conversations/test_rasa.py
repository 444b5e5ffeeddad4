"""What the assistant asks of Rasa, and what it takes for an answer."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from candor.conversations.rasa import RasaClient
from candor.errors import AssistantDownError
from tests.candor.channels.conftest import StubServer

ANSWERED = {
    "messages": [{"text": "Hello!"}],
    "intent": {"name": "greet", "confidence": 0.98765},
    "intent_ranking": [{"name": f"intent_{place}", "confidence": 0.9 - place / 100, "id": 1} for place in range(9)],
}


def stub(body: object, status: int = 200) -> StubServer:
    return StubServer(status, body if isinstance(body, bytes) else json.dumps(body).encode(), "application/json")


async def test_a_message_goes_to_our_channel_with_the_secret() -> None:
    """Rasa's own REST channel asks for none."""
    with stub(ANSWERED) as server:
        client = RasaClient([server.url], "s3cret", 5)
        turn = await client.send(sender="c_1", text="hi", company="acme", message_id="m_1")
        await client.close()

    ((method, path, authorization, body),) = server.calls
    assert (method, path, authorization) == ("POST", "/webhooks/candor/message", "Bearer s3cret")
    assert json.loads(body) == {"sender": "c_1", "text": "hi", "message_id": "m_1", "metadata": {"company": "acme"}}
    assert (turn.messages, turn.intent, turn.confidence) == ([{"text": "Hello!"}], "greet", 0.98765)


async def test_the_five_likeliest_intents_are_kept() -> None:
    """Enough to see what it was mistaken for; more would only fill the database."""
    with stub(ANSWERED) as server:
        client = RasaClient([server.url], "s3cret", 5)
        turn = await client.send(sender="c_1", text="hi", company="acme", message_id="m_1")
        await client.close()

    assert turn.intent_ranking[0] == {"name": "intent_0", "confidence": 0.9}
    assert len(turn.intent_ranking) == 5


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({**ANSWERED, "messages": []}, 200),
        (ANSWERED, 500),
        ({"status": "refused"}, 401),
        (b"<html>another program</html>", 200),
        ({"hello": "another program"}, 200),
        (["another program"], 200),
        ({**ANSWERED, "intent": None}, 200),
    ],
)
async def test_whatever_is_no_answer_means_down(body: Any, status: int) -> None:
    """No messages: the action server failed. Anything else: it is not our Rasa that listens there."""
    with stub(body, status) as server:
        client = RasaClient([server.url], "s3cret", 5)
        with pytest.raises(AssistantDownError) as raised:
            await client.send(sender="c_1", text="sentinelword", company="acme", message_id="m_1")
        await client.close()

    assert "sentinelword" not in str(raised.value)


async def test_a_message_that_was_not_understood_has_no_intent() -> None:
    """Rasa sends null where it has none."""
    with stub({**ANSWERED, "intent": {"name": None, "confidence": None}, "intent_ranking": []}) as server:
        client = RasaClient([server.url], "s3cret", 5)
        turn = await client.send(sender="c_1", text="hi", company="acme", message_id="m_1")
        await client.close()

    assert (turn.intent, turn.confidence, turn.intent_ranking) == ("", 0.0, [])


async def test_nobody_there_means_down() -> None:
    """Each call says so in the same way."""
    with stub(ANSWERED) as server:
        gone = server.url
    client = RasaClient([gone], "s3cret", 5)

    with pytest.raises(AssistantDownError):
        await client.send(sender="c_1", text="hi", company="acme", message_id="m_1")
    with pytest.raises(AssistantDownError):
        await client.forget("c_1")
    with pytest.raises(AssistantDownError):
        await client.check()
    await client.close()


async def test_forgetting_and_checking_reach_our_channel() -> None:
    """With the secret as well."""
    with stub({"status": "forgotten"}) as server:
        client = RasaClient([server.url], "s3cret", 5)
        await client.forget("c_1")
        await client.check()
        await client.close()

    assert [call[:3] for call in server.calls] == [
        ("POST", "/webhooks/candor/forget", "Bearer s3cret"),
        ("GET", "/webhooks/candor/ready", "Bearer s3cret"),
    ]
    assert json.loads(server.calls[0][3]) == {"sender": "c_1"}


async def test_a_model_that_is_not_loaded_means_down() -> None:
    """Our channel answers 503 until it is."""
    with stub({"ready": False}, 503) as server:
        client = RasaClient([server.url], "s3cret", 5)
        with pytest.raises(AssistantDownError, match="503"):
            await client.check()
        await client.close()


async def test_what_rasa_did_is_kept_within_bounds() -> None:
    """Actions in order, slots with their values; nothing that would fill the database."""
    slots = {"email": "<email_1>", "details": "x" * 5000, **{f"slot_{place}": 1 for place in range(50)}}
    with stub({**ANSWERED, "actions": ["action_say"] * 50, "slots": slots}) as server:
        client = RasaClient([server.url], "s3cret", 5)
        turn = await client.send(sender="c_1", text="hi", company="acme", message_id="m_1")
        await client.close()

    assert (len(turn.actions), len(turn.slots)) == (20, 20)
    assert turn.slots["email"] == "<email_1>"
    assert len(turn.slots["details"]) < 310
    assert turn.milliseconds is not None
    assert turn.milliseconds > 0


async def test_who_is_kept_there_is_asked_from_a_name_on() -> None:
    """Name and time of the last event; an answer of another program is Rasa being down."""
    with stub({"senders": [["c_2", 1768478400.0]]}) as server, stub({"hello": 1}) as other:
        client, wrong = RasaClient([server.url], "s3cret", 5), RasaClient([other.url], "s3cret", 5)
        found = await client.senders("c_1")
        with pytest.raises(AssistantDownError):
            await wrong.senders()
        await client.close()
        await wrong.close()

    assert found == [("c_2", datetime(2026, 1, 15, 12, tzinfo=UTC))]
    assert json.loads(server.calls[0][3]) == {"after": "c_1"}


async def test_many_are_forgotten_in_one_call() -> None:
    """What lies there without a conversation."""
    with stub({"status": "forgotten"}) as server:
        client = RasaClient([server.url], "s3cret", 5)
        await client.forget_all(["c_1", "c_2"])
        await client.close()

    ((_, path, _, body),) = server.calls
    assert (path, json.loads(body)) == ("/webhooks/candor/forget", {"senders": ["c_1", "c_2"]})


async def test_a_conversation_keeps_to_one_rasa_of_several() -> None:
    """Its tracker is read where it was written last; different conversations are spread."""
    with stub(ANSWERED) as one, stub(ANSWERED) as two:
        client = RasaClient([one.url, two.url], "s3cret", 5)
        for number in range(20):
            for _ in range(2):
                await client.send(sender=f"c_{number}", text="hi", company="acme", message_id="m_1")
        await client.close()

    asked = [{json.loads(body)["sender"] for *_, body in server.calls} for server in (one, two)]
    assert asked[0] & asked[1] == set()
    assert len(asked[0]) >= 2
    assert len(asked[1]) >= 2


async def test_another_rasa_answers_while_one_is_away() -> None:
    """Nobody waits for the one that is away until a while has passed; then it is asked again."""
    clock = [0.0]
    with stub(ANSWERED) as here:
        with stub(ANSWERED) as away:
            away_url = away.url
        client = RasaClient([away_url, here.url], "s3cret", 5, now=lambda: clock[0])
        for number in range(20):
            turn = await client.send(sender=f"c_{number}", text="hi", company="acme", message_id="m_1")
            assert turn.intent == "greet"
        assert client._in_order("c_1")[-1] == away_url
        clock[0] = 60.0
        assert {client._in_order(f"c_{number}")[0] for number in range(20)} == {away_url, here.url}
        await client.close()

    assert len(here.calls) == 20
