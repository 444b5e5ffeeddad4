"""Answer from the policy's own words, or say that it does not say."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.action_compare import ActionCompare
from actions.action_propose_request import offer_taken_up, propose_anew
from actions.action_request_status import ActionRequestStatus, say_none_here
from actions.action_talk_to_human import ActionTalkToHuman, names_person
from actions.after_answer import AfterAnAnswer, asks_further, leans_on_answer, shown_before
from actions.another_company import asked_of_another
from actions.answering import PolicyAnswers, remembered
from actions.asked_before import asked_before
from actions.asked_of_request import ABOUT, kind_of
from actions.asking import in_the_form
from actions.beside import SAID_OF_OPEN, QuestionsBeside, asks_of_the_way, is_of_the_way
from actions.did_you_mean import say_not_sure
from actions.dropped import dropped, taken_up
from actions.for_another import only_speaks_of_another
from actions.offer_request import (
    SUPPOSES,
    invoked_right,
    meant_for_another,
    named_right,
    offer,
    offer_request,
    offered_right,
    right_asked_about,
    say_on_behalf,
)
from actions.person_told import PersonTold
from actions.read_back import asks_what_was_given
from actions.remarks import is_remark
from actions.told_before import place_alone
from actions.tracker import asked_before_that, company_of, intent_of, spelt_of, text_of
from candor.services import services
from candor.tickets.law.residence import place_name
from knowledge.answering import Answer
from knowledge.comparing import asks_to_compare

SHORT_QUESTION = 10  # words
SURE_OF_ASKING = 0.8  # of the intent
OF_ONESELF = re.compile(r"\b(?:i|my|me|mine|our|we|us)\b|<", re.IGNORECASE)
# How long something is kept is asked of the policy, however little it says.
OF_KEEPING = re.compile(r"\b(?:ke[ep]p\w*|kept|stor\w+|retain\w*|retention|hold|held|saves?|saved|saving)\b", re.IGNORECASE)


class ActionAnswerQuestion(Action):
    """The intent `ask_policy`, and messages that no intent fits."""

    def __init__(self) -> None:
        parts = self._parts = services()  # rasa-sdk calls us without arguments
        self._compare = ActionCompare()
        self._policy_answers, self._catalogue = PolicyAnswers(parts), parts.knowledge.catalogue
        self._beside = QuestionsBeside(parts)
        self._after_answer = AfterAnAnswer(parts)
        self._person, self._responses = PersonTold(parts), parts.conversations.responses

    def name(self) -> str:
        return "action_answer_question"

    async def run(  # noqa: PLR0911  (one line a kind, in order)
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[dict[str, Any]]:
        companies = self._catalogue.companies
        if asks_to_compare(text_of(tracker), companies, company_of(tracker)) or asked_of_another(tracker, companies):
            return await self._compare.run(dispatcher, tracker, domain)
        if events := taken_up(tracker):
            return events
        if self._said_where(dispatcher, tracker):
            return []
        wished = offer_taken_up(tracker) or (None if in_the_form(tracker) else invoked_right(text_of(tracker)))
        if wished:
            return await propose_anew(dispatcher, tracker, wished, self._catalogue.company(company_of(tracker)), self._parts)
        if tracker.get_slot("about_number") and not in_the_form(tracker) and asks_what_was_given(text_of(tracker)):
            return await ActionRequestStatus().run(dispatcher, tracker, domain)
        company, after = company_of(tracker), asked_before_that(tracker)
        more = intent_of(tracker)[0] == "go_on" and after  # "and?" after an answer: what the policy says besides
        question = after if more else text_of(tracker)
        answer = await self._policy_answers.look_up(tracker, question, company, after)
        if answer.kind == "out_of_scope" and self._surely_asked(tracker, answer):
            answer = replace(answer, kind="not_in_policy")
        if answer.kind != "answer" and not in_the_form(tracker) and (place := place_alone(text_of(tracker))):
            self._after_answer.show_kinds(dispatcher, tracker, place_name(place))
            return [SlotSet("residence", place)]
        if answer.kind != "answer" and await self._said_otherwise(dispatcher, tracker, answer):
            return []
        return self._tell(dispatcher, tracker, question, answer)

    async def answer_if_sure(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, at_least: float = 0.0
    ) -> list[dict[str, Any]] | None:
        """Answer what was taken for something else, if the policy answers it for sure; else say nothing, and return None."""
        answer = await self._policy_answers.if_sure(tracker, at_least)
        if answer is None:
            return None
        return self._tell(dispatcher, tracker, text_of(tracker), answer)

    async def answer_if_near(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[dict[str, Any]] | None:
        """Answer what was said to an answer, as far as the policy says anything near it that is not about the visitor's own data;
        else say nothing, and return None."""
        text = text_of(tracker)
        answer = await self._policy_answers.look_up(tracker, text, company_of(tracker), asked_before_that(tracker))
        near = answer.kind == "answer" or (answer.kind == "unsure" and not OF_ONESELF.search(text))
        return self._tell(dispatcher, tracker, text, answer) if near else None

    async def answer_further(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, *, chatting: bool = False
    ) -> list[dict[str, Any]] | None:
        """Answer a few words that ask about the answer before, though they were taken for something else; None if they do not.

        What leans on that answer is told however sure it is, since the visitor did ask. chatting: as leans_on_answer has it.
        """
        if self._said_where(dispatcher, tracker):
            return []
        if not asks_further(tracker):
            return None
        answer = await self._policy_answers.look_up(tracker, text_of(tracker), company_of(tracker), asked_before_that(tracker))
        sure = answer.kind == "answer" and not chatting
        if not sure and (answer.kind == "out_of_scope" or not leans_on_answer(tracker, chatting=chatting)):
            return None
        return self._tell(dispatcher, tracker, text_of(tracker), answer)

    def _surely_asked(self, tracker: Tracker, answer: Answer) -> bool:
        """Whether Rasa is sure that the policy is asked, where the words alone look like something else. Then nothing was found,
        which is true; that it lies outside of what we know may not be."""
        intent, confidence = intent_of(tracker)
        return intent == "ask_policy" and confidence >= SURE_OF_ASKING and not self._policy_answers.is_foreign(answer)

    def _said_where(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> bool:
        """Say where the last answer's quotes stand, if that is asked."""
        quoted = shown_before(tracker)
        if quoted is not None:
            self._policy_answers.say_where(dispatcher, quoted, self._catalogue.company(company_of(tracker)))
        return quoted is not None

    def _tell(self, dispatcher: CollectingDispatcher, tracker: Tracker, question: str, answer: Answer) -> list[dict[str, Any]]:
        if not self._policy_answers.tell(dispatcher, tracker, question, answer):
            return []
        offer_request(dispatcher, tracker, answer.aspect.id if answer.aspect else None, answer.company.name)
        return remembered(company_of(tracker), answer)

    async def _said_otherwise(self, dispatcher: CollectingDispatcher, tracker: Tracker, answer: Answer) -> bool:
        """Whether a message that the policy does not answer for sure was about the request at hand, for the person who was
        promised, or only a remark; then that is said."""
        if await self.said_of_request(dispatcher, tracker):
            return True
        if not in_the_form(tracker) and (right := supposed_right(text_of(tracker))):
            company = answer.company
            self._beside.about_request(dispatcher, text_of(tracker), company.id, right, tracker.get_slot("residence"))
            offer(dispatcher, tracker, right, company.name)
            return True
        if tracker.get_slot("waits_for_person") and await self._is_for_the_person(dispatcher, tracker, answer):
            return True
        if await self._is_of_others(dispatcher, tracker, answer):
            return True
        text = text_of(tracker)
        if answer.kind != "not_in_policy" or not is_remark(text):
            return False
        say_not_sure(dispatcher, tracker, self._responses)
        return True

    async def _is_of_others(self, dispatcher: CollectingDispatcher, tracker: Tracker, answer: Answer) -> bool:
        """Say what helps where somebody wants a person, speaks of a request made elsewhere, or writes for somebody else."""
        text = text_of(tracker)
        if names_person(text):
            await ActionTalkToHuman().run(dispatcher, tracker, {})
            return True
        if in_the_form(tracker):
            return False
        right = offered_right(tracker, answer.aspect.id if answer.aspect else None)
        if asked_before(text) and not await asyncio.to_thread(self._parts.requests.desk.of_conversation, tracker.sender_id):
            say_none_here(dispatcher, self._responses, right)
            return True
        if only_speaks_of_another(text):
            return False
        meant = right or await asyncio.to_thread(meant_for_another, tracker, self._parts)
        say_on_behalf(dispatcher, answer.company.name, meant, self._responses)
        return True

    async def said_of_request(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> bool:
        """Say what a short question is about that the policy does not answer, where it can be meant of the request at hand: "does
        it cost something?". Returns False, and says nothing, where it cannot."""
        text, begun, about = spelt_of(tracker), tracker.get_slot("proposal") or {}, tracker.get_slot("about_number")
        kind = kind_of(text) if len(text.split()) <= SHORT_QUESTION else ""
        if (
            in_the_form(tracker)
            and "request_type" in begun
            and await ActionRequestStatus().of_one_opened_before(dispatcher, tracker, str(begun["request_type"]))
        ):
            return True
        if in_the_form(tracker) and "request_type" in begun and _of_request(text, kind):
            self._beside.about_request(dispatcher, text, begun["company"], begun["request_type"], tracker.get_slot("residence"))
            return True
        if (kept := dropped(tracker)) and kind in ABOUT:  # it was broken off just now, and may be taken up again
            self._beside.about_request(
                dispatcher, text, kept["proposal"]["company"], kept["proposal"]["request_type"], tracker.get_slot("residence")
            )
            return True
        if kind in SAID_OF_OPEN and about and not in_the_form(tracker):
            self._beside.about_open_request(dispatcher, kind, str(about["number"]), company_of(tracker))
            return True
        if about and not in_the_form(tracker) and is_of_the_way(text):
            await ActionRequestStatus().run(dispatcher, tracker, {})
            return True
        return False

    async def _is_for_the_person(self, dispatcher: CollectingDispatcher, tracker: Tracker, answer: Answer) -> bool:
        """Whether somebody who waits for a person asks what the policy does not answer. Then the question goes with theirs, and
        passages that come near are left away: they help nobody who is afraid.
        """
        if answer.kind == "answer" or right_asked_about(tracker):
            return False
        if self._policy_answers.is_foreign(answer):  # answered in its own language, and kept for the person
            await self._person.note(tracker)
            return False
        return await self._person.tell(dispatcher, tracker, "utter_asked_person")


def supposed_right(text: str) -> str | None:
    """The request type of which somebody asks what would happen if they made it: "if I asked you to erase it, what then?"."""
    return named_right(text) if SUPPOSES.search(text) and asks_of_the_way(text) else None


def _of_request(text: str, kind: str) -> bool:
    """Whether a short question in the middle of a request, which the policy does not answer, can be meant of that request."""
    return kind in ABOUT or (kind == "when" and not OF_KEEPING.search(text)) or is_of_the_way(text)
