"""News by direct message, the staff channel, and a person who takes over."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from candor.services import Services
from candor.tickets.requester import Confirmed
from candor.transcripts.store import TurnOutcome
from tests.candor.channels.slack.conftest import Candor, with_slack, worker
from tests.candor.channels.slack.fake import ADA, BOB, FakeSlack, Fault, action_body, message
from tests.candor.channels.slack.people import ada, elements, shown
from tests.candor.channels.slack.test_requests import candor_requests, member, submission
from tests.candor.tickets.conftest import FakeMailer
from tests.fakes import FakeRasa

STAFF = "C0STAFF"


async def test_news_of_a_request_come_as_a_direct_message(parts: Services, candor: Candor, slack: FakeSlack) -> None:
    """What staff did, and how it stands; the words of the answer go by mail alone."""
    candor.slack.places.choose(ada, "acme")
    await candor.form(submission(request_type="opt_out_of_sale", email="", residence="California"))
    await candor.settled()
    [ticket] = candor_requests(parts)

    parts.requests.staff_desk.complete(ticket.number, "xylophonic words", "staff:ada")
    await slack.wait("chat.postMessage", 2)

    news = slack.posted[-1]
    assert news.body["channel"] == ADA
    assert ticket.number in shown(news)
    assert "it is done" in shown(news)
    assert "xylophonic" not in shown(news)


async def test_news_that_slack_would_not_take_come_later(parts: Services, candor: Candor, slack: FakeSlack) -> None:
    """The outbox keeps them."""
    candor.slack.places.choose(ada, "acme")
    await candor.form(submission(request_type="opt_out_of_sale", email="", residence="California"))
    await candor.settled()
    [ticket] = candor_requests(parts)
    slack.faults["chat.postMessage"] = [Fault(error="account_inactive")]

    parts.requests.staff_desk.complete(ticket.number, "done", "staff:ada")
    before = len(slack.posted)
    async with asyncio.timeout(20):
        while parts.requests.outbox.counts().get("due") != 1 or slack.faults["chat.postMessage"]:  # noqa: ASYNC110  (the worker's thread)
            await asyncio.sleep(0.05)
    with parts.engine.begin() as connection:  # half a minute later
        connection.execute(text("UPDATE outbox SET next_at = '2026-01-15 00:00:00' WHERE channel = 'chat'"))
    await slack.wait("chat.postMessage", before + 1)

    assert ticket.number in shown(slack.posted[-1])


async def test_staff_are_told_of_a_new_request_without_an_identity_and_one_takes_it(
    parts: Services, slack: FakeSlack, rasa: FakeRasa
) -> None:
    """Two who press at once do not both take it; who did stands in the request's record."""
    parts.settings = with_slack(parts.settings, slack, slack_staff_channel=STAFF)
    async with worker(parts, rasa) as candor:
        candor.slack.places.choose(ada, "acme")
        await candor.form(submission(request_type="opt_out_of_sale", email="ada@acme.example", details="I am Ada"))
        await slack.wait_until(lambda: any(call.body["channel"] == STAFF for call in slack.posted))
        told = next(call for call in slack.posted if call.body["channel"] == STAFF)
        take, console = elements(told, "button")

        pressed = {"action_id": take["action_id"], "value": take["value"]}
        for user in (BOB, "U0EVE"):
            await candor.form(action_body(slack, pressed, user=user, channel=STAFF, at=f"1700.{user}"))
            await candor.settled()

        [ticket] = candor_requests(parts)
        assert ticket.number in shown(told)
        assert console["url"] == f"https://privacy.example.org/console/requests/{ticket.number}"
        assert "ada@" not in json.dumps(told.body)
        assert "I am Ada" not in json.dumps(told.body)
        taken = [call for call in slack.posted if call.body.get("thread_ts")]
        assert [BOB in shown(call) for call in taken] == [True]
        assert f"slack:{BOB}" in {event.actor for event in parts.requests.staff_desk.details(ticket.number).events}


async def taken(parts: Services, slack: FakeSlack, candor: Candor, conversation: str, user: str = BOB) -> str:
    """Somebody asks for a person, and a member of staff takes it; the thread's ts."""
    parts.conversations.handoff_queue.wanted(conversation, "acme")
    await slack.wait_until(lambda: any(call.body["channel"] == STAFF for call in slack.posted))
    told = next(call for call in slack.posted if call.body["channel"] == STAFF)
    take = elements(told, "button")[0]
    pressed = action_body(slack, {"action_id": take["action_id"], "value": take["value"]}, user=user, channel=STAFF)
    await candor.form({**pressed, "message": {"ts": told.body["ts"]}})
    await candor.settled()
    return str(told.body["ts"])


def said_in(slack: FakeSlack, channel: str) -> list[str]:
    return [shown(call) for call in slack.posted if call.body["channel"] == channel]


async def test_a_person_takes_over_and_both_sides_see_who_speaks(parts: Services, slack: FakeSlack, rasa: FakeRasa) -> None:
    """From "I take it" until it is handed back, Candor says nothing and passes everything on, once, and it is on record."""
    parts.settings = with_slack(parts.settings, slack, slack_staff_channel=STAFF)
    slack.members[BOB] = {**member(), "profile": {"real_name": "Bob Carer"}}
    async with worker(parts, rasa) as candor:
        candor.slack.places.choose(ada, "acme")
        await candor.event(message("hello", ts="1.1"))
        await candor.settled()
        conversation = rasa.sent[0]["sender"]
        thread = await taken(parts, slack, candor, conversation)
        await slack.wait_until(lambda: any("Bob Carer from Acme, a person" in said for said in said_in(slack, ADA)))
        for _ in range(2):
            await candor.event(message("are you there? I am ada@acme.example", ts="1.2"))
            await candor.settled()
            await candor.event(message("yes, I am", user=BOB, channel=STAFF, ts="1.3", thread_ts=thread))
            await candor.settled()
        await slack.wait_until(lambda: any("yes, I am" in said for said in said_in(slack, ADA)))
        await slack.wait_until(lambda: any("are you there?" in said for said in said_in(slack, STAFF)))
        end = next(each for call in slack.posted for each in elements(call, "button") if each["action_id"] == "hand_back")
        await candor.form(action_body(slack, {"action_id": "hand_back", "value": end["value"]}, user=BOB, channel=STAFF))
        await candor.settled()
        await slack.wait_until(lambda: any("answers again" in said for said in said_in(slack, ADA)))
        await candor.event(message("and now?", ts="1.4"))
        await candor.settled()

        [heard] = [said for said in said_in(slack, STAFF) if "are you there?" in said]
        [answered] = [said for said in said_in(slack, ADA) if "yes, I am" in said]
        assert "Visitor: " in heard
        assert "<email_1>" in heard
        assert "Bob Carer from Acme, a person: " in answered
        assert [sent["text"] for sent in rasa.sent] == ["hello", "and now?"]
        assert parts.conversations.handoff_queue.waiting() == []
        assert [(turn.text, turn.state) for turn in parts.conversations.transcripts.turns(conversation)] == [
            ("hello", "answered"), ("", "by_person"), ("are you there? I am <email_1>", "to_person"), ("", "by_person"),
            ("", "by_person"), ("and now?", "answered"),
        ]  # fmt: skip


async def test_a_visitor_of_the_website_is_talked_with_from_the_thread(parts: Services, slack: FakeSlack, rasa: FakeRasa) -> None:
    """What staff write there is the visitor's news; what the visitor writes comes into the thread, masked."""
    parts.settings = with_slack(parts.settings, slack, slack_staff_channel=STAFF)
    slack.members[BOB] = {**member(), "profile": {"real_name": "Bob Carer"}}
    async with worker(parts, rasa) as candor:
        begun = (await candor.http.post("/api/conversations", json={"company": "acme"})).json()
        own = {"Authorization": f"Bearer {begun['token']}"}
        at = f"/api/conversations/{begun['conversation']}"
        thread = await taken(parts, slack, candor, begun["conversation"])

        said = (await candor.http.post(f"{at}/messages", json={"text": "I am ada@acme.example"}, headers=own)).json()
        await slack.wait_until(lambda: any("I am" in told for told in said_in(slack, STAFF)))
        await candor.event(message("I write to ada@acme.example", user=BOB, channel=STAFF, ts="1.3", thread_ts=thread))
        await candor.settled()
        news = (await candor.http.get(f"{at}/news", headers=own)).json()

        assert said == {"replies": [], "person": {"name": "Bob Carer", "company": "Acme", "does": "says"}}
        assert any("Visitor: " in told and "<email_1>" in told for told in said_in(slack, STAFF))
        assert "ada@acme.example" not in json.dumps(said_in(slack, STAFF))
        assert [turn["replies"][0]["text"] for turn in news["turns"]][1:] == ["I write to ada@acme.example"]
        assert (news["n"], news["person"]["name"], news["waiting"]) == (2, "Bob Carer", False)
        assert rasa.sent == []


async def test_one_who_presses_too_late_is_told_who_was_first(parts: Services, slack: FakeSlack, rasa: FakeRasa) -> None:
    """In the thread or in the console: the button does nothing but say so, and what is written there is not passed on."""
    parts.settings = with_slack(parts.settings, slack, slack_staff_channel=STAFF)
    async with worker(parts, rasa) as candor:
        web = parts.conversations.transcripts.begin(company="acme", channel="web")
        parts.conversations.handoff_queue.wanted(web.id, "acme")
        candor.live_chat.take(web.id, "account:1", "Eve")

        thread = await taken(parts, slack, candor, web.id)
        await candor.event(message("hello?", user=BOB, channel=STAFF, ts="1.3", thread_ts=thread))
        await candor.settled()
        await slack.wait_until(lambda: any("Eve has taken this" in told for told in said_in(slack, STAFF)))

        assert ["Eve was first" in shown(call) for call in slack.of("chat.postEphemeral")] == [True, True]
        assert [turn.state for turn in parts.conversations.transcripts.turns(web.id)] == ["by_person"]


async def test_a_requester_in_slack_is_answered_from_the_console(parts: Services, slack: FakeSlack, rasa: FakeRasa) -> None:
    """Once, though Slack failed and two workers deliver; it comes as a direct message and is marked as a person's."""
    parts.settings = with_slack(parts.settings, slack, slack_staff_channel=STAFF)
    async with worker(parts, rasa) as candor, worker(parts, rasa):
        candor.slack.places.choose(ada, "acme")
        await candor.event(message("hello", ts="1.1"))
        await candor.settled()
        conversation = rasa.sent[0]["sender"]
        parts.conversations.handoff_queue.wanted(conversation, "acme")
        talk = candor.live_chat.take(conversation, "account:1", "Eve")
        await slack.wait_until(lambda: any("Eve from Acme" in told for told in said_in(slack, ADA)))
        for _ in range(2):
            candor.live_chat.say(talk, "account:1", "Eve", "We found it.", "p1")
        await slack.wait_until(lambda: any("We found it." in told for told in said_in(slack, ADA)))
        candor.live_chat.hand_back(conversation, "account:1")
        await slack.wait_until(lambda: any("answers again" in told for told in said_in(slack, ADA)))

        assert ["Eve from Acme, a person: " in told for told in said_in(slack, ADA) if "We found it." in told] == [True]
        assert "We found it." not in json.dumps(said_in(slack, STAFF))


async def test_a_requester_in_slack_hears_that_the_mail_server_refused_the_address(
    parts: Services, slack: FakeSlack, rasa: FakeRasa
) -> None:  # fmt: skip
    """Once, as a direct message, where the right address can be written."""
    parts.settings = with_slack(parts.settings, slack)
    parts.requests.mailer = FakeMailer(refuses={"ada@example.com"})
    async with worker(parts, rasa) as candor:
        candor.slack.places.choose(ada, "acme")
        await candor.event(message("hello", ts="1.1"))
        await candor.settled()
        parts.requests.desk.open(Confirmed("yes-1", "acme", "deletion", rasa.sent[0]["sender"], "ada@example.com", "DE"))

        await slack.wait_until(lambda: any("What is the right one?" in told for told in said_in(slack, ADA)))

    assert sum("What is the right one?" in told for told in said_in(slack, ADA)) == 1


async def test_staff_notices_lead_into_the_console(parts: Services, slack: FakeSlack, rasa: FakeRasa) -> None:
    """Only where it is known how people reach it."""
    for address in ("https://privacy.example.org", ""):
        parts.settings = with_slack(parts.settings, slack, slack_staff_channel=STAFF, public_url=address)
        slack.calls.clear()
        async with worker(parts, rasa) as candor:
            web = parts.conversations.transcripts.begin(company="acme", channel="web")
            await taken(parts, slack, candor, web.id)
            await slack.wait_until(lambda: len(said_in(slack, STAFF)) >= 2)

            links = {each["url"] for call in slack.posted for each in elements(call, "button") if "url" in each}
            assert links == ({f"{address}/console/waiting/{web.id}"} if address else set())


async def test_who_writes_to_a_visitor_who_had_it_all_forgotten_is_told(
    parts: Services, slack: FakeSlack, rasa: FakeRasa
) -> None:
    """The thread is still there, and nobody at its other end."""
    parts.settings = with_slack(parts.settings, slack, slack_staff_channel=STAFF)
    async with worker(parts, rasa) as candor:
        web = parts.conversations.transcripts.begin(company="acme", channel="web")
        thread = await taken(parts, slack, candor, web.id)
        parts.conversations.transcripts.forget(web.id)

        await candor.event(message("hello?", user=BOB, channel=STAFF, ts="1.3", thread_ts=thread))
        await candor.settled()

        assert ["did not reach the visitor" in shown(call) for call in slack.of("chat.postEphemeral")] == [True]


async def test_a_conversation_that_was_forgotten_cannot_be_taken(parts: Services, slack: FakeSlack, rasa: FakeRasa) -> None:
    """Nobody should type into a thread that reaches no one."""
    parts.settings = with_slack(parts.settings, slack, slack_staff_channel=STAFF)
    async with worker(parts, rasa) as candor:
        web = parts.conversations.transcripts.begin(company="acme", channel="web")
        parts.conversations.handoff_queue.wanted(web.id, "acme")
        parts.conversations.transcripts.forget(web.id)

        await taken(parts, slack, candor, web.id)

        assert ["forgotten" in shown(call) for call in slack.of("chat.postEphemeral")] == [True]


def test_old_places_are_forgotten_unless_a_request_has_somebody_to_tell(parts: Services) -> None:
    """Who talked where is personal data too."""
    from candor.channels.slack.threads import Thread, ThreadPlace, ThreadPlaces

    now = datetime(2026, 1, 15, tzinfo=UTC)
    places = ThreadPlaces(parts.engine, lambda: now)
    places.begun(ThreadPlace(ada), "c_gone")
    places.set_thread(ada.team, "C1", "1.1", Thread(ADA, quiet=False))

    places.forget_old(30)
    kept = places.of_person(ada)
    now += timedelta(days=31)
    places.forget_old(30)

    assert kept == ["c_gone"]
    assert places.of_person(ada) == []
    assert places.thread(ada.team, "C1", "1.1") is None


def test_a_conversation_that_is_forgotten_on_purpose_names_no_member(parts: Services) -> None:
    """Of a person who is erased, choice and threads go as well; another member's stay."""
    from candor.channels.slack.threads import SlackPerson, Thread, ThreadPlace, ThreadPlaces

    places, bob = ThreadPlaces(parts.engine), SlackPerson(ada.team, BOB)
    for person, conversation in ((ada, "c_1"), (ada, "c_2"), (bob, "c_3")):
        places.begun(ThreadPlace(person), conversation)
        places.choose(person, "acme")
    places.set_thread(ada.team, "C1", "1.1", Thread(ada.id, quiet=False))

    assert places.of_same_people(["c_1"]) == {"c_1", "c_2"}
    assert places.forget_members(["c_1"]) == 1
    places.forget("c_1")

    assert (places.of_person(ada), places.of_person(bob)) == (["c_2"], ["c_3"])
    assert (places.chosen(ada), places.chosen(bob)) == (None, "acme")
    assert places.thread(ada.team, "C1", "1.1") is None


async def test_staff_are_told_once_a_week_what_many_ask_in_vain(parts: Services, slack: FakeSlack, rasa: FakeRasa) -> None:
    """Five conversations about one aspect; four, or answered ones, are not many."""
    parts.settings = with_slack(parts.settings, slack, slack_staff_channel=STAFF)
    for aspect, count, kind in (
        ("children.minimum_age", 5, "not_in_policy"),
        ("cookies.any", 4, "not_in_policy"),
        ("x.y", 9, "answer"),
    ):
        for _ in range(count):
            asked = parts.conversations.transcripts.begin(company="acme", channel="web")
            parts.conversations.transcripts.ask(asked.id, "m1", "how old must I be?")
            parts.conversations.transcripts.answered(
                asked.id, "m1", TurnOutcome([{"kind": kind}], evidence={"aspect": aspect}), 1.0
            )
    now = datetime.now(UTC)  # in the week in which the workers look by themselves

    async with worker(parts, rasa) as one, worker(parts, rasa) as two:
        for candor in (one, two):
            await candor.slack.tell_refused(now)
            await candor.slack.tell_refused(now)
        await slack.wait("chat.postMessage", 1)

        assert ["children: minimum age" in shown(call) for call in slack.posted] == [True]
