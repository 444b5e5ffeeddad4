"""Wire the assistant: the one place where it gets its parts."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from candor.app.channels import CHATS
from candor.app.retention import forgotten_list
from candor.channels.chat import ChatChannel
from candor.conversations.ahead import Ahead
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


def ahead_of(settings: Settings) -> Ahead | None:
    """What reads questions while Rasa does, if there are cores for both."""
    secret = settings.internal_secret.get_secret_value() if settings.internal_secret else ""
    return Ahead(settings.actions_address, secret) if (os.cpu_count() or 1) > 1 else None


def make_assistant(
    parts: Services, rasa: Rasa, chats: Sequence[ChatChannel] = CHATS, ahead: Ahead | None = None
) -> Assistant:  # fmt: skip
    """The assistant on the given parts, with threads of its own: whoever makes it closes it.

    When a conversation is forgotten on purpose, requests and chat channels stop naming it.
    """
    ours, settings = parts.conversations, parts.settings
    return Assistant(
        rasa=rasa, transcripts=ours.transcripts, vault=ours.vault, catalogue=parts.knowledge.catalogue,
        turns=Turns(parts.engine, ours.transcripts, ours.live_chat_sessions, ours.vault),
        responses=ours.responses, longest_message=settings.longest_message, live_chat=ours.live_chat,
        executor=ThreadPoolExecutor(THREADS, thread_name_prefix="assistant"),
        admission=admission_of(settings),
        locks=ConversationLocks(gate_of(settings)),
        ahead=ahead,
        unlink=(
            forgotten_list(parts).add_conversation, parts.requests.links.remove, *(chat.members(parts).forget for chat in chats),
        ),
    )  # fmt: skip
