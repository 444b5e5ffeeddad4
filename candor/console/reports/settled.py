"""What was settled about policies, as pages show it: whether it still holds, and what Candor finds alone. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from candor.console.reports.unanswered import aspect_labels
from candor.errors import CandorError
from candor.reviews.settlements import RecordedSettlement
from knowledge.aspect_map import NEAR_FROM, SHOWN_FROM, passages_to_show
from knowledge.catalogue import PolicyCatalogue
from knowledge.passages import Passage
from knowledge.settling import fingerprint_of

SILENT = "silent"


@dataclass(frozen=True)
class SettledRow:
    """One settlement."""

    settled: RecordedSettlement
    label: str
    holds: bool  # False: the policy's words have changed, and Candor goes by its own findings again


@dataclass(frozen=True)
class FoundAlone:
    """What Candor's own map of a policy version has on an aspect, whatever was settled."""

    sure: bool
    passages: tuple[Passage, ...]  # best first; none if no passage was found
    fingerprint: str  # of the version's text


def settled_rows(catalogue: PolicyCatalogue, recorded: Sequence[RecordedSettlement]) -> list[SettledRow]:
    """Those that no longer hold first."""
    labels = aspect_labels()
    rows = []
    for one in recorded:
        try:
            holds = one.aspect in catalogue.settled(one.company, catalogue.current_version(one.company))
        except CandorError:
            holds = False
        rows.append(SettledRow(one, labels.get(one.aspect, one.aspect), holds))
    return sorted(rows, key=lambda row: row.holds)


def standing(catalogue: PolicyCatalogue, company: str, version: str, aspect: str) -> FoundAlone:
    """Raises: UnknownCompanyError; UnknownVersionError."""
    artefact = catalogue.artefact(company, version)
    aspect_map, passages = artefact.aspect_map, artefact.passages
    mark = fingerprint_of(catalogue.document(company, version).text)
    if aspect_map is None:
        return FoundAlone(False, (), mark)
    found = passages_to_show(aspect_map.of(aspect, NEAR_FROM), passages)
    return FoundAlone(bool(aspect_map.of(aspect, SHOWN_FROM)), tuple(found), mark)


def pointed_passage(passages: Sequence[Passage], value: str) -> Passage | None:
    """The passage that was chosen in the form, as "start-end"; None if there is no such passage."""
    return next((passage for passage in passages if f"{passage.start}-{passage.end}" == value), None)
