"""Which messages only answer what Candor asked, and that these stay out of what is counted of questions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select

from candor.conversations.handoff.sessions import LiveChatSessions
from candor.conversations.steps import field_asked, step_of
from candor.conversations.turn import Turns
from candor.reviews.queue import ALL, QueueFilter, ReviewQueue
from candor.reviews.unanswered import Silences
from candor.transcripts.counters import CounterName
from candor.transcripts.models import TurnCountRow, TurnRow
from candor.transcripts.store import TranscriptStore, TurnOutcome
from candor.transcripts.vault import Vault

SILENT, REQUEST = {"kind": "not_in_policy", "text": "It does not say.", "answer_id": "a_1"}, {"kind": "request", "text": "…"}


def asks(field: str) -> dict[str, Any]:
    return {**REQUEST, "form": {"field": field, "options": [], "skippable": False}}


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("yes", "yes"), ("Yep, go ahead please", "yes"), ("no thanks", "no"), ("Germany", "residence"),
        ("california.", "residence"),
        ("123 456", "code"), ("the code is 481516", "code"), ("<email_1>", "email"), ("<name_1>", "name"),
        ("ada@example.org", "email"),
        ("skip", "nothing"), ("stop", "stop"), ("I don't know", "dont_know"),
    ],
)  # fmt: skip
def test_what_only_answers_is_a_step_however_it_was_answered(text: str, step: str) -> None:
    """Also where nothing had been asked, or the answer took it for a question."""
    for replies in ([SILENT], [REQUEST], [asks("email")]):
        assert step_of(text, "ask_policy", replies, "") == step


@pytest.mark.parametrize(
    "text",
    ["why?", "do you sell my data in Germany?", "what is that code for?", "can I say no to cookies", "where do you store it"],
)
def test_a_question_is_no_step(text: str) -> None:
    """In the middle of a form too."""
    assert step_of(text, "ask_policy", [SILENT, asks("residence")], "residence") == ""
    assert step_of(text, "ask_policy", [SILENT], "") == ""


def test_what_a_form_took_is_a_step_whatever_it_says() -> None:
    """Details are free text: nothing in them need look like an answer."""
    assert step_of("my account is blue heron, opened in may", "ask_policy", [asks("agreed")], "details") == "details"
    assert step_of("I want to talk to somebody", "talk_to_human", [{"kind": "handoff", "text": "…"}], "details") == ""


def test_where_somebody_lives_is_a_question_unless_it_was_asked() -> None:
    """ "I live in California" unasked wants to know what holds there."""
    replies = [{"kind": "answer", "text": "…", "answer_id": "a_1"}]

    assert step_of("I live in sunny California", "provide_residence", replies, "") == ""
    assert step_of("I live in sunny California", "provide_residence", [SILENT, asks("residence")], "residence") == "residence"


@pytest.mark.parametrize(
    "text", ["why do you need my address?", "and how long will that take?", "will you tell me when it is done?", "why that"]
)
def test_what_asks_the_form_is_no_step(text: str) -> None:
    """The form tells why it asks, and asks again; what it took is an answer, with or without a mark."""
    assert step_of(text, "about_request", [asks("email")], "email") == ""
    assert step_of("the green one, is that enough?", "add_details", [asks("agreed")], "details") == "details"
    assert step_of("somewhere cold?", "provide_residence", [asks("residence")], "residence") == "residence"


@pytest.mark.parametrize(
    ("text", "asked", "step"),
    [
        ("Berlin", "residence", "residence"), ("I am from Texas", "residence", "residence"),
        ("it's <email_1> thanks", "email", "email"),
        ("send me a new code", "code", "code"),
        ("what of people in Germany", "residence", ""), ("is <email_1> kept?", "email", ""),
    ],
)  # fmt: skip
def test_an_answer_in_a_few_words_is_one_where_it_was_asked_for(text: str, asked: str, step: str) -> None:
    """Though it was answered as a question."""
    assert step_of(text, "ask_policy", [SILENT, asks(asked)], asked) == step


def test_the_field_is_that_of_the_last_reply() -> None:
    """A reply may hold an answer and then the form's question."""
    assert field_asked([SILENT, asks("email"), asks("residence")]) == "residence"
    assert field_asked([SILENT]) == ""


def test_a_step_is_in_no_report_and_in_no_queue(engine: Engine) -> None:
    """Neither in the silence report with its words, nor in topics, nor in review; and it stays so when it is rated."""
    store = TranscriptStore(engine)
    turns = Turns(engine, store, LiveChatSessions(engine), Vault(engine, "a secret"))
    conversation = store.begin(company="acme", channel="web").id
    for message, text, replies in (
        ("m1", "delete my data", [asks("residence")]), ("m2", "I live in Bavaria I think", [SILENT, asks("residence")]),
        ("m3", "do you use cookies", [{**SILENT, "answer_id": "a_3"}]),
    ):  # fmt: skip
        turns.begin(conversation, message, text)
        intent = "provide_residence" if message == "m2" else "ask_policy"
        turns.end(conversation, message, "acme", TurnOutcome(replies, intent, 0.9, [], {"aspect": "rights.how"}), 5.0)
    store.feedback(conversation, "a_1", helpful=False)

    first, step, question = store.turns(conversation)
    now = datetime.now(UTC)
    silences, queue = Silences(engine), ReviewQueue(engine)
    span = (now - timedelta(hours=1), now + timedelta(hours=1))
    assert (first.kind, step.kind, step.trace["step"], question.kind) == ("request", "step", "residence", "not_in_policy")
    assert [one.asked for one in silences.unanswered("not_in_policy", *span, ["acme"])] == [1]
    (examples,) = silences.examples("not_in_policy", *span, [("acme", "rights.how")]).values()
    assert [example.text for example in examples] == ["do you use cookies"]
    assert queue.next_to_judge(QueueFilter(), 1, None) == question.id
    assert queue.beside(QueueFilter(kind=ALL), 1, None, question.id) == (None, first.id)
    assert step.risk == 0
    assert counted(engine) == {("kind", "request"): 1, ("kind", "step"): 1, ("kind", "not_in_policy"): 1}


def counted(engine: Engine) -> dict[CounterName, int]:
    with engine.connect() as connection:
        rows = connection.execute(
            select(TurnCountRow.what, TurnCountRow.name, TurnCountRow.n).where(
                TurnCountRow.size == 1440, TurnCountRow.what == "kind", TurnCountRow.n > 0
            )
        )
        return {(what, name): n for what, name, n in rows}


def test_the_queue_by_risk_begins_with_what_did_not_help(engine: Engine) -> None:
    """Then doubt, then close calls, then what the policy is said not to answer; a good answer only where it is drawn."""
    store = TranscriptStore(engine)
    conversation = store.begin(company="acme", channel="web").id
    said: list[tuple[str, str, dict[str, Any]]] = [
        ("unhelpful", "answer", {"probability": 0.9}), ("unsure", "unsure", {"probability": 0.4}),
        ("narrow", "answer", {"probability": 0.45}), ("silent", "not_in_policy", {"probability": 0.1}),
        ("m-good", "answer", {"probability": 0.99}), ("small", "smalltalk", {}),
    ]  # fmt: skip
    for message, kind, evidence in said:
        store.ask(conversation, message, f"question {message}")
        store.answered(conversation, message, TurnOutcome([{"kind": kind, "answer_id": message}], "x", 0.9, [], evidence), 1.0)
    store.feedback(conversation, "unhelpful", helpful=False)
    by_id: dict[int, TurnRow] = {turn.id: turn for turn in store.turns(conversation)}
    queue, order, last = ReviewQueue(engine), list[str](), None
    for _ in range(4):
        last = queue.next_to_judge(QueueFilter(), 1, None, last)
        assert last is not None
        order.append(by_id[last].message_id)

    assert order == ["unhelpful", "unsure", "narrow", "silent"]
    ids = {turn.message_id: turn.id for turn in by_id.values()}
    assert queue.beside(QueueFilter(), 1, None, ids["narrow"]) == (ids["unsure"], ids["silent"])
    store.feedback(conversation, "unhelpful", helpful=True)
    assert by_id[queue.next_to_judge(QueueFilter(), 1, None) or 0].message_id == "unsure"
