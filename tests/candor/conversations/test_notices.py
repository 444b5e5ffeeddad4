"""News of a request that come into its conversation by themselves."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from candor.conversations.notices import RequestNotices, still_true
from candor.conversations.reply import Reply
from candor.conversations.request_text import RequestText
from candor.services import Services
from candor.tickets.models import OutboxRow
from candor.tickets.requester import Confirmed, Opened
from candor.tickets.ticket import CodeStanding, Ticket
from tests.candor.tickets.conftest import FakeMailer

A_TICKET = Ticket("R-7KQ4-M2XD", "acme", "deletion", "awaiting_identity", datetime(2026, 1, 15, tzinfo=UTC))


@pytest.fixture
def mailer(parts: Services) -> FakeMailer:
    """A mail server that knows no Ada."""
    parts.requests.mailer = FakeMailer(refuses={"ada@example.com"})
    assert isinstance(parts.requests.mailer, FakeMailer)
    return parts.requests.mailer


def opened(parts: Services, channel: str = "web", email: str = "ada@example.com") -> tuple[str, str]:
    """A conversation, and the number of the request that was opened in it."""
    conversation = parts.conversations.transcripts.begin(company="acme", channel=channel).id
    found = parts.requests.desk.open(Confirmed(f"yes-{conversation}", "acme", "deletion", conversation, email, "DE"))
    assert isinstance(found, Opened)
    return conversation, found.ticket.number


async def delivered(parts: Services) -> None:
    """Letters first, then what follows from them."""
    await parts.requests.make_outbox_worker().deliver()


def news_in(parts: Services, conversation: str) -> list[Reply]:
    turns = parts.conversations.live_chat.news(conversation, 0).turns
    return [Reply.model_validate(reply) for turn in turns for reply in turn.replies]


async def test_a_refused_address_is_told_at_once_and_asked_for(parts: Services, mailer: FakeMailer) -> None:
    """The visitor still sits there, and nothing but the right address helps."""
    conversation, number = opened(parts)

    await delivered(parts)

    (told,) = news_in(parts, conversation)
    assert number in told.text
    assert "What is the right one?" in told.text
    assert (told.kind, told.unprompted, told.form and told.form.field) == ("request", True, "email")
    assert told.ticket is not None
    assert "refused the address" in told.ticket.what_next
    assert "ada@example.com" not in told.text


async def test_the_right_address_gets_a_new_code_and_ends_the_news(parts: Services, mailer: FakeMailer) -> None:
    """What was told once is not told again."""
    conversation, number = opened(parts)
    await delivered(parts)

    parts.requests.desk.give_address(number, conversation, "ada@example.org")
    await delivered(parts)

    assert [str(mail["To"]) for mail in mailer.sent] == ["ada@example.org"]
    assert len(news_in(parts, conversation)) == 1


async def test_news_are_written_once_however_often_they_are_delivered(parts: Services, mailer: FakeMailer) -> None:
    """A process may die between writing them and noting it."""
    conversation, _ = opened(parts)
    await delivered(parts)
    with Session(parts.engine) as session, session.begin():
        row = session.scalars(select(OutboxRow).where(OutboxRow.channel == "transcript")).one()
        row.state, row.tries = "due", 0

    await delivered(parts)

    assert len(news_in(parts, conversation)) == 1


async def test_a_conversation_that_was_forgotten_gets_no_news(parts: Services, mailer: FakeMailer) -> None:
    """Nor is it an error."""
    conversation, _ = opened(parts)
    parts.conversations.transcripts.forget(conversation)

    await delivered(parts)

    assert parts.requests.outbox.counts() == {"refused": 1, "lapsed": 1}


async def test_a_chat_channel_hears_of_each_turn_once(parts: Services, mailer: FakeMailer) -> None:
    """As it hears what a person writes: through the outbox, which gets the turn's id."""
    conversation, number = opened(parts, channel="slack")
    heard: list[str] = []
    notices = RequestNotices(
        parts.engine, RequestText(parts.conversations.responses, parts.requests.company_of), parts.conversations.responses,
        lambda _, turn, channel: heard.append(f"{channel} {turn > 0}"),
    )  # fmt: skip
    await delivered(parts)
    (ticket,) = parts.requests.desk.of_conversation(conversation)

    told = [notices.tell("address_refused-1", "address_refused", conversation, ticket) for _ in range(2)]

    assert (told, heard, ticket.number) == ([True, True], ["slack True"], number)


async def test_a_page_asks_for_news_while_a_code_is_awaited_and_no_longer(parts: Services, mailer: FakeMailer) -> None:
    """Its letter may come back at any moment."""
    conversation, number = opened(parts)
    assert parts.conversations.live_chat.news(conversation, 0).awaits_code

    parts.requests.desk.withdraw(number, conversation)

    assert not parts.conversations.live_chat.news(conversation, 0).awaits_code


async def test_a_person_whose_answer_was_refused_is_asked_for_the_right_address(parts: Services, mailer: FakeMailer) -> None:
    """They wait again, and the next answer goes there."""
    conversation = parts.conversations.transcripts.begin(company="acme", channel="web").id
    people = parts.conversations.handoff_queue
    people.wanted(conversation, "acme", "ada@example.com")
    people.answer_by_mail(people.waiting()[0].id, "We found it.", "account:1", "person-answer:0a1b2c3d4e5f")

    await delivered(parts)

    (told,) = news_in(parts, conversation)
    assert "What is the right one?" in told.text
    assert (told.kind, told.form and told.form.field) == ("handoff", "email")
    people.wanted(conversation, "acme", "ada@example.org")
    assert [waiting.email for waiting in people.waiting()] == ["ada@example.org"]


def test_what_is_overtaken_is_not_written(parts: Services) -> None:
    """Between the letter's refusal and its news, the requester may have withdrawn."""
    conversation, number = opened(parts)
    parts.requests.desk.withdraw(number, conversation)
    (ticket,) = parts.requests.desk.of_conversation(conversation)

    assert not parts.conversations.notices.tell("address_refused-1", "address_refused", conversation, ticket)
    assert news_in(parts, conversation) == []


def test_news_that_are_overtaken_are_not_told() -> None:
    """What was true when it was put into the outbox may not be true any more."""
    refused = replace(A_TICKET, unreached=True, code=CodeStanding("refused"))

    assert still_true("address_refused", refused)
    assert not still_true("address_refused", replace(refused, verified=True))
    assert not still_true("address_refused", replace(refused, status="withdrawn"))
    assert not still_true("address_refused", A_TICKET)
    assert still_true("code_not_sent", replace(A_TICKET, code=CodeStanding("not_sent")))
    assert not still_true("code_not_sent", replace(A_TICKET, code=CodeStanding("sent")))
    assert still_true("code_reminder", A_TICKET)
    assert not still_true("code_reminder", replace(A_TICKET, status="open"))
    assert still_true("letter_refused", replace(A_TICKET, status="completed", unreached=True))
    assert not still_true("anything else", refused)
