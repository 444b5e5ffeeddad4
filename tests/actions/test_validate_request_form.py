"""The form takes what answers it, and leaves the rest to others; addresses are looked at in the vault and stay there."""

from __future__ import annotations

import pytest
from rasa_sdk.executor import CollectingDispatcher

from actions.validate_request_form import ValidateRequestForm
from candor.services import Services
from candor.tickets.addresses import Address, read_address
from tests.actions.requests import a_conversation
from tests.actions.trackers import a_tracker, slots_of

PROPOSAL = {"id": "p_1", "request_type": "deletion", "company": "acme"}


async def test_an_answer_fills_its_slot(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """And nothing is said: the next question follows."""
    tracker = a_tracker("Germany", intent="provide_residence", asked="residence", proposal=PROPOSAL)

    events = await ValidateRequestForm().run(dispatcher, tracker, domain={})

    assert slots_of(events) == {"residence": "DE", "unclear": None}
    assert dispatcher.messages == []


async def test_a_question_is_left_to_the_other_rules(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """No event at all: Rasa then lets another rule answer, and the form asks again."""
    tracker = a_tracker("do you sell data in Germany?", intent="ask_policy", asked="residence", proposal=PROPOSAL)

    assert await ValidateRequestForm().run(dispatcher, tracker, domain={}) == []


async def test_a_message_is_read_once(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """What another action has answered is not read as an answer when the form comes back."""
    tracker = a_tracker("Germany", intent="provide_residence", asked="residence", proposal=PROPOSAL, since=({"kind": "answer"},))

    assert await ValidateRequestForm().run(dispatcher, tracker, domain={}) == []


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("ada@example.org", {"email": "<email_1>", "unclear": None}),
        ("ada@nowhere", {"unclear": {"slot": "email", "why": "malformed", "options": [], "times": 1}}),
    ],
)
async def test_an_address_is_kept_as_its_token(
    parts: Services, dispatcher: CollectingDispatcher, typed: str, expected: dict[str, object]
) -> None:
    """What is behind it is looked at in the vault; Rasa never sees it."""
    conversation = parts.conversations.transcripts.begin(company="acme", channel="test").id
    masked = parts.conversations.vault.mask(conversation, typed)
    tracker = a_tracker(masked, intent="provide_email", asked="email", proposal=PROPOSAL, sender=conversation)

    events = await ValidateRequestForm().run(dispatcher, tracker, domain={})

    assert slots_of(events) == expected


async def test_a_date_put_right_says_nothing_of_the_address(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """Only what stands in the address that was given can be respelt there."""
    conversation = parts.conversations.transcripts.begin(company="acme", channel="test").id
    masked = parts.conversations.vault.mask(conversation, "ada@example.org")
    told = "it is the 4th of June, 1979 not 1997"
    correction = {**PROPOSAL, "request_type": "correction"}
    tracker = a_tracker(told, intent="add_details", asked="details", proposal=correction, sender=conversation, email=masked)

    events = await ValidateRequestForm().run(dispatcher, tracker, domain={})

    assert slots_of(events) == {"details": told, "unclear": None}


async def test_what_cannot_be_read_in_another_language_is_said_in_it(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """What can: places, addresses, yes and no. No other request is offered in the middle of one."""
    tracker = a_tracker("das verstehe ich leider nicht", intent="out_of_scope_gibberish", asked="residence", proposal=PROPOSAL)

    events = await ValidateRequestForm().run(dispatcher, tracker, domain={})

    (message,) = dispatcher.messages
    assert (message["response"], message["buttons"]) == ("utter_in_the_form_de", [])
    assert slots_of(events)["unclear"]["why"] == "unread"


async def test_a_typing_error_in_a_provider_s_name_is_asked_back_once(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """Who writes it again means it."""
    conversation = parts.conversations.transcripts.begin(company="acme", channel="test").id
    masked = parts.conversations.vault.mask(conversation, "ada@gmial.com")
    again = {"slot": "email", "why": "other", "options": [], "times": 1}

    asked, kept = [
        await ValidateRequestForm().run(
            dispatcher,
            a_tracker(masked, intent="provide_email", asked="email", proposal=PROPOSAL, sender=conversation, unclear=unclear),
            domain={},
        )
        for unclear in (None, again)
    ]

    unclear = slots_of(asked)["unclear"]
    assert unclear["why"] == "guess"
    assert parts.conversations.vault.reveal(conversation, unclear["options"][0]) == "ada@gmail.com"
    assert slots_of(kept) == {"email": "<email_1>", "unclear": None}


async def test_a_stop_ends_the_form(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """Without a question left, and without agreement."""
    tracker = a_tracker("stop", intent="stop_form", asked="email", proposal=PROPOSAL)

    events = await ValidateRequestForm().run(dispatcher, tracker, domain={})

    assert slots_of(events) == {"agreed": False, "unclear": None, "requested_slot": None}


async def test_after_the_second_misunderstanding_the_choices_are_offered(
    parts: Services, dispatcher: CollectingDispatcher
) -> None:
    """Counted for each step; a question in between does not count."""
    once = {"slot": "residence", "why": "unread", "options": [], "times": 1}
    tracker = a_tracker("blorp", intent="provide_residence", asked="residence", proposal=PROPOSAL, unclear=once)

    events = await ValidateRequestForm().run(dispatcher, tracker, domain={})

    assert slots_of(events)["unclear"] == {"slot": "residence", "why": "stuck", "options": [], "times": 2}


async def test_an_address_in_words_is_taken(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """The desk reads it in the same way."""
    conversation = parts.conversations.transcripts.begin(company="acme", channel="test").id
    masked = parts.conversations.vault.mask(conversation, "ada dot l at example dot org")
    tracker = a_tracker(masked, intent="provide_email", asked="email", proposal=PROPOSAL, sender=conversation)

    events = await ValidateRequestForm().run(dispatcher, tracker, domain={})

    kept = parts.conversations.vault.reveal(conversation, slots_of(events)["email"])
    assert read_address(kept or "") == Address("ada.l@example.org", "ada.l@example.org")


async def test_the_address_for_a_person_s_answer_is_left_to_the_hand_over(
    parts: Services, dispatcher: CollectingDispatcher
) -> None:
    """It was asked for by the message before, not by the form."""
    tracker = a_tracker(
        "<email_1>", intent="provide_email", asked="residence", proposal=PROPOSAL, said=({"kind": "handoff", "waits": True},)
    )

    assert await ValidateRequestForm().run(dispatcher, tracker, domain={}) == []


@pytest.mark.parametrize(
    ("text", "intent", "expected"),
    [
        ("no i was only asking, go on", "deny", {"on_hold": None, "unclear": "again"}),
        ("continue", "go_on", {"on_hold": None, "unclear": "again"}),
        ("no", "deny", {"on_hold": None, "unclear": "later"}),
        ("forget the request", "stop_form", {"on_hold": None, "agreed": False}),
        ("Cyprus", "ask_policy", {"on_hold": None, "residence": "CY"}),
        ("it is about my bill", "tell_person", {}),
        ("do you sell my data?", "ask_policy", {}),
        ("my mail is <email_1>", "provide_email", {}),
    ],
)
async def test_while_a_person_is_waited_for_the_form_goes_on_only_when_it_is_asked_to(
    parts: Services, dispatcher: CollectingDispatcher, text: str, intent: str, expected: dict[str, object]
) -> None:
    """Or when its question is answered all the same, or when nobody else would answer the message."""
    tracker = a_tracker(text, intent=intent, asked="residence", proposal=PROPOSAL, on_hold=True)

    told = slots_of(await ValidateRequestForm().run(dispatcher, tracker, domain={}))

    assert {slot: told[slot] for slot in expected if slot != "unclear"} == {
        slot: value for slot, value in expected.items() if slot != "unclear"
    }
    assert ((told.get("unclear") or {}).get("why")) == expected.get("unclear")
    assert bool(told) == bool(expected)


@pytest.mark.parametrize("answer", ["yes", "yes, open it"])
async def test_a_yes_while_the_form_is_silent_opens_nothing(
    parts: Services, dispatcher: CollectingDispatcher, answer: str
) -> None:
    """The summary was not the last thing that was said: it is shown again."""
    tracker = a_tracker(answer, intent="affirm", asked="agreed", proposal=PROPOSAL, on_hold=True)

    told = slots_of(await ValidateRequestForm().run(dispatcher, tracker, domain={}))

    assert "agreed" not in told
    assert told["unclear"]["why"] == "again"


@pytest.mark.parametrize(
    ("said", "guess"),
    [("it ends in .nl not .com", "meyer@example.nl"), ("mayer, not meyer", "mayer@example.com"), ("tim, not tom", "")],
)
async def test_an_address_spelled_anew_is_asked_back(
    parts: Services, dispatcher: CollectingDispatcher, said: str, guess: str
) -> None:
    """What is put right is shown before it is used; if the wrong part does not stand in the address, it is asked for anew."""
    conversation = parts.conversations.transcripts.begin(company="acme", channel="test").id
    given = parts.conversations.vault.mask(conversation, "meyer@example.com")
    tracker = a_tracker(
        said, intent="correct_answer", asked="agreed", proposal=PROPOSAL, sender=conversation, email=given, details=""
    )

    slots = slots_of(await ValidateRequestForm().run(dispatcher, tracker, domain={}))

    assert slots["email"] is None
    options = slots["unclear"]["options"] if slots["unclear"] else []
    assert [parts.conversations.vault.reveal(conversation, token) for token in options] == ([guess] if guess else [])


async def test_what_is_kept_is_said_to_be_noted(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """Before the details are asked for nobody expects it, so the form does not just repeat its question."""
    tracker = a_tracker("but leave my bookings", intent="add_details", asked="email", proposal=PROPOSAL)

    events = await ValidateRequestForm().run(dispatcher, tracker, domain={})

    assert slots_of(events)["details"] == "but leave my bookings"
    assert [message["response"] for message in dispatcher.messages] == ["utter_details_noted"]


async def test_a_place_that_is_a_name_too_is_read_in_the_vault(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """Masking takes Trinidad for a person, which it is only where no place was asked for."""
    conversation = parts.conversations.transcripts.begin(company="acme", channel="test").id
    parts.conversations.vault.mask(conversation, "my name is Trinidad Lopez")
    masked = parts.conversations.vault.mask(conversation, "Trinidad")
    tracker = a_tracker(masked, intent="greet", asked="residence", proposal=PROPOSAL, sender=conversation)

    assert slots_of(await ValidateRequestForm().run(dispatcher, tracker, domain={}))["residence"] == "TT"


async def test_whether_it_can_be_changed_later_is_answered(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """And no other rule answers it once more."""
    tracker = a_tracker(
        "can i change the mail later", intent="correct_answer", asked="agreed", proposal=PROPOSAL, email="<email_1>"
    )

    events = await ValidateRequestForm().run(dispatcher, tracker, domain={})

    assert slots_of(events) == {"unclear": None}
    assert [message["response"] for message in dispatcher.messages] == ["utter_about_request_change"]


async def test_what_was_told_beside_a_doubtful_address_is_kept(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """The address alone is asked back."""
    conversation = parts.conversations.transcripts.begin(company="acme", channel="test").id
    masked = parts.conversations.vault.mask(conversation, "ada@gmial.com")
    tracker = a_tracker(
        f"{masked}, my user name is finch", intent="provide_email", asked="email", proposal=PROPOSAL, sender=conversation
    )

    slots = slots_of(await ValidateRequestForm().run(dispatcher, tracker, domain={}))

    assert slots["details"] == "my user name is finch"
    assert slots["unclear"]["why"] == "guess"


async def test_what_the_summary_shows_is_changed_by_what_is_said_of_it(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """Values are compared in the vault: of a token nobody can tell which of its figures are wrong."""
    conversation, vault = a_conversation(parts), parts.conversations.vault
    details = vault.mask(conversation, "my phone is +49 30 901820")
    tracker = a_tracker(
        "not 820 but 802", intent="add_details", asked="agreed", proposal=PROPOSAL, sender=conversation, details=details,
        said=({"kind": "request", "proposal": "p_1"},),
    )  # fmt: skip

    events = await ValidateRequestForm().run(dispatcher, tracker, domain={})

    assert "901820" not in details
    assert vault.unmask_all(conversation, [slots_of(events)["details"]]) == ["my phone is +49 30 901802"]


async def test_details_are_taken_as_they_were_typed(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """However they were read: a user name is no slip of the pen."""
    tracker = a_tracker("my usrname is kitycat", intent="add_details", asked="details", proposal=PROPOSAL)
    tracker.latest_message["text"] = "my username is kitchen"

    events = await ValidateRequestForm().run(dispatcher, tracker, domain={})

    assert slots_of(events)["details"] == "my usrname is kitycat"
