"""Global Privacy Control: a browser that sends it asks for the opt-out of sale and sharing itself."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet

from candor.errors import UnknownConversationError
from candor.services import Services
from candor.tickets.request_types import OPT_OUT


def asked_by_signal(request_type: str, conversation: str, parts: Services) -> bool:
    """Whether the visitor's browser sent the signal, and this is the request that it stands for."""
    if request_type != OPT_OUT:
        return False
    try:
        return parts.conversations.transcripts.get(conversation).gpc
    except UnknownConversationError:  # forgotten meanwhile
        return False


def filled_in(tracker: Tracker) -> list[dict[str, Any]]:
    """Leave out what the form would ask and is not known, so that it shows its summary at once.

    Whoever sends the signal need not tell anything else (11 CCR § 7025(c)(2)). Each row of the card can still be filled in.
    """
    known = {"residence": tracker.get_slot("residence"), "email": tracker.get_slot("email"), "details": None}
    return [SlotSet(slot, value or "") for slot, value in known.items()]
