"""Say the policy's own words that answer a question, or that it does not say."""

from __future__ import annotations

import asyncio
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.foreign import say_in_their_language
from actions.offer_request import MAY_I, named_right, right_asked_about
from actions.request_words import QUESTIONS
from actions.tracker import asked_before_that, company_of, earlier_answers, questions_of, quoted_before, text_of
from candor.conversations.lead import lead_of
from candor.conversations.payload import Memory, Payload, Shown
from candor.conversations.repeating import repetition
from candor.conversations.reply import citations_of
from candor.services import Services
from knowledge.answering import Answer, the_policy
from knowledge.companies import Company

SURE_OF_POLICY = 0.6  # of its answer to what was taken for something else: below it that is kept to


class PolicyAnswers:
    """Looks a question up and utters what was found, with citations."""

    def __init__(self, parts: Services) -> None:
        self._answers, self._responses = parts.knowledge.answers, parts.conversations.responses

    async def say(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, question: str, company: str, after: str = ""
    ) -> Answer | None:
        """Answer a question of the tracker's last message. after: the question before, to which it may refer.

        Returns what was found; None where the question is in another language, and that was said.
        """
        answer = await self.look_up(tracker, question, company, after)
        return answer if self.tell(dispatcher, tracker, question, answer) else None

    async def look_up(self, tracker: Tracker, question: str, company: str, after: str = "") -> Answer:
        """What the policy says to a question of the tracker's last message."""
        quoted = quoted_before(tracker) if after else ()
        answer = await asyncio.to_thread(self._answers.answer, question, company, after=after, quoted=quoted)
        right = right_of(tracker, question, answer)
        named = right or (named_right(question) if answer.kind == "unsure" and MAY_I.search(question) else None)
        if named is None:
            return answer
        # "Is there a way to be erased?" names the right in words that no policy has: ask for it by its name.
        by_name = await asyncio.to_thread(self._answers.answer, QUESTIONS[named], company)
        return by_name if right or by_name.kind == "answer" else answer

    async def if_sure(self, tracker: Tracker, at_least: float) -> Answer | None:
        """The policy's answer to the tracker's last message, taken for something else, if it is sure."""
        answer = await self.look_up(tracker, text_of(tracker), company_of(tracker), asked_before_that(tracker))
        return answer if answer.kind == "answer" and answer.probability >= at_least else None

    def is_foreign(self, answer: Answer) -> bool:
        """Whether the question was in another language."""
        return lead_of(answer, self._responses).response == "utter_out_of_scope_language"

    def say_where(self, dispatcher: CollectingDispatcher, quoted: Payload, company: Company) -> None:
        """Say where the quotes of an earlier answer stand, and show them again."""
        first = quoted.shown.citations[0]
        dispatcher.utter_message(
            response="utter_where_said" if first.section else "utter_where_said_untitled",
            the_policy=the_policy(first.policy, company.name), section=first.section,
            json_message=Payload(shown=quoted.shown, evidence=quoted.evidence).encoded(),
        )  # fmt: skip

    def tell(self, dispatcher: CollectingDispatcher, tracker: Tracker, question: str, answer: Answer) -> bool:
        """Utter what was found. Returns False where the question is in another language, and that was said."""
        right = right_of(tracker, question, answer)
        again = repetition(answer, question, earlier_answers(tracker, answer.company.id))
        lead = lead_of(answer, self._responses)
        if lead.response == "utter_out_of_scope_language" and say_in_their_language(
            dispatcher, tracker, question, answer.company, self._responses
        ):
            return False
        response, hits = (again.response, again.hits) if again else (lead.response, answer.hits)
        lost = (
            answer.kind == "not_in_policy"
            or (again is not None and not again.hits)
            or (again is None and answer.leans == "no_more")
        )
        if right and again is None:
            response = "utter_right_not_in_policy"
        dispatcher.utter_message(
            response=response, **lead.values,
            buttons=self._responses.buttons("utter_buttons_ask_person") if lost else [],
            json_message=Payload(
                shown=Shown(
                    kind="unsure" if again and answer.kind == "answer" else answer.kind, answer_id=answer.id,
                    citations=citations_of(answer, hits), citations_shown=1 if again or questions_of(tracker) else answer.shown,
                ),
                memory=Memory(person=lost), evidence=evidence_of(answer),
            ).encoded(),
        )  # fmt: skip
        return True


def remembered(company: str, answer: Answer) -> list[dict[str, Any]]:
    """The event that keeps what was asked, for a question that leans on it."""
    return [SlotSet("last_question", {"company": company, "text": answer.question})] if answer.question else []


def right_of(tracker: Tracker, question: str, answer: Answer) -> str | None:
    """The request type that a question may be about to which nothing was found; None for a question beside something else: then
    what Rasa took the message for says nothing of it."""
    beside = question != text_of(tracker)
    return right_asked_about(tracker) if answer.kind == "not_in_policy" and not beside else None


def evidence_of(answer: Answer) -> dict[str, Any]:
    """What the answer rests on, for the record of the turn: ids, offsets and scores."""
    return {
        "version": answer.version,
        "probability": round(answer.probability, 4),
        "aspect": answer.aspect.id if answer.aspect else None,
        "aspects": list(dict.fromkeys(part.aspect.id for part in answer.parts if part.aspect)),
        "passages": [
            {
                "start": hit.passage.start,
                "end": hit.passage.end,
                "score": round(hit.score, 4),
                "cited": any(map(hit.overlaps, answer.hits)),
            }
            for hit in answer.considered
        ],
    }
