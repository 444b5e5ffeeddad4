"""What stands side by side, worded: a comparison of companies, or of two versions of one policy. For actions and command line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from candor.conversations.reply import Citation, ComparedSide, address, citation
from knowledge.changes import PolicyChanges, VersionPiece
from knowledge.companies import Company
from knowledge.comparing import Comparison

CHANGES_SHOWN = 5  # the page shows them all


@dataclass(frozen=True)
class ToldComparison:
    """A response of domain.yml with its values, and the quotes side by side."""

    response: str
    values: dict[str, str]
    citations: tuple[Citation, ...] = ()
    sides: tuple[ComparedSide, ...] = ()


def told_comparison(comparison: Comparison) -> ToldComparison:
    """Several companies' own words on one question; who is silent is named. Never says which is better."""
    citations: list[Citation] = []
    sides: list[ComparedSide] = []
    for side in comparison.sides:
        company = side.answer.company
        numbered = [
            citation(number, side.answer.policy, hit.passage) for number, hit in enumerate(side.hits, start=len(citations) + 1)
        ]
        citations += numbered
        sides.append(
            ComparedSide(
                company=company.id, name=company.name, version=side.answer.version, silent=side.silent,
                citations=[one.n for one in numbered],
            )
        )  # fmt: skip
    speaking, silent = (
        policies_of([side.answer.company.name for side in some]) for some in (comparison.speaking, comparison.silent)
    )
    response = "utter_compare" if not silent else "utter_compare_some_silent" if speaking else "utter_compare_silent"
    values = {"looked_for": comparison.looked_for, "speaking": speaking, "silent": silent}
    return ToldComparison(response, values, tuple(citations), tuple(sides))


def told_changes(found: PolicyChanges | None, company: Company, policy: str, version: str) -> ToldComparison:
    """What changed between two versions, the first few side by side; honest where there is only one version.

    `policy` is the document's title, `version` the current one: the only one, where there is none to compare it with.
    """
    the_policy = f"the {policy}" if company.name in policy else f"{company.name}'s {policy}"
    if found is None:
        return ToldComparison("utter_only_one_version", {"the_policy": the_policy, "version": version_in_words(version)})
    old, new = version_in_words(found.old), version_in_words(found.new)
    values = {"the_policy": the_policy, "old": old, "new": new, "counts": counts(found)}
    if not found.all:
        return ToldComparison("utter_nothing_changed", values)
    citations: list[Citation] = []
    sides: list[ComparedSide] = []
    pairs = [(group.title, change) for group in (*found.aspects, *found.other) for change in group.changes]
    for title, change in pairs[:CHANGES_SHOWN]:
        for words, at, piece in ((old, found.old, change.old), (new, found.new, change.new)):
            if piece is not None:
                citations.append(citation_of(len(citations) + 1, found, piece))
            sides.append(
                ComparedSide(
                    company=found.company.id, name=words, version=at, about=title, silent=piece is None,
                    citations=[len(citations)] if piece else [],
                )
            )  # fmt: skip
    return ToldComparison("utter_what_changed", values, tuple(citations), tuple(sides))


def citation_of(number: int, found: PolicyChanges, piece: VersionPiece) -> Citation:
    """A piece of a version as a citation."""
    return Citation(
        n=number, company=found.company.id, policy=found.policy, version=piece.version, section=piece.section,
        quote=piece.text, start=piece.start, end=piece.end,
        url=address(found.company.id, piece.version, piece.start, piece.end),
    )  # fmt: skip


def policies_of(names: Sequence[str]) -> str:
    """ "the policy of Clevra"; "the policies of Clevra, Clevio and Cleverom"; "" of none."""
    if not names:
        return ""
    return f"the {'policy' if len(names) == 1 else 'policies'} of {in_a_row(names)}"


def changes_address(company: str, old: str, new: str) -> str:
    """Where all differences between two versions stand."""
    return f"/policies/{company}/changes?old={old}&new={new}"


def in_a_row(names: Sequence[str]) -> str:
    """ "a, b and c"."""
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


def version_in_words(version: str) -> str:
    return "the undated version" if version.startswith("undated") else f"the version of {version}"


def counts(found: PolicyChanges) -> str:
    """ "1 passage was changed, 2 were added and 1 was removed"; what did not happen is left out."""
    told = [(count, kind) for kind in ("changed", "added", "removed") if (count := found.count(kind))]
    parts = [f"{count} {'was' if count == 1 else 'were'} {kind}" for count, kind in told]
    if parts:
        count = told[0][0]
        parts[0] = f"{count} {'passage' if count == 1 else 'passages'}{parts[0].removeprefix(str(count))}"
    return in_a_row(parts)
