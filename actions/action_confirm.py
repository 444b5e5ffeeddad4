"""A yes: open the proposed request, once; a yes to nothing opens nothing."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict
from sqlalchemy.exc import SQLAlchemyError

from actions.action_propose_request import WHAT, asked_back, propose, propose_anew
from actions.tracker import company_of, intent_of, open_proposal
from services import services

CLEAR_YES = 0.6  # below this confidence the yes is asked for again
log = logging.getLogger("candor.actions")


class ActionConfirm(Action):
    """The intent `affirm`."""

    def __init__(self) -> None:
        self._tickets, self._library = services().tickets, services().catalogue

    def name(self) -> str:
        return "action_confirm"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        proposal = open_proposal(tracker)
        if proposal is None and (request_type := asked_back(tracker)):
            # A yes to "a request, or a question?" is not clear enough to open one, but to propose it.
            return propose_anew(dispatcher, request_type, self._library.company(company_of(tracker)))
        if proposal is None:
            dispatcher.utter_message(response="utter_nothing_to_confirm", json_message={"kind": "smalltalk"})
            return [SlotSet("proposal", None)]
        company = self._library.company(proposal["company"])
        if intent_of(tracker)[1] < CLEAR_YES:
            propose(dispatcher, "utter_confirm_unclear", proposal, company.name)
            return []
        try:
            ticket = await asyncio.to_thread(
                self._tickets.open, confirmation=proposal["id"], company=company.id,
                request_type=proposal["request_type"], conversation=tracker.sender_id,
            )  # fmt: skip
        except SQLAlchemyError as error:
            log.error("a confirmed request could not be opened: %s", type(error).__name__)
            # The proposal stays, and this message too counts as its question: another yes tries again.
            dispatcher.utter_message(
                response="utter_request_not_opened", company_name=company.name, contact=company.contact,
                json_message={"kind": "error", "proposal": proposal["id"]},
            )  # fmt: skip
            return []
        dispatcher.utter_message(
            response="utter_request_opened", company_name=company.name, number=ticket.number,
            request=WHAT[ticket.request_type],
            json_message={
                "kind": "request",
                "request_type": ticket.request_type,
                "ticket": {
                    "number": ticket.number, "request_type": ticket.request_type, "status": ticket.status,
                    "company": ticket.company,
                },
            },
        )  # fmt: skip
        return [SlotSet("proposal", None)]
