"""A person wants a right used: say what would be opened, and ask for a clear yes."""

from __future__ import annotations

import uuid
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.tracker import company_of, intent_of
from services import services

# "I can open a request with Clevra to …"
WHAT = {
    "access": "get a copy of your personal data",
    "deletion": "have your personal data deleted",
    "correction": "have your personal data corrected",
    "portability": "get your personal data in a portable format",
    "restriction": "have the processing of your personal data restricted",
    "objection": "object to the processing of your personal data",
    "withdraw_consent": "withdraw your consent",
    "opt_out_of_sale": "opt out of the sale of your personal data",
    "complaint": "file a complaint about how your personal data is handled",
}
BUTTONS = [{"title": "Yes, open the request", "payload": "yes"}, {"title": "No", "payload": "no"}]


class ActionProposeRequest(Action):
    """Every `request_*` intent that names a right."""

    def __init__(self) -> None:
        self._library = services().catalogue

    def name(self) -> str:
        return "action_propose_request"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        company = self._library.company(company_of(tracker))
        request_type = intent_of(tracker)[0].removeprefix("request_")
        proposal = {"id": uuid.uuid4().hex, "request_type": request_type, "company": company.id}
        propose(dispatcher, "utter_propose_request", proposal, company.name)
        return [SlotSet("proposal", proposal)]


def propose(dispatcher: CollectingDispatcher, response: str, proposal: dict[str, Any], company_name: str) -> None:
    """Ask for the yes; the payload marks the message as the question that a yes would answer."""
    request_type = proposal["request_type"]
    dispatcher.utter_message(
        response=response, company_name=company_name, request=WHAT[request_type], buttons=BUTTONS,
        json_message={"kind": "request", "request_type": request_type, "proposal": proposal["id"]},
    )  # fmt: skip
