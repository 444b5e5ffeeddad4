"""Small talk and what is not about privacy: each intent has its sentence."""

from __future__ import annotations

import pytest
import yaml
from rasa_sdk.executor import CollectingDispatcher

from actions.action_say import MAY_BE_ASKED, ActionSay
from actions.server import ACTIONS
from candor.services import Services
from candor.settings import ROOT
from knowledge.aspects import Aspect
from tests.actions.requests import a_conversation, a_request
from tests.actions.test_action_answer_question import FakeAnswers, a_hit
from tests.actions.trackers import RESPONSES, a_tracker, payload_of, slots_of, worded
from tests.fakes import an_answer

ERASURE = Aspect("rights.deletion", "the right to have information deleted", "rights", (), ())


def intents_of(action: str) -> list[str]:
    """The intents that a rule hands to an action."""
    rules = yaml.safe_load((ROOT / "bot" / "data" / "rules.yml").read_text(encoding="utf-8"))["rules"]
    steps = [rule["steps"] for rule in rules if rule["steps"][-1].get("action") == action]
    return [step["intent"] for first, *_ in steps for step in first.get("or", [first]) if "intent" in step]


@pytest.mark.parametrize("intent", intents_of("action_say"))
async def test_each_intent_has_a_sentence_with_all_that_it_names(
    parts: Services, dispatcher: CollectingDispatcher, intent: str
) -> None:
    """Nobody is left without a reply, or shown "{contact}"; the sentence says what kind of reply it is."""
    events = await ActionSay().run(dispatcher, a_tracker("…", intent=intent), domain={})

    (message,) = dispatcher.messages
    assert message["response"] == f"utter_{intent}"
    assert worded(message)
    assert RESPONSES[f"utter_{intent}"][0]["custom"]["kind"] in {"smalltalk", "out_of_scope", "handoff"}
    assert events == []


def test_every_action_of_the_domain_is_served_and_has_a_rule(parts: Services) -> None:
    """Rasa calls by name: a name that differs anywhere is a conversation without an answer."""
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))

    served = {action().name() for action in ACTIONS}

    assert served == set(domain["actions"])
    # request_form calls some by their names, and Rasa itself one; all others have an intent.
    form = {"validate_request_form", "action_open_request", "action_session_start"}
    form |= {f"action_ask_{slot}" for slot in domain["forms"]["request_form"]["required_slots"]}
    assert all(intents_of(name) for name in served - form)
    assert {intent for name in served for intent in intents_of(name)} == set(domain["intents"])


class Policy(FakeAnswers):
    """Gives one answer, and takes everything for English."""

    def is_foreign(self, text: str) -> bool:
        return False


@pytest.mark.parametrize("intent", ["out_of_scope_general", "out_of_scope_support", "bot_identity"])
async def test_the_policy_is_asked_before_a_question_is_turned_away(
    parts: Services, dispatcher: CollectingDispatcher, intent: str
) -> None:
    """In words that nobody foresaw it may be one about the policy; if that is not sure, it is turned away."""
    sure, unsure = MAY_BE_ASKED[intent] + 0.01, MAY_BE_ASKED[intent] - 0.01
    for probability in (sure, unsure):
        parts.knowledge.answers = Policy(an_answer("answer", probability, None, (a_hit(0.9),)))  # type: ignore[assignment]
        await ActionSay().run(dispatcher, a_tracker("how do i turn it off", intent=intent), domain={})

    answered, turned_away = dispatcher.messages
    assert payload_of(answered).shown.kind == "answer"
    assert turned_away["response"] == f"utter_{intent}"


@pytest.mark.parametrize(
    ("asked", "offered"),
    [("how could we get our old profile removed", True), ("how do i remove a comment in the app", False)],
)
async def test_who_asks_how_their_own_is_deleted_asks_no_support(
    parts: Services, dispatcher: CollectingDispatcher, asked: str, offered: bool
) -> None:
    """However little the policy says of it, a request can be opened."""
    parts.knowledge.answers = Policy(an_answer("unsure", 0.1, ERASURE, (a_hit(0.3),)))  # type: ignore[assignment]

    await ActionSay().run(dispatcher, a_tracker(asked, intent="out_of_scope_support"), domain={})

    assert any(payload_of(message).memory.may_open == "deletion" for message in dispatcher.messages) is offered


async def test_a_wish_for_a_person_is_read_whatever_else_is_said(parts: Services, dispatcher: CollectingDispatcher) -> None:
    await ActionSay().run(dispatcher, a_tracker("ask a person to tell me about children then", intent="on_behalf"), domain={})

    assert payload_of(dispatcher.messages[0]).shown.kind == "handoff"


async def test_the_same_for_somebody_else_is_offered(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """A yes then begins the same request anew."""
    talk = a_conversation(parts)
    a_request(parts, talk)

    await ActionSay().run(dispatcher, a_tracker("can i do the same for my father", intent="on_behalf", sender=talk), domain={})

    assert payload_of(dispatcher.messages[0]).memory.may_open == "deletion"


async def test_what_one_can_do_is_said_of_what_was_offered(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """Not of all that Candor can do."""
    offered = (("can i have it erased", {"kind": "smalltalk", "may_open": "deletion"}),)

    await ActionSay().run(dispatcher, a_tracker("what can i do", intent="help", before=offered), domain={})

    assert payload_of(dispatcher.messages[0]).memory.may_open == "deletion"


async def test_a_place_in_another_language_is_kept_as_one(parts: Services, dispatcher: CollectingDispatcher) -> None:
    """And the kinds of requests are shown."""
    events = await ActionSay().run(dispatcher, a_tracker("Sverige", intent="out_of_scope_gibberish"), domain={})

    assert slots_of(events) == {"residence": "SE"}
    assert "deletion" in payload_of(dispatcher.messages[0]).memory.which
