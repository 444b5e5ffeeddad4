"""A chat is passed on to a colleague, or back to all: one person has it, the visitor is told, and nobody is lost."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from threading import Barrier

import pytest

from candor.conversations.handoff.sessions import LiveChatSession, PassedOnError
from candor.services import Services
from tests.candor.console.conftest import Desk, SignIn
from tests.candor.console.live_chats import a_question, begin


def taken(parts: Services, desk: Desk, email: str | None = None) -> LiveChatSession:
    """A visitor whose conversation this person has, and has written in."""
    conversation = begin(parts)
    a_question(parts, conversation, "may I see my file?")
    parts.conversations.handoff_queue.wanted(conversation, "acme", email, question="may I see my file?")
    desk.submit(f"waiting/{conversation}/take")
    desk.submit(f"waiting/{conversation}/say", text="Good morning.", message_id="m" * 32)
    chat = parts.conversations.live_chat_sessions.of(conversation)
    assert chat
    return chat


def told(parts: Services, conversation: str) -> str:
    """What the visitor reads last."""
    return str(parts.conversations.live_chat.news(conversation, 0).turns[-1].replies[0]["text"])


def test_a_chat_is_passed_on_to_a_colleague_with_a_note(parts: Services, sign_in: SignIn) -> None:
    """It stands in their inbox, the list says whom it is for, and they take it as any other."""
    ada, bea = sign_in("agent"), sign_in("agent", name="Bea")
    chat = taken(parts, ada)
    url = f"waiting/{chat.conversation}"

    passed = ada.submit(f"{url}/pass-on", session=chat.id, to=bea.account.actor, note="She asks about her file.")

    assert passed.headers["location"] == "/console/waiting?done=passed"
    assert parts.conversations.live_chat_sessions.of(chat.conversation) is None
    assert "Ada passed on the chat with a visitor on the website to you" in bea.get("./").text
    assert "to you" not in ada.get("./").text
    assert "Passed on by Ada to Bea" in ada.get("waiting").text
    page = bea.get(url).text
    assert "She asks about her file." in page
    assert "I take it" in page
    bea.submit(f"{url}/take")
    now = parts.conversations.live_chat_sessions.of(chat.conversation)
    assert now
    assert now.actor == bea.account.actor
    (entry,) = parts.staff.audit.entries(action="person.pass_on")
    assert (entry.subject, entry.details) == (f"conversation {chat.conversation}", {"to": bea.account.actor})


@pytest.mark.parametrize(("email", "how"), [(None, "answers you here by"), ("ada@example.com", "answers you here or by mail by")])
def test_the_visitor_is_told_the_truth(parts: Services, sign_in: SignIn, email: str | None, how: str) -> None:
    """That nobody has joined yet, by when somebody answers, and that a program answers until then."""
    ada = sign_in("agent")
    chat = taken(parts, ada, email)

    ada.submit(f"waiting/{chat.conversation}/pass-on", session=chat.id)

    text = told(parts, chat.conversation)
    assert text.startswith("Ada has passed this conversation on to a colleague, who has not joined yet.")
    assert how in text
    assert "Candor, a program, answers again" in text
    news = parts.conversations.live_chat.news(chat.conversation, 0)
    assert news.waiting
    assert news.turns[-1].replies[0]["speaker"]["does"] == "passes"  # their page goes on asking for news


def test_it_waits_again_with_what_was_asked_and_where_to_write(parts: Services, sign_in: SignIn) -> None:
    """Though the first person had answered already."""
    ada = sign_in("agent")
    chat = taken(parts, ada)

    ada.submit(f"waiting/{chat.conversation}/pass-on", session=chat.id)

    (visitor,) = parts.conversations.handoff_queue.waiting()
    assert (visitor.conversation, visitor.question) == (chat.conversation, "may I see my file?")
    assert (visitor.passed_by, visitor.meant_for) == (ada.account.actor, "")
    assert "Passed on by Ada" in sign_in("agent", name="Bea").get("waiting").text


def test_of_two_who_pass_it_on_at_once_one_does(parts: Services, sign_in: SignIn) -> None:
    """In two tabs: the other is told, and the visitor hears it once."""
    chat = taken(parts, sign_in("agent"))
    start = Barrier(2)

    def one(_: int) -> str:
        start.wait()
        try:
            return parts.conversations.live_chat.pass_on(chat, chat.actor, "").conversation
        except PassedOnError as error:
            return error.public

    with ThreadPoolExecutor(2) as pool:
        results = sorted(pool.map(one, range(2)))

    assert results == sorted([chat.conversation, PassedOnError(0).public])
    turns = parts.conversations.live_chat_sessions.turns_by_people(chat.conversation)
    assert sum("passed this conversation on" in str(turn.replies) for turn in turns) == 1
    assert len(parts.conversations.handoff_queue.waiting()) == 1


def test_a_form_of_an_earlier_chat_passes_on_nothing_and_keeps_no_note(parts: Services, sign_in: SignIn) -> None:
    """Somebody handed it back meanwhile, and it was taken again."""
    ada, bea = sign_in("agent"), sign_in("agent", name="Bea")
    chat = taken(parts, ada)
    bea.submit(f"waiting/{chat.conversation}/hand-back")

    late = ada.submit(f"waiting/{chat.conversation}/pass-on", session=chat.id, note="She asks about her file.")

    assert late.status_code == 409
    assert "You do not have this chat any more" in late.text
    assert parts.conversations.notes.of(chat.conversation) == []


def test_only_ones_own_chat_is_passed_on_and_only_to_who_may_talk(parts: Services, sign_in: SignIn) -> None:
    """A reviewer could not answer, and somebody of another company may not know of it."""
    ada, bea = sign_in("agent"), sign_in("agent", name="Bea")
    reviewer, gil = sign_in("reviewer", name="Rae"), sign_in("agent", company="globex", name="Gil")
    chat = taken(parts, ada)
    url = f"waiting/{chat.conversation}/pass-on"

    assert bea.submit(url, session=chat.id).status_code == 409
    for nobody in (reviewer, gil):
        assert ada.submit(url, session=chat.id, to=nobody.account.actor).status_code == 422
    assert gil.submit(url, session=chat.id).status_code == 403
    assert "Rae" not in ada.get(f"waiting/{chat.conversation}").text.split("To whom?")[1].split("</select>")[0]
    assert parts.conversations.live_chat_sessions.of(chat.conversation)


def test_a_half_filled_form_stays_while_the_visitor_comes_and_goes(parts: Services, sign_in: SignIn) -> None:
    """The panel beside it is replaced then; the form only when the chat is somebody else's."""
    ada = sign_in("agent")
    chat = taken(parts, ada)
    url = f"waiting/{chat.conversation}"
    page = ada.get(url).text
    state = re.search(r"after=(\d+)&amp;state=([^\"]+)\"", page)
    assert state

    parts.conversations.live_chat_sessions.seen(chat.conversation)
    news = ada.get(f"{url}/new?after={state[1]}&state={unescape(state[2])}").text

    assert 'id="state"' in news
    assert "To whom?" not in news
    assert "To whom?" in page
    ada.submit(f"{url}/hand-back")
    gone = ada.get(f"{url}/new?after={state[1]}&state={unescape(state[2])}").text
    assert '<div id="pass-on" hx-swap-oob="true"></div>' in gone
