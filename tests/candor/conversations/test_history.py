"""What was said so far: shown to the one who said it, and to nobody else."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from candor.services import Services
from tests.candor.channels.web.test_api import CITATION, SENTINEL, Talk, assert_problem
from tests.fakes import FakeRasa

ANSWER = {"text": "This is what it says:", "custom": {"kind": "answer", "answer_id": "a_0f", "citations": [CITATION]}}


@pytest.fixture
def talk(web: TestClient, rasa: FakeRasa) -> Talk:
    """A conversation with one answered question."""
    rasa.messages = [ANSWER, {"text": "Anything else?"}]
    begun = Talk(web)
    begun.post({"text": "do you sell my data?", "message_id": "message-1"})
    return begun


def test_the_history_tells_each_turn_as_it_was(web: TestClient, talk: Talk) -> None:
    """Company, words, whole replies, a time with its zone; what the contract with the chat promises."""
    answer = web.get(talk.place, headers=talk.bearer)

    told = answer.json()
    (turn,) = told["turns"]
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert set(told) == {"company", "turns"}
    assert told["company"] == "acme"
    assert (turn["message_id"], turn["text"], turn["feedback"]) == ("message-1", "do you sell my data?", {})
    assert [reply["kind"] for reply in turn["replies"]] == ["answer", "smalltalk"]
    assert turn["replies"][0]["citations"] == [CITATION]
    assert turn["at"].endswith("Z")


def test_its_visitor_sees_what_the_record_holds_masked(web: TestClient, talk: Talk, rasa: FakeRasa, parts: Services) -> None:
    """The address that a person typed is theirs to read; the table keeps the token."""
    rasa.messages = [{"text": "I write to <email_1>."}]
    talk.post({"text": "my mail is jo@example.com"})

    turn = web.get(talk.place, headers=talk.bearer).json()["turns"][1]

    assert turn["text"] == "my mail is jo@example.com"
    assert turn["replies"][0]["text"] == "I write to jo@example.com."
    with parts.engine.connect() as connection:
        kept = connection.execute(text("SELECT text, replies FROM turn")).all()
    assert "jo@example.com" not in str(kept)


def test_the_holder_sees_the_card_with_values_and_the_record_keeps_tokens(
    web: TestClient, talk: Talk, rasa: FakeRasa, parts: Services
) -> None:
    """In the reply itself as in the history: a card with <email_1> in it could not be checked by anybody."""
    row = {"field": "email", "label": "E-mail", "value": "<email_1>"}
    card = {"title": "Your request to Acme", "rows": [row], "cancel": {"title": "Cancel", "payload": "cancel the request"}}
    rasa.messages = [{"text": "Shall I open it?", "custom": {"kind": "request", "card": card}}]

    answered = talk.post({"text": "my mail is jo@example.com"}).json()["replies"]
    past = web.get(talk.place, headers=talk.bearer).json()["turns"][1]["replies"]

    assert answered == past
    assert past[0]["card"]["rows"][0]["value"] == "jo@example.com"
    with parts.engine.connect() as connection:
        kept = "".join(connection.execute(text("SELECT replies FROM turn")).scalars())
    assert "<email_1>" in kept
    assert "jo@example.com" not in kept


def test_a_token_that_nobody_made_stays_as_it_was_typed(web: TestClient, talk: Talk) -> None:
    """A visitor may type what looks like one."""
    talk.post({"text": "what is <email_7>"})

    assert web.get(talk.place, headers=talk.bearer).json()["turns"][1]["text"] == "what is <email_7>"


def test_an_unanswered_message_is_there_without_replies_of_others(web: TestClient, talk: Talk, rasa: FakeRasa) -> None:
    """While Rasa was down the visitor was told so; that is in the history too."""
    rasa.down = True
    talk.post({"text": "and now?"})

    turn = web.get(talk.place, headers=talk.bearer).json()["turns"][1]

    assert [reply["kind"] for reply in turn["replies"]] == ["error"]


def test_feedback_is_told_with_its_answer(web: TestClient, talk: Talk, parts: Services) -> None:
    """A reload shows the thumb that was given; why it was given stays for the staff."""
    kept = talk.post({"answer_id": "a_0f", "helpful": False, "reason": "out_of_date", "comment": ""}, "feedback")

    assert kept.status_code == 204
    assert web.get(talk.place, headers=talk.bearer).json()["turns"][0]["feedback"] == {"a_0f": False}
    with parts.engine.connect() as connection:
        assert connection.execute(text("SELECT helpful, reason FROM feedback")).all() == [(0, "out_of_date")]


def test_a_reason_that_is_not_on_the_list_is_refused(talk: Talk) -> None:
    """422: free words belong into the comment, which is masked."""
    assert_problem(talk.post({"answer_id": "a_0f", "helpful": False, "reason": SENTINEL}, "feedback"), 422)


def test_the_transcript_is_a_text_file_to_keep(web: TestClient, talk: Talk) -> None:
    """With each quote, where it stands, and the address of its policy page."""
    answer = web.get(f"{talk.place}/transcript", headers=talk.bearer)

    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["content-disposition"].startswith('attachment; filename="candor-acme-2')
    assert answer.headers["cache-control"] == "no-store"
    assert "Conversation with Candor about Acme" in answer.text
    assert "do you sell my data?" in answer.text
    assert "[1] Privacy Policy, 2026-01-15, 3. Selling\n    “We never sell personal data.”" in answer.text
    assert "http://testserver/policies/acme/2026-01-15#c3-31" in answer.text


@pytest.mark.parametrize("path", ["", "/transcript"])
def test_nobody_else_reads_it(web: TestClient, talk: Talk, path: str) -> None:
    """401 without the token and with another conversation's; 404 once it was forgotten."""
    other = Talk(web)

    assert_problem(web.get(f"{talk.place}{path}"), 401)
    assert_problem(web.get(f"{talk.place}{path}", headers=other.bearer), 401)
    web.delete(talk.place, headers=talk.bearer)
    assert_problem(web.get(f"{talk.place}{path}", headers=talk.bearer), 404)
