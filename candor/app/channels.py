"""The chat channels. Another one joins by standing in this list, and in Settings.channels with what the settings say of it."""

from __future__ import annotations

from candor.channels.chat import ChatChannel
from candor.channels.slack.channel import SlackChannel

CHATS: tuple[ChatChannel, ...] = (SlackChannel(),)


def loggers_without_text() -> tuple[str, ...]:
    """Loggers of which only the place in the code is logged, for configure_logs()."""
    return tuple(name for chat in CHATS for name in chat.loggers)
