"""The assistant, wired: the one place where it gets its parts."""

from __future__ import annotations

from candor.channels.slack.threads import ThreadPlaces
from candor.conversations.assistant import Assistant
from candor.conversations.rasa import Rasa
from candor.services import Services


def make_assistant(parts: Services, rasa: Rasa) -> Assistant:
    """The assistant on the given parts; what names a conversation elsewhere no longer does once it was forgotten on purpose."""
    talk = parts.conversations
    return Assistant(
        rasa=rasa, transcripts=talk.transcripts, vault=talk.vault, catalogue=parts.knowledge.catalogue,
        responses=talk.responses, longest_message=parts.settings.longest_message, live_chat=talk.live_chat,
        unlink=(parts.requests.links.remove, ThreadPlaces(parts.engine).forget),
    )  # fmt: skip
