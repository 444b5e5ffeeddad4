"""A visitor in a live chat with a person, through the API, as the widget and `candor chat` see it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi.testclient import TestClient

from candor.conversations.assistant import Assistant
from candor.conversations.history import as_text
from candor.database.rate_limits import RateLimits
from candor.services import Services
from tests.fakes import FakeRasa


@pytest.fixture
def visitor(web: TestClient) -> Visitor:
    return Visitor(web)


class Visitor:
    """One who has begun a conversation."""

    def __init__(self, web: TestClient) -> None:
        begun = web.post("/api/conversations", json={"company": "acme"}).json()
        self.web, self.id, self.own = web, begun["conversation"], {"Authorization": f"Bearer {begun['token']}"}

    def say(self, text: str, message_id: str | None = None) -> dict[str, Any]:
        sent = {"text": text, **({"message_id": message_id} if message_id else {})}
        said: dict[str, Any] = self.web.post(f"/api/conversations/{self.id}/messages", json=sent, headers=self.own).json()
        return said

    def news(self, after: int = 0, etag: str = "") -> Any:
        headers = {**self.own, **({"If-None-Match": etag} if etag else {})}
        return self.web.get(f"/api/conversations/{self.id}/news", params={"after": after}, headers=headers)


def test_a_talk_goes_both_ways_and_stands_in_the_record_masked(
    visitor: Visitor, web: TestClient, parts: Services, rasa: FakeRasa
) -> None:
    """The visitor sees what was written, the record holds tokens, and Rasa hears nothing of it."""
    persons = web.app.state.assistant.live_chat  # type: ignore[attr-defined]
    parts.conversations.handoff_queue.wanted(visitor.id, "acme")
    talk = persons.take(visitor.id, "account:1", "Ada")

    said = visitor.say("write to bea@acme.example")
    persons.say(talk, "account:1", "Ada", "To bea@acme.example, then.", "p1")
    news = visitor.news().json()

    assert said == {"replies": [], "person": {"name": "Ada", "company": "Acme", "does": "says"}}
    assert [turn["replies"][0]["text"] for turn in news["turns"]] == [
        "Ada from Acme, a person, is with you now. What you write goes to them and not to Candor.", "To bea@acme.example, then.",
    ]  # fmt: skip
    assert news["turns"][1]["replies"][0]["speaker"] == {"name": "Ada", "company": "Acme", "does": "says"}
    assert [turn.text or turn.replies[-1]["text"] for turn in parts.conversations.transcripts.turns(visitor.id)][1:] == [
        "write to <email_1>", "To <email_1>, then.",
    ]  # fmt: skip
    assert rasa.sent == []


def test_a_page_that_asks_again_gets_only_what_is_new_and_mostly_nothing(
    visitor: Visitor, web: TestClient, parts: Services
) -> None:
    """Every few seconds it asks: an answer without a body costs least."""
    persons = web.app.state.assistant.live_chat  # type: ignore[attr-defined]
    parts.conversations.handoff_queue.wanted(visitor.id, "acme")
    first = visitor.news()
    again = visitor.news(0, first.headers["etag"])
    talk = persons.take(visitor.id, "account:1", "Ada")
    joined = visitor.news(0, first.headers["etag"])
    persons.say(talk, "account:1", "Ada", "Hello!", "p1")
    persons.hand_back(visitor.id, "account:1")
    rest = visitor.news(1)

    assert (first.json(), again.status_code, again.content) == (
        {"turns": [], "n": 0, "person": None, "waiting": True, "awaits_code": False}, 304, b"",
    )  # fmt: skip
    assert (joined.json()["n"], joined.json()["person"]["name"], joined.json()["waiting"]) == (1, "Ada", True)
    assert [turn["replies"][0]["speaker"]["does"] for turn in rest.json()["turns"]] == ["says", "leaves"]
    assert (rest.json()["person"], rest.json()["waiting"]) == (None, False)


def test_asking_for_news_does_not_use_up_what_one_may_say(visitor: Visitor, web: TestClient) -> None:
    """It has a limit of its own."""
    state = web.app.state  # type: ignore[attr-defined]
    state.limits = RateLimits({"news": "2/minute", "calls": "3/minute", "messages": "1/minute"}, "a secret")
    far = {"X-Forwarded-For": "192.0.2.1"}
    visitor.own |= far

    codes = [visitor.news().status_code for _ in range(3)]

    assert codes == [200, 200, 429]
    assert "replies" in visitor.say("hello")


def test_news_are_for_the_bearer_of_the_token_alone(visitor: Visitor, web: TestClient) -> None:
    """And gone with the conversation."""
    path = f"/api/conversations/{visitor.id}/news"

    assert [web.get(path).status_code, web.get(path, headers=Visitor(web).own).status_code] == [401, 401]
    web.delete(f"/api/conversations/{visitor.id}", headers=visitor.own)
    assert visitor.news().status_code == 404
    assert visitor.news(-1).status_code == 422


def test_a_visitor_can_have_candor_answer_again(visitor: Visitor, web: TestClient, parts: Services, rasa: FakeRasa) -> None:
    """Nobody is left with a person who has gone home."""
    persons = web.app.state.assistant.live_chat  # type: ignore[attr-defined]
    parts.conversations.handoff_queue.wanted(visitor.id, "acme")
    persons.take(visitor.id, "account:1", "Ada")

    back = web.post(f"/api/conversations/{visitor.id}/hand-back", headers=visitor.own)

    assert back.status_code == 204
    assert visitor.say("do you sell my data?")["replies"]
    assert len(parts.conversations.handoff_queue.waiting()) == 1  # nobody has answered


async def test_a_saved_conversation_tells_who_spoke(assistant: Assistant, parts: Services) -> None:
    """On paper too, a person's words are theirs and a program's are its."""
    conversation, _ = await assistant.begin(company="acme", channel="web")
    await assistant.say(conversation.id, "a person, please")
    parts.conversations.handoff_queue.wanted(conversation.id, "acme")
    talk = assistant.live_chat.take(conversation.id, "account:1", "Ada")
    await assistant.say(conversation.id, "hello Ada")
    assistant.live_chat.say(talk, "account:1", "Ada", "Hello!", "p1")

    past = await assistant.past(conversation.id)
    text = as_text(past, parts.conversations.responses, name="Acme", site="https://a.example", now=datetime.now(UTC))

    assert "Ada from Acme, a person\nHello!" in text
    assert "Candor\nAda from Acme, a person, is with you now." in text
    assert text.count("You (") == 2


async def test_nobody_takes_a_conversation_in_which_nobody_asked_for_a_person(assistant: Assistant) -> None:
    """People come when they are called."""
    from candor.conversations.handoff.live_chat import NobodyWaitsHereError

    conversation, _ = await assistant.begin(company="acme", channel="web")

    with pytest.raises(NobodyWaitsHereError):
        assistant.live_chat.take(conversation.id, "account:1", "Ada")


async def test_the_first_word_keeps_the_promise_and_taking_it_does_not(assistant: Assistant, parts: Services) -> None:
    """Who was promised an answer waits until there is one."""
    conversation, _ = await assistant.begin(company="acme", channel="web")
    parts.conversations.handoff_queue.wanted(conversation.id, "acme")

    talk = assistant.live_chat.take(conversation.id, "account:1", "Ada")
    before = len(parts.conversations.handoff_queue.waiting())
    assistant.live_chat.say(talk, "account:1", "Ada", "Hello!", "p1")

    assert (before, parts.conversations.handoff_queue.waiting()) == (1, [])
