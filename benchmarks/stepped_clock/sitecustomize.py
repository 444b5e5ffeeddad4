"""A clock that can be stepped from outside: Python imports this module at its start where this folder is on PYTHONPATH.

STEPPED_CLOCK names a file with the seconds by which this process's clock is ahead. What measures durations (time.monotonic,
sleeping) stays as it is, as in an operating system whose clock is put right. libfaketime was tried first: time.sleep of
Python 3.11 fails under it, and Rasa's process stands still.

It runs in Rasa's environment too, so it imports nothing.
"""

from __future__ import annotations

import datetime as dt
import os
import time
from contextlib import suppress
from pathlib import Path

FILE = os.environ.get("STEPPED_CLOCK", "")
LOOK_EVERY = 0.2  # seconds between two looks at the file
real_time, RealDatetime = time.time, dt.datetime


class Offset:
    """How far ahead the clock is, as the file said last."""

    def __init__(self) -> None:
        self._seconds, self._looked = 0.0, float("-inf")

    def seconds(self) -> float:
        now = time.monotonic()
        if now - self._looked > LOOK_EVERY:
            self._looked = now
            with suppress(OSError, ValueError):  # it is being written
                self._seconds = float(Path(FILE).read_text(encoding="ascii"))
        return self._seconds


OFFSET = Offset()


def stepped_time() -> float:
    return real_time() + OFFSET.seconds()


class DatetimeKind(type):
    """What the real class makes is a datetime."""

    def __instancecheck__(cls, value: object) -> bool:
        return isinstance(value, RealDatetime)

    def __subclasscheck__(cls, other: type) -> bool:
        return issubclass(other, RealDatetime)


class SteppedDatetime(dt.datetime, metaclass=DatetimeKind):
    """As datetime, but for the time that it is now."""

    @classmethod
    def now(cls, tz: dt.tzinfo | None = None) -> dt.datetime:  # type: ignore[override]
        return RealDatetime.fromtimestamp(stepped_time(), tz)

    @classmethod
    def utcnow(cls) -> dt.datetime:  # type: ignore[override]
        return RealDatetime.fromtimestamp(stepped_time(), dt.UTC).replace(tzinfo=None)


if FILE:
    SteppedDatetime.__name__ = SteppedDatetime.__qualname__ = "datetime"
    time.time = stepped_time
    dt.datetime = SteppedDatetime  # type: ignore[misc]
