"""What requests need to know about a company. The services read it from the policy catalogue."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class RequestCompany:
    """A company as a requester sees it."""

    id: str
    name: str
    contact: str = ""
    laws: tuple[str, ...] = ()  # ids of the rule table
    country: str | None = None  # ISO 3166
    time_zone: str | None = None  # IANA
    promised_days: Mapping[str, int] = field(default_factory=dict)  # by request type: the policy's own promise, in calendar days


CompanyOf = Callable[[str], RequestCompany]  # never fails: a company that is no longer served must still answer
