"""After the form: a request is opened after a clear yes, with date and article, and with what the vault kept."""

from __future__ import annotations

import pytest
from rasa_sdk.executor import CollectingDispatcher

from actions.action_open_request import ActionOpenRequest
from candor.services import Services
from tests.actions.trackers import a_tracker, form_of, payload_of, slots_of, worded

PROPOSAL = {"id": "p_1", "request_type": "deletion", "company": "acme"}


async def test_a_yes_opens_it_and_tells_what_follows(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """Number, date, article, the code; the address and what was written are whole at the desk and masked in the reply."""
    conversation = parts.conversations.transcripts.begin(company="acme", channel="test").id
    masked = parts.conversations.vault.mask(conversation, "ada@example.org and my old one old@example.org")
    tracker = a_tracker(
        "yes", intent="affirm", proposal=PROPOSAL, sender=conversation, agreed=True, residence="DE", email="<email_1>",
        details=masked,
    )  # fmt: skip

    events = await ActionOpenRequest().run(dispatcher, tracker, domain={})

    (ticket,) = parts.requests.desk.of_conversation(conversation)
    said = worded(dispatcher.messages[0])
    assert (ticket.status, ticket.law) == ("awaiting_identity", "gdpr")
    assert ticket.number in said
    assert "at the latest (Art. 12(3) GDPR)" in said
    assert "six-digit code" in said
    assert "example.org" not in said
    assert slots_of(events)["proposal"] is None


async def test_the_card_holds_the_date_its_article_and_what_is_next(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """And the code is asked for as a field, with a way to get a new one."""
    conversation = parts.conversations.transcripts.begin(company="acme", channel="test").id
    email = parts.conversations.vault.mask(conversation, "ada@example.org")
    tracker = a_tracker("yes", proposal=PROPOSAL, sender=conversation, agreed=True, residence="DE", email=email, details="")

    await ActionOpenRequest().run(dispatcher, tracker, domain={})

    (message,) = dispatcher.messages
    (ticket,) = parts.requests.desk.of_conversation(conversation)
    assert ticket.due_on is not None
    card = payload_of(message).shown.ticket
    assert card is not None
    assert (card.due, card.due_article) == (ticket.due_on.isoformat(), "Art. 12(3) GDPR")
    assert card.what_next.startswith("A six-digit code shows that the address is yours")
    form = form_of(message)
    assert form is not None
    assert (form.field, form.skippable, [option.value for option in form.options]) == ("code", False, ["send me a new code"])


async def test_a_request_that_needs_an_address_asks_for_it_as_a_field(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """What is next is to write it."""
    tracker = a_tracker("yes", proposal=PROPOSAL, agreed=True, residence="DE", email="", details="")

    await ActionOpenRequest().run(dispatcher, tracker, domain={})

    (message,) = dispatcher.messages
    form = form_of(message)
    assert form is not None
    assert (form.field, form.skippable) == ("email", False)
    card = payload_of(message).shown.ticket
    assert card is not None
    assert "e-mail address" in card.what_next


async def test_where_the_law_is_not_known_the_strictest_is_taken_and_said(
    parts: Services, dispatcher: CollectingDispatcher
) -> None:
    """Who would rather not say where they live is told what that means."""
    tracker = a_tracker("yes", intent="affirm", proposal=PROPOSAL, agreed=True, residence="", email="", details="")

    await ActionOpenRequest().run(dispatcher, tracker, domain={})

    assert "the strictest" in worded(dispatcher.messages[0])


async def test_without_a_yes_nothing_is_opened(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """The form was broken off."""
    tracker = a_tracker("stop", intent="stop_form", proposal=PROPOSAL, agreed=False, residence="DE")

    events = await ActionOpenRequest().run(dispatcher, tracker, domain={})

    assert "nothing has been opened" in worded(dispatcher.messages[0])
    assert slots_of(events)["proposal"] is None
    assert parts.requests.desk.of_conversation("c_1") == []


async def test_who_opens_too_many_is_told_until_when_and_whom_to_write(parts: Services) -> None:
    """The eleventh of a day; the ten stay open."""
    conversation = parts.conversations.transcripts.begin(company="acme", channel="test").id
    for each in range(11):
        dispatcher = CollectingDispatcher()
        proposal = {**PROPOSAL, "id": f"p_{each}"}
        tracker = a_tracker("yes", proposal=proposal, sender=conversation, agreed=True, residence="DE", email="", details="")
        await ActionOpenRequest().run(dispatcher, tracker, domain={})

    (message,) = dispatcher.messages
    assert "I have not opened this one: only 10 requests a day" in worded(message)
    assert "privacy@acme.example" in worded(message)
    assert payload_of(message).shown.ticket is None
    assert len(parts.requests.desk.of_conversation(conversation)) == 10


@pytest.mark.parametrize(
    "details",
    ["'); DROP TABLE ticket; --", "<img src=x onerror=alert(1)>", "{due} {{ 7*7 }} %s", "since 31 December 1899", "0001-01-01"],
)
async def test_details_are_text_whatever_they_look_like(parts: Services, dispatcher: CollectingDispatcher, details: str) -> None:
    """They reach the desk letter for letter, and no reply repeats them."""
    tracker = a_tracker("yes", proposal=PROPOSAL, agreed=True, residence="DE", email="", details=details)

    await ActionOpenRequest().run(dispatcher, tracker, domain={})

    (ticket,) = parts.requests.desk.of_conversation("c_1")
    assert parts.requests.staff_desk.details(ticket.number).events[0].words == details
    assert details not in worded(dispatcher.messages[0])


async def test_an_acknowledgement_that_the_law_asks_for_is_kept_with_the_reply(
    parts: Services, dispatcher: CollectingDispatcher
) -> None:
    """California: in the manner in which the request came."""
    tracker = a_tracker("yes", proposal=PROPOSAL, agreed=True, residence="US-CA", email="", details="")

    await ActionOpenRequest().run(dispatcher, tracker, domain={})

    (ticket,) = parts.requests.desk.of_conversation("c_1")
    assert "acknowledged" in [event.what for event in parts.requests.staff_desk.details(ticket.number).events]


async def test_the_next_of_two_requests_follows_with_the_answers_from_before(
    parts: Services, dispatcher: CollectingDispatcher
) -> None:
    """Its summary needs a yes of its own."""
    conversation = parts.conversations.transcripts.begin(company="acme", channel="test").id
    email = parts.conversations.vault.mask(conversation, "ada@example.org")
    tracker = a_tracker(
        "yes", intent="affirm", proposal=PROPOSAL | {"request_type": "access"}, sender=conversation, agreed=True,
        residence="DE", email=email, details="user ada", next_requests=["deletion"],
    )  # fmt: skip

    events = await ActionOpenRequest().run(dispatcher, tracker, domain={})

    now = slots_of(events)
    assert [ticket.request_type for ticket in parts.requests.desk.of_conversation(conversation)] == ["access"]
    assert worded(dispatcher.messages[1]).startswith("Now to the second thing that you asked for")
    assert (now["proposal"]["request_type"], now["details"], now["agreed"]) == ("deletion", "user ada", None)
    assert now["next_requests"] == []
    assert events[-1]["name"] == "request_form"


async def test_after_a_no_nothing_follows(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """Who stops at the first of two has stopped both."""
    tracker = a_tracker("no", intent="deny", proposal=PROPOSAL, agreed=False, next_requests=["deletion"])

    events = await ActionOpenRequest().run(dispatcher, tracker, domain={})

    assert slots_of(events)["next_requests"] is None
    assert len(dispatcher.messages) == 1
