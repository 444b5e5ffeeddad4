"""The chat channels. Another one joins by standing in this list, and in Settings.channels with what the settings say of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from candor.channels.chat import ChatChannel, ChatConnection
from candor.channels.slack.channel import SlackChannel

if TYPE_CHECKING:  # the list is read by every command
    from candor.conversations.assistant import Assistant
    from candor.services import Services

CHATS: tuple[ChatChannel, ...] = (SlackChannel(),)


def loggers_without_text() -> tuple[str, ...]:
    """Loggers of which only the place in the code is logged, for configure_logs()."""
    return tuple(name for chat in CHATS for name in chat.loggers)


def connect(parts: Services, assistant: Assistant, channels: Sequence[ChatChannel]) -> dict[str, ChatConnection]:
    """The chat channels that are set up, by their names."""
    connections = ((channel.name, channel.connect(parts, assistant)) for channel in channels)
    return {name: connection for name, connection in connections if connection is not None}
