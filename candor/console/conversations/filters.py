"""The filters of the list of conversations: their names in an address, in words, and as facets. Pure.

A new filter is one more row of STATES or FACETS.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlencode

from candor.console.conversations.view import KINDS
from candor.errors import InvalidInputError
from candor.transcripts import facets
from candor.transcripts.listing import ConversationQuery
from candor.transcripts.search import searched

Names = Mapping[str, str]  # "facet:value" in words, where it has a name of its own


@dataclass(frozen=True)
class StateFilter:
    """A filter that holds for a conversation or does not: ?is=unsure."""

    name: str
    title: str
    mark: str
    looks: str = "info"
    without: bool = False  # the list holds the conversations without the facet
    shown: bool = True  # as a chip at each row


@dataclass(frozen=True)
class Facet:
    """A filter that has one of many values: ?intent=greet."""

    name: str
    title: str
    prefix: str  # of its stored facets
    words: Callable[[str], str] = lambda value: value.replace("_", " ").replace(".", ": ")


STATES: list[StateFilter] = [
    StateFilter("needs_person", "Needs a person", facets.NEEDS_PERSON, "bad"),
    StateFilter("not_helpful", "Not helpful", facets.NOT_HELPFUL, "bad"),
    StateFilter("refused", "Policy does not say", "kind:not_in_policy", "caution"),
    StateFilter("unsure", "Unsure", "kind:unsure", "caution"),
    StateFilter("low_confidence", "Low confidence", facets.LOW_CONFIDENCE, ""),
    StateFilter("request", "Has a request", facets.REQUEST, "info"),
    StateFilter("failed", "Not answered", facets.FAILED, "bad"),
    StateFilter("unreviewed", "Unreviewed", facets.REVIEWED, without=True, shown=False),
]
FACETS: list[Facet] = [
    Facet("company", "Company", "company:", str),
    Facet("channel", "Channel", "channel:"),
    Facet("kind", "Kind of reply", "kind:", lambda value: KINDS.get(value) or value.replace("_", " ")),
    Facet("intent", "Intent", "intent:"),
    Facet("aspect", "Aspect", "aspect:"),
    Facet("label", "Label", "label:", str),
    Facet("reviewer", "Reviewed by", "reviewer:", "account {}".format),
    Facet("assignee", "Looked after by", "assignee:", "account {}".format),
]


class BadFilterError(InvalidInputError):
    """A filter that does not exist, or a date that is not a day."""

    public = "One of these filters cannot be read. Please remove it, or start again from all conversations."


@dataclass(frozen=True)
class Filters:
    """The filters that are set. Days are whole days in UTC, both included."""

    states: tuple[str, ...] = ()
    facets: tuple[tuple[str, str], ...] = ()  # name of the facet, value
    since: date | None = None
    until: date | None = None
    typed: str = ""

    def __bool__(self) -> bool:
        return self != Filters()

    @property
    def query(self) -> str:
        """As part of an address: the same filters always in the same order."""
        pairs = [*(("is", name) for name in self.states), *self.facets]
        pairs += [(name, day.isoformat()) for name, day in (("from", self.since), ("to", self.until)) if day]
        return urlencode([*pairs, *([("q", self.typed)] if self.typed else [])])

    def value(self, facet: str) -> str:
        return dict(self.facets).get(facet, "")


@dataclass(frozen=True)
class Chip:
    """A filter that is set, and the address of the list without it."""

    text: str
    without: str


def filters_of(pairs: Sequence[tuple[str, str]]) -> Filters:
    """The filters of an address; empty values are not set. Raises: BadFilterError."""
    given = [(name, value.strip()) for name, value in pairs if value.strip()]
    states = tuple(dict.fromkeys(value for name, value in given if name == "is"))
    if not {state.name for state in STATES} >= set(states):
        raise BadFilterError("a filter that does not exist")
    facets = tuple((facet.name, value[:60]) for facet in FACETS for name, value in given[-40:] if name == facet.name)
    days = {name: _day(value) for name, value in given if name in {"from", "to"}}
    typed = next((value for name, value in given if name == "q"), "")
    return Filters(states, tuple(dict(facets).items()), days.get("from"), days.get("to"), typed)


def wanted_of(filters: Filters, companies: tuple[str, ...] | None) -> ConversationQuery:
    """The query for somebody who may read these companies (None: all). Raises: SearchTooLongError."""
    of_state, of_facet = {state.name: state for state in STATES}, {facet.name: facet for facet in FACETS}
    states = [of_state[name] for name in filters.states]
    return ConversationQuery(
        facets=(*(state.mark for state in states if not state.without),
               *(f"{of_facet[name].prefix}{value}".replace("\0", "") for name, value in filters.facets)),
        without=tuple(state.mark for state in states if state.without), companies=companies, since=_instant(filters.since),
        until=_instant(filters.until, timedelta(days=1)), words=searched(filters.typed),
    )  # fmt: skip


def chips_of(filters: Filters, names: Names) -> list[Chip]:
    """Every filter that is set."""
    of_state, of_facet = {state.name: state for state in STATES}, {facet.name: facet for facet in FACETS}
    chips = [
        Chip(of_state[name].title, replace(filters, states=tuple(one for one in filters.states if one != name)).query)
        for name in filters.states
    ]
    for name, value in filters.facets:
        facet = of_facet[name]
        words = names.get(f"{name}:{value}") or facet.words(value)
        chips.append(Chip(f"{facet.title}: {words}", replace(filters, facets=_others(filters, name)).query))
    if filters.since:
        chips.append(Chip(f"From {filters.since}", replace(filters, since=None).query))
    if filters.until:
        chips.append(Chip(f"Until {filters.until}", replace(filters, until=None).query))
    if filters.typed:
        chips.append(Chip(f"“{filters.typed[:60]}”", replace(filters, typed="").query))
    return chips


def _others(filters: Filters, facet: str) -> tuple[tuple[str, str], ...]:
    return tuple(pair for pair in filters.facets if pair[0] != facet)


def _day(value: str) -> date:
    try:
        day = date.fromisoformat(value)
    except ValueError as error:
        raise BadFilterError("a day that is none") from error
    if not date(2000, 1, 1) <= day <= date(9000, 1, 1):
        raise BadFilterError("a day out of reach")
    return day


def _instant(day: date | None, later: timedelta = timedelta()) -> datetime | None:
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + later if day else None
