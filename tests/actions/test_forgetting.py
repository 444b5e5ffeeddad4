"""What is held of this conversation, and having it forgotten: told in kinds and numbers, done after a clear yes."""

from __future__ import annotations

import pytest
from rasa_sdk.executor import CollectingDispatcher

from actions.action_confirm import ActionConfirm
from actions.action_decline import ActionDecline
from actions.action_forget_conversation import ActionForgetConversation
from actions.action_tell_what_is_held import ActionTellWhatIsHeld
from actions.form.answers import read_answer
from actions.form.message import FormMessage
from candor.services import Services
from tests.actions.requests import a_conversation, a_request
from tests.actions.trackers import a_tracker, slots_of, worded


def said_in(parts: Services, talk: str, *texts: str) -> None:
    for number, text in enumerate(texts):
        parts.conversations.transcripts.ask(talk, f"message-{number}", parts.conversations.vault.mask(talk, text))


async def held(talk: str) -> dict[str, object]:
    dispatcher = CollectingDispatcher()
    await ActionTellWhatIsHeld().run(
        dispatcher, a_tracker("what do you store?", intent="ask_what_is_held", sender=talk), domain={}
    )
    (message,) = dispatcher.messages
    return dict(message)


async def test_a_visitor_is_told_what_is_held_and_never_the_values(parts: Services) -> None:
    """How many messages since when, which kinds were masked, which requests, and until when."""
    talk = parts.conversations.transcripts.begin(company="acme", channel="web").id
    said_in(parts, talk, "I am jo@sentinel.example", "or al@sentinel.example, +44 20 7946 0958")
    parts.conversations.transcripts.feedback(talk, "a_1", helpful=True)
    parts.conversations.handoff_queue.wanted(talk, "acme")
    number = a_request(parts, talk)

    message = await held(talk)

    told = worded(message)
    assert "I keep 2 messages of yours" in told
    assert "2 e-mail addresses and a phone number" in told
    assert "1 rating of yours" in told
    assert "want to talk to a person" in told
    assert number in told
    assert "30 days after your last message" in told
    assert "sentinel" not in told
    assert [button["title"] for button in message["buttons"]] == ["Forget this conversation", "Show my requests"]  # type: ignore[attr-defined]


async def test_where_nothing_personal_was_recognised_that_is_said(parts: Services) -> None:
    """And nothing is offered that there is not."""
    talk = parts.conversations.transcripts.begin(company="acme", channel="web").id
    said_in(parts, talk, "do you sell my data?")

    message = await held(talk)

    assert "I keep 1 message of yours" in worded(message)
    assert "People who answer visitors for Acme can read it" in worded(message)
    assert "recognised no e-mail address" in worded(message)
    assert "No request has been opened here" in worded(message)
    assert [button["title"] for button in message["buttons"]] == ["Forget this conversation"]  # type: ignore[attr-defined]


async def test_nothing_is_forgotten_before_a_clear_yes(parts: Services) -> None:
    """The wish asks a question; an unclear yes asks it again; a clear one tells the door, with the numbers once more."""
    talk, dispatcher = a_conversation(parts), CollectingDispatcher()
    number = a_request(parts, talk)
    wish = a_tracker("forget all this", intent="forget_conversation", sender=talk)

    proposal = slots_of(await ActionForgetConversation().run(dispatcher, wish, domain={}))["proposal"]
    asked = dispatcher.messages[0]
    unclear = a_tracker("hm", intent="affirm", confidence=0.4, sender=talk, proposal=proposal, said=(asked["custom"],))
    await ActionConfirm().run(dispatcher, unclear, domain={})
    clear = a_tracker("yes", intent="affirm", sender=talk, proposal=proposal, said=(dispatcher.messages[1]["custom"],))
    await ActionConfirm().run(dispatcher, clear, domain={})

    assert [("forget" in message["custom"]) for message in dispatcher.messages] == [False, False, True]
    assert all(number in worded(message) for message in (dispatcher.messages[0], dispatcher.messages[2]))
    assert "Just to be sure" in worded(dispatcher.messages[1])
    assert [button["payload"] for button in asked["buttons"]] == ["yes", "no"]


@pytest.mark.parametrize(("text", "forgotten"), [("yes, forget it", True), ("forget this conversation", False)])
async def test_only_a_yes_answers_the_question(parts: Services, text: str, *, forgotten: bool) -> None:
    """The wish may come twice because its first reply was lost: then nobody has seen the question yet."""
    dispatcher = CollectingDispatcher()
    wish = a_tracker("forget all this", intent="forget_conversation")
    proposal = slots_of(await ActionForgetConversation().run(dispatcher, wish, domain={}))["proposal"]

    said = dispatcher.messages[0]["custom"]
    again = a_tracker(text, intent="forget_conversation", proposal=proposal, said=(said,))
    await ActionForgetConversation().run(dispatcher, again, domain={})

    assert ("forget" in dispatcher.messages[1]["custom"]) == forgotten


async def test_a_yes_to_something_else_forgets_nothing(parts: Services) -> None:
    """The question must be the last thing that was said."""
    dispatcher = CollectingDispatcher()
    proposal = {"id": "p1", "forget": True}

    late = a_tracker("yes", intent="affirm", proposal=proposal, said=({"proposal": "p1"}, {"kind": "answer"}))
    await ActionConfirm().run(dispatcher, late, domain={})

    assert "forget" not in dispatcher.messages[0]["custom"]
    assert dispatcher.messages[0]["response"] == "utter_yes_after_answer"


async def test_a_no_keeps_it(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """And says so."""
    kept = a_tracker("no", intent="deny", proposal={"id": "p1", "forget": True}, said=({"proposal": "p1"},))

    events = await ActionDecline().run(dispatcher, kept, domain={})

    assert "I keep this conversation" in worded(dispatcher.messages[0])
    assert slots_of(events) == {"proposal": None}


async def test_a_request_that_was_only_begun_ends_with_the_question(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """Else the yes could open it instead."""
    begun = a_tracker(
        "forget this conversation", intent="forget_conversation", asked="email",
        proposal={"id": "p0", "request_type": "deletion", "company": "acme"},
    )  # fmt: skip

    events = await ActionForgetConversation().run(dispatcher, begun, domain={})

    assert {"event": "active_loop", "timestamp": None, "name": None} in events
    assert slots_of(events)["proposal"]["forget"] is True
    assert "that we had begun is not opened" in worded(dispatcher.messages[0])


@pytest.mark.parametrize("intent", ["ask_what_is_held", "forget_conversation"])
@pytest.mark.parametrize("asked", ["residence", "email", "details", "agreed"])
def test_in_the_middle_of_a_request_it_is_no_answer(asked: str, intent: str) -> None:
    """The form leaves it to its rule."""
    assert read_answer(FormMessage(asked, "what do you know about me?", intent, 0.9, "deletion")) is None
