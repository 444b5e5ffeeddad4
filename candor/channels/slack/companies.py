"""Find the company that a person in Slack asks about: by configuration, by their choice, or because there is only one."""

from __future__ import annotations

import re
from dataclasses import dataclass

from candor.channels.slack.threads import SlackPerson, ThreadPlaces
from candor.errors import InvalidInputError
from knowledge.catalogue import PolicyCatalogue
from knowledge.companies import Company

ALL = 1_000_000  # companies
PLACE = re.compile(r"[TE][A-Z0-9]{2,31}(?:/[CGD][A-Z0-9]{2,31})?")


@dataclass(frozen=True)
class About:
    """The company; `fixed` if the channel or the workspace is set up for it."""

    company: str
    fixed: bool


class WhichCompany:
    """`configured`: workspace, or workspace/channel → company, as read_companies gives it."""

    def __init__(self, configured: dict[str, str], catalogue: PolicyCatalogue, places: ThreadPlaces) -> None:
        self._configured, self._catalogue, self._places = configured, catalogue, places

    def fixed(self, team: str, channel: str) -> str:
        """The company that the channel, or else the workspace, is set up for; empty if there is none."""
        company = self._configured.get(f"{team}/{channel}") or self._configured.get(team) or ""
        return company if company in self._catalogue.companies else ""

    def of(self, person: SlackPerson, channel: str) -> About | None:
        """The company that the person asks about in that channel; None if they have to be asked."""
        if fixed := self.fixed(person.team, channel):
            return About(fixed, fixed=True)
        companies = self._catalogue.companies
        chosen = self._places.chosen(person)
        if chosen in companies:
            return About(str(chosen), fixed=False)
        return About(next(iter(companies)), fixed=False) if len(companies) == 1 else None

    def first(self, most: int) -> list[Company]:
        """The first of those that are served, in the order in which they are listed."""
        return self._catalogue.found(most=most)

    def names(self, most: int = 25) -> str:
        """For a sentence: the first `most` names, and how many more there are."""
        names = list(self._catalogue.names.values())
        more = [f"{len(names) - most} more"] if len(names) > most else []
        return ", ".join(names[:most] + more)

    def fitting(self, typed: str, most: int) -> list[Company]:
        """Companies whose id, name or alias contains what was typed."""
        return self._catalogue.found(typed, most=most)

    def named(self, name: str) -> Company | None:
        """The company with that id, name or alias, in any capitalisation."""
        if name in self._catalogue.companies:
            return self._catalogue.companies[name]
        wanted = " ".join(name.casefold().split())
        for company in self._catalogue.found(wanted, most=ALL):  # of ten thousand, few contain it
            if wanted in {company.id, company.name.casefold(), *(alias.casefold() for alias in company.aliases)}:
                return company
        return None


def read_companies(setting: str) -> dict[str, str]:
    """Read CANDOR_SLACK_COMPANIES: T0123=clevra, T0123/C0456=clevio. Raises: InvalidInputError, which shows the form."""
    companies: dict[str, str] = {}
    for entry in filter(None, (part.strip() for part in setting.split(","))):
        place, _, company = (part.strip() for part in entry.partition("="))
        if not PLACE.fullmatch(place) or not company:
            raise InvalidInputError("CANDOR_SLACK_COMPANIES is written as T0123=clevra, T0123/C0456=clevio: workspace or channel")
        companies[place] = company
    return companies
