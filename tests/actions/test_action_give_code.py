"""Six digits from a mail: right, wrong, guessed, asked for anew; in the request's own conversation and in another."""

from __future__ import annotations

import pytest
from rasa_sdk.executor import CollectingDispatcher

from actions.action_give_code import ActionGiveCode
from candor.services import Services
from tests.actions.requests import a_conversation, a_request, another, mailed_code, state_of
from tests.actions.trackers import a_tracker, form_of, payload_of, slots_of, worded
from tests.candor.tickets.conftest import FakeMailer


async def say(parts: Services, conversation: str, text: str, intent: str = "provide_code") -> CollectingDispatcher:
    dispatcher = CollectingDispatcher()
    await ActionGiveCode().run(dispatcher, a_tracker(text, intent=intent, sender=conversation), domain={})
    return dispatcher


async def test_the_right_code_opens_the_request(parts: Services) -> None:
    """However it is grouped; the card comes with it."""
    talk = a_conversation(parts)
    number = a_request(parts, talk)
    code = await mailed_code(parts)

    (message,) = (await say(parts, talk, f"{code[:3]} {code[3:]}")).messages

    assert "that is the right code" in worded(message)
    assert state_of(parts, number) == "open"
    card = payload_of(message).shown.ticket
    assert card is not None
    assert (card.status, card.number) == ("open", number)
    assert form_of(message) is None


@pytest.mark.parametrize(
    "typed",
    ["{0}-{1}-{2}-{3}-{4}-{5}", "{0} {1} {2} {3} {4} {5}", "the code is {0}{1}{2}.{3}{4}{5}, thanks", "code {0}{1}{2}{3}{4}{5}!"],
)
async def test_a_code_is_read_in_any_spelling(parts: Services, typed: str) -> None:
    """Nobody has to type it as the mail shows it."""
    conversation = a_conversation(parts)
    number = a_request(parts, conversation)

    await say(parts, conversation, typed.format(*await mailed_code(parts)))

    assert state_of(parts, number) == "open"


async def test_the_right_code_among_others_costs_no_attempt(parts: Services) -> None:
    """An older mail's code beside it is no second guess."""
    conversation = a_conversation(parts)
    number = a_request(parts, conversation)
    code = await mailed_code(parts)

    (message,) = (await say(parts, conversation, f"{another(code)}? no, {code}")).messages

    assert "that is the right code" in worded(message)
    assert state_of(parts, number) == "open"


@pytest.mark.parametrize("typed", ["12345", "the code is 1234567", "here is the code"])
async def test_a_typing_error_ends_no_code_that_is_valid(parts: Services, typed: str) -> None:
    """It is asked for again, and no new one is sent: the one in the mail still opens the request."""
    conversation = a_conversation(parts)
    number = a_request(parts, conversation)
    code = await mailed_code(parts)

    (message,) = (await say(parts, conversation, typed)).messages
    await say(parts, conversation, code)

    assert "A code has six digits" in worded(message)
    assert state_of(parts, number) == "open"


async def test_a_wrong_code_says_how_often_it_can_be_tried_then_a_new_one_comes(parts: Services) -> None:
    """Never a closed request; "once more" in words, not "1 time(s)"."""
    talk = a_conversation(parts)
    number = a_request(parts, talk)
    wrong = another(await mailed_code(parts))

    said = [worded((await say(parts, talk, wrong)).messages[0]) for _ in range(3)]

    assert "twice more" in said[0]
    assert "once more" in said[1]
    assert "so there is a new one" in said[2]
    assert state_of(parts, number) == "awaiting_identity"


async def test_guessing_ends_at_a_limit_and_the_request_stays(parts: Services) -> None:
    """A hundred guesses in a row: codes run out long before a right one is likely, and no field invites to more."""
    talk = a_conversation(parts)
    number = a_request(parts, talk)
    code = await mailed_code(parts)

    messages = [(await say(parts, talk, guess)).messages[0] for guess in map(str, range(100000, 100100)) if guess != code]

    assert "The next one is possible after" in worded(messages[-1])
    assert form_of(messages[-1]) is None
    assert sum("The next one is possible" in worded(message) for message in messages) > 80
    assert state_of(parts, number) == "awaiting_identity"


async def test_a_stranger_s_guesses_tell_nothing_of_a_number(parts: Services) -> None:
    """Known and unknown numbers are answered in the same words."""
    number = a_request(parts, a_conversation(parts))
    await mailed_code(parts)

    (known,) = (await say(parts, a_conversation(parts), f"{number} 123456")).messages
    (unknown,) = (await say(parts, a_conversation(parts), "R-0000-0000 123456")).messages

    assert worded(known) == worded(unknown)


async def test_a_code_that_nobody_waits_for_is_said_so(parts: Services) -> None:
    """There is no request."""
    (message,) = (await say(parts, a_conversation(parts), "123456")).messages

    assert "not waiting for a code" in worded(message)


async def test_a_new_code_comes_on_asking(parts: Services) -> None:
    """With its field; for a request that is proven already, none."""
    talk = a_conversation(parts)
    number = a_request(parts, talk)
    first = await mailed_code(parts)

    (message,) = (await say(parts, talk, "send me a new code", intent="ask_code")).messages

    assert "There is a new code" in worded(message)
    form = form_of(message)
    assert form is not None
    assert form.field == "code"
    second = await mailed_code(parts)
    assert (await say(parts, talk, second)).messages[0]["response"] == "utter_code_right"
    assert first != second
    assert state_of(parts, number) == "open"
    assert "not waiting for a code" in worded((await say(parts, talk, "new code please", intent="ask_code")).messages[0])


async def test_a_code_given_to_take_something_back_leads_to_that_question(parts: Services) -> None:
    """From another conversation: first the code, then "shall I take it back?"."""
    number = a_request(parts, a_conversation(parts))
    code = await mailed_code(parts)
    tracker = a_tracker(
        code, intent="provide_code", sender=a_conversation(parts), about_number={"number": number, "then": "withdraw"}
    )
    dispatcher = CollectingDispatcher()

    events = await ActionGiveCode().run(dispatcher, tracker, domain={})

    assert "Shall I withdraw your request" in worded(dispatcher.messages[0])
    assert slots_of(events)["proposal"]["withdraw"] == number


@pytest.mark.parametrize(("text", "sent"), [("did the code arrive?", False), ("send me a new code", True)])
async def test_to_a_mailbox_that_is_none_no_code_is_sent_unless_it_is_wished(parts: Services, text: str, sent: bool) -> None:
    """The right address is asked for instead."""
    talk, dispatcher = a_conversation(parts), CollectingDispatcher()
    parts.requests.mailer = FakeMailer(refuses={"gone@example.org"})
    a_request(parts, talk, email="gone@example.org")
    await parts.requests.make_outbox_worker().deliver()

    await ActionGiveCode().run(dispatcher, a_tracker(text, intent="ask_code", sender=talk), domain={})

    (message,) = dispatcher.messages
    form = form_of(message)
    assert form is not None
    assert form.field == ("code" if sent else "email")
    assert ("refused the address" in worded(message)) is not sent


@pytest.mark.parametrize(
    "text",
    [
        "how long's the code good for", "what code is that you mailed me", "where do i put the code from the mail",
        "did the code arrive?", "i dont get it",
    ],
)  # fmt: skip
async def test_a_question_about_the_code_ends_none_that_is_valid(parts: Services, text: str) -> None:
    """How it stands with the code is said, and the one in the mail still opens the request."""
    talk = a_conversation(parts)
    number = a_request(parts, talk)
    code = await mailed_code(parts)

    (message,) = (await say(parts, talk, text, intent="ask_code")).messages

    assert "valid until" in worded(message)
    assert (await say(parts, talk, code)).messages[0]["response"] == "utter_code_right"
    assert state_of(parts, number) == "open"


async def test_no_second_code_is_made_while_the_first_is_on_its_way(parts: Services) -> None:
    """Who only misses it hears so; who asks for another gets it."""
    talk = a_conversation(parts)
    a_request(parts, talk)

    (missed,) = (await say(parts, talk, "where is my code", intent="ask_code")).messages
    (asked,) = (await say(parts, talk, "send me a new code", intent="ask_code")).messages

    assert missed["response"] == "utter_request_status"
    assert "There is a new code" in worded(asked)
