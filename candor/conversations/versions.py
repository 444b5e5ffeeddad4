"""A policy version's name as people read it. Versions are named after their dates."""

from __future__ import annotations

from datetime import date

from candor.tickets.dates import day


def dated(version: str) -> str:
    """15 January 2026 for 2026-01-15; a name that is no date stays as it is."""
    try:
        return day(date.fromisoformat(version))
    except ValueError:
        return version
