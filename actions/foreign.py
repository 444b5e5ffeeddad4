"""A message in another language gets a short reply in that language: what works, whom to write to, and a request by buttons."""

from __future__ import annotations

from rasa_sdk.executor import CollectingDispatcher

from candor.conversations.payload import Payload, Shown
from candor.conversations.responses import Responses
from knowledge.companies import Company
from knowledge.language import language_code


def say_in_their_language(dispatcher: CollectingDispatcher, text: str, company: Company, responses: Responses) -> bool:
    """Reply in the language of `text`. Returns False where domain.yml has no sentence in it, and says nothing then."""
    code = language_code(text)
    try:
        buttons = responses.buttons(f"utter_buttons_language_{code}")
    except KeyError:
        return False
    dispatcher.utter_message(
        response=f"utter_language_{code}", company_name=company.name, contact=company.contact, buttons=buttons,
        json_message=Payload(shown=Shown(kind="out_of_scope")).encoded(),
    )  # fmt: skip
    return True
