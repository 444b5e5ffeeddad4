"""Answer from the policy's own words, or say that it does not say."""

from __future__ import annotations

import asyncio
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.action_propose_request import QUESTIONS, policy_of
from actions.foreign import say_in_their_language
from actions.offer_request import offer_request, right_asked_about
from actions.tracker import company_of, earlier_answers, text_of
from candor.conversations.lead import lead_of
from candor.conversations.payload import Payload, Shown
from candor.conversations.repeating import repetition
from candor.conversations.reply import citations_of
from candor.services import services
from knowledge.answering import Answer
from knowledge.comparing import companies_named


class ActionAnswerQuestion(Action):
    """The intent `ask_policy`, and messages that no intent fits."""

    def __init__(self) -> None:
        parts = services()  # rasa-sdk calls us without arguments
        self._answers, self._catalogue, self._responses = (
            parts.knowledge.answers,
            parts.knowledge.catalogue,
            parts.conversations.responses,
        )

    def name(self) -> str:
        return "action_answer_question"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        if len(companies_named(text_of(tracker), self._catalogue.companies)) > 1:
            return [FollowupAction("action_compare")]
        company, last = company_of(tracker), tracker.get_slot("last_question") or {}
        after = last.get("text", "") if last.get("company") == company else ""
        answer = await asyncio.to_thread(self._answers.answer, text_of(tracker), company, after=after)
        right = right_asked_about(tracker) if answer.kind == "not_in_policy" else None
        if right:
            # "Is there a way to be erased?" names the right in words that no policy has: ask for it by its name.
            answer = await asyncio.to_thread(self._answers.answer, QUESTIONS[right], company)
        again = repetition(answer, text_of(tracker), earlier_answers(tracker, company))
        lead = lead_of(answer, self._responses)
        if lead.response == "utter_out_of_scope_language" and say_in_their_language(
            dispatcher, text_of(tracker), answer.company, self._responses
        ):
            return []
        response, hits = (again.response, again.hits) if again else (lead.response, answer.hits)
        lost = answer.kind == "not_in_policy" or (again is not None and not again.hits)
        if right and answer.kind == "not_in_policy" and again is None:
            response = "utter_right_not_in_policy"
        dispatcher.utter_message(
            response=response, **{"the_policy": policy_of(answer.company), **lead.values},
            buttons=self._responses.buttons("utter_buttons_ask_person") if lost else [],
            json_message=Payload(
                shown=Shown(
                    kind="unsure" if again and answer.kind == "answer" else answer.kind, answer_id=answer.id,
                    citations=citations_of(answer, hits), citations_shown=1 if again else answer.shown,
                ),
                evidence=evidence_of(answer),
            ).encoded(),
        )  # fmt: skip
        offer_request(dispatcher, tracker, answer.aspect.id if answer.aspect else None, answer.company.name)
        return [SlotSet("last_question", {"company": company, "text": answer.question})] if answer.question else []


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
