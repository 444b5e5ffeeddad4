"""What a release would change, in the policy's words and in answers: for the page and for programs."""

from __future__ import annotations

from candor.reviews.tried import questions_to_try
from candor.services import Services
from knowledge.answering import Answer
from knowledge.releases import VersionRecord
from knowledge.releasing import ReleaseEffect
from knowledge.suggestions import PLAINEST

BY_HAND = "--date"  # as NewVersion.dated_by says it


def tried(parts: Services, company: str) -> list[str]:
    """Gold questions of the company, what visitors asked last, and what people ask most."""
    return [*questions_to_try(parts.engine, company), *(question for _, question in PLAINEST)]


def effect_of(parts: Services, company: str, record: VersionRecord) -> ReleaseEffect | None:
    """Before and after; None where nothing of the company was served yet, so that there is no before."""
    releasing = parts.knowledge.releasing
    return releasing.effect(company, record, tried(parts, company)) if releasing.was_served(company) else None


def first_answers(parts: Services, company: str, record: VersionRecord) -> list[tuple[str, Answer]]:
    """How the first version of a company would answer."""
    return parts.knowledge.releasing.answered(company, record, tried(parts, company))


def dated_in_words(dated_by: str) -> str:
    """Who says from when a version is; empty where nobody does."""
    return "you" if dated_by == BY_HAND else dated_by
