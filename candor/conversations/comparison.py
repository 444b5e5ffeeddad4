"""A comparison of companies, or of two versions of one policy, as a response with its values and quotes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from candor.conversations.reply import Citation, ComparedSide, address, citation
from candor.conversations.responses import Responses
from candor.conversations.versions import dated
from knowledge.changes import PolicyChanges, VersionPiece
from knowledge.companies import Company
from knowledge.comparing import Comparison
from knowledge.documents import UNDATED

CHANGES_SHOWN = 5  # the page shows them all


@dataclass(frozen=True)
class ComparisonText:
    """A response of domain.yml with its values, and the quotes side by side."""

    response: str
    values: dict[str, str]
    citations: tuple[Citation, ...] = ()
    sides: tuple[ComparedSide, ...] = ()


def describe_comparison(comparison: Comparison, responses: Responses) -> ComparisonText:
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
        policies_of([side.answer.company.name for side in some], responses) for some in (comparison.speaking, comparison.silent)
    )
    response = "utter_compare" if not silent else "utter_compare_some_silent" if speaking else "utter_compare_silent"
    values = {"looked_for": comparison.looked_for, "speaking": speaking, "silent": silent}
    return ComparisonText(response, values, tuple(citations), tuple(sides))


def describe_changes(
    changes: PolicyChanges | None, company: Company, policy: str, version: str, responses: Responses
) -> ComparisonText:
    """What changed between two versions, the first few side by side; honest where there is only one version.

    `policy` is the document's title, `version` the current one: the only one, where there is none to compare it with.
    """
    named = "utter_words_policy" if company.name in policy else "utter_words_policy_of_company"
    the_policy = responses.say(named, policy=policy, company_name=company.name)
    if changes is None:
        words = version_in_words(version, responses)
        response = "utter_only_one_undated" if version.startswith(UNDATED) else "utter_only_one_version"
        return ComparisonText(response, {"the_policy": the_policy, "version": words})
    old, new = version_in_words(changes.old, responses), version_in_words(changes.new, responses)
    values = {"the_policy": the_policy, "old": old, "new": new, "counts": counts(changes, responses)}
    if not changes.all:
        return ComparisonText("utter_nothing_changed", values)
    citations: list[Citation] = []
    sides: list[ComparedSide] = []
    pairs = [(group.title, change) for group in changes.groups for change in group.changes]
    for title, change in pairs[:CHANGES_SHOWN]:
        for words, at, piece in ((old, changes.old, change.old), (new, changes.new, change.new)):
            if piece is not None:
                citations.append(citation_of(len(citations) + 1, changes, piece))
            sides.append(
                ComparedSide(
                    company=changes.company.id, name=words, version=at, about=title, silent=piece is None,
                    citations=[len(citations)] if piece else [],
                )
            )  # fmt: skip
    return ComparisonText("utter_what_changed", values, tuple(citations), tuple(sides))


def citation_of(number: int, changes: PolicyChanges, piece: VersionPiece) -> Citation:
    """A piece of a version as a citation."""
    return Citation(
        n=number, company=changes.company.id, policy=changes.policy, version=piece.version, section=piece.section,
        quote=piece.text, start=piece.start, end=piece.end,
        url=address(changes.company.id, piece.version, piece.start, piece.end),
    )  # fmt: skip


def policies_of(names: Sequence[str], responses: Responses) -> str:
    """ "the policy of Clevra"; "the policies of Clevra, Clevio and Cleverom"; "" of none."""
    if not names:
        return ""
    words = "utter_words_policies_one" if len(names) == 1 else "utter_words_policies_many"
    return responses.say(words, companies=responses.in_a_row(names))


def changes_address(company: str, old: str, new: str) -> str:
    """Where all differences between two versions stand."""
    return f"/policies/{company}/changes?old={old}&new={new}"


def version_in_words(version: str, responses: Responses) -> str:
    """A version as it is named in a sentence."""
    if version.startswith(UNDATED):
        return responses.say("utter_words_version_undated")
    return responses.say("utter_words_version", version=dated(version))


def counts(changes: PolicyChanges, responses: Responses) -> str:
    """ "1 passage was changed, 2 were added and 1 was removed"; what did not happen is left out."""
    happened = [(kind, count) for kind in ("changed", "added", "removed") if (count := changes.count(kind))]
    words = ["passages", *["more"] * len(happened)]
    return responses.in_a_row(
        [responses.counted(f"utter_words_{noun}_{kind}", count) for noun, (kind, count) in zip(words, happened, strict=False)]
    )
