"""Dates as people read them, in letters, in the chat and in the console."""

from __future__ import annotations

from datetime import date


def day(value: date) -> str:
    """5 January 2026."""
    return f"{value.day} {value:%B %Y}"
