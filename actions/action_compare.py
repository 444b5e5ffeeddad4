"""Put one question to the policies of several companies, and quote the answers side by side."""

from __future__ import annotations

import asyncio
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.another_company import asked_of_another
from actions.answering import PolicyAnswers, remembered
from actions.tracker import asked_before_that, company_of, text_of
from candor.conversations.comparison import describe_comparison
from candor.conversations.payload import Payload, Shown
from candor.services import services
from knowledge.comparing import Comparison, Side, companies_to_compare, compare, may_compare


class ActionCompare(Action):
    """The intent `compare_companies`; the text names the companies."""

    def __init__(self) -> None:
        parts = services()
        self._answers, self._catalogue = parts.knowledge.answers, parts.knowledge.catalogue
        self._responses, self._policy_answers = parts.conversations.responses, PolicyAnswers(parts)

    def name(self) -> str:
        return "action_compare"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        companies = self._catalogue.companies
        if on := asked_of_another(tracker, companies):
            return await self._side_by_side(dispatcher, tracker, on.question, list(on.companies))
        if not may_compare(text_of(tracker), companies, company_of(tracker)):
            company = company_of(tracker)
            answer = await self._policy_answers.say(dispatcher, tracker, text_of(tracker), company, asked_before_that(tracker))
            return remembered(company, answer) if answer else []
        wanted = companies_to_compare(text_of(tracker), companies, company_of(tracker))
        if len(wanted) < 2:
            dispatcher.utter_message(
                response="utter_compare_one", company_name=self._responses.in_a_row([companies[id_].name for id_ in wanted]),
                json_message=Payload().encoded(),
            )  # fmt: skip
            return []
        return await self._side_by_side(dispatcher, tracker, text_of(tracker), wanted)

    async def _side_by_side(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, text: str, wanted: list[str]
    ) -> list[dict[str, Any]]:
        """Put the question in the text to each of the companies, and remember it: the next message may name one more."""
        companies = self._catalogue.companies
        comparison = await asyncio.to_thread(compare, self._answers, self._catalogue, text, wanted)
        if comparison is None:
            dispatcher.utter_message(
                response="utter_compare_what", companies=self._responses.in_a_row([companies[id_].name for id_ in wanted]),
                json_message=Payload().encoded(),
            )  # fmt: skip
            return []
        described = describe_comparison(comparison, self._responses)
        dispatcher.utter_message(
            response=described.response, **described.values,
            json_message=Payload(
                shown=Shown(
                    kind="compare", answer_id=comparison.sides[0].answer.id, citations=list(described.citations),
                    comparison=list(described.sides),
                ),
                evidence=evidence_of(comparison),
            ).encoded(),
        )  # fmt: skip
        return [SlotSet("last_question", {"company": company_of(tracker), "text": comparison.question})]


def evidence_of(comparison: Comparison) -> dict[str, Any]:
    """What the comparison rests on, for the record of the turn: ids, offsets and scores."""
    aspect = comparison.aspect.id if comparison.aspect else None
    return {"aspect": aspect, "sides": [_evidence_of_side(side) for side in comparison.sides]}


def _evidence_of_side(side: Side) -> dict[str, Any]:
    return {
        "company": side.answer.company.id,
        "version": side.answer.version,
        "probability": round(side.answer.probability, 4),
        "passages": [
            {
                "start": hit.passage.start,
                "end": hit.passage.end,
                "score": round(hit.score, 4),
                "cited": any(map(hit.overlaps, side.hits)),
            }
            for hit in side.answer.considered
        ],
    }
