"""What a requester adds goes to the request whole and encrypted; to nobody else's, and to none that is closed."""

from __future__ import annotations

import pytest
from rasa_sdk.executor import CollectingDispatcher

from actions.action_add_details import ActionAddDetails, added_in
from candor.services import Services
from tests.actions.requests import a_conversation, a_request
from tests.actions.trackers import a_tracker, worded


async def say(parts: Services, conversation: str, typed: str) -> str:
    """What comes back."""
    dispatcher = CollectingDispatcher()
    masked = parts.conversations.vault.mask(conversation, typed)
    await ActionAddDetails().run(dispatcher, a_tracker(masked, intent="add_details", sender=conversation), domain={})
    (message,) = dispatcher.messages
    return worded(message)


@pytest.mark.parametrize(
    "words",
    [
        "my old address was old@example.org", "Robert'); DROP TABLE ticket;--", "<script>alert(1)</script> <b>&amp;",
        "I was born on 3 March 1899", "{number} %s ${x} {{ 7*7 }}",
    ],
)  # fmt: skip
async def test_words_arrive_as_they_were_written(parts: Services, words: str) -> None:
    """SQL, HTML, templates and old dates are text; values that were masked on the way are whole at the desk."""
    talk = a_conversation(parts)
    number = a_request(parts, talk)

    said = await say(parts, talk, f"add to {number}: {words}")

    assert f"added that to your request {number}" in said
    assert parts.requests.staff_desk.details(number).events[-1].words == words


async def test_the_only_request_needs_no_number(parts: Services) -> None:
    """A colon is enough."""
    talk = a_conversation(parts)
    number = a_request(parts, talk)

    assert number in await say(parts, talk, "please add: my user name is ada")


async def test_without_a_request_it_is_said_how_to_write_it(parts: Services) -> None:
    """Nothing is guessed."""
    assert "I can add that to a request of yours" in await say(parts, a_conversation(parts), "add something")


@pytest.mark.parametrize(
    "typed", ["i want to add something", "one more thing", "can I add something to my request?", "I forgot something"]
)
async def test_who_only_says_that_there_is_more_is_asked_what(parts: Services, typed: str) -> None:
    """With one open request no number is needed."""
    talk = a_conversation(parts)
    number = a_request(parts, talk)

    assert f"What shall I add to your request {number}?" in await say(parts, talk, typed)


@pytest.mark.parametrize(
    ("typed", "added"),
    [
        ("one more thing for that request: my user name was finch22", "my user name was finch22"),
        ("please add that i moved in may", "i moved in may"),
        ("oh and my customer number is 4471", "my customer number is 4471"),
        ("i forgot to say that i had two accounts", "i had two accounts"),
        ("for my request: order 5512", "order 5512"),
        ("my user name was otter", "my user name was otter"),
    ],
)
def test_the_words_that_only_say_that_something_is_added_are_left_out(typed: str, added: str) -> None:
    """Staff get what helps, as it was written."""
    assert added_in(typed) == added


async def test_nothing_is_added_to_somebody_else_s_request(parts: Services) -> None:
    """First the code."""
    number = a_request(parts, a_conversation(parts))

    assert "I can only add to a request" in await say(parts, a_conversation(parts), f"add to {number}: it is mine")


async def test_nothing_is_added_to_a_closed_request(parts: Services) -> None:
    """A new one can be opened."""
    talk = a_conversation(parts)
    number = a_request(parts, talk)
    parts.requests.desk.withdraw(number, talk)

    assert "is closed already" in await say(parts, talk, f"add to {number}: too late")
