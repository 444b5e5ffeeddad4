"""What a change of a policy's words means to people: new recipients, new purposes, other periods, rights gained or lost. Pure.

Read from the words that only one version has, and from what the passage is about. It never says more than that something of the
kind has changed: whether for better or worse is for the reader, save for a period, which is longer or shorter.
"""

from __future__ import annotations

import re
from typing import Literal, get_args

Weight = Literal[
    "right_lost", "new_recipient", "new_purpose", "longer_kept", "shorter_kept", "right_gained", "other_period",
    "recipient_gone", "purpose_gone",
]  # fmt: skip
WEIGHTS: tuple[Weight, ...] = get_args(Weight)  # what matters most first
ABOUT = {
    "rights": re.compile(
        r"\brights?\b|\byou (?:may|can|could)\b[^.;]{0,30}\b(?:access|delet\w*|eras\w*|correct\w*|object|withdraw\w*|ask|request|"
        r"opt|complain)\b",
        re.IGNORECASE,
    ),
    "recipients": re.compile(
        r"\b(?:shar\w+|disclos\w+|sell\w*|sold|pass(?:ed)? (?:it |them |your )?(?:\w+ )?(?:on )?to|transfer\w*|third part\w+|"
        r"partners?|providers?|processors?|recipients?|affiliates?|advertisers?)\b",
        re.IGNORECASE,
    ),
    "purposes": re.compile(
        r"\b(?:use[sd]?|using|process\w*)\b[^.;]{0,60}\b(?:to|for)\b|\bpurposes?\b|\btrain\w*\b|\bprofil\w+", re.IGNORECASE
    ),
    "periods": re.compile(r"\b(?:keep|kept|retain\w*|retention|stor(?:e|ed|age)|delet\w+|eras\w+)\b", re.IGNORECASE),
}
OF_TOPIC = {
    "rights": "rights", "sharing": "recipients", "selling": "recipients", "use": "purposes", "marketing": "purposes",
    "retention": "periods",
}  # fmt: skip
DAYS = {"hour": 1 / 24, "day": 1.0, "week": 7.0, "month": 30.4, "year": 365.25}
COUNTED = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
]  # fmt: skip
NUMBERS = {name: number for number, name in enumerate(COUNTED)} | {"thirty": 30, "sixty": 60, "ninety": 90, "a": 1, "an": 1}
PERIOD = re.compile(
    rf"\b(\d+|{'|'.join(NUMBERS)})(?: \(\d+\))?[- ](?:\w+ )?({'|'.join(DAYS)})s?\b", re.IGNORECASE
)  # fmt: skip
DENIES = re.compile(r"\b(?:no|not|never|nor|without)\b|n['’]t\b", re.IGNORECASE)


def weight_of_words(old: str, new: str, *, topic: str = "", section: str = "") -> Weight | None:
    """What the change from `old` to `new` means; "" where there was, or is, nothing. `topic`: of its aspect, "" without one."""
    about = OF_TOPIC.get(topic) or _about(f"{section} {old} {new}")
    before, after = periods_in(old), periods_in(new)
    if about == "periods" or (about is None and topic == "" and before != after and ABOUT["periods"].search(f"{old} {new}")):
        if before and after and max(before) != max(after):
            return "longer_kept" if max(after) > max(before) else "shorter_kept"
        return "other_period"
    if about == "rights":
        return _gained_or_lost(old, new, "right_gained", "right_lost")
    if about == "recipients":
        return _gained_or_lost(old, new, "new_recipient", "recipient_gone")
    if about == "purposes":
        return _gained_or_lost(old, new, "new_purpose", "purpose_gone")
    return None


def periods_in(text: str) -> set[float]:
    """The spans of time that a text names, in days."""
    return {
        float(NUMBERS.get(number.lower(), 0) or (number if number.isdigit() else 0)) * DAYS[unit.lower()]
        for number, unit in PERIOD.findall(text)
    }


def _about(text: str) -> str | None:
    return next((kind for kind, pattern in ABOUT.items() if pattern.search(text)), None)


def _gained_or_lost(old: str, new: str, gained: Weight, lost: Weight) -> Weight:
    """A denial that goes is a gain, and one that comes is a loss: "We never share" that goes means that somebody may get it."""
    if old and new:
        denied, denies = bool(DENIES.search(old)), bool(DENIES.search(new))
        if denied != denies:
            return gained if denied else lost
        added = set(_words(new)) - set(_words(old))
        return gained if added else lost
    only = new or old
    return gained if bool(new) != bool(DENIES.search(only)) else lost


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())
