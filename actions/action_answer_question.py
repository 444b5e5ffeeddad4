"""Answer from the policy's own words, or say that it does not say."""

from __future__ import annotations

import asyncio
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.tracker import company_of, intent_of, text_of
from knowledge.answering import Answer
from reply import citations_of, pack
from services import services


class ActionAnswerQuestion(Action):
    """Every `ask_*` intent, and what no intent fits."""

    def __init__(self) -> None:
        self._answers = services().answers  # rasa-sdk calls us without arguments

    def name(self) -> str:
        return "action_answer_question"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        answer = await asyncio.to_thread(self._answers.answer, text_of(tracker), company_of(tracker))
        dispatcher.utter_message(
            response=f"utter_{answer.kind}", company_name=answer.company.name, the_policy=answer.the_policy,
            looked_for=answer.looked_for, contact=answer.company.contact,
            json_message={
                "kind": answer.kind,
                "answer_id": answer.id,
                "details": pack(
                    citations=[citation.model_dump() for citation in citations_of(answer)], evidence=evidence_of(answer)
                ),
            },
        )  # fmt: skip
        if intent_of(tracker)[0] == "ask_can_i_request":
            dispatcher.utter_message(response="utter_may_open_request", json_message={"kind": "smalltalk"})
        return []


def evidence_of(answer: Answer) -> dict[str, Any]:
    """Why the answer is what it is, for the record of the turn: ids, offsets and scores."""
    return {
        "version": answer.version,
        "probability": round(answer.probability, 4),
        "aspect": answer.aspect.id if answer.aspect else None,
        "passages": [
            {"start": hit.passage.start, "end": hit.passage.end, "score": round(hit.score, 4), "cited": hit in answer.hits}
            for hit in answer.seen
        ],
    }
