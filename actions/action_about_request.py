"""Questions about the request that is being taken down: by when it is answered, who works on it, and what happens next."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.asking import email_optional, in_the_form
from actions.tracker import text_of
from candor.conversations.payload import Payload, Shown
from candor.conversations.request_text import RequestText
from candor.services import services

# Asked for a time; all else is about what happens.
TIME = re.compile(
    r"\b(?:when|how (?:long|fast|quick|quickly|soon|many (?:days|weeks|months))|deadline|time ?frame|timeline|today|tomorrow|week"
    r"|instant|right away|take)\b",
    re.IGNORECASE,
)


class ActionAboutRequest(Action):
    """The intents `ask_about_request` and `ask_why`. Outside the form they are about a request that is open, or the policy."""

    def __init__(self) -> None:
        parts = services()
        self._request_text = RequestText(parts.conversations.responses, parts.knowledge.company_of)

    def name(self) -> str:
        return "action_about_request"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        begun = tracker.get_slot("proposal") or {}
        if not in_the_form(tracker) or "request_type" not in begun:
            opened = tracker.get_slot("about_number")
            return [FollowupAction("action_request_status" if opened else "action_answer_question")]
        request_type, residence = begun["request_type"], tracker.get_slot("residence")
        due = self._request_text.due_if_opened(begun["company"], request_type, residence, datetime.now(UTC))
        dispatcher.utter_message(
            response="utter_about_request_when" if TIME.search(text_of(tracker)) else "utter_about_request_next",
            company_name=self._request_text.name_of(begun["company"]), due=due,
            proof=self._request_text.proof_if_opened(needed=not email_optional(request_type)),
            json_message=Payload(shown=Shown(kind="request", request_type=request_type)).encoded(),
        )  # fmt: skip
        return []
