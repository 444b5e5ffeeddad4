"""Answer what somebody asks beside a wish, or beside an answer to the form: "delete my account, and how long does that take?"."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.answering import PolicyAnswers
from actions.asking import email_optional
from actions.request_words import QUESTIONS
from actions.tracker import questions_of
from candor.conversations.payload import Payload, Shown
from candor.conversations.request_text import RequestText
from candor.services import Services

# Asked for a time; all else is about what happens.
TIME = re.compile(
    r"\b(?:when|how (?:long|fast|quick|quickly|soon|many (?:days|weeks|months))|deadline|time ?frame|timeline|today|tomorrow|week"
    r"|instant|right away|take)\b",
    re.IGNORECASE,
)


class QuestionsBeside:
    """Answers them before the request that was wished for, or begun, goes on."""

    def __init__(self, parts: Services) -> None:
        self._policy_answers = PolicyAnswers(parts)
        self._request_text = RequestText(parts.conversations.responses, parts.knowledge.company_of)

    async def answer(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, company: str, request_type: str, residence: str | None
    ) -> list[dict[str, Any]]:
        """Answer the questions of the last message, if it has some. residence: as far as it is known.

        Returns the event that remembers them, to which a later question may refer.
        """
        asked = questions_of(tracker)
        of_policy = " ".join(text for text, about in asked if about == "policy")
        of_request = " ".join(text for text, about in asked if about == "request")
        events: list[dict[str, Any]] = []
        if of_policy:
            answer = await self._policy_answers.say(dispatcher, tracker, of_policy, company, QUESTIONS[request_type])
            if answer is not None and answer.question:
                events.append(SlotSet("last_question", {"company": company, "text": answer.question}))
        if of_request:
            self.about_request(dispatcher, of_request, company, request_type, residence)
        return events

    def about_request(
        self, dispatcher: CollectingDispatcher, question: str, company: str, request_type: str, residence: str | None
    ) -> None:
        """Say by when a request that is not opened yet would be answered, and what happens with it."""
        dispatcher.utter_message(
            response="utter_about_request_when" if TIME.search(question) else "utter_about_request_next",
            company_name=self._request_text.name_of(company),
            due=self._request_text.due_if_opened(company, request_type, residence, datetime.now(UTC)),
            proof=self._request_text.proof_if_opened(needed=not email_optional(request_type)),
            json_message=Payload(shown=Shown(kind="request", request_type=request_type)).encoded(),
        )  # fmt: skip
