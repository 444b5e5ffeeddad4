"""What a person answers to "where do you live?" → an ISO 3166 code, or why there is none. Values, never exceptions."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Heard(StrEnum):
    """What became of the answer."""

    FOUND = "found"
    AMBIGUOUS = "ambiguous"  # ask: `options` holds the codes
    NOT_SAID = "not_said"  # "I'd rather not say"
    NOT_UNDERSTOOD = "not_understood"  # ask once more


@dataclass(frozen=True)
class Residence:
    """`code` is a country (DE, GB) or a part of one (US-CA, GB-SCT), or EU; None unless FOUND."""

    heard: Heard
    code: str | None = None
    options: tuple[str, ...] = ()


def parse_residence(text: str) -> Residence:
    """Where the person lives, as far as the text says."""
    raise NotImplementedError


def place_name(code: str) -> str:
    """The English name of a code: US-CA → "California (United States)", DE → "Germany"."""
    raise NotImplementedError
