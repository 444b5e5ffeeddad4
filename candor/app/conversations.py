"""Wire the assistant: the one place where it gets its parts."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from candor.app.channels import CHATS
from candor.app.retention import forgotten_list
from candor.channels.chat import ChatChannel
from candor.conversations.assistant import Assistant
from candor.conversations.fair_pool import FairPool
from candor.conversations.locks import ConversationLocks, gate_of
from candor.conversations.rasa import Rasa
from candor.conversations.turn import Turns
from candor.services import Services
from candor.settings import Settings

# Each waits for the database with one connection. The engine's pool lends 15; console and outbox need the rest.
THREADS = 8


def admission_of(settings: Settings) -> FairPool:
    """How much may be asked of Rasa at once, and how much may wait for that."""
    return FairPool(settings.turns_at_once, most_waiting=settings.turns_waiting, longest_wait=settings.longest_turn_wait)


def make_assistant(parts: Services, rasa: Rasa, chats: Sequence[ChatChannel] = CHATS) -> Assistant:
    """The assistant on the given parts, with threads of its own: whoever makes it closes it.

    When a conversation is forgotten on purpose, requests and chat channels stop naming it.
    """
    ours = parts.conversations
    return Assistant(
        rasa=rasa, transcripts=ours.transcripts, vault=ours.vault, catalogue=parts.knowledge.catalogue,
        turns=Turns(parts.engine, ours.transcripts, ours.live_chat_sessions, ours.vault),
        responses=ours.responses, longest_message=parts.settings.longest_message, live_chat=ours.live_chat,
        executor=ThreadPoolExecutor(THREADS, thread_name_prefix="assistant"),
        admission=admission_of(parts.settings),
        locks=ConversationLocks(gate_of(parts.settings)),
        unlink=(
            forgotten_list(parts).add_conversation, parts.requests.links.remove, *(chat.members(parts).forget for chat in chats),
        ),
    )  # fmt: skip
