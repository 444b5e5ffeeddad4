"""Wire the assistant: the one place where it gets its parts."""

from __future__ import annotations

from collections.abc import Sequence

from candor.app.channels import CHATS
from candor.channels.chat import ChatChannel
from candor.conversations.assistant import Assistant
from candor.conversations.rasa import Rasa
from candor.services import Services


def make_assistant(parts: Services, rasa: Rasa, chats: Sequence[ChatChannel] = CHATS) -> Assistant:
    """The assistant on the given parts. When a conversation is forgotten on purpose, requests and chat channels unlink it."""
    conversations = parts.conversations
    return Assistant(
        rasa=rasa, transcripts=conversations.transcripts, vault=conversations.vault, catalogue=parts.knowledge.catalogue,
        responses=conversations.responses, longest_message=parts.settings.longest_message, live_chat=conversations.live_chat,
        unlink=(parts.requests.links.remove, *(chat.members(parts.engine).forget for chat in chats)),
    )  # fmt: skip
