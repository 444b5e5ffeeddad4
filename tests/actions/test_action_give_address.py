"""An address after the form: a typing error mended, a missing one given, one for a person's answer, or one that nobody needs."""

from __future__ import annotations

from typing import Any

import pytest
from rasa_sdk.executor import CollectingDispatcher

from actions.action_give_address import ActionGiveAddress
from candor.conversations.payload import Memory, Payload
from candor.services import Services
from tests.actions.requests import a_conversation, a_request, mailed_code, state_of
from tests.actions.trackers import a_tracker, form_of, slots_of, worded
from tests.candor.tickets.conftest import FakeMailer


async def say(parts: Services, conversation: str, typed: str, intent: str = "provide_email") -> CollectingDispatcher:
    dispatcher = CollectingDispatcher()
    masked = parts.conversations.vault.mask(conversation, typed)
    await ActionGiveAddress().run(dispatcher, a_tracker(masked, intent=intent, sender=conversation), domain={})
    return dispatcher


async def test_a_typing_error_is_mended_and_the_code_goes_to_the_right_address(parts: Services) -> None:
    """The wrong address's code is worth nothing any more."""
    talk = a_conversation(parts)
    number = a_request(parts, talk, email="wrong@example.org")

    (message,) = (await say(parts, talk, "sorry, my email is ada@example.org")).messages

    assert "I have changed the address" in worded(message)
    form = form_of(message)
    assert form is not None
    assert form.field == "code"
    assert parts.requests.staff_desk.details(number).email == "ada@example.org"
    assert await mailed_code(parts)


async def test_a_request_without_an_address_gets_one(parts: Services) -> None:
    """And then waits for the code."""
    talk = a_conversation(parts)
    number = a_request(parts, talk, email=None)

    await say(parts, talk, "ada@example.org")

    assert state_of(parts, number) == "awaiting_identity"


@pytest.mark.parametrize(
    ("typed", "intent", "words"),
    [
        ("my email is wrong", "correct_answer", "What is the right e-mail address"),
        ("ada@nowhere", "provide_email", "does not look like one whole e-mail address"),
    ],
)
async def test_what_holds_no_usable_address_asks_for_one(parts: Services, typed: str, intent: str, words: str) -> None:
    """With its field; nothing is changed."""
    talk = a_conversation(parts)
    number = a_request(parts, talk)

    (message,) = (await say(parts, talk, typed, intent)).messages

    assert words in worded(message)
    form = form_of(message)
    assert form is not None
    assert form.field == "email"
    assert parts.requests.staff_desk.details(number).email == "ada@example.org"


async def test_a_proven_address_stays(parts: Services) -> None:
    """Who takes over a browser cannot send the answer elsewhere."""
    talk = a_conversation(parts)
    number = a_request(parts, talk)
    parts.requests.desk.give_code(number, await mailed_code(parts), talk)

    (message,) = (await say(parts, talk, "my email is eve@example.org")).messages

    assert "can no longer be changed" in worded(message)
    assert parts.requests.staff_desk.details(number).email == "ada@example.org"


async def test_where_a_person_was_asked_for_the_address_is_for_their_answer(parts: Services) -> None:
    """It is added to the wish, and told anew."""
    talk = a_conversation(parts)
    parts.conversations.handoff_queue.wanted(talk, "acme")

    (message,) = (await say(parts, talk, "ada@example.org")).messages

    assert message["response"] == "utter_person_by_mail"
    assert [waiting.email for waiting in parts.conversations.handoff_queue.waiting()] == ["ada@example.org"]


async def test_an_address_that_nobody_needs_is_said_so(parts: Services) -> None:
    """And a correction of nothing too."""
    talk = a_conversation(parts)

    assert "I need no e-mail address" in worded((await say(parts, talk, "ada@example.org")).messages[0])
    assert "nothing here to change" in worded((await say(parts, talk, "that is wrong", "correct_answer")).messages[0])


async def test_a_new_address_is_for_the_request_whose_mail_was_refused(parts: Services) -> None:
    """Also where a newer one waits for its code: nobody types the address of what has arrived."""
    talk = a_conversation(parts)
    parts.requests.mailer = FakeMailer(refuses={"gone@example.org"})
    refused = a_request(parts, talk, email="gone@example.org")
    newer = a_request(parts, talk, "yes-2", email="ada@example.org", request_type="access")
    await parts.requests.make_outbox_worker().deliver()

    await say(parts, talk, "bea@example.org")

    assert parts.requests.staff_desk.details(refused).email == "bea@example.org"
    assert parts.requests.staff_desk.details(newer).email == "ada@example.org"


async def test_what_needs_no_proof_takes_another_address_and_speaks_of_no_code(parts: Services) -> None:
    """An opt-out, for example."""
    talk = a_conversation(parts)
    number = a_request(parts, talk, email="wrong@example.org", request_type="opt_out_of_sale")

    (message,) = (await say(parts, talk, "sorry, my email is ada@example.org")).messages

    assert "No code is needed" in worded(message)
    assert form_of(message) is None
    assert parts.requests.staff_desk.details(number).email == "ada@example.org"


async def test_nobody_hears_of_a_code_that_they_never_got(parts: Services) -> None:
    """Staff have begun the work, because they know who it is."""
    talk = a_conversation(parts)
    number = a_request(parts, talk)
    parts.requests.staff_desk.start(number, "Showed a passport.", "staff:bo")

    (message,) = (await say(parts, talk, "bea@example.org")).messages

    assert "can no longer be changed here" in worded(message)
    assert "code" not in worded(message)


@pytest.mark.parametrize("between", [(), (Payload().encoded(),)])
async def test_an_address_after_a_person_was_offered_is_for_the_person(
    parts: Services, dispatcher: CollectingDispatcher, between: tuple[dict[str, Any], ...]
) -> None:
    """Just now, or a message before: nobody is told that no address is needed."""
    offered = Payload(memory=Memory(person=True)).encoded()
    conversation = a_conversation(parts)
    masked = parts.conversations.vault.mask(conversation, "ada@example.org")

    await ActionGiveAddress().run(
        dispatcher, a_tracker(masked, intent="provide_email", sender=conversation, said=(offered, *between)), domain={}
    )

    assert dispatcher.messages[0]["response"] == "utter_person_by_mail"


async def test_an_address_where_a_request_is_to_be_chosen_is_kept(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """Which kinds there are is shown again, and nobody is asked for the address a second time."""
    shown = Payload(memory=Memory(which=["access", "deletion"])).encoded()
    tracker = a_tracker("<email_1>", intent="provide_email", said=(shown,))

    events = await ActionGiveAddress().run(dispatcher, tracker, domain={})

    assert slots_of(events) == {"email": "<email_1>"}
    assert "<email_1>" in worded(dispatcher.messages[0])


async def test_another_place_where_a_request_is_to_be_chosen_is_kept(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """Whoever said where they live can say it otherwise, before anything is begun."""
    shown = Payload(memory=Memory(which=["access", "deletion"])).encoded()
    tracker = a_tracker("no wait, Northern Ireland", intent="correct_answer", residence="IE", said=(shown,))

    events = await ActionGiveAddress().run(dispatcher, tracker, domain={})

    assert slots_of(events) == {"residence": "GB-NIR"}
    assert "Northern Ireland" in worded(dispatcher.messages[0])


@pytest.mark.parametrize(("step", "goes_on"), [("email", True), ("details", False)])
async def test_an_address_that_the_silent_form_had_asked_for_is_for_both(parts: Services, step: str, goes_on: bool) -> None:
    """The person answers there, and the request goes on with it; at another step only the person has asked for one."""
    talk, dispatcher = a_conversation(parts), CollectingDispatcher()
    parts.conversations.handoff_queue.wanted(talk, "acme")
    masked = parts.conversations.vault.mask(talk, "my son has one: ada@example.org")
    proposal = {"id": "p_1", "request_type": "deletion", "company": "acme"}
    tracker = a_tracker(
        masked, intent="provide_email", sender=talk, proposal=proposal, asked=step, on_hold=True, waits_for_person=True
    )

    slots = slots_of(await ActionGiveAddress().run(dispatcher, tracker, domain={}))

    assert [waiting.email for waiting in parts.conversations.handoff_queue.waiting()] == ["ada@example.org"]
    assert ("email" in slots and slots["on_hold"] is None) is goes_on
