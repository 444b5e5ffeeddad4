"""Slack as a chat channel among others: the object that stands in the list of candor/app/channels.py."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

# Each method imports what it needs: Bolt and slack_sdk take a while to load, and most commands call none of these.
if TYPE_CHECKING:
    from candor.channels.slack.app import SlackConnection
    from candor.channels.slack.threads import ThreadPlaces
    from candor.conversations.assistant import Assistant
    from candor.retention.policy import RetentionTask
    from candor.services import Services

log = logging.getLogger("candor.slack")


class SlackChannel:
    """Implements candor.channels.chat.ChatChannel."""

    name = "slack"
    loggers = ("slack_bolt", "slack_sdk")  # they log whole requests, also one whose signature is wrong

    def connect(self, parts: Services, assistant: Assistant) -> SlackConnection | None:
        from candor.channels.slack.setup import read_setup
        from candor.errors import CandorError

        try:
            setup = read_setup(parts)
        except CandorError as error:
            log.error("Slack is off: %s", error)
            return None
        if setup is None:
            return None
        from candor.channels.slack.app import SlackConnection  # Bolt takes 18 MB, which only a Slack that is set up is worth

        return SlackConnection(setup, parts, assistant)

    def state(self, parts: Services) -> str:
        from candor.channels.slack.setup import slack_state

        return slack_state(parts)

    def members(self, parts: Services) -> ThreadPlaces:
        from candor.channels.slack.threads import ThreadPlaces

        return ThreadPlaces(parts.engine)

    def retention(self, parts: Services) -> RetentionTask:
        from candor.channels.slack.retention import retention_task

        return retention_task(parts)

    def rotate(self, parts: Services) -> int:
        from candor.channels.slack.installations import rotate

        return rotate(parts.engine, parts.cipher)
