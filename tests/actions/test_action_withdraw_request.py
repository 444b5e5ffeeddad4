"""Take a request back: whose it is, a question, a clear yes; and a no that keeps it."""

from __future__ import annotations

from rasa_sdk.executor import CollectingDispatcher

from actions.action_confirm import ActionConfirm
from actions.action_withdraw_request import ActionWithdrawRequest
from candor.services import Services
from tests.actions.requests import a_conversation, a_request, state_of
from tests.actions.trackers import a_tracker, form_of, payload_of, slots_of, worded


async def test_the_only_request_is_asked_about_and_taken_back_after_a_yes(parts: Services) -> None:
    """Nothing happens before it."""
    talk, dispatcher = a_conversation(parts), CollectingDispatcher()
    number = a_request(parts, talk)

    asked = await ActionWithdrawRequest().run(dispatcher, a_tracker("cancel it", intent="cancel_request", sender=talk), domain={})
    proposal = slots_of(asked)["proposal"]
    assert f"Shall I withdraw your request {number}" in worded(dispatcher.messages[0])
    assert state_of(parts, number) == "awaiting_identity"

    said = dispatcher.messages[0]["custom"]
    yes = a_tracker("yes", intent="affirm", sender=talk, proposal=proposal, said=(said,))
    done = slots_of(await ActionConfirm().run(dispatcher, yes, domain={}))

    assert state_of(parts, number) == "withdrawn"
    assert done["dropped"]["proposal"]["request_type"] == "deletion"  # kept, for whoever changes their mind once more
    card = payload_of(dispatcher.messages[1]).shown.ticket
    assert card is not None
    assert (card.status, card.due) == ("withdrawn", None)


async def test_an_unclear_yes_is_asked_for_again(parts: Services) -> None:
    """ "hm okay" takes nothing back."""
    talk, dispatcher = a_conversation(parts), CollectingDispatcher()
    number = a_request(parts, talk)
    asked = await ActionWithdrawRequest().run(dispatcher, a_tracker("cancel it", intent="cancel_request", sender=talk), domain={})
    proposal, said = slots_of(asked)["proposal"], dispatcher.messages[0]["custom"]

    unclear = a_tracker("hm", intent="affirm", confidence=0.4, sender=talk, proposal=proposal, said=(said,))
    await ActionConfirm().run(dispatcher, unclear, domain={})

    assert "Just to be sure" in worded(dispatcher.messages[1])
    assert state_of(parts, number) == "awaiting_identity"


async def test_of_several_it_is_asked_which(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """One button each."""
    talk = a_conversation(parts)
    numbers = [a_request(parts, talk, "yes-1"), a_request(parts, talk, "yes-2", request_type="access")]

    await ActionWithdrawRequest().run(dispatcher, a_tracker("cancel it", intent="cancel_request", sender=talk), domain={})

    (message,) = dispatcher.messages
    assert "Which request" in worded(message)
    assert [number for number in numbers if any(number in button["payload"] for button in message["buttons"])] == numbers


async def test_without_a_request_it_is_said_how_to_name_one(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """The number is in the mail."""
    tracker = a_tracker("cancel my request", intent="cancel_request", sender=a_conversation(parts))

    await ActionWithdrawRequest().run(dispatcher, tracker, domain={})

    assert "There is no open request in this conversation" in worded(dispatcher.messages[0])


async def test_somebody_else_s_request_needs_its_code(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """Of a number that does not exist, the same is said."""
    number = a_request(parts, a_conversation(parts))

    for each in (number, "R-0000-0000"):
        tracker = a_tracker(f"withdraw {each}", intent="cancel_request", sender=a_conversation(parts))
        await ActionWithdrawRequest().run(dispatcher, tracker, domain={})

    known, unknown = dispatcher.messages
    assert worded(known).replace(number, "R-0000-0000") == worded(unknown)
    assert state_of(parts, number) == "awaiting_identity"
    form = form_of(known)
    assert form is not None
    assert form.field == "code"


async def test_what_only_may_be_a_wish_to_withdraw_is_answered(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """ "Can I appeal?" takes nothing back."""
    talk = a_conversation(parts)
    a_request(parts, talk)
    tracker = a_tracker("can i appeal", intent="cancel_request", confidence=0.49, sender=talk)

    await ActionWithdrawRequest().run(dispatcher, tracker, domain={})

    assert all("Shall I withdraw" not in worded(message) for message in dispatcher.messages)
