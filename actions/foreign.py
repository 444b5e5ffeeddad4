"""A message in another language gets a short reply in that language: what works, whom to write to, and a request by buttons."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.asking import in_the_form
from candor.conversations.payload import Payload, Shown
from candor.conversations.responses import Responses
from knowledge.companies import Company
from knowledge.language import language_code


def say_in_their_language(
    dispatcher: CollectingDispatcher, tracker: Tracker, text: str, company: Company, responses: Responses
) -> bool:
    """Reply in the language of `text`. Returns False where domain.yml has no sentence in it, and says nothing then.

    While request_form asks something, what can be read of an answer in that language is said, and no other request offered.
    """
    code = language_code(text)
    try:
        buttons = responses.buttons(f"utter_buttons_language_{code}")
    except KeyError:
        return False
    asked = in_the_form(tracker) and not tracker.get_slot("on_hold")
    dispatcher.utter_message(
        response=f"utter_in_the_form_{code}" if asked else f"utter_language_{code}", company_name=company.name,
        contact=company.contact, buttons=[] if asked else buttons,
        json_message=Payload(shown=Shown(kind="out_of_scope")).encoded(),
    )  # fmt: skip
    return True
