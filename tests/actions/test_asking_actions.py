"""The four questions of request_form: what is asked, with which buttons, and as which field a surface may draw it."""

from __future__ import annotations

from typing import Any

import pytest
from rasa_sdk import Action
from rasa_sdk.executor import CollectingDispatcher

from actions.action_ask_agreed import ActionAskAgreed
from actions.action_ask_details import ActionAskDetails
from actions.action_ask_email import ActionAskEmail
from actions.action_ask_residence import ActionAskResidence
from actions.fields import asks_for
from candor.conversations.payload import Payload, Shown
from candor.conversations.reply import AskedField, RequestCard
from candor.services import Services
from candor.tickets.request_types import REQUEST_TYPES
from tests.actions.trackers import a_tracker, form_of, payload_of, worded

QUESTIONS: dict[str, type[Action]] = {
    "residence": ActionAskResidence, "email": ActionAskEmail, "details": ActionAskDetails, "agreed": ActionAskAgreed,
}  # fmt: skip
ANSWERED: dict[str, Any] = {"residence": "DE", "email": "<email_1>", "details": ""}


async def asked(
    field: str, request_type: str = "deletion", *, said: tuple[dict[str, Any], ...] = (), begins: bool = False,
    before: tuple[tuple[str, dict[str, Any]], ...] = (), **slots: Any,
) -> dict[str, Any]:  # fmt: skip
    """The one message in which the form asks for a field, after `said` in answer to the visitor's message, which may begin it.

    before: as a_tracker() has it.
    """
    dispatcher = CollectingDispatcher()
    proposal = {"id": "p_1", "request_type": request_type, "company": "acme"}
    tracker = a_tracker("…", proposal=proposal, asked=field, since=said, before=before, **{**ANSWERED, **slots})
    if begins:
        tracker.events.append({"event": "active_loop", "name": "request_form"})

    events = await QUESTIONS[field]().run(dispatcher, tracker, domain={})

    assert events == []
    (message,) = dispatcher.messages
    message["said"] = worded(message)
    found: dict[str, Any] = message
    return found


def card_of(message: dict[str, Any]) -> RequestCard:
    card = payload_of(message).shown.card
    assert card is not None
    return card


def field_of(message: dict[str, Any]) -> AskedField:
    form = form_of(message)
    assert form is not None
    return form


async def test_where_people_live_can_be_picked_or_left_open(parts: Services) -> None:
    """The field names no place, so the assistant offers all of them; "rather not say" stays the only button."""
    message = await asked("residence")

    form = field_of(message)
    assert (form.field, form.skippable) == ("residence", True)
    assert [(option.value, option.label) for option in form.options] == [("I'd rather not say", "Rather not say")]
    assert [button["title"] for button in message["buttons"]] == ["Rather not say"]
    assert "Where do you live?" in message["said"]


async def test_of_two_places_with_one_name_only_these_are_offered(parts: Services) -> None:
    """After "Georgia"."""
    message = await asked("residence", unclear={"slot": "residence", "why": "which", "options": ["GE", "US-GA"]})

    names = ["Georgia (the country)", "Georgia (United States)", "Rather not say"]
    assert [option.label for option in field_of(message).options] == names
    assert [button["title"] for button in message["buttons"]] == names


@pytest.mark.parametrize(
    ("request_type", "skippable", "buttons", "words"),
    [("deletion", False, [], "I'll send a code there"), ("opt_out_of_sale", True, ["Leave it out"], "you can also leave it out")],
)
async def test_an_address_can_be_left_out_only_where_no_proof_is_needed(
    parts: Services, request_type: str, skippable: bool, buttons: list[str], words: str
) -> None:
    """To opt out of sale."""
    message = await asked("email", request_type)

    form = field_of(message)
    assert (form.field, form.skippable, [option.label for option in form.options]) == ("email", skippable, buttons)
    assert [button["title"] for button in message["buttons"]] == buttons
    assert words in message["said"]


@pytest.mark.parametrize(
    ("field", "request_type", "words"),
    [
        ("residence", "deletion", "have your personal data deleted: where do you live?"),
        ("email", "access", "get a copy of your personal data: which e-mail address"),
        ("details", "deletion", "have your personal data deleted: is there anything"),
        ("details", "correction", "What is wrong"),
        ("agreed", "deletion", "Shall I open it?"),
    ],
)
async def test_after_an_answer_beside_the_wish_the_first_question_says_what_would_be_opened(
    parts: Services, field: str, request_type: str, words: str
) -> None:
    """Nothing else has said it: with a proposal of its own the card would be off the screen of a phone."""
    message = await asked(field, request_type, said=({"kind": "answer"},), begins=True)

    assert words in message["said"]

    message = await asked(field, request_type, said=({"kind": "answer"},))

    assert words not in message["said"]


@pytest.mark.parametrize(("request_type", "words"), [("deletion", "find your data"), ("correction", "What is wrong")])
async def test_details_can_be_left_out(parts: Services, request_type: str, words: str) -> None:
    """To correct something, what is wrong is asked."""
    message = await asked("details", request_type)

    form = field_of(message)
    assert (form.field, form.skippable) == ("details", True)
    assert [(option.value, option.label) for option in form.options] == [("no details", "No details")]
    assert words in message["said"]


async def test_the_summary_says_all_that_would_be_sent_and_asks_for_a_yes(parts: Services) -> None:
    """With the same three answers as buttons and as options."""
    message = await asked("agreed", details="my user name is ada")

    form = field_of(message)
    assert (form.field, form.skippable) == ("agreed", False)
    assert [option.value for option in form.options] == ["yes", "change something", "no"]
    assert message["custom"]["proposal"] == "p_1"
    for words in ("Acme", "Germany", "my user name is ada", "Shall I open it?"):
        assert words in message["said"]


async def test_the_summary_tells_what_was_left_out(parts: Services) -> None:
    """Nothing looks like a mistake."""
    message = await asked("agreed", "opt_out_of_sale", residence="", email="", details="")

    for words in ("rather not say", "no address, you left it out", "Details: none"):
        assert words in message["said"]


@pytest.mark.parametrize(
    ("field", "slots", "known", "edited"),
    [
        ("residence", {"residence": None, "email": None, "details": None}, ["", "", ""], []),
        ("email", {"email": None, "details": None}, ["Germany", "", ""], ["residence"]),
        ("details", {"details": None}, ["Germany", "<email_1>", ""], ["residence", "email"]),
        ("agreed", {"details": "user ada"}, ["Germany", "<email_1>", "user ada"], ["residence", "email", "details"]),
        ("residence", {"residence": None}, ["", "<email_1>", "none"], ["email", "details"]),
    ],
)
async def test_every_step_shows_what_is_known_as_a_card(
    parts: Services, field: str, slots: dict[str, Any], known: list[str], edited: list[str]
) -> None:
    """What is known can be edited, all but what is asked for now; and it can be cancelled at every step."""
    card = card_of(await asked(field, **slots))

    assert [row.field for row in card.rows] == ["request", "residence", "email", "details"]
    assert [row.value for row in card.rows] == ["Have your personal data deleted", *known]
    assert [row.field for row in card.rows if row.edit] == edited
    assert (card.title, card.cancel.payload) == ("Your request to Acme", "cancel the request")


async def test_what_is_asked_for_can_become_another_request(parts: Services) -> None:
    """Each of the other types, by what people say for it."""
    what, *others = card_of(await asked("email")).rows

    assert {option.value for option in what.options} == {row.phrase for row in REQUEST_TYPES.values()} - {"delete my data"}
    assert [row.options for row in others] == [[], [], []]


async def test_the_card_tells_what_was_left_out_from_what_is_not_known(parts: Services) -> None:
    """Nobody should think that they forgot something, nor that it was lost."""
    rows = card_of(await asked("agreed", "opt_out_of_sale", residence="", email="", details="")).rows

    assert [row.left_out for row in rows] == [False, True, True, True]
    assert all(row.value for row in rows)


@pytest.mark.parametrize("why", [None, "unsure", "change"])
async def test_the_summary_in_words_is_for_those_who_see_no_card(parts: Services, why: str | None) -> None:
    """Others read a short lead above it; a question that is asked again stays as it is."""
    card = card_of(await asked("agreed", unclear=why and {"slot": "agreed", "why": why, "options": []}))

    assert ("Please check it" in card.lead) is (why is None)


async def test_what_stands_above_a_card_is_not_said_twice_in_a_row(parts: Services) -> None:
    """Though each says the same."""
    unclear = {"slot": "agreed", "why": "summary", "options": []}
    first = await asked("agreed", unclear=unclear)

    second = await asked("agreed", unclear=unclear, before=(("…", payload_of(first).encoded()),))

    assert card_of(first).lead != card_of(second).lead
    assert "before you say yes" in card_of(second).lead


@pytest.mark.parametrize("field", ["residence", "email", "details", "agreed"])
async def test_what_to_change_is_asked_in_any_step(parts: Services, field: str) -> None:
    """The field stays the one that was asked for."""
    message = await asked(field, unclear={"slot": field, "why": "change", "options": []})

    assert message["said"] == "What shall I change?"
    assert field_of(message).field == field


@pytest.mark.parametrize("field", ["residence", "email", "details", "agreed"])
async def test_after_an_answer_in_between_the_form_asks_again_in_fewer_words(parts: Services, field: str) -> None:
    """The field comes again with it."""
    message = await asked(field, said=({"kind": "answer", "answer_id": "a_1"},))

    assert message["said"].startswith("Back to your request")
    assert field_of(message).field == field


@pytest.mark.parametrize("field", ["residence", "email", "details", "agreed"])
async def test_the_form_is_silent_while_another_question_waits(parts: Services, field: str) -> None:
    """ "Go on with it, or begin the other?" is to be answered first."""
    dispatcher = CollectingDispatcher()
    proposal = {"id": "p_1", "request_type": "deletion", "company": "acme"}
    tracker = a_tracker("…", proposal=proposal, asked=field, since=({"kind": "request", "waits": True},), **ANSWERED)

    await QUESTIONS[field]().run(dispatcher, tracker, domain={})

    assert dispatcher.messages == []


@pytest.mark.parametrize(
    ("field", "why", "words"),
    [
        ("residence", "first", "Before I can open anything"), ("residence", "unread", "did not recognise"),
        ("email", "needed", "Without an e-mail address Acme"), ("email", "none", "no e-mail address in that"),
        ("email", "several", "one address only"), ("email", "malformed", "not look like a whole"),
        ("details", "first", "what you want to add"), ("agreed", "unsure", "answer yes or no"),
    ],
)  # fmt: skip
async def test_an_answer_that_could_not_be_used_is_asked_for_again_with_the_reason(
    parts: Services, field: str, why: str, words: str
) -> None:
    """Each reason has its own sentence."""
    message = await asked(field, unclear={"slot": field, "why": why, "options": []})

    assert words in message["said"]


async def test_what_is_put_right_on_the_way_is_told_back(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """Who writes "no, italy" or an address anew sees what was understood, before the form goes on."""
    before = Payload(shown=Shown(kind="request", form=asks_for("details"))).encoded()
    proposal = {"id": "p_1", "request_type": "deletion", "company": "acme"}
    tracker = a_tracker(
        "no italy, <email_2>", proposal=proposal, said=(before,), asked="details", residence="IT", email="<email_2>"
    )
    tracker.events += [
        {"event": "slot", "name": name, "value": value} for name, value in (("residence", "IT"), ("email", "<email_2>"))
    ]

    await ActionAskDetails().run(dispatcher, tracker, domain={})

    assert worded(dispatcher.messages[0]).startswith("Noted (Italy and <email_2>). Is there anything else")
