"""The channels that conversations come from: what each is called, and who can be written to there."""

from __future__ import annotations

from collections.abc import Sequence

from candor.settings import ChannelFacts


class Channels:
    """All channels of this instance, in the order in which people see them."""

    def __init__(self, channels: Sequence[ChannelFacts]) -> None:
        self._by_name = {channel.name: channel for channel in channels}

    @property
    def names(self) -> tuple[str, ...]:
        """As conversations store them."""
        return tuple(self._by_name)

    @property
    def chats(self) -> list[ChannelFacts]:
        """Those in which people are written to where they chat, also such as are switched off."""
        return [channel for channel in self._by_name.values() if channel.chat]

    @property
    def reach_requesters(self) -> bool:
        return any(channel.reaches_requesters for channel in self.chats)

    @property
    def reach_staff(self) -> bool:
        return any(channel.reaches_staff for channel in self.chats)

    def label(self, name: str) -> str:
        """A channel's name for people; that of a channel that no longer exists is its stored name in words."""
        channel = self._by_name.get(name)
        return channel.label if channel else name.replace("_", " ").replace(".", ": ")

    def is_chat(self, name: str) -> bool:
        channel = self._by_name.get(name)
        return channel is not None and channel.chat

    def of_actor(self, actor: str) -> ChannelFacts | None:
        """The chat channel whose member an actor is; None for everybody else, such as "account:3"."""
        name, _, member = actor.partition(":")
        return self._by_name[name] if member and self.is_chat(name) else None
