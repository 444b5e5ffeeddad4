"""What is asked beside a wish, or beside an answer to the form, is answered, and the request goes on."""

from __future__ import annotations

import pytest
from rasa_sdk.executor import CollectingDispatcher

from actions.action_answer_question import ActionAnswerQuestion
from actions.action_give_address import ActionGiveAddress
from actions.action_propose_request import ActionProposeRequest
from actions.asked_of_request import kind_of
from actions.beside import is_of_the_way
from actions.validate_request_form import ValidateRequestForm
from candor.services import Services
from tests.actions.trackers import RESPONSES, a_tracker, payload_of, slots_of, worded

BEGUN = {"id": "p_1", "request_type": "deletion", "company": "acme"}
SELLS = ("do you sell my data?", "policy")
TAKES = ("how long does that take?", "request")


async def test_a_question_beside_a_wish_is_answered_and_the_wish_proposed(
    parts: Services, dispatcher: CollectingDispatcher
) -> None:
    """First the answer with one quote open, then the form's question, which says what would be opened: one screen of a phone."""
    tracker = a_tracker("erase me, do you sell my data?", intent="request_deletion", questions=(SELLS,), rest="erase me")

    events = await ActionProposeRequest().run(dispatcher, tracker, domain={})

    (answer,) = dispatcher.messages
    assert (answer["custom"]["kind"], payload_of(answer).shown.citations_shown) == ("answer", 1)
    assert slots_of(events)["proposal"]["request_type"] == "deletion"
    assert slots_of(events)["last_question"]["text"]
    assert events[-1]["name"] == "request_form"


async def test_by_when_is_said_of_the_request_that_is_wished_for(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """With the law of the place that is known, and that nothing is opened yet."""
    tracker = a_tracker(
        "erase me, how long does that take?", intent="request_deletion", questions=(TAKES,), rest="erase me", residence="FR"
    )

    await ActionProposeRequest().run(dispatcher, tracker, domain={})

    assert [message["response"] for message in dispatcher.messages] == ["utter_about_request_when"]
    assert "Art. 12(3) GDPR" in worded(dispatcher.messages[0])


async def test_a_question_beside_an_answer_is_answered_and_the_answer_kept(
    parts: Services, dispatcher: CollectingDispatcher
) -> None:
    """The question is no part of the answer."""
    tracker = a_tracker(
        "France, and do you sell my data?", intent="provide_residence", asked="residence", proposal=BEGUN,
        questions=(SELLS,), rest="France",
    )  # fmt: skip

    events = await ValidateRequestForm().run(dispatcher, tracker, domain={})

    assert [message["custom"]["kind"] for message in dispatcher.messages] == ["answer"]
    assert slots_of(events)["residence"] == "FR"


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("what does it cost?", "cost"), ("is it for free", "cost"), ("which number do i get", "number"),
        ("can i take it back later", "undo"), ("do you want to see my passport", "proof"), ("how many weeks is that", "when"),
        ("from what day does it count", "when"),
        ("who works on it", "who"), ("what if you say no", "refuse"),
        ("do you have to do that", "refuse"), ("wait how old do you have to be to use it", "next"),
        ("what if you need longer", "longer"),
        ("do i need a lawyer", "needs"), ("can i get it in writing", "written"),
        ("will i still hear when a course starts?", "next"), ("and when is that", "when"),
    ],
)  # fmt: skip
def test_what_is_asked_about_a_request_gets_its_own_answer(question: str, kind: str) -> None:
    """Each has a sentence, before the request is open."""
    assert kind_of(question) == kind
    assert RESPONSES[f"utter_about_request_{kind}"]


async def test_an_offer_is_taken_up_by_a_place_or_an_address(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """Who answers what the form would ask has taken the offer for its question. Nothing is opened by it."""
    offered = {"kind": "smalltalk", "may_open": "deletion"}

    place = await ActionAnswerQuestion().run(dispatcher, a_tracker("Norway", intent="provide_residence", said=(offered,)), {})
    address = await ActionGiveAddress().run(dispatcher, a_tracker("<email_1>", intent="provide_email", said=(offered,)), {})

    assert (slots_of(place)["proposal"]["request_type"], slots_of(place)["residence"]) == ("deletion", "NO")
    assert (slots_of(address)["proposal"]["request_type"], slots_of(address)["email"]) == ("deletion", "<email_1>")


async def test_what_answers_nothing_beside_a_question_leaves_the_form_where_it_is(
    parts: Services, dispatcher: CollectingDispatcher
) -> None:
    """The question is answered once, and no other rule answers it again."""
    tracker = a_tracker(
        "tell them so. how long does that take?", intent="add_details", confidence=0.3, asked="email", proposal=BEGUN,
        questions=(TAKES,), rest="tell them so",
    )  # fmt: skip

    events = await ValidateRequestForm().run(dispatcher, tracker, domain={})

    assert [message["response"] for message in dispatcher.messages] == ["utter_about_request_when"]
    assert "unclear" in slots_of(events)


@pytest.mark.parametrize(
    ("text", "of_the_way"),
    [
        ("where is the cod", True),
        ("what is the nuumber", True),
        ("who reads it", True),
        ("who else gets it", False),  # the data, not the request
        ("where is the cold storage", False),
    ],
)
def test_a_slip_of_the_pen_is_still_about_the_way(text: str, of_the_way: bool) -> None:
    """ "cod" is the code; what is written rightly stays what it is."""
    assert is_of_the_way(text) is of_the_way
