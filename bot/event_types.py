"""Look up the class of a tracker's event once for each type.

Rasa 3.6 walks through all subclasses of Event for each event that it reads back from the tracker store. In a long
conversation that took a quarter of a turn's time (py-spy on a running stack). There are two dozen types, and they never
change while Rasa runs.
"""

from __future__ import annotations

from functools import lru_cache

from rasa.shared.core.events import Event


def remember_event_types() -> None:
    """Replace Rasa's lookup by one that caches. Called when our channel is made."""
    if not hasattr(Event.resolve_by_type, "cache_info"):
        Event.resolve_by_type = staticmethod(lru_cache(maxsize=None)(Event.resolve_by_type))
