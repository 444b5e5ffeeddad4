"""Say a response of domain.yml, but never the sentence that was said in the turn before, word for word."""

from __future__ import annotations

import copy
from typing import Any, Dict, List, Optional, Set

from rasa.core.nlg import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

AGAIN = "utter_words_again"  # for a response that has no other wording left


class Rewording(TemplatedNaturalLanguageGenerator):
    """Takes the first wording that the turn before did not have, where Rasa's own takes one at random.

    A person who gets the same sentence twice thinks that nobody listens.
    """

    def __init__(self, endpoint_config: Optional[EndpointConfig] = None, domain: Optional[Domain] = None) -> None:
        super().__init__((domain or Domain.empty()).responses)

    async def generate(
        self, utter_action: str, tracker: DialogueStateTracker, output_channel: str, **kwargs: Any
    ) -> Optional[Dict[str, Any]]:
        slots, said = tracker.current_slot_values(), said_before(tracker)
        wordings: List[Dict[str, Any]] = self.responses.get(utter_action) or []
        filled = [self._fill_response(copy.deepcopy(wording), slots, **kwargs) for wording in wordings]
        fresh = next((one for one in filled if one.get("text") not in said), None)
        if fresh is not None or not filled:
            return fresh
        frame = (self.responses.get(AGAIN) or [{"text": "{text}"}])[0]
        return {**filled[0], "text": str(frame["text"]).replace("{text}", str(filled[0]["text"]))}


def said_before(tracker: DialogueStateTracker) -> Set[str]:
    """What was said in answer to the visitor's last message but one."""
    said: Set[str] = set()
    messages = 0
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered):
            messages += 1
            if messages > 1:
                break
        elif isinstance(event, BotUttered) and messages == 1 and event.text:
            said.add(event.text)
    return said
