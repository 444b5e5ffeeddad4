"""Conversations are tested through the assistant and the chat API, on the fixtures that the channels share."""

from tests.candor.channels.conftest import assistant, parts, rasa, web
from tests.candor.tickets.conftest import office

__all__ = ["assistant", "office", "parts", "rasa", "web"]
