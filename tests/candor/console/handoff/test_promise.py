"""A promise of mail is kept by mail, or by a message that the visitor has seen; never by one that lies there unseen."""

from __future__ import annotations

import pytest

from candor.conversations.handoff.sessions import LiveChatSession
from candor.services import Services
from candor.tickets.delivery.mail_replies import MailReply
from tests.candor.console.conftest import SignIn
from tests.candor.console.live_chats import a_question, begin

TEXT = "We delete it in May."


def taken(parts: Services, email: str | None, channel: str = "web") -> LiveChatSession:
    """A visitor who asked for a person, and somebody who has taken their conversation."""
    conversation = begin(parts, channel=channel)
    a_question(parts, conversation)
    parts.conversations.handoff_queue.wanted(conversation, "acme", email)
    return parts.conversations.live_chat.take(conversation, "account:1", "Bea")


def waits(parts: Services, chat: LiveChatSession) -> bool:
    visitor = parts.conversations.handoff_queue.newest(chat.conversation)
    assert visitor
    return visitor.answered_at is None


def test_a_message_that_nobody_has_seen_keeps_no_promise_of_mail(parts: Services, sign_in: SignIn) -> None:
    """The list and the page say so, until the visitor's page has shown it."""
    chat = taken(parts, "ada@example.com")
    live = parts.conversations.live_chat
    live.news(chat.conversation, 0)

    live.say(chat, "account:1", "Bea", TEXT, "message-1")

    desk = sign_in("agent")
    assert waits(parts, chat)
    assert "written in the chat, not seen yet" in desk.get("waiting").text
    assert "not seen yet" in desk.get(f"waiting/{chat.conversation}").text
    seen = live.news(chat.conversation, 0)
    assert TEXT in str(seen.turns[-1].replies)
    assert not waits(parts, chat)
    assert not seen.waiting
    assert "not seen yet" not in desk.get("waiting").text
    visitor = parts.conversations.handoff_queue.newest(chat.conversation)
    assert visitor
    assert visitor.said_at is None


async def test_it_may_be_kept_by_mail_all_the_same(parts: Services) -> None:
    """While the message is unseen, the form for the mail is open; it is kept once a mail server has taken it."""
    chat = taken(parts, "ada@example.com")
    parts.conversations.live_chat.say(chat, "account:1", "Bea", TEXT, "message-1")
    visitor = parts.conversations.handoff_queue.newest(chat.conversation)
    assert visitor

    assert parts.conversations.live_chat.write(visitor.id, "account:1", TEXT, "message-2")

    assert waits(parts, chat)
    await parts.requests.outbox_worker.deliver()
    assert not waits(parts, chat)


async def test_a_mail_that_no_server_has_taken_stands_in_the_inbox_with_its_age(parts: Services, sign_in: SignIn) -> None:
    """With the step that is next; when it was taken, nobody waits, and the conversation needs no person."""
    conversation = begin(parts)
    a_question(parts, conversation)
    parts.conversations.handoff_queue.wanted(conversation, "acme", "ada@example.com")
    (visitor,) = parts.conversations.handoff_queue.waiting()
    desk = sign_in("agent")

    desk.submit(f"waiting/mail/{visitor.id}/send", text=TEXT, message_id="m" * 32)

    inbox = desk.get("./").text
    assert "was answered by mail, which no mail server has taken yet" in inbox
    assert "See the mail" in inbox
    page = desk.get(f"waiting/mail/{visitor.id}").text
    assert "data-ago" in page.split("An answer was written", 1)[1][:40]
    assert "<textarea" not in page
    assert "Your mail is on its way" in desk.get("waiting").text
    assert "on its way" in desk.get(f"waiting/{conversation}").text
    await parts.requests.outbox_worker.deliver()
    assert "was answered by mail" not in desk.get("./").text
    assert conversation not in desk.get("waiting").text


@pytest.mark.parametrize(("email", "channel"), [(None, "web"), ("ada@example.com", "slack")])
def test_who_was_promised_no_mail_or_gets_it_where_they_chat_is_answered_at_once(
    parts: Services, email: str | None, channel: str
) -> None:
    """In a chat channel nothing lies on a page that may be closed."""
    chat = taken(parts, email, channel)

    parts.conversations.live_chat.say(chat, "account:1", "Bea", TEXT, "message-1")

    assert not waits(parts, chat)


def test_the_address_is_shown_on_the_spot_for_a_reason(parts: Services, sign_in: SignIn) -> None:
    """Once, and noted; not to who may not reveal, and not with the address in the reason."""
    conversation = begin(parts)
    parts.conversations.handoff_queue.wanted(conversation, "acme", "ada@example.com")
    (visitor,) = parts.conversations.handoff_queue.waiting()
    desk = sign_in("agent")

    shown = desk.submit(f"waiting/mail/{visitor.id}/reveal", reason="They phoned from another number")

    assert "ada@example.com" in shown.text
    assert "ada@example.com" not in desk.get(f"waiting/mail/{visitor.id}").text
    (entry,) = parts.staff.audit.entries(action="person.reveal")
    assert entry.details["reason"] == "They phoned from another number"
    for reason in ("", "no", "to write to ada@example.com"):
        refused = desk.submit(f"waiting/mail/{visitor.id}/reveal", reason=reason)
        assert refused.status_code == 422
        assert "<bdi" not in refused.text.split("Address</dt>")[1][:60]


async def test_a_visitor_who_writes_back_waits_again_and_is_read_where_they_chatted(parts: Services, sign_in: SignIn) -> None:
    """In the live chat and in the conversation, as written by mail."""
    conversation = begin(parts)
    a_question(parts, conversation)
    parts.conversations.handoff_queue.wanted(conversation, "acme", "ada@example.com")
    (visitor,) = parts.conversations.handoff_queue.waiting()
    desk = sign_in("agent")
    desk.submit(f"waiting/mail/{visitor.id}/send", text=TEXT, message_id="m" * 32)
    await parts.requests.outbox_worker.deliver()

    reply = MailReply("f" * 64, (f"person-answer:{'m' * 32}",), "ada@example.com", "And when in May?", ("plan.pdf",))
    assert parts.requests.incoming_mail.record(reply) == "reply"

    assert conversation in desk.get("waiting").text
    for path in (f"waiting/{conversation}", f"conversations/{conversation}"):
        page = desk.get(path).text
        assert "Visitor by mail" in page
        assert "And when in May?\n\nAttached, and not kept: plan.pdf" in page
    assert "And when in May?" in desk.get("./").text
