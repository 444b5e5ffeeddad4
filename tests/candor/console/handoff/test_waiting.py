"""People who wait for a person: who sees them, who may answer, and that nothing is said twice or by two."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest
from sqlalchemy import text

from candor.console.handoff.presence import Waits, in_order
from candor.conversations.handoff.sessions import LiveChatSession
from candor.services import Services
from candor.transcripts.store import TurnOutcome
from tests.candor.console.conftest import SignIn
from tests.candor.console.live_chats import say

HOSTILE = ["<script>alert(1)</script>", "{{7*7}}", "\u202egnp.exe", "=HYPERLINK(1)", "a" * 3900, "'\"><b>"]


def visitor(parts: Services, company: str = "acme", said: str = "a person, please", channel: str = "web") -> str:
    """One who has asked for a person."""
    conversation = parts.conversations.transcripts.begin(company=company, channel=channel).id
    parts.conversations.transcripts.ask(conversation, "m1", said)
    parts.conversations.transcripts.answered(
        conversation, "m1", TurnOutcome([{"kind": "handoff", "text": "Somebody answers."}]), 1.0
    )
    parts.conversations.handoff_queue.wanted(conversation, company)
    return conversation


def promised(parts: Services, conversation: str, at: datetime) -> None:
    with parts.engine.begin() as connection:
        connection.execute(
            text("UPDATE handoff SET answer_by = :at WHERE conversation = :c"), {"at": at.isoformat(" "), "c": conversation}
        )


def test_nobody_waits_and_the_page_says_so(sign_in: SignIn) -> None:
    """An empty page would look broken."""
    assert "Nobody waits" in sign_in("agent").get("waiting").text


def test_the_longest_waiting_stand_first_and_late_ones_are_marked(sign_in: SignIn, parts: Services) -> None:
    """Each with company, channel and last words, masked."""
    late, early = visitor(parts, said="where is <email_1>?"), visitor(parts, "globex")
    promised(parts, early, datetime.now(UTC) + timedelta(hours=1))
    promised(parts, late, datetime.now(UTC) - timedelta(hours=1))

    page = sign_in("agent").get("waiting").text

    assert page.index(late) < page.index(early)
    assert page.count("data-overdue") == 1
    assert 'where is <span class="token">email 1</span>?' in page
    assert "Acme, on the website" in page


def test_who_has_the_chat_open_is_marked(sign_in: SignIn, parts: Services) -> None:
    """Somebody who looks at the chat now can be answered now."""
    gone, here = visitor(parts), visitor(parts, "globex")
    parts.conversations.live_chat_sessions.seen(here)

    page = sign_in("agent").get("waiting").text

    assert page.count("Has the chat open") == 1
    assert page.index(f"waiting/{gone}") < page.index(f"waiting/{here}") < page.index("Has the chat open")


def test_what_is_masked_looks_the_same_in_a_talk_as_everywhere(sign_in: SignIn, parts: Services) -> None:
    """A token as the vault writes it is nothing to read out loud."""
    page = sign_in("agent").get(f"waiting/{visitor(parts, said='where is <email_1>?')}").text

    assert 'where is <span class="token">email 1</span>?' in page
    assert "&lt;email_1&gt;" not in page


def test_what_is_masked_is_shown_in_the_talk_for_a_reason(sign_in: SignIn, parts: Services) -> None:
    """On the spot, once; the audit log keeps why, and names nobody."""
    conversation = visitor(parts)
    say(parts, conversation, "please call me: +44 20 7946 0958")
    desk = sign_in("agent")
    address = f"waiting/{conversation}/reveal"

    refused, shown = desk.submit(address, reason="x"), desk.submit(address, reason="to call ada@example.com")

    assert (refused.status_code, "+44 20 7946 0958" in refused.text) == (422, False)
    assert "+44 20 7946 0958</bdi>" in shown.text
    assert "+44 20 7946 0958" not in desk.get(f"waiting/{conversation}").text
    (entry,) = parts.staff.audit.entries(action="conversation.reveal")
    assert (entry.subject, entry.details) == (f"conversation {conversation}", {"reason": "to call <email>"})


def test_where_nothing_is_masked_nothing_is_offered_to_be_shown(sign_in: SignIn, parts: Services) -> None:
    """A button that does nothing would be pressed."""
    assert "Show what is masked" not in sign_in("agent").get(f"waiting/{visitor(parts)}").text


def test_what_they_want_to_know_stands_in_the_list_and_on_the_page(sign_in: SignIn, parts: Services) -> None:
    """In their own words, not the last ones of the chat; what is urgent is marked."""
    conversation = visitor(parts)
    parts.conversations.handoff_queue.wanted(conversation, "acme", question="He has my <phone_1> from you.", urgent=True)
    desk = sign_in("agent")

    for page in ("waiting", f"waiting/{conversation}"):
        shown = desk.get(page).text
        assert "from you." in shown
        assert "Urgent" in shown


def test_an_address_is_masked_in_the_list(sign_in: SignIn, parts: Services) -> None:
    """It is told apart, and not read."""
    parts.conversations.handoff_queue.wanted(visitor(parts), "acme", "ada@acme.example")

    page = sign_in("agent").get("waiting").text

    assert "a…@…" in page
    assert "ada@" not in page


@pytest.mark.parametrize("role", ["reviewer", "admin"])
def test_who_may_not_talk_sees_none_of_it(sign_in: SignIn, parts: Services, role: str) -> None:
    """Not in the navigation, and refused by address."""
    conversation, desk = visitor(parts), sign_in(role)

    assert "/console/waiting" not in desk.get("").text
    assert [desk.get(path).status_code for path in ("waiting", f"waiting/{conversation}", f"waiting/{conversation}/new")] == [
        403
    ] * 3
    for act in ("take", "hand-back", "close"):
        assert desk.submit(f"waiting/{conversation}/{act}").status_code == 403
    assert desk.submit(f"waiting/{conversation}/say", text="hi", message_id="m2345678").status_code == 403
    assert parts.conversations.live_chat_sessions.of(conversation) is None


def test_another_companys_visitors_are_not_there(sign_in: SignIn, parts: Services) -> None:
    """Neither listed nor opened, nor answered."""
    theirs, own = visitor(parts, "globex"), visitor(parts, "acme")
    desk = sign_in("agent", company="acme")

    page = desk.get("waiting").text

    assert own in page
    assert theirs not in page
    assert desk.get(f"waiting/{theirs}").status_code == 403
    assert desk.submit(f"waiting/{theirs}/take").status_code == 403
    assert desk.get("waiting/c_none").status_code == 404


def test_what_was_said_about_another_company_is_not_shown(sign_in: SignIn, parts: Services) -> None:
    """A visitor may ask about several; each company's people read their own part."""
    conversation = visitor(parts, "acme")
    parts.conversations.transcripts.switch_company(conversation, "globex")
    parts.conversations.transcripts.ask(conversation, "m2", "a word about Globex")
    parts.conversations.transcripts.failed(conversation, "m2", [], 1.0)

    page = sign_in("agent", company="acme").get(f"waiting/{conversation}").text

    assert "a person, please" in page
    assert "a word about Globex" not in page
    assert "1 message about another company is not shown" in page


def test_one_takes_it_speaks_and_hands_back_and_all_of_it_is_audited(sign_in: SignIn, parts: Services) -> None:
    """By their name; the log says what was done and not what was said."""
    conversation, desk = visitor(parts), sign_in("agent", name="Ada")
    path = f"waiting/{conversation}"

    before = desk.get(path).text
    taken = desk.submit(f"{path}/take")
    desk.submit(f"{path}/take")
    for _ in range(2):
        desk.submit(f"{path}/say", text="We found zanzibar.", message_id="m2345678")
    desk.submit(f"{path}/hand-back")

    said = [turn.replies[0] for turn in parts.conversations.live_chat_sessions.turns_by_people(conversation)]
    assert "I take it" in before
    assert (taken.status_code, taken.headers["location"]) == (303, f"/console/{path}")
    assert [reply["speaker"]["does"] for reply in said] == ["joins", "says", "leaves"]
    assert (said[1]["text"], said[1]["speaker"]["name"]) == ("We found zanzibar.", "Ada")
    assert [entry.action for entry in reversed(parts.staff.audit.entries())] == [
        "conversation.read", "person.take", "person.say", "person.hand_back",
    ]  # fmt: skip
    assert all(entry.subject == f"conversation {conversation}" for entry in parts.staff.audit.entries())
    assert "zanzibar" not in repr(parts.staff.audit.entries())
    assert parts.conversations.handoff_queue.waiting() == []


def test_the_second_one_is_told_who_was_first_and_may_read_along(sign_in: SignIn, parts: Services) -> None:
    """Nothing is sent twice over, nor under the wrong name."""
    conversation, ada, bob = visitor(parts), sign_in("agent", name="Ada"), sign_in("agent", name="Bob", company="acme")
    ada.submit(f"waiting/{conversation}/take")

    taken = bob.submit(f"waiting/{conversation}/take")
    said = bob.submit(f"waiting/{conversation}/say", text="hi", message_id="m2345678")
    page = bob.get(f"waiting/{conversation}").text

    assert (taken.status_code, said.status_code) == (409, 409)
    assert "Ada was first" in taken.text
    assert "Ada is chatting with this visitor" in page
    assert "data-talk" not in page
    assert len(parts.conversations.live_chat_sessions.turns_by_people(conversation)) == 1


def test_a_talk_that_somebody_left_behind_is_handed_back_by_another(sign_in: SignIn, parts: Services) -> None:
    """People go home; the visitor need not wait for them."""
    conversation = visitor(parts)
    sign_in("agent", name="Ada").submit(f"waiting/{conversation}/take")

    sign_in("agent", name="Bob").submit(f"waiting/{conversation}/hand-back")

    assert parts.conversations.live_chat_sessions.of(conversation) is None
    assert len(parts.conversations.handoff_queue.waiting()) == 1


def test_what_is_said_after_the_end_is_not_sent(sign_in: SignIn, parts: Services) -> None:
    """A page that was open too long: 409, and why."""
    conversation, desk = visitor(parts), sign_in("agent")
    desk.submit(f"waiting/{conversation}/take")
    desk.submit(f"waiting/{conversation}/close")

    late = desk.submit(f"waiting/{conversation}/say", text="one more thing", message_id="m2345678")

    assert (late.status_code, "talk has ended" in late.text) == (409, True)


def test_closing_settles_it_also_where_nothing_was_said(sign_in: SignIn, parts: Services) -> None:
    """They were answered by mail."""
    conversation, desk = visitor(parts), sign_in("agent")

    closed = desk.submit(f"waiting/{conversation}/close")

    assert closed.headers["location"] == "/console/waiting?done=closed"
    assert parts.conversations.handoff_queue.waiting() == []


def test_a_forgotten_conversation_is_said_plainly_and_can_be_closed(sign_in: SignIn, parts: Services) -> None:
    """The visitor had it forgotten: nothing reaches them there."""
    conversation, desk = visitor(parts), sign_in("agent")
    parts.conversations.transcripts.forget(conversation)

    listed, page = desk.get("waiting").text, desk.get(f"waiting/{conversation}").text
    taken, closed = desk.submit(f"waiting/{conversation}/take"), desk.submit(f"waiting/{conversation}/close")

    assert "conversation forgotten" in listed
    assert "This conversation was forgotten" in page
    assert "I take it" not in page
    assert (taken.status_code, closed.status_code) == (404, 303)
    assert parts.conversations.handoff_queue.waiting() == []


def test_a_page_that_is_open_lets_go_of_what_was_forgotten(sign_in: SignIn, parts: Services) -> None:
    """It empties itself, says why, and asks no more."""
    conversation, desk = visitor(parts), sign_in("agent")
    desk.submit(f"waiting/{conversation}/take")
    talk = parts.conversations.live_chat_sessions.of(conversation)
    parts.conversations.transcripts.forget(conversation)

    new = desk.get(
        f"waiting/{conversation}/new?after=2&state={talk.id if talk else 0}-1-1-unknown", headers={"HX-Request": "true"}
    )

    assert re.search(r'id="log"[^>]*hx-swap-oob="true"></div>', new.text)
    assert "This conversation was forgotten" in new.text
    assert "hx-trigger" not in new.text


def test_the_page_asks_only_for_what_is_new(sign_in: SignIn, parts: Services) -> None:
    """204 where nothing is; a message that Candor is still answering comes with its answer."""
    conversation, desk = visitor(parts), sign_in("agent")
    page = desk.get(f"waiting/{conversation}").text
    more = html.unescape(re.search(r'hx-get="/console/(waiting/[^"]+)"', page)[1])  # type: ignore[index]

    nothing = desk.get(more, headers={"HX-Request": "true"})
    parts.conversations.transcripts.ask(conversation, "m2", "still there?")
    half = desk.get(more, headers={"HX-Request": "true"})
    parts.conversations.transcripts.answered(conversation, "m2", TurnOutcome([{"kind": "smalltalk", "text": "Yes I am."}]), 1.0)
    whole = desk.get(more, headers={"HX-Request": "true"})

    assert [nothing.status_code, half.status_code, whole.status_code] == [204, 204, 200]
    assert "still there?" in whole.text
    assert "Yes I am." in whole.text
    assert "a person, please" not in whole.text
    assert "after=2" in whole.text
    assert parts.staff.audit.entries(action="conversation.read")[1:] == []


def test_a_visitor_who_left_is_said_to_have_left(sign_in: SignIn, parts: Services) -> None:
    """So that nobody waits for a word that cannot come."""
    conversation, desk = visitor(parts), sign_in("agent")
    never = desk.get(f"waiting/{conversation}").text
    parts.conversations.live_chat_sessions.seen(conversation)
    here = desk.get(f"waiting/{conversation}").text
    with parts.engine.begin() as connection:
        connection.execute(text("UPDATE visitor_seen SET at = '2026-01-15 00:00:00'"))
    left = desk.get(f"waiting/{conversation}").text

    assert "not seen since they asked" in never
    assert "has the chat open" in here
    assert "has left; last here" in left


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_is_shown_as_text(sign_in: SignIn, parts: Services, hostile: str) -> None:
    """From either side."""
    conversation, desk = visitor(parts, said=hostile), sign_in("agent")
    desk.submit(f"waiting/{conversation}/take")

    sent = desk.submit(f"waiting/{conversation}/say", text=hostile, message_id="m2345678")
    pages = [desk.get(f"waiting/{conversation}").text, desk.get("waiting").text]

    assert sent.status_code == 303
    assert "<script>alert" not in "".join(pages)
    shown = re.sub("[\u202e]", "", hostile) if "\u202e" not in hostile else hostile
    assert html.escape(shown[:100], quote=False).replace("'", "&#39;").replace('"', "&#34;") in pages[0]


@pytest.mark.parametrize("unreadable", ["", " \n ", "\x00\x01\x02", "a" * 4001])
def test_what_cannot_be_read_is_refused_with_the_reason(sign_in: SignIn, parts: Services, unreadable: str) -> None:
    """Empty, binary, too long."""
    conversation, desk = visitor(parts), sign_in("agent")
    desk.submit(f"waiting/{conversation}/take")

    refused = desk.submit(f"waiting/{conversation}/say", text=unreadable, message_id="m2345678")

    assert refused.status_code == 422
    assert len(parts.conversations.live_chat_sessions.turns_by_people(conversation)) == 1


def test_a_form_of_an_earlier_session_changes_nothing(sign_in: SignIn, parts: Services) -> None:
    """Nor does one that another site sent."""
    conversation, desk = visitor(parts), sign_in("agent")

    stale = desk.post(f"waiting/{conversation}/take", data={"csrf": "old"})

    assert (stale.status_code, parts.conversations.live_chat_sessions.of(conversation)) == (403, None)


def test_one_who_was_signed_out_is_led_to_sign_in(sign_in: SignIn, parts: Services) -> None:
    """The page keeps what was typed; see the browser's tests."""
    conversation, desk = visitor(parts), sign_in("agent")
    desk.submit(f"waiting/{conversation}/take")
    desk.cookies.clear()

    said = desk.post(f"waiting/{conversation}/say", data={"text": "hi", "message_id": "m2345678"}, headers={"HX-Request": "true"})

    assert (said.status_code, said.headers["hx-retarget"]) == (401, "body")
    assert parts.conversations.live_chat_sessions.of(conversation) is not None


def left_an_address(parts: Services, company: str = "acme") -> int:
    """The id of somebody who waits for mail."""
    conversation = visitor(parts, company, said="why do you keep <name_1>?")
    parts.conversations.handoff_queue.wanted(conversation, company, "ada@acme.example")
    return next(one.id for one in parts.conversations.handoff_queue.waiting() if one.conversation == conversation)


async def test_who_left_an_address_is_answered_by_mail(sign_in: SignIn, parts: Services) -> None:
    """Without its being shown; sent twice, it goes once; who comes second is told, and nobody waits once it was taken."""
    waiting, agent = left_an_address(parts), sign_in("agent")
    page = agent.get(f"waiting/mail/{waiting}").text
    written = {"text": "Because of <b>tax</b> law.", "message_id": "m" * 32}

    for _ in range(2):
        assert agent.submit(f"waiting/mail/{waiting}/send", **written).status_code == 303
    second = agent.submit(f"waiting/mail/{waiting}/send", text="Hello.", message_id="n" * 32)

    assert "a…@…" in page
    assert "ada@" not in page
    assert 'why do you keep <span class="token">name 1</span>?' in page
    assert second.status_code == 409
    assert "on its way already" in second.text
    await parts.requests.outbox_worker.deliver()
    assert "answered already" in agent.submit(f"waiting/mail/{waiting}/send", text="Hello.", message_id="o" * 32).text
    assert parts.conversations.handoff_queue.waiting() == []
    assert "Nobody waits here any more" in agent.get(f"waiting/mail/{waiting}").text
    with parts.engine.connect() as connection:
        sent = connection.execute(text("SELECT channel, what, handoff_id FROM outbox WHERE what = 'person_answer'")).all()
        kept = connection.execute(text("SELECT answer FROM handoff")).scalar_one()
    assert sent == [("requester", "person_answer", waiting)]
    assert b"tax" not in kept
    assert [entry.action for entry in parts.staff.audit.entries(action="person.mail")] == ["person.mail"]


def test_who_had_the_conversation_forgotten_still_gets_their_mail(sign_in: SignIn, parts: Services) -> None:
    """Each stands in the list by themselves, and what is done for one is not done for another."""
    first, second = left_an_address(parts), left_an_address(parts, "globex")
    for one in parts.conversations.handoff_queue.waiting():
        parts.requests.links.remove(one.conversation)
        parts.conversations.transcripts.forget(one.conversation)
    agent = sign_in("agent")

    page = agent.get("waiting").text
    closed = agent.submit(f"waiting/mail/{second}/close")

    assert f"waiting/mail/{first}" in page
    assert f"waiting/mail/{second}" in page
    assert "The conversation was forgotten." in agent.get(f"waiting/mail/{first}").text
    assert closed.status_code == 303
    assert [one.id for one in parts.conversations.handoff_queue.waiting()] == [first]


def test_only_the_company_s_own_staff_answer_by_mail(sign_in: SignIn, parts: Services) -> None:
    """Whoever left no address, and whoever never was, look alike."""
    waiting, other = left_an_address(parts), sign_in("agent", company="globex")
    parts.conversations.handoff_queue.wanted(visitor(parts), "acme")
    in_chat = next(one.id for one in parts.conversations.handoff_queue.waiting() if one.email is None)

    assert other.get(f"waiting/mail/{waiting}").status_code == 403
    assert other.submit(f"waiting/mail/{waiting}/send", text="hello", message_id="m" * 32).status_code == 403
    for nobody in (in_chat, 999):
        assert sign_in("agent").get(f"waiting/mail/{nobody}").status_code == 404


def test_what_is_urgent_stands_first() -> None:
    """Somebody in danger does not wait behind an earlier promise."""
    now = datetime(2026, 1, 15, 12, tzinfo=UTC)
    earlier, urgent, talked_with = (
        Waits(
            page, "acme", "web", "", now, now + timedelta(days=days), overdue=False, email="", came_back=False, session=session,
            urgent=is_urgent,
        )
        for page, days, is_urgent, session in (
            ("earlier", 1, False, None), ("urgent", 2, True, None), ("talked with", 0, True, cast(LiveChatSession, object())),
        )
    )  # fmt: skip

    assert [one.page for one in in_order([talked_with, earlier, urgent])] == ["urgent", "earlier", "talked with"]
