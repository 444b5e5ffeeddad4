"""A request that was broken off can be taken up again, and nothing is opened by that."""

from __future__ import annotations

from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.action_answer_question import ActionAnswerQuestion
from actions.action_choose_request import ActionChooseRequest
from actions.action_confirm import ActionConfirm
from actions.action_decline import ActionDecline
from actions.action_give_address import ActionGiveAddress
from actions.action_go_on import ActionGoOn
from actions.action_open_request import ActionOpenRequest
from actions.action_request_status import ActionRequestStatus
from actions.action_withdraw_request import ActionWithdrawRequest
from actions.dropped import KEPT_FOR, taken_up
from candor.conversations.payload import Payload, Shown
from candor.conversations.reply import AskedField
from candor.services import Services
from tests.actions.test_action_answer_question import FakeAnswers
from tests.actions.trackers import a_tracker, slots_of, worded
from tests.fakes import an_answer

PROPOSAL = {"id": "p_1", "request_type": "deletion", "company": "acme"}
DROPPED = {"proposal": PROPOSAL, "details": "finch22", "next_requests": None}
SUMMARY = Payload(shown=Shown(kind="request", request_type="deletion", form=AskedField(field="agreed"))).encoded()


def after_no(text: str, intent: str, **others: Any) -> Tracker:
    return a_tracker(text, intent=intent, dropped=DROPPED, residence="ES", email="<email_1>", **others)


async def test_a_no_to_the_summary_keeps_what_was_said(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """It may only mean that something in it is wrong, so that is asked."""
    tracker = a_tracker("no", intent="deny", proposal=PROPOSAL, agreed=False, details="finch22", said=(SUMMARY,))

    slots = slots_of(await ActionOpenRequest().run(dispatcher, tracker, domain={}))

    assert slots["dropped"] == DROPPED
    assert (slots["proposal"], slots["agreed"]) == (None, None)
    assert "tell me what" in worded(dispatcher.messages[0])
    assert parts.requests.desk.of_conversation("c_1") == []


@pytest.mark.parametrize(
    ("action", "text", "intent", "changed"),
    [
        (ActionGiveAddress, "the mail is wrong, it is <email_2>", "provide_email", {"email": "<email_2>"}),
        (ActionGiveAddress, "the country is wrong", "correct_answer", {"residence": None}),
        (ActionGiveAddress, "no wait, i live in portugal", "correct_answer", {"residence": "PT"}),
        (ActionGoOn, "continue", "go_on", {}),
        (ActionDecline, "hm, continue after all", "stop_form", {}),
        (ActionConfirm, "ok then open it please", "affirm", {}),
        (
            ActionDecline,
            "that's not what i meant",
            "deny",
            {"unclear": {"slot": "agreed", "why": "change", "options": [], "times": 0}},
        ),
    ],
)
async def test_what_shows_that_it_is_wanted_takes_it_up(
    parts: Services, dispatcher: CollectingDispatcher, action: Any, text: str, intent: str, changed: dict[str, Any]
) -> None:
    """The form goes on with it and asks for a yes anew."""
    events = await action().run(dispatcher, after_no(text, intent), domain={})

    slots = slots_of(events)
    assert events[-1]["name"] == "request_form"
    assert (slots["proposal"], slots["details"], slots["agreed"], slots["dropped"]) == (PROPOSAL, "finch22", None, None)
    assert {name: slots[name] for name in changed} == changed
    assert parts.requests.desk.of_conversation("c_1") == []


async def test_a_yes_alone_is_asked_about(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """It may answer "is there anything else?"."""
    await ActionConfirm().run(dispatcher, after_no("yes", "affirm"), domain={})

    assert "after all" in worded(dispatcher.messages[0])


def test_it_is_not_kept_for_ever_nor_for_another_company(parts: Services) -> None:
    """Later, or elsewhere, the same words mean something else."""
    earlier: tuple[tuple[str, dict[str, Any]], ...] = tuple((f"message {number}", {}) for number in range(KEPT_FOR))

    assert taken_up(after_no("continue", "go_on")) is not None
    assert taken_up(after_no("continue", "go_on", before=earlier)) is None
    assert taken_up(after_no("continue", "go_on", company="globex")) is None


async def test_whether_to_go_on_is_asked_once(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """A yes to that goes on, and the summary is shown before anything is opened."""
    asked = after_no("yes", "affirm", said=(SUMMARY, {"kind": "smalltalk"}))
    await ActionConfirm().run(dispatcher, asked, domain={})
    (question,) = dispatcher.messages
    assert question["response"] == "utter_take_up_again"

    agreed = after_no("yes", "affirm", said=(SUMMARY, question["custom"]))
    slots = slots_of(await ActionConfirm().run(dispatcher, agreed, domain={}))

    assert (slots["proposal"], slots["agreed"]) == (PROPOSAL, None)
    assert parts.requests.desk.of_conversation("c_1") == []


async def test_a_no_that_was_meant_for_something_else_takes_it_up(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """Who explains a "no" has not refused the request."""
    slots = slots_of(await ActionDecline().run(dispatcher, after_no("i meant no more details", "skip"), domain={}))

    assert (slots["proposal"], slots["agreed"]) == (PROPOSAL, None)


async def test_a_question_about_what_was_broken_off_is_answered(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """Who says no and asks what it costs may still want it; no policy is searched for that."""
    parts.knowledge.answers = FakeAnswers(an_answer("not_in_policy"))  # type: ignore[assignment]

    await ActionAnswerQuestion().run(dispatcher, after_no("wait is it free?", "ask_policy"), domain={})

    assert [message["response"] for message in dispatcher.messages] == ["utter_about_request_cost"]


def after_withdrawing(text: str, intent: str) -> Tracker:
    kept = {"proposal": PROPOSAL, "details": "", "next_requests": None, "withdrawn": True}
    return a_tracker(text, intent=intent, dropped=kept, residence="ES", email="<email_1>")


@pytest.mark.parametrize(
    ("action", "text", "intent"),
    [
        (ActionRequestStatus, "can you reopen it please", "request_status"),
        (ActionConfirm, "hm no, do it after all", "affirm"),
        (ActionChooseRequest, "i want that request back", "make_request"),
        (ActionWithdrawRequest, "undo that", "cancel_request"),
        (ActionDecline, "no i changed my mind again", "deny"),
        (ActionAnswerQuestion, "could you open it again", "ask_policy"),
    ],
)
async def test_what_was_withdrawn_is_taken_up_in_words_of_opening(
    parts: Services, dispatcher: CollectingDispatcher, action: Any, text: str, intent: str
) -> None:
    """What was withdrawn stays so: the form asks for a yes to a new one."""
    events = await action().run(dispatcher, after_withdrawing(text, intent), domain={})

    assert events[-1]["name"] == "request_form"
    assert (slots_of(events)["proposal"], slots_of(events)["agreed"]) == (PROPOSAL, None)
    assert parts.requests.desk.of_conversation("c_1") == []


@pytest.mark.parametrize(
    ("text", "intent"),
    [("continue", "go_on"), ("my name was finch22", "add_details"), ("ok", "affirm"), ("no that is wrong", "correct_answer")],
)
def test_other_words_do_not_bring_back_what_was_withdrawn(parts: Services, text: str, intent: str) -> None:
    """Whoever took it back has meant that."""
    assert taken_up(after_withdrawing(text, intent)) is None
