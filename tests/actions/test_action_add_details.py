"""What a requester adds goes to the request whole and encrypted; to nobody else's, and to none that is closed."""

from __future__ import annotations

import pytest
from rasa_sdk.executor import CollectingDispatcher

from actions.action_add_details import ActionAddDetails
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


@pytest.mark.parametrize("typed", ["add something", "add to R-7KQ4-M2XD"])
async def test_without_number_or_words_it_is_said_how_to_write_it(parts: Services, typed: str) -> None:
    """Nothing is guessed."""
    assert "To which request do you want to add what?" in await say(parts, a_conversation(parts), typed)


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
