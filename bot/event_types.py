"""Which class an event of a tracker is, looked up once for each type.

Rasa 3.6 walks through all subclasses of Event for each event that it reads back from the tracker store: a quarter of a turn
in a conversation of some length (py-spy on a running stack). There are two dozen types, and they never change while it runs.
"""

from __future__ import annotations

from functools import lru_cache

from rasa.shared.core.events import Event


def remember_event_types() -> None:
    """Put a lookup that remembers in the place of Rasa's; called when our channel is made."""
    if not hasattr(Event.resolve_by_type, "cache_info"):
        Event.resolve_by_type = staticmethod(lru_cache(maxsize=None)(Event.resolve_by_type))
